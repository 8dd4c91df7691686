//! Minimum bandwidth in a cluster of Windows Server 2008 R2.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2008R2;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "minimum-bandwidth-on-2008-r2",
    severity: Severity::Error,
    family: "qos",
    summary: "adapters have a weight or minimum bandwidth, but Windows Server 2008 R2 has neither",
    risk: "nothing is guaranteed: the largest sender takes the link",
    source: "Microsoft TechNet Wiki, Hyper-V: networking in Windows Server 2008 R2 (9711)",
    page: include_str!("minimum_bandwidth_on_2008_r2.md"),
    columns: &[
        "host_vnics.weight",
        "host_vnics.minimum_mbps",
        "vnics.weight",
        "vnics.minimum_mbps",
    ],
    needs: &["host_vnics.weight|host_vnics.minimum_mbps|vnics.weight|vnics.minimum_mbps"],
    versions: Versions::only(WS2008R2),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let hosts = cluster.nodes.iter().flat_map(|node| &node.host_vnics);
    let hosts = hosts.map(|vnic| (vnic.name.clone(), vnic.weight, &vnic.facts, vnic.origin));
    let guests = lookup::vnics(cluster);
    let guests = guests.map(|(vm, vnic)| (lookup::vnic_name(vm, vnic), vnic.weight, &vnic.facts, vnic.origin));
    let mut names: Vec<String> = Vec::new();
    let mut at = Vec::new();
    for (name, weight, facts, origin) in hosts.chain(guests) {
        let weighted = weight.is_some_and(|weight| weight > 0);
        if weighted || facts.number("minimum_mbps").is_some_and(|minimum| minimum > 0) {
            at.push(report.at(origin, if weighted { "weight" } else { "minimum_mbps" }));
            names.push(name);
        }
    }
    if names.is_empty() {
        return;
    }
    names.sort();
    names.dedup();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "Windows Server 2008 R2 has no minimum bandwidth, but {} should have it",
            lookup::list(&names)
        ),
        current: format!("minimum bandwidth for {}", count(names.len(), "adapter")),
        expected: "none; a port of its own for what must not starve".to_owned(),
        fix: "give this traffic a port of its own, or put it on hosts with Windows Server 2012 or later".to_owned(),
        at,
    });
}
