//! `plan`, and the commands that take its result, as a user meets them.

#![cfg(feature = "solver")]

mod program;

use program::{NICS, NODES, copy_of_sample, entries, folder, nicplan, place, text};

#[test]
fn check_judges_with_the_growth_that_the_plan_was_made_for_and_tells_where_it_differs() {
    let out = place("cli-growth");
    let (sample, plan) = ("samples/blades-2012r2", out.join("plan.json"));
    let planned = nicplan(&["plan", sample, "--growth", "7", "-o", text(&out)]);
    let judged = nicplan(&["check", sample, "--plan", text(&plan)]);
    assert_eq!(judged.code, planned.code, "{}{}", judged.out, judged.err);
    assert!(judged.err.contains("judged with a growth of 7 %"), "{}", judged.err);

    let said = nicplan(&["check", sample, "--plan", text(&plan), "--growth", "50"]);
    assert!(said.err.contains("made for a growth of 7 %"), "{}", said.err);
}

#[test]
fn a_time_limit_of_nothing_ends_without_a_plan_or_with_one_that_says_so() {
    let run = nicplan(&["plan", "samples/blades-2012r2", "--time-limit", "0"]);
    assert_eq!(run.code, 3, "{}{}", run.out, run.err);
    assert!(run.err.contains("--time-limit"), "{}", run.err);
}

#[test]
fn twenty_lines_give_a_plan_that_check_accepts() {
    let small = folder("cli-small", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let out = place("cli-small-out");
    let run = nicplan(&["plan", text(&small), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert_eq!(entries(&out).len(), nicplan::reports::REPORTS.len());

    let check = nicplan(&["check", text(&small), "--plan", text(&out.join("plan.json"))]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    assert!(check.out.contains("the plan holds"));
}

#[test]
fn path_follows_a_plan_before_it_is_applied() {
    let small = folder("cli-path-plan", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let out = place("cli-path-plan-out");
    nicplan(&["plan", text(&small), "-o", text(&out)]);

    let run = nicplan(&["path", text(&small), "--plan", text(&out.join("plan.json"))]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(
        run.out.contains("once the plan is applied") && run.out.contains("Live migration"),
        "{}",
        run.out
    );
    let other = nicplan(&["path", "samples/broken", "--plan", text(&out.join("plan.json"))]);
    assert!(
        other.code == 2 && other.err.contains("the plan has no cluster"),
        "{}",
        other.err
    );
}

#[test]
fn a_hand_edited_plan_is_caught() {
    let small = folder("cli-edited", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let plan = nicplan(&["plan", text(&small), "--format", "json"]).out;
    let file = small.join("edited.json");
    std::fs::write(&file, plan.replace("\"A\"", "\"Z\"")).expect("the build folder can be written");

    let check = nicplan(&["check", text(&small), "--plan", text(&file)]);
    assert_eq!(check.code, 1, "{}{}", check.out, check.err);
    assert!(check.out.contains('Z'), "{}", check.out);
}

#[test]
fn a_plan_in_other_letters_holds_wherever_a_plan_is_read() {
    let small = folder("cli-letters", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let plan = nicplan(&["plan", text(&small), "--format", "json"]).out;
    let file = small.join("letters.json");
    let other = plan.replace("\"HV1\"", "\"hv1\"").replace("\"A\"", "\"a\"");
    assert_ne!(other, plan);
    std::fs::write(&file, other).expect("the build folder can be written");

    for command in ["check", "path", "drain"] {
        let run = nicplan(&[command, text(&small), "--plan", text(&file)]);
        assert_eq!(run.code, 0, "{command}: {}{}", run.out, run.err);
        assert!(!run.out.contains("hv1"), "{command}: {}", run.out);
    }
}

#[test]
fn an_assignment_edited_by_hand_is_judged_without_its_old_numbers() {
    let plan = nicplan(&["plan", "samples/four-node-2008r2", "--format", "json"]).out;
    let mut edited: serde_json::Value = serde_json::from_str(&plan).expect("a plan is JSON");
    let uplinks = edited["clusters"][0]["nodes"][0]["uplinks"]
        .as_array_mut()
        .expect("a node has uplinks");
    let first = std::mem::take(&mut uplinks[0]["nics"]);
    uplinks[0]["nics"] = std::mem::replace(&mut uplinks[1]["nics"], first);
    let dir = folder("cli-recompute", &[("edited.json", edited.to_string().as_bytes())]);
    let check = |options: &[&str]| {
        let file = dir.join("edited.json");
        let mut arguments = vec!["check", "samples/four-node-2008r2", "--plan", text(&file)];
        arguments.extend(options);
        nicplan(&arguments)
    };

    let refused = check(&[]);
    assert_eq!(refused.code, 1, "{}{}", refused.out, refused.err);
    assert!(
        refused.out.contains("if you edited the assignment by hand"),
        "{}",
        refused.out
    );

    let out = dir.join("out");
    let judged = check(&["--recompute", "-o", text(&out)]);
    assert!(
        judged.out.contains("the assignment holds") && judged.out.contains("changes from today"),
        "{}{}",
        judged.out,
        judged.err
    );
    let written = out.join("plan.json");
    let again = nicplan(&["check", "samples/four-node-2008r2", "--plan", text(&written)]);
    assert_eq!(again.code, judged.code, "{}{}", again.out, again.err);
    assert!(again.out.contains("the plan holds"), "{}", again.out);
}

#[test]
fn a_plan_that_is_no_plan_is_bad_input_with_its_place() {
    let small = folder(
        "cli-no-plan",
        &[
            ("nodes.csv", NODES),
            ("nics.csv", NICS),
            ("p.json", b"{\n  \"clusters\": 7\n}"),
        ],
    );
    let check = nicplan(&["check", text(&small), "--plan", text(&small.join("p.json"))]);
    assert_eq!(check.code, 2);
    assert!(check.err.contains("p.json:2:"), "{}", check.err);
}

#[test]
fn requirements_that_cannot_be_met_give_exit_code_one_and_a_plan() {
    let out = place("cli-cannot");
    let run = nicplan(&["plan", "samples/cannot-be-met", "-o", text(&out)]);
    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    assert!(out.join("plan.json").exists());
    assert!(run.out.contains("HV3"), "{}", run.out);
}

#[test]
fn json_on_the_standard_output_is_the_plan_file() {
    let out = place("cli-json");
    let run = nicplan(&[
        "plan",
        "samples/switchless-2-node",
        "-o",
        text(&out),
        "--format",
        "json",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(std::fs::read_to_string(out.join("plan.json")).ok(), Some(run.out));
}

#[test]
fn stage_times_go_to_the_standard_error() {
    let small = folder("cli-verbose", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
    let quiet = nicplan(&["plan", text(&small)]);
    let verbose = nicplan(&["-v", "plan", text(&small)]);
    assert_eq!(quiet.out, verbose.out);
    assert!(verbose.err.contains(" ms") && !quiet.err.contains(" ms"));
    assert!(!verbose.err.contains('\r'), "a bar in a pipe: {:?}", verbose.err);
}

/// An inventory of two nodes without VMs, with ports named after their speed: `25G-1`, `25G-2` …
fn without_vms(name: &str, speeds: &[u64]) -> std::path::PathBuf {
    let mut nics = "node,nic,speed_mbps\n".to_owned();
    for node in ["HV1", "HV2"] {
        for (at, speed) in speeds.iter().enumerate() {
            nics.push_str(&format!("{node},{}G-{},{speed}\n", speed / 1000, at + 1));
        }
    }
    folder(
        name,
        &[
            ("nodes.csv", b"node,cluster\nHV1,C1\nHV2,C1\n"),
            ("nics.csv", nics.as_bytes()),
        ],
    )
}

/// The plan of an inventory folder in a style.
fn planned(folder: &std::path::Path, style: &str) -> nicplan::plan::ClusterPlan {
    let run = nicplan(&["plan", text(folder), "--style", style, "--format", "json"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    let plan: nicplan::plan::Plan = serde_json::from_str(&run.out).expect("a plan");
    plan.clusters.into_iter().next().expect("one cluster")
}

/// Speed of the ports of each role on the first node, in Gbit/s, as `role:speed`.
fn speeds(plan: &nicplan::plan::ClusterPlan) -> Vec<String> {
    let uplinks = plan.uplinks.iter().zip(&plan.nodes[0].uplinks);
    let named = uplinks.flat_map(|(shape, ports)| {
        let speed = ports.nics[0].split('G').next().unwrap_or_default();
        shape.roles.iter().map(move |role| format!("{role}:{speed}"))
    });
    named.collect()
}

/// Without VMs only the default needs of the host roles are known; those must not take the fast ports.
#[test]
fn without_vms_the_fast_ports_go_to_guests_and_live_migration_and_a_slow_one_to_management() {
    let expected = [
        (
            &[25_000, 25_000, 1000, 1000, 10_000, 10_000][..],
            ["management:1", "cluster:10", "live-migration:25", "vm:25"],
        ),
        (
            &[1000, 10_000, 1000, 10_000, 1000, 1000],
            ["management:1", "cluster:1", "live-migration:10", "vm:10"],
        ),
        (&[1000; 6], ["management:1", "cluster:1", "live-migration:1", "vm:1"]),
    ];
    for (at, (ports, roles)) in expected.into_iter().enumerate() {
        let plan = planned(&without_vms(&format!("plan-no-vms-{at}"), ports), "dedicated");
        assert_eq!(speeds(&plan), roles, "{ports:?}");
        assert_eq!(plan.solver.status, nicplan::plan::Status::Optimal);
    }
}

/// What no load is known of says nothing about growth, on the page and on the console.
#[test]
fn without_vms_no_number_is_told_for_the_growth_that_fits() {
    let small = without_vms("plan-no-vms-growth", &[1000; 6]);
    let out = place("plan-no-vms-growth-out");
    let run = nicplan(&["plan", text(&small), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    let page = std::fs::read_to_string(out.join("report.html")).expect("the page was written");
    for told in [&run.out, &page] {
        assert!(told.contains("the inventory names no VM traffic"), "{told}");
        assert!(!told.contains("% growth fits"), "{told}");
    }
}

#[test]
fn a_plan_forecasts_with_the_settings_of_live_migration_that_it_makes_and_the_page_tells_the_true_rate() {
    let trap = copy_of_sample("migration-path-trap", "cli-trap");
    std::fs::write(trap.join("policy.csv"), "key,value\ndrain_goal_minutes,2\n")
        .expect("the build folder can be written");
    let out = place("cli-trap-out");
    let run = nicplan(&["plan", text(&trap), "-o", text(&out)]);

    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    // the drain of today, over Management, would take longer than its goal; the plan sets the subnets right
    assert!(run.out.contains("HV1 takes 52 s"), "{}", run.out);
    assert!(!run.out.contains("more than the 2 min"), "{}", run.out);
    let set = "2 at once (all 12 pairs), once live migration is set as `nicplan deploy` writes it.";
    assert!(run.out.contains(set), "{}", run.out);
    let page = std::fs::read_to_string(out.join("report.html")).expect("the page");
    assert!(page.contains("4 Gbit/s for one migration") && page.contains("as `nicplan deploy` writes it"));
    assert!(!page.contains("it goes over Management"), "that is so today only");

    let limited = place("cli-smb-limit-out");
    nicplan(&["plan", "samples/converged-2016", "-o", text(&limited)]);
    let page = std::fs::read_to_string(limited.join("report.html")).expect("the page");
    assert!(page.contains("6.291 Gbit/s for one migration") && page.contains("what decides: limit on S2D01"));
}

/// A node with three ports that are alike, one of them without link, and two uses.
#[test]
fn of_ports_that_are_alike_the_one_without_link_stays_idle() {
    for dead in ["A", "B", "C", "D", "E"] {
        let ports = ["A", "B", "C", "D", "E"].map(|port| {
            let state = if port == dead { "down" } else { "up" };
            format!("HV1,{port},10000,{state}\nHV2,{port},10000,{state}\n")
        });
        let nics = format!("node,nic,speed_mbps,status\n{}", ports.concat());
        let input = folder(
            &format!("cli-no-link-{dead}"),
            &[("nodes.csv", NODES), ("nics.csv", nics.as_bytes())],
        );
        let plan = nicplan(&["plan", text(&input), "--style", "dedicated", "--format", "json"]).out;
        let plan: nicplan::plan::Plan = serde_json::from_str(&plan).expect("a plan");
        for node in &plan.clusters[0].nodes {
            let used: Vec<&String> = node.uplinks.iter().flat_map(|u| &u.nics).collect();
            assert_eq!(used.len(), 4, "four uses: {used:?}");
            assert!(
                used.iter().all(|nic| *nic != dead),
                "{}: {used:?} without {dead}",
                node.node
            );
        }
    }
}

#[test]
fn another_style_than_the_one_asked_for_is_told_first() {
    let out = place("cli-other-style");
    let plan = |style: &str| {
        let input = ["plan", "samples/four-node-2008r2", "--style", style, "-o", text(&out)];
        let run = nicplan(&input);
        assert_eq!(run.code, 0, "{}", run.err);
        let page = std::fs::read_to_string(out.join("report.html")).expect("it was written");
        (run.out, page)
    };
    let told = "The converged style was asked for, but there is no plan of it (Windows Server 2008 R2 has one host vNIC per external \
                switch). Planned is the best of all styles instead: dedicated.";
    let (said, page) = plan("converged");
    assert_eq!(said.lines().nth(1), Some(told));
    assert!(page.contains(told));
    let (said, page) = plan("teamed");
    assert!(
        !said.contains("was asked for") && !page.contains("was asked for"),
        "{said}"
    );
}

#[test]
fn nodes_whose_long_names_differ_at_the_end_have_lines_that_differ() {
    let long = |end: &str| format!("ServerOfTheProductionDatacentreInFrankfurtAmMain-Row-17-{end}");
    let names = [long("HV"), long("HV0"), long("HV01")];
    let nodes = names.iter().fold("node\n".to_owned(), |text, name| text + name + "\n");
    let nics = names
        .iter()
        .flat_map(|name| ["A", "B"].map(|nic| format!("{name},{nic},10000\n")));
    let nics = nics.fold("node,nic,speed_mbps\n".to_owned(), |text, row| text + &row);
    let vms = names.iter().enumerate().map(|(at, name)| format!("VM{at},{name}\n"));
    let vms = vms.fold("vm,node\n".to_owned(), |text, row| text + &row);
    let vnics = b"vm,p95_mbps\nVM0,100\nVM1,200\nVM2,300\n";
    let files: [(&str, &[u8]); 4] = [
        ("nodes.csv", nodes.as_bytes()),
        ("nics.csv", nics.as_bytes()),
        ("vms.csv", vms.as_bytes()),
        ("vnics.csv", vnics),
    ];
    let out = place("cli-long-names-out");
    let run = nicplan(&["plan", text(&folder("cli-long-names", &files)), "-o", text(&out)]);
    assert!(run.code < 2, "{}", run.err);
    let drawing = std::fs::read_to_string(out.join("failures.svg")).expect("it was written");
    let texts = drawing.split('<').filter(|part| part.starts_with("text "));
    let lines: Vec<&str> = texts.filter(|part| part.contains(">node ")).collect();
    let shown = |line: &&str| line.rsplit('>').next().unwrap_or_default().to_owned();
    let different: std::collections::BTreeSet<String> = lines.iter().map(shown).collect();
    assert_eq!((lines.len(), different.len()), (3, 3), "{different:?}");
    assert_eq!(
        drawing.matches(": its VMs on the others").count() % 3,
        0,
        "{different:?}"
    );
}
