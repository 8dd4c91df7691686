//! iWARP and RoCE in one storage network.

use crate::checks::rules::places::{Alike, Places};
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Rdma};
use crate::roles::Role;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-technologies-mixed",
    severity: Severity::Error,
    family: "storage",
    summary: "some ports for storage use iWARP and others RoCE",
    risk: "the two do not understand each other: these nodes talk over TCP",
    source: "Microsoft, Validate-DCB; Microsoft, Test-Cluster, test Validate Switch Enabled Teaming Configurations",
    page: include_str!("rdma_technologies_mixed.md"),
    columns: &["nics.rdma", "nics.current_role"],
    needs: &["nics.rdma"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| nic.roles.contains(&Role::Storage)) {
            found.add(nic.rdma, node, report.at(nic.origin, "rdma"));
        }
    }
    let mut kinds: BTreeMap<Rdma, Places> = found.into_iter().collect();
    if let (Some(iwarp), Some(roce)) = (kinds.remove(&Rdma::Iwarp), kinds.remove(&Rdma::Roce)) {
        report.add(Fault {
            subject: cluster.name.clone(),
            message: format!("storage runs over iWARP on {} and over RoCE on {}", iwarp.nodes(), roce.nodes()),
            current: "iWARP and RoCE".to_owned(),
            expected: "one of them on all storage ports".to_owned(),
            fix: "set one technology on every storage port (advanced property *NetworkDirectTechnology), or change the cards".to_owned(),
            at: iwarp.at.into_iter().zip(roce.at).flat_map(|(a, b)| [a, b]).collect(),
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::review;
    use crate::checks::rules::tests::inventory;

    #[test]
    fn each_technology_is_told_of_the_nodes_that_have_it() {
        let message = |kinds: [&str; 3]| {
            let [a, b, c] = kinds;
            let facts = inventory(&format!(
                "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nHV3,C1\nfile: nics\nnode,nic,speed_mbps,current_role,rdma\n\
                 HV1,SMB1,25000,storage,{a}\nHV2,SMB1,25000,storage,{b}\nHV3,SMB1,25000,storage,{c}\n"
            ));
            let own = review(&facts).into_iter().find(|f| f.rule == "rdma-technologies-mixed");
            own.map(|f| f.message).expect("the finding")
        };
        assert_eq!(
            message(["roce", "roce", "iwarp"]),
            "storage runs over iWARP on HV3 and over RoCE on HV1 and HV2"
        );
        assert_eq!(
            message(["iwarp", "yes", "roce"]),
            "storage runs over iWARP on HV1 and over RoCE on HV3"
        );
    }
}
