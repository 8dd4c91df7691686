//! A unicast member with one adapter.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};

/// The rule.
pub static RULE: Rule = Rule {
    name: "nlb-unicast-single-vnic",
    severity: Severity::Warning,
    family: "nlb",
    hosts: Hosts::Any,
    summary: "an NLB unicast member has a single adapter",
    risk: "all members have one address there, so they cannot talk to each other: no file copy, no management from a member",
    source: "Microsoft KB 4494444: a second adapter for traffic between members",
    page: include_str!("nlb_unicast_single_vnic.md"),
    columns: &["vms.nlb_cluster", "vms.nlb_mode", "vnics.vm"],
    subject: "members of NLB clusters in unicast mode",
    asks: &["vms.nlb_cluster"],
    needs: &["vnics.vm"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(super::unicast(cluster).count());
    if !report.knows("vnics.vm") {
        return;
    }
    for (vm, member) in super::unicast(cluster) {
        let [vnic] = vm.vnics.as_slice() else { continue };
        report.add(Fault {
            subject: vm.name.clone(),
            message: format!("{} is a unicast member of NLB cluster {} with one adapter", vm.name, member.name),
            current: "1 adapter".to_owned(),
            expected: "2 adapters, or multicast mode".to_owned(),
            fix: format!(
                "add a second adapter without NLB ({}) and put its address first in DNS, or change the NLB cluster to multicast",
                add_adapter(cluster, vm, vnic)
            ),
            at: vec![report.at(vm.origin, "nlb_mode"), report.at(vnic.origin, "vm")],
        });
    }
}

/// A second adapter beside one, on the same switch.
fn add_adapter(cluster: &Cluster, vm: &Vm, vnic: &Vnic) -> String {
    if fixes::is_2008r2(cluster) {
        return format!(
            "turn {} off, then Hyper-V Manager, its Settings, Add Hardware, Network Adapter",
            vm.name
        );
    }
    let (host, name) = (fixes::on_host(cluster, vm), fixes::quoted(&vm.name));
    let switch = match vnic.switch.as_str() {
        "" => "<switch>".to_owned(),
        known => fixes::quoted(known),
    };
    format!(
        "VM off, in another VLAN than that of NLB, which floods: Add-VMNetworkAdapter{host} -VMName {name} -Name 'Management' -SwitchName {switch}; \
         Set-VMNetworkAdapterVlan{host} -VMName {name} -VMNetworkAdapterName 'Management' -Access -VlanId <VLAN>"
    )
}
