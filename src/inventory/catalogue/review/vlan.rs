//! Columns for the rules about VLANs.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Vlan, Vlans};

const ISOLATION: Column = Column::fact(
    "isolation_mode",
    Choice(&["none", "vlan", "native-virtual-subnet", "external-virtual-subnet"]),
    "How the adapter is isolated beside its VLAN (Get-VMNetworkAdapterIsolation, IsolationMode).",
    "none",
);

const MODE: Column = Column::fact(
    "vlan_mode",
    Choice(&["untagged", "access", "trunk", "private"]),
    "How the adapter uses VLANs (Get-VMNetworkAdapterVlan, OperationMode).",
    "access",
)
.also(&["OperationMode"]);

pub(super) const COLUMNS: Family = Family {
    host_vnics: &[ISOLATION, MODE],
    vnics: &[
        ISOLATION,
        MODE,
        Column::fact(
            "pvlan_mode",
            Choice(&["isolated", "community", "promiscuous"]),
            "Part of the adapter in a private VLAN (Get-VMNetworkAdapterVlan, PrivateVlanMode).",
            "isolated",
        )
        .also(&["PrivateVlanMode"]),
        Column::fact(
            "primary_vlan",
            Vlan,
            "Primary VLAN of a private VLAN (PrimaryVlanId).",
            "100",
        )
        .also(&["PrimaryVlanId"]),
        Column::fact(
            "secondary_vlans",
            Vlans,
            "Secondary VLAN of a private VLAN, or for promiscuous the list of them (SecondaryVlanId, \
             SecondaryVlanIdList).",
            "101",
        )
        .also(&["SecondaryVlanId", "SecondaryVlanIdList"]),
    ],
    ..Family::NONE
};
