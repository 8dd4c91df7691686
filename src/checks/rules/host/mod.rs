//! Rules about hosts: edition, installation, processors, equal software.

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[];
