//! Rules about storage networks: RDMA, SMB Multichannel, iSCSI.

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[];
