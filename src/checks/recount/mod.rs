//! Everything that follows from inventory and decisions, counted again from the NIC rows, in integers.
//!
//! In: facts and a plan, right or wrong (nothing here panics on a bad plan; what it cannot resolve it passes over).
//! Out: [`Recount`]. Must not know: the planner, what the plan claims, reports.

mod capacity;
mod changes;
mod drain;
mod homes;
pub(super) mod mechanism;
mod node_loss;
mod outages;
mod reach;
mod requirements;
mod rows;
mod stranded;
mod survival;
#[cfg(test)]
mod tests;
mod view;
mod wishes;
mod zones;

pub(crate) use homes::{NodeLoss, node_losses};
pub(crate) use mechanism::mechanism;

use crate::demand;
use crate::inventory::Cluster;
use crate::migration::BoundBy;
use crate::plan::{ClusterPlan, Objective, Shortfall};
use crate::policy::{FailureKind, Wish};
use crate::roles::Role;
use crate::units::{Mbps, Permille};

/// Counts everything again from the inventory's NIC rows and the plan's decisions; the plan's claims are not read
/// (only the name, level 11, is copied).
pub fn recount(cluster: &Cluster, plan: &ClusterPlan) -> Recount {
    let view = view::View::new(cluster, plan);
    let survival = survival::Survival::new(&view);
    let losses = node_loss::losses(&view);
    let moved = drain::moved(&view);
    let uplinks = capacity::uplinks(&view, &survival);
    let drains = drain::drains(&view, &moved);
    let wishes = wishes::wishes(&view, &survival);
    let (unmet_requirements, shortfall) = requirements::requirements(&view, &survival, &losses, &moved);
    let (changed_nics, changed_vnics) = (changes::nics(&view), changes::vnics(&view));
    let busiest = busiest(&view, &uplinks);
    let worst = busiest.iter().copied().max().unwrap_or(0);
    let compared = demand::guests_have_load(cluster);
    let sum = busiest.into_iter().fold(0, Permille::saturating_add);
    let slowest_drain_s = drains.iter().map(|d| d.bound_s).max().unwrap_or(0);
    let objective = Objective {
        unmet_requirements,
        unmet_wishes: wishes.iter().map(|(_, count)| *count).collect(),
        excess_utilisation_permille: worst.saturating_sub(cluster.policy.target_permille),
        excess_drain_s: cluster
            .policy
            .drain_goal_s
            .map_or(0, |goal| slowest_drain_s.saturating_sub(goal)),
        changes: (changed_nics.len() + changed_vnics.len()) as u64,
        external_networks: plan.uplinks.iter().filter(|u| u.network.is_some()).count() as u64,
        worst_utilisation_permille: if compared { worst } else { 0 },
        sum_utilisation_permille: if compared { sum } else { 0 },
        slowest_drain_s,
        nics_used: view.nics.iter().flatten().map(|nics| nics.len() as u64).sum(),
        name: plan.solver.objective.name.clone(),
    };
    Recount {
        cluster: cluster.name.clone(),
        objective,
        wishes,
        shortfall,
        roles: capacity::roles(&view, &survival, &uplinks),
        failures: rows::failures(&view, &survival, &losses),
        uplinks,
        drains,
        changed_nics,
        changed_vnics,
    }
}

/// Highest utilisation of each node over its uplinks that have NICs.
fn busiest(view: &view::View, uplinks: &[UplinkLoad]) -> Vec<Permille> {
    let mut busiest = vec![0; view.cluster.nodes.len()];
    for row in uplinks.iter().filter(|row| !view.nics[row.node][row.uplink].is_empty()) {
        busiest[row.node] = row.worst_utilisation.max(busiest[row.node]);
    }
    busiest
}

/// The recount of one cluster's plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recount {
    /// Cluster name.
    pub cluster: String,
    /// Levels 1 to 10 as they really are (level 11 is copied from the plan).
    pub objective: Objective,
    /// Wishes in order, with how often each is unmet.
    pub wishes: Vec<(Wish, u64)>,
    /// Unmet requirements, sorted.
    pub shortfall: Vec<Shortfall>,
    /// One entry per node and uplink, in plan order.
    pub uplinks: Vec<UplinkLoad>,
    /// One entry per node, role and network, in plan order.
    pub roles: Vec<RoleCapacity>,
    /// One entry per failure and role instance it touches.
    pub failures: Vec<FailureRow>,
    /// One entry per node: lower bound of its drain in seconds, and what it moves.
    pub drains: Vec<DrainBound>,
    /// NICs whose use changes: (node index, NIC index).
    pub changed_nics: Vec<(usize, usize)>,
    /// vNICs whose network changes: (VM index, vNIC index).
    pub changed_vnics: Vec<(usize, usize)>,
}

/// Load of one uplink on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UplinkLoad {
    /// Node index in the inventory.
    pub node: usize,
    /// Uplink index in the plan.
    pub uplink: usize,
    /// Demand of all its roles and vNICs.
    pub demand: Mbps,
    /// Capacity with everything working.
    pub capacity: Mbps,
    /// Utilisation with everything working.
    pub utilisation: Permille,
    /// Capacity left after the failure that hurts most among those asked (required or wished) of its roles.
    pub worst_capacity: Mbps,
    /// Highest utilisation over normal operation and the failures that must be survived (what levels 3 and 7 read).
    pub worst_utilisation: Permille,
    /// Name of that failure (`nic SLOT1`, `card 2`, `tor A`); empty = normal operation.
    pub worst_failure: String,
}

/// Capacity of one role (VM: one external network) on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleCapacity {
    /// Node index.
    pub node: usize,
    /// Uplink index in the plan.
    pub uplink: usize,
    /// Role.
    pub role: Role,
    /// External network, for VM traffic; else empty.
    pub network: String,
    /// Demand.
    pub demand: Mbps,
    /// What the role can count on: the uplink's capacity less the demand of the others on it.
    pub capacity: Mbps,
    /// The same after the failure that hurts most among those asked of this role; 0 when it is cut.
    pub worst_capacity: Mbps,
    /// That failure; empty = none asked.
    pub worst_failure: String,
    /// Guaranteed bandwidth under contention after that failure: share of what is left.
    pub guaranteed_mbps: Mbps,
}

/// What a failure does to one role on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailureRow {
    /// What fails, e.g. `HV1/SLOT1`, `HV1/card 2`, `TOR-A`, `HV3`.
    pub failed: String,
    /// Kind.
    pub kind: FailureKind,
    /// Node index on which the effect is felt.
    pub node: usize,
    /// Role.
    pub role: Role,
    /// External network, for VM traffic.
    pub network: String,
    /// Capacity left for the role.
    pub capacity: Mbps,
    /// Its demand.
    pub demand: Mbps,
    /// What that means.
    pub result: FailureResult,
    /// After the loss of a node: VMs of the network that no other node takes, or that come to one without their VLAN.
    pub vms_out: usize,
    /// What causes it; empty when the demand fits and nothing is lost.
    pub why: String,
}

/// Effect of a failure on a role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FailureResult {
    /// Demand still fits.
    Ok,
    /// It runs, with less than it needs.
    Short,
    /// It stops.
    Cut,
}

impl FailureResult {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            FailureResult::Ok => "ok",
            FailureResult::Short => "short",
            FailureResult::Cut => "cut",
        }
    }
}

/// Lower bound of a node's drain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrainBound {
    /// Node index.
    pub node: usize,
    /// VMs moved live.
    pub vms: u64,
    /// Their memory.
    pub memory_mib: u64,
    /// Rate of all migrations together, raw Mbit/s.
    pub rate_mbps: Mbps,
    /// Rate of one migration, raw Mbit/s.
    pub one_mbps: Mbps,
    /// Whether both rates count memory that compression shrinks on the way.
    pub compressed: bool,
    /// What binds the seconds below.
    pub bound_by: BoundBy,
    /// Seconds no schedule can beat.
    pub bound_s: u64,
}
