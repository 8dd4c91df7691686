//! The whole work for one cluster: steps of every node, steps of the cluster, manual steps; or the reasons why a plan cannot be carried out.

use super::cluster::{self, ClusterChanges};
use super::goal::Goal;
use super::order::{self, Ordered};
use super::settings::{self, Planned};
use super::state::State;
use super::steps::{Manual, Phase, Step, numbered};
use super::{apart, intents, manual, pools, words};
use crate::applied::{self, switches, today};
use crate::checks::VerifiedPlan;
use crate::inventory::{Cluster, Inventory, Node, SwitchKind};
use crate::plan::ClusterPlan;
use crate::profiles::{TeamKind, WS2008R2};
use crate::units::same_name;

/// Why no scripts are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Cluster.
    pub cluster: String,
    /// What cannot be done, why, and what to do.
    pub text: String,
}

/// The work on one node.
#[derive(Clone, Debug)]
pub struct NodeWork {
    /// The node as it is.
    pub today: Node,
    /// The node as it will be.
    pub after: Node,
    /// The steps of its script.
    pub steps: Vec<Step>,
    /// What is as planned already.
    pub already: usize,
}

impl NodeWork {
    /// Whether management or the last storage path is down inside a step.
    pub fn takes_over(&self) -> bool {
        self.steps.iter().any(|step| step.takeover)
    }
}

/// The work on one cluster.
#[derive(Clone, Debug)]
pub struct ClusterWork {
    /// The cluster as it is.
    pub today: Cluster,
    /// The cluster as it will be.
    pub after: Cluster,
    /// The plan.
    pub plan: ClusterPlan,
    /// Steps before the first node.
    pub before: Vec<Step>,
    /// Nodes, in the order in which they are worked on.
    pub nodes: Vec<NodeWork>,
    /// Steps after the last node.
    pub last: Vec<Step>,
    /// What is done by hand.
    pub manual: Vec<Manual>,
    /// What is as planned already, for the cluster and its VMs.
    pub already: usize,
    /// Network ATC configures the hosts.
    pub by_intents: bool,
    /// VMs whose old network goes before their new one is everywhere: VM, old network, new network.
    pub stranded: Vec<(String, String, String)>,
    /// Requirements that the plan says it does not meet.
    pub unmet: Vec<String>,
}

impl ClusterWork {
    /// Steps of all scripts.
    pub fn steps(&self) -> usize {
        let nodes: usize = self.nodes.iter().map(|n| n.steps.len()).sum();
        self.before.len() + nodes + self.last.len()
    }
}

/// The work that a plan means, cluster by cluster.
///
/// # Errors
/// Every reason why it cannot be carried out.
pub fn work(inventory: &Inventory, verified: &VerifiedPlan) -> Result<Vec<ClusterWork>, Vec<Refusal>> {
    let (mut found, mut refused) = (Vec::new(), Vec::new());
    for plan in &verified.plan().clusters {
        let Some(cluster) = inventory.clusters.iter().find(|c| c.name == plan.cluster) else {
            continue;
        };
        match of_cluster(cluster, plan) {
            Ok(work) => found.push(work),
            Err(reasons) => refused.extend(reasons.into_iter().map(|text| Refusal {
                cluster: cluster.name.clone(),
                text,
            })),
        }
    }
    if refused.is_empty() { Ok(found) } else { Err(refused) }
}

fn of_cluster(today: &Cluster, plan: &ClusterPlan) -> Result<ClusterWork, Vec<String>> {
    let mut reasons = refusals(plan);
    if !today.runs_hyper_v() {
        reasons.push(NO_WINDOWS.to_owned());
    }
    reasons.extend(patterns(today, plan));
    reasons.extend(nameless_teams(today));
    let by_intents = intents::apply_to(today, plan);
    let after = if by_intents {
        intents::named(&applied::cluster(today, plan), today, plan)
    } else {
        applied::cluster(today, plan)
    };
    let after = pools::left_unknown(today, apart::kept_apart(after));
    let mut already = 0;
    let ClusterChanges {
        before,
        after: last,
        stranded,
    } = cluster::of_cluster(today, &after, &mut already);
    let mut nodes = Vec::new();
    for position in 0..today.nodes.len() {
        let built = if by_intents {
            Ok(of_node_by_intents(today, plan, position, &after.nodes[position]))
        } else {
            of_node(today, plan, position, &after.nodes[position])
        };
        match built {
            Ok(work) => nodes.push(work),
            Err(reason) => reasons.push(reason),
        }
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let mut work = ClusterWork {
        before: guest_steps(plan, before),
        last: guest_steps(plan, last),
        manual: Vec::new(),
        unmet: unmet(plan),
        today: today.clone(),
        plan: plan.clone(),
        after,
        nodes,
        already,
        by_intents,
        stranded,
    };
    if by_intents {
        work.before.splice(0..0, intents::steps(today, plan));
        work.before = numbered(std::mem::take(&mut work.before));
    }
    work.manual = manual::steps(&work);
    Ok(work)
}

/// Scripts compare Windows with the plan and change what differs; hosts without Windows have nothing to compare.
const NO_WINDOWS: &str = "its hosts run VMware, and scripts change hosts that run Hyper-V. Install Windows and Hyper-V on them with the \
    tables of the plan in hand (assignment.csv says what each port carries), read the new hosts with the collector that nicplan init \
    writes, plan anew and deploy that plan.";

/// What makes a plan impossible to carry out, whatever the nodes look like.
fn refusals(plan: &ClusterPlan) -> Vec<String> {
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

/// Names that cmdlets would take as patterns for several things.
fn patterns(today: &Cluster, plan: &ClusterPlan) -> Vec<String> {
    let nodes = || today.nodes.iter();
    let nics = nodes().flat_map(|n| n.nics.iter().flat_map(|nic| [&nic.name, &nic.team]));
    let switches = nodes().flat_map(|n| n.switches.iter().map(|s| &s.name));
    let vnics = nodes().flat_map(|n| n.host_vnics.iter().map(|v| &v.name));
    let networks = plan.uplinks.iter().filter_map(|u| u.network.as_ref());
    let mut names: Vec<&String> = nics.chain(switches).chain(vnics).chain(networks).collect();
    names.retain(|name| name.contains(['*', '?', '[', ']']));
    names.sort();
    names.dedup();
    let told = |name: &&String| {
        format!(
            "the name {name} of a NIC, team, virtual switch or host vNIC has one of * ? [ ], which cmdlets take as a pattern for several names. \
             Rename it in Windows and in the inventory, then plan anew."
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

/// Requirements that are not met and do not hinder the work.
fn unmet(plan: &ClusterPlan) -> Vec<String> {
    let all = plan.solver.shortfall.iter();
    all.map(|miss| format!("{} at {}", miss.requirement, miss.subject))
        .collect()
}

fn of_node(cluster: &Cluster, plan: &ClusterPlan, position: usize, after: &Node) -> Result<NodeWork, String> {
    let node = &cluster.nodes[position];
    let start = State::today(cluster, node);
    let goal = Goal::new(cluster, plan, &start, position, after);
    let ordered = order::order(&start, &goal).map_err(|_| {
        format!(
            "no order of steps leads {} from today's wiring to the plan's. Write today's teams, switches and host vNICs into the inventory \
             as they are (nics.csv: team, team_kind; switches.csv; host_vnics.csv), then plan anew.",
            node.name
        )
    })?;
    let wired = ordered.iter().fold(start.clone(), |state, o| state.with(&o.changes));
    let mut already = kept(&start, &goal);
    let settings = settings::of_node(cluster, plan, node, &wired, after, &mut already);
    let mut steps: Vec<Step> = ordered.into_iter().map(|o| wiring_step(plan, node, o)).collect();
    steps.extend(settings.into_iter().map(|planned| setting_step(plan, node, planned)));
    steps.sort_by_key(|step| step.phase);
    Ok(NodeWork {
        today: node.clone(),
        after: after.clone(),
        steps: numbered(steps),
        already,
    })
}

/// Network ATC wires the node; what it does not know is left.
fn of_node_by_intents(cluster: &Cluster, plan: &ClusterPlan, position: usize, after: &Node) -> NodeWork {
    let node = &cluster.nodes[position];
    let mut already = 0;
    let state = State::today(cluster, after);
    let settings = settings::of_node(cluster, plan, node, &state, after, &mut already);
    let kept = settings.into_iter().filter(|(_, change)| intents::leaves(change));
    NodeWork {
        steps: numbered(kept.map(|planned| setting_step(plan, node, planned)).collect()),
        today: node.clone(),
        after: after.clone(),
        already,
    }
}

/// Switches, teams and adapters that are as planned.
fn kept(start: &State, goal: &Goal) -> usize {
    let switches = start.node.switches.iter().filter(|s| {
        let planned = goal.state.switch(&s.name);
        planned.is_some_and(|p| {
            Some(p.base) == start.switch(&s.name).map(|s| s.base) && same_members(&p.record.nics, &s.nics)
        })
    });
    let adapters = goal
        .state
        .holds
        .iter()
        .filter(|(port, roles)| start.held(port) == **roles);
    switches.count() + adapters.count()
}

fn same_members(a: &[String], b: &[String]) -> bool {
    a.len() == b.len() && a.iter().all(|name| b.iter().any(|other| same_name(name, other)))
}

fn wiring_step(plan: &ClusterPlan, node: &Node, ordered: Ordered) -> Step {
    Step {
        number: 0,
        phase: Phase::Wiring,
        title: words::title(&ordered.changes),
        serves: words::serves(plan, &node.name, &ordered.changes),
        takeover: ordered.takeover,
        changes: ordered.changes,
    }
}

fn setting_step(plan: &ClusterPlan, node: &Node, (phase, change): Planned) -> Step {
    let changes = vec![change];
    Step {
        number: 0,
        phase,
        title: words::title(&changes),
        serves: words::serves(plan, &node.name, &changes),
        takeover: false,
        changes,
    }
}

fn guest_steps(plan: &ClusterPlan, planned: Vec<Planned>) -> Vec<Step> {
    let step = |(phase, change): Planned| Step {
        number: 0,
        phase,
        title: words::title(std::slice::from_ref(&change)),
        serves: words::serves_vm(plan, &change),
        takeover: false,
        changes: vec![change],
    };
    let mut steps: Vec<Step> = planned.into_iter().map(step).collect();
    steps.sort_by_key(|step| step.phase);
    numbered(steps)
}

/// Whether scripts of the node are PowerShell: 2008 R2 has no cmdlets for networks.
pub fn by_powershell(cluster: &Cluster) -> bool {
    cluster.profile.generation > WS2008R2
}
