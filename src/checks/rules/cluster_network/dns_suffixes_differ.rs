//! Nodes that try different DNS suffixes.

use crate::checks::rules::{Fault, Report, Rule, differ, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "dns-suffixes-differ",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "the nodes have different lists of DNS suffixes",
    risk: "a short name means one machine on one node and another on the next; the validation complains",
    source: "Test-Cluster, Validate IP Configuration",
    page: include_str!("dns_suffixes_differ.md"),
    columns: &["nodes.dns_suffixes"],
    check,
    ..Rule::BASE
};

/// No suffix.
const NONE: &str = "none";

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let list = |suffixes: &[String]| match suffixes {
        [] => NONE.to_owned(),
        some => some.join(" "),
    };
    let values = differ::values(cluster, |node| node.facts.list("dns_suffixes").map(list));
    if !values.differ() {
        return;
    }
    let odd: Vec<&str> = values.odd().iter().map(|node| node.name.as_str()).collect();
    let fix = if fixes::is_2008r2(cluster) {
        "set the same list in the TCP/IP properties, Advanced, DNS, of each node (or by group policy)".to_owned()
    } else {
        let suffixes = values.common().split(' ').filter(|suffix| *suffix != NONE);
        format!(
            "on {}: Set-DnsClientGlobalSetting -SuffixSearchList @({}), or the same list on every node by group policy",
            lookup::list(&odd),
            fixes::quoted_list(suffixes)
        )
    };
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("the nodes try different DNS suffixes: {}", values.text()),
        current: values.text(),
        expected: format!("{} on every node", values.common()),
        fix,
        at: values
            .origins()
            .into_iter()
            .map(|origin| report.at(origin, "dns_suffixes"))
            .collect(),
    });
}
