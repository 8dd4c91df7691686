//! Pools that the inventory does not give.

use super::{note_unknown_pools, pool_location, pool_text};
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::mac::pools;

/// The rule.
pub static RULE: Rule = Rule {
    name: "mac-pool-assumed",
    severity: Severity::Info,
    family: "mac",
    summary: "the inventory does not give a node's MAC pool; Windows' default is assumed",
    risk: "the default is made from the address the host had when Hyper-V was installed; overlaps may be missed or only seem to be",
    source: "J. Howard, \"Hyper-V MAC address pool\"; real reports show 3 of 10 hosts whose address has changed since",
    page: include_str!("mac_pool_assumed.md"),
    columns: &[
        "nodes.mac_pool_min",
        "nodes.mac_pool_max",
        "nodes.management_ip",
        "nodes.node",
    ],
    subject: "nodes",
    check,
    ..Rule::BASE
};

/// Hosts that one command names; of more it asks the cluster.
const MOST_HOSTS: usize = 8;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.look_at(cluster.nodes.len());
    note_unknown_pools(cluster, report);
    let assumed: Vec<_> = cluster
        .nodes
        .iter()
        .filter_map(|n| pools::effective(n).filter(|p| p.assumed).map(|p| (n, p)))
        .collect();
    let Some((first, pool)) = assumed.first() else { return };
    let names: Vec<&str> = assumed.iter().map(|(n, _)| n.name.as_str()).collect();
    let fix = if fixes::is_2008r2(cluster) {
        "write down the range of each host from Hyper-V Manager, Virtual Network Manager, MAC Address Range".to_owned()
    } else {
        let hosts = if names.len() > MOST_HOSTS {
            format!("(Get-ClusterNode -Cluster {}).Name", cluster.argument())
        } else {
            fixes::quoted_list(names.iter().map(|name| &**name))
        };
        format!("Get-VMHost -ComputerName {hosts} | Select-Object Name, MacAddressMinimum, MacAddressMaximum")
    };
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "the dynamic MAC pool of {} is not in the inventory",
            lookup::list(&names)
        ),
        current: format!("{}: {}", first.name, pool_text(*pool)),
        expected: "mac_pool_min and mac_pool_max of each node".to_owned(),
        fix: format!("{fix}, then fill mac_pool_min and mac_pool_max"),
        at: assumed.iter().map(|(n, _)| pool_location(report, n)).collect(),
    });
}
