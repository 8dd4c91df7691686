//! Every command as a user meets it: exit code, what stands on which stream, what is written.

mod program;

use program::{NICS, NODES, entries, folder, nicplan, place, text};

#[test]
fn help_of_every_command_shows_examples_and_exit_codes_are_told() {
    let run = nicplan(&["--help"]);
    assert_eq!(run.code, 0);
    assert!(run.out.contains("Exit codes:") && run.out.contains("70"));
    for command in [
        "plan",
        "check",
        "review",
        "mac",
        "path",
        "drain",
        "diff",
        "calibrate",
        "explain",
        "import",
        "generate",
        "init",
        "schema",
        "completions",
    ] {
        let run = nicplan(&[command, "--help"]);
        assert_eq!(run.code, 0, "{command}");
        assert!(run.out.contains(&format!("nicplan {command}")), "{command}");
    }
}

#[test]
fn a_wrong_command_or_option_is_bad_usage() {
    for arguments in [
        &["plna"][..],
        &["plan"],
        &["plan", "x", "--style", "pretty"],
        &["generate", "--nodes", "many"],
    ] {
        let run = nicplan(arguments);
        assert_eq!(run.code, 2, "{arguments:?}");
        assert!(run.out.is_empty() && !run.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn generate_makes_the_same_folder_twice_and_never_replaces_one() {
    let (first, second) = (place("cli-generate-1"), place("cli-generate-2"));
    for dir in [&first, &second] {
        let run = nicplan(&[
            "generate",
            "--nodes",
            "3",
            "--vms",
            "12",
            "--seed",
            "9",
            "-o",
            text(dir),
        ]);
        assert_eq!(run.code, 0, "{}", run.err);
    }
    for file in entries(&first) {
        let twin = second.join(file.file_name().expect("a file has a name"));
        assert_eq!(std::fs::read(&file).ok(), std::fs::read(twin).ok());
    }

    let again = nicplan(&["generate", "--nodes", "4", "--vms", "1", "-o", text(&first)]);
    assert_eq!(again.code, 2);
    assert!(again.err.contains("already holds"), "{}", again.err);
}

#[test]
fn generate_refuses_sizes_that_no_cluster_has() {
    let dir = place("cli-generate-large");
    let run = nicplan(&["generate", "--nodes", "65", "--vms", "10", "-o", text(&dir)]);

    assert_eq!(run.code, 2);
    assert!(run.err.contains("1 to 64 nodes"), "{}", run.err);
    assert!(!dir.exists());
}

#[test]
fn init_writes_templates_that_are_no_inventory_yet() {
    let dir = place("cli-init");
    let run = nicplan(&["init", text(&dir)]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(dir.join("nodes.csv").exists() && dir.join("nics.csv").exists());

    let german = place("cli-init-semicolon");
    nicplan(&["init", text(&german), "--separator", "semicolon"]);
    let header = std::fs::read_to_string(german.join("nics.csv")).expect("written");
    assert!(header.starts_with("\u{feff}node;nic;"), "{header}");
    let again = nicplan(&["init", text(&dir)]);
    assert_eq!(again.code, 2, "templates must not replace filled files");

    let blank = nicplan(&["review", text(&dir)]);
    assert_eq!(blank.code, 2, "blank templates hold no node");
}

#[test]
fn explain_knows_rules_roles_and_versions_and_helps_with_typing_errors() {
    assert_eq!(nicplan(&["explain"]).code, 0);
    for name in ["live-migration", "2012r2", nicplan::checks::rules::RULES[0].name] {
        let run = nicplan(&["explain", name]);
        assert_eq!(run.code, 0, "{name}: {}", run.err);
        assert!(run.out.starts_with('#'), "{name}: {}", run.out);
    }

    let run = nicplan(&["explain", "managment"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean 'management'"), "{}", run.err);
}

#[test]
fn schemas_are_json() {
    for what in ["inventory", "plan", "findings"] {
        let run = nicplan(&["schema", what]);
        assert_eq!(run.code, 0);
        assert!(
            serde_json::from_str::<serde_json::Value>(&run.out).is_ok_and(|v| v.get("$schema").is_some()),
            "{what}"
        );
    }
}

#[test]
fn completions_name_every_command() {
    let run = nicplan(&["completions", "powershell"]);
    assert_eq!(run.code, 0);
    assert!(
        ["generate", "import", "review"]
            .iter()
            .all(|name| run.out.contains(name))
    );
}

#[test]
fn review_says_what_is_wrong_and_fail_on_decides_the_exit_code() {
    let run = nicplan(&["review", "samples/broken"]);
    assert_eq!(run.code, 1);
    assert!(
        run.out.contains("error[") && run.out.contains("nodes.csv:3"),
        "{}",
        run.out
    );

    assert_eq!(nicplan(&["review", "samples/broken", "--fail-on", "never"]).code, 0);
    let json = nicplan(&["review", "samples/broken", "--format", "json"]);
    assert!(
        serde_json::from_str::<serde_json::Value>(&json.out)
            .is_ok_and(|v| v["findings"].as_array().is_some_and(|all| !all.is_empty()))
    );
    let csv = nicplan(&["review", "samples/broken", "--format", "csv"]);
    assert!(csv.out.starts_with("rule,severity,cluster,"));
}

#[test]
fn review_says_what_it_could_not_check_and_which_column_would_change_that() {
    let dir = place("cli-review-rules");
    let small = folder(
        "cli-review-nlb",
        &[
            ("nodes.csv", NODES),
            ("nics.csv", NICS),
            (
                "vms.csv",
                b"vm,node,nlb_cluster,nlb_mode\nW1,HV1,WEB,unicast\nW2,HV2,WEB,unicast\n",
            ),
        ],
    );
    let run = nicplan(&["review", text(&small), "--not-checked", "-o", text(&dir)]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out
            .contains("not checked because columns are missing (list them with --not-checked)"),
        "{}",
        run.out
    );
    let listed = |column: &str, rule: &str| {
        let mut lines = run.out.lines().skip_while(|line| line.trim() != column).skip(1);
        lines.next().is_some_and(|line| line.contains(rule))
    };
    for (column, rule) in [
        ("vnics.spoofing", "nlb-unicast-without-spoofing"),
        ("vnics.mac_type", "nlb-unicast-dynamic-mac"),
        ("vms.anti_affinity", "nlb-members-without-anti-affinity"),
    ] {
        assert!(listed(column, rule), "{column}: {}", run.out);
    }
    let rules = std::fs::read_to_string(dir.join("rules.csv")).expect("the file is written");
    assert_eq!(rules.lines().count(), nicplan::checks::rules::RULES.len() + 1);

    let quiet = nicplan(&["review", text(&small)]);
    assert!(!quiet.out.contains("to have it checked, fill"), "{}", quiet.out);
}

#[test]
fn text_without_a_terminal_has_no_colour() {
    let run = nicplan(&["review", "samples/broken"]);
    assert!(!run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'));
}

#[test]
fn mac_shows_pools_and_static_addresses() {
    let dir = place("cli-mac");
    let run = nicplan(&["mac", "samples/four-node-2008r2", "-o", text(&dir)]);
    assert!(
        run.out.contains("00-15-5D-01-0B-00") && run.out.contains("EXCH-CAS1"),
        "{}",
        run.out
    );
    assert!(dir.join("mac_plan.csv").exists() && dir.join("static_macs.csv").exists());

    let json = nicplan(&["mac", "samples/four-node-2008r2", "--format", "json"]);
    assert!(
        serde_json::from_str::<serde_json::Value>(&json.out).is_ok_and(|v| v["clusters"][0]["mac_pools"].is_array())
    );
    let csv = nicplan(&["mac", "samples/four-node-2008r2", "--format", "csv"]);
    assert!(csv.out.starts_with("cluster,node,pool_min"));
}

#[test]
fn path_names_the_layer_at_fault_and_shows_one_pair_line_by_line() {
    let dir = place("cli-path");
    let trap = "samples/migration-path-trap";
    let run = nicplan(&["path", trap, "-o", text(&dir)]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.out.contains("error[host-subnets] from or to HV1, HV2 (10 pairs)") && run.out.contains("-NewSubnet"),
        "{}",
        run.out
    );
    let csv = std::fs::read_to_string(dir.join("paths.csv")).expect("the file is written");
    assert!(
        csv.starts_with("cluster,source,target,network,source_nic,target_nic,transport,cap_mbps,concurrency,layer,why")
    );
    assert_eq!((csv.lines().count(), csv.matches(",host-subnets,").count()), (13, 10));
    assert!(dir.join("path.svg").exists());

    assert_eq!(nicplan(&["path", trap, "--fail-on", "never"]).code, 0);
    let chain = nicplan(&["path", trap, "--from", "hv3", "--to", "HV4"]);
    assert_eq!(chain.code, 0, "{}", chain.out);
    assert!(
        chain.out.contains("HV3 → HV4") && chain.out.contains("number 1 of MigrationNetworkOrder"),
        "{}",
        chain.out
    );
    let unknown = nicplan(&["path", trap, "--from", "HV33"]);
    assert!(
        unknown.code == 2 && unknown.err.contains("there is no node 'HV33'"),
        "{}",
        unknown.err
    );
    let json = nicplan(&["path", trap, "--format", "json"]);
    assert!(
        serde_json::from_str::<serde_json::Value>(&json.out)
            .is_ok_and(|v| v["clusters"][0]["paths"].as_array().is_some_and(|all| all.len() == 12))
    );
}

#[test]
fn path_says_what_it_does_not_know() {
    let small = folder("cli-path-small", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let run = nicplan(&["path", text(&small)]);

    assert_eq!(run.code, 0);
    assert!(
        run.out.contains("does not say which NIC carries which network"),
        "{}",
        run.out
    );
}

#[test]
fn problems_are_told_with_place_and_advice_and_nothing_is_written() {
    let bad = folder(
        "cli-bad",
        &[
            ("nodes.csv", NODES),
            ("nics.csv", b"node,nic,speed_mbps\nHV1,A,fast\nHV3,A,10000\n"),
        ],
    );
    let out = place("cli-bad-out");
    let run = nicplan(&["plan", text(&bad), "-o", text(&out)]);

    assert_eq!(run.code, 2);
    assert!(run.out.is_empty());
    assert!(run.err.contains("nics.csv:2:3"), "{}", run.err);
    assert!(run.err.contains("nics.csv:3:1"), "{}", run.err);
    assert!(run.err.contains("nothing was written"));
    assert!(!out.exists());
}

#[test]
fn two_hundred_problems_are_shown_and_the_rest_counted() {
    let headers: Vec<String> = (0..300).map(|number| format!("wrong{number}")).collect();
    let nics = format!("node,nic,speed_mbps,{}\nHV1,A,10000\n", headers.join(","));
    let bad = folder("cli-many", &[("nodes.csv", NODES), ("nics.csv", nics.as_bytes())]);
    let run = nicplan(&["review", text(&bad)]);

    assert_eq!(run.code, 2);
    assert_eq!(run.err.matches("error:").count(), 200);
    assert!(
        run.err.contains("… and ") && run.err.contains("more problems"),
        "{}",
        run.err
    );
}

#[test]
fn an_input_that_does_not_exist_is_named() {
    let run = nicplan(&["review", "no-such-folder"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("no-such-folder"), "{}", run.err);
}

#[cfg(not(feature = "solver"))]
#[test]
fn a_build_without_solver_says_that_it_cannot_plan() {
    let small = folder("cli-no-solver", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let run = nicplan(&["plan", text(&small)]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("cannot plan"), "{}", run.err);
}
