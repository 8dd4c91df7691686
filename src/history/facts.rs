//! What an inventory adds to past migrations: memory of the VM, speed of the nodes, transport.
//!
//! In: rows and an inventory. Out: the same rows with fewer blanks. It is the inventory of today; where it does not say a
//! value, the cell stays blank. Must not know: events.

use super::Row;
use crate::inventory::{Cluster, DEFAULT_MEMORY_MIB, Inventory, Node, Vm};
use crate::roles::Role;
use crate::units::{Mbps, MiB, host_label, same_name};

/// Fills in what the inventory says.
pub(super) fn add(rows: &mut [Row], inventory: &Inventory) {
    for row in rows {
        let source = row.source.as_deref().and_then(|name| find_node(inventory, name));
        let target = row.target.as_deref().and_then(|name| find_node(inventory, name));
        row.source_mbps = source.and_then(|(_, node)| speed(node));
        row.target_mbps = target.and_then(|(_, node)| speed(node));
        let Some((cluster, _)) = source.or(target) else {
            continue;
        };
        let vm = cluster.vms.iter().find(|vm| same_name(&vm.name, &row.vm));
        row.memory_mib = vm.and_then(|vm| memory(inventory, cluster, vm));
        row.transport = cluster.transport.map(|transport| transport.name());
    }
}

/// The only node of that name, short or full.
fn find_node<'a>(inventory: &'a Inventory, name: &str) -> Option<(&'a Cluster, &'a Node)> {
    let mut nodes = inventory
        .clusters
        .iter()
        .flat_map(|cluster| cluster.nodes.iter().map(move |node| (cluster, node)))
        .filter(|(_, node)| host_label(&node.name) == host_label(name));
    let found = nodes.next()?;
    nodes.next().is_none().then_some(found)
}

/// Speed of the node's only live-migration port. Of several ports a migration may use one or all, so they say nothing.
fn speed(node: &Node) -> Option<Mbps> {
    let mut ports = node.nics.iter().filter(|nic| nic.roles.contains(&Role::LiveMigration));
    let port = ports.next()?;
    ports.next().is_none().then_some(port.speed)
}

/// The VM's memory, unless it may be the default that stands for a blank cell.
fn memory(inventory: &Inventory, cluster: &Cluster, vm: &Vm) -> Option<MiB> {
    let some_are_assumed = inventory
        .assumptions
        .iter()
        .any(|a| a.cluster == cluster.name && a.missing.starts_with("memory of") && a.missing.ends_with("VMs"));
    (vm.memory_mib != DEFAULT_MEMORY_MIB || !some_are_assumed).then_some(vm.memory_mib)
}
