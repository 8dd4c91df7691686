//! A unicast member whose address may change.

use crate::checks::rules::mac::make_static;
use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::nlb;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-unicast-dynamic-mac",
    severity: Severity::Error,
    family: "nlb",
    hosts: Hosts::Any,
    summary: "an NLB unicast member has a dynamic MAC address",
    risk: "after a move and a restart the address is another and the member drops out of its NLB cluster",
    source: "Microsoft KB 4494444; T. Joos, ADMIN magazine",
    page: include_str!("nlb_unicast_dynamic_mac.md"),
    columns: &["vms.nlb_cluster", "vms.nlb_mode", "vnics.mac_type"],
    subject: "members of NLB clusters in unicast mode",
    asks: &["vms.nlb_cluster", "vnics.mac_type"],
    check,
    ..Rule::BASE
};

fn check(inventory: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(super::unicast(cluster).count());
    if !report.asks("vnics.mac_type") {
        return;
    }
    for (vm, member) in super::unicast(cluster) {
        let adapters: Vec<_> = nlb::adapters(vm).into_iter().filter_map(|i| vm.vnics.get(i)).collect();
        let Some(vnic) = adapters.first().filter(|_| adapters.iter().all(|v| v.dynamic_mac)) else {
            continue;
        };
        let planned = report.planned_static(&vm.name, &vnic.name).and_then(|p| p.planned);
        report.add(Fault {
            subject: lookup::vnic_name(vm, vnic),
            message: format!(
                "{} is a unicast member of NLB cluster {}, but its address is dynamic",
                vm.name, member.name
            ),
            current: "dynamic".to_owned(),
            expected: planned.map_or("static".to_owned(), |m| format!("static, {m}")),
            fix: make_static(inventory, cluster, report, (vm, vnic), planned),
            at: vec![report.at(vnic.origin, "mac_type"), report.at(vm.origin, "nlb_mode")],
        });
    }
}
