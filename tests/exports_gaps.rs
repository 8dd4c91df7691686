//! Exports that are not what they seem: files of another cluster, files that are missing, sources that contradict each other.

mod program;

use program::{Run, copy_of_sample, nicplan, place, text};
use std::fs;
use std::path::{Path, PathBuf};

/// A copy of the exports of the sample.
fn exports(name: &str) -> PathBuf {
    copy_of_sample("exports-2022", &format!("gaps-{name}"))
}

fn write(dir: &Path, file: &str, content: &str) {
    let path = dir.join(file);
    fs::create_dir_all(path.parent().expect("a folder")).expect("the build folder can be written");
    fs::write(path, content).expect("the build folder can be written");
}

fn review(dir: &Path) -> Run {
    nicplan(&["review", text(dir), "--fail-on", "never"])
}

fn assert_said(said: &str, expected: &[&str]) {
    for part in expected {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

#[test]
fn two_names_for_one_cluster_are_refused_with_both_files() {
    let dir = exports("two-clusters");
    write(
        &dir,
        "cluster/A_Get-Cluster.json",
        r#"{"Name":"AAA99","SameSubnetDelay":1000,"SameSubnetThreshold":10}"#,
    );
    let run = review(&dir);
    assert_eq!(run.code, 2, "{}", run.out);
    assert_said(
        &run.err,
        &[
            "two exports of Get-Cluster name different clusters: AAA99 (",
            "A_Get-Cluster.json) and HVC22 (",
            "a folder of their own",
        ],
    );
}

#[test]
fn nodes_of_two_clusters_are_refused_and_one_file_for_each_node_is_not() {
    let dir = exports("two-node-lists");
    let nodes = |names: [&str; 2]| {
        let [a, b] = names.map(|name| format!(r#"{{"Name":"{name}","State":0,"NodeWeight":1}}"#));
        format!("[{a},{b}]")
    };
    write(&dir, "cluster/other_Get-ClusterNode.json", &nodes(["X1", "X2"]));
    let run = review(&dir);
    assert_eq!(run.code, 2, "{}", run.out);
    assert_said(
        &run.err,
        &[
            "two exports of Get-ClusterNode name different nodes: HV1, HV2, HV3 (",
            "X1, X2 (",
        ],
    );

    fs::remove_file(dir.join("cluster/other_Get-ClusterNode.json")).expect("it was written");
    fs::remove_file(dir.join("cluster/Get-ClusterNode.xml")).expect("it is in the sample");
    for name in ["HV1", "HV2", "HV3"] {
        let one = format!(r#"{{"Name":"{name}","State":0,"NodeWeight":1}}"#);
        write(&dir, &format!("{name}/Get-ClusterNode.json"), &one);
    }
    assert_eq!(review(&dir).code, 0);
}

#[test]
fn a_computer_that_is_no_node_is_left_out_and_told() {
    let dir = exports("stranger");
    for file in ["Get-NetAdapter.json", "Get-VMSwitch.json"] {
        let of_hv2 = fs::read_to_string(dir.join("HV2").join(file)).expect("a text");
        write(
            &dir,
            &format!("HV9/{file}"),
            &of_hv2.replace("HV2", "HV9").replace("hv2", "hv9"),
        );
    }
    let run = review(&dir);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_said(
        &run.err,
        &[
            "HV9 is not among the nodes of HVC22 in cluster/Get-ClusterNode.xml (HV1, HV2, HV3): left out (2 files: \
             HV9/Get-NetAdapter.json, HV9/Get-VMSwitch.json); if it belongs there, export Get-ClusterNode again",
        ],
    );
    assert!(!run.out.contains("HV9"), "{}", run.out);
}

#[test]
fn objects_that_name_another_cluster_are_left_out_and_told() {
    let dir = exports("other-network");
    write(
        &dir,
        "cluster/more_Get-ClusterNetwork.json",
        r#"{"Name":"Elsewhere","Cluster":"AAA99","Address":"10.9.0.0","AddressMask":"255.255.0.0","Role":1,"Metric":1000}"#,
    );
    let run = review(&dir);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_said(
        &run.err,
        &["1 object in cluster/more_Get-ClusterNetwork.json of cluster AAA99, not of HVC22: left out"],
    );
    assert!(!run.out.contains("Elsewhere"), "{}", run.out);
}

/// Changes a text of a file that is there.
fn change(dir: &Path, file: &str, old: &str, new: &str) {
    let path = dir.join(file);
    let content = fs::read_to_string(&path).expect("a text");
    assert!(content.contains(old), "{file} holds no {old}");
    fs::write(path, content.replacen(old, new, 1)).expect("the build folder can be written");
}

/// Rules of a review with what they say.
fn findings(dir: &Path) -> Vec<(String, String)> {
    let run = nicplan(&["review", text(dir), "--fail-on", "never", "--format", "csv"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let mut reader = csv::Reader::from_reader(run.out.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let at = |name: &str| header.iter().position(|n| n == name).expect("a column");
    let rows = reader.records().map(|row| row.expect("a row"));
    rows.map(|row| (row[at("rule")].to_owned(), row[at("message")].to_owned()))
        .collect()
}

#[test]
fn a_missing_export_is_told_first_and_no_rule_calls_absent_what_nobody_exported() {
    let of_sample: Vec<String> = findings(&exports("whole")).into_iter().map(|(rule, _)| rule).collect();
    for (cmdlet, tells) in [
        ("Get-VMSwitch", "virtual switches"),
        ("Get-NetAdapter", "its ports"),
        ("Get-VMHost", "MAC pool, memory and settings of live migration"),
        ("Get-VMNetworkAdapter", "adapters of VMs and of the host"),
    ] {
        let dir = exports(&format!("without-{cmdlet}"));
        fs::remove_file(dir.join(format!("HV2/{cmdlet}.json"))).expect("it is in the sample");
        let head = format!("  {cmdlet} of HV2 (not exported): {tells}: unknown\n");
        for command in ["review", "path", "drain", "mac"] {
            let run = nicplan(&[command, text(&dir)]);
            assert!(run.code < 2, "{command}: {}", run.err);
            let start: String = run.out.lines().take(2).map(|line| format!("{line}\n")).collect();
            assert!(start.ends_with(&head), "{command}: {}", run.out);
            let is_warned = run
                .out
                .contains("Nothing below about ports, switches or paths of HV2 is proven");
            assert_eq!(is_warned, cmdlet == "Get-NetAdapter", "{command}: {}", run.out);
        }
        for (rule, message) in findings(&dir) {
            let is_claim = message.contains("does not exist") || message.contains("no NIC for");
            assert!(!is_claim, "{cmdlet}: {rule}: {message}");
        }
        let errors = [
            "vm-switch-missing-on-node",
            "role-missing-on-node",
            "switch-protocol-on-free-nic",
        ];
        let new = findings(&dir).into_iter().filter(|(rule, _)| !of_sample.contains(rule));
        let false_ones: Vec<(String, String)> = new.filter(|(rule, _)| errors.contains(&rule.as_str())).collect();
        assert!(false_ones.is_empty(), "{cmdlet}: {false_ones:?}");
    }
}

#[test]
fn a_switch_that_the_nodes_adapters_name_exists_without_its_export_and_an_import_keeps_what_is_missing() {
    let dir = exports("switch-named");
    fs::remove_file(dir.join("HV2/Get-VMSwitch.json")).expect("it is in the sample");
    let out = place("gaps-switch-named-out");
    let run = nicplan(&["import", text(&dir), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_said(
        &run.out,
        &["virtual switch SETSwitch of HV2 (Get-VMSwitch not exported): external"],
    );
    let switches = fs::read_to_string(out.join("switches.csv")).expect("the table");
    assert!(
        switches.lines().any(|line| line.contains("HV2,SETSwitch")),
        "{switches}"
    );
    let again = nicplan(&["review", text(&out), "--fail-on", "never"]);
    assert_said(
        &again.out,
        &["Get-VMSwitch of HV2 (not exported): virtual switches: unknown"],
    );
}

#[test]
fn an_address_and_a_speed_that_two_sources_state_differently_are_findings() {
    let dir = exports("contradict");
    change(&dir, "HV2/Get-NetIPAddress.json", "10.20.11.12", "10.20.99.12");
    change(
        &dir,
        "HV2/Get-NetAdapter.json",
        "\"Speed\": 10000000000",
        "\"Speed\": 1000000000",
    );
    let said: Vec<String> = findings(&dir)
        .into_iter()
        .filter(|(rule, _)| rule == "sources-contradict")
        .map(|(_, message)| message)
        .collect();
    let said = said.join("\n");
    assert_said(
        &said,
        &[
            "addresses of HV2/SMB 1: 10.20.99.12/24 (HV2/Get-NetIPAddress.json:",
            "counts, 10.20.11.12 (cluster/Get-ClusterNetworkInterface.xml:",
            "speed_mbps of HV2/SLOT 2 Port 1: 1000 (HV2/Get-NetAdapter.json:",
            "10000 (HV2/Get-NetAdapter.json:",
        ],
    );
    assert!(
        findings(&exports("agree"))
            .iter()
            .all(|(rule, _)| rule != "sources-contradict")
    );
}

#[test]
fn a_vm_without_its_export_is_told_by_its_name_with_what_names_it() {
    let dir = exports("vm-unknown");
    let path = dir.join("HV3/Get-VM.csv");
    let whole = fs::read_to_string(&path).expect("a text");
    let rest: Vec<&str> = whole.lines().filter(|line| !line.starts_with("\"APP01\"")).collect();
    fs::write(path, rest.join("\r\n")).expect("the build folder can be written");
    let run = review(&dir);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_said(
        &run.err,
        &[
            "APP01 stands in Get-ClusterGroup and Get-VMNetworkAdapter of HV3",
            "but in no export of Get-VM: left out",
        ],
    );
    assert!(!run.err.contains("do not say to which adapter"), "{}", run.err);
}

#[test]
fn results_are_never_written_among_the_files_of_an_input() {
    let dir = exports("own-output");
    let count = || fs::read_dir(&dir).expect("the folder").count();
    let before = count();
    for command in ["plan", "review", "mac", "path", "drain"] {
        let run = nicplan(&[command, text(&dir), "-o", text(&dir)]);
        assert_eq!(run.code, 2, "{command}: {}", run.out);
        assert_said(
            &run.err,
            &["is an INPUT", "Give another folder, such as gaps-own-output-out"],
        );
    }
    assert_eq!(count(), before);
}

#[test]
fn help_says_how_exports_must_lie_and_which_columns_a_history_has() {
    let plan = nicplan(&["plan", "--help"]);
    assert_said(&plan.out, &["HV1/Get-NetAdapter.xml or HV1_Get-NetAdapter.xml"]);
    let calibrate = nicplan(&["calibrate", "--help"]);
    let columns = &nicplan::inventory::catalogue::HISTORY.columns;
    assert!(columns.len() > 10);
    for column in columns.iter() {
        assert_said(&calibrate.out, &[&format!("\n  {} ", column.name)]);
    }
}

#[test]
fn a_table_that_is_no_history_is_refused_in_one_sentence_and_a_folder_by_its_name() {
    let run = nicplan(&["calibrate", "samples/four-node-2008r2/nics.csv"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert_said(
        &run.err,
        &[
            "nics.csv: this is no history of live migrations",
            "A history has the columns batch, vm,",
        ],
    );
    assert_eq!(run.err.matches("batch, vm").count(), 1, "{}", run.err);
    let folder = exports("no-history");
    let missing = nicplan(&["calibrate", text(&folder)]);
    assert_eq!(missing.code, 2, "{}", missing.out);
    assert_said(&missing.err, &["gaps-no-history/history.csv: "]);
}

#[test]
fn an_export_that_was_cut_off_is_told_at_its_last_line() {
    let dir = exports("cut-off");
    let path = dir.join("HV1/Get-NetAdapter.xml");
    let whole = fs::read(&path).expect("a file");
    let half = whole.len() / 4 * 2;
    fs::write(&path, &whole[..half]).expect("the build folder can be written");
    let units: Vec<u16> = whole[..half]
        .chunks(2)
        .map(|b| u16::from_le_bytes([b[0], b[1]]))
        .collect();
    let last = String::from_utf16_lossy(&units).trim_end().lines().count();
    let run = review(&dir);
    assert_eq!(run.code, 2, "{}", run.out);
    assert_said(
        &run.err,
        &[&format!("HV1/Get-NetAdapter.xml:{last}: "), "it was cut off"],
    );
}
