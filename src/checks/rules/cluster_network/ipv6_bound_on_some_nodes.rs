//! IPv6 on some adapters of a cluster network.

use crate::checks::rules::adapters::Adapter;
use crate::checks::rules::split::{note_unknown_networks, split_networks};
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "ipv6-bound-on-some-nodes",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "IPv6 is bound to some adapters of a cluster network and not to others",
    risk: "nodes reach each other over IPv6 in one direction only, the cluster falls back to IPv4 after waiting, and the validation complains",
    source: "Test-Cluster, Validate IP Configuration",
    page: include_str!("ipv6_bound_on_some_nodes.md"),
    columns: &[
        "nics.ipv6_bound",
        "host_vnics.ipv6_bound",
        "nics.addresses",
        "host_vnics.addresses",
        "cluster_networks.subnet",
    ],
    needs: &["nics.ipv6_bound|host_vnics.ipv6_bound"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    note_unknown_networks(cluster, "ipv6_bound", report);
    for split in split_networks(cluster, "ipv6_bound") {
        let current = split.told("IPv6");
        report.add(Fault {
            subject: split.network.name.clone(),
            message: format!("in {} the IP versions differ: {current}", split.network.name),
            current,
            expected: "IPv6 on all of them (Microsoft tests Windows with it), or on none".to_owned(),
            fix: fix(cluster, &split.off),
            at: split.places(report, "ipv6_bound"),
        });
    }
}

fn fix(cluster: &Cluster, without: &[(&Node, Adapter<'_>)]) -> String {
    let Some((node, adapter)) = without.first() else {
        return String::new();
    };
    let more = if without.len() > 1 {
        "; so for the others without it"
    } else {
        ""
    };
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {}: tick Internet Protocol Version 6 in the properties of {} (Server Core: nvspbind /e \"{}\" ms_tcpip6){more}",
            node.name, adapter.name, adapter.name
        );
    }
    let (host, name) = (fixes::quoted(&node.name), fixes::quoted(&adapter.alias));
    format!("Enable-NetAdapterBinding -CimSession {host} -Name {name} -ComponentID ms_tcpip6{more}")
}
