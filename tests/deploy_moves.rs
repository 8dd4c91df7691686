//! VMs that change their network while nodes are rebuilt or go back, and settings of the cluster that the inventory does not hold.
#![cfg(feature = "solver")]

#[path = "deploy_support/hostile.rs"]
mod hostile;
#[path = "support/powershell.rs"]
mod powershell;
mod program;
mod support;
#[path = "deploy_support/works.rs"]
mod works;

use nicplan::deploy::steps::{Change, Step};
use nicplan::deploy::{ClusterWork, files};
use nicplan::plan::Style;
use nicplan::powershell::quoted;
use powershell::Script;
use works::{of, planned, sample, texts, wired};

/// Two nodes with virtual switches of different names: VMs of the second one have a network that no rebuilt node has.
fn between_two_networks() -> Vec<ClusterWork> {
    let mut cluster = wired("2019", Style::Converged);
    let node = &mut cluster.nodes[1];
    node.switches[0].name = "LAN B".to_owned();
    node.nics
        .iter_mut()
        .for_each(|nic| nic.switch = nic.switch.as_ref().map(|_| "LAN B".to_owned()));
    node.host_vnics
        .iter_mut()
        .for_each(|vnic| vnic.switch = "LAN B".to_owned());
    for vnic in cluster
        .vms
        .iter_mut()
        .filter(|vm| vm.host == Some(1))
        .flat_map(|vm| &mut vm.vnics)
    {
        vnic.switch = "LAN B".to_owned();
    }
    let plan = planned(&cluster, Style::Converged);
    of(&support::inventory(cluster), plan)
}

/// VMs that no node can run with both networks move by a script, without network meanwhile.
#[test]
fn vms_between_two_networks_move_by_a_script() {
    let work = between_two_networks();
    let stranded: Vec<&str> = work[0].stranded.iter().map(|(vm, _, _)| vm.as_str()).collect();
    assert!(!stranded.is_empty());
    let files = files(&work);
    let (name, text) = texts(&files, "move-stranded.ps1").next().expect("the script");
    let script = Script::parse(text.trim_start_matches('\u{feff}'));
    assert_eq!(script.error(), None, "{name}");
    let names: Vec<String> = script.calls().into_iter().map(|c| c.name).collect();
    let place = |name: &str| names.iter().position(|n| n == name);
    let order = [
        "Disconnect-VMNetworkAdapter",
        "Move-ClusterVirtualMachineRole",
        "Connect-VMNetworkAdapter",
    ];
    let order = order.map(place);
    assert!(
        order[0].is_some() && order[0] < order[1] && order[1] < order[2],
        "{names:?}"
    );
    let literals = script.literals();
    assert!(stranded.iter().all(|vm| literals.contains(*vm)), "{text}");
    let runbook =
        String::from_utf8_lossy(&files.iter().find(|(n, _)| n == "RUNBOOK.md").expect("a runbook").1).into_owned();
    let forth = "In the announced window, since this is the last node with LAN B: `cluster-move-stranded.ps1 -Node REBUILT -WhatIf`";
    let place = |what: &str| runbook.find(what).unwrap_or_else(|| panic!("{what}: {runbook}"));
    assert!(
        place(forth) < place("`Suspend-ClusterNode -Name 'HV2' -Drain -Wait`"),
        "{runbook}"
    );
    assert!(
        place("`Suspend-ClusterNode -Name 'HV1' -Drain -Wait`") < place(forth),
        "{runbook}"
    );
    // On the way back they move again between the nodes, before the last rebuilt one is drained.
    assert!(
        text.contains("[switch]$Back,") && text.contains("From = $_.To; To = $_.From"),
        "{text}"
    );
    assert!(
        place("`cluster-move-stranded.ps1 -Back -Node`") > place("\nBack: "),
        "{runbook}"
    );
    assert!(
        names.iter().any(|n| n == "Get-VMSwitch"),
        "the target has the network: {names:?}"
    );
}

/// A VM goes back to its old network before the first node goes back where that network is on every node: its new one ends with each node. One whose old
/// network is gone from the nodes goes back behind that.
#[test]
fn vms_go_back_to_a_network_that_every_node_has_before_the_first_node_goes_back() {
    let mut work = between_two_networks();
    let mut step = work[0]
        .last
        .iter()
        .find(|s| matches!(s.changes[0], Change::Connect { .. }))
        .expect("a VM moves")
        .clone();
    let line = |step: &Step| match &step.changes[0] {
        Change::Connect { vm, value, .. } => {
            let old = quoted(value.before.as_deref().unwrap_or_default());
            format!(
                "Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm {} -Name 'Network Adapter') -SwitchName {old}",
                quoted(vm)
            )
        }
        other => panic!("{other:?}"),
    };
    let stranded = line(&step);
    if let Change::Connect { vm, .. } = &mut step.changes[0] {
        "Elsewhere".clone_into(vm);
    }
    let free = line(&step);
    work[0].last.push(step);
    let files = files(&work);
    let (_, back) = texts(&files, "cluster-4-rollback.ps1").next().expect("a rollback");
    let place = |what: &str| back.find(what).unwrap_or_else(|| panic!("{what}: {back}"));
    assert!(place(&free) < place("if ($BeforeNodes) {"), "{back}");
    assert!(place("if ($BeforeNodes) {") < place(&stranded), "{back}");
}

/// What the inventory does not know of the cluster's limit is written down before it is set, and set again on the way back.
#[test]
fn the_limit_of_the_cluster_comes_back_as_it_was_written_down() {
    let (inventory, plan) = sample("two-generations-2022");
    assert_eq!(
        inventory.clusters[0].migration.smb_limit_on, None,
        "nobody says what it is today"
    );
    let files = files(&of(&inventory, plan));
    let text = |ending: &str| texts(&files, ending).next().map(|(_, text)| text).expect("a script");
    let kept = "Save-Kept -Key 'SetSMBBandwidthLimit' -Read { (Get-Cluster).SetSMBBandwidthLimit }";
    let before = text("cluster-1-before.ps1");
    let set = before
        .find("(Get-Cluster).SetSMBBandwidthLimit = 0")
        .expect("it is set");
    assert!(before.find(kept).is_some_and(|at| at < set), "{before}");
    let back = text("cluster-4-rollback.ps1");
    assert!(
        back.contains("(Get-Cluster).SetSMBBandwidthLimit = @(Get-Kept -Key 'SetSMBBandwidthLimit')[0]"),
        "{back}"
    );
    // So is live migration, which the steps switch on for the time being.
    let kept = "Save-Kept -Key 'live migration of HV01' -Read { (Get-VMHost -ComputerName 'HV01').VirtualMachineMigrationEnabled }";
    assert!(before.contains(kept), "{before}");
    let off =
        "if (-not [bool]@(Get-Kept -Key 'live migration of HV01')[0]) { Disable-VMMigration -ComputerName 'HV01' }";
    assert!(back.contains(off) && !back.contains("by hand, as it was"), "{back}");
}
