//! Columns for the rules about hosts: edition, installation, build, and the disks of their VMs; and which values `import` concluded.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Choices, Names, Rate, Text, Whole, YesNo};

/// Name of the column that marks concluded values.
pub(crate) const CONCLUDED: &str = "concluded";

const fn concluded(columns: &'static [&'static str], example: &'static str) -> Column {
    Column::fact(
        CONCLUDED,
        Choices(columns),
        "Columns of this row that import concluded from names and neighbours, because the source does not tell them: they stay \
         listed as assumptions. Clear it once you have looked at them.",
        example,
    )
}

const NETBIOS: Column = Column::fact(
    "netbios",
    Choice(&["default", "on", "off"]),
    "NetBIOS over TCP/IP of the adapter (Win32_NetworkAdapterConfiguration, TcpipNetbiosOptions 0, 1, 2); default = as DHCP says, else on.",
    "off",
);

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
    nics: &[
        concluded(&["current_role", "speed_mbps"], "current_role"),
        Column::fact(
            "windows_description",
            Text,
            "What Windows calls the port where several of one model are in the node, with their numbers (Get-NetAdapter, \
             InterfaceDescription): performance counters name ports so.",
            "Contoso X710 #2",
        ),
        Column::fact(
            "measured_p95_mbps",
            Rate,
            "Measured load of the port that is not passed in 95 % of the time, busier direction; performance counters of Network \
             Interface fill it. Nothing is planned with it: a port carries several roles.",
            "2400",
        ),
        Column::fact(
            "measured_peak_mbps",
            Rate,
            "Highest measured load of the port, busier direction.",
            "6100",
        ),
        NETBIOS,
    ],
    cluster_networks: &[concluded(&["purpose"], "purpose")],
    switches: &[concluded(&["switch"], "switch")],
    host_vnics: &[concluded(&["role"], "role"), NETBIOS],
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
