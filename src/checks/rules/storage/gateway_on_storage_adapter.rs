//! A default gateway or DNS servers on an adapter for storage.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
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

/// Columns of what only management should have, their words, and the cmdlet that takes it away.
const SETTINGS: [(&str, &str, &str); 2] = [
    (
        "gateway",
        "a default gateway",
        "Remove-NetRoute -DestinationPrefix 0.0.0.0/0",
    ),
    (
        "dns_servers",
        "DNS servers",
        "Set-DnsClientServerAddress -ResetServerAddresses",
    ),
];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for adapter in super::adapters(node).filter(|adapter| adapter.roles == [Role::Storage]) {
            for (column, title, cmdlet) in SETTINGS {
                let set = adapter.facts.list(column).unwrap_or_default();
                if !set.is_empty() {
                    let way = match fixes::is_2008r2(cluster) {
                        true => format!("remove {title} in the IPv4 properties of {}", adapter.name),
                        false => format!("{cmdlet} -InterfaceAlias {}", fixes::quoted(&adapter.alias)),
                    };
                    let key = (adapter.name.to_owned(), title, lookup::list(set), way);
                    found.add(key, node, report.at(adapter.origin, column));
                }
            }
        }
    }
    for ((adapter, title, values, way), places) in found {
        report.add(Fault {
            subject: adapter.clone(),
            message: format!("{adapter} is for storage and has {title} on {}", places.nodes()),
            current: values,
            expected: "none; management alone has them".to_owned(),
            fix: format!("on {}: {way}", places.nodes()),
            at: places.at,
        });
    }
}
