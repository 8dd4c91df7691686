//! For each check a plan that breaks exactly it.

use super::testing::{claim, files, plan, set_nics};
use super::*;
use crate::checks::{VerifiedPlan, requirements_met, verify};
use crate::inventory::{Nlb, NlbMode, Rdma, StorageKind};
use crate::plan::{Mechanism, PoolPlan, StaticMacPlan, Status, Style, StyleRow};
use crate::policy::FailureKind;
use crate::profiles::{self, Transport};
use crate::roles::Role;
use crate::topology::testing::{cluster, link, nic, vm, vnic};
use crate::units::{Mac, MacRange};
use std::collections::BTreeSet;

const DEDICATED: &str = "management=P1 | cluster=P2 | live-migration=P3 | vm:External-1=P4";

/// Two nodes with six ports of 1 GbE on two linked ToRs, one small VM on each.
fn facts() -> Cluster {
    let mut cluster = cluster(2, 2);
    cluster.links = vec![link(0, 1, 10_000)];
    for node in &mut cluster.nodes {
        node.nics = (1..=6).map(|n| nic(&format!("P{n}"), 1_000, Some(n % 2))).collect();
    }
    for host in 0..2 {
        let mut guest = vm(&format!("VM{}", host + 1), host, 4096, &[0, 1]);
        guest.vnics = vec![vnic("Network Adapter", 100)];
        cluster.vms.push(guest);
    }
    cluster
}

fn sound() -> (Cluster, ClusterPlan) {
    let cluster = facts();
    let plan = plan(&cluster, Style::Dedicated, DEDICATED);
    (cluster, plan)
}

/// Names of the checks that speak up, remarks included.
fn broken(inventory: &Inventory, plan: Plan) -> BTreeSet<&'static str> {
    match verify(inventory, plan) {
        Ok(verified) => verified.notes().iter().map(|f| f.rule).collect(),
        Err(findings) => findings.iter().map(|f| f.rule).collect(),
    }
}

/// Changes a sound plan (and its facts) and lets it claim nothing new.
fn spoiled(spoil: impl FnOnce(&mut Cluster, &mut ClusterPlan)) -> (Inventory, Plan) {
    let (mut cluster, mut plan) = sound();
    spoil(&mut cluster, &mut plan);
    files(cluster, plan)
}

fn range(min: u64, max: u64) -> MacRange {
    MacRange {
        min: Mac(min),
        max: Mac(max),
    }
}

fn pool(node: &str, planned: MacRange) -> PoolPlan {
    PoolPlan {
        node: node.to_owned(),
        today: None,
        planned,
        in_use: 0,
        worst_in_use: 0,
    }
}

fn fixed(vm: &str, planned: u64, spoofing: bool) -> StaticMacPlan {
    StaticMacPlan {
        vm: vm.to_owned(),
        vnic: "Network Adapter".to_owned(),
        current: None,
        dynamic: true,
        planned: Some(Mac(planned)),
        spoofing,
        reason: String::new(),
    }
}

/// The plans that break exactly one check, by its name.
fn cases() -> Vec<(&'static str, (Inventory, Plan))> {
    let mut cases = structure_cases();
    cases.extend(claim_cases());
    cases.push(("cluster-known", {
        let (inventory, mut plan) = spoiled(|_, _| {});
        plan.clusters.clear();
        (inventory, plan)
    }));
    cases.push(("cluster-known", spoiled(|_, plan| plan.profile = "2016".to_owned())));
    cases.push(("input-changed", {
        let (inventory, mut plan) = spoiled(|_, _| {});
        plan.input_sha256 = "ff".to_owned();
        (inventory, plan)
    }));
    cases
}

fn structure_cases() -> Vec<(&'static str, (Inventory, Plan))> {
    vec![
        (
            "design-roles",
            spoiled(|_, plan| {
                plan.uplinks.remove(2);
                for node in &mut plan.nodes {
                    node.uplinks.remove(2);
                }
            }),
        ),
        (
            "network-names",
            spoiled(|_, plan| {
                plan.uplinks[3].network = Some(String::new());
                for vnic in &mut plan.vnics {
                    vnic.network = String::new();
                }
            }),
        ),
        ("switch-host-vnics", {
            let mut cluster = facts();
            cluster.profile = profiles::find("2008r2").expect("the table has 2008r2");
            let plan = plan(
                &cluster,
                Style::Hybrid,
                "management+cluster+vm:External-1=P1 | live-migration=P2",
            );
            files(cluster, plan)
        }),
        ("style-matches", spoiled(|_, plan| plan.style = Style::Converged)),
        ("style-matches", spoiled(|_, plan| plan.style = Style::Hybrid)),
        (
            "style-matches",
            spoiled(|cluster, plan| set_nics(cluster, plan, 1, 3, &["P4", "P5"])),
        ),
        ("node-coverage", spoiled(|_, plan| drop(plan.nodes.pop()))),
        ("node-coverage", spoiled(|_, plan| plan.nodes.reverse())),
        (
            "nic-exists",
            spoiled(|_, plan| plan.nodes[0].uplinks[0].nics = vec!["P9".to_owned()]),
        ),
        (
            "nic-once",
            spoiled(|_, plan| plan.nodes[0].uplinks[0].nics = vec!["P4".to_owned()]),
        ),
        ("team-rules", team_of(|cluster| cluster.nodes[1].nics[4].speed = 10_000)),
        (
            "team-rules",
            team_of(|cluster| cluster.nodes[1].nics[4].model = "X540".to_owned()),
        ),
        (
            "team-rules",
            team_of(|cluster| cluster.profile = profiles::find("2008r2").expect("the table has 2008r2")),
        ),
        (
            "mechanism-matches",
            spoiled(|_, plan| plan.nodes[1].uplinks[3].mechanism = Mechanism::Mpio),
        ),
        (
            "transport-matches",
            spoiled(|_, plan| plan.nodes[1].uplinks[2].transport = Some(Transport::Smb)),
        ),
        (
            "transport-matches",
            spoiled(|_, plan| plan.nodes[1].uplinks[0].transport = Some(Transport::Tcp)),
        ),
        (
            "shares-sum",
            spoiled(|_, plan| plan.nodes[0].uplinks[1].shares[0].permille = 900),
        ),
        ("vnic-coverage", spoiled(|_, plan| drop(plan.vnics.pop()))),
        (
            "network-known",
            spoiled(|_, plan| plan.vnics[0].network = "External-9".to_owned()),
        ),
    ]
}

/// A teamed plan whose VM team has P4 and P5, after the facts were changed.
fn team_of(change: impl FnOnce(&mut Cluster)) -> (Inventory, Plan) {
    let mut cluster = facts();
    change(&mut cluster);
    let design = "management=P1 | cluster=P2 | live-migration=P3 | vm:External-1=P4,P5";
    let plan = plan(&cluster, Style::Teamed, design);
    files(cluster, plan)
}

fn claim_cases() -> Vec<(&'static str, (Inventory, Plan))> {
    let row = |plan: &ClusterPlan, chosen| StyleRow {
        style: plan.style,
        objective: Some(plan.solver.objective.clone()),
        cannot: String::new(),
        chosen,
    };
    vec![
        (
            "shortfall-declared",
            spoiled(|cluster, plan| {
                cluster.policy.survive = vec![(Role::Vm, FailureKind::Nic)];
                claim(cluster, plan);
                plan.solver.shortfall.pop();
            }),
        ),
        (
            "shortfall-declared",
            spoiled(|cluster, plan| {
                cluster.policy.survive = vec![(Role::Vm, FailureKind::Nic)];
                claim(cluster, plan);
                plan.solver.shortfall.push(plan.solver.shortfall[0].clone());
            }),
        ),
        (
            "objective-matches",
            spoiled(|_, plan| plan.solver.objective.sum_utilisation_permille -= 1),
        ),
        (
            "objective-matches",
            spoiled(|_, plan| plan.solver.objective.nics_used += 1),
        ),
        ("proof-honest", spoiled(|_, plan| plan.solver.gap = 1)),
        ("proof-honest", spoiled(|_, plan| plan.solver.status = Status::Gap)),
        (
            "proof-honest",
            spoiled(|_, plan| {
                plan.solver.status = Status::Gap;
                plan.solver.unproven_level = "worst utilisation".to_owned();
                plan.solver.gap = 1;
            }),
        ),
        (
            "mac-pools-disjoint",
            spoiled(|_, plan| plan.mac_pools = vec![pool("HV1", range(16, 31)), pool("HV2", range(31, 40))]),
        ),
        (
            "mac-pools-disjoint",
            spoiled(|_, plan| plan.mac_pools = vec![pool("HV1", range(31, 16))]),
        ),
        (
            "static-mac-sane",
            spoiled(|_, plan| plan.static_macs = vec![fixed("VM1", 2, false), fixed("VM2", 2, false)]),
        ),
        (
            "static-mac-sane",
            spoiled(|_, plan| plan.static_macs = vec![fixed("VM1", 0x0100_0000_0002, false)]),
        ),
        (
            "static-mac-sane",
            spoiled(|_, plan| plan.static_macs = vec![fixed("VM1", 2, true)]),
        ),
        (
            "static-mac-sane",
            spoiled(|_, plan| {
                plan.mac_pools = vec![pool("HV1", range(16, 31))];
                plan.static_macs = vec![fixed("VM1", 20, false)];
            }),
        ),
        (
            "style-row-chosen",
            spoiled(|_, plan| plan.styles = vec![row(plan, false)]),
        ),
        (
            "style-row-chosen",
            spoiled(|_, plan| plan.styles = vec![row(plan, true), row(plan, true)]),
        ),
        (
            "style-row-chosen",
            spoiled(|_, plan| {
                plan.styles = vec![row(plan, true)];
                plan.styles[0].objective = None;
            }),
        ),
    ]
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
        .filter(|s| !["mod", "tests", "testing"].contains(&s.as_str()))
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
        cluster.vms[0].nlb = Some(Nlb {
            name: "WEB".to_owned(),
            mode: NlbMode::Unicast,
            vip: None,
        });
        plan.mac_pools = vec![pool("HV2", range(32, 47)), pool("HV1", range(16, 31))];
        plan.static_macs = vec![fixed("VM1", 2, true), fixed("VM2", 4, false)];
    });
    accepted(&inventory, plan);
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
