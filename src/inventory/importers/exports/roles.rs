//! Which traffic a port or host vNIC carries: no cmdlet tells it. Its name does, or the default gateway, or its cluster network.
//!
//! In: the estate with adapters, switches and cluster networks. Out: `current_role`, `role`, `purpose`, and one assumption that says so.

use super::conclude::Assumed;
use super::estate::Estate;
use crate::inventory::importers::test_cluster::roles::role_of_name;
use crate::roles::Role;
use crate::units::host_label;
use std::collections::{BTreeMap, BTreeSet};

/// The word for `current_role`: how the port calls its storage tells which kind it is.
fn role_word(name: &str, role: Role) -> &'static str {
    let name = name.to_lowercase();
    match role {
        Role::Storage if name.contains("iscsi") => "iscsi",
        Role::Storage if name.contains("smb") => "smb",
        role => role.name(),
    }
}

/// Roles from names and cluster networks. No export tells them: all are assumptions.
pub(super) fn conclude(estate: &mut Estate, assumed: &mut Vec<Assumed>) {
    let mut concluded = 0;
    let carriers: Vec<usize> = [estate.rows_of("nics"), estate.rows_of("host_vnics")].concat();
    let networks = network_roles(estate);
    let mut of_node: BTreeMap<String, BTreeSet<Role>> = BTreeMap::new();
    for row in carriers.iter().copied() {
        let is_nic = estate.rows[row].table == "nics";
        let name = estate.text(row, if is_nic { "nic" } else { "host_vnic" }).to_owned();
        let adapter = estate.adapters.iter().find(|a| a.row == Some(row));
        if is_nic && adapter.is_some_and(|a| a.under_switch) {
            continue;
        }
        let gateway = adapter.is_some_and(|a| a.gateway);
        let network = networks.get(&estate.text(row, "cluster_network").to_lowercase());
        let role = role_of_name(&name)
            .filter(|role| *role != Role::Vm)
            .or(gateway.then_some(Role::Management))
            .or(network.and_then(|n| n.0));
        let Some(role) = role else { continue };
        let node = estate.text(row, "node").to_lowercase();
        of_node.entry(node).or_default().insert(role);
        let place = estate.rows[row].place(if is_nic { "nic" } else { "host_vnic" });
        estate.conclude(
            row,
            if is_nic { "current_role" } else { "role" },
            role_word(&name, role),
            place,
        );
        concluded += 1;
    }
    concluded += further_roles(estate, &networks, &of_node);
    for row in estate.rows_of("cluster_networks") {
        let name = estate.text(row, "network").to_owned();
        let purpose = networks.get(&name.to_lowercase()).and_then(|n| n.0);
        if let Some(role) = purpose {
            let place = estate.rows[row].place("network");
            estate.conclude(row, "purpose", role_word(&name, role), place);
        }
    }
    if concluded > 0 {
        let taken = "concluded from the names of adapters, the default gateway and the use of cluster networks; write current_role in nics and role in host_vnics";
        assumed.push((
            format!("traffic roles of {concluded} ports and host vNICs (no cmdlet tells them)"),
            taken.to_owned(),
        ));
    }
}

/// What each cluster network is for, by its name or its use, and its use.
fn network_roles(estate: &Estate) -> BTreeMap<String, (Option<Role>, String)> {
    let of = |row: usize| {
        let (name, cluster_use) = (estate.text(row, "network"), estate.text(row, "cluster_use"));
        let by_use = match cluster_use {
            "1" => Some(Role::Cluster),
            "3" => Some(Role::Management),
            _ => None,
        };
        let named = role_of_name(name).filter(|role| *role != Role::Vm);
        // Windows calls its networks "Cluster Network 1": that word tells no role.
        let own = named.filter(|_| !name.to_lowercase().starts_with("cluster network"));
        (name.to_lowercase(), (own.or(by_use), cluster_use.to_owned()))
    };
    estate.rows_of("cluster_networks").into_iter().map(of).collect()
}

/// Cluster traffic and live migration for which no adapter is named run over the networks that the cluster keeps to itself, else over
/// those open to clients: Windows chooses them so.
fn further_roles(
    estate: &mut Estate,
    networks: &BTreeMap<String, (Option<Role>, String)>,
    of_node: &BTreeMap<String, BTreeSet<Role>>,
) -> usize {
    let nodes = estate.rows_of("nodes");
    let mut concluded = 0;
    if nodes.len() < 2 {
        return 0;
    }
    for node in nodes {
        let name = host_label(estate.text(node, "node"));
        let known = of_node.get(&name).cloned().unwrap_or_default();
        for role in [Role::Cluster, Role::LiveMigration] {
            if known.contains(&role) {
                continue;
            }
            for port in ports_of_networks(estate, networks, &name) {
                let old = estate.text(port, "current_role").to_owned();
                let new = if old.is_empty() {
                    role.name().to_owned()
                } else {
                    format!("{old};{}", role.name())
                };
                let place = estate.rows[port].place("nic");
                estate.conclude(port, "current_role", &new, place);
                concluded += 1;
            }
        }
    }
    concluded
}

/// Ports of a node under the networks that carry the cluster's own traffic.
fn ports_of_networks(estate: &Estate, networks: &BTreeMap<String, (Option<Role>, String)>, node: &str) -> Vec<usize> {
    let on = |row: &usize, wanted: &str| {
        let network = networks.get(&estate.text(*row, "cluster_network").to_lowercase());
        let ours = estate.text(*row, "node").to_lowercase() == node;
        ours && network.is_some_and(|n| n.1 == wanted && n.0 != Some(Role::Storage))
    };
    for wanted in ["1", "3"] {
        let nics = estate.rows_of("nics");
        let mut ports: BTreeSet<usize> = nics.iter().copied().filter(|row| on(row, wanted)).collect();
        for vnic in estate.rows_of("host_vnics").iter().filter(|row| on(row, wanted)) {
            let switch = estate.find("switches", &[node, estate.text(*vnic, "switch")]);
            let names = switch.map_or("", |row| estate.text(row, "nics"));
            ports.extend(names.split(';').filter_map(|name| estate.find("nics", &[node, name])));
        }
        if !ports.is_empty() {
            return ports.into_iter().collect();
        }
    }
    Vec::new()
}
