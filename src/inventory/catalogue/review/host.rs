//! Columns for the rules about hosts: edition, installation, processors.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
