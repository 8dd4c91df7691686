//! For each check the plans that break exactly it.

use super::testing::{claim, files, plan, set_nics};
use super::*;
use crate::inventory::testing::{cluster, link, nic, vm, vnic};
use crate::inventory::{Nlb, NlbMode};
use crate::plan::{Mechanism, PoolPlan, StaticMacPlan, Status, Style, StyleRow};
use crate::policy::{FailureKind, Strength};
use crate::profiles::{self, Transport};
use crate::roles::Role;
use crate::units::{Mac, MacRange};

pub(super) const DEDICATED: &str = "management=P1 | cluster=P2 | live-migration=P3 | vm:External-1=P4";

/// Two nodes with six ports of 1 GbE on two linked ToRs, one small VM on each.
pub(super) fn facts() -> Cluster {
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

pub(super) fn sound() -> (Cluster, ClusterPlan) {
    let cluster = facts();
    let plan = plan(&cluster, Style::Dedicated, DEDICATED);
    (cluster, plan)
}

/// Changes a sound plan (and its facts) and lets it claim nothing new.
pub(super) fn spoiled(spoil: impl FnOnce(&mut Cluster, &mut ClusterPlan)) -> (Inventory, Plan) {
    let (mut cluster, mut plan) = sound();
    spoil(&mut cluster, &mut plan);
    files(cluster, plan)
}

pub(super) fn range(min: u64, max: u64) -> MacRange {
    MacRange {
        min: Mac(min),
        max: Mac(max),
    }
}

pub(super) fn pool(node: &str, planned: MacRange) -> PoolPlan {
    PoolPlan {
        node: node.to_owned(),
        today: None,
        planned,
        in_use: 0,
        worst_in_use: 0,
    }
}

pub(super) fn fixed(vm: &str, planned: u64, spoofing: bool) -> StaticMacPlan {
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

/// An NLB unicast membership.
pub(super) fn member() -> Nlb {
    Nlb {
        name: "WEB".to_owned(),
        mode: NlbMode::Unicast,
        vip: None,
    }
}

/// An address that NLB makes for a cluster in unicast mode.
pub(super) const SHARED_BY_MEMBERS: u64 = 0x02BF_0A00_0532;

/// A sound plan in which the members of one NLB cluster hold its address together, after it was changed.
pub(super) fn sharing(spoil: impl FnOnce(&mut Cluster, &mut ClusterPlan)) -> (Inventory, Plan) {
    spoiled(|cluster, plan| {
        for guest in &mut cluster.vms {
            guest.nlb = Some(member());
        }
        plan.static_macs = ["VM1", "VM2"].map(|vm| fixed(vm, SHARED_BY_MEMBERS, true)).to_vec();
        spoil(cluster, plan);
    })
}

/// A plan that is sound for a VM bound to its address, after it was changed.
pub(super) fn bound(spoil: impl FnOnce(&mut Cluster, &mut ClusterPlan)) -> (Inventory, Plan) {
    spoiled(|cluster, plan| {
        cluster.vms[0].mac_bound = "licence".to_owned();
        plan.static_macs = vec![fixed("VM1", 2, false)];
        spoil(cluster, plan);
    })
}

/// A team over two switches on both nodes, after the facts were changed.
pub(super) fn spanning(change: impl FnOnce(&mut Cluster, &mut ClusterPlan)) -> (Inventory, Plan) {
    let mut cluster = facts();
    cluster.links.clear();
    let design = "management=P1 | cluster=P3 | live-migration=P6 | vm:External-1=P4,P5";
    let mut plan = plan(&cluster, Style::Teamed, design);
    change(&mut cluster, &mut plan);
    claim(&cluster, &mut plan);
    files(cluster, plan)
}

/// The plans that break exactly one check, by its name.
pub(super) fn cases() -> Vec<(&'static str, (Inventory, Plan))> {
    let mut cases = structure_cases();
    cases.extend(claim_cases());
    cases.push(("cluster-known", {
        let (inventory, mut plan) = spoiled(|_, _| {});
        plan.clusters.clear();
        (inventory, plan)
    }));
    cases.push(("team-switches-linked", spanning(|_, _| {})));
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
        (
            "network-names",
            spoiled(|_, plan| {
                plan.uplinks[3].network = Some("External-1".to_owned());
                let twin = Uplink {
                    name: "vm:twin".to_owned(),
                    network: Some("EXTERNAL-1".to_owned()),
                    ..plan.uplinks[3].clone()
                };
                for node in &mut plan.nodes {
                    let entry = NodeUplink {
                        uplink: twin.name.clone(),
                        nics: Vec::new(),
                        ..node.uplinks[3].clone()
                    };
                    node.uplinks.push(entry);
                }
                plan.uplinks.push(twin);
            }),
        ),
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

/// A zone that must be alone on its ports shares them with management, and the plan does not say so.
fn guests_beside_management() -> (Inventory, Plan) {
    let mut cluster = facts();
    cluster.vms[0].vnics[0].zone = "dmz".to_owned();
    cluster.policy.isolate_zones = vec![("dmz".to_owned(), Strength::Required)];
    let design = "management+vm:External-1=P1 | cluster=P2 | live-migration=P3";
    let mut plan = plan(&cluster, Style::Hybrid, design);
    plan.solver
        .shortfall
        .retain(|entry| entry.requirement != "apart:zone:dmz");
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
        ("shortfall-declared", guests_beside_management()),
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
            spoiled(|_, plan| plan.static_macs = vec![fixed("VM1", SHARED_BY_MEMBERS, false)]),
        ),
        (
            "static-mac-sane",
            sharing(|cluster, plan| {
                cluster.vms[0].vnics.push(vnic("Second", 100));
                cluster.vms[0].vnics[1].isolated = true;
                plan.static_macs.push(fixed("VM1", SHARED_BY_MEMBERS, true));
                plan.static_macs[2].vnic = "Second".to_owned();
            }),
        ),
        (
            "static-mac-sane",
            sharing(|cluster, _| cluster.vms[1].nlb.as_mut().expect("a member").name = "MAIL".to_owned()),
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
        ("static-mac-coverage", bound(|_, plan| plan.static_macs.clear())),
        (
            "static-mac-coverage",
            bound(|_, plan| plan.static_macs[0].planned = None),
        ),
        (
            "static-mac-coverage",
            bound(|cluster, plan| {
                cluster.vms[0].vnics[0].dynamic_mac = false;
                cluster.vms[0].vnics[0].mac = Some(Mac(20));
                plan.mac_pools = vec![pool("HV1", range(16, 31))];
                plan.static_macs.clear();
            }),
        ),
        (
            "static-mac-coverage",
            bound(|cluster, plan| {
                cluster.vms[0].mac_bound.clear();
                cluster.vms[0].nlb = Some(member());
                plan.static_macs[0].spoofing = false;
            }),
        ),
        (
            "static-mac-coverage",
            bound(|cluster, plan| {
                cluster.vms[0].mac_bound.clear();
                cluster.vms[0].nlb = Some(member());
                plan.static_macs[0].planned = None;
                plan.static_macs[0].spoofing = true;
            }),
        ),
        (
            "static-mac-coverage",
            spoiled(|cluster, _| cluster.vms[0].spoofing_reason = "nested".to_owned()),
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
