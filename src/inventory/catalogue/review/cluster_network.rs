//! Columns for the rules about cluster networks.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Names, Text, Whole, YesNo};

const DHCP: Column = Column::fact(
    "dhcp",
    YesNo,
    "The address comes from DHCP (Get-NetIPInterface, Dhcp).",
    "no",
)
.also(&["DhcpEnabled"]);
const DNS_REGISTRATION: Column = Column::fact(
    "dns_registration",
    YesNo,
    "The adapter registers its address in DNS (Get-DnsClient, RegisterThisConnectionsAddress).",
    "no",
)
.also(&["RegisterThisConnectionsAddress"]);
const IPV6: Column = Column::fact(
    "ipv6_bound",
    YesNo,
    "IPv6 is bound to the adapter (Get-NetAdapterBinding -ComponentID ms_tcpip6, Enabled).",
    "yes",
);
const CLUSTER_NETWORK: Column = Column::fact(
    "cluster_network",
    Text,
    "Cluster network that the adapter belongs to (Get-ClusterNetworkInterface, Network).",
    "Cluster Network 1",
);
const SMB_CLIENT: Column = Column::fact(
    "smb_client_bound",
    YesNo,
    "Client for Microsoft Networks is bound to it (Get-NetAdapterBinding -ComponentID ms_msclient, Enabled; nvspbind on 2008 R2).",
    "yes",
);
const SMB_SERVER: Column = Column::fact(
    "smb_server_bound",
    YesNo,
    "File and Printer Sharing is bound to it (Get-NetAdapterBinding -ComponentID ms_server, Enabled; nvspbind on 2008 R2).",
    "yes",
);
const FIREWALL: Column = Column::fact(
    "firewall_open",
    YesNo,
    "The firewall lets cluster traffic through on it (Test-Cluster, Validate Windows Firewall Configuration).",
    "yes",
);
const ADAPTER: &[Column] = &[
    DHCP,
    DNS_REGISTRATION,
    IPV6,
    CLUSTER_NETWORK,
    SMB_CLIENT,
    SMB_SERVER,
    FIREWALL,
];

pub(super) const COLUMNS: Family = Family {
    clusters: &[
        Column::fact(
            "same_subnet_threshold",
            Whole,
            "Heartbeats that may be lost before a node is removed (Get-Cluster, SameSubnetThreshold).",
            "10",
        ),
        Column::fact(
            "same_subnet_delay",
            Whole,
            "Milliseconds between heartbeats (Get-Cluster, SameSubnetDelay).",
            "1000",
        ),
        Column::fact(
            "route_history_length",
            Whole,
            "Entries that the cluster log keeps of lost heartbeats (Get-Cluster, RouteHistoryLength).",
            "20",
        ),
        Column::fact(
            "security_level",
            Choice(&["0", "1", "2"]),
            "Protection of traffic between nodes (Get-Cluster, SecurityLevel): 0 none, 1 signed, 2 encrypted.",
            "1",
        ),
        Column::fact(
            "csv_redirected",
            YesNo,
            "CSV disks are redirected over the network in normal work (Get-ClusterSharedVolumeState, StateInfo).",
            "no",
        ),
    ],
    nodes: &[
        Column::fact(
            "binding_order",
            Names,
            "Adapters in the order of their bindings, first one first (nvspbind /o on Server Core; Advanced Settings in Network \
             Connections).",
            "Management;Cluster;Live Migration",
        ),
        Column::fact(
            "dns_suffixes",
            Names,
            "Suffixes that the node tries (Get-DnsClientGlobalSetting, SuffixSearchList); none = it tries none.",
            "contoso.com;corp.contoso.com",
        )
        .also(&["SuffixSearchList"]),
        Column::fact(
            "cluster_filter",
            YesNo,
            "The Microsoft Failover Cluster Virtual Adapter Performance Filter is bound (Get-NetAdapterBinding, DisplayName).",
            "no",
        ),
    ],
    nics: ADAPTER,
    host_vnics: ADAPTER,
    cluster_networks: &[Column::fact(
        "auto_metric",
        YesNo,
        "Windows sets the metric itself (Get-ClusterNetwork, AutoMetric).",
        "yes",
    )],
    ..Family::NONE
};
