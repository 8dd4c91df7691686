//! Exports that are damaged or made to do harm: one clear message that names the file, exit code 2, nothing written.

mod program;

#[cfg(feature = "solver")]
use program::project;
use program::{folder, nicplan, place, text};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Writes a ZIP with these entries.
fn archive(name: &str, entries: &[(&str, &[u8])]) -> PathBuf {
    let path = folder(&format!("hostile-{name}"), &[]).join("exports.zip");
    let mut writer = ZipWriter::new(fs::File::create(&path).expect("a file"));
    for (entry, bytes) in entries {
        writer
            .start_file(*entry, SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("the archive is whole");
    path
}

/// What is said when a source is imported; nothing may be written.
fn refused(name: &str, source: &Path) -> String {
    let out = place(&format!("hostile-{name}-out"));
    let run = nicplan(&["import", text(source), "-o", text(&out)]);
    assert_eq!(run.code, 2, "{}{}", run.out, run.err);
    assert!(!out.exists(), "something was written");
    run.err
}

const NODE: &[u8] = br#"{"Name":"P1","InterfaceDescription":"X","SystemName":"HV1","Speed":1000000000}"#;

#[test]
#[cfg(feature = "solver")]
fn a_zip_gives_the_same_as_the_folder_that_was_packed() {
    let sample = project().join("samples/exports-2022");
    let mut entries: Vec<(String, Vec<u8>)> = Vec::new();
    for part in ["cluster", "HV1", "HV2", "HV3"] {
        for file in program::entries(&sample.join(part)) {
            // Compress-Archive of Windows PowerShell writes backslashes.
            let name = format!(
                "nicplan-HVC22\\{part}\\{}",
                file.file_name().expect("a name").to_string_lossy()
            );
            entries.push((name, fs::read(&file).expect("a file")));
        }
    }
    let packed: Vec<(&str, &[u8])> = entries
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()))
        .collect();
    let zip = archive("same", &packed);
    let (a, b) = (place("hostile-same-a"), place("hostile-same-b"));
    let unpacked = nicplan(&["import", "samples/exports-2022", "-o", text(&a)]);
    let run = nicplan(&["import", text(&zip), "-o", text(&b)]);

    assert_eq!((unpacked.code, run.code), (0, 0), "{}", run.err);
    for table in [
        "nodes.csv",
        "nics.csv",
        "switches.csv",
        "host_vnics.csv",
        "vnics.csv",
        "cluster_networks.csv",
    ] {
        let read = |dir: &Path| fs::read_to_string(dir.join(table)).expect("a table");
        assert_eq!(read(&a), read(&b), "{table}");
    }
    let plan = nicplan(&["plan", text(&zip)]);
    assert_eq!(plan.code, 0, "{}", plan.err);
}

#[test]
fn no_entry_leads_out_of_the_archive() {
    let zip = archive("escape", &[("../../evil.json", NODE)]);
    let said = refused("escape", &zip);
    assert!(
        said.contains("exports.zip") && said.contains("leads out of it"),
        "{said}"
    );
}

#[test]
fn an_entry_that_grows_without_end_is_not_unpacked() {
    let blanks = vec![b' '; 64 * 1024 * 1024];
    let zip = archive("bomb", &[("HV1/Get-NetAdapter.json", &blanks)]);
    let said = refused("bomb", &zip);
    assert!(
        said.contains("HV1/Get-NetAdapter.json") && said.contains("times its packed size"),
        "{said}"
    );
}

#[test]
fn an_encrypted_entry_is_named() {
    let zip = archive("encrypted", &[("HV1/Get-NetAdapter.json", NODE)]);
    let mut bytes = fs::read(&zip).expect("the archive");
    for (signature, flags) in [(b"PK\x03\x04", 6), (b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|four| four == signature).expect("a header");
        bytes[at + flags] |= 1;
    }
    fs::write(&zip, bytes).expect("the archive");
    let said = refused("encrypted", &zip);
    assert!(
        said.contains("HV1/Get-NetAdapter.json") && said.contains("encrypted"),
        "{said}"
    );
}

#[test]
fn a_truncated_archive_is_named() {
    let zip = archive("cut-zip", &[("HV1/Get-NetAdapter.json", NODE)]);
    let bytes = fs::read(&zip).expect("the archive");
    fs::write(&zip, &bytes[..bytes.len() / 2]).expect("the archive");
    let said = refused("cut-zip", &zip);
    assert!(
        said.contains("exports.zip") && said.contains("cannot be read"),
        "{said}"
    );
}

#[test]
fn truncated_exports_are_named_with_what_happened() {
    let xml = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.HyperV.PowerShell.VMHost</T></TN><Props><S N=\"Na";
    for (name, file, bytes) in [
        ("cut-xml", "HV1_Get-VMHost.xml", xml.as_bytes()),
        ("cut-json", "HV1_Get-NetAdapter.json", &NODE[..40]),
    ] {
        let dir = folder(
            &format!("hostile-{name}"),
            &[(file, bytes), ("HV1_Get-NetIPAddress.json", b"[]")],
        );
        let said = refused(name, &dir);
        assert!(said.contains(file) && said.contains("cut off"), "{said}");
    }
}

#[test]
fn entities_and_external_references_are_refused() {
    let xml = "<!DOCTYPE Objs [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Objs Version=\"1.1.0.1\"><Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.HyperV.PowerShell.VMHost</T></TN><Props><S N=\"Name\">&x;</S></Props></Obj></Objs>";
    let dir = folder("hostile-entity", &[("HV1_Get-VMHost.xml", xml.as_bytes())]);
    let said = refused("entity", &dir.join("HV1_Get-VMHost.xml"));
    assert!(
        said.contains("HV1_Get-VMHost.xml") && said.contains("document type"),
        "{said}"
    );
}

#[test]
fn objects_that_refer_to_each_other_without_end_are_refused() {
    let mut xml = String::from(
        "<Objs Version=\"1.1.0.1\"><Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.HyperV.PowerShell.VMNetworkAdapter</T></TN><Props><S N=\"Name\">A</S><Obj N=\"BandwidthSetting\" RefId=\"1\"><Props>",
    );
    for part in 0..40 {
        xml.push_str(&format!("<Ref N=\"P{part}\" RefId=\"1\" />"));
    }
    xml.push_str("</Props></Obj></Props></Obj></Objs>");
    let dir = folder("hostile-loop", &[("HV1_Get-VMNetworkAdapter.xml", xml.as_bytes())]);
    let said = refused("loop", &dir);
    assert!(said.contains("refers back to itself"), "{said}");
}

#[test]
fn deep_json_is_refused() {
    let deep = format!(
        "{{\"MacAddressMinimum\":{}1{},\"MacAddressMaximum\":1}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let dir = folder("hostile-deep", &[("HV1_Get-VMHost.json", deep.as_bytes())]);
    let said = refused("deep", &dir);
    assert!(said.contains("HV1_Get-VMHost.json"), "{said}");
}

#[test]
fn exports_of_no_known_node_say_how_to_name_them() {
    let dir = folder(
        "hostile-nameless",
        &[(
            "Get-NetAdapter.json",
            br#"{"Name":"P1","InterfaceDescription":"X","Speed":1000000000}"#,
        )],
    );
    let said = refused("nameless", &dir);
    assert!(
        said.contains("Get-NetAdapter.json: nothing says from which node") && said.contains("HV1_Get-NetAdapter.xml"),
        "{said}"
    );
}
