//! Columns for the rules about hosts: edition, installation, build, and the disks of their VMs.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Names, Text, Whole, YesNo};

pub(super) const COLUMNS: Family = Family {
    clusters: &[
        Column::fact(
            "move_type_threshold",
            Whole,
            "VMs below this priority move by quick migration in a drain (Get-ClusterResourceType \"Virtual Machine\" | \
             Get-ClusterParameter MoveTypeThreshold); Windows sets 2000.",
            "2000",
        ),
        Column::fact(
            "hypervisor",
            Choice(&["hyper-v", "vmware"]),
            "What the hosts run today. vmware: they are to become Hyper-V hosts, so rules about settings of Windows do not judge them \
             until then; an RVTools export says it by itself.",
            "vmware",
        ),
    ],
    nodes: &[
        Column::fact(
            "edition",
            Text,
            "Edition of Windows (Get-ComputerInfo, WindowsEditionId or WindowsProductName).",
            "Datacenter",
        )
        .also(&["WindowsEditionId", "WindowsProductName", "OperatingSystemEdition"]),
        Column::fact(
            "installation",
            Choice(&["full", "core", "nano"]),
            "Installation option: full = with desktop (Get-ComputerInfo, WindowsInstallationType: Server, Server Core).",
            "core",
        ),
        Column::fact(
            "os_build",
            Whole,
            "Build of Windows (Get-ComputerInfo, OsBuildNumber).",
            "20348",
        )
        .also(&["OsBuildNumber", "BuildNumber"]),
        Column::fact(
            "os_revision",
            Whole,
            "Number behind the build, which each cumulative update raises (UBR in the registry under Windows \
             NT\\CurrentVersion).",
            "2700",
        )
        .also(&["UBR"]),
        Column::fact(
            "not_exported",
            Names,
            "Cmdlets of this node whose export is missing: what they would tell is unknown, not absent. Clear it once other columns \
             say it.",
            "Get-VMSwitch;Get-VMHost",
        ),
    ],
    vms: &[
        Column::fact(
            "clustered",
            YesNo,
            "The VM is a role of the failover cluster (Get-VM, IsClustered).",
            "yes",
        )
        .also(&["IsClustered"]),
        Column::fact(
            "volume",
            Text,
            "Volume that holds the VM's disks (Get-VMHardDiskDrive, Path without the file).",
            "C:\\ClusterStorage\\Volume1",
        ),
        Column::fact(
            "volume_kind",
            Choice(&["csv", "cluster-disk", "smb", "pass-through", "local"]),
            "Kind of that volume: a cluster shared volume, a disk of the cluster without CSV, a share, a disk given to the VM, or a \
             disk of one node (Get-ClusterSharedVolume and Get-ClusterResource list the first two).",
            "csv",
        ),
    ],
    ..Family::NONE
};
