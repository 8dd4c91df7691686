//! Dynamic addresses that change at the next cold start on the node that holds the VM.

use super::{known_pool, pool_location};
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, Vm, Vnic};
use crate::units::{Mac, MacRange, count};

/// The rule.
pub static RULE: Rule = Rule {
    name: "dynamic-mac-outside-pool",
    severity: Severity::Warning,
    family: "mac",
    summary: "VMs hold dynamic MAC addresses from outside the pool of the node they are on",
    risk: "each gets a new address when it is turned off and started here: DHCP reservations, licences, NLB and Linux interface names break",
    source: "B. Armstrong (2010) on when dynamic MAC addresses are regenerated",
    page: include_str!("dynamic_mac_outside_pool.md"),
    columns: &[
        "vnics.mac",
        "vnics.mac_type",
        "vms.node",
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "vms.vm",
    ],
    subject: "adapters of VMs",
    asks: &["vms.vm"],
    needs: &["vnics.mac", "vnics.mac_type", "vms.node"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(lookup::vnics(cluster).count());
    if cluster.nodes.iter().any(|n| n.mac_pool.is_none()) {
        report.lacks("nodes.mac_pool_min");
    }
    if !report.knows("vnics.mac_type") {
        return;
    }
    let mut outside: Vec<Vec<(&Vm, &Vnic, Mac)>> = vec![Vec::new(); cluster.nodes.len()];
    let pools: Vec<_> = cluster.nodes.iter().map(known_pool).collect();
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, v)| v.dynamic_mac) {
        let (Some(host), Some(mac)) = (vm.host, vnic.mac) else {
            continue;
        };
        let Some(Some(pool)) = pools.get(host) else { continue };
        if !pool.contains(mac) {
            outside[host].push((vm, vnic, mac));
        }
    }
    tell(cluster, report, &outside, &pools);
}

/// One finding for all nodes: there is one thing to do about it.
fn tell(cluster: &Cluster, report: &mut Report<'_>, outside: &[Vec<(&Vm, &Vnic, Mac)>], pools: &[Option<MacRange>]) {
    let all: Vec<&(&Vm, &Vnic, Mac)> = outside.iter().flatten().collect();
    let held = cluster
        .nodes
        .iter()
        .zip(outside)
        .zip(pools)
        .filter(|((_, found), _)| !found.is_empty());
    let held: Vec<(&Node, Option<MacRange>)> = held.map(|((node, _), pool)| (node, *pool)).collect();
    let (Some((vm, _, mac)), Some((first, Some(pool)))) = (all.first(), held.first()) else {
        return;
    };
    let nodes: Vec<&str> = held.iter().map(|(node, _)| node.name.as_str()).collect();
    let names: Vec<String> = all.iter().map(|(vm, vnic, _)| lookup::vnic_name(vm, vnic)).collect();
    let mut at: Vec<_> = all.iter().map(|(_, vnic, _)| report.at(vnic.origin, "mac")).collect();
    at.insert(1, pool_location(report, first));
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} on {} would get a new address at the next cold start there: {}",
            count(all.len(), "dynamic adapter"),
            lookup::list(&nodes),
            lookup::list(&names)
        ),
        current: format!("{}: {mac}; pool {}", vm.name, fixes::range(*pool)),
        expected: "static addresses for the VMs whose address must not change".to_owned(),
        fix: "say in mac_bound of vms.csv which of them must keep their address and why, and give those the static one of \
              static_macs.csv; the others need nothing"
            .to_owned(),
        at,
    });
}
