//! The four scripts of a node, for Windows PowerShell 3.0 (Windows Server 2012) and later.

use super::change::{self, Context};
use super::parts::{self, Head, Kind, block, confirm, verdict};
use super::{File, again, atc_prelude, dcb, facts, intents, kept, paths, policies, pools, prelude, proof};
use crate::deploy::steps::{Change, Step};
use crate::deploy::work::{ClusterWork, NodeWork};
use crate::deploy::{switch_ports, waits};
use crate::powershell::{comment, file, quoted, quoted_list};
use crate::units::host_name;

/// Pre-check, apply, verify and rollback.
pub fn files(work: &ClusterWork, node: &NodeWork, stem: &str) -> Vec<File> {
    let context = Context {
        cluster: &work.today,
        node: Some(&node.today),
        after: Some(&node.after),
        back: false,
    };
    let back = Context { back: true, ..context };
    vec![
        (format!("{stem}-1-pre-check.ps1"), file(&pre_check(work, node, stem))),
        (format!("{stem}-2-apply.ps1"), file(&apply(&context, work, node, stem))),
        (
            format!("{stem}-3-verify.ps1"),
            file(&verify(&context, work, node, stem)),
        ),
        (
            format!("{stem}-4-rollback.ps1"),
            file(&rollback(&back, work, node, stem)),
        ),
    ]
}

/// The other nodes, as they are reached in management.
pub fn others(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let own = |name: &str| name == node.today.name;
    let others = work.today.nodes.iter().filter(|n| !own(&n.name));
    let address = |n: &crate::inventory::Node| match n.management_address() {
        "" => n.name.clone(),
        ip => ip.to_owned(),
    };
    others.take(4).map(address).collect()
}

fn head(synopsis: &str, node: &NodeWork, notes: &[String], kind: Kind, stem: &str) -> Vec<String> {
    let head = Head {
        synopsis,
        target: &node.today.name,
        notes,
        parameters: &[],
        kind,
        version: "3.0",
    };
    parts::head(&head, stem)
}

/// The script runs on the node it was written for.
fn right_node(node: &NodeWork) -> Vec<String> {
    let short = host_name(&node.today.name);
    vec![
        format!("if ($env:COMPUTERNAME -ne {}) {{", quoted(short)),
        "    throw ('this script is for {0}, this is {1}' -f $Target, $env:COMPUTERNAME)".to_owned(),
        "}".to_owned(),
    ]
}

fn pre_check(work: &ClusterWork, node: &NodeWork, stem: &str) -> Vec<String> {
    let notes = [
        "Changes nothing; the number of storage paths is written down beside it. Run it on the node after it was drained; apply only if every line says ok."
            .to_owned(),
    ];
    let mut lines = head(
        "Pre-check: is the node as the inventory says, and ready?",
        node,
        &notes,
        Kind::default(),
        stem,
    );
    lines.extend(block(prelude::STEPS));
    lines.extend(block(prelude::NODE));
    if takes_intents(node) {
        lines.extend(block(atc_prelude::ASK));
    }
    lines.extend(block(proof::FUNCTIONS));
    lines.extend(paths::functions(work, stem, true));
    lines.extend(right_node(node));
    lines.push(confirm(
        "the script runs as administrator",
        "(New-Object Security.Principal.WindowsPrincipal([Security.Principal.WindowsIdentity]::GetCurrent())).IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)",
    ));
    if work.today.nodes.len() > 1 {
        lines.push(confirm(
            "the node is paused: Suspend-ClusterNode -Drain",
            "[string](Get-ClusterNode -Name $env:COMPUTERNAME).State -eq 'Paused'",
        ));
        lines.push(confirm(
            "no VM runs on the node",
            "@(Get-VM | Where-Object { [string]$_.State -eq 'Running' }).Count -eq 0",
        ));
        lines.push(confirm(
            "every other node is up",
            "@(Get-ClusterNode | Where-Object { $_.Name -ne $env:COMPUTERNAME -and [string]$_.State -ne 'Up' }).Count -eq 0",
        ));
    }
    lines.extend(facts::ports(node));
    lines.extend(facts::wiring(&work.today, &node.today));
    lines.extend(facts::modes(work, node));
    lines.extend(facts::reservations(work, node));
    lines.extend(facts::ready(work, node));
    lines.extend(facts::intents_ready(work, node));
    lines.extend(pools::pre_check(work, node));
    lines.extend(facts::management(&node.today, &others(work, node)));
    lines.extend(paths::pre_check(work, node));
    let adapters = change::remembered(&node.steps);
    if !adapters.is_empty() {
        let test = format!(
            "@({} | ForEach-Object {{ Get-NetIPAddress -InterfaceAlias $_ -AddressFamily IPv6 -PrefixOrigin Manual -ErrorAction SilentlyContinue }}).Count -eq 0",
            quoted_list(&adapters)
        );
        lines.push(confirm(
            "no adapter whose address moves has an IPv6 address set by hand: such a one is to be moved by hand",
            &test,
        ));
    }
    lines.extend(verdict(
        "The node is ready.",
        "do not apply; correct the node, or the inventory and plan anew",
    ));
    lines
}

fn apply(context: &Context, work: &ClusterWork, node: &NodeWork, stem: &str) -> Vec<String> {
    let takeover = node.takes_over();
    let gates = waits::before_steps(work, node);
    let mut notes = vec![
        "Try it with -WhatIf first: nothing is changed then. It can be run again: what is so already is passed over."
            .to_owned(),
        format!("{stem}-state.xml keeps what was before the first change; the rollback script needs it."),
    ];
    if takeover {
        notes.push(
            "Run it at the console (iLO, iDRAC) with -Console: one step takes the management path down for a moment."
                .to_owned(),
        );
    }
    let mut lines = head(
        "Apply: the steps of the plan on this node, in an order that keeps it reachable.",
        node,
        &notes,
        Kind {
            console: takeover,
            falls_back: takeover.then(|| fallback_minutes(node)),
            waits: !gates.is_empty(),
            ..Kind::changing()
        },
        stem,
    );
    lines.extend(functions(node));
    if again::needed(&node.steps) {
        lines.extend(block(again::SAVE));
    }
    if takeover {
        lines.push(format!("$Others = @({})", quoted_list(&others(work, node))));
        lines.push(format!(
            "$RollbackScript = Join-Path $StateFolder '{stem}-4-rollback.ps1'"
        ));
        lines.extend(block(prelude::TAKE_OVER));
    }
    lines.extend(right_node(node));
    if work.today.nodes.len() > 1 {
        lines.push(
            "if (-not $WhatIfPreference -and [string](Get-ClusterNode -Name $env:COMPUTERNAME).State -ne 'Paused') {"
                .to_owned(),
        );
        lines.push(
            "    throw 'the node is not drained: Suspend-ClusterNode -Drain -Wait, then the pre-check'".to_owned(),
        );
        lines.push("}".to_owned());
    }
    lines.extend(pools::guard(node));
    lines.extend(facts::mode_guards(work, node));
    lines.push("$State = Read-State".to_owned());
    lines.extend(remember(node));
    lines.push(String::new());
    for step in &node.steps {
        for (_, what) in gates.iter().filter(|(number, _)| *number == step.number) {
            lines.push(format!("Wait-ByHand -Number {} -What {}", step.number, quoted(what)));
        }
        lines.extend(parts::step(context, step));
    }
    if node.steps.is_empty() {
        lines.push(comment("Nothing is to be done on this node: it is as planned."));
    }
    for (_, what) in gates.iter().filter(|(number, _)| *number > node.steps.len()) {
        lines.push(format!("Write-Output {}", quoted(&format!("by hand, now: {what}"))));
    }
    lines.push(format!("Write-Output 'Done. Next: {stem}-3-verify.ps1'"));
    lines
}

/// Addresses and settings as they are before the first change.
fn remember(node: &NodeWork) -> Vec<String> {
    let mut lines = vec![
        "if ($State.Before.Count -eq 0) {".to_owned(),
        "    $vmHost = Get-VMHost".to_owned(),
        "    $State.Before = @{".to_owned(),
    ];
    let properties = [
        "MacAddressMinimum",
        "MacAddressMaximum",
        "VirtualMachineMigrationPerformanceOption",
        "MaximumVirtualMachineMigrations",
    ];
    for property in properties {
        // 2012 has no performance option; kept in a file, a value of a list of words is a word only as text
        let text = if property.ends_with("Option") { "[string]" } else { "" };
        lines.push(format!("        {property} = $(if ($vmHost.PSObject.Properties['{property}']) {{ {text}$vmHost.{property} }} else {{ $null }})"));
    }
    lines.push("    }".to_owned());
    lines.push("}".to_owned());
    for adapter in change::remembered(&node.steps) {
        lines.push(format!("Save-Address -Adapter {}", quoted(&adapter)));
    }
    let ip = node.today.management_address();
    if !ip.is_empty() {
        lines.push(format!("$holder = Find-Management -Address {}", quoted(ip)));
        lines.push("if ($holder) { Save-Address -Adapter $holder }".to_owned());
    }
    lines.extend(kept::saved(&node.steps, ip));
    lines.extend(again::saved(&node.steps));
    lines.extend(intents::saved(&node.steps));
    lines
}

/// The functions of a script that changes the node.
fn functions(node: &NodeWork) -> Vec<String> {
    let mut lines = block(prelude::STEPS);
    lines.extend(block(prelude::NODE));
    lines.extend(block(proof::FUNCTIONS));
    if kept::needed(&node.steps) || takes_intents(node) {
        lines.extend(block(kept::KEEP));
        lines.extend(block(kept::FUNCTIONS));
    }
    if policies::needed(&node.steps) {
        lines.extend(block(policies::FUNCTION));
    }
    if dcb::needed(&node.steps) {
        lines.extend(block(dcb::ASK));
        lines.extend(block(dcb::KEEP));
    }
    if takes_intents(node) {
        lines.extend(block(atc_prelude::ASK));
        lines.extend(block(atc_prelude::NODE));
    }
    lines
}

/// Whether Network ATC makes an intent on the node.
fn takes_intents(node: &NodeWork) -> bool {
    let mut changes = node.steps.iter().flat_map(|s| &s.changes);
    changes.any(|c| matches!(c, Change::AddIntent(_)))
}

/// Minutes after which Windows runs the rollback script by itself.
pub fn fallback_minutes(node: &NodeWork) -> u32 {
    if takes_intents(node) {
        atc_prelude::FALLBACK_MINUTES
    } else {
        10
    }
}

fn verify(context: &Context, work: &ClusterWork, node: &NodeWork, stem: &str) -> Vec<String> {
    let notes = ["Reads only. Resume the node only if every line says ok.".to_owned()];
    let mut lines = head(
        "Verify: is the node as the plan says?",
        node,
        &notes,
        Kind::default(),
        stem,
    );
    lines.extend(block(prelude::STEPS));
    lines.extend(block(prelude::NODE));
    lines.extend(block(proof::FUNCTIONS));
    if dcb::needed(&node.steps) {
        lines.extend(block(dcb::ASK));
    }
    lines.extend(paths::functions(work, stem, false));
    if work.by_intents {
        lines.extend(block(atc_prelude::ASK));
    }
    if policies::needed(&node.steps) {
        lines.extend(block(policies::FUNCTION));
    }
    lines.extend(right_node(node));
    lines.push("$State = Read-State".to_owned());
    lines.extend(facts::ports(node));
    lines.extend(facts::wiring(&work.after, &node.after));
    lines.extend(facts::settings(context, work, node));
    lines.extend(facts::intents_done(work, node));
    lines.extend(proof::done(context, work, node));
    lines.extend(facts::management(&node.after, &others(work, node)));
    if facts::has_storage(&node.after) {
        lines.extend(paths::verify(work, node));
    }
    lines.extend(verdict(
        "The node is as planned. Next: Resume-ClusterNode, then wait until it owns VMs again.",
        "leave the node paused; repair it, or run the rollback script",
    ));
    lines
}

fn rollback(context: &Context, work: &ClusterWork, node: &NodeWork, stem: &str) -> Vec<String> {
    let takeover = node.takes_over();
    let gates = switch_ports::back(work, node);
    let mut notes = vec![
        "Undoes the steps that the apply script did, last one first, also one that broke in the middle. -WhatIf shows what it would do.".to_owned(),
        format!(
            "It needs {stem}-state.xml, which the apply script wrote. What was not known before the first change is taken from there."
        ),
    ];
    let again = again::needed(&node.steps);
    if again {
        notes.push(
            "What is made again is as it was, but for a MAC address that Windows gives: look at DHCP reservations. VMs of this host alone (not \
             clustered) must be connected to their switch again."
                .to_owned(),
        );
    }
    if takeover {
        notes.push(
            "Run it at the console (iLO, iDRAC) with -Console: one step takes the management path down for a moment."
                .to_owned(),
        );
    }
    let mut lines = head(
        "Rollback: back to how the node was.",
        node,
        &notes,
        Kind {
            console: takeover,
            // what falls back by itself must not wait for anybody
            waits: takeover || !gates.is_empty(),
            ..Kind::changing()
        },
        stem,
    );
    lines.extend(functions(node));
    if again {
        lines.extend(block(again::RESTORE));
    }
    lines.extend(right_node(node));
    if work.today.nodes.len() > 1 {
        // Asked of Hyper-V alone: where the way back is needed most, the cluster may not answer.
        lines.push("if (-not $WhatIfPreference -and @(Get-VM | Where-Object { [string]$_.State -eq 'Running' }).Count -gt 0) {".to_owned());
        lines.push("    throw 'VMs run on this node and would lose their network: drain it first, Suspend-ClusterNode -Drain -Wait'".to_owned());
        lines.push("}".to_owned());
    }
    lines.push("if (-not (Test-Path -LiteralPath $StateFile)) { throw ('{0} is missing: nothing was applied, or the file is lost' -f $StateFile) }".to_owned());
    lines.push("$State = Read-State".to_owned());
    lines.push(String::new());
    // protocols come back to a port only once no switch holds it any more, a host vNIC to its port once it is under the switch again
    let late = |step: &&Step| kept::binds(step) || again::binds(step);
    let (last, first): (Vec<&Step>, Vec<&Step>) = node.steps.iter().rev().partition(late);
    for step in first.into_iter().chain(last) {
        for (_, what) in gates.iter().filter(|(number, _)| *number == step.number) {
            lines.push(format!(
                "Wait-ByHand -Back -Number {} -What {}",
                step.number,
                quoted(what)
            ));
        }
        lines.extend(parts::undo(context, step));
    }
    lines.extend(again::ports(&node.steps));
    for (_, what) in gates.iter().filter(|(number, _)| *number == 0) {
        lines.push(format!("Write-Output {}", quoted(&format!("by hand, now: {what}"))));
    }
    lines.push("Write-Output 'Done. Look at the node with its pre-check script.'".to_owned());
    lines
}
