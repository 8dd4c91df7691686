//! `steps.csv`: every step of every script, and every manual one, for a change request.

use super::is_by_hand;
use crate::deploy::steps::{Step, When};
use crate::deploy::work::ClusterWork;

/// The table.
pub fn render(work: &[ClusterWork]) -> Vec<u8> {
    let mut text = String::from("cluster,node,script,step,takeover,action,serves\n");
    for one in work {
        let cluster = &one.today.name;
        let mut add = |node: &str, script: &str, step: &Step| {
            let script = match (is_by_hand(one, step), node) {
                (false, _) => script,
                (true, "") => when(When::After),
                (true, _) => when(When::DuringNode),
            };
            let takeover = if step.takeover { "yes" } else { "no" };
            row(
                &mut text,
                &[
                    cluster,
                    node,
                    script,
                    &step.number.to_string(),
                    takeover,
                    &step.title,
                    &step.serves,
                ],
            );
        };
        one.before.iter().for_each(|step| add("", "before", step));
        for node in &one.nodes {
            node.steps.iter().for_each(|step| add(&node.today.name, "apply", step));
        }
        one.last.iter().for_each(|step| add("", "after", step));
        for (number, manual) in (1..).zip(&one.manual) {
            let number = format!("{}", number);
            row(
                &mut text,
                &[
                    cluster,
                    &manual.node,
                    when(manual.when),
                    &number,
                    "no",
                    &manual.text,
                    &manual.serves,
                ],
            );
        }
    }
    text.into_bytes()
}

fn when(when: When) -> &'static str {
    match when {
        When::Before => "by hand, before the first node",
        When::BeforeNode => "by hand, once the node is drained",
        When::DuringNode => "by hand, when the node's steps come to it",
        When::AfterNode => "by hand, after the node's apply script",
        When::After => "by hand, after the last node",
    }
}

/// Cells with a separator, quote or line end are quoted; one that a spreadsheet would take as a formula is guarded.
fn row(text: &mut String, cells: &[&str]) {
    let written: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    text.push_str(&written.join(","));
    text.push('\n');
}

fn quoted(cell: &str) -> String {
    let guarded = if cell.starts_with(['=', '+', '-', '@']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if guarded.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}
