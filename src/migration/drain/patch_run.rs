//! A whole patch run: every node is emptied, patched, restarted and takes its VMs back, one after the other.
//!
//! In: facts, where the VMs are, how the run goes. Out: one step per node with its times. Must not know: the window.
//!
//! Cluster-Aware Updating puts a node into maintenance mode, moves its roles off, installs, restarts, brings it back and
//! restores its roles before it goes on; it begins with the nodes that host the fewest roles (Microsoft,
//! "Cluster-Aware Updating overview" and its FAQ). With `-FailbackMode NoFailback` the roles stay where they are.

use super::Way;
use super::facts::Facts;
use super::guests::way;
use super::one::{Drain, as_windows};
use super::room::{Hosts, Room, Rules};
use super::targets::{self, Placed, Placement, Stranded};

/// Nodes that are patched together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Indices of the nodes.
    pub nodes: Vec<usize>,
    /// VMs whose memory moves away.
    pub vms: usize,
    /// Until they are empty, ms.
    pub drain_ms: u64,
    /// Installing and restarting, ms.
    pub reboot_ms: u64,
    /// Until they have their VMs back, ms; 0 without failback.
    pub return_ms: u64,
}

/// All steps of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PatchRun {
    /// In order.
    pub steps: Vec<Step>,
    /// VMs that fit nowhere when their node is emptied.
    pub stranded: Vec<Stranded>,
    /// The VMs go home after each step.
    pub failback: bool,
}

impl PatchRun {
    /// Moving VMs, ms.
    pub fn moving_ms(&self) -> u64 {
        let moving = self
            .steps
            .iter()
            .map(|step| step.drain_ms.saturating_add(step.return_ms));
        moving.fold(0, u64::saturating_add)
    }

    /// Installing and restarting, ms.
    pub fn reboot_ms(&self) -> u64 {
        self.steps
            .iter()
            .map(|step| step.reboot_ms)
            .fold(0, u64::saturating_add)
    }

    /// Moving, installing and restarting, ms.
    pub fn total_ms(&self) -> u64 {
        self.moving_ms().saturating_add(self.reboot_ms())
    }
}

/// How a run goes: by Windows' queue and placement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rounds {
    /// Nodes patched together.
    pub nodes_at_once: usize,
    /// VMs go home after each step.
    pub failback: bool,
    /// Another number of live migrations at once than today's.
    pub slots: Option<u32>,
    /// Installing and restarting one node, ms.
    pub reboot_ms: u64,
}

/// Nodes in the order of the run: fewest VMs first, then by name.
pub(super) fn order(hosts: &Hosts, nodes: &[usize]) -> Vec<usize> {
    let mut order = nodes.to_vec();
    order.sort_by_key(|node| (hosts.iter().filter(|host| **host == Some(*node)).count(), *node));
    order
}

/// Runs over `nodes`, given in order.
pub(super) fn run(facts: &Facts, hosts: &Hosts, nodes: &[usize], rounds: Rounds) -> PatchRun {
    let mut now = hosts.clone();
    let mut room = Room::new(facts, &now);
    let mut run = PatchRun {
        failback: rounds.failback,
        ..PatchRun::default()
    };
    for together in nodes.chunks(rounds.nodes_at_once.max(1)) {
        let placement = targets::as_windows(facts, &room, &now, together);
        let home = going_home(&placement.placed);
        let away = as_windows(facts, placement, rounds.slots);
        let back_ms = if rounds.failback {
            as_windows(facts, home, rounds.slots).makespan_ms
        } else {
            settle(facts, &mut now, &mut room, &home.placed);
            0
        };
        run.stranded.extend(away.stranded);
        run.steps.push(Step {
            nodes: together.to_vec(),
            vms: away.vms,
            drain_ms: away.makespan_ms,
            reboot_ms: rounds.reboot_ms,
            return_ms: back_ms,
        });
    }
    run
}

/// A run over drains that are planned already, in the order of the run. The VMs come back by Windows' queue, with the
/// planned number at once: `Resume-ClusterNode` knows no start times.
pub(super) fn planned(facts: &Facts, drains: &[(usize, &Drain)], reboot_ms: u64) -> PatchRun {
    let step = |(node, drain): &(usize, &Drain)| {
        let placed: Vec<Placed> = drain.moves.iter().map(|one| one.placed(*node)).collect();
        let back = as_windows(facts, going_home(&placed), Some(drain.concurrency));
        Step {
            nodes: vec![*node],
            vms: drain.vms,
            drain_ms: drain.makespan_ms,
            reboot_ms,
            return_ms: back.makespan_ms,
        }
    };
    PatchRun {
        steps: drains.iter().map(step).collect(),
        stranded: drains.iter().flat_map(|(_, drain)| drain.stranded.clone()).collect(),
        failback: true,
    }
}

/// The same moves in the other direction.
fn going_home(placed: &[Placed]) -> Placement {
    let back = |place: &Placed| Placed {
        source: place.target,
        target: place.source,
        why: "goes home".to_owned(),
        ..place.clone()
    };
    Placement {
        placed: placed.iter().map(back).collect(),
        stranded: Vec::new(),
    }
}

/// Whoever moved stays where it is. `home` are the moves back.
fn settle(facts: &Facts, hosts: &mut Hosts, room: &mut Room, home: &[Placed]) {
    for place in home {
        if let Some(host) = hosts.get_mut(place.vm) {
            *host = Some(place.source);
        }
        room.leave(facts, place.vm, place.target);
        room.enter(facts, place.vm, place.source);
    }
}

/// Pairs of VMs that Windows, which knows nothing of NLB, puts together on a node although they belong to one NLB
/// cluster: names of the VM and of the node.
pub(super) fn nlb_meetings(facts: &Facts, hosts: &Hosts, placement: &Placement) -> Vec<(usize, usize)> {
    let mut room = Room::new(facts, hosts);
    for place in &placement.placed {
        room.leave(facts, place.vm, place.source);
    }
    let mut meetings = Vec::new();
    for place in placement.placed.iter().filter(|place| place.way != Way::Owner) {
        let strict = Rules::TIGHT;
        let obstacle = room.obstacle(facts, place.vm, place.source, place.target, strict);
        let runs = facts.vm(place.vm).is_some_and(|vm| way(vm) != Way::Owner);
        if runs && obstacle == Some(super::room::Obstacle::NlbMember) {
            meetings.push((place.vm, place.target));
        }
        room.enter(facts, place.vm, place.target);
    }
    meetings
}
