//! Columns for the rules about MAC addresses.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
