//! Data Center Bridging for SMB over RDMA: on which ports a plan asks for it, and the facts that it makes.
//!
//! Sources: Microsoft, "Network QoS and bandwidth limits for Hyper-V" (weights and DCB exclude each other), "Host network requirements for
//! Azure Local" (priorities 3 and 7, heartbeat 2 % up to 10 Gbit/s, else 1 %).

use super::policies::uplinks;
use super::switches;
use crate::inventory::{Cluster, ColumnName, Fact, Facts, Nic, Node, TrafficClass};
use crate::plan::{ClusterPlan, NodeUplink};
use crate::profiles::{Transport, WS2008R2};
use crate::roles::Role;
use crate::units::{Mbps, same_name};
use std::collections::BTreeSet;

/// Columns of a node that it sets.
pub const COLUMNS: [&str; 4] = ["traffic_classes", "qos_policies", "pfc_priorities", "dcbx_willing"];
/// Column of its ports.
pub const PORT: &str = "qos";
/// The same with their tables.
pub fn given() -> impl Iterator<Item = ColumnName> {
    let of_node = COLUMNS.into_iter().map(|column| ("nodes", column));
    of_node.chain([("nics", PORT)])
}
/// Priority of SMB over RDMA.
const SMB: u8 = 3;
/// Priority of the cluster.
const CLUSTER: u8 = 7;

/// Data Center Bridging for SMB over RDMA on some ports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dcb {
    /// Ports.
    pub nics: Vec<String>,
    /// Percent of the bandwidth for SMB: storage and live migration over SMB.
    pub smb_percent: u8,
    /// Percent for the cluster's heartbeat.
    pub cluster_percent: u8,
}

/// Whether a plan can ask for it on a node at all: SMB beside other traffic on ports that all have RDMA. Weights are known once the node is built.
pub fn may_come(cluster: &Cluster, plan: &ClusterPlan, node: &Node) -> bool {
    if cluster.profile.intents_only || cluster.profile.generation == WS2008R2 {
        return false;
    }
    let rdma = |name: &String| {
        let mut own = node.nics.iter().filter(|nic| same_name(&nic.name, name));
        own.all(|nic| nic.rdma.on())
    };
    let mut all = uplinks(plan, node);
    all.any(|(design, uplink)| {
        design.roles.len() > 1 && smb_percent(cluster, uplink) > 0 && uplink.nics.iter().all(rdma)
    })
}

/// The settings of a planned node for the node of today.
pub fn take_over(planned: &Node, node: &mut Node) {
    let copy = |from: &Facts, to: &mut Facts, column: &'static str| {
        if let Some(fact) = from.get(column) {
            to.insert(column, fact.clone());
        }
    };
    for column in COLUMNS {
        copy(&planned.facts, &mut node.facts, column);
    }
    for (new, nic) in planned.nics.iter().zip(&mut node.nics) {
        copy(&new.facts, &mut nic.facts, PORT);
    }
}

/// Ports that carry SMB over RDMA beside other traffic and have no weights. Windows Server 2008 R2 has no Data Center Bridging; with Network ATC the intents set it.
pub fn of_node(cluster: &Cluster, plan: &ClusterPlan, after: &Node) -> Option<Dcb> {
    if cluster.profile.intents_only || cluster.profile.generation == WS2008R2 {
        return None;
    }
    let mut found: Option<Dcb> = None;
    for (design, uplink) in uplinks(plan, after) {
        let nics: Vec<&Nic> = uplink
            .nics
            .iter()
            .filter_map(|name| after.nics.iter().find(|n| same_name(&n.name, name)))
            .collect();
        let under = nics.iter().find_map(|n| n.switch.as_deref());
        let weighted = under.is_some_and(|s| switches::has_weights(cluster, after, s));
        let rdma =
            !nics.is_empty() && nics.iter().all(|n| n.rdma.on()) && (under.is_none() || cluster.profile.rdma_on_switch);
        let smb = smb_percent(cluster, uplink);
        if !rdma || weighted || smb == 0 || design.roles.len() < 2 {
            continue;
        }
        let slowest = nics.iter().map(|n| n.speed).min().unwrap_or(0);
        let dcb = found.get_or_insert_with(|| Dcb {
            nics: Vec::new(),
            smb_percent: smb,
            cluster_percent: cluster_percent(slowest),
        });
        dcb.nics.extend(nics.iter().map(|n| n.name.clone()));
    }
    if let Some((dcb, (smb, cluster_percent))) = found.as_mut().zip(of_all(cluster, plan)) {
        (dcb.smb_percent, dcb.cluster_percent) = (smb, cluster_percent);
    }
    found
}

/// The same percentages on every node, since Data Center Bridging must not differ within a cluster: the smallest share that the plan gives to SMB over RDMA beside
/// other traffic, and the cluster's percentage at the slowest of these ports.
fn of_all(cluster: &Cluster, plan: &ClusterPlan) -> Option<(u8, u8)> {
    let nodes = plan.nodes.iter().filter_map(|planned| {
        let node = cluster.nodes.iter().find(|node| same_name(&node.name, &planned.node))?;
        Some(uplinks(plan, node).filter_map(move |(design, uplink)| {
            let ports = || {
                node.nics
                    .iter()
                    .filter(|nic| uplink.nics.iter().any(|name| same_name(name, &nic.name)))
            };
            let smb = smb_percent(cluster, uplink);
            let counts = smb > 0 && design.roles.len() > 1 && ports().all(|nic| nic.rdma.on());
            Some((smb, ports().map(|nic| nic.speed).min()?)).filter(|_| counts)
        }))
    });
    let all: Vec<(u8, Mbps)> = nodes.flatten().collect();
    let slowest = all.iter().map(|(_, speed)| *speed).min()?;
    let smb = all.iter().map(|(smb, _)| *smb).min()?;
    Some((smb, cluster_percent(slowest)))
}

/// Percent for the heartbeat at ports of this speed.
fn cluster_percent(slowest: Mbps) -> u8 {
    if slowest > 10_000 { 1 } else { 2 }
}

/// What the plan gives to SMB: storage, and live migration over SMB, which share a class. The rest of the port must keep something.
pub fn smb_percent(cluster: &Cluster, uplink: &NodeUplink) -> u8 {
    let is_smb = |role: Role| match role {
        Role::Storage => cluster.storage.is_smb(),
        Role::LiveMigration => uplink.transport == Some(Transport::Smb),
        _ => false,
    };
    let permille: u64 = uplink
        .shares
        .iter()
        .filter(|s| is_smb(s.role))
        .map(|s| s.permille)
        .sum();
    u8::try_from((permille / 10).min(95)).unwrap_or(0)
}

/// What it makes of a node: a class of its own for priorities 3 and 7, what holds or says the same is replaced; the default class has the rest.
pub fn set(dcb: &Dcb, node: &mut Node) {
    let own = |name: &str, priority: u8, percent: u8| TrafficClass {
        name: name.to_owned(),
        priorities: BTreeSet::from([priority]),
        percent: Some(percent),
    };
    let named = |class: &TrafficClass, names: &[&str]| names.iter().any(|name| same_name(&class.name, name));
    let holds = |class: &TrafficClass| class.priorities.contains(&SMB) || class.priorities.contains(&CLUSTER);
    let known = |node: &Node, column: &str| node.facts.classes(column).unwrap_or_default().to_vec();
    let mut classes = known(node, "traffic_classes");
    classes.retain(|class| !class.is_default() && !holds(class) && !named(class, &["SMBDirect", "Cluster"]));
    classes.push(own("SMBDirect", SMB, dcb.smb_percent));
    classes.push(own("Cluster", CLUSTER, dcb.cluster_percent));
    let taken: BTreeSet<u8> = classes
        .iter()
        .flat_map(|class| class.priorities.iter().copied())
        .collect();
    let given: u8 = classes
        .iter()
        .filter_map(|class| class.percent)
        .fold(0, u8::saturating_add);
    let rest = TrafficClass {
        name: "Default".to_owned(),
        priorities: (0..=CLUSTER).filter(|priority| !taken.contains(priority)).collect(),
        percent: Some(100_u8.saturating_sub(given)),
    };
    classes.insert(0, rest);
    let mut policies = known(node, "qos_policies");
    policies.retain(|policy| !named(policy, &["smbdirect", "cluster", "default"]));
    for (name, priority) in [("smbdirect", SMB), ("cluster", CLUSTER), ("default", 0)] {
        policies.push(TrafficClass {
            percent: None,
            ..own(name, priority, 0)
        });
    }
    node.facts.insert("traffic_classes", Fact::Classes(classes));
    node.facts.insert("qos_policies", Fact::Classes(policies));
    node.facts.insert("pfc_priorities", Fact::List(vec![SMB.to_string()]));
    node.facts.insert("dcbx_willing", Fact::Yes(false));
    for nic in node
        .nics
        .iter_mut()
        .filter(|nic| dcb.nics.iter().any(|name| same_name(name, &nic.name)))
    {
        nic.facts.insert(PORT, Fact::Yes(true));
    }
}
