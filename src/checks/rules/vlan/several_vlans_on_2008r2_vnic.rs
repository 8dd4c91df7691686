//! An adapter with several VLANs on 2008 R2, which has no trunk mode in its tools.

use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::profiles::WS2008R2;
use crate::units::count;

/// The rule.
pub static RULE: Rule = Rule {
    name: "several-vlans-on-2008r2-vnic",
    severity: Severity::Info,
    family: "vlan",
    hosts: Hosts::Any,
    summary: "an adapter has several VLANs on Windows Server 2008 R2, where an adapter takes one",
    risk: "only one of them can be set in Hyper-V Manager: in the others the VM has no network",
    source: "T. Joos, ADMIN magazine: several VLANs by several virtual network adapters",
    page: include_str!("several_vlans_on_2008r2_vnic.md"),
    columns: &["vnics.vlans", "clusters.profile"],
    needs: &["vnics.vlans"],
    versions: Versions::only(WS2008R2),
    leaves: Some("the VLANs of VMs"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let found: Vec<(&Vm, &Vnic)> = lookup::vnics(cluster)
        .filter(|(_, vnic)| vnic.vlans.len() > 1)
        .collect();
    let Some((vm, vnic)) = found.first() else { return };
    let names: Vec<String> = found.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} several VLANs, which needs an adapter for each on 2008 R2: {}",
            if names.len() == 1 {
                "an adapter has"
            } else {
                "adapters have"
            },
            lookup::list(&names)
        ),
        current: count(vnic.vlans.len(), "VLAN"),
        expected: "one VLAN for each adapter".to_owned(),
        fix: format!(
            "Hyper-V Manager, Settings of {}, Add Hardware, Network Adapter: one for each VLAN, \"Enable virtual \
             LAN identification\"",
            vm.name
        ),
        at: found.iter().map(|(_, vnic)| report.at(vnic.origin, "vlans")).collect(),
    });
}
