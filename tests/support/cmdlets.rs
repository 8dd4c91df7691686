//! Cmdlets with their parameters, as documented: what scripts of `deploy`, the collector and the fixes of rules may give.
//!
//! `cmdlets.csv` is written down from the pages of Windows Server 2016 to 2025 (state of 2026), as far as it is needed;
//! `Set-VMNetworkAdapterRdma` has no page and is from the module itself.

use std::collections::BTreeMap;

const CMDLETS: &str = include_str!("cmdlets.csv");

/// Parameters that every cmdlet has, or every one that changes something.
#[allow(dead_code)] // not every test gives them
pub const COMMON: [&str; 3] = ["Confirm", "ErrorAction", "WhatIf"];

/// Parameters by cmdlet.
pub fn documented() -> BTreeMap<&'static str, Vec<&'static str>> {
    let rows = CMDLETS.lines().skip(1).filter_map(|line| line.split_once(','));
    rows.map(|(cmdlet, parameters)| (cmdlet, parameters.split(' ').collect()))
        .collect()
}
