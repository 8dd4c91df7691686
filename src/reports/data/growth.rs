//! How much growth fits until the first role passes its target, and which one that is.
//!
//! Growth scales every demand alike, so an uplink at 40 % of a target of 80 % can take twice its traffic. The percentages come on
//! top of the growth that the policy already applies, and are rounded down.

use crate::checks::recount::Recount;
use crate::demand::vnic_need;
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::roles::Role;
use crate::units::{Permille, permille_up};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// Headroom of a cluster.
pub(in crate::reports) struct Growth {
    /// The first limit that growth meets; `None` when nothing has a demand.
    pub first: Option<GrowthLimit>,
    /// The first limit of each role (and network), in plan order.
    pub by_role: Vec<GrowthLimit>,
}

/// Where growth ends.
#[derive(Clone)]
pub(in crate::reports) struct GrowthLimit {
    /// Growth that fits in thousandths; negative = the target is passed already, by as much as traffic would have to shrink.
    pub permille: i64,
    /// Role that passes its target.
    pub role: Role,
    /// External network, for VM traffic.
    pub network: String,
    /// Node index.
    pub node: usize,
    /// Uplink index.
    pub uplink: usize,
    /// Failure after which it is so; empty = normal operation.
    pub failure: String,
    /// What the role needs there with everything working, and the whole uplink with it.
    pub demand: u64,
    pub load: u64,
    /// How full the uplink is after that failure.
    pub full_permille: Permille,
    /// VM whose vNIC outgrows a single port; empty when the uplink as a whole is the limit.
    pub vm: String,
}

impl GrowthLimit {
    /// Whole per cent that fit, rounded down.
    pub fn percent(&self) -> i64 {
        self.permille.div_euclid(10)
    }
}

/// Thousandths by which `load` may grow until it reaches `limit`, rounded down.
fn room(load: u64, limit: u64) -> i64 {
    if load == u64::MAX {
        return -1000;
    }
    let permille = (u128::from(limit) * 1000) / u128::from(load.max(1));
    i64::try_from(permille).unwrap_or(i64::MAX) - 1000
}

/// Limits of all roles with a demand.
pub(super) fn forecast(facts: &Cluster, plan: &ClusterPlan, recount: &Recount) -> Growth {
    let mut best: BTreeMap<(usize, Role), GrowthLimit> = BTreeMap::new();
    for limit in uplink_limits(facts, recount)
        .into_iter()
        .chain(port_limits(facts, plan))
    {
        let key = (limit.uplink, limit.role);
        match best.get(&key) {
            Some(known) if known.permille <= limit.permille => {}
            _ => {
                best.insert(key, limit);
            }
        }
    }
    let by_role: Vec<GrowthLimit> = best.into_values().collect();
    // roles on one uplink meet the same limit at once: the one with the largest part of the load is named, not the first by name
    let first = by_role.iter().min_by_key(|l| (l.permille, Reverse(l.demand)));
    Growth {
        first: first.cloned(),
        by_role,
    }
}

/// Every role with a demand passes its target when its uplink does.
fn uplink_limits(facts: &Cluster, recount: &Recount) -> Vec<GrowthLimit> {
    let loads: BTreeMap<(usize, usize), _> = recount
        .uplinks
        .iter()
        .filter(|u| u.capacity > 0)
        .map(|u| ((u.node, u.uplink), u))
        .collect();
    let target = facts.policy.target_permille;
    let mut limits = Vec::new();
    for role in recount.roles.iter().filter(|r| r.demand > 0) {
        let Some(load) = loads.get(&(role.node, role.uplink)) else {
            continue;
        };
        limits.push(GrowthLimit {
            permille: room(load.worst_utilisation.max(load.utilisation), target),
            role: role.role,
            network: role.network.clone(),
            node: role.node,
            uplink: role.uplink,
            failure: load.worst_failure.clone(),
            demand: role.demand,
            load: load.demand,
            full_permille: load.worst_utilisation.max(load.utilisation),
            vm: String::new(),
        });
    }
    limits
}

/// A vNIC gets at most one port of a team: the largest one of each network can outgrow it before the team is full.
fn port_limits(facts: &Cluster, plan: &ClusterPlan) -> Vec<GrowthLimit> {
    let mut placed: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for vnic in &plan.vnics {
        placed.insert((&vnic.vm, &vnic.vnic), &vnic.network);
    }
    let ports = largest_ports(facts, plan);
    let mut limits = Vec::new();
    for vm in &facts.vms {
        let Some(node) = vm.host else { continue };
        for vnic in &vm.vnics {
            let need = vnic_need(facts, vnic);
            let network = placed
                .get(&(vm.name.as_str(), vnic.name.as_str()))
                .copied()
                .unwrap_or("");
            let Some((uplink, speed)) = ports.get(&(node, network)).filter(|_| need > 0) else {
                continue;
            };
            limits.push(GrowthLimit {
                permille: room(need, *speed),
                role: Role::Vm,
                network: network.to_owned(),
                node,
                uplink: *uplink,
                failure: String::new(),
                demand: need,
                load: need,
                full_permille: permille_up(need, *speed),
                vm: vm.name.clone(),
            });
        }
    }
    limits
}

/// Uplink and speed of the fastest port by node and external network.
fn largest_ports<'a>(facts: &Cluster, plan: &'a ClusterPlan) -> BTreeMap<(usize, &'a str), (usize, u64)> {
    let mut ports = BTreeMap::new();
    for (index, node) in facts.nodes.iter().enumerate() {
        let Some(decided) = plan.nodes.iter().find(|n| n.node == node.name) else {
            continue;
        };
        for (uplink, design) in plan.uplinks.iter().enumerate() {
            let (Some(network), Some(used)) = (design.network.as_deref(), decided.uplinks.get(uplink)) else {
                continue;
            };
            let speeds = node
                .nics
                .iter()
                .filter(|n| used.nics.contains(&n.name))
                .map(|n| n.speed);
            if let Some(speed) = speeds.max() {
                ports.insert((index, network), (uplink, speed));
            }
        }
    }
    ports
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Style;
    use crate::reports::ReportData;
    use crate::reports::fixtures::{SMALL, Spec, world};

    #[test]
    fn growth_ends_where_the_fullest_uplink_passes_its_target() {
        let world = world(SMALL);
        let data = ReportData::new(&world.inventory, &world.verified, &[]);
        let cluster = &data.clusters[0];
        let fullest = cluster.fullest().expect("a load");
        let first = cluster.growth.first.as_ref().expect("a limit");
        assert_eq!((first.node, first.uplink), (fullest.node, fullest.uplink));
        let grown = |percent: i64| fullest.worst_utilisation as i64 * (100 + percent);
        assert!(
            grown(first.percent()) <= 80_000 && grown(first.percent() + 1) > 80_000,
            "{}",
            first.percent()
        );
    }

    #[test]
    fn a_vnic_that_outgrows_one_port_of_a_team_ends_growth_first() {
        let mut world = world(Spec {
            style: Style::Converged,
            ..SMALL
        });
        let before = ReportData::new(&world.inventory, &world.verified, &[]).clusters[0]
            .growth
            .first
            .clone();
        assert_eq!(before.map(|l| l.vm), Some(String::new()));
        // 20 of the 25 Gbit/s that one port gives; the team of two is far from full in this made-up recount
        world.inventory.clusters[0].vms[0].vnics[0].p95 = Some(20_000);
        let data = ReportData::new(&world.inventory, &world.verified, &[]);
        let first = data.clusters[0].growth.first.as_ref().expect("a limit");
        assert_eq!((first.percent(), first.vm.as_str()), (25, "vm0001"));
    }

    #[test]
    fn of_roles_on_one_uplink_the_one_with_the_largest_part_is_named() {
        let world = world(Spec {
            style: Style::Converged,
            ..SMALL
        });
        let data = ReportData::new(&world.inventory, &world.verified, &[]);
        let cluster = &data.clusters[0];
        let first = cluster.growth.first.as_ref().expect("a limit");
        let demands = cluster.recount.roles.iter();
        let largest = demands
            .filter(|r| (r.node, r.uplink) == (first.node, first.uplink))
            .map(|r| r.demand)
            .max();

        assert_eq!(Some(first.demand), largest);
    }

    #[test]
    fn room_is_rounded_down_and_negative_above_the_target() {
        assert_eq!(room(400, 800), 1000);
        assert_eq!(room(401, 800), 995);
        assert_eq!(room(800, 800), 0);
        assert_eq!(room(1000, 800), -200);
        assert_eq!(room(u64::MAX, 800), -1000);
    }
}
