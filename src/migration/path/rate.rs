//! What one migration and all of a node get on the wire.
//!
//! One TCP or compressed migration gets at most one port and one core; SMB Multichannel adds equal ports up. A host vNIC sits on one
//! member of its team at a time; before vRSS for host vNICs (2016) all TCP through it lands on one core. Rates are Mbit/s, rounded
//! down. In: facts and legs. Out: rates and the layer that decides.

use super::choose::{Choice, Leg};
use super::contention;
use super::limits::{LimitedBy, smb_limit};
use super::transport::slowest;
use super::{Carrier, Layer, Path};
use crate::inventory::Cluster;
use crate::migration::assumptions::{
    COMPRESSION_FACTOR, COMPRESSION_STREAM_MBPS, HOST_VNIC_MBPS, TCP_STREAM_MBPS, WIRE_PERMILLE,
};
use crate::migration::wiring::{Interface, Kind};
use crate::profiles::WS2016;
use crate::units::{Mbps, show_mbps};
use std::collections::BTreeSet;

/// One end of all legs: node, and each adapter with the ports that reach the other end.
struct Side<'a> {
    node: usize,
    adapters: Vec<(&'a Interface, &'a [usize])>,
}

/// Fills cap, egress, ingress and the deciding layer.
pub(super) fn fill(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    let cluster = choice.cluster;
    let [from, to] = sides(path, legs);
    path.source_ports = from.ports();
    path.target_ports = to.ports();
    path.source_nics = from.names();
    path.target_nics = to.names();
    path.width = (from.width(cluster), to.width(cluster));
    let (out, into) = (wire(path.width.0), wire(path.width.1));
    path.egress = out;
    path.ingress = into;
    path.layer = Layer::PortSpeed;
    if path.transport.is_smb() {
        path.cap = out.min(into);
        path.step(
            Layer::PortSpeed,
            format!(
                "{} can send {}, {} can receive {}",
                choice.node(path.source),
                show_mbps(out),
                choice.node(path.target),
                show_mbps(into)
            ),
        );
        limit_smb(choice, path);
    } else {
        path.cap = wire(from.one_port(cluster).min(to.one_port(cluster)));
        path.step(
            Layer::PortSpeed,
            format!("one migration gets one port at each end: {}", show_mbps(path.cap)),
        );
        limit_stream(path);
        limit_host_vnic(choice, path, legs);
    }
    limit_links(choice, path);
    contention::fill(choice, path, legs);
}

fn sides<'a>(path: &Path, legs: &'a [Leg]) -> [Side<'a>; 2] {
    let mut sides = [path.source, path.target].map(|node| Side {
        node,
        adapters: Vec::new(),
    });
    let [from, to] = &mut sides;
    for leg in legs {
        for (side, interface, ports) in [
            (&mut *from, leg.source, &leg.route.source),
            (&mut *to, leg.target, &leg.route.target),
        ] {
            if !side.adapters.iter().any(|(i, _)| i.name == interface.name) {
                side.adapters.push((interface, ports));
            }
        }
    }
    sides
}

impl Side<'_> {
    fn ports(&self) -> Vec<usize> {
        let all: BTreeSet<usize> = self.adapters.iter().flat_map(|(_, p)| p.iter().copied()).collect();
        all.into_iter().collect()
    }

    fn names(&self) -> Vec<String> {
        self.adapters.iter().map(|(i, _)| i.name.clone()).collect()
    }

    /// Speed that all flows together find: each host vNIC one port, and no port counted twice.
    fn width(&self, cluster: &Cluster) -> Mbps {
        let sum = |ports: &[usize]| -> Mbps {
            ports
                .iter()
                .map(|p| slowest(cluster, self.node, &[*p]).unwrap_or(0))
                .sum()
        };
        let each = self.adapters.iter().map(|(interface, ports)| match interface.kind {
            Kind::HostVnic => slowest(cluster, self.node, ports).unwrap_or(0),
            Kind::Team | Kind::Port => sum(ports),
        });
        each.sum::<Mbps>().min(sum(&self.ports()))
    }

    /// Speed that one flow finds: the slowest port it may land on.
    fn one_port(&self, cluster: &Cluster) -> Mbps {
        slowest(cluster, self.node, &self.ports()).unwrap_or(0)
    }
}

/// What payload gets of a port.
pub(super) fn wire(speed: Mbps) -> Mbps {
    speed.saturating_mul(WIRE_PERMILLE) / 1000
}

fn limit_stream(path: &mut Path) {
    let most = match path.transport {
        Carrier::Compression => COMPRESSION_STREAM_MBPS / COMPRESSION_FACTOR,
        _ => TCP_STREAM_MBPS,
    };
    if most < path.cap {
        path.cap = most;
        path.layer = Layer::Stream;
        path.step(Layer::Stream, format!("one stream on one core: {}", show_mbps(most)));
    }
}

/// Before 2016 host vNICs have no vRSS (Microsoft Learn, "Virtual Receive Side Scaling").
fn limit_host_vnic(choice: &Choice, path: &mut Path, legs: &[Leg]) {
    let through = legs
        .iter()
        .any(|l| l.source.kind == Kind::HostVnic || l.target.kind == Kind::HostVnic);
    if !through || choice.cluster.profile.generation >= WS2016 {
        return;
    }
    if path.egress.min(path.ingress) > HOST_VNIC_MBPS {
        path.step(
            Layer::HostVnic,
            format!(
                "all migrations through a host vNIC without vRSS together: {}",
                show_mbps(HOST_VNIC_MBPS)
            ),
        );
        path.layer = Layer::HostVnic;
    }
    path.egress = path.egress.min(HOST_VNIC_MBPS);
    path.ingress = path.ingress.min(HOST_VNIC_MBPS);
    path.cap = path.cap.min(HOST_VNIC_MBPS);
}

fn limit_smb(choice: &Choice, path: &mut Path) {
    let Some((limit, by)) = smb_limit(choice.cluster, path.source) else {
        path.step(Layer::SmbLimit, "no limit of live migration over SMB is known");
        return;
    };
    let who = match by {
        LimitedBy::Host => format!("limit on {}", choice.node(path.source)),
        LimitedBy::Cluster { factor, sum } => {
            format!(
                "cluster limit, {} of {} (all NICs of {})",
                percent(factor),
                show_mbps(sum),
                choice.node(path.source)
            )
        }
    };
    path.step(Layer::SmbLimit, format!("{who}: {}", show_mbps(limit)));
    if limit < path.cap {
        path.cap = limit;
        path.layer = Layer::SmbLimit;
    }
    path.egress = path.egress.min(limit);
    path.smb_limit = Some(limit);
}

/// `2500` → `25 %`, `1250` → `12.5 %`.
pub(super) fn percent(factor: u32) -> String {
    crate::units::show_permille(u64::from(factor) / 10)
}

/// A flow is no faster than the links between ToRs that it crosses.
fn limit_links(choice: &Choice, path: &mut Path) {
    let links = path.crossed.iter().filter_map(|l| choice.cluster.links.get(*l));
    let Some(slowest) = links.map(|l| wire(l.speed)).min() else {
        return;
    };
    path.step(
        Layer::InterSwitchLink,
        format!("the links between the switches carry {}", show_mbps(slowest)),
    );
    if slowest < path.cap {
        path.cap = slowest;
        path.layer = Layer::InterSwitchLink;
    }
}
