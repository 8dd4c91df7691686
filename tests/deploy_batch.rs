//! 2008 R2: batch files of what `netsh` can do. No name in them is read by `cmd` as something else, and what they change has a way back.
#![cfg(feature = "solver")]

#[path = "deploy_support/hostile.rs"]
mod hostile;
#[path = "support/powershell.rs"]
mod powershell;
mod program;
mod support;
#[path = "deploy_support/works.rs"]
mod works;

use nicplan::applied::policies;
use nicplan::deploy::steps::Change;
use nicplan::deploy::{ClusterWork, files};
use nicplan::inventory::Fact;
use works::{all, of, sample, texts};

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

/// 2008 R2: a port is named as on the other nodes, and a node whose plan has a team gives up offloaded connections; both ways, with what is so before and
/// after. A name that cmd would read as something else, or that another port has, is left alone.
#[test]
fn names_and_offload_of_2008_r2_are_commands_with_a_way_back() {
    let (mut inventory, plan) = sample("four-node-2008r2");
    let cluster = &mut inventory.clusters[0];
    let usual = cluster.nodes[1].nics[0].name.clone();
    for node in &mut cluster.nodes {
        node.facts.insert("chimney", Fact::Text("automatic".to_owned()));
    }
    let mut all = of(&inventory, plan);
    all[0].nodes[0].after.nics[1].team = "Guests".to_owned();
    let text = |all: &[ClusterWork], ending: &str| {
        let files = files(all);
        let (_, text) = texts(&files, ending).next().expect("a script of the first node");
        text
    };
    all[0].nodes[0].today.nics[0].name = "Local Area Connection 3".to_owned();
    let apply = text(&all, "HV1-2-apply.cmd");
    let rename = format!("name=\"Local Area Connection 3\" newname=\"{usual}\"");
    assert!(
        apply.contains(&format!("if errorlevel 1 %DO% netsh interface set interface {rename}")),
        "{apply}"
    );
    assert!(
        apply
            .rfind("ipv4")
            .is_none_or(|at| at < apply.find(&rename).expect("it")),
        "{apply}"
    );
    assert!(
        apply.contains("\r\n%DO% netsh int tcp set global chimney=disabled"),
        "{apply}"
    );
    let back = text(&all, "HV1-4-rollback.cmd");
    let again = format!("name=\"{usual}\" newname=\"Local Area Connection 3\"");
    assert!(back.contains(&again) && back.contains("chimney=automatic"), "{back}");
    assert!(text(&all, "HV1-1-pre-check.cmd").contains("FAIL  there is no connection Local Area Connection 3"));
    let verify = text(&all, "HV1-3-verify.cmd");
    assert!(verify.contains(&format!("FAIL  there is no connection {usual}")) && verify.contains("must say disabled"));
    for hostile in ["100% ^& del", "a\"b", "x|y", "\u{2019}n"] {
        all[0].nodes[0].today.nics[0].name = hostile.to_owned();
        assert!(!text(&all, "HV1-2-apply.cmd").contains("newname="), "{hostile}");
    }
    all[0].nodes[0].today.nics[0].name = "Local Area Connection 3".to_owned();
    all[0].nodes[0].today.nics[1].name = usual;
    assert!(!text(&all, "HV1-2-apply.cmd").contains(&rename));
}

/// Ports that roles share and nothing divides, as on 2008 R2: the runbook says so instead of promising shares.
#[test]
fn shares_that_nothing_enforces_are_said() {
    let (mut said, mut enforced) = (0, 0);
    for (from, work) in all() {
        for one in work.iter().filter(|w| !w.by_intents) {
            let text: String = one.manual.iter().map(|m| m.text.as_str()).collect();
            let mut free = 0;
            for node in &one.nodes {
                let mut ports = policies::ports(&one.today, &one.plan, &node.today);
                enforced += ports.len();
                for change in node.steps.iter().flat_map(|s| &s.changes) {
                    match change {
                        Change::Policies { .. } => ports.clear(),
                        Change::Dcb(dcb, _) => ports.retain(|port| !dcb.nics.contains(port)),
                        _ => {}
                    }
                }
                enforced -= ports.len();
                let named = format!("{} ({}", node.today.name, ports.first().map_or("", String::as_str));
                assert!(ports.is_empty() || text.contains(&named), "{from}: {named}: {text}");
                free += ports.len();
            }
            assert_eq!(text.contains("keep the plan's shares"), free > 0, "{from}: {text}");
            said += free;
        }
    }
    assert!(said > 0 && enforced > 0, "{said} {enforced}");
}
