//! Rules about teams.

mod team_across_unlinked_switches;
mod team_mixed_speed;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[&team_across_unlinked_switches::RULE, &team_mixed_speed::RULE];
