//! A port in use whose TCP checksums are not worked out by the NIC in both directions.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "checksum-offload-off",
    severity: Severity::Warning,
    family: "offload",
    summary: "a port in use does not work out TCP checksums for sending and receiving",
    risk: "segmentation offload, receive side scaling and queues need it: without it the processors do the work of the NIC",
    source: "Microsoft, Enable-NetAdapterChecksumOffload (needed by the other stateless offloads); T. Joos, Flow Control (ADMIN magazine)",
    page: include_str!("checksum_offload_off.md"),
    columns: &[
        "nics.checksum_offload",
        "nics.current_role",
        "nics.team",
        "nics.status",
        "nodes.chimney",
    ],
    needs: &["nics.checksum_offload"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let old = fixes::is_2008r2(cluster);
    let mut found = Alike::new();
    for node in &cluster.nodes {
        // In 2008 R2 it is the condition of chimney, and without that many NICs are better off alone.
        if old && !chimney(node) {
            continue;
        }
        for nic in node.nics.iter().filter(|nic| nic.up && is_used(nic)) {
            let state = nic.facts.text("checksum_offload");
            if let Some(state) = state.filter(|state| *state != "rx-tx-enabled") {
                let at = report.at(nic.origin, "checksum_offload");
                found.add((nic.name.as_str(), state), node, at);
            }
        }
    }
    let severity = if old { Severity::Info } else { Severity::Warning };
    for ((name, state), places) in found {
        let fix = if old {
            format!(
                "on {} in Device Manager, {name}, Advanced: \"TCP Checksum Offload (IPv4)\" to Rx & Tx Enabled",
                places.nodes()
            )
        } else {
            format!(
                "on {}: Enable-NetAdapterChecksumOffload -Name {} -TcpIPv4",
                places.nodes(),
                fixes::quoted(name)
            )
        };
        report.add_as(
            severity,
            Fault {
                subject: name.to_owned(),
                message: format!("TCP checksum offload of {name} on {} is {state}", places.nodes()),
                current: state.to_owned(),
                expected: "on for receiving and sending".to_owned(),
                fix,
                at: places.at,
            },
        );
    }
}

fn chimney(node: &Node) -> bool {
    node.facts.text("chimney").is_some_and(|state| state != "disabled")
}

/// It carries a role (that of VMs under a switch) or is in a team.
fn is_used(nic: &Nic) -> bool {
    !nic.roles.is_empty() || !nic.team.is_empty()
}
