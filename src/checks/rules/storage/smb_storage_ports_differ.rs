//! Ports for SMB storage of different speed, or only some with RDMA.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;
use crate::units::{Mbps, show_mbps};

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-storage-ports-differ",
    severity: Severity::Warning,
    family: "storage",
    summary: "the ports for SMB storage of a node differ in speed or RDMA",
    risk: "SMB Multichannel uses the best ports only; the others are idle until those fail",
    source: "Microsoft, SMB Multichannel; Microsoft, Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("smb_storage_ports_differ.md"),
    columns: &["clusters.storage", "nics.current_role", "nics.speed_mbps", "nics.rdma"],
    needs: &["nics.current_role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster.nodes.iter().filter(|_| cluster.storage.is_smb()) {
        let storage = node
            .nics
            .iter()
            .filter(|nic| nic.roles.contains(&Role::Storage) && nic.switch.is_none());
        let kinds: Vec<(u64, bool)> = storage.clone().map(|nic| (nic.speed, nic.rdma.on())).collect();
        let best = kinds.iter().max_by_key(|(speed, rdma)| (*rdma, *speed)).copied();
        let Some(best) = best else { continue };
        for nic in storage.filter(|nic| (nic.speed, nic.rdma.on()) != best) {
            let column = if nic.speed == best.0 { "rdma" } else { "speed_mbps" };
            found.add(
                (nic.name.clone(), words(nic.speed, nic.rdma.on()), words(best.0, best.1)),
                node,
                report.at(nic.origin, column),
            );
        }
    }
    for ((nic, current, best), places) in found {
        report.add(Fault {
            subject: nic.clone(),
            message: format!(
                "{nic} carries SMB storage with {current}, another port with {best} ({})",
                places.nodes()
            ),
            current,
            expected: best,
            fix: "use ports of one speed for storage, with RDMA on all of them or on none".to_owned(),
            at: places.at,
        });
    }
}

fn words(speed: Mbps, rdma: bool) -> String {
    format!(
        "{} {}",
        show_mbps(speed),
        if rdma { "and RDMA" } else { "without RDMA" }
    )
}
