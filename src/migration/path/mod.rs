//! The network that a live migration really takes, for each ordered pair of nodes, and why.
//!
//! Windows decides in layers that know nothing of each other: the failover cluster's networks (use, state, metric), two lists on
//! the resource type Virtual Machine (excluded networks, order), and every host's own settings (subnets, performance option, limits).
//! If they disagree, migrations move to the management network without an event. So all layers are merged here, in the order in which
//! they act, one line of reasoning each, and the layer at fault is named.
//!
//! In: facts and a [`Wiring`]. Out: one [`Path`] per pair. Must not know: planner, checks, reports.

mod blame;
mod choose;
mod classes;
mod contention;
mod dcb;
mod fixes;
mod judge;
mod knob;
mod layers;
mod limits;
mod opinions;
mod rate;
mod route;
mod transport;

pub use crate::inventory::SmbShare;
pub use classes::{Class, Members, classes};
pub use contention::{Left, left, named};
pub use knob::{SmbKnob, set_smb_limit, smb_knob, smb_room};
pub use layers::{LAYERS, Layer};
pub use limits::{slots, smb_limit};
pub use opinions::{Opinion, opinions};

use super::wiring::Wiring;
use crate::finding::Severity;
use crate::inventory::Cluster;
use crate::roles::Role;
use crate::units::Mbps;
use rayon::prelude::*;
use serde::Serialize;

/// How the memory travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Carrier {
    /// Plain TCP, one stream over one network.
    #[default]
    Tcp,
    /// TCP with compression, one stream over one network.
    Compression,
    /// SMB 3 over TCP, Multichannel over equal NICs.
    Smb,
    /// SMB 3 over RDMA.
    SmbDirect,
}

impl Carrier {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Carrier::Tcp => "tcp",
            Carrier::Compression => "compression",
            Carrier::Smb => "smb",
            Carrier::SmbDirect => "smb-direct",
        }
    }

    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            Carrier::Tcp => "TCP",
            Carrier::Compression => "Compression",
            Carrier::Smb => "SMB",
            Carrier::SmbDirect => "SMB Direct",
        }
    }

    /// Whether it is SMB, with or without RDMA.
    pub fn is_smb(self) -> bool {
        matches!(self, Carrier::Smb | Carrier::SmbDirect)
    }
}

/// One line of reasoning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The layer that was asked.
    pub layer: Layer,
    /// What it says.
    pub text: String,
}

/// Something that is wrong on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The layer at fault.
    pub layer: Layer,
    /// Error: no path or not the intended network. Warning: slower or riskier than it need be. Info: worth knowing.
    pub severity: Severity,
    /// What is wrong, one sentence.
    pub text: String,
    /// What to do, with the exact cmdlet where there is one.
    pub fix: String,
}

/// The way of a live migration from one node to another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Path {
    /// Node index of the source.
    pub source: usize,
    /// Node index of the target.
    pub target: usize,
    /// Cluster network; `None` = no path, or not known.
    pub network: Option<String>,
    /// Every network that carries, indices into the wiring's networks: SMB may add several up.
    pub carrying: Vec<usize>,
    /// Adapters at the source.
    pub source_nics: Vec<String>,
    /// Adapters at the target.
    pub target_nics: Vec<String>,
    /// Physical ports at the source, indices into its NICs.
    pub source_ports: Vec<usize>,
    /// Physical ports at the target.
    pub target_ports: Vec<usize>,
    /// Transport.
    pub transport: Carrier,
    /// Wire rate of one migration, Mbit/s, before compression.
    pub cap: Mbps,
    /// All migrations out of the source together over this path, Mbit/s on the wire.
    pub egress: Mbps,
    /// All migrations into the target together over this path, Mbit/s on the wire.
    pub ingress: Mbps,
    /// Limit of live migration over SMB that holds for what the source sends, Mbit/s.
    pub smb_limit: Option<Mbps>,
    /// What else the source sends over the same ports.
    pub sharing: Vec<Role>,
    /// Of `egress`, what is promised while everything else on the ports sends all it can, Mbit/s: 0 = nothing; `None` = nothing else
    /// is on them.
    pub guaranteed: Option<Mbps>,
    /// What is left while everything else on the ports takes what it needs.
    pub left: Left,
    /// Speed of the ports that carry, at the source and at the target, before any limit.
    pub width: (Mbps, Mbps),
    /// Inter-switch links that the flow must cross, indices into the cluster's links.
    pub crossed: Vec<usize>,
    /// Migrations at once: the smaller limit of both ends.
    pub concurrency: u64,
    /// The layer at fault; without a fault the one that decides the rate.
    pub layer: Layer,
    /// Every cluster network in the order of preference (index into the wiring's networks), with the layer that refuses it.
    pub considered: Vec<(usize, Option<Layer>)>,
    /// One line per layer.
    pub steps: Vec<Step>,
    /// It is the network that live migration is meant to use (or none is named and no client network is used).
    pub intended: bool,
    /// What is wrong, worst first.
    pub faults: Vec<Fault>,
    /// The decision in one sentence.
    pub why: String,
    /// What to do about the worst fault; empty if nothing is wrong.
    pub fix: String,
}

impl Path {
    /// Adds a line of reasoning.
    fn step(&mut self, layer: Layer, text: impl Into<String>) {
        self.steps.push(Step {
            layer,
            text: text.into(),
        });
    }

    /// Adds a fault.
    fn fault(&mut self, layer: Layer, severity: Severity, text: impl Into<String>, fix: impl Into<String>) {
        self.faults.push(Fault {
            layer,
            severity,
            text: text.into(),
            fix: fix.into(),
        });
    }

    /// The worst severity among its faults.
    pub fn severity(&self) -> Option<Severity> {
        self.faults.iter().map(|f| f.severity).min()
    }
}

/// The way of every ordered pair of nodes, by source and target.
pub fn paths(cluster: &Cluster, wiring: &Wiring) -> Vec<Path> {
    let nodes = 0..cluster.nodes.len();
    let pairs = nodes
        .clone()
        .flat_map(|s| nodes.clone().map(move |t| (s, t)))
        .filter(|(s, t)| s != t);
    some_paths(cluster, wiring, pairs)
}

/// The way of some ordered pairs of nodes, in their order.
pub fn some_paths(cluster: &Cluster, wiring: &Wiring, pairs: impl Iterator<Item = (usize, usize)>) -> Vec<Path> {
    let choice = choose::Choice::new(cluster, wiring);
    let pairs: Vec<(usize, usize)> = pairs.collect();
    pairs
        .into_par_iter()
        .map(|(source, target)| judge::path(&choice, source, target))
        .collect()
}
