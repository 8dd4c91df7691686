//! From targets to a problem for the simulator: links, slots, jobs, and their names.
//!
//! In: facts and placed VMs. Out: one problem of live migrations, and times of the quick ones beside it.
//! Must not know: how targets were chosen, which schedule is best.

use super::defaults::{QUICK_FIXED_S, SAVED_STATE_MIB_S};
use super::facts::Facts;
use super::guests::{Way, memory, saved_state};
use super::routes::Route;
use super::targets::Placed;
use crate::migration::assumptions::WIRE_PERMILLE;
use crate::migration::bounds::{Names, SMB_LIMIT};
use crate::migration::precopy::Stopping;
use crate::migration::simulate::{Job, Outcome, Problem, makespan_s, simulate};
use crate::migration::whole::{bytes, bytes_s, seconds};
use crate::roles::Role;
use crate::units::Mbps;
use std::collections::BTreeMap;

/// What several migrations share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Shared {
    /// Ports of a node on a network, outwards.
    Out(usize, usize),
    /// Ports of a node on a network, inwards.
    In(usize, usize),
    /// An inter-switch link.
    Link(usize),
}

/// Live migrations as a problem for the simulator.
#[derive(Clone, Debug, Default)]
pub(super) struct Live {
    pub problem: Problem,
    /// The placed VM behind each job: index into the placed list.
    pub placed: Vec<usize>,
    link_names: Vec<String>,
    pool_names: Vec<String>,
    job_names: Vec<String>,
    /// Links that a drain leaves its source by.
    pub outward: Vec<usize>,
}

impl Live {
    /// Names for bounds.
    pub fn names(&self) -> Names<'_> {
        Names {
            links: &self.link_names,
            pools: &self.pool_names,
            jobs: &self.job_names,
        }
    }

    /// All migrations that move live; one slot pool per node, with the limits that hold today.
    pub fn new(facts: &Facts, placed: &[Placed]) -> Live {
        let mut live = Live {
            pool_names: facts.cluster.nodes.iter().map(|node| node.name.clone()).collect(),
            ..Live::default()
        };
        live.problem.stopping = Stopping::default();
        live.problem.slots = (0..facts.nodes()).map(|node| facts.routes.slots(node)).collect();
        let mut links: BTreeMap<Shared, usize> = BTreeMap::new();
        for (index, place) in placed.iter().enumerate().filter(|(_, p)| p.way == Way::Live) {
            let (Some(vm), Some(route)) = (facts.vm(place.vm), facts.routes.get(place.source, place.target)) else {
                continue;
            };
            let crossed = live.link_numbers(facts, &mut links, place, route);
            live.problem.jobs.push(Job {
                memory: memory(vm, route.gain_permille, route.dirty_permille),
                links: crossed,
                cap: bytes_s(route.cap.min(route.egress).min(route.ingress)),
                slots: vec![place.source, place.target],
                setup_s: seconds(route.setup_ms),
                switch_over_s: seconds(route.switch_over_ms),
                earliest_s: 0.0,
            });
            live.placed.push(index);
            live.job_names.push(vm.name.clone());
        }
        live
    }

    /// The links of one migration; new ones get a number, a capacity and a name.
    fn link_numbers(
        &mut self,
        facts: &Facts,
        links: &mut BTreeMap<Shared, usize>,
        place: &Placed,
        route: &Route,
    ) -> Vec<usize> {
        let ports = [
            (Shared::Out(place.source, route.network), route.egress),
            (Shared::In(place.target, route.network), route.ingress),
        ];
        let between = route.crossed.iter().map(|index| {
            let speed = facts.routes.links().get(*index).map_or(0, |(_, speed)| *speed);
            (Shared::Link(*index), speed)
        });
        let shared: Vec<(Shared, Mbps)> = ports.into_iter().chain(between).collect();
        let mut numbers = Vec::with_capacity(shared.len());
        for (shared, speed) in shared {
            let number = *links.entry(shared).or_insert_with(|| {
                self.link_names.push(name(facts, shared, route));
                self.problem.links.push(0.0);
                if matches!(shared, Shared::Out(..)) {
                    self.outward.push(self.problem.links.len() - 1);
                }
                self.problem.links.len() - 1
            });
            // pairs that reach each other over some of the ports only see less of the same link
            if let Some(capacity) = self.problem.links.get_mut(number) {
                *capacity = capacity.max(bytes_s(speed));
            }
            numbers.push(number);
        }
        numbers
    }
}

fn name(facts: &Facts, shared: Shared, route: &Route) -> String {
    let (direction, node, network) = match shared {
        Shared::Link(index) => {
            let name = facts.routes.links().get(index).map_or("", |(name, _)| name.as_str());
            return format!("the inter-switch link {name}");
        }
        Shared::Out(node, _) if route.is_smb_limited => {
            return format!("{SMB_LIMIT} {}", facts.node(node));
        }
        Shared::Out(node, network) => ("out of", node, network),
        Shared::In(node, network) => ("into", node, network),
    };
    let node = facts.node(node);
    let beside = if route.needed > 0 {
        ", beside what other traffic on its ports needs,"
    } else {
        ""
    };
    match facts.routes.network(network) {
        "" => format!("live migration {direction} {node}{beside}"),
        network => format!("network {network} {direction} {node}{beside}"),
    }
}

/// Quick migrations at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saving {
    /// All together, as a drain starts them beside the live migrations (A. Finn, "Quick Migration in Windows Server
    /// 2012", 2012): each takes as long as all.
    AllAtOnce,
    /// A few at a time, the smallest first: as few as keep storage busy, so that most VMs are down for a short time only.
    FewAtATime,
}

/// What became of the quick migrations of the list: by index into `placed`, with the time at which each VM is back.
/// The blackout of the outcome is the whole time.
pub(super) fn quick(facts: &Facts, placed: &[Placed], saving: Saving) -> Vec<(usize, Outcome)> {
    let chosen: Vec<usize> = (0..placed.len())
        .filter(|index| placed.get(*index).is_some_and(|p| p.way == Way::Quick))
        .collect();
    let mut problem = Problem::default();
    let mut links: BTreeMap<usize, usize> = BTreeMap::new();
    for place in chosen.iter().filter_map(|index| placed.get(*index)) {
        let Some(vm) = facts.vm(place.vm) else { continue };
        let link = *links.entry(place.drained).or_insert_with(|| {
            problem.links.push(storage_rate(facts, place.drained));
            problem.links.len() - 1
        });
        problem.jobs.push(Job {
            memory: saved_state(vm),
            links: vec![link],
            cap: f64::INFINITY,
            slots: vec![link],
            setup_s: QUICK_FIXED_S as f64,
            switch_over_s: QUICK_FIXED_S as f64,
            earliest_s: 0.0,
        });
    }
    let mut outcomes = match saving {
        Saving::AllAtOnce => {
            problem.slots = vec![u32::MAX; problem.links.len()];
            let order: Vec<usize> = (0..problem.jobs.len()).collect();
            simulate(&problem, &order)
        }
        Saving::FewAtATime => few_at_a_time(&mut problem),
    };
    for outcome in &mut outcomes {
        outcome.blackout_s = outcome.end_s - outcome.start_s;
    }
    chosen.into_iter().zip(outcomes).collect()
}

/// As few at a time as end within 2 % of all at once.
fn few_at_a_time(problem: &mut Problem) -> Vec<Outcome> {
    let mut order: Vec<usize> = (0..problem.jobs.len()).collect();
    let size = |job: &usize| problem.jobs.get(*job).map_or(0.0, |job| job.memory.bytes);
    order.sort_by(|a, b| size(a).total_cmp(&size(b)));
    let links = problem.links.len();
    let mut with = |slots: u32| {
        problem.slots = vec![slots; links];
        simulate(problem, &order)
    };
    let all = with(u32::MAX);
    let good_s = makespan_s(&all) * 1.02;
    let few = [1, 2, 4, 8, 16].into_iter().map(with);
    few.into_iter()
        .find(|outcomes| makespan_s(outcomes) <= good_s)
        .unwrap_or(all)
}

/// Seconds that no order of quick migrations can beat; 0 without any.
pub(super) fn quick_bound_s(facts: &Facts, placed: &[Placed]) -> f64 {
    let mut sizes: BTreeMap<usize, f64> = BTreeMap::new();
    for place in placed.iter().filter(|p| p.way == Way::Quick) {
        let size = facts.vm(place.vm).map_or(0.0, |vm| saved_state(vm).bytes);
        *sizes.entry(place.drained).or_insert(0.0) += size;
    }
    let fixed = 2.0 * QUICK_FIXED_S as f64;
    let each = sizes
        .iter()
        .map(|(node, size)| fixed + size / storage_rate(facts, *node));
    each.fold(0.0, f64::max)
}

/// Bytes per second at which a node writes and reads saved states: the assumption, or what its storage NICs carry if that
/// is less.
pub(super) fn storage_rate(facts: &Facts, node: usize) -> f64 {
    let assumed = bytes(SAVED_STATE_MIB_S);
    let ports = facts.cluster.nodes.get(node).into_iter().flat_map(|node| &node.nics);
    let speed: Mbps = ports
        .filter(|nic| nic.roles.contains(&Role::Storage))
        .map(|nic| nic.speed)
        .sum();
    if speed == 0 {
        return assumed;
    }
    assumed.min(bytes_s(speed.saturating_mul(WIRE_PERMILLE) / 1000))
}
