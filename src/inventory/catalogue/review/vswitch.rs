//! Columns for the rules about virtual switches.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
