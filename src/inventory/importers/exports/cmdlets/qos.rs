//! Data Center Bridging of a node: traffic classes, flow control, DCBX. Several objects make one cell.

use super::{Cmdlet, Item, yes_no};
use crate::inventory::importers::exports::estate::{Estate, key};

/// UDP port of the cluster's heartbeat (Microsoft, "Service overview and network port requirements").
const HEARTBEAT_PORT: i64 = 3343;

pub(super) const CMDLETS: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-NetQosTrafficClass",
        types: &["MSFT_NetQosTrafficClassSettingData"],
        signature: &["BandwidthPercentage", "Priority", "Algorithm"],
        reads: &["Name", "Priority", "BandwidthPercentage"],
        per_node: true,
        collect: "Get-NetQosTrafficClass -CimSession $Node",
        flatten: &[],
        read: class,
    },
    &Cmdlet {
        name: "Get-NetQosFlowControl",
        types: &["MSFT_NetQosFlowControlSettingData"],
        signature: &["Priority", "Enabled", "PolicySet|InterfaceAlias"],
        reads: &["Priority", "Enabled", "Name"],
        per_node: true,
        collect: "Get-NetQosFlowControl -CimSession $Node",
        flatten: &[],
        read: flow_control,
    },
    &Cmdlet {
        name: "Get-NetQosPolicy",
        types: &["MSFT_NetQosPolicySettingData"],
        signature: &[
            "NetDirectPort|NetDirectPortMatchCondition",
            "Template|TemplateMatchCondition",
        ],
        reads: &[
            "Name",
            "Template",
            "TemplateMatchCondition",
            "NetDirectPort",
            "NetDirectPortMatchCondition",
            "PriorityValue",
            "PriorityValue8021Action",
            "MinBandwidthWeight",
            "MinBandwidthWeightAction",
            "IPDstPort",
            "IPDstPortMatchCondition",
        ],
        per_node: true,
        collect: "Get-NetQosPolicy -CimSession $Node",
        flatten: &[("Template", "[string]$_.Template")],
        read: policy,
    },
    &Cmdlet {
        name: "Get-NetQosDcbxSetting",
        types: &["MSFT_NetQosDcbxSettingData"],
        signature: &["Willing"],
        reads: &["Willing"],
        per_node: true,
        collect: "Get-NetQosDcbxSetting -CimSession $Node",
        flatten: &[],
        read: dcbx,
    },
];

fn add(item: &Item<'_>, estate: &mut Estate, column: &'static str, text: String) {
    super::host::node_row(item, estate);
    let list = estate.lists.entry((key(&[item.node]), column)).or_default();
    list.push((text, item.place()));
}

fn class(item: &Item<'_>, estate: &mut Estate) {
    let (Some(priorities), Some(share)) = (item.get(&["Priority"]), item.get(&["BandwidthPercentage"])) else {
        return estate
            .count("{} traffic classes were cut off and left out (export Get-NetQosTrafficClass with Export-Clixml)");
    };
    let numbers: Vec<&str> = priorities.value.texts();
    let share = share.value.number().unwrap_or(0);
    let name = item.text("Name").trim_matches(['[', ']']);
    add(
        item,
        estate,
        "traffic_classes",
        format!("{name}={}:{share}", numbers.join(",")),
    );
}

fn flow_control(item: &Item<'_>, estate: &mut Estate) {
    let on = item.get(&["Enabled"]).and_then(|f| f.value.yes());
    let priority = item.get(&["Priority", "Name"]).and_then(|f| f.value.number());
    let (Some(on), Some(priority)) = (on, priority) else {
        return;
    };
    let text = if on { priority.to_string() } else { String::new() };
    add(item, estate, "pfc_priorities", text);
}

/// What a policy does, by the traffic that it matches: a priority, a share of the link (1 to 100), or both.
fn policy(item: &Item<'_>, estate: &mut Estate) {
    let Some(matched) = matched(item) else { return };
    let number = |names: &[&str]| item.get(names).and_then(|f| f.value.number());
    let priority = number(&["PriorityValue", "PriorityValue8021Action"]).filter(|n| (0..8).contains(n));
    if let Some(priority) = priority {
        add(item, estate, "qos_policies", format!("{matched}={priority}"));
    }
    let weight = number(&["MinBandwidthWeight", "MinBandwidthWeightAction"]).filter(|n| (1..=100).contains(n));
    // Of RDMA the packet scheduler sees nothing.
    if let Some(weight) = weight.filter(|_| matched != "smbdirect") {
        add(item, estate, "qos_weights", format!("{matched}=:{weight}"));
    }
}

/// The templates as words; what JSON writes as a number is not sure for all versions and left out.
fn matched(item: &Item<'_>) -> Option<&'static str> {
    let number = |names: &[&str]| item.get(names).and_then(|f| f.value.number());
    let template = item
        .get(&["Template", "TemplateMatchCondition"])
        .and_then(|f| f.value.text());
    if number(&["NetDirectPort", "NetDirectPortMatchCondition"]) == Some(445) {
        return Some("smbdirect");
    }
    match template.unwrap_or_default().to_ascii_lowercase().as_str() {
        "default" => Some("default"),
        "cluster" => Some("cluster"),
        "livemigration" => Some("live-migration"),
        "smb" => Some("smb"),
        "iscsi" => Some("iscsi"),
        "nfs" => Some("nfs"),
        "fcoe" => Some("fcoe"),
        _ => (number(&["IPDstPort", "IPDstPortMatchCondition"]) == Some(HEARTBEAT_PORT)).then_some("cluster"),
    }
}

fn dcbx(item: &Item<'_>, estate: &mut Estate) {
    if let Some(found) = item.get(&["Willing"])
        && let Some(willing) = found.value.yes()
    {
        let row = super::host::node_row(item, estate);
        // One object per adapter may follow the one of the node: any of them counts.
        match (willing, estate.text(row, "dcbx_willing")) {
            (true, "no") => estate.replace_quietly(row, "dcbx_willing", "yes", found.place),
            (_, "") => estate.put(row, "dcbx_willing", yes_no(willing), found.place),
            _ => {}
        }
    }
}
