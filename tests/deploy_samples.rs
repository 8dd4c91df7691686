//! Every sample in every style. After the scripts and the steps by hand each known address is on the adapter of the role on whose network it lies, no host has
//! two adapters in one subnet, and no step has nothing to run; no script takes an address away that another step has moved; for every step that changes
//! something a line of verify fails where the step was left out.

#![cfg(feature = "solver")]

mod program;
#[path = "deploy_support/replay.rs"]
mod replay;
#[path = "deploy_support/samples.rs"]
mod samples;
mod support;

use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::{ClusterWork, State, files, work};
use nicplan::inventory::{LoadOptions, load};
use nicplan::plan::Style;
use program::project;
use replay::endings;
use replay::follow::proving::unproven;
use replay::follow::{follow_all, unlike};
use replay::there_and_back;
use samples::{Known, Planned, all};

/// What is wrong with the work of a cluster.
fn wrong(name: &str, works: &[ClusterWork]) -> Vec<String> {
    let files = files(works);
    let mut found = Vec::new();
    for (work, node) in works
        .iter()
        .flat_map(|work| unlike(work).into_iter().map(move |node| (work, node)))
    {
        let mut told = endings::facts(work, node);
        told.extend(endings::empty_steps(work, node, &files));
        told.extend(endings::scripts(work, node, &files));
        found.extend(told.iter().map(|what| format!("{name}: {}: {what}", node.today.name)));
    }
    found
}

/// What is wrong where the inventory knows so much.
fn wrong_of(known: Known) -> Vec<String> {
    let own: Vec<&Planned> = all().iter().filter(|p| p.known == known).collect();
    assert!(own.len() > 10, "{}", own.len());
    own.iter().flat_map(|p| wrong(&p.name, &p.works)).collect()
}

#[test]
fn addresses_that_nobody_knows_end_on_the_adapter_of_their_network_and_no_step_is_empty() {
    let found = [Known::None, Known::Sample].map(wrong_of).concat();
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn known_addresses_end_where_the_plan_says_and_on_the_adapter_of_their_network() {
    let found = wrong_of(Known::All);
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
}

#[test]
fn the_steps_of_every_sample_in_every_style_lead_there_and_back() {
    let own = |p: &&Planned| p.runs_hyper_v || p.known == Known::Sample;
    for planned in all().iter().filter(own) {
        let works = planned.works.iter();
        works.for_each(|work| there_and_back(&planned.name, work));
    }
}

#[test]
fn no_script_takes_away_an_address_that_another_step_has_moved() {
    let (mut steps, mut lost, mut astray) = (0, Vec::new(), Vec::new());
    let own = |p: &&Planned| p.known == Known::None;
    for planned in all().iter().filter(own) {
        steps += follow_all(&planned.name, &planned.works, true, &mut lost);
        follow_all(&planned.name, &planned.works, false, &mut astray);
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(!astray.is_empty(), "addresses that never arrive are noticed");
    assert!(steps > 100, "{steps}");
}

/// The hosts of one sample have storage and live migration on one team, of which nobody knows the addresses.
#[test]
fn the_only_adapter_of_the_storage_keeps_a_path_when_others_are_taken_off_it() {
    let own = |p: &&Planned| p.known == Known::None && p.name.starts_with("vmware-rvtools");
    let mut asked = 0;
    for planned in all().iter().filter(own) {
        for (name, bytes) in files(&planned.works) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let of_storage = "Test-Subnet -Adapter 'vSwitch1' -Subnet '10.60.41.0/24', '10.60.42.0/24'";
            asked += usize::from(name.ends_with("-1-pre-check.ps1") && text.contains(of_storage));
        }
        let nodes = planned
            .works
            .iter()
            .flat_map(|w| w.nodes.iter().map(move |node| (w, node)));
        for (work, node) in nodes {
            let mut state = State::today(&work.today, &node.today);
            for step in &node.steps {
                let next = state.with(&step.changes);
                let (had, has) = (state.reachable(), next.reachable());
                let fine = step.takeover || had.is_subset(&has);
                assert!(fine, "{}: {}: {had:?} {has:?}", planned.name, step.title);
                state = next;
            }
        }
    }
    assert!(asked > 0, "the pre-check asks for it");
}

/// A port with roles of two networks may be on either, where nobody knows its address: what it has is noted, and put back.
#[test]
fn what_a_switch_port_has_is_noted_where_only_its_roles_tell_it() {
    let text = |known: Known, ending: &str| {
        let name = format!("two-generations-2022 {known:?} Some(Converged)");
        let planned = all().iter().find(|p| p.name == name).expect("it can be carried out");
        let files = files(&planned.works);
        let (_, bytes) = files.iter().find(|(name, _)| name == ending).expect("a script");
        String::from_utf8_lossy(bytes).into_owned()
    };
    let noted = "until now it should have VLAN 13 untagged: note what it has, the way back needs it";
    let back = "the switch port of Slot 4 Port 2 (TOR-B) back to what you noted of it (it should be VLAN 13 untagged)";
    for (known, is_so) in [(Known::None, true), (Known::All, false)] {
        assert_eq!(text(known, "HV01-2-apply.ps1").contains(noted), is_so);
        assert_eq!(text(known, "HV01-4-rollback.ps1").contains(back), is_so);
    }
    let apply = text(Known::All, "HV01-2-apply.ps1");
    assert!(apply.contains("until now it has VLAN 1"), "the inventory knows it");
}

#[test]
fn every_step_that_changes_something_is_missed_by_verify() {
    let (mut asked, mut lost) = (Vec::new(), Vec::new());
    for planned in all() {
        let files = files(&planned.works);
        for work in planned.works.iter().filter(|work| !work.by_intents) {
            for node in unlike(work) {
                let (found, steps) = unproven(work, node, &files);
                asked.extend(steps);
                lost.extend(found.into_iter().map(|what| format!("{}: {what}", planned.name)));
            }
        }
    }
    assert!(lost.is_empty(), "{}", lost.join("\n"));
    assert!(asked.len() > 200, "{}", asked.len());
    for part in [
        "send large packets",
        "give the guests on",
        "to the port",
        "take the weight off",
        "Data Center Bridging",
    ] {
        assert!(asked.iter().any(|title| title.contains(part)), "no step does {part}");
    }
}

/// The steps by hand and the switch ports of a host of the sample with faults, two of whose ports carry the cluster and two live migration.
fn hybrid() -> (Vec<ClusterWork>, Vec<String>) {
    let inventory = load(&[project().join("samples/broken")], &LoadOptions::default()).expect("sound");
    let style = Some(Style::Hybrid);
    let planned = plan(&inventory, &Options { style, deadline: None }).expect("a plan");
    let verified = checks::verify(&inventory, planned).expect("our own plan holds");
    let works = work(&inventory, &verified).expect("it can be carried out");
    let of_host = works[0].manual.iter().filter(|m| m.node == "HOST-A");
    let texts = of_host.map(|m| m.text.clone()).collect();
    (works, texts)
}

#[test]
fn two_ports_of_the_cluster_are_not_told_to_be_in_one_subnet_before_2016() {
    let (works, texts) = hybrid();
    let of = |start: &str| {
        let found = texts.iter().find(|text| text.starts_with(start));
        found.unwrap_or_else(|| panic!("{start}: {texts:#?}"))
    };
    assert!(
        of("Give LOM 4 ").contains("an address of a further network for cluster, "),
        "{texts:#?}"
    );
    assert!(
        of("Give LOM 4 ").contains("LOM 3 is on Cluster (10.70.1.0/24, VLAN 11) already"),
        "{texts:#?}"
    );
    assert!(
        of("Switch port of LOM 4 ").contains("the VLAN of the further network"),
        "{texts:#?}"
    );
    assert!(of("Switch port of LOM 3 ").contains("VLAN 11 untagged"), "{texts:#?}");
    assert!(
        of("Look whether LOM 3 ").contains("those in 10.70.1.0/24"),
        "{texts:#?}"
    );
    assert!(
        of("Look whether LOM 2 ").contains("leaves LOM 2 those outside 10.70.1.0/24"),
        "{texts:#?}"
    );
    assert!(
        of("Give LOM 1 ").contains("goes with management to vEthernet (Management)"),
        "{texts:#?}"
    );
    let titles: Vec<&str> = works[0].nodes[0].steps.iter().map(|s| s.title.as_str()).collect();
    assert_eq!(titles[0], "move cluster from LOM 2 to LOM 3", "{titles:#?}");
    let files = files(&works);
    let text = |ending: &str| {
        let (_, bytes) = files.iter().find(|(name, _)| name == ending).expect("a script");
        String::from_utf8_lossy(bytes).into_owned()
    };
    let moved = "Move-Address -From 'LOM 2' -To 'LOM 3' -Subnet '10.70.1.0/24'";
    assert!(text("HOST-A-2-apply.ps1").contains(moved));
    let verify = text("HOST-A-3-verify.ps1");
    assert!(
        verify.contains("Test-Subnet -Adapter 'LOM 3' -Subnet '10.70.1.0/24'"),
        "{verify}"
    );
    assert!(verify.contains("{ Test-Subnet -Adapter 'LOM 4' }"), "{verify}");
}

/// An adapter without addresses that asks for a lease is soon back in the subnet.
#[test]
fn an_adapter_that_gives_its_addresses_up_asks_for_no_lease() {
    let (works, _) = hybrid();
    let files = files(&works);
    let (_, bytes) = files
        .iter()
        .find(|(name, _)| name == "HOST-A-2-apply.ps1")
        .expect("a script");
    let text = String::from_utf8_lossy(bytes).into_owned();
    let body = |function: &str| {
        let from = text
            .split(&format!("function {function} {{"))
            .nth(1)
            .expect("the function");
        from.split("\r\n}").next().unwrap_or_default().to_owned()
    };
    let off = "if (Test-Asking -Adapter $Adapter -Going $going) { Set-NetIPInterface -InterfaceAlias $Adapter -AddressFamily IPv4 -Dhcp Disabled }";
    assert!(body("Clear-Address").contains(off), "{}", body("Clear-Address"));
    assert!(body("Test-Cleared").contains("-not (Test-Asking -Adapter $Adapter)"));
    let again =
        "if ($saved.Dhcp) {\r\n        Set-NetIPInterface -InterfaceAlias $To -AddressFamily IPv4 -Dhcp Enabled";
    assert!(body("Move-Address").contains(again), "the way back asks again");
    let runbook = files.iter().find(|(name, _)| name == "RUNBOOK.md").expect("a runbook");
    assert!(String::from_utf8_lossy(&runbook.1).contains("asks for no lease any more"));
}
