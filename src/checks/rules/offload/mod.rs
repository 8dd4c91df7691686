//! Rules about offloads of the host and of guests.

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[];
