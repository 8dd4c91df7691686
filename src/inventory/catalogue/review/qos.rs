//! Columns for the rules about QoS and DCB.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
