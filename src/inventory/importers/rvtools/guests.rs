//! VMs and their adapters. Templates, placeholders of Site Recovery Manager and VMware's own agents are no VMs that move; those that
//! are off are kept as such, since they may be started.
//!
//! In: estate. Out: rows of vms and vnics.

use super::estate::{Estate, Vlans, key, networks};
use super::hosts::mac;
use super::out::{Out, of_row, unique};
use super::sheet::{Line, Tab};
use crate::inventory::cells;
use std::collections::{BTreeMap, BTreeSet};

/// Most adapters that a count without names is believed: a VM of VMware has ten.
const MOST_ADAPTERS: u64 = 10;

/// A VM that is written.
struct Guest<'a> {
    line: Line<'a>,
    name: String,
    /// Name of its cluster in the inventory.
    cluster: String,
    /// The same as VMware writes it.
    vmware_cluster: &'a str,
    adapters: Vec<Line<'a>>,
}

/// Writes everything about VMs. `cluster` gives the name that stands in the inventory.
pub(super) fn write(estate: &Estate<'_>, cluster: &dyn Fn(&str) -> String, out: &mut Out) {
    let mut guests = guests(estate, cluster, out);
    let listed = estate.sheet(Tab::Network).is_some();
    if listed {
        share_adapters(estate, &mut guests, out);
    }
    let memory = memory(estate);
    for guest in &guests {
        vm_row(estate, guest, &memory, out);
        if listed && !guest.adapters.is_empty() {
            adapter_rows(estate, guest, out);
        } else {
            out.told.without_adapters += usize::from(listed);
            counted_adapters(estate, guest, out);
        }
    }
}

/// The VMs that move, with unique names in their cluster.
fn guests<'a>(estate: &Estate<'a>, cluster: &dyn Fn(&str) -> String, out: &mut Out) -> Vec<Guest<'a>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut guests = Vec::new();
    for line in estate.lines(Tab::Info) {
        if let Some(why) = left_out(line) {
            *out.told.left_out.entry(why).or_default() += 1;
            continue;
        }
        let Some(vmware_cluster) = cluster_of(estate, line) else {
            out.told.outside_vms += 1;
            continue;
        };
        let own = cluster(vmware_cluster);
        let taken = names.entry(own.clone()).or_default();
        let name = unique(line.text("vm"), taken);
        out.told.renamed += usize::from(name != line.text("vm"));
        guests.push(Guest {
            line,
            name,
            cluster: own,
            vmware_cluster,
            adapters: Vec::new(),
        });
    }
    guests
}

/// Why a row of vInfo is no VM that moves.
pub(super) fn left_out(line: Line<'_>) -> Option<&'static str> {
    let name = line.text("vm");
    let agent = name
        .strip_prefix("vCLS")
        .is_some_and(|rest| rest.starts_with(['-', ' ', '(']));
    if line.yes("template") {
        Some("template")
    } else if line.yes("placeholder") {
        Some("placeholder of Site Recovery Manager")
    } else if agent {
        Some("vCLS agent of vSphere")
    } else if matches!(
        key(line.text("connection")).as_str(),
        "orphaned" | "inaccessible" | "invalid"
    ) {
        Some("orphaned or inaccessible VM")
    } else {
        None
    }
}

/// The VMware cluster of a VM: that of its host, else the one it names, else the only one.
fn cluster_of<'a>(estate: &Estate<'a>, line: Line<'a>) -> Option<&'a str> {
    let host = key(line.text("host"));
    if let Some(host) = estate.hosts.get(&host) {
        return Some(host.cluster);
    }
    if estate.outside.contains(&host) {
        return None;
    }
    let named = estate.clusters.get(&key(line.text("cluster"))).copied();
    named.or_else(|| match estate.clusters.len() {
        0 => Some(""),
        1 if line.text("cluster").is_empty() => estate.clusters.values().next().copied(),
        _ => None,
    })
}

/// Gives every row of vNetwork to its VM: by the VM's ID, else by name and host, else by a name that only one VM has.
fn share_adapters<'a>(estate: &Estate<'a>, guests: &mut [Guest<'a>], out: &mut Out) {
    let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
    let mut by_place: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, guest) in guests.iter().enumerate() {
        let (name, host) = (key(guest.line.text("vm")), key(guest.line.text("host")));
        let id = key(guest.line.text("id"));
        if !id.is_empty() {
            by_id.entry(format!("{id} {name}")).or_insert(index);
        }
        by_place.entry((name.clone(), host)).or_default().push(index);
        by_name.entry(name).or_default().push(index);
    }
    let known: BTreeSet<String> = estate.lines(Tab::Info).map(|line| key(line.text("vm"))).collect();
    for line in estate.lines(Tab::Network) {
        let (name, host, id) = (key(line.text("vm")), key(line.text("host")), key(line.text("id")));
        let only = |found: Option<&Vec<usize>>| found.filter(|f| f.len() == 1).and_then(|f| f.first().copied());
        let found = by_id
            .get(&format!("{id} {name}"))
            .copied()
            .or_else(|| only(by_place.get(&(name.clone(), host))))
            .or_else(|| only(by_name.get(&name)));
        match found.and_then(|index| guests.get_mut(index)) {
            Some(guest) => guest.adapters.push(line),
            None => out.told.stray_adapters += usize::from(!known.contains(&name) && !line.yes("template")),
        }
    }
}

/// Rows of the sheet vMemory by VM and host, and by VM alone where its name is used once.
struct Memory<'a>(BTreeMap<(String, Option<String>), Vec<Line<'a>>>);

/// For rows of vInfo that have none.
fn memory<'a>(estate: &Estate<'a>) -> Memory<'a> {
    let mut found = BTreeMap::new();
    let told = estate.lines(Tab::Memory).filter(|line| line.number("memory").is_some());
    for line in told {
        for host in [Some(key(line.text("host"))), None] {
            let rows: &mut Vec<Line<'a>> = found.entry((key(line.text("vm")), host)).or_default();
            rows.push(line);
        }
    }
    Memory(found)
}

impl<'a> Memory<'a> {
    /// The row about a VM of vInfo.
    fn line(&self, vm: Line<'_>) -> Option<Line<'a>> {
        let only = |host: Option<String>| match self.0.get(&(key(vm.text("vm")), host)).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        };
        only(Some(key(vm.text("host")))).or_else(|| only(None))
    }
}

fn vm_row(estate: &Estate<'_>, guest: &Guest<'_>, memory: &Memory<'_>, out: &mut Out) {
    let line = guest.line;
    let host = estate.hosts.get(&key(line.text("host"))).map_or("", |host| host.name);
    out.told.vms += 1;
    if host.is_empty() && !line.text("host").is_empty() {
        out.told.unknown_hosts.insert(line.text("host").to_owned());
        out.told.vms_on_unknown_hosts += 1;
    }
    let elsewhere = || memory.line(line).and_then(|line| line.number("memory"));
    let mib = line
        .number("memory")
        .or_else(elsewhere)
        .filter(|m| *m <= cells::MAX_MEMORY);
    let mib = mib.map(|m| m.to_string()).unwrap_or_default();
    let state = match key(line.text("power")).as_str() {
        "poweredoff" | "off" => "off",
        "suspended" => "saved",
        _ => "running",
    };
    let os = match line.text("os_tools") {
        "" => line.text("os"),
        told => told,
    };
    let generation = match key(line.text("firmware")).as_str() {
        "efi" => "2",
        "bios" => "1",
        _ => "",
    };
    let values = [
        ("vm", guest.name.as_str()),
        ("cluster", &guest.cluster),
        ("node", host),
        ("memory_mib", &mib),
        ("state", state),
        ("generation", generation),
        ("priority", priority(line.text("priority"))),
        ("os", os),
    ];
    let own = [
        ("vm", "vm"),
        ("cluster", "cluster"),
        ("node", "host"),
        ("state", "power"),
        ("generation", "firmware"),
        ("priority", "priority"),
        (
            "os",
            if line.text("os_tools").is_empty() {
                "os"
            } else {
                "os_tools"
            },
        ),
    ];
    let mut cells = of_row(line, &own);
    let of_memory = memory.line(line).filter(|_| line.number("memory").is_none());
    cells.push(("memory_mib", of_memory.unwrap_or(line), "memory"));
    out.push("vms", line, &values, &cells);
}

/// Restart priority of vSphere HA as the priority of a clustered role.
fn priority(text: &str) -> &'static str {
    match key(text).as_str() {
        "highest" | "high" => "high",
        "medium" => "medium",
        "low" | "lowest" => "low",
        "disabled" => "no-auto-start",
        _ => "",
    }
}

fn adapter_rows(estate: &Estate<'_>, guest: &Guest<'_>, out: &mut Out) {
    let mut names = BTreeSet::new();
    for (index, line) in guest.adapters.iter().enumerate() {
        let label = match line.text("label") {
            "" => format!("Network adapter {}", index + 1),
            label => label.to_owned(),
        };
        let by_hand = key(line.text("type")) == "manual";
        let adapter = Adapter {
            line: *line,
            column: "network",
            name: unique(&label, &mut names),
            group: line.text("network"),
            switch: line.text("switch"),
            mac: mac(line.text("mac")),
            by_hand,
        };
        out.told.macs += usize::from(!adapter.mac.is_empty());
        out.told.macs_by_hand += usize::from(by_hand && !adapter.mac.is_empty());
        let columns = estate.sheet(Tab::Network).is_some_and(|s| s.has("connected"));
        let unplugged = columns && !line.yes("connected") && !line.yes("starts");
        out.told.unplugged += usize::from(unplugged);
        adapter.write(estate, guest, out);
    }
}

/// Adapters of a VM of which only the number, or their networks, are known.
fn counted_adapters(estate: &Estate<'_>, guest: &Guest<'_>, out: &mut Out) {
    let networks: Vec<&str> = networks(guest.line).collect();
    // A blank is no count: every VM has an adapter until it says that it has none.
    let said = guest.line.number("nics").unwrap_or(1).min(MOST_ADAPTERS);
    let count = networks.len().max(usize::try_from(said).unwrap_or(0));
    for index in 0..count {
        let adapter = Adapter {
            line: guest.line,
            column: "nics",
            name: format!("Network adapter {}", index + 1),
            group: networks.get(index).copied().unwrap_or(""),
            switch: "",
            mac: "",
            by_hand: false,
        };
        out.told.counted_adapters += 1;
        adapter.write(estate, guest, out);
    }
}

/// One adapter of a VM.
struct Adapter<'a> {
    line: Line<'a>,
    /// The column that tells that it exists.
    column: &'static str,
    name: String,
    group: &'a str,
    switch: &'a str,
    mac: &'a str,
    by_hand: bool,
}

impl<'a> Adapter<'a> {
    fn write(&self, estate: &Estate<'a>, guest: &Guest<'_>, out: &mut Out) {
        let host = guest.line.text("host");
        let switch = estate.switch_of(host, self.switch, self.group);
        let vlans = estate.vlans(host, switch, self.group);
        out.told.adapters += 1;
        out.told.trunks += usize::from(vlans == Vlans::All);
        if vlans == Vlans::Unknown && !self.group.is_empty() {
            out.told.unknown_groups.insert(self.group.to_owned());
            out.told.without_vlan += 1;
        }
        let vlans = match &vlans {
            Vlans::Some(text) => text,
            Vlans::All | Vlans::Unknown => "",
        };
        let several = estate.switches_of(guest.vmware_cluster) > 1;
        out.told.zones += usize::from(several && !switch.is_empty());
        let values = [
            ("vm", guest.name.as_str()),
            ("vnic", &self.name),
            ("switch", switch),
            ("vlans", vlans),
            ("mac", self.mac),
            ("mac_type", if self.by_hand { "static" } else { "dynamic" }),
            ("zone", if several { switch } else { "" }),
            ("cluster", &guest.cluster),
        ];
        let columns: &[(&'static str, &'static str)] = match self.line.tab() {
            Tab::Network => &[
                ("vm", "vm"),
                ("vnic", "label"),
                ("switch", if self.switch.is_empty() { self.column } else { "switch" }),
                ("mac", "mac"),
                ("mac_type", "type"),
                ("zone", "switch"),
            ],
            _ => &[("vm", "vm"), ("vnic", self.column), ("cluster", "cluster")],
        };
        let mut cells = of_row(self.line, columns);
        cells.extend(
            estate
                .vlan_line(host, switch, self.group)
                .map(|line| ("vlans", line, "vlan")),
        );
        out.push("vnics", self.line, &values, &cells);
    }
}
