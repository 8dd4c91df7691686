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
    let fix = fix(cluster, &odd, values.common());
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

/// The common list for the others. A group policy overrides what is set on a node, and its list is never empty.
fn fix(cluster: &Cluster, odd: &[&str], common: &str) -> String {
    let odd = lookup::list(odd);
    let is_old = fixes::is_2008r2(cluster);
    if common == NONE {
        let own = if is_old {
            "choose \"Append primary and connection specific DNS suffixes\" in the TCP/IP properties, Advanced, DNS"
                .to_owned()
        } else {
            "Set-DnsClientGlobalSetting -SuffixSearchList @()".to_owned()
        };
        return format!(
            "on {odd}: {own}; where a group policy (DNS Suffix Search List) sets the list, exempt the node from it"
        );
    }
    if is_old {
        return "set the same list in the TCP/IP properties, Advanced, DNS, of each node (or by group policy)"
            .to_owned();
    }
    let suffixes = common.split(' ');
    format!(
        "on {odd}: Set-DnsClientGlobalSetting -SuffixSearchList @({}), or the same list on every node by group policy, which overrides it",
        fixes::quoted_list(suffixes)
    )
}
