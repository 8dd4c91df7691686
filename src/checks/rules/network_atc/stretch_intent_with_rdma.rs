//! RDMA in an intent for a stretched cluster.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2025;

/// The rule.
pub static RULE: Rule = Rule {
    name: "stretch-intent-with-rdma",
    severity: Severity::Error,
    family: "network-atc",
    summary: "a port of a stretch intent has RDMA switched on",
    risk: "not allowed between sites: Network ATC refuses the intent",
    source: "Microsoft, Deploy host networking with Network ATC",
    page: include_str!("stretch_intent_with_rdma.md"),
    columns: &["nics.rdma", "nics.intents", "clusters.stretch_intents"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| nic.rdma.on()) {
            let stretch = super::intents(nic)
                .iter()
                .find(|intent| super::names(cluster, "stretch_intents", intent));
            if let Some(intent) = stretch {
                found.add((nic.name.clone(), intent.clone()), node, report.at(nic.origin, "rdma"));
            }
        }
    }
    for ((nic, intent), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!("{nic} of stretch intent {intent} has RDMA on {}", places.nodes()),
            current: "RDMA on".to_owned(),
            expected: "RDMA off between sites".to_owned(),
            fix: format!("on {}: Disable-NetAdapterRdma -Name {}", places.nodes(), quoted(&nic)),
            at: places.at,
        });
    }
}
