//! How the worst node's drain depends on the number at once and on the speed of the ports.
//!
//! In: facts and a placement. Out: tables for pictures. Must not know: the patch run.

use super::facts::Facts;
use super::one::{Drain, as_planned_with, as_windows, planned_as_recommended};
use super::room::Room;
use super::targets::{self, Placement};
use super::{Night, Ports};
use crate::migration::schedule::{AtOnce, Wishes};
use crate::migration::whole::ms_up;
use crate::units::Mbps;

/// Port speeds that are tried, Mbit/s.
pub const SPEEDS: [Mbps; 5] = [1_000, 2_500, 10_000, 25_000, 100_000];

/// One number of live migrations at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ByNumber {
    /// Live migrations at once on every node.
    pub number: u32,
    /// The queue of a plain drain, ms.
    pub queue_ms: u64,
    /// With start times, ms.
    pub planned_ms: u64,
    /// No order is faster, ms.
    pub bound_ms: u64,
    /// Longest pause in the queue, ms.
    pub pause_ms: u64,
    /// Longest pause with start times, ms.
    pub planned_pause_ms: u64,
    /// The pause stays in the policy's limit.
    pub is_allowed: bool,
}

impl ByNumber {
    fn new(row: &AtOnce) -> ByNumber {
        ByNumber {
            number: row.slots,
            queue_ms: ms_up(row.queue_s),
            planned_ms: ms_up(row.planned_s),
            bound_ms: row.bound.map_or(0, |bound| ms_up(bound.seconds)),
            pause_ms: ms_up(row.queue_blackout_s),
            planned_pause_ms: ms_up(row.planned_blackout_s),
            is_allowed: row.is_allowed,
        }
    }
}

/// The recommended drain with the table behind the recommendation.
pub(super) struct Best {
    pub drain: Drain,
    pub table: Vec<ByNumber>,
    pub pause_is_hopeless: bool,
}

/// Tries every number at once that makes sense. The times are those of the live migrations.
pub(super) fn by_number(facts: &Facts, placement: Placement, wishes: &Wishes) -> Best {
    let (drain, best) = planned_as_recommended(facts, placement, wishes);
    Best {
        drain,
        table: best.table.iter().map(ByNumber::new).collect(),
        pause_is_hopeless: best.blackout_limit_is_hopeless,
    }
}

/// One speed of the live-migration ports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BySpeed {
    /// Mbit/s of every port that carries live migration.
    pub speed: Mbps,
    /// As Windows does it today, ms.
    pub today_ms: u64,
    /// Planned with the recommended number at once, ms.
    pub planned_ms: u64,
}

/// Tries other ports under the worst node's drain. Speeds that do not even carry the other traffic on these ports, as
/// today's do, tell nothing of live migration and are left out.
pub(super) fn by_speed(night: &Night, node: usize, slots: u32) -> Vec<BySpeed> {
    let drained = [node];
    let row = |speed: &Mbps| {
        let routes = (night.other_ports.routes)(Ports::All(*speed));
        if routes.is_starved(node) && !night.facts.routes.is_starved(node) {
            return None;
        }
        let facts = Facts::new(night.facts.cluster, &routes, night.question.switches_hold);
        let room = Room::new(&facts, &night.hosts);
        let today = targets::as_windows(&facts, &room, &night.hosts, &drained);
        let planned = targets::planned(&facts, &room, &night.hosts, &drained);
        Some(BySpeed {
            speed: *speed,
            today_ms: as_windows(&facts, today, None).makespan_ms,
            planned_ms: as_planned_with(&facts, planned, &night.wishes, slots).makespan_ms,
        })
    };
    SPEEDS.iter().filter_map(row).collect()
}
