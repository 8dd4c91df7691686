//! Windows Server 2008 R2 as it is exported: no cmdlets for adapters, so what WMI tells and what `Get-VM` of its time does.

#[path = "support/clixml.rs"]
mod clixml;
mod program;
#[path = "support/values.rs"]
mod values;

use clixml::{file, selected};
use values::{assert_cells, import, row, rows};

/// What `Get-WmiObject | Select-Object | Export-Clixml` writes: its type tells no class.
fn wmi(properties: &[(&str, &str)]) -> String {
    selected("System.Management.ManagementObject", properties)
}

#[test]
fn windows_server_2008_r2_is_read_from_what_wmi_tells() {
    let ports = [
        wmi(&[
            ("NetConnectionID", "Management"),
            ("Name", "Contoso Gigabit"),
            ("MACAddress", "00:26:B9:00:00:01"),
            ("Speed", "1000000000"),
            ("NetConnectionStatus", "2"),
            ("PNPDeviceID", r"PCI\VEN_8086&amp;DEV_10FB\4"),
            ("Index", "7"),
            ("PSComputerName", "OLD1"),
        ]),
        wmi(&[
            ("NetConnectionID", "iSCSI 1"),
            ("Name", "Contoso Gigabit #2"),
            ("MACAddress", "00:26:B9:00:00:02"),
            ("Speed", "9223372036854775807"),
            ("NetConnectionStatus", "7"),
            ("PNPDeviceID", r"PCI\VEN_8086&amp;DEV_10FB\5"),
            ("Index", "8"),
            ("PSComputerName", "OLD1"),
        ]),
        wmi(&[
            ("NetConnectionID", "Local Area Connection* 9"),
            ("Name", "Microsoft ISATAP Adapter"),
            ("MACAddress", ""),
            ("Speed", "100000"),
            ("NetConnectionStatus", "2"),
            ("PNPDeviceID", r"ROOT\*ISATAP\0"),
            ("Index", "3"),
            ("PSComputerName", "OLD1"),
        ]),
    ];
    let list = |name: &str, items: &[&str]| {
        let items: String = items.iter().map(|item| format!("<S>{item}</S>")).collect();
        format!("<Obj N=\"{name}\" RefId=\"9\"><TN RefId=\"9\"><T>System.String[]</T></TN><LST>{items}</LST></Obj>")
    };
    let addresses = wmi(&[
        ("Description", "Contoso Gigabit"),
        ("DHCPEnabled", "false"),
        ("Index", "7"),
        ("PSComputerName", "OLD1"),
    ])
    .replace(
        "<MS>",
        &format!(
            "<MS>{}{}{}",
            list("IPAddress", &["10.8.0.11", "fe80::11"]),
            list("IPSubnet", &["255.255.255.0", "64"]),
            list("DefaultIPGateway", &["10.8.0.1"])
        ),
    );
    let pool = wmi(&[
        ("MinimumMacAddress", "00155D080B00"),
        ("MaximumMacAddress", "00155D080BFF"),
        ("PSComputerName", "OLD1"),
    ]);
    let machine = wmi(&[
        ("Manufacturer", "Contoso"),
        ("Model", "PE710"),
        ("TotalPhysicalMemory", "103079215104"),
        ("Name", "OLD1"),
        ("PSComputerName", "OLD1"),
    ]);
    let system = wmi(&[
        ("Caption", "Microsoft Windows Server 2008 R2 Enterprise"),
        ("Version", "6.1.7601"),
        ("BuildNumber", "7601"),
        ("OperatingSystemSKU", "10"),
        ("PSComputerName", "OLD1"),
    ]);
    let fc = "Microsoft.FailoverClusters.PowerShell";
    let cluster = selected(
        &format!("{fc}.Cluster"),
        &[
            ("Name", "OLDC"),
            ("SameSubnetDelay", "1000"),
            ("SameSubnetThreshold", "5"),
        ],
    );
    let node = selected(
        &format!("{fc}.ClusterNode"),
        &[
            ("Name", "OLD1"),
            ("State", "Up"),
            ("MajorVersion", "6"),
            ("MinorVersion", "1"),
            ("BuildNumber", "7601"),
        ],
    );
    let group = selected(
        &format!("{fc}.ClusterGroup"),
        &[
            ("Name", "APP1"),
            ("OwnerNode", "OLD1"),
            ("GroupType", "VirtualMachine"),
            ("State", "0"),
            ("Priority", "2000"),
        ],
    );
    let network = selected(
        &format!("{fc}.ClusterNetwork"),
        &[
            ("Name", "Management"),
            ("Address", "10.8.0.0"),
            ("AddressMask", "255.255.255.0"),
            ("Role", "3"),
            ("Metric", "10000"),
            ("AutoMetric", "true"),
        ],
    );
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("cluster/Get-Cluster.xml", file(&[cluster])),
        ("cluster/Get-ClusterNode.xml", file(&[node])),
        ("cluster/Get-ClusterGroup.xml", file(&[group])),
        ("cluster/Get-ClusterNetwork.xml", file(&[network])),
        ("OLD1/Get-Win32NetworkAdapter.xml", file(&ports)),
        ("OLD1/Get-Win32NetworkAdapterConfiguration.xml", file(&[addresses])),
        ("OLD1/Get-MsvmManagementServiceSetting.xml", file(&[pool])),
        ("OLD1/Get-ComputerSystem.xml", file(&[machine])),
        ("OLD1/Get-OperatingSystem.xml", file(&[system])),
        (
            "errors.csv",
            b"\"Node\",\"Cmdlet\",\"Message\"\r\n\"OLD1\",\"Get-NetAdapter\",\"not supported\"\r\n".to_vec(),
        ),
    ];
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, bytes)| (*name, bytes.as_slice())).collect();
    let (out, said) = import("2008r2", &files);

    assert_cells(
        &row(&out, "clusters", &[]),
        &["cluster=OLDC", "profile=2008r2", "same_subnet_threshold=5"],
    );
    assert_cells(
        &row(&out, "nodes", &[]),
        &[
            "node=OLD1",
            "memory_mib=98304",
            "hardware=Contoso PE710",
            "mac_pool_min=00-15-5D-08-0B-00",
            "mac_pool_max=00-15-5D-08-0B-FF",
            "management_ip=10.8.0.11",
            "os_build=7601",
            "edition=Enterprise",
        ],
    );
    assert_eq!(rows(&out, "nics").len(), 2, "tunnels are no ports");
    assert_cells(
        &row(&out, "nics", &[("nic", "Management")]),
        &[
            "speed_mbps=1000",
            "mac=00-26-B9-00-00-01",
            "model=Contoso Gigabit",
            "status=up",
            "addresses=10.8.0.11/24",
            "dhcp=no",
            "current_role=management",
            "cluster_network=Management",
        ],
    );
    assert_cells(
        &row(&out, "nics", &[("nic", "iSCSI 1")]),
        &["speed_mbps=1000", "status=down", "addresses=", "current_role=storage"],
    );
    assert_cells(
        &row(&out, "vms", &[]),
        &["vm=APP1", "node=OLD1", "state=running", "memory_mib="],
    );
    assert!(said.contains("not exported: Get-NetAdapter of OLD1"), "{said}");
    assert!(
        !said.contains("Get-VMHost"),
        "a cmdlet that 2008 R2 has not is not asked for: {said}"
    );
}
