//! Weights, limits and what else divides a port: only where Windows takes them, and with the reason that is true.
#![cfg(feature = "solver")]

#[path = "deploy_support/in_turn.rs"]
mod in_turn;
mod program;
#[path = "deploy_support/replay.rs"]
mod replay;
mod support;

use in_turn::in_turn;
use nicplan::applied;
use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::steps::{Change, Step};
use nicplan::deploy::{ClusterWork, File, NodeWork, effects, files, work};
use nicplan::inventory::{Cluster, Fact, Inventory, LoadOptions, Nic, Node, SmbShare, load};
use nicplan::plan::{Plan, Style};
use nicplan::roles::Role;
use program::project;
use replay::{number, there_and_back};

fn sample(name: &str) -> Inventory {
    load(&[project().join("samples").join(name)], &LoadOptions::default()).expect("a sample is sound")
}

fn planned(inventory: &Inventory, style: Style) -> Option<Plan> {
    let style = Some(style);
    plan(inventory, &Options { style, deadline: None })
}

fn of(inventory: &Inventory, style: Style) -> Vec<ClusterWork> {
    let plan = planned(inventory, style).expect("a plan");
    let verified = checks::verify(inventory, plan).expect("our own plan holds");
    work(inventory, &verified).unwrap_or_else(|refused| panic!("{refused:#?}"))
}

fn changes(node: &NodeWork) -> impl Iterator<Item = &Change> {
    node.steps.iter().flat_map(|s| &s.changes)
}

fn script(files: &[File], ending: &str) -> String {
    let found = files.iter().find(|(name, _)| name.ends_with(ending));
    found
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned())
        .expect("a script")
}

/// Whether a node is given weights.
fn weighs(node: &NodeWork) -> bool {
    changes(node).any(|c| match c {
        Change::HostWeight { value, .. } => value.after.is_some(),
        Change::DefaultFlow { .. } => true,
        _ => false,
    })
}

/// What an inventory may say of a switch with SET over two ports.
const SAID: [&str; 3] = ["nothing", "embedded_teaming", "team"];

/// The plan leaves one port under the switch: it stays SET, management stays on it, and nothing gets a weight.
#[test]
fn a_set_that_keeps_one_port_stays_and_gets_no_weights() {
    for said in SAID {
        let mut inventory = sample("converged-2016");
        for node in inventory.clusters.iter_mut().flat_map(|c| &mut c.nodes) {
            match said {
                "embedded_teaming" => node.switches[0].facts.insert("embedded_teaming", Fact::Yes(true)),
                "team" => node.nics.iter_mut().for_each(|nic| nic.team = "SET-A".to_owned()),
                _ => {}
            }
        }
        inventory.clusters.iter_mut().for_each(number);
        for work in of(&inventory, Style::Hybrid) {
            there_and_back(said, &work);
            for node in &work.nodes {
                let rebuilt = |c: &Change| matches!(c, Change::CreateSwitch(_) | Change::RemoveSwitch(_));
                assert!(!changes(node).any(rebuilt), "{said}: {:#?}", node.steps);
                assert!(!node.takes_over(), "{said}: management stays where it is");
                assert!(!weighs(node), "{said}");
                let ports = node
                    .after
                    .nics
                    .iter()
                    .filter(|n| n.switch.as_deref() == Some("SETswitch"));
                assert_eq!(ports.count(), 1, "{said}");
            }
            let apply = script(&files(&[work]), "2-apply.ps1");
            assert!(!apply.contains("-MinimumBandwidthWeight "), "{said}");
        }
    }
}

/// Who asks for weights on SET gets them, after the switch was asked how it counts.
#[test]
fn weights_on_set_are_given_where_the_policy_asks_for_them() {
    let mut inventory = sample("converged-2016");
    inventory
        .clusters
        .iter_mut()
        .for_each(|c| c.policy.weights_on_set = true);
    for work in of(&inventory, Style::Hybrid) {
        assert!(work.nodes.iter().all(weighs));
        let files = files(&[work]);
        let mode = "@('Weight', 'Default') -contains [string](Get-VMSwitch -Name 'SETswitch').BandwidthReservationMode -and -not (Get-VMSwitch -Name 'SETswitch').IovEnabled";
        assert!(script(&files, "S2D01-1-pre-check.ps1").contains(&format!("-Test {{ {mode} }}")));
        let apply = script(&files, "S2D01-2-apply.ps1");
        let guard = apply.find(&format!("if (-not ({mode})) {{ throw"));
        assert!(guard.is_some() && guard < apply.find("\r\nInvoke-"), "{apply}");
        assert!(
            !apply.contains("-not (Get-VMSwitch -Name 'SETswitch').EmbeddedTeamingEnabled"),
            "the policy takes SET as it is"
        );
    }
}

/// The same cluster, whose management switch is on one port: nobody said whether that is SET.
fn on_one_port() -> Inventory {
    let mut inventory = sample("converged-2016");
    let work = of(&inventory, Style::Hybrid);
    for (cluster, done) in inventory.clusters.iter_mut().zip(&work) {
        *cluster = applied::cluster(cluster, &done.plan);
        for node in &mut cluster.nodes {
            for switch in &mut node.switches {
                switch.facts.remove("embedded_teaming");
            }
        }
        number(cluster);
    }
    inventory
}

#[test]
fn a_switch_that_stays_is_asked_for_set_before_it_gets_weights() {
    let inventory = on_one_port();
    for work in of(&inventory, Style::Hybrid) {
        there_and_back("one port", &work);
        assert!(work.nodes.iter().all(weighs));
        let files = files(&[work]);
        let set = "-not (Get-VMSwitch -Name 'SETswitch').EmbeddedTeamingEnabled";
        let check = script(&files, "S2D01-1-pre-check.ps1");
        assert!(check.contains(&format!("-Test {{ {set} }}")) && check.contains("weights_on_set"));
        let apply = script(&files, "S2D01-2-apply.ps1");
        let guard = apply.find(&format!("if (-not ({set})) {{ throw"));
        assert!(guard.is_some() && guard < apply.find("\r\nInvoke-"), "{apply}");
    }
}

/// SET over one port that is so today is no reason to take the switch down.
#[test]
fn a_set_over_one_port_stays_as_it_is() {
    let mut inventory = on_one_port();
    for switch in inventory
        .clusters
        .iter_mut()
        .flat_map(|c| &mut c.nodes)
        .flat_map(|n| &mut n.switches)
    {
        switch.facts.insert("embedded_teaming", Fact::Yes(true));
    }
    for work in of(&inventory, Style::Hybrid) {
        for node in &work.nodes {
            let switch = |c: &Change| matches!(c, Change::CreateSwitch(_) | Change::RemoveSwitch(_));
            assert!(!changes(node).any(switch) && !weighs(node), "{:#?}", node.steps);
        }
    }
}

/// Steps of all nodes that do something.
fn steps<'w>(work: &'w [ClusterWork], does: impl Fn(&Change) -> bool + 'w) -> impl Iterator<Item = &'w Step> {
    let nodes = work.iter().flat_map(|w| w.nodes.iter().flat_map(|n| &n.steps));
    let all = nodes.chain(work.iter().flat_map(|w| w.before.iter().chain(&w.last)));
    all.filter(move |s| s.changes.iter().any(&does))
}

#[test]
fn a_weight_is_taken_off_for_the_rule_that_forbids_it() {
    let mut inventory = sample("converged-2016");
    for vnic in inventory
        .clusters
        .iter_mut()
        .flat_map(|c| &mut c.nodes)
        .flat_map(|n| &mut n.host_vnics)
    {
        vnic.weight = Some(20);
    }
    let work = of(&inventory, Style::Converged);
    let off = |c: &Change| matches!(c, Change::HostWeight { value, .. } if value.after.is_none());
    let mut seen = 0;
    for step in steps(&work, off) {
        assert!(step.serves.contains("rule weights-on-set"), "{}", step.serves);
        seen += 1;
    }
    assert!(seen > 0);
}

/// A step of spoofing tells why the guest may send with another address, and no tale of its own address.
#[test]
fn a_step_of_spoofing_tells_the_reason_of_spoofing() {
    let mut seen = 0;
    for name in ["four-node-2008r2", "blades-2012r2", "broken", "two-generations-2022"] {
        let inventory = sample(name);
        let Some(plan) = plan(
            &inventory,
            &Options {
                style: None,
                deadline: None,
            },
        ) else {
            continue;
        };
        let verified = checks::verify(&inventory, plan).expect("our own plan holds");
        let work = work(&inventory, &verified).unwrap_or_default();
        for step in steps(&work, |c| matches!(c, Change::Spoofing { .. })) {
            assert!(
                step.serves.contains("spoofing") && step.serves.len() < 120,
                "{}",
                step.serves
            );
            seen += 1;
        }
    }
    assert!(seen > 0);
}

/// The sum of the ports that carry both storage and live migration.
fn shared(node: &Node) -> u64 {
    let both = |n: &&Nic| n.roles.contains(&Role::Storage) && n.roles.contains(&Role::LiveMigration);
    node.nics.iter().filter(both).map(|n| n.speed).sum()
}

/// The planned limit of live migration over SMB leaves storage what the rule smb-limit-too-high asks for.
#[test]
fn no_planned_limit_of_live_migration_is_too_high_for_storage() {
    let mut seen = 0;
    for name in ["performance-counters", "sddc-diagnostic", "converged-2016"] {
        let inventory = sample(name);
        for style in Style::ALL {
            let Some(plan) = planned(&inventory, style) else {
                continue;
            };
            let pairs = inventory.clusters.iter().zip(&plan.clusters);
            for (today, after) in pairs.map(|(c, p)| (c, applied::cluster(c, p))) {
                seen += within(today, &after);
            }
        }
    }
    assert!(seen > 5, "{seen}");
}

/// How many hosts get a limit; one that is too high fails the test.
fn within(today: &Cluster, after: &Cluster) -> usize {
    let mut seen = 0;
    for (old, node) in today.nodes.iter().zip(&after.nodes) {
        let (Some(limit), ports) = (node.migration.smb_limit, shared(node)) else {
            continue;
        };
        if ports > 0 && old.migration.smb_limit != Some(limit) {
            let share = SmbShare::new(node, ports);
            assert!(limit <= share.most(), "{}: {limit} above {}", node.name, share.words());
            seen += 1;
        }
    }
    seen
}

/// Large packets and the weight of the default flow are facts of the planned state: who leaves their line out does not arrive there.
#[test]
fn large_packets_and_the_default_flow_are_part_of_the_planned_state() {
    let (mut large, mut flows) = (0, 0);
    for (name, style) in [
        ("exports-2022", Style::Converged),
        ("sddc-diagnostic", Style::Converged),
        ("blades-2012r2", Style::Converged),
    ] {
        let mut inventory = sample(name);
        inventory.clusters.iter_mut().for_each(Cluster::move_to_hyper_v);
        inventory.clusters.iter_mut().for_each(number);
        for work in of(&inventory, style) {
            there_and_back(&format!("{name} {style}"), &work);
            for change in work.nodes.iter().flat_map(changes) {
                large += usize::from(matches!(change, Change::Jumbo { .. }));
                flows += usize::from(matches!(change, Change::DefaultFlow { .. }));
            }
        }
    }
    assert!(large > 5 && flows > 1, "{large} {flows}");
}

/// A port without virtual switch whose VLAN is set in Windows gets that of its new roles, once those of today are off it, and its own on the way back.
#[test]
fn the_vlan_id_of_a_port_follows_its_roles() {
    let mut set = 0;
    for profile in ["2012r2", "2016", "2022"] {
        let mut inventory = in_turn(profile);
        for cluster in &mut inventory.clusters {
            let mut own = cluster.networks[1].clone();
            (own.name, own.subnet) = ("L".to_owned(), "10.0.2.0/24".to_owned());
            (own.vlan, own.purpose) = (Some(12), Some(Role::LiveMigration));
            cluster.networks.push(own);
        }
        inventory.clusters.iter_mut().for_each(number);
        for cluster in &mut inventory.clusters {
            let networks = cluster.networks.clone();
            let vlan = |nic: &Nic| {
                networks
                    .iter()
                    .find(|n| n.purpose.is_some_and(|r| nic.roles.contains(&r)))?
                    .vlan
            };
            for nic in cluster
                .nodes
                .iter_mut()
                .flat_map(|n| &mut n.nics)
                .filter(|n| n.is_bare())
            {
                if let Some(vlan) = vlan(nic) {
                    nic.facts.insert("nic_vlan", Fact::Number(u64::from(vlan)));
                }
            }
        }
        for style in Style::ALL
            .into_iter()
            .filter(|style| planned(&inventory, *style).is_some())
        {
            for work in of(&inventory, style) {
                set += followed(&work);
            }
        }
    }
    assert!(set > 5, "{set}");
}

/// Ports that get another VLAN ID, in all scripts of their node.
fn followed(work: &ClusterWork) -> usize {
    let mut seen = 0;
    let files = files(std::slice::from_ref(work));
    for node in &work.nodes {
        let mut state = node.today.clone();
        changes(node).for_each(|change| effects::on_node(change, &mut state));
        let vlans = |node: &Node| -> Vec<Option<u16>> { node.nics.iter().map(|n| n.set_vlan()).collect() };
        assert_eq!(vlans(&state), vlans(&node.after), "{}", node.today.name);
        for change in changes(node) {
            let Change::PortVlan { nic, value } = change else {
                continue;
            };
            let (Some(before), Some(after)) = (value.before, value.after.filter(|vlan| *vlan > 0)) else {
                continue;
            };
            let line = |vlan: u64| format!("Set-NetAdapter -Name '{nic}' -VlanID {vlan} -Confirm:$false");
            let of = |ending: &str| script(&files, &format!("{}-{ending}", node.today.name));
            assert!(of("2-apply.ps1").contains(&line(after)), "{nic} {after}");
            assert!(
                of("3-verify.ps1").contains(&format!("(Get-NetAdapter -Name '{nic}').VlanID -eq {after}")),
                "{nic}"
            );
            assert!(of("4-rollback.ps1").contains(&line(before)), "{nic} {before}");
            seen += 1;
        }
    }
    seen
}
