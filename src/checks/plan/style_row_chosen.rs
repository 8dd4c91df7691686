//! `style-row-chosen`: the comparison of styles and the plan agree on what was chosen.

use super::{Broken, Judge, PlanCheck};
use crate::checks::Recount;
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "style-row-chosen",
    summary: "where styles are compared, exactly one is chosen: the plan's own, with the plan's objective",
    docs: "The comparison is read in the meeting; the row that is marked must be the plan that is handed over.",
    judge: Judge::Claims(check),
};

fn check(_: &Cluster, plan: &ClusterPlan, _: &Recount, broken: &mut Broken) {
    if plan.styles.is_empty() {
        return;
    }
    let chosen: Vec<_> = plan.styles.iter().filter(|row| row.chosen).collect();
    let [row] = chosen.as_slice() else {
        let message = format!(
            "{} rows of the comparison of styles are marked as chosen; one is",
            chosen.len()
        );
        broken.misstated("styles", message, chosen.len(), 1);
        return;
    };
    if row.style != plan.style {
        let message = format!(
            "the comparison marks style {} as chosen; the plan is {}",
            row.style, plan.style
        );
        broken.misstated("styles", message, row.style, plan.style);
    }
    if row.objective.as_ref() != Some(&plan.solver.objective) {
        let difference = row
            .objective
            .as_ref()
            .and_then(|o| o.first_difference(&plan.solver.objective))
            .unwrap_or(1);
        let message = format!(
            "the objective of the chosen style {} is not that of the plan: they differ at level {difference}",
            row.style
        );
        broken.misstated("styles", message, "another objective", "the plan's objective");
    }
}
