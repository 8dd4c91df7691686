//! What live migration keeps of its ports beside other traffic: what is left while that takes what it needs, and what is promised while
//! it sends all it can.
//!
//! *Left* is the speed of the ports less the need of all others on them, at least a tenth, since no flow is shut out: the rule by which the
//! planner counts, too. It holds at both ends. *Promised* is what Windows or the adapter keeps free by a setting; both shape what a node
//! sends, not what it receives, so the source decides. A minimum-bandwidth weight promises a host vNIC its part of the port on which it
//! sits: weight over the sum of weights, the default flow making them up to 100 (Microsoft Learn, "Set-VMNetworkAdapter" and "QoS best
//! practices"). A traffic class of DCB promises its share of each port to all that travels in it. Network ATC makes the SMB class half of
//! ports that guests use, too, and all of those that they do not; migration gets 29 % of it (Microsoft Learn, "Host network requirements
//! for Azure Local"). A plan promises the shares it was made with. Anything else, SET without weights and plain ports among them,
//! promises nothing.
//!
//! In: the legs that carry, what others need of the ports. Out: who shares the ports, and the rates that remain.

use super::choose::{Choice, Leg};
use super::rate::wire;
use super::transport::slowest;
use super::{Layer, Path, dcb};
use crate::inventory::{Cluster, smb_permille};
use crate::migration::load::Load;
use crate::migration::wiring::{Interface, Kind};
use crate::roles::Role;
use crate::units::{Mbps, Permille, show_mbps};
use std::collections::{BTreeMap, BTreeSet};

/// Part of the SMB class that is live migration's on Azure Local.
const ATC_MIGRATION: Permille = 290;

/// What is left of a path while other traffic on its ports takes what it needs; Mbit/s on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// To one migration.
    pub cap: Mbps,
    /// To all migrations out of the source.
    pub egress: Mbps,
    /// To all migrations into the target.
    pub ingress: Mbps,
    /// What the others need of the source's ports.
    pub needed: Mbps,
    /// They need so much that only the tenth is left that no flow is denied.
    pub is_starved: bool,
}

/// What is left of a path, or of one like it between two other nodes.
pub fn left(cluster: &Cluster, load: &Load, path: &Path, (source, target): (usize, usize)) -> Left {
    let out = End::new(cluster, load, source, &path.source_ports);
    let into = End::new(cluster, load, target, &path.target_ports);
    let promised = path.guaranteed.unwrap_or(0);
    let egress = path.egress.min(out.left(path.width.0).max(promised));
    let ingress = path.ingress.min(into.left(path.width.1));
    let one = if path.transport.is_smb() {
        path.cap
    } else {
        path.cap.min(out.left(out.one_port)).min(into.left(into.one_port))
    };
    Left {
        cap: one.min(egress).min(ingress),
        egress,
        ingress,
        needed: out.needed,
        is_starved: out.is_full() || into.is_full(),
    }
}

/// The ports of one end.
struct End {
    speed: Mbps,
    one_port: Mbps,
    needed: Mbps,
}

impl End {
    fn new(cluster: &Cluster, load: &Load, node: usize, ports: &[usize]) -> End {
        let speeds = ports.iter().filter_map(|port| slowest(cluster, node, &[*port]));
        End {
            speed: speeds.sum(),
            one_port: slowest(cluster, node, ports).unwrap_or(0),
            needed: load.on(node, ports),
        }
    }

    fn is_full(&self) -> bool {
        self.needed > self.speed - self.speed / 10
    }

    /// Of a width of these ports what payload finds free: others take their part of it, and leave a tenth.
    fn left(&self, width: Mbps) -> Mbps {
        let taken = u128::from(self.needed) * u128::from(width) / u128::from(self.speed.max(1));
        let taken = Mbps::try_from(taken).unwrap_or(Mbps::MAX);
        wire(width.saturating_sub(taken).max(width / 10))
    }
}

/// Fills who shares the source's ports, what is promised to live migration beside them, and what they leave.
pub(super) fn fill(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    // adapters by name: SMB meets one of them on several legs
    let adapters: BTreeMap<&str, &Interface> = legs.iter().map(|l| (l.source.name.as_str(), l.source)).collect();
    let others: BTreeSet<Role> = adapters.values().flat_map(|i| others(choice, i)).collect();
    if !others.is_empty() {
        promise(choice, path, &adapters, others);
    }
    let left = left(choice.cluster, &choice.wiring.load, path, (path.source, path.target));
    if left.needed > 0 && path.guaranteed.is_some() {
        path.step(
            Layer::Shares,
            format!(
                "{} of these ports are needed by {}; beside that one migration gets {}, all together {}",
                show_mbps(left.needed),
                named(&path.sharing),
                show_mbps(left.cap),
                show_mbps(left.egress.min(left.ingress))
            ),
        );
    }
    path.left = left;
}

fn promise(choice: &Choice, path: &mut Path, adapters: &BTreeMap<&str, &Interface>, others: BTreeSet<Role>) {
    let promised: Mbps = adapters
        .values()
        .map(|adapter| {
            let share = share(choice, path, adapter, &others);
            slowest(choice.cluster, path.source, &adapter.ports).unwrap_or(0) * members(adapter, path) * share / 1000
        })
        .sum();
    let promised = wire(promised).min(path.egress);
    tell_class(choice, path, &others);
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
fn others<'a>(choice: &Choice, adapter: &'a Interface) -> impl Iterator<Item = Role> + use<'a> {
    let mut all = choice.wiring.carried(adapter);
    all.extend(&adapter.sharers);
    all.remove(&Role::LiveMigration);
    all.into_iter()
}

/// The traffic class of live migration on the source, where one acts on its ports.
fn class(choice: &Choice, path: &Path) -> Option<dcb::MigrationClass> {
    let node = choice.cluster.nodes.get(path.source)?;
    dcb::class(node, &path.source_ports, path.transport).filter(|_| !choice.wiring.planned)
}

fn tell_class(choice: &Choice, path: &mut Path, others: &BTreeSet<Role>) {
    let Some(class) = class(choice, path) else { return };
    let shared = class.with_storage && others.contains(&Role::Storage);
    let whose = if shared {
        "storage and live migration together: only a limit of live migration keeps one from taking all of the other's"
    } else {
        "live migration"
    };
    let text = format!(
        "traffic class {} promises {} % of each port to {whose}",
        class.name,
        class.permille / 10
    );
    path.step(Layer::Shares, text);
}

/// Part of one port that is promised to what the adapter carries of live migration, permille; 0 = nothing.
fn share(choice: &Choice, path: &Path, adapter: &Interface, others: &BTreeSet<Role>) -> Permille {
    if choice.wiring.planned {
        return adapter.share.unwrap_or(0);
    }
    let with_storage = others.contains(&Role::Storage);
    if choice.cluster.profile.intents_only {
        let applies = path.transport.is_smb() && with_storage;
        let guests = [Role::Management, Role::Vm, Role::Replica];
        let known = choice.cluster.nodes.get(path.source).and_then(smb_permille);
        let class = if guests.iter().any(|r| others.contains(r)) {
            known.unwrap_or(500)
        } else {
            1000
        };
        return if applies { class * ATC_MIGRATION / 1000 } else { 0 };
    }
    if let Some(class) = class(choice, path) {
        return if class.with_storage && with_storage {
            0
        } else {
            class.permille
        };
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
