//! Columns for the rules about Hyper-V Replica.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
