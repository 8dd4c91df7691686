//! What an import concluded stays marked; values point at their own cells; sources add to each other; results stay apart from exports.

mod program;
#[path = "support/values.rs"]
mod values;

use program::{NODES, copy, folder, nicplan, place, project, text};
use std::fs;
use values::{assert_cells, row};

const EXPORTS: &str = "samples/exports-2022";

fn assert_said(said: &str, expected: &[&str]) {
    for part in expected {
        assert!(said.contains(part), "{part} is not in:\n{said}");
    }
}

/// The sample as a folder of tables.
fn imported(name: &str) -> std::path::PathBuf {
    let out = place(&format!("marks-{name}"));
    let run = nicplan(&["import", EXPORTS, "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    out
}

/// The page of a plan for these inputs.
#[cfg(feature = "solver")]
fn page(name: &str, inputs: &[&str]) -> String {
    let out = place(&format!("marks-{name}-page"));
    let run = nicplan(&[&["plan"], inputs, &["-o", text(&out)]].concat());
    assert_eq!(run.code, 0, "{}", run.err);
    fs::read_to_string(out.join("report.html")).expect("the page")
}

#[cfg(feature = "solver")]
#[test]
fn what_import_concluded_is_still_assumed_in_the_folder_that_it_wrote() {
    let out = imported("kept");
    let nic = |nic: &str| row(&out, "nics", &[("node", "HV3"), ("nic", nic)]);
    assert_cells(
        &nic("Embedded NIC 1"),
        &["speed_mbps=1000", "current_role=", "concluded=speed_mbps"],
    );
    assert_cells(&nic("SLOT 2 Port 1"), &["concluded="]);
    let vnic = row(&out, "host_vnics", &[("node", "HV1"), ("host_vnic", "Cluster")]);
    assert_cells(&vnic, &["role=cluster", "concluded=role"]);
    assert_said(
        &page("kept", &[text(&out)]),
        &[
            "traffic roles of 6 NICs, 9 host vNICs, 5 cluster networks, which import concluded",
            "speed of 1 NIC, which import concluded",
        ],
    );
}

#[cfg(feature = "solver")]
#[test]
fn a_value_that_somebody_confirmed_is_assumed_no_more() {
    let out = imported("confirmed");
    for table in ["nics", "host_vnics", "cluster_networks"] {
        let path = out.join(format!("{table}.csv"));
        let cleared = fs::read_to_string(&path).expect("the table");
        let cleared = cleared.replace(",concluded", ",notes");
        fs::write(&path, cleared).expect("the table");
    }
    assert!(!page("confirmed", &[text(&out)]).contains("which import concluded"));
}

/// Another source states the value: the mark of the first is gone, for that value alone.
#[cfg(feature = "solver")]
#[test]
fn a_value_that_another_source_states_is_no_conclusion() {
    let out = imported("stated");
    let add = folder(
        "marks-stated-add",
        &[("nics.csv", b"node,nic,speed_mbps\nHV3,Embedded NIC 1,1000\n")],
    );
    let page = page("stated", &[text(&out), text(&add)]);
    assert!(!page.contains("speed of 1 NIC, which import concluded"));
    assert_said(&page, &["traffic roles of 6 NICs, 9 host vNICs"]);
}

#[test]
fn reports_and_rvtools_mark_what_they_conclude_as_well() {
    for (sample, table, who, marked) in [
        (
            "samples/vmware-rvtools",
            "nics",
            [("node", "esx04.fjord.example"), ("nic", "vmnic5")],
            "current_role",
        ),
        (
            "samples/test-cluster-report",
            "cluster_networks",
            [("network", "Cluster Network 1"); 2],
            "purpose",
        ),
    ] {
        let out = place(&format!("marks-{table}-other"));
        let run = nicplan(&["import", sample, "-o", text(&out)]);
        assert_eq!(run.code, 0, "{}", run.err);
        let row = row(&out, table, &who);
        assert_cells(&row, &[&format!("concluded={marked}")]);
    }
}

#[test]
fn a_source_may_leave_out_a_required_column_that_another_one_has() {
    let add = folder(
        "marks-add",
        &[("nics.csv", b"node;nic;tor\nHV1;SMB 1;TOR-A\nHV2;SMB 1;TOR-A\n")],
    );
    let out = place("marks-add-out");
    for inputs in [[EXPORTS, text(&add)], [text(&add), EXPORTS]] {
        let out = out.join(if inputs[0] == EXPORTS { "after" } else { "before" });
        let run = nicplan(&["import", inputs[0], inputs[1], "-o", text(&out)]);
        assert_eq!(run.code, 0, "{}", run.err);
        let nic = row(&out, "nics", &[("node", "HV1"), ("nic", "SMB 1")]);
        assert_cells(&nic, &["tor=TOR-A", "speed_mbps=25000"]);
    }
}

#[test]
fn a_required_column_that_no_source_has_is_told_once_with_what_lacks_it() {
    let unknown = folder(
        "marks-unknown",
        &[(
            "nics.csv",
            b"node;nic;tor\nHV1;SMB 1;TOR-A\nHV1;P8;TOR-A\nHV1;P9;TOR-A\n",
        )],
    );
    let run = nicplan(&["review", EXPORTS, text(&unknown)]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert_said(
        &run.err,
        &[
            "nics.csv:1: the required column speed_mbps is missing",
            "No source says it of HV1/P8.",
            "1 problem;",
        ],
    );
    let alone = folder(
        "marks-alone",
        &[("nodes.csv", NODES), ("nics.csv", b"node,nic\nHV1,A\nHV2,A\n")],
    );
    let run = nicplan(&["review", text(&alone)]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert_said(
        &run.err,
        &["nics.csv:1: the required column speed_mbps is missing", "1 problem;"],
    );
}

/// A finding about a VLAN points at the VLAN, not at the mode of its setting.
#[test]
fn the_place_of_a_vlan_is_that_of_its_own_property() {
    let run = nicplan(&["review", EXPORTS, "--fail-on", "never", "--format", "csv"]);
    let findings = csv::Reader::from_reader(run.out.as_bytes())
        .into_records()
        .map(|record| record.expect("a row"))
        .find(|record| record.iter().next() == Some("nlb-unicast-vlan-shared"))
        .expect("VLAN 30 is shared");
    let cells: Vec<&str> = findings.iter().collect();
    let at = cells
        .iter()
        .position(|cell| cell.ends_with("Get-VMNetworkAdapterVlan.csv"));
    let at = at.expect("the finding stands in an export");
    let path = project().join(EXPORTS).join(cells[at]);
    let table = fs::read_to_string(path).expect("the export");
    let line: usize = cells[at + 1].parse().expect("a line");
    let column: usize = cells[at + 2].parse().expect("a column");
    let cell = table
        .lines()
        .nth(line - 1)
        .and_then(|line| line.split(';').nth(column - 1));
    assert_eq!(cell.map(|cell| cell.trim_matches('"')), Some("30"), "{cells:?}");
}

#[test]
fn results_do_not_go_into_a_folder_whose_subfolders_are_read() {
    let dir = place("marks-inside");
    copy(&project().join(EXPORTS), &dir);
    let commands = ["plan", "import", "mac", "review", "path", "drain"];
    let commands = commands
        .into_iter()
        .filter(|command| *command != "plan" || cfg!(feature = "solver"));
    for output in [dir.clone(), dir.join("out"), dir.join("HV1/../new/out")] {
        for command in commands.clone() {
            let run = nicplan(&[command, text(&dir), "-o", text(&output)]);
            assert_eq!(run.code, 2, "{command} {}: {}", output.display(), run.err);
            assert_said(&run.err, &["INPUT", "the next run would read them", "marks-inside-out"]);
            assert!(!dir.join("out").exists() && !dir.join("new").exists());
        }
    }
    let tables = imported("inside-tables");
    let run = nicplan(&[
        "mac",
        text(&tables),
        "--fail-on",
        "never",
        "-o",
        text(&tables.join("out")),
    ]);
    assert_eq!(run.code, 0, "subfolders of tables are not read: {}", run.err);
}

#[test]
fn clixml_of_other_objects_is_refused_by_their_type() {
    let text_of = |kind: &str| {
        format!(
            "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\"><Obj RefId=\"0\"><TN RefId=\"0\">\
             <T>Deserialized.{kind}</T><T>Deserialized.System.Object</T></TN><Props><S N=\"Name\">x</S></Props></Obj></Objs>"
        )
    };
    let other = text_of("System.ServiceProcess.ServiceController");
    let dir = folder("marks-other", &[("services.xml", other.as_bytes())]);
    let file = dir.join("services.xml");
    for command in ["mac", "import", "review"] {
        let out = place("marks-other-out");
        let run = nicplan(&[command, text(&file), "-o", text(&out)]);
        assert_eq!((run.code, out.exists()), (2, false), "{command}: {}", run.err);
        assert_said(
            &run.err,
            &[
                "services.xml: it holds objects of type System.ServiceProcess.ServiceController",
                "nicplan explain exports",
            ],
        );
    }
}

#[cfg(feature = "solver")]
#[test]
fn what_the_forecast_of_the_night_takes_for_granted_stands_among_the_assumptions() {
    let page = page("night", &[EXPORTS]);
    assert_said(
        &page,
        &[
            "--reboot, or reboot_minutes in policy.csv (for drains and patch night)",
            "Installing updates and restarting takes 15 min per node",
            "dirty_mib_s in vms.csv (for drains and patch night)",
        ],
    );
}

#[cfg(feature = "solver")]
#[test]
fn unmet_requirements_of_a_node_without_exports_are_told_as_unknown() {
    let dir = place("marks-gap");
    copy(&project().join(EXPORTS), &dir);
    fs::remove_file(dir.join("HV2/Get-NetAdapter.json")).expect("the export");
    let run = nicplan(&["plan", text(&dir)]);
    assert_eq!(run.code, 1, "{}", run.err);
    assert_said(
        &run.out,
        &[
            "This says little while ports or switches of HV2 are not exported.",
            "Management has no working path (reach:management): HV2; not known of HV2: ports or switches were not exported",
        ],
    );
}

#[test]
fn there_are_pages_about_sources_and_about_the_history() {
    let exports = nicplan(&["explain", "exports"]);
    assert_eq!(exports.code, 0, "{}", exports.err);
    assert_said(
        &exports.out,
        &[
            "Collect-NicPlanInventory.ps1",
            "HV1_Get-NetAdapter.xml",
            "Get-VMMigrationNetwork",
            "Win32_NetworkAdapter",
        ],
    );
    let history = nicplan(&["explain", "history"]);
    assert_said(
        &history.out,
        &["# history.csv (table of past live migrations)", "nicplan calibrate"],
    );
    assert_said(
        &nicplan(&["explain", "history.start_s"]).out,
        &["# history.start_s (column)"],
    );
    assert_said(
        &nicplan(&["explain", "rvtools"]).out,
        &["an RVTools export of a VMware estate"],
    );
}

/// Counters name a port by its description, rewritten; one of two ports of a model is known by the number in it.
#[test]
fn counters_of_ports_are_matched_by_description_and_told() {
    let nics = "node,nic,speed_mbps,model,windows_description,current_role\nHV1,A,10000,Contoso(R) X/710,,storage\n\
                HV1,B,10000,Contoso(R) X/710,Contoso(R) X/710 #2,management\nHV2,A,10000,Contoso(R) X/710,,\nHV2,B,10000,Contoso(R) X/710,,\n";
    let path = |node: &str, instance: &str, counter: &str| {
        format!("\"\\\\{node}\\Network Interface({instance})\\Bytes {counter}/sec\"")
    };
    let heads = [
        path("HV1", "Contoso[R] X_710", "Received"),
        path("HV1", "Contoso[R] X_710", "Sent"),
        path("hv1.corp.example", "Contoso[R] X_710 _2", "Total"),
        path("HV2", "Contoso[R] X_710", "Total"),
        path("HV1", "_Total", "Total"),
    ];
    let counters = format!(
        "\"(PDH-CSV 4.0) (UTC)(0)\",{}\n\"11/30/2026 08:00:00\",125000000,250000000,1250000,1,9\n\
         \"11/30/2026 08:01:00\",125000000,375000000,2500000,1,9\n",
        heads.join(",")
    );
    let dir = folder(
        "marks-ports",
        &[
            ("nodes.csv", NODES),
            ("nics.csv", nics.as_bytes()),
            ("load.csv", counters.as_bytes()),
        ],
    );
    let out = place("marks-ports-out");
    let run = nicplan(&["import", text(&dir), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_said(
        &run.err,
        &[
            "the load of 2 of 4 NICs was measured, busiest HV1/A (storage) 3 Gbit/s p95, 3 Gbit/s peak; HV1/B (management) 20 Mbit/s p95",
            "no demand is taken from it",
            "1 counter of adapters that are no NIC here, or may be several (such as HV2: Contoso[R] X_710;",
        ],
    );
    let nic = |node: &str, nic: &str| row(&out, "nics", &[("node", node), ("nic", nic)]);
    let measured = ["measured_p95_mbps=3000", "measured_peak_mbps=3000", "speed_mbps=10000"];
    assert_cells(&nic("HV1", "A"), &measured);
    assert_cells(&nic("HV1", "B"), &["measured_peak_mbps=20"]);
    assert_cells(&nic("HV2", "A"), &["measured_peak_mbps="]);
    let again = nicplan(&["review", text(&out), "--fail-on", "never"]);
    assert_eq!(again.code, 0, "{}", again.err);
}

/// The class that tells NetBIOS tells addresses, too: those that Get-NetIPAddress told already are not there twice.
#[test]
fn netbios_is_read_beside_the_newer_cmdlets() {
    let ports = br#"[{"Name":"A","InterfaceDescription":"X","ifIndex":3,"Speed":10000000000},
        {"Name":"B","InterfaceDescription":"X #2","ifIndex":4,"Speed":10000000000}]"#;
    let addresses = br#"{"IPAddress":"10.0.0.11","PrefixLength":24,"InterfaceAlias":"A","AddressFamily":2,"InterfaceIndex":3,"PrefixOrigin":1}"#;
    let settings = br#"[{"Description":"X","Index":7,"InterfaceIndex":3,"TcpipNetbiosOptions":2,"IPAddress":["10.0.0.11"],"IPSubnet":["255.255.255.0"],"DHCPEnabled":true},
        {"Description":"X #2","Index":3,"InterfaceIndex":4,"TcpipNetbiosOptions":0,"IPAddress":["10.0.1.11"],"IPSubnet":["255.255.255.0"],"DHCPEnabled":false}]"#;
    let dir = folder(
        "marks-netbios",
        &[
            ("HV1_Get-NetAdapter.json", ports),
            ("HV1_Get-NetIPAddress.json", addresses),
            ("HV1_Get-Win32NetworkAdapterConfiguration.json", settings),
        ],
    );
    let out = place("marks-netbios-out");
    let run = nicplan(&["import", text(&dir), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    let nic = |nic: &str| row(&out, "nics", &[("node", "HV1"), ("nic", nic)]);
    assert_cells(&nic("A"), &["netbios=off", "addresses=10.0.0.11/24", "dhcp=no"]);
    assert_cells(&nic("B"), &["netbios=default", "addresses=10.0.1.11/24", "dhcp=no"]);
    assert!(!run.out.contains("contradict"), "{}", run.out);
}
