//! How long the exports of 64 nodes and 8,000 VMs take to read: every cmdlet of the collector, CLIXML in UTF-16 as Windows PowerShell 5.1
//! writes it, made from the exports of sample `exports-2022` by repeating its nodes and VMs. VMs and their adapters
//! hold as much as whole objects do (`Get-VM | Export-Clixml`), not only what the collector keeps.
//!
//! `cargo bench --bench import`; the goal is 5 seconds and 500 MB. The folder stays in the build folder, to be timed with `nicplan import`
//! itself, which also tells the memory: `/usr/bin/time -v target/release/nicplan import target/tmp/bench-exports-64 -o OUT`.
#![allow(missing_docs)] // criterion's macro makes a public function

#[path = "import_support/further.rs"]
mod further;

use further::{FURTHER, VOLUME_STATES};

use criterion::{Criterion, criterion_group, criterion_main};
use nicplan::inventory::importers::collector_script;
use nicplan::inventory::{self, LoadOptions};
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::{fs, time::Duration};

const NODES: usize = 64;
const VMS_OF_NODE: usize = 125;
/// More than the objects of any file of the sample.
const IDS: usize = 1_000;
/// Further properties of an object as `Get-VM` and `Get-VMNetworkAdapter` give it: about a hundred, of which the sample holds twenty.
const BALLAST: usize = 80;

/// A file of the sample as text.
fn sample(part: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("samples/exports-2022")
        .join(part);
    let bytes = fs::read(path).expect("the sample is there");
    let units: Vec<u16> = bytes
        .chunks_exact(2)
        .skip(1)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16(&units).expect("the sample is UTF-16")
}

fn write(path: &Path, text: &str) {
    let units = text.encode_utf16().flat_map(u16::to_le_bytes);
    let bytes: Vec<u8> = [0xFF, 0xFE].into_iter().chain(units).collect();
    fs::create_dir_all(path.parent().expect("a folder")).expect("the build folder can be written");
    fs::write(path, bytes).expect("the build folder can be written");
}

/// The objects of the pipeline, each with its lines.
fn objects(text: &str) -> Vec<&str> {
    let starts: Vec<usize> = text.match_indices("\n  <Obj ").map(|(at, _)| at + 1).collect();
    let end = text.rfind("</Objs>").unwrap_or(text.len());
    let ends = starts.iter().skip(1).copied().chain([end]);
    starts.iter().zip(ends).map(|(start, end)| &text[*start..end]).collect()
}

/// Numbers the objects that a piece defines anew; what it refers to outside stays.
fn renumbered(piece: &str, times: usize) -> String {
    let mut first = None;
    let mut out = String::with_capacity(piece.len() + 64);
    let mut rest = piece;
    while let Some(at) = rest.find("RefId=\"") {
        let (before, from) = rest.split_at(at + 7);
        let digits = from.find('"').unwrap_or(0);
        let id: usize = from[..digits].parse().unwrap_or(0);
        let own = id >= *first.get_or_insert(id);
        out.push_str(before);
        out.push_str(&(if own { id + times * IDS } else { id }).to_string());
        rest = &from[digits..];
    }
    out + rest
}

/// The sample's file with further copies of a piece before its end; `rename` is given the number of each copy.
fn repeated(
    head: &str,
    piece: &str,
    copies: std::ops::Range<usize>,
    rename: &dyn Fn(String, usize) -> String,
) -> String {
    let mut text = head.to_owned();
    for copy in copies {
        text.push_str(&rename(renumbered(piece, copy + 1), copy));
    }
    text + "</Objs>\r\n"
}

fn body(text: &str) -> &str {
    &text[..text.rfind("</Objs>").unwrap_or(text.len())]
}

/// The object with as many properties as a whole one has.
fn whole(piece: &str) -> String {
    let further: String = (0..BALLAST)
        .map(|n| format!("      <S N=\"Further{n:02}\">Microsoft.HyperV.PowerShell.Value{n:02}</S>\r\n"))
        .collect();
    piece.replacen("    <Props>\r\n", &format!("    <Props>\r\n{further}"), 1)
}

fn vm(node: usize, number: usize) -> String {
    format!("VM{node:02}-{number:03}")
}

/// A copy of the VM SQL01 of the sample.
fn as_vm(text: String, node: usize, number: usize) -> String {
    text.replace("SQL01", &vm(node, number))
        .replace(
            "0000004d-0000-4000-8000-000000000000",
            &format!("0000004d-0000-4000-8000-{node:06}{number:06}"),
        )
        .replace("00155D140140", &format!("00155D{:06X}", node * 256 + number))
}

/// What HV1 of the sample says, as another node: names, the last part of addresses, MAC addresses and their pool.
fn as_node(text: &str, node: usize) -> String {
    let (dashed, plain) = (format!("-{node:02X}-"), format!("{node:02X}"));
    text.replace("HV1", &format!("HV{node}"))
        .replace("hv1", &format!("hv{node}"))
        .replace(".11<", &format!(".{}<", 10 + node))
        .replace("00-15-5D-14-01-", &format!("00-15-5D-14{dashed}"))
        .replace("B0-26-28-01-", &format!("B0-26-28{dashed}"))
        .replace("B8-59-9F-01-", &format!("B8-59-9F{dashed}"))
        .replace("00155D1401", &format!("00155D14{plain}"))
        .replace("B0262801", &format!("B02628{plain}"))
        .replace("B8599F01", &format!("B8599F{plain}"))
}

/// The folder of one node.
fn node_exports(dir: &Path, node: usize) {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/exports-2022/HV1"));
    for file in files.expect("the sample is there").filter_map(Result::ok) {
        let name = file.file_name().to_string_lossy().into_owned();
        let text = sample(&format!("HV1/{name}"));
        let of_vms =
            ["Get-VM.xml", "Get-VMNetworkAdapter.xml", "Get-VMNetworkAdapterVlan.xml"].contains(&name.as_str());
        let all = match objects(&text).first() {
            Some(first) if of_vms => {
                let copy = |text: String, number: usize| as_vm(text, node, number + 2);
                let whole = repeated(body(&text), &whole(first), 0..VMS_OF_NODE - 2, &copy);
                let web = &format!("0000004d-0000-4000-8000-{node:06}000001");
                as_vm(whole, node, 0)
                    .replace("WEB01", &vm(node, 1))
                    .replace("0000004d-0000-4000-8000-000000000002", web)
                    .replace("00155D20A001", &format!("00155D20A0{node:02X}"))
            }
            _ => text.clone(),
        };
        write(&dir.join(format!("HV{node}")).join(name), &as_node(&all, node));
    }
    for further in &FURTHER {
        let file = format!("HV{node}/{}.xml", further.cmdlet);
        write(&dir.join(file), &as_node(&further::text(further), node));
    }
}

/// The folder of the cluster: every node, its networks' interfaces, every VM's group and owners.
fn cluster_exports(dir: &Path) {
    let files = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/exports-2022/cluster"));
    for file in files.expect("the sample is there").filter_map(Result::ok) {
        let name = file.file_name().to_string_lossy().into_owned();
        let text = sample(&format!("cluster/{name}"));
        let all = objects(&text);
        let as_node = |text: String, node: usize| {
            text.replace("HV3", &format!("HV{}", node + 4))
                .replace("hv3", &format!("hv{}", node + 4))
                .replace(".13<", &format!(".{}<", node + 14))
        };
        let of_vm = |text: String, number: usize| {
            let (node, number) = (number / VMS_OF_NODE + 1, number % VMS_OF_NODE);
            text.replace("SQL02", &vm(node, number))
                .replace("HV2", &format!("HV{node}"))
        };
        let first = |count: usize| body(&text).len() - all[count..].iter().map(|o| o.len()).sum::<usize>();
        let made = match name.as_str() {
            "Get-ClusterNode.xml" => repeated(body(&text), all[2], 0..NODES - 3, &as_node),
            "Get-ClusterNetworkInterface.xml" => repeated(body(&text), &all[10..].concat(), 0..NODES - 3, &as_node),
            "Get-ClusterGroup.xml" => repeated(&text[..first(1)], all[2], 0..NODES * VMS_OF_NODE, &of_vm),
            "Get-ClusterOwnerNode.xml" => repeated(&text[..first(1)], all[1], 0..NODES * VMS_OF_NODE, &of_vm),
            _ => text.clone(),
        };
        write(&dir.join("cluster").join(name), &made);
    }
}

fn exports() -> PathBuf {
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-exports-64");
    if dir.exists() {
        fs::remove_dir_all(&dir).expect("the build folder can be cleared");
    }
    (1..=NODES).for_each(|node| node_exports(&dir, node));
    cluster_exports(&dir);
    write(
        &dir.join("cluster/Get-ClusterSharedVolumeState.xml"),
        &further::text(&VOLUME_STATES),
    );
    assert_every_cmdlet(&dir);
    dir
}

/// Number and bytes of the files of a folder of folders.
fn size(dir: &Path) -> (usize, u64) {
    let entries = |dir: &Path| fs::read_dir(dir).into_iter().flatten().filter_map(Result::ok);
    let sizes = entries(dir)
        .flat_map(|folder| entries(&folder.path()))
        .filter_map(|file| Some(file.metadata().ok()?.len()));
    sizes.fold((0, 0), |(files, bytes), size| (files + 1, bytes + size))
}

/// Every export that the collector makes of nodes with Windows Server 2012 and later is there.
fn assert_every_cmdlet(dir: &Path) {
    let script = collector_script();
    let new = script.split("$ofOldNode").next().unwrap_or_default();
    for line in new.lines() {
        let Some((_, name)) = line.split_once("@{ Name = 'Get-") else {
            continue;
        };
        let file = format!("Get-{}.xml", name.trim_end_matches('\''));
        let there = ["cluster", "HV64"]
            .iter()
            .any(|folder| dir.join(folder).join(&file).exists());
        assert!(there, "the collector makes {file}, too");
    }
}

fn import(criterion: &mut Criterion) {
    let dir = exports();
    let (files, bytes) = size(&dir);
    let read = || {
        inventory::load(black_box(std::slice::from_ref(&dir)), &LoadOptions::default())
            .unwrap_or_else(|problems| panic!("{} problems, the first: {}", problems.len(), problems[0]))
    };
    let inventory = read();
    let vms: usize = inventory.clusters.iter().map(|c| c.vms.len()).sum();
    assert_eq!((inventory.clusters[0].nodes.len(), vms), (NODES, NODES * VMS_OF_NODE));
    drop(inventory);
    println!("{} MB in {files} files: {}", bytes / 1_000_000, dir.display());
    let mut group = criterion.benchmark_group("import");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(10))
        .warm_up_time(Duration::from_secs(1));
    group.bench_function("64 nodes, 8,000 VMs, CLIXML of every cmdlet", |b| b.iter(read));
    group.finish();
}

criterion_group!(benches, import);
criterion_main!(benches);
