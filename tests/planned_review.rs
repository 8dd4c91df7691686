//! `plan` reviews what it makes: no error of a rule is there once the plan is applied, unless it says why the plan cannot avoid it.
#![cfg(feature = "solver")]

mod program;

use program::{folder, nicplan, place, samples, text};
use std::path::Path;

/// An error about the planned state: rule, message, reason to stay.
type Staying = (String, String, String);

/// Plans the input and returns the errors that stay, and the console's text.
fn staying(name: &str, input: &Path) -> (Vec<Staying>, String) {
    let out = place(&format!("planned-{name}"));
    let run = nicplan(&["plan", text(input), "-o", text(&out)]);
    assert!(run.code < 2, "{name}: {}{}", run.out, run.err);
    let mut reader = csv::Reader::from_path(out.join("findings.csv")).expect("findings.csv");
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|h| h == name).expect("the column");
    let (state, severity) = (column("state"), column("severity"));
    let columns = [column("rule"), column("message"), column("stays")];
    let rows = reader.records().map(|row| row.expect("a row"));
    let planned = rows.filter(|row| &row[state] == "planned" && &row[severity] == "error");
    let errors = planned.map(|row| {
        let [rule, message, stays] = columns.map(|c| row[c].to_owned());
        (rule, message, stays)
    });
    (errors.collect(), run.out)
}

fn assert_every_error_has_its_reason(name: &str, input: &Path) {
    let (errors, console) = staying(name, input);
    for (rule, message, stays) in &errors {
        assert!(
            !stays.is_empty() && !stays.contains("report it as a bug"),
            "{name}: [{rule}] {message}: {stays}"
        );
    }
    assert_eq!(
        console.contains("Once the plan is applied: "),
        !errors.is_empty(),
        "{name}: {console}"
    );
}

#[test]
fn no_sample_has_an_error_once_its_plan_is_applied_without_a_reason() {
    for (name, input) in samples() {
        assert_every_error_has_its_reason(&name, &input);
    }
}

#[test]
fn no_generated_cluster_has_an_error_once_its_plan_is_applied_without_a_reason() {
    for (nodes, vms, seeds) in [(2, 20, 4), (4, 60, 6), (9, 200, 3), (16, 1000, 1)] {
        for seed in 0..seeds {
            let name = format!("generated-{nodes}-{seed}");
            let input = place(&format!("planned-in-{nodes}-{seed}"));
            let (nodes, vms, seed) = (nodes.to_string(), vms.to_string(), seed.to_string());
            let options = [
                "generate",
                "--nodes",
                &nodes,
                "--vms",
                &vms,
                "--seed",
                &seed,
                "-o",
                text(&input),
            ];
            assert_eq!(nicplan(&options).code, 0);
            assert_every_error_has_its_reason(&name, &input);
        }
    }
}

#[test]
fn an_error_that_the_plan_does_not_touch_is_told_with_reason_and_fix_on_console_and_page() {
    let out = place("planned-told");
    let run = nicplan(&["plan", "samples/vmware-rvtools", "-o", text(&out)]);
    for words in [
        "Once the plan is applied: 1 error.",
        "stays: a plan does not change which ports have a link",
        "to do: check cable and transceiver",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    let page = std::fs::read_to_string(out.join("report.html")).expect("the page");
    assert!(page.contains("Once the plan is applied: 1 error") && page.contains("It stays: a plan does not change"));
    assert!(page.contains("What the rules could check"));
}

#[test]
fn whoever_makes_a_finding_an_error_is_named_beside_it() {
    let node = |name: &str| format!("{name},A,10000,S1\n{name},B,10000,S1\n");
    let input = folder(
        "planned-denied-in",
        &[
            ("nodes.csv", b"node,management_ip\nHV1,10.0.0.11\nHV2,10.0.0.12\n"),
            (
                "nics.csv",
                format!("node,nic,speed_mbps,card\n{}{}", node("HV1"), node("HV2")).as_bytes(),
            ),
            (
                "policy.csv",
                b"setting,value,reason,until\nrule:team-on-one-card,deny,two cards are bought,\n",
            ),
        ],
    );
    let run = nicplan(&["plan", text(&input), "-o", text(&place("planned-denied"))]);
    let (_, after) = run
        .out
        .split_once("Once the plan is applied: ")
        .expect("an error stays");
    for words in [
        "[team-on-one-card]",
        "counts as error, not warning, by team-on-one-card: two cards are bought",
        "to do: ",
    ] {
        assert!(after.contains(words), "{words}: {}", run.out);
    }
    assert!(!after.contains("stays: \n"), "an empty reason: {}", run.out);
}

/// Hosts that run VMware are not judged by settings of Windows, neither from the export nor from the folder it was imported to; the plan is.
#[test]
fn rules_about_windows_speak_of_a_vmware_estate_only_once_it_is_planned() {
    let (imported, out) = (place("vmware-imported"), place("vmware-planned"));
    assert_eq!(
        nicplan(&["import", "samples/vmware-rvtools", "-o", text(&imported)]).code,
        0
    );
    for input in ["samples/vmware-rvtools", text(&imported)] {
        let run = nicplan(&["review", input]);
        for silent in [
            "iscsi-port-shared",
            "iscsi-on-team",
            "mac-pool-assumed",
            "quick-migration-in-drain",
            "-CimSession",
        ] {
            assert!(!run.out.contains(silent), "{input}: {silent}: {}", run.out);
        }
        for told in [
            "error[nic-without-link]",
            "warning[clustered-vm-on-internal-switch]",
            "because the hosts do not run Hyper-V yet",
        ] {
            assert!(run.out.contains(told), "{input}: {told}: {}", run.out);
        }
        let mac = nicplan(&["mac", input]);
        assert!(mac.out.contains("DMZ, Production: The hosts run VMware"), "{}", mac.out);
        assert!(!mac.out.contains("Get-VMHost"), "{}", mac.out);
        let ways = nicplan(&["path", input]);
        assert_eq!(
            ways.out.matches("The hosts run VMware, not Hyper-V yet.").count(),
            2,
            "{}",
            ways.out
        );
    }
    nicplan(&["plan", "samples/vmware-rvtools", "-o", text(&out)]);
    let plan = out.join("plan.json");
    let run = nicplan(&["review", "samples/vmware-rvtools", "--plan", text(&plan)]);
    assert!(
        run.out.contains("info[quick-migration-in-drain]") && !run.out.contains("run Hyper-V yet"),
        "{}",
        run.out
    );
    let scripts = place("vmware-scripts");
    let deploy = nicplan(&[
        "deploy",
        "samples/vmware-rvtools",
        "--plan",
        text(&plan),
        "-o",
        text(&scripts),
    ]);
    assert!(
        deploy.code == 1 && deploy.out.contains("DMZ: its hosts run VMware") && !scripts.exists(),
        "{}",
        deploy.out
    );
    for command in ["path", "drain"] {
        let run = nicplan(&[command, "samples/vmware-rvtools", "--plan", text(&plan)]);
        assert!(!run.out.contains("run VMware"), "{command}: {}", run.out);
        let today = nicplan(&[command, "samples/vmware-rvtools"]);
        assert!(today.out.contains("run VMware"), "{command}: {}", today.out);
    }
}

#[test]
fn what_the_plan_repairs_is_an_error_of_today_alone() {
    let (errors, _) = staying("broken", Path::new("samples/broken"));
    assert_eq!(errors, []);
    let today = nicplan(&["review", "samples/broken"]);
    assert!(today.out.contains("error[mac-pool-cloned]"), "{}", today.out);
}

/// Storage ports with a VLAN ID of their own go under a virtual switch: the scripts clear it, and so the planned facts have none.
#[test]
fn a_port_whose_vlan_the_scripts_clear_is_no_fault_once_the_plan_is_applied() {
    let out = place("planned-port-vlan");
    let run = nicplan(&["plan", "samples/exports-2022", "--style", "converged", "-o", text(&out)]);
    assert!(run.code < 2, "{}{}", run.out, run.err);
    let assignment = std::fs::read_to_string(out.join("assignment.csv")).expect("assignment.csv");
    let shares_a_switch = |line: &str| line.contains(",converged,") && line.contains(",SMB 1,");
    assert!(assignment.lines().any(shares_a_switch), "{assignment}");
    let findings = std::fs::read_to_string(out.join("findings.csv")).expect("findings.csv");
    assert!(!findings.contains("vlan-set-on-bound-nic"), "{findings}");
}

#[test]
fn ports_that_do_not_suffice_are_the_reason_of_what_stays() {
    let (errors, _) = staying("cannot-be-met", Path::new("samples/cannot-be-met"));
    let reason = errors.iter().find(|(rule, ..)| rule == "uplink-overcommitted");
    assert!(
        reason.is_some_and(|(.., stays)| stays.contains("do not suffice")),
        "{errors:?}"
    );
}

/// Inventories that trip the rules about what a plan decides.
#[test]
fn a_cluster_full_of_faults_that_a_plan_decides_has_none_of_them_afterwards() {
    let input = folder(
        "planned-in-faults",
        &[
            ("clusters.csv", b"cluster,profile,storage\nC1,2022,smb\n"),
            (
                "nodes.csv",
                b"node,cluster,mac_pool_min,mac_pool_max\nHV1,C1,00-15-5D-01-00-00,00-15-5D-01-00-FF\n\
                  HV2,C1,00-15-5D-01-00-00,00-15-5D-01-00-FF\n",
            ),
            (
                "nics.csv",
                b"node,nic,speed_mbps,current_role,team,team_kind\nHV1,A,10000,vm,T,lbfo\nHV1,B,1000,vm,T,lbfo\n\
                  HV1,C,10000,management,,\nHV1,D,10000,storage,,\nHV2,A,10000,vm,T,lbfo\nHV2,B,1000,vm,T,lbfo\n\
                  HV2,C,10000,management,,\nHV2,D,10000,,,\n",
            ),
            ("switches.csv", b"node,switch,nics\nHV1,LAN,T\nHV2,Lan2,T\n"),
            (
                "vms.csv",
                b"vm,node,nlb_cluster,nlb_mode,nlb_ip\nW1,HV1,WEB,unicast,10.0.0.9\nW2,HV2,WEB,unicast,10.0.0.9\n",
            ),
            ("vnics.csv", b"vm,switch,mac_type,mac,spoofing\nW1,LAN,dynamic,00-15-5D-01-00-01,no\nW2,Lan2,dynamic,00-15-5D-01-00-01,no\n"),
        ],
    );
    let today = nicplan(&["review", text(&input)]);
    for rule in [
        "mac-pool-cloned",
        "lbfo-under-switch",
        "team-mixed-speed",
        "nlb-unicast-dynamic-mac",
        "switch-names-differ",
    ] {
        assert!(today.out.contains(&format!("error[{rule}]")), "{rule}: {}", today.out);
    }
    let (errors, _) = staying("faults", &input);
    assert_eq!(errors, []);
}

#[test]
fn the_review_of_a_plan_counts_what_goes_and_what_comes() {
    let out = place("planned-counted");
    let input = Path::new("samples/broken");
    nicplan(&["plan", text(input), "-o", text(&out)]);
    let plan = out.join("plan.json");
    let told = |more: &[&str]| {
        nicplan(&[&["review", text(input), "--format", "csv", "--fail-on", "never"], more].concat()).out
    };
    let keys = |csv: &str| -> Vec<(String, String)> {
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header = reader.headers().expect("a header").clone();
        let [rule, subject] =
            ["rule", "subject"].map(|name| header.iter().position(|h| h == name).expect("the column"));
        let rows = reader.records().map(|row| row.expect("a row"));
        rows.map(|row| (row[rule].to_owned(), row[subject].to_owned()))
            .collect()
    };
    let (today, then) = (keys(&told(&[])), keys(&told(&["--plan", text(&plan)])));
    let without =
        |some: &[(String, String)], others: &[(String, String)]| some.iter().filter(|f| !others.contains(f)).count();
    let (gone, new) = (without(&today, &then), without(&then, &today));
    assert!(gone > 0 && new > 0);
    let run = nicplan(&["review", text(input), "--plan", text(&plan), "--fail-on", "never"]);
    assert!(
        run.out.contains(&format!(
            "once the plan is applied: {gone} findings of today gone, {new} new."
        )),
        "{}",
        run.out
    );
}

#[test]
fn a_switch_that_is_said_to_have_set_before_2016_has_none_once_it_is_made_again() {
    let dir = folder(
        "set-2012-in",
        &[
            ("clusters.csv", b"cluster,profile\nC1,2012\n"),
            ("nodes.csv", b"node,cluster\nHV1,C1\nHV2,C1\n"),
            (
                "nics.csv",
                b"node,nic,speed_mbps,current_role\nHV1,A,10000,vm:LAN\nHV1,B,10000,vm:LAN\nHV2,A,10000,vm:LAN\nHV2,B,10000,vm:LAN\n",
            ),
            (
                "switches.csv",
                b"node,switch,nics,embedded_teaming\nHV1,LAN,A;B,yes\nHV2,LAN,A;B,yes\n",
            ),
        ],
    );

    let (errors, console) = staying("set-2012", &dir);

    assert!(console.contains("which Windows Server 2012 does not have"), "{console}");
    assert_eq!(errors, []);
}
