//! Addresses that no adapter may have.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::{is_usable, nlb};
use crate::units::Mac;

/// The rule.
pub static RULE: Rule = Rule {
    name: "invalid-mac",
    severity: Severity::Error,
    family: "mac",
    hosts: Hosts::Any,
    summary: "an adapter has a MAC address that no adapter may have: multicast or broadcast",
    risk: "the VM does not start (Hyper-V-Worker event 12560), or nothing answers it",
    source: "IEEE 802: the lowest bit of the first byte marks group addresses",
    page: include_str!("invalid_mac.md"),
    columns: &["vnics.mac", "vnics.mac_type", "host_vnics.mac", "nics.mac"],
    subject: "adapters",
    asks: &["vnics.mac|host_vnics.mac|nics.mac"],
    needs: &["vnics.mac"],
    leaves: Some("addresses that somebody set by hand"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(lookup::vnics(cluster).count());
    for node in &cluster.nodes {
        report.look_at(node.nics.len() + node.host_vnics.len());
        let ports = node.nics.iter().map(|n| (&n.name, n.mac, n.origin));
        let host_vnics = node.host_vnics.iter().map(|v| (&v.name, v.mac, v.origin));
        for (name, mac, origin) in ports.chain(host_vnics) {
            let Some(mac) = mac.filter(|m| !m.is_unset() && !is_usable(*m)) else {
                continue;
            };
            report.add(Fault {
                subject: format!("{}/{name}", node.name),
                message: format!("{}/{name} has the address {mac}, which no adapter can have", node.name),
                current: mac.to_string(),
                expected: "a unicast address".to_owned(),
                fix: "correct the cell: it was mistyped or mangled on the way here".to_owned(),
                at: vec![report.at(origin, "mac")],
            });
        }
    }
    for (vm, vnic) in lookup::vnics(cluster) {
        let Some(mac) = vnic.mac.filter(|m| is_wrong(*m, vm.nlb.is_some())) else {
            continue;
        };
        let planned = report.planned_static(&vm.name, &vnic.name).and_then(|p| p.planned);
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} has the address {mac}, which no adapter may have"),
            subject,
            current: mac.to_string(),
            expected: planned.map_or("a unicast address".to_owned(), |m| m.to_string()),
            fix: fixes::set_static_mac(cluster, vm, vnic, planned),
            at: vec![report.at(vnic.origin, "mac")],
        });
    }
}

/// Addresses of NLB on other VMs are told by reserved-mac-prefix.
fn is_wrong(mac: Mac, in_nlb: bool) -> bool {
    !is_usable(mac) && (in_nlb || !nlb::is_reserved(mac))
}
