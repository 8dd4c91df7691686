//! Virtual switches with their ports, and SET.

use super::host::node_row;
use super::{Cmdlet, Item};
use crate::inventory::importers::exports::estate::{AdapterKind, Estate, key};
use crate::inventory::importers::exports::records::Found;

pub(super) const CMDLETS: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-VMSwitch",
        types: &["VMSwitch"],
        signature: &["SwitchType", "AllowManagementOS"],
        reads: &[
            "Name",
            "SwitchType",
            "AllowManagementOS",
            "NetAdapterInterfaceDescription",
            "NetAdapterInterfaceDescriptions",
            "NetAdapterInterfaceGuid",
            "EmbeddedTeamingEnabled",
            "BandwidthReservationMode",
            "DefaultFlowMinimumBandwidthWeight",
            "IovEnabled",
            "PacketDirectInUse",
        ],
        per_node: true,
        collect: "Get-VMSwitch -ComputerName $Node",
        flatten: &[
            ("SwitchType", "[string]$_.SwitchType"),
            ("BandwidthReservationMode", "[string]$_.BandwidthReservationMode"),
        ],
        read: switch,
    },
    &Cmdlet {
        name: "Get-VMSwitchTeam",
        types: &["VMSwitchTeam"],
        signature: &[
            "NetAdapterInterfaceDescription",
            "TeamingMode",
            "LoadBalancingAlgorithm",
        ],
        reads: &[
            "Name",
            "NetAdapterInterfaceDescription",
            "TeamingMode",
            "LoadBalancingAlgorithm",
        ],
        per_node: true,
        collect: "Get-VMSwitch -ComputerName $Node | Where-Object { $_.EmbeddedTeamingEnabled } | Get-VMSwitchTeam",
        flatten: &[
            ("TeamingMode", "[string]$_.TeamingMode"),
            ("LoadBalancingAlgorithm", "[string]$_.LoadBalancingAlgorithm"),
        ],
        read: team,
    },
    &Cmdlet {
        name: "Get-VMSwitchExtension",
        types: &["VMSwitchExtension"],
        signature: &["ExtensionType", "SwitchName", "Enabled"],
        reads: &["Name", "SwitchName", "Enabled"],
        per_node: true,
        collect: "Get-VMSwitch -ComputerName $Node | Get-VMSwitchExtension",
        flatten: &[],
        read: extension,
    },
];

fn switch(item: &Item<'_>, estate: &mut Estate) {
    let name = item.text("Name");
    if name.is_empty() {
        return;
    }
    node_row(item, estate);
    let row = switch_row(item, estate, name);
    // Microsoft.HyperV.PowerShell.VMSwitchType and VMSwitchBandwidthMode.
    let types = [
        (0, "Private", "private"),
        (1, "Internal", "internal"),
        (2, "External", "external"),
    ];
    item.word(estate, row, "type", "SwitchType", &types);
    let modes = [
        (0, "Default", "default"),
        (1, "Weight", "weight"),
        (2, "Absolute", "absolute"),
        (3, "None", "none"),
    ];
    item.word(estate, row, "bandwidth_mode", "BandwidthReservationMode", &modes);
    item.flag(estate, row, "allow_management_os", &["AllowManagementOS"]);
    item.flag(estate, row, "embedded_teaming", &["EmbeddedTeamingEnabled"]);
    item.flag(estate, row, "iov", &["IovEnabled"]);
    item.flag(estate, row, "packet_direct", &["PacketDirectInUse"]);
    if let Some(found) = item.get(&["DefaultFlowMinimumBandwidthWeight"])
        && let Some(weight) = found.value.number().filter(|n| *n > 0)
    {
        estate.put(row, "default_flow_weight", &weight.to_string(), found.place);
    }
    let guids = item.get(&["NetAdapterInterfaceGuid"]);
    let lists = ["NetAdapterInterfaceDescriptions", "NetAdapterInterfaceDescription"];
    for found in guids
        .into_iter()
        .chain(lists.iter().filter_map(|name| item.get(&[name])))
    {
        if bind(item, estate, row, found) {
            return;
        }
    }
}

fn switch_row(item: &Item<'_>, estate: &mut Estate, name: &str) -> usize {
    let row = estate.row("switches", &[item.node, name], name, item.place());
    estate.put(row, "node", item.node, item.place());
    estate.put(row, "switch", name, item.place());
    row
}

/// Binds the switch to the adapters that a property names; whether all are known.
fn bind(item: &Item<'_>, estate: &mut Estate, row: usize, found: Found<'_>) -> bool {
    let said: Vec<String> = found
        .value
        .texts()
        .iter()
        .map(|t| t.trim_matches(['{', '}']).to_owned())
        .collect();
    let known: Vec<usize> = said
        .iter()
        .filter_map(|name| estate.adapter(item.node, &[name]))
        .collect();
    if said.is_empty() || known.len() < said.len() {
        return false;
    }
    let mut names = Vec::new();
    for at in known {
        let adapter = &mut estate.adapters[at];
        adapter.under_switch = true;
        names.push(match adapter.kind {
            AdapterKind::Team => adapter.name.clone(),
            AdapterKind::Port => adapter.name.clone(),
            _ => continue,
        });
    }
    let names: Vec<String> = names
        .into_iter()
        .map(|name| team_of(item, estate, &name).unwrap_or(name))
        .collect();
    estate.put(row, "nics", &names.join(";"), found.place);
    !names.is_empty()
}

/// The team whose interface this adapter is; its members are under a switch, too.
fn team_of(item: &Item<'_>, estate: &mut Estate, interface: &str) -> Option<String> {
    let node = key(&[item.node]);
    let ours = |((n, _), team): &(&(String, String), &super::super::estate::Team)| {
        *n == node && team.interfaces.keys().any(|i| i.eq_ignore_ascii_case(interface))
    };
    let ((_, name), team) = estate.teams.iter().find(ours)?;
    let (name, members) = (name.clone(), team.members.clone());
    let vlan = team
        .interfaces
        .iter()
        .find(|(i, _)| i.eq_ignore_ascii_case(interface))
        .and_then(|(_, v)| *v);
    for member in members {
        if let Some(at) = estate.adapter(item.node, &[&member]) {
            estate.adapters[at].under_switch = true;
            if let (Some(row), Some(vlan)) = (estate.adapters[at].row, vlan) {
                estate.put(row, "team_vlan", &vlan.to_string(), item.place());
            }
        }
    }
    Some(name)
}

fn team(item: &Item<'_>, estate: &mut Estate) {
    let name = item.text("Name");
    let Some(row) = estate.find("switches", &[item.node, name]) else {
        return;
    };
    // Microsoft.HyperV.PowerShell.VMSwitchTeamingMode and VMSwitchLoadBalancingAlgorithm count as LBFO does.
    let modes = [(1, "SwitchIndependent", "switch-independent")];
    item.word(estate, row, "teaming_mode", "TeamingMode", &modes);
    let algorithms = [(4, "HyperVPort", "hyper-v-port"), (5, "Dynamic", "dynamic")];
    item.word(estate, row, "load_balancing", "LoadBalancingAlgorithm", &algorithms);
    if let (Some(found), "") = (item.get(&["NetAdapterInterfaceDescription"]), estate.text(row, "nics")) {
        bind(item, estate, row, found);
    }
}

fn extension(item: &Item<'_>, estate: &mut Estate) {
    let Some(row) = estate.find("switches", &[item.node, item.text("SwitchName")]) else {
        return;
    };
    let list = estate.lists.entry((format!("{row}"), "extensions")).or_default();
    if item.get(&["Enabled"]).and_then(|f| f.value.yes()) == Some(true) {
        list.push((item.text("Name").to_owned(), item.place()));
    }
}
