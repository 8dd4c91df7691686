//! Columns for the rules about live migration.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
