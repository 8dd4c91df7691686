//! Parts that all scripts have: head, parameters, one step, one fact to confirm.

use super::change::{self, Context, Written};
use crate::deploy::steps::{Change, Step};
use crate::powershell::{comment, quoted};

/// What a script is for and how it is run.
pub struct Head<'a> {
    /// First line of the help.
    pub synopsis: &'a str,
    /// The node or cluster.
    pub target: &'a str,
    /// More lines of help.
    pub notes: &'a [String],
    /// Lines of parameters of its own.
    pub parameters: &'a [String],
    /// What it does.
    pub kind: Kind,
    /// Lowest version of PowerShell.
    pub version: &'a str,
}

/// What a script does, and so which parameters it takes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kind {
    /// It changes something: it takes `-WhatIf` and keeps a state.
    pub changes: bool,
    /// It has a step that takes management, or the last storage path, down.
    pub console: bool,
    /// It goes back by itself after so many minutes.
    pub falls_back: Option<u32>,
    /// It waits for something that is done by hand.
    pub waits: bool,
}

impl Kind {
    /// It changes something.
    pub fn changing() -> Kind {
        Kind {
            changes: true,
            ..Kind::default()
        }
    }
}

/// The head of a script; the names in it stand in comments and literals only.
pub fn head(head: &Head, stem: &str) -> Vec<String> {
    let mut lines = vec![
        comment(head.synopsis),
        comment(&format!(
            "For {}. Written by nicplan from an inventory and a plan; do not edit, make it anew.",
            head.target
        )),
    ];
    lines.extend(head.notes.iter().map(|note| comment(note)));
    lines.push(format!("#requires -Version {}", head.version));
    lines.push(if head.kind.changes {
        "[CmdletBinding(SupportsShouldProcess = $true)]".to_owned()
    } else {
        "[CmdletBinding()]".to_owned()
    });
    lines.push("param(".to_owned());
    lines.extend(head.parameters.iter().cloned());
    if head.kind.console {
        lines
            .push("    # the script runs at the console of the node, where a lost network does not stop it".to_owned());
        lines.push("    [switch]$Console,".to_owned());
    }
    if let Some(minutes) = head.kind.falls_back {
        lines.push(
            "    # minutes after which Windows runs the rollback script by itself if this script does not come back"
                .to_owned(),
        );
        lines.push(format!("    [int]$FallbackMinutes = {minutes},"));
    }
    if head.kind.waits {
        lines.push("    # the ports of the physical switches are changed already: do not ask".to_owned());
        lines.push("    [switch]$PortsDone,".to_owned());
    }
    lines.push("    # folder with the scripts; what was done and how it was before is kept there".to_owned());
    lines.push("    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)".to_owned());
    lines.push(")".to_owned());
    lines.push("$ErrorActionPreference = 'Stop'".to_owned());
    lines.push(format!("$Target = {}", quoted(head.target)));
    lines.push(format!("$StateFile = Join-Path $StateFolder '{stem}-state.xml'"));
    lines.push("$Failed = 0".to_owned());
    lines.push(String::new());
    lines
}

/// A block of fixed text.
pub fn block(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    lines.push(String::new());
    lines
}

/// A step of an apply script; nothing to run gives a comment.
pub fn step(context: &Context, step: &Step) -> Vec<String> {
    let written = change::step(context, &step.changes);
    let mut lines = vec![
        comment(&format!("Step {}: {}", step.number, step.title)),
        comment(&format!("  serves: {}", step.serves)),
    ];
    if written.is_empty() {
        let rides = step.changes.iter().all(|c| matches!(c, Change::Ride { .. }));
        lines.push(comment(if rides {
            "  nothing to run: these roles go over the address that is there"
        } else {
            "  nothing to run: see the manual steps of the runbook"
        }));
        lines.push(String::new());
        return lines;
    }
    let function = if step.takeover {
        "Invoke-TakeOver"
    } else {
        "Invoke-Step"
    };
    let open = format!(
        "{function} -Number {} -What {} -Serves {} -Test {{",
        step.number,
        quoted(&step.title),
        quoted(&step.serves)
    );
    lines.extend(written.iter().map(|w| w.note.clone()).filter(|note| !note.is_empty()));
    lines.extend(body(open, &written));
    lines
}

/// A step of a rollback script.
pub fn undo(context: &Context, step: &Step) -> Vec<String> {
    let changes: Vec<Change> = step.undo();
    let written = change::step(context, &changes);
    if written.is_empty() {
        return Vec::new();
    }
    let title = format!("undo: {}", step.title);
    let mut lines = vec![comment(&format!("Step {}: {title}", step.number))];
    // the way back through such a step takes the same path down
    let guard = if step.takeover { " -TakeOver" } else { "" };
    let open = format!(
        "Undo-Step -Number {} -What {}{guard} -Test {{",
        step.number,
        quoted(&title)
    );
    lines.extend(body(open, &written));
    lines
}

/// Test and commands of a step; of several changes each is passed over that is so already.
fn body(open: String, written: &[Written]) -> Vec<String> {
    let mut lines = vec![open];
    lines.push(format!("    {}", all(written)));
    lines.push("} -Change {".to_owned());
    let several = written.len() > 1;
    for one in written {
        let guarded = several && !one.test.is_empty();
        if guarded {
            lines.push(format!("    if (-not ({})) {{", one.test));
        }
        let indent = if guarded { "        " } else { "    " };
        lines.extend(one.commands.iter().map(|command| format!("{indent}{command}")));
        if guarded {
            lines.push("    }".to_owned());
        }
    }
    lines.push("}".to_owned());
    lines.push(String::new());
    lines
}

fn all(written: &[Written]) -> String {
    let tests: Vec<&str> = written
        .iter()
        .map(|w| w.test.as_str())
        .filter(|t| !t.is_empty())
        .collect();
    match tests.as_slice() {
        [] => "$false".to_owned(),
        [one] => (*one).to_owned(),
        many => many.iter().map(|t| format!("({t})")).collect::<Vec<_>>().join(" -and "),
    }
}

/// A fact that a check script confirms.
pub fn confirm(what: &str, test: &str) -> String {
    format!("Confirm-Fact -What {} -Test {{ {test} }}", quoted(what))
}

/// The end of a check script.
pub fn verdict(good: &str, bad: &str) -> Vec<String> {
    vec![
        String::new(),
        "if ($Failed -gt 0) {".to_owned(),
        format!(
            "    Write-Output ('{{0}} of the checks failed: {{1}}' -f $Failed, {})",
            quoted(bad)
        ),
        "    exit 1".to_owned(),
        "}".to_owned(),
        format!("Write-Output {}", quoted(good)),
        "exit 0".to_owned(),
    ]
}
