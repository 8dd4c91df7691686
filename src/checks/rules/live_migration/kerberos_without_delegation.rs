//! Hosts that migrate with Kerberos and are not trusted for delegation.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "kerberos-without-delegation",
    severity: Severity::Info,
    family: "live-migration",
    summary: "a host moves VMs with Kerberos and is not trusted for delegation",
    risk: "a move outside the cluster that is started from another computer fails; moves inside the cluster work",
    source: "Microsoft, Set up hosts for live migration without Failover Clustering (constrained delegation)",
    page: include_str!("kerberos_without_delegation.md"),
    columns: &[
        "clusters.profile",
        "nodes.migration_authentication",
        "nodes.migration_delegation",
    ],
    versions: Versions::from(WS2012).because("2008 R2 has no such setting of the host"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        let kerberos = node.facts.text("migration_authentication") == Some("kerberos");
        if kerberos && node.facts.yes("migration_delegation") == Some(false) {
            found.add((), node, report.at(node.origin, "migration_delegation"));
        }
    }
    for ((), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("{} {} VMs with Kerberos without being trusted for delegation", places.nodes(), places.verb("moves", "move")),
            current: "kerberos, no delegation".to_owned(),
            expected: "constrained delegation to cifs and Microsoft Virtual System Migration Service of the other hosts".to_owned(),
            fix: format!(
                "in Active Directory allow the computer accounts of {} to delegate to both services of the other hosts, or start \
                 moves on the host itself: Set-VMHost -VirtualMachineMigrationAuthenticationType CredSSP",
                places.nodes()
            ),
            at: places.at,
        });
    }
}
