//! Two adapters of a node in one subnet.

use crate::checks::rules::adapters::{Adapter, adapters};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2016;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "adapters-share-subnet",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "two adapters of a node have addresses in one subnet",
    risk: "before 2016 the cluster uses one of them and ignores the other, also when the first one fails",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728); Simplified SMB Multichannel and Multi-NIC Cluster Networks",
    page: include_str!("adapters_share_subnet.md"),
    columns: &[
        "nics.addresses",
        "host_vnics.addresses",
        "nics.team",
        "nics.current_role",
        "clusters.storage",
        "clusters.profile",
    ],
    needs: &["nics.addresses|host_vnics.addresses"],
    leaves: Some("the subnets in which a node has addresses"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let all = adapters(node);
        for (position, first) in all.iter().enumerate() {
            for second in all
                .iter()
                .skip(position + 1)
                .filter(|second| is_fault(cluster, first, second))
            {
                found.add((first.name, second.name), node, report.at(second.origin, "addresses"));
            }
        }
    }
    // From 2016 on the cluster uses all adapters of a subnet.
    let (severity, note, way) = match cluster.profile.generation {
        WS2016.. => (
            Severity::Info,
            "fine for SMB, which finds both",
            "nothing where SMB alone uses them; else ",
        ),
        _ => (Severity::Error, "the cluster uses one of them alone", ""),
    };
    for ((first, second), places) in found {
        let fault = Fault {
            subject: second.to_owned(),
            message: format!(
                "{first} and {second} have addresses in one subnet on {}: {note}",
                places.nodes()
            ),
            current: "one subnet".to_owned(),
            expected: "a subnet of its own for each adapter".to_owned(),
            fix: format!(
                "{way}give {second} an address of another subnet on {} (or team both)",
                places.nodes()
            ),
            at: places.at,
        };
        report.add_as(severity, fault);
    }
}

/// Ports of one team show one address; paths of iSCSI may share a subnet, MPIO tells them apart and the cluster does not use them.
fn is_fault(cluster: &Cluster, first: &Adapter<'_>, second: &Adapter<'_>) -> bool {
    let teamed = !first.group.is_empty() && first.group == second.group;
    let iscsi = |adapter: &Adapter<'_>| cluster.iscsi() && adapter.roles == [Role::Storage];
    let others = second.subnets();
    let shared = first
        .subnets()
        .iter()
        .any(|subnet| others.iter().any(|other| subnet.overlaps(other)));
    shared && !teamed && !iscsi(first) && !iscsi(second)
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::assert_severities;
    use crate::finding::Severity;

    #[test]
    fn two_adapters_in_a_subnet_are_an_error_before_2016() {
        assert_severities(
            "adapters-share-subnet",
            &[
                ("2012r2", Severity::Error),
                ("2016", Severity::Info),
                ("2022", Severity::Info),
            ],
        );
    }
}
