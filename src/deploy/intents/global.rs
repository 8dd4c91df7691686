//! What Network ATC is told for the whole cluster: to leave what the plan sets, or to set it as the plan has it.
//!
//! It manages names of cluster networks, networks and performance option of live migration, migrations at once (one) and the limit of SMB by
//! itself, and sets them again about every 15 minutes. Sources: Microsoft, "Manage Network ATC" (Customize cluster network settings; 1 to 10 at
//! once), `New-NetIntentGlobalClusterOverrides`.

use super::model::Overrides;
use crate::deploy::steps::Change;
use crate::inventory::{Cluster, Node};

/// Whether lists lead live migration onto networks of the plan.
pub fn lists(after: &Cluster) -> bool {
    !after.migration.network_order.is_empty() || !after.migration.exclude_networks.is_empty()
}

/// What it is told; `None` = the plan asks for nothing else than it does by itself. `applied` are the facts that the plan alone leads to.
pub fn overrides(today: &Cluster, applied: &Cluster, after: &Cluster, changes: &[&Change]) -> Option<Overrides> {
    let by_name = |c: &&&Change| {
        matches!(
            c,
            Change::NetworkUse { .. } | Change::MigrationOrder(_) | Change::MigrationExcluded(_)
        )
    };
    let at_once = after.migration.maximum_parallel.filter(|number| *number > 1);
    let found = Overrides {
        keeps_names: lists(after) || changes.iter().any(|c| by_name(&c)),
        keeps_lists: lists(after),
        at_once: at_once.and_then(|n| Some((today.migration.maximum_parallel, u8::try_from(n).ok()?))),
        transport: today.transport,
        smb_gbps: smb_gbps(today, applied),
    };
    (found != Overrides::default()).then_some(found)
}

/// Limit of live migration over SMB that the plan sets otherwise than today, in whole Gbit/s; of several nodes the lowest.
fn smb_gbps(today: &Cluster, applied: &Cluster) -> Option<u32> {
    let factor = applied.migration.smb_limit_factor;
    let factor = factor.filter(|_| factor != today.migration.smb_limit_factor);
    let rate = |(old, new): (&Node, &Node)| match factor {
        Some(factor) => Some(new.linked_speed() * u64::from(factor) / 10_000),
        None => new
            .migration
            .smb_limit
            .filter(|_| new.migration.smb_limit != old.migration.smb_limit),
    };
    let lowest = today.nodes.iter().zip(&applied.nodes).filter_map(rate).min()?;
    u32::try_from(lowest / 1_000).ok().map(|gbps| gbps.max(1))
}

/// Whether Network ATC does what the change sets, so that a script must not.
pub fn does(change: &Change) -> bool {
    matches!(change, Change::Parallel(_) | Change::ClusterSmbLimit { .. })
}
