//! Addresses as the scripts themselves move them: their calls of Move-Address, Clear-Address and Set-Address are done on a table of adapters, there
//! and back, for inventories that do not know the addresses. Shares nothing with the facts that the steps carry along.
#![allow(dead_code)] // each test file uses its part

#[path = "followed.rs"]
mod followed;
#[path = "proving.rs"]
pub mod proving;

pub use followed::unlike;

use super::{Wires, powershell};
use nicplan::deploy::steps::{Change, Port};
use nicplan::deploy::{ClusterWork, File, GUARDED, NodeWork, State, files};
use nicplan::inventory::{ClusterNetwork, Facts, HostVnic, Inventory, Nic, Node, Origin};
use nicplan::powershell::quoted;
use nicplan::roles::Role;
use nicplan::units::Subnet;
use powershell::{Call, Script, decoded};
use std::collections::{BTreeMap, BTreeSet};

/// Addresses of adapters by name.
pub type Table = BTreeMap<String, Vec<String>>;

/// Addresses are in no inventory that was typed by hand: the scripts move what Windows has.
pub fn without_addresses(inventory: &mut Inventory) {
    for node in inventory.clusters.iter_mut().flat_map(|c| &mut c.nodes) {
        node.nics.iter_mut().for_each(|nic| nic.addresses.clear());
        node.host_vnics.iter_mut().for_each(|vnic| vnic.addresses.clear());
    }
}

/// What Windows would list: adapters with their addresses, and what the script has written down of them.
struct Windows {
    saved: Table,
    now: Table,
    management: String,
    /// The scripts take only what an adapter had; else all that it has.
    careful: bool,
    /// What is taken off one adapter arrives at the other; else it is lost, and the test must see that.
    arrives: bool,
}

/// The address that a role has on an adapter, whoever knows it.
fn address(networks: &[ClusterNetwork], role: Role, place: usize, fresh: usize) -> String {
    let own: Vec<&ClusterNetwork> = networks.iter().filter(|n| n.purpose == Some(role)).collect();
    match own
        .get(place % own.len().max(1))
        .filter(|n| n.subnet.ends_with(".0/24"))
    {
        Some(network) => network.subnet.replace(".0/24", &format!(".{}/24", 100 + fresh)),
        None => format!("172.30.{fresh}.1/24"),
    }
}

/// What an adapter really has, where the inventory does not say it.
#[derive(Clone, Copy, Debug)]
pub enum Has {
    /// One address for all its roles, on the network of the first.
    First,
    /// One address for all its roles, on the first network that the inventory names for one of them, the last role first.
    Named,
    /// An address for each of their networks.
    Each,
}

/// Addresses of an adapter that the inventory knows.
fn known(node: &Node, port: &Port) -> Vec<String> {
    let of_nics = |fits: &dyn Fn(&Nic) -> bool| {
        let nics = node.nics.iter().filter(|n| fits(n));
        nics.flat_map(|n| n.addresses.clone()).collect()
    };
    match port {
        Port::Nic(name) => of_nics(&|n| n.name == *name),
        Port::Team(name) => of_nics(&|n| n.team == *name),
        Port::HostVnic(name) => {
            let vnics = node.host_vnics.iter().filter(|v| v.name == *name);
            vnics.flat_map(|v| v.addresses.clone()).collect()
        }
    }
}

/// What each adapter really has, and the addresses of each role.
fn truth(work: &ClusterWork, state: &State, has: Has) -> (Table, BTreeMap<Role, BTreeSet<String>>) {
    let (mut table, mut of_role) = (Table::new(), BTreeMap::<Role, BTreeSet<String>>::new());
    let mut places: BTreeMap<Role, usize> = BTreeMap::new();
    let named = |role: &Role| work.today.networks.iter().any(|n| n.purpose == Some(*role));
    for (fresh, (port, roles)) in state.holds.iter().enumerate() {
        let mut order: Vec<Role> = nicplan::applied::FIRST
            .into_iter()
            .filter(|r| roles.contains(r))
            .collect();
        order.retain(|role| *role != Role::Vm);
        if matches!(has, Has::Named) {
            order.reverse();
            order.sort_by_key(|role| !named(role));
        }
        let written = known(&state.node, port);
        let mut found: Vec<String> = written.clone();
        for role in &order {
            let place = places.entry(*role).or_default();
            let one_more = matches!(has, Has::Each) && named(role);
            if found.is_empty() || one_more && written.is_empty() {
                found.push(address(&work.today.networks, *role, *place, fresh));
                *place += 1;
            }
            let own = if written.is_empty() {
                &found[found.len() - 1..]
            } else {
                &found[..]
            };
            of_role.entry(*role).or_default().extend(own.iter().cloned());
        }
        if !found.is_empty() {
            table.insert(port.alias(), found);
        }
    }
    (table, of_role)
}

/// The texts of a quoted list.
fn list(call: &Call, name: &str) -> Vec<String> {
    let found = call.parameters.iter().find(|(own, _)| own == name);
    let texts = found.map(|(_, text)| Script::parse(&format!("$x = {text}")).literals());
    texts.into_iter().flatten().collect()
}

impl Windows {
    fn adapter(&self, call: &Call, name: &str) -> Option<String> {
        let (_, text) = call.parameters.iter().find(|(own, _)| own == name)?;
        if !text.contains("Find-Management") {
            return decoded(text.trim());
        }
        let has = |table: &Table| {
            let mut all = table.iter();
            let found = all.find(|(_, own)| own.iter().any(|a| a.split('/').next() == Some(&self.management)));
            found.map(|(alias, _)| alias.clone())
        };
        has(&self.now).or_else(|| has(&self.saved))
    }

    fn of(&self, adapter: &str) -> Vec<String> {
        self.now.get(adapter).cloned().unwrap_or_default()
    }

    fn clear(&mut self, adapter: &str, addresses: &[String], of: &str) {
        let had = self.saved.get(of).cloned().unwrap_or_default();
        let goes = |a: &String| match addresses.is_empty() {
            true => !self.careful || had.contains(a),
            false => addresses.contains(a),
        };
        let mut left = self.of(adapter);
        left.retain(|a| !goes(a));
        self.now.insert(adapter.to_owned(), left);
    }

    fn set(&mut self, adapter: &str, addresses: &[String]) {
        for own in self.now.values_mut() {
            own.retain(|a| !addresses.contains(a));
        }
        if !self.arrives {
            return;
        }
        self.now
            .entry(adapter.to_owned())
            .or_default()
            .extend_from_slice(addresses);
    }

    fn take(&mut self, from: &str, to: &str, call: &Call) {
        let saved = self.saved.get(from).cloned().unwrap_or_default();
        let mut moved = list(call, "Address");
        let (subnets, except) = (list(call, "Subnet"), list(call, "Except"));
        let third = |a: &String| {
            let mut others = self.now.iter().filter(|(alias, _)| *alias != from && *alias != to);
            others.any(|(_, own)| own.contains(a))
        };
        let on = |a: &String, subnets: &[String]| {
            let known = Subnet::of_addresses(std::slice::from_ref(a));
            subnets.iter().any(|s| Subnet::any_holds(s, &known))
        };
        let selected = !subnets.is_empty() || !except.is_empty();
        if selected && moved.is_empty() {
            let fits = |a: &&String| (subnets.is_empty() || on(a, &subnets)) && !on(a, &except);
            moved = saved.iter().filter(fits).cloned().collect();
        } else if moved.is_empty() {
            let all = call.parameters.iter().any(|(name, _)| name == "All");
            moved = saved.iter().filter(|a| all || !third(a)).cloned().collect();
        }
        if moved.is_empty() {
            return;
        }
        if from != to {
            let named = self.careful || !list(call, "Address").is_empty() || selected;
            self.clear(from, if named { &moved } else { &[] }, from);
        }
        self.set(to, &moved);
    }

    fn run(&mut self, call: &Call) {
        match (
            call.name.as_str(),
            self.adapter(call, "From"),
            self.adapter(call, "To"),
            self.adapter(call, "Adapter"),
        ) {
            ("Move-Address", Some(from), Some(to), _) => self.take(&from, &to, call),
            ("Clear-Address", .., Some(adapter)) => {
                let of = self.adapter(call, "Of").unwrap_or_else(|| adapter.clone());
                self.clear(&adapter, &list(call, "Address"), &of);
            }
            ("Set-Address", .., Some(adapter)) => self.set(&adapter, &list(call, "Address")),
            _ => {}
        }
    }

    /// Adapters that are gone, or are under a switch, have no address any more.
    fn lose(&mut self, state: &State) {
        let port = |alias: &str| {
            let nic = state.node.nics.iter().any(|n| n.name == alias);
            match alias
                .strip_prefix("vEthernet (")
                .and_then(|rest| rest.strip_suffix(')'))
            {
                Some(name) => Port::HostVnic(name.to_owned()),
                None if nic => Port::Nic(alias.to_owned()),
                None => Port::Team(alias.to_owned()),
            }
        };
        self.now.retain(|alias, _| state.exists(&port(alias)));
    }
}

/// The node with the addresses that Windows lists.
fn probe(state: &State, table: &Table) -> Node {
    let mut node = state.node.clone();
    for name in &state.implicit {
        let vnic = HostVnic {
            name: name.clone(),
            switch: name.clone(),
            role: None,
            vlan: None,
            weight: None,
            mac: None,
            addresses: Vec::new(),
            rdma: None,
            origin: Origin::default(),
            facts: Facts::default(),
        };
        node.host_vnics.push(vnic);
    }
    let of = |port: Port| table.get(&port.alias()).cloned().unwrap_or_default();
    let mut teams: BTreeSet<String> = BTreeSet::new();
    for nic in &mut node.nics {
        nic.addresses = of(Port::Nic(nic.name.clone()));
        if !nic.team.is_empty() && nic.switch.is_none() && teams.insert(nic.team.clone()) {
            nic.addresses.extend(of(Port::Team(nic.team.clone())));
        }
    }
    for vnic in &mut node.host_vnics {
        vnic.addresses = of(Port::HostVnic(vnic.name.clone()));
    }
    node
}

/// The calls of each step, in the order of the script.
fn steps(files: &[File], node: &NodeWork, ending: &str) -> Option<Vec<(usize, Vec<Call>)>> {
    let target = format!("$Target = {}", quoted(&node.today.name));
    let all = files.iter().filter(|(name, _)| name.ends_with(ending));
    let mut texts = all.map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let text = texts.find(|text| text.lines().any(|line| line.trim_end() == target))?;
    let parts = text.split("\n# Step ").skip(1);
    let read = |part: &str| {
        let number = part.split(':').next()?.parse().ok()?;
        Some((number, Script::parse(&format!("# {part}")).calls()))
    };
    Some(parts.filter_map(read).collect())
}

/// The calls of a node's scripts, step by step.
pub struct Calls {
    there: Vec<(usize, Vec<Call>)>,
    back: Vec<(usize, Vec<Call>)>,
}

/// Reads the scripts of a node; `None` = it has none that move addresses.
pub fn calls(files: &[File], node: &NodeWork) -> Option<Calls> {
    Some(Calls {
        there: steps(files, node, "-2-apply.ps1")?,
        back: steps(files, node, "-4-rollback.ps1")?,
    })
}

/// Whether a step by hand gives the adapter an address, at least where it has none.
pub fn by_hand(work: &ClusterWork, node: &NodeWork, port: &Port) -> bool {
    let alias = port.alias();
    let gives = |text: &str| {
        text.starts_with(&format!("Give {alias} "))
            || text.starts_with(&format!("Look whether {alias} ")) && text.contains("give it one")
    };
    let mut own = work.manual.iter().filter(|m| m.node == node.today.name);
    own.any(|m| gives(&m.text))
}

/// Whether the scripts of a node ask what an adapter had before they clear it.
pub fn is_careful(files: &[File]) -> bool {
    let texts = files.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes));
    let mut clearing = texts.filter(|text| text.contains("function Clear-Address"));
    clearing.all(|text| text.contains("$going = @(Get-Going -Adapter $Adapter -Of $Of)"))
}

/// Windows before the first change.
fn windows(node: &NodeWork, saved: Table, (careful, arrives): (bool, bool)) -> Windows {
    let management = node.today.management_ip.split('/').next().unwrap_or_default();
    Windows {
        now: saved.clone(),
        management: management.to_owned(),
        saved,
        careful,
        arrives,
    }
}

/// Addresses of a node before the first step and after the last one.
pub struct Ends {
    pub before: Table,
    pub after: Table,
}

/// For each of what the adapters may really have: addresses before the first step and after the last one; `None` = the node has no scripts that move
/// addresses.
pub fn ends(work: &ClusterWork, node: &NodeWork, files: &[File]) -> Option<Vec<(Has, Ends)>> {
    let calls = steps(files, node, "-2-apply.ps1")?;
    let careful = is_careful(files);
    let start = State::today(&work.today, &node.today);
    let of = |has: Has| {
        let mut state = start.clone();
        let mut windows = windows(node, truth(work, &state, has).0, (careful, true));
        for step in &node.steps {
            let own = calls.iter().filter(|(number, _)| *number == step.number);
            own.flat_map(|(_, calls)| calls).for_each(|call| windows.run(call));
            state = state.with(&step.changes);
            windows.lose(&state);
        }
        let ends = Ends {
            before: windows.saved,
            after: windows.now,
        };
        (has, ends)
    };
    Some([Has::First, Has::Named, Has::Each].map(of).into())
}

/// Follows the addresses of a node through its scripts; not `arrives` = as if every address were lost on its way.
///
/// # Errors
/// The first moment at which an address is lost.
pub fn follow(
    work: &ClusterWork,
    node: &NodeWork,
    Calls { there, back }: &Calls,
    (has, careful, arrives): (Has, bool, bool),
) -> Result<usize, String> {
    let start = State::today(&work.today, &node.today);
    let (saved, of_role) = truth(work, &start, has);
    let mut windows = windows(node, saved, (careful, arrives));
    let mut wires = Wires::today(&work.today.networks, &probe(&start, &windows.now));
    let guarded: Vec<Role> = GUARDED
        .into_iter()
        .filter(|role| start.reachable().contains(role))
        .collect();
    let check = |state: &State, windows: &Windows, wires: &Wires<'_>, after: &str| {
        let alive = wires.alive(&probe(state, &windows.now));
        let of = |role: &Role| of_role.get(role).into_iter().flatten();
        match guarded.iter().find(|role| !of(role).any(|a| alive.contains(a))) {
            Some(role) => Err(format!("{after} cuts {role}: {:?} in {:?}", of_role[role], windows.now)),
            None => Ok(()),
        }
    };
    for (nic, asked) in &node.cabling.asked {
        wires.ask(nic, asked);
    }
    let mut states = vec![start.clone()];
    let end = node
        .steps
        .iter()
        .fold(start.clone(), |state, step| state.with(&step.changes))
        .with(&node.quiet);
    // A role that gets no address of its own from any script, or whose adapter Windows alone knows.
    let asked = |role: &Role| {
        let mut ports = end.holds.iter().filter(|(_, roles)| roles.contains(role));
        ports.any(|(port, _)| by_hand(work, node, port)) || !of_role.contains_key(role)
    };
    for step in &node.steps {
        for change in node.cabling.changes.iter().filter(|c| c.step == step.number) {
            wires.change(change, &node.cabling);
        }
        let what = format!("step {} ({})", step.number, step.title);
        if !step.takeover {
            check(
                &states[states.len() - 1],
                &windows,
                &wires,
                &format!("what is asked before {what}"),
            )?;
        }
        let calls = there
            .iter()
            .filter(|(number, _)| *number == step.number)
            .flat_map(|(_, calls)| calls);
        calls.for_each(|call| windows.run(call));
        let state = states[states.len() - 1].with(&step.changes);
        windows.lose(&state);
        check(&state, &windows, &wires, &what)?;
        for (port, roles) in state
            .holds
            .iter()
            .filter(|(port, roles)| !by_hand(work, node, port) && !roles.is_empty())
        {
            let bare = roles
                .iter()
                .all(|role| matches!(role, Role::Vm | Role::Cluster) || asked(role))
                || !windows.of(&port.alias()).is_empty();
            if !bare {
                return Err(format!(
                    "after {what} {} has no address for {roles:?}: {:?}",
                    port.alias(),
                    windows.now
                ));
            }
        }
        states.push(state);
    }
    for change in node.cabling.changes.iter().filter(|c| c.step > node.steps.len()) {
        wires.change(change, &node.cabling);
    }
    check(
        &states[node.steps.len()],
        &windows,
        &wires,
        "what is asked after the last step",
    )?;
    for (number, calls) in back {
        for change in node.cabling.back.iter().filter(|c| c.step == *number) {
            wires.change(change, &node.cabling);
        }
        // Protocols come back last, when all is as it was.
        let only = |change: &Change| matches!(change, Change::Unbind { .. } | Change::HostPort { .. });
        if node.steps[number - 1].changes.iter().all(only) {
            continue;
        }
        let what = format!("undoing step {number} ({})", node.steps[number - 1].title);
        if !node.steps[number - 1].takeover {
            check(
                &states[*number],
                &windows,
                &wires,
                &format!("what is asked before {what}"),
            )?;
        }
        calls.iter().for_each(|call| windows.run(call));
        windows.lose(&states[number - 1]);
        check(&states[number - 1], &windows, &wires, &what)?;
    }
    for change in node.cabling.back.iter().filter(|c| c.step == 0) {
        wires.change(change, &node.cabling);
    }
    windows.now.retain(|_, own| !own.is_empty());
    windows.now.values_mut().for_each(|own| own.sort());
    windows.saved.values_mut().for_each(|own| own.sort());
    if windows.now != windows.saved {
        return Err(format!("rolled back: {:?} was {:?}", windows.now, windows.saved));
    }
    Ok(there.len())
}

/// Follows the addresses through the scripts of some clusters: how many steps, and what is lost.
pub fn follow_all(name: &str, all: &[ClusterWork], arrives: bool, lost: &mut Vec<String>) -> usize {
    let files = files(all);
    let careful = is_careful(&files);
    let mut steps = 0;
    for work in all.iter().filter(|work| !work.by_intents) {
        for node in unlike(work) {
            let Some(calls) = calls(&files, node) else { continue };
            // That nothing arrives is seen whatever the adapters have.
            let all = [Has::First, Has::Named, Has::Each];
            for has in all.into_iter().take(if arrives { all.len() } else { 1 }) {
                if followed::is_denied(work, node, &files, has) {
                    continue;
                }
                match follow(work, node, &calls, (has, careful, arrives)) {
                    Ok(done) => steps += done,
                    Err(what) => lost.push(format!("{name}, {}, {has:?}: {what}", node.today.name)),
                }
            }
        }
    }
    steps
}
