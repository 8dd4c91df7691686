//! What undoes a change. In: a change, which knows what was before. Out: the change back. Must not know: how a script is written.

use super::steps::{Change, HostSetting, Kept, Values};
use crate::roles::Role;

impl<T: Clone + PartialEq> Values<T> {
    /// A value before and after.
    pub fn new(before: Option<T>, after: Option<T>) -> Values<T> {
        Values { before, after }
    }

    /// Whether there is anything to do.
    pub fn differs(&self) -> bool {
        self.before != self.after
    }

    fn inverse(&self) -> Values<T> {
        Values {
            before: self.after.clone(),
            after: self.before.clone(),
        }
    }
}

impl Change {
    /// What undoes it; `None` = it is undone by hand or leaves nothing behind.
    pub fn inverse(&self) -> Option<Change> {
        Some(match self {
            Change::AddHostVnic(vnic) => Change::RemoveHostVnic(vnic.clone()),
            Change::RemoveHostVnic(vnic) => Change::AddHostVnic(vnic.clone()),
            Change::OwnHostVnic { switch, exists } => Change::OwnHostVnic {
                switch: switch.clone(),
                exists: !exists,
            },
            Change::CreateSwitch(switch) => Change::RemoveSwitch(switch.clone()),
            Change::RemoveSwitch(switch) => Change::CreateSwitch(switch.clone()),
            Change::SetMembers {
                switch,
                label,
                said,
                before,
                after,
            } => Change::SetMembers {
                switch: switch.clone(),
                label: label.clone(),
                said: *said,
                before: after.clone(),
                after: before.clone(),
            },
            Change::Rebind { switch, before, after } => Change::Rebind {
                switch: switch.clone(),
                before: after.clone(),
                after: before.clone(),
            },
            Change::CreateTeam { name, nics } => Change::RemoveTeam {
                name: name.clone(),
                nics: nics.clone(),
            },
            Change::RemoveTeam { name, nics } => Change::CreateTeam {
                name: name.clone(),
                nics: nics.clone(),
            },
            Change::JoinTeam { team, nic } => Change::LeaveTeam {
                team: team.clone(),
                nic: nic.clone(),
            },
            Change::LeaveTeam { team, nic } => Change::JoinTeam {
                team: team.clone(),
                nic: nic.clone(),
            },
            other => return other.inverse_of_setting(),
        })
    }

    fn inverse_of_setting(&self) -> Option<Change> {
        Some(match self {
            Change::Release {
                port,
                roles,
                addresses,
                keeps_address,
                ..
            } => Change::Assume {
                port: port.clone(),
                roles: roles.clone(),
                from: (!keeps_address).then(|| port.clone()),
                addresses: addresses.clone(),
            },
            Change::Assume {
                port,
                roles,
                from: None,
                addresses,
            } if addresses.is_empty() && roles.contains(&Role::Management) => Change::AsBefore(Kept::Management {
                port: port.clone(),
                roles: roles.clone(),
            }),
            // Only what it got goes again: addresses of other roles stay.
            Change::Assume {
                port,
                roles,
                from,
                addresses,
            } => Change::Release {
                port: port.clone(),
                roles: roles.clone(),
                addresses: addresses.clone(),
                of: from.clone(),
                keeps_address: from.is_none() && addresses.is_empty(),
            },
            Change::Ride { port, roles } => Change::Release {
                port: port.clone(),
                roles: roles.clone(),
                addresses: Vec::new(),
                of: None,
                keeps_address: true,
            },
            Change::HostVlan { vnic, value } => Change::HostVlan {
                vnic: vnic.clone(),
                value: value.inverse(),
            },
            Change::HostWeight { vnic, value } => Change::HostWeight {
                vnic: vnic.clone(),
                value: value.inverse(),
            },
            Change::HostRdma { vnic, value } if value.before.is_none() => Change::AsBefore(Kept::Rdma(vnic.clone())),
            Change::HostRdma { vnic, value } => Change::HostRdma {
                vnic: vnic.clone(),
                value: value.inverse(),
            },
            Change::HostPort { vnic, value } => Change::HostPort {
                vnic: vnic.clone(),
                value: value.inverse(),
            },
            Change::Rename { nic, to } => Change::Rename {
                nic: to.clone(),
                to: nic.clone(),
            },
            Change::Chimney(value) => Change::Chimney(value.inverse()),
            Change::PortVlan { nic, value } => Change::PortVlan {
                nic: nic.clone(),
                value: value.inverse(),
            },
            Change::Unbind { nics, before } => Change::AsBefore(Kept::Bindings(nics.clone(), before.clone())),
            Change::DefaultFlow { switch, before, .. } => Change::AsBefore(Kept::DefaultFlow(switch.clone(), *before)),
            Change::Jumbo { port, before } => Change::AsBefore(Kept::Jumbo(port.clone(), *before)),
            Change::Dcb(dcb, before) => Change::AsBefore(Kept::Dcb(dcb.nics.clone(), before.clone())),
            Change::Policies { nics, value } => Change::Policies {
                nics: nics.clone(),
                value: value.inverse(),
            },
            Change::Host(setting) => Change::Host(setting.inverse()),
            Change::AddIntent(intent) => Change::RemoveIntent(intent.clone()),
            Change::Land {
                nic,
                from,
                addresses,
                before,
                ..
            } => Change::Unland {
                nic: nic.clone(),
                from: from.clone(),
                addresses: addresses.clone(),
                vlan: *before,
            },
            other => return other.inverse_of_cluster(),
        })
    }

    fn inverse_of_cluster(&self) -> Option<Change> {
        Some(match self {
            Change::NetworkUse { network, value } => Change::NetworkUse {
                network: network.clone(),
                value: value.inverse(),
            },
            Change::MigrationOrder(value) => Change::MigrationOrder(value.inverse()),
            Change::MigrationExcluded(value) => Change::MigrationExcluded(value.inverse()),
            Change::Parallel(value) => Change::Parallel(value.inverse()),
            Change::Member { node, setting } => Change::Member {
                node: node.clone(),
                setting: setting.inverse(),
            },
            Change::ClusterSmbLimit { on, factor } => Change::ClusterSmbLimit {
                on: on.inverse(),
                factor: factor.inverse(),
            },
            Change::Connect { vm, vnic, value } => Change::Connect {
                vm: vm.clone(),
                vnic: vnic.clone(),
                value: value.inverse(),
            },
            Change::StaticMac {
                vm,
                vnic,
                value,
                dynamic,
            } => Change::StaticMac {
                vm: vm.clone(),
                vnic: vnic.clone(),
                value: value.inverse(),
                dynamic: *dynamic,
            },
            Change::Spoofing { vm, vnic, value } => Change::Spoofing {
                vm: vm.clone(),
                vnic: vnic.clone(),
                value: value.inverse(),
            },
            Change::AntiAffinity { vm, value } => Change::AntiAffinity {
                vm: vm.clone(),
                value: value.inverse(),
            },
            Change::HoldIntents(hold) => Change::LeaveIntents(hold.clone()),
            Change::Overrides(overrides) => Change::NoOverrides(overrides.clone()),
            _ => return None,
        })
    }
}

impl HostSetting {
    fn inverse(&self) -> HostSetting {
        match self {
            HostSetting::Pool(value) => HostSetting::Pool(value.inverse()),
            HostSetting::MigrationEnabled(value) => HostSetting::MigrationEnabled(value.inverse()),
            HostSetting::AnyNetwork(value) => HostSetting::AnyNetwork(value.inverse()),
            HostSetting::Subnets(value) | HostSetting::MoreSubnets(value) => HostSetting::Subnets(value.inverse()),
            HostSetting::Transport(value) => HostSetting::Transport(value.inverse()),
            HostSetting::Concurrency(value) => HostSetting::Concurrency(value.inverse()),
            HostSetting::SmbLimit(value) => HostSetting::SmbLimit(value.inverse()),
        }
    }
}
