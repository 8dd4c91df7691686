//! Nodes with their ports, external switches and host vNICs as they are wired today.
//!
//! In: the estate, the fabric, the memory and MAC pools that the guests need. Out: rows of `nodes`, `nics`, `switches`
//! and `host_vnics`. One node in ten (from ten nodes on) is wired differently from its siblings.

use super::estates::Estate;
use super::fabric::Fabric;
use super::hardware::{Class, Duty, Port};
use super::names;
use super::random::Random;
use super::table::Table;

/// A node in the making.
pub(super) struct Host {
    pub name: String,
    /// Position in the estate's models.
    pub class: usize,
    /// What each port does today.
    duties: Vec<Duty>,
}

/// Columns of `nics.csv` that are filled.
const NIC_COLUMNS: &[&str] = &[
    "node",
    "nic",
    "speed_mbps",
    "card",
    "tor",
    "tor_port",
    "rdma",
    "vlans",
    "model",
    "mac",
    "current_role",
];

/// Chooses the model and today's wiring of each node.
pub(super) fn hosts(nodes: usize, estate: &Estate, random: &mut Random) -> Vec<Host> {
    let mut hosts: Vec<Host> = (0..nodes)
        .map(|node| {
            let class = node * estate.classes.len() / nodes;
            let duties = estate.classes[class]
                .ports
                .iter()
                .map(|p| present(p.duty, nodes, estate))
                .collect();
            Host {
                name: names::host(node, nodes),
                class,
                duties,
            }
        })
        .collect();
    let mut left = if nodes < 10 { 0 } else { nodes.div_ceil(10) };
    let mut node = random.index(10).min(nodes - 1);
    while left > 0 {
        deviate(&mut hosts[node], estate, random);
        left -= 1;
        node = (node + nodes / nodes.div_ceil(10)) % nodes;
    }
    hosts
}

/// What a port does in this estate: a lone node has no cluster and no migration traffic, and cluster traffic may share the
/// storage ports.
fn present(duty: Duty, nodes: usize, estate: &Estate) -> Duty {
    let roles = match duty.roles {
        "cluster" | "live-migration" | "cluster;live-migration" if nodes == 1 => "",
        "cluster;live-migration" if estate.cluster_on_storage => "live-migration",
        "storage" if estate.cluster_on_storage => "cluster;storage",
        roles => roles,
    };
    Duty { roles, ..duty }
}

/// Somebody once swapped two cables' duties, or left a port dark.
fn deviate(host: &mut Host, estate: &Estate, random: &mut Random) {
    let swaps = estate.classes[host.class].swaps;
    if swaps.is_empty() {
        return;
    }
    let (a, b) = swaps[random.index(swaps.len())];
    host.duties.swap(a, b);
}

/// The `nodes` file.
pub(super) fn nodes(
    hosts: &[Host],
    estate: &Estate,
    memory_gib: impl Fn(usize) -> u64,
    pool: impl Fn(usize) -> (String, String),
) -> Table {
    let columns = &[
        "node",
        "management_ip",
        "memory_mib",
        "hardware",
        "mac_pool_min",
        "mac_pool_max",
    ];
    let mut table = Table::new("nodes.csv", columns);
    for (index, host) in hosts.iter().enumerate() {
        let (min, max) = pool(index);
        table.row([
            ("node", host.name.clone()),
            ("management_ip", names::host_ip(index)),
            ("memory_mib", (memory_gib(index) * 1024).to_string()),
            ("hardware", estate.classes[host.class].hardware.to_owned()),
            ("mac_pool_min", min),
            ("mac_pool_max", max),
        ]);
    }
    table
}

/// The `nics` file.
pub(super) fn nics(hosts: &[Host], estate: &Estate, fabric: &Fabric) -> Table {
    let mut table = Table::new("nics.csv", NIC_COLUMNS);
    for (index, host) in hosts.iter().enumerate() {
        let class = &estate.classes[host.class];
        for (position, (port, duty)) in class.ports.iter().zip(&host.duties).enumerate() {
            table.row([
                ("node", host.name.clone()),
                ("nic", port.name.to_owned()),
                ("speed_mbps", port.speed_mbps.to_string()),
                ("card", port.card.to_owned()),
                ("tor", fabric.tor(index, port.side)),
                ("tor_port", tor_port(index, port, class)),
                ("rdma", port.rdma.to_owned()),
                ("vlans", trunk(port, estate)),
                ("model", port.model.to_owned()),
                ("mac", names::port_mac(index, position)),
                ("current_role", duty.roles.to_owned()),
            ]);
        }
    }
    table
}

/// Port on the ToR: numbered by node, then by port on that side.
fn tor_port(node: usize, port: &Port, class: &Class) -> String {
    let same_side: Vec<&Port> = class.ports.iter().filter(|p| p.side == port.side).collect();
    let position = same_side.iter().position(|p| p.name == port.name).unwrap_or(0);
    format!("1/{}", (node % 16) * same_side.len() + position + 1)
}

/// VLANs of a SAN port are said; all others carry everything, which a blank cell means.
fn trunk(port: &Port, estate: &Estate) -> String {
    let san = estate
        .networks
        .iter()
        .filter(|n| n.purpose == "storage")
        .nth(port.side.wrapping_sub(2));
    san.map(|n| n.vlan.to_string()).unwrap_or_default()
}

/// The `switches` file: the external switches of every node.
pub(super) fn switches(hosts: &[Host], estate: &Estate) -> Table {
    let mut table = Table::new(
        "switches.csv",
        &["node", "switch", "type", "nics", "allow_management_os"],
    );
    for host in hosts {
        let ports = estate.classes[host.class].ports;
        let mut names: Vec<&str> = host.duties.iter().map(|d| d.switch).filter(|s| !s.is_empty()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let bound: Vec<&str> = ports
                .iter()
                .zip(&host.duties)
                .filter(|(_, d)| d.switch == name)
                .map(|(p, _)| p.name)
                .collect();
            let shared = estate.adapters.iter().any(|a| a.switch == name);
            table.row([
                ("node", host.name.clone()),
                ("switch", name.to_owned()),
                ("type", "external".to_owned()),
                ("nics", bound.join(";")),
                ("allow_management_os", if shared { "yes" } else { "no" }.to_owned()),
            ]);
        }
    }
    table
}

/// The `host_vnics` file.
pub(super) fn host_vnics(hosts: &[Host], estate: &Estate) -> Table {
    let mut table = Table::new(
        "host_vnics.csv",
        &["node", "host_vnic", "switch", "role", "vlan", "weight"],
    );
    for host in hosts {
        for adapter in estate
            .adapters
            .iter()
            .filter(|a| hosts.len() > 1 || a.role == "management" || a.role == "replica")
        {
            table.row([
                ("node", host.name.clone()),
                ("host_vnic", adapter.name.to_owned()),
                ("switch", adapter.switch.to_owned()),
                ("role", adapter.role.to_owned()),
                ("vlan", adapter.vlan.to_string()),
                ("weight", adapter.weight.to_owned()),
            ]);
        }
    }
    table
}
