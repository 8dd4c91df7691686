//! SMB storage over a single adapter.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "single-smb-storage-adapter",
    severity: Severity::Warning,
    family: "storage",
    summary: "a node reaches its SMB storage over a single adapter",
    risk: "SMB Multichannel has nothing to spread over, and one cable takes the disks away",
    source: "Microsoft, SMB Multichannel; Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("single_smb_storage_adapter.md"),
    columns: &["clusters.storage", "nics.current_role", "host_vnics.role"],
    needs: &["nics.current_role|host_vnics.role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster.nodes.iter().filter(|_| cluster.storage.is_smb()) {
        let storage: Vec<_> = super::adapters(node)
            .filter(|a| a.roles.contains(&Role::Storage))
            .collect();
        if let [only] = storage.as_slice() {
            found.add(only.name.to_owned(), node, report.at(only.origin, only.role_column));
        }
    }
    for (adapter, places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!("{adapter} is the only adapter for SMB storage on {}", places.nodes()),
            current: "1 adapter".to_owned(),
            expected: "2 or more of the same speed, each in a subnet of its own".to_owned(),
            fix: "give storage a second port or host vNIC of the same speed, on another physical switch".to_owned(),
            at: places.at,
        });
    }
}
