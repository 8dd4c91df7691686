//! Columns for the rules about Network ATC.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
