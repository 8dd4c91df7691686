//! IS IT RIGHT. In: facts and a plan. Out: findings, and a [`VerifiedPlan`] when every invariant holds.
//!
//! The judge never meets the solver: everything is recounted here in integers from inventory and plan alone.
//! Must not know: the planner (`assignment`), reports.

pub mod plan;
pub mod recount;
mod restate;
pub mod rules;
mod spelling;

pub use plan::{PLAN_CHECKS, PlanCheck};
pub use recount::{Recount, recount};
pub use restate::recompute;
pub use spelling::in_inventory_spelling;

use crate::finding::Finding;
use crate::inventory::{Cluster, Inventory};
use crate::plan::{ClusterPlan, Plan};

/// A plan whose invariants hold, with everything that follows from it. Only `verify` makes one; reports accept nothing else.
#[derive(Debug)]
pub struct VerifiedPlan {
    plan: Plan,
    recounts: Vec<Recount>,
    notes: Vec<Finding>,
}

impl VerifiedPlan {
    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What was recounted, one entry per cluster of the plan, in its order.
    pub fn recounts(&self) -> &[Recount] {
        &self.recounts
    }

    /// Remarks that do not reject the plan, such as that the inventory has changed since.
    pub fn notes(&self) -> &[Finding] {
        &self.notes
    }

    /// A plan taken as verified, for tests of what is made from one.
    #[cfg(test)]
    pub(crate) fn for_tests(plan: Plan, recounts: Vec<Recount>) -> VerifiedPlan {
        VerifiedPlan {
            plan,
            recounts,
            notes: Vec::new(),
        }
    }
}

/// Judges a plan of any origin. A plan that falls short of its requirements verifies if it says so; see [`requirements_met`].
///
/// # Errors
/// Every broken invariant as a finding, sorted. Decisions that cannot be read as a design are not recounted, so that further
/// findings may show once these are put right.
pub fn verify(inventory: &Inventory, plan: Plan) -> Result<VerifiedPlan, Vec<Finding>> {
    let mut findings = plan::whole(inventory, &plan);
    let mut recounts = Vec::new();
    for planned in &plan.clusters {
        let Some(cluster) = inventory.clusters.iter().find(|c| c.name == planned.cluster) else {
            continue;
        };
        match verify_cluster(cluster, planned) {
            Ok(recount) => recounts.push(recount),
            Err(broken) => findings.extend(broken),
        }
    }
    if findings.is_empty() {
        let notes = plan::remarks(inventory, &plan);
        return Ok(VerifiedPlan { plan, recounts, notes });
    }
    Finding::sort(&mut findings);
    Err(findings)
}

/// Judges the plan of one cluster: first its decisions, then, if they are a design, its claims against the recount.
///
/// # Errors
/// Every broken invariant as a finding, in the order of the checks.
pub fn verify_cluster(cluster: &Cluster, planned: &ClusterPlan) -> Result<Recount, Vec<Finding>> {
    let broken = plan::structure(cluster, planned);
    if !broken.is_empty() {
        return Err(broken);
    }
    let recounted = recount(cluster, planned);
    let broken = plan::claims(cluster, planned, &recounted);
    if broken.is_empty() { Ok(recounted) } else { Err(broken) }
}

/// Whether every requirement of every cluster is met (level 1 of the recount is zero throughout).
pub fn requirements_met(plan: &VerifiedPlan) -> bool {
    plan.recounts
        .iter()
        .all(|recount| recount.objective.unmet_requirements.met())
}
