//! Rules about teams.

pub mod team_mixed_speed;
