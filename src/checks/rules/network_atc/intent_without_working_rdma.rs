//! A port of a storage intent whose RDMA does not work.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2025;

/// The rule.
pub static RULE: Rule = Rule {
    name: "intent-without-working-rdma",
    severity: Severity::Error,
    family: "network-atc",
    summary: "RDMA does not work on a port of the storage intent",
    risk: "Network ATC shows RDMANotOperational, and storage uses TCP",
    source: "Microsoft, Deploy host networking with Network ATC",
    page: include_str!("intent_without_working_rdma.md"),
    columns: &["nics.rdma_operational", "nics.intents", "clusters.storage_intents"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in node
            .nics
            .iter()
            .filter(|nic| nic.facts.yes("rdma_operational") == Some(false))
        {
            let storage = super::intents(nic)
                .iter()
                .find(|intent| super::names(cluster, "storage_intents", intent));
            if let Some(intent) = storage.filter(|_| nic.rdma.on()) {
                found.add(
                    (nic.name.clone(), intent.clone()),
                    node,
                    report.at(nic.origin, "rdma_operational"),
                );
            }
        }
    }
    for ((nic, intent), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!("RDMA does not work on {nic} of intent {intent} on {}", places.nodes()),
            current: "RDMA not operational".to_owned(),
            expected: "RDMA operational, or an override that does without".to_owned(),
            fix: format!(
                "check cable, firmware and driver of {nic}; without RDMA: Set-NetIntent -Name {} -AdapterPropertyOverrides with NetworkDirect = 0",
                quoted(&intent)
            ),
            at: places.at,
        });
    }
}
