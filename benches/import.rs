//! How long exports of 64 nodes and 8,000 VMs take to read: CLIXML in UTF-16 as Windows PowerShell 5.1 writes it.
//!
//! `cargo bench --bench import`; the goal is 5 seconds and 500 MB.
#![allow(missing_docs)] // criterion's macro makes a public function

use criterion::{Criterion, criterion_group, criterion_main};
use nicplan::generate::{self, Size};
use nicplan::inventory::{self, LoadOptions};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::{fs, time::Duration};

/// Objects of one cmdlet: type and properties.
struct Export {
    text: String,
    next: usize,
}

impl Export {
    fn new() -> Export {
        let text =
            "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n".to_owned();
        Export { text, next: 0 }
    }

    fn object(&mut self, kind: &str, properties: &[(&str, &str, &str)]) {
        let id = self.next;
        self.next += 1;
        self.text.push_str(&format!(
            "  <Obj RefId=\"{id}\">\r\n    <TN RefId=\"{id}\">\r\n      <T>{kind}</T>\r\n    </TN>\r\n    <Props>\r\n"
        ));
        for (tag, name, value) in properties {
            self.text
                .push_str(&format!("      <{tag} N=\"{name}\">{value}</{tag}>\r\n"));
        }
        // What a whole object holds beside the properties that are read.
        for part in 0..40 {
            self.text.push_str(&format!(
                "      <S N=\"Further{part}\">Microsoft.HyperV.PowerShell.Value{part}</S>\r\n"
            ));
        }
        self.text.push_str("    </Props>\r\n  </Obj>\r\n");
    }

    fn write(mut self, path: &Path) {
        self.text.push_str("</Objs>");
        let units = self.text.encode_utf16().flat_map(u16::to_le_bytes);
        let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units).collect();
        fs::create_dir_all(path.parent().expect("a folder")).expect("the build folder can be written");
        fs::write(path, bytes).expect("the build folder can be written");
    }
}

type Row = BTreeMap<String, String>;

fn rows(nodes: usize, vms: usize) -> BTreeMap<String, Vec<Row>> {
    let tables = generate::generate(Size { nodes, vms, seed: 1 }).expect("the size is allowed");
    let mut all = BTreeMap::new();
    for table in &tables {
        let csv = table.to_csv();
        let mut reader = csv::Reader::from_reader(csv.as_bytes());
        let header = reader.headers().expect("a header").clone();
        let records = reader.records().filter_map(Result::ok);
        let rows = records.map(|r| {
            header
                .iter()
                .map(str::to_owned)
                .zip(r.iter().map(str::to_owned))
                .collect()
        });
        all.insert(table.file.to_owned(), rows.collect());
    }
    all
}

/// Writes the exports of a generated cluster.
fn exports(nodes: usize, vms: usize) -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("bench-exports-{nodes}"));
    let tables = rows(nodes, vms);
    let hyper_v = |kind: &str| format!("Microsoft.HyperV.PowerShell.{kind}");
    let mut host: BTreeMap<&str, &str> = BTreeMap::new();
    for vm in &tables["vms.csv"] {
        host.insert(&vm["vm"], &vm["node"]);
    }
    for node in &tables["nodes.csv"] {
        let name = node["node"].as_str();
        let place = |cmdlet: &str| dir.join(name).join(format!("{cmdlet}.xml"));
        let mut adapters = Export::new();
        for (at, nic) in tables["nics.csv"].iter().filter(|nic| nic["node"] == name).enumerate() {
            let speed = format!("{}000000", nic["speed_mbps"]);
            let description = format!("{} #{at}", nic["model"]);
            adapters.object(
                "Microsoft.Management.Infrastructure.CimInstance#ROOT/StandardCimv2/MSFT_NetAdapter",
                &[
                    ("S", "Name", &nic["nic"]),
                    ("S", "InterfaceDescription", &description),
                    ("U64", "Speed", &speed),
                    ("S", "SystemName", name),
                ],
            );
        }
        adapters.write(&place("Get-NetAdapter"));
        let mut machines = Export::new();
        for vm in tables["vms.csv"].iter().filter(|vm| vm["node"] == name) {
            let memory = format!("{}", vm["memory_mib"].parse::<u64>().unwrap_or(4096) << 20);
            machines.object(
                &hyper_v("VirtualMachine"),
                &[
                    ("S", "Name", &vm["vm"]),
                    ("G", "Id", &vm["vm"]),
                    ("I64", "MemoryAssigned", &memory),
                    ("I32", "Generation", "2"),
                    ("S", "ComputerName", name),
                ],
            );
        }
        machines.write(&place("Get-VM"));
        let mut vnics = Export::new();
        for vnic in tables["vnics.csv"]
            .iter()
            .filter(|vnic| host.get(vnic["vm"].as_str()) == Some(&name))
        {
            vnics.object(
                &hyper_v("VMNetworkAdapter"),
                &[
                    ("S", "Name", vnic.get("vnic").map_or("Network Adapter", String::as_str)),
                    ("S", "VMName", &vnic["vm"]),
                    ("G", "VMId", &vnic["vm"]),
                    ("B", "IsManagementOs", "false"),
                    ("S", "SwitchName", vnic.get("switch").map_or("", String::as_str)),
                    ("S", "MacAddress", vnic.get("mac").map_or("", String::as_str)),
                    ("S", "ComputerName", name),
                ],
            );
        }
        vnics.write(&place("Get-VMNetworkAdapter"));
    }
    dir
}

fn import(criterion: &mut Criterion) {
    let dir = exports(64, 8_000);
    let mut group = criterion.benchmark_group("import");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(10))
        .warm_up_time(Duration::from_secs(1));
    group.bench_function("64 nodes, 8,000 VMs, CLIXML", |b| {
        b.iter(|| {
            inventory::load(black_box(std::slice::from_ref(&dir)), &LoadOptions::default())
                .expect("the exports are whole")
        });
    });
    group.finish();
}

criterion_group!(benches, import);
criterion_main!(benches);
