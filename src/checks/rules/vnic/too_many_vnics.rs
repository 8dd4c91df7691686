//! A VM with more adapters than its Windows version allows.

use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm};
use crate::profiles::WS2019;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-vnics",
    severity: Severity::Error,
    family: "vnic",
    hosts: Hosts::Any,
    summary: "a VM has more network adapters than Hyper-V allows",
    risk: "the adapters above the limit cannot be added; a plan that counts on them is wrong",
    source: "Microsoft, Hyper-V maximum scale limits",
    page: include_str!("too_many_vnics.md"),
    columns: &["vnics.vm", "vnics.type", "vms.generation", "clusters.profile"],
    needs: &["vnics.vm"],
    leaves: Some("the adapters of VMs"),
    check,
    ..Rule::BASE
};

/// Synthetic adapters of a VM.
const SYNTHETIC: usize = 8;
/// Synthetic adapters of a generation 2 VM from 2019 on.
const SYNTHETIC_2019: usize = 64;
/// Legacy adapters of a generation 1 VM.
const LEGACY: usize = 4;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for vm in &cluster.vms {
        let legacy = vm.vnics.iter().filter(|vnic| vnic.legacy).count();
        let synthetic = vm.vnics.len() - legacy;
        let counts = [
            (synthetic, most_synthetic(cluster, vm, report), "synthetic"),
            (legacy, LEGACY, "legacy"),
        ];
        for (found, most, kind) in counts.into_iter().filter(|(found, most, _)| found > most) {
            let extra = vm
                .vnics
                .iter()
                .filter(|vnic| vnic.legacy == (kind == "legacy"))
                .skip(most);
            report.add(Fault {
                subject: vm.name.clone(),
                message: format!("{} has {found} {kind} adapters; {most} are allowed", vm.name),
                current: count(found, &format!("{kind} adapter")),
                expected: format!("at most {most}"),
                fix: "remove adapters; one adapter can carry several VLANs (trunk mode, from 2012)".to_owned(),
                at: extra.map(|vnic| report.at(vnic.origin, "vm")).collect(),
            });
        }
    }
}

/// Where the generation is not known, the higher limit counts.
fn most_synthetic(cluster: &Cluster, vm: &Vm, report: &Report<'_>) -> usize {
    let may_be_2 = vm.generation == 2 || !report.knows("vms.generation");
    if cluster.profile.generation >= WS2019 && may_be_2 {
        SYNTHETIC_2019
    } else {
        SYNTHETIC
    }
}
