//! Columns for the rules about NLB guests.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::Mac;

pub(super) const COLUMNS: Family = Family {
    vms: &[Column::fact(
        "nlb_mac",
        Mac,
        "Cluster MAC address that the member uses (NLB Manager, Cluster Properties, Network address; WMI \
         ClusterNetworkAddress).",
        "02-BF-0A-00-05-32",
    )
    .also(&["ClusterNetworkAddress"])],
    ..Family::NONE
};
