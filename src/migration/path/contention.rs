//! What live migration keeps of its ports while everything else on them sends all it can.
//!
//! Windows shapes what a node sends, not what it receives, so the source decides. A minimum-bandwidth weight promises a host vNIC its
//! part of the port on which it sits: weight over the sum of weights, the default flow making them up to 100 (Microsoft Learn,
//! "Set-VMNetworkAdapter" and "QoS best practices"). Network ATC makes the SMB class half of ports that guests use, too, and all of
//! those that they do not; migration gets 29 % of it (Microsoft Learn, "Host network requirements for Azure Local"). A plan promises
//! the shares it was made with. Anything else, SET without weights and plain ports among them, promises nothing.
//!
//! In: the legs that carry. Out: who shares the ports, and the rate that remains.

use super::choose::{Choice, Leg};
use super::rate::wire;
use super::transport::slowest;
use super::{Layer, Path};
use crate::migration::wiring::{Interface, Kind};
use crate::roles::Role;
use crate::units::{Mbps, Permille, show_mbps};
use std::collections::{BTreeMap, BTreeSet};

/// Part of the SMB class that is live migration's on Azure Local.
const ATC_MIGRATION: Permille = 290;

/// Fills who shares the source's ports and what is promised to live migration beside them.
pub(super) fn fill(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    // adapters by name: SMB meets one of them on several legs
    let adapters: BTreeMap<&str, &Interface> = legs.iter().map(|l| (l.source.name.as_str(), l.source)).collect();
    let others: BTreeSet<Role> = adapters.values().flat_map(|i| others(i)).collect();
    if others.is_empty() {
        return;
    }
    let promised: Mbps = adapters
        .values()
        .map(|adapter| {
            let share = share(choice, path, adapter, &others);
            slowest(choice.cluster, path.source, &adapter.ports).unwrap_or(0) * members(adapter, path) * share / 1000
        })
        .sum();
    let promised = wire(promised).min(path.egress);
    path.step(
        Layer::Shares,
        format!(
            "{} sends {} over the same ports; while all send what they can, {}",
            choice.node(path.source),
            named(&others),
            match promised {
                0 => "nothing is promised to live migration".to_owned(),
                rate => format!("{} are promised to live migration", show_mbps(rate)),
            }
        ),
    );
    path.sharing = others.into_iter().collect();
    path.guaranteed = Some(promised);
}

/// What else the ports of an adapter carry.
fn others(adapter: &Interface) -> impl Iterator<Item = Role> + '_ {
    let all = adapter.sharers.union(&adapter.roles).copied();
    all.filter(|role| *role != Role::LiveMigration)
}

/// Part of one port that is promised to what the adapter carries of live migration, permille; 0 = nothing.
fn share(choice: &Choice, path: &Path, adapter: &Interface, others: &BTreeSet<Role>) -> Permille {
    if choice.wiring.planned {
        return adapter.share.unwrap_or(0);
    }
    if choice.cluster.profile.intents_only {
        let applies = path.transport.is_smb() && others.contains(&Role::Storage);
        let guests = [Role::Management, Role::Vm, Role::Replica];
        let class = if guests.iter().any(|r| others.contains(r)) {
            500
        } else {
            1000
        };
        return if applies { class * ATC_MIGRATION / 1000 } else { 0 };
    }
    // a weight promises its part to all that the adapter carries, so none of it is migration's alone
    let alone = adapter.roles.iter().all(|role| *role == Role::LiveMigration);
    adapter.share.filter(|_| alone).unwrap_or(0)
}

/// Ports on which the adapter sends at a time.
fn members(adapter: &Interface, path: &Path) -> u64 {
    match adapter.kind {
        Kind::HostVnic => 1,
        Kind::Port | Kind::Team => adapter.ports.iter().filter(|p| path.source_ports.contains(p)).count() as u64,
    }
}

/// `management, storage and guests`.
pub fn named<'r>(roles: impl IntoIterator<Item = &'r Role>) -> String {
    let names: Vec<&str> = roles
        .into_iter()
        .map(|role| match role {
            Role::Vm => "guests",
            other => other.info().name,
        })
        .collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}
