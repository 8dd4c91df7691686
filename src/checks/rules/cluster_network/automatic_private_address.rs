//! An adapter that gave itself an address.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::migration::wiring::Subnet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "automatic-private-address",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "an adapter has an address of 169.254/16: it asked for one and got none",
    risk: "the adapter reaches no other subnet, and the cluster makes no network of it",
    source: "Test-Cluster, Validate IP Configuration",
    page: include_str!("automatic_private_address.md"),
    columns: &["nics.addresses", "host_vnics.addresses"],
    needs: &["nics.addresses|host_vnics.addresses"],
    leaves: Some("the addresses of adapters"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for adapter in adapters(node) {
            // Link-local IPv6 is on every adapter and no fault.
            let own = |text: &&String| {
                !text.contains(':') && Subnet::address(text).is_some_and(|range| range.is_link_local())
            };
            if adapter.addresses.iter().any(|address| own(&address)) {
                found.add(adapter.name.to_owned(), node, report.at(adapter.origin, "addresses"));
            }
        }
    }
    for (name, places) in found {
        report.add(Fault {
            subject: name.clone(),
            message: format!("{name} has an address of 169.254/16 on {}", places.nodes()),
            current: "an automatic private address".to_owned(),
            expected: "a fixed address of its subnet".to_owned(),
            fix: format!(
                "give {name} its address on {}, or mend DHCP (cable, VLAN, scope)",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
