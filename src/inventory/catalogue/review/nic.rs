//! Columns for the rules about host NICs.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Date, Text, YesNo};

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
    ],
    ..Family::NONE
};
