//! The failover cluster: its name and settings, nodes, networks, groups, owners.

use super::addresses::tells_network;
use super::{Cmdlet, Item, name_of};
use crate::inventory::catalogue::plain;
use crate::inventory::importers::exports::estate::{Estate, key};
use crate::inventory::importers::exports::lacking::SEEN_LISTS;
use crate::inventory::importers::exports::records::Value;
use crate::units::host_name;
use std::net::Ipv4Addr;

/// What names the cluster, its nodes and its networks.
pub(super) const FIRST: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-Cluster",
        types: &["Cluster"],
        signature: &["SameSubnetThreshold", "SameSubnetDelay"],
        reads: &[
            "Name",
            "S2DEnabled",
            "MaximumParallelMigrations",
            "SetSMBBandwidthLimit",
            "SetSMBBandwidthLimitFactor",
            "SMBBandwidthLimitFactor",
            "ClusterEnforcedAntiAffinity",
            "SameSubnetThreshold",
            "SameSubnetDelay",
            "RouteHistoryLength",
        ],
        per_node: false,
        collect: "Get-Cluster -Name $Cluster",
        flatten: &[],
        read: cluster,
    },
    &Cmdlet {
        name: "Get-ClusterNode",
        types: &["ClusterNode"],
        signature: &[
            "NodeWeight|DynamicWeight|NodeHighestVersion|DrainStatus",
            "Name",
            "State",
        ],
        reads: &[
            "Name",
            "State",
            "BuildNumber",
            "MajorVersion",
            "MinorVersion",
            "Manufacturer",
            "Model",
        ],
        per_node: false,
        collect: "Get-ClusterNode -Cluster $Cluster",
        flatten: &[("State", "[string]$_.State")],
        read: node,
    },
    &Cmdlet {
        name: "Get-ClusterNetwork",
        types: &["ClusterNetwork"],
        signature: &["AddressMask", "Metric|AutoMetric", "Role"],
        reads: &[
            "Name",
            "Id",
            "Address",
            "AddressMask",
            "Ipv4Addresses",
            "Ipv4PrefixLengths",
            "Ipv6Addresses",
            "Ipv6PrefixLengths",
            "Role",
            "Metric",
            "AutoMetric",
            "State",
        ],
        per_node: false,
        collect: "Get-ClusterNetwork -Cluster $Cluster",
        flatten: &[],
        read: network,
    },
];

/// What needs adapters and VMs to be known.
pub(super) const LATER: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-ClusterNetworkInterface",
        types: &["ClusterNetworkInterface"],
        signature: &["AdapterId", "Network", "Node"],
        reads: &[
            "Name",
            "Node",
            "Network",
            "Adapter",
            "AdapterId",
            "Address",
            "DhcpEnabled",
        ],
        per_node: false,
        collect: "Get-ClusterNetworkInterface -Cluster $Cluster",
        flatten: &[("Node", "[string]$_.Node"), ("Network", "[string]$_.Network")],
        read: interface,
    },
    &Cmdlet {
        name: "Get-ClusterGroup",
        types: &["ClusterGroup"],
        signature: &["GroupType", "OwnerNode"],
        reads: &[
            "Name",
            "OwnerNode",
            "GroupType",
            "State",
            "Priority",
            "AntiAffinityClassNames",
        ],
        per_node: false,
        collect: "Get-ClusterGroup -Cluster $Cluster",
        flatten: &[
            ("OwnerNode", "[string]$_.OwnerNode"),
            ("GroupType", "[string]$_.GroupType"),
            ("AntiAffinityClassNames", "$_.AntiAffinityClassNames -join ';'"),
        ],
        read: group,
    },
    &Cmdlet {
        name: "Get-ClusterOwnerNode",
        types: &["ClusterOwnerNodeList"],
        signature: &["ClusterObject", "OwnerNodes"],
        reads: &["ClusterObject", "OwnerNodes"],
        per_node: false,
        collect: "Get-ClusterResource -Cluster $Cluster | Where-Object { [string]$_.ResourceType -eq 'Virtual Machine' } | Get-ClusterOwnerNode",
        flatten: &[
            ("ClusterObject", "[string]$_.ClusterObject"),
            (
                "OwnerNodes",
                "($_.OwnerNodes | ForEach-Object { [string]$_ }) -join ';'",
            ),
        ],
        read: owners,
    },
    &Cmdlet {
        name: "Get-ClusterParameter",
        types: &["ClusterParameter"],
        signature: &["ClusterObject", "Name", "Value"],
        reads: &["ClusterObject", "Name", "Value"],
        per_node: false,
        collect: "Get-ClusterResourceType -Cluster $Cluster -Name 'Virtual Machine' | Get-ClusterParameter",
        flatten: &[("ClusterObject", "[string]$_.ClusterObject")],
        read: parameter,
    },
    &Cmdlet {
        name: "Get-ClusterSharedVolumeState",
        types: &["ClusterSharedVolumeStateInfo"],
        signature: &["StateInfo", "VolumeFriendlyName|FileSystemRedirectedIOReason"],
        reads: &["StateInfo", "Node", "VolumeFriendlyName"],
        per_node: false,
        collect: "Get-ClusterSharedVolume -Cluster $Cluster | Get-ClusterSharedVolumeState",
        flatten: &[("StateInfo", "[string]$_.StateInfo")],
        read: volume_state,
    },
    &Cmdlet {
        name: "Get-ClusterSharedVolume",
        types: &["ClusterSharedVolume"],
        signature: &["SharedVolumeInfo", "OwnerNode"],
        reads: &["Name", "SharedVolumeInfo", "OwnerNode"],
        per_node: false,
        collect: "",
        flatten: &[],
        read: |_, estate| {
            estate.seen.insert("shared volumes");
        },
    },
];

/// The row of the cluster; exports of one folder describe one.
fn cluster_row(item: &Item<'_>, estate: &mut Estate) -> usize {
    estate.row("clusters", &[], "the cluster", item.place())
}

fn cluster(item: &Item<'_>, estate: &mut Estate) {
    let row = cluster_row(item, estate);
    item.copy(estate, row, "cluster", &["Name"]);
    if let Some(found) = item.get(&["S2DEnabled"]).filter(|f| f.value.yes() == Some(true)) {
        estate.put(row, "storage", "s2d", found.place);
    }
    if let Some(found) = item.get(&["MaximumParallelMigrations"])
        && let Some(number) = found.value.number().filter(|n| *n > 0)
    {
        estate.put(row, "maximum_parallel_migrations", &number.to_string(), found.place);
    }
    item.flag(estate, row, "smb_limit", &["SetSMBBandwidthLimit"]);
    let factor = ["SetSMBBandwidthLimitFactor", "SMBBandwidthLimitFactor"];
    item.whole(estate, row, "smb_limit_factor", &factor);
    item.flag(estate, row, "anti_affinity_enforced", &["ClusterEnforcedAntiAffinity"]);
    item.whole(estate, row, "same_subnet_threshold", &["SameSubnetThreshold"]);
    item.whole(estate, row, "same_subnet_delay", &["SameSubnetDelay"]);
    item.whole(estate, row, "route_history_length", &["RouteHistoryLength"]);
}

fn node(item: &Item<'_>, estate: &mut Estate) {
    let name = host_name(item.text("Name")).to_owned();
    if name.is_empty() {
        return;
    }
    let row = estate.row("nodes", &[&name], &name, item.place());
    item.copy(estate, row, "node", &["Name"]);
    estate.members.entry(key(&[&name])).or_insert(item.place());
    estate.nodes.entry(key(&[&name])).or_insert(name);
    if let Some(build) = item.get(&["BuildNumber"]) {
        let number = |name: &str| item.get(&[name]).and_then(|f| f.value.number());
        let text = match (number("MajorVersion"), number("MinorVersion"), build.value.number()) {
            (Some(major), Some(minor), Some(build)) => format!("{major}.{minor}.{build}"),
            _ => build.value.text().unwrap_or_default().to_owned(),
        };
        estate.builds.push((text, build.place));
        item.whole(estate, row, "os_build", &["BuildNumber"]);
    }
    let (maker, model) = (item.text("Manufacturer"), item.text("Model"));
    if let Some(found) = item.get(&["Model"]) {
        estate.put(row, "hardware", format!("{maker} {model}").trim(), found.place);
    }
}

fn network(item: &Item<'_>, estate: &mut Estate) {
    let name = item.text("Name");
    if name.is_empty() {
        return;
    }
    let row = estate.row("cluster_networks", &[name], name, item.place());
    item.copy(estate, row, "network", &["Name"]);
    let id = item.text("Id").trim_matches(['{', '}']);
    if !id.is_empty() {
        estate.networks.insert(key(&[id]), name.to_owned());
    }
    if let Some((subnet, place)) = subnet(item) {
        estate.put(row, "subnet", &subnet, place);
    }
    // Microsoft.FailoverClusters.PowerShell.ClusterNetworkRole and ClusterNetworkState.
    let roles = [(0, "None", "0"), (1, "Cluster", "1"), (3, "ClusterAndClient", "3")];
    item.word(estate, row, "cluster_use", "Role", &roles);
    item.whole(estate, row, "metric", &["Metric"]);
    item.flag(estate, row, "auto_metric", &["AutoMetric"]);
    let states = [
        (0, "Unavailable", "unavailable"),
        (1, "Down", "down"),
        (2, "Partitioned", "partitioned"),
        (3, "Up", "up"),
    ];
    item.word(estate, row, "state", "State", &states);
}

/// `10.0.1.0/24` from address and mask, or from the lists, which also hold IPv6.
fn subnet(item: &Item<'_>) -> Option<(String, crate::inventory::Origin)> {
    if let (Some(address), Some(mask)) = (item.get(&["Address"]), item.get(&["AddressMask"]))
        && let Some(length) = mask.value.text().and_then(prefix_length)
    {
        return Some((format!("{}/{length}", address.value.text()?), address.place));
    }
    let first = |name: &str| {
        item.get(&[name])
            .and_then(|f| Some((f.value.texts().first().copied()?.to_owned(), f.place)))
    };
    [
        ("Ipv4Addresses", "Ipv4PrefixLengths"),
        ("Ipv6Addresses", "Ipv6PrefixLengths"),
    ]
    .iter()
    .find_map(|(addresses, lengths)| {
        let ((address, place), (length, _)) = (first(addresses)?, first(lengths)?);
        Some((format!("{address}/{length}"), place))
    })
}

/// Length of the prefix of a mask such as `255.255.255.0`.
pub(super) fn prefix_length(mask: &str) -> Option<u32> {
    let bits = u32::from(mask.parse::<Ipv4Addr>().ok()?);
    let length = bits.leading_ones();
    (length < 32 && bits.checked_shl(length).unwrap_or(0) == 0 || length == 32).then_some(length)
}

fn interface(item: &Item<'_>, estate: &mut Estate) {
    let node = item.get(&["Node"]).and_then(|f| name_of(f.value)).map(host_name);
    let network = item.get(&["Network"]);
    let (Some(node), Some(network)) = (node, network) else {
        return;
    };
    let id = item.text("AdapterId").trim_matches(['{', '}']);
    let name = item.text("Name");
    let name = name.split_once(" - ").map_or(name, |(_, name)| name);
    let Some(adapter) = estate.adapter(node, &[id, item.text("Adapter"), name]) else {
        let network = name_of(network.value).unwrap_or_default();
        let sentence = format!(
            "{node} is on cluster network {{}} with an adapter that no export of Get-NetAdapter of {node} holds: left out"
        );
        estate.left_out.entry(sentence).or_default().insert(network.to_owned());
        return;
    };
    let Some(row) = estate.adapters[adapter].row else {
        return;
    };
    if let Some(name) = name_of(network.value) {
        estate.put(row, "cluster_network", name, network.place);
    }
    item.flag(estate, row, "dhcp", &["DhcpEnabled"]);
    if let Some(found) = item.get(&["Address"])
        && let Some(address) = found.value.text().filter(|text| tells_network(text))
    {
        estate.adapters[adapter].of_cluster = Some((address.to_owned(), found.place));
    }
}

fn group(item: &Item<'_>, estate: &mut Estate) {
    // Microsoft.FailoverClusters.PowerShell.GroupType: VirtualMachine = 111.
    let kind = item
        .get(&["GroupType"])
        .and_then(|f| f.value.word(&[(111, "VirtualMachine")]));
    if kind.is_none_or(|kind| plain(kind) != "virtualmachine") {
        return;
    }
    let name = item.text("Name");
    let known = super::vm_row(estate, "", name);
    let row = match known {
        Some(row) => row,
        None if name.is_empty() => return,
        None if estate.seen.contains("vms") => {
            return estate.unknown_vm(name, "Get-ClusterGroup", "");
        }
        None => {
            let row = estate.row("vms", &["group", name], name, item.place());
            item.copy(estate, row, "vm", &["Name"]);
            let states = [
                (0, "Online", "running"),
                (1, "Offline", "off"),
                (3, "PartialOnline", "running"),
            ];
            item.word(estate, row, "state", "State", &states);
            row
        }
    };
    if let Some(found) = item.get(&["OwnerNode"])
        && let Some(owner) = name_of(found.value)
    {
        estate.replace(row, "node", host_name(owner), found.place);
    }
    estate.put(row, "clustered", "yes", item.place());
    if let Some(found) = item.get(&["Priority"]) {
        let priority = match found.value.number() {
            Some(0) => "no-auto-start",
            Some(1000) => "low",
            Some(2000) => "medium",
            Some(3000) => "high",
            _ => "",
        };
        estate.put(row, "priority", priority, found.place);
    }
    if let Some(found) = item.get(&["AntiAffinityClassNames"]) {
        let groups = found.value.texts();
        if groups.len() > 1 {
            estate.count("{} VMs are in several anti-affinity groups, of which the first was taken");
        }
        estate.put(
            row,
            "anti_affinity",
            groups.first().copied().unwrap_or_default(),
            found.place,
        );
    }
}

/// The possible owners of a VM are those of its resource; those of its group are only preferred.
fn owners(item: &Item<'_>, estate: &mut Estate) {
    let Some(found) = item.get(&["OwnerNodes"]) else { return };
    let Some(object) = item.get(&["ClusterObject"]).and_then(|f| name_of(f.value)) else {
        return;
    };
    // "Virtual Machine SQL01", in the language of the Windows that made the role.
    let words: Vec<usize> = object.match_indices(' ').map(|(at, _)| at + 1).collect();
    let vm = words
        .into_iter()
        .filter_map(|at| object.get(at..))
        .find_map(|name| super::vm_row(estate, "", name));
    let Some(row) = vm else { return };
    let names: Vec<&str> = match found.value {
        Value::List(list) => list.iter().filter_map(name_of).map(host_name).collect(),
        _ => found.value.texts().into_iter().map(host_name).collect(),
    };
    let all = names.len() >= estate.nodes.len();
    if !all {
        estate.put(row, "possible_owners", &names.join(";"), found.place);
    }
}

/// Which networks live migration leaves out, and their order: private properties of the resource type `Virtual Machine`.
fn parameter(item: &Item<'_>, estate: &mut Estate) {
    let column = match plain(item.text("Name")).as_str() {
        "migrationexcludenetworks" => "migration_exclude_networks",
        "migrationnetworkorder" => "migration_network_order",
        _ => return,
    };
    estate.seen.insert(SEEN_LISTS);
    let Some(found) = item.get(&["Value"]) else { return };
    let ids: Vec<String> = found
        .value
        .texts()
        .iter()
        .map(|id| key(&[id.trim_matches(['{', '}'])]))
        .collect();
    let names: Vec<String> = ids.iter().filter_map(|id| estate.networks.get(id).cloned()).collect();
    if names.len() < ids.len() {
        estate
            .count("{} lists of migration networks name networks by an ID that no export of Get-ClusterNetwork holds");
    }
    let row = cluster_row(item, estate);
    estate.put(row, column, &names.join(";"), found.place);
}

fn volume_state(item: &Item<'_>, estate: &mut Estate) {
    let states = [
        (2, "Direct", "no"),
        (3, "FileSystemRedirected", "yes"),
        (4, "BlockRedirected", "yes"),
    ];
    let Some(found) = item.get(&["StateInfo"]) else { return };
    let numbers: Vec<(i64, &str)> = states.iter().map(|(n, word, _)| (*n, *word)).collect();
    let said = found.value.word(&numbers).unwrap_or_default();
    let Some((_, _, redirected)) = states.iter().find(|(_, word, _)| word.eq_ignore_ascii_case(said)) else {
        return;
    };
    let row = cluster_row(item, estate);
    // One redirected volume is enough.
    match (*redirected, estate.text(row, "csv_redirected")) {
        ("yes", "no") => estate.replace_quietly(row, "csv_redirected", "yes", found.place),
        (said, "") => estate.put(row, "csv_redirected", said, found.place),
        _ => {}
    }
}
