//! Two cluster networks whose subnets overlap.

use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, ClusterNetwork, Inventory};
use crate::roles::Role;
use std::net::Ipv4Addr;

/// The rule.
pub static RULE: Rule = Rule {
    name: "two-networks-same-subnet",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "two cluster networks have the same subnet, or one holds the other",
    risk: "the cluster sees one network and one NIC per node there (before 2016); traffic leaves by the wrong port",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728); SMB Multichannel in clusters",
    page: include_str!("two_networks_same_subnet.md"),
    columns: &["cluster_networks.subnet", "cluster_networks.network"],
    subject: "cluster networks",
    asks: &["cluster_networks.network"],
    leaves: Some("the subnets of cluster networks"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(cluster.networks.len());
    if cluster.networks.iter().any(|n| n.subnet.trim().is_empty()) {
        report.lacks("cluster_networks.subnet");
    }
    for (position, network) in cluster.networks.iter().enumerate() {
        let Some(earlier) = cluster.networks[..position].iter().find(|o| overlap(o, network)) else {
            continue;
        };
        // Management stays where it is: the nodes' names and the cluster's address hang on it.
        let management = network.purpose == Some(Role::Management);
        let (network, other) = if management {
            (earlier, network)
        } else {
            (network, earlier)
        };
        report.add(Fault {
            subject: network.name.clone(),
            message: format!(
                "{} and {} share addresses: {} and {}",
                network.name, other.name, network.subnet, other.subnet
            ),
            current: network.subnet.clone(),
            expected: "a subnet of its own for each cluster network".to_owned(),
            fix: format!(
                "give the NICs of {} addresses of another subnet on every node",
                network.name
            ),
            at: vec![report.at(network.origin, "subnet"), report.at(other.origin, "subnet")],
        });
    }
}

fn overlap(a: &ClusterNetwork, b: &ClusterNetwork) -> bool {
    match (parse(&a.subnet), parse(&b.subnet)) {
        (Some((x, m)), Some((y, n))) => x & mask(m.min(n)) == y & mask(m.min(n)),
        _ => !a.subnet.trim().is_empty() && a.subnet.trim().eq_ignore_ascii_case(b.subnet.trim()),
    }
}

/// Address and prefix length of `10.0.1.0/24`.
fn parse(subnet: &str) -> Option<(u32, u32)> {
    let (address, length) = subnet.trim().split_once('/')?;
    let length: u32 = length.trim().parse().ok().filter(|l| *l <= 32)?;
    Some((u32::from(address.trim().parse::<Ipv4Addr>().ok()?), length))
}

fn mask(length: u32) -> u32 {
    u32::MAX.checked_shl(32 - length).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_inside_another_overlaps_and_a_neighbour_does_not() {
        let network = |subnet: &str| ClusterNetwork {
            facts: Default::default(),
            name: String::new(),
            subnet: subnet.into(),
            vlan: None,
            cluster_use: None,
            metric: None,
            purpose: None,
            state: Default::default(),
            origin: Default::default(),
        };

        assert!(overlap(&network("10.0.0.0/16"), &network("10.0.7.0/24")));
        assert!(overlap(&network("0.0.0.0/0"), &network("10.0.7.0/24")));
        assert!(!overlap(&network("10.0.6.0/24"), &network("10.0.7.0/24")));
        assert!(overlap(&network("fe80::/64"), &network("FE80::/64")));
        assert!(!overlap(&network("fe80::/64"), &network("fe81::/64")));
        assert!(overlap(&network("10.0.7.1/32"), &network("10.0.7.0/24")));
        assert!(!overlap(&network("10.0.7.0/33"), &network("10.0.7.0/24")));
        assert!(!overlap(&network(""), &network("")));
    }
}
