//! The exact objective of concrete decisions: NICs by node and uplink, a network for every vNIC.
//!
//! The search works with bounds; what is claimed in the plan is counted here, node by node.

mod capacity;
mod drain;
mod isolation;
mod reachability;
mod survival;
mod wishes;

pub use drain::drain_bound_of;
pub use reachability::vlan_limited;

use super::design::Design;
use super::instance::Instance;
use crate::demand;
use crate::plan::{Objective, Requirements, Shortfall};
use crate::policy::FailureKind;
use crate::roles::Role;
use crate::topology::{Attach, Fabric};
use crate::units::Mbps;
use reachability::cable_numbers;
use std::collections::BTreeMap;

/// Concrete decisions for a design.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decisions {
    /// NIC indices by node and uplink.
    pub nics: Vec<Vec<Vec<usize>>>,
    /// Network of the design by item.
    pub network: Vec<Option<usize>>,
}

/// The objective with everything that is unmet by name.
pub struct Evaluation {
    pub objective: Objective,
    pub shortfall: Vec<Shortfall>,
}

/// Counts the objective; `name` becomes level 11.
pub fn evaluate(instance: &Instance, design: &Design, decisions: &Decisions, name: &str) -> Evaluation {
    let mut count = Count::new(instance, design, decisions);
    count.reachability();
    count.isolation();
    let lost = count.survival();
    let worst_by_node = count.capacity();
    let wishes = count.wishes(&lost);
    let drain = count.slowest_drain();
    count.node_loss();
    count.shortfall.sort();
    let worst = worst_by_node.iter().copied().max().unwrap_or(0);
    let policy = &instance.cluster.policy;
    let compared = demand::guests_have_load(instance.cluster);
    let objective = Objective {
        unmet_requirements: count.requirements(),
        unmet_wishes: wishes,
        excess_utilisation_permille: worst.saturating_sub(policy.target_permille),
        excess_drain_s: policy.drain_goal_s.map_or(0, |goal| drain.saturating_sub(goal)),
        changes: count.changes(),
        external_networks: design.networks as u64,
        worst_utilisation_permille: if compared { worst } else { 0 },
        sum_utilisation_permille: match compared {
            true => worst_by_node.iter().fold(0, |sum, u| sum.saturating_add(*u)),
            false => 0,
        },
        slowest_drain_s: drain,
        nics_used: decisions.nics.iter().flatten().map(|n| n.len() as u64).sum(),
        name: name.to_owned(),
    };
    Evaluation {
        objective,
        shortfall: count.shortfall,
    }
}

struct Count<'a> {
    instance: &'a Instance<'a>,
    design: &'a Design,
    decisions: &'a Decisions,
    shortfall: Vec<Shortfall>,
    /// VM load by node and network.
    load: Vec<Vec<Mbps>>,
    /// Number of the direct cable at (node, NIC), the same at both ends.
    cables: BTreeMap<(usize, usize), usize>,
    fabrics: BTreeMap<(Option<u16>, Option<Attach>), Fabric>,
    /// Some port or link does not carry every VLAN; else one VLAN stands for all.
    vlan_limited: bool,
}

impl<'a> Count<'a> {
    fn new(instance: &'a Instance<'a>, design: &'a Design, decisions: &'a Decisions) -> Self {
        let load = super::build::network_loads(instance, design, decisions);
        let cables = cable_numbers(instance);
        Count {
            instance,
            design,
            decisions,
            shortfall: Vec::new(),
            load,
            cables,
            fabrics: BTreeMap::new(),
            vlan_limited: vlan_limited(instance.cluster),
        }
    }

    fn miss(&mut self, requirement: String, subject: String, missing_mbps: u64) {
        self.shortfall.push(Shortfall {
            requirement,
            subject,
            missing_mbps,
        });
    }

    fn node_name(&self, node: usize) -> &'a str {
        &self.instance.cluster.nodes[node].name
    }

    fn nics(&self, node: usize, uplink: usize) -> &'a [usize] {
        &self.decisions.nics[node][uplink]
    }

    /// `ROLE` or, for VM traffic, the network's name.
    fn instance_name(&self, uplink: usize, role: Role) -> String {
        match self.design.uplinks[uplink].network {
            Some(network) if role == Role::Vm => self.design.network_name(self.instance, network),
            _ => role.name().to_owned(),
        }
    }

    /// The node, for VM traffic with the network.
    fn subject(&self, node: usize, uplink: usize, role: Role) -> String {
        match role {
            Role::Vm => format!("{}/{}", self.node_name(node), self.instance_name(uplink, role)),
            _ => self.node_name(node).to_owned(),
        }
    }

    /// Role instances: (uplink, role).
    fn instances(&self) -> Vec<(usize, Role)> {
        let uplinks = self.design.uplinks.iter().enumerate();
        uplinks
            .flat_map(|(u, shape)| shape.roles.iter().map(move |r| (u, *r)))
            .collect()
    }

    fn node_loss(&mut self) {
        if !self.instance.cluster.policy.must_survive(Role::Vm, FailureKind::Node) || !self.instance.has_vm() {
            return;
        }
        for node in super::node_loss::unplaceable(self.instance, self.design, self.decisions, &self.load) {
            self.miss("survive:vm:node".to_owned(), self.node_name(node).to_owned(), 0);
        }
    }

    fn changes(&self) -> u64 {
        let cluster = self.instance.cluster;
        let mut changes = 0;
        for (index, node) in cluster.nodes.iter().enumerate().filter(|(_, n)| n.wiring_known()) {
            for (nic_index, nic) in node.nics.iter().enumerate() {
                let uplink = self.decisions.nics[index].iter().position(|u| u.contains(&nic_index));
                let planned = uplink.map_or_else(Default::default, |u| self.design.token(u));
                changes += u64::from(self.instance.token(nic) != planned);
            }
        }
        let names: Vec<String> = (0..self.design.networks)
            .map(|n| self.design.network_name(self.instance, n))
            .collect();
        for (item, network) in self.instance.items.iter().zip(&self.decisions.network) {
            let today = &cluster.vms[item.vm].vnics[item.vnic].switch;
            let planned = network.map_or("", |n| names[n].as_str());
            changes += u64::from(!today.is_empty() && *today != planned);
        }
        changes
    }

    fn requirements(&self) -> Requirements {
        let mut sums = Requirements::default();
        for miss in &self.shortfall {
            let family = miss.requirement.split(':').next().unwrap_or("");
            match family {
                "reach" | "vlan" | "vm-network" => sums.reachability += 1,
                "apart" | "dedicated" => sums.isolation += 1,
                "survive" => sums.survival += 1,
                _ => sums.capacity += 1,
            }
            sums.missing_mbps += miss.missing_mbps;
        }
        sums
    }
}
