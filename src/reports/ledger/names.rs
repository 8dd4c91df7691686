//! Names of nodes, VMs and adapters for the account of MAC addresses.
//!
//! In: positions. Out: text without anything that steers a terminal or breaks a line. Must not know: what is said about them.

use super::LedgerData;
use crate::inventory::{Cluster, Node, Vm, Vnic};
use crate::mac::cold_start::VnicAt;
use crate::mac::ledger::{Holder, Place};
use crate::mac::pools::Pool;
use crate::reports::show;
use crate::units::MacRange;

impl LedgerData<'_> {
    pub(super) fn cluster(&self, cluster: usize) -> Option<&Cluster> {
        self.inventory.clusters.get(cluster)
    }

    pub(super) fn cluster_name(&self, cluster: usize) -> &str {
        self.cluster(cluster).map_or("", |c| c.name.as_str())
    }

    pub(super) fn node(&self, cluster: usize, node: usize) -> Option<&Node> {
        self.cluster(cluster)?.nodes.get(node)
    }

    pub(super) fn node_name(&self, cluster: usize, node: usize) -> &str {
        self.node(cluster, node).map_or("", |n| n.name.as_str())
    }

    pub(super) fn vm(&self, cluster: usize, vm: usize) -> Option<&Vm> {
        self.cluster(cluster)?.vms.get(vm)
    }

    pub(super) fn vnic(&self, (cluster, vm, vnic): VnicAt) -> Option<(&Vm, &Vnic)> {
        let vm = self.vm(cluster, vm)?;
        Some((vm, vm.vnics.get(vnic)?))
    }

    /// ` (CLUSTER)` where there are several; for people.
    pub(super) fn of_cluster(&self, cluster: usize) -> String {
        if self.inventory.clusters.len() > 1 {
            format!(" ({})", show::printable(self.cluster_name(cluster)))
        } else {
            String::new()
        }
    }

    /// Nodes of one cluster in their order; runs of numbers are joined.
    pub(super) fn nodes(&self, cluster: usize, nodes: &[usize]) -> String {
        let names: Vec<&str> = nodes.iter().map(|n| self.node_name(cluster, *n)).collect();
        show::printable(&show::name_runs(&names, " to "))
    }

    /// Nodes of several clusters, given in inventory order, for people.
    pub(super) fn nodes_of_all(&self, nodes: &[(usize, usize)]) -> String {
        let groups = nodes.chunk_by(|a, b| a.0 == b.0).filter_map(|group| {
            let (cluster, _) = group.first()?;
            let own: Vec<usize> = group.iter().map(|(_, node)| *node).collect();
            Some(format!("{}{}", self.nodes(*cluster, &own), self.of_cluster(*cluster)))
        });
        groups.collect::<Vec<_>>().join(" and ")
    }

    /// What holds an address, for people.
    pub(super) fn holder(&self, holder: &Holder) -> String {
        let (kind, owner, adapter) = self.parts(holder);
        let text = show::printable(&format!("{kind} {owner}/{adapter}"));
        format!("{text}{}", self.of_cluster(holder.cluster))
    }

    /// Kind, owner and adapter of what holds an address.
    pub(super) fn parts(&self, holder: &Holder) -> (&'static str, &str, &str) {
        let node = |n: usize| self.node(holder.cluster, n);
        match holder.place {
            Place::Nic(n, i) => {
                let nic = node(n).and_then(|node| node.nics.get(i));
                (
                    "port",
                    self.node_name(holder.cluster, n),
                    nic.map_or("", |x| x.name.as_str()),
                )
            }
            Place::HostVnic(n, i) => {
                let vnic = node(n).and_then(|node| node.host_vnics.get(i));
                (
                    "host vNIC",
                    self.node_name(holder.cluster, n),
                    vnic.map_or("", |x| x.name.as_str()),
                )
            }
            Place::Vnic(v, i) => {
                let found = self.vnic((holder.cluster, v, i));
                found.map_or(("vNIC", "", ""), |(vm, vnic)| ("vNIC", &vm.name, &vnic.name))
            }
        }
    }
}

/// The address from which the default pool of a node is assumed; empty where its pool is known.
pub(super) fn assumed_from(node: &Node, pool: Option<Pool>) -> &str {
    if pool.is_some_and(|p| p.assumed) {
        node.management_ip.trim()
    } else {
        ""
    }
}

/// A range with both ends, whatever is wrong with it.
pub(super) fn range(range: MacRange) -> String {
    format!("{} .. {}", range.min, range.max)
}
