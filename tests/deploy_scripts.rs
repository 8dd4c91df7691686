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

use hostile::hostile;
use nicplan::applied;
use nicplan::assignment::{Options, plan};
use nicplan::checks::{self, rules::RULES};
use nicplan::deploy::steps::Change;
use nicplan::deploy::{ClusterWork, File, files, work};
use nicplan::inventory::{Cluster, Fact, Inventory, LoadOptions, Rdma, StorageKind, load};
use nicplan::plan::{Plan, Style};
use nicplan::roles::Role;
use powershell::Script;
use program::project;
use std::collections::BTreeSet;
use std::fs;

fn of(inventory: &Inventory, plan: Plan) -> Vec<ClusterWork> {
    let verified = checks::verify(inventory, plan).unwrap_or_else(|f| panic!("{f:#?}"));
    work(inventory, &verified).unwrap_or_else(|refused| panic!("{refused:#?}"))
}

/// The work of every sample, and of clusters with all kinds of names and styles.
fn all() -> Vec<(String, Vec<ClusterWork>)> {
    let mut found = Vec::new();
    for report in program::entries(&project().join("reports")) {
        let name = report.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(text) = fs::read_to_string(report.join("plan.json")) else {
            continue;
        };
        let plan: Plan = serde_json::from_str(&text).expect("a committed plan can be read");
        let mut inventory = load(&[project().join("samples").join(&name)], &LoadOptions::default()).expect("sound");
        // Hosts that run VMware are refused; their scripts are those of hosts with Hyper-V.
        inventory.clusters.iter_mut().for_each(Cluster::move_to_hyper_v);
        found.push((name, of(&inventory, plan)));
    }
    for profile in ["2008r2", "2012", "2012r2", "2016", "2022", "2025", "azurelocal"] {
        for style in Style::ALL {
            found.extend(hostile(profile, style).map(|work| (format!("{profile} {style}"), work)));
        }
    }
    found
}

fn scripts(files: &[File]) -> impl Iterator<Item = (&String, Script)> {
    let all = files.iter().filter(|(name, _)| name.ends_with(".ps1"));
    all.map(|(name, bytes)| (name, Script::read(name, bytes)))
}

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
                if let Change::Dcb(dcb) = change {
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

/// A batch file has no way to quote these: such names are done by hand.
#[test]
fn a_batch_file_holds_no_sign_that_cmd_would_read() {
    let mut read = 0;
    for (from, work) in all() {
        for (name, bytes) in files(&work).iter().filter(|(name, _)| name.ends_with(".cmd")) {
            let text = String::from_utf8_lossy(bytes);
            for line in text.lines() {
                let own = line.replace("%DO% ", "").replace("%~1", "").replace("%~dp0", "");
                assert!(
                    !own.contains(['%', '^', '&', '|', '<', '>', '!']) && own.is_ascii(),
                    "{from}: {name}: {line}"
                );
            }
            read += 1;
        }
    }
    assert!(read > 0);
}

/// The text of each script of a kind, by name.
fn texts<'f>(files: &'f [File], ending: &'f str) -> impl Iterator<Item = (&'f String, String)> {
    let all = files.iter().filter(move |(name, _)| name.ends_with(ending));
    all.map(|(name, bytes)| (name, String::from_utf8_lossy(bytes).into_owned()))
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

/// Two nodes of one style, with VMs on both.
fn wired(profile: &str, style: Style) -> Cluster {
    let mut cluster = support::cluster(profile, 2);
    support::ports(&mut cluster, 2, 25_000);
    cluster.storage = StorageKind::S2d;
    for node in &mut cluster.nodes {
        node.facts.insert("edition", Fact::Text("datacenter".to_owned()));
        node.nics.iter_mut().for_each(|nic| nic.rdma = Rdma::Roce);
    }
    for index in 0..4 {
        cluster.vms.push(support::vm(&format!("VM{index}"), index % 2, 2, 100));
    }
    let planned = planned(&cluster, style);
    applied::cluster(&cluster, &planned.clusters[0])
}

fn planned(cluster: &Cluster, style: Style) -> Plan {
    let options = Options {
        style: Some(style),
        deadline: None,
    };
    plan(&support::inventory(cluster.clone()), &options).expect("a plan")
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

fn sample(name: &str) -> (Inventory, Plan) {
    let text = fs::read_to_string(project().join("reports").join(name).join("plan.json")).expect("a committed plan");
    let plan: Plan = serde_json::from_str(&text).expect("a committed plan can be read");
    let inventory = load(&[project().join("samples").join(name)], &LoadOptions::default()).expect("sound");
    (inventory, plan)
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

/// VMs that no node can run with both networks move by a script, without network meanwhile.
#[test]
fn vms_between_two_networks_move_by_a_script() {
    let mut cluster = wired("2019", Style::Converged);
    let old = cluster.nodes[1].switches[0].name.clone();
    let node = &mut cluster.nodes[1];
    node.switches[0].name = "LAN B".to_owned();
    node.nics
        .iter_mut()
        .for_each(|nic| nic.switch = nic.switch.as_ref().map(|_| "LAN B".to_owned()));
    node.host_vnics
        .iter_mut()
        .for_each(|vnic| vnic.switch = "LAN B".to_owned());
    for vnic in cluster
        .vms
        .iter_mut()
        .filter(|vm| vm.host == Some(1))
        .flat_map(|vm| &mut vm.vnics)
    {
        vnic.switch = "LAN B".to_owned();
    }
    let plan = planned(&cluster, Style::Converged);
    let work = of(&support::inventory(cluster), plan);
    let stranded: Vec<&str> = work[0].stranded.iter().map(|(vm, _, _)| vm.as_str()).collect();
    assert!(!stranded.is_empty(), "from {old}");
    let files = files(&work);
    let (name, text) = texts(&files, "move-stranded.ps1").next().expect("the script");
    let script = Script::parse(text.trim_start_matches('\u{feff}'));
    assert_eq!(script.error(), None, "{name}");
    let names: Vec<String> = script.calls().into_iter().map(|c| c.name).collect();
    let place = |name: &str| names.iter().position(|n| n == name);
    let order = [
        "Disconnect-VMNetworkAdapter",
        "Move-ClusterVirtualMachineRole",
        "Connect-VMNetworkAdapter",
    ];
    let order = order.map(place);
    assert!(
        order[0].is_some() && order[0] < order[1] && order[1] < order[2],
        "{names:?}"
    );
    let literals = script.literals();
    assert!(stranded.iter().all(|vm| literals.contains(*vm)), "{text}");
    let runbook =
        String::from_utf8_lossy(&files.iter().find(|(n, _)| n == "RUNBOOK.md").expect("a runbook").1).into_owned();
    assert!(runbook.contains("move-stranded.ps1"), "{runbook}");
}

/// 2008 R2: what netsh could do beside the steps stands there as a remark, for a person to decide.
#[test]
fn names_and_offload_of_2008_r2_stand_in_the_batch_file_as_remarks() {
    let (mut inventory, plan) = sample("four-node-2008r2");
    let cluster = &mut inventory.clusters[0];
    let old = cluster.nodes[1].nics[0].name.clone();
    for node in &mut cluster.nodes {
        node.facts.insert("chimney", Fact::Text("enabled".to_owned()));
        for nic in &mut node.nics {
            nic.team.clear();
        }
    }
    for vm in &mut cluster.vms {
        vm.facts.insert("guest_chimney", Fact::Text("disabled".to_owned()));
    }
    let mut all = of(&inventory, plan);
    all[0].nodes[0].today.nics[0].name = "Local Area Connection 3".to_owned();
    let files = files(&all);
    let (_, text) = texts(&files, "HV1-2-apply.cmd")
        .next()
        .expect("the script of the first node");
    let rename = format!("rem   netsh interface set interface name=\"Local Area Connection 3\" newname=\"{old}\"");
    assert!(text.contains(&rename), "{text}");
    assert!(text.contains("rem   netsh int tcp set global chimney="), "{text}");
}
