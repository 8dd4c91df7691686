//! Rules about Network ATC intents.

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[];
