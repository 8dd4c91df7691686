//! Columns for the rules about teams.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
