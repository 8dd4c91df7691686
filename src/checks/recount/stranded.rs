//! Which VMs the loss of a node leaves without a place, and what keeps them off: a sentence for each external network. And which
//! run beside a member of their anti-affinity group.
//!
//! In: what [`super::node_loss`] found. Out: text in administrators' words. Must not know: how VMs are placed.

use super::node_loss::Loss;
use super::view::View;
use crate::inventory::Cluster;
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
    /// A member of its anti-affinity group is there, and the cluster enforces that it stays alone.
    AntiAffinity,
    /// The uplink of its external network has no NIC there.
    NoPort(usize),
    /// The uplink of its external network is too full there.
    Bandwidth(usize),
}

/// A VM that found a place only beside a member of its anti-affinity group.
pub(super) struct Together {
    pub vm: usize,
    pub node: usize,
    /// The members that are there.
    pub with: Vec<usize>,
    /// No other node can take it.
    pub only: bool,
    /// Uplinks that it has vNICs on.
    pub uplinks: Vec<usize>,
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
    /// The sentence, also about anti-affinity that is broken; empty when all is well.
    pub why: String,
}

/// Which of the VMs on an uplink do not fit, and why.
pub(super) fn verdict(view: &View, loss: &Loss, uplink: Option<usize>) -> Verdict {
    let words = Words::new(view.cluster, Some(view));

    let uses = |one: &&Stranded| match uplink {
        Some(uplink) => one.uplinks.iter().any(|(used, _)| *used == uplink),
        None => one.uplinks.is_empty(),
    };
    let homeless: Vec<&Stranded> = loss.stranded.iter().filter(uses).collect();
    let silent: Vec<&Unheard> = loss.unheard.iter().filter(|one| Some(one.uplink) == uplink).collect();
    let mut parts = Vec::new();
    parts.extend(words.homeless(&homeless));
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
    let crowded = loss.together.iter().filter(|one| match uplink {
        Some(uplink) => one.uplinks.contains(&uplink),
        None => one.uplinks.is_empty(),
    });
    parts.extend(words.together(&crowded.collect::<Vec<_>>()));
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

/// The names that sentences are made of.
pub(super) struct Words<'a> {
    cluster: &'a Cluster,
    view: Option<&'a View<'a>>,
}

impl<'a> Words<'a> {
    pub(super) fn new(cluster: &'a Cluster, view: Option<&'a View<'a>>) -> Words<'a> {
        Words { cluster, view }
    }

    fn vm(&self, vm: usize) -> &'a str {
        &self.cluster.vms[vm].name
    }

    fn node(&self, node: usize) -> &'a str {
        &self.cluster.nodes[node].name
    }

    fn network(&self, uplink: usize) -> &'a str {
        let uplink = self.view.and_then(|view| view.plan.uplinks.get(uplink));
        uplink.and_then(|uplink| uplink.network.as_deref()).unwrap_or_default()
    }

    /// `1 VM finds no node: SQL1 (64 GiB): not enough free memory on HV2`; nothing for none.
    pub(super) fn homeless(&self, stranded: &[&Stranded]) -> Option<String> {
        let told: Vec<String> = stranded.iter().take(MOST).map(|one| self.stranded(one)).collect();
        let finds = if stranded.len() == 1 { "finds" } else { "find" };
        let told = and_more(told, stranded.len());
        (!stranded.is_empty()).then(|| format!("{} {finds} no node: {told}", count(stranded.len(), "VM")))
    }

    /// `SQL1 can only start on HV2, beside SQL2 (anti-affinity is then broken)`; nothing for none.
    pub(super) fn together(&self, crowded: &[&Together]) -> Option<String> {
        let told: Vec<String> = crowded.iter().take(MOST).map(|one| self.beside(one)).collect();
        let told = and_more(told, crowded.len());
        (!crowded.is_empty()).then(|| format!("{told} (anti-affinity is then broken)"))
    }

    fn beside(&self, one: &Together) -> String {
        let with: Vec<&str> = one.with.iter().map(|vm| self.vm(*vm)).collect();
        let (vm, node, with) = (self.vm(one.vm), self.node(one.node), name_runs(&with, " to "));
        match one.only {
            true => format!("{vm} can only start on {node}, beside {with}"),
            false => format!("{vm} starts on {node}, beside {with}, as no other node can take it alone"),
        }
    }

    /// `SQL1 (64 GiB): not enough free memory on HV2, HV3; anti-affinity group SQL has its members on HV4`.
    fn stranded(&self, one: &Stranded) -> String {
        let vm = &self.cluster.vms[one.vm];
        let nodes = self.cluster.nodes.len();
        let who = format!("{} ({})", vm.name, show_mib(vm.memory_mib));
        if one.nodes.is_empty() {
            return match nodes {
                0 | 1 => format!("{who}: there is no other node"),
                _ => format!("{who}: no other node is among its possible owners"),
            };
        }
        let mut against: Vec<Obstacle> = one.nodes.iter().flat_map(|(_, found)| found).copied().collect();
        against.sort_unstable();
        against.dedup();
        let causes = against.into_iter().map(|obstacle| self.cause(one, obstacle));
        let only = match one.nodes.len() + 1 < nodes {
            true => format!(
                " (its only other possible {})",
                if one.nodes.len() == 1 { "owner" } else { "owners" }
            ),
            false => String::new(),
        };
        format!("{who}: {}{only}", causes.collect::<Vec<_>>().join(", "))
    }

    fn cause(&self, one: &Stranded, obstacle: Obstacle) -> String {
        let with = one.nodes.iter().filter(|(_, found)| found.contains(&obstacle));
        let nodes: Vec<&str> = with.map(|(node, _)| self.node(*node)).collect();
        let on = name_runs(&nodes, " to ");
        match obstacle {
            Obstacle::Memory => format!("not enough free memory on {on}"),
            Obstacle::AntiAffinity => {
                let group = &self.cluster.vms[one.vm].anti_affinity;
                format!("anti-affinity group {group} has its members on {on}, and the cluster enforces it")
            }
            Obstacle::NoPort(uplink) => format!("{} has no port on {on}", self.network(uplink)),
            Obstacle::Bandwidth(uplink) => {
                let need = one.uplinks.iter().find(|(used, _)| *used == uplink);
                format!(
                    "the ports of {} have no {} left on {on}",
                    self.network(uplink),
                    show_mbps(need.map_or(0, |(_, need)| *need))
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
