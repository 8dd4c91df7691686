//! Tables of the virtual side: virtual switches, host vNICs, VMs and their vNICs.

use super::Kind::{Addresses, Choice, Decimal, Mac, Memory, Names, Rate, Text, Vlan, Vlans, Whole, YesNo};
use super::machines::{NODE, ROLES, WHICH_CLUSTER};
use super::review::{Of, count, with_review};
use super::{Column, Table};

pub(super) static SWITCHES: Table = Table {
    name: "switches",
    about: "One row per virtual switch of a node, as it is today (Get-VMSwitch).",
    required: false,
    columns: &with_review::<{ count(SWITCHES_OWN, Of::Switches) }>(SWITCHES_OWN, Of::Switches),
};

const SWITCHES_OWN: &[Column] = &[
    NODE,
    Column::new("switch", Text, "Name of the virtual switch.", "External-1")
        .required()
        .also(&["Name", "SwitchName", "VMSwitch"]),
    Column::new(
        "type",
        Choice(&["external", "internal", "private"]),
        "Kind of switch.",
        "external",
    )
    .or("external")
    .also(&["SwitchType", "Kind"]),
    Column::new(
        "nics",
        Names,
        "Ports (or the team) that an external switch is bound to.",
        "SLOT 3 Port 1;SLOT 3 Port 2",
    )
    .or("none known")
    .also(&[
        "NetAdapterName",
        "NetAdapterNames",
        "Adapters",
        "Uplink",
        "Uplinks",
        "Nic",
    ]),
    Column::new(
        "allow_management_os",
        YesNo,
        "The management operating system shares the switch.",
        "no",
    )
    .also(&["SharedWithHost"]),
    WHICH_CLUSTER,
];

pub(super) static HOST_VNICS: Table = Table {
    name: "host_vnics",
    about: "One row per virtual NIC of the management operating system, as it is today.",
    required: false,
    columns: &with_review::<{ count(HOST_VNICS_OWN, Of::HostVnics) }>(HOST_VNICS_OWN, Of::HostVnics),
};

const HOST_VNICS_OWN: &[Column] = &[
    NODE,
    Column::new("host_vnic", Text, "Name, with or without vEthernet ( ).", "SMB01")
        .required()
        .also(&["Name", "HostVnicName", "InterfaceAlias"]),
    Column::new("switch", Text, "Virtual switch it is on.", "External-1")
        .or("the node's only external switch")
        .also(&["SwitchName", "VMSwitch"]),
    Column::new("role", Choice(ROLES), "Traffic role it carries.", "storage").also(&[
        "TrafficRole",
        "CurrentRole",
        "Use",
    ]),
    Column::new("vlan", Vlan, "VLAN.", "711")
        .or("untagged")
        .also(&["VlanId", "AccessVlanId"]),
    Column::new("weight", Whole, "Minimum-bandwidth weight.", "20").also(&["MinimumBandwidthWeight"]),
    Column::new("mac", Mac, "MAC address.", "00-15-5D-0B-0B-00").also(&["MacAddress", "PhysicalAddress"]),
    WHICH_CLUSTER,
    Column::new(
        "addresses",
        Addresses,
        "IP addresses with prefix length.",
        "10.0.5.11/24",
    )
    .also(&["IPAddress", "IPAddresses", "IP", "Address"]),
    Column::new("rdma", YesNo, "RDMA is switched on at the host vNIC.", "yes"),
];

pub(super) static VMS: Table = Table {
    name: "vms",
    about: "One row per virtual machine.",
    required: false,
    columns: &with_review::<{ count(VMS_OWN, Of::Vms) }>(VMS_OWN, Of::Vms),
};

const VMS_OWN: &[Column] = &[
    Column::new("vm", Text, "Name of the VM, unique in its cluster.", "SQL01")
        .required()
        .also(&["Name", "VMName", "VirtualMachine"]),
    Column::new("cluster", Text, "Name of the failover cluster.", "HVCLUSTER1")
        .or("that of its node")
        .also(&["ClusterName"]),
    Column::new("node", Text, "Node that runs it (or holds it while it is off).", "HV1")
        .or("not placed: counts on no node")
        .also(&[
            "Host",
            "HostName",
            "ComputerName",
            "PSComputerName",
            "VMHost",
            "OwnerNode",
            "Owner",
        ]),
    Column::new("memory_mib", Memory, "Assigned memory.", "8192")
        .or("4096")
        .also(&["Memory", "MemoryMB", "RAM"]),
    Column::new(
        "state",
        Choice(&["running", "saved", "off"]),
        "State; paused counts as running.",
        "running",
    )
    .or("running")
    .also(&["VMState", "Powerstate", "Status"]),
    Column::new("generation", Choice(&["1", "2"]), "Generation of the VM.", "2")
        .or("1")
        .also(&["Gen", "VMGeneration"]),
    Column::new(
        "priority",
        Choice(&["high", "medium", "low", "no-auto-start"]),
        "Priority of the clustered VM.",
        "medium",
    )
    .or("medium"),
    Column::new("possible_owners", Names, "Nodes that may run it.", "HV1;HV2")
        .or("all nodes")
        .also(&["Owners", "OwnerNodes", "PossibleOwner"]),
    Column::new(
        "anti_affinity",
        Text,
        "Group whose members stay on different nodes, or evenly spread where there are more members than nodes.",
        "DC",
    )
    .or("none")
    .also(&["AntiAffinityClassNames", "AntiAffinityGroup"]),
    Column::new("os", Text, "Guest operating system.", "Windows Server 2022").also(&["GuestOS", "OperatingSystem"]),
    Column::new(
        "nlb_cluster",
        Text,
        "Network Load Balancing cluster the guest belongs to.",
        "OWA-NLB",
    )
    .or("none")
    .also(&["Nlb", "NlbName"]),
    Column::new(
        "nlb_mode",
        Choice(&["unicast", "multicast", "igmp"]),
        "NLB operation mode.",
        "unicast",
    )
    .or("unicast, as Windows sets it up")
    .also(&["NlbOperationMode"]),
    Column::new("nlb_ip", Text, "IPv4 address of the NLB cluster.", "10.0.5.50").also(&["NlbVip", "ClusterIP", "Vip"]),
    Column::new("pxe", YesNo, "Must boot from the network.", "no")
        .or("no")
        .also(&["PxeBoot"]),
    Column::new("replica", YesNo, "Is replicated by Hyper-V Replica.", "no")
        .or("no")
        .also(&["Replicated", "ReplicationEnabled"]),
    Column::new(
        "mac_bound",
        Text,
        "Why its MAC address must not change: activation, dhcp reservation, licence.",
        "dhcp reservation",
    )
    .or("no reason")
    .also(&["MacReason"]),
    Column::new(
        "spoofing_reason",
        Text,
        "Why it needs MAC spoofing beside NLB: nested, appliance, carp.",
        "nested",
    )
    .or("no reason"),
    Column::new(
        "maximum_memory_mib",
        Memory,
        "Most memory it may get (dynamic memory).",
        "16384",
    )
    .or("the assigned memory")
    .also(&["MemoryMaximum", "MaximumMemory"]),
    Column::new(
        "dirty_mib_s",
        Decimal,
        "MiB of distinct memory pages that the guest changes per second.",
        "20",
    )
    .or("5, as of a quiet server"),
    Column::new(
        "working_set_mib",
        Memory,
        "Memory that the guest writes to again and again.",
        "1024",
    )
    .or("a tenth of the assigned memory"),
];

pub(super) static VNICS: Table = Table {
    name: "vnics",
    about: "One row per network adapter of a VM.",
    required: false,
    columns: &with_review::<{ count(VNICS_OWN, Of::Vnics) }>(VNICS_OWN, Of::Vnics),
};

const VNICS_OWN: &[Column] = &[
    Column::new("vm", Text, "The VM.", "SQL01")
        .required()
        .also(&["VMName", "VirtualMachine"]),
    Column::new(
        "vnic",
        Text,
        "Name of the adapter, unique in its VM.",
        "Network Adapter",
    )
    .or("Network Adapter")
    .also(&["Name", "Adapter", "AdapterName", "VMNetworkAdapter"]),
    Column::new(
        "type",
        Choice(&["synthetic", "legacy"]),
        "Legacy is the emulated adapter of generation 1.",
        "synthetic",
    )
    .or("synthetic")
    .also(&["AdapterType", "IsLegacy", "Legacy"]),
    Column::new("switch", Text, "Virtual switch it is connected to today.", "External-1")
        .or("not connected")
        .also(&["SwitchName", "VMSwitch", "Network"]),
    Column::new("vlans", Vlans, "VLANs of the adapter.", "20")
        .or("untagged")
        .also(&["Vlan", "VlanId", "AccessVlanId", "AllowedVlanIdList"]),
    Column::new("mac", Mac, "Present MAC address.", "00-15-5D-0B-0B-07")
        .or("unknown, or never started")
        .also(&["MacAddress"]),
    Column::new(
        "mac_type",
        Choice(&["dynamic", "static"]),
        "Where the address comes from.",
        "dynamic",
    )
    .or("dynamic")
    .also(&["DynamicMacAddressEnabled", "MacAddressType", "Dynamic"]),
    Column::new("spoofing", YesNo, "MAC address spoofing is on.", "no")
        .or("no")
        .also(&["MacAddressSpoofing", "MacSpoofing"]),
    Column::new("average_mbps", Rate, "Average rate.", "40").also(&["Average", "Avg", "AvgMbps"]),
    Column::new(
        "p95_mbps",
        Rate,
        "Rate that is not passed in 95 % of the time; counts before the others.",
        "120",
    )
    .or("the peak, else twice the average, else the policy's default_vnic_mbps")
    .also(&["P95", "Percentile95"]),
    Column::new("peak_mbps", Rate, "Highest rate.", "300").also(&["Peak", "Max", "MaxMbps"]),
    Column::new("weight", Whole, "Minimum-bandwidth weight.", "10").also(&["MinimumBandwidthWeight"]),
    Column::new(
        "zone",
        Text,
        "Security zone, for VMs that should have networks of their own.",
        "DMZ",
    )
    .or("none")
    .also(&["SecurityZone"]),
    Column::new("dedicated", YesNo, "Wants an external network of its own.", "no")
        .or("no")
        .also(&["Exclusive"]),
    WHICH_CLUSTER,
];
