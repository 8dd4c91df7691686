//! Tables of the physical side: clusters, nodes, NICs, ToR switches, links, cluster networks, demands.

use super::Kind::{
    Addresses, Choice, Choices, Host, Mac, Memory, Names, Rate, Subnet, Subnets, Text, Vlan, Vlans, Whole, YesNo,
};
use super::review::{Of, count, with_review};
use super::{Column, Table};

/// Names of the traffic roles, for the guide.
pub(super) const ROLES: &[&str] = &["management", "cluster", "live-migration", "storage", "replica", "vm"];
const FAILURES: &[&str] = &["nic", "card", "tor", "node", "none"];
const CLUSTER: Column = Column::new("cluster", Text, "Name of the failover cluster.", "HVCLUSTER1")
    .or("the only cluster of the inventory")
    .also(&["ClusterName"]);
/// Tells equal names in different clusters apart.
pub(super) const WHICH_CLUSTER: Column = CLUSTER.or("found by the name; needed only if two clusters use the same name");
/// The node a record belongs to.
pub(super) const NODE: Column = Column::new(
    "node",
    Text,
    "Cluster node; the short name and the full DNS name mean the same node.",
    "HV1",
)
.required()
.also(&[
    "Host",
    "HostName",
    "ComputerName",
    "PSComputerName",
    "VMHost",
    "Server",
    "NodeName",
    "SystemName",
]);

pub(super) static CLUSTERS: Table = Table {
    name: "clusters",
    about: "One row per failover cluster: operating system and shared storage.",
    required: false,
    columns: &with_review::<{ count(CLUSTERS_OWN, Of::Clusters) }>(CLUSTERS_OWN, Of::Clusters),
};

const CLUSTERS_OWN: &[Column] = &[
    CLUSTER
        .or("the only cluster; --cluster can name it")
        .also(&["ClusterName", "Name"]),
    Column::new(
        "profile",
        Text,
        "Windows version of the nodes; sets limits and options.",
        "2022",
    )
    .or("2022")
    .also(&["OS", "OperatingSystem", "OSVersion", "WindowsVersion"]),
    Column::new(
        "storage",
        Choice(&["none", "iscsi", "smb", "s2d", "fc"]),
        "How the nodes reach the VMs' disks.",
        "smb",
    )
    .or("taken from roles and networks that name iSCSI or SMB, else none")
    .also(&["StorageKind", "StorageType"]),
    Column::new(
        "live_migration_transport",
        Choice(&["tcp", "compression", "smb"]),
        "Performance option of live migration.",
        "smb",
    )
    .or("SMB where every live-migration NIC has RDMA, else the default of the Windows version")
    .also(&[
        "VirtualMachineMigrationPerformanceOption",
        "MigrationPerformanceOption",
        "Transport",
    ]),
    Column::new(
        "concurrent_migrations",
        Whole,
        "Live migrations that a node takes part in at the same time.",
        "2",
    )
    .or("the default of the Windows version")
    .also(&["MaximumVirtualMachineMigrations"]),
    Column::new(
        "maximum_parallel_migrations",
        Whole,
        "Cluster property MaximumParallelMigrations; from 2022 it overrides the hosts' own limit.",
        "2",
    )
    .or("concurrent_migrations"),
    Column::new(
        "migration_exclude_networks",
        Names,
        "Cluster networks that must not carry live migration.",
        "Management",
    )
    .or("none"),
    Column::new(
        "migration_network_order",
        Names,
        "Cluster networks in the order in which live migration tries them.",
        "Live Migration;Cluster",
    )
    .or("by metric"),
    Column::new(
        "smb_limit",
        YesNo,
        "The cluster limits live migration over SMB (SetSMBBandwidthLimit).",
        "yes",
    )
    .or("yes from 2022, else no")
    .also(&["SetSMBBandwidthLimit"]),
    Column::new(
        "smb_limit_factor",
        Whole,
        "That limit, in ten-thousandths of the summed speed of all NICs of a node (SetSMBBandwidthLimitFactor).",
        "2500",
    )
    .or("2500, a quarter")
    .also(&["SetSMBBandwidthLimitFactor", "SMBBandwidthLimitFactor"]),
    Column::new(
        "anti_affinity_enforced",
        YesNo,
        "VMs of one anti-affinity group never share a node: rather one of them stays off (ClusterEnforcedAntiAffinity).",
        "no",
    )
    .or("no: Windows avoids it where it can")
    .also(&["ClusterEnforcedAntiAffinity"]),
];

pub(super) static NODES: Table = Table {
    name: "nodes",
    about: "One row per cluster node.",
    required: true,
    columns: &with_review::<{ count(NODES_OWN, Of::Nodes) }>(NODES_OWN, Of::Nodes),
};

const NODES_OWN: &[Column] = &[
    NODE.also(&[
        "Host",
        "HostName",
        "ComputerName",
        "PSComputerName",
        "VMHost",
        "Server",
        "NodeName",
        "Name",
    ]),
    CLUSTER,
    Column::new(
        "management_ip",
        Host,
        "Address under which the node is administered.",
        "10.0.0.11",
    )
    .also(&["IPAddress", "IP", "ManagementAddress", "Address"]),
    Column::new("memory_mib", Memory, "Physical memory of the node.", "262144")
        .or("unknown: memory never limits where VMs may go")
        .also(&["Memory", "MemoryMB", "RAM", "PhysicalMemory"]),
    Column::new("hardware", Text, "Server make and model.", "Contoso R740").also(&["Model", "ServerModel"]),
    Column::new(
        "mac_pool_min",
        Mac,
        "First address of the node's pool of dynamic MAC addresses.",
        "00-15-5D-0B-0B-00",
    )
    .also(&["MacAddressMinimum", "MacMin", "MinimumMacAddress"]),
    Column::new("mac_pool_max", Mac, "Last address of that pool.", "00-15-5D-0B-0B-FF").also(&[
        "MacAddressMaximum",
        "MacMax",
        "MaximumMacAddress",
    ]),
    Column::new(
        "live_migration",
        YesNo,
        "Live migration is switched on at this host.",
        "yes",
    )
    .also(&["VirtualMachineMigrationEnabled"]),
    Column::new(
        "live_migration_transport",
        Choice(&["tcp", "compression", "smb"]),
        "Performance option of live migration on this host.",
        "smb",
    )
    .or("that of the cluster")
    .also(&["VirtualMachineMigrationPerformanceOption", "MigrationPerformanceOption"]),
    Column::new(
        "concurrent_migrations",
        Whole,
        "Live migrations that this host takes part in at the same time.",
        "2",
    )
    .or("that of the cluster")
    .also(&["MaximumVirtualMachineMigrations"]),
    Column::new(
        "any_migration_network",
        YesNo,
        "The host may use any network for live migration.",
        "no",
    )
    .also(&["UseAnyNetworkForMigration"]),
    Column::new(
        "migration_subnets",
        Subnets,
        "Subnets that the host allows for live migration, in the order of priority; none = no subnet.",
        "10.0.3.0/24;10.0.4.0/24",
    )
    .also(&["MigrationNetworks", "VMMigrationNetwork"]),
    Column::new(
        "smb_limit_mbps",
        Rate,
        "Limit of live migration over SMB on this host (Get-SmbBandwidthLimit).",
        "6290",
    )
    .or("none"),
];

pub(super) static NICS: Table = Table {
    name: "nics",
    about: "One row per physical network port of a node; not the virtual ones (vEthernet).",
    required: true,
    columns: &with_review::<{ count(NICS_OWN, Of::Nics) }>(NICS_OWN, Of::Nics),
};

const NICS_OWN: &[Column] = &[
    NODE,
    Column::new(
        "nic",
        Text,
        "Name of the port in Windows, unique on its node.",
        "SLOT 3 Port 1",
    )
    .required()
    .also(&["Name", "Adapter", "AdapterName", "InterfaceAlias", "NetAdapter", "Port"]),
    Column::new(
        "speed_mbps",
        Rate,
        "Speed of the port; for a port without link the speed it will have.",
        "10000",
    )
    .required()
    .also(&[
        "Speed",
        "LinkSpeed",
        "ReceiveLinkSpeed",
        "TransmitLinkSpeed",
        "Bandwidth",
    ]),
    Column::new(
        "card",
        Text,
        "Adapter that holds the port (slot or name): ports with the same text fail together.",
        "SLOT 3",
    )
    .or("a card of its own")
    .also(&["Slot", "SlotNumber", "AdapterCard"]),
    Column::new("tor", Text, "Physical switch that the port is cabled to.", "TOR-A")
        .or("one unnamed switch for all such ports")
        .also(&["SwitchName", "PhysicalSwitch", "TorSwitch", "Device", "LldpDevice"]),
    Column::new("tor_port", Text, "Port on that switch.", "Eth1/1").also(&["SwitchPort", "LldpPort"]),
    Column::new(
        "direct_to",
        Text,
        "Direct cable without a switch: NODE/NIC at the other end.",
        "HV2/SLOT 4 Port 1",
    )
    .or("no direct cable")
    .also(&["DirectCable", "ConnectedTo"]),
    Column::new(
        "rdma",
        Choice(&["no", "iwarp", "roce", "yes"]),
        "RDMA that is switched on at the port.",
        "roce",
    )
    .or("no")
    .also(&["RdmaEnabled", "RdmaTechnology", "NetworkDirect"]),
    Column::new("sriov", YesNo, "SR-IOV is switched on.", "no").also(&["SrIovEnabled", "IovEnabled"]),
    Column::new("vmq", YesNo, "VMQ is switched on.", "yes").also(&["VmqEnabled"]),
    Column::new("vlans", Vlans, "VLANs that the switch port carries.", "10;20;100-110")
        .or("all")
        .also(&["VlanIds", "TrunkedVlans", "AllowedVlanIdList", "AllowedVlans"]),
    Column::new(
        "model",
        Text,
        "Make and model; members of one team must have the same.",
        "Contoso X710",
    )
    .or("unknown: alike")
    .also(&["InterfaceDescription", "AdapterModel"]),
    Column::new("mac", Mac, "MAC address of the port.", "B0-26-28-00-00-01").also(&[
        "MacAddress",
        "PermanentAddress",
        "PhysicalAddress",
    ]),
    Column::new("status", Choice(&["up", "down"]), "Link state.", "up")
        .or("up")
        .also(&["LinkState", "MediaConnectState"]),
    Column::new(
        "current_role",
        Choices(ROLES),
        "What the port carries today; vm:NAME names its external switch.",
        "management",
    )
    .or("idle or unknown")
    .also(&["Role", "Roles", "CurrentRoles", "Use", "Usage", "CurrentUse"]),
    Column::new("team", Text, "Team the port is in today.", "Team1")
        .or("none")
        .also(&["TeamName", "NicTeam"]),
    WHICH_CLUSTER,
    Column::new(
        "addresses",
        Addresses,
        "IP addresses with prefix length.",
        "10.0.5.11/24",
    )
    .also(&["IPAddress", "IPAddresses", "IP", "Address"]),
];

pub(super) static TORS: Table = Table {
    name: "tors",
    about: "One row per physical switch; needed only for switches that no NIC names.",
    required: false,
    columns: &[
        Column::new("tor", Text, "Name of the physical switch.", "TOR-A")
            .required()
            .also(&["Name", "SwitchName", "PhysicalSwitch"]),
        CLUSTER,
    ],
};

pub(super) static INTER_SWITCH_LINKS: Table = Table {
    name: "inter_switch_links",
    about: "One row per link between two physical switches; parallel links are several rows.",
    required: false,
    columns: &[
        Column::new("tor_a", Text, "Switch at one end.", "TOR-A")
            .required()
            .also(&["SwitchA", "From", "A"]),
        Column::new("tor_b", Text, "Switch at the other end.", "TOR-B")
            .required()
            .also(&["SwitchB", "To", "B"]),
        Column::new("speed_mbps", Rate, "Capacity each way.", "40000")
            .required()
            .also(&["Speed", "LinkSpeed", "Bandwidth"]),
        Column::new("vlans", Vlans, "VLANs that the link carries.", "10;20")
            .or("all")
            .also(&["VlanIds", "AllowedVlans"]),
        CLUSTER.or("every cluster that has both switches"),
    ],
};

pub(super) static CLUSTER_NETWORKS: Table = Table {
    name: "cluster_networks",
    about: "One row per network as the failover cluster sees it (Get-ClusterNetwork).",
    required: false,
    columns: &with_review::<{ count(CLUSTER_NETWORKS_OWN, Of::ClusterNetworks) }>(
        CLUSTER_NETWORKS_OWN,
        Of::ClusterNetworks,
    ),
};

const CLUSTER_NETWORKS_OWN: &[Column] = &[
    CLUSTER,
    Column::new("network", Text, "Name of the cluster network.", "Cluster Network 1")
        .required()
        .also(&["Name", "NetworkName"]),
    Column::new("subnet", Subnet, "Subnet with prefix length.", "10.0.1.0/24").also(&["Prefix", "AddressRange"]),
    Column::new("vlan", Vlan, "VLAN of the network.", "101")
        .or("untagged or unknown")
        .also(&["VlanId"]),
    Column::new(
        "cluster_use",
        Choice(&["0", "1", "3"]),
        "Cluster use: 0 none, 1 cluster only, 3 cluster and client.",
        "1",
    )
    .also(&["Role", "ClusterRole", "NetworkRole"]),
    Column::new(
        "metric",
        Whole,
        "Cluster metric (Get-ClusterNetwork), not the metric of the interface.",
        "30240",
    ),
    Column::new(
        "purpose",
        Choice(ROLES),
        "Traffic role that the network is for.",
        "cluster",
    )
    .also(&["TrafficRole", "Use"]),
    Column::new(
        "state",
        Choice(&["up", "down", "partitioned", "unavailable"]),
        "State of the network.",
        "up",
    )
    .or("up"),
];

pub(super) static DEMANDS: Table = Table {
    name: "demands",
    about: "One row per traffic role: what it needs and which failures it must survive.",
    required: false,
    columns: &[
        CLUSTER.or("every cluster of this inventory"),
        NODE_OR_ALL,
        Column::new("role", Choice(ROLES), "Traffic role.", "storage")
            .required()
            .also(&["TrafficRole"]),
        Column::new(
            "demand_mbps",
            Rate,
            "Rate per node, before growth; not for vm, whose need comes from the vNICs.",
            "1000",
        )
        .or("the default of the Windows version")
        .also(&["Demand", "Rate", "Bandwidth"]),
        Column::new(
            "survive",
            Choices(FAILURES),
            "Failures that the role must survive.",
            "nic;tor",
        )
        .or("none"),
        Column::new(
            "survive_wish",
            Choices(FAILURES),
            "Failures that the role should survive where it costs nothing more important.",
            "card",
        )
        .or("nic;card;tor"),
    ],
};

const NODE_OR_ALL: Column = Column {
    required: false,
    default: "every node",
    ..NODE
};
