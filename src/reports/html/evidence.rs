//! Last part of the page: the why of each decision, findings with their evidence, assumptions, input files.

use super::table::{Cell, Kind, Table, number, text};
use super::tables::of_one_cluster;
use super::{list, paragraph};
use crate::finding::Finding;
use crate::plan::{LEVELS, Reason};
use crate::reports::data::ReportData;
use crate::reports::{measured, outcomes, show};

/// Places of a finding that its row names.
const PLACES: usize = 4;

/// Writes the reasons of all decisions.
pub(super) fn write_reasons(data: &ReportData, out: &mut String) {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Decision", Kind::Text),
        ("About", Kind::Text),
        ("Chosen", Kind::Long),
        ("Next best", Kind::Long),
        ("Loses at level", Kind::Number),
        ("Why", Kind::Long),
    ];
    let mut rows = Vec::new();
    for cluster in &data.clusters {
        let names: Vec<&str> = cluster.facts.nodes.iter().map(|n| n.name.as_str()).collect();
        rows.extend(
            cluster
                .plan
                .reasons
                .iter()
                .map(|r| reason_row(&cluster.facts.name, &names, r)),
        );
    }
    let table = Table {
        id: "reasons",
        title: "Every decision and the next best alternative",
        note: "Levels of the objective, in strict order: 1 unmet requirements, 2 unmet wishes, 3 utilisation above target, 4 drain above \
               goal, 5 changes from today, 6 external networks, 7 worst utilisation, 8 sum of utilisations, 9 slowest drain, 10 NICs used, \
               11 name.",
        file: "plan.json",
        columns: COLUMNS,
        rows,
    };
    of_one_cluster(data, table).write(out);
}

fn reason_row(cluster: &str, nodes: &[&str], reason: &Reason) -> Vec<Cell> {
    let level = usize::from(reason.level);
    let lost = match level.checked_sub(1).and_then(|i| LEVELS.get(i)) {
        Some(name) => format!("{level} {name}"),
        None => "no alternative".to_owned(),
    };
    vec![
        text(cluster),
        text(match reason.kind.as_str() {
            "pattern" => "NICs of nodes",
            "network" => "external network",
            "vm" => "VM",
            other => other,
        }),
        text(shorter_subject(nodes, &reason.subject)),
        text(&reason.chosen),
        text(&reason.alternative),
        number(lost, u64::from(reason.level)),
        text(&reason.text),
    ]
}

/// A list of node names as runs: `HV1 to HV24`.
fn shorter_subject(nodes: &[&str], subject: &str) -> String {
    let names: Vec<&str> = subject.split([' ', ',']).filter(|n| !n.is_empty()).collect();
    let all_nodes = names.len() > 2 && names.iter().all(|n| nodes.contains(n));
    if all_nodes {
        show::name_runs(&names, " to ")
    } else {
        subject.to_owned()
    }
}

/// Writes findings, assumptions and input files.
pub(super) fn write(data: &ReportData, out: &mut String) {
    findings(data).write(out);
    write_outcomes(data, out);
    if let Some(table) = measurements(data) {
        of_one_cluster(data, table).write(out);
    }
    assumptions(data).write(out);
    out.push_str("<div class=\"block\"><h3>Input files</h3>\n");
    list(out, data.inventory.sources.iter().map(|s| s.file.clone()));
    paragraph(out, &format!("SHA-256 of the inventory: {}", data.plan.input_sha256));
    out.push_str("</div>\n");
}

/// How many rules were checked, so that silence is not read as health.
fn write_outcomes(data: &ReportData, out: &mut String) {
    let Some(reviewed) = &data.reviewed else { return };
    out.push_str("<div class=\"block\"><h3>What the rules could check</h3>\n");
    list(out, outcomes::sentences(&reviewed.outcomes));
    paragraph(
        out,
        "A rule that is not checked says nothing: fill the columns, and it will. 'nicplan review INPUT --not-checked' lists them.",
    );
    out.push_str("</div>\n");
}

/// What the table of findings holds.
const FINDINGS_NOTE: &str = "What is wrong or worth knowing, with the place in the input. State 'present' is today, 'planned' is once \
                             the plan is applied. 'nicplan explain RULE' tells more.";
/// The same where entries of the policy with a last day were not counted.
const UNDATED: &str = "What is wrong or worth knowing, with the place in the input. State 'present' is today, 'planned' is once the \
                       plan is applied. 'nicplan explain RULE' tells more. Entries of the policy with a last day were not counted, \
                       since no day was given: 'nicplan plan --as-of YYYY-MM-DD' judges by a day.";

fn findings(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Severity", Kind::Badge),
        ("State", Kind::Text),
        ("Rule", Kind::Text),
        ("About", Kind::Text),
        ("What", Kind::Long),
        ("Now", Kind::Text),
        ("Should be", Kind::Text),
        ("Risk", Kind::Long),
        ("What to do", Kind::Long),
        ("Where", Kind::Text),
        ("Counts as", Kind::Text),
        ("Stays because", Kind::Long),
        ("Silenced by", Kind::Text),
        ("Counts so by", Kind::Text),
    ];
    Table {
        id: "findings",
        title: "Findings",
        note: if data.reviewed.as_ref().is_some_and(|r| r.entries_passed_over) {
            UNDATED
        } else {
            FINDINGS_NOTE
        },
        file: "findings.csv",
        columns: COLUMNS,
        rows: data
            .findings
            .iter()
            .chain(data.planned_findings())
            .map(finding_row)
            .collect(),
    }
}

fn finding_row(finding: &Finding) -> Vec<Cell> {
    vec![
        text(finding.severity.to_string()),
        text(finding.state.to_string()),
        text(finding.rule),
        text(&finding.subject),
        text(&finding.message),
        text(&finding.current),
        text(&finding.expected),
        text(&finding.risk),
        text(&finding.fix),
        text(places(finding)),
        text(finding.counts_as.to_string()),
        text(&finding.stays),
        text(&finding.suppressed_by),
        text(&finding.judged_by),
    ]
}

/// The first places of a fact in the input.
fn places(finding: &Finding) -> String {
    let shown: Vec<String> = finding.at.iter().take(PLACES).map(ToString::to_string).collect();
    match finding.places.saturating_sub(shown.len()) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn assumptions(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Not in the input", Kind::Long),
        ("Taken instead", Kind::Long),
    ];
    let row = |a: &crate::inventory::Assumption| vec![text(&a.cluster), text(&a.missing), text(&a.taken)];
    Table {
        id: "assumptions",
        title: "Assumptions",
        note: "What the input does not say, and what was taken instead.",
        file: "",
        columns: COLUMNS,
        rows: data.assumptions().iter().map(row).collect(),
    }
}

/// The table of the page; `None` without measurements.
fn measurements(data: &ReportData) -> Option<Table> {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Node", Kind::Text),
        ("External network", Kind::Text),
        ("vNICs measured", Kind::Number),
        ("Sum of 95th percentiles", Kind::Number),
        ("Sum of peaks", Kind::Number),
        ("Most at one time", Kind::Number),
        ("Wasted by summed peaks", Kind::Number),
    ];
    let rate = |mbps: u64| number(crate::units::show_mbps(mbps), mbps);
    let row = |group: measured::Group<'_>| {
        let load = group.load;
        vec![
            text(group.cluster),
            text(group.node),
            text(group.network),
            number(load.adapters.to_string(), load.adapters as u64),
            rate(load.sum_of_p95),
            rate(load.sum_of_peaks),
            rate(load.coincident_peak),
            rate(load.sum_of_peaks.saturating_sub(load.coincident_peak)),
        ]
    };
    let rows: Vec<_> = data
        .clusters
        .iter()
        .flat_map(|cluster| measured::groups(data, cluster))
        .map(row)
        .collect();
    (!rows.is_empty()).then_some(Table {
        id: "measured",
        title: "What was measured",
        note: "Load of the VMs' adapters from performance counters, without growth: the plan reckons with each vNIC's 95th percentile. An \
               uplink must carry the most at one time in its busier direction; peaks of different VMs seldom fall together.",
        file: "",
        columns: COLUMNS,
        rows,
    })
}
