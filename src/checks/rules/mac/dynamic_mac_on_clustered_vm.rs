//! Clustered VMs with dynamic addresses where the nodes have pools of their own.

use super::known_pool;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::units::count;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "dynamic-mac-on-clustered-vm",
    severity: Severity::Info,
    family: "mac",
    summary: "clustered VMs have dynamic MAC addresses, which change with the node they are started on",
    risk: "after a move and a restart the VM has another address; harmless for most, not for DHCP reservations, licences and NLB",
    source: "T. Joos, ADMIN magazine; B. Armstrong (2010)",
    page: include_str!("dynamic_mac_on_clustered_vm.md"),
    columns: &[
        "vnics.mac_type",
        "vms.possible_owners",
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "vms.vm",
    ],
    subject: "adapters of VMs that may run on several nodes",
    asks: &["vms.vm"],
    needs: &["vnics.mac_type"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(lookup::vnics(cluster).filter(|(vm, _)| lookup::is_mobile(vm)).count());
    if cluster.nodes.iter().any(|n| n.mac_pool.is_none()) {
        report.lacks("nodes.mac_pool_min");
    }
    let pools: BTreeSet<_> = cluster.nodes.iter().filter_map(known_pool).collect();
    if pools.len() < 2 || !report.knows("vnics.mac_type") {
        return;
    }
    let dynamic = lookup::vnics(cluster).filter(|(vm, vnic)| vnic.dynamic_mac && lookup::is_mobile(vm));
    let found: Vec<_> = dynamic.filter(|(vm, _)| vm.mac_bound.is_empty()).collect();
    if found.is_empty() {
        return;
    }
    let names: Vec<String> = found.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} of VMs that may run on several nodes: the address changes with the node the VM is started on ({})",
            count(found.len(), "dynamic adapter"),
            lookup::list(&names)
        ),
        current: "dynamic".to_owned(),
        expected: "dynamic where nothing knows the address, static elsewhere".to_owned(),
        fix: "say in mac_bound of vms.csv which VMs must keep their address and why; static_macs.csv then gives each a static one"
            .to_owned(),
        at: found.iter().map(|(_, vnic)| report.at(vnic.origin, "mac_type")).collect(),
    });
}
