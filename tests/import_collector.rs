//! The script that `init` writes: it parses, it changes nothing, and what it writes is read.

#[path = "support/clixml.rs"]
mod clixml;
#[path = "support/cmdlets.rs"]
mod cmdlets;
#[path = "support/powershell.rs"]
mod powershell;
mod program;

use clixml::{file, selected};
use powershell::Script;
use program::{folder, nicplan, place, text};
use std::fs;

/// What `init` writes into a folder of this name.
fn script(name: &str) -> String {
    let dir = place(&format!("collector-{name}"));
    let run = nicplan(&["init", text(&dir)]);
    assert_eq!(run.code, 0, "{}", run.err);
    fs::read_to_string(dir.join("Collect-NicPlanInventory.ps1")).expect("init writes the script")
}

#[test]
fn the_script_parses_in_the_grammar_of_powershell() {
    assert_eq!(Script::parse(&script("grammar")).error(), None);
    assert!(
        Script::parse("try { Get-VM").error().is_some(),
        "the grammar sees an error"
    );
}

#[test]
fn the_script_calls_nothing_that_changes_a_node() {
    let own = [
        "Export-Clixml",
        "Export-Csv",
        "Write-Progress",
        "Write-Warning",
        "Write-Error",
        "Write-Output",
        "New-Item",
        "Compress-Archive",
        "Select-Object",
        "Where-Object",
        "ForEach-Object",
        "Join-Path",
        "Test-Path",
        "Export-Part",
        "Resolve-Path",
    ];
    let calls = Script::parse(&script("verbs")).calls();
    assert!(calls.len() > 50, "{calls:?}");
    for call in calls.into_iter().map(|call| call.name) {
        let reads = call.starts_with("Get-") || own.contains(&call.as_str()) || call == "$Part.Read";
        assert!(reads, "{call} is not known to be harmless");
    }
    let writes = Script::parse("Set-VMHost -Name x").calls();
    assert_eq!(writes.first().map(|call| call.name.as_str()), Some("Set-VMHost"));
}

#[test]
fn every_cmdlet_of_the_script_has_the_parameters_that_it_is_given() {
    let text = script("parameters");
    let calls = Script::read("collector", &[&[0xEF, 0xBB, 0xBF], text.as_bytes()].concat()).calls();
    assert!(calls.len() > 60, "{}", calls.len());
    let documented = cmdlets::documented();
    // The script's own functions.
    let own: [(&str, &[&str]); 2] = [("Export-Part", &["Node", "Part", "Target"]), ("Get-Way", &["Part"])];
    for call in calls.iter().filter(|call| call.name != "$Part.Read") {
        let function = own
            .iter()
            .find(|(name, _)| *name == call.name)
            .map(|(_, parameters)| *parameters);
        let cmdlet = documented.get(call.name.as_str()).map(Vec::as_slice);
        let parameters = function
            .or(cmdlet)
            .unwrap_or_else(|| panic!("{} is not documented", call.name));
        for (name, _) in &call.parameters {
            let is_operator = [
                "is",
                "isnot",
                "eq",
                "notcontains",
                "contains",
                "gt",
                "match",
                "replace",
                "ne",
                "or",
                "join",
                "split",
                "and",
                "not",
            ]
            .contains(&name.as_str());
            let common = name == "ErrorAction";
            let documented = parameters.contains(&name.as_str());
            assert!(
                is_operator || common || documented,
                "{} has no parameter {name}",
                call.name
            );
        }
    }
}

#[test]
fn a_fault_of_one_export_leaves_no_broken_file_and_does_not_stop_the_rest() {
    let script = script("faults");
    // Export-Clixml makes its file before anything is read: what failed must not leave one that was cut off.
    assert!(
        !script.contains("Read | Select-Object"),
        "objects are collected before they are written"
    );
    assert!(
        script.contains("@(& $Part.Read 2>&1)"),
        "errors that do not end a cmdlet are kept beside its objects"
    );
    let reads = script.lines().filter(|line| line.trim_start().starts_with("Read = {"));
    assert!(reads.clone().count() > 45);
    assert!(
        reads.clone().all(|line| !line.contains("-ErrorAction Stop")),
        "one VM that fails must not cost all others"
    );
    let by_wmi = reads.filter(|line| line.contains("Get-WmiObject")).count();
    assert_eq!(
        by_wmi, 6,
        "2008 R2 tells adapters, addresses, MAC pool, machine, system and processor by WMI"
    );
}

/// A closed service or a node that is down is asked once, not forty times with the patience of each cmdlet.
#[test]
fn a_node_that_does_not_answer_is_asked_once_in_each_way() {
    let script = script("silent");
    for part in [
        "Get-CimInstance -ClassName Win32_OperatingSystem -ComputerName $Node -OperationTimeoutSec 30 -ErrorAction Stop",
        "if ($silent[$way]) {",
        "the cluster says that the node is down",
        "'Cim' { 'CIM'; break }",
    ] {
        assert!(script.contains(part), "{part}");
    }
    let reads = script.lines().filter(|line| line.trim_start().starts_with("Read = {"));
    for read in reads.filter(|line| line.contains("$Node")) {
        let ways = [
            read.contains("WmiObject"),
            read.contains("Cim"),
            read.contains("-ComputerName $Node"),
        ];
        assert!(ways.contains(&true), "{read}");
    }
}

#[test]
fn windows_reads_the_script_whatever_its_code_page() {
    let script = script("text");
    assert!(script.is_ascii() && script.contains("\r\n"));
}

#[test]
fn what_the_script_writes_is_read() {
    let cim = "Microsoft.Management.Infrastructure.CimInstance";
    let dir = folder("collector-output", &[]);
    for part in ["cluster", "HV1"] {
        fs::create_dir_all(dir.join(part)).expect("the build folder can be written");
    }
    let write = |name: &str, objects: &[String]| {
        fs::write(dir.join(name), file(objects)).expect("the build folder can be written");
    };
    let cluster = "Microsoft.FailoverClusters.PowerShell";
    write(
        "cluster/Get-Cluster.xml",
        &[selected(
            &format!("{cluster}.Cluster"),
            &[
                ("Name", "C9"),
                ("SameSubnetDelay", "1000"),
                ("SameSubnetThreshold", "20"),
            ],
        )],
    );
    write(
        "cluster/Get-ClusterNode.xml",
        &[selected(
            &format!("{cluster}.ClusterNode"),
            &[("Name", "HV1"), ("State", "Up"), ("BuildNumber", "26100")],
        )],
    );
    write(
        "cluster/Get-ClusterGroup.xml",
        &[selected(
            &format!("{cluster}.ClusterGroup"),
            &[
                ("Name", "SQL"),
                ("OwnerNode", "HV1"),
                ("GroupType", "VirtualMachine"),
                ("Priority", "3000"),
                ("AntiAffinityClassNames", "DB"),
            ],
        )],
    );
    write(
        "HV1/Get-NetAdapter.xml",
        &[selected(
            cim,
            &[
                ("Name", "P1"),
                ("InterfaceDescription", "X"),
                ("Speed", "10000000000"),
                ("MediaConnectState", "1"),
                ("PSComputerName", "HV1"),
            ],
        )],
    );
    write(
        "HV1/Get-NetAdapterVmq.xml",
        &[selected(
            cim,
            &[
                ("Name", "P1"),
                ("InterfaceDescription", "X"),
                ("Enabled", "true"),
                ("NumberOfReceiveQueues", "31"),
                ("PSComputerName", "HV1"),
            ],
        )],
    );
    let hyper_v = "Microsoft.HyperV.PowerShell";
    write(
        "HV1/Get-VM.xml",
        &[selected(
            &format!("{hyper_v}.VirtualMachine"),
            &[
                ("Name", "SQL"),
                ("Id", "a1"),
                ("State", "Running"),
                ("MemoryAssigned", "8589934592"),
                ("PSComputerName", "HV1"),
            ],
        )],
    );
    write(
        "HV1/Get-VMSwitch.xml",
        &[selected(
            &format!("{hyper_v}.VMSwitch"),
            &[
                ("Name", "S1"),
                ("SwitchType", "External"),
                ("AllowManagementOS", "true"),
                ("NetAdapterInterfaceDescription", "X"),
                ("PSComputerName", "HV1"),
            ],
        )],
    );
    write(
        "HV1/Get-VMNetworkAdapter.xml",
        &[
            selected(
                &format!("{hyper_v}.VMNetworkAdapter"),
                &[
                    ("Name", "Network Adapter"),
                    ("VMName", "SQL"),
                    ("VMId", "a1"),
                    ("IsManagementOs", "false"),
                    ("SwitchName", "S1"),
                    ("MacAddress", "00155D010107"),
                    ("MacAddressSpoofing", "On"),
                    ("MinimumBandwidthWeight", "30"),
                    ("MaximumBandwidth", "200000000"),
                    ("OperationMode", "Trunk"),
                    ("AllowedVlanIdListString", "10,20-22"),
                    ("PSComputerName", "HV1"),
                ],
            ),
            selected(
                &format!("{hyper_v}.VMInternalNetworkAdapter"),
                &[
                    ("Name", "Mgmt"),
                    ("IsManagementOs", "true"),
                    ("SwitchName", "S1"),
                    ("MacAddress", "00155D010100"),
                    ("OperationMode", "Untagged"),
                    ("IsolationMode", "Vlan"),
                    ("DefaultIsolationID", "7"),
                    ("PSComputerName", "HV1"),
                ],
            ),
        ],
    );
    fs::write(
        dir.join("errors.csv"),
        "\"Node\",\"Cmdlet\",\"Message\"\r\n\"HV1\",\"Get-NetQosPolicy\",\"Access denied\"\r\n\
         \"HV2\",\"Get-NetQosPolicy\",\"Access denied\"\r\n",
    )
    .expect("written");
    let out = place("collector-out");
    let run = nicplan(&["import", text(&dir), "-o", text(&out)]);

    assert_eq!(run.code, 0, "{}", run.err);
    let table = |name: &str| fs::read_to_string(out.join(name)).expect("the table was written");
    assert!(table("clusters.csv").contains("C9,2025"), "{}", table("clusters.csv"));
    assert!(table("nics.csv").contains("HV1,P1,10000,"), "{}", table("nics.csv"));
    assert!(
        table("vms.csv").contains("SQL,C9,HV1,8192,running,,high,,DB"),
        "{}",
        table("vms.csv")
    );
    let vnic = "SQL,Network Adapter,,S1,10;20-22,00-15-5D-01-01-07,,yes,,,,30";
    assert!(table("vnics.csv").contains(vnic), "{}", table("vnics.csv"));
    assert!(
        table("host_vnics.csv").contains("HV1,Mgmt,S1,management,7,"),
        "{}",
        table("host_vnics.csv")
    );
    assert!(
        run.err.contains("Get-NetQosPolicy of HV1, HV2: Access denied"),
        "{}",
        run.err
    );
}
