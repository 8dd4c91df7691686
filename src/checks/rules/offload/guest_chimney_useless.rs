//! TCP chimney offload in guests of hosts that no longer offer it to them.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm};
use crate::profiles::WS2012;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "guest-chimney-useless",
    severity: Severity::Info,
    family: "offload",
    summary: "TCP chimney offload is enabled inside a VM, and hosts from 2012 on do not offer it to VMs",
    risk: "nothing is offloaded; who counts on it plans with processor time that is not there",
    source: "Microsoft, NDIS 6.30 backward compatibility (TCP chimney offload is not offered to VMs)",
    page: include_str!("guest_chimney_useless.md"),
    columns: &["vms.guest_chimney"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let enabled = |vm: &&Vm| vm.facts.text("guest_chimney") == Some("enabled");
    let vms: Vec<&Vm> = cluster.vms.iter().filter(enabled).collect();
    let Some(first) = vms.first() else { return };
    let names: Vec<&str> = vms.iter().map(|vm| vm.name.as_str()).collect();
    report.add(Fault {
        subject: first.name.clone(),
        message: format!(
            "TCP chimney offload is enabled inside {}, on hosts that do not offer it: {}",
            count(vms.len(), "VM"),
            lookup::list(&names)
        ),
        current: "enabled".to_owned(),
        expected: "disabled".to_owned(),
        fix: "in the guests: netsh int tcp set global chimney=disabled".to_owned(),
        at: vms.iter().map(|vm| report.at(vm.origin, "guest_chimney")).collect(),
    });
}
