//! NLB in a multicast mode: what the network team must set.

use super::members;
use crate::checks::rules::{Fault, Hosts, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, NlbMode};
use crate::mac::nlb;

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-multicast-needs-switch-config",
    severity: Severity::Info,
    family: "nlb",
    hosts: Hosts::Any,
    summary: "an NLB cluster in a multicast mode needs settings on routers and physical switches",
    risk: "routers do not learn the multicast address from ARP, and switches flood it to every port of the VLAN",
    source: "Microsoft KB 4494444",
    page: include_str!("nlb_multicast_needs_switch_config.md"),
    columns: &["vms.nlb_cluster", "vms.nlb_mode", "vms.nlb_ip"],
    subject: "NLB clusters",
    asks: &["vms.nlb_cluster"],
    needs: &["vms.nlb_mode"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(members(cluster).len());
    for group in members(cluster).values() {
        let Some((vm, member)) = group.iter().find(|(_, n)| n.mode != NlbMode::Unicast) else {
            continue;
        };
        let entry = match group.iter().find_map(|(_, n)| n.vip) {
            Some(vip) => format!("{vip} is {}", nlb::cluster_mac(member.mode, vip)),
            None => "the address that \"nlb.exe ip2mac\" prints for the cluster IP".to_owned(),
        };
        let switches = match member.mode {
            NlbMode::Igmp => "IGMP snooping with a querier in the VLAN",
            _ => "a static MAC table entry on every switch port of every node that may run a member, since VMs move",
        };
        report.add(Fault {
            subject: member.name.clone(),
            message: format!(
                "NLB cluster {} runs in {} mode",
                member.name,
                nlb::mode_name(member.mode)
            ),
            current: entry.clone(),
            expected: format!("static ARP entry on the routers; {switches}"),
            fix: format!("ask the network team for: static ARP entry on the routers ({entry}); {switches}"),
            at: vec![report.at(vm.origin, "nlb_mode"), report.at(vm.origin, "nlb_ip")],
        });
    }
}
