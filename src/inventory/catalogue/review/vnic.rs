//! Columns for the rules about vNICs and VM settings.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
