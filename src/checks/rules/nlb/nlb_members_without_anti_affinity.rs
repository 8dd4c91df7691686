//! Members of one NLB cluster that may all end up on one node.

use super::{members, names};
use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nlb, Vm};
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-members-without-anti-affinity",
    severity: Severity::Warning,
    family: "nlb",
    hosts: Hosts::Any,
    summary: "nothing keeps the members of an NLB cluster on different nodes",
    risk: "one node's failure, or one drain that moves them together, takes the whole NLB cluster down",
    source: "workinghardinit (2014) on migrating NLB members together; own derivation",
    page: include_str!("nlb_members_without_anti_affinity.md"),
    columns: &["vms.nlb_cluster", "vms.anti_affinity", "vms.possible_owners"],
    subject: "NLB clusters",
    asks: &["vms.nlb_cluster", "vms.anti_affinity"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(members(cluster).len());
    if !report.asks("vms.anti_affinity") {
        return;
    }
    for group in members(cluster).values().filter(|g| may_meet(g) && !kept_apart(g)) {
        let Some((vm, nlb)) = group.first() else { continue };
        let import = if fixes::is_2008r2(cluster) {
            "Import-Module FailoverClusters; "
        } else {
            ""
        };
        let (own, vm_name, class) = (cluster.argument(), fixes::quoted(&vm.name), fixes::quoted(&nlb.name));
        report.add(Fault {
            subject: nlb.name.clone(),
            message: format!("{} of NLB cluster {} may run on one node together", lookup::list(&names(group)), nlb.name),
            current: "no common anti-affinity group".to_owned(),
            expected: "one anti-affinity group for all members".to_owned(),
            fix: format!(
                "for each member: {import}$class = New-Object System.Collections.Specialized.StringCollection; \
                 [void]$class.Add({class}); (Get-ClusterGroup -Cluster {own} -Name {vm_name}).AntiAffinityClassNames = $class"
            ),
            at: group.iter().map(|(vm, _)| report.at(vm.origin, "anti_affinity")).collect(),
        });
    }
}

/// Whether two members have a possible owner in common.
fn may_meet(group: &[(&Vm, &Nlb)]) -> bool {
    let mut owners: Vec<usize> = group.iter().flat_map(|(vm, _)| vm.owners.iter().copied()).collect();
    owners.sort_unstable();
    owners.windows(2).any(|pair| pair[0] == pair[1]) && group.iter().any(|(vm, _)| lookup::is_mobile(vm))
}

fn kept_apart(group: &[(&Vm, &Nlb)]) -> bool {
    let class = &group[0].0.anti_affinity;
    !class.is_empty() && group.iter().all(|(vm, _)| same_name(&vm.anti_affinity, class))
}
