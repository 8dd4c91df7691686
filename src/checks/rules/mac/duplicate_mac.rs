//! One address on two adapters.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::mac::ledger::{Holder, Place};
use crate::mac::{claim, is_usable, sharing};

/// The rule.
pub static RULE: Rule = Rule {
    name: "duplicate-mac",
    severity: Severity::Error,
    family: "mac",
    hosts: Hosts::Any,
    summary: "two adapters have the same MAC address",
    risk: "switches send the traffic of both to whichever spoke last: both lose their connection at times (event 28 of VMSMP on one host)",
    source: "D. van der Peijl; Microsoft KB 968703",
    page: include_str!("duplicate_mac.md"),
    columns: &["vnics.mac", "host_vnics.mac", "nics.mac"],
    subject: "adapters",
    asks: &["vnics.mac|host_vnics.mac|nics.mac"],
    needs: &["vnics.mac"],
    leaves: Some("addresses that somebody set by hand, nor those that running VMs hold until they are turned off"),
    check,
    ..Rule::BASE
};

fn check(inventory: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let ledger = report.ledger();
    report.look_at(lookup::vnics(cluster).count());
    for node in &cluster.nodes {
        report.look_at(node.nics.len() + node.host_vnics.len());
    }
    for group in ledger.chunk_by(|a, b| a.mac == b.mac) {
        let Some(first) = group.first().filter(|h| is_usable(h.mac)) else {
            continue;
        };
        let rivals = sharing::rivals(group, |a, b| told_elsewhere(inventory, a, b));
        if first.cluster == report.cluster_index() && rivals.len() > 1 {
            add(inventory, report, &rivals);
        }
    }
}

/// Whether two adapters share an address on purpose, or another rule (static-mac-equals-nic-mac) speaks of them.
fn told_elsewhere(inventory: &Inventory, a: Holder, b: Holder) -> bool {
    let is_port = |h: Holder| matches!(h.place, Place::Nic(..));
    let is_static = |h: Holder| h.vnic(inventory).is_some_and(|(_, vnic)| !vnic.dynamic_mac);
    let elsewhere = |port: Holder, other: Holder| is_port(port) && is_static(other);
    elsewhere(a, b) || elsewhere(b, a) || sharing::on_purpose(inventory, a, b)
}

fn add(inventory: &Inventory, report: &mut Report<'_>, holders: &[Holder]) {
    let described: Vec<(String, Location)> = holders.iter().map(|h| describe(inventory, report, *h)).collect();
    let names: Vec<&str> = described.iter().map(|(name, _)| name.as_str()).collect();
    let mac = holders[0].mac;
    report.add(Fault {
        subject: mac.to_string(),
        message: format!("{mac} is the address of {}", lookup::list(&names)),
        current: format!("{} adapters with {mac}", holders.len()),
        expected: "one address, one adapter".to_owned(),
        fix: fix(inventory, report, holders),
        at: described.iter().map(|(_, at)| at.clone()).collect(),
    });
}

/// Of the vNICs among the holders one that the plan gives another address gives way, and of those the one with the worst claim.
fn fix(inventory: &Inventory, report: &Report<'_>, holders: &[Holder]) -> String {
    let planned = |holder: &Holder, (vm, vnic): (&Vm, &Vnic)| {
        let plan = report.planned_static_in(holder.cluster, &vm.name, &vnic.name)?;
        plan.planned.filter(|mac| *mac != holder.mac)
    };
    let of_vms = holders.iter().filter_map(|h| Some((h, h.vnic(inventory)?)));
    let Some((holder, (vm, vnic))) =
        of_vms.max_by_key(|(h, v)| (planned(h, *v).is_some(), claim::order(inventory, **h)))
    else {
        return "check the rows: if both adapters really show this address, give one back its own in the driver's settings".to_owned();
    };
    if !inventory.clusters[holder.cluster].runs_hyper_v() {
        return format!(
            "turn {} off and give it another address in vSphere (Edit Settings, {}, MAC Address); one that Hyper-V gives it will not do \
             for the others",
            vm.name, vnic.name
        );
    }
    // Of static adapters all but one are planned another address, so the one without is dynamic.
    if let Some(planned) = planned(holder, (vm, vnic)) {
        return fixes::set_static_mac(&inventory.clusters[holder.cluster], vm, vnic, Some(planned));
    }
    format!(
        "give every host a pool of its own (mac_plan.csv), then turn {} off and start it on a host whose pool does not hold \
         {}: it draws a new address there",
        vm.name, holder.mac
    )
}

fn describe(inventory: &Inventory, report: &Report<'_>, holder: Holder) -> (String, Location) {
    let cluster = &inventory.clusters[holder.cluster];
    let (name, origin) = match holder.place {
        Place::Nic(n, i) => (
            format!("port {}/{}", cluster.nodes[n].name, cluster.nodes[n].nics[i].name),
            cluster.nodes[n].nics[i].origin,
        ),
        Place::HostVnic(n, i) => {
            let (node, vnic) = (&cluster.nodes[n], &cluster.nodes[n].host_vnics[i]);
            (format!("host vNIC {}/{}", node.name, vnic.name), vnic.origin)
        }
        Place::Vnic(v, i) => (
            lookup::vnic_name(&cluster.vms[v], &cluster.vms[v].vnics[i]),
            cluster.vms[v].vnics[i].origin,
        ),
    };
    (name, report.at(origin, "mac"))
}
