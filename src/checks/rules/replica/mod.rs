//! Rules about Hyper-V Replica.

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[];
