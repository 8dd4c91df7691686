//! Which VMs the loss of a node leaves without a place, and what keeps them off: a sentence for each external network.
//!
//! In: what [`super::node_loss`] found. Out: text in administrators' words. Must not know: how VMs are placed.

use super::view::View;
use crate::units::{Mbps, count, name_runs, show_mbps, show_mib};

/// VMs told one by one; the others are counted.
const MOST: usize = 3;

/// A VM that no node takes.
pub(super) struct Stranded {
    /// By index.
    pub vm: usize,
    /// What is against each node that may own it; empty = no other node may.
    pub nodes: Vec<(usize, Vec<Obstacle>)>,
    /// What it needs of each uplink that it has vNICs on.
    pub uplinks: Vec<(usize, Mbps)>,
}

/// What keeps a VM off a node.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Obstacle {
    /// Its memory is not free.
    Memory,
    /// A member of its anti-affinity group too many.
    AntiAffinity,
    /// The uplink of its external network has no NIC there.
    NoPort(usize),
    /// The uplink of its external network is too full there.
    Bandwidth(usize),
}

/// A VM that found a place where a VLAN of one of its vNICs is missing.
pub(super) struct Unheard {
    pub vm: usize,
    pub node: usize,
    pub uplink: usize,
    pub vlan: u16,
}

/// What is wrong for the VMs with vNICs on an uplink, or for those without any (`None`), after the loss of a node.
pub(super) struct Verdict {
    /// VMs that run nowhere, or without their VLAN.
    pub vms: usize,
    /// The sentence; empty when all is well.
    pub why: String,
}

/// Which of the VMs on an uplink do not fit, and why.
pub(super) fn verdict(view: &View, stranded: &[Stranded], unheard: &[Unheard], uplink: Option<usize>) -> Verdict {
    let uses = |one: &&Stranded| match uplink {
        Some(uplink) => one.uplinks.iter().any(|(used, _)| *used == uplink),
        None => one.uplinks.is_empty(),
    };
    let homeless: Vec<&Stranded> = stranded.iter().filter(uses).collect();
    let silent: Vec<&Unheard> = unheard.iter().filter(|one| Some(one.uplink) == uplink).collect();
    let mut parts = Vec::new();
    if !homeless.is_empty() {
        let told = homeless.iter().take(MOST).map(|one| one.sentence(view));
        let finds = if homeless.len() == 1 { "finds" } else { "find" };
        let told = and_more(told.collect(), homeless.len());
        parts.push(format!("{} {finds} no node: {told}", count(homeless.len(), "VM")));
    }
    if !silent.is_empty() {
        let told = silent.iter().take(MOST).map(|one| one.sentence(view));
        let loses = if silent.len() == 1 { "comes" } else { "come" };
        let told = and_more(told.collect(), silent.len());
        let whose = if silent.len() == 1 { "its" } else { "their" };
        parts.push(format!(
            "{} {loses} to a node without {whose} VLAN: {told}",
            count(silent.len(), "VM")
        ));
    }
    Verdict {
        vms: homeless.len() + silent.len(),
        why: parts.join("; "),
    }
}

fn and_more(mut told: Vec<String>, all: usize) -> String {
    let rest = all.saturating_sub(told.len());
    if rest > 0 {
        told.push(format!("and {} more", count(rest, "VM")));
    }
    told.join("; ")
}

impl Stranded {
    /// `SQL1 (64 GiB): not enough free memory on HV2, HV3; anti-affinity group SQL has its members on HV4`.
    fn sentence(&self, view: &View) -> String {
        let vm = &view.cluster.vms[self.vm];
        let who = format!("{} ({})", vm.name, show_mib(vm.memory_mib));
        if self.nodes.is_empty() {
            return match view.cluster.nodes.len() {
                0 | 1 => format!("{who}: there is no other node"),
                _ => format!("{who}: no other node is among its possible owners"),
            };
        }
        let mut against: Vec<Obstacle> = self.nodes.iter().flat_map(|(_, found)| found).copied().collect();
        against.sort_unstable();
        against.dedup();
        let causes = against.into_iter().map(|obstacle| self.cause(view, obstacle));
        let only = match self.nodes.len() + 1 < view.cluster.nodes.len() {
            true => format!(
                " (its only other possible {})",
                if self.nodes.len() == 1 { "owner" } else { "owners" }
            ),
            false => String::new(),
        };
        format!("{who}: {}{only}", causes.collect::<Vec<_>>().join(", "))
    }

    fn cause(&self, view: &View, obstacle: Obstacle) -> String {
        let with = self.nodes.iter().filter(|(_, found)| found.contains(&obstacle));
        let nodes: Vec<&str> = with.map(|(node, _)| view.cluster.nodes[*node].name.as_str()).collect();
        let on = name_runs(&nodes, " to ");
        let network = |uplink: usize| view.plan.uplinks[uplink].network.as_deref().unwrap_or_default();
        match obstacle {
            Obstacle::Memory => format!("not enough free memory on {on}"),
            Obstacle::AntiAffinity => {
                let group = &view.cluster.vms[self.vm].anti_affinity;
                format!("anti-affinity group {group} has its members on {on}")
            }
            Obstacle::NoPort(uplink) => format!("{} has no port on {on}", network(uplink)),
            Obstacle::Bandwidth(uplink) => {
                let need = self
                    .uplinks
                    .iter()
                    .find(|(used, _)| *used == uplink)
                    .map_or(0, |(_, need)| *need);
                format!(
                    "the ports of {} have no {} left on {on}",
                    network(uplink),
                    show_mbps(need)
                )
            }
        }
    }
}

impl Unheard {
    /// `WEB1 on HV2, where not all ports of External-1 carry VLAN 20`.
    fn sentence(&self, view: &View) -> String {
        format!(
            "{} on {}, where not all ports of {} carry VLAN {}",
            view.cluster.vms[self.vm].name,
            view.cluster.nodes[self.node].name,
            view.plan.uplinks[self.uplink].network.as_deref().unwrap_or_default(),
            self.vlan
        )
    }
}
