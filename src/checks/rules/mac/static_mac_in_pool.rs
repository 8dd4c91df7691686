//! A static address inside some host's dynamic pool.

use super::{known_pool, pool_location};
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::units::MacRange;

/// The rule.
pub static RULE: Rule = Rule {
    name: "static-mac-in-pool",
    severity: Severity::Warning,
    family: "mac",
    summary: "a static MAC address lies inside a host's dynamic pool",
    risk: "the host may give the same address to another VM: it only looks at the VMs it runs itself",
    source: "own derivation from Microsoft KB 2804678 (static addresses belong outside the range)",
    page: include_str!("static_mac_in_pool.md"),
    columns: &[
        "vnics.mac",
        "vnics.mac_type",
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "vms.vm",
    ],
    subject: "adapters of VMs",
    asks: &["vms.vm"],
    needs: &["vnics.mac", "vnics.mac_type", "nodes.mac_pool_min"],
    check,
    ..Rule::BASE
};

fn check(inventory: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let nodes = inventory.clusters.iter().flat_map(|c| &c.nodes);
    let pools: Vec<(MacRange, &Node)> = nodes.filter_map(|n| known_pool(n).map(|p| (p, n))).collect();
    report.look_at(lookup::vnics(cluster).count());
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, v)| !v.dynamic_mac) {
        let Some(mac) = vnic.mac else { continue };
        let Some((pool, node)) = pools.iter().find(|(p, _)| p.contains(mac)) else {
            continue;
        };
        let planned = report.planned_static(&vm.name, &vnic.name).and_then(|p| p.planned);
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!(
                "the static address {mac} of {subject} lies in the dynamic pool of {}",
                node.name
            ),
            subject,
            current: format!("{mac}, pool {}", fixes::range(*pool)),
            expected: planned.map_or("an address outside every pool".to_owned(), |m| m.to_string()),
            fix: fixes::set_static_mac(cluster, vm, vnic, planned),
            at: vec![report.at(vnic.origin, "mac"), pool_location(report, node)],
        });
    }
}
