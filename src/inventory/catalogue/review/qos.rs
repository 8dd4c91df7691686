//! Columns for the rules about QoS and DCB.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choices, Classes, Policies, Rate, Whole, YesNo};

const PRIORITIES: &[&str] = &["0", "1", "2", "3", "4", "5", "6", "7"];

pub(super) const COLUMNS: Family = Family {
    nodes: &[
        Column::fact(
            "traffic_classes",
            Classes,
            "Traffic classes of DCB with priorities and share (Get-NetQosTrafficClass: Name, Priority, BandwidthPercentage); \
             none = only the default one.",
            "Default=0-2,4-6:48;SMB=3:50;Cluster=7:2",
        ),
        Column::fact(
            "qos_policies",
            Policies,
            "QoS policies by what they match, with the priority they give (Get-NetQosPolicy: Template or NetDirectPort, \
             PriorityValue): default, cluster, live-migration, smb, smbdirect (port 445 of NetworkDirect), iscsi, nfs, fcoe.",
            "smbdirect=3;cluster=7;default=0",
        ),
        Column::fact(
            "qos_weights",
            Classes,
            "QoS policies of the host that give minimum bandwidth, by what they match (Get-NetQosPolicy, MinBandwidthWeight): live-migration, smb, \
             iscsi, cluster (heartbeat), default; none = no such policy.",
            "live-migration=:40;smb=:55;cluster=:5",
        ),
        Column::fact(
            "pfc_priorities",
            Choices(PRIORITIES),
            "Priorities with flow control, PFC (Get-NetQosFlowControl, Priority where Enabled); none = no priority.",
            "3",
        ),
        Column::fact(
            "dcbx_willing",
            YesNo,
            "The node takes DCB settings from the physical switch (Get-NetQosDcbxSetting, Willing).",
            "no",
        )
        .also(&["Willing"]),
    ],
    nics: &[
        Column::fact(
            "qos",
            YesNo,
            "DCB is switched on at the port (Get-NetAdapterQos, Enabled).",
            "yes",
        )
        .also(&["QosEnabled", "NetAdapterQos"]),
        Column::fact(
            "max_traffic_classes",
            Whole,
            "Traffic classes that the port can do (Get-NetAdapterQos, HardwareCapabilities, NumTCs, the first number).",
            "8",
        )
        .also(&["NumTCs"]),
    ],
    switches: &[Column::fact(
        "default_flow_weight",
        Whole,
        "Weight of everything without a weight of its own (Get-VMSwitch, DefaultFlowMinimumBandwidthWeight).",
        "10",
    )
    .also(&["DefaultFlowMinimumBandwidthWeight"])],
    host_vnics: &[
        Column::fact(
            "minimum_mbps",
            Rate,
            "Minimum bandwidth in absolute mode (Get-VMNetworkAdapter, BandwidthSetting.MinimumBandwidthAbsolute, there in bit/s).",
            "1000",
        ),
        Column::fact(
            "priority_tag",
            YesNo,
            "Priorities of the host's packets are kept (Get-VMNetworkAdapter, IeeePriorityTag).",
            "yes",
        )
        .also(&["IeeePriorityTag"]),
    ],
    vnics: &[Column::fact(
        "minimum_mbps",
        Rate,
        "Minimum bandwidth in absolute mode (Get-VMNetworkAdapter, BandwidthSetting.MinimumBandwidthAbsolute, there in bit/s).",
        "100",
    )],
    ..Family::NONE
};
