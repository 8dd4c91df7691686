//! The way back: what the steps remove is written down before the first change, and made again as it was.
#![cfg(feature = "solver")]

#[path = "deploy_support/hostile.rs"]
mod hostile;
#[path = "support/powershell.rs"]
mod powershell;
mod program;
mod support;
#[path = "deploy_support/works.rs"]
mod works;

use nicplan::applied;
use nicplan::deploy::steps::{Base, Change, Step};
use nicplan::deploy::{ClusterWork, files, work};
use nicplan::inventory::{Cluster, Fact, Node, StorageKind};
use nicplan::plan::Style;
use nicplan::powershell::quoted;
use powershell::{Call, Script};
use std::collections::BTreeSet;
use works::{planned, texts};

/// Two nodes, wired as one style has it; names that would be something else in a script.
fn wired(profile: &str, style: Style) -> Cluster {
    let mut cluster = support::cluster(profile, 2);
    support::ports(&mut cluster, 6, 10_000);
    cluster.storage = StorageKind::Iscsi;
    for node in &mut cluster.nodes {
        for (index, nic) in node.nics.iter_mut().enumerate() {
            nic.name = format!("{} {index}", ["O'Neill", "$(x)"][index % 2]);
        }
    }
    for index in 0..4 {
        cluster.vms.push(support::vm(&format!("VM{index}"), index % 2, 2, 100));
    }
    let plan = planned(&cluster, style);
    applied::cluster(&cluster, &plan.clusters[0])
}

/// The work from one style to every other, with what `say` adds to the facts of today.
fn rebuilt(profile: &str, say: impl Fn(&mut Node)) -> Vec<ClusterWork> {
    let mut found = Vec::new();
    for from in Style::ALL {
        let mut today = wired(profile, from);
        // a switch with SET that counts in another way is made anew for them
        today.policy.weights_on_set = true;
        today.nodes.iter_mut().for_each(&say);
        for to in Style::ALL.into_iter().filter(|to| *to != from) {
            let inventory = support::inventory(today.clone());
            let verified = nicplan::checks::verify(&inventory, planned(&today, to)).expect("our own plan holds");
            found.extend(work(&inventory, &verified).into_iter().flatten());
        }
    }
    found
}

/// What a node's scripts remove: their changes of the way back.
fn undone(steps: &[Step]) -> Vec<Change> {
    steps.iter().flat_map(Step::undo).collect()
}

fn calls(text: &str) -> Vec<Call> {
    Script::parse(text.trim_start_matches('\u{feff}')).calls()
}

fn has(calls: &[Call], name: &str, parameters: &[(&str, &str)]) -> bool {
    let fits = |call: &Call| {
        let given = |(parameter, value): &(&str, &str)| {
            let mut own = call.parameters.iter();
            own.any(|(name, text)| name == parameter && text.trim() == *value)
        };
        call.name == name && parameters.iter().all(given)
    };
    calls.iter().any(fits)
}

/// Apply and rollback of each node.
fn pairs(work: &ClusterWork) -> Vec<(String, String)> {
    let files = files(std::slice::from_ref(work));
    let text = |ending: &str| texts(&files, ending).map(|(_, text)| text).collect::<Vec<_>>();
    let rollbacks = texts(&files, "4-rollback.ps1").filter(|(name, _)| !name.starts_with("cluster"));
    let rollbacks: Vec<String> = rollbacks.map(|(_, text)| text).collect();
    text("2-apply.ps1").into_iter().zip(rollbacks).collect()
}

#[test]
fn what_is_removed_is_written_down_before_and_made_again_as_it_was() {
    let (mut switches, mut vnics, mut teams) = (0, 0, 0);
    for profile in ["2012", "2012r2", "2016", "2022"] {
        for work in rebuilt(profile, |_| {}) {
            for (node, (apply, rollback)) in work.nodes.iter().zip(pairs(&work)) {
                let first = apply.find("# Step 1:").unwrap_or(apply.len());
                let (before, back) = (calls(&apply[..first]), calls(&rollback));
                for change in undone(&node.steps) {
                    match change {
                        Change::CreateSwitch(s) => {
                            let name = quoted(&s.record.name);
                            assert!(has(&before, "Save-Switch", &[("Name", &name)]), "{apply}");
                            assert!(has(&back, "Restore-Switch", &[("Name", &name)]), "{rollback}");
                            let key = format!("-Key {}", quoted(&format!("switch {}", s.record.name)));
                            let mode = format!("(Get-Part {key} -Name 'Mode' -Otherwise 'Weight')");
                            let mode = if s.weights {
                                mode
                            } else {
                                mode.replace("Weight", "None")
                            };
                            assert!(
                                has(
                                    &back,
                                    "New-VMSwitch",
                                    &[("Name", &name), ("MinimumBandwidthMode", &mode)]
                                ),
                                "{mode}\n{rollback}"
                            );
                            let balance = format!("(Get-Part {key} -Name 'Balance' -Otherwise 'HyperVPort')");
                            let set = [("Name", name.as_str()), ("LoadBalancingAlgorithm", balance.as_str())];
                            assert_eq!(
                                has(&back, "Set-VMSwitchTeam", &set),
                                matches!(s.base, Base::Set(_)),
                                "{rollback}"
                            );
                            switches += 1;
                        }
                        Change::AddHostVnic(v) => {
                            let own = [("Name", quoted(&v.name)), ("Switch", quoted(&v.switch))];
                            let own = [(own[0].0, own[0].1.as_str()), (own[1].0, own[1].1.as_str())];
                            assert!(has(&before, "Save-HostVnic", &own), "{apply}");
                            for function in ["Add-HostVnic", "Restore-HostVnic", "Restore-Port"] {
                                assert!(has(&back, function, &own), "{function}\n{rollback}");
                            }
                            vnics += 1;
                        }
                        Change::CreateTeam { name, .. } | Change::JoinTeam { team: name, .. } => {
                            assert!(has(&before, "Save-Team", &[("Name", &quoted(&name))]), "{apply}");
                            assert!(has(&back, "Restore-Team", &[("Name", &quoted(&name))]), "{rollback}");
                            teams += 1;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    assert!(switches > 10 && vnics > 10 && teams > 10, "{switches} {vnics} {teams}");
}

/// A switch that goes takes its host vNICs along: the pre-check asks whether there is one that nobody wrote down.
#[test]
fn a_host_vnic_that_the_inventory_does_not_name_stops_the_work() {
    let mut asked = 0;
    for work in rebuilt("2022", |_| {}) {
        let files = files(std::slice::from_ref(&work));
        for (node, (_, check)) in work.nodes.iter().zip(texts(&files, "1-pre-check.ps1")) {
            for change in node.steps.iter().flat_map(|s| &s.changes) {
                let Change::RemoveSwitch(switch) = change else { continue };
                let name = quoted(&switch.record.name);
                let mut own = node.today.host_vnics.iter();
                let vnic = own.find(|v| v.switch == switch.record.name);
                let named = vnic.map_or(name.clone(), |v| quoted(&v.name));
                let line = check.lines().find(|line| {
                    line.contains(&format!("$_.SwitchName -eq {name} -and @(")) && line.contains("-notcontains $_.Name")
                });
                assert!(line.is_some_and(|line| line.contains(&named)), "{check}");
                asked += 1;
            }
        }
    }
    assert!(asked > 0);
}

/// Words of the inventory go before what was written down.
#[test]
fn what_the_inventory_says_of_a_removed_thing_comes_back_in_its_words() {
    let say = |node: &mut Node| {
        for switch in &mut node.switches {
            for (column, word) in [("load_balancing", "dynamic"), ("bandwidth_mode", "absolute")] {
                switch.facts.insert(column, Fact::Text(word.to_owned()));
            }
        }
        for nic in node.nics.iter_mut().filter(|nic| !nic.team.is_empty()) {
            for (column, word) in [("team_mode", "lacp"), ("team_load_balancing", "ip-addresses")] {
                nic.facts.insert(column, Fact::Text(word.to_owned()));
            }
        }
    };
    let (mut sets, mut teams) = (0, 0);
    for profile in ["2012r2", "2022"] {
        for work in rebuilt(profile, say) {
            for (node, (_, rollback)) in work.nodes.iter().zip(pairs(&work)) {
                let back = calls(&rollback);
                for change in undone(&node.steps) {
                    match change {
                        Change::CreateSwitch(s) => {
                            let name = quoted(&s.record.name);
                            let mode = [("Name", name.as_str()), ("MinimumBandwidthMode", "Absolute")];
                            assert!(has(&back, "New-VMSwitch", &mode), "{rollback}");
                            if matches!(s.base, Base::Set(_)) {
                                let set = [("Name", name.as_str()), ("LoadBalancingAlgorithm", "Dynamic")];
                                assert!(has(&back, "Set-VMSwitchTeam", &set), "{rollback}");
                                sets += 1;
                            }
                        }
                        Change::CreateTeam { name, .. } => {
                            let name = quoted(&name);
                            let own = [
                                ("Name", name.as_str()),
                                ("TeamingMode", "Lacp"),
                                ("LoadBalancingAlgorithm", "IPAddresses"),
                            ];
                            assert!(has(&back, "New-NetLbfoTeam", &own), "{rollback}");
                            teams += 1;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    assert!(sets > 0 && teams > 0, "{sets} {teams}");
}

/// A team that carries addresses of its own spreads what the host sends over all its ports; one under a virtual switch follows the ports of that.
#[test]
fn a_new_team_spreads_by_what_it_carries() {
    let mut seen = BTreeSet::new();
    for profile in ["2012", "2012r2"] {
        let mut cluster = support::cluster(profile, 1);
        support::ports(&mut cluster, 4, 10_000);
        cluster.vms.push(support::vm("VM0", 0, 1, 100));
        let plan = planned(&cluster, Style::Teamed);
        for work in &works::of(&support::inventory(cluster), plan) {
            for (node, (apply, _)) in work.nodes.iter().zip(pairs(work)) {
                let calls = calls(&apply);
                for change in node.steps.iter().flat_map(|s| &s.changes) {
                    let Change::CreateTeam { name, nics } = change else {
                        continue;
                    };
                    let mut ports = node.after.nics.iter().filter(|n| nics.contains(&n.name));
                    let bare = ports.all(|n| n.switch.is_none());
                    let wanted = match (bare, profile) {
                        (false, _) => "HyperVPort",
                        (true, "2012") => "TransportPorts",
                        (true, _) => "Dynamic",
                    };
                    let name = quoted(name);
                    let own = [("Name", name.as_str()), ("LoadBalancingAlgorithm", wanted)];
                    assert!(has(&calls, "New-NetLbfoTeam", &own), "{wanted}: {apply}");
                    seen.insert((profile, bare));
                }
            }
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
}

/// Nothing is written down in vain: each part is read again on the way back.
#[test]
fn every_part_that_is_written_down_is_put_back() {
    let all = [rebuilt("2016", |_| {}), rebuilt("2012r2", |_| {})].concat();
    let scripts: Vec<(String, String)> = all.iter().flat_map(pairs).collect();
    let rollbacks: String = scripts.iter().map(|(_, rollback)| rollback.as_str()).collect();
    let mut parts = BTreeSet::new();
    for (apply, _) in &scripts {
        for function in ["Save-Switch", "Save-HostVnic", "Save-Team", "Save-Address"] {
            let Some((_, body)) = apply.split_once(&format!("function {function} {{")) else {
                continue;
            };
            let table = body
                .split_once("= @{\r\n")
                .and_then(|(_, rest)| rest.split_once("\r\n    }\r\n"));
            let (table, _) = table.expect("a table of parts");
            parts.extend(
                table
                    .lines()
                    .filter_map(|line| Some((function, line.split_once('=')?.0.trim().to_owned()))),
            );
        }
    }
    for (function, part) in &parts {
        let read = [
            format!("$kept.{part}"),
            format!("-Name '{part}'"),
            format!("$saved.{part}"),
        ];
        assert!(read.iter().any(|r| rollbacks.contains(r)), "{function}: {part}");
    }
    assert!(parts.len() > 25, "{parts:?}");
}

/// The way back takes networks from under VMs, so it refuses while some run, as far as Hyper-V itself says; 2008 R2 has its way back in the runbook.
#[test]
fn the_way_back_asks_for_an_empty_node_and_stands_in_every_runbook() {
    for (sample, node) in [("converged-2016", "S2D01"), ("blades-2012r2", "BLADE1")] {
        let (inventory, plan) = works::sample(sample);
        let files = files(&works::of(&inventory, plan));
        let (_, back) = texts(&files, &format!("{node}-4-rollback.ps1"))
            .next()
            .expect("a rollback");
        let asks = back.find("throw 'VMs run on this node").expect("it asks");
        assert!(asks < back.find("\nUndo-Step -Number").expect("a step"), "{back}");
        assert!(
            !back[..asks].contains("Get-ClusterNode -Name $env:COMPUTERNAME"),
            "the cluster may not answer"
        );
    }
    let (inventory, plan) = works::sample("four-node-2008r2");
    let files = files(&works::of(&inventory, plan));
    let (_, runbook) = texts(&files, "RUNBOOK.md").next().expect("a runbook");
    assert!(
        runbook.contains("\nBack: `cluster-4-rollback.ps1` on one node"),
        "{runbook}"
    );
}
