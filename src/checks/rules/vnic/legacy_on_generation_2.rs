//! A legacy adapter on a generation 2 VM.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "legacy-on-generation-2",
    severity: Severity::Error,
    family: "vnic",
    hosts: Hosts::Any,
    summary: "a generation 2 VM has a legacy adapter, which does not exist there",
    risk: "the VM cannot be built as written; a plan that counts on the adapter is wrong",
    source: "Microsoft, Should I create a generation 1 or 2 virtual machine",
    page: include_str!("legacy_on_generation_2.md"),
    columns: &["vnics.type", "vms.generation", "vms.vm"],
    subject: "adapters of VMs",
    asks: &["vms.vm"],
    needs: &["vms.generation", "vnics.type"],
    leaves: Some("the adapters of VMs"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(lookup::vnics(cluster).count());
    for (vm, vnic) in lookup::vnics(cluster).filter(|(vm, vnic)| vnic.legacy && vm.generation == 2) {
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} is a legacy adapter, but {} is a generation 2 VM", vm.name),
            subject,
            current: "legacy".to_owned(),
            expected: "synthetic (generation 2 boots from the network with it, too)".to_owned(),
            fix: "correct type in vnics.csv, or generation in vms.csv".to_owned(),
            at: vec![report.at(vnic.origin, "type"), report.at(vm.origin, "generation")],
        });
    }
}
