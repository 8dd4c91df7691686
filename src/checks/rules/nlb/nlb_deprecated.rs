//! NLB on Windows Server 2025.

use super::{members, names};
use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2025;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-deprecated",
    severity: Severity::Warning,
    family: "nlb",
    hosts: Hosts::Any,
    summary: "NLB is used on Windows Server 2025, where it is deprecated",
    risk: "it still works, but a later version may come without it",
    source: "Microsoft, Features removed or no longer developed in Windows Server 2025",
    page: include_str!("nlb_deprecated.md"),
    columns: &["clusters.profile", "vms.nlb_cluster"],
    subject: "NLB clusters",
    asks: &["vms.nlb_cluster"],
    versions: Versions::only(WS2025).because("NLB is deprecated from Windows Server 2025"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(members(cluster).len());
    for group in members(cluster).values() {
        let Some((_, member)) = group.first() else { continue };
        report.add(Fault {
            subject: member.name.clone(),
            message: format!(
                "NLB cluster {} ({}) uses a deprecated feature",
                member.name,
                lookup::list(&names(group))
            ),
            current: "NLB".to_owned(),
            expected: "Software Load Balancer, or a load balancer of its own".to_owned(),
            fix: "plan the move to Software Load Balancer (SDN) or another load balancer before the next upgrade"
                .to_owned(),
            at: group
                .iter()
                .map(|(vm, _)| report.at(vm.origin, "nlb_cluster"))
                .collect(),
        });
    }
}
