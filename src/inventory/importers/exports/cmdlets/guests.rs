//! VMs, their network adapters, and those of the management operating system, which the same cmdlet lists.

use super::host::node_row;
use super::vlans::{isolation, own_vlans, vlan};
use super::{Cmdlet, Item, mac, mbps, mib};
use crate::inventory::Origin;
use crate::inventory::importers::exports::estate::{Estate, key};
use crate::inventory::importers::exports::records::Value;

pub(super) const CMDLETS: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-VM",
        types: &["VirtualMachine"],
        signature: &["MemoryStartup", "State|Generation|ProcessorCount"],
        reads: &[
            "Name",
            "VMName",
            "Id",
            "VMId",
            "State",
            "Generation",
            "IsClustered",
            "MemoryAssigned",
            "MemoryStartup",
            "MemoryMaximum",
            "DynamicMemoryEnabled",
            "ReplicationState",
            "Path",
        ],
        per_node: true,
        collect: "Get-VM -ComputerName $Node",
        flatten: &[
            ("State", "[string]$_.State"),
            ("ReplicationState", "[string]$_.ReplicationState"),
        ],
        read: vm,
    },
    &Cmdlet {
        name: "Get-VMNetworkAdapter",
        types: &["VMNetworkAdapter", "VMInternalNetworkAdapter"],
        signature: &[
            "MacAddress",
            "SwitchName",
            "VMName|IsManagementOs|DynamicMacAddressEnabled",
        ],
        reads: &[
            "Name",
            "Id",
            "VMName",
            "VMId",
            "IsManagementOs",
            "IsLegacy",
            "SwitchName",
            "MacAddress",
            "DynamicMacAddressEnabled",
            "MacAddressSpoofing",
            "AllowTeaming",
            "ClusterMonitored",
            "IovWeight",
            "VmqWeight",
            "IeeePriorityTag",
            "BandwidthSetting",
            "MinimumBandwidthWeight",
            "MinimumBandwidthAbsolute",
            "MaximumBandwidth",
            "VlanSetting",
            "IsolationSetting",
            "OperationMode",
            "AccessVlanId",
            "NativeVlanId",
            "AllowedVlanIdListString",
            "PrivateVlanMode",
            "PrimaryVlanId",
            "SecondaryVlanId",
            "SecondaryVlanIdListString",
            "IsolationMode",
            "DefaultIsolationID",
        ],
        per_node: true,
        collect: "Get-VMNetworkAdapter -All -ComputerName $Node",
        flatten: &[
            ("MacAddressSpoofing", "[string]$_.MacAddressSpoofing"),
            ("AllowTeaming", "[string]$_.AllowTeaming"),
            ("IeeePriorityTag", "[string]$_.IeeePriorityTag"),
            ("MinimumBandwidthWeight", "$_.BandwidthSetting.MinimumBandwidthWeight"),
            (
                "MinimumBandwidthAbsolute",
                "$_.BandwidthSetting.MinimumBandwidthAbsolute",
            ),
            ("MaximumBandwidth", "$_.BandwidthSetting.MaximumBandwidth"),
            ("OperationMode", "[string]$_.VlanSetting.OperationMode"),
            ("AccessVlanId", "$_.VlanSetting.AccessVlanId"),
            ("NativeVlanId", "$_.VlanSetting.NativeVlanId"),
            ("AllowedVlanIdListString", "$_.VlanSetting.AllowedVlanIdListString"),
            ("PrivateVlanMode", "[string]$_.VlanSetting.PrivateVlanMode"),
            ("PrimaryVlanId", "$_.VlanSetting.PrimaryVlanId"),
            ("SecondaryVlanId", "$_.VlanSetting.SecondaryVlanId"),
            ("SecondaryVlanIdListString", "$_.VlanSetting.SecondaryVlanIdListString"),
            ("IsolationMode", "[string]$_.IsolationSetting.IsolationMode"),
            ("DefaultIsolationID", "$_.IsolationSetting.DefaultIsolationID"),
        ],
        read: adapter,
    },
    &Cmdlet {
        name: "Get-VMNetworkAdapterVlan",
        types: &["VMNetworkAdapterVlanSetting"],
        signature: &["OperationMode", "AccessVlanId"],
        reads: &[
            "ParentAdapter",
            "VMName",
            "VMId",
            "VMNetworkAdapterName",
            "AdapterName",
            "AdapterId",
            "IsManagementOs",
            "OperationMode",
            "AccessVlanId",
            "NativeVlanId",
            "AllowedVlanIdList",
            "AllowedVlanIdListString",
            "PrivateVlanMode",
            "PrimaryVlanId",
            "SecondaryVlanId",
            "SecondaryVlanIdListString",
            "SecondaryVlanIdList",
        ],
        per_node: true,
        collect: "",
        flatten: &[],
        read: vlan,
    },
    &Cmdlet {
        name: "Get-VMNetworkAdapterTeamMapping",
        types: &["VMNetworkAdapterTeamMappingSetting"],
        signature: &["NetAdapterName", "NetAdapterDeviceId|ParentAdapter"],
        reads: &["ParentAdapter", "VMNetworkAdapterName", "AdapterName", "NetAdapterName"],
        per_node: true,
        collect: "Get-VMNetworkAdapterTeamMapping -ManagementOS -ComputerName $Node",
        flatten: &[("AdapterName", "$_.ParentAdapter.Name")],
        read: team_mapping,
    },
];

fn vm(item: &Item<'_>, estate: &mut Estate) {
    let name = item.get(&["Name", "VMName"]).and_then(|f| f.value.text());
    let Some(name) = name else { return };
    estate.seen.insert("vms");
    let id = item
        .get(&["Id", "VMId"])
        .and_then(|f| f.value.text())
        .unwrap_or_default();
    let row = match id {
        "" => estate.row("vms", &["node", item.node, name], name, item.place()),
        id => estate.row("vms", &["id", id], name, item.place()),
    };
    if !id.is_empty() {
        estate.vms.insert(key(&[id]), row);
    }
    estate.vms.entry(key(&[item.node, name])).or_insert(row);
    let of_name = estate.vm_names.entry(key(&[name])).or_default();
    if !of_name.contains(&row) {
        of_name.push(row);
    }
    node_row(item, estate);
    item.copy(estate, row, "vm", &["Name", "VMName"]);
    estate.put(row, "node", item.node, item.place());
    memory(item, estate, row);
    if let Some(found) = item.get(&["State"]) {
        estate.put(row, "state", state(found.value), found.place);
    }
    item.whole(estate, row, "generation", &["Generation"]);
    item.flag(estate, row, "clustered", &["IsClustered"]);
    if let Some(found) = item.get(&["ReplicationState"]) {
        // Microsoft.HyperV.PowerShell.VMReplicationState: 0 is Disabled.
        let off = found
            .value
            .word(&[(0, "Disabled")])
            .is_some_and(|w| w.eq_ignore_ascii_case("disabled"));
        estate.put(row, "replica", super::yes_no(!off), found.place);
    }
    if item.text("Path").starts_with("\\\\") {
        estate.seen.insert("VMs on SMB shares");
    }
}

/// Assigned memory of a VM that runs, else what it starts with.
fn memory(item: &Item<'_>, estate: &mut Estate, row: usize) {
    for name in ["MemoryAssigned", "MemoryStartup"] {
        if let Some(found) = item.get(&[name])
            && let Some(bytes) = found.value.number().filter(|n| mib(*n) > 0)
        {
            estate.put(row, "memory_mib", &mib(bytes).to_string(), found.place);
            break;
        }
    }
    let dynamic = item.get(&["DynamicMemoryEnabled"]).and_then(|f| f.value.yes());
    if let (Some(true), Some(found)) = (dynamic, item.get(&["MemoryMaximum"]))
        && let Some(bytes) = found.value.number().filter(|n| mib(*n) > 0)
    {
        estate.put(row, "maximum_memory_mib", &mib(bytes).to_string(), found.place);
    }
}

/// Microsoft.HyperV.PowerShell.VMState; `...Critical` counts as the state that it was in.
fn state(value: &Value) -> &'static str {
    let numbers = [
        (2, "Running"),
        (3, "Off"),
        (4, "Stopping"),
        (6, "Saved"),
        (9, "Paused"),
        (10, "Starting"),
        (11, "Reset"),
        (32773, "Saving"),
        (32776, "Pausing"),
        (32777, "Resuming"),
        (32779, "FastSaved"),
        (32780, "FastSaving"),
        (32783, "Hibernated"),
        (32785, "RunningCritical"),
        (32786, "OffCritical"),
        (32788, "SavedCritical"),
        (32789, "PausedCritical"),
    ];
    let word = value.word(&numbers).unwrap_or_default().to_ascii_lowercase();
    match word.trim_end_matches("critical") {
        "running" | "paused" | "pausing" | "starting" | "reset" | "resuming" | "stopping" => "running",
        "saved" | "saving" | "fastsaved" | "fastsaving" => "saved",
        "off" | "hibernated" => "off",
        _ => "",
    }
}

/// The row of a VM by ID, by node and name, or by a name that only one has.
pub(in super::super) fn vm_row(estate: &Estate, node: &str, name: &str) -> Option<usize> {
    if let Some(row) = estate.vms.get(&key(&[node, name])) {
        return Some(*row);
    }
    match estate.vm_names.get(&key(&[name])).map(Vec::as_slice) {
        Some([only]) => Some(*only),
        _ => None,
    }
}

fn adapter(item: &Item<'_>, estate: &mut Estate) {
    let host = item.get(&["IsManagementOs"]).and_then(|f| f.value.yes());
    if host.unwrap_or(item.text("VMName").is_empty() && item.text("VMId").is_empty()) {
        return host_adapter(item, estate);
    }
    let id = item.text("VMId");
    let known = estate.vms.get(&key(&[id])).copied().filter(|_| !id.is_empty());
    let Some(vm) = known.or_else(|| vm_row(estate, item.node, item.text("VMName"))) else {
        return match item.text("VMName") {
            "" => estate.count("{} adapters belong to VMs that no export of Get-VM holds, and were left out"),
            name => estate.unknown_vm(name, "Get-VMNetworkAdapter", item.node),
        };
    };
    let name = match item.text("Name") {
        "" => "Network Adapter",
        name => name,
    };
    let own = item.text("Id");
    let row = vnic_row(item, estate, vm, name, own);
    item.copy(estate, row, "vnic", &["Name"]);
    if let Some(found) = item.get(&["IsLegacy"])
        && let Some(legacy) = found.value.yes()
    {
        estate.put(row, "type", if legacy { "legacy" } else { "synthetic" }, found.place);
    }
    item.copy(estate, row, "switch", &["SwitchName"]);
    if let Some(found) = item.get(&["DynamicMacAddressEnabled"])
        && let Some(dynamic) = found.value.yes()
    {
        estate.put(row, "mac_type", if dynamic { "dynamic" } else { "static" }, found.place);
    }
    item.on_off(estate, row, "spoofing", "MacAddressSpoofing");
    item.on_off(estate, row, "allow_teaming", "AllowTeaming");
    item.flag(estate, row, "cluster_monitored", &["ClusterMonitored"]);
    item.whole(estate, row, "iov_weight", &["IovWeight"]);
    both(item, estate, row);
    if let Some(found) = bandwidth(item, "MaximumBandwidth") {
        estate.put(row, "maximum_mbps", &mbps(found.0).to_string(), found.1);
    }
    own_vlans(item, estate, row, false);
}

/// A new row for each adapter: Hyper-V allows two of one name in one VM.
fn vnic_row(item: &Item<'_>, estate: &mut Estate, vm: usize, name: &str, id: &str) -> usize {
    let vm_key = vm.to_string();
    let row = match id {
        "" => {
            // Without IDs the second of one name in one file is another adapter; that of another file is the same.
            let counted = estate
                .vnic_counts
                .entry((item.source, key(&[&vm_key, name])))
                .or_default();
            *counted += 1;
            let number = counted.to_string();
            estate.row("vnics", &["name", &vm_key, name, &number], name, item.place())
        }
        id => estate.row("vnics", &["id", &vm_key, id], name, item.place()),
    };
    estate.vnic_vm.insert(row, vm);
    if !id.is_empty() {
        estate.vnics.insert(key(&["id", id]), row);
    }
    let by_name = estate.vnic_names.entry(key(&[&vm_key, name])).or_default();
    if !by_name.contains(&row) {
        by_name.push(row);
    }
    row
}

/// An adapter of the management operating system.
fn host_adapter(item: &Item<'_>, estate: &mut Estate) {
    let name = item.text("Name");
    if name.is_empty() {
        return;
    }
    node_row(item, estate);
    let row = estate.row("host_vnics", &[item.node, name], name, item.place());
    estate.put(row, "node", item.node, item.place());
    item.copy(estate, row, "host_vnic", &["Name"]);
    item.copy(estate, row, "switch", &["SwitchName"]);
    item.on_off(estate, row, "priority_tag", "IeeePriorityTag");
    both(item, estate, row);
    own_vlans(item, estate, row, true);
    isolation(item, estate, row);
    if let Some(at) = estate.adapter(item.node, &[&format!("vEthernet ({name})")]) {
        estate.adapters[at].row = Some(row);
    }
    let key = (key(&[item.node, name]), "host_rdma");
    for (text, place) in estate.lists.get(&key).cloned().unwrap_or_default() {
        estate.put(row, "rdma", &text, place);
    }
}

/// What adapters of VMs and of the host have in common.
fn both(item: &Item<'_>, estate: &mut Estate, row: usize) {
    if let Some(found) = item.get(&["MacAddress"])
        && let Some(address) = found.value.text().and_then(mac)
    {
        estate.put(row, "mac", address, found.place);
    }
    item.whole(estate, row, "vmq_weight", &["VmqWeight"]);
    if let Some((weight, place)) = bandwidth(item, "MinimumBandwidthWeight").filter(|(n, _)| *n > 0) {
        estate.put(row, "weight", &weight.to_string(), place);
    }
    if let Some((bits, place)) = bandwidth(item, "MinimumBandwidthAbsolute").filter(|(n, _)| *n > 0) {
        estate.put(row, "minimum_mbps", &mbps(bits).to_string(), place);
    }
}

/// A number of the bandwidth setting, which hangs on the adapter or stands beside it.
fn bandwidth(item: &Item<'_>, name: &str) -> Option<(i64, Origin)> {
    let inner = item
        .get(&["BandwidthSetting"])
        .and_then(|f| Some((f.value.get(name)?.number()?, f.place)));
    inner.or_else(|| item.get(&[name]).and_then(|f| Some((f.value.number()?, f.place))))
}

fn team_mapping(item: &Item<'_>, estate: &mut Estate) {
    let parent = item.get(&["ParentAdapter"]).map(|f| f.value);
    let of_parent = parent.and_then(|p| p.get("Name")).and_then(Value::text);
    let own = item
        .get(&["VMNetworkAdapterName", "AdapterName"])
        .and_then(|f| f.value.text());
    let Some(name) = own.or(of_parent) else { return };
    if let Some(row) = estate.find("host_vnics", &[item.node, name]) {
        item.copy(estate, row, "team_mapping", &["NetAdapterName"]);
    }
}
