//! Encryption of CSV traffic that all I/O goes through.

use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "encrypted-redirected-csv",
    severity: Severity::Info,
    family: "cluster-network",
    summary: "traffic between nodes is encrypted, and CSV disks are redirected over the network in normal work",
    risk: "every block is encrypted and decrypted on the processors of two nodes: disks are slow and processors busy",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728), SecurityLevel",
    page: include_str!("encrypted_redirected_csv.md"),
    columns: &["clusters.security_level", "clusters.csv_redirected", "clusters.profile"],
    versions: Versions::from(WS2012).because("2008 R2 does not encrypt CSV traffic"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let encrypted = cluster.facts.text("security_level") == Some("2");
    if !encrypted || cluster.facts.yes("csv_redirected") != Some(true) {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: "redirected CSV traffic is encrypted between the nodes".to_owned(),
        current: "SecurityLevel 2 (encrypted)".to_owned(),
        expected: "SecurityLevel 1 (signed), unless the network between the nodes is not trusted".to_owned(),
        fix: format!("(Get-Cluster -Name {}).SecurityLevel = 1", cluster.argument()),
        at: vec![
            report.at(cluster.origin, "security_level"),
            report.at(cluster.origin, "csv_redirected"),
        ],
    });
}
