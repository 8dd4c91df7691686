//! Each check is seen to fail on a plan that breaks only it, and sound plans pass.

use super::cases::{DEDICATED, bound, cases, facts, fixed, member, pool, range, sharing, sound, spanning, spoiled};
use super::testing::{claim, files, plan, set_nics};
use super::*;
use crate::checks::{VerifiedPlan, requirements_met, verify};
use crate::inventory::testing::link;
use crate::inventory::{Rdma, StorageKind};
use crate::plan::{Status, Style};
use crate::policy::FailureKind;
use crate::profiles::Transport;
use crate::roles::Role;
use crate::units::Mac;
use std::collections::BTreeSet;

/// Names of the checks that speak up, remarks included.
fn broken(inventory: &Inventory, plan: Plan) -> BTreeSet<&'static str> {
    match verify(inventory, plan) {
        Ok(verified) => verified.notes().iter().map(|f| f.rule).collect(),
        Err(findings) => findings.iter().map(|f| f.rule).collect(),
    }
}

fn accepted(inventory: &Inventory, plan: Plan) -> VerifiedPlan {
    verify(inventory, plan).unwrap_or_else(|findings| panic!("rejected: {findings:#?}"))
}

#[test]
fn each_broken_plan_is_rejected_by_exactly_its_check() {
    for (number, (name, (inventory, plan))) in cases().into_iter().enumerate() {
        assert_eq!(broken(&inventory, plan), BTreeSet::from([name]), "case {number}");
    }
}

#[test]
fn members_of_one_nlb_cluster_may_share_its_address() {
    let (inventory, plan) = sharing(|_, _| {});
    accepted(&inventory, plan);
}

#[test]
fn no_check_is_without_a_plan_that_breaks_it() {
    let covered: BTreeSet<&str> = cases().iter().map(|(name, _)| *name).collect();
    let listed: BTreeSet<&str> = PLAN_CHECKS.iter().map(|check| check.name).collect();
    assert_eq!(covered, listed);
}

#[test]
fn the_table_is_sorted_and_every_file_of_the_folder_is_in_it() {
    assert!(PLAN_CHECKS.is_sorted_by(|a, b| a.name < b.name));
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/checks/plan");
    let files = std::fs::read_dir(folder)
        .expect("the folder of the checks")
        .filter_map(Result::ok);
    let stems = files.filter_map(|f| Some(f.path().file_stem()?.to_str()?.replace('_', "-")));
    let checks: BTreeSet<String> = stems
        .filter(|s| !["mod", "cases", "tests", "testing"].contains(&s.as_str()))
        .collect();
    assert_eq!(checks, PLAN_CHECKS.iter().map(|check| check.name.to_owned()).collect());
}

#[test]
fn a_check_is_found_by_its_name() {
    assert_eq!(find("nic-once").map(|check| check.name), Some("nic-once"));
    assert!(find("nic-twice").is_none());
}

#[test]
fn a_sound_plan_is_accepted_without_remarks() {
    let (cluster, plan) = sound();
    let (inventory, plan) = files(cluster, plan);
    let verified = accepted(&inventory, plan);
    assert!(verified.notes().is_empty());
    assert!(requirements_met(&verified));
    assert_eq!(verified.recounts().len(), 1);
}

#[test]
fn a_declared_shortfall_is_accepted_and_is_not_called_met() {
    let (inventory, plan) = spoiled(|cluster, plan| {
        cluster.policy.survive = vec![(Role::Vm, FailureKind::Nic)];
        claim(cluster, plan);
    });
    let verified = accepted(&inventory, plan);
    assert!(!requirements_met(&verified));
    assert_eq!(verified.plan().clusters[0].solver.shortfall.len(), 2);
}

#[test]
fn an_open_gap_that_adds_up_is_accepted() {
    let (inventory, plan) = spoiled(|_, plan| {
        let worst = plan.solver.objective.worst_utilisation_permille;
        plan.solver.status = Status::Gap;
        plan.solver.unproven_level = "worst utilisation".to_owned();
        plan.solver.bound = worst - 3;
        plan.solver.gap = 3;
    });
    accepted(&inventory, plan);
}

#[test]
fn pools_side_by_side_and_spoofing_for_nlb_unicast_are_accepted() {
    let (inventory, plan) = spoiled(|cluster, plan| {
        cluster.vms[0].nlb = Some(member());
        plan.mac_pools = vec![pool("HV2", range(32, 47)), pool("HV1", range(16, 31))];
        plan.static_macs = vec![fixed("VM1", 2, true), fixed("VM2", 4, false)];
    });
    accepted(&inventory, plan);
}

#[test]
fn an_address_that_is_static_already_or_planned_so_is_accepted() {
    let (inventory, plan) = bound(|_, _| {});
    accepted(&inventory, plan);
    let (inventory, plan) = bound(|cluster, plan| {
        cluster.vms[0].vnics[0].dynamic_mac = false;
        cluster.vms[0].vnics[0].mac = Some(Mac(2));
        plan.static_macs.clear();
    });
    accepted(&inventory, plan);
}

#[test]
fn a_team_over_linked_switches_or_of_a_single_node_is_accepted_without_remark() {
    let linked = |cluster: &mut Cluster, _: &mut ClusterPlan| cluster.links = vec![link(0, 1, 10_000)];
    let one_switch = |cluster: &mut Cluster, _: &mut ClusterPlan| {
        for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
            nic.tor = Some(0);
        }
    };
    let alone = |cluster: &mut Cluster, plan: &mut ClusterPlan| set_nics(cluster, plan, 1, 3, &[]);
    for (inventory, plan) in [spanning(linked), spanning(one_switch), spanning(alone)] {
        let verified = verify(&inventory, plan).map(|v| v.notes().to_vec());
        assert!(verified.as_ref().is_ok_and(Vec::is_empty), "{verified:#?}");
    }
}

#[test]
fn advice_names_the_inventory_where_a_row_of_it_may_be_missing() {
    let (inventory, plan) = spanning(|_, _| {});
    let verified = verify(&inventory, plan).expect("a remark only");
    let fixes: Vec<&str> = verified.notes().iter().map(|f| f.fix.as_str()).collect();
    assert!(
        fixes.len() == 1 && fixes[0].starts_with("write the link between the switches in inter_switch_links.csv"),
        "{fixes:?}"
    );

    let (inventory, plan) = spoiled(|cluster, _| {
        for node in &mut cluster.nodes {
            node.nics.iter_mut().for_each(|nic| nic.name.push('x'));
        }
    });
    let findings = verify(&inventory, plan).expect_err("no port has its name");
    let renamed = findings.iter().filter(|f| f.rule == "nic-exists");
    let fixes: Vec<&str> = renamed.map(|f| f.fix.as_str()).collect();
    assert!(
        !fixes.is_empty() && fixes.iter().all(|fix| fix.contains("nics.csv")),
        "{fixes:?}"
    );
}

#[test]
fn one_slip_at_many_places_is_told_once_with_the_places() {
    let (inventory, plan) = spoiled(|cluster, plan| {
        for vnic in cluster.vms.iter_mut().flat_map(|vm| &mut vm.vnics) {
            vnic.vlans = BTreeSet::from([7]);
        }
        for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
            nic.vlans = Some(BTreeSet::from([8]));
        }
        cluster.nodes[0].nics[3].vlans = Some(BTreeSet::from([7]));
        plan.solver.objective.unmet_requirements.reachability = 3;
    });
    let findings = verify(&inventory, plan).expect_err("the VLAN reaches no port");
    let told: Vec<&Finding> = findings.iter().filter(|f| f.rule == "shortfall-declared").collect();
    assert!(told.iter().all(|f| f.subject == "External-1"), "{told:#?}");
    let messages: Vec<&str> = told.iter().map(|f| f.message.as_str()).collect();
    assert_eq!(
        messages,
        [
            "requirement reach:vm at External-1 is not met and the plan does not say so",
            "requirement vlan at VM1/Network Adapter, VM2/Network Adapter is not met and the plan does not say so",
        ]
    );

    let (inventory, plan) = spoiled(|_, plan| plan.vnics.iter_mut().for_each(|v| v.network = "E9".to_owned()));
    let findings = verify(&inventory, plan).expect_err("there is no network E9");
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert!(
        findings[0].message.ends_with("the same at VM2/Network Adapter"),
        "{}",
        findings[0].message
    );
}

#[test]
fn uplinks_in_another_order_than_the_design_are_told_once() {
    let (inventory, plan) = spoiled(|_, plan| plan.uplinks.swap(0, 1));
    let findings = verify(&inventory, plan).expect_err("the entries of the nodes are in the old order");
    assert_eq!(findings.iter().map(|f| f.rule).collect::<Vec<_>>(), ["node-coverage"]);
}

#[test]
fn what_follows_from_an_edit_names_the_way_to_judge_the_assignment_alone() {
    for (name, (inventory, plan)) in cases() {
        let Err(findings) = verify(&inventory, plan) else {
            continue;
        };
        let stated = [
            "mechanism-matches",
            "objective-matches",
            "proof-honest",
            "shares-sum",
            "shortfall-declared",
            "style-matches",
            "style-row-chosen",
            "transport-matches",
        ];
        let hint = findings.iter().all(|f| f.fix.contains("--recompute"));
        assert_eq!(hint, stated.contains(&name), "{name}");
    }
}

#[test]
fn styles_are_told_apart_by_shape() {
    let mut cluster = facts();
    cluster.storage = StorageKind::Iscsi;
    for (style, design) in [
        (
            Style::Dedicated,
            "management=P1 | cluster=P2 | live-migration=P3 | vm:E=P4 | storage=P5,P6",
        ),
        (
            Style::Teamed,
            "management=P1,P2 | cluster=P3 | live-migration=P4 | vm:E=P5 | storage=P6",
        ),
        (
            Style::Converged,
            "management+cluster+live-migration+vm:E=P1,P2 | storage=P5,P6",
        ),
        (
            Style::Hybrid,
            "management+cluster+live-migration=P1 | vm:E=P2,P3 | storage=P5,P6",
        ),
    ] {
        let judged = |style: Style| {
            let (inventory, plan) = files(cluster.clone(), plan(&cluster, style, design));
            verify(&inventory, plan).is_ok()
        };
        let fits: Vec<Style> = Style::ALL.into_iter().filter(|s| judged(*s)).collect();
        // What is dedicated is teamed as well: one NIC is the smallest number of several.
        let expected = if style == Style::Dedicated {
            vec![Style::Dedicated, Style::Teamed]
        } else {
            vec![style]
        };
        assert_eq!(fits, expected, "{design}");
    }
}

#[test]
fn rdma_on_every_migration_port_makes_smb_the_transport() {
    let mut cluster = facts();
    for node in &mut cluster.nodes {
        node.nics[2].rdma = Rdma::Roce;
    }
    let made = plan(&cluster, Style::Dedicated, DEDICATED);
    assert_eq!(made.nodes[0].uplinks[2].transport, Some(Transport::Smb));
}

#[test]
fn a_plan_that_means_nothing_is_rejected_without_a_panic() {
    let (cluster, mut plan) = sound();
    plan.uplinks.truncate(1);
    plan.uplinks[0].roles.clear();
    plan.nodes[0].node = "NOBODY".to_owned();
    plan.nodes[1].uplinks.clear();
    plan.vnics[0].vm = "NOBODY".to_owned();
    crate::checks::recount(&cluster, &plan);
    let (inventory, plan) = files(cluster, plan);
    assert!(verify(&inventory, plan).is_err());
}
