//! Columns for the rules about NLB guests.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
