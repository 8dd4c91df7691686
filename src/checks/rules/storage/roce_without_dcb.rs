//! RoCE without flow control, traffic classes or DCB.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Nic, Node, Rdma, TrafficClass};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "roce-without-dcb",
    severity: Severity::Error,
    family: "storage",
    summary: "a port uses RoCE, but flow control, traffic classes or DCB are missing",
    risk: "packets are dropped under load, and RoCE recovers slowly: disks stall",
    source: "Microsoft, Host network requirements for Azure Local; Microsoft, Validate-DCB",
    page: include_str!("roce_without_dcb.md"),
    columns: &["nics.rdma", "nics.qos", "nodes.pfc_priorities", "nodes.traffic_classes"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        // A direct cable has no switch that could drop.
        for nic in node
            .nics
            .iter()
            .filter(|nic| nic.rdma == Rdma::Roce && nic.direct_to.is_none())
        {
            for (missing, fix, at) in missing(node, nic, report) {
                found.add((missing, fix), node, at);
            }
        }
    }
    for ((missing, fix), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("RoCE is in use without {missing} on {}", places.nodes()),
            current: format!("no {}", missing.trim_start_matches("a ")),
            expected: "flow control on the storage priority, a storage class, DCB switched on at the port".to_owned(),
            fix: format!("on {}: {fix}", places.nodes()),
            at: places.at,
        });
    }
}

/// What a port with RoCE lacks, how to set it up, and where the inventory says so.
fn missing(node: &Node, nic: &Nic, report: &Report<'_>) -> Vec<(&'static str, String, Location)> {
    let own = |classes: &[TrafficClass]| classes.iter().any(|class| !class.name.eq_ignore_ascii_case("default"));
    let priority = lookup::smb_priority(node);
    let mut missing = Vec::new();
    if node.facts.list("pfc_priorities").is_some_and(<[String]>::is_empty) {
        let fix = format!("Enable-NetQosFlowControl -Priority {priority}");
        missing.push(("flow control", fix, report.at(node.origin, "pfc_priorities")));
    }
    if node
        .facts
        .classes("traffic_classes")
        .is_some_and(|classes| !own(classes))
    {
        let fix =
            format!("New-NetQosTrafficClass -Name SMB -Priority {priority} -BandwidthPercentage 50 -Algorithm ETS");
        missing.push(("a traffic class", fix, report.at(node.origin, "traffic_classes")));
    }
    if nic.facts.yes("qos") == Some(false) {
        missing.push((
            "DCB at the port",
            format!("Enable-NetAdapterQos -Name {}", fixes::quoted(&nic.name)),
            report.at(nic.origin, "qos"),
        ));
    }
    missing
}
