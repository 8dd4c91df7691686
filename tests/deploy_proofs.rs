//! What the scripts assume and what they prove: nothing unknown is written over, and a step counts as done only if all of it is so.
#![cfg(feature = "solver")]

#[path = "deploy_support/hostile.rs"]
mod hostile;
#[path = "support/powershell.rs"]
mod powershell;
mod program;
mod support;
#[path = "deploy_support/works.rs"]
mod works;

use nicplan::applied::today;
use nicplan::checks;
use nicplan::deploy::steps::{Change, Port};
use nicplan::deploy::{ClusterWork, File, NodeWork, files, work};
use nicplan::inventory::{Cluster, Inventory};
use nicplan::plan::Style;
use nicplan::powershell::{quoted, quoted_list};
use nicplan::profiles::{self, TeamKind};
use powershell::{Call, Script};
use std::collections::BTreeMap;
use works::{all, of, planned, sample, texts};

fn calls(text: &str) -> Vec<Call> {
    Script::parse(text.trim_start_matches('\u{feff}')).calls()
}

/// The text behind a parameter of a call.
fn given<'c>(call: &'c Call, parameter: &str) -> Option<&'c str> {
    let found = call.parameters.iter().find(|(name, _)| name == parameter);
    found.map(|(_, text)| text.trim())
}

fn text(files: &[File], ending: &str) -> String {
    texts(files, ending).next().map(|(_, text)| text).expect("a script")
}

/// Steps of an apply script: what it tests, and what it does.
fn steps(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if !line.contains("-Test {") || line.starts_with("Confirm-Fact") {
            continue;
        }
        let mut parts = [String::new(), String::new()];
        let mut at = 0;
        for line in lines.by_ref() {
            match line.trim_end() {
                "} -Change {" => at = 1,
                "}" => break,
                inner => parts[at] += &format!("{inner}\n"),
            }
        }
        let [test, change] = parts;
        found.push((test, change));
    }
    found
}

/// What a sample means whose plan was made anew, and its files.
fn scripts_of(name: &str) -> (Vec<ClusterWork>, Vec<File>) {
    let (inventory, plan) = sample(name);
    let work = of(&inventory, plan);
    let files = files(&work);
    (work, files)
}

/// The default pool that follows from the address is planned with, and never written over the real one.
#[test]
fn a_pool_that_is_only_assumed_is_not_set() {
    for name in ["sddc-diagnostic", "cannot-be-met", "test-cluster-report"] {
        let (work, files) = scripts_of(name);
        let unknown = || {
            work.iter()
                .flat_map(|w| &w.nodes)
                .filter(|n| n.today.mac_pool.is_none())
        };
        assert!(unknown().count() > 0, "{name}");
        for (script, text) in texts(&files, ".ps1") {
            let set = calls(&text).iter().any(|c| given(c, "MacAddressMinimum").is_some());
            assert!(!set, "{script} of {name} sets a pool");
        }
        for (script, text) in texts(&files, "1-pre-check.ps1") {
            assert!(text.contains("note  the MAC pool is"), "{script} of {name}");
        }
        assert!(text(&files, "RUNBOOK.md").contains("**MAC pools.**"), "{name}");
    }
}

/// Two hosts whose assumed pools overlap: the plan sets one, after the real one was read.
#[test]
fn a_pool_is_set_in_place_of_an_assumed_one_only_if_that_is_the_real_one() {
    let mut cluster = support::cluster("2022", 2);
    support::ports(&mut cluster, 4, 10_000);
    for node in &mut cluster.nodes {
        node.management_ip = "10.0.1.11".to_owned();
    }
    cluster.vms.push(support::vm("VM1", 0, 2, 100));
    let plan = planned(&cluster, Style::Dedicated);
    let files = files(&of(&support::inventory(cluster), plan));
    let sets = |text: &str| calls(text).iter().any(|c| given(c, "MacAddressMinimum").is_some());
    let mut set = 0;
    for (name, text) in texts(&files, "2-apply.ps1").filter(|(_, text)| sets(text)) {
        let guard = text.find("(Get-VMHost).MacAddressMinimum -eq '00155D010B00'");
        assert!(
            guard.is_some() && guard < text.find("Set-VMHost -MacAddressMinimum"),
            "{name}"
        );
        set += 1;
    }
    assert_eq!(set, 1);
    for (name, text) in texts(&files, "1-pre-check.ps1") {
        let line = text
            .lines()
            .find(|l| l.contains("as the plan assumed from management_ip"));
        let line = line.unwrap_or_else(|| panic!("{name}: {text}"));
        assert!(
            line.starts_with("Confirm-Fact") && line.contains("-eq '00155D010BFF'"),
            "{line}"
        );
        assert!(line.contains("run plan and deploy anew"), "{line}");
    }
}

/// A switch is asked for the adapters that it stands on: never for one without a name.
#[test]
fn no_script_asks_for_an_adapter_without_a_name() {
    let mut asked = 0;
    for (from, work) in all() {
        for (name, text) in texts(&files(&work), ".ps1") {
            for call in calls(&text).iter().filter(|c| c.name == "Test-Switch") {
                assert_ne!(given(call, "Adapter"), Some("''"), "{from}: {name}");
                asked += 1;
            }
        }
    }
    assert!(asked > 100, "{asked}");
    let (_, files) = scripts_of("sddc-diagnostic");
    let verify = text(&files, "HVA1-3-verify.ps1");
    assert!(
        verify.contains("Test-Switch -Name 'VMs' -Adapter 'SLOT 2 Port 2'"),
        "{verify}"
    );
}

/// The name of a team is needed to find its adapter: without it the true reason is told.
#[test]
fn a_switch_on_a_team_without_a_name_is_refused_with_the_reason() {
    let (mut inventory, _) = sample("patch-night");
    for cluster in &mut inventory.clusters {
        cluster.profile = profiles::find("2012r2").expect("a profile");
        for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
            nic.team.clear();
        }
    }
    let cluster = inventory.clusters[0].clone();
    let plan = planned(&cluster, Style::Teamed);
    let inventory: Inventory = support::inventory(cluster);
    let verified = checks::verify(&inventory, plan).expect("our own plan holds");
    let refused = work(&inventory, &verified).expect_err("the team has no name");
    let text: Vec<&str> = refused.iter().map(|r| r.text.as_str()).collect();
    let told = |t: &&&str| t.contains("what the team is called") && t.contains("Get-NetLbfoTeam");
    assert!(text.iter().any(|t| told(&t)), "{text:#?}");
}

/// A class or policy belongs to what it carries, whatever it is called; it comes back on the way back.
#[test]
fn classes_and_policies_are_found_by_priority_and_come_back() {
    let mut bridged = 0;
    for (from, work) in all() {
        let files = files(&work);
        for (name, text) in texts(&files, "2-apply.ps1").filter(|(_, t)| t.contains("Set-NetQosDcbxSetting")) {
            let own = calls(&text);
            let removed: Vec<&Call> = own.iter().filter(|c| c.name == "Get-DcbClass").collect();
            assert!(
                removed.iter().any(|c| given(c, "Priority") == Some("3, 7")),
                "{from}: {name}"
            );
            assert!(text.contains("-eq 445"), "{from}: {name}: policies by port");
            let saved = text.find("Save-Dcb -Adapter");
            assert!(
                saved.is_some() && saved < text.find("Invoke-Step -Number"),
                "{from}: {name}"
            );
            let back = texts(&files, &name.replace("2-apply", "4-rollback"))
                .next()
                .expect("a rollback")
                .1;
            let back: Vec<String> = calls(&back).into_iter().map(|c| c.name).collect();
            for made in ["New-NetQosTrafficClass", "New-NetQosPolicy", "Test-DcbRestored"] {
                assert!(back.iter().any(|n| n == made), "{from}: {name}: {made}");
            }
            bridged += 1;
        }
    }
    assert!(bridged > 5, "{bridged}");
}

/// What a step does, and the sign that its test looks for it.
const PROVEN: [(&str, &str); 11] = [
    ("-IeeePriorityTag On", ".IeeePriorityTag"),
    ("Enable-NetAdapterRdma", "Get-NetAdapterRdma"),
    ("-LoadBalancingAlgorithm HyperVPort\n", "-Balance HyperVPort"),
    ("-EnableEmbeddedTeaming $true", "-Team"),
    ("-MinimumBandwidthMode None", "-Mode None"),
    ("-MinimumBandwidthMode Weight", "-Mode Weight"),
    ("-AllowManagementOS $false", "-NoHostVnic"),
    ("-TeamingMode SwitchIndependent", "-Mode SwitchIndependent"),
    ("-PriorityValue8021Action", "Test-Dcb"),
    ("-MinBandwidthWeightAction", "Test-Share"),
    ("Set-NetQosDcbxSetting -Willing $false", "Test-Dcb"),
];

/// A step counts as done only if all of it is so; else one that broke in the middle would be passed over.
#[test]
fn the_test_of_a_step_looks_at_everything_that_it_does() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (from, work) in all() {
        for (name, text) in texts(&files(&work), "2-apply.ps1") {
            for (test, change) in steps(&text) {
                // a switch that gets members or is replaced in the same step cannot be looked at afterwards
                let passing = change.contains("Set-VMSwitchTeam -Name")
                    && change.contains("-NetAdapterName")
                    && !change.contains("-LoadBalancingAlgorithm");
                for (done, proof) in PROVEN.iter().filter(|(done, _)| change.contains(done) && !passing) {
                    let own_name =
                        *proof == "-NoHostVnic" && !test.contains(proof) && change.contains("Add-VMNetworkAdapter");
                    assert!(
                        test.contains(proof) || change.contains(proof) || own_name,
                        "{from}: {name}: {done} is not tested: {test}\n{change}"
                    );
                    *seen.entry(done).or_default() += 1;
                }
            }
        }
    }
    for (done, _) in PROVEN {
        assert!(seen.contains_key(done), "no step does {done}: {seen:?}");
    }
}

/// A step that broke after the switch or host vNIC was made is finished when the script runs again: nothing is made twice.
#[test]
fn what_is_there_from_a_run_that_broke_is_not_made_again() {
    let made = [
        ("New-VMSwitch -Name", "if (-not (Test-Switch -Name"),
        (
            "Add-VMNetworkAdapter -ManagementOS",
            "if (-not ([bool](Get-HostVnic -Name",
        ),
    ];
    let mut seen = [0, 0];
    for (from, work) in all() {
        for (name, text) in texts(&files(&work), "2-apply.ps1") {
            for line in text.lines() {
                for (at, (_, guard)) in made.iter().enumerate().filter(|(_, (make, _))| line.contains(make)) {
                    assert!(line.trim().starts_with(guard), "{from}: {name}: {line}");
                    seen[at] += 1;
                }
            }
        }
    }
    assert!(seen.iter().all(|n| *n > 20), "{seen:?}");
}

/// Names of teams with their members, as Windows NIC Teaming has them after the plan.
fn teams(cluster: &Cluster, node: &NodeWork) -> BTreeMap<String, Vec<String>> {
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if cluster.profile.team == TeamKind::Lbfo {
        for nic in node.after.nics.iter().filter(|n| !n.team.is_empty()) {
            found.entry(nic.team.clone()).or_default().push(nic.name.clone());
        }
    }
    found
}

#[test]
fn verify_looks_at_the_members_of_every_team() {
    let mut seen = 0;
    for (from, work) in all() {
        let files = files(&work);
        for one in &work {
            for (node, (name, text)) in one.nodes.iter().zip(node_scripts(&work, one, &files, "3-verify.ps1")) {
                for (team, members) in teams(&one.today, node) {
                    let wanted = format!("Test-Team -Name {} -Member {}", quoted(&team), quoted_list(&members));
                    assert!(text.contains(&wanted), "{from}: {name}: {wanted}");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 10, "{seen}");
}

/// The scripts of a kind of each node of a cluster, in the order of the nodes; only where they are PowerShell.
fn node_scripts<'f>(
    work: &[ClusterWork],
    one: &ClusterWork,
    files: &'f [File],
    ending: &'f str,
) -> Vec<(&'f String, String)> {
    let found: Vec<(&String, String)> = texts(files, ending)
        .filter(|(name, _)| !name.starts_with("cluster-"))
        .collect();
    // with several clusters the names of the files begin with that of the cluster
    if found.is_empty() || work.len() > 1 {
        return Vec::new();
    }
    let of = |node: &NodeWork| {
        let wanted = format!("{}-{ending}", node.today.name.replace('.', "_"));
        found
            .iter()
            .find(|(name, _)| **name == wanted)
            .cloned()
            .unwrap_or_else(|| panic!("{wanted}"))
    };
    one.nodes.iter().map(of).collect()
}

#[test]
fn verify_looks_at_the_address_of_every_adapter_that_carries_a_role() {
    let (mut known, mut moved, mut by_hand) = (0, 0, 0);
    for (from, work) in all() {
        let files = files(&work);
        for one in work.iter().filter(|w| !w.by_intents) {
            for (node, (name, text)) in one.nodes.iter().zip(node_scripts(&work, one, &files, "3-verify.ps1")) {
                let own = calls(&text);
                for carrier in today::carriers(&node.after) {
                    let alias = quoted(&alias(node, &carrier.carrier));
                    let at = |function: &str| {
                        own.iter()
                            .any(|c| c.name == function && given(c, "Adapter") == Some(alias.as_str()))
                    };
                    let found = [at("Test-Address"), at("Test-Given"), at("Test-Subnet")];
                    assert!(found.contains(&true), "{from}: {name}: {alias} is not looked at");
                    known += usize::from(found[0]);
                    moved += usize::from(found[1]);
                    by_hand += usize::from(found[2]);
                }
            }
        }
    }
    assert!(known > 10 && moved > 10 && by_hand > 10, "{known} {moved} {by_hand}");
    let (_, files) = scripts_of("converged-2016");
    let verify = text(&files, "S2D01-3-verify.ps1");
    let line = "Test-Given -Adapter 'vEthernet (Live migration 1)' -From 'vEthernet (LiveMigration)'";
    assert!(
        verify.contains(line) && verify.contains("Test-Subnet -Adapter 'vEthernet (Live migration 2)'"),
        "{verify}"
    );
}

fn alias(node: &NodeWork, carrier: &nicplan::applied::Carrier) -> String {
    match carrier {
        nicplan::applied::Carrier::Nic(position) => node.after.nics[*position].name.clone(),
        nicplan::applied::Carrier::Team(name, _) => name.clone(),
        nicplan::applied::Carrier::HostVnic { name, .. } => Port::HostVnic(name.clone()).alias(),
    }
}

/// Paths to the storage are counted before the first change: one that is lost shows.
#[test]
fn verify_wants_as_many_storage_paths_as_the_pre_check_counted() {
    for (name, counted) in [
        ("broken", "iSCSI sessions"),
        ("two-generations-2022", "SMB client addresses"),
        ("converged-2016", "S2D client addresses"),
    ] {
        let (_, files) = scripts_of(name);
        for (script, text) in texts(&files, "1-pre-check.ps1") {
            let saved = calls(&text);
            let saved = saved.iter().filter(|c| c.name == "Save-Count");
            assert!(
                saved.into_iter().any(|c| given(c, "What") == Some(&quoted(counted))),
                "{name}: {script}"
            );
        }
        for (script, text) in texts(&files, "3-verify.ps1").filter(|(n, _)| !n.starts_with("cluster")) {
            let asked = calls(&text);
            let mut asked = asked.iter().filter(|c| c.name == "Test-Count");
            assert!(
                asked.any(|c| given(c, "What") == Some(&quoted(counted))),
                "{name}: {script}"
            );
        }
    }
}

/// How a switch counts minimum bandwidth is the plan's when it is made anew, and today's on the way back.
#[test]
fn a_switch_that_is_made_anew_does_not_count_in_bits_because_todays_does() {
    let (_, files) = scripts_of("sddc-diagnostic");
    let mode = |ending: &str| -> Vec<String> {
        let calls = calls(&text(&files, ending));
        let made = calls.iter().filter(|c| c.name == "New-VMSwitch");
        made.filter_map(|c| given(c, "MinimumBandwidthMode").map(str::to_owned))
            .collect()
    };
    assert_eq!(mode("HVA1-2-apply.ps1"), ["Weight"]);
    assert_eq!(mode("HVA1-4-rollback.ps1"), ["Absolute"]);
    let check = text(&files, "HVA1-1-pre-check.ps1");
    assert!(
        check.contains("$_.SwitchName -eq 'VMs' -and $_.BandwidthSetting.MinimumBandwidthAbsolute -gt 0"),
        "{check}"
    );
}

/// The cluster writes its limit over those of the hosts, so it is told to leave them before the first node sets one; the title says so.
#[test]
fn the_limit_of_the_cluster_goes_before_the_hosts_set_theirs() {
    let (work, files) = scripts_of("two-generations-2022");
    let limit = |c: &Change| matches!(c, Change::ClusterSmbLimit { .. });
    let before = work[0]
        .before
        .iter()
        .find(|s| s.changes.iter().any(limit))
        .expect("a step before the nodes");
    assert_eq!(
        before.title,
        "set SetSMBBandwidthLimit to 0: the hosts' own limits count"
    );
    assert!(!work[0].last.iter().any(|s| s.changes.iter().any(limit)));
    assert!(text(&files, "cluster-1-before.ps1").contains("(Get-Cluster).SetSMBBandwidthLimit = 0"));
    assert!(text(&files, "HV01-1-pre-check.ps1").contains("the cluster has SetSMBBandwidthLimitFactor"));
}

/// Addresses of both families are compared, however they are written; a link-local one is made anew with each adapter.
#[test]
fn addresses_of_both_families_are_looked_for() {
    let (_, files) = scripts_of("converged-2016");
    let verify = text(&files, "3-verify.ps1");
    let start = verify.find("function Test-Address {").expect("the function");
    let own = &verify[start..start + verify[start..].find("\n}").expect("its end")];
    assert!(!own.contains("-AddressFamily"), "{own}");
    assert!(
        own.contains("-as [ipaddress]") && own.contains("-notlike 'fe80:*'"),
        "{own}"
    );
}

/// A port that goes under a virtual switch loses the VLAN ID that is set at it, which would drop what the switch tags; on the way back it gets it again.
#[test]
fn a_port_under_a_switch_has_no_vlan_of_its_own_and_gets_it_back() {
    let (mut inventory, _) = sample("exports-2022");
    inventory.clusters.iter_mut().for_each(Cluster::move_to_hyper_v);
    let plan = planned(&inventory.clusters[0], Style::Converged);
    let (mut taken, mut given_back) = (0, 0);
    for one in of(&inventory, plan) {
        let set: Vec<(String, String, u64)> = one
            .nodes
            .iter()
            .flat_map(|n| {
                n.today
                    .nics
                    .iter()
                    .zip(&n.after.nics)
                    .map(move |(old, new)| (n, old, new))
            })
            .filter(|(_, old, new)| old.switch.is_none() && new.switch.is_some())
            .filter_map(|(n, old, _)| Some((n.today.name.clone(), old.name.clone(), old.facts.number("nic_vlan")?)))
            .filter(|(.., vlan)| *vlan > 0)
            .collect();
        assert!(!set.is_empty(), "the sample has storage ports with a VLAN of their own");
        let files = files(&[one]);
        for (node, port, vlan) in set {
            let apply = text(&files, &format!("{node}-2-apply.ps1"));
            let line = |vlan: u64| format!("Set-NetAdapter -Name {} -VlanID {vlan} -Confirm:$false", quoted(&port));
            let (off, name) = (apply.find(&line(0)).expect("the VLAN is taken off"), quoted(&port));
            let bound = apply[off..]
                .find("VMSwitch")
                .expect("then the port goes under the switch");
            assert!(
                apply[off..off + bound].lines().count() < 8,
                "{node}: {name}: in the same step"
            );
            let proof = format!("[int](Get-NetAdapter -Name {name}).VlanID -eq 0");
            assert!(apply.contains(&proof), "{node}: {name}");
            taken += 1;
            let back = text(&files, &format!("{node}-4-rollback.ps1"));
            given_back += usize::from(back.contains(&line(vlan)));
        }
    }
    assert_eq!((taken, given_back), (taken.max(2), taken));
}
