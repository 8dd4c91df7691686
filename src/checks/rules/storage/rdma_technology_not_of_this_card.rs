//! An RDMA technology that the card does not have.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Rdma};
use crate::powershell::quoted;
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-technology-not-of-this-card",
    severity: Severity::Error,
    family: "storage",
    summary: "a port is set to an RDMA technology that its card does not have",
    risk: "RDMA does not come up, and SMB uses TCP",
    source: "Microsoft, Validate-DCB",
    page: include_str!("rdma_technology_not_of_this_card.md"),
    columns: &["nics.rdma", "nics.model"],
    needs: &["nics.rdma", "nics.model"],
    versions: Versions::from(WS2012),
    leaves: Some("what a card can do"),
    check,
    ..Rule::BASE
};

/// Makers of cards that know only RoCE, as their models are called in Windows.
const ROCE_ONLY: &[&str] = &["mellanox", "connectx", "broadcom", "netxtreme"];
/// The same for iWARP.
const IWARP_ONLY: &[&str] = &["chelsio"];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in &node.nics {
            let model = nic.model.to_lowercase();
            let of = |makers: &[&str]| makers.iter().any(|maker| model.contains(maker));
            let wrong = match nic.rdma {
                Rdma::Iwarp if of(ROCE_ONLY) => Some(("iWARP", "RoCE", 4)),
                Rdma::Roce if of(IWARP_ONLY) => Some(("RoCE", "iWARP", 1)),
                Rdma::Iwarp | Rdma::Roce | Rdma::No | Rdma::Yes => None,
            };
            if let Some(wrong) = wrong {
                found.add(
                    (nic.name.clone(), nic.model.clone(), wrong),
                    node,
                    report.at(nic.origin, "rdma"),
                );
            }
        }
    }
    for ((nic, model, (current, right, value)), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!("{nic} ({model}) is set to {current}, which this card does not have, on {}", places.nodes()),
            current: current.to_owned(),
            expected: right.to_owned(),
            fix: format!(
                "on {}: Set-NetAdapterAdvancedProperty -Name {} -RegistryKeyword '*NetworkDirectTechnology' -RegistryValue {value}",
                places.nodes(),
                quoted(&nic)
            ),
            at: places.at,
        });
    }
}
