//! IS IT RIGHT. In: facts and a plan. Out: findings, and a [`VerifiedPlan`] when every invariant holds.
//!
//! The judge never meets the solver: everything is recounted here in integers from inventory and plan alone.
//! Must not know: the planner (`assignment`), reports.

pub mod recount;
pub mod rules;

pub use recount::Recount;

use crate::plan::Plan;

/// A plan whose invariants hold, with everything that follows from it. Only `verify` makes one; reports accept nothing else.
#[derive(Debug)]
pub struct VerifiedPlan {
    plan: Plan,
    recounts: Vec<Recount>,
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

    /// A plan taken as verified, for tests of what is made from one.
    #[cfg(test)]
    pub(crate) fn for_tests(plan: Plan, recounts: Vec<Recount>) -> VerifiedPlan {
        VerifiedPlan { plan, recounts }
    }
}
