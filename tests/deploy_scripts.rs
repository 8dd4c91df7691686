//! The scripts of a deployment, read by a grammar: each parses, each command has only parameters that are documented, hostile names come
//! out as the same literal, and weights and Data Center Bridging never meet.
#![cfg(feature = "solver")]

#[path = "deploy_support/parameters.rs"]
mod parameters;
#[path = "support/powershell.rs"]
mod powershell;
mod program;
mod support;

use nicplan::assignment::{Options, plan};
use nicplan::checks::{self, rules::RULES};
use nicplan::deploy::steps::Change;
use nicplan::deploy::{ClusterWork, File, files, work};
use nicplan::inventory::{Inventory, LoadOptions, Rdma, StorageKind, load};
use nicplan::plan::{Plan, Style};
use nicplan::profiles::Transport;
use parameters::{COMMON, LANGUAGE, PARAMETERS};
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
        let inventory = load(&[project().join("samples").join(&name)], &LoadOptions::default()).expect("sound");
        found.push((name, of(&inventory, plan)));
    }
    for profile in ["2008r2", "2012", "2012r2", "2016", "2022", "2025", "azurelocal"] {
        for style in Style::ALL {
            found.extend(hostile(profile, style).map(|work| (format!("{profile} {style}"), work)));
        }
    }
    found
}

/// Names that would be something else in a script if they were not literals.
const HOSTILE: [&str; 12] = [
    "O'Neill",
    "a\u{2019}b\u{2018}c",
    "$(Remove-Item C)",
    "`tick`",
    "x; Stop-Computer #",
    "@{a=1}",
    "\u{421}\u{435}\u{442}\u{44c} 1",
    "line\nfeed",
    "\"double\" \u{201c}smart\u{201d}",
    "%PATH% ^& | more",
    "--% {x}",
    "\r\nRemove-VMSwitch x",
];

/// A cluster whose ports, VMs and networks have hostile names.
fn hostile(profile: &str, style: Style) -> Option<Vec<ClusterWork>> {
    let mut cluster = support::cluster(profile, 3);
    support::ports(&mut cluster, 6, 10_000);
    let smb = profile != "2008r2" && profile != "2012";
    cluster.storage = if smb { StorageKind::S2d } else { StorageKind::Iscsi };
    cluster.transport = smb.then_some(Transport::Smb);
    cluster.concurrency = smb.then_some(4);
    for node in &mut cluster.nodes {
        node.management_ip = "10.0.0.11".to_owned();
        for (nic, name) in node.nics.iter_mut().zip(HOSTILE) {
            nic.name = name.to_owned();
            nic.rdma = if smb { Rdma::Roce } else { Rdma::No };
        }
    }
    for (index, name) in HOSTILE.iter().enumerate() {
        let mut vm = support::vm(name, index % 3, 3, 100);
        vm.mac_bound = "licence".to_owned();
        cluster.vms.push(vm);
    }
    let inventory = support::inventory(cluster);
    let options = Options {
        style: Some(style),
        deadline: None,
    };
    let mut planned = plan(&inventory, &options)?;
    for cluster in &mut planned.clusters {
        for uplink in cluster
            .uplinks
            .iter_mut()
            .filter(|u| u.network.as_deref() == Some("External-1"))
        {
            uplink.network = Some("net 'work' $x".to_owned());
        }
        for vnic in cluster.vnics.iter_mut().filter(|v| v.network == "External-1") {
            vnic.network = "net 'work' $x".to_owned();
        }
    }
    let verified = checks::verify(&inventory, planned).ok()?;
    work(&inventory, &verified).ok()
}

fn scripts(files: &[File]) -> impl Iterator<Item = (&String, Script)> {
    let all = files.iter().filter(|(name, _)| name.ends_with(".ps1"));
    all.map(|(name, bytes)| (name, Script::read(name, bytes)))
}

#[test]
fn every_script_parses_and_gives_each_command_only_documented_parameters() {
    let (mut read, mut called) = (0, BTreeSet::new());
    for (from, work) in all() {
        for (name, script) in scripts(&files(&work)) {
            read += 1;
            assert_eq!(script.error(), None, "{from}: {name}");
            let functions = script.functions();
            for call in script.calls() {
                let own = functions.get(&call.name).map(|p| p.iter().cloned().collect::<Vec<_>>());
                let documented = PARAMETERS
                    .iter()
                    .chain(LANGUAGE)
                    .find(|(cmdlet, _)| *cmdlet == call.name);
                let documented = documented.map(|(_, p)| p.split(' ').map(str::to_owned).collect());
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
                    let known = allowed.contains(parameter) || COMMON.contains(&parameter.as_str());
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
