//! What each table, drawing and page that commands write is for, under its own name: `mac_changes.csv`, `mac_changes`.
//!
//! The files of `plan` and `report` stand in [`REPORTS`]; the scripts of `deploy` have their own table.

use nicplan::reports::REPORTS;

/// A file that a command writes.
pub(super) struct OutputFile {
    /// Its name.
    pub(super) name: &'static str,
    /// The command that writes it.
    pub(super) command: &'static str,
    /// What it answers, without its full stop.
    pub(super) about: &'static str,
}

const fn file(name: &'static str, command: &'static str, about: &'static str) -> OutputFile {
    OutputFile { name, command, about }
}

/// Files of the other commands.
static OTHERS: [OutputFile; 15] = [
    file(
        "rules.csv",
        "review",
        "every rule with its outcome in every cluster: findings, passed, not checked and why, does not apply and why",
    ),
    file(
        "mac_changes.csv",
        "mac",
        "the proposed change that removes every error about MAC addresses, step by step",
    ),
    file(
        "mac_overlaps.csv",
        "mac",
        "pools that have addresses in common, in pairs",
    ),
    file(
        "mac_exhaustion.csv",
        "mac",
        "how full each pool is now, after the loss of a node, and on which day it runs out",
    ),
    file(
        "mac_ledger.csv",
        "mac",
        "every MAC address in use with its holder and the pool that it lies in",
    ),
    file(
        "nlb.csv",
        "mac",
        "every NLB cluster with its mode, its members and the address that they share",
    ),
    file(
        "cold_start.csv",
        "mac",
        "whether each VM keeps its MAC address when it is turned off and started on another possible owner",
    ),
    file(
        "paths.csv",
        "path",
        "the way of a live migration from node to node, layer by layer, with its rate and the layer at fault",
    ),
    file("path.svg", "path", "the ways of live migrations, drawn"),
    file(
        "drain.csv",
        "drain",
        "how long each node takes to become empty, with its interval",
    ),
    file("drain.svg", "drain", "the live migrations of a drain over time, drawn"),
    file(
        "migrations.csv",
        "drain",
        "every live migration of a drain: when it starts, how long it copies, how long the VM stands still",
    ),
    file(
        "diff.csv",
        "diff",
        "what is different between two inventories or plans, node by node",
    ),
    file(
        "calibration.json",
        "calibrate",
        "what the history of migrations taught: later forecasts take it with --calibration",
    ),
    file(
        "history.csv",
        "import",
        "past live migrations, read from event logs: nicplan calibrate learns from it",
    ),
];

/// All of them, those of a plan first.
pub(super) fn all() -> impl Iterator<Item = OutputFile> {
    let reports = REPORTS.iter().map(|report| file(report.file, "plan", report.summary));
    let others = OTHERS.iter().map(|own| file(own.name, own.command, own.about));
    reports.chain(others)
}

impl OutputFile {
    /// Its name without what it ends in.
    pub(super) fn stem(&self) -> &'static str {
        self.name.split_once('.').map_or(self.name, |(stem, _)| stem)
    }

    /// The page.
    pub(super) fn page(&self) -> String {
        let (name, command) = (self.name, self.command);
        let about = super::pages::capital(self.about);
        format!("# {name} (file of nicplan {command})\n\n{about}.\n\nSee: `nicplan explain {command}`\n")
    }
}
