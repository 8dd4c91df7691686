//! Physical NICs and ToR switches, direct cables and what each port is said to carry today.

use super::Resolver;
use super::book::{Group, Groups, key};
use super::problems::Problems;
use crate::inventory::cells;
use crate::inventory::doubts;
use crate::inventory::raw::{Cell, Record};
use crate::inventory::suggest::did_you_mean;
use crate::inventory::{Nic, Origin, Rdma, Tor};
use crate::roles::{ROLES, Role};
use crate::units::{Mac, natural_cmp};
use std::collections::{BTreeMap, BTreeSet};

/// A port whose `current_role` names VM traffic: node number, position, switch name if one is given, the cell.
pub(super) struct VmWish<'a> {
    pub(super) node: usize,
    pub(super) nic: usize,
    pub(super) switch: Option<String>,
    pub(super) cell: Cell<'a>,
}

/// Builds ToRs and NICs; hands back the ports that are said to carry VM traffic.
pub(super) fn build<'a>(r: &mut Resolver<'a>) -> Vec<VmWish<'a>> {
    let mut groups = Groups::default();
    for line in r.lines("nics") {
        let cell = line.cell("nic");
        let node = r.nodes.of(line, &r.owners, &mut r.problems);
        if let (Some(name), Some(node)) = (r.problems.required(cell), node) {
            groups.add(node, name, cell, &mut r.problems);
        }
    }
    let nics = groups.sorted(&mut r.problems);
    let tors = tors(r, &nics);
    let mut wishes = Vec::new();
    for group in &nics {
        let (cluster, node) = r.nodes.place(group.owner);
        let mut nic = describe(group, &mut r.problems);
        let tor = group.record.text("tor");
        nic.tor = if tor.is_empty() {
            None
        } else {
            tors.get(&(cluster, key(tor))).copied()
        };
        let current = group.record.cell("current_role");
        if let Some((roles, vm)) = r.problems.read(&group.record, "current_role", current_roles) {
            r.storage_hints[cluster].hear(current.text);
            nic.roles = roles;
            if let Some(switch) = vm {
                wishes.push(VmWish {
                    node: group.owner,
                    nic: r.clusters[cluster].nodes[node].nics.len(),
                    switch,
                    cell: current,
                });
            }
        }
        r.clusters[cluster].nodes[node].nics.push(nic);
    }
    direct_cables(r, &nics);
    wishes
}

/// ToRs of the tors table and those that only NICs name, by cluster; gives their positions.
fn tors(r: &mut Resolver<'_>, nics: &[Group<'_>]) -> BTreeMap<(usize, String), usize> {
    let mut groups = Groups::default();
    for line in r.lines("tors") {
        let cell = line.cell("tor");
        if let (Some(name), Some(cluster)) = (r.problems.required(cell), r.owners.of(line, &mut r.problems)) {
            groups.add(cluster, name, cell, &mut r.problems);
        }
    }
    let mut found: BTreeMap<(usize, String), (String, Origin)> = BTreeMap::new();
    for group in groups.sorted(&mut r.problems) {
        found.insert((group.owner, key(&group.name)), (group.name, group.record.origin()));
    }
    for group in nics {
        let (name, cluster) = (group.record.text("tor"), r.nodes.place(group.owner).0);
        if !name.is_empty() {
            found
                .entry((cluster, key(name)))
                .or_insert_with(|| (name.to_owned(), group.record.origin()));
        }
    }
    let mut list: Vec<((usize, String), (String, Origin))> = found.into_iter().collect();
    list.sort_by(|(a, (x, _)), (b, (y, _))| a.0.cmp(&b.0).then_with(|| natural_cmp(x, y)));
    let mut positions = BTreeMap::new();
    for ((cluster, key), (name, origin)) in list {
        let tors = &mut r.clusters[cluster].tors;
        positions.insert((cluster, key), tors.len());
        tors.push(Tor { name, origin });
    }
    positions
}

fn describe(group: &Group<'_>, problems: &mut Problems<'_>) -> Nic {
    let record = &group.record;
    let speed = match problems.required(record.cell("speed_mbps")) {
        Some(_) => problems
            .read_plausible(record, "speed_mbps", cells::speed, doubts::port_speed)
            .unwrap_or(0),
        None => 0,
    };
    Nic {
        name: group.name.clone(),
        origin: record.origin(),
        facts: problems.facts(record),
        speed,
        card: record.text("card").to_owned(),
        tor: None,
        tor_port: record.text("tor_port").to_owned(),
        direct_to: None,
        rdma: problems.read(record, "rdma", rdma).unwrap_or(Rdma::No),
        sriov: problems.read(record, "sriov", cells::yes_no),
        vmq: problems.read(record, "vmq", cells::yes_no),
        vlans: problems.read(record, "vlans", cells::vlans).flatten(),
        model: record.text("model").to_owned(),
        mac: problems.read(record, "mac", Mac::parse),
        up: problems.read(record, "status", up).unwrap_or(true),
        roles: BTreeSet::new(),
        switch: None,
        team: record.text("team").to_owned(),
        addresses: problems.read(record, "addresses", cells::ranges).unwrap_or_default(),
    }
}

fn rdma(text: &str) -> Result<Rdma, String> {
    let word: String = text
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match word.as_str() {
        "iwarp" => Ok(Rdma::Iwarp),
        "roce" | "rocev1" | "rocev2" => Ok(Rdma::Roce),
        "none" => Ok(Rdma::No),
        _ => match cells::yes_no(text) {
            Ok(true) => Ok(Rdma::Yes),
            Ok(false) => Ok(Rdma::No),
            Err(_) => Err(format!("'{text}' is no kind of RDMA")),
        },
    }
}

fn up(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "up" | "connected" | "operational" | "ok" => Ok(true),
        "down" | "disconnected" | "not present" | "not operational" | "error" => Ok(false),
        _ => cells::yes_no(text).map_err(|_| format!("'{text}' is neither up nor down")),
    }
}

/// Roles without VM traffic, and for VM traffic the switch that `vm:NAME` names.
type CurrentRoles = (BTreeSet<Role>, Option<Option<String>>);

/// Reads `management;cluster`, `vm:External-1`, `idle`.
fn current_roles(text: &str) -> Result<CurrentRoles, String> {
    let mut roles = BTreeSet::new();
    let mut vm = None;
    for part in cells::list(text) {
        if matches!(
            part.to_ascii_lowercase().as_str(),
            "idle" | "none" | "unused" | "free" | "-"
        ) {
            continue;
        }
        if let Some((_, switch)) = part
            .split_once(':')
            .filter(|(word, _)| Role::parse(word) == Some(Role::Vm))
        {
            vm = Some(Some(switch.trim().to_owned()).filter(|s| !s.is_empty()));
            continue;
        }
        for role in role_words(part)? {
            roles.insert(role);
        }
    }
    if roles.remove(&Role::Vm) {
        vm = vm.or(Some(None));
    }
    Ok((roles, vm))
}

/// One role, or several separated by blanks or `+`.
fn role_words(part: &str) -> Result<Vec<Role>, String> {
    match Role::parse(part) {
        Some(role) => Ok(vec![role]),
        None => cells::words(part).map(role).collect(),
    }
}

/// A role, or the complaint that it is none.
pub(super) fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| {
        let names: Vec<&str> = ROLES.iter().map(|role| role.name).collect();
        let hint = did_you_mean(text, names.iter().copied());
        format!("'{text}' is no traffic role{hint}; roles are: {}", names.join(", "))
    })
}

/// Direct cables join two ports; saying it at one end is enough.
fn direct_cables(r: &mut Resolver<'_>, nics: &[Group<'_>]) {
    for group in nics {
        let cell = group.record.cell("direct_to");
        if cell.text.is_empty() {
            continue;
        }
        if !group.record.text("tor").is_empty() {
            r.problems.at(
                cell,
                "tor and direct_to are both given, but a port has one cable",
                "Clear one of them.",
            );
            continue;
        }
        if let Some((node, nic)) = far_end(r, group, cell) {
            join(r, group, cell, node, nic);
        }
    }
}

/// Node number and NIC position that `NODE/NIC` names.
fn far_end(r: &mut Resolver<'_>, group: &Group<'_>, cell: Cell<'_>) -> Option<(usize, usize)> {
    let (cluster, _) = r.nodes.place(group.owner);
    let Some((node, nic)) = cell.text.split_once(['/', '\\']) else {
        r.problems
            .unreadable(cell, &format!("'{}' does not name a node and its NIC", cell.text));
        return None;
    };
    let number = r
        .nodes
        .find(cell, node.trim(), Some(cluster), &r.owners, &mut r.problems)?;
    let (_, position) = r.nodes.place(number);
    let far = &r.clusters[cluster].nodes[position].nics;
    let found = far.iter().position(|n| key(&n.name) == key(nic.trim()));
    if found.is_none() {
        r.problems
            .dangling(cell, "NIC", nic.trim(), far.iter().map(|n| n.name.as_str()));
    }
    found.map(|nic| (number, nic))
}

fn join(r: &mut Resolver<'_>, group: &Group<'_>, cell: Cell<'_>, far: usize, far_nic: usize) {
    let ((cluster, near), (_, other)) = (r.nodes.place(group.owner), r.nodes.place(far));
    let nodes = &mut r.clusters[cluster].nodes;
    let Some(near_nic) = nodes[near].nics.iter().position(|n| n.name == group.name) else {
        return;
    };
    let near_end = (other, nodes[other].nics[far_nic].name.clone());
    let far_end = (near, nodes[near].nics[near_nic].name.clone());
    let fits = |nic: &Nic, end: &(usize, String)| nic.tor.is_none() && nic.direct_to.as_ref().is_none_or(|d| d == end);
    let itself = (near, near_nic) == (other, far_nic);
    if itself || !fits(&nodes[near].nics[near_nic], &near_end) || !fits(&nodes[other].nics[far_nic], &far_end) {
        let what = "the port at the other end is cabled elsewhere";
        r.problems.at(
            cell,
            what,
            "A direct cable joins two ports: both ends must name each other, or one end stays blank.",
        );
        return;
    }
    nodes[near].nics[near_nic].direct_to = Some(near_end);
    nodes[other].nics[far_nic].direct_to = Some(far_end);
}

/// Position of a NIC by name, upper and lower case alike.
pub(super) fn position(nics: &[Nic], name: &str) -> Option<usize> {
    let wanted = key(name);
    nics.iter().position(|n| key(&n.name) == wanted)
}

/// Text of a record's cell, or nothing.
pub(super) fn text(record: &Record<'_>, column: &str) -> String {
    record.text(column).to_owned()
}
