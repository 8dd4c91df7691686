//! Live migration: over what, how fast, how long.
//!
//! Source of the host vNIC's limit: the questions and answers of J. Savill on 4.5 Gbit/s through a host vNIC of a 10 Gbit/s team, as in
//! the assumption `host-vnic`.

use super::by_nodes;
use crate::inventory::{Vm, VmPriority, VmState};
use crate::migration::assumptions::{COMPRESSION_FACTOR, HOST_VNIC_MBPS, TCP_STREAM_MBPS};
use crate::migration::path::{Carrier, Path};
use crate::migration::wiring::Kind;
use crate::profiles::{Transport, WS2016};
use crate::reports::data::ClusterData;
use crate::reports::{emptying, show};
use crate::roles::Role;
use crate::units::show_mbps;

/// The network planned for it and its NICs, or where it really goes.
pub(super) fn network(cluster: &ClusterData) -> Option<String> {
    let uplink = cluster.uplink_of(Role::LiveMigration)?;
    let nics = by_nodes(cluster, |group| {
        let nics = &cluster.node_uplink(group.first(), uplink)?.nics;
        Some(match nics.is_empty() {
            true => "no NIC".to_owned(),
            false => nics.join(", "),
        })
    });
    let (name, nics) = (cluster.uplink_name(uplink), nics.join("; "));
    let detours = cluster.paths().detours();
    if !detours.is_empty() {
        return Some(format!(
            "Planned is the uplink {name} ({nics}), but not every migration will use it: {}.",
            detours.join(". ")
        ));
    }
    Some(format!(
        "The uplink {name}: {nics}. If it fails, live migration falls back to the next cluster network in its order; put the other networks \
         last or exclude them, or it may take the management network."
    ))
}

/// The rate of each kind of pairs and what decides it.
pub(super) fn speed(cluster: &ClusterData) -> Option<String> {
    cluster.uplink_of(Role::LiveMigration)?;
    let paths = cluster.paths();
    let speeds = paths.speeds();
    let compressed = paths.paths.iter().any(|path| path.transport == Carrier::Compression);
    let shrinks = match compressed {
        true => format!(" Compression packs about {COMPRESSION_FACTOR} bytes of memory into one on the wire."),
        false => String::new(),
    };
    let once_set = cluster.once_set();
    (!speeds.is_empty()).then(|| {
        format!(
            "{}{once_set}. A single migration over TCP or with compression gets one port and one processor core at most; only SMB Multichannel adds \
             ports up.{shrinks}",
            speeds.join(". ")
        )
    })
}

/// What a host vNIC under live migration costs; nothing where it uses ports or teams directly.
pub(super) fn host_vnic(cluster: &ClusterData) -> Option<String> {
    let paths = cluster.paths();
    let on_vnic = |path: &&Path| {
        let mut own = paths.wiring.interfaces.get(path.source).into_iter().flatten();
        own.any(|interface| interface.kind == Kind::HostVnic && path.carrying.contains(&interface.network))
    };
    let path = paths.paths.iter().filter(|path| path.network.is_some()).find(on_vnic)?;
    let nics = cluster.facts.nodes.get(path.source).map_or(&[][..], |node| &node.nics);
    let port = path
        .source_ports
        .iter()
        .filter_map(|port| nics.get(*port))
        .map(|nic| nic.speed)
        .min()?;
    let core = match (cluster.facts.profile.generation, path.transport) {
        (..WS2016, _) => format!(
            "Before Windows Server 2016 a host vNIC has no vRSS: one processor core serves it, and all its streams together get about {}",
            show_mbps(HOST_VNIC_MBPS)
        ),
        (_, Carrier::SmbDirect) => "Here memory travels by SMB Direct, which needs no core; RDMA must be on for each host vNIC, and each be mapped to a port of \
             its own (Set-VMNetworkAdapterTeamMapping), or all may land on one port"
            .to_owned(),
        (_, Carrier::Smb) => "SMB opens several streams, which vRSS spreads over the cores".to_owned(),
        (_, Carrier::Tcp) => format!("One stream is the work of one core, about {} at most", show_mbps(TCP_STREAM_MBPS)),
        (_, Carrier::Compression) => "One migration is one stream".to_owned(),
    };
    Some(format!(
        "Live migration runs over a host vNIC, which sits on one port of the team at a time: one stream gets {} at most, not the sum. {core}. \
         Forecast from {} to {}: {} for one migration.",
        show_mbps(port),
        cluster.node_name(path.source),
        cluster.node_name(path.target),
        show_mbps(path.cap)
    ))
}

/// The transport and who chose it.
pub(super) fn transport(cluster: &ClusterData) -> Option<String> {
    let uplink = cluster.uplink_of(Role::LiveMigration)?;
    let used: Vec<Transport> = cluster
        .patterns
        .iter()
        .filter_map(|g| cluster.node_uplink(g.first(), uplink)?.transport)
        .collect();
    let mut names: Vec<&str> = used.iter().map(|t| show::transport(*t)).collect();
    names.sort_unstable();
    names.dedup();
    let why = match cluster.facts.transport {
        Some(_) => "as set in the inventory",
        None if used.iter().all(|t| *t == Transport::Smb) => "because every live-migration port has RDMA",
        None => "the default of this Windows version",
    };
    (!names.is_empty()).then(|| format!("{}, {why}.", names.join(" and ")))
}

/// The slowest drain.
pub(super) fn drain(cluster: &ClusterData) -> Option<String> {
    cluster.slowest_drain()?;
    let goal = cluster
        .facts
        .policy
        .drain_goal_s
        .map_or(String::new(), |g| format!(" The goal is {}.", show::seconds(g)));
    Some(format!("{}.{goal}", emptying::sentence(cluster)))
}

/// Names of VMs told one by one.
const NAMED: usize = 6;

/// VMs that are saved instead of moved.
pub(super) fn low_priority(cluster: &ClusterData) -> Option<String> {
    let low = cluster.facts.vms.iter().filter(|vm| vm.priority == VmPriority::Low);
    let (running, still): (Vec<&Vm>, Vec<&Vm>) = low.partition(|vm| vm.state == VmState::Running);
    let names = |vms: &[&Vm]| {
        let names: Vec<&str> = vms.iter().map(|vm| vm.name.as_str()).collect();
        show::some_of(&names, NAMED)
    };
    let state = match still.iter().all(|vm| vm.state == VmState::Off) {
        true => "off",
        false => "not running",
    };
    match (running.len(), still.len()) {
        (0, 0) => None,
        (0, 1) => Some(format!(
            "The only low-priority VM ({}) is {state}; nothing is saved.",
            names(&still)
        )),
        (0, number) => Some(format!(
            "The {number} low-priority VMs ({}) are {state}; nothing is saved.",
            names(&still)
        )),
        (number, others) => {
            let rest = match others {
                0 => String::new(),
                _ => format!(
                    " Of low priority, too, but {state}: {}; nothing is saved there.",
                    names(&still)
                ),
            };
            Some(format!(
                "{} of low priority ({}): Windows saves and resumes them (quick migration), so their clients are cut off. Raise the priority to move them live.{rest}",
                show::count(number, "running VM is", "running VMs are"),
                names(&running)
            ))
        }
    }
}
