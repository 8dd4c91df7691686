//! An adapter between the nodes that registers itself in DNS.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "private-adapter-registers-in-dns",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "an adapter for cluster, live-migration or storage traffic registers its address in DNS",
    risk: "the name of the node resolves to addresses that clients and administrators cannot reach",
    source: "Microsoft, Ask the Core Team (cluster networks); Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("private_adapter_registers_in_dns.md"),
    columns: &[
        "nics.dns_registration",
        "nics.current_role",
        "host_vnics.dns_registration",
        "host_vnics.role",
    ],
    needs: &["nics.dns_registration|host_vnics.dns_registration"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for adapter in adapters(node) {
            if adapter.is_private() && adapter.facts.yes("dns_registration") == Some(true) {
                found.add(
                    (adapter.name.to_owned(), adapter.alias.clone()),
                    node,
                    report.at(adapter.origin, "dns_registration"),
                );
            }
        }
    }
    for ((name, alias), places) in found {
        let fix = if fixes::is_2008r2(cluster) {
            format!(
                "netsh interface ipv4 set dnsservers \"{name}\" static none register=none on {}",
                places.nodes()
            )
        } else {
            format!(
                "Set-DnsClient -InterfaceAlias {} -RegisterThisConnectionsAddress $false on {}",
                fixes::quoted(&alias),
                places.nodes()
            )
        };
        report.add(Fault {
            subject: name.clone(),
            message: format!("{name} on {} registers its address in DNS", places.nodes()),
            current: "registered in DNS".to_owned(),
            expected: "only the management adapter is registered".to_owned(),
            fix,
            at: places.at,
        });
    }
}
