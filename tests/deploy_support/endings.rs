//! What a host is like once its scripts have run and the steps by hand are done: whose address is where, counted from tables of addresses alone.
#![allow(dead_code)] // each test file uses its part

use super::follow::{Ends, Table, by_hand, ends};
use nicplan::applied::{self, today};
use nicplan::deploy::steps::{Manual, Port};
use nicplan::deploy::{ClusterWork, File, NodeWork, State};
use nicplan::inventory::{ClusterNetwork, Node};
use nicplan::powershell::quoted;
use nicplan::profiles::{Transport, WS2016};
use nicplan::roles::Role;
use nicplan::units::Subnet;
use std::collections::{BTreeMap, BTreeSet};

type Roles = BTreeMap<String, BTreeSet<Role>>;

/// The network of the plan on which an address lies.
fn network<'w>(work: &'w ClusterWork, address: &str) -> Option<&'w ClusterNetwork> {
    let address = [Subnet::address(address)?];
    let mut all = work.after.networks.iter();
    all.find(|n| Subnet::any_holds(&n.subnet, &address))
}

/// Addresses that are not on the adapter of their role, although one of its adapters has none on the role's networks.
fn astray(work: &ClusterWork, (before, had): (&Table, &Roles), (after, has): (&Table, &Roles)) -> Vec<String> {
    let mut found = Vec::new();
    for (alias, address) in before.iter().flat_map(|(a, all)| all.iter().map(move |one| (a, one))) {
        let Some((lan, role)) = network(work, address).and_then(|n| Some((n, n.purpose?))) else {
            continue;
        };
        let mut own = has.iter().filter(|(_, roles)| roles.contains(&role));
        let full = |adapter: &String| {
            let mut there = after.get(adapter).into_iter().flatten();
            there.any(|a| network(work, a).is_some_and(|n| n.purpose == Some(role)))
        };
        let there = |adapter: &String| after.get(adapter).is_some_and(|all| all.contains(address));
        let known = had.get(alias).is_some_and(|roles| roles.contains(&role));
        let any = own.clone().next().is_some();
        let fine = own.clone().any(|(adapter, _)| there(adapter)) || own.all(|(adapter, _)| full(adapter));
        if known && any && !fine {
            let at: Vec<&String> = after
                .iter()
                .filter(|(_, all)| all.contains(address))
                .map(|(a, _)| a)
                .collect();
            found.push(format!(
                "{address} of {} ({role}) went from {alias} to {at:?}",
                lan.name
            ));
        }
    }
    found
}

/// Pairs of adapters with addresses in one network.
fn pairs(work: &ClusterWork, table: &Table) -> BTreeSet<(String, String, String)> {
    let mut found = BTreeSet::new();
    let named = |all: &[String]| -> BTreeSet<String> {
        let known = all.iter().filter_map(|a| network(work, a));
        known.map(|n| n.name.clone()).collect()
    };
    for (place, (a, of_a)) in table.iter().enumerate() {
        for (b, of_b) in table.iter().skip(place + 1) {
            for shared in named(of_a).intersection(&named(of_b)) {
                found.insert((a.clone(), b.clone(), shared.clone()));
            }
        }
    }
    found
}

/// Whether adapters of these roles may be in one subnet: MPIO tells paths of iSCSI apart, SMB uses all of them from 2016 on.
fn may_share(work: &ClusterWork, a: &BTreeSet<Role>, b: &BTreeSet<Role>) -> bool {
    let iscsi = |roles: &BTreeSet<Role>| work.today.iscsi() && roles.iter().eq([&Role::Storage]);
    let smb = |role: &Role| match role {
        Role::Storage => work.today.storage.is_smb(),
        Role::Cluster => true,
        Role::LiveMigration => {
            work.after.transport.or(Some(work.today.profile.default_transport)) == Some(Transport::Smb)
        }
        _ => false,
    };
    let multichannel = work.today.profile.generation >= WS2016 && a.iter().chain(b).all(smb);
    iscsi(a) || iscsi(b) || multichannel
}

fn together(work: &ClusterWork, before: &Table, (after, has): (&Table, &Roles)) -> Vec<String> {
    let none = BTreeSet::new();
    let roles = |alias: &String| has.get(alias).unwrap_or(&none);
    let had = pairs(work, before);
    let new = pairs(work, after);
    let new = new
        .difference(&had)
        .filter(|(a, b, _)| !may_share(work, roles(a), roles(b)));
    new.map(|(a, b, lan)| format!("{a} and {b} are both on {lan}"))
        .collect()
}

fn table(node: &Node) -> (Table, Roles) {
    let (mut table, mut roles) = (Table::new(), Roles::new());
    for carrier in today::carriers(node) {
        let alias = match &carrier.carrier {
            applied::Carrier::Nic(at) => node.nics[*at].name.clone(),
            applied::Carrier::Team(name, _) => name.clone(),
            applied::Carrier::HostVnic { name, .. } => Port::HostVnic(name.clone()).alias(),
        };
        table.insert(alias.clone(), carrier.addresses);
        roles.insert(alias, carrier.roles.into_iter().collect());
    }
    (table, roles)
}

/// What is wrong with the addresses of the facts after the plan.
pub fn facts(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let (before, had) = table(&node.today);
    let (after, has) = table(&node.after);
    let mut found = astray(work, (&before, &had), (&after, &has));
    found.extend(together(work, &before, (&after, &has)));
    found
}

/// Adapters that the scripts give other addresses than the facts after the plan, where the inventory knows those of today.
fn otherwise(node: &NodeWork, after: &Table) -> Vec<String> {
    let (today, _) = table(&node.today);
    if today.values().any(Vec::is_empty) {
        return Vec::new();
    }
    let sorted = |all: Option<&Vec<String>>| all.into_iter().flatten().cloned().collect::<BTreeSet<String>>();
    let (planned, _) = table(&node.after);
    let differ = planned
        .iter()
        .filter(|(alias, all)| sorted(Some(all)) != sorted(after.get(*alias)));
    let told =
        differ.map(|(alias, all)| format!("{alias} has {:?} by the scripts, {all:?} by the plan", after.get(alias)));
    told.collect()
}

fn held(state: &State) -> Roles {
    let own = state.holds.iter().map(|(port, roles)| {
        let roles = roles.iter().copied().filter(|role| *role != Role::Vm).collect();
        (port.alias(), roles)
    });
    own.filter(|(_, roles): &(String, BTreeSet<Role>)| !roles.is_empty())
        .collect()
}

/// The network that a step by hand names for an adapter, or one of its own.
fn given(work: &ClusterWork, node: &NodeWork, alias: &str, number: usize) -> String {
    let own = work.manual.iter().filter(|m| m.node == node.today.name);
    let mut texts = own.map(|m| &m.text).filter(|text| {
        text.starts_with(&format!("Give {alias} ")) || text.starts_with(&format!("Look whether {alias} "))
    });
    let text = texts.next().map_or("", String::as_str);
    let order = text.split("an address of ").nth(1).unwrap_or_default();
    let mut all = work.after.networks.iter().filter(|n| n.subnet.ends_with(".0/24"));
    match all.find(|n| order.starts_with(&n.name)) {
        Some(lan) => lan.subnet.replace(".0/24", &format!(".{}/24", 200 + number)),
        None => format!("172.31.{number}.1/24"),
    }
}

/// What is wrong with the addresses once the scripts and the steps by hand are done, whatever the adapters really have.
pub fn scripts(work: &ClusterWork, node: &NodeWork, files: &[File]) -> Vec<String> {
    let all = ends(work, node, files).filter(|_| !work.by_intents);
    let told = |(has, ends)| {
        let found = ending(work, node, ends).into_iter();
        found.map(move |what| format!("{has:?}: {what}"))
    };
    all.into_iter().flatten().flat_map(told).collect()
}

fn ending(work: &ClusterWork, node: &NodeWork, Ends { before, mut after }: Ends) -> Vec<String> {
    let start = State::today(&work.today, &node.today);
    let state = node
        .steps
        .iter()
        .fold(start.clone(), |state, step| state.with(&step.changes))
        .with(&node.quiet);
    let (had, has) = (held(&start), held(&state));
    let mut found = astray(work, (&before, &had), (&after, &has));
    found.extend(otherwise(node, &after));
    for (number, port) in state.holds.keys().enumerate() {
        let alias = port.alias();
        // A script finds management by its address, wherever that is.
        let found_by_ip = state.held(port).contains(&Role::Management) && !node.today.management_ip.is_empty();
        let none = after.get(&alias).is_none_or(Vec::is_empty) && !found_by_ip;
        let empty = none && has.contains_key(&alias);
        if empty && by_hand(work, node, port) {
            after.insert(alias.clone(), vec![given(work, node, &alias, number)]);
        } else if empty {
            found.push(format!("{alias} has no address, and no step by hand gives it one"));
        }
    }
    // Where nobody knows which of its networks an adapter is on, the text says what to do if it is the other one.
    let doubt = |m: &Manual| m.node == node.today.name && m.text.contains("exchange the two networks");
    if !work.manual.iter().any(doubt) {
        found.extend(together(work, &before, (&after, &has)));
    }
    found
}

/// Steps of a node that do nothing in its script.
pub fn empty_steps(work: &ClusterWork, node: &NodeWork, files: &[File]) -> Vec<String> {
    let target = format!("$Target = {}", quoted(&node.today.name));
    let texts = files.iter().map(|(name, bytes)| (name, String::from_utf8_lossy(bytes)));
    let mut scripts = texts.filter(|(name, _)| name.ends_with("-2-apply.ps1"));
    let own = scripts.find(|(_, text)| text.lines().any(|line| line.trim_end() == target));
    let Some((_, text)) = own else {
        assert_eq!(work.today.profile.name, "2008r2", "{} has no script", node.today.name);
        return Vec::new();
    };
    let does = |number: usize| {
        ["Invoke-Step", "Invoke-TakeOver"]
            .iter()
            .any(|function| text.contains(&format!("\n{function} -Number {number} -What ")))
    };
    let empty = node.steps.iter().filter(|step| !does(step.number));
    empty
        .map(|step| format!("step {} ({}) does nothing", step.number, step.title))
        .collect()
}
