//! Columns for the rules about vNICs and VM settings.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Rate, Whole, YesNo};

pub(super) const COLUMNS: Family = Family {
    nics: &[
        Column::fact(
            "virtual_functions",
            Whole,
            "Virtual functions of SR-IOV that the port offers (Get-NetAdapterSriov, NumVFs).",
            "32",
        )
        .also(&["NumVFs"]),
        Column::fact(
            "vmq_queues",
            Whole,
            "Receive queues of VMQ that the port offers (Get-NetAdapterVmq, NumberOfReceiveQueues).",
            "61",
        ),
    ],
    vms: &[Column::fact(
        "integration_services",
        Choice(&["up-to-date", "update-required", "none"]),
        "State of the integration services in the guest (Get-VM, IntegrationServicesState); none = not installed.",
        "up-to-date",
    )
    .also(&["IntegrationServicesState"])],
    vnics: &[
        Column::fact(
            "cluster_monitored",
            YesNo,
            "The cluster moves the VM when this adapter loses its network (Get-VMNetworkAdapter, \
             ClusterMonitored: protected network).",
            "yes",
        ),
        Column::fact(
            "iov_weight",
            Whole,
            "SR-IOV is wanted when above 0 (Get-VMNetworkAdapter, IovWeight).",
            "0",
        ),
        Column::fact(
            "vmq_weight",
            Whole,
            "A VMQ queue is wanted when above 0 (Get-VMNetworkAdapter, VmqWeight).",
            "100",
        ),
        Column::fact(
            "maximum_mbps",
            Rate,
            "Rate that Hyper-V lets the adapter send at most (Get-VMNetworkAdapter, \
             BandwidthSetting.MaximumBandwidth, which is in bit/s); 0 = no limit.",
            "1000",
        )
        .also(&["MaximumBandwidth"]),
        Column::fact(
            "port_mirroring",
            Choice(&["none", "source", "destination"]),
            "Part of the adapter in port mirroring (Get-VMNetworkAdapter, PortMirroringMode).",
            "none",
        )
        .also(&["PortMirroringMode"]),
    ],
    ..Family::NONE
};
