//! Exports that are not what they seem: files of another cluster, files that are missing, sources that contradict each other.

mod program;

use program::{Run, nicplan, place, project, text};
use std::fs;
use std::path::{Path, PathBuf};

/// A copy of the exports of the sample.
fn exports(name: &str) -> PathBuf {
    let to = place(&format!("gaps-{name}"));
    copy(&project().join("samples/exports-2022"), &to);
    to
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("the build folder can be written");
    for entry in fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("the build folder can be written");
        }
    }
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
