//! Ports of the physical switches in scripts and runbook: what crosses them, what is asked for on the way, and on the way back.

#[path = "support/committed.rs"]
mod committed;

use nicplan::checks;
use nicplan::deploy::steps::{Change, Manual, When};
use nicplan::deploy::{ClusterWork, files, work};
use nicplan::roles::Role;

/// The work of a sample with its committed plan.
fn of_sample(name: &str) -> Vec<ClusterWork> {
    let (inventory, plan) = committed::sample(name);
    let verified = checks::verify(&inventory, plan).expect("a committed plan holds");
    work(&inventory, &verified).expect("it can be carried out")
}

fn texts(work: &ClusterWork, node: &str, when: When) -> Vec<String> {
    let own = |m: &&Manual| m.node == node && m.when == when;
    work.manual.iter().filter(own).map(|m| m.text.clone()).collect()
}

/// A port that will not have the VLAN of management leaves the team before management may be sent over it.
#[test]
fn a_port_without_the_vlan_leaves_before_management_crosses_the_team() {
    for node in &of_sample("blades-2012r2")[0].nodes {
        let place = |fits: &dyn Fn(&Change) -> bool| node.steps.iter().position(|s| s.changes.iter().any(fits));
        let leaves = place(&|c| matches!(c, Change::LeaveTeam { nic, .. } if nic == "LOM 1"));
        let moves = place(&|c| matches!(c, Change::Assume { roles, .. } if roles.contains(&Role::Management)));
        assert!(
            leaves.is_some() && leaves < moves,
            "{}: {leaves:?} {moves:?}",
            node.today.name
        );
    }
}

/// A port without virtual switch has one VLAN: the text names it, and the network of the address.
#[test]
fn a_bare_port_with_two_roles_gets_one_network() {
    let work = &of_sample("blades-2012r2")[0];
    let before = texts(work, "BLADE1", When::BeforeNode);
    let lom = before
        .iter()
        .find(|t| t.contains("LOM 1 ("))
        .expect("its switch port changes");
    assert!(lom.contains("VLAN 41 through (VLAN 41 untagged: LOM 1"), "{lom}");
    let after = texts(work, "BLADE1", When::AfterNode);
    assert!(
        after
            .iter()
            .any(|t| t.contains("Give LOM 1 an address of Cluster (10.40.1.0/24, VLAN 41), ")),
        "{after:?}"
    );
    for work in of_sample("broken") {
        for manual in work
            .manual
            .iter()
            .filter(|m| m.text.contains("it will carry storage, "))
        {
            assert!(manual.text.contains(" untagged: "), "{}", manual.text);
        }
    }
}

/// The switch port is put back before the address goes back to the port, and the runbook says so.
#[test]
fn the_rollback_asks_for_the_port_before_the_address_goes_back() {
    let work = of_sample("blades-2012r2");
    let files = files(&work);
    let text = |name: &str| {
        let (_, bytes) = files.iter().find(|(file, _)| file == name).expect("it is written");
        String::from_utf8_lossy(bytes).into_owned()
    };
    let rollback = text("BLADE1-4-rollback.ps1");
    let waits = rollback.find("\nWait-ByHand -Back").expect("it asks");
    let line = rollback[waits + 1..].lines().next().expect("a line");
    assert!(line.contains("MEZZ 1 (IOM-1) back to VLAN 40 untagged"), "{line}");
    let goes_back = rollback
        .find("'undo: move management from MEZZ 1")
        .expect("the address goes back");
    let leaves = rollback
        .find("'undo: add MEZZ 1 to the team")
        .expect("the port leaves the team");
    assert!(leaves < waits && waits < goes_back, "{leaves} {waits} {goes_back}");
    assert!(text("RUNBOOK.md").contains("the script asks for the switch port to be put back"));
}

/// A host vNIC without any setting of bandwidth has no object that holds a weight; `$null -eq 0` is false, and the step would say that it does not show.
#[test]
fn a_host_vnic_without_bandwidth_setting_has_no_weight() {
    let files = files(&of_sample("blades-2012r2"));
    let (_, bytes) = files
        .iter()
        .find(|(file, _)| file == "BLADE1-4-rollback.ps1")
        .expect("it is written");
    let none = "[int](Get-VMNetworkAdapter -ManagementOS -Name 'Management' -ErrorAction SilentlyContinue).BandwidthSetting.MinimumBandwidthWeight -eq 0";
    assert!(String::from_utf8_lossy(bytes).contains(none));
}

/// Whoever does the lines in their order cuts nothing: a switch port is changed once the node is drained, and one that a step waits for is named with the
/// script that waits, and nowhere before. Numbers below a node stay below it in Markdown, also below 10 and more.
#[test]
fn switch_ports_have_their_place_behind_the_drain_and_at_their_step() {
    let (mut asked, mut waited) = (0, 0);
    for sample in [
        "blades-2012r2",
        "azure-local-4-node",
        "two-generations-2022",
        "exports-2022",
        "converged-2016",
    ] {
        let all = of_sample(sample);
        let files = files(&all);
        let (_, bytes) = files.iter().find(|(file, _)| file == "RUNBOOK.md").expect("a runbook");
        let text = String::from_utf8_lossy(bytes).into_owned();
        for node in &all[0].nodes {
            let name = &node.today.name;
            let start = text.find(&format!("**{name}**")).expect("its section");
            let section: Vec<&str> = text[start..]
                .lines()
                .skip(1)
                .take_while(|l| l.starts_with("     "))
                .collect();
            let at = |words: &str| section.iter().position(|line| line.contains(words));
            let (drain, apply) = (
                at("Suspend-ClusterNode").expect("a drain"),
                at("-2-apply.ps1").expect("apply"),
            );
            for (place, line) in section.iter().enumerate().filter(|(_, l)| l.contains("Switch port of")) {
                assert!(drain < place && place < apply, "{sample}: {name}: {line}");
                assert!(!line.contains("Change it only when"), "{sample}: {name}: {line}");
                asked += 1;
            }
            for change in &node.cabling.changes {
                let port = format!("the switch port of {}", change.nic);
                assert!(section[apply].contains(&port), "{sample}: {name}: {}", section[apply]);
                assert!(
                    section[apply].contains(&format!("Before step {} it waits", change.step)),
                    "{}",
                    section[apply]
                );
                assert!(section[..apply].iter().all(|line| !line.contains(&port)), "{section:?}");
                waited += 1;
            }
        }
    }
    assert!(asked > 20 && waited > 5, "{asked} {waited}");
}
