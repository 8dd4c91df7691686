//! The other nodes have not enough free memory for the VMs of a lost node.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, VmState};
use crate::policy::HOST_RESERVE_MIB;
use crate::units::MiB;

/// The rule.
pub static RULE: Rule = Rule {
    name: "no-failover-memory",
    severity: Severity::Warning,
    family: "capacity",
    hosts: Hosts::Any,
    summary: "the other nodes have less free memory than the VMs of a node need",
    risk: "when the node fails some VMs stay off, and it cannot be drained for updates (event 1137)",
    source: "Microsoft, Hyper-V maximum scale limits: keep one node's worth of capacity in reserve",
    page: include_str!("no_failover_memory.md"),
    columns: &["nodes.memory_mib", "vms.memory_mib", "vms.node", "vms.state", "vms.vm"],
    subject: "nodes that others could stand in for",
    asks: &["vms.vm"],
    needs: &["vms.memory_mib", "vms.node"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if cluster.nodes.len() > 1 {
        report.look_at(cluster.nodes.len());
    }
    let Some(memory) = cluster.nodes.iter().map(|n| n.memory_mib).collect::<Option<Vec<MiB>>>() else {
        return report.lacks("nodes.memory_mib");
    };
    if memory.len() < 2 {
        return;
    }
    let assigned = assigned(cluster);
    let free: Vec<MiB> = memory
        .iter()
        .zip(&assigned)
        .map(|(all, used)| all.saturating_sub(used.saturating_add(HOST_RESERVE_MIB)))
        .collect();
    let total: MiB = free.iter().fold(0, |sum, f| sum.saturating_add(*f));
    let missing: Vec<MiB> = assigned
        .iter()
        .zip(&free)
        .map(|(need, own)| need.saturating_sub(total - own))
        .collect();
    let most = missing.iter().copied().max().unwrap_or(0);
    let Some(worst) = missing.iter().position(|m| *m == most && most > 0) else {
        return;
    };
    let short = cluster.nodes.iter().zip(&missing).filter(|(_, m)| **m > 0);
    let names: Vec<&str> = short.map(|(n, _)| n.name.as_str()).collect();
    let node = &cluster.nodes[worst];
    report.add(Fault {
        subject: node.name.clone(),
        message: format!(
            "if {} fails, {most} MiB of memory are missing on the other nodes; short for: {}",
            node.name,
            lookup::list(&names)
        ),
        current: format!("{} MiB free on the others", total - free[worst]),
        expected: format!("{} MiB or more", assigned[worst]),
        fix: format!("add {most} MiB of memory to the other nodes together, or turn off or shrink VMs"),
        at: vec![report.at(node.origin, "memory_mib")],
    });
}

/// Memory of the VMs on each node that are not off.
fn assigned(cluster: &Cluster) -> Vec<MiB> {
    let mut assigned = vec![0; cluster.nodes.len()];
    for vm in cluster.vms.iter().filter(|vm| vm.state != VmState::Off) {
        if let Some(sum) = vm.host.and_then(|host| assigned.get_mut(host)) {
            *sum = MiB::saturating_add(*sum, vm.memory_mib);
        }
    }
    assigned
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::review;
    use crate::checks::rules::tests::inventory;

    #[test]
    fn the_node_whose_loss_leaves_most_missing_is_named_and_those_that_fit_are_not() {
        let block = "file: nodes\nnode,cluster,memory_mib\nHV1,C1,69632\nHV2,C1,135168\nHV3,C1,86016\nfile: nics\nnode,nic,speed_mbps\n\
             HV1,A,10000\nHV2,A,10000\nHV3,A,10000\nfile: vms\nvm,node,state,memory_mib\n\
             B,HV2,running,131072\nC,HV3,running,70000\n";
        let findings = review(&inventory(block));
        let found = findings
            .into_iter()
            .find(|f| f.rule == "no-failover-memory")
            .expect("it trips");
        assert_eq!(found.subject, "HV2");
        assert!(found.message.ends_with("short for: HV2 and HV3"), "{}", found.message);
    }
}
