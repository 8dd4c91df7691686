//! One drain: the same VMs as Windows moves them by default, and as planned.
//!
//! In: facts, room, where the VMs are, the nodes to empty. Out: times of every move, in whole milliseconds, rounded up.
//! Must not know: the other drains of the night.

use super::Way;
use super::facts::Facts;
use super::problem::{Live, Saving, quick, quick_bound_s};
use super::targets::{Placed, Placement, Stranded};
use crate::migration::bounds::{Bound, Limits};
use crate::migration::schedule::{Recommendation, Wishes, recommend, schedule};
use crate::migration::simulate::{Outcome, simulate};
use crate::migration::whole::{mbps_down, ms_up, seconds};
use crate::units::{Mbps, MiB};

/// Who decides over order, targets and number at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Schedule {
    /// Windows, with the settings as they are.
    WindowsDefault,
    /// The plan: targets, start times and the recommended number at once.
    Planned,
}

impl Schedule {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Schedule::WindowsDefault => "windows-default",
            Schedule::Planned => "planned",
        }
    }
}

/// One VM that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Move {
    /// Index of the VM.
    pub vm: usize,
    /// How it moves.
    pub way: Way,
    /// Index of the node it leaves.
    pub source: usize,
    /// Index of the node it goes to.
    pub target: usize,
    /// Live migrations in groups of as many as run at once, from 1; 0 for VMs that do not migrate live.
    pub wave: u32,
    /// Start, ms after the drain began.
    pub start_ms: u64,
    /// End, ms after the drain began.
    pub end_ms: u64,
    /// The VM does not run, ms: a short pause when it moves live, the whole time when it is saved and restored.
    pub blackout_ms: u64,
    /// Assigned memory.
    pub memory_mib: MiB,
    /// Memory goes over the wire, from and until: ms after the drain began; both 0 where nothing does.
    pub sending_ms: (u64, u64),
    /// Mean rate on the wire while memory was copied, Mbit/s; 0 where nothing goes over the network.
    pub rate_mbps: Mbps,
    /// Why this target.
    pub why: String,
}

impl Move {
    /// The placement behind the move, out of or into the node that is patched.
    pub(super) fn placed(&self, drained: usize) -> Placed {
        Placed {
            vm: self.vm,
            way: self.way,
            source: self.source,
            target: self.target,
            drained,
            why: String::new(),
        }
    }
}

/// A VM and a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Longest {
    /// Index of the VM.
    pub vm: usize,
    /// Milliseconds.
    pub ms: u64,
}

/// A drain under one schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drain {
    /// Who decided.
    pub schedule: Schedule,
    /// Moves by start, then by name.
    pub moves: Vec<Move>,
    /// VMs that fit nowhere.
    pub stranded: Vec<Stranded>,
    /// VMs whose memory moves, live or through storage.
    pub vms: usize,
    /// Their memory.
    pub memory_mib: MiB,
    /// The last VM runs on its target, ms.
    pub makespan_ms: u64,
    /// No order of these moves at this number at once ends earlier, ms.
    pub bound_ms: u64,
    /// Stable name of the kind of limit behind the bound; empty when nothing moves.
    pub limit: &'static str,
    /// What limits and what would help, as a sentence without its full stop.
    pub advice: String,
    /// Live migrations at once.
    pub concurrency: u32,
    /// Longest pause of a VM that moves live.
    pub pause: Option<Longest>,
    /// Longest time for which a VM is down because it is saved and restored.
    pub down: Option<Longest>,
    /// What all live migrations out of the drained nodes can use together, Mbit/s.
    pub egress_mbps: Mbps,
}

impl Drain {
    /// The last live migration ends, ms.
    pub fn live_ms(&self) -> u64 {
        let lives = self.moves.iter().filter(|one| one.way == Way::Live);
        lives.map(|one| one.end_ms).max().unwrap_or(0)
    }
}

/// The drain as Windows does it: a queue by priority. `slots`: another number at once than today's.
pub(super) fn as_windows(facts: &Facts, placement: Placement, slots: Option<u32>) -> Drain {
    let mut live = Live::new(facts, &placement.placed);
    if let Some(slots) = slots {
        live.problem.slots.fill(slots);
    }
    let order: Vec<usize> = (0..live.problem.jobs.len()).collect();
    let outcomes = simulate(&live.problem, &order);
    let bound = Limits::new(&live.problem).binding(&live.problem.slots);
    let saved = quick(facts, &placement.placed, Saving::AllAtOnce);
    let mut drain = assemble(facts, &placement.placed, &live, &outcomes, &saved);
    drain.concurrency = slots.unwrap_or_else(|| slots_of(facts, &placement));
    finish(facts, drain, placement, &live, bound)
}

/// Slots of the first node that is left.
fn slots_of(facts: &Facts, placement: &Placement) -> u32 {
    let first = placement.placed.first();
    first.map_or(1, |place| facts.routes.slots(place.source))
}

/// The planned drain with the recommended number at once, and what every number tried leads to.
pub(super) fn planned_as_recommended(facts: &Facts, placement: Placement, wishes: &Wishes) -> (Drain, Recommendation) {
    let live = Live::new(facts, &placement.placed);
    let best = recommend(&live.problem, wishes);
    let drain = planned(facts, placement, &live, &best.schedule, best.slots);
    (drain, best)
}

/// The planned drain with a given number at once.
pub(super) fn as_planned_with(facts: &Facts, placement: Placement, wishes: &Wishes, slots: u32) -> Drain {
    let mut live = Live::new(facts, &placement.placed);
    live.problem.slots.fill(slots);
    let best = schedule(&live.problem, wishes);
    planned(facts, placement, &live, &best, slots)
}

fn planned(
    facts: &Facts,
    placement: Placement,
    live: &Live,
    best: &crate::migration::schedule::Schedule,
    slots: u32,
) -> Drain {
    let saved = quick(facts, &placement.placed, Saving::FewAtATime);
    let mut drain = assemble(facts, &placement.placed, live, &best.outcomes, &saved);
    drain.schedule = Schedule::Planned;
    drain.concurrency = slots;
    finish(facts, drain, placement, live, best.bound)
}

/// Puts times to moves; schedule, number at once and bounds are still missing.
fn assemble(facts: &Facts, placed: &[Placed], live: &Live, outcomes: &[Outcome], saved: &[(usize, Outcome)]) -> Drain {
    let timed = live.placed.iter().copied().zip(outcomes.iter().copied());
    let mut moves: Vec<Move> = timed
        .chain(saved.iter().copied())
        .filter_map(|(index, outcome)| Some(moved(facts, placed.get(index)?, &outcome)))
        .collect();
    let owners = placed.iter().filter(|place| place.way == Way::Owner);
    moves.extend(owners.map(|place| moved(facts, place, &NOTHING)));
    moves.sort_by_key(|m| (m.start_ms, m.way, m.end_ms, m.vm));
    let copied = || moves.iter().filter(|m| m.way != Way::Owner);
    Drain {
        schedule: Schedule::WindowsDefault,
        stranded: Vec::new(),
        vms: copied().count(),
        memory_mib: copied().map(|m| m.memory_mib).sum(),
        makespan_ms: moves.iter().map(|m| m.end_ms).max().unwrap_or(0),
        bound_ms: 0,
        limit: "",
        advice: String::new(),
        concurrency: 1,
        pause: longest(&moves, Way::Live),
        down: longest(&moves, Way::Quick),
        egress_mbps: 0,
        moves,
    }
}

/// A change of owner takes no time worth counting.
const NOTHING: Outcome = Outcome {
    start_s: 0.0,
    end_s: 0.0,
    blackout_s: 0.0,
    bytes: 0.0,
    passes: 0,
};

fn moved(facts: &Facts, place: &Placed, outcome: &Outcome) -> Move {
    let route = facts.routes.get(place.source, place.target);
    let (sending_ms, rate_mbps) = match route.filter(|_| place.way == Way::Live) {
        Some(route) => {
            let from_s = outcome.start_s + seconds(route.setup_ms);
            let to_s = outcome.end_s - seconds(route.switch_over_ms);
            let rate = mbps_down(outcome.bytes / (to_s - from_s).max(1e-3));
            ((ms_up(from_s), ms_up(to_s)), rate)
        }
        None => ((0, 0), 0),
    };
    Move {
        vm: place.vm,
        way: place.way,
        source: place.source,
        target: place.target,
        wave: 0,
        start_ms: ms_up(outcome.start_s),
        end_ms: ms_up(outcome.end_s),
        blackout_ms: ms_up(outcome.blackout_s),
        sending_ms,
        memory_mib: facts.vm(place.vm).map_or(0, |vm| vm.memory_mib),
        rate_mbps,
        why: place.why.clone(),
    }
}

fn longest(moves: &[Move], way: Way) -> Option<Longest> {
    let of = moves.iter().filter(|m| m.way == way);
    let longest = of.max_by_key(|m| (m.blackout_ms, std::cmp::Reverse(m.vm)))?;
    Some(Longest {
        vm: longest.vm,
        ms: longest.blackout_ms,
    })
}

/// Adds waves, bound and what found no target.
fn finish(facts: &Facts, mut drain: Drain, placement: Placement, live: &Live, bound: Option<Bound>) -> Drain {
    let at_once = drain.concurrency.max(1) as usize;
    let lives = drain.moves.iter_mut().filter(|m| m.way == Way::Live);
    for (index, live) in lives.enumerate() {
        live.wave = u32::try_from(index / at_once + 1).unwrap_or(u32::MAX);
    }
    let egress: f64 = live
        .outward
        .iter()
        .filter_map(|link| live.problem.links.get(*link))
        .sum();
    drain.egress_mbps = mbps_down(egress);
    let live_s = bound.map_or(0.0, |bound| bound.seconds);
    let saved_s = quick_bound_s(facts, &placement.placed);
    drain.bound_ms = ms_up(live_s.max(saved_s)).min(drain.makespan_ms);
    if saved_s > live_s {
        drain.limit = "storage";
        "saving and restoring the VMs below medium priority takes that long; live-migrating them (MoveTypeThreshold) \
         or faster storage, not the network, would help"
            .clone_into(&mut drain.advice);
    } else if let Some(bound) = bound {
        drain.limit = bound.limit.kind();
        drain.advice = bound.limit.advice(&live.names());
    }
    drain.stranded = placement.stranded;
    drain
}
