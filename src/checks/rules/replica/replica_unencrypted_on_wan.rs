//! Replication by Kerberos over lines that do not encrypt.

use super::replicated;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "replica-unencrypted-on-wan",
    severity: Severity::Warning,
    family: "replica",
    summary: "VMs are replicated over HTTP with Kerberos, and the way leaves the site without encryption",
    risk: "whoever listens on the line reads the disks of the VMs",
    source: "Microsoft, Set up Hyper-V Replica (Kerberos authentication over HTTP is not encrypted)",
    page: include_str!("replica_unencrypted_on_wan.md"),
    columns: &[
        "clusters.profile",
        "clusters.replica_open_line",
        "vms.replica",
        "vms.replica_authentication",
    ],
    asks: &["vms.replica"],
    needs: &["clusters.replica_open_line", "vms.replica_authentication"],
    versions: Versions::from(WS2012).because("Hyper-V Replica begins with 2012"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if cluster.facts.yes("replica_open_line") != Some(true) {
        return;
    }
    let mut open = replicated(cluster);
    open.retain(|vm| vm.facts.text("replica_authentication") == Some("kerberos"));
    let Some(first) = open.first() else {
        return;
    };
    let names: Vec<&str> = open.iter().map(|vm| vm.name.as_str()).collect();
    report.add(Fault {
        subject: lookup::list(&names),
        message: format!(
            "{} {} replicated in clear text over a line that leaves the site",
            lookup::list(&names),
            if names.len() == 1 { "is" } else { "are" }
        ),
        current: "kerberos, HTTP".to_owned(),
        expected: "certificate, HTTPS".to_owned(),
        fix: format!(
            "install certificates on both sides, then for each VM: Set-VMReplication{} -VMName {} -AuthenticationType Certificate \
             -CertificateThumbprint <thumbprint> -ReplicaServerPort 443",
            fixes::on_host(cluster, first),
            fixes::quoted(&first.name)
        ),
        at: open.iter().map(|vm| report.at(vm.origin, "replica_authentication")).collect(),
    });
}
