//! Windows Server 2008 R2 has neither the NetAdapter nor the Hyper-V module: the same facts from WMI.

use super::cluster::prefix_length;
use super::{Cmdlet, Item, mac, mbps};
use crate::inventory::importers::exports::estate::{Adapter, AdapterKind, Estate};
use crate::inventory::importers::test_cluster::ports::base;

pub(super) const CMDLETS: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-Win32NetworkAdapter",
        types: &["Win32_NetworkAdapter"],
        signature: &["NetConnectionID", "PNPDeviceID"],
        reads: &[
            "NetConnectionID",
            "Name",
            "Description",
            "MACAddress",
            "Speed",
            "NetConnectionStatus",
            "PNPDeviceID",
            "Index",
        ],
        per_node: true,
        collect: "Get-WmiObject -Class Win32_NetworkAdapter -ComputerName $Node",
        flatten: &[],
        read: adapter,
    },
    &Cmdlet {
        name: "Get-MsvmManagementServiceSetting",
        types: &["Msvm_VirtualSystemManagementServiceSettingData"],
        signature: &["MinimumMacAddress", "MaximumMacAddress"],
        reads: &["MinimumMacAddress", "MaximumMacAddress"],
        per_node: true,
        collect: "Get-WmiObject -Namespace 'root\\virtualization' -Class Msvm_VirtualSystemManagementServiceSettingData -ComputerName $Node",
        flatten: &[],
        read: pool,
    },
];

/// Addresses of old hosts; of every host the setting of NetBIOS, which no newer cmdlet tells. Read when all adapters are known.
pub(super) const CONFIGURATION: Cmdlet = Cmdlet {
    name: "Get-Win32NetworkAdapterConfiguration",
    types: &["Win32_NetworkAdapterConfiguration"],
    signature: &["IPSubnet", "IPAddress", "Description"],
    reads: &[
        "Description",
        "IPAddress",
        "IPSubnet",
        "DefaultIPGateway",
        "DHCPEnabled",
        "Index",
        "InterfaceIndex",
        "TcpipNetbiosOptions",
    ],
    per_node: true,
    collect: "Get-CimInstance -ClassName Win32_NetworkAdapterConfiguration -Filter 'IPEnabled = TRUE' -ComputerName $Node",
    flatten: &[],
    read: configuration,
};

/// Physical ports are those on the PCI bus that have a name in Network Connections.
fn adapter(item: &Item<'_>, estate: &mut Estate) {
    let name = item.text("NetConnectionID");
    let physical = item.text("PNPDeviceID").to_ascii_uppercase().starts_with("PCI\\");
    if name.is_empty() || !physical || estate.adapter(item.node, &[name]).is_some() {
        return;
    }
    super::host::node_row(item, estate);
    let row = estate.row("nics", &[item.node, name], name, item.place());
    estate.put(row, "node", item.node, item.place());
    item.copy(estate, row, "nic", &["NetConnectionID"]);
    if let Some(found) = item.get(&["Speed"])
        && let Some(bits) = found.value.number().filter(|n| *n > 0 && *n < 10_000_000_000_000)
    {
        estate.put(row, "speed_mbps", &mbps(bits).to_string(), found.place);
    }
    let description = item
        .get(&["Name", "Description"])
        .and_then(|f| f.value.text())
        .unwrap_or_default();
    estate.put(row, "model", base(description), item.place());
    if let Some(found) = item.get(&["MACAddress"])
        && let Some(address) = found.value.text().and_then(mac)
    {
        estate.put(row, "mac", address, found.place);
    }
    // NetConnectionStatus: 2 connected, 7 media disconnected.
    if let Some(found) = item.get(&["NetConnectionStatus"]) {
        let up = found.value.number() == Some(2);
        estate.put(row, "status", if up { "up" } else { "down" }, found.place);
    }
    let index = item.get(&["Index"]).and_then(|f| f.value.number());
    let index = index.map_or(String::new(), |n| format!("wmi {n}"));
    let adapter = Adapter {
        node: item.node.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
        kind: AdapterKind::Port,
        row: Some(row),
        rdma: None,
        technology: None,
        addresses: Vec::new(),
        of_cluster: None,
        gateway: false,
        under_switch: false,
    };
    estate.add_adapter(adapter, &[&index]);
}

fn configuration(item: &Item<'_>, estate: &mut Estate) {
    let index = item.get(&["Index"]).and_then(|f| f.value.number());
    let index = index.map_or(String::new(), |n| format!("wmi {n}"));
    let of_newer = item.get(&["InterfaceIndex"]).and_then(|f| f.value.number());
    let of_newer = of_newer.map_or(String::new(), |n| format!("#{n}"));
    let Some(at) = estate.adapter(item.node, &[&index, &of_newer, item.text("Description")]) else {
        return;
    };
    if let Some(row) = estate.adapters[at].row {
        // TcpipNetbiosOptions: as DHCP says 0, on 1, off 2.
        let options = [(0, "0", "default"), (1, "1", "on"), (2, "2", "off")];
        item.word(estate, row, "netbios", "TcpipNetbiosOptions", &options);
    }
    let Some(found) = item.get(&["IPAddress"]) else { return };
    let masks = item.get(&["IPSubnet"]).map(|f| f.value.texts()).unwrap_or_default();
    for (address, mask) in found.value.texts().into_iter().zip(masks) {
        // IPv6 stands in the same list; its length is given as a number.
        let length = prefix_length(mask).or_else(|| mask.parse().ok());
        if let (true, Some(length)) = (super::addresses::tells_network(address), length) {
            let text = format!("{address}/{length}");
            let known = &mut estate.adapters[at].addresses;
            if !known.iter().any(|(other, _)| *other == text) {
                known.push((text, found.place));
            }
        }
    }
    let gateway = item
        .get(&["DefaultIPGateway"])
        .is_some_and(|f| !f.value.texts().is_empty());
    estate.adapters[at].gateway |= gateway;
    if let Some(row) = estate.adapters[at]
        .row
        .filter(|row| estate.text(*row, "dhcp").is_empty())
    {
        item.flag(estate, row, "dhcp", &["DHCPEnabled"]);
    }
}

fn pool(item: &Item<'_>, estate: &mut Estate) {
    let row = super::host::node_row(item, estate);
    for (column, name) in [
        ("mac_pool_min", "MinimumMacAddress"),
        ("mac_pool_max", "MaximumMacAddress"),
    ] {
        if let Some(found) = item.get(&[name])
            && let Some(address) = found.value.text().and_then(mac)
        {
            estate.put(row, column, address, found.place);
        }
    }
}
