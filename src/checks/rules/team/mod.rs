//! Rules about teams.

pub mod team_across_unlinked_switches;
pub mod team_mixed_speed;
