//! The VLAN of a unicast NLB cluster carries other VMs.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::mac::nlb;
use crate::units::{count, name_key};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-unicast-vlan-shared",
    severity: Severity::Warning,
    family: "nlb",
    hosts: Hosts::Any,
    summary: "the VLAN of an NLB cluster in unicast mode carries other VMs",
    risk: "unicast floods every packet for the cluster to every port of the VLAN: the other VMs receive all of it",
    source: "Microsoft KB 4494444: switch flooding in unicast mode, a VLAN of its own",
    page: include_str!("nlb_unicast_vlan_shared.md"),
    columns: &["vms.nlb_cluster", "vms.nlb_mode", "vnics.vlans", "vnics.switch"],
    asks: &["vnics.vlans"],
    needs: &["vms.nlb_mode"],
    check,
    ..Rule::BASE
};

/// A VLAN, or the untagged network of a switch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Segment {
    Vlan(u16),
    Untagged(String),
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut flooded: BTreeMap<(String, Segment), &str> = BTreeMap::new();
    for (vm, member) in super::unicast(cluster) {
        let adapters = nlb::adapters(vm).into_iter().filter_map(|index| vm.vnics.get(index));
        for segment in adapters.flat_map(|vnic| segments(vnic, report)) {
            flooded.entry((name_key(&member.name), segment)).or_insert(&member.name);
        }
    }
    for ((key, segment), name) in flooded {
        let others: Vec<(&Vm, &Vnic)> = lookup::vnics(cluster)
            .filter(|(vm, vnic)| !is_member(vm, &key) && segments(vnic, report).contains(&segment))
            .collect();
        if others.is_empty() {
            continue;
        }
        let names: Vec<String> = others.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
        let place = match &segment {
            Segment::Vlan(vlan) => format!("VLAN {vlan}"),
            Segment::Untagged(_) => format!("the untagged network of switch {}", others[0].1.switch),
        };
        report.add(Fault {
            subject: name.to_owned(),
            message: format!(
                "{place} of NLB cluster {name} (unicast) also carries {}",
                lookup::list(&names)
            ),
            current: count(others.len(), "other adapter"),
            expected: "a VLAN for the NLB cluster alone".to_owned(),
            fix: "move the members' NLB adapters to a VLAN of their own, or the cluster to IGMP multicast with \
                snooping switches"
                .to_owned(),
            at: others.iter().map(|(_, vnic)| report.at(vnic.origin, "vlans")).collect(),
        });
    }
}

fn is_member(vm: &Vm, nlb_cluster: &str) -> bool {
    vm.nlb
        .as_ref()
        .is_some_and(|member| name_key(&member.name) == nlb_cluster)
}

/// Networks that an adapter hears. Without the column of VLANs, and inside a host, nothing is known to be shared.
fn segments(vnic: &Vnic, report: &Report<'_>) -> BTreeSet<Segment> {
    if vnic.isolated || vnic.switch.is_empty() || !report.asks("vnics.vlans") {
        return BTreeSet::new();
    }
    if vnic.vlans.is_empty() {
        return BTreeSet::from([Segment::Untagged(name_key(&vnic.switch))]);
    }
    vnic.vlans.iter().copied().map(Segment::Vlan).collect()
}
