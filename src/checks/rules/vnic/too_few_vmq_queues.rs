//! More adapters ask for a VMQ queue than the ports of their switch have.

use super::short_of;
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup, vswitch};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node, Vm, VmState, Vnic};
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-few-vmq-queues",
    severity: Severity::Info,
    family: "vnic",
    summary: "more adapters on a switch ask for a VMQ queue than its ports have",
    risk: "queues go by weight, then to who comes first: the others share the default queue and one processor",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (VMQ)",
    page: include_str!("too_few_vmq_queues.md"),
    columns: &[
        "nics.vmq_queues",
        "vnics.vmq_weight",
        "vnics.switch",
        "vms.node",
        "vms.state",
    ],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (switch, short) in short_of(cluster, "vmq_weight", "vmq_queues") {
        let Some(first) = short.first() else { continue };
        let names: Vec<&str> = short.iter().map(|s| s.node.name.as_str()).collect();
        let ports = short.iter().flat_map(|s| vswitch::bound(s.node, switch));
        report.add(Fault {
            subject: switch.to_owned(),
            message: format!(
                "more adapters ask for a VMQ queue on switch {switch} than its ports have: {}",
                lookup::list(&names)
            ),
            current: format!("{}: {} asked, {} offered", first.node.name, first.asked, first.offered),
            expected: "queues for the adapters with much traffic, weight 0 for the others".to_owned(),
            fix: fix(cluster, first.node, switch),
            at: ports.map(|nic| report.at(nic.origin, "vmq_queues")).collect(),
        });
    }
}

/// The adapter with the least measured traffic is named, where all of them are measured.
fn lightest<'a>(cluster: &'a Cluster, node: &Node, switch: &str) -> Option<(&'a Vm, &'a Vnic)> {
    let here = |vm: &Vm| {
        vm.host
            .and_then(|host| cluster.nodes.get(host))
            .is_some_and(|host| host.name == node.name)
    };
    let asks = |vnic: &Vnic| vnic.facts.number("vmq_weight").is_some_and(|weight| weight > 0);
    let all: Vec<(&Vm, &Vnic)> = lookup::vnics(cluster)
        .filter(|(vm, vnic)| here(vm) && vm.state == VmState::Running && same_name(&vnic.switch, switch) && asks(vnic))
        .collect();
    let need = |vnic: &Vnic| vnic.p95.or(vnic.peak).or(vnic.average);
    let known = all.iter().all(|(_, vnic)| need(vnic).is_some());
    all.into_iter().filter(|_| known).min_by_key(|(_, vnic)| need(vnic))
}

fn fix(cluster: &Cluster, node: &Node, switch: &str) -> String {
    if fixes::is_2008r2(cluster) {
        return format!(
            "Hyper-V Manager on {}, Settings of the VMs with little traffic, their adapter: clear \"Enable \
             virtual machine queue\"",
            node.name
        );
    }
    let host = fixes::quoted(&node.name);
    let of = match lightest(cluster, node, switch) {
        Some((vm, vnic)) => format!("{} -Name {}", fixes::quoted(&vm.name), fixes::quoted(&vnic.name)),
        None => "<VM>".to_owned(),
    };
    format!("for the adapters with little traffic: Set-VMNetworkAdapter -ComputerName {host} -VMName {of} -VmqWeight 0")
}
