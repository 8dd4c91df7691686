//! A plan edited by hand: everything that it states about itself is taken from the recount of its decisions.
//!
//! In: facts and a plan. Out: the same decisions (which NICs, networks, addresses) with all that follows from them: how NICs hold
//! together, transport, shares, style, numbers, shortfall.
//! Nobody has searched for a better plan around the edited one, so nothing of the old proof, comparison and reasons stays.
//! Must not know: the planner.

use super::recount::mechanism::{mechanism, team_kind, transport};
use super::recount::recount;
use super::{plan, verify};
use crate::checks::VerifiedPlan;
use crate::finding::Finding;
use crate::inventory::{Cluster, Inventory};
use crate::plan::{ClusterPlan, LEVELS, PROVEN_LEVELS, Plan, Share, Solver, Status};
use crate::roles::Role;
use crate::units::Permille;

/// Judges the decisions of a plan alone: what the plan states about itself is replaced by what is recounted, then everything is
/// judged as ever.
///
/// # Errors
/// Every broken invariant of the decisions as a finding, sorted.
pub fn recompute(inventory: &Inventory, mut plan: Plan) -> Result<VerifiedPlan, Vec<Finding>> {
    for planned in &mut plan.clusters {
        if let Some(cluster) = inventory.clusters.iter().find(|c| c.name == planned.cluster) {
            restate(cluster, planned);
        }
    }
    verify(inventory, plan)
}

fn restate(cluster: &Cluster, planned: &mut ClusterPlan) {
    derive(cluster, planned);
    planned.style = plan::style_of(cluster, planned);
    planned.styles.clear();
    planned.reasons.clear();
    planned.conflict = None;
    if !plan::structure(cluster, planned).is_empty() {
        return;
    }
    let found = recount(cluster, planned);
    let mut objective = found.objective;
    // Level 11 names the design that was chosen among equals; this one was not chosen by a search.
    objective.name.clear();
    let mut solver = Solver {
        status: Status::Optimal,
        objective,
        bound: 0,
        gap: 0,
        unproven_level: String::new(),
        shortfall: found.shortfall,
        limited_by: String::new(),
    };
    open_gap(&mut solver);
    planned.solver = solver;
}

/// What follows from the NICs of each uplink and its roles: how they hold together, the transport of live migration, shares.
fn derive(cluster: &Cluster, planned: &mut ClusterPlan) {
    let ClusterPlan { uplinks, nodes, .. } = planned;
    for node in nodes {
        let facts = cluster.nodes.iter().find(|n| n.name == node.node);
        for entry in &mut node.uplinks {
            let Some(uplink) = uplinks.iter().find(|u| u.name == entry.uplink) else {
                continue;
            };
            entry.mechanism = mechanism(cluster, uplink, entry.nics.len());
            entry.team = team_kind(cluster, entry.mechanism);
            let nics = facts.map_or(&[][..], |node| &node.nics);
            let used = nics.iter().filter(|nic| entry.nics.contains(&nic.name));
            let carries = uplink.roles.contains(&Role::LiveMigration);
            entry.transport = carries.then(|| transport(cluster, uplink, used));
            entry.shares = shares(&uplink.roles, &entry.shares);
        }
    }
}

/// Shares of the roles of an uplink: a role alone has all of it, a stated share stays while the whole can be given, a role
/// without one gets an even part, and what then is too much shrinks in proportion.
fn shares(roles: &[Role], stated: &[Share]) -> Vec<Share> {
    let of = |role: &Role| {
        stated
            .iter()
            .find(|share| share.role == *role)
            .map(|share| share.permille)
    };
    let even = 1000 / (roles.len() as Permille).max(1);
    let missing = roles.iter().filter(|role| of(role).is_none()).count() as Permille * even;
    let sum = roles.iter().filter_map(of).fold(0, Permille::saturating_add);
    let room = 1000_u64.saturating_sub(missing);
    let permille = |role: &Role| match of(role) {
        _ if roles.len() == 1 => 1000,
        None => even,
        Some(share) if sum <= room => share,
        Some(share) => u64::try_from(u128::from(share) * u128::from(room) / u128::from(sum.max(1))).unwrap_or(0),
    };
    roles
        .iter()
        .map(|role| Share {
            role: *role,
            permille: permille(role),
        })
        .collect()
}

/// No value can be below 0: that is the only bound known for a plan that was not searched for. It is open at the first level
/// that is not 0.
fn open_gap(solver: &mut Solver) {
    for (at, name) in LEVELS.iter().enumerate().take(PROVEN_LEVELS) {
        if let Some(value) = solver.objective.level(at + 1).into_iter().find(|value| *value > 0) {
            solver.status = Status::Gap;
            (*name).clone_into(&mut solver.unproven_level);
            solver.gap = value;
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::plan::testing::{files, plan, set_nics};
    use crate::inventory::testing::{cluster, nic, vm, vnic};
    use crate::plan::{Mechanism, Style};
    use crate::profiles::Transport;

    /// Two nodes with five ports, a dedicated plan on four of them.
    fn sound() -> (Cluster, ClusterPlan) {
        let mut facts = cluster(2, 1);
        for node in &mut facts.nodes {
            node.nics = (1..=5).map(|n| nic(&format!("P{n}"), 1_000, Some(0))).collect();
        }
        let mut guest = vm("VM1", 0, 4096, &[0, 1]);
        guest.vnics = vec![vnic("Network Adapter", 100)];
        facts.vms = vec![guest];
        let design = "management=P1 | cluster=P2 | live-migration=P3 | vm:External-1=P4";
        let planned = plan(&facts, Style::Dedicated, design);
        (facts, planned)
    }

    #[test]
    fn a_second_nic_given_by_hand_is_judged_by_what_it_does_and_not_by_what_the_plan_said() {
        let (facts, mut planned) = sound();
        for node in 0..2 {
            set_nics(&facts, &mut planned, node, 3, &["P4", "P5"]);
        }
        let (inventory, edited) = files(facts, planned);
        let refused = verify(&inventory, edited.clone()).expect_err("the numbers are those of one NIC");
        assert!(
            refused.iter().all(|finding| finding.fix.contains("--recompute")),
            "{refused:#?}"
        );

        let verified = recompute(&inventory, edited).expect("the decisions are sound");

        let restated = &verified.plan().clusters[0];
        assert_eq!(restated.style, Style::Teamed);
        assert_eq!(restated.solver.objective.nics_used, 10);
        assert_eq!(restated.solver.status, Status::Gap);
        assert_eq!(verify(&inventory, verified.plan().clone()).map(|_| ()), Ok(()));
    }

    #[test]
    fn ports_moved_by_hand_get_the_mechanism_transport_and_shares_that_follow() {
        let (mut facts, _) = sound();
        for node in &mut facts.nodes {
            for port in [2, 4] {
                node.nics[port].rdma = crate::inventory::Rdma::Roce;
            }
        }
        let design = "management=P1 | cluster+live-migration=P2 | vm:External-1=P4";
        let mut planned = plan(&facts, Style::Hybrid, design);
        // by hand: live migration gets the two ports with RDMA, management a second port
        for node in &mut planned.nodes {
            node.uplinks[1].nics = vec!["P3".to_owned(), "P5".to_owned()];
            node.uplinks[0].nics = vec!["P1".to_owned(), "P2".to_owned()];
        }
        planned.nodes[0].uplinks[1].shares.pop();
        planned.nodes[1].uplinks[1].shares[0].permille = 3000;
        let (inventory, edited) = files(facts, planned);
        let refused = verify(&inventory, edited.clone()).expect_err("what follows is not stated");
        assert!(refused.iter().all(|f| f.fix.contains("--recompute")), "{refused:#?}");

        let verified = recompute(&inventory, edited).expect("the decisions are sound");

        let uplinks = &verified.plan().clusters[0].nodes[0].uplinks;
        assert_eq!(uplinks[0].mechanism, Mechanism::Team);
        assert_eq!(uplinks[1].mechanism, Mechanism::Networks);
        assert_eq!(uplinks[1].transport, Some(Transport::Smb));
        assert_eq!(
            uplinks[1].shares[1].permille, 500,
            "an even part for the role without a share"
        );
        for node in &verified.plan().clusters[0].nodes {
            let sum: u64 = node.uplinks[1].shares.iter().map(|share| share.permille).sum();
            assert!(
                sum <= 1000 && node.uplinks[1].shares.len() == 2,
                "{:?}",
                node.uplinks[1].shares
            );
        }
    }

    #[test]
    fn a_wrong_decision_is_refused_with_or_without_its_numbers() {
        let (facts, mut planned) = sound();
        planned.nodes[0].uplinks[0].nics = vec!["P4".to_owned()];
        let (inventory, edited) = files(facts, planned);

        let refused = recompute(&inventory, edited).expect_err("P4 is there twice");

        assert_eq!(refused.iter().map(|f| f.rule).collect::<Vec<_>>(), ["nic-once"]);
    }

    #[test]
    fn a_shortfall_that_an_edit_makes_is_found_and_declared() {
        let (mut facts, mut planned) = sound();
        facts.vms[0].vnics[0].p95 = Some(5_000);
        planned.solver.shortfall.clear();
        let (inventory, edited) = files(facts, planned);

        let verified = recompute(&inventory, edited).expect("the decisions are sound");

        assert!(!crate::checks::requirements_met(&verified));
        assert_eq!(verified.plan().clusters[0].solver.unproven_level, LEVELS[0]);
    }
}
