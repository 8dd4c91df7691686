//! The whole work for one cluster: steps of every node, steps of the cluster, manual steps; or the reasons why a plan cannot be carried out.

use super::cabling::{self, Cabling, Lans};
use super::cluster::{self, ClusterChanges};
use super::goal::Goal;
use super::order::{self, Ordered};
use super::settings::{self, Planned};
use super::state::State;
use super::steps::{Change, HostSetting, Manual, Phase, Step, numbered};
use super::{apart, effects, intents, manual, pools, port_vlan, quiet, refusals, words};
use crate::applied;
use crate::checks::VerifiedPlan;
use crate::inventory::{Cluster, Inventory, Node};
use crate::plan::ClusterPlan;
use crate::profiles::WS2008R2;
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
    /// Roles that take their places where no step has anything to run: on adapters whose address stays, or comes by hand.
    pub quiet: Vec<Change>,
    /// What is as planned already.
    pub already: usize,
    /// What is to be done at the physical switches.
    pub cabling: Cabling,
}

impl NodeWork {
    /// All changes of the node, those that no step does among them.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        self.steps.iter().flat_map(|step| &step.changes).chain(&self.quiet)
    }

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
    let mut reasons = refusals::of(today, plan);
    let by_intents = intents::apply_to(today, plan);
    let applied = applied::cluster(today, plan);
    let after = if by_intents {
        intents::named(&applied, today, plan)
    } else {
        applied.clone()
    };
    let after = pools::left_unknown(today, apart::kept_apart(after));
    let mut already = 0;
    let own_lists = !by_intents || intents::global::lists(&after);
    let mut changes = cluster::of_cluster(today, &after, own_lists, &mut already);
    if by_intents {
        around_intents(today, &applied, &after, plan, &mut changes);
    }
    let ClusterChanges {
        before,
        after: last,
        stranded,
    } = changes;
    let mut nodes = Vec::new();
    for position in 0..today.nodes.len() {
        let built = if by_intents {
            Ok(of_node_by_intents(today, plan, position, &after))
        } else {
            of_node((today, &after), plan, position)
        };
        match built {
            Ok(work) => nodes.push(work),
            Err(reason) => reasons.push(reason),
        }
    }
    if !reasons.is_empty() {
        return Err(reasons);
    }
    let mut after = after;
    for (planned, done) in after.nodes.iter_mut().zip(&nodes) {
        planned.clone_from(&done.after);
        // texts of the node speak of its ports by today's names
        let renames = done.steps.iter().flat_map(|s| &s.changes);
        for change in renames.filter(|c| matches!(c, Change::Rename { .. })) {
            effects::on_node(change, planned);
        }
    }
    let mut work = ClusterWork {
        before: guest_steps(today, plan, before),
        last: guest_steps(today, plan, last),
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
    work.manual = manual::steps(&work);
    Ok(work)
}

/// Requirements that are not met and do not hinder the work.
fn unmet(plan: &ClusterPlan) -> Vec<String> {
    let all = plan.solver.shortfall.iter();
    all.map(|miss| format!("{} at {}", miss.requirement, miss.subject))
        .collect()
}

fn of_node(
    (cluster, after_all): (&Cluster, &Cluster),
    plan: &ClusterPlan,
    position: usize,
) -> Result<NodeWork, String> {
    let (node, after) = (&cluster.nodes[position], &after_all.nodes[position]);
    let start = State::today(cluster, node);
    let goal = Goal::new(cluster, plan, &start, position, after);
    let lans = Lans::new(cluster, after_all, &start, &goal.state);
    let ordered = order::order(&start, &goal, &lans).map_err(|stuck| no_order(node, &stuck, &goal))?;
    two_vlans(node, &start, &lans, &ordered)?;
    let ordered = order::without_quiet(ordered, node);
    let ordered = port_vlan::cleared(cluster, &start, after, ordered);
    let wired = ordered.iter().fold(start.clone(), |state, o| state.with(&o.changes));
    let mut already = kept(&start, &goal);
    let settings = settings::of_node(cluster, plan, node, &wired, after, &mut already);
    let mut steps: Vec<Step> = ordered.into_iter().map(|o| wiring_step(plan, node, o)).collect();
    steps.extend(settings.into_iter().map(|planned| {
        let mut step = setting_step(plan, node, planned);
        if let [Change::HostWeight { vnic, value }] = step.changes.as_slice()
            && value.after.is_none()
        {
            step.serves = words::weight_off(cluster, after, vnic).to_owned();
        }
        step
    }));
    steps.sort_by_key(|step| step.phase);
    let steps = numbered(quiet::merged(node, steps));
    let cabling = cabling::cabling(&lans, &start, &steps);
    let (steps, left) = if by_powershell(cluster) {
        quiet::apart(node, steps)
    } else {
        (steps, Vec::new())
    };
    Ok(NodeWork {
        today: node.clone(),
        after: after.clone(),
        cabling,
        steps,
        quiet: left,
        already,
    })
}

/// No order keeps a port from needing two VLANs at once while an address that must answer is on it.
fn two_vlans(node: &Node, start: &State, lans: &Lans<'_>, ordered: &[Ordered]) -> Result<(), String> {
    let mut state = start.clone();
    for step in ordered {
        state = state.with(&step.changes);
        let clashes = lans.clashes(&state);
        let Some(clash) = clashes.iter().find(|c| c.guarded && c.is_known()) else {
            continue;
        };
        let (before, after) = (clash.before.unwrap_or_default(), clash.after.unwrap_or_default());
        let one = if clash.tagged {
            "it has only one VLAN ID in Windows"
        } else {
            "its switch port sends only one of them untagged"
        };
        return Err(format!(
            "after \"{}\" {} of {} would have addresses in VLAN {before} and in VLAN {after}, and {one}: management or storage would be cut. Give the role \
             that comes there another port in plan.json, free a port of the node first, or plan another style.",
            words::title(&step.changes),
            clash.port.alias(),
            node.name
        ));
    }
    Ok(())
}

/// Why there is no order: the adapters that could not be made, and what the node looked like then.
fn no_order(node: &Node, stuck: &State, goal: &Goal) -> String {
    let missing = goal.state.holds.keys().filter(|port| !stuck.exists(port));
    let missing: Vec<String> = missing.map(super::steps::Port::alias).collect();
    let what = if missing.is_empty() {
        "the roles cannot be moved to their adapters".to_owned()
    } else {
        format!("{} cannot be made", words::listed(&missing))
    };
    format!(
        "no order of steps leads {} from today's wiring to the plan's: {what} with the ports that are free or become free. If the inventory does not say \
         how the node is wired (nics.csv: team, team_kind; switches.csv; host_vnics.csv), write it there; else give the node another uplink in \
         plan.json or plan another style.",
        node.name
    )
}

/// What is said to Network ATC before the first node, in place of what it does by itself.
fn around_intents(
    today: &Cluster,
    applied: &Cluster,
    after: &Cluster,
    plan: &ClusterPlan,
    changes: &mut ClusterChanges,
) {
    changes.before.retain(|(_, change)| !intents::global::does(change));
    changes.after.retain(|(_, change)| !intents::global::does(change));
    let all: Vec<&Change> = changes.before.iter().chain(&changes.after).map(|(_, c)| c).collect();
    let overrides = intents::global::overrides(today, applied, after, &all);
    let hold = intents::hold(today, &intents::intents(today, plan));
    // The first thing is what it must leave alone: it acts as soon as it has an intent.
    let first = overrides.map(|set| (Phase::NetworkAtc, Change::Overrides(set)));
    let second = hold.map(|hold| (Phase::NetworkAtc, Change::HoldIntents(Box::new(hold))));
    changes.before.splice(0..0, first.into_iter().chain(second));
}

/// Network ATC wires the node; what it does not know follows in steps of its own.
fn of_node_by_intents(cluster: &Cluster, plan: &ClusterPlan, position: usize, after: &Cluster) -> NodeWork {
    let (node, planned) = (&cluster.nodes[position], &after.nodes[position]);
    let mut already = 0;
    let state = State::today(cluster, planned);
    let settings = settings::of_node(cluster, plan, node, &state, planned, &mut already);
    let kept = settings
        .into_iter()
        .filter(|(_, change)| matches!(change, Change::Host(HostSetting::Pool(_))));
    let mut held = cluster.clone();
    if let Some(hold) = intents::hold(cluster, &intents::intents(cluster, plan)) {
        effects::on_cluster(&Change::HoldIntents(Box::new(hold)), &mut held);
    }
    let mut steps: Vec<Step> = intents::step(cluster, plan, &held.nodes[position], planned)
        .into_iter()
        .collect();
    already += usize::from(steps.is_empty());
    let start = State::today(cluster, node);
    let cabling = cabling::at_once(&Lans::new(cluster, after, &start, &state), &start, &state, &steps);
    steps.extend(kept.map(|planned| setting_step(plan, node, planned)));
    NodeWork {
        steps: numbered(steps),
        quiet: Vec::new(),
        today: node.clone(),
        after: planned.clone(),
        already,
        cabling,
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
    // What needs nothing to be run is told by the steps by hand.
    let runs = |change: &&Change| !change.is_quiet(node);
    let told: Vec<Change> = ordered.changes.iter().filter(runs).cloned().collect();
    let told = if told.is_empty() { &ordered.changes } else { &told };
    Step {
        number: 0,
        phase: Phase::Wiring,
        title: words::title(told),
        serves: words::serves(plan, &node.name, told),
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

fn guest_steps(today: &Cluster, plan: &ClusterPlan, planned: Vec<Planned>) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for (phase, change) in planned {
        let last = steps.last_mut().filter(|last| last.phase == phase);
        match last.filter(|last| last.changes.last().is_some_and(|other| of_all_hosts(other, &change))) {
            Some(last) => {
                last.changes.push(change);
                last.title = words::title(&last.changes);
            }
            None => steps.push(Step {
                number: 0,
                phase,
                title: words::title(std::slice::from_ref(&change)),
                serves: words::serves_vm(today, plan, &change),
                takeover: false,
                changes: vec![change],
            }),
        }
    }
    steps.sort_by_key(|step| step.phase);
    numbered(steps)
}

/// The same setting of two hosts: one step.
fn of_all_hosts(a: &Change, b: &Change) -> bool {
    match (a, b) {
        (Change::Member { setting: a, .. }, Change::Member { setting: b, .. }) => {
            std::mem::discriminant(a) == std::mem::discriminant(b)
        }
        _ => false,
    }
}

/// Whether scripts of the node are PowerShell: 2008 R2 has no cmdlets for networks.
pub fn by_powershell(cluster: &Cluster) -> bool {
    cluster.profile.generation > WS2008R2
}
