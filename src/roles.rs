//! The traffic roles: what kinds of traffic a cluster node carries, as one table.
//!
//! Rules, planner and reports ask a role for its traits and never match on its name, so that a role is one entry here.
//! "Traffic role" is ours; the failover cluster's own network role (0/1/3) is called `cluster use`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A traffic role; order is the order of every list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Domain, DNS, backup, administration.
    Management,
    /// Heartbeat, CSV metadata and redirected I/O.
    Cluster,
    /// Memory of moving VMs.
    LiveMigration,
    /// iSCSI or SMB storage.
    Storage,
    /// Hyper-V Replica.
    Replica,
    /// Guests, through external networks.
    Vm,
}

/// What a role needs and may do.
pub struct RoleInfo {
    /// The role.
    pub role: Role,
    /// Name in files and on the command line.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Name of a host vNIC for it; Windows allows no `/` there.
    pub adapter: &'static str,
    /// One sentence.
    pub summary: &'static str,
    /// Bulk traffic takes what it gets; it is judged by drain time unless the policy gives drain minutes.
    pub bulk: bool,
    /// When its own uplink is dead the traffic moves to another cluster network by itself
    /// (the cluster picks the next network by metric, live migration the next in its order).
    pub falls_back: bool,
    /// Rank as a refuge for roles that fall back, lowest first; `None` = never (guests and iSCSI carry no cluster traffic).
    pub refuge: Option<u8>,
    /// Cluster use that its network should have (0 none, 1 cluster only, 3 cluster and client); `None` = not a cluster network.
    pub cluster_use: Option<u8>,
    /// Nodes talk to each other on it (against talking to a target only).
    pub node_to_node: bool,
    /// It must reach beyond the cluster, so a direct cable to another node cannot carry it.
    pub outside: bool,
    /// Where the traits come from.
    pub source: &'static str,
}

/// The table, sorted as the enum.
pub static ROLES: [RoleInfo; 6] = [
    RoleInfo {
        role: Role::Management,
        name: "management",
        title: "Management",
        adapter: "Management",
        summary: "domain, DNS, updates, backup and administration of the node; the only network with a default gateway",
        bulk: false,
        falls_back: false,
        refuge: Some(3),
        cluster_use: Some(3),
        node_to_node: true,
        outside: true,
        source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    },
    RoleInfo {
        role: Role::Cluster,
        name: "cluster",
        title: "Cluster / CSV",
        adapter: "Cluster",
        summary: "heartbeat (UDP 3343), CSV metadata and redirected I/O over SMB",
        bulk: false,
        falls_back: true,
        refuge: Some(1),
        cluster_use: Some(1),
        node_to_node: true,
        outside: false,
        source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    },
    RoleInfo {
        role: Role::LiveMigration,
        name: "live-migration",
        title: "Live migration",
        adapter: "Live migration",
        summary: "memory and state of moving VMs (TCP 6600 or SMB 445), unencrypted, takes any bandwidth it finds",
        bulk: true,
        falls_back: true,
        refuge: Some(0),
        cluster_use: Some(1),
        node_to_node: true,
        outside: false,
        source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    },
    RoleInfo {
        role: Role::Storage,
        name: "storage",
        title: "Storage",
        adapter: "Storage",
        summary: "iSCSI (two paths with MPIO, no cluster traffic) or SMB 3 (two equal NICs with Multichannel)",
        bulk: false,
        falls_back: false,
        refuge: Some(2),
        cluster_use: Some(0),
        node_to_node: true,
        outside: false,
        source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    },
    RoleInfo {
        role: Role::Replica,
        name: "replica",
        title: "Replica",
        adapter: "Replica",
        summary: "asynchronous VM replication to another site",
        bulk: false,
        falls_back: false,
        refuge: None,
        cluster_use: Some(3),
        node_to_node: false,
        outside: true,
        source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    },
    RoleInfo {
        role: Role::Vm,
        name: "vm",
        title: "VM network",
        adapter: "VM network",
        summary: "guests, through external virtual switches with the same name on every node",
        bulk: false,
        falls_back: false,
        refuge: None,
        cluster_use: None,
        node_to_node: true,
        outside: true,
        source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    },
];

impl Role {
    /// The role's traits.
    pub fn info(self) -> &'static RoleInfo {
        &ROLES[self as usize]
    }

    /// Name in files.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// Reads a name or a common synonym (`lm`, `csv`, `mgmt`, `iscsi`, `smb`, `vm-network` …).
    pub fn parse(text: &str) -> Option<Role> {
        let key: String = text
            .trim()
            .to_ascii_lowercase()
            .chars()
            .filter(|c| c.is_ascii_alphanumeric())
            .collect();
        Some(match key.as_str() {
            "management" | "mgmt" | "host" | "admin" => Role::Management,
            "cluster" | "csv" | "clustercsv" | "heartbeat" | "private" => Role::Cluster,
            "livemigration" | "lm" | "migration" | "vmotion" => Role::LiveMigration,
            "storage" | "iscsi" | "smb" | "san" | "smbdirect" | "smb1" | "smb2" => Role::Storage,
            "replica" | "replication" | "hypervreplica" => Role::Replica,
            "vm" | "vms" | "guest" | "external" | "vmnetwork" | "vmaccess" | "compute" => Role::Vm,
            _ => return None,
        })
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_in_enum_order_and_names_parse_back() {
        for (index, info) in ROLES.iter().enumerate() {
            assert_eq!(info.role as usize, index);
            assert_eq!(Role::parse(info.name), Some(info.role));
        }
    }
}
