//! What two sources say differently is a finding with both places, whatever the sources and whatever the command.

mod program;

use nicplan::checks::rules;
use nicplan::finding::Finding;
use nicplan::inventory::{Inventory, LoadOptions, load};
use program::{folder, nicplan, place, project, text};
use std::path::{Path, PathBuf};

fn read(inputs: &[&Path]) -> Inventory {
    let paths: Vec<PathBuf> = inputs.iter().map(|path| path.to_path_buf()).collect();
    load(&paths, &LoadOptions::default()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn found(inventory: &Inventory) -> Vec<Finding> {
    let mut findings = rules::review(inventory);
    findings.retain(|f| f.rule == "sources-contradict");
    findings
}

/// The only contradiction: what it is about, the value that counts and the other with their places.
fn only(inventory: &Inventory) -> (String, [String; 2], [String; 2]) {
    let [contradiction] = &inventory.contradictions[..] else {
        panic!("{:#?}", inventory.contradictions)
    };
    let c = contradiction.clone();
    let at = |stated: (String, nicplan::finding::Location)| [stated.0, stated.1.to_string()];
    (
        format!("{}.{} of {}", c.table, c.column, c.subject),
        at(c.taken),
        at(c.other),
    )
}

const GUID: &str = "5A1D0C3E-1B2C-4D3E-8F90-000000000001";

/// Counters of one adapter that sends 125 MB/s.
fn counters() -> String {
    format!(
        "\"(PDH-CSV 4.0) (UTC)(0)\",\"\\\\HV1\\Memory\\Available MBytes\",\"\\\\HV1\\Hyper-V Virtual Network Adapter(SQL1_NIC_{GUID}--{GUID})\\Bytes Sent/sec\"\n\
         \"11/25/2026 00:00:00.000\",\"1\",\"125000000\"\n\"11/25/2026 00:01:00.000\",\"1\",\"125000000\"\n"
    )
}

#[test]
fn measured_needs_against_typed_ones_are_told_beyond_what_an_estimate_may_miss() {
    for (typed, contradicts) in [("400", true), ("900", false), ("", false)] {
        let vnics = format!("vm,vnic,p95_mbps\nSQL1,NIC,{typed}\n");
        let dir = folder(
            "contradiction-counters",
            &[
                ("nodes.csv", program::NODES),
                ("nics.csv", program::NICS),
                ("vms.csv", b"vm,node\nSQL1,HV1\n"),
                ("vnics.csv", vnics.as_bytes()),
                ("load.csv", counters().as_bytes()),
            ],
        );
        let inventory = read(&[&dir]);
        let need = inventory.clusters[0].vms[0].vnics[0].p95;
        assert_eq!(need, Some(1000), "what was measured counts");
        if contradicts {
            let expected = (
                "vnics.p95_mbps of SQL1/NIC".to_owned(),
                ["1000".to_owned(), "load.csv:1:3".to_owned()],
                ["400".to_owned(), "vnics.csv:2:3".to_owned()],
            );
            assert_eq!(only(&inventory), expected);
        } else {
            assert_eq!(found(&inventory), [], "{typed}");
        }
    }
}

#[test]
fn demands_and_links_of_two_folders_are_compared_and_the_later_one_counts() {
    let nics = b"node,nic,speed_mbps,tor\nHV1,A,10000,TOR-A\nHV1,B,10000,TOR-B\n";
    let first = folder(
        "contradiction-first",
        &[
            ("nodes.csv", b"node,cluster\nHV1,C1\n"),
            ("nics.csv", nics),
            (
                "demands.csv",
                b"role,node,demand_mbps\nstorage,HV1,2000\nmanagement,*,100\n",
            ),
            (
                "inter_switch_links.csv",
                b"tor_a,tor_b,speed_mbps\nTOR-A,TOR-B,40000\nTOR-A,TOR-B,40000\n",
            ),
        ],
    );
    let second = folder(
        "contradiction-second",
        &[
            (
                "demands.csv",
                b"role,node,demand_mbps\nstorage,HV1,4 Gbps\nmanagement,*,100\n",
            ),
            (
                "inter_switch_links.csv",
                b"tor_a,tor_b,speed_mbps\nTOR-B,TOR-A,100000\nTOR-A,TOR-B,40 Gbps\n",
            ),
        ],
    );
    let inventory = read(&[&first, &second]);
    let cluster = &inventory.clusters[0];
    let speeds: Vec<u64> = cluster.links.iter().map(|link| link.speed).collect();
    assert_eq!(speeds, [40_000, 100_000], "the same two cables, not four");
    assert_eq!(cluster.demands.iter().map(|d| d.rate).collect::<Vec<_>>(), [100, 4000]);

    let findings = found(&inventory);
    let told: Vec<(&str, &str)> = findings
        .iter()
        .map(|f| (f.subject.as_str(), f.current.as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("HV1/storage: demand_mbps", "4 Gbps or 2000"),
            ("TOR-A to TOR-B: speed_mbps", "100000 or 40000"),
        ]
    );
    let places: Vec<String> = findings[0].at.iter().map(ToString::to_string).collect();
    assert_eq!(
        places,
        [
            "contradiction-second/demands.csv:2:3",
            "contradiction-first/demands.csv:2:3"
        ]
    );
}

#[test]
fn many_contradictions_about_one_column_are_one_finding_that_counts_them() {
    let rows = |speed: u32| -> String {
        let nics = (1..=30).map(|n| format!("HV1,NIC{n},{speed}\n"));
        format!("node,nic,speed_mbps\n{}", nics.collect::<String>())
    };
    let old = folder(
        "contradiction-old",
        &[("nodes.csv", b"node\nHV1\n"), ("nics.csv", rows(10_000).as_bytes())],
    );
    let new = folder("contradiction-new", &[("nics.csv", rows(25_000).as_bytes())]);
    let findings = found(&read(&[&old, &new]));
    assert_eq!(findings.len(), 1, "{findings:#?}");
    assert_eq!((findings[0].places, findings[0].at.len()), (60, 20));
    assert!(findings[0].message.contains("; and 27 more"), "{}", findings[0].message);
}

#[test]
fn a_name_for_a_cluster_that_has_one_is_told_to_be_unused() {
    let named = folder(
        "cluster-named",
        &[
            ("nodes.csv", b"node,cluster\nHV1,C1\n"),
            ("nics.csv", b"node,nic,speed_mbps\nHV1,A,10000\n"),
        ],
    );
    let nameless = folder(
        "cluster-nameless",
        &[
            ("nodes.csv", b"node\nHV9\n"),
            ("nics.csv", b"node,nic,speed_mbps\nHV9,A,10000\n"),
        ],
    );
    let said = |inputs: &[&Path], name: &str| {
        let mut arguments = vec!["review", "--cluster", name];
        arguments.extend(inputs.iter().map(|input| text(input)));
        let run = nicplan(&arguments);
        assert!(run.code < 2, "{}", run.err);
        run.err
    };
    let unused = said(&[&named], "OTHER");
    assert!(
        unused.contains("--cluster OTHER was not used") && unused.contains("C1"),
        "{unused}"
    );
    assert!(!said(&[&named], "c1").contains("was not used"));
    assert!(!said(&[&nameless], "OTHER").contains("was not used"));
    assert!(!said(&[&named, &nameless], "OTHER").contains("was not used"));
}

/// Both places of the contradiction in the sample.
const BOTH: [&str; 2] = ["lldp.json:28:15", "nics.csv:5:5"];

#[test]
fn every_form_of_a_review_shows_both_places() {
    let of = |format: &str| {
        let run = nicplan(&[
            "review",
            "samples/lldp-neighbours",
            "--format",
            format,
            "--fail-on",
            "never",
            "--full",
        ]);
        assert_eq!(run.code, 0, "{}", run.err);
        run.out
    };
    for format in ["text", "json", "csv", "junit"] {
        let out = of(format);
        assert!(BOTH.iter().all(|place| out.contains(place)), "{format}: {out}");
    }
    let log: serde_json::Value = serde_json::from_str(&of("sarif")).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let result = results
        .iter()
        .find(|r| r["ruleId"] == "sources-contradict")
        .expect("the finding");
    let place = |list: &str| {
        let physical = &result[list][0]["physicalLocation"];
        (
            physical["artifactLocation"]["uri"].as_str().unwrap_or("").to_owned(),
            physical["region"]["startLine"].as_u64(),
        )
    };
    assert_eq!(
        place("locations"),
        ("samples/lldp-neighbours/lldp.json".to_owned(), Some(28))
    );
    assert_eq!(
        place("relatedLocations"),
        ("samples/lldp-neighbours/nics.csv".to_owned(), Some(5))
    );
}

#[test]
#[cfg(feature = "solver")]
fn a_plan_shows_contradictions_in_its_table_and_on_its_page() {
    let out = place("contradiction-plan");
    let run = nicplan(&["plan", "samples/lldp-neighbours", "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    for file in ["findings.csv", "report.html"] {
        let page = std::fs::read_to_string(out.join(file)).expect("the file was written");
        assert!(page.contains("sources-contradict"), "{file}");
        assert!(BOTH.iter().all(|place| page.contains(place)), "{file}");
    }
}

#[test]
fn an_import_tells_how_the_sources_were_settled_and_the_result_is_one_source() {
    let out = place("contradiction-import");
    let run = nicplan(&["import", "samples/lldp-neighbours", "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    let page = std::fs::read_to_string(out.join("README.md")).expect("the page");
    assert!(BOTH.iter().all(|place| page.contains(place)), "{page}");
    assert_eq!(found(&read(&[&out])), []);
    let sample = project().join("samples/lldp-neighbours");
    assert_eq!(found(&read(&[&sample])).len(), 1);
}
