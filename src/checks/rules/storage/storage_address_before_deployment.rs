//! A storage port with an address before Azure Local is deployed.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "storage-address-before-deployment",
    severity: Severity::Error,
    family: "storage",
    summary: "a storage port has an address before Azure Local is deployed",
    risk: "the environment validator stops the deployment",
    source: "Microsoft, Azure Local environment validator, StorageAdapterReadiness",
    page: include_str!("storage_address_before_deployment.md"),
    columns: &["nics.addresses", "nics.current_role", "clusters.deployed"],
    asks: &["nics.addresses"],
    needs: &["clusters.deployed"],
    versions: Versions::only(AZURE_LOCAL),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let preparing = cluster.facts.yes("deployed") == Some(false);
    let mut found = Alike::new();
    for node in cluster.nodes.iter().filter(|_| preparing) {
        for nic in node.nics.iter().filter(|nic| nic.roles.iter().eq([&Role::Storage])) {
            // An address that Windows gave itself for want of another does not count.
            if nic
                .addresses
                .iter()
                .any(|address| !address.starts_with("169.254.") && !address.starts_with("fe80:"))
            {
                found.add(nic.name.clone(), node, report.at(nic.origin, "addresses"));
            }
        }
    }
    for (nic, places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!(
                "{nic} is for storage and has an address before the deployment on {}",
                places.nodes()
            ),
            current: "an address".to_owned(),
            expected: "no address; the deployment sets it".to_owned(),
            fix: format!(
                "on {}: Remove-NetIPAddress -InterfaceAlias {}; Set-NetIPInterface -InterfaceAlias {} -Dhcp Disabled",
                places.nodes(),
                quoted(&nic),
                quoted(&nic)
            ),
            at: places.at,
        });
    }
}
