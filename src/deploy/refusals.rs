//! Why a plan is not written down as scripts, as far as inventory and plan alone say it: what it does not reach, and names that no script can use.
//!
//! In: the cluster as it is and its plan. Out: reasons with what to do. Must not know: steps.

use super::work::by_powershell;
use super::{intents, unnamed, words};
use crate::applied::{switches, today};
use crate::inventory::{Cluster, Nic, Node, SwitchKind, VirtualSwitch};
use crate::plan::ClusterPlan;
use crate::profiles::TeamKind;
use crate::units::same_name;

/// Every reason.
pub fn of(today: &Cluster, plan: &ClusterPlan) -> Vec<String> {
    let mut reasons = of_plan(plan);
    if today.runs_hyper_v() {
        reasons.extend(unnamed::switches(today));
    } else {
        reasons.push(NO_WINDOWS.to_owned());
    }
    reasons.extend(patterns(today, plan));
    reasons.extend(intents::refusals(today, plan));
    reasons.extend(nameless_teams(today));
    reasons
}

/// Scripts compare Windows with the plan and change what differs; hosts without Windows have nothing to compare.
const NO_WINDOWS: &str = "its hosts run VMware, and scripts change hosts that run Hyper-V. Install Windows and Hyper-V on them with the \
    tables of the plan in hand (assignment.csv says what each port carries), read the new hosts with the collector that nicplan init \
    writes, plan anew and deploy that plan.";

/// What makes a plan impossible to carry out, whatever the nodes look like.
fn of_plan(plan: &ClusterPlan) -> Vec<String> {
    let mut found = Vec::new();
    for miss in plan
        .solver
        .shortfall
        .iter()
        .filter(|s| ["reach:", "vlan"].iter().any(|r| s.requirement.starts_with(r)))
    {
        found.push(format!(
            "the plan does not meet {} at {}: nodes or VMs would be cut off. Correct cabling, VLANs or the inventory, then plan anew.",
            miss.requirement, miss.subject
        ));
    }
    for vnic in plan.vnics.iter().filter(|v| v.network.is_empty()) {
        found.push(format!(
            "{} / {} has no external network in the plan. Give its VLANs a network on every possible owner, then plan anew.",
            vnic.vm, vnic.vnic
        ));
    }
    for node in &plan.nodes {
        for uplink in node.uplinks.iter().filter(|u| u.nics.is_empty()) {
            found.push(format!(
                "{} has no NIC for the uplink {}, so its roles have no place there. Plan anew, or give the node a NIC for it in plan.json.",
                node.node, uplink.uplink
            ));
        }
    }
    found
}

/// Names that cmdlets would take as patterns for several things, of what the scripts speak about: a port that carries nothing today or later is left alone, and
/// `netsh` of 2008 R2 knows no patterns.
fn patterns(today: &Cluster, plan: &ClusterPlan) -> Vec<String> {
    if !by_powershell(today) {
        return Vec::new();
    }
    let planned = |node: &Node, nic: &Nic| {
        let mut of_node = plan.nodes.iter().filter(|n| same_name(&n.node, &node.name));
        of_node.any(|n| {
            n.uplinks
                .iter()
                .any(|u| u.nics.iter().any(|name| same_name(name, &nic.name)))
        })
    };
    let used = |node: &Node, nic: &Nic| {
        let carries = !nic.roles.is_empty() || !nic.addresses.is_empty() || !nic.is_bare();
        carries || planned(node, nic)
    };
    let nodes = || today.nodes.iter();
    let nics = nodes().flat_map(|n| {
        n.nics
            .iter()
            .filter(|nic| used(n, nic))
            .flat_map(|nic| [&nic.name, &nic.team])
    });
    let external = |s: &&VirtualSwitch| s.kind == SwitchKind::External;
    let switches = nodes().flat_map(|n| n.switches.iter().filter(external).map(|s| &s.name));
    let vnics = nodes().flat_map(|n| n.host_vnics.iter().map(|v| &v.name));
    let networks = plan.uplinks.iter().filter_map(|u| u.network.as_ref());
    let mut names: Vec<&String> = nics.chain(switches).chain(vnics).chain(networks).collect();
    names.retain(|name| name.contains(['*', '?', '[', ']']));
    names.sort();
    names.dedup();
    let told = |name: &&String| {
        format!(
            "the name {name} of a NIC, team, virtual switch or host vNIC has one of * ? [ ], which cmdlets take as a pattern for several names, and the scripts \
             would have to use it. Rename it in Windows and in the inventory, then plan anew."
        )
    };
    names.iter().map(told).collect()
}

/// Switches on a team whose name nobody wrote down: its adapter can neither be tested nor taken down.
fn nameless_teams(today: &Cluster) -> Vec<String> {
    let mut found = Vec::new();
    if !by_powershell(today) {
        return found;
    }
    for node in &today.nodes {
        for switch in node.switches.iter().filter(|s| s.kind == SwitchKind::External) {
            let members = switches::members(node, &switch.name);
            let on_team = matches!(
                today::base(today, node, switch),
                today::Base::Team(TeamKind::Lbfo | TeamKind::Vendor)
            );
            if !on_team || members.is_empty() || members.iter().any(|nic| !nic.team.is_empty()) {
                continue;
            }
            let ports: Vec<&str> = members.iter().map(|nic| nic.name.as_str()).collect();
            found.push(format!(
                "the virtual switch {} of {} stands on a team of {}, and the inventory does not say what the team is called: the scripts cannot find its \
                 adapter. Write its name into nics.csv as team at each of its ports (Get-NetLbfoTeam lists name and members), then plan anew.",
                switch.name,
                node.name,
                words::listed(&ports)
            ));
        }
    }
    found
}
