//! InfiniBand on Azure Local.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Hosts, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::AZURE_LOCAL;

/// The rule.
pub static RULE: Rule = Rule {
    name: "infiniband-on-azure-local",
    severity: Severity::Error,
    family: "storage",
    hosts: Hosts::Any,
    summary: "a port of a node of Azure Local is InfiniBand",
    risk: "not supported: neither storage nor live migration may use it",
    source: "Microsoft, Host network requirements for Azure Local (RDMA)",
    page: include_str!("infiniband_on_azure_local.md"),
    columns: &["nics.infiniband"],
    versions: Versions::only(AZURE_LOCAL),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster.nodes.iter() {
        for nic in node.nics.iter().filter(|nic| nic.facts.yes("infiniband") == Some(true)) {
            found.add(nic.name.clone(), node, report.at(nic.origin, "infiniband"));
        }
    }
    for (nic, places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!(
                "{nic} is InfiniBand, which Azure Local does not support, on {}",
                places.nodes()
            ),
            current: "InfiniBand".to_owned(),
            expected: "Ethernet with iWARP or RoCE".to_owned(),
            fix: "set the port to Ethernet where the card can do both, or change the card".to_owned(),
            at: places.at,
        });
    }
}
