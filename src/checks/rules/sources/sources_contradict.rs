//! Values about which two sources disagree.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Contradiction, Inventory};
use std::collections::BTreeMap;

/// Values that a message spells out; the places of the others follow.
const MOST_VALUES: usize = 3;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sources-contradict",
    severity: Severity::Warning,
    family: "sources",
    hosts: Hosts::Any,
    summary: "two sources disagree about the same value",
    risk: "plan and review go by one of the two values, which may be the wrong one: an old export, a cable that was moved, a typing error",
    source: "the inputs themselves; the README says under \"Inputs\" which of several sources counts",
    page: include_str!("sources_contradict.md"),
    columns: &[
        "nics.speed_mbps",
        "nics.addresses",
        "host_vnics.addresses",
        "nics.tor",
        "nics.tor_port",
        "vnics.average_mbps",
        "vnics.p95_mbps",
        "vnics.peak_mbps",
        "demands.demand_mbps",
        "inter_switch_links.speed_mbps",
    ],
    subject: "values that several sources state",
    needs: &[],
    leaves: Some("what the sources say"),
    check,
    ..Rule::BASE
};

/// Contradictions about one column between the same two files.
type Key<'a> = (&'a str, &'a str, &'a str, &'a str);

fn check(inventory: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let compared = inventory.compared.get(report.cluster_index());
    report.look_at(compared.copied().unwrap_or_default());
    let mut alike: BTreeMap<Key<'_>, Vec<&Contradiction>> = BTreeMap::new();
    for found in inventory.contradictions.iter().filter(|c| c.cluster == cluster.name) {
        let key = (
            found.table,
            found.column,
            found.taken.1.file.as_str(),
            found.other.1.file.as_str(),
        );
        alike.entry(key).or_default().push(found);
    }
    for ((table, column, _, _), found) in alike {
        add(report, table, column, &found);
    }
}

fn add(report: &mut Report<'_>, table: &str, column: &str, found: &[&Contradiction]) {
    let subjects: Vec<&str> = found.iter().map(|c| c.subject.as_str()).collect();
    let values: Vec<String> = found
        .iter()
        .take(MOST_VALUES)
        .map(|c| both(c, found.len() > 1))
        .collect();
    let more = match found.len().saturating_sub(MOST_VALUES) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let all = |value: fn(&Contradiction) -> &str| {
        let mut values: Vec<&str> = found.iter().map(|c| value(c)).collect();
        values.dedup();
        lookup::list(&values)
    };
    report.add(Fault {
        subject: format!("{}: {column}", lookup::list(&subjects)),
        message: format!(
            "two sources disagree about {column} of {}: {}{more}",
            lookup::list(&subjects),
            values.join("; ")
        ),
        current: format!("{} or {}", all(|c| &c.taken.0), all(|c| &c.other.0)),
        expected: "the same value in both sources".to_owned(),
        fix: format!(
            "look at the cluster which value is true; correct the other source or leave it out, or write {column} into {table}.csv of a \
             folder that is named last: it counts before both"
        ),
        at: found.iter().flat_map(|c| [c.taken.1.clone(), c.other.1.clone()]).collect(),
    });
}

/// The value that counts and the other one, each with its place.
fn both(found: &Contradiction, named: bool) -> String {
    let of = if named {
        format!("{}: ", found.subject)
    } else {
        String::new()
    };
    let (taken, other) = (&found.taken, &found.other);
    format!(
        "{of}{} ({}) counts, {} ({}) does not",
        taken.0, taken.1, other.0, other.1
    )
}
