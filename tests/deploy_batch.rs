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
use nicplan::applied::unenforced::{self, Divided};
use nicplan::deploy::steps::Change;
use nicplan::deploy::{ClusterWork, counts, files};
use nicplan::inventory::Fact;
use nicplan::plan::Style;
use program::{nicplan, place};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use works::{all, of, planned, sample, texts};

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
    let mut cluster = support::cluster("2008r2", 3);
    support::ports(&mut cluster, 6, 1_000);
    cluster.policy.vendor_teaming = true;
    for (slot, nic) in cluster.nodes.iter_mut().flat_map(|n| n.nics.iter_mut().enumerate()) {
        nic.card = format!("Slot {slot}");
    }
    for node in &mut cluster.nodes {
        node.facts.insert("chimney", Fact::Text("automatic".to_owned()));
    }
    cluster.vms.push(support::vm("VM1", 0, 3, 100));
    let usual = cluster.nodes[1].nics[0].name.clone();
    let named = |name: &str, second: Option<&str>| {
        let mut cluster = cluster.clone();
        let nics = &mut cluster.nodes[0].nics;
        nics[0].name = name.to_owned();
        nics[1].name = second.map_or(nics[1].name.clone(), str::to_owned);
        let plan = planned(&cluster, Style::Teamed);
        of(&support::inventory(cluster), plan)
    };
    let text = |all: &[ClusterWork], ending: &str| {
        let files = files(all);
        let (_, text) = texts(&files, ending).next().expect("a file");
        text
    };
    let all = named("Local Area Connection 3", None);
    let apply = text(&all, "HV1-2-apply.cmd");
    let rename = format!("name=\"Local Area Connection 3\" newname=\"{usual}\"");
    let at = apply.find(&format!("if errorlevel 1 %DO% netsh interface set interface {rename}"));
    assert!(at.is_some() && apply.rfind("ipv4") < at, "{apply}");
    assert!(
        apply.contains("\r\n%DO% netsh int tcp set global chimney=disabled"),
        "{apply}"
    );
    let back = text(&all, "HV1-4-rollback.cmd");
    let again = format!("name=\"{usual}\" newname=\"Local Area Connection 3\"");
    assert!(back.contains(&again) && back.contains("chimney=automatic"), "{back}");
    assert!(
        back.find(&again) < back.find("chimney=automatic"),
        "the last step goes back first"
    );
    assert!(text(&all, "HV1-1-pre-check.cmd").contains("FAIL  there is no connection Local Area Connection 3"));
    let verify = text(&all, "HV1-3-verify.cmd");
    assert!(verify.contains(&format!("FAIL  there is no connection {usual}")) && verify.contains("must say disabled"));
    let table = text(&all, "steps.csv");
    for told in [
        format!("rename the connection Local Area Connection 3 to {usual}"),
        "switch TCP chimney offload off".to_owned(),
    ] {
        assert!(
            table.lines().any(|l| l.contains(",HV1,apply,") && l.contains(&told)),
            "{table}"
        );
    }
    for hostile in ["100% ^& del", "a\"b", "x|y", "\u{2019}n"] {
        assert!(
            !text(&named(hostile, None), "HV1-2-apply.cmd").contains("newname="),
            "{hostile}"
        );
    }
    let taken = named("Local Area Connection 3", Some(&usual));
    assert!(!text(&taken, "HV1-2-apply.cmd").contains(&rename));
}

/// What a person does on 2008 R2 is no step of a script, in no count and no table.
#[test]
fn steps_by_hand_of_2008_r2_are_counted_as_such() {
    let (inventory, _) = sample("four-node-2008r2");
    let plan = planned(&inventory.clusters[0], Style::Hybrid);
    let all = of(&inventory, plan);
    let files = files(&all);
    let counts = counts(&all[0]);
    let lines = |file: &str, part: &str| {
        let (_, text) = texts(&files, file).next().expect("a file");
        text.lines().filter(|l| l.contains(part)).count()
    };
    let (_, text) = texts(&files, "steps.csv").next().expect("a file");
    let of = |script: &str| text.lines().filter(|l| l.contains(script)).count();
    assert_eq!(of(",apply,"), counts.nodes);
    assert_eq!(of(",before,") + of(",after,"), counts.cluster);
    assert_eq!(of("by hand, "), counts.by_hand);
    assert!(counts.by_hand > all[0].manual.len() && counts.cluster > 0, "{text}");
    let run: usize = all[0]
        .nodes
        .iter()
        .map(|n| lines(&format!("{}-2-apply.cmd", n.today.name), "rem step "))
        .sum();
    assert_eq!(run > 0, counts.nodes > 0);
}

/// Ports that roles share and nothing divides, as on 2008 R2 or under SET without RDMA: the runbook names them instead of promising shares, in the words of
/// the plan's reports. No step of the scripts divides them, and every other shared port is divided by one.
#[test]
fn shares_that_nothing_enforces_are_said() {
    let (mut said, mut enforced) = (BTreeSet::new(), BTreeSet::new());
    for (from, work) in all() {
        for one in &work {
            let texts: Vec<&str> = one.manual.iter().map(|m| m.text.as_str()).collect();
            let free = unenforced::of_cluster(&one.today, &one.plan, &one.after);
            for found in &free {
                assert!(
                    texts.iter().any(|text| text.starts_with(&found.text())),
                    "{from}: {texts:#?}"
                );
            }
            let told = texts
                .iter()
                .filter(|text| text.contains("keep the plan's shares"))
                .count();
            assert_eq!(told, free.len(), "{from}: {texts:#?}");
            for node in one.nodes.iter().filter(|_| !one.by_intents) {
                let changes = || node.steps.iter().flat_map(|s| &s.changes);
                for pair in policies::uplinks(&one.plan, &node.after) {
                    let divided = unenforced::divided(&one.today, &one.plan, &node.after, pair);
                    let alone = pair.0.roles.len() < 2;
                    assert!(!alone || divided == Divided::Alone, "{from}: {pair:?}");
                    let has = |nics: &[String]| pair.1.nics.iter().all(|nic| nics.contains(nic));
                    let bridged = changes().any(|c| matches!(c, Change::Dcb(dcb, _) if has(&dcb.nics)));
                    match divided {
                        Divided::Nothing(_) => {
                            assert!(!bridged, "{from}: {pair:?}");
                            _ = said.insert(one.today.profile.name);
                        }
                        Divided::Dcb => assert!(bridged, "{from}: {pair:?}"),
                        _ => {}
                    }
                    enforced.insert(divided.word());
                }
            }
        }
    }
    for profile in ["2008r2", "2022"] {
        assert!(said.contains(profile), "{said:?}");
    }
    for word in ["weights", "dcb", "qos-policies", "nothing", ""] {
        assert!(enforced.contains(word), "{enforced:?}");
    }
}

/// The plan's table and page say where shares are no promise, and the runbook says it in the same words.
#[test]
fn plan_and_runbook_say_alike_where_nothing_enforces_a_share() {
    for sample in ["switchless-2-node", "two-generations-2022"] {
        let (out, scripts) = (
            place(&format!("shares-{sample}")),
            place(&format!("shares-{sample}-deploy")),
        );
        let input = format!("samples/{sample}");
        let run = nicplan(&["plan", &input, "-o", program::text(&out)]);
        assert!(run.code < 2, "{}", run.err);
        let read = |dir: &Path, file: &str| fs::read_to_string(dir.join(file)).expect("it was written");
        let table = read(&out, "role_capacity.csv");
        assert!(
            table.starts_with("cluster,node,role,") && table.contains(",divided_by\n"),
            "{table}"
        );
        assert!(table.lines().any(|line| line.ends_with(",nothing")), "{table}");
        let plan = out.join("plan.json");
        nicplan(&[
            "deploy",
            &input,
            "--plan",
            program::text(&plan),
            "-o",
            program::text(&scripts),
        ]);
        let (page, runbook) = (
            read(&out, "report.html"),
            read(&scripts, "RUNBOOK.md").replace('\\', ""),
        );
        let mut told = runbook.split("Nothing makes these ports").skip(1).peekable();
        assert!(told.peek().is_some(), "{runbook}");
        for rest in told {
            let sentence = rest
                .split(" Measure it")
                .next()
                .unwrap_or_default()
                .replace('\'', "&#39;");
            assert!(page.contains(&sentence), "{sample}: {sentence}");
        }
    }
}
