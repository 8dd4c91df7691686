//! Adapters that ask for SR-IOV on a switch that cannot give it.

use super::{bound, by_name, node_names};
use crate::checks::rules::rebuild::recreate;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, VirtualSwitch, Vm, Vnic};
use crate::profiles::WS2012;
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sriov-vnic-on-switch-without-sriov",
    severity: Severity::Error,
    family: "vswitch",
    summary: "adapters ask for SR-IOV on a virtual switch that was created without it",
    risk: "they run over the switch without a word, and the switch cannot be changed: it must be created anew",
    source: "Microsoft, New-VMSwitch, parameter EnableIov; Set-VMSwitch has no such parameter",
    page: include_str!("sriov_vnic_on_switch_without_sriov.md"),
    columns: &["switches.iov", "vnics.iov_weight", "vnics.switch", "clusters.profile"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // Few adapters ask for it, and there are many switches: they are found once.
    let all_asking: Vec<(&Vm, &Vnic)> = lookup::vnics(cluster).filter(|pair| asks(*pair)).collect();
    let found = by_name(cluster, |index, _, switch| {
        let may_be_here = |(vm, vnic): &(&Vm, &Vnic)| {
            vm.owners.binary_search(&index).is_ok() && same_name(&vnic.switch, &switch.name)
        };
        switch.facts.yes("iov") == Some(false) && all_asking.iter().any(may_be_here)
    });
    for nodes in found.values() {
        let Some((_, switch)) = nodes.first() else { continue };
        let same = |(_, vnic): &(&Vm, &Vnic)| same_name(&vnic.switch, &switch.name);
        let asking: Vec<_> = all_asking.iter().filter(|pair| same(pair)).collect();
        let names: Vec<String> = asking.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
        let switches = nodes.iter().map(|(_, switch)| report.at(switch.origin, "iov"));
        let vnics = asking.iter().map(|(_, vnic)| report.at(vnic.origin, "iov_weight"));
        report.add(Fault {
            subject: switch.name.clone(),
            message: format!(
                "{} {} for SR-IOV, but switch {} of {} was created without it",
                lookup::list(&names),
                if names.len() == 1 { "asks" } else { "ask" },
                switch.name,
                lookup::list(&node_names(nodes))
            ),
            current: "switch without SR-IOV".to_owned(),
            expected: "a switch with SR-IOV on every possible owner, or iov_weight 0".to_owned(),
            fix: fix(cluster, nodes, &asking),
            at: switches.chain(vnics).collect(),
        });
    }
}

fn asks((_, vnic): (&Vm, &Vnic)) -> bool {
    vnic.facts.number("iov_weight").is_some_and(|weight| weight > 0)
}

/// A switch with SR-IOV where its ports have it; the other way out leaves the switch alone: the adapters ask no longer.
fn fix(cluster: &Cluster, nodes: &[(&Node, &VirtualSwitch)], asking: &[&(&Vm, &Vnic)]) -> String {
    let without: Vec<String> = nodes
        .iter()
        .flat_map(|(node, switch)| bound(node, &switch.name).map(|nic| (*node, nic)))
        .filter(|(_, nic)| nic.sriov == Some(false))
        .map(|(node, nic)| format!("{}/{}", node.name, nic.name))
        .collect();
    let quiet = asking
        .first()
        .map(|(vm, vnic)| fixes::set_vnic(cluster, vm, vnic, "-IovWeight 0"));
    let quiet = quiet.unwrap_or_default();
    let others = if asking.len() > 1 {
        ", so for the other adapters"
    } else {
        ""
    };
    if without.is_empty() {
        let again = recreate(cluster, nodes, "-EnableIov $true");
        return format!("{quiet}{others}, where the VMs need no SR-IOV; else {again}");
    }
    format!(
        "{quiet}{others}: SR-IOV is off or missing at {}; only where card and firmware have it, switch it on there (Enable-NetAdapterSriov) and make the switch \
         again with -EnableIov $true",
        lookup::list(&without)
    )
}
