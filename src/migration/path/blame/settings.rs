//! Settings that are wrong whatever network is taken: stale names, switches of the hosts, migrations at once.

use crate::finding::Severity::{Error, Warning};
use crate::migration::path::choose::Choice;
use crate::migration::path::limits::host_limit;
use crate::migration::path::{Layer, Path, fixes};
use crate::profiles::{AZURE_LOCAL, WS2008R2, WS2022};

/// Judges the lists of the cluster and the switches of both hosts.
pub(super) fn settings(choice: &Choice, path: &mut Path) {
    let lists = [
        (
            Layer::NetworkOrder,
            "MigrationNetworkOrder",
            &choice.stale_order,
            fixes::set_order(choice),
        ),
        (
            Layer::ExcludeNetworks,
            "MigrationExcludeNetworks",
            &choice.stale_excluded,
            fixes::set_excluded(choice, None),
        ),
    ];
    for (layer, list, stale, fix) in lists {
        let told = path.faults.iter().any(|f| f.layer == layer);
        if !stale.is_empty() && !told {
            path.fault(
                layer,
                Warning,
                format!("{list} names what is no cluster network: {}", stale.join(", ")),
                fix,
            );
        }
    }
    if choice.cluster.profile.generation != WS2008R2 {
        hosts(choice, path);
    }
}

/// What the hosts of both ends say about live migration at all.
fn hosts(choice: &Choice, path: &mut Path) {
    for node in [path.source, path.target] {
        let Some(host) = choice.cluster.nodes.get(node) else {
            continue;
        };
        if host.migration.any_network == Some(true) {
            let text = format!(
                "{} may use any network for live migration (UseAnyNetworkForMigration)",
                host.name
            );
            path.step(Layer::AnyNetwork, text.clone());
            path.fault(Layer::AnyNetwork, Warning, text, fixes::listed_only(&host.name));
        }
        if host.migration.enabled == Some(false) {
            let text = format!(
                "live migration is switched off on {}: at least moves without the cluster fail",
                host.name
            );
            path.step(Layer::MigrationEnabled, text.clone());
            path.fault(Layer::MigrationEnabled, Warning, text, fixes::enable(&host.name));
        }
    }
}

/// Judges the migrations at once.
pub(in crate::migration::path) fn concurrency(choice: &Choice, path: &mut Path) {
    let cluster = choice.cluster;
    let generation = cluster.profile.generation;
    let hosts = [path.source, path.target].map(|n| host_limit(cluster, n));
    let property = cluster.migration.maximum_parallel;
    let highest = hosts.iter().copied().chain([property]).flatten().max().unwrap_or(0);
    if generation == WS2008R2 {
        if highest > 1 {
            let text = format!("{highest} migrations at once are asked for; on 2008 R2 a node takes part in one");
            let fix = "count with 1 in concurrent_migrations; there is nothing to set on 2008 R2";
            path.fault(Layer::Concurrency, Error, text, fix);
        }
        return;
    }
    overridden(choice, path, hosts);
    if generation == AZURE_LOCAL && highest > 10 {
        let text = format!("{highest} migrations at once: Network ATC takes 1 to 10");
        tell(choice, path, text, 10);
    }
    let by_host = generation < WS2022 || property.is_none();
    let [from, to] = hosts;
    if by_host && from != to {
        let show = |h: Option<u32>| h.map_or("the default".to_owned(), |n| n.to_string());
        let text = format!(
            "the hosts' limits differ ({} and {}): the smaller one counts",
            show(from),
            show(to)
        );
        tell(choice, path, text, u64::from(from.max(to).unwrap_or(1)));
    }
}

/// The cluster property against the hosts' limits, and before it exists.
fn overridden(choice: &Choice, path: &mut Path, hosts: [Option<u32>; 2]) {
    let profile = choice.cluster.profile;
    let Some(property) = choice.cluster.migration.maximum_parallel else {
        return;
    };
    if profile.generation < WS2022 {
        let text = format!(
            "MaximumParallelMigrations exists from Windows Server 2022; on {} the hosts' limits count",
            profile.title
        );
        return tell(choice, path, text, u64::from(property));
    }
    if let Some(host) = hosts.iter().flatten().find(|h| **h != property) {
        let text = format!(
            "the hosts say {host} migrations at once, the cluster's MaximumParallelMigrations says {property} and wins"
        );
        tell(choice, path, text, u64::from(*host));
    }
}

fn tell(choice: &Choice, path: &mut Path, text: String, wanted: u64) {
    let fix = fixes::set_concurrency(choice.cluster, choice.node(path.source), wanted);
    path.fault(Layer::Concurrency, Warning, text, fix);
}
