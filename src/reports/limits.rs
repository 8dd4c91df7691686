//! Sentences about what ends where: growth, guarantees. Each says its numbers and what stands behind them.
//!
//! In: joined data. Out: plain text without markup. Must not know: where it is shown.

use super::data::{ClusterData, GrowthLimit};
use super::show;
use crate::checks::recount::RoleCapacity;
use crate::demand;
use crate::units::{count, show_mbps, show_permille};

/// How much growth fits, and what ends it.
pub(super) fn growth(cluster: &ClusterData) -> String {
    let (assumed, all) = assumed_needs(cluster);
    if !says_something(cluster) {
        return match all {
            0 => NO_GUESTS.to_owned(),
            _ => nothing_known(cluster, all),
        };
    }
    let Some(limit) = &cluster.growth.first else {
        return "No role has a demand, so growth has no limit here.".to_owned();
    };
    if limit.permille < 0 {
        return format!("No growth fits: {}.", growth_end(cluster, limit));
    }
    let included = match cluster.facts.policy.growth_percent {
        0 => String::new(),
        policy => format!(" on top of the {policy} % that all needs here include already"),
    };
    let percent = show::thousands(limit.percent().unsigned_abs());
    let defaults = match assumed {
        0 => String::new(),
        _ => format!(
            " {assumed} of {} count with the default of {} each, which nobody measured.",
            count(all, "vNIC"),
            show_mbps(cluster.facts.policy.default_vnic_mbps)
        ),
    };
    format!(
        "{percent} % growth fits{included}; then {}.{defaults}",
        growth_end(cluster, limit)
    )
}

/// Whether the inventory holds a vNIC that uses a network.
pub(super) fn has_guests(cluster: &ClusterData) -> bool {
    assumed_needs(cluster).1 > 0
}

/// vNICs whose need is a default, and all that use a network.
fn assumed_needs(cluster: &ClusterData) -> (usize, usize) {
    let vnics = || {
        cluster
            .facts
            .vms
            .iter()
            .flat_map(|vm| &vm.vnics)
            .filter(|vnic| !vnic.isolated)
    };
    let assumed = vnics().filter(|vnic| demand::is_assumed(cluster.facts, vnic)).count();
    (assumed, vnics().count())
}

/// Why growth is not judged where every need of the VMs is a default: a number made from it would look like a measurement.
fn nothing_known(cluster: &ClusterData, all: usize) -> String {
    format!(
        "not judged: the need of none of the {} is known, each counts with the default of {}, and growth of a default says nothing. Write \
         p95_mbps in vnics, or add performance counters.",
        count(all, "vNIC"),
        show_mbps(cluster.facts.policy.default_vnic_mbps)
    )
}

/// Why growth is not judged where the inventory has no VM that uses a network.
const NO_GUESTS: &str = "not judged: the inventory names no VM traffic, and the needs of the host roles alone say nothing about growth. \
                         Write vms and vnics.";

/// Whether growth is worth a number: some need of the guests is known, or some uplink is over its target as it is.
pub(super) fn says_something(cluster: &ClusterData) -> bool {
    let (assumed, all) = assumed_needs(cluster);
    let known = assumed < all && demand::guests_have_load(cluster.facts);
    known || cluster.growth.first.as_ref().is_some_and(|l| l.permille < 0)
}

/// The place that ends growth: how full it is, against what, and which role has most of it.
fn growth_end(cluster: &ClusterData, limit: &GrowthLimit) -> String {
    let over = limit.permille < 0;
    if !limit.vm.is_empty() {
        let (node, need) = (cluster.node_name(limit.node), show_mbps(limit.demand));
        let verb = if over { "needs already" } else { "would need" };
        return format!(
            "VM {} on {node} {verb} more than the one port that a vNIC can use gives (it needs {need}, {} of that port)",
            limit.vm,
            show_permille(limit.full_permille)
        );
    }
    let target = show_permille(cluster.facts.policy.target_permille);
    let verb = if over {
        "is over the target already"
    } else {
        "is the first to pass its target"
    };
    let role = growth_role(limit);
    let part = match limit.demand == limit.load {
        true => format!("all of it {role}"),
        false => format!(
            "the largest part of it {role}, {} of {}{}",
            show_mbps(limit.demand),
            show_mbps(limit.load),
            if over && is_over_alone(cluster, limit) {
                ", which passes the target by itself"
            } else {
                ""
            }
        ),
    };
    format!(
        "{} {verb} ({}, target {target}; {part})",
        growth_place(cluster, limit),
        show_permille(limit.full_permille)
    )
}

/// Whether the role by itself is over the target there.
fn is_over_alone(cluster: &ClusterData, limit: &GrowthLimit) -> bool {
    let part = u128::from(limit.full_permille) * u128::from(limit.demand) / u128::from(limit.load.max(1));
    part > u128::from(cluster.facts.policy.target_permille)
}

/// Role of a limit, with its network.
pub(super) fn growth_role(limit: &GrowthLimit) -> String {
    match limit.network.as_str() {
        "" => limit.role.info().title.to_owned(),
        network => format!("{} {network}", limit.role.info().title),
    }
}

/// Where and when growth ends.
pub(super) fn growth_place(cluster: &ClusterData, limit: &GrowthLimit) -> String {
    let node = cluster.node_name(limit.node);
    if !limit.vm.is_empty() {
        return format!("VM {} on {node} needs more than one port gives", limit.vm);
    }
    format!(
        "uplink {} on {node} {}",
        cluster.uplink_name(limit.uplink),
        show::after(&limit.failure)
    )
}

/// That all needs include growth; empty where the policy adds none.
pub(super) fn growth_included(cluster: &ClusterData) -> String {
    match cluster.facts.policy.growth_percent {
        0 => String::new(),
        percent => format!("needs include {percent} % growth"),
    }
}

/// What a role can count on under contention, in words where a number would mislead: after a failure that cuts the uplink and that
/// nobody required it to survive there is nothing to guarantee.
pub(super) fn guaranteed(cluster: &ClusterData, row: &RoleCapacity) -> String {
    if row.guaranteed_mbps > 0 || row.worst_capacity > 0 || row.capacity == 0 {
        return show_mbps(row.guaranteed_mbps);
    }
    cut_by(cluster, row)
}

/// What is left after the worst failure; that it is cut, and whether that may be.
pub(super) fn worst_capacity(cluster: &ClusterData, row: &RoleCapacity) -> String {
    if row.worst_capacity > 0 || row.capacity == 0 || row.worst_failure.is_empty() {
        return show_mbps(row.worst_capacity);
    }
    cut_by(cluster, row)
}

/// `cut (must survive it)`, `cut (not required to survive it)`.
fn cut_by(cluster: &ClusterData, row: &RoleCapacity) -> String {
    let kind = show::failed_kind(&row.worst_failure);
    let required = kind.is_some_and(|kind| cluster.facts.policy.must_survive(row.role, kind));
    let word = if required {
        "none, and it must survive this"
    } else {
        "none (surviving this was not required)"
    };
    word.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::FailureKind;
    use crate::reports::ReportData;
    use crate::reports::fixtures::{SMALL, world};
    use crate::roles::Role;

    #[test]
    fn growth_that_does_not_fit_names_the_uplink_its_fill_and_the_largest_role() {
        let mut world = world(SMALL);
        world.inventory.clusters[0].policy.target_permille = 1;
        let data = ReportData::new(&world.inventory, &world.verified, &[]);

        let said = growth(&data.clusters[0]);
        assert!(said.starts_with("No growth fits: uplink "), "{said}");
        assert!(
            said.contains("is over the target already (") && said.contains("target 0.1 %"),
            "{said}"
        );
    }

    #[test]
    fn growth_of_defaults_is_no_number() {
        let mut world = world(SMALL);
        let said = |world: &crate::reports::fixtures::World| {
            let data = ReportData::new(&world.inventory, &world.verified, &[]);
            growth(&data.clusters[0])
        };
        let forget = |vnic: &mut crate::inventory::Vnic| (vnic.p95, vnic.peak, vnic.average) = (None, None, None);
        let vnics = world.inventory.clusters[0].vms.iter_mut().flat_map(|vm| &mut vm.vnics);
        vnics.skip(1).for_each(forget);
        assert!(
            said(&world).contains("% growth fits") && said(&world).contains("count with the default of 20 Mbit/s each")
        );

        let vnics = world.inventory.clusters[0].vms.iter_mut().flat_map(|vm| &mut vm.vnics);
        vnics.for_each(forget);
        assert!(
            said(&world).starts_with("not judged: the need of none of the"),
            "{}",
            said(&world)
        );

        world.inventory.clusters[0].policy.default_vnic_mbps = 33;
        assert!(
            said(&world).contains("% growth fits"),
            "a default that the policy says is a statement: {}",
            said(&world)
        );
    }

    #[test]
    fn growth_of_the_policy_is_told_with_the_needs() {
        let mut world = world(SMALL);
        world.inventory.clusters[0].policy.growth_percent = 20;
        let data = ReportData::new(&world.inventory, &world.verified, &[]);

        assert_eq!(growth_included(&data.clusters[0]), "needs include 20 % growth");
        assert!(growth(&data.clusters[0]).contains("on top of the 20 % that all needs here include"));
    }

    #[test]
    fn nothing_left_after_a_failure_that_nobody_required_is_said_in_words() {
        let mut world = world(SMALL);
        let row = RoleCapacity {
            node: 0,
            uplink: 0,
            role: Role::Management,
            network: String::new(),
            demand: 100,
            capacity: 1_000,
            worst_capacity: 0,
            worst_failure: "nic SLOT1P1".to_owned(),
            guaranteed_mbps: 0,
        };
        let said = |world: &crate::reports::fixtures::World| {
            let data = ReportData::new(&world.inventory, &world.verified, &[]);
            guaranteed(&data.clusters[0], &row)
        };

        world.inventory.clusters[0].policy.survive = Vec::new();
        assert_eq!(said(&world), "none (surviving this was not required)");
        world.inventory.clusters[0].policy.survive = vec![(Role::Management, FailureKind::Nic)];
        assert_eq!(said(&world), "none, and it must survive this");
    }

    #[test]
    fn growth_is_not_judged_where_all_loads_are_defaults() {
        let mut world = world(SMALL);
        world.inventory.clusters[0].demands.clear();
        let said = |world: &crate::reports::fixtures::World| {
            let data = ReportData::new(&world.inventory, &world.verified, &[]);
            growth(&data.clusters[0])
        };
        assert!(!said(&world).contains("not judged"), "{}", said(&world));
        for vnic in world.inventory.clusters[0].vms.iter_mut().flat_map(|vm| &mut vm.vnics) {
            vnic.p95 = None;
        }
        assert!(said(&world).starts_with("not judged"), "{}", said(&world));
    }
}
