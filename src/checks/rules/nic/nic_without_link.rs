//! A port that carries traffic but has no link.

use crate::checks::rules::{Fault, Hosts, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "nic-without-link",
    severity: Severity::Error,
    family: "nic",
    hosts: Hosts::Any,
    summary: "a NIC that carries a role, a switch or a team has no link",
    risk: "the role is cut off, or runs without its second path and nobody notices",
    source: "Microsoft Validate-DCB; Azure Local Environment Validator, HostNetworkConfigurationReadiness",
    page: include_str!("nic_without_link.md"),
    columns: &["nics.status", "nics.current_role", "nics.team", "switches.nics"],
    subject: "NICs in use",
    asks: &["nics.current_role|switches.nics"],
    needs: &["nics.status"],
    leaves: Some("which ports have a link"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    report.judges_ports();
    for node in &cluster.nodes {
        for nic in &node.nics {
            let work = work_of(nic);
            if work.is_empty() {
                continue;
            }
            report.look_at(1);
            if nic.up {
                continue;
            }
            let port = if nic.tor_port.is_empty() {
                String::new()
            } else {
                format!(" to switch port {}", nic.tor_port)
            };
            report.add(Fault {
                subject: format!("{}/{}", node.name, nic.name),
                message: format!(
                    "{}/{} carries {} but has no link",
                    node.name,
                    nic.name,
                    lookup::list(&work)
                ),
                current: "down".to_owned(),
                expected: "up".to_owned(),
                fix: format!("check cable and transceiver{port}{}", enable(cluster, node, nic)),
                at: vec![report.at(nic.origin, "status"), report.at(nic.origin, "current_role")],
            });
        }
    }
}

/// How to switch the port on, where it can be off.
fn enable(cluster: &Cluster, node: &Node, nic: &Nic) -> String {
    if !cluster.runs_hyper_v() {
        return ", and that the physical switch does not have the port shut down".to_owned();
    }
    let command = if fixes::is_2008r2(cluster) {
        format!("netsh interface set interface name=\"{}\" admin=enabled", nic.name)
    } else {
        let (host, name) = (fixes::quoted(&node.name), fixes::quoted(&nic.name));
        format!("Enable-NetAdapter -CimSession {host} -Name {name}")
    };
    format!("; if the port is disabled: {command}")
}

/// What hangs on the port.
fn work_of(nic: &Nic) -> Vec<String> {
    let mut work: Vec<String> = nic.roles.iter().map(|r| format!("role {r}")).collect();
    work.extend(nic.switch.iter().map(|s| format!("switch {s}")));
    work.extend((!nic.team.is_empty()).then(|| format!("team {}", nic.team)));
    work
}
