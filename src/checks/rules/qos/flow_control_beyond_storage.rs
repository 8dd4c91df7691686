//! Priority flow control on a priority that carries no storage.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "flow-control-beyond-storage",
    severity: Severity::Error,
    family: "qos",
    summary: "flow control is on for a priority that carries no storage",
    risk: "one slow receiver stops traffic that would better be dropped, and the pauses spread through the switches",
    source: "Microsoft, Validate-DCB; Microsoft, Host network requirements for Azure Local",
    page: include_str!("flow_control_beyond_storage.md"),
    columns: &["nodes.pfc_priorities", "nodes.qos_policies"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

/// Policies whose traffic may ask for a lossless priority.
const LOSSLESS: &[&str] = &["smbdirect", "smb", "iscsi", "fcoe", "nfs"];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let storage = super::policy_priorities(node, LOSSLESS);
        let paused = node.facts.list("pfc_priorities").unwrap_or_default();
        let is_storage = |priority: &str| storage.iter().any(|known| known.to_string() == priority);
        let extra: Vec<&str> = paused.iter().map(String::as_str).filter(|p| !is_storage(p)).collect();
        if !storage.is_empty() && !extra.is_empty() {
            found.add(extra.join(","), node, report.at(node.origin, "pfc_priorities"));
        }
    }
    for (extra, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "flow control is on for priority {extra}, which carries no storage, on {}",
                places.nodes()
            ),
            current: format!("flow control on {extra}"),
            expected: "flow control on the storage priority alone".to_owned(),
            fix: format!("on {}: Disable-NetQosFlowControl -Priority {extra}", places.nodes()),
            at: places.at,
        });
    }
}
