//! `objective-matches`: the values that the plan claims are the values that it has.

use super::{Broken, Judge, PlanCheck, list};
use crate::checks::Recount;
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, LEVELS, Objective};

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "objective-matches",
    summary: "levels 1 to 10 of the objective that the plan claims equal the recount",
    docs: "Utilisation, drain time and the count of changes are what a plan is chosen by; a wrong number there is a wrong choice.",
    judge: Judge::Claims(check),
};

fn check(_: &Cluster, plan: &ClusterPlan, recount: &Recount, broken: &mut Broken) {
    let (claimed, real) = (&plan.solver.objective, &recount.objective);
    let wrong: Vec<usize> = (1..=10)
        .filter(|level| claimed.level(*level) != real.level(*level))
        .collect();
    if wrong.is_empty() {
        return;
    }
    let values = |of: &Objective| {
        list(
            wrong
                .iter()
                .map(|level| format!("{} {}", LEVELS[level - 1], list(of.level(*level)))),
        )
    };
    let each = wrong.iter().map(|level| {
        let (claimed, real) = (list(claimed.level(*level)), list(real.level(*level)));
        format!(
            "level {level} ({}) {claimed}, where the recount gives {real}",
            LEVELS[level - 1]
        )
    });
    let message = format!("the plan claims for {}", each.collect::<Vec<_>>().join("; for "));
    broken.misstated("objective", message, values(claimed), values(real));
}
