//! Nodes of 2008 R2 that are managed in different subnets.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::migration::wiring::Subnet;
use crate::profiles::WS2008R2;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "hosts-in-different-subnets-on-2008r2",
    severity: Severity::Error,
    family: "live-migration",
    summary: "the nodes of a 2008 R2 cluster have management addresses in different subnets",
    risk: "live migration between them is not supported: guests lose their connections",
    source: "Microsoft, Hyper-V Live Migration FAQ (Windows Server 2008 R2)",
    page: include_str!("hosts_in_different_subnets_on_2008r2.md"),
    columns: &["clusters.profile", "nics.addresses", "nics.current_role"],
    needs: &["nics.addresses", "nics.current_role"],
    versions: Versions::only(WS2008R2).because("later versions migrate between subnets"),
    leaves: Some("the addresses of adapters"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found: Vec<(&Node, &Nic, Subnet)> = Vec::new();
    for node in &cluster.nodes {
        let mut ports = node.nics.iter().filter(|nic| nic.roles.contains(&Role::Management));
        let port = ports.find_map(|nic| Some((nic, subnet(nic)?)));
        found.extend(port.map(|(nic, subnet)| (node, nic, subnet)));
    }
    let Some((first, _, wanted)) = found.first() else {
        return;
    };
    let apart: Vec<&(&Node, &Nic, Subnet)> = found.iter().filter(|(_, _, subnet)| subnet != wanted).collect();
    if apart.is_empty() {
        return;
    }
    let names: Vec<&str> = apart.iter().map(|(node, ..)| node.name.as_str()).collect();
    report.add(Fault {
        subject: lookup::list(&names),
        message: format!("{} is in another subnet than {}", first.name, lookup::list(&names)),
        current: "several subnets".to_owned(),
        expected: "one subnet for all nodes".to_owned(),
        fix: "bring all nodes into one subnet, or upgrade to 2012 or later".to_owned(),
        at: apart
            .iter()
            .map(|(_, nic, _)| report.at(nic.origin, "addresses"))
            .collect(),
    });
}

/// Subnet of a port's first IPv4 address that is written with its prefix length.
fn subnet(nic: &Nic) -> Option<Subnet> {
    let mut written = nic
        .addresses
        .iter()
        .filter(|text| text.contains('/') && !text.contains(':'));
    written.find_map(|text| Subnet::parse(text))
}
