//! VMs that a drain saves and resumes instead of moving them live.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, VmPriority, VmState};
use crate::profiles::WS2012;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "quick-migration-in-drain",
    severity: Severity::Info,
    family: "host",
    summary: "a drain moves VMs of low priority by quick migration",
    risk: "their guests stand still while memory is written to disk and read again; sessions break",
    source: "Microsoft, Configuring how VMs are moved when a node is drained (MoveTypeThreshold)",
    page: include_str!("quick_migration_in_drain.md"),
    columns: &[
        "vms.priority",
        "vms.state",
        "vms.possible_owners",
        "clusters.move_type_threshold",
        "vms.clustered",
        "clusters.profile",
    ],
    subject: "running VMs that may move",
    asks: &["vms.priority"],
    versions: Versions::from(WS2012).because("2008 R2 has no drain and no priorities"),
    check,
    ..Rule::BASE
};

/// Priority below which Windows moves VMs by quick migration when nothing is set.
const DEFAULT_THRESHOLD: u64 = 2000;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let threshold = cluster.facts.number("move_type_threshold").unwrap_or(DEFAULT_THRESHOLD);
    let running = |vm: &&Vm| vm.state == VmState::Running && lookup::is_mobile(vm);
    let mobile: Vec<&Vm> = cluster.vms.iter().filter(running).collect();
    report.look_at(mobile.len());
    let vms: Vec<&Vm> = mobile.into_iter().filter(|vm| value(vm.priority) < threshold).collect();
    let Some(lowest) = vms.iter().map(|vm| value(vm.priority)).min() else {
        return;
    };
    let names: Vec<&str> = vms.iter().map(|vm| vm.name.as_str()).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("a drain saves and resumes {}: {}", count(vms.len(), "VM"), lookup::list(&names)),
        current: format!("priority below MoveTypeThreshold {threshold}: quick migration"),
        expected: "live migration, unless these guests may be interrupted".to_owned(),
        fix: format!(
            "Get-ClusterResourceType -Cluster {} -Name 'Virtual Machine' | Set-ClusterParameter -Name MoveTypeThreshold -Value {lowest}",
            cluster.argument()
        ),
        at: vms.iter().map(|vm| report.at(vm.origin, "priority")).collect(),
    });
}

/// Priority as the cluster counts it.
fn value(priority: VmPriority) -> u64 {
    match priority {
        VmPriority::High => 3000,
        VmPriority::Medium => 2000,
        VmPriority::Low => 1000,
        VmPriority::NoAutoStart => 0,
    }
}
