//! A unicast member whose vNICs may not send with the cluster's address.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::nlb;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-unicast-without-spoofing",
    severity: Severity::Error,
    family: "nlb",
    summary: "an NLB unicast member has no adapter with MAC address spoofing on",
    risk: "the virtual switch drops everything the member sends with the cluster's address: NLB does not converge",
    source: "Microsoft KB 4494444; T. Joos, ADMIN magazine",
    page: include_str!("nlb_unicast_without_spoofing.md"),
    columns: &["vms.nlb_cluster", "vms.nlb_mode", "vnics.spoofing"],
    subject: "members of NLB clusters in unicast mode",
    asks: &["vms.nlb_cluster", "vnics.spoofing"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(super::unicast(cluster).count());
    if !report.asks("vnics.spoofing") {
        return;
    }
    for (vm, member) in super::unicast(cluster).filter(|(vm, _)| vm.vnics.iter().all(|v| !v.spoofing)) {
        let adapters = nlb::adapters(vm);
        let Some(vnic) = adapters.first().and_then(|i| vm.vnics.get(*i)) else {
            continue;
        };
        report.add(Fault {
            subject: lookup::vnic_name(vm, vnic),
            message: format!(
                "{} is a unicast member of NLB cluster {}, but spoofing is off",
                vm.name, member.name
            ),
            current: "spoofing off".to_owned(),
            expected: "spoofing on at the adapter of NLB".to_owned(),
            fix: fixes::allow_spoofing(cluster, vm, vnic),
            at: vec![report.at(vnic.origin, "spoofing"), report.at(vm.origin, "nlb_mode")],
        });
    }
}
