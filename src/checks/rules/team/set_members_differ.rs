//! SET over ports that are not alike.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node, Rdma};
use crate::profiles::WS2016;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "set-members-differ",
    severity: Severity::Error,
    family: "team",
    summary: "the ports of a SET have different models, drivers, RDMA or MTUs",
    risk: "Microsoft does not support it: offloads work on one port and not on the other, and a VM that changes ports loses them",
    source: "Microsoft, Switch Embedded Teaming (members of one maker, model, firmware and driver); Test-Cluster, test Validate Switch Enabled Teaming Configurations",
    page: include_str!("set_members_differ.md"),
    columns: &[
        "nics.model",
        "nics.driver_version",
        "nics.mtu",
        "nics.rdma",
        "switches.embedded_teaming",
        "switches.nics",
    ],
    versions: Versions::from(WS2016),
    leaves: Some("the drivers of ports"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for node in &cluster.nodes {
        for team in teams::set(cluster, node) {
            let models = parts(&team.members, |nic| Some(nic.model.clone()).filter(|m| !m.is_empty()));
            let drivers = parts(&team.members, |nic| nic.facts.text("driver_version").map(str::to_owned));
            // Ports of different models have different drivers in any case.
            let mtus = parts(&team.members, |nic| nic.facts.number("mtu").map(|mtu| mtu.to_string()));
            let rdma = parts(&team.members, |nic| Some(rdma_word(nic.rdma).to_owned()));
            let (what, column, parts) = match (models.len(), drivers.len(), rdma.len(), mtus.len()) {
                (2.., ..) => ("models", "model", models),
                (_, 2.., ..) => ("drivers", "driver_version", drivers),
                (_, _, 2.., _) => ("RDMA", "rdma", rdma),
                (.., 2..) => ("MTUs", "mtu", mtus),
                _ => continue,
            };
            let words: Vec<String> = parts
                .values()
                .map(|(value, ports)| {
                    let names: Vec<&str> = ports.iter().map(|nic| nic.name.as_str()).collect();
                    format!("{value} ({})", lookup::list(&names))
                })
                .collect();
            report.add(Fault {
                subject: format!("{}/{}", node.name, team.name),
                message: format!(
                    "SET {} on {} has ports with different {what}: {}",
                    team.name,
                    node.name,
                    words.join("; ")
                ),
                current: lookup::list(&parts.values().map(|(value, _)| value).collect::<Vec<_>>()),
                expected: "ports of one model with one driver, RDMA and MTU".to_owned(),
                fix: fix(cluster, node, what, &team, &parts),
                at: team.members.iter().map(|nic| report.at(nic.origin, column)).collect(),
            });
        }
    }
}

/// RDMA of a port, as a cell has it.
fn rdma_word(rdma: Rdma) -> &'static str {
    match rdma {
        Rdma::No => "no RDMA",
        Rdma::Iwarp => "iWARP",
        Rdma::Roce => "RoCE",
        Rdma::Yes => "RDMA of unknown kind",
    }
}

/// Ports by what they have, regardless of case; those without are left out.
fn parts<'a>(members: &[&'a Nic], value: impl Fn(&Nic) -> Option<String>) -> BTreeMap<String, (String, Vec<&'a Nic>)> {
    let mut parts: BTreeMap<String, (String, Vec<&Nic>)> = BTreeMap::new();
    for nic in members.iter().copied() {
        if let Some(value) = value(nic) {
            let part = parts.entry(value.to_lowercase());
            part.or_insert_with(|| (value, Vec::new())).1.push(nic);
        }
    }
    parts
}

fn fix(
    cluster: &Cluster,
    node: &Node,
    what: &str,
    team: &teams::Team<'_>,
    parts: &BTreeMap<String, (String, Vec<&Nic>)>,
) -> String {
    if what == "drivers" {
        return format!(
            "{}, then install one driver and firmware for all ports of the SET",
            fixes::drain(cluster, &node.name)
        );
    }
    if what == "RDMA" {
        return "on every port of the SET alike: Enable-NetAdapterRdma (or Disable-NetAdapterRdma on all of them), with one technology \
                (advanced property *NetworkDirectTechnology)"
            .to_owned();
    }
    if what == "MTUs" {
        return "set one value on every port of the SET: Set-NetAdapterAdvancedProperty -RegistryKeyword '*JumboPacket' -RegistryValue 9014 \
                (or 1514), and the same at the physical switches"
            .to_owned();
    }
    // Of equally many the first by name.
    let most = parts.iter().rev().max_by_key(|(_, (_, ports))| ports.len());
    let Some((kept, (model, keep))) = most else {
        return String::new();
    };
    let others = parts.iter().filter(|(key, _)| *key != kept);
    let odd: Vec<&Nic> = others.flat_map(|(_, (_, ports))| ports.iter().copied()).collect();
    format!(
        "keep ports of {model}: {}",
        teams::keep_alike(cluster, node, team, true, keep, &odd)
    )
}
