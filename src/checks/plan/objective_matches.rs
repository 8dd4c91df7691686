//! `objective-matches`: the values that the plan claims are the values that it has.

use super::{Broken, Judge, PlanCheck, list};
use crate::checks::Recount;
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, LEVELS};

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "objective-matches",
    summary: "levels 1 to 10 of the objective that the plan claims equal the recount",
    docs: "Utilisation, drain time and the count of changes are what a plan is chosen by; a wrong number there is a wrong choice.",
    judge: Judge::Claims(check),
};

fn check(_: &Cluster, plan: &ClusterPlan, recount: &Recount, broken: &mut Broken) {
    for level in 1..=10 {
        let (claimed, real) = (plan.solver.objective.level(level), recount.objective.level(level));
        if claimed != real {
            let (claimed, real) = (list(claimed), list(real));
            let name = LEVELS[level - 1];
            let message = format!("the plan claims {claimed} for level {level} ({name}); the recount gives {real}");
            broken.misstated(name, message, claimed, real);
        }
    }
}
