//! What a change does to the facts: the model of a node and of a cluster that the steps are tried on before anybody runs them.
//!
//! In: facts and a change. Out: the facts afterwards. Must not know: scripts.

use super::intents::{Hold, made};
use super::steps::{Base, Change, HostSetting, Kept, Port};
use crate::applied::{TEAMING, bindings, dcb, default_flow, packets, policies, switches};
use crate::inventory::{Cluster, Fact, Facts, HostVnic, Nic, Node};
use crate::units::{natural_cmp, same_name};

/// A change of a node's facts. Changes of the cluster leave it alone.
pub fn on_node(change: &Change, node: &mut Node) {
    match change {
        Change::AddHostVnic(vnic) => {
            let mut added = (**vnic).clone();
            added.addresses.clear();
            node.host_vnics.push(added);
            node.host_vnics.sort_by(|a, b| natural_cmp(&a.name, &b.name));
            allow(node, &vnic.switch, false);
        }
        Change::RemoveHostVnic(vnic) => {
            node.host_vnics.retain(|v| !same_name(&v.name, &vnic.name));
            allow(node, &vnic.switch, false);
        }
        Change::OwnHostVnic { switch, exists } => allow(node, switch, *exists),
        Change::CreateSwitch(switch) => {
            node.switches.push(switch.record.clone());
            node.switches.sort_by(|a, b| natural_cmp(&a.name, &b.name));
            for name in &switch.record.nics {
                let label = match &switch.base {
                    Base::Set(label) => Some(label.as_str()),
                    Base::Port | Base::Team(_) => None,
                };
                enter(node, name, &switch.record.name, label);
            }
            if matches!(&switch.base, Base::Set(label) if label.is_empty()) && switch.record.nics.len() == 1 {
                show_set(node, &switch.record.name, true);
            }
        }
        Change::RemoveSwitch(switch) => {
            node.switches.retain(|s| !same_name(&s.name, &switch.record.name));
            let keeps_team = matches!(switch.base, Base::Team(_));
            for name in &switch.record.nics {
                leave(node, name, keeps_team);
            }
        }
        Change::SetMembers {
            switch,
            label,
            said,
            after,
            ..
        } => {
            // those that are there, which after a step that broke are not those that it knew
            let members = switches::members(node, switch).into_iter();
            let own: Vec<String> = members.map(|nic| nic.name.clone()).collect();
            for name in own.iter().filter(|name| !after.contains(name)) {
                leave(node, name, false);
            }
            for name in after.iter().filter(|name| !own.contains(name)) {
                enter(node, name, switch, Some(label));
            }
            set_members(node, switch, after.clone());
            if !said {
                show_set(node, switch, after.len() == 1 && label.is_empty());
            }
        }
        Change::Rebind { switch, before, after } => {
            leave(node, before, false);
            enter(node, after, switch, None);
            set_members(node, switch, vec![after.clone()]);
        }
        other => on_team(other, node),
    }
}

fn on_team(change: &Change, node: &mut Node) {
    match change {
        Change::CreateTeam { name, nics } => nics.iter().for_each(|nic| join(node, nic, name)),
        Change::RemoveTeam { nics, .. } => nics.iter().for_each(|nic| leave(node, nic, false)),
        Change::JoinTeam { team, nic } => {
            join(node, nic, team);
            follow_team(node, team);
        }
        Change::LeaveTeam { team, nic } => {
            let addresses = nic_mut(node, nic)
                .map(|nic| std::mem::take(&mut nic.addresses))
                .unwrap_or_default();
            leave(node, nic, false);
            if let Some(left) = node.nics.iter_mut().find(|n| same_name(&n.team, team)) {
                left.addresses.extend(addresses);
            }
            follow_team(node, team);
        }
        Change::Release {
            port,
            roles,
            addresses,
            keeps_address,
            ..
        } => on_ports(node, port, |has, nic_roles| {
            nic_roles
                .into_iter()
                .for_each(|own| own.retain(|role| !roles.contains(role)));
            // Nobody knows what it had: what is known of it came with other steps, and stays.
            if !keeps_address {
                has.retain(|address| !addresses.contains(address));
            }
        }),
        Change::AsBefore(Kept::Management { port, roles }) => on_ports(node, port, |_, nic_roles| {
            nic_roles
                .into_iter()
                .for_each(|own| own.retain(|role| !roles.contains(role)));
        }),
        Change::Assume {
            port, roles, addresses, ..
        } => on_ports(node, port, |has, nic_roles| {
            nic_roles.into_iter().for_each(|own| own.extend(roles.iter().copied()));
            for address in addresses {
                if !has.contains(address) {
                    has.push(address.clone());
                }
            }
        }),
        Change::Ride { port, roles } => on_ports(node, port, |_, nic_roles| {
            nic_roles.into_iter().for_each(|own| own.extend(roles.iter().copied()));
        }),
        other => on_host_vnic(other, node),
    }
}

fn on_host_vnic(change: &Change, node: &mut Node) {
    match change {
        Change::HostVlan { vnic, value } => edit(node, vnic, |v| v.vlan = value.after),
        Change::HostWeight { vnic, value } => edit(node, vnic, |v| v.weight = value.after),
        Change::AsBefore(Kept::Rdma(vnic)) => edit(node, vnic, |v| v.rdma = None),
        Change::HostRdma { vnic, value } => edit(node, vnic, |v| v.rdma = value.after),
        Change::HostPort { vnic, value } => edit(node, vnic, |v| match &value.after {
            Some(port) => v.facts.insert("team_mapping", Fact::List(vec![port.clone()])),
            None => v.facts.remove("team_mapping"),
        }),
        Change::Policies { value, .. } => match &value.after {
            Some(weights) => node.facts.insert(policies::COLUMN, Fact::Classes(weights.clone())),
            None => node.facts.remove(policies::COLUMN),
        },
        Change::Unbind { nics, .. } => bindings::take_off(nics, node),
        Change::Dcb(planned, _) => dcb::set(planned, node),
        Change::DefaultFlow { switch, weight, .. } => default_flow(node, switch, Some(u64::from(*weight))),
        Change::AsBefore(Kept::DefaultFlow(switch, before)) => default_flow(node, switch, *before),
        Change::Jumbo { port, .. } => packets(node, port, Some(packets::MTU)),
        Change::AsBefore(Kept::Jumbo(port, before)) => packets(node, port, *before),
        Change::AsBefore(Kept::Bindings(_, before) | Kept::Dcb(_, before)) => before.put_back(node),
        Change::Host(setting) => host(setting, node),
        other => by_intents(other, node),
    }
}

fn by_intents(change: &Change, node: &mut Node) {
    match change {
        Change::AddIntent(intent) => made::add(intent, node),
        Change::RemoveIntent(intent) => made::remove(intent, node),
        Change::Land {
            nic, addresses, vlan, ..
        } => {
            if let Some(nic) = nic_mut(node, nic) {
                nic.addresses.clone_from(addresses);
                made::set_vlan(nic, *vlan);
            }
        }
        Change::Rename { nic, to } => rename(node, nic, to),
        Change::Chimney(value) => match &value.after {
            Some(state) => node.facts.insert("chimney", Fact::Text(state.clone())),
            None => node.facts.remove("chimney"),
        },
        Change::PortVlan { nic, value } => {
            if let Some(nic) = nic_mut(node, nic) {
                made::set_vlan(nic, value.after);
            }
        }
        Change::Unland {
            nic, addresses, vlan, ..
        } => {
            if let Some(nic) = nic_mut(node, nic) {
                nic.addresses.retain(|address| !addresses.contains(address));
                made::set_vlan(nic, *vlan);
            }
        }
        _ => {}
    }
}

/// Intents of today end, or are there again.
fn hold(hold: &Hold, back: bool, cluster: &mut Cluster) {
    for (column, values) in &hold.lists {
        let value = if back { &values.before } else { &values.after };
        if let Some(names) = value {
            cluster.facts.insert(column, Fact::List(names.clone()));
        }
    }
    for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
        if back {
            made::again(&hold.ended, nic);
        } else {
            made::end(&hold.ended, nic);
        }
    }
}

fn host(setting: &HostSetting, node: &mut Node) {
    match setting {
        HostSetting::Pool(value) => node.mac_pool = value.after,
        HostSetting::MigrationEnabled(value) => node.migration.enabled = value.after,
        HostSetting::AnyNetwork(value) => node.migration.any_network = value.after,
        HostSetting::Subnets(value) | HostSetting::MoreSubnets(value) => {
            node.migration.subnets.clone_from(&value.after);
        }
        HostSetting::Transport(value) => node.migration.transport = value.after,
        HostSetting::Concurrency(value) => node.migration.concurrency = value.after,
        HostSetting::SmbLimit(value) => node.migration.smb_limit = value.after,
    }
}

/// A change of what all nodes share. Changes of a node leave it alone.
pub fn on_cluster(change: &Change, cluster: &mut Cluster) {
    match change {
        Change::NetworkUse { network, value } => {
            for found in cluster.networks.iter_mut().filter(|n| same_name(&n.name, network)) {
                found.cluster_use = value.after;
            }
        }
        Change::Member { node, setting } => {
            let mut members = cluster.nodes.iter_mut().filter(|n| same_name(&n.name, node));
            if let Some(node) = members.next() {
                host(setting, node);
            }
        }
        Change::MigrationOrder(value) => cluster.migration.network_order = value.after.clone().unwrap_or_default(),
        Change::MigrationExcluded(value) => {
            cluster.migration.exclude_networks = value.after.clone().unwrap_or_default();
        }
        Change::Parallel(value) => cluster.migration.maximum_parallel = value.after,
        Change::ClusterSmbLimit { on, factor } => {
            cluster.migration.smb_limit_on = on.after;
            cluster.migration.smb_limit_factor = factor.after;
        }
        Change::Connect { vm, vnic, value } => guest(cluster, vm, vnic, |v| {
            v.switch = value.after.clone().unwrap_or_default();
        }),
        Change::StaticMac {
            vm,
            vnic,
            value,
            dynamic,
        } => guest(cluster, vm, vnic, |v| {
            v.dynamic_mac = value.after.is_none();
            v.mac = value.after.or(*dynamic);
        }),
        Change::AntiAffinity { vm, value } => {
            for found in cluster.vms.iter_mut().filter(|v| same_name(&v.name, vm)) {
                found.anti_affinity = value.after.clone().unwrap_or_default();
            }
        }
        Change::Spoofing { vm, vnic, value } => guest(cluster, vm, vnic, |v| v.spoofing = value.after == Some(true)),
        Change::HoldIntents(one) => hold(one, false, cluster),
        Change::LeaveIntents(one) => hold(one, true, cluster),
        Change::Overrides(set) => {
            if let Some((_, number)) = set.at_once {
                cluster.migration.maximum_parallel = Some(u32::from(number));
            }
        }
        Change::NoOverrides(set) => {
            if let Some((before, _)) = set.at_once {
                cluster.migration.maximum_parallel = before;
            }
        }
        _ => {}
    }
}

fn guest(cluster: &mut Cluster, vm: &str, vnic: &str, set: impl Fn(&mut crate::inventory::Vnic)) {
    let vms = cluster.vms.iter_mut().filter(|v| same_name(&v.name, vm));
    vms.flat_map(|v| &mut v.vnics)
        .filter(|v| same_name(&v.name, vnic))
        .for_each(set);
}

/// Windows says "allow management OS" of a switch that has a host vNIC.
fn allow(node: &mut Node, switch: &str, own: bool) {
    let any = own || node.host_vnics.iter().any(|v| same_name(&v.switch, switch));
    if let Some(found) = node.switches.iter_mut().find(|s| same_name(&s.name, switch)) {
        found.allow_management_os = Some(any);
    }
}

fn edit(node: &mut Node, vnic: &str, set: impl Fn(&mut HostVnic)) {
    node.host_vnics
        .iter_mut()
        .filter(|v| same_name(&v.name, vnic))
        .for_each(set);
}

fn nic_mut<'n>(node: &'n mut Node, name: &str) -> Option<&'n mut Nic> {
    node.nics.iter_mut().find(|nic| same_name(&nic.name, name))
}

/// A port under a switch carries what the switch carries; its own roles and addresses are gone.
fn enter(node: &mut Node, nic: &str, switch: &str, label: Option<&str>) {
    if let Some(nic) = nic_mut(node, nic) {
        nic.switch = Some(switch.to_owned());
        nic.roles.clear();
        nic.addresses.clear();
        if let Some(label) = label {
            label.clone_into(&mut nic.team);
        }
    }
}

fn leave(node: &mut Node, nic: &str, keeps_team: bool) {
    if let Some(nic) = nic_mut(node, nic) {
        if nic.switch.take().is_some() || !nic.team.is_empty() {
            nic.roles.clear();
        }
        if !keeps_team {
            nic.team.clear();
        }
    }
}

/// A new member carries what the team carries.
fn join(node: &mut Node, nic: &str, team: &str) {
    let member = node
        .nics
        .iter()
        .find(|n| same_name(&n.team, team) && !same_name(&n.name, nic));
    let roles = member.map(|n| n.roles.clone()).unwrap_or_default();
    if let Some(nic) = nic_mut(node, nic) {
        team.clone_into(&mut nic.team);
        nic.roles = roles;
        nic.addresses.clear();
    }
}

/// A switch on a team is on all its ports; a team's address stands at its first port.
fn follow_team(node: &mut Node, team: &str) {
    let members = |n: &&mut Nic| same_name(&n.team, team);
    let addresses: Vec<String> = node
        .nics
        .iter_mut()
        .filter(members)
        .flat_map(|n| std::mem::take(&mut n.addresses))
        .collect();
    if let Some(first) = node.nics.iter_mut().find(|n| members(n)) {
        first.addresses = addresses;
    }
    let switch = node
        .nics
        .iter()
        .filter(|n| same_name(&n.team, team))
        .find_map(|n| n.switch.clone());
    let Some(switch) = switch else { return };
    let mut names = Vec::new();
    for nic in node.nics.iter_mut().filter(members) {
        nic.switch = Some(switch.clone());
        names.push(nic.name.clone());
    }
    set_members(node, &switch, names);
}

fn set_members(node: &mut Node, switch: &str, members: Vec<String>) {
    if let Some(found) = node.switches.iter_mut().find(|s| same_name(&s.name, switch)) {
        found.nics = members;
    }
}

fn default_flow(node: &mut Node, switch: &str, weight: Option<u64>) {
    let own = node.switches.iter_mut().filter(|s| same_name(&s.name, switch));
    own.for_each(|found| number(&mut found.facts, default_flow::COLUMN, weight));
}

/// A switch lists its ports by name.
fn rename(node: &mut Node, nic: &str, to: &str) {
    let of_switches = node.switches.iter_mut().flat_map(|s| &mut s.nics);
    let names = node.nics.iter_mut().map(|n| &mut n.name).chain(of_switches);
    for name in names.filter(|name| same_name(name, nic)) {
        to.clone_into(name);
    }
}

/// MTU of a port or host vNIC.
fn packets(node: &mut Node, port: &Port, mtu: Option<u64>) {
    match port {
        Port::Nic(name) => {
            let own = node.nics.iter_mut().filter(|n| same_name(&n.name, name));
            own.for_each(|nic| number(&mut nic.facts, packets::COLUMN, mtu));
        }
        Port::HostVnic(name) => edit(node, name, |vnic| number(&mut vnic.facts, packets::COLUMN, mtu)),
        Port::Team(_) => {}
    }
}

fn number(facts: &mut Facts, column: &'static str, value: Option<u64>) {
    match value {
        Some(value) => facts.insert(column, Fact::Number(value)),
        None => facts.remove(column),
    }
}

/// Over one port without label nothing else would say that a switch has SET.
fn show_set(node: &mut Node, switch: &str, shown: bool) {
    for found in node.switches.iter_mut().filter(|s| same_name(&s.name, switch)) {
        if shown {
            found.facts.insert(TEAMING, Fact::Yes(true));
        } else {
            found.facts.remove(TEAMING);
        }
    }
}

/// Addresses of an adapter, and the roles of its ports: a host vNIC has its role from the start, a team's address stands at its first port.
fn on_ports(
    node: &mut Node,
    port: &Port,
    change: impl Fn(&mut Vec<String>, Vec<&mut std::collections::BTreeSet<crate::roles::Role>>),
) {
    match port {
        Port::HostVnic(name) => {
            if let Some(vnic) = node.host_vnics.iter_mut().find(|v| same_name(&v.name, name)) {
                change(&mut vnic.addresses, Vec::new());
            }
        }
        Port::Nic(name) => {
            if let Some(nic) = nic_mut(node, name) {
                change(&mut nic.addresses, vec![&mut nic.roles]);
            }
        }
        Port::Team(name) => {
            let mut addresses: Vec<String> = Vec::new();
            let mut roles = Vec::new();
            for nic in node.nics.iter_mut().filter(|n| same_name(&n.team, name)) {
                addresses.append(&mut nic.addresses);
                roles.push(&mut nic.roles);
            }
            change(&mut addresses, roles);
            if let Some(first) = node.nics.iter_mut().find(|n| same_name(&n.team, name)) {
                first.addresses = addresses;
            }
        }
    }
}
