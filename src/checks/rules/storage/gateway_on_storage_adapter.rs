//! A default gateway or DNS servers on an adapter for storage.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "gateway-on-storage-adapter",
    severity: Severity::Error,
    family: "storage",
    summary: "an adapter for storage has a default gateway or DNS servers",
    risk: "traffic leaves over the storage network, and the name of the node resolves to an address that clients cannot reach",
    source: "Microsoft, Ask the Core Team (cluster networks); Microsoft, Azure Local environment validator, storage adapters",
    page: include_str!("gateway_on_storage_adapter.md"),
    columns: &[
        "nics.gateway",
        "nics.dns_servers",
        "nics.current_role",
        "host_vnics.gateway",
        "host_vnics.dns_servers",
        "host_vnics.role",
    ],
    needs: &["nics.gateway|nics.dns_servers|host_vnics.gateway|host_vnics.dns_servers"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for adapter in super::adapters(node).filter(|adapter| adapter.roles == [Role::Storage]) {
            for (column, title) in [("gateway", "a default gateway"), ("dns_servers", "DNS servers")] {
                let set = adapter.facts.list(column).unwrap_or_default();
                if !set.is_empty() {
                    let key = (adapter.name.to_owned(), title, lookup::list(set));
                    found.add(key, node, report.at(adapter.origin, column));
                }
            }
        }
    }
    for ((adapter, title, values), places) in found {
        report.add(Fault {
            subject: adapter.clone(),
            message: format!("{adapter} is for storage and has {title} on {}", places.nodes()),
            current: values,
            expected: "none; management alone has them".to_owned(),
            fix: format!(
                "remove {title} from {adapter} on {} (properties of IPv4 of the connection)",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
