//! What the exports do not hold, what stays unknown for that, and the call of the collector that adds exactly it.
//!
//! In: of which nodes there was an export of which cmdlet, and the estate. Out: assumptions, and one note with the call. Must not know: forms.

use super::cmdlets::CMDLETS;
use super::collector;
use super::conclude::Assumed;
use super::estate::Estate;
use crate::units::host_name;
use std::collections::{BTreeMap, BTreeSet};

/// Of which nodes there was an export of which cmdlet; the blank node stands for the cluster.
#[derive(Default)]
pub(super) struct Coverage(BTreeMap<&'static str, BTreeSet<String>>);

/// An export that is wanted: cmdlet, what it tells, and where it is of use.
type Wanted = (&'static str, &'static str, fn(&Estate, &str) -> bool);

/// Wanted of every node.
const OF_NODE: [Wanted; 13] = [
    ("Get-NetAdapter", "its ports", always),
    ("Get-NetAdapterHardwareInfo", "which ports share a card", always),
    ("Get-NetAdapterRdma", "where RDMA is on", always),
    ("Get-NetAdapterSriov", "where SR-IOV is on", always),
    ("Get-NetIPAddress", "addresses of adapters", always),
    ("Get-VMHost", "MAC pool, memory and settings of live migration", always),
    (
        "Get-VMMigrationNetwork",
        "the networks that the host gives to live migration",
        always,
    ),
    ("Get-SmbBandwidthLimit", "the limit of live migration over SMB", always),
    ("Get-VMSwitch", "virtual switches", always),
    ("Get-VMSwitchTeam", "load balancing of SET", has_set),
    (
        "Get-VMNetworkAdapterTeamMapping",
        "which port carries which host vNIC",
        has_set,
    ),
    ("Get-VM", "VMs", always),
    ("Get-VMNetworkAdapter", "adapters of VMs and of the host", always),
];

/// Wanted once, where the nodes are a cluster.
const OF_CLUSTER: [(&str, &str); 4] = [
    ("Get-ClusterNetwork", "subnets and uses of the cluster networks"),
    (
        "Get-ClusterNetworkInterface",
        "which adapter is on which cluster network",
    ),
    ("Get-ClusterGroup", "owners and priorities of clustered VMs"),
    ("Get-ClusterOwnerNode", "possible owners of VMs"),
];

/// The cmdlet that tells which networks the cluster keeps from live migration: other parameters may be exported without them.
const MIGRATION_LISTS: (&str, &str) = (
    "Get-ClusterParameter",
    "the networks that the cluster keeps from live migration, and their order",
);

fn always(_: &Estate, _: &str) -> bool {
    true
}

/// Whether a node has a switch with embedded teaming.
fn has_set(estate: &Estate, node: &str) -> bool {
    let of_node = |row: &usize| host_name(estate.text(*row, "node")).eq_ignore_ascii_case(node);
    let mut switches = estate.rows_of("switches").into_iter().filter(of_node);
    switches.any(|row| estate.text(row, "embedded_teaming") == "yes")
}

/// Whether the cluster network of every adapter with an address is known, be it by its subnet.
fn all_placed(estate: &Estate) -> bool {
    let rows = [estate.rows_of("nics"), estate.rows_of("host_vnics")].concat();
    let has_address = |row: &usize| !estate.text(*row, "addresses").is_empty();
    let mut addressed = rows.into_iter().filter(has_address).peekable();
    addressed.peek().is_some() && addressed.all(|row| !estate.text(row, "cluster_network").is_empty())
}

/// A cmdlet that was not exported, the nodes without it (none: the cluster), and what stays unknown.
struct Lack {
    cmdlet: &'static str,
    nodes: Vec<String>,
    tells: &'static str,
}

impl Coverage {
    pub(super) fn note(&mut self, cmdlet: &'static str, node: &str) {
        let nodes = self.0.entry(cmdlet).or_default();
        if !nodes.contains(node) {
            nodes.insert(node.to_owned());
        }
    }

    pub(super) fn has(&self, cmdlet: &str, node: &str) -> bool {
        self.0
            .get(cmdlet)
            .is_some_and(|nodes| nodes.iter().any(|n| n.eq_ignore_ascii_case(node)))
    }

    /// Tells what nobody exported. Nodes with 2008 R2 have few of these cmdlets and are passed over.
    pub(super) fn not_exported(&self, estate: &mut Estate, assumed: &mut Vec<Assumed>) {
        let clusters = estate.rows_of("clusters");
        if clusters.iter().any(|row| estate.text(*row, "profile") == "2008r2") {
            return;
        }
        let name_of = |row: &usize| host_name(estate.text(*row, "node")).to_owned();
        let nodes: Vec<String> = estate.rows_of("nodes").iter().map(name_of).collect();
        let cluster = clusters
            .first()
            .map_or("", |row| estate.text(*row, "cluster"))
            .to_owned();
        let lacks = self.lacks(estate, &nodes, !cluster.is_empty());
        mark(&lacks, estate);
        for lack in &lacks {
            let of = match lack.nodes.len() {
                0 => "the cluster".to_owned(),
                all if all == nodes.len() => "any node".to_owned(),
                _ => lack.nodes.join(", "),
            };
            assumed.push((
                format!("{} of {of} (not exported)", lack.cmdlet),
                format!(
                    "{}: unknown; {} -Only {} adds it",
                    lack.tells,
                    collector::NAME,
                    lack.cmdlet
                ),
            ));
        }
        if !lacks.is_empty() && !nodes.is_empty() {
            estate.notes.push(call(&lacks, &cluster, &nodes));
        }
    }

    fn lacks(&self, estate: &Estate, nodes: &[String], is_cluster: bool) -> Vec<Lack> {
        let mut lacks = Vec::new();
        for (cmdlet, tells, of_use) in OF_NODE {
            debug_assert!(CMDLETS.iter().any(|c| c.name == cmdlet));
            let lacking = |node: &&String| !self.has(cmdlet, node) && of_use(estate, node);
            let nodes: Vec<String> = nodes.iter().filter(lacking).cloned().collect();
            if !nodes.is_empty() {
                lacks.push(Lack { cmdlet, nodes, tells });
            }
        }
        let lists = estate.seen.contains(SEEN_LISTS);
        let placed = |(cmdlet, _): &(&str, &str)| *cmdlet == "Get-ClusterNetworkInterface" && all_placed(estate);
        let unsaid = |wanted: &(&str, &str)| !self.has(wanted.0, "") && !placed(wanted);
        let cluster = OF_CLUSTER.into_iter().filter(unsaid);
        let of_cluster = cluster
            .chain((!lists).then_some(MIGRATION_LISTS))
            .filter(|_| is_cluster);
        lacks.extend(of_cluster.map(|(cmdlet, tells)| Lack {
            cmdlet,
            nodes: Vec::new(),
            tells,
        }));
        lacks
    }
}

/// Cmdlets without which a node looks as if it had nothing of what they tell.
const TELLING: [&str; 6] = [
    "Get-NetAdapter",
    "Get-NetIPAddress",
    "Get-VMHost",
    "Get-VMSwitch",
    "Get-VM",
    "Get-VMNetworkAdapter",
];

/// What an export of a cmdlet tells of a node.
pub(crate) fn tells(cmdlet: &str) -> &'static str {
    let found = OF_NODE.iter().find(|(name, _, _)| *name == cmdlet);
    found.map_or("what it tells", |(_, tells, _)| tells)
}

/// Writes down at each node which exports are missing, so that nothing calls absent what nobody exported.
fn mark(lacks: &[Lack], estate: &mut Estate) {
    for row in estate.rows_of("nodes") {
        let node = host_name(estate.text(row, "node")).to_owned();
        let of_node = |lack: &&Lack| TELLING.contains(&lack.cmdlet) && lack.nodes.contains(&node);
        let names: Vec<&str> = lacks.iter().filter(of_node).map(|lack| lack.cmdlet).collect();
        let place = estate.rows[row].record;
        estate.put(row, "not_exported", &names.join(";"), place);
    }
}

/// Marks that the lists of networks for live migration were exported, be they empty.
pub(super) const SEEN_LISTS: &str = "lists of migration networks";

/// Names of nodes that a call spells out.
const MOST_NODES: usize = 4;

/// What is missing in one sentence, and how to add it.
fn call(lacks: &[Lack], cluster: &str, nodes: &[String]) -> String {
    let mut tells: Vec<&str> = Vec::new();
    let mut names: Vec<&str> = Vec::new();
    for lack in lacks {
        tells.push(lack.tells);
        names.push(lack.cmdlet);
    }
    let shown: Vec<&str> = nodes.iter().take(MOST_NODES).map(String::as_str).collect();
    let (whose, file) = match cluster {
        "" if nodes.len() > MOST_NODES => (String::new(), nodes[0].as_str()),
        "" => (format!(" -ComputerName {}", shown.join(",")), nodes[0].as_str()),
        name => (format!(" -Cluster {name}"), name),
    };
    format!(
        "the exports do not tell {}. To add exactly that, run on a node (Get-* only; `nicplan init` writes the script): .\\{}{whose} -Only {}\n    \
         then name its nicplan-{file}-more.zip as a further INPUT",
        tells.join("; "),
        collector::NAME,
        names.join(",")
    )
}
