//! Adapters with a VLAN and an isolation mode.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Facts, Inventory};
use crate::profiles::WS2012R2;

/// The rule.
pub static RULE: Rule = Rule {
    name: "vlan-and-isolation-both-set",
    severity: Severity::Warning,
    family: "vlan",
    summary: "adapters have a VLAN and an isolation mode as well",
    risk: "the two settings write the same tag: the one written last counts, and the next change undoes it",
    source: "Microsoft, Set-VMNetworkAdapterIsolation; Network considerations for cloud deployments of Azure Local",
    page: include_str!("vlan_and_isolation_both_set.md"),
    columns: &[
        "vnics.vlans",
        "vnics.isolation_mode",
        "host_vnics.vlan",
        "host_vnics.isolation_mode",
        "clusters.profile",
    ],
    needs: &["vnics.isolation_mode|host_vnics.isolation_mode"],
    versions: Versions::from(WS2012R2),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found: Vec<(String, Location, String)> = Vec::new();
    for node in &cluster.nodes {
        let both = node
            .host_vnics
            .iter()
            .filter(|v| v.vlan.is_some() && is_isolated(&v.facts));
        found.extend(both.map(|v| {
            let fix = format!(
                "Set-VMNetworkAdapterVlan -ComputerName {} -ManagementOS -VMNetworkAdapterName {} -Untagged",
                fixes::quoted(&node.name),
                fixes::quoted(&v.name)
            );
            (
                format!("{}/{}", node.name, v.name),
                report.at(v.origin, "isolation_mode"),
                fix,
            )
        }));
    }
    let both = lookup::vnics(cluster).filter(|(_, vnic)| !vnic.vlans.is_empty() && is_isolated(&vnic.facts));
    found.extend(both.map(|(vm, vnic)| {
        let fix = format!(
            "Set-VMNetworkAdapterVlan{} -VMName {} -VMNetworkAdapterName {} -Untagged",
            fixes::on_host(cluster, vm),
            fixes::quoted(&vm.name),
            fixes::quoted(&vnic.name)
        );
        let name = lookup::vnic_name(vm, vnic);
        (name, report.at(vnic.origin, "isolation_mode"), fix)
    }));
    add(cluster, report, &found);
}

fn is_isolated(facts: &Facts) -> bool {
    facts.text("isolation_mode").is_some_and(|mode| mode != "none")
}

fn add(cluster: &Cluster, report: &mut Report<'_>, found: &[(String, Location, String)]) {
    let Some((_, _, fix)) = found.first() else { return };
    let names: Vec<&str> = found.iter().map(|(name, ..)| name.as_str()).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} both a VLAN and an isolation mode: {}",
            if names.len() == 1 {
                "an adapter has"
            } else {
                "adapters have"
            },
            lookup::list(&names)
        ),
        current: "VLAN and isolation".to_owned(),
        expected: "one of them".to_owned(),
        fix: format!(
            "keep the isolation and take the VLAN away: {fix}; or Set-VMNetworkAdapterIsolation -IsolationMode None"
        ),
        at: found.iter().map(|(_, at, _)| at.clone()).collect(),
    });
}
