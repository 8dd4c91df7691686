//! Columns for the rules about offloads.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Whole, YesNo};

const CHIMNEY: &[&str] = &["enabled", "disabled", "automatic"];
const CHECKSUM: &[&str] = &["rx-tx-enabled", "rx-enabled", "tx-enabled", "disabled"];

pub(super) const COLUMNS: Family = Family {
    nodes: &[Column::fact(
        "chimney",
        Choice(CHIMNEY),
        "TCP chimney offload of the host (Get-NetOffloadGlobalSetting, Chimney; 2008 R2: netsh int tcp show global).",
        "disabled",
    )],
    nics: &[
        Column::fact(
            "checksum_offload",
            Choice(CHECKSUM),
            "TCP checksum offload for IPv4 (Get-NetAdapterChecksumOffload, TcpIPv4Enabled).",
            "rx-tx-enabled",
        )
        .also(&["TcpIPv4Enabled"]),
        Column::fact(
            "ipsec_offload",
            YesNo,
            "IPsec task offload is switched on (Get-NetAdapterIPsecOffload, Enabled).",
            "no",
        ),
    ],
    host_vnics: &[Column::fact(
        "vmq_weight",
        Whole,
        "Weight for VMQ (Get-VMNetworkAdapter -ManagementOS, VmqWeight); 0 = no queue.",
        "100",
    )],
    vms: &[Column::fact(
        "guest_chimney",
        Choice(CHIMNEY),
        "TCP chimney offload inside the guest (netsh int tcp show global in the guest).",
        "disabled",
    )],
    vnics: &[Column::fact(
        "guest_checksum_offload",
        Choice(CHECKSUM),
        "TCP checksum offload for IPv4 of the adapter inside the guest.",
        "rx-tx-enabled",
    )],
    ..Family::NONE
};
