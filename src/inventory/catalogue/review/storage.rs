//! Columns for the rules about RDMA, SMB storage and iSCSI.

use super::Family;

pub(super) const COLUMNS: Family = Family::NONE;
