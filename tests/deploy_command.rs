//! `deploy`, as a user meets it.

mod program;

use program::{entries, nicplan, place, text};
use std::fs;

const SAMPLE: &str = "samples/blades-2012r2";
const PLAN: &str = "reports/blades-2012r2/plan.json";

#[test]
fn scripts_of_every_node_and_the_runbook_are_written_and_the_summary_says_what_comes_next() {
    let out = place("deploy-command");
    let run = nicplan(&["deploy", SAMPLE, "--plan", PLAN, "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("Cluster HVC-BLADE (Windows Server 2012 R2)") && run.out.contains("by hand"),
        "{}",
        run.out
    );
    assert!(run.err.contains("Next: read"), "{}", run.err);
    for file in [
        "BLADE1-1-pre-check.ps1",
        "BLADE6-4-rollback.ps1",
        "cluster-2-after.ps1",
        "RUNBOOK.md",
        "steps.csv",
    ] {
        assert!(out.join(file).exists(), "{file}");
    }
    let json = nicplan(&["deploy", SAMPLE, "--plan", PLAN, "-o", text(&out), "--format", "json"]);
    let value: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(value["clusters"][0]["nodes"].as_array().map(Vec::len), Some(6));
    assert_eq!(value["files"].as_array().map(Vec::len), Some(entries(&out).len()));
}

#[test]
fn a_plan_of_another_inventory_or_one_that_does_not_hold_is_refused_and_nothing_is_written() {
    let out = place("deploy-refused");
    let other = nicplan(&[
        "deploy",
        SAMPLE,
        "--plan",
        "reports/patch-night/plan.json",
        "-o",
        text(&out),
    ]);
    assert_eq!(other.code, 2, "{}{}", other.out, other.err);

    let dir = place("deploy-edited");
    fs::create_dir_all(&dir).expect("the build folder can be written");
    let plan = fs::read_to_string(program::project().join(PLAN)).expect("a committed plan");
    for (from, to, says) in [
        ("\"input_sha256\": \"", "\"input_sha256\": \"0", "another inventory"),
        ("\"LOM 2\"", "\"LOM 9\"", "does not hold"),
    ] {
        let edited = dir.join("plan.json");
        fs::write(&edited, plan.replacen(from, to, 1)).expect("the build folder can be written");
        let run = nicplan(&["deploy", SAMPLE, "--plan", text(&edited), "-o", text(&out)]);
        assert_eq!(run.code, 1, "{}{}", run.out, run.err);
        assert!(
            run.out.contains("Refused, nothing was written") && run.out.contains(says),
            "{}",
            run.out
        );
    }
    assert!(!out.exists(), "nothing was written");
}

#[test]
fn a_plan_that_says_that_it_falls_short_is_written_down_with_exit_code_1() {
    let out = place("deploy-short");
    let plan = "reports/cannot-be-met/plan.json";
    let run = nicplan(&["deploy", "samples/cannot-be-met", "--plan", plan, "-o", text(&out)]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("not met by the plan") && run.out.contains("iLO"),
        "{}",
        run.out
    );
    let runbook = fs::read_to_string(out.join("RUNBOOK.md")).expect("a runbook");
    assert!(runbook.contains("does not meet every requirement") && runbook.contains("-Console"));
}

/// Cluster and live migration come to the storage ports of exports-2022: the lists change first, the ports keep their VLANs, and nobody has to give
/// an adapter an address by hand.
#[test]
fn networks_that_end_are_named_and_switch_ports_whose_vlans_stay_are_not() {
    let out = place("deploy-shared");
    let plan = "reports/exports-2022/plan.json";
    let run = nicplan(&["deploy", "samples/exports-2022", "--plan", plan, "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let runbook = fs::read_to_string(out.join("RUNBOOK.md")).expect("a runbook");
    assert!(runbook.contains("Cluster and Live Migration must be gone"), "{runbook}");
    assert!(!runbook.contains("Switch port of"), "{runbook}");
    assert!(!runbook.contains("Give SMB"), "{runbook}");
    let before = fs::read_to_string(out.join("cluster-1-before.ps1")).expect("a script");
    assert!(
        before.contains("MigrationNetworkOrder -Value (Get-NetworkId -Name 'SMB 1', 'SMB 2')"),
        "{before}"
    );
    // Sentences are not broken by the indentation of their source.
    for line in runbook.lines() {
        assert!(!line.trim_start().contains("  "), "{line}");
    }
}
