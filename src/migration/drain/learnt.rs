//! A calibration laid over a path: what past migrations say about rates and fixed times instead of the defaults.
//!
//! In: a path, port speeds, a calibration. Out: corrections. Must not know: VMs, schedules.

use crate::inventory::Cluster;
use crate::migration::calibration::{Calibration, Company, Terms};
use crate::migration::path::{Carrier, Left, Path};
use crate::migration::whole::{mbps_down, ms_up};
use crate::profiles::Transport;
use crate::units::{Mbps, Permille};

/// Rates and fixed times of one path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Corrected {
    pub cap: Mbps,
    pub egress: Mbps,
    pub ingress: Mbps,
    pub setup_ms: u64,
    pub switch_over_ms: u64,
    pub dirty_permille: Permille,
    /// How much longer than forecast it takes in one of ten cases.
    pub spread_permille: Permille,
    /// What other traffic needs of the source's ports, Mbit/s; 0 where learnt rates hold it already.
    pub needed: Mbps,
    /// Other traffic needs all but a tenth of the ports.
    pub is_starved: bool,
}

/// Corrects a path, with what other traffic leaves of it. Learnt rates are shares of a port, so they scale what the path found; a limit
/// that somebody set is never passed. What was learnt over such ports was learnt beside their other traffic: nothing is taken off it.
pub(super) fn correct(cluster: &Cluster, path: &Path, left: Left, calibration: &Calibration) -> Corrected {
    let transport = transport(path.transport);
    let speed = |node: usize, ports: &[usize]| {
        let nics = cluster.nodes.get(node).map_or(&[][..], |node| &node.nics);
        ports
            .iter()
            .filter_map(|port| nics.get(*port))
            .map(|nic| nic.speed)
            .min()
    };
    let source = speed(path.source, &path.source_ports).unwrap_or(0);
    let target = speed(path.target, &path.target_ports).unwrap_or(0);
    let learnt = calibration.terms(transport, source, target);
    let default = Calibration::uncalibrated().terms(transport, source, target);
    let scaled = |rate: Mbps, of: fn(&Terms) -> f64| mbps_down(rate as f64 * of(&learnt) / of(&default) * 125_000.0);
    let alone = Left {
        cap: path.cap,
        egress: path.egress,
        ingress: path.ingress,
        needed: 0,
        is_starved: false,
    };
    let base = if learnt.is_calibrated { alone } else { left };
    let limit = path.smb_limit.unwrap_or(Mbps::MAX);
    let slower = Some(source.min(target));
    let ratio = calibration.p90_ratio(transport, slower, Company::Shared);
    Corrected {
        cap: scaled(base.cap, |terms| terms.stream).min(limit),
        egress: scaled(base.egress, |terms| terms.source_capacity).min(limit),
        ingress: scaled(base.ingress, |terms| terms.target_capacity),
        setup_ms: ms_up(learnt.setup_s),
        switch_over_ms: ms_up(learnt.switch_over_s),
        dirty_permille: ms_up(learnt.dirty_scale),
        spread_permille: ms_up((ratio - 1.0).max(0.0)),
        needed: base.needed,
        is_starved: base.is_starved,
    }
}

/// The performance option that a carrier belongs to.
pub(super) fn transport(carrier: Carrier) -> Transport {
    match carrier {
        Carrier::Tcp => Transport::Tcp,
        Carrier::Compression => Transport::Compression,
        Carrier::Smb | Carrier::SmbDirect => Transport::Smb,
    }
}
