//! Columns for the rules about host NICs.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Date, Text, Whole, YesNo};

const MTU: Column = Column::fact(
    "mtu",
    Whole,
    "Largest packet in bytes without the Ethernet header (Get-NetAdapter, MtuSize).",
    "9000",
)
.also(&["MtuSize"]);

/// Rates of a PCI Express lane as `Get-NetAdapterHardwareInfo` shows them.
const PCIE: &[&str] = &[
    "2.5 GT/s",
    "5.0 GT/s",
    "8.0 GT/s",
    "16.0 GT/s",
    "32.0 GT/s",
    "64.0 GT/s",
];

pub(super) const COLUMNS: Family = Family {
    nics: &[
        Column::fact(
            "driver_provider",
            Text,
            "Who made the driver (Get-NetAdapter, DriverProvider).",
            "Contoso",
        ),
        Column::fact(
            "driver_version",
            Text,
            "Version of the driver (DriverVersion).",
            "23.5.20.0",
        ),
        Column::fact("driver_date", Date, "Day of the driver (DriverDate).", "2026-05-01"),
        Column::fact("full_duplex", YesNo, "The link is full duplex (FullDuplex).", "yes"),
        MTU,
        Column::fact(
            "rss",
            YesNo,
            "Receive side scaling is switched on (Get-NetAdapterRss, Enabled).",
            "yes",
        )
        .also(&["RssEnabled"]),
        Column::fact(
            "pcie_speed",
            Choice(PCIE),
            "Rate of one PCI Express lane of the slot as it runs (Get-NetAdapterHardwareInfo, PcieLinkSpeed).",
            "8.0 GT/s",
        )
        .also(&["PcieLinkSpeed"]),
        Column::fact(
            "pcie_lanes",
            Whole,
            "Lanes of the slot in use (Get-NetAdapterHardwareInfo, PcieLinkWidth).",
            "8",
        )
        .also(&["PcieLinkWidth", "PciExpressCurrentLinkWidth"]),
        Column::fact(
            "flapping",
            YesNo,
            "The port loses its link or is reset again and again (a fault of Network HUD in Get-HealthFault, or the system log).",
            "no",
        ),
    ],
    host_vnics: &[MTU],
    ..Family::NONE
};
