//! What several sources say about one cluster.

mod sources_contradict;

use super::Rule;

/// All rules of the family.
pub(super) static RULES: &[&Rule] = &[&sources_contradict::RULE];
