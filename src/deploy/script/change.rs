//! One change as PowerShell: how to see that it is so, and the commands that do it.
//!
//! Parameters as in the cmdlets' documentation: `New-VMSwitch`, `Set-VMSwitchTeam`, `Add-VMNetworkAdapter`, `Set-VMNetworkAdapterVlan`, `New-NetLbfoTeam`,
//! `Set-VMHost`, `Add-VMMigrationNetwork`, `Set-SmbBandwidthLimit`, the NetQos cmdlets and others.

use super::switches::{self, is_switch};
use super::{address_change, cluster_change, dcb, host_change, intents, kept, policies, teams};
use crate::deploy::steps::{Change, Port, Step, Values};
use crate::inventory::{Cluster, Node};
use crate::powershell::{Command, quoted, quoted_list, truth};

/// What is needed to write a change down.
pub struct Context<'a> {
    /// The cluster as it is.
    pub cluster: &'a Cluster,
    /// The node; `None` = a script for the whole cluster.
    pub node: Option<&'a Node>,
    /// The node as it will be.
    pub after: Option<&'a Node>,
    /// The way back: what is made again comes back as it was.
    pub back: bool,
}

impl Context<'_> {
    /// The management address of the node without its length; empty = not known.
    pub fn management(&self) -> &str {
        self.node.map_or("", Node::management_address)
    }
}

/// A change as script.
#[derive(Clone, Debug, Default)]
pub struct Written {
    /// Expression that is true once it is so; empty = nothing to see.
    pub test: String,
    /// Commands, one a line.
    pub commands: Vec<String>,
    /// A line before the step that tells what its test would hide; empty = none.
    pub note: String,
}

impl Written {
    pub(super) fn new(test: String, commands: Vec<Command>) -> Written {
        Written {
            test,
            commands: commands.into_iter().map(Command::line).collect(),
            note: String::new(),
        }
    }
}

/// The changes of a step, those that another one of the step does along with it left out.
pub fn step(context: &Context, changes: &[Change]) -> Vec<Written> {
    let mut found = Vec::new();
    for (place, change) in changes.iter().enumerate() {
        let rest = &changes[place + 1..];
        let along = rest.iter().any(|later| does_along(change, later));
        if !along {
            let mut one = written(context, change);
            if rest.iter().any(|later| replaces(change, later)) {
                one.test = String::new();
            }
            if changes[..place].iter().any(|c| matches!(c, Change::Land { .. })) {
                one = address_change::landed(one);
            }
            if let Some(made) = rest.iter().find(|later| intents::replaces(change, later)) {
                one.test = format!("({}) -or ({})", intents::written(context, made).test, one.test);
            }
            found.push(one);
        }
    }
    found.retain(|one| !one.commands.is_empty());
    found
}

/// Whether the later change does this one, too: moving an address takes it off, removing a switch takes its host vNICs along.
fn does_along(change: &Change, later: &Change) -> bool {
    match (change, later) {
        // On the way back an adapter gives up what came from another one, and what it had is put there again: two different things.
        (
            Change::Release { port, of, .. },
            Change::Assume {
                port: to,
                from: Some(from),
                ..
            },
        ) => port == from && to != from && of.as_ref().is_none_or(|of| of == port),
        (Change::RemoveHostVnic(vnic), Change::RemoveSwitch(switch)) => vnic.switch == switch.record.name,
        _ => false,
    }
}

/// Whether the later change makes again what this one takes away, so that it cannot be seen afterwards.
fn replaces(change: &Change, later: &Change) -> bool {
    match (change, later) {
        (Change::RemoveHostVnic(old), Change::AddHostVnic(new)) => old.name == new.name,
        (Change::RemoveSwitch(old), Change::CreateSwitch(new)) => old.record.name == new.record.name,
        (Change::CreateSwitch(old), Change::SetMembers { switch, .. }) => old.record.name == *switch,
        (Change::CreateTeam { name, .. }, Change::JoinTeam { team, .. }) => name == team,
        (Change::Release { port, .. }, Change::Assume { port: new, .. }) => port == new,
        _ => false,
    }
}

/// Adapters whose addresses a step moves: they are remembered before the first change.
pub fn remembered(steps: &[Step]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for change in steps.iter().flat_map(|s| &s.changes) {
        let port = match change {
            Change::Release {
                port,
                keeps_address: false,
                ..
            } => port,
            Change::Assume { from: Some(port), .. } => port,
            _ => continue,
        };
        if !found.contains(&port.alias()) {
            found.push(port.alias());
        }
    }
    found
}

/// One change.
pub fn written(context: &Context, change: &Change) -> Written {
    match change {
        Change::AddHostVnic(vnic) => switches::add_host_vnic(context, vnic),
        Change::RemoveHostVnic(vnic) => switches::remove_host_vnic(&vnic.name, &vnic.switch),
        Change::OwnHostVnic { switch, exists: false } => switches::remove_host_vnic(switch, switch),
        Change::OwnHostVnic { switch, .. } => switches::own_host_vnic(context, switch),
        Change::CreateSwitch(switch) => switches::create_switch(context, switch),
        Change::RemoveSwitch(switch) => Written::new(
            format!("-not ({})", is_switch(&switch.record.name, &switches::adapters(switch))),
            vec![
                Command::new("Remove-VMSwitch")
                    .name("Name", &switch.record.name)
                    .switch("Force"),
            ],
        ),
        Change::SetMembers { switch, after, .. } => Written::new(
            is_switch(switch, after),
            vec![
                Command::new("Set-VMSwitchTeam")
                    .name("Name", switch)
                    .names("NetAdapterName", after),
            ],
        ),
        Change::Rebind { switch, after, .. } => Written::new(
            is_switch(switch, std::slice::from_ref(after)),
            vec![
                Command::new("Set-VMSwitch")
                    .name("Name", switch)
                    .name("NetAdapterName", after),
            ],
        ),
        Change::CreateTeam { .. } | Change::RemoveTeam { .. } | Change::JoinTeam { .. } | Change::LeaveTeam { .. } => {
            teams::team(context, change)
        }
        Change::Release { .. } | Change::Assume { .. } => address_change::written(context, change),
        Change::Host(setting) => host_change::written(setting),
        Change::Dcb(dcb, _) => dcb::written(dcb),
        Change::Policies { value, .. } => policies::written(value),
        Change::AsBefore(kept) => kept::written(kept, context.management()),
        other => adapter(other).unwrap_or_else(|| cluster_change::written(context, other)),
    }
}

pub(super) fn set_vlan(vnic: &str, vlan: Option<u16>) -> Command {
    let set = Command::new("Set-VMNetworkAdapterVlan")
        .switch("ManagementOS")
        .name("VMNetworkAdapterName", vnic);
    match vlan {
        Some(vlan) => set.switch("Access").value("VlanId", vlan),
        None => set.switch("Untagged"),
    }
}

pub(super) fn is_vlan(vnic: &str, vlan: Option<u16>) -> String {
    let get = format!(
        "(Get-VMNetworkAdapterVlan -ManagementOS -VMNetworkAdapterName {} -ErrorAction SilentlyContinue)",
        quoted(vnic)
    );
    match vlan {
        Some(vlan) => format!("{get}.AccessVlanId -eq {vlan}"),
        None => format!("[string]{get}.OperationMode -eq 'Untagged'"),
    }
}

/// A port has a VLAN ID of its own, or none: 0.
pub(super) fn is_port_vlan(nic: &str, vlan: u64) -> String {
    format!("[int](Get-NetAdapter -Name {}).VlanID -eq {vlan}", quoted(nic))
}

/// Settings of host vNICs, switches and ports.
fn adapter(change: &Change) -> Option<Written> {
    Some(match change {
        Change::HostVlan { vnic, value } => Written::new(is_vlan(vnic, value.after), vec![set_vlan(vnic, value.after)]),
        Change::HostWeight { vnic, value } => {
            let weight = value.after.unwrap_or(0);
            let set = Command::new("Set-VMNetworkAdapter")
                .switch("ManagementOS")
                .name("Name", vnic);
            // without any setting of bandwidth there is no object that holds the weight: that is none, too
            let test = format!(
                "[int](Get-VMNetworkAdapter -ManagementOS -Name {} -ErrorAction SilentlyContinue).BandwidthSetting.MinimumBandwidthWeight -eq {weight}",
                quoted(vnic)
            );
            Written::new(test, vec![set.value("MinimumBandwidthWeight", weight)])
        }
        Change::HostRdma { vnic, value } => {
            let on = value.after == Some(true);
            let alias = Port::HostVnic(vnic.clone()).alias();
            let set = Command::new(if on {
                "Enable-NetAdapterRdma"
            } else {
                "Disable-NetAdapterRdma"
            })
            .name("Name", &alias);
            let test = format!(
                "(Get-NetAdapterRdma -Name {} -ErrorAction SilentlyContinue).Enabled -eq {}",
                quoted(&alias),
                truth(on)
            );
            let tag = format!(
                "[string](Get-VMNetworkAdapter -ManagementOS -Name {} -ErrorAction SilentlyContinue).IeeePriorityTag -eq 'On'",
                quoted(vnic)
            );
            let test = if on { format!("({test}) -and ({tag})") } else { test };
            // SET drops the priority of the host's packets unless the vNIC may keep it
            let keep = Command::new("Set-VMNetworkAdapter")
                .switch("ManagementOS")
                .name("Name", vnic)
                .value("IeeePriorityTag", "On");
            Written::new(test, if on { vec![keep, set] } else { vec![set] })
        }
        Change::HostPort { vnic, value } => mapping(vnic, value),
        Change::DefaultFlow { switch, weight, .. } => {
            let set = Command::new("Set-VMSwitch")
                .name("Name", switch)
                .value("DefaultFlowMinimumBandwidthWeight", weight);
            let test = format!(
                "(Get-VMSwitch -Name {}).DefaultFlowMinimumBandwidthWeight -eq {weight}",
                quoted(switch)
            );
            Written::new(test, vec![set])
        }
        Change::PortVlan { nic, value } => {
            let vlan = value.after.unwrap_or(0);
            let set = Command::new("Set-NetAdapter").name("Name", nic);
            Written::new(
                is_port_vlan(nic, vlan),
                vec![set.value("VlanID", vlan).set("Confirm", false)],
            )
        }
        Change::Unbind { nics, .. } => unbind(nics),
        Change::Jumbo { port, .. } => {
            let alias = port.alias();
            let set = Command::new("Set-NetAdapterAdvancedProperty")
                .name("Name", &alias)
                .name("RegistryKeyword", "*JumboPacket");
            let test = format!(
                "@(Get-NetAdapterAdvancedProperty -Name {} -RegistryKeyword '*JumboPacket' -ErrorAction SilentlyContinue).RegistryValue -ge 9014",
                quoted(&alias)
            );
            Written::new(test, vec![set.value("RegistryValue", 9014)])
        }
        _ => return None,
    })
}

fn mapping(vnic: &str, value: &Values<String>) -> Written {
    let get = format!(
        "(Get-VMNetworkAdapterTeamMapping -ManagementOS -Name {} -ErrorAction SilentlyContinue)",
        quoted(vnic)
    );
    match &value.after {
        Some(port) => {
            let set = Command::new("Set-VMNetworkAdapterTeamMapping")
                .switch("ManagementOS")
                .name("VMNetworkAdapterName", vnic);
            Written::new(
                format!("@({get}.NetAdapterName) -contains {}", quoted(port)),
                vec![set.name("PhysicalNetAdapterName", port)],
            )
        }
        None => Written::new(
            format!("-not {get}"),
            vec![
                Command::new("Remove-VMNetworkAdapterTeamMapping")
                    .switch("ManagementOS")
                    .name("Name", vnic),
            ],
        ),
    }
}

/// Protocols of a port that has an address of its own.
pub const PROTOCOLS: [&str; 4] = ["ms_tcpip", "ms_tcpip6", "ms_msclient", "ms_server"];

/// Windows unbinds TCP/IP when it binds a port to a switch; SMB and what was bound by hand since is taken off here.
fn unbind(nics: &[String]) -> Written {
    let command = |nic: &String| {
        let disable = Command::new("Disable-NetAdapterBinding").name("Name", nic);
        disable.value("ComponentID", quoted_list(&PROTOCOLS))
    };
    let test = format!(
        "@(Get-NetAdapterBinding -Name {} -ComponentID {} | Where-Object {{ $_.Enabled }}).Count -eq 0",
        quoted_list(nics),
        quoted_list(&PROTOCOLS)
    );
    Written::new(test, nics.iter().map(command).collect())
}
