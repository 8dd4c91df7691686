//! The short answer on the console: what fits on a screen, in plain characters.
//!
//! In: [`ReportData`]. Out: text. Must not know: terminal, colour, files.

use super::data::{ClusterData, ReportData};
use super::{apart, emptying, hints, limits, look, measured, node_loss, proven, show, story, versus_today};
use crate::finding::{Finding, Severity};
use crate::plan::{LEVELS, NodeUplink, Objective};
use std::fmt::Write;

/// Findings named on the console, by rule.
const TOP_FINDINGS: usize = 5;
/// Kinds of nodes listed.
const GROUPS: usize = 12;
/// Widest cell of a table, in characters.
const WIDEST: usize = 60;

/// The answer: per cluster verdict, proof, NICs per uplink, networks, worst numbers, styles; then findings and what to do.
pub fn plan_text(data: &ReportData) -> String {
    let mut out = String::new();
    for cluster in &data.clusters {
        write_cluster(&mut out, data, cluster);
    }
    write_findings(&mut out, data);
    // names come from files: nothing in them may steer the terminal
    out.lines().map(|line| show::printable(line) + "\n").collect()
}

/// The values of levels 1 to 10 with their units, in order.
pub fn objective_values(objective: &Objective) -> Vec<String> {
    (1..LEVELS.len()).map(|level| show::level(objective, level)).collect()
}

/// How the NICs of an uplink hold together on a node.
pub fn held_together(entry: &NodeUplink) -> &'static str {
    show::mechanism(entry.mechanism, entry.team)
}

fn write_cluster(out: &mut String, data: &ReportData, cluster: &ClusterData) {
    let _ = writeln!(out, "{}", story::verdict(cluster));
    if let Some(another) = story::another_style(data, cluster) {
        let _ = writeln!(out, "{another}");
    }
    let _ = writeln!(out, "{}", proven::sentence(cluster));
    for trouble in hints::slow(cluster).iter().chain(&apart::sentence(cluster)) {
        let _ = writeln!(out, "But {trouble}");
    }
    write_unmet(out, cluster);
    out.push('\n');
    write_nics(out, cluster);
    write_networks(out, cluster);
    let _ = writeln!(out, "Fullest: {}.", story::fullest(cluster));
    if let Some(measured) = measured::sentence(data, cluster) {
        let _ = writeln!(out, "Measured: {measured}.");
    }
    let _ = writeln!(out, "Today:   {}", versus_today::sentence(cluster));
    if let Some(trouble) = node_loss::trouble(cluster) {
        let _ = writeln!(out, "Loss:    {trouble}");
    }
    let _ = writeln!(out, "Growth:  {}", limits::growth(cluster));
    let _ = writeln!(out, "Drain:   {}.", emptying::sentence(cluster));
    if let Some(ways) = cluster.paths().brief() {
        let _ = writeln!(out, "Moves:   {ways}{}.", cluster.once_set());
    }
    let limit = story::limit(cluster);
    if !limit.is_empty() {
        let _ = writeln!(out, "Limit:   {limit}");
    }
    out.push('\n');
    write_styles(out, cluster);
}

fn write_unmet(out: &mut String, cluster: &ClusterData) {
    if cluster.met() {
        return;
    }
    out.push_str("\nNot met:\n");
    for line in story::unmet(cluster) {
        let _ = writeln!(out, "  {line}");
    }
    if let Some(conflict) = &cluster.plan.conflict {
        let _ = writeln!(out, "Together impossible: {}.", story::excluding(conflict).join("; "));
        let _ = writeln!(out, "What to do: {}", conflict.text);
    }
}

fn write_nics(out: &mut String, cluster: &ClusterData) {
    let mut rows = vec![[
        "Nodes".to_owned(),
        "Uplink".to_owned(),
        "NICs".to_owned(),
        String::new(),
    ]];
    for group in cluster.patterns.iter().take(GROUPS) {
        for (index, uplink) in cluster.plan.uplinks.iter().enumerate() {
            let Some(decided) = cluster.node_uplink(group.first(), index) else {
                continue;
            };
            let nodes = if index == 0 {
                group.plain_label.clone()
            } else {
                String::new()
            };
            let nics = if decided.nics.is_empty() {
                "none".to_owned()
            } else {
                decided.nics.join(", ")
            };
            let held = if decided.nics.len() > 1 {
                show::mechanism(decided.mechanism, decided.team)
            } else {
                ""
            };
            rows.push([nodes, uplink.name.clone(), nics, held.to_owned()]);
        }
    }
    write_table(out, &rows);
    if cluster.patterns.len() > GROUPS {
        let _ = writeln!(
            out,
            "  and {} more kinds of nodes, see assignment.csv",
            cluster.patterns.len() - GROUPS
        );
    }
    out.push('\n');
}

fn write_networks(out: &mut String, cluster: &ClusterData) {
    let mut rows = vec![["External network".to_owned(), "VMs".to_owned(), "VLANs".to_owned()]];
    for network in cluster.networks() {
        let mut vms: Vec<&str> = cluster
            .plan
            .vnics
            .iter()
            .filter(|v| v.network == network)
            .map(|v| v.vm.as_str())
            .collect();
        vms.sort_unstable();
        vms.dedup();
        let vlans = cluster.network_vlans.get(network).map_or("", String::as_str);
        let vlans: Vec<&str> = vlans.split(';').filter(|v| !v.is_empty()).collect();
        let vlans = if vlans.is_empty() {
            "untagged".to_owned()
        } else {
            show::some_of(&vlans, 8)
        };
        rows.push([network.to_owned(), show::thousands(vms.len() as u64), vlans]);
    }
    if rows.len() > 1 {
        write_table(out, &rows);
        out.push('\n');
    }
}

fn write_styles(out: &mut String, cluster: &ClusterData) {
    if cluster.plan.styles.is_empty() {
        return;
    }
    let mut cells = vec![versus_today::style_cells(cluster)];
    cells.extend(cluster.plan.styles.iter().map(|row| story::style_cells(cluster, row)));
    // what a style cannot do is a sentence, and stands below the numbers
    let numbers = |cells: &[String; 9]| -> [String; 8] { std::array::from_fn(|i| cells[i].clone()) };
    let mut rows = vec![numbers(&story::STYLE_COLUMNS.map(str::to_owned))];
    rows.extend(cells.iter().map(numbers));
    write_table(out, &rows);
    for row in cells.iter().filter(|cells| !cells[8].is_empty()) {
        let what = match (row[7].is_empty(), row[1].as_str()) {
            (true, "no plan") => "why there is no plan",
            (true, _) => "why",
            (false, _) => "what is missing",
        };
        let _ = writeln!(out, "  {}, {what}: {}", row[0], first_parts(&row[8], 150));
    }
    let _ = writeln!(out, "  {}", story::PORT_SPEED_NOTE);
    out.push('\n');
}

/// The first parts of a list that fit, and how many more there are.
fn first_parts(list: &str, widest: usize) -> String {
    let parts: Vec<&str> = list.split(", ").collect();
    let mut used = 0;
    let fits = |part: &&str| {
        used += part.chars().count() + 2;
        used <= widest
    };
    let shown = parts.iter().copied().take_while(fits).count().max(1);
    show::some_of(&parts, shown)
}

fn write_findings(out: &mut String, data: &ReportData) {
    let (errors, warnings) = (data.count(Severity::Error), data.count(Severity::Warning));
    if errors + warnings > 0 {
        let _ = writeln!(
            out,
            "Findings: {}, {}.",
            show::count(errors, "error", "errors"),
            show::count(warnings, "warning", "warnings")
        );
        for (finding, number) in data
            .findings_by_rule()
            .into_iter()
            .filter(|(f, _)| f.counts_as < Severity::Info)
            .take(TOP_FINDINGS)
        {
            let more = if number > 1 {
                format!(" (and {} more)", number - 1)
            } else {
                String::new()
            };
            let place = finding.at.first().map_or_else(String::new, |at| format!("{at}: "));
            let _ = writeln!(
                out,
                "  {place}{}: {}{more} [{}]",
                finding.counts_as, finding.message, finding.rule
            );
            write_level(out, finding);
        }
    }
    write_staying(out, data);
    let assumed = data.assumptions().len();
    if assumed > 0 {
        let number = show::count(
            assumed,
            "thing the input does not say was",
            "things the input does not say were",
        );
        let _ = writeln!(out, "{number} assumed; report.html lists them.");
    }
}

/// The entry of the policy that makes a finding count as more or less than its rule does.
fn write_level(out: &mut String, finding: &Finding) {
    if !finding.judged_by.is_empty() {
        let _ = writeln!(out, "    counts as {}", finding.level());
    }
}

/// The errors that are there once the plan is applied, each with the reason.
fn write_staying(out: &mut String, data: &ReportData) {
    let errors = data.staying_errors();
    if errors.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "Once the plan is applied: {}.",
        show::count(errors.len(), "error", "errors")
    );
    for finding in errors.iter().take(TOP_FINDINGS) {
        let place = finding.at.first().map_or_else(String::new, |at| format!("{at}: "));
        let _ = writeln!(out, "  {place}{} [{}]", finding.message, finding.rule);
        write_level(out, finding);
        if !finding.stays.is_empty() {
            let _ = writeln!(out, "    stays: {}", finding.stays);
        }
        let _ = writeln!(out, "    to do: {}", finding.fix);
    }
    if let Some(more) = errors.len().checked_sub(TOP_FINDINGS).filter(|more| *more > 0) {
        let _ = writeln!(out, "  and {more} more, see findings.csv (state planned)");
    }
}

/// Columns side by side, two spaces apart, indented by two.
fn write_table<const N: usize>(out: &mut String, rows: &[[String; N]]) {
    let cut = |cell: &String| cut_inside(cell);
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(cut).collect()).collect();
    let width = |column: usize| rows.iter().map(|r| r[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    for row in &rows {
        let mut line = String::from("  ");
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(line, "{cell:<width$}  ");
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
}

/// A cell that is not too wide: the middle goes, between words, since the end of a long list says how many nodes it names.
fn cut_inside(cell: &str) -> String {
    let chars: Vec<char> = cell.chars().collect();
    let (Some(head), Some(tail)) = (chars.get(..WIDEST - 19), chars.get(chars.len().saturating_sub(16)..)) else {
        return cell.to_owned();
    };
    if chars.len() <= WIDEST {
        return cell.to_owned();
    }
    let (head, tail): (String, String) = (head.iter().collect(), tail.iter().collect());
    let before = chars.len().checked_sub(17).and_then(|at| chars.get(at)).copied();
    let head = look::whole_words(&head, chars.get(WIDEST - 19).copied());
    let tail = look::whole_words_at_end(&tail, before);
    format!("{} ... {}", head.trim_end(), tail.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_cells_and_lists_are_cut_between_words() {
        let nodes = "HV01 to HV06, HV08, HV10 to HV14, HV16, HV18, HV20 to HV44, HV46 (38 nodes)";
        assert_eq!(
            cut_inside(nodes),
            "HV01 to HV06, HV08, HV10 to HV14, HV16, ... HV46 (38 nodes)"
        );
        assert_eq!(cut_inside("HV1"), "HV1");
        assert_eq!(
            first_parts("one thing, a second, a third", 23),
            "one thing, a second and 1 more"
        );
        assert_eq!(
            first_parts("a single thing that is long", 5),
            "a single thing that is long"
        );
    }
}
