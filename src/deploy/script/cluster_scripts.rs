//! The scripts that are run once for a cluster, on one of its nodes.

use super::change::Context;
use super::parts::{self, Head, Kind, block, confirm, verdict};
use super::{File, change, host_lists, kept, prelude, stranded};
use crate::deploy::steps::{Change, Phase, Step};
use crate::deploy::work::{ClusterWork, by_powershell};
use crate::powershell::{Command, comment, file, quoted, quoted_list};
use crate::profiles::WS2008R2;

/// Intents of Network ATC.
pub const INTENTS: &str = r#"function Test-Intent {
    # the intent is there and applied on every node
    param([string]$Name)
    if (-not (Get-NetIntent -Name $Name -ErrorAction SilentlyContinue)) { return $false }
    $status = @(Get-NetIntentStatus -Name $Name)
    return @($status | Where-Object { [string]$_.ConfigurationStatus -ne 'Success' -or [string]$_.ProvisioningStatus -ne 'Completed' }).Count -eq 0
}

function Wait-Intent {
    param([string]$Name)
    foreach ($attempt in (1..120)) {
        if (Test-Intent -Name $Name) { return }
        if (@(Get-NetIntentStatus -Name $Name | Where-Object { [string]$_.ConfigurationStatus -eq 'Failed' }).Count -gt 0) {
            throw ('Network ATC could not apply {0}: Get-NetIntentStatus -Name {0} says why' -f $Name)
        }
        Start-Sleep -Seconds 10
    }
    throw ('Network ATC has not finished {0} after 20 minutes: Get-NetIntentStatus' -f $Name)
}
"#;

/// Before, after, verify and rollback; those without a step are left out.
pub fn files(work: &ClusterWork, stem: &str) -> Vec<File> {
    let context = Context {
        cluster: &work.today,
        node: None,
        after: None,
        back: false,
    };
    // On 2008 R2 nothing but the cluster itself has cmdlets.
    let scripted = |step: &&Step| by_powershell(&work.today) || step.phase != Phase::Guests;
    let before: Vec<&Step> = work.before.iter().filter(scripted).collect();
    let last: Vec<&Step> = work.last.iter().filter(scripted).collect();
    let mut found = Vec::new();
    let mut add = |name: &str, lines: Vec<String>| found.push((format!("{stem}-{name}.ps1"), file(&lines)));
    if !before.is_empty() {
        let synopsis = "Before the first node: what must be so while the nodes are rebuilt one after the other.";
        add(
            "1-before",
            changing(&context, work, &before, (synopsis, &format!("{stem}-before"))),
        );
    }
    if !last.is_empty() {
        let synopsis = "After the last node: cluster networks, live migration and VMs.";
        add(
            "2-after",
            changing(&context, work, &last, (synopsis, &format!("{stem}-after"))),
        );
    }
    if let Some(lines) = stranded::script(work) {
        add("move-stranded", lines);
    }
    add("3-verify", verify(&context, work, stem));
    if !before.is_empty() || !last.is_empty() {
        add("4-rollback", rollback(&context, work, &before, &last, stem));
    }
    found
}

fn head(work: &ClusterWork, synopsis: &str, notes: &[String], changes: bool, stem: &str) -> Vec<String> {
    head_of(work, synopsis, notes, (changes, &[]), stem)
}

/// The head of a script that changes something and takes parameters of its own.
pub fn head_with(
    work: &ClusterWork,
    synopsis: &str,
    notes: &[String],
    parameters: &[String],
    stem: &str,
) -> Vec<String> {
    head_of(work, synopsis, notes, (true, parameters), stem)
}

fn head_of(
    work: &ClusterWork,
    synopsis: &str,
    notes: &[String],
    (changes, parameters): (bool, &[String]),
    stem: &str,
) -> Vec<String> {
    let old = work.today.profile.generation == WS2008R2;
    let head = Head {
        synopsis,
        target: &work.today.name,
        notes,
        parameters,
        kind: Kind {
            changes,
            ..Kind::default()
        },
        version: if old { "2.0" } else { "3.0" },
    };
    let mut lines = parts::head(&head, stem);
    lines.push("Import-Module FailoverClusters".to_owned());
    lines.extend(block(prelude::STEPS));
    lines.extend(block(prelude::NETWORKS));
    lines.extend(block(prelude::ROLES));
    if changes {
        lines.extend(block(kept::KEEP));
    }
    if !old {
        lines.extend(block(prelude::CLUSTER));
    }
    if host_lists::needed(work.before.iter().chain(&work.last)) {
        lines.extend(block(host_lists::FUNCTIONS));
    }
    if work.by_intents {
        lines.extend(block(INTENTS));
    }
    lines.push(format!("if ((Get-Cluster).Name -ne {}) {{", quoted(&work.today.name)));
    lines.push(
        "    throw ('this script is for the cluster {0}, this node belongs to {1}' -f $Target, (Get-Cluster).Name)"
            .to_owned(),
    );
    lines.push("}".to_owned());
    lines
}

fn changing(context: &Context, work: &ClusterWork, steps: &[&Step], (synopsis, stem): (&str, &str)) -> Vec<String> {
    let mut notes = vec![
        "Run it once, on any node. Try it with -WhatIf first: nothing is changed then. It can be run again.".to_owned(),
    ];
    let intents: Vec<&Step> = steps.iter().copied().filter(|s| is_intent(s)).collect();
    if !intents.is_empty() {
        notes.push(
            "Network ATC applies an intent to all nodes, one soon after the other: run this in a window, from the console of a node, before VMs run here, or \
             with all VMs off."
                .to_owned(),
        );
    }
    let mut lines = head(work, synopsis, &notes, true, stem);
    lines.push("$State = Read-State".to_owned());
    lines.push("$Waiting = @()".to_owned());
    lines.extend(kept::saved_of_cluster(context, steps));
    lines.push(String::new());
    for step in steps {
        lines.extend(step_lines(context, step));
    }
    lines.push("if ($Waiting.Count -gt 0) {".to_owned());
    lines.push(
        "    Write-Output ('not done, shut these VMs down and run the script again: {0}' -f ($Waiting -join ', '))"
            .to_owned(),
    );
    lines.push("    exit 1".to_owned());
    lines.push("}".to_owned());
    lines.push("Write-Output 'Done.'".to_owned());
    lines
}

fn is_intent(step: &Step) -> bool {
    step.changes.iter().any(|c| matches!(c, Change::AddIntent(_)))
}

/// A step; one that needs the VM off is passed over while the VM runs, and told at the end.
fn step_lines(context: &Context, step: &Step) -> Vec<String> {
    // the cluster's scripts have no take-over of their own: Network ATC does the work on the nodes
    let mut plain = step.clone();
    plain.takeover = false;
    let lines = parts::step(context, &plain);
    let off = step.changes.iter().find_map(|c| match c {
        Change::StaticMac { vm, .. } => Some(vm),
        _ => None,
    });
    let Some(vm) = off else { return lines };
    let mut guarded = vec![
        comment(&format!("{vm} must be off for the next step")),
        format!(
            "if ([string](Find-Vm -Name {}).State -ne 'Off') {{ $Waiting += {} }}",
            quoted(vm),
            quoted(vm)
        ),
        "else {".to_owned(),
    ];
    guarded.extend(
        lines
            .into_iter()
            .map(|line| if line.is_empty() { line } else { format!("    {line}") }),
    );
    guarded.push("}".to_owned());
    guarded.push(String::new());
    guarded
}

fn verify(context: &Context, work: &ClusterWork, stem: &str) -> Vec<String> {
    let notes = ["Reads only. Run it after the last node and after the script before this one.".to_owned()];
    let mut lines = head(work, "Verify: is the cluster as the plan says?", &notes, false, stem);
    let scripted = |step: &&Step| by_powershell(&work.today) || step.phase != Phase::Guests;
    let stays = |step: &&Step| !host_lists::for_a_while(step);
    for step in work.before.iter().chain(&work.last).filter(scripted).filter(stays) {
        for written in change::step(context, &step.changes)
            .into_iter()
            .filter(|w| !w.test.is_empty())
        {
            lines.push(confirm(&step.title, &written.test));
        }
    }
    lines.push(confirm(
        "every node is up",
        "@(Get-ClusterNode | Where-Object { [string]$_.State -ne 'Up' }).Count -eq 0",
    ));
    lines.push(confirm(
        "every cluster network is up",
        "@(Get-ClusterNetwork | Where-Object { [string]$_.State -ne 'Up' }).Count -eq 0",
    ));
    let nodes: Vec<String> = work.today.nodes.iter().map(|n| n.name.clone()).collect();
    lines.push(comment("The cluster's own opinion; the report says where it lies."));
    lines.push(format!("Test-Cluster -Node {} -Include 'Network'", quoted_list(&nodes)));
    lines.extend(verdict("The cluster is as planned.", "see the lines above"));
    lines
}

fn rollback(context: &Context, work: &ClusterWork, before: &[&Step], last: &[&Step], stem: &str) -> Vec<String> {
    let notes = ["Undoes what the cluster scripts did. VMs whose MAC address goes back must be off.".to_owned()];
    let lists = [
        "    # only networks and live migration: before the first node goes back, so that nodes can migrate to each other meanwhile".to_owned(),
        "    [switch]$Lists,".to_owned(),
    ];
    let first = goes_back_first(work);
    let parameters: &[String] = if first { &lists } else { &[] };
    let context = &Context {
        back: true,
        cluster: context.cluster,
        node: None,
        after: None,
    };
    let mut lines = head_of(
        work,
        "Rollback of the cluster scripts.",
        &notes,
        (true, parameters),
        stem,
    );
    for (steps, part) in [(last, "after"), (before, "before")] {
        if steps.is_empty() {
            continue;
        }
        lines.push(format!("$StateFile = Join-Path $StateFolder '{stem}-{part}-state.xml'"));
        lines.push("$State = Read-State".to_owned());
        let (lists, others): (Vec<&Step>, Vec<&Step>) =
            steps.iter().rev().partition(|step| part == "after" && is_list(step));
        lines.extend(lists.into_iter().flat_map(|step| undone(context, step)));
        let guarded = first && part == "after";
        if guarded {
            lines.push("if ($Lists) {".to_owned());
            lines.push("    Write-Output 'Done. Next: the rollback of the last node.'".to_owned());
            lines.push("    exit 0".to_owned());
            lines.push("}".to_owned());
        }
        lines.extend(others.into_iter().flat_map(|step| undone(context, step)));
    }
    lines.push("Write-Output 'Done.'".to_owned());
    lines
}

/// Whether a step is of networks and live migration.
fn is_list(step: &Step) -> bool {
    matches!(step.phase, Phase::ClusterNetworks | Phase::Migration)
}

/// Whether the way back begins with the cluster's lists: nodes that are back and nodes that are not must be able to migrate to each other.
pub fn goes_back_first(work: &ClusterWork) -> bool {
    !work.by_intents && work.nodes.len() > 1 && work.last.iter().any(is_list)
}

fn undone(context: &Context, step: &Step) -> Vec<String> {
    // the cluster's scripts have no way back of their own: taking an intent away takes no path down
    let mut plain = step.clone();
    plain.takeover = false;
    let mut lines = parts::undo(context, &plain);
    if lines.is_empty() {
        lines.push(comment(&format!("By hand: {} (set it as it was)", step.title)));
    }
    lines.extend(left_behind(step));
    lines
}

/// What an intent leaves on every node when it is taken away.
fn left_behind(step: &Step) -> Vec<String> {
    let mut lines = Vec::new();
    for change in &step.changes {
        let Change::AddIntent(intent) = change else { continue };
        lines.push(comment(&format!(
            "What the intent {} made stays (Remove-NetIntent takes nothing off a node). By hand on each node, drained, at its console (iLO, iDRAC):",
            intent.name
        )));
        if let Some(switch) = intent.switch() {
            let remove = Command::new("Remove-VMSwitch").name("Name", &switch).switch("Force");
            lines.push(comment(&format!("  {}", remove.line())));
        }
        if intent.storage {
            lines.push(comment(
                "  Get-NetQosTrafficClass | Where-Object { $_.Name -ne '[Default]' } | Remove-NetQosTrafficClass; Get-NetQosPolicy | Remove-NetQosPolicy",
            ));
        }
        lines.push(comment(
            "  then addresses and VLANs as the pre-check script of the node lists them, and that script again: every line must say ok",
        ));
    }
    lines
}
