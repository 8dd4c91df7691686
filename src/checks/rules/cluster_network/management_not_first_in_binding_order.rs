//! An adapter bound before that of management.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2008R2;
use crate::roles::Role;
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "management-not-first-in-binding-order",
    severity: Severity::Warning,
    family: "cluster-network",
    summary: "another adapter than that of management is first in the binding order of a node",
    risk: "names are looked up and logons are sent over a network without DNS and domain controllers first: all of it waits",
    source: "Microsoft, Ask the Core Team (network adapter binding order in failover clusters); nvspbind",
    page: include_str!("management_not_first_in_binding_order.md"),
    columns: &[
        "nodes.binding_order",
        "nics.current_role",
        "host_vnics.role",
        "clusters.profile",
    ],
    versions: Versions::only(WS2008R2).because("the binding order matters on 2008 R2"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let Some(first) = node.facts.list("binding_order").and_then(|order| order.first()) else {
            continue;
        };
        let all = adapters(node);
        let Some(adapter) = all.iter().find(|adapter| same_name(adapter.name, first)) else {
            continue;
        };
        if !adapter.roles.is_empty() && !adapter.roles.contains(&Role::Management) {
            let management = all.iter().find(|own| own.roles.contains(&Role::Management));
            let key = (adapter.name.to_owned(), management.map(|own| own.name.to_owned()));
            found.add(key, node, report.at(node.origin, "binding_order"));
        }
    }
    for ((name, management), places) in found {
        let management = management.map_or("<management adapter>".to_owned(), |name| format!("\"{name}\""));
        report.add(Fault {
            subject: name.clone(),
            message: format!("{name} comes before management in the binding order of {}", places.nodes()),
            current: format!("{name} first"),
            expected: "the management adapter first".to_owned(),
            fix: format!(
                "on {}: Network Connections, Advanced, Advanced Settings: management to the top; on Server Core nvspbind /++ \
                 {management} ms_tcpip (not nvspscrub, which deletes all virtual networks)",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
