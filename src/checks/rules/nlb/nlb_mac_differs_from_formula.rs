//! A member uses another cluster address than its mode and cluster IP give.

use super::members;
use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::nlb;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-mac-differs-from-formula",
    severity: Severity::Warning,
    family: "nlb",
    hosts: Hosts::Any,
    summary: "the cluster MAC address of an NLB member is not the one of its mode and cluster IP",
    risk: "the member was set up for another mode or address: it does not receive what is sent to the cluster",
    source: "Microsoft KB 4494444: cluster MAC address by mode; nlb.exe ip2mac",
    page: include_str!("nlb_mac_differs_from_formula.md"),
    columns: &["vms.nlb_mac", "vms.nlb_ip", "vms.nlb_mode", "vms.nlb_cluster"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for group in members(cluster).values() {
        let mut addressed = group.iter().filter(|(vm, _)| vm.facts.mac("nlb_mac").is_some());
        if addressed.any(|(_, member)| member.vip.is_none()) {
            report.lacks("vms.nlb_ip");
        }
        let wrong = group.iter().filter_map(|(vm, member)| {
            let expected = nlb::cluster_mac(member.mode, member.vip?);
            let current = vm.facts.mac("nlb_mac").filter(|mac| *mac != expected)?;
            Some((*vm, *member, current, expected))
        });
        let wrong: Vec<_> = wrong.collect();
        let Some((vm, member, current, expected)) = wrong.first() else {
            continue;
        };
        let names: Vec<&str> = wrong.iter().map(|(vm, ..)| vm.name.as_str()).collect();
        report.add(Fault {
            subject: member.name.clone(),
            message: format!(
                "NLB cluster {}: the cluster address of {} is not that of {} mode and the cluster IP",
                member.name,
                lookup::list(&names),
                nlb::mode_name(member.mode)
            ),
            current: format!("{}: {current}", vm.name),
            expected: expected.to_string(),
            fix: "in NLB Manager, Cluster Properties, Cluster Parameters: set mode and cluster IP anew on this \
                member, or correct nlb_mode and nlb_ip in vms.csv; \"nlb.exe ip2mac\" prints all three addresses"
                .to_owned(),
            at: wrong
                .iter()
                .map(|(vm, ..)| report.at(vm.origin, "nlb_mac"))
                .chain([report.at(vm.origin, "nlb_ip")])
                .collect(),
        });
    }
}
