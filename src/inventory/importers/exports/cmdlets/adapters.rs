//! The adapters of a node and what the cmdlets of NetAdapter say about each.

use super::{Cmdlet, Item, mac, mbps};
use crate::inventory::importers::exports::estate::{Adapter, AdapterKind, Estate};
use crate::inventory::importers::exports::records::Value;
use crate::inventory::importers::test_cluster::ports::base;
use crate::units::{Date, parse_mbps};

pub(super) const CMDLETS: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-NetAdapter",
        types: &["MSFT_NetAdapter"],
        signature: &[
            "InterfaceDescription",
            "LinkSpeed|ReceiveLinkSpeed|Speed|PermanentAddress",
        ],
        reads: &[
            "Name",
            "InterfaceAlias",
            "InterfaceDescription",
            "ifIndex",
            "InterfaceIndex",
            "InterfaceGuid",
            "Status",
            "MacAddress",
            "PermanentAddress",
            "LinkSpeed",
            "Speed",
            "ReceiveLinkSpeed",
            "MtuSize",
            "VlanID",
            "MediaConnectState",
            "Virtual",
            "HardwareInterface",
            "FullDuplex",
            "DriverProvider",
            "DriverVersionString",
            "DriverVersion",
            "DriverDate",
            "PhysicalMediaType",
            "NdisPhysicalMedium",
        ],
        per_node: true,
        collect: "Get-NetAdapter -CimSession $Node",
        flatten: &[],
        read: adapter,
    },
    &Cmdlet {
        name: "Get-NetAdapterHardwareInfo",
        types: &["MSFT_NetAdapterHardwareInfoSettingData"],
        signature: &["BusNumber|Bus", "FunctionNumber|Function"],
        reads: &[
            "Name",
            "InterfaceDescription",
            "SegmentNumber",
            "Segment",
            "BusNumber",
            "Bus",
            "DeviceNumber",
            "Device",
            "SlotNumber",
            "Slot",
            "PcieLinkSpeed",
            "PciExpressCurrentLinkSpeedEncoded",
            "PcieLinkWidth",
            "PciExpressCurrentLinkWidth",
        ],
        per_node: true,
        collect: "Get-NetAdapterHardwareInfo -CimSession $Node",
        flatten: &[],
        read: hardware,
    },
    &Cmdlet {
        name: "Get-NetAdapterRdma",
        types: &["MSFT_NetAdapterRdmaSettingData"],
        signature: &["MaxQueuePairCount|MaxMemoryRegionCount|MaxInboundReadLimit", "Enabled"],
        reads: &["Name", "InterfaceDescription", "Enabled", "OperationalState"],
        per_node: true,
        collect: "Get-NetAdapterRdma -CimSession $Node",
        flatten: &[],
        read: rdma,
    },
    &Cmdlet {
        name: "Get-NetAdapterVmq",
        types: &["MSFT_NetAdapterVmqSettingData"],
        signature: &[
            "AnyVlanSupported|MacAndVlanSupported|BaseVmqProcessor",
            "NumberOfReceiveQueues",
        ],
        reads: &["Name", "InterfaceDescription", "Enabled", "NumberOfReceiveQueues"],
        per_node: true,
        collect: "Get-NetAdapterVmq -CimSession $Node",
        flatten: &[],
        read: vmq,
    },
    &Cmdlet {
        name: "Get-NetAdapterSriov",
        types: &["MSFT_NetAdapterSriovSettingData"],
        signature: &["NumVFs", "SriovSupport"],
        reads: &["Name", "InterfaceDescription", "Enabled", "NumVFs"],
        per_node: true,
        collect: "Get-NetAdapterSriov -CimSession $Node",
        flatten: &[],
        read: sriov,
    },
    &Cmdlet {
        name: "Get-NetAdapterRss",
        types: &["MSFT_NetAdapterRssSettingData"],
        signature: &["RssProcessorArray|IndirectionTable", "Enabled"],
        reads: &["Name", "InterfaceDescription", "Enabled"],
        per_node: true,
        collect: "Get-NetAdapterRss -CimSession $Node",
        flatten: &[],
        read: rss,
    },
    &Cmdlet {
        name: "Get-NetAdapterQos",
        types: &["MSFT_NetAdapterQosSettingData"],
        signature: &["OperationalTrafficClasses", "HardwareCapabilities"],
        reads: &["Name", "InterfaceDescription", "Enabled"],
        per_node: true,
        collect: "Get-NetAdapterQos -CimSession $Node",
        flatten: &[],
        read: qos,
    },
    &Cmdlet {
        name: "Get-NetAdapterAdvancedProperty",
        types: &["MSFT_NetAdapterAdvancedPropertySettingData"],
        signature: &["RegistryKeyword", "RegistryValue"],
        reads: &["Name", "InterfaceDescription", "RegistryKeyword", "RegistryValue"],
        per_node: true,
        collect: "Get-NetAdapterAdvancedProperty -CimSession $Node | Where-Object { $_.RegistryKeyword -eq '*NetworkDirectTechnology' }",
        flatten: &[],
        read: advanced,
    },
    &Cmdlet {
        name: "Get-NetAdapterBinding",
        types: &["MSFT_NetAdapterBindingSettingData"],
        signature: &["ComponentID", "Enabled", "Name"],
        reads: &["Name", "InterfaceDescription", "ComponentID", "Enabled"],
        per_node: true,
        collect: "Get-NetAdapterBinding -CimSession $Node",
        flatten: &[],
        read: binding,
    },
];

fn adapter(item: &Item<'_>, estate: &mut Estate) {
    let name = item.get(&["Name", "InterfaceAlias"]).and_then(|f| f.value.text());
    let Some(name) = name else { return };
    // Hidden leftovers of cards that were taken out, and ports without a name that Windows shows.
    if item.text("Status").eq_ignore_ascii_case("not present") {
        return estate.count("{} adapters that are not present were passed over");
    }
    super::host::node_row(item, estate);
    let (node, description) = (item.node, item.text("InterfaceDescription"));
    let kind = kind(item, name, description);
    let index = item.get(&["ifIndex", "InterfaceIndex"]).and_then(|f| f.value.number());
    let index = index.map_or(String::new(), |n| format!("#{n}"));
    let guid = item.text("InterfaceGuid").trim_matches(['{', '}']);
    if estate.adapter(node, &[name]).is_some() {
        return again(item, estate, name);
    }
    let row = match kind {
        AdapterKind::Port => Some(port_row(item, estate, name)),
        _ => None,
    };
    let adapter = Adapter {
        node: node.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        kind,
        row,
        rdma: None,
        technology: None,
        addresses: Vec::new(),
        of_cluster: None,
        gateway: false,
        under_switch: false,
    };
    estate.add_adapter(adapter, &[&index, guid]);
}

/// A second export of the same adapter: what it says differently is told.
fn again(item: &Item<'_>, estate: &mut Estate, name: &str) {
    let known = estate
        .adapter(item.node, &[name])
        .and_then(|at| estate.adapters[at].row);
    if known.is_some() {
        port_row(item, estate, name);
    }
}

/// What an adapter is; the words are those of Windows itself, the same in every language.
fn kind(item: &Item<'_>, name: &str, description: &str) -> AdapterKind {
    let text = description.to_lowercase();
    let flag = |name: &str| item.get(&[name]).and_then(|f| f.value.yes());
    if name.starts_with("vEthernet") || text.starts_with("hyper-v virtual ethernet adapter") {
        return AdapterKind::HostVnic;
    }
    if text.contains("network adapter multiplexor") {
        return AdapterKind::Team;
    }
    const OWN: [&str; 9] = [
        "failover cluster virtual",
        "loopback",
        "isatap",
        "teredo",
        "6to4",
        "kernel debug",
        "remote ndis",
        "wan miniport",
        "bluetooth",
    ];
    let guest = text.starts_with("microsoft hyper-v network adapter");
    let hardware = flag("HardwareInterface").unwrap_or(flag("Virtual") != Some(true));
    if OWN.iter().any(|word| text.contains(word)) || (!hardware && !guest) {
        return AdapterKind::Other;
    }
    AdapterKind::Port
}

fn port_row(item: &Item<'_>, estate: &mut Estate, name: &str) -> usize {
    let row = estate.row("nics", &[item.node, name], name, item.place());
    estate.put(row, "node", item.node, item.place());
    item.copy(estate, row, "nic", &["Name", "InterfaceAlias"]);
    speed(item, estate, row);
    if let Some(found) = item.get(&["InterfaceDescription"])
        && let Some(text) = found.value.text()
    {
        estate.put(row, "model", base(text), found.place);
        // The first of a kind is called by its model alone.
        if base(text) != text {
            estate.put(row, "windows_description", text, found.place);
        }
    }
    if let Some(found) = item.get(&["PermanentAddress", "MacAddress"])
        && let Some(address) = found.value.text().and_then(mac)
    {
        estate.put(row, "mac", address, found.place);
    }
    status(item, estate, row);
    item.whole(estate, row, "mtu", &["MtuSize"]);
    item.whole(estate, row, "nic_vlan", &["VlanID"]);
    item.flag(estate, row, "full_duplex", &["FullDuplex"]);
    item.copy(estate, row, "driver_provider", &["DriverProvider"]);
    item.copy(estate, row, "driver_version", &["DriverVersionString", "DriverVersion"]);
    if let Some(found) = item.get(&["DriverDate"])
        && let Some(day) = found.value.text().and_then(day)
    {
        estate.put(row, "driver_date", &day.to_string(), found.place);
    }
    infiniband(item, estate, row);
    row
}

/// `2022-01-11`, with or without a time, or milliseconds since 1970 as Windows PowerShell writes them in JSON.
fn day(text: &str) -> Option<Date> {
    let text = text.trim_matches('/');
    if let Some(number) = text.strip_prefix("Date(").and_then(|rest| rest.strip_suffix(')')) {
        let milliseconds: i64 = number.parse().ok()?;
        return Date::after_epoch(milliseconds.div_euclid(86_400_000));
    }
    Date::parse(text.get(..10)?).ok()
}

/// Bit/s as numbers come first: `LinkSpeed` is a text in the language of Windows. A port without link tells none.
fn speed(item: &Item<'_>, estate: &mut Estate, row: usize) {
    let mut said = 0;
    for name in ["Speed", "ReceiveLinkSpeed", "LinkSpeed"] {
        let Some(found) = item.get(&[name]).filter(|_| said < 2) else {
            continue;
        };
        let speed = match found.value.number() {
            // Windows gives all ones where it knows no speed.
            Some(bits) if bits > 0 && bits < 10_000_000_000_000 => mbps(bits),
            Some(_) => 0,
            None => found.value.text().map_or(0, link_speed),
        };
        // The first counts; another one beside it is a contradiction.
        if speed > 0 {
            estate.put(row, "speed_mbps", &speed.to_string(), found.place);
            said += 1;
        }
    }
}

/// `10 Gbps`, `2,5 Gbps`, `10 GBit/s`.
fn link_speed(text: &str) -> i64 {
    let plain = text.to_lowercase().replace("bit/s", "bps").replace(',', ".");
    parse_mbps(&plain).ok().and_then(|n| i64::try_from(n).ok()).unwrap_or(0)
}

fn status(item: &Item<'_>, estate: &mut Estate, row: usize) {
    // MediaConnectState: 1 connected, 2 disconnected. Status is a word that Windows makes itself.
    let found = item.get(&["MediaConnectState", "Status"]);
    let Some(found) = found else { return };
    let state = match found.value.number() {
        Some(1) => "up",
        Some(2) => "down",
        Some(_) => "",
        None => match found.value.text().unwrap_or_default().to_ascii_lowercase().as_str() {
            "up" | "connected" => "up",
            "disconnected" | "down" | "disabled" => "down",
            _ => "",
        },
    };
    estate.put(row, "status", state, found.place);
}

fn infiniband(item: &Item<'_>, estate: &mut Estate, row: usize) {
    if let Some(found) = item.get(&["PhysicalMediaType"])
        && let Some(text) = found.value.text()
        && !text.bytes().all(|b| b.is_ascii_digit())
    {
        let infiniband = text.to_ascii_lowercase().contains("infiniband");
        estate.put(row, "infiniband", super::yes_no(infiniband), found.place);
    }
}

/// The adapter that an object of one of the other cmdlets means.
fn adapter_of(item: &Item<'_>, estate: &Estate) -> Option<usize> {
    estate.adapter(item.node, &[item.text("Name"), item.text("InterfaceDescription")])
}

/// The row of the physical port that an object means.
fn port_of(item: &Item<'_>, estate: &Estate) -> Option<usize> {
    let adapter = &estate.adapters[adapter_of(item, estate)?];
    adapter.row.filter(|_| adapter.kind == AdapterKind::Port)
}

fn hardware(item: &Item<'_>, estate: &mut Estate) {
    let Some(row) = port_of(item, estate) else { return };
    // 0 and all ones stand for "no slot" on most boards.
    let slot = item.get(&["SlotNumber", "Slot"]);
    let slot = slot.and_then(|f| Some((f.value.number().filter(|n| (1..0xFFFF).contains(n))?, f.place)));
    let number = |names: &[&str]| item.get(names).and_then(|f| Some((f.value.number()?, f.place)));
    let bus = number(&["BusNumber", "Bus"]);
    let device = number(&["DeviceNumber", "Device"]);
    let segment = number(&["SegmentNumber", "Segment"]).map_or(0, |(n, _)| n);
    match (slot, bus, device) {
        (Some((slot, place)), _, _) => estate.put(row, "card", &format!("slot {slot}"), place),
        (None, Some((bus, place)), Some((device, _))) => {
            let card = match segment {
                0 => format!("bus {bus} device {device}"),
                _ => format!("segment {segment} bus {bus} device {device}"),
            };
            estate.put(row, "card", &card, place);
        }
        _ => {}
    }
    // PciExpressCurrentLinkSpeedEncoded counts the generations of PCI Express.
    const GENERATIONS: [&str; 6] = [
        "2.5 GT/s",
        "5.0 GT/s",
        "8.0 GT/s",
        "16.0 GT/s",
        "32.0 GT/s",
        "64.0 GT/s",
    ];
    if let Some(found) = item.get(&["PciExpressCurrentLinkSpeedEncoded", "PcieLinkSpeed"]) {
        let generation = found.value.number().and_then(|n| usize::try_from(n - 1).ok());
        let said = match generation {
            Some(generation) => GENERATIONS.get(generation).copied(),
            None => found
                .value
                .text()
                .and_then(|text| GENERATIONS.into_iter().find(|g| *g == text)),
        };
        estate.put(row, "pcie_speed", said.unwrap_or_default(), found.place);
    }
    item.whole(
        estate,
        row,
        "pcie_lanes",
        &["PciExpressCurrentLinkWidth", "PcieLinkWidth"],
    );
}

/// Ports and host vNICs; which technology it is stands in the advanced properties.
fn rdma(item: &Item<'_>, estate: &mut Estate) {
    let on = item.get(&["Enabled"]).and_then(|f| Some((f.value.yes()?, f.place)));
    let name = item.text("Name");
    if let (Some((on, place)), true) = (on, name.starts_with("vEthernet")) {
        let row = estate.find("host_vnics", &[item.node, crate::units::host_vnic_of(name)]);
        match row {
            Some(row) => estate.put(row, "rdma", super::yes_no(on), place),
            // Host vNICs are read later.
            None => estate
                .lists
                .entry((
                    super::super::estate::key(&[item.node, crate::units::host_vnic_of(name)]),
                    "host_rdma",
                ))
                .or_default()
                .push((super::yes_no(on).to_owned(), place)),
        }
        return;
    }
    let Some(at) = adapter_of(item, estate) else { return };
    let adapter = &mut estate.adapters[at];
    adapter.rdma = on.or(adapter.rdma);
    if let (Some(row), AdapterKind::Port) = (adapter.row, adapter.kind) {
        item.flag(estate, row, "rdma_operational", &["OperationalState"]);
    }
}

fn vmq(item: &Item<'_>, estate: &mut Estate) {
    let Some(row) = port_of(item, estate) else { return };
    item.flag(estate, row, "vmq", &["Enabled"]);
    item.whole(estate, row, "vmq_queues", &["NumberOfReceiveQueues"]);
}

fn sriov(item: &Item<'_>, estate: &mut Estate) {
    let Some(row) = port_of(item, estate) else { return };
    item.flag(estate, row, "sriov", &["Enabled"]);
    item.whole(estate, row, "virtual_functions", &["NumVFs"]);
}

fn rss(item: &Item<'_>, estate: &mut Estate) {
    let Some(row) = port_of(item, estate) else { return };
    item.flag(estate, row, "rss", &["Enabled"]);
}

fn qos(item: &Item<'_>, estate: &mut Estate) {
    let Some(row) = port_of(item, estate) else { return };
    item.flag(estate, row, "qos", &["Enabled"]);
}

fn advanced(item: &Item<'_>, estate: &mut Estate) {
    if !item
        .text("RegistryKeyword")
        .eq_ignore_ascii_case("*NetworkDirectTechnology")
    {
        return;
    }
    let value = item.get(&["RegistryValue"]).map(|f| f.value);
    let number = match value {
        Some(Value::List(list)) => list.first().and_then(Value::number),
        other => other.and_then(Value::number),
    };
    if let Some(at) = adapter_of(item, estate) {
        estate.adapters[at].technology = number;
    }
}

/// Protocols bound to a port; those of host vNICs are kept where the inventory has a column.
fn binding(item: &Item<'_>, estate: &mut Estate) {
    let Some(row) = port_of(item, estate) else { return };
    let column = match item.text("ComponentID").to_ascii_lowercase().as_str() {
        "ms_tcpip" => "tcpip_bound",
        "ms_tcpip6" => "ipv6_bound",
        "vms_pp" => "switch_protocol_bound",
        "ms_msclient" => "smb_client_bound",
        "ms_server" => "smb_server_bound",
        _ => return,
    };
    item.flag(estate, row, column, &["Enabled"]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_speeds_are_read_in_the_spellings_of_windows() {
        for (text, mbps) in [
            ("10 Gbps", 10_000),
            ("2,5 Gbps", 2_500),
            ("1 GBit/s", 1_000),
            ("0 bps", 0),
            ("?", 0),
        ] {
            assert_eq!(link_speed(text), mbps, "{text}");
        }
    }
}
