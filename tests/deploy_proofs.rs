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

use nicplan::checks;
use nicplan::deploy::steps::Change;
use nicplan::deploy::{ClusterWork, File, files, work};
use nicplan::inventory::Inventory;
use nicplan::plan::Style;
use nicplan::profiles;
use powershell::{Call, Script};
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
