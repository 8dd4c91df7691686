//! The questions that administrators ask about such a cluster, answered from the plan.
//!
//! In: joined data. Out: HTML. Every answer speaks of this very plan; a question that does not arise here is left out.
//! Must not know: how a number was found.

mod addresses;
mod balancing;
mod limits;
mod migration;
mod ports;
#[cfg(test)]
mod tests;
mod weak;

use crate::reports::data::{ClusterData, NodeGroup, ReportData};
use crate::reports::show;
use crate::reports::svg::{escape, push_escaped};
use crate::units::natural_cmp;
use std::fmt::Write;

/// A question, the table that shows more, and the answer; no answer = it does not arise in this cluster.
type Question = (&'static str, &'static str, fn(&ClusterData) -> Option<String>);

const QUESTIONS: [Question; 24] = [
    (
        "How many network cards does a node need?",
        "assignment",
        ports::how_many,
    ),
    (
        "What if a NIC, a card, a switch or a node fails?",
        "failures",
        weak::failures,
    ),
    (
        "Which network does live migration use?",
        "assignment",
        migration::network,
    ),
    (
        "What shares NICs with heartbeat, CSV and live migration?",
        "role-capacity",
        ports::sharing,
    ),
    (
        "Nodes drop out of the cluster under load (event 1135): can that happen here?",
        "role-capacity",
        weak::heartbeat,
    ),
    (
        "How fast is live migration, and why not faster?",
        "drains",
        migration::speed,
    ),
    (
        "Why does a host vNIC not reach the speed of its ports?",
        "assignment",
        migration::host_vnic,
    ),
    ("TCP/IP, compression or SMB?", "assignment", migration::transport),
    (
        "Is 750 MB/s or 25 % the right limit of live migration over SMB, and of which NICs?",
        "drains",
        limits::over_smb,
    ),
    (
        "How do I keep live migration from starving storage and CSV?",
        "role-capacity",
        limits::starving,
    ),
    ("How many live migrations at once?", "drains", limits::at_once),
    (
        "Why does the cluster keep setting live migrations at once back to 1?",
        "drains",
        limits::set_back,
    ),
    ("How long does it take to empty a node?", "drains", migration::drain),
    (
        "What happens to low-priority VMs in a drain?",
        "drains",
        migration::low_priority,
    ),
    (
        "NLB members are misconfigured after they moved together: can that happen here?",
        "drains",
        balancing::together,
    ),
    (
        "An NLB member has no network, or NLB reports 0x8004100a: why?",
        "static-macs",
        balancing::no_network,
    ),
    (
        "Two VMs have the same MAC, or a VM does not start (\"Attempt to access invalid address\"): are the pools to blame?",
        "mac-plan",
        addresses::pools,
    ),
    (
        "Which VMs must keep their MAC, and which need spoofing?",
        "static-macs",
        addresses::fixed,
    ),
    (
        "The MAC changed after a VM moved, and its DHCP reservation or licence broke: whose can still change?",
        "static-macs",
        addresses::changing,
    ),
    (
        "A Linux guest renamed or lost its interface after a move: which ones can?",
        "static-macs",
        addresses::linux,
    ),
    (
        "A VM has no network after live migration (VMSMP event 28): is the team to blame?",
        "external-networks",
        weak::after_a_move,
    ),
    (
        "Validation warns about one network path: which role has only one?",
        "failures",
        weak::single_path,
    ),
    (
        "My nodes have different NICs: does that matter?",
        "assignment",
        ports::different_nodes,
    ),
    (
        "Fibre Channel or no network storage: is the cluster network still redundant?",
        "failures",
        weak::cluster_network,
    ),
];

/// Writes the section.
pub(super) fn write(data: &ReportData, out: &mut String) {
    for cluster in &data.clusters {
        if data.clusters.len() > 1 {
            let _ = writeln!(out, "<h3>{}</h3>", escape(&cluster.facts.name));
        }
        out.push_str("<div class=\"questions\">\n");
        for (question, table, answer) in answers(cluster) {
            let _ = write!(out, "<div><h4>{}</h4>\n<p>", escape(question));
            push_escaped(out, &show::sentence(&answer));
            let _ = writeln!(out, " <a href=\"#table-{table}\">Details</a></p></div>");
        }
        out.push_str("</div>\n");
    }
}

/// The questions that arise in a cluster, each with its table and answer.
fn answers<'c>(cluster: &'c ClusterData<'_>) -> impl Iterator<Item = (&'static str, &'static str, String)> + 'c {
    // a single node has nobody to migrate to: no answer, and no table to show more
    let arises = |table: &str| table != "drains" || cluster.drains.is_some();
    let asked = QUESTIONS.into_iter().filter(move |(_, table, _)| arises(table));
    asked.filter_map(|(question, table, answer)| Some((question, table, answer(cluster)?)))
}

/// Kinds of nodes told one by one.
const KINDS: usize = 6;

/// What holds on which nodes, those where the same holds together: `8 NICs in use on every node`, `NIC1 on HV1–HV4`.
fn by_nodes(cluster: &ClusterData, of: impl Fn(&NodeGroup) -> Option<String>) -> Vec<String> {
    let groups = cluster.patterns.iter();
    joined(
        cluster,
        groups.filter_map(|group| Some((of(group)?, group.nodes.as_slice()))),
    )
}

/// What holds on which nodes, those where the same holds together.
fn joined<'n>(cluster: &ClusterData, held: impl Iterator<Item = (String, &'n [usize])>) -> Vec<String> {
    let mut said: Vec<(String, Vec<usize>)> = Vec::new();
    for (text, nodes) in held {
        match said.iter_mut().find(|(known, _)| *known == text) {
            Some((_, known)) => known.extend(nodes),
            None => said.push((text, nodes.to_vec())),
        }
    }
    let all = cluster.facts.nodes.len();
    let line = |(text, nodes): &(String, Vec<usize>)| {
        if nodes.len() == all && all > 1 {
            return format!("{text} on every node");
        }
        let mut names: Vec<&str> = nodes.iter().map(|node| cluster.node_name(*node)).collect();
        names.sort_by(|a, b| natural_cmp(a, b));
        format!("{text} on {}", show::name_runs(&names, "–"))
    };
    let mut lines: Vec<String> = said.iter().take(KINDS).map(line).collect();
    if said.len() > KINDS {
        lines.push(format!("{} more kinds of nodes", said.len() - KINDS));
    }
    lines
}
