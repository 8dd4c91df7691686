//! Port mirroring with one end.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::profiles::WS2012;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "port-mirroring-unpaired",
    severity: Severity::Warning,
    family: "vnic",
    summary: "port mirroring has a source without a destination on the same switch and node, or the reverse",
    risk: "nothing is captured: an intrusion detection or a trace sees no packet and reports none",
    source: "Hyper-V Best Practices Analyzer, rules about port mirroring",
    page: include_str!("port_mirroring_unpaired.md"),
    columns: &["vnics.port_mirroring", "vnics.switch", "vms.node", "clusters.profile"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut places: BTreeMap<(usize, &str), Vec<(&Vm, &Vnic)>> = BTreeMap::new();
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, vnic)| !vnic.switch.is_empty()) {
        if let Some(host) = vm.host {
            places.entry((host, vnic.switch.as_str())).or_default().push((vm, vnic));
        }
    }
    for ((host, switch), adapters) in places {
        let Some((has, lacks)) = unpaired(&adapters) else {
            continue;
        };
        let found: Vec<_> = adapters
            .iter()
            .filter(|(_, vnic)| mirroring(vnic) == Some(has))
            .collect();
        let Some((vm, vnic)) = found.first() else { continue };
        let names: Vec<String> = found.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
        let node = cluster.nodes.get(host).map_or("", |node| node.name.as_str());
        report.add(Fault {
            subject: format!("{node}/{switch}"),
            message: format!(
                "{}: {has} of port mirroring on switch {switch} of {node}, without a {lacks} there",
                lookup::list(&names)
            ),
            current: format!("{has} alone"),
            expected: "source and destination on one switch of one node".to_owned(),
            fix: format!(
                "make the other end the {lacks} (Set-VMNetworkAdapter -PortMirroring {lacks}) and keep both VMs on one node; or {}",
                fixes::set_vnic(cluster, vm, vnic, "-PortMirroring None")
            ),
            at: found
                .iter()
                .map(|(_, vnic)| report.at(vnic.origin, "port_mirroring"))
                .collect(),
        });
    }
}

fn mirroring(vnic: &Vnic) -> Option<&str> {
    vnic.facts.text("port_mirroring")
}

/// The end that is there and the one that is not; `None` also while an adapter is there of which nothing is known.
fn unpaired(adapters: &[(&Vm, &Vnic)]) -> Option<(&'static str, &'static str)> {
    let any = |end: Option<&str>| adapters.iter().any(|(_, vnic)| mirroring(vnic) == end);
    match (any(Some("source")), any(Some("destination"))) {
        _ if any(None) => None,
        (true, false) => Some(("source", "destination")),
        (false, true) => Some(("destination", "source")),
        _ => None,
    }
}
