//! How long planning takes where hardware is not alike: a large cluster with one odd node, and small ones whose nodes have many ports
//! of which hardly two are the same. Both ask for a search that alike hardware never needs.
//!
//! `cargo bench --bench unlike` prints the table; the README shows one run of it.
#![allow(missing_docs)] // criterion's macro makes a public function

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use nicplan::assignment::{self, Options};
use nicplan::inventory::{self, Inventory, LoadOptions};
use nicplan::reports;
use std::fmt::Write as _;
use std::hint::black_box;
use std::path::Path;
use std::time::Duration;

/// Nodes of the large cluster, and which of them has other cards.
const LARGE: usize = 64;
const ODD: usize = 50;
/// Nodes of the small clusters, and ports of each of their nodes.
const SMALL: usize = 3;
const PORTS: [usize; 3] = [8, 12, 16];

/// Rows of `nics.csv` without the node: NIC, speed, card, physical switch, VLANs, model, present role.
type Ports = Vec<String>;

fn main_ports(node: usize) -> Ports {
    let second = if node == ODD { "T1" } else { "T2" };
    let model = if node == ODD { "Odd" } else { "Fast" };
    vec![
        "Mgmt1,1000,LOM,T1,,Slow,management".to_owned(),
        "Mgmt2,1000,LOM,T2,,Slow,cluster".to_owned(),
        format!("PCI1,25000,Slot 1,T1,20-30,{model},vm:Guests"),
        format!("PCI2,25000,Slot 2,{second},20-30,{model},vm:Guests"),
    ]
}

/// Ports that differ in speed, card, switch, VLANs and model, each by a stride of its own.
fn unlike_ports(count: usize) -> Ports {
    let roles = [
        "management",
        "cluster",
        "live-migration",
        "storage",
        "storage",
        "vm:Guests",
        "vm:Guests",
    ];
    let port = |number: usize| {
        let speed = [1_000, 10_000, 10_000, 25_000][number % 4];
        let card = number * 7 % 11;
        let switch = number * 5 % 3 % 2 + 1;
        let vlans = ["", "10;11;20;21;30", "", "10;30"][number * 3 % 7 % 4];
        let model = ["A", "B", "C"][number * 2 % 3];
        let role = roles.get(number).copied().unwrap_or_default();
        format!("P{number},{speed},C{card} {model},T{switch},{vlans},{model},{role}")
    };
    (0..count).map(port).collect()
}

/// An inventory of nodes with these ports and some guests, by file.
fn files(nodes: usize, guests: usize, ports: &dyn Fn(usize) -> Ports) -> Vec<(String, Vec<u8>)> {
    let mut tables = [
        ("clusters", "cluster,profile,storage\nC,2022,iscsi\n".to_owned()),
        ("nodes", "node,management_ip,memory_mib\n".to_owned()),
        ("nics", "node,nic,speed_mbps,card,tor,vlans,model,current_role\n".to_owned()),
        ("vms", "vm,node,memory_mib\n".to_owned()),
        ("vnics", "vm,switch,vlans,p95_mbps\n".to_owned()),
        (
            "cluster_networks",
            "network,subnet,vlan,cluster_use,purpose\nM,10.0.0.0/24,10,3,management\nC,10.0.1.0/24,11,1,cluster\nI,10.0.8.0/24,20,0,storage\n".to_owned(),
        ),
    ];
    for node in 1..=nodes {
        let [_, nodes, nics, vms, vnics, _] = tables.each_mut().map(|(_, text)| text);
        let _ = writeln!(nodes, "N{node},10.0.0.{},131072", node + 10);
        ports(node).iter().for_each(|port| _ = writeln!(nics, "N{node},{port}"));
        for guest in 0..guests {
            let _ = writeln!(vms, "V{node}-{guest},N{node},4096");
            let _ = writeln!(vnics, "V{node}-{guest},Guests,30,{}", [20, 200, 900][guest % 3]);
        }
    }
    let file = |(name, text): (&str, String)| (format!("{name}.csv"), text.into_bytes());
    tables.into_iter().map(file).collect()
}

fn load(name: &str, files: &[(String, Vec<u8>)]) -> Inventory {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-{name}"));
    reports::write_all(&dir, files).expect("the build folder can be written");
    inventory::load(&[dir], &LoadOptions::default()).expect("the inventory is valid")
}

fn unlike(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("unlike");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(3))
        .warm_up_time(Duration::from_secs(1));
    let large = load("one-odd-node", &files(LARGE, 2, &main_ports));
    group.bench_function(BenchmarkId::new("one-odd-node", LARGE), |b| {
        b.iter(|| assignment::plan(black_box(&large), &Options::default()));
    });
    for count in PORTS {
        let small = load(&format!("unlike-{count}"), &files(SMALL, 4, &|_| unlike_ports(count)));
        group.bench_function(BenchmarkId::new("unlike-ports", count), |b| {
            b.iter(|| assignment::plan(black_box(&small), &Options::default()));
        });
    }
    group.finish();
}

criterion_group!(benches, unlike);
criterion_main!(benches);
