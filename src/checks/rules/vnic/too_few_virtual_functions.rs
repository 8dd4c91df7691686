//! More adapters ask for SR-IOV than the ports of their switch have virtual functions.

use super::short_of;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup, vswitch};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-few-virtual-functions",
    severity: Severity::Warning,
    family: "vnic",
    summary: "more adapters on a switch ask for SR-IOV than its ports have virtual functions",
    risk: "those that come last, often after a migration, run over the virtual switch and load the CPU",
    source: "Hyper-V Best Practices Analyzer, \"Ensure that sufficient virtual functions are available\"",
    page: include_str!("too_few_virtual_functions.md"),
    columns: &[
        "nics.virtual_functions",
        "vnics.iov_weight",
        "vnics.switch",
        "vms.node",
        "vms.state",
        "clusters.profile",
    ],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (switch, short) in short_of(cluster, "iov_weight", "virtual_functions") {
        let Some(first) = short.first() else { continue };
        let names: Vec<&str> = short.iter().map(|s| s.node.name.as_str()).collect();
        let ports = short.iter().flat_map(|s| vswitch::bound(s.node, switch));
        let nics: Vec<String> = vswitch::bound(first.node, switch)
            .map(|nic| fixes::quoted(&nic.name))
            .collect();
        report.add(Fault {
            subject: switch.to_owned(),
            message: format!(
                "more adapters ask for SR-IOV on switch {switch} than its ports have virtual functions: {}",
                lookup::list(&names)
            ),
            current: format!("{}: {} asked, {} offered", first.node.name, first.asked, first.offered),
            expected: format!("at least {} virtual functions", first.asked),
            fix: format!(
                "Set-NetAdapterSriov -CimSession {} -Name {} -NumVFs {} as far as the card has them (Get-NetAdapterSriov), or \
                 Set-VMNetworkAdapter -IovWeight 0 for the adapters that need it least",
                fixes::quoted(&first.node.name),
                nics.join(","),
                first.asked.div_ceil(nics.len().max(1) as u64)
            ),
            at: ports.map(|nic| report.at(nic.origin, "virtual_functions")).collect(),
        });
    }
}
