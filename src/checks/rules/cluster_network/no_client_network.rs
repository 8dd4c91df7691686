//! No network over which clients may reach the cluster.

use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "no-client-network",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "no cluster network has cluster use 3 (cluster and client)",
    risk: "the cluster name has no network to come online on: the cluster cannot be managed by its name",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("no_client_network.md"),
    columns: &[
        "cluster_networks.cluster_use",
        "cluster_networks.purpose",
        "cluster_networks.network",
    ],
    subject: "cluster networks",
    asks: &["cluster_networks.network"],
    leaves: Some("the use of cluster networks"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let networks = &cluster.networks;
    report.look_at(networks.len());
    if networks.is_empty() || networks.iter().any(|n| n.cluster_use == Some(3)) {
        return;
    }
    if networks.iter().any(|n| n.cluster_use.is_none()) {
        return report.lacks("cluster_networks.cluster_use");
    }
    let management = networks
        .iter()
        .find(|n| n.purpose == Some(Role::Management))
        .unwrap_or(&networks[0]);
    report.add(Fault {
        subject: cluster.name.clone(),
        message: "clients may use none of the cluster networks".to_owned(),
        current: "cluster use 0 or 1 everywhere".to_owned(),
        expected: "cluster use 3 on the management network".to_owned(),
        fix: fixes::set_cluster_use(cluster, management, 3),
        at: networks.iter().map(|n| report.at(n.origin, "cluster_use")).collect(),
    });
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::inventory;
    use crate::checks::rules::{Question, Verdict, review_all};

    #[test]
    fn a_network_of_unknown_use_may_be_the_one_for_clients() {
        let block = "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\n\
             file: cluster_networks\ncluster,network,subnet,cluster_use\nC1,N1,10.0.1.0/24,1\nC1,N2,10.0.2.0/24,\n";
        let outcomes = review_all(&inventory(block), Question::default()).outcomes;
        let found = outcomes.into_iter().find(|o| o.rule.name == "no-client-network");
        let open = Verdict::NotChecked(vec!["cluster_networks.cluster_use"]);
        assert_eq!(found.map(|o| o.verdict), Some(open));
    }
}
