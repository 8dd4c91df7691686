//! `nicplan diff` as an administrator uses it: what changed, on which node, in which column.

mod program;

use nicplan::diff::{self, Change, Kind};
use nicplan::inventory::{Inventory, LoadOptions, load};
use program::{folder, nicplan, project, text};
use std::path::PathBuf;

const NODES: &str = "node,cluster\nHV1,C1\nHV2,C1\n";
const NICS: &str = "node,nic,speed_mbps,driver_version\nHV1,A,1000,1.0\nHV1,B,1000,1.0\nHV2,A,1000,1.0\n";
const VMS: &str = "vm,node,memory_mib\nSQL,HV1,8192\n";

fn place(name: &str, files: &[(&str, &str)]) -> PathBuf {
    let files: Vec<(String, &[u8])> = files.iter().map(|(n, t)| (format!("{n}.csv"), t.as_bytes())).collect();
    let files: Vec<(&str, &[u8])> = files.iter().map(|(n, t)| (n.as_str(), *t)).collect();
    folder(name, &files)
}

fn read(path: &PathBuf) -> Inventory {
    load(std::slice::from_ref(path), &LoadOptions::default()).unwrap_or_else(|p| panic!("{p:#?}"))
}

fn changes(name: &str, nodes: &str, nics: &str, vms: &str) -> Vec<Change> {
    let a = place(
        &format!("diff-{name}-a"),
        &[("nodes", NODES), ("nics", NICS), ("vms", VMS)],
    );
    let b = place(
        &format!("diff-{name}-b"),
        &[("nodes", nodes), ("nics", nics), ("vms", vms)],
    );
    diff::inventories(&read(&a), &read(&b))
}

/// Kind, node, table, subject, column, from, to.
fn told(change: &Change) -> (Kind, &str, &str, &str, &str, &str, &str) {
    (
        change.kind,
        &change.node,
        &change.table,
        &change.subject,
        &change.column,
        &change.from,
        &change.to,
    )
}

#[test]
fn an_inventory_does_not_differ_from_itself_whatever_the_order_and_case() {
    let shuffled = "node,nic,speed_mbps,driver_version\nhv2,a,1000,1.0\nHV1,b,1000,1.0\nHV1,A,1 Gbps,1.0\n";

    assert_eq!(changes("same", NODES, shuffled, VMS), []);
}

#[test]
fn a_changed_cell_is_told_with_both_values_also_in_a_column_of_the_review() {
    let nics = NICS.replacen("1000,1.0", "10000,1.1", 1);
    let found = changes("cell", NODES, &nics, VMS);

    let told: Vec<_> = found.iter().map(told).collect();
    assert_eq!(
        told,
        [
            (Kind::Changed, "HV1", "nics", "A", "speed_mbps", "1000", "10000"),
            (Kind::Changed, "HV1", "nics", "A", "driver_version", "1.0", "1.1"),
        ]
    );
}

#[test]
fn a_renamed_cluster_is_a_new_name_and_not_another_cluster() {
    let before = place(
        "diff-renamed-a",
        &[
            ("clusters", "cluster,profile\nC1,2016\n"),
            ("nodes", NODES),
            ("nics", NICS),
        ],
    );
    let after = place(
        "diff-renamed-b",
        &[
            ("clusters", "cluster,profile\nC2,2019\n"),
            ("nodes", &NODES.replace("C1", "C2")),
            ("nics", NICS),
        ],
    );

    let found = diff::inventories(&read(&before), &read(&after));

    let told: Vec<_> = found.iter().map(told).collect();
    assert_eq!(
        told,
        [
            (Kind::Changed, "", "clusters", "C2", "cluster", "C1", "C2"),
            (Kind::Changed, "", "clusters", "C2", "profile", "2016", "2019"),
        ]
    );
}

#[test]
fn a_vm_that_moved_is_one_change_of_the_vm() {
    let found = changes("move", NODES, NICS, "vm,node,memory_mib\nSQL,HV2,8192\n");

    let told: Vec<_> = found.iter().map(told).collect();
    assert_eq!(told, [(Kind::Changed, "HV2", "vms", "SQL", "node", "HV1", "HV2")]);
}

#[test]
fn added_and_removed_ports_show_what_they_were() {
    let nics = NICS.replace("HV1,B,1000,1.0\n", "HV1,C,25000,2.0\n");
    let found = changes("rows", NODES, &nics, VMS);

    assert_eq!(found.len(), 2);
    assert_eq!((found[0].kind, found[0].subject.as_str()), (Kind::Removed, "B"));
    assert!(found[0].from.contains("speed_mbps 1000"), "{found:?}");
    assert_eq!((found[1].kind, found[1].subject.as_str()), (Kind::Added, "C"));
    assert!(found[1].to.contains("speed_mbps 25000"), "{found:?}");
}

#[test]
fn two_plans_differ_where_a_port_or_a_vnic_goes_elsewhere() {
    let file = project().join("reports/converged-2016/plan.json");
    let json = std::fs::read_to_string(&file).expect("the committed plan");
    let mut plan: nicplan::plan::Plan = serde_json::from_str(&json).expect("a plan");
    let before = plan.clone();
    assert_eq!(diff::plans(&before, &plan), []);

    let uplinks = &mut plan.clusters[0].nodes[0].uplinks;
    let moved = uplinks[0].nics.remove(0);
    plan.clusters[0].vnics[0].network = "Elsewhere".to_owned();
    let found = diff::plans(&before, &plan);

    let told: Vec<_> = found
        .iter()
        .map(|c| (c.kind, c.subject.as_str(), c.column.as_str(), c.to.as_str()))
        .collect();
    let vnic = format!(
        "{}/{}",
        before.clusters[0].vnics[0].vm, before.clusters[0].vnics[0].vnic
    );
    assert_eq!(
        told,
        [
            (Kind::Changed, vnic.as_str(), "network", "Elsewhere"),
            (Kind::Removed, moved.as_str(), "", "")
        ]
    );
}

/// What a plan no longer meets is told where it misses it: node by node, and once for each place.
#[test]
fn requirements_that_are_not_met_are_told_at_their_node() {
    let file = project().join("reports/converged-2016/plan.json");
    let json = std::fs::read_to_string(&file).expect("the committed plan");
    let before: nicplan::plan::Plan = serde_json::from_str(&json).expect("a plan");
    let mut plan = before.clone();
    let node = plan.clusters[0].nodes[0].node.clone();
    for (requirement, subject, missing_mbps) in [
        ("survive:vm:nic", node.clone(), 0),
        ("capacity", format!("{node}/storage"), 400),
        ("capacity", format!("{node}/storage"), 100),
        ("apart:cluster|vm", "Converged".to_owned(), 0),
    ] {
        plan.clusters[0].solver.shortfall.push(nicplan::plan::Shortfall {
            requirement: requirement.to_owned(),
            subject,
            missing_mbps,
        });
    }
    let found = diff::plans(&before, &plan);
    let told: Vec<_> = found
        .iter()
        .map(|c| (c.node.as_str(), c.subject.as_str(), c.to.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("", "apart:cluster|vm at Converged", "requirement not met"),
            (
                node.as_str(),
                "capacity at storage",
                "requirement not met, missing_mbps 500"
            ),
            (node.as_str(), "survive:vm:nic", "requirement not met"),
        ]
    );
}

#[test]
fn nodes_that_change_alike_are_listed_together_and_the_exit_code_says_that_something_differs() {
    let (a, b) = (place("diff-text-a", &[("nodes", NODES), ("nics", NICS)]), {
        let nics = NICS
            .replace("HV1,A,1000", "HV1,A,10000")
            .replace("HV2,A,1000", "HV2,A,10000");
        place("diff-text-b", &[("nodes", NODES), ("nics", &nics)])
    });
    let run = nicplan(&["diff", text(&a), text(&b)]);

    assert_eq!(run.code, 1, "{}", run.err);
    assert!(
        run.out
            .contains("Nodes HV1, HV2, each\n  nics A: speed_mbps 1000 -> 10000\n"),
        "{}",
        run.out
    );
    assert_eq!(nicplan(&["diff", text(&a), text(&a)]).code, 0);
}

#[test]
fn applying_a_committed_plan_is_shown_as_changes_of_the_inventory() {
    let (sample, plan) = (
        project().join("samples/broken"),
        project().join("reports/broken/plan.json"),
    );
    let run = nicplan(&["diff", text(&sample), text(&plan), "--format", "csv"]);

    assert_eq!(run.code, 1, "{}", run.err);
    let mut reader = csv::Reader::from_reader(run.out.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    let pools = rows
        .iter()
        .filter(|r| &r[2] == "nodes" && &r[4] == "mac_pool_min")
        .count();
    assert!(pools > 0, "{}", run.out);
    assert!(rows.iter().all(|r| ["added", "removed", "changed"].contains(&&r[5])));
}

#[test]
fn a_plan_of_another_cluster_and_a_plan_before_an_inventory_are_refused() {
    let plan = project().join("reports/broken/plan.json");
    let other = project().join("samples/patch-night");

    let wrong = nicplan(&["diff", text(&other), text(&plan)]);
    assert_eq!(wrong.code, 2, "{}", wrong.out);
    assert!(wrong.err.contains("which the inventory does not have"), "{}", wrong.err);
    let turned = nicplan(&["diff", text(&plan), text(&other)]);
    assert_eq!(turned.code, 2);
    assert!(turned.err.contains("Give the inventory first"), "{}", turned.err);
}

#[test]
fn two_clusters_without_a_common_node_are_told_plainly() {
    let a = place("diff-strangers-a", &[("nodes", NODES), ("nics", NICS)]);
    let nodes = "node,cluster\nX1,C2\nX2,C2\n";
    let nics = "node,nic,speed_mbps\nX1,A,1000\nX2,A,1000\n";
    let b = place("diff-strangers-b", &[("nodes", nodes), ("nics", nics)]);
    let run = nicplan(&["diff", text(&a), text(&b)]);
    assert!(run.err.contains("warning: no node has the same name in"), "{}", run.err);
    let same = nicplan(&["diff", text(&a), text(&a)]);
    assert!(!same.err.contains("warning"), "{}", same.err);
}

#[test]
fn what_all_nodes_have_in_common_is_told_once_and_what_one_has_besides_under_its_name() {
    let a = place("diff-each-a", &[("nodes", NODES), ("nics", NICS)]);
    let nics = "node,nic,speed_mbps,driver_version\nHV1,A,10000,1.0\nHV1,B,1000,1.0\nHV2,A,10000,2.0\n";
    let b = place("diff-each-b", &[("nodes", NODES), ("nics", nics)]);
    let run = nicplan(&["diff", text(&a), text(&b)]);
    let told = "Cluster C1: 3 changes on 2 nodes\n\nNodes HV1, HV2, each\n  nics A: speed_mbps 1000 -> 10000\n\n\
                Node HV2\n  nics A: driver_version 1.0 -> 2.0\n\n";
    assert_eq!(run.out, told);
}
