//! First part of the page: the answer, the worst numbers, what is missing, what to do.

use super::table::push_breakable;
use super::what_if;
use super::{list, paragraph};
use crate::finding::{Finding, Severity};
use crate::plan::Status;
use crate::reports::data::{ClusterData, ReportData};
use crate::reports::svg::{escape, push_escaped};
use crate::reports::{
    apart, emptying, hardware_loss, hints, limits, measured, node_loss, proven, show, story, versus_today,
};
use crate::units::show_permille;
use std::fmt::Write;

/// Findings named on the first page, by rule.
const TOP_FINDINGS: usize = 6;

/// Other subjects of a rule named beside its first finding.
const OTHERS: usize = 4;

/// Writes the section.
pub(super) fn write(data: &ReportData, out: &mut String) {
    for cluster in &data.clusters {
        write_verdict(data, cluster, out);
    }
    out.push_str("<h3>What to do next</h3>\n");
    list(out, story::next_steps(data));
    write_top_findings(data, out);
    write_staying(data, out);
    for cluster in &data.clusters {
        write_patterns(data, cluster, out);
        write_styles(data, cluster, out);
    }
    if let Some(what_if) = &data.what_if {
        what_if::write(data, what_if, out);
    }
}

fn write_verdict(data: &ReportData, cluster: &ClusterData, out: &mut String) {
    let class = if cluster.met() { "good" } else { "bad" };
    let _ = writeln!(
        out,
        "<p class=\"verdict {class}\">{}</p>",
        escape(&story::verdict(cluster))
    );
    if let Some(another) = story::another_style(data, cluster) {
        let _ = writeln!(out, "<p class=\"verdict bad\">{}</p>", escape(&another));
    }
    paragraph(out, &proven::sentence(cluster));
    for trouble in hints::slow(cluster).iter().chain(&apart::sentence(cluster)) {
        let _ = writeln!(out, "<p class=\"verdict bad\">But {}</p>", escape(trouble));
    }
    write_tiles(cluster, out);
    write_facts(data, cluster, out);
    if !cluster.met() {
        write_unmet(cluster, out);
    }
}

/// The worst numbers with their places, each beside its name.
fn write_facts(data: &ReportData, cluster: &ClusterData, out: &mut String) {
    let included = match limits::growth_included(cluster) {
        text if text.is_empty() => text,
        text => format!("; {text}"),
    };
    let facts = [
        ("Compared with today", versus_today::sentence(cluster)),
        ("Buy and recable", story::purchase(cluster)),
        ("Loss of hardware", hardware_loss::sentence(cluster)),
        ("Loss of a node", node_loss::sentence(cluster)),
        ("Growth", limits::growth(cluster)),
        ("Patch night", emptying::night(cluster)),
        ("Drain", format!("{}.", emptying::sentence(cluster))),
        ("What limits it", story::limit(cluster)),
        ("Fullest", format!("{}{included}.", story::fullest(cluster))),
        (
            "Measured",
            measured::sentence(data, cluster).map_or_else(String::new, |measured| format!("{measured}.")),
        ),
        (
            "Live migration",
            cluster
                .paths()
                .brief()
                .map_or_else(String::new, |ways| format!("{}.", show::sentence(&ways))),
        ),
    ];
    out.push_str("<dl class=\"facts\">\n");
    for (name, text) in facts.iter().filter(|(_, text)| !text.is_empty()) {
        let _ = write!(out, "<dt>{name}</dt><dd>");
        push_escaped(out, text);
        out.push_str("</dd>\n");
    }
    out.push_str("</dl>\n");
}

fn write_unmet(cluster: &ClusterData, out: &mut String) {
    out.push_str("<h3>Requirements that are not met</h3>\n");
    list(out, story::unmet(cluster));
    if let Some(conflict) = &cluster.plan.conflict {
        paragraph(
            out,
            "These requirements exclude each other; without any one of them the rest can be met:",
        );
        list(out, story::excluding(conflict));
        let _ = writeln!(out, "<p class=\"verdict bad\">{}</p>", escape(&conflict.text));
    }
}

/// A number for the meeting: value, what it is, whether it is bad.
type Tile = (String, String, bool);

fn write_tiles(cluster: &ClusterData, out: &mut String) {
    out.push_str("<div class=\"tiles\">\n");
    for (value, label, bad) in tiles(cluster) {
        let class = if bad { "tile bad" } else { "tile" };
        let _ = writeln!(
            out,
            "<div class=\"{class}\"><b>{}</b><span>{}</span></div>",
            escape(&value),
            escape(&label)
        );
    }
    out.push_str("</div>\n");
}

fn tiles(cluster: &ClusterData) -> Vec<Tile> {
    let target = cluster.facts.policy.target_permille;
    let worst = cluster.fullest().map_or(0, |l| l.worst_utilisation);
    let (used, all) = cluster.nic_counts();
    let drain = emptying::tile(cluster);
    let growth = match &cluster.growth.first {
        _ if !limits::says_something(cluster) => "not judged".to_owned(),
        None => "no limit".to_owned(),
        Some(limit) if limit.permille < 0 => "none".to_owned(),
        Some(limit) => format!("{} %", show::thousands(limit.percent().unsigned_abs())),
    };
    let fits = cluster.growth.first.as_ref().is_some_and(|l| l.permille < 0);
    let wishes = cluster.recount.wishes.iter().filter(|(_, n)| *n > 0).count();
    let status = cluster.plan.solver.status;
    let mut tiles = vec![
        (
            show::status(status).to_owned(),
            format!("how good the plan is among those of the {} style", cluster.plan.style),
            status == Status::TimeLimit,
        ),
        (
            show_permille(worst),
            format!(
                "fullest uplink after the worst failure (target {})",
                show_permille(target)
            ),
            worst > target,
        ),
        (
            show_permille(cluster.worst_normal()),
            "fullest uplink with everything working".to_owned(),
            cluster.worst_normal() > target,
        ),
        (growth, growth_label(cluster), fits),
        (drain.0, drain.1, hints::is_slow_drain(cluster)),
        (format!("{used} of {all}"), "NICs in use".to_owned(), false),
        (
            cluster.networks().len().to_string(),
            match cluster.networks().len() {
                1 => "external network".to_owned(),
                _ => "external networks".to_owned(),
            },
            false,
        ),
        (
            format!("{wishes} of {}", cluster.recount.wishes.len()),
            "wishes not met in full".to_owned(),
            false,
        ),
        (
            match cluster.facts.nodes.iter().any(|node| node.wiring_known()) {
                true => show::thousands(cluster.recount.objective.changes),
                false => "not known".to_owned(),
            },
            "changes from today (NICs and vNICs)".to_owned(),
            false,
        ),
    ];
    if let Some((value, label, misses)) = emptying::night_tile(cluster) {
        tiles.insert(5, (value, label, misses));
    }
    tiles
}

/// What the growth tile counts: on top of what the policy adds, if it adds something.
fn growth_label(cluster: &ClusterData) -> String {
    if !limits::says_something(cluster) {
        return match limits::has_guests(cluster) {
            true => "growth: no need of a VM is known",
            false => "growth: no VM traffic in the inventory",
        }
        .to_owned();
    }
    match limits::growth_included(cluster) {
        included if included.is_empty() => "growth that fits".to_owned(),
        included => format!("more growth that fits ({included})"),
    }
}

fn write_top_findings(data: &ReportData, out: &mut String) {
    let counts = [Severity::Error, Severity::Warning, Severity::Info].map(|s| data.count(s));
    out.push_str("<h3>Top findings</h3>\n");
    if counts.iter().sum::<usize>() == 0 {
        return paragraph(out, "No finding about the design as it stands or about the plan.");
    }
    let numbers = [
        show::count(counts[0], "error", "errors"),
        show::count(counts[1], "warning", "warnings"),
        show::count(counts[2], "note", "notes"),
    ];
    paragraph(
        out,
        &format!(
            "{}; all of them with evidence at the end of the page.",
            numbers.join(", ")
        ),
    );
    out.push_str("<ul class=\"badge findings\">\n");
    for (finding, number) in data.findings_by_rule().into_iter().take(TOP_FINDINGS) {
        let others = data.other_subjects(finding);
        write_finding(finding, number, &others, &finding.fix, out);
    }
    out.push_str("</ul>\n");
}

/// The errors that are there once the plan is applied, each with the reason.
fn write_staying(data: &ReportData, out: &mut String) {
    let errors = data.staying_errors();
    if errors.is_empty() {
        return;
    }
    let number = show::count(errors.len(), "error", "errors");
    let _ = writeln!(
        out,
        "<h3>Once the plan is applied: {number}</h3>\n<ul class=\"badge findings\">"
    );
    let top: Vec<&Finding> = data
        .findings_by_rule()
        .into_iter()
        .take(TOP_FINDINGS)
        .map(|(f, _)| f)
        .collect();
    for finding in errors.iter().take(TOP_FINDINGS) {
        // what to do about the same finding stands a few lines above
        let told = top
            .iter()
            .any(|f| (f.rule, &f.message, &f.fix) == (finding.rule, &finding.message, &finding.fix));
        write_finding(finding, 1, &[], if told { "" } else { &finding.fix }, out);
    }
    out.push_str("</ul>\n");
    if errors.len() > TOP_FINDINGS {
        paragraph(out, "The others are in the table of findings, state planned.");
    }
}

/// A finding with its place, and what to do about it unless that is empty.
fn write_finding(finding: &Finding, number: usize, others: &[&str], fix: &str, out: &mut String) {
    let more = match (number, others.is_empty()) {
        (..2, _) => String::new(),
        (_, true) => format!(" (and {} more of this kind)", number - 1),
        (_, false) => format!(
            " (and {} more of this kind: {})",
            number - 1,
            show::some_of(others, OTHERS)
        ),
    };
    let _ = write!(out, "<li><span class=\"is-{0}\">{0}</span> ", finding.counts_as);
    push_escaped(out, finding.message.trim_end_matches('.'));
    let _ = write!(out, ".{} <small><code>{}</code>", escape(&more), escape(finding.rule));
    if let Some(at) = finding.at.first() {
        let _ = write!(out, ", {}", escape(&at.to_string()));
    }
    out.push_str("</small>");
    if !fix.is_empty() {
        out.push_str("<br><b>What to do:</b> ");
        push_escaped(out, fix);
    }
    if !finding.judged_by.is_empty() {
        let _ = write!(out, "<br>It counts as {}.", escape(&finding.level()));
    }
    if !finding.stays.is_empty() {
        out.push_str("<br>It stays: ");
        push_escaped(out, &finding.stays);
    }
    out.push_str("</li>\n");
}

/// Heading of a part that exists once per cluster.
fn heading(data: &ReportData, cluster: &ClusterData, text: &str, out: &mut String) {
    let of = if data.clusters.len() > 1 {
        format!(": {}", cluster.facts.name)
    } else {
        String::new()
    };
    let _ = writeln!(out, "<h3>{text}{}</h3>", escape(&of));
}

/// Opens a small table without tools.
pub(super) fn open_table(columns: &[&str], out: &mut String) {
    out.push_str("<div class=\"scroll low\" tabindex=\"0\"><table><thead><tr>");
    for column in columns {
        let _ = write!(out, "<th scope=\"col\">{column}</th>");
    }
    out.push_str("</tr></thead><tbody>\n");
}

pub(super) fn write_row<'c>(cells: impl IntoIterator<Item = &'c str>, out: &mut String) {
    out.push_str("<tr>");
    for cell in cells {
        out.push_str("<td>");
        push_breakable(out, cell);
        out.push_str("</td>");
    }
    out.push_str("</tr>\n");
}

pub(super) fn close_table(out: &mut String) {
    out.push_str("</tbody></table></div>\n");
}

/// The plan in a few lines: nodes that are alike, and the NICs of each uplink.
fn write_patterns(data: &ReportData, cluster: &ClusterData, out: &mut String) {
    heading(data, cluster, "Which NIC does what", out);
    open_table(&["Nodes", "Uplink", "NICs", "Held together by"], out);
    for group in &cluster.patterns {
        for (index, uplink) in cluster.plan.uplinks.iter().enumerate() {
            let Some(decided) = cluster.node_uplink(group.first(), index) else {
                continue;
            };
            let nics = if decided.nics.is_empty() {
                "none".to_owned()
            } else {
                decided.nics.join(", ")
            };
            let nodes = if index == 0 { group.label.as_str() } else { "" };
            write_row(
                [
                    nodes,
                    &uplink.name,
                    &nics,
                    show::mechanism(decided.mechanism, decided.team),
                ],
                out,
            );
        }
        let idle: Vec<&str> = cluster
            .ports_of(group.first())
            .filter(|p| p.uplink.is_none())
            .map(|p| p.nic.name.as_str())
            .collect();
        if !idle.is_empty() {
            write_row(["", "idle", &idle.join(", "), ""], out);
        }
    }
    close_table(out);
}

fn write_styles(data: &ReportData, cluster: &ClusterData, out: &mut String) {
    if cluster.plan.styles.is_empty() {
        return;
    }
    heading(data, cluster, "Today, dedicated, teamed, converged or hybrid?", out);
    let [columns @ .., _] = &story::STYLE_COLUMNS;
    open_table(columns, out);
    write_style(&versus_today::style_cells(cluster), out);
    for row in &cluster.plan.styles {
        write_style(&story::style_cells(cluster, row), out);
    }
    close_table(out);
    paragraph(out, story::PORT_SPEED_NOTE);
}

/// The numbers of a style, and below them over the whole width what it cannot do.
fn write_style(cells: &[String; 9], out: &mut String) {
    let [numbers @ .., missing] = cells;
    out.push_str(if missing.is_empty() {
        "<tr>"
    } else {
        "<tr class=\"first\">"
    });
    for cell in numbers {
        out.push_str("<td>");
        push_breakable(out, cell);
        out.push_str("</td>");
    }
    out.push_str("</tr>\n");
    if !missing.is_empty() {
        let _ = writeln!(
            out,
            "<tr class=\"rest\"><td colspan=\"{}\">{}: {}</td></tr>",
            numbers.len(),
            story::missing_title(cells),
            escape(missing)
        );
    }
}
