//! An address of NLB on a VM that is no NLB member.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::nlb;

/// The rule.
pub static RULE: Rule = Rule {
    name: "reserved-mac-prefix",
    severity: Severity::Warning,
    family: "mac",
    hosts: Hosts::Any,
    summary: "a VM outside NLB has an address from the range in which NLB makes its cluster addresses",
    risk: "it can equal the address of an NLB cluster: its traffic reaches every member, or nobody",
    source: "Microsoft KB 4494444, Configure network to support NLB operation mode",
    page: include_str!("reserved_mac_prefix.md"),
    columns: &["vnics.mac", "vms.nlb_cluster", "vms.vm"],
    subject: "adapters of VMs outside NLB",
    asks: &["vms.vm"],
    needs: &["vnics.mac"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (vm, vnic) in lookup::vnics(cluster).filter(|(vm, _)| vm.nlb.is_none()) {
        report.look_at(1);
        let Some(mac) = vnic.mac.filter(|m| nlb::is_reserved(*m)) else {
            continue;
        };
        let planned = report.planned_static(&vm.name, &vnic.name).and_then(|p| p.planned);
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} has the address {mac}, which is one of NLB, but is in no NLB cluster"),
            subject,
            current: mac.to_string(),
            expected: planned.map_or("an address outside 02-BF, 03-BF and 01-00-5E-7F".to_owned(), |m| {
                m.to_string()
            }),
            fix: format!(
                "if the VM is a member, fill nlb_cluster of vms.csv; else {}",
                fixes::set_static_mac(cluster, vm, vnic, planned)
            ),
            at: vec![report.at(vnic.origin, "mac"), report.at(vm.origin, "nlb_cluster")],
        });
    }
}
