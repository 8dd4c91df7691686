//! The files about the ways of live migrations: hostile and long names, sizes, quoting of fixes, evidence for networks.

mod support;

use nicplan::inventory::Cluster;
use nicplan::migration::path::{Layer, opinions, paths};
use nicplan::migration::wiring::{Evidence, Wiring};
use nicplan::reports::{ClusterPaths, PathData};
use nicplan::units::natural_cmp;
use support::wired::{converged, dedicated, smb_direct, switchless};

fn data(cluster: &Cluster) -> PathData<'_> {
    PathData {
        clusters: vec![ClusterPaths::today(cluster, |_, _| true)],
    }
}

/// Names that try to leave their place.
fn hostile() -> Cluster {
    let mut cluster = dedicated("2019", 3, 10_000);
    cluster.name = "<script>alert(1)</script>".to_owned();
    cluster.networks[1].name = "=cmd|' /C calc'!A0 O'Neill \"x\"".to_owned();
    cluster.migration.network_order = vec![cluster.networks[1].name.clone()];
    cluster.nodes[0].name = "HV\u{2019}1; Remove-Item *".to_owned();
    cluster.nodes[1].name = "a node with a very long name that nobody would give to a server ".repeat(5);
    cluster.nodes[1].migration.subnets = Some(Vec::new());
    cluster.nodes[0].nics[1].name = "SLOT 3 Port 1 of a card whose vendor likes long names & <tags>".repeat(3);
    cluster
}

#[test]
fn hostile_names_stay_text_in_drawing_table_and_cmdlets() {
    let cluster = hostile();
    let data = data(&cluster);
    let svg = String::from_utf8(data.svg()).expect("text");
    let document = roxmltree::Document::parse(&svg).expect("well-formed");
    assert!(!svg.contains("<script") && document.descendants().all(|n| !n.has_tag_name("script")));
    let width: f64 = document
        .root_element()
        .attribute("width")
        .and_then(|w| w.parse().ok())
        .unwrap_or(0.0);
    assert!(width <= 1200.0, "long names are cut: {width}");

    let csv = String::from_utf8(data.csv()).expect("text");
    assert!(
        !csv.lines().any(|line| line.contains(",=") || line.contains(",\"=")),
        "{csv}"
    );

    let fixes: Vec<&str> = data.clusters[0].paths.iter().map(|p| p.fix.as_str()).collect();
    assert!(
        fixes
            .iter()
            .any(|f| f.contains("Add-VMMigrationNetwork -ComputerName 'a node")),
        "{fixes:?}"
    );
    let mut excluded = hostile();
    excluded.migration.exclude_networks = vec![excluded.networks[1].name.clone(), "Cluster".to_owned()];
    let path = &paths(&excluded, &Wiring::today(&excluded))[0];
    assert_eq!(path.layer, Layer::ExcludeNetworks);
    assert!(path.fix.contains("-Name 'Cluster').Id"), "{}", path.fix);
    excluded.migration.exclude_networks.clear();
    excluded.migration.network_order = vec!["Cluster".to_owned()];
    excluded.nodes[0].migration.any_network = Some(true);
    excluded.nodes[1].migration.any_network = Some(true);
    let path = &paths(&excluded, &Wiring::today(&excluded))[0];
    assert_eq!(path.layer, Layer::NetworkOrder);
    assert!(
        path.fix.contains("'=cmd|'' /C calc''!A0 O''Neill \"x\"'"),
        "{}",
        path.fix
    );
}

#[test]
fn sixty_four_nodes_are_one_line_when_all_are_alike() {
    let mut cluster = smb_direct("2022", 64);
    cluster.nodes.sort_by(|a, b| natural_cmp(&a.name, &b.name));
    let data = data(&cluster);

    assert_eq!(data.clusters[0].paths.len(), 64 * 63);
    assert_eq!(data.clusters[0].classes.len(), 1);
    let text = data.text();
    assert!(text.contains("ok all 4,032 pairs"), "{text}");
    assert_eq!(String::from_utf8_lossy(&data.csv()).lines().count(), 4033);
    assert_eq!(data.svg(), data.svg());
}

#[test]
fn exceptions_come_first_and_say_which_nodes_they_are() {
    let mut cluster = dedicated("2019", 6, 10_000);
    cluster.nodes[3].migration.subnets = Some(vec!["10.9.9.0/24".to_owned()]);
    let text = data(&cluster).text();

    let (bad, good) = (
        text.find("error[host-subnets] from or to HV4 (10 pairs)"),
        text.find("ok among HV1 to HV3, HV5, HV6 (20 pairs)"),
    );
    assert!(bad.is_some() && good.is_some() && bad < good, "{text}");
    assert!(
        text.contains("10 of 30 pairs do not use the intended network"),
        "{text}"
    );
}

#[test]
fn the_summary_says_intended_only_where_a_network_is_named_for_live_migration() {
    let named = data(&dedicated("2019", 2, 10_000)).text();
    assert!(named.contains("All 2 pairs use the intended network;"), "{named}");

    let mut cluster = switchless("2025");
    let by_role = data(&cluster).text();
    assert!(
        by_role.contains("adapters of Storage 1, Storage 2 have the role, and the metric decides which comes first.\nAll 2 pairs take"),
        "{by_role}"
    );
    cluster.networks.iter_mut().for_each(|network| network.metric = None);
    let guessed = data(&cluster).text();
    assert!(guessed.contains("the metric, which is assumed here"), "{guessed}");

    for nic in cluster.nodes.iter_mut().flat_map(|node| &mut node.nics) {
        nic.roles.remove(&nicplan::roles::Role::LiveMigration);
    }
    let by_metric = data(&cluster).text();
    assert!(by_metric.contains("take a network without clients"), "{by_metric}");
    for text in [by_role, guessed, by_metric] {
        assert!(!text.contains("intended network"), "{text}");
    }
}

#[test]
fn networks_are_found_by_address_then_role_then_vlan_and_the_guess_is_told() {
    let evidence = |cluster: &Cluster| {
        let wiring = Wiring::today(cluster);
        let found = wiring.interfaces[0].iter().map(|i| i.evidence).collect::<Vec<_>>();
        (found, wiring.assumptions)
    };
    let mut cluster = dedicated("2019", 2, 10_000);
    assert_eq!(evidence(&cluster), (vec![Evidence::Address; 3], Vec::new()));

    for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
        nic.addresses.clear();
    }
    let (found, assumed) = evidence(&cluster);
    assert_eq!(found, [Evidence::Role; 3]);
    assert!(assumed.iter().any(|a| a.contains("by role")), "{assumed:?}");

    for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
        nic.roles.clear();
    }
    let (found, assumed) = evidence(&cluster);
    assert_eq!(found, [Evidence::Vlan; 3]);
    assert!(assumed.iter().any(|a| a.contains("by VLAN")), "{assumed:?}");

    cluster
        .nodes
        .iter_mut()
        .flat_map(|n| &mut n.nics)
        .for_each(|n| n.vlans = None);
    assert!(Wiring::today(&cluster).is_unknown());
}

#[test]
fn without_cluster_networks_one_is_assumed_for_each_group_of_roles() {
    let mut cluster = dedicated("2019", 2, 10_000);
    cluster.networks.clear();
    cluster.migration = Default::default();
    for node in &mut cluster.nodes {
        node.migration = Default::default();
    }
    let wiring = Wiring::today(&cluster);
    let names: Vec<&str> = wiring.networks.iter().map(|n| n.name.as_str()).collect();
    assert_eq!(names, ["Management", "Cluster / CSV", "Live migration"]);
    assert_eq!(
        wiring
            .assumptions
            .iter()
            .filter(|a| a.starts_with("cluster network for"))
            .count(),
        3
    );

    let path = &paths(&cluster, &wiring)[0];
    assert_eq!((path.network.as_deref(), path.intended), (Some("Live migration"), true));
    assert!(path.faults.is_empty(), "{:?}", path.faults);
}

#[test]
fn the_four_opinions_on_two_ports_of_25_gbit_are_those_that_were_published() {
    let mut cluster = converged("2022", 2);
    cluster
        .nodes
        .iter_mut()
        .for_each(|n| n.host_vnics.iter_mut().for_each(|v| v.switch = "SET".to_owned()));
    let path = &paths(&cluster, &Wiring::today(&cluster))[0];
    let found: Vec<(&str, u64)> = opinions(&cluster, path).iter().map(|o| (o.name, o.cap_mbps)).collect();

    let expected = [
        ("this cluster", 12_500),
        ("Microsoft table", 7_250),
        ("cluster default", 12_500),
        ("Validate-DCB", 6_291),
        ("MSLab", 20_000),
    ];
    assert_eq!(found, expected);
}

#[test]
fn four_opinions_give_the_drain_minutes_of_half_a_tebibyte() {
    let mut cluster = converged("2022", 2);
    cluster.vms = (0..512)
        .map(|n| {
            let mut vm = support::vm(&format!("VM{n}"), 0, 2, 20);
            vm.memory_mib = 1_024;
            vm.dirty_mib_s = Some(0);
            vm
        })
        .collect();
    cluster.migration.maximum_parallel = Some(64);
    let path = &paths(&cluster, &Wiring::today(&cluster))[0];
    let minutes: Vec<u64> = opinions(&cluster, path).iter().map(|o| o.drain_s / 6).collect();

    // 512 GiB in tenths of a minute: 7.25 Gbit/s 10.1, 12.5 Gbit/s 5.9, 20 Gbit/s 3.7; 750 MB/s is 6.29 Gbit/s, 11.7
    assert_eq!(minutes, [59, 101, 59, 117, 37]);
}
