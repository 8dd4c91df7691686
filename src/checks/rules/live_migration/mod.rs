//! Rules about live migration: networks, transport, limits and what a drain needs.

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[];
