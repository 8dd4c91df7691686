//! What comes of every rule in the inventories of its page, in the same without a column that it reads, and on hosts without Hyper-V.
//!
//! `UPDATE=1 cargo test --lib what_comes_of_every_rule` rewrites `verdicts.csv`; read the difference before you commit it.

use super::outcomes::{among, changed, is_required};
use super::texts::outcomes_of;
use super::*;

/// What came of a rule in each cluster of an inventory: the answer, how many things it is about, columns that are missing or why it is
/// not about the cluster.
fn answers(rule: &'static Rule, block: &str, facts: &Inventory) -> [String; 3] {
    let rows = outcomes_of(rule, facts, question(block));
    let cells = |cell: fn(&OutcomeRow) -> String| rows.iter().map(cell).collect::<Vec<_>>().join(" / ");
    [
        cells(|row| match row.findings {
            0 => row.outcome.to_owned(),
            found => format!("found {found}"),
        }),
        cells(|row| format!("{} {}", row.subjects, row.about).trim_end().to_owned()),
        cells(|row| format!("{}{}", row.missing.join(" "), row.why)),
    ]
}

/// The block without these columns (`a.x|b.y`); without the whole table where a column is one that it must have.
fn without(block: &str, columns: &str) -> String {
    let gone = |table: &str| {
        let mut own = columns
            .split('|')
            .filter(|column| column.starts_with(&format!("{table}.")));
        own.any(is_required)
    };
    // Adapters of VMs cannot stand without them.
    let gone = |table: &str| gone(table) || (table == "vnics" && gone("vms"));
    let kept = changed(block, |table, column, cell| {
        // The other end of a pool and the settings of an NLB cluster cannot stand alone.
        let orphan = (column == "mac_pool_max" && columns.contains("mac_pool_min"))
            || (column.starts_with("nlb_") && columns.contains("vms.nlb_cluster"));
        let kept = !gone(table) && !among(columns, table, column) && !orphan;
        kept.then(|| cell.unwrap_or(column).to_owned())
    });
    let tables = kept
        .split("file: ")
        .filter(|table| !gone(table.lines().next().unwrap_or_default()));
    tables.collect::<Vec<_>>().join("file: ")
}

/// A page's inventory in other forms, each with what it is without: a column that the rule reads, columns of which it needs one, Hyper-V.
fn less(rule: &'static Rule, block: &str) -> Vec<(&'static str, Inventory)> {
    let mut asked: Vec<&'static str> = [rule.columns, rule.asks, rule.needs].concat();
    asked.sort_unstable();
    asked.dedup();
    let readable = asked.into_iter().filter_map(|columns| {
        // An inventory that cannot be read without them shows nothing.
        let facts = readable(&without(block, columns)).ok()?;
        Some((columns, facts))
    });
    let mut all: Vec<_> = readable.collect();
    all.push(("Hyper-V", hosts::with_vmware(inventory(block))));
    all
}

/// Rows of a rule: its severity and its Windows versions as they are listed; every inventory of its page; for the first that trips it and the first that passes also what else comes of it with
/// less.
fn rows(rule: &'static Rule) -> Vec<Vec<String>> {
    let said = [
        rule.name,
        "as listed",
        "",
        &rule.severity.to_string(),
        "",
        &rule.versions.text(),
    ];
    let mut rows = vec![said.map(str::to_owned).to_vec()];
    let mut kinds = BTreeSet::new();
    for (place, kind, block) in all_blocks(rule) {
        let full = answers(rule, block, &inventory(block));
        let mut row = |missing: &str, cells: [String; 3]| {
            let start = [rule.name.to_owned(), format!("{place} {kind}"), missing.to_owned()];
            rows.push(start.into_iter().chain(cells).collect());
        };
        row("", full.clone());
        if kinds.insert(kind) {
            for (missing, facts) in less(rule, block) {
                let other = answers(rule, block, &facts);
                if other != full {
                    row(missing, other);
                }
            }
        }
    }
    rows
}

#[test]
fn what_comes_of_every_rule_is_what_the_committed_table_says() {
    let header = ["rule", "inventory", "without", "outcome", "subjects", "missing"];
    let header = header.map(str::to_owned).to_vec();
    let rows = std::iter::once(header).chain(RULES.iter().flat_map(|rule| rows(rule)));
    texts::assert_committed("verdicts.csv", "what_comes_of_every_rule", rows);
}

/// What a blank cell says where the catalogue gives it no meaning: nothing.
fn is_unknown_when_blank(column: &str) -> bool {
    let (table, name) = column.split_once('.').expect("table.column");
    let def = catalogue::table(table).expect("a table");
    let column = def.position(name).map(|at| &def.columns[at]);
    column.is_some_and(|column| column.default == "unknown" && !column.required)
}

#[test]
fn no_rule_passes_without_a_column_that_made_it_speak_unless_a_blank_cell_has_a_meaning() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        let block = fenced(rule.page, "trips");
        for column in rule.columns.iter().filter(|column| is_unknown_when_blank(column)) {
            let Ok(facts) = readable(&without(block, column)) else {
                continue;
            };
            let rows = outcomes_of(rule, &facts, question(block));
            if rows.iter().all(|row| row.outcome == "passed") {
                wrong.push(format!("{} without {column}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
