//! What follows from all exports together: names that must be unique, lists that several objects make, the Windows version, ports
//! of switches, speeds of ports without link; and the list of what the exports do not say.
//!
//! In: the estate. Out: its cells completed, assumptions. Nothing is concluded silently. Must not know: forms.

use super::estate::{AdapterKind, Estate, key};
use super::lacking::Coverage;
use super::{roles, strangers, subnets};
use crate::inventory::entities::Origin;
use crate::inventory::importers::model_speed::speed_in_name;
use crate::profiles;
use crate::units::count;
use std::collections::{BTreeMap, BTreeSet};

/// What is missing, and what was taken instead.
pub(super) type Assumed = (String, String);

/// An export that holds nothing says that there is nothing.
pub(super) fn nothing_found(cmdlet: &str, node: &str, source: u32, estate: &mut Estate) {
    if cmdlet == "Get-VMMigrationNetwork" {
        let place = Origin {
            nth: 0,
            source,
            line: 1,
            column: 0,
        };
        let list = (key(&[node]), "migration_subnets");
        estate.lists.entry(list).or_default().push((String::new(), place));
    }
    if cmdlet == "Get-VM" {
        estate.seen.insert("vms");
    }
}

/// Completes the estate; the result is what was assumed.
pub(super) fn conclude(estate: &mut Estate, coverage: &Coverage) -> Vec<Assumed> {
    let mut assumed = Vec::new();
    cluster(estate);
    lists(estate);
    switches(estate, coverage, &mut assumed);
    host_vnics(estate);
    rdma(estate);
    subnets::addresses(estate);
    subnets::cluster_networks(estate);
    subnets::vlans(estate);
    switch_ports(estate, &mut assumed);
    unique_names(estate);
    roles::conclude(estate, &mut assumed);
    speeds(estate, &mut assumed);
    coverage.not_exported(estate, &mut assumed);
    strangers::tell_left_out(estate);
    assumed
}

/// The cluster's name at its nodes, its Windows version, and the settings in which all nodes agree.
fn cluster(estate: &mut Estate) {
    let nodes = estate.rows_of("nodes");
    let first = nodes.first().map_or(Origin::default(), |row| estate.rows[*row].record);
    let row = estate.row("clusters", &[], "the cluster", first);
    let (name, place) = (
        estate.text(row, "cluster").to_owned(),
        estate.rows[row].place("cluster"),
    );
    for node in &nodes {
        estate.put(*node, "cluster", &name, place);
    }
    let versions: Vec<(&'static str, Origin)> = estate
        .builds
        .iter()
        .filter_map(|(text, place)| Some((profile(text)?, *place)))
        .collect();
    for (profile, place) in versions {
        estate.put(row, "profile", profile, place);
    }
    if estate.seen.contains("VMs on SMB shares") && estate.text(row, "storage").is_empty() {
        let place = estate.rows[row].record;
        estate.put(row, "storage", "smb", place);
    }
    for column in ["live_migration_transport", "concurrent_migrations"] {
        let said: BTreeSet<&str> = nodes.iter().map(|node| estate.text(*node, column)).collect();
        if let (1, Some(first)) = (said.len(), nodes.first()) {
            let (text, place) = (
                estate.text(*first, column).to_owned(),
                estate.rows[*first].place(column),
            );
            estate.put(row, column, &text, place);
        }
    }
}

/// Windows version from its name or its build.
fn profile(text: &str) -> Option<&'static str> {
    if text.contains("Windows Server") || text.contains("Azure") {
        return profiles::find(text).map(|p| p.name);
    }
    let build = text.rsplit('.').next()?.parse::<u32>().ok()?;
    // First builds of the releases; Azure Local is told by its name alone.
    let releases = [
        (7_600, 7_699, "2008r2"),
        (9_200, 9_299, "2012"),
        (9_600, 9_699, "2012r2"),
        (14_393, 14_393, "2016"),
        (17_763, 17_763, "2019"),
        (20_348, 20_348, "2022"),
        (26_100, 26_100, "2025"),
    ];
    let found = releases
        .iter()
        .find(|(first, last, _)| (*first..=*last).contains(&build))?;
    Some(found.2)
}

/// Cells that several objects make together.
fn lists(estate: &mut Estate) {
    for ((owner, column), mut list) in std::mem::take(&mut estate.lists) {
        let Some((_, place)) = list.first().cloned() else {
            continue;
        };
        let texts = |list: &[(String, Origin)]| {
            let mut texts: Vec<String> = Vec::new();
            for (text, _) in list.iter().filter(|(text, _)| !text.is_empty()) {
                if !texts.contains(text) {
                    texts.push(text.clone());
                }
            }
            texts
        };
        let value = match column {
            "migration_subnets" => {
                list.sort();
                let subnets = list.iter().filter_map(|(text, _)| text.split_once(' '));
                let subnets: Vec<&str> = subnets.map(|(_, subnet)| subnet).collect();
                if subnets.is_empty() {
                    "none".to_owned()
                } else {
                    subnets.join(";")
                }
            }
            "pfc_priorities" => match texts(&list) {
                none if none.is_empty() => "none".to_owned(),
                some => some.join(";"),
            },
            "traffic_classes" | "qos_policies" | "qos_weights" => texts(&list).join(";"),
            "extensions" => {
                if let Ok(row) = owner.parse() {
                    estate.put(row, "extensions", &texts(&list).join(";"), place);
                }
                continue;
            }
            _ => continue,
        };
        if let Some(row) = estate.find("nodes", &[&owner]) {
            estate.put(row, column, &value, place);
        }
    }
}

/// Virtual switches of a node without an export of Get-VMSwitch: those that the node's own adapters name exist.
fn switches(estate: &mut Estate, coverage: &Coverage, assumed: &mut Vec<Assumed>) {
    let carriers = [estate.rows_of("host_vnics"), estate.rows_of("vnics")].concat();
    let mut named = BTreeSet::new();
    for row in carriers {
        let holder = estate.vnic_vm.get(&row).copied().unwrap_or(row);
        let (node, switch) = (
            estate.text(holder, "node").to_owned(),
            estate.text(row, "switch").to_owned(),
        );
        if switch.is_empty() || node.is_empty() || coverage.has("Get-VMSwitch", &node) {
            continue;
        }
        let place = estate.rows[row].place("switch");
        let new = estate.row("switches", &[&node, &switch], &switch, place);
        estate.put(new, "node", &node, place);
        estate.put(new, "switch", &switch, place);
        named.insert((node, switch));
    }
    for (node, switch) in named {
        assumed.push((
            format!("virtual switch {switch} of {node} (Get-VMSwitch not exported)"),
            "external, because adapters of the node name it; its ports are those to which the protocol of a switch is bound; write switches"
                .to_owned(),
        ));
    }
}

/// Host vNICs that only Get-NetAdapter lists: on the node's only external switch.
fn host_vnics(estate: &mut Estate) {
    for at in 0..estate.adapters.len() {
        let adapter = estate.adapters[at].clone();
        if adapter.kind != AdapterKind::HostVnic || adapter.row.is_some() {
            continue;
        }
        let name = crate::units::host_vnic_of(&adapter.name).to_owned();
        if let Some(row) = estate.find("host_vnics", &[&adapter.node, &name]) {
            estate.adapters[at].row = Some(row);
            continue;
        }
        let switches = external_switches(estate, &adapter.node);
        let [switch] = switches[..] else {
            estate.count("{} adapters vEthernet (...) were left out: no export of Get-VMNetworkAdapter -ManagementOS tells their switch");
            continue;
        };
        let (switch, place) = (estate.text(switch, "switch").to_owned(), estate.rows[switch].record);
        let row = estate.row("host_vnics", &[&adapter.node, &name], &name, place);
        estate.put(row, "node", &adapter.node, place);
        estate.put(row, "host_vnic", &name, place);
        estate.put(row, "switch", &switch, place);
        estate.adapters[at].row = Some(row);
    }
    // A host vNIC without a switch hangs on nothing.
    for row in estate.rows_of("host_vnics") {
        let (node, switch) = (
            estate.text(row, "node").to_owned(),
            estate.text(row, "switch").to_owned(),
        );
        if switch.is_empty() || estate.find("switches", &[&node, &switch]).is_none() {
            estate.rows[row].dropped = true;
            let name = estate.rows[row].name.clone();
            let sentence = match switch.as_str() {
                "" => format!("host vNIC {{}} of {node} names no virtual switch: left out"),
                _ => format!(
                    "host vNIC {{}} of {node} is on {switch}, which Get-VMSwitch of {node} does not hold: left out"
                ),
            };
            estate.left_out.entry(sentence).or_default().insert(name);
        }
    }
}

fn external_switches(estate: &Estate, node: &str) -> Vec<usize> {
    let ours = |row: &usize| {
        let kind = estate.text(*row, "type");
        estate.text(*row, "node").eq_ignore_ascii_case(node) && (kind.is_empty() || kind == "external")
    };
    estate.rows_of("switches").into_iter().filter(ours).collect()
}

/// Whether RDMA is on, and which kind: `*NetworkDirectTechnology` is 1 iWARP, 2 InfiniBand, 3 RoCE, 4 RoCEv2.
fn rdma(estate: &mut Estate) {
    for at in 0..estate.adapters.len() {
        let adapter = &estate.adapters[at];
        let (Some(row), Some((on, place)), AdapterKind::Port) = (adapter.row, adapter.rdma, adapter.kind) else {
            continue;
        };
        let kind = match (on, adapter.technology) {
            (false, _) => "no",
            (true, Some(1)) => "iwarp",
            (true, Some(3 | 4)) => "roce",
            (true, _) => "yes",
        };
        estate.put(row, "rdma", kind, place);
    }
}

/// Ports of an external switch whose list was cut off: those to which the protocol of the switch is bound, if there is one switch.
fn switch_ports(estate: &mut Estate, assumed: &mut Vec<Assumed>) {
    let mut unknown = BTreeSet::new();
    for row in estate.rows_of("switches") {
        let kind = estate.text(row, "type").to_owned();
        if !estate.text(row, "nics").is_empty() || !(kind.is_empty() || kind == "external") {
            continue;
        }
        let node = estate.text(row, "node").to_owned();
        let alone = external_switches(estate, &node).len() == 1;
        let bound: Vec<usize> = estate
            .rows_of("nics")
            .into_iter()
            .filter(|nic| estate.text(*nic, "node").eq_ignore_ascii_case(&node))
            .filter(|nic| estate.text(*nic, "switch_protocol_bound") == "yes")
            .collect();
        if !alone || bound.is_empty() {
            unknown.insert(format!("{node}/{}", estate.text(row, "switch")));
            continue;
        }
        let names: Vec<String> = bound.iter().map(|nic| estate.text(*nic, "nic").to_owned()).collect();
        let place = estate.rows[bound[0]].place("switch_protocol_bound");
        estate.put(row, "nics", &names.join(";"), place);
        for name in names {
            if let Some(at) = estate.adapter(&node, &[&name]) {
                estate.adapters[at].under_switch = true;
            }
        }
    }
    if !unknown.is_empty() {
        let names: Vec<&str> = unknown.iter().map(String::as_str).collect();
        assumed.push((
            format!("ports of the virtual switches {}", names.join(", ")),
            "none; write nics in switches (Export-Clixml of Get-VMSwitch keeps them)".to_owned(),
        ));
    }
}

/// VMs of one name get that of their node behind it, adapters of one name in one VM a number.
fn unique_names(estate: &mut Estate) {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for row in estate.rows_of("vms") {
        by_name
            .entry(estate.text(row, "vm").to_lowercase())
            .or_default()
            .push(row);
    }
    let mut taken: BTreeSet<String> = by_name.keys().cloned().collect();
    for rows in by_name.into_values().filter(|rows| rows.len() > 1) {
        estate.count("names of {} VMs stand for several VMs; the further ones carry the name of their node behind it");
        for row in rows.into_iter().skip(1) {
            let (name, node) = (estate.text(row, "vm").to_owned(), estate.text(row, "node").to_owned());
            let mut new = format!("{name} ({node})");
            let mut number = 2;
            while !taken.insert(new.to_lowercase()) {
                new = format!("{name} ({node}, {number})");
                number += 1;
            }
            let place = estate.rows[row].record;
            estate.replace_quietly(row, "vm", &new, place);
            estate.rows[row].name = new;
        }
    }
    let mut seen: BTreeSet<(usize, String)> = BTreeSet::new();
    for row in estate.rows_of("vnics") {
        let Some(vm) = estate.vnic_vm.get(&row).copied() else {
            continue;
        };
        let (vm_name, place) = (estate.text(vm, "vm").to_owned(), estate.rows[row].record);
        estate.put(row, "vm", &vm_name, place);
        let name = match estate.text(row, "vnic") {
            "" => "Network Adapter".to_owned(),
            name => name.to_owned(),
        };
        let mut new = name.clone();
        let mut number = 2;
        while !seen.insert((vm, new.to_lowercase())) {
            new = format!("{name} {number}");
            number += 1;
        }
        if new != name {
            let place = estate.rows[row].place("vnic");
            estate.replace_quietly(row, "vnic", &new, place);
        }
    }
}

/// A port without link tells no speed: that of ports of the same model, else what the name of the model tells.
fn speeds(estate: &mut Estate, assumed: &mut Vec<Assumed>) {
    let nics = estate.rows_of("nics");
    let mut of_model: BTreeMap<String, String> = BTreeMap::new();
    for nic in &nics {
        let (model, speed) = (estate.text(*nic, "model"), estate.text(*nic, "speed_mbps"));
        let number = |text: &str| text.parse::<u64>().unwrap_or(0);
        if number(speed) > of_model.get(model).map_or(0, |known| number(known)) {
            of_model.insert(model.to_owned(), speed.to_owned());
        }
    }
    let (mut alike, mut by_name) = (0, 0);
    for nic in nics {
        if !estate.text(nic, "speed_mbps").is_empty() {
            continue;
        }
        let model = estate.text(nic, "model").to_owned();
        let place = estate.rows[nic].record;
        let speed = match of_model.get(&model) {
            Some(speed) if !model.is_empty() => {
                alike += 1;
                speed.clone()
            }
            _ => {
                by_name += 1;
                speed_in_name(&model).to_owned()
            }
        };
        estate.conclude(nic, "speed_mbps", &speed, place);
    }
    if alike > 0 {
        let taken = "that of the fastest port of the same model; write speed_mbps in nics";
        assumed.push((
            format!("speed of {} without link", count(alike, "port")),
            taken.to_owned(),
        ));
    }
    if by_name > 0 {
        let taken = "what the name of the model tells, else 1 Gbit/s; write speed_mbps in nics";
        assumed.push((
            format!("speed of {}, told by nothing", count(by_name, "port")),
            taken.to_owned(),
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_versions_are_known_by_name_and_by_build() {
        for (text, name) in [
            ("10.0.20348", Some("2022")),
            ("20348", Some("2022")),
            ("6.1.7601", Some("2008r2")),
            ("Microsoft Windows Server 2019 Datacenter", Some("2019")),
            ("10.0.12345", None),
        ] {
            assert_eq!(profile(text), name, "{text}");
        }
    }
}
