//! Columns for the rules about MAC addresses.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::YesNo;

pub(super) const COLUMNS: Family = Family {
    clusters: &[Column::fact(
        "scvmm",
        YesNo,
        "System Center VMM manages the cluster and hands out MAC addresses.",
        "no",
    )],
    vms: &[
        Column::fact(
            "nested_virtualization",
            YesNo,
            "The guest runs Hyper-V itself (Get-VMProcessor, ExposeVirtualizationExtensions).",
            "no",
        )
        .also(&["ExposeVirtualizationExtensions"]),
        Column::fact(
            "nested_nat",
            YesNo,
            "The VMs inside a guest that runs Hyper-V reach the network through NAT in that guest (Get-NetNat in \
             the guest).",
            "no",
        ),
    ],
    ..Family::NONE
};
