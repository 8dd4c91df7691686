//! Columns for the rules about Hyper-V Replica.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Choice, Names, Rate, Subnet, YesNo};

pub(super) const COLUMNS: Family = Family {
    clusters: &[
        Column::fact(
            "replica_broker",
            YesNo,
            "The cluster has the role Hyper-V Replica Broker (Get-ClusterResource, ResourceType Virtual Machine Replication Broker).",
            "yes",
        ),
        Column::fact(
            "replica_throttled",
            YesNo,
            "A QoS policy on every node limits replication (Get-NetQosPolicy, ThrottleRateAction).",
            "yes",
        ),
        Column::fact(
            "replica_open_line",
            YesNo,
            "The way to the replica servers leaves the site over lines without encryption of their own.",
            "no",
        ),
        Column::fact(
            "replica_subnet",
            Subnet,
            "Subnet of the replica servers (on them: Get-NetIPAddress).",
            "10.1.7.0/24",
        ),
        Column::fact(
            "replica_line_mbps",
            Rate,
            "What the line to the replica site keeps for replication.",
            "200",
        ),
    ],
    nodes: &[Column::fact(
        "static_routes",
        Names,
        "Destinations of static routes (Get-NetRoute, DestinationPrefix).",
        "10.1.7.0/24",
    )
    .also(&["DestinationPrefix"])],
    vms: &[
        Column::fact(
            "replica_authentication",
            Choice(&["kerberos", "certificate"]),
            "How replication proves who it is; kerberos does not encrypt (Get-VMReplication, AuthenticationType).",
            "certificate",
        )
        .also(&["AuthenticationType"]),
        Column::fact(
            "replica_change_mbps",
            Rate,
            "What the VM changes on its disks on average (Measure-VMReplication, AverageReplicationSize over the interval).",
            "12",
        ),
    ],
    vnics: &[
        Column::fact(
            "guest_static_ip",
            YesNo,
            "The guest has a static address on it (in the guest: Get-NetIPAddress, PrefixOrigin Manual).",
            "yes",
        ),
        Column::fact(
            "failover_ip",
            YesNo,
            "Failover TCP/IP is set (Get-VMNetworkAdapterFailoverConfiguration).",
            "yes",
        ),
    ],
    ..Family::NONE
};
