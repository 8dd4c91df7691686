//! A guest in trunk mode that hears very many VLANs.

use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "trunk-with-many-vlans",
    severity: Severity::Warning,
    family: "vlan",
    hosts: Hosts::Any,
    summary: "an adapter in trunk mode may use more than 64 VLANs",
    risk: "who takes over the guest can enter every one of them",
    source: "own derivation from Set-VMNetworkAdapterVlan, parameter AllowedVlanIdList",
    page: include_str!("trunk_with_many_vlans.md"),
    columns: &["vnics.vlan_mode", "vnics.vlans", "clusters.profile"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

/// A router or firewall with more interfaces than this is rare; ranges such as 1-4094 are common.
const MOST: usize = 64;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let in_trunk_mode = lookup::vnics(cluster).filter(|(_, vnic)| vnic.facts.text("vlan_mode") == Some("trunk"));
    for (vm, vnic) in in_trunk_mode.filter(|(_, vnic)| vnic.vlans.len() > MOST) {
        let subject = lookup::vnic_name(vm, vnic);
        let count = count(vnic.vlans.len(), "VLAN");
        report.add(Fault {
            message: format!("{subject} may use {count}"),
            subject,
            current: count,
            expected: "the VLANs that the guest serves, one by one".to_owned(),
            fix: format!(
                "Set-VMNetworkAdapterVlan{} -VMName {} -VMNetworkAdapterName {} -Trunk -AllowedVlanIdList \
                 '<VLANs>' -NativeVlanId 0",
                fixes::on_host(cluster, vm),
                fixes::quoted(&vm.name),
                fixes::quoted(&vnic.name)
            ),
            at: vec![report.at(vnic.origin, "vlans")],
        });
    }
}
