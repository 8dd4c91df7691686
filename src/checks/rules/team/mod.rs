//! Rules about teams.

mod team_mixed_speed;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[&team_mixed_speed::RULE];
