//! The review of what a plan makes of the inventory, for `plan` and `review --plan`.

use nicplan::applied;
use nicplan::checks::rules::{self, Question, Review};
use nicplan::inventory::Inventory;
use nicplan::plan::Plan;
use nicplan::units::same_name;

/// Reviews the inventory as it is once the plan is applied; every error says why the plan does not avoid it.
pub fn review(today: &Inventory, plan: &Plan, question: Question<'_>) -> Review {
    let mut review = rules::review_all(&applied::inventory(today, plan), question);
    let short = |name: &str| {
        let mut clusters = plan.clusters.iter().filter(|c| same_name(&c.cluster, name));
        clusters.any(|c| !c.solver.shortfall.is_empty())
    };
    rules::say_why_they_stay(&mut review.findings, short);
    review
}
