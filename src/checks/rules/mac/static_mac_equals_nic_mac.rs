//! A VM was given the address of a physical port.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::ledger::{Place, holders_of};

/// The rule.
pub static RULE: Rule = Rule {
    name: "static-mac-equals-nic-mac",
    severity: Severity::Error,
    family: "mac",
    hosts: Hosts::Any,
    summary: "a VM's static MAC address is that of a physical port",
    risk: "host and VM answer to one address: the VM, or management of the host, is cut off at times",
    source: "own derivation from IEEE 802: an address belongs to one station",
    page: include_str!("static_mac_equals_nic_mac.md"),
    columns: &["vnics.mac", "vnics.mac_type", "nics.mac", "vms.vm"],
    subject: "adapters of VMs",
    asks: &["vms.vm"],
    needs: &["vnics.mac", "vnics.mac_type", "nics.mac"],
    leaves: Some("addresses that somebody set by hand"),
    check,
    ..Rule::BASE
};

fn check(inventory: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let ledger = report.ledger();
    report.look_at(lookup::vnics(cluster).count());
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, v)| !v.dynamic_mac) {
        let Some(mac) = vnic.mac else {
            continue;
        };
        let port = holders_of(ledger, mac).iter().find_map(|h| match h.place {
            Place::Nic(n, i) => Some((&inventory.clusters[h.cluster].nodes[n], i)),
            _ => None,
        });
        let Some((node, nic)) = port else { continue };
        let planned = report.planned_static(&vm.name, &vnic.name).and_then(|p| p.planned);
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!(
                "{subject} has the address {mac} of port {}/{}",
                node.name, node.nics[nic].name
            ),
            subject,
            current: mac.to_string(),
            expected: planned.map_or("an address of its own".to_owned(), |m| m.to_string()),
            fix: fixes::set_static_mac(cluster, vm, vnic, planned),
            at: vec![report.at(vnic.origin, "mac"), report.at(node.nics[nic].origin, "mac")],
        });
    }
}
