//! Shares that nothing enforces as manual steps: they are measured in the first migration window. Must not know: what divides ports.

use super::manual::manual;
use super::steps::{Manual, When};
use super::work::ClusterWork;
use crate::applied::unenforced;

/// One manual step for each reason, with the ports.
pub fn shares(work: &ClusterWork) -> Vec<Manual> {
    let all = unenforced::of_cluster(&work.today, &work.plan, &work.after).into_iter();
    let step = |one: unenforced::Unenforced| {
        let text = format!(
            "{} Measure it (Network Interface counters) in the first migration window.",
            one.text()
        );
        manual(When::After, "", text, "shares of the plan on ports that roles share")
    };
    all.map(step).collect()
}
