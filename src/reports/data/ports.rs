//! What every port does: one row per NIC, with one entry per role on it.

use super::ClusterData;
use crate::applied::Vlans;
use crate::checks::recount::{Recount, RoleCapacity, UplinkLoad};
use crate::inventory::{Cluster, Nic};
use crate::plan::{ClusterPlan, NodePlan, Reason};
use crate::roles::Role;
use crate::units::{Mbps, Permille};
use std::collections::{BTreeMap, BTreeSet};

/// One NIC of one node.
pub(in crate::reports) struct PortRow<'a> {
    /// Node index in the inventory.
    pub node_index: usize,
    /// The fact.
    pub nic: &'a Nic,
    /// ToR name, `direct: NODE/NIC` for a cable between nodes, or empty when unknown.
    pub tor: String,
    /// Uplink index in the plan; `None` = idle.
    pub uplink: Option<usize>,
    /// Load of that uplink on this node.
    pub load: Option<&'a UplinkLoad>,
    /// What it carries, in table order; empty = idle.
    pub roles: Vec<RoleOnPort<'a>>,
    /// Its use differs from today's.
    pub changed: bool,
    /// Why the node's NICs are dealt out this way.
    pub why: &'a str,
}

impl PortRow<'_> {
    /// Where its cable ends: the switch, or the node at the other end; empty when unknown.
    pub fn far_end(&self, cluster: &ClusterData) -> String {
        match &self.nic.direct_to {
            Some((node, _)) => cluster.node_name(*node).to_owned(),
            None => self.tor.clone(),
        }
    }
}

/// One role on one port.
pub(in crate::reports) struct RoleOnPort<'a> {
    pub role: Role,
    /// External network, for VM traffic; else empty.
    pub network: &'a str,
    /// Guaranteed share of the uplink under contention.
    pub share: Permille,
    /// Demand of the role on this uplink and node (of all its NICs together).
    pub demand: Mbps,
    /// VLANs that the port must carry for the role, joined with `;`.
    pub vlans: String,
    /// Why this network is there (VM traffic), else why the node's NICs are dealt out this way.
    pub why: &'a str,
}

/// Lookups shared by all rows of a cluster.
struct Joins<'a, 'v> {
    facts: &'a Cluster,
    plan: &'a ClusterPlan,
    loads: BTreeMap<(usize, usize), &'a UplinkLoad>,
    demands: BTreeMap<(usize, usize, Role), &'a RoleCapacity>,
    changed: BTreeSet<(usize, usize)>,
    network_vlans: &'v BTreeMap<&'a str, String>,
    host_vlans: Vlans,
}

/// One row per NIC of every node.
pub(super) fn rows<'a>(
    facts: &'a Cluster,
    plan: &'a ClusterPlan,
    recount: &'a Recount,
    network_vlans: &BTreeMap<&'a str, String>,
) -> Vec<PortRow<'a>> {
    let joins = Joins {
        facts,
        plan,
        loads: recount.uplinks.iter().map(|u| ((u.node, u.uplink), u)).collect(),
        demands: recount.roles.iter().map(|r| ((r.node, r.uplink, r.role), r)).collect(),
        changed: recount.changed_nics.iter().copied().collect(),
        network_vlans,
        host_vlans: Vlans::new(facts, plan),
    };
    let by_name: BTreeMap<&str, &NodePlan> = plan.nodes.iter().map(|n| (n.node.as_str(), n)).collect();
    let mut rows = Vec::new();
    for (index, node) in facts.nodes.iter().enumerate() {
        let decided = by_name.get(node.name.as_str()).copied();
        let why = pattern_reason(plan, &node.name);
        for (port, nic) in node.nics.iter().enumerate() {
            rows.push(joins.row(index, port, nic, decided, why));
        }
    }
    rows
}

impl<'a> Joins<'a, '_> {
    fn row(&self, node: usize, port: usize, nic: &'a Nic, decided: Option<&'a NodePlan>, why: &'a str) -> PortRow<'a> {
        let uplink = decided.and_then(|d| d.uplinks.iter().position(|u| u.nics.contains(&nic.name)));
        PortRow {
            node_index: node,
            nic,
            tor: self.tor(nic),
            uplink,
            load: uplink.and_then(|u| self.loads.get(&(node, u)).copied()),
            roles: uplink.map_or_else(Vec::new, |u| self.roles((node, port), u, decided, why)),
            changed: self.changed.contains(&(node, port)),
            why,
        }
    }

    fn tor(&self, nic: &Nic) -> String {
        match (&nic.direct_to, nic.tor.and_then(|t| self.facts.tors.get(t))) {
            (Some((node, port)), _) => {
                let name = self.facts.nodes.get(*node).map_or("", |n| n.name.as_str());
                format!("direct: {name}/{port}")
            }
            (None, Some(tor)) => tor.name.clone(),
            (None, None) => String::new(),
        }
    }

    fn roles(
        &self,
        (node, port): (usize, usize),
        uplink: usize,
        decided: Option<&'a NodePlan>,
        why: &'a str,
    ) -> Vec<RoleOnPort<'a>> {
        let Some(design) = self.plan.uplinks.get(uplink) else {
            return Vec::new();
        };
        let shares = decided
            .and_then(|d| d.uplinks.get(uplink))
            .map_or(&[][..], |u| &u.shares);
        let one = |role: &Role| {
            let network = if *role == Role::Vm {
                design.network.as_deref().unwrap_or("")
            } else {
                ""
            };
            RoleOnPort {
                role: *role,
                network,
                share: shares.iter().find(|s| s.role == *role).map_or(0, |s| s.permille),
                demand: self.demands.get(&(node, uplink, *role)).map_or(0, |r| r.demand),
                vlans: self.vlans(*role, network, (node, port)),
                why: network_reason(self.plan, network).unwrap_or(why),
            }
        };
        design.roles.iter().map(one).collect()
    }

    fn vlans(&self, role: Role, network: &str, (node, port): (usize, usize)) -> String {
        match role {
            Role::Vm => self.network_vlans.get(network).cloned().unwrap_or_default(),
            _ => {
                let vlan = self.host_vlans.of(role, node, port);
                vlan.map_or_else(String::new, |v| v.to_string())
            }
        }
    }
}

/// The reason for the pattern of a node: the one that names it, else one that names no node in particular.
fn pattern_reason<'a>(plan: &'a ClusterPlan, node: &str) -> &'a str {
    let patterns = || plan.reasons.iter().filter(|r| r.kind == "pattern");
    let names = |reason: &&Reason| reason.subject == node || reason.subject.split([' ', ',', ';']).any(|n| n == node);
    let general = |reason: &&Reason| reason.subject.is_empty() || reason.subject == plan.cluster;
    patterns()
        .find(names)
        .or_else(|| patterns().find(general))
        .map_or("", |r| &r.text)
}

fn network_reason<'a>(plan: &'a ClusterPlan, network: &str) -> Option<&'a str> {
    let about = |r: &&Reason| r.kind == "network" && r.subject == network;
    plan.reasons
        .iter()
        .find(about)
        .filter(|_| !network.is_empty())
        .map(|r| r.text.as_str())
}
