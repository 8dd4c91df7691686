//! One node once the plan is applied: roles and teams of its NICs, virtual switches, host vNICs, MAC pool.

use super::adapters::{self, Adapter, Carrier};
use super::addresses;
use super::policies;
use super::switches;
use super::today::Base;
use super::{atc, bindings, dcb, default_flow, packets, port_vlans};
use crate::inventory::{Cluster, Fact, Facts, HostVnic, Nic, Node, Origin, SwitchKind, VirtualSwitch};
use crate::plan::{ClusterPlan, Mechanism, NodeUplink, Uplink};
use crate::profiles::{TeamKind, Transport, WS2008R2};
use crate::roles::Role;
use crate::units::{natural_cmp, same_name};

/// Column of a switch that says whether it has SET.
pub const TEAMING: &str = "embedded_teaming";

/// Applies the plan to the node at `position`.
pub(super) fn apply(cluster: &Cluster, plan: &ClusterPlan, position: usize, after: &mut Node) {
    let today = &cluster.nodes[position];
    if let Some(pool) = plan.mac_pools.iter().find(|p| same_name(&p.node, &today.name)) {
        after.mac_pool = Some(pool.planned);
    }
    let Some(planned) = plan.nodes.iter().find(|n| same_name(&n.node, &today.name)) else {
        return;
    };
    clear(after);
    for design in &plan.uplinks {
        if let Some(uplink) = planned.uplinks.iter().find(|u| same_name(&u.uplink, &design.name)) {
            build_uplink(cluster, today, design, uplink, after);
        }
    }
    after.switches.sort_by(|a, b| natural_cmp(&a.name, &b.name));
    let carriers = adapters::adapters(cluster, plan, today);
    for adapter in &carriers {
        let design = plan.uplinks.get(adapter.uplink);
        let uplink = planned
            .uplinks
            .iter()
            .find(|u| design.is_some_and(|d| same_name(&d.name, &u.uplink)));
        let beside = carriers
            .iter()
            .filter(|a| a.uplink == adapter.uplink && a.roles == adapter.roles)
            .count();
        let weight = adapter
            .roles
            .first()
            .filter(|_| is_weighted(cluster, after, adapter))
            .and_then(|role| weight(uplink?, *role, beside));
        let place = carriers.iter().filter(|a| a.roles == adapter.roles);
        let number = place.take_while(|a| *a != adapter).count();
        let decided = Decided {
            weight,
            vlan: adapter
                .roles
                .first()
                .and_then(|role| vlan(cluster, *role, number, beside)),
            transport: uplink.and_then(|u| u.transport),
        };
        build_host_vnic(cluster, today, adapter, &decided, after);
    }
    after.host_vnics.sort_by(|a, b| natural_cmp(&a.name, &b.name));
    let weights = policies::weights(cluster, plan, today);
    if !weights.is_empty() || after.facts.get(policies::COLUMN).is_some() {
        after.facts.insert(policies::COLUMN, Fact::Classes(weights));
    }
    let moves = addresses::moves(&cluster.networks, today, &carriers);
    addresses::carry_over(&moves, after);
    if !atc::apply_to(cluster, plan) {
        default_flow::set(cluster, plan, today, after);
        if cluster.profile.generation > WS2008R2 {
            packets::set(cluster, today, after);
        }
    }
    port_vlans::clear(cluster, today, after);
    port_vlans::follow(cluster, today, &moves, after);
    give_up_chimney(cluster, after);
    if cluster.profile.generation > WS2008R2 {
        bindings::take_off(&bindings::under_switches(cluster, after), after);
    }
    if let Some(dcb) = dcb::of_node(cluster, plan, after) {
        dcb::set(&dcb, after);
    }
}

/// A team of 2008 R2 carries no offloaded connections (rule chimney-with-team).
fn give_up_chimney(cluster: &Cluster, after: &mut Node) {
    let on = after.facts.text("chimney").is_some_and(|state| state != "disabled");
    if on && cluster.profile.generation == WS2008R2 && after.nics.iter().any(|nic| !nic.team.is_empty()) {
        after.facts.insert("chimney", Fact::Text("disabled".to_owned()));
    }
}

/// Takes down what the plan decides anew: external switches with their host vNICs, teams, roles.
fn clear(after: &mut Node) {
    for nic in &mut after.nics {
        nic.roles.clear();
        nic.switch = None;
        nic.team.clear();
    }
    after.switches.retain(|s| s.kind != SwitchKind::External);
    let kept: Vec<String> = after.switches.iter().map(|s| s.name.clone()).collect();
    after.host_vnics.retain(|v| kept.contains(&v.switch));
}

fn build_uplink(cluster: &Cluster, today: &Node, design: &Uplink, uplink: &NodeUplink, after: &mut Node) {
    let ports: Vec<usize> = uplink
        .nics
        .iter()
        .filter_map(|name| adapters::nic(today, name))
        .collect();
    let Some(first) = ports.first().and_then(|port| today.nics.get(*port)) else {
        return;
    };
    let switch = adapters::switch_of(design, uplink);
    let team = match (uplink.mechanism, uplink.team) {
        // A SET has no name of its own: one that the inventory gives it stays, none is made up.
        (Mechanism::Team, Some(TeamKind::Set)) => adapters::team_of_today(today, &ports).unwrap_or_default(),
        (Mechanism::Team, _) => adapters::team_name(today, design, &ports),
        _ => String::new(),
    };
    for port in &ports {
        let nic = &mut after.nics[*port];
        nic.roles.extend(design.roles.iter().copied());
        nic.switch.clone_from(&switch);
        nic.team.clone_from(&team);
    }
    if let Some(name) = switch {
        let host = design.roles.iter().any(|role| *role != Role::Vm);
        after
            .switches
            .push(built_switch(today, name.clone(), &ports, host, first.origin));
        keep_teaming(cluster, today, &name, after);
        count_by_weight(cluster, today, &name, after);
        made_as_planned(cluster, today, &name, after);
    }
}

/// A switch of today's name keeps what is known about it.
fn built_switch(today: &Node, name: String, ports: &[usize], host: bool, origin: Origin) -> VirtualSwitch {
    let nics = ports.iter().filter_map(|port| today.nics.get(*port));
    // A switch that nobody has named is that of today only by chance.
    let known = |s: &&VirtualSwitch| same_name(&s.name, &name) && !s.facts.concludes("switch");
    let old = today.switches.iter().find(known);
    VirtualSwitch {
        name: old.map_or(name, |s| s.name.clone()),
        kind: SwitchKind::External,
        nics: nics.map(|nic| nic.name.clone()).collect(),
        allow_management_os: Some(host),
        origin: old.map_or(origin, |s| s.origin),
        facts: old.map_or_else(Facts::default, |s| s.facts.clone()),
    }
}

/// A switch with SET that stays is one also over a single port, and keeps its label; one that is made anew is what its ports make it.
fn keep_teaming(cluster: &Cluster, today: &Node, name: &str, after: &mut Node) {
    let Some(old) = switches::external(today, name) else {
        return;
    };
    // a host that is installed anew has nothing to keep
    if cluster.runs_hyper_v() && switches::is_set(cluster, today, old) {
        let kept = with_set(today, old, after);
        if switches::stays(cluster, today, &kept, name) {
            *after = kept;
            return;
        }
    }
    let set = switches::members(after, name).len() > 1 && cluster.profile.team == TeamKind::Set;
    let made = after.switches.iter_mut().find(|s| same_name(&s.name, name));
    if let Some(made) = made.filter(|s| s.facts.yes(TEAMING).is_some_and(|said| said != set)) {
        made.facts.insert(TEAMING, Fact::Yes(set));
    }
}

/// The node with today's label on the ports of a switch, and with SET on it where neither label nor number of ports would say so.
fn with_set(today: &Node, old: &VirtualSwitch, after: &Node) -> Node {
    let mut kept = after.clone();
    let label = switches::members(today, &old.name).first().map(|nic| nic.team.clone());
    let label = label.unwrap_or_default();
    let mut ports = 0;
    let under = |nic: &&mut Nic| nic.switch.as_deref().is_some_and(|name| same_name(name, &old.name));
    for nic in kept.nics.iter_mut().filter(under) {
        nic.team.clone_from(&label);
        ports += 1;
    }
    let said = ports > 1 || !label.is_empty();
    let switch = kept.switches.iter_mut().find(|s| same_name(&s.name, &old.name));
    if let Some(switch) = switch.filter(|_| !said) {
        switch.facts.insert(TEAMING, Fact::Yes(true));
    }
    kept
}

/// A switch that must be made anew for the plan's weights counts by weight.
fn count_by_weight(cluster: &Cluster, today: &Node, name: &str, after: &mut Node) {
    let old = switches::external(today, name);
    if old.is_none_or(|old| switches::mode_fits(cluster, old, after)) {
        return;
    }
    if let Some(made) = after.switches.iter_mut().find(|s| same_name(&s.name, name)) {
        made.facts.insert("bandwidth_mode", Fact::Text("weight".to_owned()));
    }
}

/// A switch that is made anew does not count in bits per second because today's does: the plan gives weights, or no minimum at all. Nor
/// does it have SET because today's is said to, or lack it because today's does.
fn made_as_planned(cluster: &Cluster, today: &Node, name: &str, after: &mut Node) {
    if switches::external(today, name).is_none() || switches::stays(cluster, today, after, name) {
        return;
    }
    let set = switches::planned_base(cluster, after, name) == Base::Team(TeamKind::Set);
    for made in after.switches.iter_mut().filter(|s| same_name(&s.name, name)) {
        if made.facts.text("bandwidth_mode") == Some("absolute") {
            made.facts.remove("bandwidth_mode");
        }
        if made.facts.yes("embedded_teaming").is_some() {
            made.facts.insert("embedded_teaming", Fact::Yes(set));
        }
    }
}

/// What follows from the plan for a host vNIC.
struct Decided {
    weight: Option<u32>,
    vlan: Option<u16>,
    transport: Option<Transport>,
}

/// VLAN of a role's adapter: of its only network, or of the network with the same number where there are as many.
fn vlan(cluster: &Cluster, role: Role, number: usize, adapters: usize) -> Option<u16> {
    let mut networks = cluster.networks.iter().filter(|n| n.purpose == Some(role));
    if adapters > 1 && networks.clone().count() == adapters {
        return networks.nth(number).and_then(|n| n.vlan);
    }
    cluster.vlan_of(role)
}

/// Adds a host vNIC; today's one of that name or role hands over what the plan does not decide.
fn build_host_vnic(cluster: &Cluster, today: &Node, adapter: &Adapter, decided: &Decided, after: &mut Node) {
    let Carrier::HostVnic { name, switch, nic } = &adapter.carrier else {
        return;
    };
    let Some(role) = adapter.roles.first().copied() else {
        return;
    };
    let old = today
        .host_vnics
        .iter()
        .find(|v| same_name(&v.name, name) && v.role == Some(role));
    // A host vNIC that is made anew gets a new address.
    let same = old.filter(|v| same_name(&v.switch, switch) && switches::stays(cluster, today, after, switch));
    let origin = after
        .switches
        .iter()
        .find(|s| same_name(&s.name, switch))
        .map_or(today.origin, |s| s.origin);
    let mut facts = old.map_or_else(Facts::default, |v| v.facts.clone());
    let port = nic
        .and_then(|port| today.nics.get(port))
        .filter(|_| cluster.profile.team == TeamKind::Set);
    if let Some(port) = port {
        facts.insert("team_mapping", Fact::List(vec![port.name.clone()]));
    }
    let rdma = is_rdma(cluster, role, decided.transport, switch, after);
    after.host_vnics.push(HostVnic {
        name: name.clone(),
        switch: switch.clone(),
        role: Some(role),
        vlan: old.and_then(|v| v.vlan).or(decided.vlan),
        weight: decided.weight,
        mac: same.and_then(|v| v.mac),
        addresses: Vec::new(),
        rdma: if rdma { Some(true) } else { old.and_then(|v| v.rdma) },
        origin: old.map_or(origin, |v| v.origin),
        facts,
    });
}

/// Whether SMB over the host vNIC runs on RDMA: the ports have it and the Windows version keeps it under a switch.
fn is_rdma(cluster: &Cluster, role: Role, transport: Option<Transport>, switch: &str, after: &Node) -> bool {
    let smb = match role {
        Role::Storage => cluster.storage.is_smb(),
        Role::LiveMigration => transport == Some(Transport::Smb),
        _ => false,
    };
    let mut ports = after
        .nics
        .iter()
        .filter(|nic| nic.switch.as_deref() == Some(switch))
        .peekable();
    smb && cluster.profile.rdma_on_switch && ports.peek().is_some() && ports.all(|nic| nic.rdma.on())
}

/// Whether the adapter is a host vNIC on a switch that gets weights.
fn is_weighted(cluster: &Cluster, after: &Node, adapter: &Adapter) -> bool {
    matches!(&adapter.carrier, Carrier::HostVnic { switch, .. } if switches::has_weights(cluster, after, switch))
}

/// Minimum-bandwidth weight: the role's share in percent, divided among its host vNICs.
fn weight(uplink: &NodeUplink, role: Role, vnics: usize) -> Option<u32> {
    let share = uplink.shares.iter().find(|s| s.role == role)?;
    let percent = u32::try_from(share.permille / 10).ok()? / u32::try_from(vnics).ok()?.max(1);
    Some(percent.max(1))
}
