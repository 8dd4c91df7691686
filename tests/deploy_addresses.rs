//! Where addresses end: after the scripts and the steps by hand of every sample in every style each known address is on the adapter of the role on
//! whose network it lies, no host has two adapters in one subnet, and no step has nothing to run.

#![cfg(feature = "solver")]

mod program;
#[path = "deploy_support/replay.rs"]
mod replay;
mod support;

use nicplan::assignment::{Options, plan};
use nicplan::checks;
use nicplan::deploy::{ClusterWork, NodeWork, files, work};
use nicplan::inventory::{LoadOptions, load};
use nicplan::plan::Style;
use program::project;
use replay::endings;
use replay::{number, there_and_back};

/// Every sample in every style; `known` = with an address in the inventory for each adapter that has a role.
fn all(known: bool, mut each: impl FnMut(&str, &[ClusterWork])) -> usize {
    let mut found = 0;
    for sample in program::entries(&project().join("samples")) {
        let name = sample.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(mut inventory) = load(&[sample], &LoadOptions::default()) else {
            continue;
        };
        for cluster in &mut inventory.clusters {
            // Hosts that run VMware are refused; their steps are those of hosts with Hyper-V.
            cluster.move_to_hyper_v();
            // Addresses of hosts do not depend on how many guests there are.
            cluster.vms.truncate(40);
            if known {
                number(cluster);
            }
        }
        for style in [None].into_iter().chain(Style::ALL.map(Some)) {
            let Some(planned) = plan(&inventory, &Options { style, deadline: None }) else {
                continue;
            };
            let verified = checks::verify(&inventory, planned).expect("our own plan holds");
            if let Ok(all) = work(&inventory, &verified) {
                found += 1;
                each(&format!("{name} {style:?}"), &all);
            }
        }
    }
    found
}

/// Nodes of a cluster that are not wired and rebuilt like one before them.
fn unlike(work: &ClusterWork) -> Vec<&NodeWork> {
    let mut seen: Vec<Vec<&str>> = Vec::new();
    let mut found = Vec::new();
    for node in &work.nodes {
        let steps = node.steps.iter().map(|s| s.title.as_str());
        let titles: Vec<&str> = steps.filter(|title| !title.contains("MAC pool")).collect();
        if !seen.contains(&titles) {
            seen.push(titles);
            found.push(node);
        }
    }
    found
}

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

#[test]
fn addresses_that_nobody_knows_end_on_the_adapter_of_their_network_and_no_step_is_empty() {
    let mut found = Vec::new();
    let seen = all(false, |name, works| {
        works.iter().for_each(|work| there_and_back(name, work));
        found.extend(wrong(name, works));
    });
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
    assert!(seen > 20, "{seen}");
}

#[test]
fn known_addresses_end_where_the_plan_says_and_on_the_adapter_of_their_network() {
    let mut found = Vec::new();
    let seen = all(true, |name, works| found.extend(wrong(name, works)));
    assert!(found.is_empty(), "{}:\n{}", found.len(), found.join("\n"));
    assert!(seen > 20, "{seen}");
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
