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
        ],
        per_node: true,
        collect: "Get-WmiObject -Class Win32_NetworkAdapterConfiguration -Filter 'IPEnabled = TRUE' -ComputerName $Node",
        flatten: &[],
        read: configuration,
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
    let Some(at) = estate.adapter(item.node, &[&index, item.text("Description")]) else {
        return;
    };
    let Some(found) = item.get(&["IPAddress"]) else { return };
    let masks = item.get(&["IPSubnet"]).map(|f| f.value.texts()).unwrap_or_default();
    for (address, mask) in found.value.texts().into_iter().zip(masks) {
        // IPv6 stands in the same list; its length is given as a number.
        let length = prefix_length(mask).or_else(|| mask.parse().ok());
        if let (true, Some(length)) = (super::addresses::tells_network(address), length) {
            estate.adapters[at]
                .addresses
                .push((format!("{address}/{length}"), found.place));
        }
    }
    let gateway = item
        .get(&["DefaultIPGateway"])
        .is_some_and(|f| !f.value.texts().is_empty());
    estate.adapters[at].gateway |= gateway;
    if let Some(row) = estate.adapters[at].row {
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
