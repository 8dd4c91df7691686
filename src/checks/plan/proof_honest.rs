//! `proof-honest`: status, bound and gap agree with each other.

use super::{Broken, Judge, PlanCheck};
use crate::checks::Recount;
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, LEVELS, PROVEN_LEVELS, Solver, Status};

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "proof-honest",
    summary: "a plan called optimal has no gap, and one with a gap names the level and a bound that fits its value",
    docs: "Optimal means that no other plan is better at levels 1 to 7; a plan with an open gap must say where and how wide it is.",
    judge: Judge::Claims(check),
};

fn check(_: &Cluster, plan: &ClusterPlan, recount: &Recount, broken: &mut Broken) {
    let solver = &plan.solver;
    let closed = solver.bound == 0 && solver.gap == 0 && solver.unproven_level.is_empty();
    let right = match solver.status {
        Status::Optimal => closed,
        Status::Gap => open_gap_fits(solver, recount),
        // A limit may also strike after the last level that is proven.
        Status::TimeLimit => closed || open_gap_fits(solver, recount),
    };
    if !right {
        let current = format!(
            "{:?}, bound {}, gap {}, level '{}'",
            solver.status, solver.bound, solver.gap, solver.unproven_level
        );
        let expected = match solver.status {
            Status::Optimal => "bound 0, gap 0, no level",
            Status::Gap | Status::TimeLimit => "the name of a level from 1 to 7, and bound + gap = its value",
        };
        let message = format!(
            "the solver block of cluster {} contradicts itself: {current}",
            plan.cluster
        );
        broken.misstated("solver", message, current, expected);
    }
}

/// The level exists, the gap is open, and bound and gap add up to a value of that level (levels 1 and 2 have several).
fn open_gap_fits(solver: &Solver, recount: &Recount) -> bool {
    let Some(level) = LEVELS[..PROVEN_LEVELS]
        .iter()
        .position(|name| *name == solver.unproven_level)
    else {
        return false;
    };
    let value = solver.bound.checked_add(solver.gap);
    solver.gap > 0 && recount.objective.level(level + 1).into_iter().any(|v| Some(v) == value)
}
