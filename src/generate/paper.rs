//! What stands on paper: the cluster, its networks, the demands of the host roles and the policy.
//!
//! In: the estate. Out: rows of `clusters`, `cluster_networks`, `demands` and `policy`.

use super::estates::Estate;
use super::table::Table;
use super::wiring::Host;

/// The `clusters` file.
pub(super) fn clusters(name: &str, estate: &Estate) -> Table {
    let mut table = Table::new(
        "clusters.csv",
        &["cluster", "profile", "storage", "live_migration_transport"],
    );
    table.row([
        ("cluster", name.to_owned()),
        ("profile", estate.profile.to_owned()),
        ("storage", estate.storage.to_owned()),
        ("live_migration_transport", estate.transport.to_owned()),
    ]);
    table
}

/// The `cluster_networks` file. A lone node has only its management network.
pub(super) fn cluster_networks(hosts: &[Host], estate: &Estate) -> Table {
    let columns = &["network", "subnet", "vlan", "cluster_use", "metric", "purpose"];
    let mut table = Table::new("cluster_networks.csv", columns);
    let alone = hosts.len() == 1;
    for (index, network) in estate
        .networks
        .iter()
        .filter(|n| !alone || n.purpose == "management")
        .enumerate()
    {
        table.row([
            ("network", network.name.to_owned()),
            ("subnet", format!("10.20.{}.0/24", network.vlan % 256)),
            ("vlan", network.vlan.to_string()),
            ("cluster_use", network.cluster_use.to_owned()),
            (
                "metric",
                (if index == 0 { 70_384 } else { 30_000 + 400 * index }).to_string(),
            ),
            ("purpose", network.purpose.to_owned()),
        ]);
    }
    table
}

/// The `demands` file: storage per node, since the models differ, and replica; the other roles take the defaults of the OS
/// version.
pub(super) fn demands(hosts: &[Host], estate: &Estate) -> Table {
    let mut table = Table::new("demands.csv", &["node", "role", "demand_mbps"]);
    if matches!(estate.storage, "iscsi" | "smb" | "s2d") {
        for host in hosts {
            table.row([
                ("node", host.name.clone()),
                ("role", "storage".to_owned()),
                ("demand_mbps", estate.classes[host.class].storage_mbps.to_string()),
            ]);
        }
    }
    if estate.replica_mbps > 0 {
        table.row([
            ("role", "replica".to_owned()),
            ("demand_mbps", estate.replica_mbps.to_string()),
        ]);
    }
    table
}

/// The `policy` file.
pub(super) fn policy(hosts: &[Host], estate: &Estate) -> Table {
    let mut table = Table::new("policy.csv", &["setting", "value"]);
    let alone = hosts.len() == 1;
    for (setting, value) in estate
        .policy
        .iter()
        .filter(|(setting, _)| !alone || !setting.starts_with("survive"))
    {
        table.row([("setting", (*setting).to_owned()), ("value", (*value).to_owned())]);
    }
    table
}
