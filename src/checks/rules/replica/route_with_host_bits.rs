//! A static route to an address instead of a network.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use std::net::Ipv4Addr;

/// The rule.
pub static RULE: Rule = Rule {
    name: "route-with-host-bits",
    severity: Severity::Error,
    family: "replica",
    hosts: Hosts::Any,
    summary: "a static route has an address with host bits as its destination",
    risk: "the command that sets the route is refused, and traffic leaves through the default gateway",
    source: "Microsoft, route command (route add: the parameter is incorrect, (Destination & Mask) != Destination); New-NetRoute, DestinationPrefix",
    page: include_str!("route_with_host_bits.md"),
    columns: &["nodes.static_routes"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for route in node.facts.list("static_routes").unwrap_or_default() {
            if let Some(network) = network_address(route) {
                found.add((route.as_str(), network), node, report.at(node.origin, "static_routes"));
            }
        }
    }
    for ((route, network), places) in found {
        report.add(Fault {
            subject: format!("{route} on {}", places.nodes()),
            message: format!(
                "the route to {route} on {} is to a host, not to a network",
                places.nodes()
            ),
            current: route.to_owned(),
            expected: network.clone(),
            fix: if fixes::is_2008r2(cluster) {
                format!(
                    "on {}: netsh interface ipv4 add route {network} <NIC> <gateway>",
                    places.nodes()
                )
            } else {
                format!(
                    "on {}: New-NetRoute -DestinationPrefix {network} -InterfaceAlias <NIC> -NextHop <gateway>",
                    places.nodes()
                )
            },
            at: places.at,
        });
    }
}

/// `10.1.7.0/24` for `10.1.7.9/24`; `None` where the destination is a network already, or is not IPv4 with a prefix length.
fn network_address(route: &str) -> Option<String> {
    let (address, length) = route.trim().split_once('/')?;
    let address: Ipv4Addr = address.trim().parse().ok()?;
    let length: u32 = length.trim().parse().ok()?;
    let mask = u32::MAX.checked_shl(32_u32.checked_sub(length)?).unwrap_or(0);
    let network = Ipv4Addr::from(u32::from(address) & mask);
    (network != address).then(|| format!("{network}/{length}"))
}
