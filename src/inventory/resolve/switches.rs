//! Virtual switches and host vNICs, and what follows for each port: its external switch and its traffic roles.

use super::Resolver;
use super::book::{Groups, key};
use super::nics::{VmWish, position, role};
use super::topology::by_name;
use crate::inventory::catalogue::CONCLUDED;
use crate::inventory::cells;
use crate::inventory::raw::{Cell, Record};
use crate::inventory::{Fact, Facts, HostVnic, Node, SwitchKind, VirtualSwitch};
use crate::roles::Role;
use crate::units::{Mac, count, host_vnic_of};

/// Name of an external switch that nobody names.
const UNNAMED: &str = "External-1";

/// Builds switches and host vNICs and settles the ports' roles.
pub(super) fn build(r: &mut Resolver<'_>, wishes: Vec<VmWish<'_>>) {
    switches(r);
    for wish in wishes {
        bind_wish(r, wish);
    }
    host_vnics(r);
    for cluster in &mut r.clusters {
        for node in &mut cluster.nodes {
            settle_roles(node);
        }
    }
}

fn switches(r: &mut Resolver<'_>) {
    let mut groups = Groups::default();
    for line in r.lines("switches") {
        let cell = line.cell("switch");
        let node = r.nodes.of(line, &r.owners, &mut r.problems);
        if let (Some(name), Some(node)) = (r.problems.required(cell), node) {
            groups.add(node, name, cell, &mut r.problems);
        }
    }
    for group in groups.sorted(&mut r.problems) {
        let (cluster, node) = r.nodes.place(group.owner);
        let record = &group.record;
        let kind = r.problems.read(record, "type", kind).unwrap_or(SwitchKind::External);
        let bound = bound_nics(r, cluster, node, record);
        if kind != SwitchKind::External && !bound.is_empty() {
            let advice = "Clear the cell nics, or write external.";
            r.problems.at(
                record.cell("nics"),
                "an internal or private switch is bound to no NIC",
                advice,
            );
        }
        let switch = VirtualSwitch {
            name: group.name.clone(),
            kind,
            nics: Vec::new(),
            allow_management_os: r.problems.read(record, "allow_management_os", cells::yes_no),
            origin: record.origin(),
            facts: r.problems.facts(record),
        };
        r.clusters[cluster].nodes[node].switches.push(switch);
        for nic in bound {
            bind(r, (cluster, node), &group.name, nic, record.cell("nics"));
        }
    }
}

fn kind(text: &str) -> Result<SwitchKind, String> {
    match text.to_ascii_lowercase().as_str() {
        "external" | "2" => Ok(SwitchKind::External),
        "internal" | "1" => Ok(SwitchKind::Internal),
        "private" | "0" => Ok(SwitchKind::Private),
        _ => Err(format!("'{text}' is no kind of virtual switch")),
    }
}

/// Positions of the NICs that a switch names, directly or as a team; unknown names are told.
fn bound_nics(r: &mut Resolver<'_>, cluster: usize, node: usize, record: &Record<'_>) -> Vec<usize> {
    let cell = record.cell("nics");
    let nics = &r.clusters[cluster].nodes[node].nics;
    let named = |name: &str| -> Vec<usize> {
        let team = (0..nics.len()).filter(|i| !nics[*i].team.is_empty() && key(&nics[*i].team) == key(name));
        position(nics, name).map_or_else(|| team.collect(), |nic| vec![nic])
    };
    let known = |parts: &Vec<&str>| parts.iter().all(|p| !named(p).is_empty());
    let split = |marks: &[char]| {
        cell.text
            .split(marks)
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .collect::<Vec<&str>>()
    };
    // Names may hold any of the marks: the first way to split the cell into known names counts.
    let ways = [
        vec![cell.text],
        split(&[';']),
        split(&['|']),
        split(&[';', '|']),
        split(&[',']),
    ];
    let parts = ways
        .into_iter()
        .find(known)
        .unwrap_or_else(|| cells::list(cell.text).collect());
    let mut found: Vec<usize> = parts.iter().flat_map(|p| named(p)).collect();
    let unknown: Vec<&str> = parts.into_iter().filter(|p| named(p).is_empty()).collect();
    let names: Vec<String> = nics.iter().map(|n| n.name.clone()).collect();
    for part in unknown {
        r.problems.dangling(cell, "NIC", part, names.iter().map(String::as_str));
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Binds a port to an external switch of its node; a port has only one.
fn bind(r: &mut Resolver<'_>, (cluster, node): (usize, usize), switch: &str, nic: usize, cell: Cell<'_>) {
    let node = &mut r.clusters[cluster].nodes[node];
    let port = &mut node.nics[nic];
    if let Some(other) = port.switch.as_ref().filter(|other| key(other) != key(switch)) {
        let what = format!(
            "the NIC '{}' is bound to two external switches, '{other}' and '{switch}'",
            port.name
        );
        return r.problems.at(
            cell,
            what,
            "A port holds one external switch; several VLANs go over one switch.",
        );
    }
    let Some(found) = node.switches.iter_mut().find(|s| key(&s.name) == key(switch)) else {
        return;
    };
    if found.kind != SwitchKind::External {
        return;
    }
    port.switch = Some(found.name.clone());
    if !found.nics.contains(&port.name) {
        found.nics.push(port.name.clone());
        by_name(&mut found.nics, |n| n);
    }
}

/// A port that is said to carry VM traffic holds the switch that is named, the node's only one, or a new one.
fn bind_wish(r: &mut Resolver<'_>, wish: VmWish<'_>) {
    let (cluster, position) = r.nodes.place(wish.node);
    let node = &mut r.clusters[cluster].nodes[position];
    if node.nics[wish.nic].switch.is_some() && wish.switch.is_none() {
        return;
    }
    let external: Vec<&VirtualSwitch> = node
        .switches
        .iter()
        .filter(|s| s.kind == SwitchKind::External)
        .collect();
    let named = wish.switch.is_some();
    let name = match (wish.switch, external[..].len()) {
        (Some(name), _) => name,
        (None, 0) => UNNAMED.to_owned(),
        (None, 1) => external[0].name.clone(),
        (None, _) => {
            let what = "current_role says vm, but the node has several external switches and none is bound to this NIC";
            return r.problems.at(
                wish.cell,
                what,
                "Write vm:NAME with the switch's name, or name the NIC in switches.",
            );
        }
    };
    match node.switches.iter_mut().find(|s| key(&s.name) == key(&name)) {
        None => {
            let origin = wish.cell.line.origin();
            let kind = SwitchKind::External;
            node.switches.push(VirtualSwitch {
                name: name.clone(),
                kind,
                nics: Vec::new(),
                allow_management_os: None,
                origin,
                facts: if named { Facts::default() } else { concluded() },
            });
            by_name(&mut node.switches, |s| &s.name);
        }
        Some(found) if found.kind != SwitchKind::External => {
            let what = format!("'{}' is no external switch, so no NIC can be bound to it", found.name);
            return r
                .problems
                .at(wish.cell, what, "Correct the name, or the type in switches.");
        }
        Some(found) if named => confirm(found),
        Some(_) => {}
    }
    bind(r, (cluster, position), &name, wish.nic, wish.cell);
}

/// The mark of a switch that no row names.
fn concluded() -> Facts {
    let mut facts = Facts::default();
    facts.insert(CONCLUDED, Fact::List(vec!["switch".to_owned()]));
    facts
}

/// A row names the switch.
fn confirm(switch: &mut VirtualSwitch) {
    if switch.facts.concludes("switch") {
        switch.facts.remove(CONCLUDED);
    }
}

fn host_vnics(r: &mut Resolver<'_>) {
    let mut groups = Groups::default();
    for line in r.lines("host_vnics") {
        let cell = line.cell("host_vnic");
        let node = r.nodes.of(line, &r.owners, &mut r.problems);
        if let (Some(name), Some(node)) = (r.problems.required(cell), node) {
            groups.add(node, host_vnic_of(name), cell, &mut r.problems);
        }
    }
    for group in groups.sorted(&mut r.problems) {
        let (cluster, node) = r.nodes.place(group.owner);
        let record = &group.record;
        let Some(switch) = host_switch(r, cluster, node, record) else {
            continue;
        };
        let role = r.problems.read(record, "role", |t| match role(t)? {
            Role::Vm => Err("a host vNIC carries no VM traffic".to_owned()),
            role => Ok(role),
        });
        if role == Some(Role::Storage) {
            r.storage_hints[cluster].hear(record.text("role"));
        }
        let vnic = HostVnic {
            name: group.name.clone(),
            switch,
            role,
            vlan: r.problems.read(record, "vlan", cells::vlan).flatten(),
            weight: r.problems.read(record, "weight", cells::whole_u32),
            mac: r.problems.read(record, "mac", Mac::parse),
            addresses: r.problems.read(record, "addresses", cells::ranges).unwrap_or_default(),
            rdma: r.problems.read(record, "rdma", cells::yes_no),
            origin: record.origin(),
            facts: r.problems.facts(record),
        };
        r.clusters[cluster].nodes[node].host_vnics.push(vnic);
    }
}

/// The switch a host vNIC is on, in the spelling of its node; blank means the node's only external one.
fn host_switch(r: &mut Resolver<'_>, cluster: usize, node: usize, record: &Record<'_>) -> Option<String> {
    let cell = record.cell("switch");
    let switches = &r.clusters[cluster].nodes[node].switches;
    if cell.text.is_empty() {
        let external: Vec<&VirtualSwitch> = switches.iter().filter(|s| s.kind == SwitchKind::External).collect();
        if let [only] = external[..] {
            return Some(only.name.clone());
        }
        if ["switches", "nics"].iter().any(|table| r.problems.is_unread(table)) {
            return None;
        }
        let what = format!(
            "the cell switch is blank, and the node has {}",
            count(external.len(), "external switch")
        );
        r.problems.at(
            cell,
            what,
            "Name the virtual switch that the host vNIC is on; it must stand in switches.",
        );
        return None;
    }
    let names: Vec<String> = switches.iter().map(|s| s.name.clone()).collect();
    let switches = &mut r.clusters[cluster].nodes[node].switches;
    let found = switches.iter_mut().find(|s| key(&s.name) == key(cell.text));
    let found = found.map(|switch| {
        confirm(switch);
        switch.name.clone()
    });
    if found.is_none() {
        r.problems
            .dangling(cell, "virtual switch", cell.text, names.iter().map(String::as_str));
    }
    found
}

/// VM traffic runs exactly over the ports of external switches; host vNICs give their roles to the ports below.
fn settle_roles(node: &mut Node) {
    let mut managed = node.nics.iter().any(|n| n.roles.contains(&Role::Management));
    managed |= node.host_vnics.iter().any(|v| v.role == Some(Role::Management));
    for nic in &mut node.nics {
        nic.roles.remove(&Role::Vm);
        let Some(switch) = nic.switch.clone() else { continue };
        nic.roles.insert(Role::Vm);
        let on_it = || node.host_vnics.iter().filter(|v| v.switch == switch);
        nic.roles.extend(on_it().filter_map(|v| v.role));
        let shared = node
            .switches
            .iter()
            .any(|s| s.name == switch && s.allow_management_os == Some(true));
        if shared && !managed && on_it().next().is_none() {
            nic.roles.insert(Role::Management);
        }
    }
}
