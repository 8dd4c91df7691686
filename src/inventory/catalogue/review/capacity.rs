//! Columns for the rules about capacity.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::AddressRange;

pub(super) const COLUMNS: Family = Family {
    clusters: &[Column::fact(
        "infrastructure_ip_pool",
        AddressRange,
        "First and last management address that the deployment of Azure Local may hand out (Start IP and End IP).",
        "10.0.1.50-10.0.1.69",
    )],
    ..Family::NONE
};
