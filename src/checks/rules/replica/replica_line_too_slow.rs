//! More changes than the line to the replica site carries.

use super::replicated;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm};
use crate::profiles::WS2012;
use crate::units::show_mbps;

/// The rule.
pub static RULE: Rule = Rule {
    name: "replica-line-too-slow",
    severity: Severity::Warning,
    family: "replica",
    summary: "the replicated VMs change more than the line to the replica site carries",
    risk: "the replica lags further and further behind until replication has to start again from a full copy",
    source: "Microsoft, Hyper-V Replica Capacity Planner; Measure-VMReplication",
    page: include_str!("replica_line_too_slow.md"),
    columns: &[
        "clusters.profile",
        "clusters.replica_line_mbps",
        "vms.replica",
        "vms.replica_change_mbps",
    ],
    asks: &["vms.replica"],
    needs: &["clusters.replica_line_mbps", "vms.replica_change_mbps"],
    versions: Versions::from(WS2012).because("Hyper-V Replica begins with 2012"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let vms = replicated(cluster);
    let changes = |vm: &&Vm| vm.facts.number("replica_change_mbps");
    let sum = vms.iter().filter_map(changes).fold(0_u64, u64::saturating_add);
    let Some(line) = cluster.facts.number("replica_line_mbps").filter(|line| sum > *line) else {
        return;
    };
    let changing = vms.iter().filter(|vm| changes(vm).is_some());
    let mut at = vec![report.at(cluster.origin, "replica_line_mbps")];
    at.extend(changing.map(|vm| report.at(vm.origin, "replica_change_mbps")));
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "replicated VMs of {} change {} on average, and the line for replication carries {}",
            cluster.name,
            show_mbps(sum),
            show_mbps(line)
        ),
        current: format!("{} of changes", show_mbps(sum)),
        expected: format!("{} or less", show_mbps(line)),
        fix: "widen the line, replicate fewer VMs, or move page files and temporary data to disks that are not replicated".to_owned(),
        at,
    });
}
