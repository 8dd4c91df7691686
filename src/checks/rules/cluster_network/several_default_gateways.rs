//! A node with more than one default gateway.

use crate::checks::rules::adapters::{Adapter, adapters};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "several-default-gateways",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "a node has default gateways on several adapters",
    risk: "answers leave by another adapter than requests came in, and the node is lost to its clients when the wrong one fails",
    source: "Microsoft, Azure Local environment validator, network default gateway requirement; Ask the Core Team (cluster networks)",
    page: include_str!("several_default_gateways.md"),
    columns: &["nics.gateway", "host_vnics.gateway"],
    needs: &["nics.gateway|host_vnics.gateway"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let all = adapters(node);
        let with: Vec<_> = all
            .iter()
            .filter(|a| a.facts.list("gateway").is_some_and(|list| !list.is_empty()))
            .collect();
        if with.len() > 1 {
            let names: Vec<&str> = with.iter().map(|adapter| adapter.name).collect();
            for adapter in &with {
                found.add(
                    (lookup::list(&names), fix(cluster, &with)),
                    node,
                    report.at(adapter.origin, "gateway"),
                );
            }
        }
    }
    for ((names, fix), places) in found {
        report.add(Fault {
            subject: names.clone(),
            message: format!("{names} have a default gateway each on {}", places.nodes()),
            current: "several default gateways".to_owned(),
            expected: "one, on the management adapter".to_owned(),
            fix: format!("on {}: {fix}", places.nodes()),
            at: places.at,
        });
    }
}

/// Takes the gateway from all adapters but that of management, where one of them is known to be that.
fn fix(cluster: &Cluster, with: &[&Adapter<'_>]) -> String {
    let (own, others): (Vec<&Adapter>, Vec<&Adapter>) = with.iter().partition(|a| a.roles.contains(&Role::Management));
    let old = fixes::is_2008r2(cluster);
    let (command, quote) = match old {
        true => ("netsh interface ipv4 delete route 0.0.0.0/0", "\""),
        false => ("Remove-NetRoute -DestinationPrefix 0.0.0.0/0 -InterfaceAlias", "'"),
    };
    if own.is_empty() || others.is_empty() {
        return format!("{command} {quote}<the adapter>{quote} for all adapters but that of management");
    }
    if old {
        let each = others.iter().map(|adapter| format!("{command} \"{}\"", adapter.name));
        return each.collect::<Vec<_>>().join(" & ");
    }
    let aliases = others.iter().map(|adapter| adapter.alias.as_str());
    format!("{command} {}", fixes::quoted_list(aliases))
}
