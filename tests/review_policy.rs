//! What the policy says about a rule, day by day, as a CI job meets it: exit code, words, silenced findings.

mod program;

use program::{Run, folder, nicplan, text};

/// Reviews a cluster whose node has a single port, an error, with this row of the policy on this day.
fn reviewed(name: &str, row: &str, day: Option<&str>, fail_on: &str) -> Run {
    let policy = format!("setting,value,reason,until\n{row}\n");
    let input = folder(
        &format!("policy-{name}"),
        &[
            ("nodes.csv", b"node,management_ip\nHV1,10.0.0.11\nHV2,10.0.0.12\n"),
            (
                "nics.csv",
                b"node,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\nHV2,B,10000\n",
            ),
            ("policy.csv", policy.as_bytes()),
        ],
    );
    let mut arguments = vec!["review", text(&input), "--fail-on", fail_on];
    arguments.extend(day.iter().flat_map(|day| ["--as-of", day]));
    nicplan(&arguments)
}

const DAYS: [(Option<&str>, bool); 4] = [
    (Some("2027-06-29"), true),
    (Some("2027-06-30"), true),
    (Some("2027-07-01"), false),
    (None, false),
];

#[test]
fn an_allowed_rule_fails_again_the_day_after_its_last_and_without_a_day() {
    for (index, (day, holds)) in DAYS.into_iter().enumerate() {
        let run = reviewed(
            &format!("allow-{index}"),
            "rule:single-nic,allow,lab until June,2027-06-30",
            day,
            "error",
        );
        assert_eq!(run.code, i32::from(!holds), "{day:?}: {}{}", run.out, run.err);
        assert_eq!(
            run.out.contains("silenced by single-nic: lab until June"),
            holds,
            "{day:?}: {}",
            run.out
        );
        assert_eq!(run.err.contains("give --as-of"), day.is_none(), "{day:?}: {}", run.err);
    }
}

#[test]
fn a_rule_made_a_warning_does_not_fail_until_the_day_after_its_last() {
    for (index, (day, holds)) in DAYS.into_iter().enumerate() {
        let row = "rule:single-nic,warn,second port is ordered,2027-06-30";
        let run = reviewed(&format!("warn-{index}"), row, day, "error");
        assert_eq!(run.code, i32::from(!holds), "{day:?}: {}{}", run.out, run.err);
        let count = if holds {
            "0 errors, 1 warning"
        } else {
            "1 error, 0 warnings"
        };
        assert!(run.out.contains(count), "{day:?}: {}", run.out);
        let mark = "warning[single-nic]";
        let by = "level counts as warning, not error, by single-nic: second port is ordered (until 2027-06-30)\n";
        assert_eq!(run.out.contains(mark), holds, "{day:?}: {}", run.out);
        assert_eq!(run.out.contains(by), holds, "{day:?}: {}", run.out);
        let ended = "policy.csv:2:1: warn of the rule single-nic ended on 2027-06-30 and no longer counts (second port is ordered)";
        assert_eq!(
            run.err.contains(ended),
            day == Some("2027-07-01"),
            "{day:?}: {}",
            run.err
        );
    }
}

#[test]
fn every_format_says_who_made_a_warning_of_an_error() {
    let row = "rule:single-nic,warn,second port is ordered,";
    for format in ["json", "csv", "sarif", "junit"] {
        let policy = format!("setting,value,reason,until\n{row}\n");
        let input = folder(
            &format!("policy-by-{format}"),
            &[
                ("nodes.csv", b"node\nHV1\n"),
                ("nics.csv", b"node,nic,speed_mbps\nHV1,A,10000\n"),
                ("policy.csv", policy.as_bytes()),
            ],
        );
        let run = nicplan(&["review", text(&input), "--format", format, "--fail-on", "warning"]);
        assert!(
            run.out.contains("single-nic: second port is ordered"),
            "{format}: {}",
            run.out
        );
    }
}

#[test]
fn a_denied_rule_fails_until_its_last_day() {
    for (index, (day, holds)) in DAYS.into_iter().enumerate() {
        let row = "rule:mac-pool-assumed,deny,pools must be known,2027-06-30";
        let run = reviewed(
            &format!("deny-{index}"),
            &format!("rule:single-nic,allow,lab,\n{row}"),
            day,
            "error",
        );
        let trips = run.out.contains("[mac-pool-assumed]");
        assert_eq!(run.code, i32::from(holds && trips), "{day:?}: {}{}", run.out, run.err);
        assert!(trips, "{}", run.out);
        // It stands under what it counts as, before what counts less.
        let heading = if holds { "error[mac-pool" } else { "[mac-pool" };
        assert!(run.out.contains(heading), "{day:?}: {}", run.out);
        assert_eq!(
            run.out.contains(
                "level counts as error, not info, by mac-pool-assumed: pools must be known (until 2027-06-30)"
            ),
            holds,
            "{day:?}: {}",
            run.out
        );
    }
}

/// What is allowed needs no fix: a line each with its reason, at the end.
#[test]
fn what_the_policy_silences_has_a_line_each_without_risk_and_fix() {
    let row = "rule:single-nic,allow,lab until June,2027-06-30";
    let run = reviewed("allow-short", row, Some("2027-06-30"), "error");
    let (open, silenced) = run.out.split_once("silenced by the policy: ").expect("the heading");
    assert!(!open.contains("single-nic"), "{open}");
    let told = silenced.lines().filter(|line| line.starts_with("  "));
    let told: Vec<&str> = told.collect();
    assert_eq!(told.len(), 1, "{silenced}");
    assert!(
        told[0].ends_with("  [silenced by single-nic: lab until June (until 2027-06-30)]"),
        "{silenced}"
    );
}

#[test]
fn an_entry_without_a_last_day_holds_on_every_day_and_without_one() {
    for day in [Some("2099-12-31"), None] {
        let run = reviewed("for-ever", "rule:single-nic,allow,lab,", day, "error");
        assert_eq!(
            (run.code, run.err.contains("--as-of")),
            (0, false),
            "{day:?}: {}{}",
            run.out,
            run.err
        );
    }
}

// `plan` needs the solver.
#[cfg(feature = "solver")]
#[test]
fn mac_and_plan_honour_entries_with_a_last_day_and_say_when_none_were_judged() {
    let input = folder(
        "policy-mac",
        &[
            (
                "nodes.csv",
                b"node,mac_pool_min,mac_pool_max\nHV1,00-15-5D-01-0B-00,00-15-5D-01-0B-FF\nHV2,00-15-5D-01-0C-00,00-15-5D-01-0C-FF\n",
            ),
            (
                "nics.csv",
                b"node,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\nHV2,A,10000\nHV2,B,10000\n",
            ),
            ("vms.csv", b"vm,node\nWEB,HV1\nDB,HV2\n"),
            (
                "vnics.csv",
                b"vm,mac,mac_type\nWEB,00-15-5D-01-0B-05,dynamic\nDB,00-15-5D-01-0B-05,dynamic\n",
            ),
            (
                "policy.csv",
                b"setting,value,reason,until\nrule:duplicate-mac,allow,both are lab VMs,2027-06-30\n",
            ),
        ],
    );
    for (index, (day, holds)) in DAYS.into_iter().enumerate() {
        let out = program::place(&format!("policy-plan-{index}"));
        for mut arguments in [vec!["mac", text(&input)], vec!["plan", text(&input), "-o", text(&out)]] {
            arguments.extend(day.iter().flat_map(|day| ["--as-of", day]));
            let run = nicplan(&arguments);

            assert_eq!(
                run.err.contains("give --as-of"),
                day.is_none(),
                "{arguments:?}: {}",
                run.err
            );
            if arguments[0] == "mac" {
                assert_eq!(run.code, i32::from(!holds), "{day:?}: {}{}", run.out, run.err);
            }
        }
        let read = |file: &str| std::fs::read_to_string(out.join(file)).expect("the plan wrote it");
        let findings = read("findings.csv");
        assert!(findings.contains("duplicate-mac"));
        assert_eq!(
            findings.contains("both are lab VMs (until 2027-06-30)"),
            holds,
            "{day:?}"
        );
        assert_eq!(read("report.html").contains("since no day was given"), day.is_none());
    }
}
