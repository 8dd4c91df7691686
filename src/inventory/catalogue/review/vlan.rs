//! Columns for the rules about VLANs.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
