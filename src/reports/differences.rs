//! Differences for a change request: text grouped by node, and a table.
//!
//! In: changes. Out: text, `.csv`. Must not know: where the changes come from.

use super::csv_file::Sheet;
use crate::diff::{Change, Kind};
use crate::units::count;
use std::fmt::Write;

/// Columns of the table.
const HEADER: &str = "cluster,node,table,subject,column,change,from,to";

/// The changes as a table.
pub fn differences_csv(changes: &[Change]) -> Vec<u8> {
    let mut sheet = Sheet::new(HEADER, changes.len());
    for change in changes {
        for cell in [
            &change.cluster,
            &change.node,
            &change.table,
            &change.subject,
            &change.column,
        ] {
            sheet.text(cell);
        }
        sheet.value(change.kind.name());
        sheet.text(&change.from);
        sheet.text(&change.to);
        sheet.end_row();
    }
    sheet.finish()
}

/// The changes for people: the cluster first, then node by node. Nodes with the same changes are listed together.
pub fn differences_text(changes: &[Change]) -> String {
    if changes.is_empty() {
        return "No difference.\n".to_owned();
    }
    let mut text = String::new();
    for of_cluster in changes.chunk_by(|a, b| a.cluster == b.cluster) {
        let groups = groups(of_cluster);
        let nodes: usize = groups
            .iter()
            .map(|g| g.nodes.iter().filter(|n| !n.is_empty()).count())
            .sum();
        let (total, nodes) = (count(of_cluster.len(), "change"), count(nodes, "node"));
        // Writing to a String cannot fail.
        let _ = writeln!(text, "Cluster {}: {total} on {nodes}\n", of_cluster[0].cluster);
        for group in groups {
            text.push_str(&group.text());
        }
    }
    text
}

/// Nodes that change alike.
struct Group {
    nodes: Vec<String>,
    lines: Vec<String>,
}

impl Group {
    fn text(&self) -> String {
        let title = match self.nodes.as_slice() {
            [one] if one.is_empty() => "The cluster".to_owned(),
            [one] => format!("Node {one}"),
            many => format!("Nodes {}, each", many.join(", ")),
        };
        let lines: String = self.lines.iter().map(|line| format!("  {line}\n")).collect();
        format!("{title}\n{lines}\n")
    }
}

fn groups(changes: &[Change]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for of_node in changes.chunk_by(|a, b| a.node == b.node) {
        let lines: Vec<String> = of_node.iter().map(line).collect();
        let node = of_node[0].node.clone();
        let same = groups.iter_mut().find(|g| !node.is_empty() && g.lines == lines);
        match same {
            Some(group) => group.nodes.push(node),
            None => groups.push(Group {
                nodes: vec![node],
                lines,
            }),
        }
    }
    groups
}

/// `nics SLOT 1 Port 1: speed_mbps 1000 -> 10000`. The node's own row says `nodes`, so that nodes that change alike read alike.
fn line(change: &Change) -> String {
    let subject = if change.subject == change.node {
        ""
    } else {
        change.subject.as_str()
    };
    let what = format!("{} {subject}", change.table);
    let value = |text: &str| {
        if text.is_empty() {
            "(blank)".to_owned()
        } else {
            text.to_owned()
        }
    };
    match change.kind {
        Kind::Changed => {
            let (from, to) = (value(&change.from), value(&change.to));
            format!("{}: {} {from} -> {to}", what.trim_end(), change.column)
        }
        Kind::Added => format!("{}: added ({})", what.trim_end(), value(&change.to)),
        Kind::Removed => format!("{}: removed ({})", what.trim_end(), value(&change.from)),
    }
}
