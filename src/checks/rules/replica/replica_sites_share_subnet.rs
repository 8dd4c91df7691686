//! Replica networks of both sites in one subnet.

use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::migration::wiring::Subnet;
use crate::profiles::WS2012;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "replica-sites-share-subnet",
    severity: Severity::Warning,
    family: "replica",
    summary: "the network for replication and the replica servers are in one subnet, so no route can pin the traffic to its NIC",
    risk: "replication leaves through whatever NIC Windows likes, mostly management",
    source: "Microsoft, Network recommendations for a Hyper-V cluster (isolate traffic on the replica network)",
    page: include_str!("replica_sites_share_subnet.md"),
    columns: &[
        "cluster_networks.purpose",
        "cluster_networks.subnet",
        "clusters.profile",
        "clusters.replica_subnet",
    ],
    needs: &[
        "clusters.replica_subnet",
        "cluster_networks.subnet",
        "cluster_networks.purpose",
    ],
    versions: Versions::from(WS2012).because("Hyper-V Replica begins with 2012"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let Some(other) = cluster.facts.text("replica_subnet").and_then(Subnet::parse) else {
        return;
    };
    for network in cluster
        .networks
        .iter()
        .filter(|network| network.purpose == Some(Role::Replica))
    {
        if Subnet::parse(&network.subnet).is_some_and(|own| own.overlaps(&other)) {
            let theirs = cluster.facts.text("replica_subnet").unwrap_or_default();
            report.add(Fault {
                subject: network.name.clone(),
                message: format!("{} ({}) and the replica servers ({theirs}) are in one subnet", network.name, network.subnet),
                current: network.subnet.clone(),
                expected: "another subnet at each site, and a route to the other".to_owned(),
                fix: "give the replica network of one site another subnet, then on every node: New-NetRoute -DestinationPrefix \
                      <the other subnet> -InterfaceAlias <replica NIC> -NextHop <gateway>"
                    .to_owned(),
                at: vec![report.at(network.origin, "subnet"), report.at(cluster.origin, "replica_subnet")],
            });
        }
    }
}
