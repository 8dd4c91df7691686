//! An inventory with pseudonyms is planned and judged like the real one, tells nothing of it, and can be told apart by its key alone.

mod program;

use nicplan::checks::rules;
use nicplan::finding::Finding;
use nicplan::generate::{Size, generate};
use nicplan::inventory::{Inventory, LoadOptions, load};
#[cfg(feature = "solver")]
use nicplan::plan::{ClusterPlan, Objective};
use nicplan::redact::redact;
use nicplan::reports;
use program::{folder, nicplan, place, samples, text};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn read(input: &Path) -> Inventory {
    load(&[input.to_path_buf()], &LoadOptions::default()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// The inventory, and what becomes of it through the files that `redact` writes.
fn both(name: &str, input: &Path) -> (Inventory, Inventory) {
    let inventory = read(input);
    let dir = place(&format!("redact-{name}"));
    reports::write_all(&dir, &redact(&inventory).tables).expect("the build folder can be written");
    let redacted = read(&dir);
    (inventory, redacted)
}

/// Every sample, and generated clusters.
fn inputs(test: &str) -> Vec<(String, PathBuf)> {
    let mut inputs = samples();
    for seed in [1, 2, 3] {
        let size = Size {
            nodes: 3 + seed as usize,
            vms: 30,
            seed,
        };
        let tables = generate(size).expect("the size is allowed");
        let files: Vec<(String, Vec<u8>)> = tables
            .iter()
            .map(|t| (t.file.to_owned(), t.to_csv().into_bytes()))
            .collect();
        let dir = place(&format!("redact-generated-{test}-{seed}"));
        reports::write_all(&dir, &files).expect("the build folder can be written");
        inputs.push((format!("generated-from-{seed}"), dir));
    }
    inputs
}

/// How often each rule speaks, and how: of how many things in which cluster, in what state.
fn summary(findings: &[Finding]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    // Pseudonyms are one source: what two sources said differently was settled before.
    for finding in findings.iter().filter(|f| f.rule != "sources-contradict") {
        *counts
            .entry(format!("{} {:?}", finding.rule, finding.severity))
            .or_default() += 1;
    }
    counts
}

#[test]
fn findings_are_the_same_with_pseudonyms() {
    for (name, input) in inputs("review") {
        let (inventory, redacted) = both(&format!("review-{name}"), &input);
        let before = summary(&rules::review(&inventory));
        let after = summary(&rules::review(&redacted));
        assert_eq!(after, before, "{name}");
    }
}

/// Pseudonyms by kind and name.
#[cfg(feature = "solver")]
type Key = BTreeMap<(&'static str, String), String>;

/// The plan of one cluster as text, with names replaced by `rename`.
#[cfg(feature = "solver")]
fn decisions(plan: &ClusterPlan, rename: &dyn Fn(&'static str, &str) -> String) -> Vec<String> {
    // The last level is the design's name, which holds those of its networks.
    let objective = Objective {
        name: String::new(),
        ..plan.solver.objective.clone()
    };
    let mut lines = vec![format!("{:?} {:?} {objective:?}", plan.style, plan.solver.status)];
    let network = |name: &Option<String>| name.as_ref().map(|n| rename("switch", n));
    lines.extend(
        plan.uplinks
            .iter()
            .map(|u| format!("{:?} {:?}", u.roles, network(&u.network))),
    );
    for node in &plan.nodes {
        for uplink in &node.uplinks {
            let nics: Vec<String> = uplink.nics.iter().map(|nic| rename("adapter", nic)).collect();
            lines.push(format!("{} {nics:?}", rename("node", &node.node)));
        }
    }
    lines.extend(plan.vnics.iter().map(|v| {
        format!(
            "{} {} {}",
            rename("vm", &v.vm),
            rename("vnic", &v.vnic),
            rename("switch", &v.network)
        )
    }));
    lines.extend(
        plan.mac_pools
            .iter()
            .map(|p| format!("{} {:?}", rename("node", &p.node), p.planned)),
    );
    lines
}

#[cfg(feature = "solver")]
#[test]
fn plans_are_the_same_with_pseudonyms() {
    use nicplan::assignment::{Options, plan};
    for (name, input) in inputs("plan") {
        let (inventory, redacted) = both(&format!("plan-{name}"), &input);
        let key: Key = redact(&inventory)
            .key
            .into_iter()
            .map(|(kind, name, new)| ((kind, name.to_lowercase()), new))
            .collect();
        let pseudonym = |kind: &'static str, name: &str| {
            let found = key.get(&(kind, name.to_lowercase()));
            found.cloned().unwrap_or_else(|| name.to_owned())
        };
        let before = plan(&inventory, &Options::default()).expect("no time limit is set");
        let after = plan(&redacted, &Options::default()).expect("no time limit is set");
        assert_eq!(before.clusters.len(), after.clusters.len(), "{name}");
        for (before, after) in before.clusters.iter().zip(&after.clusters) {
            let expected = decisions(before, &pseudonym);
            assert_eq!(decisions(after, &|_, name| name.to_owned()), expected, "{name}");
        }
    }
}

#[test]
fn nothing_of_the_names_and_addresses_is_left() {
    let dir = folder(
        "redact-secret",
        &[
            ("nodes.csv", b"node,cluster,management_ip,notes\nZebra1.secret.example,Secretcluster,10.77.5.11,call Anna\nZebra2.secret.example,Secretcluster,10.77.5.12,\n"),
            ("nics.csv", b"node,nic,speed_mbps,tor,mac,addresses\nZebra1,Okapi,10G,Giraffe,A0-36-9F-AB-CD-EF,10.77.5.11/24\nZebra2,Okapi,10G,Giraffe,A0-36-9F-AB-CD-EE,10.77.5.12/24\n"),
            ("vms.csv", b"vm,node,mac_bound\nTapir,Zebra1,because Bob said so\n"),
            ("policy.csv", b"setting,value,reason\nrule:half-duplex,allow,asked by Carol\n"),
        ],
    );
    let (out, key) = (place("redact-shown"), place("redact-key").with_extension("csv"));
    let _ = fs::remove_file(&key);
    let run = nicplan(&["redact", text(&dir), "-o", text(&out), "--key", text(&key)]);
    assert_eq!(run.code, 0, "{}", run.err);
    let mut shown = String::new();
    for file in program::entries(&out) {
        shown += &fs::read_to_string(file).expect("a file was written");
    }
    for secret in [
        "zebra", "secret", "okapi", "giraffe", "tapir", "10.77", "ab-cd", "anna", "bob", "carol",
    ] {
        assert!(!shown.to_lowercase().contains(secret), "{secret} in {shown}");
    }
    assert!(
        shown.contains(".5.11") && shown.contains("A0-36-9F-00-00-02"),
        "{shown}"
    );
    let key_text = fs::read_to_string(&key).expect("the key was asked for");
    assert!(
        key_text.contains("vm,Tapir,vm-1") && key_text.contains("ip,10.77.5.11,20.0.5.11"),
        "{key_text}"
    );

    let again = nicplan(&[
        "redact",
        text(&dir),
        "-o",
        text(&place("redact-again")),
        "--key",
        text(&key),
    ]);
    assert_eq!(again.code, 2, "the key is not overwritten");
    let late = place("redact-late").with_extension("csv");
    let taken = nicplan(&["redact", text(&dir), "-o", text(&dir), "--key", text(&late)]);
    assert_eq!(
        (taken.code, late.exists()),
        (2, false),
        "a folder with an inventory is not written to, and no key is left"
    );
    let inside = out.join("key.csv");
    let inside = nicplan(&["redact", text(&dir), "-o", text(&out), "--key", text(&inside)]);
    assert_eq!(inside.code, 2, "the key must not be shown");
}

#[test]
fn the_same_inventory_gives_the_same_bytes_and_redacting_twice_changes_little() {
    for (name, input) in samples() {
        let inventory = read(&input);
        assert_eq!(redact(&inventory).tables, redact(&inventory).tables, "{name}");
        let (_, once) = both(&format!("twice-{name}"), &input);
        let twice = redact(&once);
        let names = |key: &[(&'static str, String, String)]| -> Vec<String> {
            key.iter()
                .filter(|(kind, ..)| *kind == "vm")
                .map(|(.., new)| new.clone())
                .collect()
        };
        assert_eq!(names(&redact(&inventory).key), names(&twice.key), "{name}");
    }
}
