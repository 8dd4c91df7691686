//! What is wrong with a pair, and which layer is at fault.
//!
//! Error: no path, or another network than the intended one. Warning: the intended network, but slower or riskier than need be, or a
//! verdict that rests on an assumption. Info: worth knowing. In: the choice, the answers of all networks, the path so far.

use super::choose::{Answer, Choice, Leg, Taken};
use super::limits::{self, LimitedBy, host_limit, smb_limit};
use super::transport::slowest;
use super::{Layer, Path, fixes};
use crate::finding::Severity::{self, Error, Info, Warning};
use crate::migration::assumptions::HOST_VNIC_MBPS;
use crate::migration::wiring::{Interface, Kind};
use crate::profiles::{AZURE_LOCAL, Transport, WS2008R2, WS2016, WS2022};
use crate::roles::Role;
use crate::units::{Mbps, show_mbps};
use std::collections::BTreeSet;

/// Judges the network taken.
pub(super) fn network(choice: &Choice, path: &mut Path, answers: &[(usize, Answer)], taken: Option<&Taken>) {
    let intended: Vec<&(usize, Answer)> = answers.iter().filter(|(n, _)| is_intended(choice, *n)).collect();
    let right = taken.is_some_and(|t| is_intended(choice, t.network) && !t.fallback);
    path.intended =
        right || (intended.is_empty() && taken.is_some_and(|t| !t.fallback && !client_instead(choice, answers, t)));
    if !path.intended {
        wrong_network(choice, path, answers, taken, &intended);
    }
    if right {
        other_intended(choice, path, &intended);
    }
    settings(choice, path);
}

fn is_intended(choice: &Choice, network: usize) -> bool {
    choice.network(network).is_some_and(|n| n.intended)
}

/// A network for clients is used although a private one joins the two nodes.
fn client_instead(choice: &Choice, answers: &[(usize, Answer)], taken: &Taken) -> bool {
    let client = |n: usize| choice.network(n).is_some_and(|n| n.cluster_use == 3);
    client(taken.network) && answers.iter().any(|(n, a)| a.is_ok() && !client(*n))
}

fn wrong_network(
    choice: &Choice,
    path: &mut Path,
    answers: &[(usize, Answer)],
    taken: Option<&Taken>,
    intended: &[&(usize, Answer)],
) {
    let refused = intended.iter().find_map(|(n, a)| Some((*n, a.as_ref().err()?)));
    let accepted = intended.iter().find(|(_, a)| a.is_ok()).map(|(n, _)| *n);
    let goes = match (
        taken.and_then(|t| choice.network(t.network)),
        taken.is_some_and(|t| t.fallback),
    ) {
        (None, _) => "there is no path at all".to_owned(),
        (Some(network), true) => format!("Windows falls back to {} without an event", network.name),
        (Some(network), false) => format!("migrations take {} instead", network.name),
    };
    if let (None, Some((_, refusal))) = (accepted, refused) {
        let severity = if refusal.layer == Layer::Interface && choice.wiring.planned {
            Warning
        } else {
            Error
        };
        path.fault(
            refusal.layer,
            severity,
            format!("{}; {goes}", refusal.text),
            refusal.fix.clone(),
        );
        return;
    }
    if let (Some(network), Some(taken)) = (accepted, taken) {
        return preferred(choice, path, network, taken);
    }
    if let Some((_, Err(refusal))) = answers
        .iter()
        .find(|(_, a)| a.is_err())
        .filter(|_| taken.is_none_or(|t| t.fallback))
    {
        return path.fault(
            refusal.layer,
            Error,
            format!("{}; {goes}", refusal.text),
            refusal.fix.clone(),
        );
    }
    let private = answers
        .iter()
        .find(|(n, a)| a.is_ok() && choice.network(*n).is_some_and(|n| n.cluster_use != 3));
    if let (Some((network, _)), Some(taken)) = (private, taken) {
        preferred(choice, path, *network, taken);
    }
}

/// Another network was preferred to a usable one.
fn preferred(choice: &Choice, path: &mut Path, network: usize, taken: &Taken) {
    let (Some(wanted), Some(got)) = (choice.network(network), choice.network(taken.network)) else {
        return;
    };
    let ordered = choice.place(taken.network).is_some();
    let stale = !choice.cluster.migration.network_order.is_empty() && !ordered;
    let csv = if choice.csv == Some(network) {
        format!(": {} has the lowest metric, which CSV traffic takes", wanted.name)
    } else {
        format!(
            ": its metric {} comes before {} of {}",
            got.metric, wanted.metric, wanted.name
        )
    };
    let (layer, text) = match (ordered, stale) {
        (true, _) => (
            Layer::NetworkOrder,
            format!("MigrationNetworkOrder puts {} before {}", got.name, wanted.name),
        ),
        (_, true) => (
            Layer::NetworkOrder,
            format!(
                "MigrationNetworkOrder names no network that exists ({}), so {} is taken{csv}",
                choice.stale_order.join(", "),
                got.name
            ),
        ),
        _ => (
            Layer::Metric,
            format!("no MigrationNetworkOrder is set, so {} is taken{csv}", got.name),
        ),
    };
    let guessed = layer == Layer::Metric && !(wanted.metric_known && got.metric_known);
    let severity = if guessed { Warning } else { Error };
    let text = if guessed {
        format!("{text} (metrics assumed)")
    } else {
        text
    };
    path.fault(layer, severity, text, order_fix(choice, network));
}

fn order_fix(choice: &Choice, network: usize) -> String {
    if choice.wiring.networks.iter().any(|n| n.intended) {
        return fixes::set_order(choice);
    }
    let name = choice.network(network).map_or("", |n| n.name.as_str());
    fixes::put_first(choice, name)
}

/// An intended network that does not work while another intended one does.
fn other_intended(choice: &Choice, path: &mut Path, intended: &[&(usize, Answer)]) {
    for (network, answer) in intended {
        let Err(refusal) = answer else { continue };
        // a network of direct cables joins two nodes only
        let holders = choice
            .wiring
            .interfaces
            .iter()
            .filter(|all| all.iter().any(|i| i.network == *network))
            .count();
        let partial = refusal.layer == Layer::Interface && holders + 1 < choice.wiring.interfaces.len();
        if !partial && refusal.layer != Layer::Cabling {
            path.fault(
                refusal.layer,
                Warning,
                format!("{}; the other live-migration network carries all", refusal.text),
                refusal.fix.clone(),
            );
        }
    }
}

/// Settings that are wrong whatever network is taken.
fn settings(choice: &Choice, path: &mut Path) {
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
    if choice.cluster.profile.generation == WS2008R2 {
        return;
    }
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

/// Judges ports, links, shares and the SMB limit.
pub(super) fn rate(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    port_speed(choice, path);
    crossing(choice, path);
    shares(choice, path, legs);
    host_vnic(choice, path, legs);
    if path.transport.is_smb() {
        smb(choice, path, legs);
    }
}

fn port_speed(choice: &Choice, path: &mut Path) {
    let of = |node, ports: &[usize]| slowest(choice.cluster, node, ports).unwrap_or(0);
    let (from, to) = (of(path.source, &path.source_ports), of(path.target, &path.target_ports));
    let (slow, least) = if from <= to {
        (path.source, from)
    } else {
        (path.target, to)
    };
    let name = choice.node(slow);
    if least < 1_000 {
        let text = format!(
            "the port of {name} has {} only; live migration needs 1 Gbit/s",
            show_mbps(least)
        );
        path.fault(
            Layer::PortSpeed,
            Error,
            text,
            format!("use a port of 1 Gbit/s or more on {name}; check for a cable or switch port that fell back"),
        );
    } else if from != to {
        let severity = if least < 10_000 { Warning } else { Info };
        let text = format!(
            "the ends differ: {name} has {}, the other end {}",
            show_mbps(least),
            show_mbps(from.max(to))
        );
        path.fault(
            Layer::PortSpeed,
            severity,
            text,
            format!("use ports of one speed for live migration on every node; {name} is the slow one"),
        );
    }
}

fn crossing(choice: &Choice, path: &mut Path) {
    let cluster = choice.cluster;
    let links = path.crossed.iter().filter_map(|l| cluster.links.get(*l));
    let Some(link) = links.min_by_key(|l| l.speed) else {
        return;
    };
    let port = slowest(cluster, path.source, &path.source_ports).unwrap_or(0);
    if link.speed < port {
        let tor = |t: usize| cluster.tors.get(t).map_or("", |t| t.name.as_str());
        let (a, b) = (tor(link.ends.0), tor(link.ends.1));
        let text = format!(
            "the way crosses the link {a} to {b} of {}, slower than the port",
            show_mbps(link.speed)
        );
        path.fault(
            Layer::InterSwitchLink,
            Warning,
            text,
            format!("cable the live-migration ports of both nodes to one switch, or widen the link {a} to {b}"),
        );
    }
}

fn shares(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    let Some(leg) = legs.first() else { return };
    for (node, interface) in [(path.source, leg.source), (path.target, leg.target)] {
        let name = choice.node(node);
        let what = format!("{} of {name}", interface.name);
        let client = interface.kind != Kind::HostVnic && interface.roles.contains(&Role::Management);
        let meant = interface.roles.contains(&Role::LiveMigration) && path.intended;
        if client && meant {
            let text = format!("{what} carries management and live migration: a migration takes all of it");
            path.fault(
                Layer::Shares,
                Warning,
                text,
                format!("give live migration a NIC of its own on {name}"),
            );
        } else if interface.kind == Kind::HostVnic && choice.cluster.profile.weights {
            weights(
                path,
                (name, &what),
                interface,
                choice.cluster.profile.generation < WS2016,
            );
        }
    }
}

fn weights(path: &mut Path, (node, what): (&str, &str), interface: &Interface, weights_are_usual: bool) {
    let fix = || fixes::set_weight(node, &interface.name, 30);
    let with_guests = interface.sharers.contains(&Role::Vm);
    match interface.weight {
        Some(weight) if weight < 5 => {
            let text =
                format!("{what} has the minimum-bandwidth weight {weight}; below 5 it guarantees next to nothing");
            path.fault(Layer::Shares, Warning, text, fix());
        }
        None if interface.others_weighted => {
            let text = format!(
                "{what} has no minimum-bandwidth weight while others on the switch have: it shares the default flow"
            );
            path.fault(Layer::Shares, Warning, text, fix());
        }
        None if with_guests && weights_are_usual && interface.share.is_none() => {
            let text = format!("{what} shares its ports with VMs, and no minimum-bandwidth weight is known");
            path.fault(Layer::Shares, Warning, text, fix());
        }
        _ => {}
    }
}

fn host_vnic(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    let old = choice.cluster.profile.generation < WS2016 && !path.transport.is_smb();
    let through = legs
        .iter()
        .any(|l| l.source.kind == Kind::HostVnic || l.target.kind == Kind::HostVnic);
    let fast = slowest(choice.cluster, path.source, &path.source_ports).is_some_and(|s| s > HOST_VNIC_MBPS);
    if old && through && fast {
        let text = format!(
            "without vRSS one core serves a host vNIC: all migrations together get about {}",
            show_mbps(HOST_VNIC_MBPS)
        );
        path.fault(
            Layer::HostVnic,
            Info,
            text,
            "give live migration a physical NIC of its own",
        );
    }
}

/// The limit of live migration over SMB: none, too high, too low, uneven, or not acting.
fn smb(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    let cluster = choice.cluster;
    let ports: Mbps = path
        .source_ports
        .iter()
        .map(|p| slowest(cluster, path.source, &[*p]).unwrap_or(0))
        .sum();
    let shared = with_storage(choice, path, legs);
    let limit = smb_limit(cluster, path.source);
    let class_limit = ports * 3 / 10;
    let fix = fixes::set_smb_limit(cluster, path.source, ports / 4);
    match limit {
        None if shared => {
            let text = "live migration over SMB shares ports with storage, and no limit is known: it can starve storage and heartbeats";
            path.fault(Layer::SmbLimit, Warning, text, fix);
        }
        Some((rate, _)) if shared && rate > class_limit && rate < ports => {
            let text = format!(
                "the SMB limit of {} is over 60 % of the SMB class (half of {}): it can starve storage",
                show_mbps(rate),
                show_mbps(ports)
            );
            path.fault(Layer::SmbLimit, Warning, text, fix);
        }
        Some((rate, by)) if path.layer == Layer::SmbLimit && rate < 5_000 && cluster.profile.generation >= WS2016 => {
            let whose = if by == LimitedBy::Host { "host's" } else { "cluster's" };
            let text = format!(
                "the {whose} SMB limit leaves {}; below 5 Gbit/s Compression is faster",
                show_mbps(rate)
            );
            path.fault(
                Layer::SmbLimit,
                Warning,
                text,
                fixes::set_transport(choice.node(path.source), Transport::Compression),
            );
        }
        _ if path.cap < 5_000 && path.layer != Layer::SmbLimit && cluster.profile.generation >= WS2016 => {
            let text = format!("SMB over {}; below 5 Gbit/s Compression is faster", show_mbps(path.cap));
            path.fault(
                Layer::Transport,
                Warning,
                text,
                fixes::set_transport(choice.node(path.source), Transport::Compression),
            );
        }
        _ => {}
    }
    cluster_factor(choice, path, limit);
    uneven_hosts(choice, path);
}

fn with_storage(choice: &Choice, path: &Path, legs: &[Leg]) -> bool {
    let used: BTreeSet<usize> = path.source_ports.iter().copied().collect();
    let own = legs
        .iter()
        .any(|l| l.source.roles.contains(&Role::Storage) || l.source.sharers.contains(&Role::Storage));
    let nics = choice.cluster.nodes.get(path.source).map_or(&[][..], |n| &n.nics);
    own || (!choice.wiring.planned
        && used
            .iter()
            .any(|p| nics.get(*p).is_some_and(|n| n.roles.contains(&Role::Storage))))
}

fn cluster_factor(choice: &Choice, path: &mut Path, limit: Option<(Mbps, LimitedBy)>) {
    let cluster = choice.cluster;
    if !limits::cluster_limits(cluster) {
        let named = cluster.migration.smb_limit_factor.is_some() && cluster.profile.generation < WS2022;
        if named {
            let text = format!(
                "{} does not know the cluster's SMB limit factor; it does nothing",
                cluster.profile.title
            );
            let fix = fixes::set_smb_limit(cluster, path.source, limit.map_or(5_000, |(rate, _)| rate));
            path.fault(Layer::SmbLimit, Warning, text, fix);
        }
        return;
    }
    let (from, to) = (
        limits::all_nics(cluster, path.source),
        limits::all_nics(cluster, path.target),
    );
    let is_virtual = limits::is_virtual(cluster, path.source);
    if is_virtual && cluster.migration.smb_limit_factor.is_some() {
        let text = format!(
            "{} is a virtual machine: the cluster's SMB limit factor does nothing there",
            choice.node(path.source)
        );
        path.fault(
            Layer::SmbLimit,
            Warning,
            text,
            fixes::set_smb_limit(cluster, path.source, from / 4),
        );
    } else if !is_virtual && from != to {
        let text = format!(
            "the cluster's SMB limit is a share of all NICs, and the nodes differ: {} has {}, {} has {}",
            choice.node(path.source),
            show_mbps(from),
            choice.node(path.target),
            show_mbps(to)
        );
        path.fault(Layer::SmbLimit, Warning, text, "use the same number and speed of NICs on every node, or switch SetSMBBandwidthLimit off and limit each host");
    } else if !is_virtual && cluster.migration.smb_limit_factor.is_none() && path.layer == Layer::SmbLimit {
        let text = "nobody chose the SMB limit: the cluster takes 25 % of the speed of all NICs, also of those that live migration cannot use";
        let ports: Mbps = path
            .source_ports
            .iter()
            .map(|p| slowest(cluster, path.source, &[*p]).unwrap_or(0))
            .sum();
        path.fault(
            Layer::SmbLimit,
            Info,
            text,
            fixes::set_smb_limit(cluster, path.source, ports / 4),
        );
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
        fixes::set_smb_limit(choice.cluster, odd, wanted),
    );
}

/// Judges the migrations at once.
pub(super) fn concurrency(choice: &Choice, path: &mut Path) {
    let cluster = choice.cluster;
    let generation = cluster.profile.generation;
    let hosts = [path.source, path.target].map(|n| host_limit(cluster, n));
    let property = cluster.migration.maximum_parallel;
    let mut blame = |severity: Severity, text: String, wanted: u64| {
        let fix = fixes::set_concurrency(cluster, choice.node(path.source), wanted);
        path.fault(Layer::Concurrency, severity, text, fix);
    };
    let highest = hosts
        .iter()
        .flatten()
        .max()
        .copied()
        .unwrap_or(0)
        .max(property.unwrap_or(0));
    if generation == WS2008R2 {
        if highest > 1 {
            let text = format!("{highest} migrations at once are asked for; on 2008 R2 a node takes part in one");
            path.fault(
                Layer::Concurrency,
                Error,
                text,
                "count with 1 in concurrent_migrations; there is nothing to set on 2008 R2",
            );
        }
        return;
    }
    if generation < WS2022 {
        if let Some(wanted) = property {
            let text = format!(
                "MaximumParallelMigrations exists from Windows Server 2022; on {} the hosts' limits count",
                cluster.profile.title
            );
            blame(Warning, text, u64::from(wanted));
        }
    } else if let (Some(property), Some(host)) = (property, hosts.iter().flatten().find(|h| Some(**h) != property)) {
        let text = format!(
            "the hosts say {host} migrations at once, the cluster's MaximumParallelMigrations says {property} and wins"
        );
        blame(Warning, text, u64::from(*host));
    }
    if generation == AZURE_LOCAL && highest > 10 {
        blame(
            Warning,
            format!("{highest} migrations at once: Network ATC takes 1 to 10"),
            10,
        );
    }
    let uneven = (generation < WS2022 || property.is_none()) && hosts.first() != hosts.last();
    if uneven {
        let show = |h: Option<u32>| h.map_or("the default".to_owned(), |n| n.to_string());
        let [from, to] = hosts;
        let text = format!(
            "the hosts' limits differ ({} and {}): the smaller one counts",
            show(from),
            show(to)
        );
        blame(
            Warning,
            text,
            u64::from(hosts.iter().flatten().max().copied().unwrap_or(1)),
        );
    }
}
