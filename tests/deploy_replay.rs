//! The steps of a deployment, tried on the facts: they lead to what the plan says, they never cut management or the last storage path
//! between two steps, and undoing them leads back to today.

#![cfg(feature = "solver")]

#[path = "support/committed.rs"]
mod committed;
#[path = "support/dice.rs"]
mod dice;
#[path = "deploy_support/in_turn.rs"]
mod in_turn;
mod program;
#[path = "deploy_support/replay.rs"]
mod replay;
mod support;

use dice::Dice;
use in_turn::{in_turn, in_turn_with_vlans};
use nicplan::applied;
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::steps::{Change, HostSetting};
use nicplan::deploy::{ClusterWork, NodeWork, effects, files, work};
use nicplan::generate::{Size, generate};
use nicplan::inventory::{
    Cluster, ClusterNetwork, Fact, Inventory, LoadOptions, NetworkState, Nic, Node, Origin, Rdma, StorageKind, load,
};
use nicplan::plan::{Plan, Style};
use nicplan::profiles::Transport;
use nicplan::roles::Role;
use nicplan::units::Subnet;
use replay::follow::{follow_all, without_addresses};
use replay::{number, there_and_back};
use std::collections::BTreeMap;

fn of(inventory: &Inventory, plan: Plan) -> Vec<ClusterWork> {
    let verified = checks::verify(inventory, plan).unwrap_or_else(|f| panic!("{f:#?}"));
    work(inventory, &verified).unwrap_or_else(|refused| panic!("{refused:#?}"))
}

fn wired_anew(inventory: &mut Inventory) {
    // Hosts that run VMware are refused; their steps are those of hosts with Hyper-V.
    inventory.clusters.iter_mut().for_each(Cluster::move_to_hyper_v);
    inventory.clusters.iter_mut().for_each(number);
}

#[test]
fn the_steps_of_every_sample_lead_to_its_plan_and_back() {
    let mut steps = 0;
    for (name, mut inventory, plan) in committed::samples() {
        wired_anew(&mut inventory);
        for work in of(&inventory, plan) {
            steps += work.steps();
            there_and_back(&name, &work);
        }
    }
    assert!(steps > 100, "{steps}");
}

#[test]
fn no_port_needs_two_vlans_while_management_or_storage_is_on_it() {
    let (mut steps, mut lost) = (0, Vec::new());
    for profile in ["2012r2", "2016", "2022"] {
        let inventory = in_turn(profile);
        for style in [None].into_iter().chain(Style::ALL.map(Some)) {
            let Some(planned) = plan(&inventory, &Options { style, deadline: None }) else {
                continue;
            };
            let verified = checks::verify(&inventory, planned).expect("our own plan holds");
            if let Ok(all) = work(&inventory, &verified) {
                steps += follow_all(&format!("{profile} {style:?}"), &all, true, &mut lost);
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(steps > 20, "{steps}");
}

/// `review --plan` judges the planned facts alone: they hold the VLAN ID that the steps give to a port.
#[test]
fn the_planned_facts_hold_the_vlan_id_of_a_ports_next_role() {
    let mut other = 0;
    for profile in ["2008r2", "2012r2", "2016", "2022"] {
        let mut inventory = in_turn_with_vlans(profile);
        for known in [true, false] {
            if !known {
                without_addresses(&mut inventory);
            }
            for style in Style::ALL {
                let options = Options {
                    style: Some(style),
                    deadline: None,
                };
                let planned = plan(&inventory, &options).expect("a plan");
                let reviewed = applied::inventory(&inventory, &planned);
                for (work, after) in of(&inventory, planned).iter().zip(&reviewed.clusters) {
                    for (node, after) in work.nodes.iter().zip(&after.nodes) {
                        let set = |node: &Node| node.nics.iter().map(Nic::set_vlan).collect::<Vec<_>>();
                        let steps = node.steps.iter().flat_map(|s| &s.changes);
                        let end = steps.fold(node.today.clone(), |mut state, change| {
                            effects::on_node(change, &mut state);
                            state
                        });
                        assert_eq!(set(after), set(&end), "{profile} {style} {known}: {}", after.name);
                        let pairs = node.today.nics.iter().zip(&after.nics).filter(|(_, new)| new.is_bare());
                        other += pairs.filter(|(old, new)| old.set_vlan() != new.set_vlan()).count();
                    }
                }
            }
        }
    }
    assert!(other > 10, "{other}");
}

/// Roles that change places on ports whose VLAN ID is set in Windows: that which leaves goes first, the VLAN ID is set anew, the other one comes.
#[test]
fn a_port_gets_the_vlan_id_of_its_next_role_before_that_comes() {
    let mut set = 0;
    for profile in ["2008r2", "2012", "2012r2", "2016", "2019", "2022", "2025"] {
        let inventory = in_turn_with_vlans(profile);
        for style in [None].into_iter().chain(Style::ALL.map(Some)) {
            let Some(planned) = plan(&inventory, &Options { style, deadline: None }) else {
                continue;
            };
            let works = of(&inventory, planned);
            for work in &works {
                there_and_back(&format!("{profile} {style:?}"), work);
                let steps = work.nodes.iter().flat_map(|n| &n.steps);
                let anew = |c: &&Change| matches!(c, Change::PortVlan { value, .. } if value.after > Some(0));
                let own = steps.flat_map(|s| &s.changes).filter(anew).count();
                set += own;
                // On 2008 R2 the script waits for a person at this place.
                let files = files(&works);
                let texts = files.iter().filter(|(name, _)| name.ends_with("-2-apply.cmd"));
                let texts = texts.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
                let waits: usize = texts.map(|text| text.matches("set the VLAN ID of ").count()).sum();
                assert_eq!(waits, if profile == "2008r2" { own } else { 0 }, "{style:?}");
                let by_hand = work.manual.iter().find(|m| m.text.contains("set it once"));
                assert_eq!(by_hand, None, "{profile} {style:?}");
            }
        }
    }
    assert!(set > 10, "{set}");
}

#[test]
fn the_steps_of_generated_inventories_lead_to_their_plans_and_back() {
    for (nodes, vms, seed) in [(2, 10, 1), (3, 40, 2), (5, 60, 3), (8, 90, 4), (4, 30, 7), (6, 50, 11)] {
        let dir = program::place(&format!("deploy-generated-{nodes}-{vms}-{seed}"));
        let tables = generate(Size { nodes, vms, seed }).expect("the size is allowed");
        let files: Vec<(String, Vec<u8>)> = tables
            .iter()
            .map(|t| (t.file.to_owned(), t.to_csv().into_bytes()))
            .collect();
        nicplan::reports::write_all(&dir, &files).expect("the build folder can be written");
        let mut inventory = load(&[dir], &LoadOptions::default()).expect("generated inventories are valid");
        wired_anew(&mut inventory);
        for style in [None, Some(Style::Converged), Some(Style::Teamed)] {
            let Some(planned) = plan(&inventory, &Options { style, deadline: None }) else {
                continue;
            };
            let verified = checks::verify(&inventory, planned).expect("our own plan holds");
            // A style that cannot meet reachability is refused with its reason.
            if let Ok(all) = work(&inventory, &verified) {
                for work in all {
                    there_and_back(&format!("seed {seed} {style:?}"), &work);
                }
            }
        }
    }
}

fn network(number: u8, role: Role) -> ClusterNetwork {
    ClusterNetwork {
        facts: Default::default(),
        name: role.info().title.to_owned(),
        subnet: format!("10.{number}.0.0/24"),
        vlan: Some(u16::from(number)),
        cluster_use: None,
        metric: None,
        purpose: Some(role),
        state: NetworkState::Up,
        origin: Origin::default(),
    }
}

/// A cluster without wiring: ports of one speed, storage and profile by the dice.
fn bare(profile: &str, seed: u64) -> Cluster {
    let mut dice = Dice(seed);
    let nodes = 2 + dice.roll(3) as usize;
    let mut cluster = support::cluster(profile, nodes);
    support::ports(
        &mut cluster,
        2 + dice.roll(7) as usize,
        dice.pick(&[1_000, 10_000, 25_000]),
    );
    cluster.storage = dice.pick(&[
        StorageKind::None,
        StorageKind::Iscsi,
        StorageKind::Smb,
        StorageKind::S2d,
    ]);
    if profile == "2008r2" && cluster.storage.is_smb() {
        cluster.storage = StorageKind::Iscsi;
    }
    // The later slots may hold faster ports of another make.
    if seed.is_multiple_of(2) {
        for nic in cluster.nodes.iter_mut().flat_map(|n| n.nics.iter_mut().skip(2)) {
            nic.speed *= 2;
            nic.model = "another".to_owned();
        }
    }
    if dice.chance(50) {
        for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
            nic.rdma = Rdma::Roce;
        }
        cluster.transport = (profile != "2008r2" && profile != "2012").then_some(Transport::Smb);
    }
    let networks = [Role::Management, Role::Cluster, Role::LiveMigration, Role::Storage];
    cluster.networks = networks
        .iter()
        .zip(1..)
        .map(|(role, number)| network(number, *role))
        .collect();
    for index in 0..6 {
        cluster.vms.push(support::vm(
            &format!("VM{index}"),
            index % nodes,
            nodes,
            50 + dice.roll(300),
        ));
    }
    cluster
}

/// The ports that are under no switch and in no team get the VLAN ID of their network in Windows: those of storage on the last node, those of all roles on
/// the first one, so that all kinds of ports are there.
fn set_vlans(cluster: &mut Cluster) {
    let networks = cluster.networks.clone();
    let last = cluster.nodes.len() - 1;
    for (place, node) in cluster.nodes.iter_mut().enumerate() {
        for nic in node.nics.iter_mut().filter(|nic| nic.is_bare()) {
            let own = Subnet::of_addresses(&nic.addresses);
            let network = networks.iter().find(|n| Subnet::any_holds(&n.subnet, &own));
            let wanted = place == 0 || place == last && nic.roles.iter().eq([&Role::Storage]);
            if let Some(vlan) = network.and_then(|n| n.vlan).filter(|_| wanted) {
                nic.facts.insert("nic_vlan", Fact::Number(u64::from(vlan)));
            }
        }
    }
}

/// Today is what one style makes of the cluster, tomorrow what another does: every way from style to style.
#[test]
fn the_steps_from_any_style_to_any_other_lead_there_and_back() {
    let mut ways: BTreeMap<(Style, Style), usize> = BTreeMap::new();
    let (mut takeovers, mut cleared) = (0, 0);
    for profile in ["2012", "2012r2", "2016", "2019", "2022", "2025", "2008r2"] {
        for seed in 0..6 {
            let cluster = bare(profile, seed * 31 + 7);
            let styles: Vec<(Style, Plan)> = Style::ALL
                .into_iter()
                .filter_map(|style| {
                    let options = Options {
                        style: Some(style),
                        deadline: None,
                    };
                    let planned = plan(&support::inventory(cluster.clone()), &options)?;
                    let reaches = |s: &nicplan::plan::Shortfall| !s.requirement.starts_with("reach:");
                    let fine =
                        planned.clusters[0].style == style && planned.clusters[0].solver.shortfall.iter().all(reaches);
                    fine.then_some((style, planned))
                })
                .collect();
            for (from, before) in &styles {
                let mut today = applied::cluster(&cluster, &before.clusters[0]);
                number(&mut today);
                set_vlans(&mut today);
                let inventory = support::inventory(today);
                for (to, _) in styles.iter().filter(|(to, _)| to != from) {
                    let options = Options {
                        style: Some(*to),
                        deadline: None,
                    };
                    let Some(planned) = plan(&inventory, &options) else {
                        continue;
                    };
                    let verified = checks::verify(&inventory, planned).expect("our own plan holds");
                    let all = match work(&inventory, &verified) {
                        Ok(all) => all,
                        Err(refused) => {
                            let way = refused.iter().find(|r| r.text.contains("no order"));
                            assert_eq!(way, None, "{profile} seed {seed}: {from} to {to}");
                            continue;
                        }
                    };
                    for work in &all {
                        let changes = work.nodes.iter().flat_map(|n| &n.steps).flat_map(|s| &s.changes);
                        cleared += changes.filter(|c| matches!(c, Change::PortVlan { .. })).count();
                        takeovers += usize::from(work.nodes.iter().any(NodeWork::takes_over));
                        there_and_back(&format!("{profile} seed {seed}: {from} to {to}"), work);
                    }
                    *ways.entry((*from, *to)).or_default() += 1;
                }
            }
        }
    }
    assert!(ways.len() >= 10, "{ways:?}");
    assert!(takeovers > 0, "some cluster has no port to spare for management");
    assert!(
        cleared > 10,
        "ports with a VLAN ID of their own go under switches: {cleared}"
    );
}

/// Hosts that list for live migration only what the plan does not, in turn with hosts that take any network, and some where it is off: at every moment
/// between two nodes VMs can migrate from each to each.
#[test]
fn vms_can_migrate_between_rebuilt_hosts_and_others_whatever_their_lists_are_today() {
    let (mut widened, mut on) = (0, 0);
    for profile in ["2012r2", "2016", "2022"] {
        for seed in 0..6 {
            let mut cluster = bare(profile, seed * 23 + 1);
            let options = Options {
                style: Some(Style::Dedicated),
                deadline: None,
            };
            let Some(planned) = plan(&support::inventory(cluster.clone()), &options) else {
                continue;
            };
            cluster = applied::cluster(&cluster, &planned.clusters[0]);
            number(&mut cluster);
            cluster.migration.network_order.clear();
            cluster.migration.exclude_networks.clear();
            let management = cluster.networks[0].subnet.clone();
            for (place, node) in cluster.nodes.iter_mut().enumerate() {
                let own = &mut node.migration;
                (own.enabled, own.any_network, own.subnets) = match (place + seed as usize) % 4 {
                    0 | 1 => (Some(true), Some(false), Some(vec![management.clone()])),
                    2 => (Some(true), Some(true), None),
                    _ => (Some(false), None, None),
                };
            }
            let inventory = support::inventory(cluster);
            for style in [Style::Converged, Style::Hybrid, Style::Teamed, Style::Dedicated] {
                let options = Options {
                    style: Some(style),
                    deadline: None,
                };
                let Some(planned) = plan(&inventory, &options) else {
                    continue;
                };
                let verified = checks::verify(&inventory, planned).expect("our own plan holds");
                for work in &work(&inventory, &verified).unwrap_or_default() {
                    there_and_back(&format!("{profile} seed {seed} to {style}"), work);
                    let of = |setting: &HostSetting| match setting {
                        HostSetting::MoreSubnets(_) => (1, 0),
                        HostSetting::MigrationEnabled(_) => (0, 1),
                        _ => (0, 0),
                    };
                    for change in work.before.iter().flat_map(|s| &s.changes) {
                        if let Change::Member { setting, .. } = change {
                            let (wide, enabled) = of(setting);
                            (widened, on) = (widened + wide, on + enabled);
                        }
                    }
                }
            }
        }
    }
    assert!(widened > 10 && on > 5, "{widened} {on}");
}

/// A switch whose bandwidth mode the plan cannot use is made anew, over states in which the node stays reachable; one of the right mode stays.
#[test]
fn a_switch_of_another_bandwidth_mode_is_made_anew_where_the_plan_needs_weights() {
    let mut anew = 0;
    for profile in ["2012", "2012r2"] {
        for seed in 0..6 {
            let cluster = bare(profile, seed * 13 + 5);
            let options = Options {
                style: Some(Style::Converged),
                deadline: None,
            };
            let Some(planned) = plan(&support::inventory(cluster.clone()), &options) else {
                continue;
            };
            for (mode, wanted) in [
                ("absolute", true),
                ("none", true),
                ("weight", false),
                ("default", false),
            ] {
                let mut today = applied::cluster(&cluster, &planned.clusters[0]);
                for switch in today.nodes.iter_mut().flat_map(|n| &mut n.switches) {
                    switch.facts.insert("bandwidth_mode", Fact::Text(mode.to_owned()));
                }
                number(&mut today);
                let inventory = support::inventory(today);
                let Some(planned) = plan(&inventory, &options) else {
                    continue;
                };
                for work in of(&inventory, planned) {
                    there_and_back(&format!("{profile} seed {seed} {mode}"), &work);
                    for node in &work.nodes {
                        let shared = |name: &str| node.after.host_vnics.iter().any(|v| v.switch == name);
                        for switch in node.after.switches.iter().filter(|s| shared(&s.name)) {
                            let makes =
                                |c: &Change| matches!(c, Change::CreateSwitch(s) if s.record.name == switch.name);
                            let made = node.steps.iter().flat_map(|s| &s.changes).any(makes);
                            assert_eq!(made, wanted, "{profile} seed {seed} {mode}: {}", switch.name);
                            anew += usize::from(made);
                        }
                    }
                }
            }
        }
    }
    assert!(anew > 10, "{anew}");
}

/// A plan that is carried out needs no more step of the wiring: everything is already so.
#[test]
fn a_plan_that_is_carried_out_needs_no_wiring_step() {
    for profile in ["2012r2", "2016", "2022"] {
        for seed in 0..4 {
            let cluster = bare(profile, seed * 17 + 3);
            let planned = plan(
                &support::inventory(cluster.clone()),
                &Options {
                    style: None,
                    deadline: None,
                },
            )
            .expect("a plan");
            let today = support::inventory(applied::cluster(&cluster, &planned.clusters[0]));
            let again = plan(
                &today,
                &Options {
                    style: None,
                    deadline: None,
                },
            )
            .expect("a plan");
            for work in of(&today, again) {
                for node in &work.nodes {
                    let wiring: Vec<&str> = node
                        .steps
                        .iter()
                        .filter(|s| s.phase == nicplan::deploy::steps::Phase::Wiring)
                        .map(|s| s.title.as_str())
                        .collect();
                    assert!(wiring.is_empty(), "{profile} {seed}: {wiring:?}");
                    assert!(node.already > 0);
                }
            }
        }
    }
}
