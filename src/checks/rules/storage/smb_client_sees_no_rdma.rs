//! An adapter with RDMA that the SMB client does not see as such.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::powershell::quoted;
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-client-sees-no-rdma",
    severity: Severity::Warning,
    family: "storage",
    summary: "RDMA is on at an adapter, but the SMB client does not see it",
    risk: "SMB uses TCP over this adapter, and nobody is told",
    source: "Microsoft, Get-SmbClientNetworkInterface; Microsoft, Test-Cluster, test Validate Cluster Network Configuration",
    page: include_str!("smb_client_sees_no_rdma.md"),
    columns: &[
        "nics.smb_client_rdma",
        "nics.rdma",
        "host_vnics.smb_client_rdma",
        "host_vnics.rdma",
    ],
    needs: &["nics.smb_client_rdma|host_vnics.smb_client_rdma"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for adapter in super::adapters(node).filter(|adapter| adapter.rdma != Some(false)) {
            let unseen = adapter.facts.yes("smb_client_rdma") == Some(false);
            if unseen && adapter.rdma.is_none() {
                report.lacks("host_vnics.rdma");
            } else if unseen {
                found.add(
                    (adapter.name.to_owned(), adapter.alias.clone()),
                    node,
                    report.at(adapter.origin, "smb_client_rdma"),
                );
            }
        }
    }
    for ((adapter, alias), places) in found {
        report.add(Fault {
            subject: adapter.clone(),
            message: format!("{adapter} has RDMA switched on, but the SMB client sees none on {}", places.nodes()),
            current: "RDMA capable: no".to_owned(),
            expected: "RDMA capable: yes".to_owned(),
            fix: format!(
                "on {}: compare Get-NetAdapterRdma with Get-SmbClientNetworkInterface; Disable-NetAdapterRdma, then Enable-NetAdapterRdma for {}",
                places.nodes(),
                quoted(&alias)
            ),
            at: places.at,
        });
    }
}
