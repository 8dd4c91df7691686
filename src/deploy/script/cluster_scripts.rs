//! The scripts that are run once for a cluster, on one of its nodes.

use super::change::Context;
use super::parts::{self, Head, Kind, block, confirm, verdict};
use super::{File, atc_prelude, change, host_lists, kept, prelude, stranded};
use crate::deploy::steps::{Change, Phase, Step};
use crate::deploy::work::{ClusterWork, by_powershell};
use crate::powershell::{Command, comment, file, quoted, quoted_list};
use crate::profiles::WS2008R2;

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
        lines.extend(block(atc_prelude::ASK));
        lines.extend(block(atc_prelude::OVERRIDE));
        if changes {
            lines.extend(block(atc_prelude::CLUSTER));
        }
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
    let holds = |c: &Change| matches!(c, Change::HoldIntents(_));
    if steps.iter().flat_map(|s| &s.changes).any(holds) {
        notes.push(
            "It only holds Network ATC: the first node's script adds the intents, and every node takes them in its turn, drained. Do not start the \
             service NetworkATC by hand meanwhile."
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

/// A step; one that needs the VM off is passed over while the VM runs, and told at the end.
fn step_lines(context: &Context, step: &Step) -> Vec<String> {
    let lines = parts::step(context, step);
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
    // Network ATC is held only until the last node has had its turn
    let held = |step: &&Step| step.changes.iter().any(|c| matches!(c, Change::HoldIntents(_)));
    let stays = |step: &&Step| !host_lists::for_a_while(step) && !held(step);
    for step in work.before.iter().chain(&work.last).filter(scripted).filter(stays) {
        for written in change::step(context, &step.changes)
            .into_iter()
            .filter(|w| !w.test.is_empty())
        {
            lines.push(confirm(&step.title, &written.test));
        }
    }
    let added = work.before.iter().flat_map(|s| &s.changes).filter_map(|c| match c {
        Change::HoldIntents(hold) => Some(&hold.added),
        _ => None,
    });
    for name in added.flatten() {
        let test = Command::new("Test-Intent").name("Name", name).line();
        lines.push(confirm(&format!("Network ATC has applied {name} on every node"), &test));
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
    let mut notes =
        vec!["Undoes what the cluster scripts did. VMs whose MAC address goes back must be off.".to_owned()];
    if work.by_intents {
        notes.push("Run it when every node is back: it takes the plan's intents from the cluster and lets Network ATC run as before.".to_owned());
    }
    let lists = [
        "    # only networks, live migration, and VMs whose old network is still on every node: before the first node goes back, so that nodes can migrate to each other meanwhile".to_owned(),
        "    [switch]$BeforeNodes,".to_owned(),
    ];
    let first = goes_back_first(work);
    let parameters: &[String] = if first { &lists } else { &[] };
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
        let (lists, others): (Vec<&Step>, Vec<&Step>) = steps
            .iter()
            .rev()
            .partition(|step| part == "after" && goes_first(work, step));
        lines.extend(lists.into_iter().flat_map(|step| undone(context, step)));
        let guarded = first && part == "after";
        if guarded {
            lines.push("if ($BeforeNodes) {".to_owned());
            lines.push("    Write-Output 'Done. Next: the rollback of the last node.'".to_owned());
            lines.push("    exit 0".to_owned());
            lines.push("}".to_owned());
        }
        lines.extend(others.into_iter().flat_map(|step| undone(context, step)));
    }
    lines.push("Write-Output 'Done.'".to_owned());
    lines
}

/// Whether a step after the last node is undone before the first node goes back: networks, live migration, and VMs whose old network is on every node while
/// the new one ends with each node that goes back. VMs whose old network is gone move between the nodes, see [`stranded`].
fn goes_first(work: &ClusterWork, step: &Step) -> bool {
    let moves = |change: &Change| match change {
        Change::Connect { vm, .. } => !work.stranded.iter().any(|(name, ..)| name == vm),
        _ => false,
    };
    matches!(step.phase, Phase::ClusterNetworks | Phase::Migration) || step.changes.iter().all(moves)
}

/// Whether the way back begins with the cluster's script: nodes that are back and nodes that are not must be able to migrate to each other.
pub fn goes_back_first(work: &ClusterWork) -> bool {
    work.nodes.len() > 1 && work.last.iter().any(|step| goes_first(work, step))
}

fn undone(context: &Context, step: &Step) -> Vec<String> {
    let undo = parts::undo(context, step);
    if undo.is_empty() {
        // A remark is read by nobody who runs the script.
        let told = format!("by hand, as it was before: {}", step.title);
        return vec![Command::new("Write-Warning").value("Message", quoted(&told)).line()];
    }
    undo
}
