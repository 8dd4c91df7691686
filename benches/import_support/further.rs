//! Exports of the collector's cmdlets that the sample does not hold, with properties as the cmdlets give them.

/// A cmdlet: the class of its objects, how many of one node, and what each holds: the kind of value, name and value. `#` stands for
/// the number of the object on its node.
pub struct Further {
    pub cmdlet: &'static str,
    class: &'static str,
    count: usize,
    holds: &'static [(&'static str, &'static str, &'static str)],
}

const fn of(
    cmdlet: &'static str,
    class: &'static str,
    count: usize,
    holds: &'static [(&'static str, &'static str, &'static str)],
) -> Further {
    Further {
        cmdlet,
        class,
        count,
        holds,
    }
}

const PORTS: usize = 2;

/// One file for each node.
pub const FURTHER: [Further; 19] = [
    of(
        "Get-NetAdapterRss",
        "MSFT_NetAdapterRssSettingData",
        PORTS,
        &[
            ("S", "Name", "SMB #"),
            ("B", "Enabled", "true"),
            ("U32", "NumberOfReceiveQueues", "16"),
            ("S", "RssProcessorArray", "0:0 0:2 0:4 0:6"),
        ],
    ),
    of(
        "Get-NetAdapterQos",
        "MSFT_NetAdapterQosSettingData",
        PORTS,
        &[
            ("S", "Name", "SMB #"),
            ("B", "Enabled", "true"),
            ("S", "OperationalTrafficClasses", "ETS 50 %"),
            ("S", "HardwareCapabilities", "8"),
        ],
    ),
    of(
        "Get-DnsClientServerAddress",
        "MSFT_DNSClientServerAddress",
        5,
        &[
            ("S", "InterfaceAlias", "vEthernet (Management)"),
            ("U32", "InterfaceIndex", "2#"),
            ("U16", "AddressFamily", "2"),
            ("S", "ServerAddresses", "10.20.0.2"),
        ],
    ),
    of(
        "Get-DnsClient",
        "MSFT_DNSClient",
        5,
        &[
            ("S", "InterfaceAlias", "vEthernet (Management)"),
            ("U32", "InterfaceIndex", "2#"),
            ("B", "RegisterThisConnectionsAddress", "true"),
            ("S", "ConnectionSpecificSuffix", ""),
        ],
    ),
    of(
        "Get-VMNetworkAdapterTeamMapping",
        "VMNetworkAdapterTeamMappingSetting",
        PORTS,
        &[
            ("S", "NetAdapterName", "SLOT 2 Port #"),
            ("S", "ParentAdapter", "VMInternalNetworkAdapter, Name = 'Cluster'"),
        ],
    ),
    of(
        "Get-SmbBandwidthLimit",
        "MSFT_SmbBandwidthLimit",
        1,
        &[
            ("S", "Category", "LiveMigration"),
            ("U64", "BytesPerSecond", "2187500000"),
        ],
    ),
    of(
        "Get-OperatingSystem",
        "Win32_OperatingSystem",
        1,
        &[
            ("S", "Caption", "Microsoft Windows Server 2022 Datacenter"),
            ("S", "BuildNumber", "20348"),
            ("S", "Version", "10.0.20348"),
            ("U32", "OperatingSystemSKU", "8"),
        ],
    ),
    of(
        "Get-ComputerSystem",
        "Win32_ComputerSystem",
        1,
        &[
            ("U64", "TotalPhysicalMemory", "549755813888"),
            ("S", "Manufacturer", "Contoso"),
            ("S", "Model", "R7525"),
            ("S", "Name", "HV1"),
        ],
    ),
    of(
        "Get-Processor",
        "Win32_Processor",
        1,
        &[
            ("U32", "NumberOfCores", "32"),
            ("S", "Manufacturer", "AuthenticAMD"),
            ("S", "Description", "AMD64 Family 25 Model 1 Stepping 1"),
        ],
    ),
    of(
        "Get-SmbServerConfiguration",
        "MSFT_SmbServerConfiguration",
        1,
        &[
            ("B", "RequireSecuritySignature", "false"),
            ("B", "EncryptData", "false"),
        ],
    ),
    of(
        "Get-NetOffloadGlobalSetting",
        "MSFT_NetOffloadGlobalSetting",
        1,
        &[("S", "Chimney", "Disabled"), ("S", "ReceiveSideScaling", "Enabled")],
    ),
    of(
        "Get-NetQosTrafficClass",
        "MSFT_NetQosTrafficClassSettingData",
        2,
        &[
            ("S", "Name", "SMB#"),
            ("S", "Priority", "3"),
            ("U8", "BandwidthPercentage", "50"),
            ("S", "Algorithm", "ETS"),
        ],
    ),
    of(
        "Get-NetQosFlowControl",
        "MSFT_NetQosFlowControlSettingData",
        8,
        &[
            ("S", "Name", "#"),
            ("U8", "Priority", "#"),
            ("B", "Enabled", "false"),
            ("S", "PolicySet", "Global"),
        ],
    ),
    of(
        "Get-NetQosPolicy",
        "MSFT_NetQosPolicySettingData",
        1,
        &[
            ("S", "Name", "SMB"),
            ("S", "Template", "None"),
            ("U16", "NetDirectPort", "445"),
            ("U8", "PriorityValue", "3"),
        ],
    ),
    of(
        "Get-NetQosDcbxSetting",
        "MSFT_NetQosDcbxSettingData",
        1,
        &[("B", "Willing", "false")],
    ),
    of(
        "Get-VMSwitchExtension",
        "VMSwitchExtension",
        4,
        &[
            ("S", "Name", "Extension #"),
            ("S", "SwitchName", "SETSwitch"),
            ("B", "Enabled", "false"),
        ],
    ),
    of(
        "Get-Win32NetworkAdapterConfiguration",
        "Win32_NetworkAdapterConfiguration",
        5,
        &[
            ("S", "Description", "Hyper-V Virtual Ethernet Adapter ##"),
            ("U32", "InterfaceIndex", "9#"),
            ("U32", "TcpipNetbiosOptions", "2"),
        ],
    ),
    of("Get-NetLbfoTeamMember", "MSFT_NetLbfoTeamMember", 0, &[]),
    of("Get-NetLbfoTeamNic", "MSFT_NetLbfoTeamNic", 0, &[]),
];

/// Of the cluster: one state for each node and volume.
pub const VOLUME_STATES: Further = of(
    "Get-ClusterSharedVolumeState",
    "ClusterSharedVolumeStateInfo",
    256,
    &[
        ("S", "Node", "HV1"),
        ("S", "VolumeFriendlyName", "Volume#"),
        ("S", "StateInfo", "Direct"),
    ],
);

const BEGIN: &str = "<Objs Version=\"1.1.0.1\" xmlns=\"http://schemas.microsoft.com/powershell/2004/04\">\r\n";

/// The text of one export.
pub fn text(further: &Further) -> String {
    let mut text = BEGIN.to_owned();
    for number in 1..=further.count {
        text.push_str(&format!(
            "  <Obj RefId=\"{number}\">\r\n    <TN RefId=\"{number}\">\r\n      <T>Selected.{}</T>\r\n    </TN>\r\n    <MS>\r\n",
            further.class
        ));
        for (kind, name, value) in further.holds {
            let value = value.replace('#', &number.to_string());
            text.push_str(&format!("      <{kind} N=\"{name}\">{value}</{kind}>\r\n"));
        }
        text.push_str("      <S N=\"PSComputerName\">HV1</S>\r\n    </MS>\r\n  </Obj>\r\n");
    }
    text + "</Objs>"
}
