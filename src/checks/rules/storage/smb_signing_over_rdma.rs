//! SMB signing or encryption on a node with RDMA before 2022.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{WS2012, WS2019};

/// The rule.
pub static RULE: Rule = Rule {
    name: "smb-signing-over-rdma",
    severity: Severity::Warning,
    family: "storage",
    summary: "a node with RDMA asks for signed or encrypted SMB, before Windows Server 2022",
    risk: "data is no longer placed by RDMA: storage runs through the processors as over TCP",
    source: "Microsoft, Validate-DCB; Microsoft, SMB security enhancements (SMB Direct and SMB encryption, new in Windows Server 2022)",
    page: include_str!("smb_signing_over_rdma.md"),
    columns: &["nodes.smb_signing", "nodes.smb_encryption", "nics.rdma"],
    needs: &["nodes.smb_signing|nodes.smb_encryption"],
    versions: Versions::between(WS2012, WS2019),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in cluster
        .nodes
        .iter()
        .filter(|node| node.nics.iter().any(|nic| nic.rdma.on()))
    {
        for (column, word, option) in [
            ("smb_signing", "signed", "RequireSecuritySignature"),
            ("smb_encryption", "encrypted", "EncryptData"),
        ] {
            if node.facts.yes(column) == Some(true) {
                found.add((word, option), node, report.at(node.origin, column));
            }
        }
    }
    for ((word, option), places) in found {
        report.add(Fault {
            subject: places.nodes(),
            message: format!(
                "SMB is {word} on {}, which keeps RDMA from placing data",
                places.nodes()
            ),
            current: format!("{option} is true"),
            expected: format!("{option} is false where storage runs over RDMA"),
            fix: format!("on {}: Set-SmbServerConfiguration -{option} $false", places.nodes()),
            at: places.at,
        });
    }
}
