//! The steps of a node tried on its facts and on the ports of its physical switches: there, back, and back from the middle; between two nodes VMs
//! can migrate from each node to each other.
#![allow(dead_code)] // each test file uses its part

#[path = "endings.rs"]
pub mod endings;
#[path = "follow.rs"]
pub mod follow;
#[path = "moments.rs"]
mod moments;
#[path = "../support/powershell.rs"]
mod powershell;
#[path = "wires.rs"]
mod wires;

use nicplan::applied::{self, today};
use nicplan::deploy::steps::{Change, Step};
use nicplan::deploy::{ClusterWork, NodeWork, effects};
use nicplan::inventory::{Cluster, ClusterNetwork, Nic, Node, to_csv_tables};
use nicplan::profiles::TeamKind;
use nicplan::roles::Role;
use nicplan::units::Subnet;
use std::collections::{BTreeMap, BTreeSet};
use wires::{Wires, strangers};

/// An address for an adapter: on a network of its role where the cluster names one.
fn address(networks: &[ClusterNetwork], roles: &[Role], (place, index): (usize, usize)) -> String {
    let fits = |n: &&ClusterNetwork| n.purpose.is_some_and(|role| roles.contains(&role)) && n.subnet.ends_with(".0/24");
    let fitting: Vec<&ClusterNetwork> = networks.iter().filter(fits).collect();
    match fitting.get(place % fitting.len().max(1)) {
        Some(network) => network
            .subnet
            .replace(".0/24", &format!(".{}/24", 10 + place * 16 + index)),
        None => format!("172.{}.{index}.{}/24", place + 16, index + 11),
    }
}

/// Every adapter of every node that carries a role gets an address of its own, so that each can be followed.
pub fn number(cluster: &mut Cluster) {
    let networks = cluster.networks.clone();
    for (index, node) in cluster.nodes.iter_mut().enumerate() {
        let carriers = today::carriers(node);
        for (place, found) in carriers.iter().enumerate() {
            let address = vec![address(&networks, &found.roles, (place, index))];
            match &found.carrier {
                applied::Carrier::Nic(nic) => node.nics[*nic].addresses = address,
                applied::Carrier::Team(_, ports) => {
                    for port in ports {
                        node.nics[*port].addresses.clear();
                    }
                    node.nics[ports[0]].addresses = address;
                }
                applied::Carrier::HostVnic { name, .. } => {
                    for vnic in node.host_vnics.iter_mut().filter(|v| v.name == *name) {
                        vnic.addresses.clone_from(&address);
                    }
                }
            }
        }
    }
}

/// Addresses of a role on a node.
fn addresses(node: &Node, role: Role) -> BTreeSet<String> {
    let carriers = today::carriers(node).into_iter();
    carriers
        .filter(|c| c.roles.contains(&role))
        .flat_map(|c| c.addresses)
        .collect()
}

/// No role sits on a port with the VLAN ID of another one, unless it does so today or a step by hand says so.
fn at_home(name: &str, work: &ClusterWork, node: &NodeWork, state: &Node, after: &str) {
    let known = strangers(&work.today.networks, &node.today);
    let told = |nic: &str| {
        let own = |text: &str| text.starts_with(&format!("Switch port of {nic}")) && text.contains("set it once");
        work.manual.iter().any(|m| m.node == node.today.name && own(&m.text))
    };
    let mut found = strangers(&work.today.networks, state);
    found.retain(|one| !known.contains(one) && !told(&one.0));
    assert!(
        found.is_empty(),
        "{name}: {}: {after} leaves {found:?} behind the VLAN ID of another network",
        node.today.name
    );
}

/// Teams and switches over ports of different speed, and those with SET over ports of different models: Windows refuses them.
fn mixed(work: &ClusterWork, node: &Node) -> BTreeSet<String> {
    let mut teams: BTreeMap<String, Vec<&Nic>> = BTreeMap::new();
    for nic in node.nics.iter().filter(|n| n.up) {
        let name = nic.switch.as_ref().map(|s| format!("switch {s}"));
        let name = name.or((!nic.team.is_empty()).then(|| format!("team {}", nic.team)));
        teams.entry(name.unwrap_or_default()).or_default().push(nic);
    }
    teams.remove("");
    let set = work.today.profile.team == TeamKind::Set;
    let several = |values: BTreeSet<String>| values.len() > 1;
    teams.retain(|name, nics| {
        let lbfo = nics.iter().any(|n| n.facts.text("team_kind") == Some("lbfo"));
        let models = nics.iter().map(|n| n.model.to_lowercase()).filter(|m| !m.is_empty());
        several(nics.iter().map(|n| n.speed.to_string()).collect())
            || set && !lbfo && name.starts_with("switch ") && several(models.collect())
    });
    teams.into_keys().collect()
}

/// No step makes a team that today has not and the plan does not want.
fn possible(name: &str, work: &ClusterWork, node: &NodeWork, state: &Node, after: &str) {
    let known: BTreeSet<String> = &mixed(work, &node.today) | &mixed(work, &node.after);
    let new: Vec<String> = mixed(work, state).difference(&known).cloned().collect();
    assert!(
        new.is_empty(),
        "{name}: {}: {after} mixes ports in {new:?}",
        node.today.name
    );
}

/// The tables of a cluster, without the roles of ports under a switch: these follow from the switch and its host vNICs.
fn facts(cluster: &Cluster) -> Vec<(String, String)> {
    let mut bare = cluster.clone();
    for node in &mut bare.nodes {
        for nic in &mut node.nics {
            nic.addresses.sort();
        }
        for nic in node.nics.iter_mut().filter(|n| n.switch.is_some()) {
            nic.roles.clear();
        }
        for switch in &mut node.switches {
            let host = node.host_vnics.iter().any(|v| v.switch == switch.name);
            switch.nics.sort();
            switch.allow_management_os = Some(host);
        }
    }
    let tables = to_csv_tables(std::slice::from_ref(&bare)).into_iter();
    tables
        .map(|(file, bytes)| (file, String::from_utf8_lossy(&bytes).into_owned()))
        .collect()
}

fn told(work: &ClusterWork) -> String {
    let node = |n: &NodeWork| {
        let steps = n
            .steps
            .iter()
            .map(|s| format!("  {}{} {:?}", s.number, if s.takeover { "!" } else { "" }, s.title));
        format!("{}\n{}", n.today.name, steps.collect::<Vec<_>>().join("\n"))
    };
    work.nodes.first().map(node).unwrap_or_default()
}

fn same(name: &str, what: &str, found: &Cluster, expected: &Cluster) {
    for ((file, found), (_, expected)) in facts(found).iter().zip(facts(expected)) {
        for (line, (found, expected)) in found.lines().zip(expected.lines()).enumerate() {
            assert_eq!(found, expected, "{what}: {file} line {} of {name}", line + 1);
        }
        assert_eq!(
            found.lines().count(),
            expected.lines().count(),
            "{name}: {what}: {file}"
        );
    }
}

/// Guarded roles whose addresses a node has today.
fn guarded(node: &NodeWork) -> Vec<(Role, BTreeSet<String>)> {
    let all = [Role::Management, Role::Storage].map(|role| (role, addresses(&node.today, role)));
    all.into_iter().filter(|(_, own)| !own.is_empty()).collect()
}

fn reachable(name: &str, node: &NodeWork, state: &Node, wires: &Wires<'_>, after: &str) {
    let alive = wires.alive(state);
    for (role, own) in guarded(node) {
        let still = own.iter().any(|address| alive.contains(address));
        assert!(still, "{name}: {}: {after} cuts {role}", node.today.name);
    }
}

/// Does the steps of a node one after the other and asks after each whether it can still be reached: the states before each step, and the last.
/// It starts from what the steps before the first node have left.
fn replay<'w>(name: &str, work: &'w ClusterWork, node: &NodeWork, start: &Node) -> (Vec<Node>, Wires<'w>) {
    let mut states = vec![start.clone()];
    let mut wires = Wires::today(&work.today.networks, &node.today);
    for (nic, asked) in &node.cabling.asked {
        wires.ask(nic, asked);
    }
    for step in &node.steps {
        let mut state = states[states.len() - 1].clone();
        for change in node.cabling.changes.iter().filter(|c| c.step == step.number) {
            wires.change(change, &node.cabling);
        }
        if !step.takeover {
            reachable(
                name,
                node,
                &state,
                &wires,
                &format!("what is asked before step {} ({})", step.number, step.title),
            );
        }
        for change in &step.changes {
            effects::on_node(change, &mut state);
            possible(
                name,
                work,
                node,
                &state,
                &format!("step {} ({})", step.number, step.title),
            );
        }
        reachable(
            name,
            node,
            &state,
            &wires,
            &format!("step {} ({})", step.number, step.title),
        );
        at_home(
            name,
            work,
            node,
            &state,
            &format!("step {} ({})", step.number, step.title),
        );
        states.push(state);
    }
    for change in node.cabling.changes.iter().filter(|c| c.step > node.steps.len()) {
        wires.change(change, &node.cabling);
    }
    reachable(
        name,
        node,
        &states[node.steps.len()],
        &wires,
        "what is asked after the last step",
    );
    (states, wires)
}

/// Goes back over the ports of the physical switches, too: what the script asks for is done before a step is undone.
fn ports_back(name: &str, node: &NodeWork, states: &[Node], mut wires: Wires<'_>) {
    for (step, before) in node.steps.iter().zip(states).rev() {
        let after = &states[step.number];
        for change in node.cabling.back.iter().filter(|c| c.step == step.number) {
            wires.change(change, &node.cabling);
        }
        let what = format!("step {} ({})", step.number, step.title);
        if !step.takeover {
            reachable(
                name,
                node,
                after,
                &wires,
                &format!("what is asked before the undoing of {what}"),
            );
        }
        reachable(name, node, before, &wires, &format!("undoing {what}"));
    }
    for change in node.cabling.back.iter().filter(|c| c.step == 0) {
        wires.change(change, &node.cabling);
    }
    reachable(name, node, &node.today, &wires, "what is asked once all is undone");
}

/// Undoes the steps of a node, last one first. Each leads to the state before it, in which the node is reachable; so the way back is safe from the
/// end and from every step on the way. A step that broke after any of its changes leads there, too.
fn roll_back(name: &str, cluster: &Cluster, node: &NodeWork, states: &[Node]) {
    let as_cluster = |state: &Node| {
        let mut one = cluster.clone();
        one.nodes = vec![state.clone()];
        one.vms.clear();
        one
    };
    for (step, before) in node.steps.iter().zip(states).rev() {
        for done in 1..=step.changes.len() {
            let mut state = before.clone();
            for change in &step.changes[..done] {
                effects::on_node(change, &mut state);
            }
            for change in &step.undo() {
                if !is_so(change, &state) {
                    effects::on_node(change, &mut state);
                }
            }
            let what = format!("undone after {done} changes of step {} ({})", step.number, step.title);
            same(name, &what, &as_cluster(&state), &as_cluster(before));
        }
    }
}

/// What the script asks before it does a change of the way back: it passes over what is so already.
fn is_so(change: &Change, node: &Node) -> bool {
    let members = |switch: &str| -> BTreeSet<&String> {
        let on_it = node.nics.iter().filter(|n| n.switch.as_deref() == Some(switch));
        on_it.map(|n| &n.name).collect()
    };
    let in_team = |team: &str, nic: &str| node.nics.iter().any(|n| n.team == team && n.name == nic);
    match change {
        Change::CreateSwitch(s) => members(&s.record.name) == s.record.nics.iter().collect(),
        Change::RemoveSwitch(s) => members(&s.record.name) != s.record.nics.iter().collect(),
        Change::SetMembers { switch, after, .. } => members(switch) == after.iter().collect(),
        Change::Rebind { switch, after, .. } => members(switch) == BTreeSet::from([after]),
        Change::CreateTeam { name, .. } => node.nics.iter().any(|n| n.team == *name),
        Change::RemoveTeam { name, .. } => !node.nics.iter().any(|n| n.team == *name),
        Change::JoinTeam { team, nic } => in_team(team, nic),
        Change::LeaveTeam { team, nic } => !in_team(team, nic),
        Change::RemoveIntent(i) => i.switch().is_some_and(|s| members(&s) != i.nics.iter().collect()),
        Change::AddHostVnic(v) => node
            .host_vnics
            .iter()
            .any(|own| own.name == v.name && own.switch == v.switch),
        Change::RemoveHostVnic(v) => !node
            .host_vnics
            .iter()
            .any(|own| own.name == v.name && own.switch == v.switch),
        _ => false,
    }
}

fn undo(steps: &[Step], mut apply: impl FnMut(&Change)) {
    for step in steps.iter().rev() {
        step.undo().iter().for_each(&mut apply);
    }
}

/// A cluster takes down a network on which no adapter is left, and no other.
fn networks_end(name: &str, work: &ClusterWork, cluster: &mut Cluster) {
    let addresses = |cluster: &Cluster| -> Vec<Subnet> {
        let all = cluster.nodes.iter().flat_map(today::carriers).flat_map(|c| c.addresses);
        all.filter_map(|text| Subnet::address(&text)).collect()
    };
    let (before, after) = (addresses(&work.today), addresses(cluster));
    cluster.networks.retain(|network| {
        let stays = work.after.networks.iter().any(|n| n.name == network.name);
        let on_it = |all: &[Subnet]| Subnet::any_holds(&network.subnet, all);
        let (had, has) = (on_it(&before), on_it(&after));
        assert!(stays || !has, "{name}: {} ends with an adapter on it", network.name);
        assert!(
            !stays || has || !had,
            "{name}: {} stays without an adapter",
            network.name
        );
        stays
    });
}

/// Steps lead to the plan's facts and back.
pub fn there_and_back(name: &str, work: &ClusterWork) {
    let mut cluster = work.today.clone();
    let apply = |steps: &[Step], cluster: &mut Cluster| {
        for change in steps.iter().flat_map(|s| &s.changes) {
            effects::on_cluster(change, cluster);
        }
    };
    apply(&work.before, &mut cluster);
    for (position, node) in work.nodes.iter().enumerate() {
        moments::all_can_migrate(name, work, &cluster, &format!("before {}", node.today.name));
        let (states, wires) = replay(name, work, node, &cluster.nodes[position]);
        roll_back(name, &work.today, node, &states);
        ports_back(name, node, &states, wires);
        cluster.nodes[position].clone_from(&states[node.steps.len()]);
        for change in &node.quiet {
            effects::on_node(change, &mut cluster.nodes[position]);
        }
        for step in &node.steps {
            assert_eq!(
                step.undo().len(),
                step.changes.len(),
                "{name}: {} has no way back",
                step.title
            );
        }
    }
    moments::all_can_migrate(name, work, &cluster, "after the last node");
    for change in work.last.iter().flat_map(|s| &s.changes) {
        effects::on_cluster(change, &mut cluster);
        moments::all_can_migrate(name, work, &cluster, &format!("after {change:?}"));
    }
    cluster.transport = work.after.transport;
    let name = &format!("{name}: {}", told(work));
    let before = cluster.networks.clone();
    networks_end(name, work, &mut cluster);
    same(name, "afterwards", &cluster, &work.after);
    cluster.networks = before;

    undo(&work.last, |change| effects::on_cluster(change, &mut cluster));
    for (position, node) in work.nodes.iter().enumerate().rev() {
        moments::all_can_migrate(name, work, &cluster, &format!("before {} goes back", node.today.name));
        for change in node.quiet.iter().rev().filter_map(Change::inverse) {
            effects::on_node(&change, &mut cluster.nodes[position]);
        }
        undo(&node.steps, |change| {
            effects::on_node(change, &mut cluster.nodes[position])
        });
    }
    moments::all_can_migrate(name, work, &cluster, "when all nodes are back");
    undo(&work.before, |change| effects::on_cluster(change, &mut cluster));
    cluster.transport = work.today.transport;
    same(name, "rolled back", &cluster, &work.today);
}
