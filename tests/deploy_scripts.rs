//! The scripts of a deployment, read by a grammar: each parses, each command has only parameters that are documented, hostile names come
//! out as the same literal, and weights and Data Center Bridging never meet.
#![cfg(feature = "solver")]

#[path = "support/cmdlets.rs"]
mod cmdlets;
#[path = "deploy_support/hostile.rs"]
mod hostile;
#[path = "support/powershell.rs"]
mod powershell;
mod program;
mod support;
#[path = "deploy_support/works.rs"]
mod works;

use hostile::hostile;
use nicplan::checks::rules::RULES;
use nicplan::deploy::steps::Change;
use nicplan::deploy::{ClusterWork, files};
use nicplan::plan::Style;
use nicplan::roles::Role;
use powershell::Script;
use std::collections::BTreeSet;
use works::{all, of, planned, sample, scripts, texts, wired};

#[test]
fn every_script_parses_and_gives_each_command_only_documented_parameters() {
    let (mut read, mut called) = (0, BTreeSet::new());
    let documented = cmdlets::documented();
    for (from, work) in all() {
        for (name, script) in scripts(&files(&work)) {
            read += 1;
            assert_eq!(script.error(), None, "{from}: {name}");
            let functions = script.functions();
            for call in script.calls() {
                let own = functions.get(&call.name).map(|p| p.iter().cloned().collect::<Vec<_>>());
                let documented = documented.get(call.name.as_str());
                let documented = documented.map(|p| p.iter().map(|name| (*name).to_owned()).collect());
                // the rollback script, the script blocks that a function is given, and ranges such as 1..30
                let variable = call.name.starts_with(|c: char| c == '$' || c.is_ascii_digit());
                let Some(allowed) = own.or(documented) else {
                    assert!(
                        variable,
                        "{from}: {name}: {} is no command that a script may give",
                        call.name
                    );
                    continue;
                };
                for (parameter, _) in &call.parameters {
                    let known = allowed.contains(parameter) || cmdlets::COMMON.contains(&parameter.as_str());
                    assert!(known, "{from}: {name}: {} has no parameter -{parameter}", call.name);
                }
                called.insert(call.name);
            }
        }
    }
    assert!(read > 300, "{read}");
    for cmdlet in [
        "New-VMSwitch",
        "Set-VMSwitchTeam",
        "New-NetLbfoTeam",
        "Add-NetIntent",
        "New-NetQosTrafficClass",
        "Set-VMHost",
        "Add-VMMigrationNetwork",
        "Set-ClusterParameter",
        "Register-ScheduledTask",
    ] {
        assert!(called.contains(cmdlet), "no script gives {cmdlet}");
    }
}

#[test]
fn hostile_names_come_out_as_the_same_literal() {
    let mut seen = 0;
    for profile in ["2012r2", "2016", "2022"] {
        for style in Style::ALL {
            let Some(work) = hostile(profile, style) else { continue };
            let files = files(&work);
            let literals: BTreeSet<String> = scripts(&files).flat_map(|(_, script)| script.literals()).collect();
            for work in &work {
                let used = work.nodes.iter().flat_map(|n| {
                    n.after
                        .nics
                        .iter()
                        .filter(|nic| !nic.roles.is_empty())
                        .map(|nic| nic.name.clone())
                });
                let names: BTreeSet<String> = used.chain(work.today.vms.iter().map(|vm| vm.name.clone())).collect();
                for name in names {
                    assert!(literals.contains(&name), "{profile} {style}: {name:?} is not a literal");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 50, "{seen}");
}

#[test]
fn the_decoding_of_literals_is_that_of_powershell() {
    assert_eq!(powershell::decoded("'it''s'").as_deref(), Some("it's"));
    assert_eq!(powershell::decoded("('a' + [char]10 + 'b')").as_deref(), Some("a\nb"));
    assert_eq!(
        powershell::decoded("'a\u{2019}\u{2019}b'").as_deref(),
        Some("a\u{2019}b")
    );
    assert_eq!(powershell::decoded("'a\u{2019}b'"), None);
    assert_eq!(powershell::decoded("$x"), None);
}

#[test]
fn the_grammar_sees_a_script_that_is_broken() {
    let broken = nicplan::powershell::file(&["if ($x) { 'a".to_owned()]);
    assert!(Script::read("broken", &broken).error().is_some());
}

#[test]
fn weights_and_data_center_bridging_never_meet_on_a_port() {
    let (mut weights, mut bridging) = (0, 0);
    for (from, all) in all() {
        for node in all.iter().flat_map(|w| &w.nodes) {
            let changes = || node.steps.iter().flat_map(|s| &s.changes);
            let weighted: BTreeSet<&str> = changes()
                .filter_map(|c| match c {
                    Change::HostWeight { vnic, .. } => node
                        .after
                        .host_vnics
                        .iter()
                        .find(|v| v.name == *vnic)
                        .map(|v| v.switch.as_str()),
                    Change::DefaultFlow { switch, .. } => Some(switch.as_str()),
                    _ => None,
                })
                .collect();
            for change in changes() {
                if let Change::Dcb(dcb, _) = change {
                    bridging += 1;
                    for nic in node.after.nics.iter().filter(|n| dcb.nics.contains(&n.name)) {
                        let both = nic.switch.as_deref().is_some_and(|s| weighted.contains(s));
                        assert!(!both, "{from}: {} has both", nic.name);
                    }
                    assert!(dcb.smb_percent + dcb.cluster_percent < 100, "{from}");
                }
            }
            weights += weighted.len();
        }
    }
    assert!(weights > 0 && bridging > 0, "{weights} {bridging}");
}

#[test]
fn every_rule_that_a_step_serves_exists() {
    let mut named = 0;
    for (from, all) in all() {
        for step in all
            .iter()
            .flat_map(|w| w.nodes.iter().flat_map(|n| &n.steps).chain(&w.before).chain(&w.last))
        {
            assert!(!step.serves.is_empty() && !step.title.is_empty(), "{from}: {step:?}");
            for rule in step
                .serves
                .split("(rule ")
                .skip(1)
                .filter_map(|rest| rest.split(')').next())
            {
                assert!(RULES.iter().any(|r| r.name == rule), "{from}: there is no rule {rule}");
                named += 1;
            }
        }
    }
    assert!(named > 0);
}

#[test]
fn what_came_with_an_update_is_asked_for_before_it_is_set() {
    let mut asked = 0;
    for (from, work) in all() {
        let parallel = |w: &ClusterWork| {
            w.last
                .iter()
                .flat_map(|s| &s.changes)
                .any(|c| matches!(c, Change::Parallel(_)))
        };
        let files = files(&work);
        let needs = work.iter().any(parallel);
        let (there, missing) = (
            "MaximumParallelMigrations",
            "-not (Get-Cluster).PSObject.Properties['MaximumParallelMigrations']",
        );
        for (name, text) in texts(&files, "2-after.ps1").filter(|(_, text)| text.contains(there)) {
            assert!(
                text.contains(missing) && text.contains("note  the cluster has no"),
                "{from}: {name}"
            );
            asked += 1;
        }
        for (name, text) in texts(&files, "1-pre-check.ps1").filter(|_| needs) {
            assert!(text.contains(missing), "{from}: {name}");
        }
        for (name, text) in texts(&files, "2-apply.ps1").filter(|(_, text)| text.contains("New-NetQosTrafficClass")) {
            let check = name.replace("2-apply", "1-pre-check");
            let (_, bytes) = files.iter().find(|(other, _)| *other == check).expect("its pre-check");
            assert!(
                String::from_utf8_lossy(bytes).contains("Get-Command New-NetQosTrafficClass"),
                "{from}: {name}: {}",
                text.len()
            );
        }
    }
    assert!(asked > 0);
}

/// A rollback takes the same path down as the step it undoes: it asks for the console, and the fallback task gives it.
#[test]
fn a_rollback_of_a_take_over_asks_for_the_console() {
    let mut guarded = 0;
    for (from, work) in all() {
        let files = files(&work);
        for (name, text) in texts(&files, "4-rollback.ps1") {
            let apply = files
                .iter()
                .find(|(other, _)| *other == name.replace("4-rollback", "2-apply"));
            let Some((_, apply)) = apply else { continue };
            let takes_over = String::from_utf8_lossy(apply).contains("Invoke-TakeOver -Number");
            assert_eq!(text.contains("-TakeOver -Test {"), takes_over, "{from}: {name}");
            assert_eq!(text.contains("[switch]$Console,"), takes_over, "{from}: {name}");
            guarded += usize::from(takes_over);
        }
    }
    assert!(guarded > 0);
}

/// Every intent that a node's script adds has its way back there, and in the cluster's own; Network ATC is held on the node first.
#[test]
fn the_rollback_takes_every_intent_off_the_node_and_out_of_the_cluster() {
    let mut intents = 0;
    for (from, work) in all() {
        let files = files(&work);
        let calls = |text: &str, name: &str| {
            let calls = Script::parse(text.trim_start_matches('\u{feff}')).calls();
            calls.iter().filter(|c| c.name == name).count()
        };
        for (name, text) in texts(&files, "2-apply.ps1").filter(|(_, text)| text.contains("Wait-Intent -Name '")) {
            let added = calls(&text, "Add-NetIntent");
            let (_, back) = texts(&files, "4-rollback.ps1")
                .find(|(other, _)| **other == name.replace("2-apply", "4-rollback"))
                .expect("a rollback");
            assert_eq!(added, calls(&back, "Remove-Atc"), "{from}: {name}");
            assert!(back.contains("Disable-Atc\r\n    if ($Switch)"), "{from}: {name}");
            intents += added;
        }
        for work in work.iter().filter(|w| w.by_intents) {
            let held = work.before.iter().flat_map(|s| &s.changes).find_map(|c| match c {
                Change::HoldIntents(hold) => Some(hold),
                _ => None,
            });
            let (name, text) = texts(&files, "4-rollback.ps1")
                .find(|(name, _)| name.contains("cluster"))
                .expect("a rollback of the cluster");
            for intent in held.map(|h| h.added.clone()).unwrap_or_default() {
                let gone = format!("Remove-NetIntent -Name '{intent}'");
                assert!(text.contains(&gone), "{from}: {name}: {gone}");
            }
        }
    }
    assert!(intents > 20, "{intents}");
}

/// A share for SMB that is not the half that Network ATC takes becomes an override; the half is none.
#[test]
fn an_intent_overrides_the_share_of_smb_only_where_the_plan_differs() {
    let mut found = Vec::new();
    for profile in ["2025", "azurelocal"] {
        let mut cluster = wired(profile, Style::Converged);
        let vnics = cluster.nodes.iter_mut().flat_map(|n| &mut n.host_vnics);
        vnics.for_each(|v| v.vlan = Some(20));
        let plan = planned(&cluster, Style::Converged);
        let smb = plan.clusters[0].nodes[0].uplinks.iter().flat_map(|u| &u.shares);
        let smb = smb.filter(|s| matches!(s.role, Role::Storage | Role::LiveMigration));
        let percent = smb.map(|s| s.permille).sum::<u64>() / 10;
        let work = of(&support::inventory(cluster), plan);
        assert!(work[0].by_intents, "{profile}");
        let files = files(&work);
        let (_, text) = texts(&files, "2-apply.ps1").next().expect("intents");
        let wanted = format!("New-NetIntentQoSPolicyOverrides -BandwidthPercentage_SMB {percent}");
        let half = (48..=50).contains(&percent);
        assert_eq!(
            text.contains("New-NetIntentQoSPolicyOverrides"),
            !half,
            "{profile}: {percent}"
        );
        assert!(half || text.contains(&wanted), "{profile}: {percent}: {text}");
        found.push(half);
    }
    assert_eq!(found, [false, true]);
}

/// Members of an NLB cluster without a class of anti-affinity get one, as a collection of texts; the way back takes it away.
#[test]
fn members_of_an_nlb_cluster_are_kept_apart() {
    let (mut inventory, plan) = sample("exports-2022");
    for vm in &mut inventory.clusters[0].vms {
        vm.anti_affinity.clear();
    }
    let files = files(&of(&inventory, plan));
    let text = |ending: &str| texts(&files, ending).next().map(|(_, text)| text).expect("a script");
    let after = text("cluster-2-after.ps1");
    assert!(
        after.contains("Set-AntiAffinity -Vm 'WEB01' -Class 'WEB-NLB'"),
        "{after}"
    );
    assert!(after.contains("Set-AntiAffinity -Vm 'WEB02' -Class 'WEB-NLB'") && after.contains("StringCollection"));
    assert!(text("cluster-4-rollback.ps1").contains("Set-AntiAffinity -Vm 'WEB01' -Class ''"));
}

/// What the inventory does not know of the cluster is written down before it is changed, and put back from there.
#[test]
fn lists_that_the_inventory_does_not_know_are_written_down_and_put_back() {
    let (inventory, plan) = sample("azure-local-4-node");
    assert!(inventory.clusters[0].migration.network_order.is_empty());
    let files = files(&of(&inventory, plan));
    let text = |ending: &str| texts(&files, ending).next().map(|(_, text)| text).expect("a script");
    assert!(text("cluster-2-after.ps1").contains("Save-Kept -Key 'MigrationNetworkOrder'"));
    let back = text("cluster-4-rollback.ps1");
    assert!(
        back.contains("-Value ([string]@(Get-Kept -Key 'MigrationNetworkOrder')[0])"),
        "{back}"
    );
}

/// Live migration is kept off every network that the plan gives to others, also where the inventory knows no list and does not name the network of live
/// migration; one network at least is left. What was excluded before is written down and put back.
#[test]
fn live_migration_is_kept_off_the_networks_that_the_plan_gives_to_others() {
    let mut kept_off = 0;
    for (from, work) in all() {
        for work in work.iter().filter(|w| !w.by_intents && w.nodes.len() > 1) {
            let excluded = &work.after.migration.exclude_networks;
            let of = |role: Role| {
                let named = work.after.networks.iter().filter(move |n| n.purpose == Some(role));
                named.map(|n| &n.name).collect::<Vec<_>>()
            };
            let left = work.after.networks.iter().any(|n| !excluded.contains(&n.name));
            assert!(left || work.after.networks.is_empty(), "{from}: {excluded:?}");
            if of(Role::LiveMigration).len() + of(Role::Cluster).len() > 0 {
                let management = of(Role::Management);
                assert!(management.iter().all(|n| excluded.contains(n)), "{from}: {excluded:?}");
                kept_off += management.len();
            }
        }
    }
    assert!(kept_off > 5, "{kept_off}");
    let (inventory, plan) = sample("broken");
    let cluster = &inventory.clusters[0];
    assert!(cluster.migration.exclude_networks.is_empty());
    assert!(cluster.networks.iter().all(|n| n.purpose != Some(Role::LiveMigration)));
    let files = files(&of(&inventory, plan));
    let text = |ending: &str| texts(&files, ending).next().map(|(_, text)| text).expect("a script");
    let after = text("cluster-2-after.ps1");
    let set = "-Name MigrationExcludeNetworks -Value (Get-NetworkId -Name 'iSCSI 1', 'iSCSI 2', 'Management')";
    assert!(after.contains(set), "{after}");
    assert!(
        after.contains("Save-Kept -Key 'MigrationExcludeNetworks'")
            && after.contains("no cluster network would be left")
    );
    let back = text("cluster-4-rollback.ps1");
    assert!(
        back.contains("-Value ([string]@(Get-Kept -Key 'MigrationExcludeNetworks')[0])"),
        "{back}"
    );
}

/// The way back begins with the lists of live migration, so that nodes that are back and nodes that are not can migrate to each other.
#[test]
fn the_way_back_begins_with_the_lists_of_live_migration() {
    let (inventory, plan) = sample("migration-path-trap");
    let files = files(&of(&inventory, plan));
    let text = |ending: &str| texts(&files, ending).next().map(|(_, text)| text).expect("a file");
    let back = text("cluster-4-rollback.ps1");
    let place = |what: &str| back.rfind(what).unwrap_or_else(|| panic!("{what}: {back}"));
    assert!(
        place("Set-Subnet -Node 'HV1'") > place("if ($BeforeNodes) {"),
        "the list of today comes last"
    );
    assert!(
        back.find("Undo-Step -Number 2").expect("a step") < place("if ($BeforeNodes) {"),
        "{back}"
    );
    assert!(text("RUNBOOK.md").contains("first `cluster-4-rollback.ps1 -BeforeNodes`"));
    assert!(text("cluster-1-before.ps1").contains("Add-Subnet -Node 'HV1' -Subnet '10.30.13.0/24'"));
}

/// Ports that roles share without virtual switch: the plan's shares become policies of the host, never beside Data Center Bridging.
#[test]
fn shares_on_ports_without_virtual_switch_become_policies_of_the_host() {
    let (inventory, plan) = sample("blades-2012r2");
    let work = of(&inventory, plan);
    let shared = |u: &&nicplan::plan::NodeUplink| u.uplink == "cluster+live-migration";
    let mut uplinks = work[0].plan.nodes[0].uplinks.iter();
    let permille =
        |role: Role, of: &nicplan::plan::NodeUplink| of.shares.iter().find(|s| s.role == role).expect("it").permille;
    let uplink = uplinks.find(shared).expect("ports that two roles share");
    let (own, migration) = (
        permille(Role::Cluster, uplink) / 10,
        permille(Role::LiveMigration, uplink) / 10,
    );
    let files = files(&work);
    let text = |ending: &str| texts(&files, ending).next().map(|(_, text)| text).expect("a script");
    let apply = text("2-apply.ps1");
    for (filter, weight) in [
        ("'nicplan live-migration' -LiveMigration", migration),
        (
            "'nicplan cluster' -IPDstPortMatchCondition 3343 -IPProtocolMatchCondition UDP",
            5,
        ),
        ("'nicplan smb' -SMB", own - 5),
    ] {
        let line = format!("New-NetQosPolicy -Name {filter} -MinBandwidthWeightAction {weight} |");
        assert!(apply.contains(&line), "{line}\n{apply}");
    }
    assert!(text("1-pre-check.ps1").contains("-ComponentID ms_pacer"));
    assert!(text("3-verify.ps1").contains("(Test-Share -Name 'nicplan smb' -Weight"));
    let back = text("4-rollback.ps1");
    assert!(
        back.contains("-Name 'nicplan smb' -Weight 0") && back.contains("Remove-NetQosPolicy -Confirm:$false"),
        "{back}"
    );
    for (from, work) in all() {
        for node in work.iter().flat_map(|w| &w.nodes) {
            let has = |of: fn(&Change) -> bool| node.steps.iter().flat_map(|s| &s.changes).any(of);
            let both = has(|c| matches!(c, Change::Dcb(..))) && has(|c| matches!(c, Change::Policies { .. }));
            assert!(!both, "{from}: {}", node.today.name);
        }
    }
}
