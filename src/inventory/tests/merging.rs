//! Several inputs, several clusters, short and full names, the order of rows.

use super::{NICS, NODES, cluster, load, load_all, problems, show};
use crate::inventory::{Assumption, Inventory, LoadOptions};

#[test]
fn inputs_of_one_cluster_merge_and_a_later_cell_counts() {
    let named: &[(&str, &str)] = &[
        (
            "nodes",
            "node,cluster,memory_mib,hardware\nHV1,PROD,1024,old\nHV2,PROD,1024,old\n",
        ),
        NICS,
    ];
    let more: &[(&str, &str)] = &[
        ("nodes", "node,cluster,hardware\nhv1.corp.example,prod,new\n"),
        ("vms", "vm,node\nSQL,HV2\n"),
    ];
    let inventory = load_all(&[named, more], &LoadOptions::default()).unwrap_or_else(|p| panic!("{}", show(&p)));
    assert_eq!(inventory.clusters.len(), 1);
    let cluster = &inventory.clusters[0];
    assert_eq!(
        (cluster.name.as_str(), cluster.nodes.len(), cluster.vms.len()),
        ("PROD", 2, 1)
    );
    assert_eq!(
        (cluster.nodes[0].memory_mib, cluster.nodes[0].hardware.as_str()),
        (Some(1024), "new")
    );
    assert_eq!(
        inventory.locate(cluster.vms[0].origin, "node").to_string(),
        "1/vms.csv:2:2"
    );
}

#[test]
fn a_nameless_input_without_nodes_joins_the_only_cluster() {
    let named: &[(&str, &str)] = &[("nodes", "node,cluster\nHV1,PROD\nHV2,PROD\n"), NICS];
    let nameless: &[(&str, &str)] = &[("vms", "vm\nSQL\n"), ("policy", "setting,value\ngrowth_percent,50\n")];
    let inventory = load_all(&[named, nameless], &LoadOptions::default()).unwrap_or_else(|p| panic!("{}", show(&p)));
    assert_eq!(inventory.clusters.len(), 1);
    assert_eq!(inventory.clusters[0].policy.growth_percent, 50);
}

#[test]
fn options_name_a_nameless_source_and_set_growth_without_changing_the_hash() {
    let options = LoadOptions {
        cluster: Some("LAB".into()),
        growth_percent: Some(40),
        ..LoadOptions::default()
    };
    let plain = LoadOptions {
        growth_percent: None,
        ..options.clone()
    };
    let grown = load_all(&[&[NODES, NICS]], &options).unwrap_or_else(|p| panic!("{}", show(&p)));
    let usual = load_all(&[&[NODES, NICS]], &plain).unwrap_or_else(|p| panic!("{}", show(&p)));
    assert_eq!(
        (grown.clusters[0].name.as_str(), grown.clusters[0].policy.growth_percent),
        ("LAB", 40)
    );
    assert_eq!(grown.sha256, usual.sha256);
    assert_ne!(usual.sha256, load(&[NODES, NICS]).map(|i| i.sha256).unwrap_or_default());
}

#[test]
fn other_names_are_other_clusters_even_with_equal_node_names() {
    let a: &[(&str, &str)] = &[
        ("nodes", "node,cluster\nHV1,A\n"),
        ("nics", "node,nic,speed_mbps\nHV1,x,1G\n"),
    ];
    let b: &[(&str, &str)] = &[
        ("nodes", "node,cluster\nHV1,B\n"),
        ("nics", "node,nic,speed_mbps\nHV1,y,1G\n"),
    ];
    let inventory = load_all(&[a, b], &LoadOptions::default()).unwrap_or_else(|p| panic!("{}", show(&p)));
    let nics: Vec<&str> = inventory
        .clusters
        .iter()
        .map(|c| c.nodes[0].nics[0].name.as_str())
        .collect();
    assert_eq!(nics, ["x", "y"]);
}

#[test]
fn rows_of_one_input_with_several_clusters_must_say_which() {
    let nodes = ("nodes", "node,cluster\nHV1,A\nHV2,B\n");
    let found = problems(&[nodes, NICS, ("cluster_networks", "network\nN\n")]);
    assert!(
        found.contains("the cell cluster is blank, and there are several clusters"),
        "{found}"
    );
    let inventory = load(&[nodes, NICS, ("vms", "vm,node\nSQL,HV2\n")]).unwrap_or_else(|p| panic!("{}", show(&p)));
    assert_eq!(inventory.clusters[1].vms[0].name, "SQL");
    let same = problems(&[
        ("nodes", "node,cluster\nHV1,A\nHV1,B\n"),
        ("nics", "node,nic,speed_mbps\nHV1,x,1G\n"),
    ]);
    assert!(same.contains("names several nodes"), "{same}");
}

#[test]
fn a_full_dns_name_means_the_short_one_where_that_is_unambiguous() {
    let full = cluster(&[
        ("nodes", "node\nHV1.corp.example\nHV2.corp.example\n"),
        NICS,
        ("vms", "vm,node,possible_owners\nA,hv2,HV1 HV2.corp.example\n"),
    ]);
    assert_eq!(
        (full.vms[0].host, full.vms[0].owners.as_slice()),
        (Some(1), &[0, 1][..])
    );
    let short = cluster(&[NODES, NICS, ("vms", "vm,node\nA,HV2.corp.example\n")]);
    assert_eq!(short.vms[0].host, Some(1));
    let two = "node\nHV1.a.example\nHV1.b.example\n";
    assert!(
        problems(&[("nodes", two), ("nics", "node,nic,speed_mbps\nHV1,x,1G\n")]).contains("there is no node 'HV1'")
    );
    let exact = "node,nic,speed_mbps\nHV1.a.example,x,1G\nhv1.B.example,x,1G\n";
    assert_eq!(cluster(&[("nodes", two), ("nics", exact)]).nodes.len(), 2);
}

#[test]
fn the_order_of_rows_and_columns_changes_nothing_but_places() {
    let a = load(&[
        ("nodes", "node,memory_mib\nHV2,1\nHV10,2\nHV1,3\n"),
        (
            "nics",
            "node,nic,speed_mbps,tor\nHV1,A,1G,T2\nHV2,A,1G,T1\nHV10,A,1G,T1\n",
        ),
        ("vms", "vm,node\nV2,HV1\nV10,HV10\nV1,HV2\n"),
        ("vnics", "vm,p95_mbps\nV1,5\nV1,7\nV2,1\n"),
    ]);
    let b = load(&[
        ("vnics", "p95_mbps;vm\n1;V2\n7;V1\n5;V1\n"),
        ("vms", "node,vm\nHV2,V1\nHV10,V10\nHV1,V2\n"),
        (
            "nics",
            "tor,speed_mbps,nic,node\nT1,1000,A,HV10\nT2,1000,A,HV1\nT1,1000,A,HV2\n",
        ),
        ("nodes", "memory_mib,node\n3,HV1\n2,HV10\n1,HV2\n"),
    ]);
    let (a, b) = (
        a.unwrap_or_else(|p| panic!("{}", show(&p))),
        b.unwrap_or_else(|p| panic!("{}", show(&p))),
    );
    assert_eq!(a.sha256, b.sha256);
    assert_eq!(
        a.clusters[0].nodes.iter().map(|n| n.name.as_str()).collect::<Vec<_>>(),
        ["HV1", "HV2", "HV10"]
    );
    // a doubt names the cell, and with it a place
    let facts = |inventory: &Inventory| -> Vec<Assumption> {
        let sure = inventory
            .assumptions
            .iter()
            .filter(|a| !a.missing.starts_with("whether"));
        sure.cloned().collect()
    };
    assert_eq!(facts(&a), facts(&b));
    assert_eq!(a.assumptions.len(), b.assumptions.len());
    assert_eq!(b.clusters[0].vms[0].vnics[0].p95, Some(5));
}
