//! VMs and their network adapters.

use super::Resolver;
use super::book::{Group, Groups, key};
use super::nics::text;
use super::problems::Problems;
use crate::inventory::cells;
use crate::inventory::doubts;
use crate::inventory::raw::{Cell, Line, Record};
use crate::inventory::{Cluster, Facts, Nlb, NlbMode, SwitchKind, Vm, VmPriority, VmState, Vnic};
use crate::units::Mac;
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// Memory of a VM when nothing is said, MiB.
pub(crate) const DEFAULT_MEMORY_MIB: u64 = 4096;
/// Name of an adapter when nothing is said; Windows calls every first one so.
const DEFAULT_VNIC: &str = "Network Adapter";

/// Builds VMs, then vNICs.
pub(super) fn build(r: &mut Resolver<'_>) {
    vms(r);
    vnics(r);
}

fn vms(r: &mut Resolver<'_>) {
    let mut groups = Groups::default();
    for line in r.lines("vms") {
        let cell = line.cell("vm");
        let Some(name) = r.problems.required(cell) else {
            continue;
        };
        if let Some(cluster) = vm_cluster(r, line) {
            groups.add(cluster, name, cell, &mut r.problems);
        }
    }
    let mut owner_lists = BTreeMap::new();
    for group in groups.sorted(&mut r.problems) {
        let vm = vm(r, &group, &mut owner_lists);
        r.clusters[group.owner].vms.push(vm);
    }
}

/// The cluster a VM row names, else that of its node, else the input's only one.
fn vm_cluster(r: &mut Resolver<'_>, line: Line<'_>) -> Option<usize> {
    let (named, node) = (line.cell("cluster"), line.cell("node"));
    if !named.text.is_empty() || node.text.is_empty() || r.owners.of_input(line.table.input).len() == 1 {
        return r.owners.of(line, &mut r.problems);
    }
    let number = r.nodes.find(node, node.text, None, &r.owners, &mut r.problems)?;
    Some(r.nodes.place(number).0)
}

fn vm<'a>(r: &mut Resolver<'a>, group: &Group<'a>, owner_lists: &mut BTreeMap<(usize, &'a str), Vec<usize>>) -> Vm {
    let record = &group.record;
    let host = node_position(r, group.owner, record.cell("node"));
    let owners = owners(r, group.owner, record.cell("possible_owners"), owner_lists);
    r.vms_without_memory[group.owner] += usize::from(record.text("memory_mib").is_empty());
    let p = &mut r.problems;
    Vm {
        name: group.name.clone(),
        origin: record.origin(),
        facts: p.facts(record),
        host,
        memory_mib: p
            .read_plausible(record, "memory_mib", cells::memory, doubts::vm_memory)
            .unwrap_or(DEFAULT_MEMORY_MIB),
        maximum_memory_mib: p.read_plausible(record, "maximum_memory_mib", cells::memory, doubts::vm_memory),
        dirty_mib_s: p.read(record, "dirty_mib_s", cells::rounded_up),
        working_set_mib: p.read(record, "working_set_mib", cells::memory),
        state: p.read(record, "state", state).unwrap_or(VmState::Running),
        generation: p.read(record, "generation", generation).unwrap_or(1),
        priority: p.read(record, "priority", priority).unwrap_or(VmPriority::Medium),
        owners,
        anti_affinity: text(record, "anti_affinity"),
        os: text(record, "os"),
        nlb: nlb(record, p),
        pxe: p.read(record, "pxe", cells::yes_no).unwrap_or(false),
        replica: p.read(record, "replica", cells::yes_no).unwrap_or(false),
        mac_bound: reason(record, "mac_bound"),
        spoofing_reason: reason(record, "spoofing_reason"),
        vnics: Vec::new(),
    }
}

/// A reason in words; `no` and `none` are none.
fn reason(record: &Record<'_>, column: &str) -> String {
    let said = record.text(column);
    if matches!(said.to_ascii_lowercase().as_str(), "no" | "none" | "-") {
        String::new()
    } else {
        said.to_owned()
    }
}

fn node_position(r: &mut Resolver<'_>, cluster: usize, cell: Cell<'_>) -> Option<usize> {
    if cell.text.is_empty() {
        return None;
    }
    let number = r
        .nodes
        .find(cell, cell.text, Some(cluster), &r.owners, &mut r.problems)?;
    Some(r.nodes.place(number).1)
}

/// Nodes that may own a VM; the same cell text is looked up once.
fn owners<'a>(
    r: &mut Resolver<'a>,
    cluster: usize,
    cell: Cell<'a>,
    known: &mut BTreeMap<(usize, &'a str), Vec<usize>>,
) -> Vec<usize> {
    if let Some(list) = known.get(&(cluster, cell.text)) {
        return list.clone();
    }
    let all = || (0..r.clusters[cluster].nodes.len()).collect::<Vec<usize>>();
    if cell.text.is_empty() || cell.text == "*" || cell.text.eq_ignore_ascii_case("all") {
        let all = all();
        known.insert((cluster, cell.text), all.clone());
        return all;
    }
    let mut found = BTreeSet::new();
    let mut whole = true;
    for name in owner_names(r, cluster, cell.text) {
        match r.nodes.find(cell, name, Some(cluster), &r.owners, &mut r.problems) {
            Some(number) => {
                found.insert(r.nodes.place(number).1);
            }
            None => whole = false,
        }
    }
    let list: Vec<usize> = found.into_iter().collect();
    if whole {
        known.insert((cluster, cell.text), list.clone());
    }
    list
}

/// Names in a list of nodes: blanks separate too, unless a part with blanks is a node.
fn owner_names<'a>(r: &Resolver<'_>, cluster: usize, text: &'a str) -> Vec<&'a str> {
    let known = |name: &str| r.nodes.knows(name, cluster);
    let split = |part: &'a str| {
        if known(part) {
            vec![part]
        } else {
            cells::words(part).collect()
        }
    };
    if known(text) {
        vec![text]
    } else {
        cells::list(text).flat_map(split).collect()
    }
}

fn state(text: &str) -> Result<VmState, String> {
    match text.to_ascii_lowercase().as_str() {
        "running" | "paused" | "on" | "poweredon" | "starting" => Ok(VmState::Running),
        "saved" | "suspended" | "saving" => Ok(VmState::Saved),
        "off" | "poweredoff" | "stopped" | "stopping" => Ok(VmState::Off),
        _ => Err(format!("'{text}' is no state of a VM")),
    }
}

fn generation(text: &str) -> Result<u8, String> {
    match text {
        "1" => Ok(1),
        "2" => Ok(2),
        _ => Err(format!("there is no generation {text}: it is 1 or 2")),
    }
}

fn priority(text: &str) -> Result<VmPriority, String> {
    let word: String = text
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match word.as_str() {
        "high" | "3000" => Ok(VmPriority::High),
        "medium" | "normal" | "2000" => Ok(VmPriority::Medium),
        "low" | "1000" => Ok(VmPriority::Low),
        "noautostart" | "none" | "0" => Ok(VmPriority::NoAutoStart),
        _ => Err(format!("'{text}' is no priority of a clustered VM")),
    }
}

fn nlb(record: &Record<'_>, problems: &mut Problems<'_>) -> Option<Nlb> {
    let mode = problems.read(record, "nlb_mode", nlb_mode);
    let vip = problems.read(record, "nlb_ip", |t| {
        t.parse::<Ipv4Addr>().map_err(|_| format!("'{t}' is no IPv4 address"))
    });
    let name = text(record, "nlb_cluster");
    if name.is_empty() {
        if mode.is_some() || vip.is_some() {
            let what = "nlb_mode or nlb_ip is given, nlb_cluster is blank";
            problems.at(
                record.cell("nlb_cluster"),
                what,
                "Give the members of one NLB cluster the same name.",
            );
        }
        return None;
    }
    Some(Nlb {
        name,
        mode: mode.unwrap_or(NlbMode::Unicast),
        vip,
    })
}

fn nlb_mode(text: &str) -> Result<NlbMode, String> {
    let word: String = text
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match word.as_str() {
        "unicast" => Ok(NlbMode::Unicast),
        "multicast" => Ok(NlbMode::Multicast),
        "igmp" | "igmpmulticast" | "multicastigmp" => Ok(NlbMode::Igmp),
        _ => Err(format!("'{text}' is no NLB mode")),
    }
}

/// VMs by name in lower case: cluster and position.
type VmIndex = BTreeMap<String, Vec<(usize, usize)>>;

fn vnics(r: &mut Resolver<'_>) {
    let mut index: VmIndex = BTreeMap::new();
    let mut starts = Vec::new();
    let mut count = 0;
    for (c, cluster) in r.clusters.iter().enumerate() {
        starts.push(count);
        count += cluster.vms.len();
        for (v, vm) in cluster.vms.iter().enumerate() {
            index.entry(key(&vm.name)).or_default().push((c, v));
        }
    }
    let mut groups = Groups::default();
    let mut unnamed: Vec<(usize, Line<'_>)> = Vec::new();
    for line in r.lines("vnics") {
        let Some((cluster, vm)) = find_vm(r, &index, line) else {
            continue;
        };
        let cell = line.cell("vnic");
        match cell.text {
            "" => unnamed.push((starts[cluster] + vm, line)),
            name => groups.add(starts[cluster] + vm, name, cell, &mut r.problems),
        }
    }
    name_the_unnamed(&mut groups, unnamed, &mut r.problems);
    for group in groups.sorted(&mut r.problems) {
        let cluster = starts.partition_point(|s| *s <= group.owner) - 1;
        let vm = group.owner - starts[cluster];
        let vnic = vnic(&group, &r.clusters[cluster], vm, &mut r.problems);
        r.clusters[cluster].vms[vm].vnics.push(vnic);
    }
    for cluster in &mut r.clusters {
        assume_vnics(cluster);
    }
}

/// The VM that a vNIC row names.
fn find_vm(r: &mut Resolver<'_>, index: &VmIndex, line: Line<'_>) -> Option<(usize, usize)> {
    let cell = line.cell("vm");
    let name = r.problems.required(cell)?;
    let cluster = r.owners.named(line, &mut r.problems)?;
    let known = index.get(&key(name)).map_or(&[][..], Vec::as_slice);
    let mut found: Vec<(usize, usize)> = known
        .iter()
        .filter(|(c, _)| cluster.is_none_or(|w| w == *c))
        .copied()
        .collect();
    if found.len() > 1 {
        let near = r.owners.of_input(line.table.input);
        found.retain(|(c, _)| near.contains(c));
    }
    match found[..] {
        [place] => Some(place),
        [] if known.len() < 2 => {
            let wanted = r
                .clusters
                .iter()
                .enumerate()
                .filter(|(i, _)| cluster.is_none_or(|c| c == *i));
            r.problems.dangling(
                cell,
                "VM",
                name,
                wanted.flat_map(|(_, c)| c.vms.iter().map(|v| v.name.as_str())),
            );
            None
        }
        _ => {
            let what = format!("'{}' names VMs of several clusters", super::problems::shorten(name));
            r.problems.at(cell, what, "Fill the column cluster.");
            None
        }
    }
}

/// Adapters without a name get the name that Windows gives, numbered where a VM has several, whatever the order of rows.
fn name_the_unnamed<'a>(groups: &mut Groups<'a>, mut unnamed: Vec<(usize, Line<'a>)>, problems: &mut Problems<'_>) {
    let content = |line: &Line<'_>| {
        line.table
            .def
            .columns
            .iter()
            .map(|c| line.cell(c.name).text.to_owned())
            .collect::<Vec<_>>()
    };
    unnamed.sort_by(|(vm, a), (other, b)| {
        let place = (vm, a.table.input).cmp(&(other, b.table.input));
        place.then_with(|| content(a).cmp(&content(b)))
    });
    let mut last = None;
    let mut count = 0;
    for (vm, line) in unnamed {
        let input = line.table.input;
        count = if last == Some((vm, input)) { count + 1 } else { 1 };
        last = Some((vm, input));
        let name = if count == 1 {
            DEFAULT_VNIC.to_owned()
        } else {
            format!("{DEFAULT_VNIC} {count}")
        };
        groups.add(vm, &name, line.cell("vnic"), problems);
    }
}

fn vnic(group: &Group<'_>, cluster: &Cluster, vm: usize, p: &mut Problems<'_>) -> Vnic {
    let record = &group.record;
    let (switch, isolated) = switch(cluster, &cluster.vms[vm], record.text("switch"));
    Vnic {
        name: group.name.clone(),
        origin: record.origin(),
        facts: p.facts(record),
        legacy: p.read(record, "type", legacy).unwrap_or(false),
        switch,
        isolated,
        vlans: p.read(record, "vlans", vnic_vlans).unwrap_or_default(),
        mac: p.read(record, "mac", Mac::parse).filter(|m| !m.is_unset()),
        dynamic_mac: p.read(record, "mac_type", dynamic).unwrap_or(true),
        spoofing: p.read(record, "spoofing", cells::yes_no).unwrap_or(false),
        average: p.read(record, "average_mbps", cells::rate),
        p95: p.read(record, "p95_mbps", cells::rate),
        peak: p.read(record, "peak_mbps", cells::rate),
        weight: p.read(record, "weight", cells::whole_u32),
        zone: text(record, "zone"),
        dedicated: p.read(record, "dedicated", cells::yes_no).unwrap_or(false),
    }
}

fn legacy(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "synthetic" => Ok(false),
        "legacy" | "emulated" => Ok(true),
        _ => cells::yes_no(text).map_err(|_| format!("'{text}' is no kind of adapter")),
    }
}

fn dynamic(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "dynamic" => Ok(true),
        "static" => Ok(false),
        _ => cells::yes_no(text).map_err(|_| format!("'{text}' is neither dynamic nor static")),
    }
}

fn vnic_vlans(text: &str) -> Result<BTreeSet<u16>, String> {
    if text.eq_ignore_ascii_case("untagged") {
        return Ok(BTreeSet::new());
    }
    cells::vlans(text)?.ok_or_else(|| "an adapter needs its VLANs one by one, not all".to_owned())
}

/// Name of the switch in the spelling of the host, and whether it leads nowhere outside.
fn switch(cluster: &Cluster, vm: &Vm, name: &str) -> (String, bool) {
    if name.is_empty() {
        return (String::new(), false);
    }
    let hosts = cluster
        .nodes
        .iter()
        .enumerate()
        .filter(|(index, _)| vm.host.is_none_or(|h| h == *index));
    let same = |have: &str| have == name || key(have) == key(name);
    let found: Vec<_> = hosts
        .filter_map(|(_, n)| n.switches.iter().find(|s| same(&s.name)))
        .collect();
    let isolated = !found.is_empty() && found.iter().all(|s| s.kind != SwitchKind::External);
    (found.first().map_or(name, |s| s.name.as_str()).to_owned(), isolated)
}

/// A cluster whose VMs have no vNIC at all is one whose adapters were not written down: each VM is taken to have one.
fn assume_vnics(cluster: &mut Cluster) {
    if cluster.vms.iter().any(|v| !v.vnics.is_empty()) {
        return;
    }
    for vm in &mut cluster.vms {
        vm.vnics.push(Vnic {
            name: DEFAULT_VNIC.to_owned(),
            origin: vm.origin,
            facts: Facts::default(),
            legacy: false,
            switch: String::new(),
            isolated: false,
            vlans: BTreeSet::new(),
            mac: None,
            dynamic_mac: true,
            spoofing: false,
            average: None,
            p95: None,
            peak: None,
            weight: None,
            zone: String::new(),
            dedicated: false,
        });
    }
}
