//! DHCP on some adapters of a cluster network.

use crate::checks::rules::adapters::Adapter;
use crate::checks::rules::split::{note_unknown_networks, split_networks};
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "dhcp-mixed-with-static",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "a cluster network has adapters with DHCP and others with fixed addresses",
    risk: "the cluster treats a network as one or the other: the validation fails, and addresses of roles cannot be assigned",
    source: "Test-Cluster, Validate Cluster Network Configuration",
    page: include_str!("dhcp_mixed_with_static.md"),
    columns: &[
        "nics.dhcp",
        "host_vnics.dhcp",
        "nics.addresses",
        "host_vnics.addresses",
        "cluster_networks.subnet",
    ],
    needs: &["nics.dhcp|host_vnics.dhcp"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    note_unknown_networks(cluster, "dhcp", report);
    for split in split_networks(cluster, "dhcp") {
        let current = split.told("DHCP");
        report.add(Fault {
            subject: split.network.name.clone(),
            message: format!("in {} addresses come from two ways: {current}", split.network.name),
            current,
            expected: "all fixed, or all from DHCP".to_owned(),
            fix: fix(cluster, &split.on),
            at: split.places(report, "dhcp"),
        });
    }
}

fn fix(cluster: &Cluster, with: &[(&Node, Adapter<'_>)]) -> String {
    let Some((node, adapter)) = with.first() else {
        return String::new();
    };
    let more = if with.len() > 1 {
        "; so for the others with DHCP"
    } else {
        ""
    };
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {}: netsh interface ipv4 set address name=\"{}\" source=static with its address{more}",
            node.name, adapter.name
        );
    }
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(&adapter.alias));
    format!(
        "Set-NetIPInterface -CimSession {host} -InterfaceAlias {name} -Dhcp Disabled, and New-NetIPAddress with its address{more}"
    )
}
