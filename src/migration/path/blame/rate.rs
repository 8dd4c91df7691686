//! Ports, links between switches, shares of a common uplink, host vNICs.

use super::smb;
use crate::finding::Severity::{Error, Info, Warning};
use crate::migration::assumptions::HOST_VNIC_MBPS;
use crate::migration::path::choose::{Choice, Leg};
use crate::migration::path::transport::slowest;
use crate::migration::path::{Layer, Path, fixes};
use crate::migration::wiring::{Interface, Kind};
use crate::profiles::WS2016;
use crate::roles::Role;
use crate::units::show_mbps;

/// Judges ports, links, shares and the SMB limit.
pub(in crate::migration::path) fn rate(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    if !path.intended {
        return;
    }
    port_speed(choice, path);
    crossing(choice, path);
    shares(choice, path, legs);
    host_vnic(choice, path, legs);
    if path.transport.is_smb() {
        smb::smb(choice, path, legs);
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
            "use ports of one speed for live migration on every node",
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
