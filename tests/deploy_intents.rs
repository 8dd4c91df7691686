//! Network ATC, tried on the facts: from bare ports, from any wiring and from intents that differ the nodes come to the plan's intents and back,
//! one after the other, and a cluster that has them needs no step.

#![cfg(feature = "solver")]

#[path = "deploy_support/replay.rs"]
mod replay;
mod support;

use nicplan::applied;
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::steps::{Change, Intent, Phase};
use nicplan::deploy::{ClusterWork, NodeWork, work};
use nicplan::inventory::{Cluster, ClusterNetwork, Fact, NetworkState, Origin, Rdma, StorageKind};
use nicplan::plan::{Plan, Style};
use nicplan::roles::Role;
use replay::{number, there_and_back};

fn network(name: &str, number: u8, role: Role) -> ClusterNetwork {
    ClusterNetwork {
        facts: Default::default(),
        name: name.to_owned(),
        subnet: format!("10.{number}.0.0/24"),
        vlan: Some(u16::from(number)),
        cluster_use: None,
        metric: None,
        purpose: Some(role),
        state: NetworkState::Up,
        origin: Origin::default(),
    }
}

/// How the networks of a cluster are written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Networks {
    None,
    Few,
    All,
}

/// A cluster without wiring whose nodes run the Datacenter edition.
fn bare(profile: &str, ports: usize, networks: Networks) -> Cluster {
    let mut cluster = support::cluster(profile, 3);
    support::ports(&mut cluster, ports, 25_000);
    cluster.storage = StorageKind::S2d;
    for (index, node) in cluster.nodes.iter_mut().enumerate() {
        node.facts.insert("edition", Fact::Text("datacenter".to_owned()));
        node.nics.iter_mut().for_each(|nic| nic.rdma = Rdma::Roce);
        node.management_ip = format!("10.1.0.{}", index + 11);
    }
    let few = [
        network("Mgmt", 1, Role::Management),
        network("SMB1", 4, Role::Storage),
        network("SMB2", 5, Role::Storage),
    ];
    let more = [
        network("Cluster", 2, Role::Cluster),
        network("LM", 3, Role::LiveMigration),
    ];
    if networks != Networks::None {
        cluster.networks.extend(few);
    }
    if networks == Networks::All {
        cluster.networks.extend(more);
    }
    for index in 0..6 {
        cluster.vms.push(support::vm(&format!("VM{index}"), index % 3, 3, 200));
    }
    cluster
}

const NETWORKS: [Networks; 3] = [Networks::None, Networks::Few, Networks::All];

fn planned(cluster: &Cluster, style: Style) -> Option<Plan> {
    let options = Options {
        style: Some(style),
        deadline: None,
    };
    let planned = plan(&support::inventory(cluster.clone()), &options)?;
    (planned.clusters[0].style == style).then_some(planned)
}

/// The work, if the plan's uplinks are intents.
fn by_intents(cluster: &Cluster, plan: Plan) -> Option<ClusterWork> {
    let inventory = support::inventory(cluster.clone());
    let verified = checks::verify(&inventory, plan).unwrap_or_else(|f| panic!("{f:#?}"));
    let found = work(&inventory, &verified).ok()?.remove(0);
    found.by_intents.then_some(found)
}

fn intents(node: &NodeWork) -> Vec<&Intent> {
    let changes = node.steps.iter().flat_map(|s| &s.changes);
    changes
        .filter_map(|c| match c {
            Change::AddIntent(intent) => Some(intent.as_ref()),
            _ => None,
        })
        .collect()
}

fn wiring(node: &NodeWork) -> usize {
    node.steps.iter().filter(|s| s.phase == Phase::Wiring).count()
}

/// All clusters with all styles, by name.
fn each(mut see: impl FnMut(&str, &Cluster, Style)) {
    for profile in ["2025", "azurelocal"] {
        for ports in [2, 4, 6] {
            for networks in NETWORKS {
                let cluster = bare(profile, ports, networks);
                for style in Style::ALL {
                    see(
                        &format!("{profile}, {ports} ports, {networks:?}: {style}"),
                        &cluster,
                        style,
                    );
                }
            }
        }
    }
}

#[test]
fn network_atc_leads_from_bare_ports_to_the_plan_and_back() {
    let (mut seen, mut kinds) = (0, std::collections::BTreeSet::new());
    each(|name, cluster, style| {
        let Some(plan) = planned(cluster, style) else { return };
        let Some(work) = by_intents(cluster, plan) else { return };
        there_and_back(name, &work);
        for node in &work.nodes {
            assert_eq!(wiring(node), 1, "{name}: {}", node.today.name);
            assert!(node.takes_over(), "{name}");
            kinds.extend(intents(node).iter().map(|i| (i.management, i.compute, i.storage)));
        }
        seen += 1;
    });
    assert!(seen >= 20 && kinds.len() >= 4, "{seen} {kinds:?}");
}

/// Today is what one style makes of the cluster by hand: switches, host vNICs and addresses that no intent made.
#[test]
fn network_atc_leads_from_any_wiring_to_the_plan_and_back() {
    let (mut removed, mut landed, mut seen) = (0, 0, 0);
    each(|name, cluster, from| {
        let Some(before) = planned(cluster, from) else { return };
        let mut today = applied::cluster(cluster, &before.clusters[0]);
        number(&mut today);
        for to in Style::ALL {
            let Some(plan) = planned(&today, to) else { continue };
            let Some(work) = by_intents(&today, plan) else { continue };
            there_and_back(&format!("{name} to {to}"), &work);
            let changes = work.nodes.iter().flat_map(|n| &n.steps).flat_map(|s| &s.changes);
            for change in changes {
                removed += usize::from(matches!(change, Change::RemoveSwitch(_)));
                landed += usize::from(matches!(change, Change::Land { .. }));
            }
            seen += 1;
        }
    });
    assert!(seen >= 50 && removed > 50 && landed > 50, "{seen} {removed} {landed}");
}

/// The nodes are as Network ATC left them: there is nothing to wire, to hold or to remove.
#[test]
fn a_cluster_that_has_the_intents_needs_no_wiring_step() {
    let mut seen = 0;
    each(|name, cluster, style| {
        let Some(plan) = planned(cluster, style) else { return };
        let Some(first) = by_intents(cluster, plan) else { return };
        let mut today = first.after.clone();
        number(&mut today);
        for known in [true, false] {
            if !known {
                for nic in today.nodes.iter_mut().flat_map(|n| &mut n.nics) {
                    nic.facts.remove("intents");
                }
            }
            let Some(again) = planned(&today, style) else { return };
            let Some(work) = by_intents(&today, again) else { return };
            there_and_back(&format!("{name}, again"), &work);
            // bare storage ports alone show nothing of their intent
            let shown = today.nodes.iter().all(|n| !n.switches.is_empty());
            let same = work
                .plan
                .uplinks
                .iter()
                .map(|u| &u.roles)
                .eq(first.plan.uplinks.iter().map(|u| &u.roles));
            if same && (known || shown) {
                for node in &work.nodes {
                    assert_eq!(wiring(node), 0, "{name}: {:#?}", node.steps);
                }
                let held = work.before.iter().flat_map(|s| &s.changes);
                assert!(!held.into_iter().any(|c| matches!(c, Change::HoldIntents(_))), "{name}");
                seen += 1;
            }
        }
    });
    assert!(seen >= 20, "{seen}");
}

/// Intents that differ from the plan's end before the first node, and what they made goes node by node.
#[test]
fn intents_that_differ_end_and_come_back() {
    let (mut ended, mut seen) = (0, 0);
    each(|name, cluster, from| {
        let Some(plan) = planned(cluster, from) else { return };
        let Some(first) = by_intents(cluster, plan) else { return };
        let mut today = first.after.clone();
        number(&mut today);
        let names = |kind: fn(&Intent) -> bool| {
            let all = intents(&first.nodes[0]).into_iter().filter(|i| kind(i));
            Fact::List(all.map(|i| i.name.clone()).collect())
        };
        today.facts.insert("management_intents", names(|i| i.management));
        today.facts.insert("compute_intents", names(|i| i.compute));
        today.facts.insert("storage_intents", names(|i| i.storage));
        for to in Style::ALL.into_iter().filter(|to| *to != from) {
            let Some(plan) = planned(&today, to) else { continue };
            let Some(work) = by_intents(&today, plan) else { continue };
            there_and_back(&format!("{name} to {to}"), &work);
            let held = work.before.iter().flat_map(|s| &s.changes).find_map(|c| match c {
                Change::HoldIntents(hold) => Some(hold),
                _ => None,
            });
            ended += held.map_or(0, |hold| hold.ended.len());
            seen += 1;
        }
    });
    assert!(seen >= 20 && ended > 10, "{seen} {ended}");
}
