//! VLANs of adapters: as a setting that hangs on the adapter, beside it, or as objects of their own; and isolation, which does the same.

use super::Item;
use crate::inventory::importers::exports::estate::{Estate, key};
use crate::inventory::importers::exports::records::Value;
use crate::inventory::{Origin, cells};

/// Network ATC tags host vNICs by isolation: IsolationMode Vlan = 3. The setting hangs on the adapter or stands beside it.
pub(super) fn isolation(item: &Item<'_>, estate: &mut Estate, row: usize) {
    let setting = item.get(&["IsolationSetting"]).map(|f| f.value);
    let part = |name: &str| item.get(&[name]).map(|f| f.value).or_else(|| setting?.get(name));
    let mode = part("IsolationMode").and_then(|mode| mode.word(&[(3, "Vlan")]));
    let vlan = part("DefaultIsolationID").and_then(Value::number).filter(|n| *n > 0);
    if let (Some(mode), Some(vlan)) = (mode, vlan)
        && mode.eq_ignore_ascii_case("vlan")
    {
        let place = item
            .get(&["DefaultIsolationID", "IsolationSetting"])
            .map_or(item.place(), |f| f.place);
        estate.replace_quietly(row, "vlan", &vlan.to_string(), place);
    }
}

/// The VLAN setting that hangs on the adapter, or its parts beside it as the collector writes them.
pub(super) fn own_vlans(item: &Item<'_>, estate: &mut Estate, row: usize, host: bool) {
    if let Some(found) = item.get(&["VlanSetting"]) {
        vlans_of(found.value, &|_| found.place, estate, row, host);
    } else if item.get(&["OperationMode"]).is_some() {
        vlans_of(&whole_record(item), &|names| place_of(item, names), estate, row, host);
    }
}

/// Where the first of these properties stands, else the mode of the setting.
fn place_of(item: &Item<'_>, names: &[&str]) -> Origin {
    let found = item.get(names).or_else(|| item.get(&["OperationMode"]));
    found.map_or(item.place(), |f| f.place)
}

/// All properties of an object as one value.
fn whole_record(item: &Item<'_>) -> Value {
    let fields = item.record.properties.iter();
    Value::Object(
        String::new(),
        fields.map(|p| (p.name.to_owned(), p.value.clone())).collect(),
    )
}

pub(super) fn vlan(item: &Item<'_>, estate: &mut Estate) {
    let parent = item.get(&["ParentAdapter"]).map(|f| f.value);
    let of_parent = |name: &str| {
        parent
            .and_then(|p| p.get(name))
            .and_then(Value::text)
            .unwrap_or_default()
    };
    let said = |own: &str, of: &str| match item.text(own) {
        "" => of_parent(of).to_owned(),
        text => text.to_owned(),
    };
    let name = match item.text("VMNetworkAdapterName") {
        "" => said("AdapterName", "Name"),
        name => name.to_owned(),
    };
    let (vm_name, vm_id, id) = (said("VMName", "VMName"), said("VMId", "VMId"), said("AdapterId", "Id"));
    let host = said("IsManagementOs", "IsManagementOs");
    let place = |names: &[&str]| place_of(item, names);
    let setting = whole_record(item);
    if host.eq_ignore_ascii_case("true") || (vm_name.is_empty() && vm_id.is_empty() && !name.is_empty()) {
        if let Some(row) = estate.find("host_vnics", &[item.node, &name]) {
            vlans_of(&setting, &place, estate, row, true);
        }
        return;
    }
    let by_id = estate.vnics.get(&key(&["id", &id])).copied().filter(|_| !id.is_empty());
    let vm = || {
        let known = estate.vms.get(&key(&[&vm_id])).copied().filter(|_| !vm_id.is_empty());
        known.or_else(|| super::vm_row(estate, item.node, &vm_name))
    };
    let by_name = || match estate
        .vnic_names
        .get(&key(&[&vm()?.to_string(), &name]))
        .map(Vec::as_slice)
    {
        Some([only]) => Some(*only),
        _ => None,
    };
    match by_id.or_else(by_name) {
        Some(row) => vlans_of(&setting, &place, estate, row, false),
        None if !vm_name.is_empty() && vm().is_none() => {
            estate.unknown_vm(&vm_name, "Get-VMNetworkAdapterVlan", item.node);
        }
        None => estate.count(
            "{} VLAN settings do not say to which adapter they belong (export Get-VMNetworkAdapterVlan with Export-Clixml, or select \
             ParentAdapter's VMName and Name)",
        ),
    }
}

/// VLANs of an adapter; a private VLAN has its own columns. `place` tells where a property of the setting stands.
fn vlans_of(setting: &Value, place: &dyn Fn(&[&str]) -> Origin, estate: &mut Estate, row: usize, host: bool) {
    // Microsoft.HyperV.PowerShell.VMNetworkAdapterVlanMode.
    let modes = [(0, "Untagged"), (1, "Access"), (2, "Trunk"), (3, "Private")];
    let mode = setting
        .get("OperationMode")
        .and_then(|m| m.word(&modes))
        .unwrap_or_default();
    let number = |name: &str| setting.get(name).and_then(Value::number).filter(|n| *n > 0);
    let column = if host { "vlan" } else { "vlans" };
    let mut put = |column: &'static str, text: &str, of: &[&str]| estate.put(row, column, text, place(of));
    match mode.to_ascii_lowercase().as_str() {
        "untagged" => put(column, "0", &["OperationMode"]),
        "access" => put(
            column,
            &number("AccessVlanId").unwrap_or(0).to_string(),
            &["AccessVlanId"],
        ),
        "trunk" if host => put(
            column,
            &number("NativeVlanId").unwrap_or(0).to_string(),
            &["NativeVlanId"],
        ),
        "trunk" => {
            let list = ["AllowedVlanIdList", "AllowedVlanIdListString"];
            let texts = list
                .iter()
                .find_map(|name| setting.get(name))
                .map(Value::texts)
                .unwrap_or_default();
            let mut all = texts.join(";");
            if let Some(native) = number("NativeVlanId") {
                all = format!("{native};{all}");
            }
            put(column, &shorter(&all), &list);
        }
        "private" if !host => {
            // Microsoft.HyperV.PowerShell.VMNetworkAdapterPrivateVlanMode.
            let modes = [(1, "Isolated"), (2, "Community"), (3, "Promiscuous")];
            let mode = setting.get("PrivateVlanMode").and_then(|m| m.word(&modes));
            put(
                "pvlan_mode",
                &mode.unwrap_or_default().to_lowercase(),
                &["PrivateVlanMode"],
            );
            let primary = number("PrimaryVlanId").map_or(String::new(), |n| n.to_string());
            put("primary_vlan", &primary, &["PrimaryVlanId"]);
            let several = ["SecondaryVlanIdList", "SecondaryVlanIdListString"];
            let texts = several.iter().find_map(|name| setting.get(name)).map(Value::texts);
            let secondary = match number("SecondaryVlanId") {
                Some(one) => one.to_string(),
                None => texts.unwrap_or_default().join(";"),
            };
            put(
                "secondary_vlans",
                &secondary,
                &["SecondaryVlanId", several[0], several[1]],
            );
            // Its packets carry the primary VLAN on the wire.
            put("vlans", &primary, &["PrimaryVlanId"]);
        }
        _ => {}
    }
}

/// `1;2;3;10` as `1-3;10`: a trunk may list thousands.
fn shorter(list: &str) -> String {
    let Ok(Some(set)) = cells::vlans(list) else {
        return list.to_owned();
    };
    let mut parts: Vec<(u16, u16)> = Vec::new();
    for vlan in set {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == vlan => *last = vlan,
            _ => parts.push((vlan, vlan)),
        }
    }
    let shown = |(low, high): &(u16, u16)| {
        if low == high {
            low.to_string()
        } else {
            format!("{low}-{high}")
        }
    };
    parts.iter().map(shown).collect::<Vec<_>>().join(";")
}
