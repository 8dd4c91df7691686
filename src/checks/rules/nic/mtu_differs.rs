//! Interfaces of one traffic role whose largest packets differ.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Node};
use crate::migration::wiring::Subnet;
use crate::roles::Role;
use crate::units::host_vnic_connection;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "mtu-differs",
    severity: Severity::Warning,
    family: "nic",
    summary: "interfaces of one traffic role have different MTUs",
    risk: "large packets are dropped or cut on the way: small tests succeed, and storage or live migration hangs under load",
    source: "Microsoft Validate-DCB; Test-Cluster, Validate Network Communication; MSFT_NetAdapter class, property MtuSize",
    page: include_str!("mtu_differs.md"),
    columns: &[
        "nics.mtu",
        "nics.current_role",
        "nics.addresses",
        "host_vnics.mtu",
        "host_vnics.role",
        "host_vnics.addresses",
    ],
    needs: &["nics.mtu|host_vnics.mtu"],
    check,
    ..Rule::BASE
};

/// Interfaces that are compared: of one role, in one subnet.
type Network = (Role, Option<Subnet>);

/// One interface and its MTU in bytes.
struct Interface {
    name: String,
    node: String,
    /// Name as cmdlets take it.
    alias: String,
    mtu: u64,
    at: Location,
}

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut networks: BTreeMap<Network, Vec<Interface>> = BTreeMap::new();
    for node in &cluster.nodes {
        for (network, interface) in interfaces(node, report) {
            networks.entry(network).or_default().push(interface);
        }
    }
    for ((role, _), interfaces) in networks {
        let mut mtus: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
        for interface in &interfaces {
            mtus.entry(interface.mtu).or_default().push(&interface.name);
        }
        if mtus.len() < 2 {
            continue;
        }
        let words: Vec<String> = mtus
            .iter()
            .map(|(mtu, names)| format!("{mtu} on {}", lookup::list(names)))
            .collect();
        report.add(Fault {
            subject: role.to_string(),
            message: format!("interfaces for {role} have different MTUs: {}", words.join("; ")),
            current: lookup::list(&mtus.keys().map(u64::to_string).collect::<Vec<_>>()),
            expected: "one MTU, also at the physical switches".to_owned(),
            fix: fix(cluster, &interfaces),
            at: interfaces.into_iter().map(|i| i.at).collect(),
        });
    }
}

/// Interfaces that carry a role themselves, each with role and subnet. Ports under a virtual switch carry what its host vNICs
/// send, so only those count there.
fn interfaces(node: &Node, report: &Report<'_>) -> Vec<(Network, Interface)> {
    let interface = |name: &str, alias: String, mtu, origin| Interface {
        name: format!("{}/{name}", node.name),
        node: node.name.clone(),
        alias,
        mtu,
        at: report.at(origin, "mtu"),
    };
    let mut found = Vec::new();
    for nic in node.nics.iter().filter(|nic| nic.switch.is_none()) {
        let Some(mtu) = nic.facts.number("mtu") else { continue };
        for role in &nic.roles {
            found.push((
                (*role, subnet(&nic.addresses)),
                interface(&nic.name, nic.name.clone(), mtu, nic.origin),
            ));
        }
    }
    for vnic in &node.host_vnics {
        if let (Some(role), Some(mtu)) = (vnic.role, vnic.facts.number("mtu")) {
            let alias = host_vnic_connection(&vnic.name);
            found.push((
                (role, subnet(&vnic.addresses)),
                interface(&vnic.name, alias, mtu, vnic.origin),
            ));
        }
    }
    found
}

/// Subnet of the first address that has a prefix. Interfaces in different subnets are compared apart, since two networks of one
/// role may well differ.
fn subnet(addresses: &[String]) -> Option<Subnet> {
    addresses
        .iter()
        .filter(|address| address.contains('/'))
        .find_map(|address| Subnet::parse(address))
}

/// Interfaces whose fix is written out; the others are alike.
const WRITTEN: usize = 2;

/// The MTU that most interfaces have; of two that as many have, the larger.
fn usual(interfaces: &[Interface]) -> u64 {
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for interface in interfaces {
        *counts.entry(interface.mtu).or_default() += 1;
    }
    let most = counts.into_iter().max_by_key(|(mtu, count)| (*count, *mtu));
    most.map_or(0, |(mtu, _)| mtu)
}

/// Bytes of the Ethernet header, which `*JumboPacket` counts, too.
const HEADER: u64 = 14;

/// The interfaces that differ from most are set like these.
fn fix(cluster: &Cluster, interfaces: &[Interface]) -> String {
    let usual = usual(interfaces);
    let odd: Vec<&Interface> = interfaces.iter().filter(|i| i.mtu != usual).collect();
    let names: Vec<&str> = odd.iter().map(|i| i.name.as_str()).collect();
    if fixes::is_2008r2(cluster) {
        return format!(
            "in Device Manager, {}, Advanced: \"Jumbo Packet\" as on the others (an MTU of {usual} bytes), and the same at the physical switches",
            lookup::list(&names)
        );
    }
    // Some files hold the value of the keyword itself.
    let value = if matches!(usual, 1514 | 9014) {
        usual
    } else {
        usual + HEADER
    };
    let one = |i: &&Interface| {
        format!(
            "Set-NetAdapterAdvancedProperty -CimSession {} -Name {} -RegistryKeyword '*JumboPacket' -RegistryValue {value}",
            fixes::quoted(&i.node),
            fixes::quoted(&i.alias)
        )
    };
    let written: Vec<String> = odd.iter().take(WRITTEN).map(one).collect();
    let more = match odd.len().saturating_sub(WRITTEN) {
        0 => String::new(),
        1 => "; the same for the other one".to_owned(),
        more => format!("; the same for {more} others"),
    };
    format!(
        "{}{more}, as on the others, and the same at the physical switches",
        written.join("; ")
    )
}
