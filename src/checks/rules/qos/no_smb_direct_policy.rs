//! Traffic classes without a policy for SMB Direct on a node with RDMA.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "no-smb-direct-policy",
    severity: Severity::Warning,
    family: "qos",
    summary: "a node with RDMA and traffic classes has no QoS policy for SMB Direct",
    risk: "RDMA traffic runs in the default class, without its share and without flow control",
    source: "Microsoft, Validate-DCB; Microsoft, New-NetQosPolicy, parameter NetDirectPortMatchCondition",
    page: include_str!("no_smb_direct_policy.md"),
    columns: &["nodes.qos_policies", "nodes.traffic_classes", "nics.rdma"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (node, _) in super::nodes_with_classes(cluster) {
        let Some(policies) = node.facts.classes("qos_policies") else {
            continue;
        };
        let has = policies.iter().any(|policy| super::plain(&policy.name) == "smbdirect");
        if !has && node.nics.iter().any(|nic| nic.rdma.on()) {
            found.add(
                (super::shown(policies), lookup::smb_priority(node)),
                node,
                report.at(node.origin, "qos_policies"),
            );
        }
    }
    for ((policies, priority), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("no QoS policy matches SMB Direct (port 445) on {}", places.nodes()),
            current: policies,
            expected: "a policy with -NetDirectPortMatchCondition 445".to_owned(),
            fix: format!(
                "on {}: New-NetQosPolicy -Name SMBDirect -NetDirectPortMatchCondition 445 -PriorityValue8021Action {priority}",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
