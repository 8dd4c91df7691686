//! VMs of a cluster are replicated, and the cluster has no Replica Broker.

use super::replicated;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "replica-without-broker",
    severity: Severity::Error,
    family: "replica",
    summary: "VMs of a cluster are replicated, and the cluster has no Replica Broker",
    risk: "after a VM moves to another node its replication stops until somebody sets it up again",
    source: "Microsoft, Best Practices Analyzer for Hyper-V (configure a failover cluster with the Hyper-V Replica Broker)",
    page: include_str!("replica_without_broker.md"),
    columns: &["clusters.profile", "clusters.replica_broker", "vms.replica"],
    asks: &["vms.replica"],
    versions: Versions::from(WS2012).because("Hyper-V Replica begins with 2012"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let vms = replicated(cluster);
    if vms.is_empty() || cluster.facts.yes("replica_broker") != Some(false) {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} of the cluster {} replicated, and there is no Hyper-V Replica Broker",
            count(vms.len(), "VM"),
            if vms.len() == 1 { "is" } else { "are" }
        ),
        current: "no broker".to_owned(),
        expected: "the role Hyper-V Replica Broker".to_owned(),
        fix: "add the role Hyper-V Replica Broker in Failover Cluster Manager (resource type Virtual Machine Replication Broker with a client access point), and name it as replica server".to_owned(),
        at: vec![report.at(cluster.origin, "replica_broker")],
    });
}
