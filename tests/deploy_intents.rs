//! Network ATC, tried on the facts: from bare ports, from any wiring and from intents that differ the nodes come to the plan's intents and back,
//! one after the other, and a cluster that has them needs no step.

#![cfg(feature = "solver")]

#[path = "deploy_support/replay.rs"]
mod replay;
mod support;

use nicplan::applied;
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::steps::{Change, HostSetting, Intent, Phase};
use nicplan::deploy::{ClusterWork, NodeWork, files, work};
use nicplan::inventory::{Cluster, ClusterNetwork, Fact, Rdma, StorageKind};
use nicplan::plan::{Plan, Style};
use nicplan::profiles::Transport;
use nicplan::roles::Role;
use replay::{number, there_and_back};

/// A network whose cluster use and metric nobody has set.
fn network(name: &str, number: u16, role: Role) -> ClusterNetwork {
    ClusterNetwork {
        cluster_use: None,
        metric: None,
        ..support::wired::network(name, number, 1, 0, Some(role))
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
        node.management_ip = format!("10.0.1.{}", index + 11);
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
    let (mut ended, mut seen, mut idle_ports) = (0, 0, 0);
    each(|name, cluster, from| {
        let Some(plan) = planned(cluster, from) else { return };
        let Some(first) = by_intents(cluster, plan) else { return };
        let mut today = first.after.clone();
        number(&mut today);
        let names = |kind: fn(&Intent) -> bool| {
            let all = intents(&first.nodes[0]).into_iter().filter(|i| kind(i));
            Fact::List(all.map(|i| i.name.clone()).collect())
        };
        // a port without link, which no plan uses, is in an intent of its own
        for node in &mut today.nodes {
            let mut spare = support::nic("Spare", 1_000);
            spare.up = false;
            spare.facts.insert("intents", Fact::List(vec!["Backup".to_owned()]));
            node.nics.push(spare);
        }
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
            let idle = work.after.nodes.iter().flat_map(|n| &n.nics);
            let left = idle.filter(|n| n.facts.list("intents").is_some_and(<[String]>::is_empty));
            idle_ports += left.count();
            seen += 1;
        }
    });
    assert!(
        seen >= 20 && ended > 10 && idle_ports > 0,
        "{seen} {ended} {idle_ports}"
    );
}

/// The text of a script or page.
fn text(work: ClusterWork, name: &str) -> String {
    let found = files(&[work]);
    let (_, bytes) = found.iter().find(|(own, _)| own == name).expect("it is written");
    String::from_utf8_lossy(bytes).into_owned()
}

/// What it is told for the whole cluster: the properties with their values.
fn told(work: &ClusterWork) -> Vec<(String, String)> {
    let set = work.before.iter().flat_map(|s| &s.changes).find_map(|c| match c {
        Change::Overrides(set) => Some(set.values()),
        _ => None,
    });
    set.unwrap_or_default()
        .into_iter()
        .map(|v| (v.name.to_owned(), v.value))
        .collect()
}

/// A cluster and the work for one style of it.
fn worked(cluster: &Cluster, style: Style) -> ClusterWork {
    let plan = planned(cluster, style).expect("a plan");
    by_intents(cluster, plan).expect("by intents")
}

#[test]
fn network_atc_is_told_only_what_the_plan_or_the_inventory_asks_for() {
    let off = |name: &str| (name.to_owned(), "$false".to_owned());
    let nothing = worked(&bare("azurelocal", 4, Networks::None), Style::Converged);
    assert_eq!(told(&nothing), []);
    let lists = [off("EnableNetworkNaming"), off("EnableLiveMigrationNetworkSelection")];
    let mut cluster = bare("azurelocal", 4, Networks::Few);
    assert_eq!(told(&worked(&cluster, Style::Converged)), lists);
    // one at once is what it does by itself
    cluster.concurrency = Some(1);
    assert_eq!(told(&worked(&cluster, Style::Converged)), lists);
    cluster.concurrency = Some(4);
    cluster.transport = Some(Transport::Compression);
    let all = worked(&cluster, Style::Converged);
    let more = [
        off("EnableVirtualMachineMigrationPerformanceSelection"),
        (
            "VirtualMachineMigrationPerformanceOption".to_owned(),
            "'Compression'".to_owned(),
        ),
        ("MaximumVirtualMachineMigrations".to_owned(), "4".to_owned()),
    ];
    assert_eq!(told(&all), [lists.as_slice(), more.as_slice()].concat());
    assert_eq!(all.after.migration.maximum_parallel, Some(4));
    let does = |c: &Change| matches!(c, Change::Parallel(_) | Change::ClusterSmbLimit { .. });
    let mut steps = all.before.iter().chain(&all.last).flat_map(|s| &s.changes);
    assert!(!steps.any(does), "Network ATC sets it again");
    let before = text(all.clone(), "cluster-1-before.ps1");
    let (said, held) = (
        before.find("Set-Overrides -Value @{"),
        before.find("Stop-Atc -Node 'HV1'"),
    );
    assert!(
        said < held && said.is_some(),
        "it acts as soon as it has an intent: {before}"
    );
    assert!(before.contains(
        "# concurrent_migrations of clusters.csv; Network ATC takes one\r\n        MaximumVirtualMachineMigrations = 4"
    ));
    let back = text(all.clone(), "cluster-4-rollback.ps1");
    assert!(
        back.contains(
            "MaximumVirtualMachineMigrations = @(Get-Kept -Key 'override MaximumVirtualMachineMigrations')[0]"
        )
    );
    let verify = text(all, "cluster-3-verify.ps1");
    assert!(
        verify.contains("(Get-Override -Name MaximumVirtualMachineMigrations) -eq 4"),
        "{verify}"
    );
    assert!(!verify.contains("Test-AtcHeld -Node"), "it runs again by then");
}

/// Nothing that Network ATC manages is set without the override that keeps it from setting it again.
#[test]
fn what_network_atc_manages_is_set_only_with_its_override() {
    let (mut lists, mut members) = (0, 0);
    each(|name, cluster, style| {
        let Some(plan) = planned(cluster, style) else { return };
        let Some(work) = by_intents(cluster, plan) else { return };
        let told = told(&work);
        let off = |wanted: &str| told.iter().any(|(own, value)| own == wanted && value == "$false");
        // said before anything that it would set again
        let said = work
            .before
            .iter()
            .position(|s| matches!(s.changes[0], Change::Overrides(_)));
        assert!(said.is_none_or(|at| at == 0), "{name}: {:?}", work.before[0].title);
        let node = work.nodes.iter().flat_map(|n| &n.steps);
        for change in node.chain(&work.before).chain(&work.last).flat_map(|s| &s.changes) {
            match change {
                Change::MigrationOrder(_) | Change::MigrationExcluded(_) => {
                    assert!(
                        off("EnableLiveMigrationNetworkSelection") && off("EnableNetworkNaming"),
                        "{name}"
                    );
                    lists += 1;
                }
                Change::NetworkUse { .. } => assert!(off("EnableNetworkNaming"), "{name}"),
                Change::Member {
                    setting: HostSetting::Subnets(_) | HostSetting::MoreSubnets(_) | HostSetting::AnyNetwork(_),
                    ..
                } => {
                    assert!(off("EnableLiveMigrationNetworkSelection"), "{name}");
                    members += 1;
                }
                Change::Host(setting) => {
                    let own = matches!(setting, HostSetting::Pool(_) | HostSetting::MigrationEnabled(_));
                    assert!(own, "{name}: {setting:?}");
                }
                Change::Parallel(_) | Change::ClusterSmbLimit { .. } | Change::Dcb(..) | Change::HostWeight { .. } => {
                    panic!("{name}: {change:?}");
                }
                _ => {}
            }
        }
    });
    assert!(lists > 10 && members > 10, "{lists} {members}");
}

#[test]
fn an_intent_has_overrides_for_its_switch_and_ports_only_where_today_asks_for_them() {
    let cluster = bare("2025", 4, Networks::Few);
    let plain = text(worked(&cluster, Style::Converged), "HV1-2-apply.ps1");
    assert!(
        !plain.contains("New-NetIntentSwitchConfigurationOverrides") && !plain.contains("NetworkDirect = 0"),
        "{plain}"
    );
    let mut today = applied::cluster(
        &cluster,
        &planned(&cluster, Style::Converged).expect("a plan").clusters[0],
    );
    number(&mut today);
    for switch in today.nodes.iter_mut().flat_map(|n| &mut n.switches) {
        switch.facts.insert("iov", Fact::Yes(true));
        switch.facts.insert("load_balancing", Fact::Text("dynamic".to_owned()));
    }
    let wired = worked(&today, Style::Converged);
    there_and_back("with SR-IOV", &wired);
    let wired = text(wired, "HV1-2-apply.ps1");
    assert!(wired.contains("$switching.EnableIov = $true"), "{wired}");
    assert!(
        wired.contains("$switching.LoadBalancingAlgorithm = 'Dynamic'")
            && wired.contains("-SwitchPropertyOverrides $switching")
    );
    let mut slow = cluster;
    slow.nodes
        .iter_mut()
        .flat_map(|n| &mut n.nics)
        .for_each(|nic| nic.rdma = Rdma::No);
    let slow = text(worked(&slow, Style::Converged), "HV1-2-apply.ps1");
    assert!(
        slow.contains("$adapter.NetworkDirect = 0") && slow.contains("-AdapterPropertyOverrides $adapter"),
        "{slow}"
    );
}

/// Reasons why no scripts are written.
fn refused(cluster: &Cluster, plan: Plan) -> String {
    let inventory = support::inventory(cluster.clone());
    let verified = checks::verify(&inventory, plan).unwrap_or_else(|f| panic!("{f:#?}"));
    let reasons = work(&inventory, &verified).expect_err("it is refused");
    reasons.into_iter().map(|r| r.text).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_no_intent_can_express_is_refused_with_its_reason() {
    let mut many = bare("azurelocal", 4, Networks::Few);
    many.concurrency = Some(12);
    let plan = planned(&many, Style::Converged).expect("a plan");
    assert!(refused(&many, plan).contains("12 live migrations at once, and Network ATC takes 1 to 10"));

    let mut uneven = bare("azurelocal", 4, Networks::Few);
    let plan = planned(&uneven, Style::Converged).expect("a plan");
    uneven.nodes[1]
        .nics
        .iter_mut()
        .for_each(|nic| nic.model = "another".to_owned());
    assert!(refused(&uneven, plan).contains("wants ports of one name, speed and model"));

    let mut dark = bare("2025", 2, Networks::Few);
    dark.nodes[1].nics.iter_mut().for_each(|nic| nic.up = false);
    let plan = planned(&dark, Style::Converged).expect("a plan");
    assert!(refused(&dark, plan).contains("(NIC1 and NIC2) has a link on HV2"));

    let untagged = bare("2025", 4, Networks::None);
    let mut today = applied::cluster(
        &untagged,
        &planned(&untagged, Style::Converged).expect("a plan").clusters[0],
    );
    number(&mut today);
    let plan = planned(&today, Style::Converged).expect("a plan");
    assert!(refused(&today, plan).contains("could not reach each other's storage"));
}

/// One node after the other: the service is held before the first, no node is taken while another is in the middle of its change.
#[test]
fn nodes_are_taken_one_after_the_other() {
    let work = worked(&bare("azurelocal", 4, Networks::Few), Style::Converged);
    let first = text(work.clone(), "HV1-1-pre-check.ps1");
    let second = text(work.clone(), "HV2-1-pre-check.ps1");
    assert!(
        first.contains("Test-AtcHeld -Node 'HV2', 'HV3' }") && second.contains("Test-AtcHeld -Node 'HV3' }"),
        "{first}"
    );
    let name = &intents(&work.nodes[0])[0].name;
    assert!(second.contains(&format!("Test-Intent -Name '{name}' -Node 'HV1'")) && !first.contains("-Node 'HV1' }"));
    assert!(
        first.contains("the node is paused") && first.contains(&format!("Test-IntentPorts -Name '{name}' -Adapter"))
    );
    let runbook = text(work, "RUNBOOK.md");
    let place = |what: &str| runbook.find(what);
    let order = [
        "cluster-1-before.ps1",
        "Suspend-ClusterNode -Name 'HV1'",
        "HV1-2-apply.ps1",
        "Suspend-ClusterNode -Name 'HV2'",
    ];
    let order: Vec<_> = order.iter().map(|what| place(what)).collect();
    assert!(order.is_sorted() && order[0].is_some(), "{runbook}");
}
