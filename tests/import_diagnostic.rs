//! The ZIP of `Get-SDDCDiagnosticInfo`: read as it is, and what it lacks is told with the call that adds exactly that.

mod program;
#[path = "support/values.rs"]
mod values;

use nicplan::inventory::{Inventory, LoadOptions, load};
use program::{entries, nicplan, place, project, text};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use values::{cell, compare, rows};

fn sample() -> PathBuf {
    project().join("samples/sddc-diagnostic")
}

/// The sample packed as the module packs it.
fn archive(name: &str) -> PathBuf {
    let dir = place(name);
    fs::create_dir_all(&dir).expect("the build folder can be written");
    let path = dir.join("HealthTest-HVC19-20260930-1015.ZIP");
    let mut zip = zip::ZipWriter::new(fs::File::create(&path).expect("the build folder can be written"));
    pack(&mut zip, &sample(), "");
    zip.finish().expect("the build folder can be written");
    path
}

fn pack(zip: &mut zip::ZipWriter<fs::File>, dir: &Path, above: &str) {
    for path in entries(dir) {
        let name = format!("{above}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            pack(zip, &path, &format!("{name}\\"));
        } else if name != "README.md" {
            // .NET writes `\\` between the parts of a path.
            zip.start_file(&name, zip::write::SimpleFileOptions::default())
                .expect("an entry");
            zip.write_all(&fs::read(&path).expect("a file of the sample"))
                .expect("an entry");
        }
    }
}

fn read(inputs: &[&Path]) -> Inventory {
    let paths: Vec<PathBuf> = inputs.iter().map(|path| path.to_path_buf()).collect();
    load(&paths, &LoadOptions::default()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

#[test]
fn every_value_that_the_diagnostic_zip_holds_is_imported() {
    let out = place("diagnostic-values");
    let run = nicplan(&["import", text(&archive("diagnostic-values-zip")), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    let compared = compare(&project().join("tests/sddc_diagnostic"), &out);
    assert!(compared > 700, "{compared} values");
    assert!(!out.join("host_vnics.csv").exists(), "nothing is made up");
}

#[test]
fn zip_and_unpacked_folder_are_the_same_and_point_into_their_files() {
    let zip = archive("diagnostic-same");
    let (packed, unpacked) = (read(&[&zip]), read(&[&sample()]));
    assert_eq!(packed.sha256, unpacked.sha256);
    let nic = &packed.clusters[0].nodes[1].nics[4];
    let at = packed.locate(nic.origin, "speed_mbps").to_string();
    assert!(
        at.starts_with("HealthTest-HVC19-20260930-1015.ZIP/Node_HVA2/GetNetAdapter.xml:"),
        "{at}"
    );
}

#[test]
#[cfg(feature = "solver")]
fn a_plan_comes_straight_from_the_zip_and_says_what_it_lacks() {
    let out = place("diagnostic-plan");
    let run = nicplan(&["plan", text(&archive("diagnostic-plan-zip")), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(out.join("report.html").is_file());
    let call = "Collect-NicPlanInventory.ps1 -Cluster HVC19 -Only Get-NetAdapterHardwareInfo,Get-NetAdapterSriov,Get-VMHost,\
                Get-VMMigrationNetwork,Get-SmbBandwidthLimit,Get-ClusterOwnerNode,Get-ClusterParameter\n";
    assert!(run.err.contains(call), "{}", run.err);
    assert!(
        run.err
            .contains("do not tell which ports share a card; where SR-IOV is on; MAC pool"),
        "{}",
        run.err
    );
    assert!(
        !run.err.contains("GetNetAdapter.txt"),
        "twins for people are passed over in silence: {}",
        run.err
    );
    assert!(run.err.contains("13 files of it about other things"), "{}", run.err);
}

/// What the collector adds: cluster, nodes and the MAC pools of two of them.
fn addition(name: &str) -> PathBuf {
    let dir = place(name);
    let write = |file: &str, text: &str| {
        let path = dir.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the build folder can be written");
        fs::write(path, text).expect("the build folder can be written");
    };
    write(
        "cluster/Get-Cluster.json",
        "{\"Name\":\"hvc19\",\"SameSubnetDelay\":1000,\"SameSubnetThreshold\":20}",
    );
    write(
        "cluster/Get-ClusterNode.json",
        "[{\"Name\":\"HVA1\",\"State\":0,\"NodeWeight\":1},{\"Name\":\"HVA2\",\"State\":0,\"NodeWeight\":1}]",
    );
    for node in ["HVA1", "HVA2"] {
        let last = &node[3..];
        write(
            &format!("{node}/Get-VMHost.json"),
            &format!(
                "{{\"MacAddressMinimum\":\"00155D1{last}0000\",\"MacAddressMaximum\":\"00155D1{last}00FF\",\"VirtualMachineMigrationPerformanceOption\":2}}"
            ),
        );
        write(
            &format!("{node}/Get-NetAdapterHardwareInfo.json"),
            "[{\"Name\":\"SMB1\",\"BusNumber\":59,\"FunctionNumber\":0,\"DeviceNumber\":0,\"SlotNumber\":3}]",
        );
    }
    dir
}

#[test]
fn what_is_added_is_understood_with_what_was_there_and_counts_before_it() {
    let (zip, more) = (archive("diagnostic-more-zip"), addition("diagnostic-more"));
    let out = place("diagnostic-more-out");
    let run = nicplan(&["import", text(&zip), text(&more), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    let nodes = rows(&out, "nodes");
    assert_eq!(nodes.len(), 3, "one cluster");
    let pools: Vec<&str> = nodes.iter().map(|node| cell(node, "mac_pool_min")).collect();
    assert_eq!(pools, ["00-15-5D-11-00-00", "00-15-5D-12-00-00", ""]);
    let nics = rows(&out, "nics");
    let card = |node: &str| {
        let smb = nics
            .iter()
            .find(|nic| cell(nic, "node") == node && cell(nic, "nic") == "SMB1");
        cell(smb.expect("the port"), "card")
    };
    assert_eq!(
        (card("HVA1"), card("HVA3")),
        ("slot 3", ""),
        "the adapter stands in the other input"
    );
    assert!(run.out.contains("Get-VMHost of HVA3 (not exported)"), "{}", run.out);

    let inventory = read(&[&zip, &more]);
    let threshold = inventory.clusters[0].facts.number("same_subnet_threshold");
    assert_eq!(threshold, Some(20), "the later input counts");
    let told: Vec<&str> = inventory.contradictions.iter().map(|c| c.column).collect();
    assert_eq!(told, ["same_subnet_threshold"]);
    let earlier = read(&[&more, &zip]).clusters[0].facts.number("same_subnet_threshold");
    assert_eq!(earlier, Some(10));
}

#[test]
fn findings_in_the_zip_name_the_zip_as_the_file_and_the_member_in_words() {
    let zip = archive("diagnostic-sarif");
    let run = nicplan(&["review", text(&zip), "--format", "sarif", "--fail-on", "never"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let log: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    let results = log["runs"][0]["results"].as_array().expect("results");
    let locations: Vec<&serde_json::Value> = results.iter().filter_map(|r| r["locations"].get(0)).collect();
    assert!(locations.len() > 3, "{}", locations.len());
    for location in locations {
        let uri = location["physicalLocation"]["artifactLocation"]["uri"]
            .as_str()
            .unwrap_or_default();
        assert!(uri.ends_with("/HealthTest-HVC19-20260930-1015.ZIP"), "{location}");
        let member = location["logicalLocations"][0]["name"].as_str().unwrap_or_default();
        assert!(member.ends_with(".xml") || member.ends_with(".XML"), "{location}");
    }
}

#[test]
fn exports_of_another_cluster_stay_another_cluster() {
    let other = place("diagnostic-other");
    fs::create_dir_all(other.join("HVB1")).expect("the build folder can be written");
    fs::write(
        other.join("Get-Cluster.json"),
        "{\"Name\":\"HVC20\",\"SameSubnetDelay\":1000,\"SameSubnetThreshold\":20}",
    )
    .expect("written");
    fs::write(
        other.join("HVB1/Get-NetAdapter.json"),
        "{\"Name\":\"P1\",\"InterfaceDescription\":\"X\",\"Speed\":10000000000}",
    )
    .expect("written");
    let inventory = read(&[&sample(), &other]);
    let names: Vec<(&str, usize)> = inventory
        .clusters
        .iter()
        .map(|c| (c.name.as_str(), c.nodes.len()))
        .collect();
    assert_eq!(names, [("HVC19", 3), ("HVC20", 1)]);
}
