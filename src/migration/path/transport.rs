//! Which transport a pair uses, and over which adapters.
//!
//! In: the legs of the network taken, settings of both ends. Out: carrier and legs that carry. Where the two ends want different
//! things the sender's option counts (assumed) and the pair is told.

use super::choose::{Choice, Leg};
use super::fixes;
use super::{Carrier, Layer, Path};
use crate::finding::Severity::{Error, Info, Warning};
use crate::inventory::Cluster;
use crate::migration::transport as usual;
use crate::migration::wiring::{Interface, Kind};
use crate::profiles::Transport;
use crate::units::Mbps;

/// The option of an end: that of the plan, of the host, of the cluster; `None` = not known.
fn option(cluster: &Cluster, node: usize, planned: Option<Transport>) -> Option<Transport> {
    let host = cluster.nodes.get(node).and_then(|n| n.migration.transport);
    planned.or(host).or(cluster.transport)
}

/// Name of the performance option for people.
fn title(option: Transport) -> &'static str {
    match option {
        Transport::Tcp => Carrier::Tcp.title(),
        Transport::Compression => Carrier::Compression.title(),
        Transport::Smb => Carrier::Smb.title(),
    }
}

/// Decides the carrier and keeps the legs that it uses: TCP and compression one, SMB every equal one.
pub(super) fn decide<'a>(choice: &Choice<'a>, path: &mut Path, legs: Vec<Leg<'a>>) -> (Carrier, Vec<Leg<'a>>) {
    let cluster = choice.cluster;
    let planned = legs.first().and_then(|l| l.source.transport);
    let all_rdma = !legs.is_empty() && legs.iter().all(|l| l.source.rdma && l.target.rdma);
    let sender = option(cluster, path.source, planned);
    let receiver = option(cluster, path.target, planned);
    for (node, wanted) in [(path.source, sender), (path.target, receiver)] {
        not_offered(choice, path, node, wanted);
    }
    let offered = |t: &Transport| cluster.profile.transports.contains(t);
    let said = sender.filter(offered);
    let taken = said.unwrap_or_else(|| usual(cluster, all_rdma));
    match said {
        Some(_) => path.step(Layer::Transport, format!("performance option: {}", title(taken))),
        None => path.step(
            Layer::Transport,
            format!("performance option not known; {} is taken", title(taken)),
        ),
    }
    if let (Some(from), Some(to)) = (sender, receiver) {
        uneven(choice, path, from, to);
    }
    match taken {
        Transport::Tcp => (Carrier::Tcp, one(choice, path, legs, said)),
        Transport::Compression => (Carrier::Compression, one(choice, path, legs, said)),
        Transport::Smb => {
            let legs = equal(cluster, path, legs);
            (direct(choice, path, &legs), legs)
        }
    }
}

/// The two ends want different things.
fn uneven(choice: &Choice, path: &mut Path, from: Transport, to: Transport) {
    if from == to {
        return;
    }
    let (source, target) = (choice.node(path.source), choice.node(path.target));
    let text = format!("{source} sends with {}, {target} has {}", title(from), title(to));
    path.fault(Layer::Transport, Warning, text, fixes::set_transport(target, from));
}

fn not_offered(choice: &Choice, path: &mut Path, node: usize, wanted: Option<Transport>) {
    let profile = choice.cluster.profile;
    let Some(wanted) = wanted.filter(|t| !profile.transports.contains(t)) else {
        return;
    };
    let text = format!(
        "{} asks for {}, which {} does not have; plain TCP is used",
        choice.node(node),
        title(wanted),
        profile.title
    );
    let fix = "write tcp as live_migration_transport; Compression and SMB begin with Windows Server 2012 R2";
    path.fault(Layer::Transport, Error, text, fix);
}

/// TCP and compression use one network and one adapter; the others only stand by.
fn one<'a>(choice: &Choice, path: &mut Path, legs: Vec<Leg<'a>>, said: Option<Transport>) -> Vec<Leg<'a>> {
    let mut networks: Vec<usize> = legs.iter().map(|l| l.network).collect();
    networks.dedup();
    let idle: Vec<&str> = networks
        .iter()
        .skip(1)
        .filter_map(|n| choice.network(*n))
        .map(|n| n.name.as_str())
        .collect();
    if !idle.is_empty() && path.intended {
        let text = format!(
            "one network at a time carries TCP and compressed migrations; {} only stands by",
            idle.join(", ")
        );
        let fix = if choice.cluster.profile.transports.contains(&Transport::Smb) {
            fixes::set_transport(choice.node(path.source), Transport::Smb)
        } else {
            "nothing to set: only SMB, from Windows Server 2012 R2, adds networks up".to_owned()
        };
        path.fault(Layer::Transport, Info, text, fix);
    }
    let first: Vec<Leg> = legs.into_iter().take(1).collect();
    let rdma = first.iter().any(|l| l.source.rdma && l.target.rdma);
    let fast = first.iter().all(|l| at(choice.cluster, path, l) >= 10_000);
    if path.intended && said.is_some() && rdma && fast && choice.cluster.profile.transports.contains(&Transport::Smb) {
        let text = "both ends have RDMA, and the performance option is not SMB: slower, and it costs CPU";
        path.fault(
            Layer::Transport,
            Warning,
            text,
            fixes::set_transport(choice.node(path.source), Transport::Smb),
        );
    }
    first
}

/// The legs that SMB Multichannel adds up: those with RDMA before those without, of the highest speed.
fn equal<'a>(cluster: &Cluster, path: &Path, legs: Vec<Leg<'a>>) -> Vec<Leg<'a>> {
    let class = |l: &Leg| (l.source.rdma && l.target.rdma, at(cluster, path, l));
    let best = legs.iter().map(class).max();
    legs.into_iter().filter(|l| Some(class(l)) == best).collect()
}

/// Slowest port of a leg.
fn at(cluster: &Cluster, path: &Path, leg: &Leg) -> Mbps {
    let slow = |node: usize, ports: &[usize]| slowest(cluster, node, ports).unwrap_or(0);
    slow(path.source, &leg.route.source).min(slow(path.target, &leg.route.target))
}

/// Slowest of some ports of a node.
pub(super) fn slowest(cluster: &Cluster, node: usize, ports: &[usize]) -> Option<Mbps> {
    let nics = &cluster.nodes.get(node)?.nics;
    ports.iter().filter_map(|p| nics.get(*p)).map(|n| n.speed).min()
}

/// SMB Direct where both ends have RDMA.
fn direct(choice: &Choice, path: &mut Path, legs: &[Leg]) -> Carrier {
    let Some(leg) = legs.first() else {
        return Carrier::Smb;
    };
    let (source, target) = (leg.source, leg.target);
    if source.rdma && target.rdma {
        path.step(Layer::Rdma, "RDMA works at both ends: SMB Direct");
        return Carrier::SmbDirect;
    }
    let ends = [(path.source, source), (path.target, target)];
    let odd = ends
        .iter()
        .find(|(_, i)| !i.rdma && (i.ports_rdma || source.rdma || target.rdma));
    let Some((node, interface)) = odd else {
        path.step(Layer::Rdma, "no RDMA: SMB over TCP");
        return Carrier::Smb;
    };
    let name = format!("{} of {}", interface.name, choice.node(*node));
    path.step(Layer::Rdma, format!("no RDMA at {name}: SMB over TCP"));
    if !path.intended {
        return Carrier::Smb;
    }
    let (text, fix) = lacks_rdma(choice, *node, interface, &name);
    path.fault(Layer::Rdma, Warning, text, fix);
    Carrier::Smb
}

/// Why an end has no RDMA, and what to do.
fn lacks_rdma(choice: &Choice, node: usize, interface: &Interface, name: &str) -> (String, String) {
    let profile = choice.cluster.profile;
    let enable = fixes::enable_rdma(choice.node(node), &interface.name);
    let lost = interface.kind != Kind::Port && interface.ports_rdma && !profile.rdma_on_switch;
    if lost {
        let text = format!(
            "{} keeps no RDMA under a team or virtual switch, so {name} has none",
            profile.title
        );
        return (text, "give live migration a NIC without team and switch".to_owned());
    }
    if interface.ports_rdma {
        return (format!("the ports have RDMA, and it is off at {name}"), enable);
    }
    (
        format!("one end has RDMA, {name} has not"),
        format!("{enable} if the NIC can; else replace it"),
    )
}
