//! Columns for the rules about cluster networks.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
