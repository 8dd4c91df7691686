//! WHAT PEOPLE READ. In: facts, a [`VerifiedPlan`](crate::checks::VerifiedPlan) and findings. Out: bytes of files, or console text.
//!
//! Every number is joined once, in `data`; tables, drawings and the page only show it, so they cannot disagree.
//! Must not know: the planner, the solver, how a plan is judged. Nothing here decides anything.
//!
//! To add a report: one entry in [`REPORTS`] and one function from [`ReportData`] to bytes.

mod apart;
mod csv_file;
mod data;
mod differences;
pub mod drains;
mod drawings;
mod emptying;
mod fit;
#[cfg(test)]
mod fixtures;
mod hardware_loss;
mod hints;
mod html;
mod ledger;
mod limits;
mod look;
mod measured;
mod node_loss;
mod not_yet;
pub mod outcomes;
mod paths;
mod proven;
mod review;
mod semicolons;
mod show;
mod story;
mod svg;
mod tables;
pub mod text;
mod unknown;
mod versus_today;
mod write;

use rayon::prelude::*;

pub use data::{ReportData, Reviewed, WhatIf, WhatIfRow};
pub use differences::{differences_csv, differences_text};
pub use ledger::LedgerData;
pub use outcomes::rules_csv;
pub use paths::{ClusterPaths, PathData, paths_csv};
pub use review::{Files, junit, sarif};
pub use semicolons::{UTF8_MARK, with_semicolons};
pub use tables::{findings_csv, mac_plan_csv, static_macs_csv};
pub use unknown::not_exported_text;
pub use write::write_all;

/// One file of the output folder.
pub struct Report {
    /// File name.
    pub file: &'static str,
    /// What it answers, in one line.
    pub summary: &'static str,
    /// Writes it.
    pub render: fn(&ReportData) -> Vec<u8>,
}

/// All reports, sorted by file name.
pub static REPORTS: [Report; 14] = [
    Report {
        file: "assignment.csv",
        summary: "what every NIC of every node does, and why",
        render: tables::assignment,
    },
    Report {
        file: "assignment.svg",
        summary: "which port does what, drawn",
        render: drawings::assignment::render,
    },
    Report {
        file: "external_networks.csv",
        summary: "which external network each VM uses",
        render: tables::external_networks,
    },
    Report {
        file: "failures.csv",
        summary: "what each single failure does to each role",
        render: tables::failures,
    },
    Report {
        file: "failures.svg",
        summary: "what each failure breaks, drawn",
        render: drawings::failures::render,
    },
    Report {
        file: "findings.csv",
        summary: "what is wrong, with evidence and fix",
        render: tables::findings,
    },
    Report {
        file: "mac_plan.csv",
        summary: "dynamic MAC pool of each node",
        render: tables::mac_plan,
    },
    Report {
        file: "mac_pools.svg",
        summary: "where the MAC pools lie and overlap",
        render: drawings::mac_pools::render,
    },
    Report {
        file: "plan.json",
        summary: "the plan itself, for check",
        render: plan_json,
    },
    Report {
        file: "report.html",
        summary: "the page for people: start here",
        render: html::render,
    },
    Report {
        file: "role_capacity.csv",
        summary: "what each role can count on",
        render: tables::role_capacity,
    },
    Report {
        file: "static_macs.csv",
        summary: "VMs that need a static MAC or spoofing",
        render: tables::static_macs,
    },
    Report {
        file: "utilisation.svg",
        summary: "how full each role is, drawn",
        render: drawings::utilisation::render,
    },
    Report {
        file: "wiring.svg",
        summary: "which NIC is cabled to which switch",
        render: drawings::wiring::render,
    },
];

/// All files of a plan, by name.
pub fn render_all(data: &ReportData) -> Vec<(String, Vec<u8>)> {
    REPORTS
        .par_iter()
        .map(|report| (report.file.to_owned(), (report.render)(data)))
        .collect()
}

/// The plan as indented JSON with a newline at the end.
fn plan_json(data: &ReportData) -> Vec<u8> {
    let mut bytes = serde_json::to_vec_pretty(data.plan).expect("a plan holds only text, numbers and lists");
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests;
