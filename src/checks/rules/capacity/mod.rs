//! Rules about sizes: limits of the Windows version, and room for the VMs of a lost node.

mod anti_affinity_broken_by_node_loss;
mod infrastructure_pool_holds_node;
mod infrastructure_pool_wrong_size;
mod no_failover_memory;
mod redundant_vms_on_one_node;
mod too_many_nodes;
mod too_many_vms;
mod too_many_vms_after_node_loss;
mod too_many_vms_per_node;
mod vms_without_home_after_node_loss;

use super::{Fault, Report, Rule, lookup};
use crate::checks::recount::NodeLoss;
use crate::inventory::Cluster;
use std::net::Ipv4Addr;

/// The family.
pub static RULES: &[&Rule] = &[
    &anti_affinity_broken_by_node_loss::RULE,
    &infrastructure_pool_holds_node::RULE,
    &infrastructure_pool_wrong_size::RULE,
    &no_failover_memory::RULE,
    &redundant_vms_on_one_node::RULE,
    &too_many_nodes::RULE,
    &too_many_vms::RULE,
    &too_many_vms_after_node_loss::RULE,
    &too_many_vms_per_node::RULE,
    &vms_without_home_after_node_loss::RULE,
];

/// What a rule about the loss of a node says of its VMs.
struct Words {
    current: &'static str,
    expected: &'static str,
    /// Column of `vms` that the finding points at.
    column: &'static str,
}

/// One finding for each node whose loss does something to these VMs; `of` gives them with the sentence about them.
fn tell_losses(cluster: &Cluster, report: &mut Report<'_>, words: &Words, of: fn(&NodeLoss) -> (&[usize], &str)) {
    if cluster.nodes.len() < 2 {
        return;
    }
    report.look_at(cluster.nodes.len());
    for (node, loss) in report.losses().iter().enumerate() {
        let (vms, why) = of(loss);
        let Some(first) = vms.first() else { continue };
        let name = &cluster.nodes[node].name;
        report.add(Fault {
            subject: name.clone(),
            message: format!("if {name} fails, {why}"),
            current: words.current.to_owned(),
            expected: words.expected.to_owned(),
            fix: more_room(cluster, *first, node),
            at: vms
                .iter()
                .map(|vm| report.at(cluster.vms[*vm].origin, words.column))
                .collect(),
        });
    }
}

/// What lets a VM run on more nodes than now, after the loss of a node.
fn more_room(cluster: &Cluster, vm: usize, lost: usize) -> String {
    let guest = &cluster.vms[vm];
    let closed = |node: &usize| *node != lost && !guest.owners.contains(node);
    let closed: Vec<&str> = (0..cluster.nodes.len())
        .filter(closed)
        .map(|node| cluster.nodes[node].name.as_str())
        .collect();
    let vm = &guest.name;
    if closed.is_empty() {
        return format!("free or add memory on a node that may take {vm}, or move another VM away from it");
    }
    // Elsewhere it would not meet the VMs it talks to.
    let inside = guest.vnics.iter().find(|vnic| vnic.isolated && !vnic.switch.is_empty());
    let first = inside.map_or_else(String::new, |vnic| {
        format!(
            "first give {vm} a VLAN of its own on an external switch in place of {}, which ends at its host; then ",
            vnic.switch
        )
    });
    let owners = match closed.as_slice() {
        [one] => format!("{one} a possible owner"),
        _ => format!("{} possible owners", lookup::list(&closed)),
    };
    format!(
        "{first}make {owners} of {vm}, too (Failover Cluster Manager: the VM's resource, Properties, Advanced Policies), or free memory on the \
         other nodes"
    )
}

/// First and last address of the pool that Azure Local takes for its infrastructure; `None` where it is not known or not two
/// IPv4 addresses with a hyphen between them.
fn pool(cluster: &Cluster) -> Option<(Ipv4Addr, Ipv4Addr)> {
    let (first, last) = cluster.facts.text("infrastructure_ip_pool")?.split_once('-')?;
    Some((first.trim().parse().ok()?, last.trim().parse().ok()?))
}
