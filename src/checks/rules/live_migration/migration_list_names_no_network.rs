//! A list of live migration that names a network the cluster does not have.

use super::set_list;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-list-names-no-network",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "MigrationNetworkOrder or MigrationExcludeNetworks names a network that does not exist",
    risk: "Windows passes over the name, so migrations take another network than the one that was meant",
    source: "Microsoft, Set-ClusterParameter; cluster resource type Virtual Machine, MigrationExcludeNetworks and MigrationNetworkOrder",
    page: include_str!("migration_list_names_no_network.md"),
    columns: &[
        "cluster_networks.network",
        "clusters.migration_exclude_networks",
        "clusters.migration_network_order",
    ],
    needs: &[
        "cluster_networks.network",
        "clusters.migration_network_order|clusters.migration_exclude_networks",
    ],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let migration = &cluster.migration;
    let lists = [
        (
            "MigrationNetworkOrder",
            "migration_network_order",
            &migration.network_order,
        ),
        (
            "MigrationExcludeNetworks",
            "migration_exclude_networks",
            &migration.exclude_networks,
        ),
    ];
    let known = |name: &str| cluster.networks.iter().any(|network| same_name(name, &network.name));
    for (list, column, names) in lists {
        let (kept, stale): (Vec<&str>, Vec<&str>) = names
            .iter()
            .map(String::as_str)
            .partition(|name| known(name) || is_id(name));
        if cluster.networks.is_empty() || stale.is_empty() {
            continue;
        }
        report.add(Fault {
            subject: format!("{} {list}", cluster.name),
            message: format!(
                "{list} names what is no network of {}: {}",
                cluster.name,
                lookup::list(&stale)
            ),
            current: names.join(";"),
            expected: "names of present cluster networks only".to_owned(),
            fix: set_list(cluster, list, &kept),
            at: vec![report.at(cluster.origin, column)],
        });
    }
}

/// Whether the text is the ID of a network, which only the cluster itself can resolve.
fn is_id(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits == 32 && text.bytes().filter(|byte| *byte == b'-').count() == 4
}
