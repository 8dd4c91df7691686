//! `mac` over one and several clusters: who holds which address, what overlaps, what changes at a cold start, what to change.

mod program;

use nicplan::units::Mac;
use program::{NICS, folder, nicplan, place, rows, text};
use std::fmt::Write;
use std::path::Path;

/// A site of two nodes whose pools and addresses are the same at every site that is made of it.
fn site(name: &str, cluster: &str) -> std::path::PathBuf {
    let clusters = format!("cluster,profile\n{cluster},2019\n");
    folder(
        name,
        &[
            ("clusters.csv", clusters.as_bytes()),
            (
                "nodes.csv",
                b"node,management_ip,mac_pool_min,mac_pool_max\n\
                  HV1,10.0.1.11,00-15-5D-01-0B-00,00-15-5D-01-0B-FF\n\
                  HV2,10.0.1.12,00-15-5D-01-0C-00,00-15-5D-01-0C-FF\n",
            ),
            ("nics.csv", NICS),
            ("vms.csv", b"vm,node,mac_bound\nWEB,HV1,\nLIC,HV2,licence\n"),
            (
                "vnics.csv",
                b"vm,mac,mac_type\nWEB,00-15-5D-01-0B-00,dynamic\nLIC,00-15-5D-01-0C-00,dynamic\n",
            ),
        ],
    )
}

#[test]
fn two_sites_with_the_same_pools_are_told_with_their_duplicates_and_at_least_one_of_each_pair_changes() {
    let (a, b) = (site("ledger-a", "PARIS"), site("ledger-b", "LYON"));
    let out = place("ledger-sites");

    let run = nicplan(&["mac", text(&a), text(&b), "-o", text(&out)]);

    assert_eq!(run.code, 1, "{}{}", run.out, run.err);
    let overlaps = rows(
        &out,
        "mac_overlaps.csv",
        &["pool_min", "addresses", "in_use", "clusters", "nodes"],
    );
    assert_eq!(
        overlaps,
        [
            ["00-15-5D-01-0B-00", "256", "1", "LYON; PARIS", "HV1; HV1"],
            ["00-15-5D-01-0C-00", "256", "1", "LYON; PARIS", "HV2; HV2"],
        ]
    );
    let ledger = rows(
        &out,
        "mac_ledger.csv",
        &["mac", "cluster", "owner", "duplicate", "pools"],
    );
    assert_eq!(ledger.len(), 4);
    assert_eq!(
        ledger[0],
        ["00-15-5D-01-0B-00", "LYON", "WEB", "yes", "LYON/HV1; PARIS/HV1"]
    );
    let changed = rows(&out, "mac_plan.csv", &["changed"]);
    // One of each pair, and the other pool of the second: it gives way to the bound address in it.
    assert_eq!(changed.iter().filter(|c| c[0] == "yes").count(), 3, "{changed:?}");
    let pools = rows(&out, "mac_plan.csv", &["new_pool_min"]);
    assert!(pools.contains(&vec!["00-15-5D-01-0C-01".to_owned()]), "{pools:?}");
    assert!(
        run.out
            .contains("WEB/Network Adapter (LYON), vNIC WEB/Network Adapter (PARIS)"),
        "{}",
        run.out
    );
    assert!(run.out.contains("3 of 4 known pools change"), "{}", run.out);
    assert!(
        run.out
            .contains("Afterwards no error about MAC addresses or NLB is left."),
        "{}",
        run.out
    );
}

#[test]
fn the_order_in_which_sites_are_given_does_not_change_how_many_pools_stay() {
    let (a, b) = (site("ledger-order-a", "PARIS"), site("ledger-order-b", "LYON"));

    for order in [[&a, &b], [&b, &a]] {
        let run = nicplan(&["mac", text(order[0]), text(order[1])]);
        assert!(run.out.contains("3 of 4 known pools change"), "{}", run.out);
    }
}

#[test]
fn cold_start_rows_say_on_which_owners_a_vnic_keeps_its_address() {
    let out = place("ledger-cold");
    nicplan(&["mac", text(&site("ledger-cold-in", "PARIS")), "-o", text(&out)]);

    let found = rows(
        &out,
        "cold_start.csv",
        &["vm", "nodes", "holds_vm", "result", "planned_result", "planned_why"],
    );

    let in_pool = "in the pool of this node";
    assert_eq!(
        found,
        [
            ["LIC", "HV1", "no", "changes", "keeps", "static"],
            ["LIC", "HV2", "yes", "keeps", "keeps", "static"],
            ["WEB", "HV1", "yes", "keeps", "keeps", in_pool],
            [
                "WEB",
                "HV2",
                "no",
                "changes",
                "changes",
                "outside the pool of this node"
            ],
        ]
    );
}

#[test]
fn nodes_with_the_same_answer_share_a_row() {
    let nodes = (1..=9).map(|n| format!("HV{n},00-15-5D-0{n}-00-00,00-15-5D-0{n}-00-FF\n"));
    let nodes = format!("node,mac_pool_min,mac_pool_max\n{}", nodes.collect::<String>());
    let nics = (1..=9).map(|n| format!("HV{n},A,10000\n")).collect::<String>();
    let input = folder(
        "ledger-alike-in",
        &[
            ("nodes.csv", nodes.as_bytes()),
            ("nics.csv", format!("node,nic,speed_mbps\n{nics}").as_bytes()),
            ("vms.csv", b"vm,node\nWEB,HV4\n"),
            ("vnics.csv", b"vm,mac,mac_type\nWEB,00-15-5D-04-00-01,dynamic\n"),
        ],
    );
    let out = place("ledger-alike");
    nicplan(&["mac", text(&input), "-o", text(&out)]);

    let found = rows(&out, "cold_start.csv", &["nodes", "holds_vm", "result", "node_count"]);

    assert_eq!(
        found,
        [
            ["HV1 to HV3, HV5 to HV9", "no", "changes", "8"],
            ["HV4", "yes", "keeps", "1"],
        ]
    );
}

/// A cluster of one node with this pool.
fn lone_node(name: &str, cluster: &str, pool: &str) -> std::path::PathBuf {
    let clusters = format!("cluster,profile\n{cluster},2019\n");
    let nodes = format!("node,mac_pool_min,mac_pool_max\n{cluster}-HV1,{pool}\n");
    let nics = format!("node,nic,speed_mbps\n{cluster}-HV1,A,10000\n");
    folder(
        name,
        &[
            ("clusters.csv", clusters.as_bytes()),
            ("nodes.csv", nodes.as_bytes()),
            ("nics.csv", nics.as_bytes()),
        ],
    )
}

#[test]
fn the_pool_that_covers_those_of_other_clusters_is_the_one_that_changes_and_that_the_finding_names() {
    let wide = lone_node("ledger-wide", "A", "00-15-5D-01-00-00,00-15-5D-01-FF-FF");
    let (b, c) = (
        lone_node("ledger-in-b", "B", "00-15-5D-01-10-00,00-15-5D-01-10-FF"),
        lone_node("ledger-in-c", "C", "00-15-5D-01-20-00,00-15-5D-01-20-FF"),
    );

    let run = nicplan(&["mac", text(&wide), text(&b), text(&c), "--format", "json"]);

    let json: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let told: Vec<&serde_json::Value> = json["findings"]
        .as_array()
        .expect("findings")
        .iter()
        .filter(|f| f["rule"] == "mac-pool-overlaps-other-cluster")
        .collect();
    assert_eq!(told.len(), 1, "{}", run.out);
    assert_eq!(told[0]["subject"], "A-HV1");
    assert_ne!(told[0]["current"], told[0]["expected"]);
    let steps: Vec<&serde_json::Value> = json["changes"].as_array().expect("changes").iter().collect();
    assert!(steps.len() == 1 && steps[0]["subject"] == "A-HV1", "{}", run.out);
    assert_eq!(json["remaining_after_changes"], serde_json::json!([]));
}

#[test]
fn both_dangers_stand_side_by_side() {
    let input = site("ledger-dangers", "PARIS");
    let run = nicplan(&["mac", text(&input), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");

    let (today, after) = (&json["dangers"]["today"], &json["dangers"]["after_changes"]);

    assert_eq!(
        (&today["overlapping_nodes"], &today["lost_somewhere"]),
        (&0.into(), &2.into())
    );
    assert_eq!(
        (
            &today["lost_that_must_stay"],
            &after["lost_that_must_stay"],
            &after["lost_somewhere"]
        ),
        (&1.into(), &0.into(), &1.into())
    );
}

/// One node with so many dynamic vNICs in a pool of 256, and growth.
fn growing(name: &str, vnics: usize, growth: &str) -> std::path::PathBuf {
    let mut vms = "vm,node\n".to_owned();
    let mut adapters = "vm,mac_type\n".to_owned();
    for n in 0..vnics {
        let _ = writeln!(vms, "VM{n},HV1");
        let _ = writeln!(adapters, "VM{n},dynamic");
    }
    let policy = format!("setting,value\ngrowth_percent,{growth}\n");
    folder(
        name,
        &[
            (
                "nodes.csv",
                b"node,mac_pool_min,mac_pool_max\nHV1,00-15-5D-01-0B-00,00-15-5D-01-0B-FF\n",
            ),
            ("nics.csv", b"node,nic,speed_mbps\nHV1,A,10000\n"),
            ("vms.csv", vms.as_bytes()),
            ("vnics.csv", adapters.as_bytes()),
            ("policy.csv", policy.as_bytes()),
        ],
    )
}

#[test]
fn the_end_of_a_pool_is_told_in_months_and_with_a_day_to_count_from_as_a_date() {
    // 128 adapters and 128 more a year pass 256 in the first month after the first year.
    let input = growing("ledger-growth", 128, "100");
    let out = place("ledger-growth-out");

    let without = nicplan(&["mac", text(&input)]);
    let with = nicplan(&["mac", text(&input), "--as-of", "2026-11-30", "-o", text(&out)]);

    assert!(without.out.contains("in 1 year 1 month"), "{}", without.out);
    assert!(
        with.out.contains("2027-12-30") && with.out.contains("counted from 2026-11-30"),
        "{}",
        with.out
    );
    let found = rows(
        &out,
        "mac_exhaustion.csv",
        &["months_now", "date_now", "growth_percent"],
    );
    assert_eq!(found, [["13", "2027-12-30", "100"]]);
}

#[test]
fn an_end_beyond_twenty_years_is_no_date() {
    let run = nicplan(&["mac", text(&growing("ledger-slow", 2, "1")), "--as-of", "2026-12-01"]);

    assert!(run.out.contains("in over 20 years"), "{}", run.out);
    assert!(
        run.out.contains("No pool of the inventory has to change (1 known)."),
        "{}",
        run.out
    );
}

#[test]
fn without_growth_a_pool_that_is_large_enough_never_runs_out() {
    let run = nicplan(&["mac", text(&growing("ledger-still", 128, "0"))]);

    assert!(
        run.out.contains("never") && run.out.contains("the policy has no growth"),
        "{}",
        run.out
    );
}

#[test]
fn a_day_that_is_none_is_refused() {
    let run = nicplan(&["mac", "samples/broken", "--as-of", "2026-02-30"]);

    assert_eq!(run.code, 2);
    assert!(run.err.contains("write it as year-month-day"), "{}", run.err);
}

#[test]
fn an_assumed_pool_is_called_so_with_the_address_it_comes_from_and_an_unknown_one_too() {
    let input = folder(
        "ledger-assumed",
        &[
            ("nodes.csv", b"node,management_ip\nHV1,192.168.1.133\nHV2,\n"),
            ("nics.csv", NICS),
        ],
    );
    let out = place("ledger-assumed-out");

    let run = nicplan(&["mac", text(&input), "-o", text(&out)]);

    let line = "00-15-5D-01-85-00 .. 00-15-5D-01-85-FF (assumed from 192.168.1.133)";
    assert!(run.out.contains(line), "{}", run.out);
    assert!(
        run.out.contains("Assumed: the pool of HV1") && run.out.contains("Unknown: of HV2"),
        "{}",
        run.out
    );
    let found = rows(&out, "mac_exhaustion.csv", &["node", "pool_source", "assumed_from"]);
    assert_eq!(found, [["HV1", "assumed", "192.168.1.133"], ["HV2", "unknown", ""]]);
    let svg = std::fs::read_to_string(out.join("mac_pools.svg")).expect("the drawing");
    assert!(
        svg.contains("assumed from 192.168.1.133") && svg.contains("today: not known"),
        "{svg}"
    );
}

#[test]
fn nlb_is_told_with_the_cluster_address_of_every_mode_and_what_the_members_lack() {
    let input = folder(
        "ledger-nlb",
        &[
            ("nodes.csv", program::NODES),
            ("nics.csv", NICS),
            (
                "vms.csv",
                b"vm,node,nlb_cluster,nlb_mode,nlb_ip,anti_affinity\nOWA1,HV1,OWA,unicast,10.1.20.200,\nOWA2,HV1,OWA,unicast,10.1.20.200,\n",
            ),
            ("vnics.csv", b"vm,mac_type\nOWA1,dynamic\nOWA2,dynamic\n"),
        ],
    );
    let out = place("ledger-nlb-out");

    let run = nicplan(&["mac", text(&input), "-o", text(&out)]);

    let found = rows(
        &out,
        "nlb.csv",
        &["mode", "configured", "cluster_mac", "kept_apart", "together"],
    );
    assert_eq!(
        found,
        [
            ["unicast", "yes", "02-BF-0A-01-14-C8", "no", "HV1: OWA1, OWA2"],
            ["multicast", "no", "03-BF-0A-01-14-C8", "no", "HV1: OWA1, OWA2"],
            ["IGMP multicast", "no", "01-00-5E-7F-14-C8", "no", "HV1: OWA1, OWA2"],
        ]
    );
    for part in [
        "missing    static address: OWA1, OWA2",
        "missing    spoofing: OWA1, OWA2",
        "missing    one anti-affinity group for all members",
        "a drain moves them at once",
        "one after the other",
    ] {
        assert!(run.out.contains(part), "{part}: {}", run.out);
    }
}

#[test]
fn hostile_names_stay_names() {
    let bad = "=cmd|' /C calc'!A0";
    let vms = "vm,node\n\"=cmd|' /C calc'!A0\",HV1\n\"<script>\u{202e}\",HV1\n";
    let vnics = "vm,vnic,mac,mac_type\n\
                 \"=cmd|' /C calc'!A0\",\"@SUM(A1)\",00-15-5D-01-0B-05,dynamic\n\
                 \"<script>\u{202e}\",\"a,\"\"b\"\"\",00-15-5D-01-0B-05,dynamic\n";
    let input = folder(
        "ledger-hostile",
        &[
            (
                "nodes.csv",
                b"node,mac_pool_min,mac_pool_max\nHV1,00-15-5D-01-0B-00,00-15-5D-01-0B-FF\n\"<b>&\",00-15-5D-01-0B-00,00-15-5D-01-0B-FF\n",
            ),
            ("nics.csv", b"node,nic,speed_mbps\nHV1,A,10000\n\"<b>&\",A,10000\n"),
            ("vms.csv", vms.as_bytes()),
            ("vnics.csv", vnics.as_bytes()),
        ],
    );
    let out = place("ledger-hostile-out");

    let run = nicplan(&["mac", text(&input), "-o", text(&out)]);

    assert_eq!(run.code, 1, "{}", run.err);
    assert!(!run.out.contains('\u{202e}'), "{}", run.out);
    let ledger = rows(&out, "mac_ledger.csv", &["owner", "adapter"]);
    assert_eq!(ledger[1], [format!("'{bad}"), "'@SUM(A1)".to_owned()]);
    assert_eq!(ledger[0][1], "a,\"b\"");
    let svg = std::fs::read_to_string(out.join("mac_pools.svg")).expect("the drawing");
    assert!(svg.contains("&lt;b&gt;&amp;") && !svg.contains("<b>"), "{svg}");
    let json = nicplan(&["mac", text(&input), "--format", "json"]);
    let json: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!(json["cold_start"][1]["vm"], bad);
}

#[test]
fn every_form_is_the_same_twice() {
    for format in ["text", "json", "csv"] {
        let run = || nicplan(&["mac", "samples/broken", "--format", format, "--as-of", "2026-12-01"]).out;
        let first = run();
        assert!(!first.is_empty());
        assert_eq!(first, run(), "{format}");
    }
}

/// What imaging does: every node with the same range.
fn give_every_node_one_pool(file: &Path) {
    let mut reader = csv::Reader::from_path(file).expect("the nodes");
    let header = reader.headers().expect("a header").clone();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).expect("memory can be written");
    for record in reader.records() {
        let record = record.expect("a row");
        let cells = header.iter().zip(&record).map(|(column, cell)| match column {
            "mac_pool_min" => "00-15-5D-01-0B-00",
            "mac_pool_max" => "00-15-5D-01-0B-FF",
            _ => cell,
        });
        writer.write_record(cells).expect("memory can be written");
    }
    let bytes = writer.into_inner().expect("memory can be written");
    std::fs::write(file, bytes).expect("the build folder can be written");
}

#[test]
fn sixty_four_cloned_nodes_get_pools_of_their_own_and_one_keeps_its_own() {
    let input = place("ledger-64");
    let made = nicplan(&[
        "generate",
        "--nodes",
        "64",
        "--vms",
        "1000",
        "--seed",
        "4",
        "-o",
        text(&input),
    ]);
    assert_eq!(made.code, 0, "{}", made.err);
    give_every_node_one_pool(&input.join("nodes.csv"));
    let out = place("ledger-64-out");

    let run = nicplan(&["mac", text(&input), "-o", text(&out)]);

    assert!(run.out.contains("63 of 64 known pools change"), "{}", run.out);
    let overlaps = rows(&out, "mac_overlaps.csv", &["nodes", "addresses"]);
    assert_eq!((overlaps.len(), overlaps[0][0].split("; ").count()), (1, 64));
    let planned = rows(&out, "mac_plan.csv", &["new_pool_min", "new_pool_max"]);
    let mut ranges: Vec<(u64, u64)> = planned
        .iter()
        .map(|r| (Mac::parse(&r[0]).expect("a MAC").0, Mac::parse(&r[1]).expect("a MAC").0))
        .collect();
    ranges.sort_unstable();
    assert_eq!(ranges.len(), 64);
    assert!(ranges.windows(2).all(|w| w[0].1 < w[1].0));
    assert!(!run.out.contains("Afterwards these errors"), "{}", run.out);
}
