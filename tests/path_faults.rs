//! Fifty-odd clusters with one thing wrong each: the way of a live migration names the layer at fault, and ten clusters without a
//! fault raise nothing.

mod support;

use nicplan::finding::Severity::{self, Error, Info, Warning};
use nicplan::inventory::{Cluster, NetworkState, Rdma, StorageKind, SwitchKind};
use nicplan::migration::path::{Carrier, Layer, Path, paths};
use nicplan::migration::wiring::Wiring;
use nicplan::profiles::{self, Transport};
use nicplan::roles::Role;
use std::collections::BTreeSet;
use support::wired::{converged, dedicated, network, smb_direct, switchless};

/// The way from HV1 to HV2.
fn first_path(cluster: &Cluster) -> Path {
    let all = paths(cluster, &Wiring::today(cluster));
    all.into_iter()
        .find(|p| (p.source, p.target) == (0, 1))
        .expect("the cluster has two nodes")
}

/// One thing wrong: what, where, what is expected of HV1 → HV2.
struct Case {
    name: &'static str,
    base: fn() -> Cluster,
    breaks: fn(&mut Cluster),
    layer: Layer,
    severity: Severity,
    network: Option<&'static str>,
}

const fn case(
    name: &'static str,
    base: fn() -> Cluster,
    breaks: fn(&mut Cluster),
    layer: Layer,
    severity: Severity,
    network: Option<&'static str>,
) -> Case {
    Case {
        name,
        base,
        breaks,
        layer,
        severity,
        network,
    }
}

const MGMT: Option<&str> = Some("Management");
const LM: Option<&str> = Some("Live Migration");

fn old() -> Cluster {
    dedicated("2008r2", 3, 1_000)
}

fn before_2016() -> Cluster {
    dedicated("2012r2", 3, 10_000)
}

fn plain() -> Cluster {
    dedicated("2019", 3, 10_000)
}

fn rdma_2019() -> Cluster {
    smb_direct("2019", 3)
}

fn rdma_2022() -> Cluster {
    smb_direct("2022", 3)
}

fn set_2016() -> Cluster {
    converged("2016", 3)
}

fn lm(cluster: &mut Cluster) -> &mut nicplan::inventory::ClusterNetwork {
    cluster
        .networks
        .iter_mut()
        .find(|n| n.name == "Live Migration")
        .expect("the base has it")
}

/// The live-migration port of HV2.
fn far_port(cluster: &mut Cluster) -> &mut nicplan::inventory::Nic {
    cluster.nodes[1]
        .nics
        .iter_mut()
        .find(|n| n.name == "LM")
        .expect("the base has it")
}

/// Lets the hosts use the cluster network, too.
fn both_subnets(cluster: &mut Cluster) {
    for node in &mut cluster.nodes {
        node.migration.subnets = Some(vec!["10.0.2.0/24".to_owned(), "10.0.3.0/24".to_owned()]);
    }
}

fn set_order(cluster: &mut Cluster, names: &[&str]) {
    cluster.migration.network_order = names.iter().map(|n| (*n).to_owned()).collect();
}

fn swap_metrics(cluster: &mut Cluster) {
    lm(cluster).metric = Some(20_000);
}

#[rustfmt::skip]
static CASES: &[Case] = &[
    case("the network is not for the cluster", plain, |c| lm(c).cluster_use = Some(0), Layer::ClusterUse, Error, MGMT),
    case("the network is not for the cluster, 2008 R2", old, |c| lm(c).cluster_use = Some(0), Layer::ClusterUse, Error, MGMT),
    case("the network is partitioned", plain, |c| lm(c).state = NetworkState::Partitioned, Layer::NetworkState, Error, MGMT),
    case("the network is down", plain, |c| lm(c).state = NetworkState::Down, Layer::NetworkState, Error, MGMT),
    case("no node has a usable interface", plain, |c| lm(c).state = NetworkState::Unavailable, Layer::NetworkState, Error, MGMT),
    case("one node has an address of another subnet", plain, |c| far_port(c).addresses = vec!["10.9.3.12/24".into()], Layer::Interface, Error, MGMT),
    case("one node has only a link-local address", plain, |c| { far_port(c).addresses = vec!["169.254.3.12/16".into()]; far_port(c).roles.clear(); far_port(c).vlans = None; }, Layer::Interface, Error, MGMT),
    case("one node lacks the port", plain, |c| c.nodes[1].nics.retain(|n| n.name != "LM"), Layer::Interface, Error, MGMT),
    case("a port has no link", plain, |c| far_port(c).up = false, Layer::Link, Error, MGMT),
    case("a switch port does not carry the VLAN", plain, |c| far_port(c).vlans = Some(BTreeSet::from([99])), Layer::Vlan, Error, MGMT),
    case("the link between the switches does not carry the VLAN", plain, |c| { far_port(c).tor = Some(1); c.links[0].vlans = Some(BTreeSet::from([11, 12])); }, Layer::Vlan, Error, MGMT),
    case("the ports are on switches without a link", plain, |c| { far_port(c).tor = Some(1); c.links.clear(); }, Layer::Cabling, Error, MGMT),
    case("the host vNICs have different VLANs", set_2016, |c| c.nodes[1].host_vnics[0].vlan = Some(99), Layer::Vlan, Error, MGMT),
    case("the network is excluded", plain, |c| c.migration.exclude_networks = vec!["live migration".into()], Layer::ExcludeNetworks, Error, MGMT),
    case("every network is excluded", plain, |c| c.migration.exclude_networks = vec!["Live Migration".into(), "Cluster".into(), "Management".into()], Layer::ExcludeNetworks, Error, MGMT),
    case("an excluded network does not exist", plain, |c| c.migration.exclude_networks = vec!["Backup".into()], Layer::ExcludeNetworks, Warning, LM),
    case("the order prefers another network", plain, |c| { both_subnets(c); set_order(c, &["Cluster", "Live Migration"]); }, Layer::NetworkOrder, Error, Some("Cluster")),
    case("the order names only what is gone", plain, |c| { both_subnets(c); set_order(c, &["Cluster Network 3"]); swap_metrics(c); }, Layer::NetworkOrder, Error, Some("Cluster")),
    case("the order names something that is gone", plain, |c| set_order(c, &["Live Migration", "Cluster Network 3"]), Layer::NetworkOrder, Warning, LM),
    case("no order, and the metrics are the wrong way round", plain, |c| { both_subnets(c); set_order(c, &[]); swap_metrics(c); }, Layer::Metric, Warning, Some("Cluster")),
    case("no order, and the metrics are the wrong way round, 2012 R2", before_2016, |c| { both_subnets(c); set_order(c, &[]); swap_metrics(c); }, Layer::Metric, Error, Some("Cluster")),
    case("the metrics are the wrong way round, 2008 R2", old, swap_metrics, Layer::Metric, Error, Some("Cluster")),
    case("the metric of management comes before, 2008 R2", old, |c| c.networks[2].metric = Some(30_400), Layer::Metric, Error, MGMT),
    case("two networks only: CSV takes the private one", old, |c| { c.networks.retain(|n| n.name != "Cluster"); c.nodes.iter_mut().for_each(|n| n.nics.retain(|p| p.name != "Cluster")); }, Layer::Metric, Error, MGMT),
    case("a host allows another subnet", plain, |c| c.nodes[1].migration.subnets = Some(vec!["10.9.9.0/24".into()]), Layer::HostSubnets, Error, MGMT),
    case("a host allows no subnet", plain, |c| c.nodes[0].migration.subnets = Some(Vec::new()), Layer::HostSubnets, Error, MGMT),
    case("a host allows the cluster network only", plain, |c| c.nodes[0].migration.subnets = Some(vec!["10.0.2.0/24".into()]), Layer::HostSubnets, Error, MGMT),
    case("a host may use any network", plain, |c| c.nodes[1].migration.any_network = Some(true), Layer::AnyNetwork, Warning, LM),
    case("a host may use any network, and its list would forbid it", plain, |c| { c.nodes[1].migration.any_network = Some(true); c.nodes[1].migration.subnets = Some(vec!["10.9.9.0/24".into()]); }, Layer::AnyNetwork, Warning, LM),
    case("live migration is off on a host", plain, |c| c.nodes[1].migration.enabled = Some(false), Layer::MigrationEnabled, Warning, LM),
    case("the hosts have different options", plain, |c| { c.transport = Some(Transport::Compression); c.nodes[1].migration.transport = Some(Transport::Tcp); }, Layer::Transport, Warning, LM),
    case("SMB before it exists", || dedicated("2012", 3, 10_000), |c| c.transport = Some(Transport::Smb), Layer::Transport, Error, LM),
    case("RDMA at both ends, and compression", rdma_2019, |c| c.transport = Some(Transport::Compression), Layer::Transport, Warning, LM),
    case("SMB over slow ports", || dedicated("2019", 3, 1_000), |c| c.transport = Some(Transport::Smb), Layer::Transport, Warning, LM),
    case("two networks are expected to add up with compression", plain, two_networks, Layer::Transport, Info, LM),
    case("RDMA at one end only", rdma_2019, |c| far_port(c).rdma = Rdma::No, Layer::Rdma, Warning, LM),
    case("RDMA is off at a host vNIC", set_2016, |c| c.nodes[0].host_vnics[0].rdma = Some(false), Layer::Rdma, Warning, LM),
    case("a team hides RDMA", || smb_direct("2012r2", 3), |c| c.nodes.iter_mut().flat_map(|n| &mut n.nics).filter(|n| n.name == "LM").for_each(|n| n.team = "Team1".into()), Layer::Rdma, Warning, LM),
    case("SMB shares storage ports without a limit", set_2016, |c| c.nodes.iter_mut().for_each(|n| n.migration.smb_limit = None), Layer::SmbLimit, Warning, LM),
    case("the limit starves storage", set_2016, |c| c.nodes.iter_mut().for_each(|n| n.migration.smb_limit = Some(20_000)), Layer::SmbLimit, Warning, LM),
    case("the limit is so low that compression is faster", rdma_2019, |c| c.nodes.iter_mut().for_each(|n| n.migration.smb_limit = Some(2_000)), Layer::SmbLimit, Warning, LM),
    case("the hosts' limits differ", set_2016, |c| c.nodes[1].migration.smb_limit = Some(8_000), Layer::SmbLimit, Warning, LM),
    case("nobody chose the cluster's limit", rdma_2022, |c| c.migration.smb_limit_factor = None, Layer::SmbLimit, Info, LM),
    case("the cluster's limit counts unequal NICs", rdma_2022, |c| c.nodes[1].nics.retain(|n| n.name != "Cluster"), Layer::SmbLimit, Warning, LM),
    case("the cluster's limit does nothing on virtual nodes", rdma_2022, |c| c.nodes[0].hardware = "Microsoft Corporation Virtual Machine".into(), Layer::SmbLimit, Warning, LM),
    case("the cluster's limit does not exist before 2022", rdma_2019, |c| c.migration.smb_limit_factor = Some(2_500), Layer::SmbLimit, Warning, LM),
    case("a port fell back to 100 Mbit/s", plain, |c| far_port(c).speed = 100, Layer::PortSpeed, Error, LM),
    case("one node has a slower port", plain, |c| far_port(c).speed = 1_000, Layer::PortSpeed, Warning, LM),
    case("the way crosses a thin link", plain, |c| { far_port(c).tor = Some(1); c.links[0].speed = 1_000; }, Layer::InterSwitchLink, Warning, LM),
    case("management and live migration share a port", plain, share_management, Layer::Shares, Warning, LM),
    case("others on the switch have weights", set_2016, |c| c.nodes[0].host_vnics[2].weight = Some(40), Layer::Shares, Warning, LM),
    case("the weight is next to nothing", set_2016, |c| c.nodes[0].host_vnics[0].weight = Some(1), Layer::Shares, Warning, LM),
    case("a host vNIC without vRSS", || dedicated("2012r2", 3, 10_000), under_switch, Layer::HostVnic, Info, LM),
    case("2008 R2 is asked for four at once", old, |c| c.concurrency = Some(4), Layer::Concurrency, Error, LM),
    case("the cluster property overrides the hosts", rdma_2022, |c| c.concurrency = Some(8), Layer::Concurrency, Warning, LM),
    case("the cluster property before it exists", plain, |c| c.migration.maximum_parallel = Some(4), Layer::Concurrency, Warning, LM),
    case("the hosts' limits of migrations differ", plain, |c| c.nodes[1].migration.concurrency = Some(8), Layer::Concurrency, Warning, LM),
    case("Network ATC takes ten at most", || converged("azurelocal", 3), |c| c.migration.maximum_parallel = Some(20), Layer::Concurrency, Warning, LM),
];

/// A second network for live migration.
fn two_networks(cluster: &mut Cluster) {
    cluster
        .networks
        .insert(2, network("Live Migration 2", 7, 1, 30_641, Some(Role::LiveMigration)));
    for (index, node) in cluster.nodes.iter_mut().enumerate() {
        let mut second = node.nics[1].clone();
        second.name = "LM2".to_owned();
        second.vlans = Some(BTreeSet::from([17]));
        second.addresses = vec![format!("10.0.7.{}/24", 11 + index)];
        node.nics.push(second);
        node.migration.subnets = Some(vec!["10.0.3.0/24".to_owned(), "10.0.7.0/24".to_owned()]);
    }
    set_order(cluster, &["Live Migration", "Live Migration 2"]);
}

/// One port for both roles, on both networks' VLANs.
fn share_management(cluster: &mut Cluster) {
    for node in &mut cluster.nodes {
        let management = node.nics.pop().expect("the base has a management port");
        let port = node.nics.last_mut().expect("the base has a live-migration port");
        port.roles.insert(Role::Management);
        port.addresses.extend(management.addresses);
        port.vlans = None;
    }
}

/// Live migration through a host vNIC with a weight, on a switch of its own.
fn under_switch(cluster: &mut Cluster) {
    let template = converged("2016", 3);
    for (node, other) in cluster.nodes.iter_mut().zip(template.nodes) {
        let port = node.nics.iter_mut().find(|n| n.name == "LM").expect("the base has it");
        port.switch = Some("SET".to_owned());
        port.addresses.clear();
        node.switches = other.switches;
        node.switches[0].kind = SwitchKind::External;
        node.host_vnics = other.host_vnics.into_iter().take(1).collect();
        node.host_vnics[0].weight = Some(40);
        node.host_vnics[0].rdma = Some(false);
    }
}

#[test]
fn every_seeded_fault_is_named_with_its_layer_and_the_network_that_is_really_taken() {
    assert!(CASES.len() >= 30);
    let mut wrong = Vec::new();
    for case in CASES {
        let mut cluster = (case.base)();
        (case.breaks)(&mut cluster);
        let path = first_path(&cluster);

        let found = (path.layer, path.severity(), path.network.as_deref());
        if found != (case.layer, Some(case.severity), case.network) {
            wrong.push(format!("{}: {found:?}\n  {:#?}", case.name, path.faults));
        }
        let first = path.faults.first();
        if first.is_none_or(|f| f.text.is_empty() || f.fix.is_empty()) || path.fix.is_empty() {
            wrong.push(format!("{}: no sentence or nothing to do", case.name));
        }
        if path.intended != (case.network == LM) {
            wrong.push(format!("{}: intended {}", case.name, path.intended));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        CASES.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_base_is_clean_so_that_each_case_breaks_one_thing_only() {
    for case in CASES {
        let path = first_path(&(case.base)());
        let allowed = case.name == "SMB over slow ports";
        assert!(path.faults.is_empty() || allowed, "{}: {:#?}", case.name, path.faults);
    }
}

/// Ten clusters as they should be.
fn clean() -> Vec<(&'static str, Cluster)> {
    let mut iscsi = dedicated("2012r2", 4, 1_000);
    iscsi.storage = StorageKind::Iscsi;
    iscsi.networks.push(network("iSCSI", 8, 0, 10_100, Some(Role::Storage)));
    let mut without_addresses = dedicated("2016", 4, 10_000);
    for nic in without_addresses.nodes.iter_mut().flat_map(|n| &mut n.nics) {
        nic.addresses.clear();
    }
    let mut azure = converged("azurelocal", 4);
    azure.migration.maximum_parallel = Some(10); // the most that Network ATC takes
    vec![
        ("2008 R2, four ports", dedicated("2008r2", 4, 1_000)),
        ("2012, plain TCP", dedicated("2012", 4, 10_000)),
        ("2012 R2, iSCSI", iscsi),
        ("2012 R2, SMB Direct", smb_direct("2012r2", 8)),
        ("2016, converged", converged("2016", 8)),
        ("2016, only roles are known", without_addresses),
        ("2019, compression", dedicated("2019", 2, 10_000)),
        ("2022, SMB Direct with a chosen limit", smb_direct("2022", 16)),
        ("2025, switchless", switchless("2025")),
        ("Azure Local, converged", azure),
    ]
}

#[test]
fn ten_clean_clusters_raise_nothing_on_any_pair() {
    let clusters = clean();
    assert_eq!(clusters.len(), 10);
    for (name, cluster) in clusters {
        let all = paths(&cluster, &Wiring::today(&cluster));
        assert_eq!(all.len(), cluster.nodes.len() * (cluster.nodes.len() - 1), "{name}");
        for path in all {
            assert!(path.faults.is_empty() && path.intended, "{name}: {:#?}", path.faults);
            assert!(
                path.cap > 0 && path.cap <= path.egress.min(path.ingress),
                "{name}: {path:#?}"
            );
        }
    }
}

/// A cable between two nodes on a network of its own, for live migration.
fn cable(cluster: &mut Cluster, (a, b): (usize, usize), number: u16) {
    let name = format!("Cable {number}");
    cluster.networks.push(network(
        &name,
        number,
        1,
        30_000 + u32::from(number),
        Some(Role::LiveMigration),
    ));
    cable_on(cluster, (a, b), number);
}

/// A cable between two nodes on a network that is there.
fn cable_on(cluster: &mut Cluster, (a, b): (usize, usize), number: u16) {
    for (node, other) in [(a, b), (b, a)] {
        let mut port = cluster.nodes[node].nics[0].clone();
        port.name = format!("C{number}");
        port.roles = BTreeSet::from([Role::LiveMigration]);
        port.tor = None;
        port.speed = 25_000;
        port.rdma = Rdma::Roce;
        port.vlans = Some(BTreeSet::from([10 + number]));
        port.direct_to = Some((other, format!("C{number}")));
        port.addresses = vec![format!("10.0.{number}.{}/24", 11 + node)];
        cluster.nodes[node].nics.push(port);
        if let Some(subnets) = &mut cluster.nodes[node].migration.subnets {
            subnets.push(format!("10.0.{number}.0/24"));
        }
    }
}

#[test]
fn direct_cables_that_join_other_nodes_are_no_fault() {
    // three nodes in a ring: of the three networks each pair has one, and each node lacks one
    let mut ring = smb_direct("2025", 3);
    ring.networks.retain(|network| network.name != "Live Migration");
    ring.nodes
        .iter_mut()
        .for_each(|node| node.nics.retain(|nic| nic.name != "LM"));
    ring.migration.network_order.clear();
    for (pair, number) in [(0, 1), (1, 2), (0, 2)].into_iter().zip([5, 6, 7]) {
        cable(&mut ring, pair, number);
    }
    // four nodes with one network over two cables, beside one over the switches
    let mut pairs = smb_direct("2025", 4);
    cable(&mut pairs, (0, 1), 5);
    cable_on(&mut pairs, (2, 3), 5);
    for (name, cluster) in [("ring", ring), ("pairs", pairs)] {
        for path in paths(&cluster, &Wiring::today(&cluster)) {
            assert!(
                path.faults.is_empty() && path.intended,
                "{name} {} → {}: {:#?}",
                path.source,
                path.target,
                path.faults
            );
        }
    }
}

#[test]
fn settings_that_a_version_does_not_know_and_subnets_that_nobody_wrote_down_are_no_fault() {
    let mut other_subnet = old();
    other_subnet.nodes[0].migration.subnets = Some(vec!["10.9.9.0/24".to_owned()]);
    let mut nothing_written = plain();
    lm(&mut nothing_written).subnet.clear();
    nothing_written
        .nodes
        .iter_mut()
        .flat_map(|node| &mut node.nics)
        .for_each(|nic| nic.addresses.clear());
    // that compression beats SMB below 5 Gbit/s is said of 2016 and later
    let mut slow_smb = dedicated("2012r2", 3, 1_000);
    slow_smb.transport = Some(Transport::Smb);
    for cluster in [other_subnet, nothing_written, slow_smb] {
        let path = first_path(&cluster);
        assert_eq!(path.network.as_deref(), LM);
        assert!(path.faults.is_empty(), "{:#?}", path.faults);
    }
}

#[test]
fn rates_follow_from_ports_streams_and_limits() {
    let rates = |cluster: &Cluster| {
        let path = first_path(cluster);
        (path.transport, path.cap, path.egress, path.layer)
    };

    // one port of 1 Gbit/s, 95 % of the wire
    assert_eq!(rates(&old()), (Carrier::Tcp, 950, 950, Layer::PortSpeed));
    // one core carries 4 Gbit/s of TCP
    assert_eq!(rates(&plain()), (Carrier::Compression, 4_000, 9_500, Layer::Stream));
    assert_eq!(
        rates(&rdma_2019()),
        (Carrier::SmbDirect, 23_750, 23_750, Layer::PortSpeed)
    );
    // a quarter of 25 + 25 + 1 Gbit/s
    assert_eq!(
        rates(&rdma_2022()),
        (Carrier::SmbDirect, 12_750, 12_750, Layer::SmbLimit)
    );
    assert_eq!(rates(&set_2016()), (Carrier::SmbDirect, 6_291, 6_291, Layer::SmbLimit));
    // two cables of 25 Gbit/s add up; the limit counts them and the management port
    assert_eq!(
        rates(&switchless("2025")),
        (Carrier::SmbDirect, 12_750, 12_750, Layer::SmbLimit)
    );
    let mut unlimited = switchless("2025");
    unlimited.migration.smb_limit_on = Some(false);
    let path = first_path(&unlimited);
    assert_eq!((path.cap, path.source_ports.len()), (47_500, 2));
}

/// What else the ports of HV1 carry, and what is promised to live migration beside it.
fn promised(path: &Path) -> (Vec<&'static str>, Option<u64>) {
    (
        path.sharing.iter().map(|role| role.info().name).collect(),
        path.guaranteed,
    )
}

#[test]
fn a_weight_promises_its_part_of_one_port_and_no_weight_promises_nothing() {
    assert_eq!(promised(&first_path(&plain())), (vec![], None), "ports of its own");
    let all = vec!["management", "storage", "vm"];
    // SET without weights
    assert_eq!(promised(&first_path(&set_2016())), (all.clone(), Some(0)));

    // 40 of 10 + 40 + 40 and 10 for guests without a weight, of one port of 25 Gbit/s
    let mut weighted = set_2016();
    for node in &mut weighted.nodes {
        node.migration.smb_limit = None;
        for (vnic, weight) in node.host_vnics.iter_mut().zip([40, 10, 40]) {
            vnic.weight = Some(weight);
        }
    }
    assert_eq!(promised(&first_path(&weighted)), (all.clone(), Some(9_500)));

    // guests with weights of their own make the sum 160
    let mut guest = support::vm("SQL1", 0, 3, 100);
    guest.vnics[0].switch = "SET".to_owned();
    guest.vnics[0].weight = Some(70);
    weighted.vms = vec![guest];
    assert_eq!(promised(&first_path(&weighted)), (all.clone(), Some(5_937)));

    // what storage and migration carry together is promised to neither alone
    weighted.nodes[0].host_vnics[0].role = Some(Role::Storage);
    weighted.networks[0].purpose = None;
    assert_eq!(first_path(&weighted).guaranteed, Some(0));
}

#[test]
fn on_azure_local_migration_is_promised_29_percent_of_the_smb_class() {
    // half of two ports of 25 Gbit/s, 29 % of it, 95 % of the wire; migration goes over one port
    let path = first_path(&converged("azurelocal", 3));
    assert_eq!(promised(&path).1, Some(25_000 * 145 / 1000 * 95 / 100));
    assert!(path.guaranteed < Some(path.egress), "{path:#?}");
}

#[test]
fn one_at_a_time_on_2008_r2_the_property_from_2022_the_smaller_host_between() {
    let at_once = |cluster: &Cluster| first_path(cluster).concurrency;
    let mut old = old();
    old.concurrency = Some(4);
    let mut uneven = plain();
    uneven.nodes[0].migration.concurrency = Some(8);
    uneven.nodes[1].migration.concurrency = Some(3);
    let mut property = rdma_2022();
    property.nodes[0].migration.concurrency = Some(8);

    assert_eq!((at_once(&old), at_once(&uneven), at_once(&property)), (1, 3, 2));
    let told = first_path(&property).faults;
    assert!(
        told.len() == 1 && told[0].text.contains("MaximumParallelMigrations says 2 and wins"),
        "{told:?}"
    );
    assert_eq!(
        profiles::find("2019").map(|p| u64::from(p.default_concurrency)),
        Some(at_once(&plain()))
    );
}

#[test]
fn a_flow_names_the_links_between_switches_that_it_must_cross() {
    let mut cluster = plain();
    far_port(&mut cluster).tor = Some(1);
    let all = paths(&cluster, &Wiring::today(&cluster));
    let crossed = |s, t| {
        all.iter()
            .find(|p| (p.source, p.target) == (s, t))
            .map(|p| p.crossed.clone())
    };

    assert_eq!(crossed(0, 1), Some(vec![0]));
    assert_eq!(crossed(0, 2), Some(Vec::new()));
    assert!(
        all.iter().all(|path| path.faults.is_empty()),
        "the link is wider than the ports"
    );
    assert!(
        first_path(&set_2016()).crossed.is_empty(),
        "both teams have a port on each switch"
    );
}
