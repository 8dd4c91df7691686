//! Spoofing is on where nothing asks for it.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::nlb;
use crate::mac::spoofing::other_reason;

/// The rule.
pub static RULE: Rule = Rule {
    name: "spoofing-without-reason",
    severity: Severity::Warning,
    family: "mac",
    summary: "MAC address spoofing is on for a VM that is no NLB unicast member and names no other reason",
    risk: "the guest can take the address of any other machine in its VLAN and receive its traffic",
    source: "T. Joos, ADMIN magazine; Microsoft KB 4494444 (only unicast needs it)",
    page: include_str!("spoofing_without_reason.md"),
    columns: &[
        "vnics.spoofing",
        "vms.nlb_cluster",
        "vms.nlb_mode",
        "vms.nested_nat",
        "vms.nested_virtualization",
        "vms.spoofing_reason",
        "vms.vm",
    ],
    subject: "adapters of VMs",
    asks: &["vms.vm"],
    needs: &["vnics.spoofing"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(lookup::vnics(cluster).count());
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, vnic)| vnic.spoofing) {
        let needed = vm.nlb.as_ref().is_some_and(|n| nlb::needs(n.mode).spoofing);
        if needed || other_reason(vm).is_some() {
            continue;
        }
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} may send with any MAC address, and nothing says why"),
            subject,
            current: "spoofing on".to_owned(),
            expected: "spoofing off, or a reason in spoofing_reason (nested, appliance, carp)".to_owned(),
            fix: fixes::forbid_spoofing(cluster, vm, vnic),
            at: vec![
                report.at(vnic.origin, "spoofing"),
                report.at(vm.origin, "spoofing_reason"),
            ],
        });
    }
}
