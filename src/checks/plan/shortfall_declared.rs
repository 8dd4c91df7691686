//! `shortfall-declared`: the plan says of itself which requirements it does not meet.

use super::{Broken, Judge, PlanCheck};
use crate::checks::Recount;
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, Shortfall};

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "shortfall-declared",
    summary: "the unmet requirements that the plan declares are exactly those that are recounted",
    docs: "A plan may fall short of what was asked, but not in silence: whoever approves it must see every requirement that it does not meet.",
    judge: Judge::Claims(check),
};

fn check(_: &Cluster, plan: &ClusterPlan, recount: &Recount, broken: &mut Broken) {
    let mut declared: Vec<&Shortfall> = plan.solver.shortfall.iter().collect();
    declared.sort();
    for entry in &recount.shortfall {
        match declared.iter().position(|d| *d == entry) {
            Some(at) => drop(declared.remove(at)),
            None => {
                let message = format!("{} is not met and the plan does not say so", show(entry));
                broken.add(&entry.subject, message, "not declared", show(entry));
            }
        }
    }
    for entry in declared {
        let message = format!(
            "the plan declares that {} is not met; the recount does not find that",
            show(entry)
        );
        broken.add(&entry.subject, message, show(entry), "not declared");
    }
}

fn show(entry: &Shortfall) -> String {
    match entry.missing_mbps {
        0 => format!("requirement {} at {}", entry.requirement, entry.subject),
        missing => format!(
            "requirement {} at {} ({missing} Mbit/s missing)",
            entry.requirement, entry.subject
        ),
    }
}
