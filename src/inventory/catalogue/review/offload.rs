//! Columns for the rules about offloads.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
