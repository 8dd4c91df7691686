//! From what the report says to inventory tables, and to the list of what it does not say.

use super::ports::{Doubts, Port, base, card, is_host_vnic, ports};
use super::report::{Adapter, NodeFacts, Report};
use super::roles::{purpose, role_of};
use crate::inventory::catalogue::{self, CONCLUDED};
use crate::inventory::cells;
use crate::inventory::raw::{Gathered, RawTable};
use crate::profiles;
use crate::roles::Role;
use crate::units::{Mac, host_name};
use std::collections::{BTreeMap, BTreeSet};

/// Writes the tables of a report.
pub(super) fn write(report: &Report, file: &str, input: usize, gathered: &mut Gathered) {
    let source = gathered.add_source(file);
    let names = short_names(report);
    let mut doubts = Doubts::default();
    let mut tables: Vec<RawTable> = catalogue::TABLES
        .into_iter()
        .map(|def| RawTable::in_catalogue_order(def, source, input))
        .collect();
    let mut push = |table: &str, line: u32, values: &[(&str, &str)]| {
        if let Some(table) = tables.iter_mut().find(|t| t.def.name == table) {
            table.push(line, values);
        }
    };
    let storage = match report {
        r if r.storage_spaces_direct => "s2d",
        r if r.networks.iter().any(|n| n.iscsi) => "iscsi",
        _ => "",
    };
    let first = report.nodes.values().next();
    push(
        "clusters",
        first.map_or(0, |n| n.line),
        &[("profile", &profile(report)), ("storage", storage)],
    );
    for (full, facts) in &report.nodes {
        let name = names.get(full).map_or(full.as_str(), String::as_str);
        node_rows(report, full, name, facts, &mut doubts, &mut push);
    }
    for network in &report.networks {
        let purpose = purpose(network).map_or("", Role::name);
        let subnet = network
            .prefixes
            .iter()
            .find(|p| !p.contains(':'))
            .or(network.prefixes.first())
            .map_or("", String::as_str);
        let values = [
            ("network", network.name.as_str()),
            ("subnet", subnet),
            ("cluster_use", cluster_use(&network.role)),
            ("purpose", purpose),
            (CONCLUDED, if purpose.is_empty() { "" } else { "purpose" }),
        ];
        push("cluster_networks", network.line, &values);
    }
    gathered
        .tables
        .extend(tables.into_iter().filter(|t| !t.rows.is_empty()));
    tell(&doubts, input, gathered);
    tell_azure_local(report, input, gathered);
}

/// Azure Stack HCI is planned as Azure Local, its later name: then Network ATC rules, which releases before 22H2 did without.
fn tell_azure_local(report: &Report, input: usize, gathered: &mut Gathered) {
    if profile(report) != "azurelocal" {
        return;
    }
    let Some(node) = report.nodes.values().find(|n| !n.os.is_empty()) else {
        return;
    };
    let missing = format!(
        "whether the release of {} ({}) sets up its network by intents",
        node.os, node.build
    );
    let taken = "it does, as Azure Local: cluster traffic and live migration ride on the storage intent; where adapters are set up by hand, \
                 write profile 2019 or 2022 in clusters";
    gathered.assumed.push((input, missing, taken.to_owned()));
}

/// Short host names where they are unambiguous.
fn short_names(report: &Report) -> BTreeMap<String, String> {
    let short = |full: &str| host_name(full).to_owned();
    let mut uses: BTreeMap<String, usize> = BTreeMap::new();
    for full in report.nodes.keys() {
        *uses.entry(short(full).to_lowercase()).or_default() += 1;
    }
    let alone = |full: &str| uses.get(&short(full).to_lowercase()) == Some(&1);
    report
        .nodes
        .keys()
        .map(|full| (full.clone(), if alone(full) { short(full) } else { full.clone() }))
        .collect()
}

/// Windows version from its name, else from its build.
fn profile(report: &Report) -> String {
    let said = report.nodes.values().find(|n| !n.os.is_empty() || !n.build.is_empty());
    let Some(facts) = said else { return String::new() };
    if let Some(profile) = profiles::find(&facts.os) {
        return profile.name.to_owned();
    }
    // Build numbers of the releases, oldest first.
    let builds = [
        ("6.1", "2008r2"),
        ("6.2", "2012"),
        ("6.3", "2012r2"),
        ("10.0.14393", "2016"),
        ("10.0.17763", "2019"),
        ("10.0.20348", "2022"),
        ("10.0.26100", "2025"),
    ];
    let known = builds.iter().find(|(build, _)| facts.build.starts_with(build));
    known.map_or(String::new(), |(_, profile)| (*profile).to_owned())
}

/// Writes one row into a table.
type Push<'p> = dyn FnMut(&str, u32, &[(&str, &str)]) + 'p;

fn node_rows(report: &Report, full: &str, name: &str, facts: &NodeFacts, doubts: &mut Doubts, push: &mut Push<'_>) {
    let hardware = format!("{} {}", facts.maker, facts.model);
    let address = management_address(report, full, facts);
    let memory = if cells::memory(&facts.memory).is_ok_and(|m| m > 0) {
        facts.memory.as_str()
    } else {
        ""
    };
    let values = [
        ("node", name),
        ("management_ip", &address),
        ("memory_mib", memory),
        ("hardware", hardware.trim()),
    ];
    push("nodes", facts.line, &values);
    let host_vnics: Vec<&Adapter> = facts.adapters.iter().filter(|a| is_host_vnic(a)).collect();
    let ports = ports(report, full, facts, &host_vnics, doubts);
    doubts.ports += ports.len();
    for port in &ports {
        doubts.cards += usize::from(!card(&port.name).is_empty());
        port_row(name, port, push);
    }
    let bound = switch_rows(name, facts.line, &ports, push);
    let unbound = facts.switches.iter().filter(|s| !bound.contains(s.as_str()));
    doubts.unbound_switches.extend(unbound.cloned());
    let Some(switch) = bound.first() else { return };
    for vnic in host_vnics {
        let role = role_of(report, full, vnic).map_or("", Role::name);
        let (own, mac) = (vnic.name.as_str(), mac(&vnic.mac));
        let values = [
            ("node", name),
            ("host_vnic", own),
            ("switch", switch),
            ("role", role),
            ("mac", mac),
            ("addresses", &addresses(&vnic.with_prefix)),
            ("rdma", host_rdma(&vnic.rdma)),
            (CONCLUDED, if role.is_empty() { "" } else { "role" }),
        ];
        push("host_vnics", vnic.line, &values);
    }
}

/// Writes the switches that ports are bound to, and gives their names.
fn switch_rows<'a>(node: &str, line: u32, ports: &'a [Port], push: &mut Push<'_>) -> BTreeSet<&'a str> {
    let named = ports.iter().map(|p| p.switch.as_str()).filter(|s| !s.is_empty());
    let switches: BTreeSet<&str> = named.collect();
    for switch in &switches {
        let on_it = ports.iter().filter(|p| p.switch == *switch).map(|p| p.name.as_str());
        let nics = on_it.collect::<Vec<_>>().join(";");
        let values = [
            ("node", node),
            ("switch", switch),
            ("type", "external"),
            ("nics", &nics),
        ];
        push("switches", line, &values);
    }
    switches
}

fn port_row(node: &str, port: &Port, push: &mut Push<'_>) {
    let roles: Vec<&str> = port.roles.iter().map(|r| r.name()).collect();
    let concluded = [
        ("current_role", !roles.is_empty()),
        ("speed_mbps", port.speed_concluded),
    ];
    let values = [
        ("node", node),
        ("nic", &port.name),
        ("speed_mbps", &port.speed),
        ("card", card(&port.name)),
        ("rdma", &port.rdma),
        ("model", &port.model),
        ("mac", mac(&port.mac)),
        ("status", &port.status),
        ("current_role", &roles.join(";")),
        ("team", &port.team),
        ("addresses", &addresses(&port.addresses)),
        (CONCLUDED, &catalogue::marked(&concluded)),
    ];
    push("nics", port.line, &values);
}

/// Addresses that say on which network an adapter is: none that Windows gives itself.
fn addresses(with_prefix: &[String]) -> String {
    let own = |text: &&String| {
        let address = text
            .split(['/', '%'])
            .next()
            .unwrap_or_default()
            .parse::<std::net::IpAddr>();
        address.is_ok_and(|ip| match ip {
            std::net::IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_loopback(),
            std::net::IpAddr::V6(v6) => !v6.is_unicast_link_local() && !v6.is_loopback(),
        })
    };
    with_prefix.iter().filter(own).cloned().collect::<Vec<_>>().join(";")
}

/// RDMA of a host vNIC; blank where the report does not say.
fn host_rdma(said: &str) -> &str {
    match said {
        "" | "no" => said,
        _ => "yes",
    }
}

/// An address that is one; tunnels show others.
fn mac(text: &str) -> &str {
    if Mac::parse(text).is_ok() { text } else { "" }
}

/// Cluster use as the report words it; blank for words of other Windows versions.
fn cluster_use(role: &str) -> &'static str {
    match role.to_lowercase().as_str() {
        "enabled" | "client" => "3",
        "internal" => "1",
        "disabled" | "none" => "0",
        _ => "",
    }
}

/// IPv4 address of the management adapter, else the first one on a network open to clients.
fn management_address(report: &Report, full: &str, facts: &NodeFacts) -> String {
    let usable = |a: &&String| {
        a.parse::<std::net::Ipv4Addr>()
            .is_ok_and(|ip| !ip.is_link_local() && !ip.is_loopback())
    };
    let with_role = facts
        .adapters
        .iter()
        .filter(|a| role_of(report, full, a) == Some(Role::Management));
    let any = facts.adapters.iter();
    with_role
        .chain(any)
        .flat_map(|a| &a.addresses)
        .find(usable)
        .cloned()
        .unwrap_or_default()
}

fn tell(d: &Doubts, input: usize, gathered: &mut Gathered) {
    let mut says = |count: usize, missing: &str, taken: &str| {
        if count > 0 {
            let missing = missing.replace("{}", &format!("{count} of {} NICs", d.ports));
            gathered.assumed.push((input, missing, taken.to_owned()));
        }
    };
    let taken = "concluded from the names of adapters and from the cluster networks; write current_role in nics and role in host_vnics";
    says(1, "traffic roles (a validation report has none)", taken);
    let taken = "the captions of the Plug and Play devices; ports without an address are not named in the report";
    says(d.from_devices, "names of {}", taken);
    says(
        d.invented,
        "physical ports under virtual switches ({})",
        "two ports for each node; write nics",
    );
    let taken = "that of the virtual adapters above them; write speed_mbps in nics";
    says(d.speed_from_switch, "speed of {}", taken);
    let taken = "what the model's name tells, else 1 Gbit/s; write speed_mbps in nics";
    says(d.speed_from_nothing, "speed of {}, told by nothing", taken);
    says(
        d.cards,
        "card of {}, from the name",
        "ports whose names begin with the same slot share a card",
    );
    let unbound: Vec<&str> = d.unbound_switches.iter().map(String::as_str).collect();
    let missing = format!("kind and NICs of the virtual switches {}", unbound.join(", "));
    says(unbound.len(), &missing, "left out; write switches");
    let kinds: BTreeSet<&str> = d.out_of_order.iter().map(|c| base(c)).collect();
    let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
    let missing = format!("state of {} disabled or faulty ports ({kinds})", d.out_of_order.len());
    says(
        d.out_of_order.len(),
        &missing,
        "left out; write them in nics to plan with them",
    );
}
