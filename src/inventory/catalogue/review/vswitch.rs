//! Columns for the rules about virtual switches.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Names, Vlan, YesNo};

pub(super) const COLUMNS: Family = Family {
    nics: &[
        Column::fact(
            "tcpip_bound",
            YesNo,
            "TCP/IP is bound to the port itself (Get-NetAdapterBinding -ComponentID ms_tcpip, Enabled; nvspbind \
             /n on 2008 R2).",
            "no",
        ),
        Column::fact(
            "switch_protocol_bound",
            YesNo,
            "The protocol of the virtual switch is bound to the port (Get-NetAdapterBinding -ComponentID vms_pp, \
             Enabled; nvspbind on 2008 R2).",
            "no",
        ),
        Column::fact(
            "nic_vlan",
            Vlan,
            "VLAN that is set on the port itself, in its driver (Get-NetAdapter, VlanID); 0 = none.",
            "711",
        )
        .also(&["VlanID"]),
    ],
    switches: &[
        Column::fact(
            "iov",
            YesNo,
            "The switch was created for SR-IOV (Get-VMSwitch, IovEnabled).",
            "no",
        )
        .also(&["IovEnabled"]),
        Column::fact(
            "bandwidth_mode",
            Choice(&["default", "weight", "absolute", "none"]),
            "Mode of minimum bandwidth (Get-VMSwitch, BandwidthReservationMode).",
            "weight",
        )
        .also(&["BandwidthReservationMode", "MinimumBandwidthMode"]),
        Column::fact(
            "packet_direct",
            YesNo,
            "PacketDirect is on (Get-VMSwitch, PacketDirectInUse).",
            "no",
        )
        .also(&["PacketDirectInUse"]),
        Column::fact(
            "extensions",
            Names,
            "Extensions that are enabled on the switch (Get-VMSwitchExtension, Name where Enabled); none = no \
             extension.",
            "Microsoft Windows Filtering Platform",
        ),
    ],
    vnics: &[Column::fact(
        "reach",
        Choice(&["outside", "host", "vms"]),
        "Whom the adapter must reach: outside (other machines), host (its node), or only VMs on the same node.",
        "outside",
    )],
    ..Family::NONE
};
