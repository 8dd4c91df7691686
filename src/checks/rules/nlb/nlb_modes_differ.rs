//! Members of one NLB cluster in different modes.

use super::{members, names};
use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::nlb;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-modes-differ",
    severity: Severity::Error,
    family: "nlb",
    hosts: Hosts::Any,
    summary: "members of one NLB cluster have different operation modes",
    risk: "the members do not converge: each answers alone, and clients see a part of them",
    source: "Microsoft KB 4494444: all members use one operation mode",
    page: include_str!("nlb_modes_differ.md"),
    columns: &["vms.nlb_cluster", "vms.nlb_mode"],
    subject: "NLB clusters",
    asks: &["vms.nlb_cluster"],
    needs: &["vms.nlb_mode"],
    leaves: Some("the settings of NLB in the guests"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(members(cluster).len());
    for group in members(cluster).values() {
        let Some((_, first)) = group.first() else { continue };
        let others: Vec<_> = group.iter().filter(|(_, n)| n.mode != first.mode).copied().collect();
        let Some((vm, other)) = others.first() else { continue };
        let (mode, odd) = (nlb::mode_name(first.mode), nlb::mode_name(other.mode));
        report.add(Fault {
            subject: first.name.clone(),
            message: format!(
                "NLB cluster {}: {} {} not run in {mode} as the first member does",
                first.name,
                lookup::list(&names(&others)),
                if others.len() == 1 { "does" } else { "do" }
            ),
            current: format!("{}: {odd}", vm.name),
            expected: format!("one mode for all {} members", group.len()),
            fix: format!("in each member: NLB Manager, Cluster Properties, Cluster Parameters: {mode}"),
            at: others
                .iter()
                .chain(group.first())
                .map(|(vm, _)| report.at(vm.origin, "nlb_mode"))
                .collect(),
        });
    }
}
