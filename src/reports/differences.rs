//! Differences for a change request: text grouped by node, and a table.
//!
//! In: changes. Out: text, `.csv`. Must not know: where the changes come from.

use super::csv_file::Sheet;
use crate::diff::{Change, Kind};
use crate::units::count;
use std::collections::BTreeSet;
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
        let touched: BTreeSet<&String> = groups.iter().flat_map(|g| &g.nodes).filter(|n| !n.is_empty()).collect();
        let nodes = touched.len();
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

/// The cluster, then what all nodes have in common, then what is left: a node that differs in one line is not told in full.
fn groups(changes: &[Change]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    let shared = shared(changes);
    for of_node in changes.chunk_by(|a, b| a.node == b.node) {
        let node = of_node[0].node.clone();
        if !node.is_empty() && !shared.lines.is_empty() && !groups.iter().any(|g| g.nodes == shared.nodes) {
            groups.push(Group {
                nodes: shared.nodes.clone(),
                lines: shared.lines.clone(),
            });
        }
        let own = |line: &String| node.is_empty() || !shared.lines.contains(line);
        let lines: Vec<String> = of_node.iter().map(line).filter(own).collect();
        if lines.is_empty() {
            continue;
        }
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

/// All nodes that change, and the lines that each of them has, in the order of the first; none for a single node.
fn shared(changes: &[Change]) -> Group {
    let of_nodes: Vec<&[Change]> = changes
        .chunk_by(|a, b| a.node == b.node)
        .filter(|c| !c[0].node.is_empty())
        .collect();
    let nodes: Vec<String> = of_nodes.iter().map(|c| c[0].node.clone()).collect();
    let (Some((first, others)), true) = (of_nodes.split_first(), of_nodes.len() > 1) else {
        return Group {
            nodes,
            lines: Vec::new(),
        };
    };
    let others: Vec<BTreeSet<String>> = others.iter().map(|c| c.iter().map(line).collect()).collect();
    let everywhere = |line: &String| others.iter().all(|lines| lines.contains(line));
    Group {
        nodes,
        lines: first.iter().map(line).filter(everywhere).collect(),
    }
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
