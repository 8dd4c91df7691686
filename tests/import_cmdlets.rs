//! Cmdlets that the samples do not show: teams, private VLANs, DNS, and QoS, in the forms in which they are exported.

mod program;
#[path = "support/values.rs"]
mod values;

use values::{assert_cells, import, row, rows};

const CLUSTER: (&str, &[u8]) = (
    "cluster/Get-Cluster.json",
    br#"{"Name":"C1","SameSubnetDelay":1000,"SameSubnetThreshold":10}"#,
);

/// Three ports in JSON of PowerShell 7 on HV1, in `.csv` with semicolons on HV2.
const PORTS: [(&str, &[u8]); 2] = [
    (
        "HV1/Get-NetAdapter.json",
        br#"[{"Name":"A","InterfaceDescription":"X","ifIndex":3,"Speed":10000000000,"MacAddress":"B0-26-28-00-00-01"},
        {"Name":"B","InterfaceDescription":"X #2","ifIndex":4,"Speed":10000000000,"MacAddress":"B0-26-28-00-00-02"},
        {"Name":"Mgmt","InterfaceDescription":"Y","ifIndex":5,"Speed":1000000000,"MacAddress":"B0-26-28-00-00-03"},
        {"Name":"T1","InterfaceDescription":"Microsoft Network Adapter Multiplexor Driver","ifIndex":9,"Speed":20000000000,"Virtual":true,"MacAddress":"B0-26-28-00-00-01"}]"#,
    ),
    (
        "HV2/Get-NetAdapter.csv",
        b"\"Name\";\"InterfaceDescription\";\"ifIndex\";\"LinkSpeed\";\"MacAddress\"\r\n\"A\";\"X\";\"3\";\"10 GBit/s\";\"B0-26-28-00-01-01\"\r\n\
          \"B\";\"X #2\";\"4\";\"10 GBit/s\";\"B0-26-28-00-01-02\"\r\n\"Mgmt\";\"Y\";\"5\";\"2,5 GBit/s\";\"B0-26-28-00-01-03\"\r\n",
    ),
];

#[test]
fn lbfo_teams_are_read_from_numbers_and_from_members_where_the_list_was_cut_off() {
    let (out, _) = import(
        "lbfo",
        &[
            CLUSTER,
            PORTS[0],
            PORTS[1],
            (
                "HV1/Get-NetLbfoTeam.json",
                br#"{"Name":"Team","Members":["A","B"],"TeamNics":["T1","T1 - VLAN 40"],"TeamingMode":2,"LoadBalancingAlgorithm":0}"#,
            ),
            (
                "HV1/Get-NetLbfoTeamNic.json",
                br#"[{"Name":"T1","Team":"Team","VlanID":null,"Primary":true,"Default":true},{"Name":"T1 - VLAN 40","Team":"Team","VlanID":40,"Primary":false,"Default":false}]"#,
            ),
            (
                "HV1/Get-VMSwitch.json",
                br#"{"Name":"S1","SwitchType":2,"AllowManagementOS":false,"NetAdapterInterfaceDescription":"Microsoft Network Adapter Multiplexor Driver"}"#,
            ),
            (
                "HV2/Get-NetLbfoTeam.csv",
                b"\"Name\";\"Members\";\"TeamNics\";\"TeamingMode\";\"LoadBalancingAlgorithm\"\r\n\"Team\";\"System.String[]\";\"System.String[]\";\"SwitchIndependent\";\"HyperVPort\"\r\n",
            ),
            (
                "HV2/Get-NetLbfoTeamMember.csv",
                b"\"Name\";\"Team\";\"AdministrativeMode\"\r\n\"A\";\"Team\";\"Active\"\r\n\"B\";\"Team\";\"Standby\"\r\n",
            ),
        ],
    );
    let nic = |node: &str, nic: &str| row(&out, "nics", &[("node", node), ("nic", nic)]);
    let of_json = [
        "team=Team",
        "team_kind=lbfo",
        "team_mode=lacp",
        "team_load_balancing=transport-ports",
        "team_interfaces=T1;T1 - VLAN 40",
        "team_vlan=0",
    ];
    assert_cells(&nic("HV1", "A"), &of_json);
    assert_cells(&nic("HV1", "B"), &of_json);
    assert_cells(&nic("HV1", "Mgmt"), &["team=", "team_kind=", "speed_mbps=1000"]);
    let of_csv = [
        "team=Team",
        "team_kind=lbfo",
        "team_mode=switch-independent",
        "team_load_balancing=hyper-v-port",
        "team_interfaces=",
    ];
    assert_cells(&nic("HV2", "B"), &of_csv);
    assert_cells(&nic("HV2", "Mgmt"), &["team=", "speed_mbps=2500"]);
    assert_eq!(rows(&out, "nics").len(), 6, "the team's own adapter is no port");
    assert_cells(
        &row(&out, "switches", &[("node", "HV1")]),
        &["nics=A;B", "type=external"],
    );
}

#[test]
fn private_vlans_are_read_from_numbers_and_from_words() {
    let vm = |name: &str, id: &str| {
        format!(r#"{{"Name":"{name}","Id":"{id}","MemoryStartup":4294967296,"State":2,"Generation":2}}"#)
    };
    let vnic = |name: &str, id: &str| {
        format!(
            r#"{{"Name":"Network Adapter","Id":"n-{id}","VMId":"{id}","VMName":"{name}","SwitchName":"S1","MacAddress":"00155D01010{}","DynamicMacAddressEnabled":true}}"#,
            &id[1..]
        )
    };
    let names = [("ISO", "a1"), ("COM", "a2"), ("PRO", "a3"), ("PLAIN", "a4")];
    let list = |of: &dyn Fn(&str, &str) -> String| format!("[{}]", names.map(|(name, id)| of(name, id)).join(","));
    let (vms, vnics) = (list(&|name, id| vm(name, id)), list(&|name, id| vnic(name, id)));
    let settings = r#"[{"ParentAdapter":{"Id":"n-a1","Name":"Network Adapter","VMName":"ISO","VMId":"a1"},"OperationMode":3,"AccessVlanId":0,"NativeVlanId":0,"AllowedVlanIdList":null,"PrivateVlanMode":1,"PrimaryVlanId":100,"SecondaryVlanId":101,"SecondaryVlanIdList":null},
        {"ParentAdapter":{"Id":"n-a2","Name":"Network Adapter","VMName":"COM","VMId":"a2"},"OperationMode":3,"AccessVlanId":0,"NativeVlanId":0,"PrivateVlanMode":2,"PrimaryVlanId":100,"SecondaryVlanId":102},
        {"ParentAdapter":{"Id":"n-a3","Name":"Network Adapter","VMName":"PRO","VMId":"a3"},"OperationMode":3,"AccessVlanId":0,"NativeVlanId":0,"PrivateVlanMode":3,"PrimaryVlanId":100,"SecondaryVlanId":0,"SecondaryVlanIdList":[101,102]},
        {"ParentAdapter":{"Id":"n-a4","Name":"Network Adapter","VMName":"PLAIN","VMId":"a4"},"OperationMode":1,"AccessVlanId":7,"NativeVlanId":0,"PrivateVlanMode":0,"PrimaryVlanId":0,"SecondaryVlanId":0}]"#;
    let words = "\"VMName\",\"VMNetworkAdapterName\",\"OperationMode\",\"AccessVlanId\",\"PrivateVlanMode\",\"PrimaryVlanId\",\"SecondaryVlanId\",\"SecondaryVlanIdListString\"\n\
        \"ISO\",\"Network Adapter\",\"Private\",\"0\",\"Isolated\",\"100\",\"101\",\"\"\n\"COM\",\"Network Adapter\",\"Private\",\"0\",\"Community\",\"100\",\"102\",\"\"\n\
        \"PRO\",\"Network Adapter\",\"Private\",\"0\",\"Promiscuous\",\"100\",\"0\",\"101-102\"\n\"PLAIN\",\"Network Adapter\",\"Access\",\"7\",\"\",\"0\",\"0\",\"\"\n";
    for (name, file, bytes) in [
        ("pvlan-json", "HV1/Get-VMNetworkAdapterVlan.json", settings.as_bytes()),
        ("pvlan-csv", "HV1/Get-VMNetworkAdapterVlan.csv", words.as_bytes()),
    ] {
        let files = [
            CLUSTER,
            PORTS[0],
            ("HV1/Get-VM.json", vms.as_bytes()),
            ("HV1/Get-VMNetworkAdapter.json", vnics.as_bytes()),
            (file, bytes),
        ];
        let (out, _) = import(name, &files);
        let vnic = |vm: &str| row(&out, "vnics", &[("vm", vm)]);
        assert_cells(
            &vnic("ISO"),
            &[
                "pvlan_mode=isolated",
                "primary_vlan=100",
                "secondary_vlans=101",
                "vlans=100",
            ],
        );
        assert_cells(
            &vnic("COM"),
            &[
                "pvlan_mode=community",
                "primary_vlan=100",
                "secondary_vlans=102",
                "vlans=100",
            ],
        );
        assert_cells(
            &vnic("PRO"),
            &[
                "pvlan_mode=promiscuous",
                "primary_vlan=100",
                "secondary_vlans=101-102",
                "vlans=100",
            ],
        );
        assert_cells(
            &vnic("PLAIN"),
            &["pvlan_mode=", "primary_vlan=", "secondary_vlans=", "vlans=7"],
        );
    }
}

#[test]
fn dns_servers_and_registration_of_adapters_are_read() {
    let json: [(&str, &[u8]); 2] = [
        (
            "HV1/Get-DnsClientServerAddress.json",
            br#"[{"InterfaceAlias":"Mgmt","InterfaceIndex":5,"AddressFamily":2,"ServerAddresses":["10.0.0.1","10.0.0.2"]},
            {"InterfaceAlias":"Mgmt","InterfaceIndex":5,"AddressFamily":23,"ServerAddresses":["fec0:0:0:ffff::1"]},
            {"InterfaceAlias":"A","InterfaceIndex":3,"AddressFamily":2,"ServerAddresses":[]}]"#,
        ),
        (
            "HV1/Get-DnsClient.json",
            br#"[{"InterfaceAlias":"Mgmt","InterfaceIndex":5,"RegisterThisConnectionsAddress":true},{"InterfaceAlias":"A","InterfaceIndex":3,"RegisterThisConnectionsAddress":false}]"#,
        ),
    ];
    let csv: [(&str, &[u8]); 2] = [
        (
            "HV2/Get-DnsClientServerAddress.csv",
            b"\"InterfaceAlias\";\"InterfaceIndex\";\"ServerAddresses\"\r\n\"Mgmt\";\"5\";\"{10.0.0.1, 10.0.0.2}\"\r\n\"A\";\"3\";\"{}\"\r\n",
        ),
        (
            "HV2/Get-DnsClient.csv",
            b"\"InterfaceAlias\";\"InterfaceIndex\";\"RegisterThisConnectionsAddress\"\r\n\"Mgmt\";\"5\";\"True\"\r\n\"A\";\"3\";\"False\"\r\n",
        ),
    ];
    let (out, _) = import("dns", &[CLUSTER, PORTS[0], PORTS[1], json[0], json[1], csv[0], csv[1]]);
    for node in ["HV1", "HV2"] {
        let nic = |nic: &str| row(&out, "nics", &[("node", node), ("nic", nic)]);
        assert_cells(&nic("Mgmt"), &["dns_servers=10.0.0.1;10.0.0.2", "dns_registration=yes"]);
        assert_cells(&nic("A"), &["dns_servers=", "dns_registration=no"]);
        assert_cells(&nic("B"), &["dns_servers=", "dns_registration="]);
    }
}

#[test]
fn quality_of_service_is_read_from_arrays_and_from_joined_lists() {
    let (out, said) = import(
        "qos",
        &[
            CLUSTER,
            PORTS[0],
            PORTS[1],
            (
                "HV1/Get-NetQosTrafficClass.json",
                br#"[{"Name":"[Default]","Priority":[0,1,2,4,5,6],"BandwidthPercentage":48,"Algorithm":2},{"Name":"SMB","Priority":[3],"BandwidthPercentage":50,"Algorithm":2},{"Name":"Cluster","Priority":[7],"BandwidthPercentage":2,"Algorithm":2}]"#,
            ),
            (
                "HV1/Get-NetQosFlowControl.json",
                br#"[{"Name":"3","Priority":3,"Enabled":true,"PolicySet":"Global"},{"Name":"4","Priority":4,"Enabled":false,"PolicySet":"Global"}]"#,
            ),
            (
                "HV1/Get-NetQosPolicy.json",
                br#"[{"Name":"SMB","NetDirectPort":445,"Template":0,"PriorityValue":3},{"Name":"Odd","NetDirectPort":0,"Template":5,"PriorityValue":7},{"Name":"Throttle","NetDirectPort":0,"Template":0,"PriorityValue":-1},{"Name":"nicplan cluster","IPDstPort":3343,"PriorityValue":-1,"MinBandwidthWeight":5},{"Name":"Files","Template":"SMB","PriorityValue":-1,"MinBandwidthWeight":55}]"#,
            ),
            ("HV1/Get-NetQosDcbxSetting.json", br#"[{"Willing":false,"PolicySet":"Global"},{"Willing":true,"PolicySet":"Adapter"}]"#),
            (
                "HV1/Get-NetAdapterQos.json",
                br#"[{"Name":"A","InterfaceDescription":"X","Enabled":true,"HardwareCapabilities":null,"OperationalTrafficClasses":null},{"Name":"B","InterfaceDescription":"X #2","Enabled":false,"HardwareCapabilities":null,"OperationalTrafficClasses":null}]"#,
            ),
            (
                "HV2/Get-NetQosTrafficClass.csv",
                b"\"Name\";\"Priority\";\"BandwidthPercentage\";\"Algorithm\"\r\n\"[Default]\";\"{0, 1, 2, 4...}\";\"50\";\"ETS\"\r\n\"SMB\";\"{3}\";\"50\";\"ETS\"\r\n\"Cut\";\"System.Byte[]\";\"1\";\"ETS\"\r\n",
            ),
            (
                "HV2/Get-NetQosFlowControl.csv",
                b"\"Priority\";\"Enabled\";\"PolicySet\"\r\n\"3\";\"False\";\"Global\"\r\n",
            ),
            (
                "HV2/Get-NetQosPolicy.csv",
                b"\"Name\";\"Template\";\"NetDirectPort\";\"PriorityValue\"\r\n\"Cluster\";\"Cluster\";\"0\";\"7\"\r\n\"LM\";\"LiveMigration\";\"0\";\"5\"\r\n",
            ),
        ],
    );
    assert_cells(
        &row(&out, "nodes", &[("node", "HV1")]),
        &[
            "traffic_classes=Default=0,1,2,4,5,6:48;SMB=3:50;Cluster=7:2",
            "pfc_priorities=3",
            "qos_policies=smbdirect=3",
            "qos_weights=cluster=:5;smb=:55",
            "dcbx_willing=yes",
        ],
    );
    assert_cells(
        &row(&out, "nodes", &[("node", "HV2")]),
        &[
            "traffic_classes=SMB=3:50",
            "pfc_priorities=none",
            "qos_policies=cluster=7;live-migration=5",
            "dcbx_willing=",
        ],
    );
    assert_cells(&row(&out, "nics", &[("node", "HV1"), ("nic", "A")]), &["qos=yes"]);
    assert_cells(&row(&out, "nics", &[("node", "HV1"), ("nic", "B")]), &["qos=no"]);
    assert!(said.contains("2 traffic classes were cut off"), "{said}");
}

#[test]
fn the_traits_of_each_powershell_give_the_same_facts() {
    let rest = r#""MtuSize":9014,"DriverProvider":"Contoso","MacAddress":"B0-26-28-00-00-01""#;
    // The texts in the language of Windows contradict the numbers: those count.
    let of_51 = format!(
        "\u{feff}{{\"Name\":\"P1\",\"InterfaceDescription\":\"X\",\"Speed\":10000000000,\"LinkSpeed\":\"1 GBit/s\",\"DriverDate\":\"\\/Date(1641859200000)\\/\",{rest}}}"
    );
    let of_7 = format!(
        "[{{\"Name\":\"P1\",\"InterfaceDescription\":\"X\",\"ReceiveLinkSpeed\":10000000000,\"LinkSpeed\":\"10 Gbps\",\"DriverDate\":\"2022-01-11T00:00:00\",{rest}}}]"
    );
    let of_csv = "#TYPE Selected.System.Object\r\n\"Name\";\"InterfaceDescription\";\"Speed\";\"LinkSpeed\";\"DriverDate\";\"MtuSize\";\"DriverProvider\";\"MacAddress\"\r\n\
        \"P1\";\"X\";\"10000000000\";\"1 GBit/s\";\"2022-01-11\";\"9014\";\"Contoso\";\"B02628000001\"\r\n";
    let utf16 = |text: &str| -> Vec<u8> {
        let units = [0xFEFF].into_iter().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let limit = r#"[{"Category":2,"BytesPerSecond":1250000000},{"Category":0,"BytesPerSecond":5}]"#;
    for (name, file, bytes) in [
        ("traits-51", "HV1/Get-NetAdapter.json", of_51.clone().into_bytes()),
        (
            "traits-51-utf16",
            "HV1/Get-NetAdapter.json",
            utf16(of_51.trim_start_matches('\u{feff}')),
        ),
        ("traits-7", "HV1/Get-NetAdapter.json", of_7.into_bytes()),
        ("traits-csv", "HV1/Get-NetAdapter.csv", utf16(of_csv)),
    ] {
        let (out, _) = import(
            name,
            &[
                CLUSTER,
                (file, &bytes),
                ("HV1/Get-SmbBandwidthLimit.json", limit.as_bytes()),
            ],
        );
        let expected = [
            "speed_mbps=10000",
            "driver_date=2022-01-11",
            "mtu=9014",
            "driver_provider=Contoso",
            "mac=B0-26-28-00-00-01",
        ];
        assert_cells(&row(&out, "nics", &[("nic", "P1")]), &expected);
        // Bytes in a second, not bits.
        assert_cells(&row(&out, "nodes", &[]), &["smb_limit_mbps=10000"]);
    }
}
