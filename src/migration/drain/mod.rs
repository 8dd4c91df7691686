//! How long it takes to empty a node, every node, and the whole cluster in a patch night.
//!
//! ```text
//! network, routes   who reaches whom and how fast, as it is or with other ports, by defaults or as learnt
//! facts             what does not change: owners, groups, networks
//! guests            how each VM leaves: live, through storage, or as a mere change of owner
//! room, targets     where it fits, and which of these nodes it goes to
//! problem, one      one drain as links, slots and jobs; as Windows does it and as planned
//! patch_run         all nodes one after the other
//! remedies, curves  what would make it faster
//! assumptions       what was taken where the inventory says nothing
//! ```
//!
//! In: a cluster, its routes, the wishes of the policy. Out: whole milliseconds, rounded up, with their reasons.
//! Must not know: planner, checks, reports.

mod assumptions;
mod curves;
pub mod defaults;
mod facts;
mod guests;
mod learnt;
mod network;
mod one;
mod patch_run;
mod problem;
mod remedies;
mod room;
mod routes;
mod targets;

pub use assumptions::Assumed;
pub use curves::{ByNumber, BySpeed, SPEEDS};
pub use guests::{Way, priority_number, way};
pub use network::{Network, Ports};
pub use one::{Drain, Longest, Move, Schedule};
pub use patch_run::{PatchRun, Step};
pub use remedies::Remedy;
pub use routes::{Route, Routes};
pub use targets::Stranded;

use super::load::Needs;
use super::schedule::Wishes;
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::profiles::WS2012;
use crate::units::Mbps;
use defaults::MOST_AT_ONCE;
use facts::Facts;
use patch_run::Rounds;
use rayon::prelude::*;
use room::{Hosts, Room};

/// Nodes up to which a sketch plans every drain.
pub const SKETCHED_IN_FULL: usize = 16;
/// Drains that a sketch of more nodes plans, the longest first.
pub const SKETCHED: usize = 8;

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Nodes to empty, by index; empty = all.
    pub nodes: Vec<usize>,
    /// Time in which the run must end, minutes.
    pub window_minutes: Option<u64>,
    /// Installing updates and restarting one node, minutes.
    pub reboot_minutes: u64,
    /// The virtual switches of the inventory are those that count; not so with a plan, which has every network everywhere.
    pub switches_hold: bool,
    /// A sketch of more than [`SKETCHED_IN_FULL`] nodes plans the longest drains only ([`SKETCHED`] of them), and none asks for
    /// remedies: quick enough for every plan.
    pub is_sketch: bool,
}

impl Question {
    /// Every node, with the window and times of the cluster's policy.
    pub fn of(cluster: &Cluster) -> Question {
        Question {
            nodes: Vec::new(),
            window_minutes: cluster.policy.maintenance_window_minutes,
            reboot_minutes: cluster.policy.reboot_minutes,
            switches_hold: true,
            is_sketch: false,
        }
    }
}

/// One node's drain under both schedules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeDrain {
    /// Index of the node.
    pub node: usize,
    /// As Windows does it with today's settings.
    pub today: Drain,
    /// As planned; a sketch has it for the longest drains only.
    pub planned: Option<Drain>,
}

/// The answer for one cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Cluster name.
    pub cluster: String,
    /// It is the night once a plan is applied, not that of today's wiring.
    pub is_of_plan: bool,
    /// Longest drain as Windows does it first.
    pub drains: Vec<NodeDrain>,
    /// The run as Windows does it.
    pub run: PatchRun,
    /// The planned run; none in a sketch of a larger cluster.
    pub planned_run: Option<PatchRun>,
    /// Live migrations at once to set.
    pub recommended: u32,
    /// Some VM pauses longer than the policy allows, even alone at full rate.
    pub pause_is_hopeless: bool,
    /// The node whose live migrations take longest: the number is chosen for it, and the next two speak of it.
    pub busiest: usize,
    /// Its live migrations by the number at once.
    pub by_number: Vec<ByNumber>,
    /// Its drain by the speed of the ports.
    pub by_speed: Vec<BySpeed>,
    /// What would shorten the run, each alone.
    pub remedies: Vec<Remedy>,
    /// VMs that Windows puts on one node with another member of their NLB cluster: VM and node.
    pub nlb_meetings: Vec<(usize, usize)>,
    /// What was taken where the inventory says nothing.
    pub assumptions: Vec<Assumed>,
    /// The window, ms.
    pub window_ms: Option<u64>,
    /// How much longer than forecast moving takes in one of ten cases, permille.
    pub spread_permille: u64,
}

impl Forecast {
    /// Time that is not passed in nine of ten cases, ms.
    pub fn p90_ms(&self, ms: u64) -> u64 {
        ms.saturating_mul(1000 + self.spread_permille).div_ceil(1000)
    }

    /// The same for a run: installing and restarting is as long as it was said to be.
    pub fn run_p90_ms(&self, run: &PatchRun) -> u64 {
        self.p90_ms(run.moving_ms()).saturating_add(run.reboot_ms())
    }

    /// Whether the run surely ends in the window: nine times out of ten. `None` without a window.
    pub fn fits(&self, run: &PatchRun) -> Option<bool> {
        self.window_ms.map(|window| self.run_p90_ms(run) <= window)
    }

    /// VMs that fit nowhere, in any of the drains, each once.
    pub fn stranded(&self) -> Vec<&Stranded> {
        let mut found: Vec<&Stranded> = Vec::new();
        let drains = self.drains.iter();
        for drain in drains.flat_map(|d| d.planned.iter().chain(std::iter::once(&d.today))) {
            found.extend(&drain.stranded);
        }
        found.sort_by_key(|one| one.vm);
        found.dedup_by_key(|one| one.vm);
        found
    }

    /// Where the plan puts a VM, if it is planned to move.
    pub fn planned_target(&self, vm: usize) -> Option<usize> {
        let planned = self.drains.iter().filter_map(|drain| drain.planned.as_ref());
        let mut moves = planned.flat_map(|drain| &drain.moves);
        moves.find(|one| one.vm == vm).map(|one| one.target)
    }

    /// Whether everything asked is possible as it stands: every VM has a place to go, and today's run fits its window.
    pub fn answer(&self) -> bool {
        self.stranded().is_empty() && self.fits(&self.run) != Some(false)
    }
}

/// Routes with live-migration ports of another speed than today's.
#[derive(Clone, Copy)]
pub struct OtherPorts<'a> {
    /// Speed of the slowest port today, Mbit/s.
    pub today: Mbps,
    /// Routes with these ports.
    pub routes: &'a (dyn Fn(Ports) -> Routes + Sync),
}

/// Forecasts every drain and the run over all of them.
pub fn forecast(cluster: &Cluster, routes: &Routes, other_ports: OtherPorts, question: &Question) -> Forecast {
    let facts = Facts::new(cluster, routes, question.switches_hold);
    let hosts: Hosts = cluster.vms.iter().map(|vm| vm.host).collect();
    let nodes = if question.nodes.is_empty() {
        (0..cluster.nodes.len()).collect()
    } else {
        question.nodes.clone()
    };
    Night {
        facts,
        hosts,
        nodes,
        wishes: wishes(cluster),
        question,
        other_ports,
    }
    .forecast()
}

/// A quick forecast under a plan: every drain and the run as Windows does it, the longest drains planned, and the whole run in clusters
/// that have no more nodes. `needs` is what other traffic needs.
pub fn sketch(cluster: &Cluster, plan: &ClusterPlan, needs: &Needs) -> Forecast {
    let question = Question {
        switches_hold: false,
        is_sketch: true,
        ..Question::of(cluster)
    };
    let sketch = network::Sketch::new(cluster, plan, needs);
    let other_ports = OtherPorts {
        today: 0,
        routes: &|ports| sketch.with_ports(ports),
    };
    forecast(cluster, &sketch.routes(), other_ports, &question)
}

fn wishes(cluster: &Cluster) -> Wishes {
    // 2008 R2 moves one VM per node, and has no setting for it (Microsoft, Hyper-V Live Migration FAQ)
    let has_setting = cluster.profile.generation >= WS2012;
    Wishes {
        blackout_limit_s: cluster.policy.blackout_limit_ms as f64 / 1000.0,
        most_at_once: if has_setting { MOST_AT_ONCE } else { 1 },
        with_start_times: true,
    }
}

/// Everything a forecast needs.
struct Night<'n> {
    facts: Facts<'n>,
    hosts: Hosts,
    nodes: Vec<usize>,
    wishes: Wishes,
    question: &'n Question,
    other_ports: OtherPorts<'n>,
}

impl Night<'_> {
    fn forecast(&self) -> Forecast {
        let room = Room::new(&self.facts, &self.hosts);
        let mut drains: Vec<NodeDrain> = self.nodes.par_iter().map(|node| self.today(&room, *node)).collect();
        drains.sort_by_key(|drain| (std::cmp::Reverse(drain.today.makespan_ms), drain.node));
        let mut forecast = Forecast {
            cluster: self.facts.cluster.name.clone(),
            is_of_plan: !self.question.switches_hold,
            nlb_meetings: self.nlb_meetings(&room),
            drains,
            run: self.run(self.rounds()),
            planned_run: None,
            recommended: 1,
            busiest: 0,
            pause_is_hopeless: false,
            by_number: Vec::new(),
            by_speed: Vec::new(),
            remedies: Vec::new(),
            assumptions: assumptions::list(&self.facts, &self.nodes, &self.hosts, self.question),
            window_ms: self
                .question
                .window_minutes
                .map(|minutes| minutes.saturating_mul(60_000)),
            spread_permille: self.facts.routes.spread_permille(),
        };
        self.plan(&room, &mut forecast);
        forecast
    }

    fn today(&self, room: &Room, node: usize) -> NodeDrain {
        let placement = targets::as_windows(&self.facts, room, &self.hosts, &[node]);
        NodeDrain {
            node,
            today: one::as_windows(&self.facts, placement, None),
            planned: None,
        }
    }

    /// Adds what is planned: the number at once that is good for the node whose live migrations take longest, and with it
    /// every drain.
    fn plan(&self, room: &Room, forecast: &mut Forecast) {
        let Some(busiest) = forecast.drains.iter().max_by_key(|drain| drain.today.live_ms()) else {
            return;
        };
        let busiest = busiest.node;
        let place = |node: usize| targets::planned(&self.facts, room, &self.hosts, &[node]);
        let best = curves::by_number(&self.facts, place(busiest), &self.wishes);
        let number = best.drain.concurrency;
        forecast.busiest = busiest;
        forecast.recommended = number;
        forecast.pause_is_hopeless = best.pause_is_hopeless;
        forecast.by_number = best.table;
        let in_full = !self.question.is_sketch || forecast.drains.len() <= SKETCHED_IN_FULL;
        let drains = forecast.drains.par_iter_mut().enumerate();
        drains.for_each(|(index, drain)| {
            if drain.node == busiest {
                drain.planned = Some(best.drain.clone());
            } else if in_full || index < SKETCHED {
                let planned = one::as_planned_with(&self.facts, place(drain.node), &self.wishes, number);
                drain.planned = Some(planned);
            }
        });
        forecast.by_speed = curves::by_speed(self, busiest, number);
        if forecast.drains.iter().all(|drain| drain.planned.is_some()) {
            forecast.planned_run = Some(self.planned_run(forecast));
        }
        if !self.question.is_sketch {
            forecast.remedies = remedies::list(self, forecast);
        }
    }

    /// One node after the other with today's settings, VMs going home.
    fn rounds(&self) -> Rounds {
        Rounds {
            nodes_at_once: 1,
            failback: true,
            slots: None,
            reboot_ms: self.question.reboot_minutes.saturating_mul(60_000),
        }
    }

    fn run(&self, rounds: Rounds) -> PatchRun {
        let order = patch_run::order(&self.hosts, &self.nodes);
        patch_run::run(&self.facts, &self.hosts, &order, rounds)
    }

    fn planned_run(&self, forecast: &Forecast) -> PatchRun {
        let of = |node: usize| {
            let drain = forecast.drains.iter().find(|drain| drain.node == node)?;
            Some((node, drain.planned.as_ref()?))
        };
        let order = patch_run::order(&self.hosts, &self.nodes);
        let drains: Vec<_> = order.into_iter().filter_map(of).collect();
        patch_run::planned(&self.facts, &drains, self.rounds().reboot_ms)
    }

    fn nlb_meetings(&self, room: &Room) -> Vec<(usize, usize)> {
        let mut meetings = Vec::new();
        for node in &self.nodes {
            let placement = targets::as_windows(&self.facts, room, &self.hosts, &[*node]);
            meetings.extend(patch_run::nlb_meetings(&self.facts, &self.hosts, &placement));
        }
        meetings
    }
}
