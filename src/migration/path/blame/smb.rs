//! The limit of live migration over SMB: none, too high, too low, uneven, or not acting.

use crate::finding::Severity::{Info, Warning};
use crate::migration::path::choose::{Choice, Leg};
use crate::migration::path::limits::{self, LimitedBy, smb_limit};
use crate::migration::path::transport::slowest;
use crate::migration::path::{Layer, Path, SmbShare, fixes, set_smb_limit, smb_room};
use crate::profiles::{Transport, WS2016, WS2022};
use crate::roles::Role;
use crate::units::{Mbps, show_mbps};

/// Where SMB is slower than this, compression is the better option (Microsoft Learn, "Host network requirements for Azure Local").
const LEAST_SMB_MBPS: Mbps = 5_000;

/// What to do where the cluster's factor acts on unequal nodes.
const LEVEL_NICS: &str =
    "use the same number and speed of NICs on every node, or switch SetSMBBandwidthLimit off and limit each host";
const NOT_CHOSEN: &str = "nobody chose the SMB limit: the cluster takes 25 % of the speed of all NICs, also of those that \
                          live migration cannot use";

/// Judges the limit that holds for what the source sends.
pub(super) fn smb(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    let cluster = choice.cluster;
    let ports = sum(choice, path);
    let limit = smb_limit(cluster, path.source);
    let storage = with_storage(choice, path, legs);
    let room = cluster.nodes.get(path.source).map_or(0, |node| {
        smb_room(node, ports, storage || path.sharing.contains(&Role::Cluster))
    });
    if storage && starves(choice, path, limit, ports) {
        // said
    } else if cluster.profile.generation >= WS2016 && path.cap < LEAST_SMB_MBPS {
        too_slow(choice, path, limit);
    }
    if limits::cluster_limits(cluster) {
        cluster_factor(choice, path, room);
    } else if cluster.migration.smb_limit_factor.is_some() && cluster.profile.generation < WS2022 {
        let text = format!(
            "{} does not know the cluster's SMB limit factor; it does nothing",
            cluster.profile.title
        );
        let fix = set_smb_limit(cluster, path.source, limit.map_or(room, |(rate, _)| rate));
        path.fault(Layer::SmbLimit, Warning, text, fix);
    }
    uneven_hosts(choice, path);
}

/// Summed speed of the ports that send.
fn sum(choice: &Choice, path: &Path) -> Mbps {
    let speed = |port: &usize| slowest(choice.cluster, path.source, &[*port]).unwrap_or(0);
    path.source_ports.iter().map(speed).sum()
}

/// On ports that storage uses, too: no limit, or one of more than 60 % of the SMB class (Validate-DCB): its traffic class where
/// one is known, else half of the ports.
fn starves(choice: &Choice, path: &mut Path, limit: Option<(Mbps, LimitedBy)>, ports: Mbps) -> bool {
    let Some(node) = choice.cluster.nodes.get(path.source) else {
        return false;
    };
    let share = SmbShare::new(node, ports);
    let text = match limit {
        None => format!(
            "live migration over SMB shares ports with storage, and no limit is known: it can starve storage and heartbeats; the most is {}",
            share.words()
        ),
        Some((rate, _)) if rate > share.most() => format!(
            "the SMB limit of {} is over {}: it can starve storage",
            show_mbps(rate),
            share.words()
        ),
        Some(_) => return false,
    };
    let fix = set_smb_limit(choice.cluster, path.source, share.most());
    path.fault(Layer::SmbLimit, Warning, text, fix);
    true
}

fn too_slow(choice: &Choice, path: &mut Path, limit: Option<(Mbps, LimitedBy)>) {
    let fix = fixes::set_transport(choice.node(path.source), Transport::Compression);
    let by_limit = limit.filter(|_| path.layer == Layer::SmbLimit);
    let (layer, text) = match by_limit {
        Some((rate, by)) => {
            let whose = if by == LimitedBy::Host { "host's" } else { "cluster's" };
            let text = format!(
                "the {whose} SMB limit leaves {}; below 5 Gbit/s Compression is faster",
                show_mbps(rate)
            );
            (Layer::SmbLimit, text)
        }
        None => (
            Layer::Transport,
            format!("SMB over {}; below 5 Gbit/s Compression is faster", show_mbps(path.cap)),
        ),
    };
    path.fault(layer, Warning, text, fix);
}

fn with_storage(choice: &Choice, path: &Path, legs: &[Leg]) -> bool {
    let for_storage = |l: &Leg| {
        choice
            .network(l.network)
            .is_some_and(|n| n.roles.contains(&Role::Storage))
    };
    let carries = |l: &Leg| l.source.roles.contains(&Role::Storage) || l.source.sharers.contains(&Role::Storage);
    let own = legs.iter().any(|l| carries(l) || for_storage(l));
    let nics = choice.cluster.nodes.get(path.source).map_or(&[][..], |n| &n.nics);
    own || (!choice.wiring.planned
        && path
            .source_ports
            .iter()
            .any(|p| nics.get(*p).is_some_and(|n| n.roles.contains(&Role::Storage))))
}

/// The cluster's factor: without effect on virtual nodes, uneven where nodes differ, or chosen by nobody.
fn cluster_factor(choice: &Choice, path: &mut Path, room: Mbps) {
    let cluster = choice.cluster;
    let (from, to) = (
        limits::all_nics(cluster, path.source),
        limits::all_nics(cluster, path.target),
    );
    let names = (choice.node(path.source), choice.node(path.target));
    let chosen = cluster.migration.smb_limit_factor.is_some();
    if limits::is_virtual(cluster, path.source) {
        if chosen {
            let text = format!(
                "{} is a virtual machine: the cluster's SMB limit factor does nothing there",
                names.0
            );
            path.fault(
                Layer::SmbLimit,
                Warning,
                text,
                set_smb_limit(cluster, path.source, room),
            );
        }
    } else if from != to {
        let (more, less) = (show_mbps(from), show_mbps(to));
        let text = format!(
            "the cluster's SMB limit is a share of all NICs, and the nodes differ: {} has {more}, {} has {less}",
            names.0, names.1
        );
        path.fault(Layer::SmbLimit, Warning, text, LEVEL_NICS);
    } else if !chosen && path.layer == Layer::SmbLimit {
        let fix = set_smb_limit(cluster, path.source, room);
        path.fault(Layer::SmbLimit, Info, NOT_CHOSEN, fix);
    }
}

fn uneven_hosts(choice: &Choice, path: &mut Path) {
    let limit = |node: usize| choice.cluster.nodes.get(node).and_then(|n| n.migration.smb_limit);
    let (from, to) = (limit(path.source), limit(path.target));
    if from == to {
        return;
    }
    let show = |rate: Option<Mbps>| rate.map_or("none".to_owned(), show_mbps);
    let text = format!(
        "SMB limits of the hosts differ: {} has {}, {} has {}",
        choice.node(path.source),
        show(from),
        choice.node(path.target),
        show(to)
    );
    let wanted = from.into_iter().chain(to).min().unwrap_or(0);
    let odd = if from == Some(wanted) { path.target } else { path.source };
    path.fault(
        Layer::SmbLimit,
        Warning,
        text,
        set_smb_limit(choice.cluster, odd, wanted),
    );
}
