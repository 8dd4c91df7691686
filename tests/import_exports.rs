//! Exports of PowerShell cmdlets as a user meets them: every form gives the same facts, and what cannot be read is told.

mod program;
#[path = "support/values.rs"]
mod values;

use program::{Run, folder, nicplan, place, project, text};
use std::fs;
use std::path::PathBuf;
use values::{cell, compare, rows};

/// Writes files, also in folders, and imports them; gives the run and where the result is.
fn import(name: &str, files: &[(&str, &[u8])], more: &[&str]) -> (Run, PathBuf) {
    let source = folder(&format!("exports-{name}"), &[]);
    for (file, bytes) in files {
        let path = source.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("the build folder can be written");
        fs::write(path, bytes).expect("the build folder can be written");
    }
    let out = place(&format!("exports-{name}-out"));
    let mut arguments = vec!["import", text(&source), "-o", text(&out)];
    arguments.extend(more);
    (nicplan(&arguments), out)
}

#[test]
fn the_sample_gives_every_value_that_its_exports_hold() {
    let out = place("exports-sample");
    let run = nicplan(&["import", "samples/exports-2022", "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);

    let compared = compare(&project().join("tests/exports_2022"), &out);
    assert!(compared > 600, "{compared} values");
}

#[test]
#[cfg(feature = "solver")]
fn one_command_goes_from_a_folder_of_exports_to_the_report() {
    let out = place("exports-plan");
    let run = nicplan(&["plan", "samples/exports-2022", "-o", text(&out)]);

    assert_eq!(run.code, 0, "{}", run.err);
    assert!(out.join("report.html").is_file());
    let findings = fs::read_to_string(out.join("findings.csv")).expect("findings were written");
    assert!(!findings.contains("no-such"), "{findings}");
    let drain = nicplan(&["drain", "samples/exports-2022", "--node", "HV1"]);
    assert!(drain.code < 2, "{}", drain.err);
}

#[test]
fn findings_point_at_the_file_and_the_property() {
    let run = nicplan(&[
        "review",
        "samples/exports-2022",
        "--format",
        "csv",
        "--fail-on",
        "never",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);

    let at = |file: &str, line: &str| {
        let text = fs::read(project().join("samples/exports-2022").join(file)).expect("the file");
        let units: Vec<u16> = text.chunks(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        let text = if file.ends_with(".xml") {
            String::from_utf16_lossy(&units)
        } else {
            String::from_utf8_lossy(&text).into_owned()
        };
        let number: usize = line.parse().expect("a line");
        text.lines().nth(number - 1).expect("the line").to_owned()
    };
    let mut reader = csv::Reader::from_reader(run.out.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let position = |name: &str| header.iter().position(|n| n == name).expect("a column");
    let mut seen = 0;
    for row in reader.records() {
        let row = row.expect("a row");
        let (rule, file, line) = (&row[position("rule")], &row[position("file")], &row[position("line")]);
        if rule == "switch-protocol-on-free-nic" || !file.ends_with(".json") && !file.ends_with(".xml") {
            continue;
        }
        let text = at(file, line);
        assert!(
            text.contains("N=\"") || text.contains("\": ") || text.contains("<Obj") || text.contains('{'),
            "{rule}: {text}"
        );
        seen += 1;
    }
    assert!(seen > 0, "{}", run.out);
}

/// A node with one port, its cluster beside it.
const CLUSTER: (&str, &[u8]) = (
    "cluster/Get-Cluster.json",
    br#"{"Name":"C1","SameSubnetDelay":1000,"SameSubnetThreshold":10}"#,
);

#[test]
fn short_and_full_names_mean_one_node() {
    let (run, out) = import(
        "names",
        &[
            CLUSTER,
            (
                "cluster/Get-ClusterNode.json",
                br#"[{"Name":"hv1","State":0,"NodeWeight":1},{"Name":"HV2","State":0,"NodeWeight":1}]"#,
            ),
            (
                "a/adapters.json",
                br#"{"Name":"P1","InterfaceDescription":"X","SystemName":"HV1.corp.example","Speed":10000000000,"MacAddress":"B0-26-28-00-00-01"}"#,
            ),
            (
                "b/HV2_adapters.csv",
                b"Name;InterfaceDescription;PSComputerName;LinkSpeed;MacAddress\r\nP1;X;hv2.corp.example;2,5 Gbps;B02628000002\r\n",
            ),
        ],
        &[],
    );

    assert_eq!(run.code, 0, "{}", run.err);
    let nodes: Vec<String> = rows(&out, "nodes")
        .iter()
        .map(|row| cell(row, "node").to_owned())
        .collect();
    assert_eq!(nodes, ["hv1", "HV2"]);
    let speeds: Vec<String> = rows(&out, "nics")
        .iter()
        .map(|row| cell(row, "speed_mbps").to_owned())
        .collect();
    assert_eq!(speeds, ["10000", "2500"]);
}

#[test]
fn an_object_that_is_no_array_and_everything_on_one_line_are_read() {
    let (run, out) = import(
        "one-line",
        &[
            CLUSTER,
            (
                "HV1_Get-NetAdapter.json",
                br#"{"value":[{"Name":"P1","InterfaceDescription":"X","Speed":"1000000000","MacAddress":"B0-26-28-00-00-01"},{"Name":"P2","InterfaceDescription":"X #2","Speed":1000000000,"MacAddress":"B0-26-28-00-00-02"}],"Count":2}"#,
            ),
            ("HV1_Get-VMHost.json", br#"{"MacAddressMinimum":"00155D010000","MacAddressMaximum":"00155D0100FF","VirtualMachineMigrationPerformanceOption":2}"#),
        ],
        &[],
    );

    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(rows(&out, "nics").len(), 2);
    assert_eq!(cell(&rows(&out, "nodes")[0], "live_migration_transport"), "smb");
}

#[test]
fn what_was_cut_off_stays_unknown_and_is_listed() {
    let adapters = b"\"Name\",\"InterfaceDescription\",\"Speed\",\"MacAddress\"\n\"P1\",\"X\",\"10000000000\",\"B0-26-28-00-00-01\"\n\"P2\",\"X #2\",\"10000000000\",\"B0-26-28-00-00-02\"\n";
    let (run, out) = import(
        "cut",
        &[
            CLUSTER,
            ("HV1/Get-NetAdapter.csv", adapters),
            (
                "HV1/Get-VMSwitch.csv",
                b"#TYPE Microsoft.HyperV.PowerShell.VMSwitch\n\"Name\",\"SwitchType\",\"AllowManagementOS\",\"NetAdapterInterfaceDescription\",\"NetAdapterInterfaceDescriptions\"\n\"S1\",\"External\",\"False\",\"Teamed-Interface\",\"System.String[]\"\n",
            ),
        ],
        &[],
    );

    assert_eq!(run.code, 0, "{}", run.err);
    assert_eq!(cell(&rows(&out, "switches")[0], "nics"), "");
    assert!(run.out.contains("ports of the virtual switches HV1/S1"), "{}", run.out);
    assert!(run.out.contains("Get-VMHost of any node (not exported)"), "{}", run.out);
}

#[test]
fn back_references_of_clixml_are_followed_and_endless_ones_end() {
    let clixml = |body: &str| {
        format!("<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">{body}</Objs>")
    };
    let nodes = clixml(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.FailoverClusters.PowerShell.ClusterNode</T></TN><Props><S N=\"Name\">HV1</S></Props></Obj>",
    );
    let adapters = clixml(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.Management.Infrastructure.CimInstance#ROOT/StandardCimv2/MSFT_NetAdapter</T></TN><Props>\
         <S N=\"Name\">P_x0031_</S><S N=\"InterfaceDescription\">X</S><U64 N=\"Speed\">10000000000</U64><S N=\"SystemName\">HV1</S></Props></Obj>\
         <Obj RefId=\"1\"><TNRef RefId=\"0\" /><Props><S N=\"Name\">P2</S><S N=\"InterfaceDescription\">X #2</S><U64 N=\"Speed\">10000000000</U64>\
         <S N=\"SystemName\">HV1</S></Props></Obj>",
    );
    let groups = clixml(
        "<Obj RefId=\"0\"><TN RefId=\"0\"><T>Microsoft.FailoverClusters.PowerShell.ClusterGroup</T></TN><Props><S N=\"Name\">SQL</S>\
         <Obj N=\"OwnerNode\" RefId=\"1\"><ToString>HV1</ToString><Props><S N=\"Name\">HV1</S><Ref N=\"Me\" RefId=\"1\" /></Props></Obj>\
         <Obj N=\"GroupType\" RefId=\"2\"><TN RefId=\"1\"><T>System.Enum</T></TN><ToString>VirtualMachine</ToString><I32>111</I32></Obj>\
         <U32 N=\"Priority\">3000</U32></Props></Obj>\
         <Obj RefId=\"3\"><TNRef RefId=\"0\" /><Props><S N=\"Name\">WEB</S><Ref N=\"OwnerNode\" RefId=\"1\" /><Ref N=\"GroupType\" RefId=\"2\" /></Props></Obj>",
    );
    let (run, out) = import(
        "references",
        &[
            ("Get-ClusterNode.xml", nodes.as_bytes()),
            ("Get-NetAdapter.xml", adapters.as_bytes()),
            ("Get-ClusterGroup.xml", groups.as_bytes()),
        ],
        &["--cluster", "LAB"],
    );

    assert_eq!(run.code, 0, "{}", run.err);
    let nics: Vec<String> = rows(&out, "nics")
        .iter()
        .map(|row| cell(row, "nic").to_owned())
        .collect();
    assert_eq!(nics, ["P1", "P2"]);
    let vms: Vec<(String, String)> = rows(&out, "vms")
        .iter()
        .map(|row| (cell(row, "vm").to_owned(), cell(row, "node").to_owned()))
        .collect();
    assert_eq!(
        vms,
        [
            ("SQL".to_owned(), "HV1".to_owned()),
            ("WEB".to_owned(), "HV1".to_owned())
        ]
    );
    assert_eq!(
        cell(&rows(&out, "vms")[0], "memory_mib"),
        "",
        "what no source says stays blank"
    );
    assert_eq!(cell(&rows(&out, "clusters")[0], "cluster"), "LAB");
}

#[test]
fn two_adapters_of_one_name_and_two_vms_of_one_name_are_kept_apart() {
    let (run, out) = import(
        "twins",
        &[
            CLUSTER,
            ("HV1/Get-NetAdapter.json", br#"{"Name":"P1","InterfaceDescription":"X","Speed":1000000000,"MacAddress":"B0-26-28-00-00-01"}"#),
            ("HV2/Get-NetAdapter.json", br#"{"Name":"P1","InterfaceDescription":"X","Speed":1000000000,"MacAddress":"B0-26-28-00-00-02"}"#),
            ("HV1/Get-VM.json", br#"{"Name":"APP","Id":"a1","MemoryStartup":4294967296,"State":2,"Generation":2}"#),
            ("HV2/Get-VM.json", br#"{"Name":"APP","Id":"a2","MemoryStartup":4294967296,"State":3,"Generation":2}"#),
            (
                "HV1/Get-VMNetworkAdapter.json",
                br#"[{"Name":"Network Adapter","Id":"n1","VMId":"a1","VMName":"APP","SwitchName":null,"MacAddress":"00155D010001","MacAddressSpoofing":0},
                {"Name":"Network Adapter","Id":"n2","VMId":"a1","VMName":"APP","SwitchName":null,"MacAddress":"00155D010002","MacAddressSpoofing":1}]"#,
            ),
        ],
        &[],
    );

    assert_eq!(run.code, 0, "{}", run.err);
    let vms: Vec<String> = rows(&out, "vms").iter().map(|row| cell(row, "vm").to_owned()).collect();
    assert_eq!(vms, ["APP", "APP (HV2)"]);
    let vnics: Vec<(String, String)> = rows(&out, "vnics")
        .iter()
        .filter(|row| cell(row, "vm") == "APP")
        .map(|row| (cell(row, "vnic").to_owned(), cell(row, "spoofing").to_owned()))
        .collect();
    let wanted = [("Network Adapter", "yes"), ("Network Adapter 2", "")];
    assert_eq!(vnics, wanted.map(|(a, b)| (a.to_owned(), b.to_owned())));
}

#[test]
fn contradictions_are_told_with_both_places() {
    let (run, out) = import(
        "contradiction",
        &[
            CLUSTER,
            (
                "HV1/Get-NetAdapter.json",
                b"[{\n\"Name\":\"P1\",\"InterfaceDescription\":\"X\",\n\"Speed\":1000000000}]",
            ),
            (
                "old/HV1_Get-NetAdapter.json",
                b"[{\n\"Name\":\"P1\",\"InterfaceDescription\":\"X\",\n\n\"Speed\":10000000000}]",
            ),
        ],
        &[],
    );

    assert_eq!(run.code, 0, "{}", run.err);
    let page = fs::read_to_string(out.join("README.md")).expect("the page");
    assert!(
        page.contains("| C1 | HV1/P1 | nics.speed_mbps | 1000 | HV1/Get-NetAdapter.json:3:9 | 10000 | old/HV1_Get-NetAdapter.json:4:9 |"),
        "{page}"
    );
    assert_eq!(cell(&rows(&out, "nics")[0], "speed_mbps"), "1000");
}

#[test]
fn tables_beside_the_exports_add_to_them_and_count_before_them() {
    let (run, out) = import(
        "tables",
        &[
            CLUSTER,
            (
                "HV1/Get-NetAdapter.json",
                br#"{"Name":"P1","InterfaceDescription":"X","Speed":1000000000}"#,
            ),
            ("nics.csv", b"node,nic,speed_mbps,tor\nHV1,P1,25000,TOR-A\n"),
            ("policy.csv", b"setting,value\ngrowth_percent,30\n"),
        ],
        &[],
    );

    assert_eq!(run.code, 0, "{}", run.err);
    let nic = &rows(&out, "nics")[0];
    assert_eq!((cell(nic, "speed_mbps"), cell(nic, "tor")), ("25000", "TOR-A"));
    assert!(out.join("policy.csv").is_file());
    assert!(run.out.contains("contradict each other in 1 cell"), "{}", run.out);
}
