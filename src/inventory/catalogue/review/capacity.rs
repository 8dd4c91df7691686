//! Columns for the rules about capacity.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
