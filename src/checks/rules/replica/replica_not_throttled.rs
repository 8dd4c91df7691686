//! VMs are replicated, and no policy limits their traffic.

use super::replicated;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "replica-not-throttled",
    severity: Severity::Warning,
    family: "replica",
    summary: "VMs are replicated, and no policy limits their traffic",
    risk: "replication takes all of the line between the sites, and everything else on it waits",
    source: "Microsoft, Best Practices Analyzer for Hyper-V (configure a policy to throttle the replication traffic); New-NetQosPolicy",
    page: include_str!("replica_not_throttled.md"),
    columns: &["clusters.profile", "clusters.replica_throttled", "vms.replica"],
    asks: &["vms.replica"],
    versions: Versions::from(WS2012).because("Hyper-V Replica begins with 2012"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let vms = replicated(cluster);
    if vms.is_empty() || cluster.facts.yes("replica_throttled") != Some(false) {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} {} replicated, and no policy limits replication",
            count(vms.len(), "VM"),
            if vms.len() == 1 { "is" } else { "are" }
        ),
        current: "no policy".to_owned(),
        expected: "a policy on every node that limits port 80, 443 or 8080 of replication".to_owned(),
        fix: "on every node: New-NetQosPolicy -Name 'Replica' -IPDstPortMatchCondition <port of the replica server> -ThrottleRateActionBitsPerSecond <rate>".to_owned(),
        at: vec![report.at(cluster.origin, "replica_throttled")],
    });
}
