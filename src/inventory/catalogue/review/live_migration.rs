//! Columns for the rules about live migration.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Text, Whole, YesNo};

pub(super) const COLUMNS: Family = Family {
    nodes: &[
        Column::fact(
            "smb_limit_feature",
            YesNo,
            "The feature that limits SMB is installed (Get-WindowsFeature FS-SMBBW, Installed).",
            "yes",
        ),
        Column::fact(
            "processor_vendor",
            Text,
            "Maker of the processors (Get-CimInstance Win32_Processor, Manufacturer).",
            "GenuineIntel",
        )
        .also(&["ProcessorManufacturer", "CpuVendor"]),
        Column::fact(
            "processor_model",
            Text,
            "Family and model of the processors (Get-CimInstance Win32_Processor, Description).",
            "Intel64 Family 6 Model 106 Stepping 6",
        )
        .also(&["ProcessorDescription", "CpuModel"]),
        Column::fact(
            "migration_authentication",
            Choice(&["kerberos", "credssp"]),
            "How hosts prove who they are in a live migration (Get-VMHost, VirtualMachineMigrationAuthenticationType).",
            "kerberos",
        )
        .also(&["VirtualMachineMigrationAuthenticationType"]),
        Column::fact(
            "migration_delegation",
            YesNo,
            "The computer account may delegate to the migration service of the other hosts (Get-ADComputer, msDS-AllowedToDelegateTo).",
            "yes",
        ),
    ],
    vms: &[
        Column::fact(
            "processor_compatibility",
            YesNo,
            "Processor compatibility is on (Get-VMProcessor, CompatibilityForMigrationEnabled).",
            "no",
        )
        .also(&["CompatibilityForMigrationEnabled"]),
        Column::fact(
            "guest_cluster",
            Text,
            "Failover cluster of guests that the VM is a node of (in the guest: Get-Cluster, Name).",
            "SQLFCI",
        ),
        Column::fact(
            "heartbeat_tolerance_ms",
            Whole,
            "How long that cluster waits for a heartbeat (in the guest: Get-Cluster, SameSubnetDelay x SameSubnetThreshold).",
            "10000",
        ),
    ],
    ..Family::NONE
};
