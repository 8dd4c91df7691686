//! One network for everything the cluster says.

use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "single-cluster-network",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "the nodes can reach each other over a single cluster network",
    risk: "when it fails, nodes remove each other (event 1135) and the VMs restart elsewhere",
    source: "Microsoft, Understanding Cluster Validation Tests: Network",
    page: include_str!("single_cluster_network.md"),
    columns: &["cluster_networks.network", "cluster_networks.cluster_use"],
    subject: "cluster networks of several nodes",
    asks: &["cluster_networks.network"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let usable: Vec<_> = cluster.networks.iter().filter(|n| n.cluster_use != Some(0)).collect();
    if cluster.nodes.len() < 2 {
        return;
    }
    report.look_at(cluster.networks.len());
    let [only] = usable.as_slice() else {
        let known = usable.iter().filter(|n| n.cluster_use.is_some()).count();
        if known < 2 && known < usable.len() {
            report.lacks("cluster_networks.cluster_use");
        }
        return;
    };
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("{} is the only network that the cluster may use", only.name),
        current: "1 network".to_owned(),
        expected: "2 networks or more, on different NICs".to_owned(),
        fix: "give cluster and CSV traffic a subnet of its own on another NIC of every node".to_owned(),
        at: vec![report.at(only.origin, "network")],
    });
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::inventory;
    use crate::checks::rules::{Question, Verdict, review_all};

    /// What came of the rule for networks with these uses.
    fn verdict(uses: &[&str]) -> Verdict {
        let networks: String = uses
            .iter()
            .enumerate()
            .map(|(n, used)| format!("C1,N{n},10.0.{n}.0/24,{used}\n"))
            .collect();
        let block = format!(
            "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
             file: cluster_networks\ncluster,network,subnet,cluster_use\n{networks}"
        );
        let outcomes = review_all(&inventory(&block), Question::default()).outcomes;
        let found = outcomes.into_iter().find(|o| o.rule.name == "single-cluster-network");
        found.map(|o| o.verdict).expect("every rule has an outcome")
    }

    #[test]
    fn two_networks_of_known_use_are_enough_and_fewer_leave_the_answer_open() {
        let open = Verdict::NotChecked(vec!["cluster_networks.cluster_use"]);
        assert_eq!(verdict(&["3", "1"]), Verdict::Passed);
        assert_eq!(verdict(&["3", "1", ""]), Verdict::Passed);
        assert_eq!(verdict(&["3", ""]), open);
        assert_eq!(verdict(&["3", "", ""]), open);
    }
}
