//! Which physical ports a node has, as far as the report tells: members of SET, adapters with addresses, and devices that are left.
//!
//! In: one node's facts. Out: [`Port`]s, and in [`Doubts`] how much had to be concluded.

use super::report::{Adapter, NodeFacts, Report, Set};
use super::roles::{network_of, role_of};
use crate::inventory::importers::model_speed::speed_in_name;
use crate::roles::Role;
use std::collections::BTreeSet;

/// Name of a switch that the report does not name.
const UNNAMED_SWITCH: &str = "External-1";

/// A physical port as far as it could be found.
pub(super) struct Port {
    pub(super) name: String,
    pub(super) speed: String,
    /// The report does not tell it.
    pub(super) speed_concluded: bool,
    pub(super) rdma: String,
    /// As Windows shows it, with the number of the second port of a kind.
    pub(super) description: String,
    pub(super) model: String,
    pub(super) mac: String,
    pub(super) status: String,
    pub(super) roles: Vec<Role>,
    pub(super) switch: String,
    pub(super) team: String,
    pub(super) addresses: Vec<String>,
    pub(super) line: u32,
}

/// Counts of what had to be concluded.
#[derive(Default)]
pub(super) struct Doubts {
    pub(super) speed_from_switch: usize,
    pub(super) speed_from_nothing: usize,
    pub(super) from_devices: usize,
    pub(super) invented: usize,
    pub(super) cards: usize,
    pub(super) out_of_order: Vec<String>,
    pub(super) unbound_switches: BTreeSet<String>,
    pub(super) ports: usize,
}

/// A virtual adapter of the management operating system.
pub(super) fn is_host_vnic(adapter: &Adapter) -> bool {
    adapter.name.starts_with("vEthernet") || adapter.description.starts_with("Hyper-V Virtual Ethernet Adapter")
}

fn is_team(adapter: &Adapter) -> bool {
    adapter.description.contains("Multiplexor")
}

/// Neither a host vNIC nor a team nor one of the adapters that Windows makes for itself.
fn is_physical(adapter: &Adapter) -> bool {
    const OWN: [&str; 7] = [
        "failover cluster virtual",
        "loopback",
        "isatap",
        "teredo",
        "6to4",
        "kernel debug",
        "remote ndis",
    ];
    let description = adapter.description.to_lowercase();
    !is_host_vnic(adapter)
        && !is_team(adapter)
        && !description.is_empty()
        && !OWN.iter().any(|word| description.contains(word))
}

/// The node's ports: members of SET, adapters with addresses, and of the Plug and Play devices those not yet explained.
pub(super) fn ports(
    report: &Report,
    full: &str,
    facts: &NodeFacts,
    host_vnics: &[&Adapter],
    doubts: &mut Doubts,
) -> Vec<Port> {
    let speeds = host_vnics.iter().map(|v| v.speed.as_str());
    let virtual_speed = speeds.clone().find(|s| !s.is_empty()).unwrap_or("");
    let mut ports = Vec::new();
    for set in &facts.sets {
        ports.extend(set_ports(set, facts, virtual_speed, doubts));
    }
    for adapter in facts.adapters.iter().filter(|a| is_physical(a)) {
        if ports.iter().all(|p: &Port| p.name != adapter.name) {
            ports.push(adapter_port(report, full, adapter, doubts));
        }
    }
    let behind_switch = facts.sets.is_empty() && (!facts.switches.is_empty() || !host_vnics.is_empty());
    let switch = facts.switches.first().map_or(UNNAMED_SWITCH, String::as_str);
    let switch = if behind_switch { switch } else { "" };
    let hidden = hidden_ports(report, full, facts, (switch, virtual_speed), &ports, doubts);
    if hidden.is_empty() && behind_switch {
        ports.extend((1..=2).map(|number| invented_port(number, switch, virtual_speed, facts.line, doubts)));
    }
    ports.extend(hidden);
    add_cluster_roles(report, full, facts, &mut ports);
    make_names_unique(&mut ports);
    ports
}

/// Cluster traffic and live migration that no adapter is named for run over the networks that the cluster keeps to itself,
/// else over those open to clients: Windows chooses them so.
fn add_cluster_roles(report: &Report, full: &str, facts: &NodeFacts, ports: &mut [Port]) {
    let on = |wanted: &str| -> Vec<&Adapter> {
        let fits =
            |a: &&Adapter| network_of(report, full, &a.name).is_some_and(|n| n.role.eq_ignore_ascii_case(wanted));
        facts.adapters.iter().filter(fits).collect()
    };
    let own = on("internal");
    let carriers = if own.is_empty() { on("enabled") } else { own };
    let virtual_carrier = carriers.iter().any(|a| is_host_vnic(a));
    for role in [Role::Cluster, Role::LiveMigration] {
        if report.nodes.len() < 2 || facts.adapters.iter().any(|a| role_of(report, full, a) == Some(role)) {
            continue;
        }
        for port in ports.iter_mut() {
            let under_switch = virtual_carrier && !port.switch.is_empty();
            if under_switch || carriers.iter().any(|a| a.name == port.name) {
                port.roles.push(role);
            }
        }
    }
}

/// Devices that no named port accounts for: under the node's switch or team, if it has one whose ports are not named.
fn hidden_ports(
    report: &Report,
    full: &str,
    facts: &NodeFacts,
    (switch, virtual_speed): (&str, &str),
    known: &[Port],
    doubts: &mut Doubts,
) -> Vec<Port> {
    let team = facts.adapters.iter().find(|a| is_team(a));
    let above = if switch.is_empty() {
        team.map_or("", |t| t.speed.as_str())
    } else {
        virtual_speed
    };
    let roles = team
        .filter(|_| switch.is_empty())
        .and_then(|t| role_of(report, full, t));
    let bare_team = team.filter(|_| switch.is_empty());
    let devices = unexplained(facts, known, doubts);
    let port = |(caption, line): (String, u32)| Port {
        switch: switch.to_owned(),
        team: team.map_or(String::new(), |t| t.name.clone()),
        roles: roles.into_iter().collect(),
        addresses: bare_team.map(|t| t.with_prefix.clone()).unwrap_or_default(),
        ..hidden_port(&caption, line, above, doubts)
    };
    devices.into_iter().map(port).collect()
}

/// A port under a switch of which the report names no port at all.
fn invented_port(number: usize, switch: &str, virtual_speed: &str, line: u32, doubts: &mut Doubts) -> Port {
    doubts.invented += 1;
    let port = hidden_port(&format!("{switch} port {number}"), line, virtual_speed, doubts);
    Port {
        switch: switch.to_owned(),
        model: String::new(),
        ..port
    }
}

/// Devices may share a caption; ports may not share a name.
fn make_names_unique(ports: &mut [Port]) {
    let mut seen = BTreeSet::new();
    for port in ports {
        let name = port.name.clone();
        let mut number = 2;
        while !seen.insert(port.name.to_lowercase()) {
            port.name = format!("{name} ({number})");
            number += 1;
        }
    }
}

fn set_ports(set: &Set, facts: &NodeFacts, virtual_speed: &str, doubts: &mut Doubts) -> Vec<Port> {
    let part = |list: &[String], index: usize| list.get(index).cloned().unwrap_or_default();
    let switch = if set.switch.is_empty() {
        facts.switches.first().map_or(UNNAMED_SWITCH, String::as_str)
    } else {
        &set.switch
    };
    let port = |(index, name): (usize, &String)| {
        let own = facts.adapters.iter().find(|a| a.name == *name);
        let said = part(&set.speeds, index);
        let said = if said.is_empty() || said.starts_with('0') {
            own.map_or(String::new(), |a| a.speed.clone())
        } else {
            said
        };
        let rdma = part(&set.rdma, index) == "Yes" || facts.rdma_ports.contains(name);
        let technology = part(&set.technologies, index).to_lowercase();
        let rdma = match (rdma, technology.as_str()) {
            (false, _) => "no",
            (true, t) if t.contains("iwarp") => "iwarp",
            (true, t) if t.contains("roce") => "roce",
            (true, _) => "yes",
        };
        let model = part(&set.models, index);
        let model = model.rsplit(" - ").next().unwrap_or("").to_owned();
        let (speed, speed_concluded) = speed(&said, virtual_speed, &model, doubts);
        Port {
            name: name.clone(),
            speed,
            speed_concluded,
            rdma: rdma.to_owned(),
            description: model.clone(),
            model,
            mac: own.map_or(String::new(), |a| a.mac.clone()),
            status: "up".to_owned(),
            roles: Vec::new(),
            switch: switch.to_owned(),
            team: String::new(),
            addresses: Vec::new(),
            line: set.line,
        }
    };
    set.members
        .iter()
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
        .map(port)
        .collect()
}

fn adapter_port(report: &Report, full: &str, adapter: &Adapter, doubts: &mut Doubts) -> Port {
    let (speed, speed_concluded) = speed(&adapter.speed, "", &adapter.description, doubts);
    Port {
        name: adapter.name.clone(),
        speed,
        speed_concluded,
        rdma: adapter.rdma.clone(),
        description: adapter.description.clone(),
        model: base(&adapter.description).to_owned(),
        mac: adapter.mac.clone(),
        status: if adapter.status.starts_with("Not") {
            "down"
        } else {
            "up"
        }
        .to_owned(),
        roles: role_of(report, full, adapter).into_iter().collect(),
        switch: String::new(),
        team: String::new(),
        addresses: adapter.with_prefix.clone(),
        line: adapter.line,
    }
}

fn hidden_port(caption: &str, line: u32, virtual_speed: &str, doubts: &mut Doubts) -> Port {
    let (speed, speed_concluded) = speed("", virtual_speed, caption, doubts);
    Port {
        name: caption.to_owned(),
        speed,
        speed_concluded,
        rdma: "no".to_owned(),
        description: caption.to_owned(),
        model: base(caption).to_owned(),
        mac: String::new(),
        status: "up".to_owned(),
        roles: Vec::new(),
        switch: String::new(),
        team: String::new(),
        addresses: Vec::new(),
        line,
    }
}

/// Devices that no named port accounts for; those that are disabled or in error are left out and told.
fn unexplained(facts: &NodeFacts, ports: &[Port], doubts: &mut Doubts) -> Vec<(String, u32)> {
    let mut devices: Vec<&(String, String, u32)> = facts.devices.iter().collect();
    let mut open = Vec::new();
    for port in ports {
        match devices.iter().position(|d| d.0 == port.description) {
            Some(found) if port.description != port.model => {
                devices.remove(found);
            }
            _ => open.push(port),
        }
    }
    for port in open {
        let alike = |d: &&(String, String, u32)| base(&d.0) == port.model && d.1 == "OK";
        if let Some(found) = devices.iter().position(alike) {
            devices.remove(found);
        }
    }
    let (working, others): (Vec<_>, Vec<_>) = devices.into_iter().partition(|d| d.1 == "OK");
    doubts.out_of_order.extend(others.iter().map(|d| d.0.clone()));
    doubts.from_devices += working.len();
    working.into_iter().map(|d| (d.0.clone(), d.2)).collect()
}

/// A description without the number that Windows puts behind the second adapter of a kind.
pub(in crate::inventory::importers) fn base(description: &str) -> &str {
    match description.rsplit_once(" #") {
        Some((head, number)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => head,
        _ => description,
    }
}

/// The speed that is said, else that of the virtual adapter above, else what the model's name tells; and whether it was not said.
fn speed(said: &str, above: &str, model: &str, doubts: &mut Doubts) -> (String, bool) {
    let usable = |text: &str| crate::units::parse_mbps(text).is_ok_and(|s| s > 0);
    if usable(said) {
        return (said.to_owned(), false);
    }
    if usable(above) {
        doubts.speed_from_switch += 1;
        return (above.to_owned(), true);
    }
    doubts.speed_from_nothing += 1;
    (speed_in_name(model).to_owned(), true)
}

/// `SLOT 3 Port 1` sits on the card `SLOT 3`.
pub(super) fn card(name: &str) -> &str {
    let lower = name.to_lowercase();
    match lower.rfind(" port ") {
        Some(end) if lower.contains("slot") && name.is_char_boundary(end) && lower.len() == name.len() => &name[..end],
        _ => "",
    }
}
