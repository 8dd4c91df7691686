//! One node in the runbook: what is done in which order, so that no line cuts a path that something still goes over.
//!
//! Ports of physical switches are changed once the node is drained; one that its script waits for is named with the script and nowhere before.

use super::cmd;
use super::runbook::{by_hand, safe};
use crate::deploy::steps::When;
use crate::deploy::waits;
use crate::deploy::work::{ClusterWork, NodeWork, by_powershell};
use crate::inventory::StorageKind;
use crate::units::same_name;

/// Files that the lines of a node name.
pub(super) struct Stems<'s> {
    /// Scripts of the node.
    pub node: &'s str,
    /// Scripts of the cluster.
    pub cluster: &'s str,
}

/// The section of a node: its work in the order in which a person does it.
pub(super) fn node(work: &ClusterWork, node: &NodeWork, stems: &Stems<'_>, index: usize) -> String {
    let name = &node.today.name;
    let pilot = match index {
        0 if work.nodes.len() > 1 => ", the pilot: let it run for a day before you go on",
        _ => "",
    };
    let hand = |when: When| by_hand(work, when, Some(name));
    let ending = if by_powershell(&work.today) { "ps1" } else { "cmd" };
    if node.steps.is_empty()
        && [When::BeforeNode, When::AfterNode]
            .into_iter()
            .all(|when| hand(when).is_empty())
    {
        return format!(
            "**{}** needs no step of its own: `{}-3-verify.{ending}`.",
            safe(name),
            stems.node
        );
    }
    let mut lines = before_drain(work, stems, index);
    lines.extend(if by_powershell(&work.today) {
        scripted(work, node, stems.node)
    } else {
        unscripted(work, node, stems.node)
    });
    // Deep enough below a number of up to three digits: else Markdown takes them for another list.
    let inner: Vec<String> = (1..)
        .zip(&lines)
        .map(|(i, line)| format!("     {i}. {line}\n"))
        .collect();
    format!("**{}**{pilot}:\n{}", safe(name), inner.concat().trim_end())
}

/// What must be so before a node is drained.
fn before_drain(work: &ClusterWork, stems: &Stems<'_>, index: usize) -> Vec<String> {
    let mut lines = Vec::new();
    if work.today.storage == StorageKind::S2d && work.nodes.len() > 1 {
        lines.push(
            "`Get-StorageJob` shows no running job and `Get-VirtualDisk` only healthy disks: else wait.".to_owned(),
        );
    }
    let has = |node: &NodeWork, name: &str| node.today.switches.iter().any(|s| same_name(&s.name, name));
    let mut told: Vec<&str> = Vec::new();
    for (_, before, after) in &work.stranded {
        let last = work.nodes.iter().rposition(|node| has(node, before));
        if last != Some(index) || index == 0 || told.contains(&before.as_str()) {
            continue;
        }
        told.push(before);
        lines.push(if by_powershell(&work.today) {
            format!(
                "In the announced window, since this is the last node with {}: `{}-move-stranded.ps1 -Node REBUILT -WhatIf`, then without `-WhatIf`; REBUILT is a \
                 node above. Its VMs are without network while they move.",
                safe(before),
                stems.cluster
            )
        } else {
            format!(
                "In the agreed downtime, since this is the last node with {}: shut down the VMs that are still on it, connect them to {}, and start them on a \
                 rebuilt node.",
                safe(before),
                safe(after)
            )
        });
    }
    lines
}

/// The lines of a node without cmdlets for networks.
fn unscripted(work: &ClusterWork, node: &NodeWork, stem: &str) -> Vec<String> {
    let hand = |when: When| by_hand(work, when, Some(&node.today.name));
    let mut lines = Vec::new();
    if work.today.nodes.len() > 1 {
        lines.push("Move its VMs away in Failover Cluster Manager and pause it.".to_owned());
    }
    lines.extend(hand(When::BeforeNode));
    lines.push(format!(
        "`{stem}-1-pre-check.cmd`: compare what it prints with the inventory."
    ));
    let own = cmd::manual_lines(work, node);
    lines.extend(own.iter().map(|line| format!("By hand: {}", safe(line))));
    lines.push(format!("`{stem}-2-apply.cmd /whatif`, then `{stem}-2-apply.cmd`."));
    lines.extend(hand(When::AfterNode));
    lines.push(format!(
        "`{stem}-3-verify.cmd`. Resume the node; `{stem}-4-rollback.cmd` goes back."
    ));
    lines
}

/// The lines of a node with scripts.
fn scripted(work: &ClusterWork, node: &NodeWork, stem: &str) -> Vec<String> {
    let hand = |when: When| by_hand(work, when, Some(&node.today.name));
    let several = work.today.nodes.len() > 1;
    let quoted = crate::powershell::quoted(&node.today.name);
    let mut lines = Vec::new();
    if several {
        lines.push(format!(
            "On another node: `Suspend-ClusterNode -Name {quoted} -Drain -Wait`."
        ));
    }
    lines.extend(hand(When::BeforeNode));
    lines.push(format!("`{stem}-1-pre-check.ps1`: every line must say ok."));
    if node.steps.is_empty() {
        lines.push("Nothing is to be applied on this node.".to_owned());
    } else {
        let console = if node.takes_over() { " -Console" } else { "" };
        lines.push(format!(
            "`{stem}-2-apply.ps1 -WhatIf`, then `{stem}-2-apply.ps1{console}` ({}).{}",
            crate::units::count(node.steps.len(), "step"),
            waits(work, node)
        ));
    }
    lines.extend(hand(When::AfterNode));
    lines.push(format!(
        "`{stem}-3-verify.ps1`: every line must say ok; else `{stem}-4-rollback.ps1`."
    ));
    if several {
        lines.push(format!(
            "`Resume-ClusterNode -Name {quoted} -Failback Immediate`. Wait until it owns VMs again, then the next node."
        ));
    }
    lines
}

/// The work at switch ports for which the apply script waits.
fn waits(work: &ClusterWork, node: &NodeWork) -> String {
    let mut text = String::new();
    for (step, what) in waits::before_steps(work, node) {
        let moment = if step > node.steps.len() {
            "When its last step is done".to_owned()
        } else {
            format!("Before step {step} it waits; then, not earlier")
        };
        text.push_str(&format!(" {moment}: {}.", safe(&what)));
    }
    text
}
