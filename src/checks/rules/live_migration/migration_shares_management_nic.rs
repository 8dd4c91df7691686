//! A port that carries management and live migration without any limit.

use super::{option, ports};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::migration::path::{smb_knob, smb_limit};
use crate::profiles::{Transport, WS2012R2};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "migration-shares-management-nic",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "a port without a virtual switch carries management and live migration, and nothing limits migration",
    risk: "while a node is drained its management may not answer: backups, monitoring and remote consoles break off",
    source: "Microsoft, Network recommendations for a Hyper-V cluster (isolate traffic on the live migration network)",
    page: include_str!("migration_shares_management_nic.md"),
    columns: &[
        "clusters.live_migration_transport",
        "nics.current_role",
        "nodes.live_migration_transport",
        "nodes.smb_limit_mbps",
        "switches.nics",
    ],
    needs: &["nics.current_role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for (index, node) in cluster.nodes.iter().enumerate() {
        let limited = option(cluster, node) == Some(Transport::Smb) && smb_limit(cluster, index).is_some();
        let bare = ports(node).into_iter().filter(|port| port.switch.is_none());
        for port in bare.filter(|port| !limited && port.roles.contains(&Role::Management)) {
            let may_be_smb = option(cluster, node).is_none_or(|option| option == Transport::Smb);
            let knob = (may_be_smb && cluster.profile.generation >= WS2012R2).then(|| smb_knob(cluster, index));
            let what = (port.name.as_str(), port.speed, knob);
            found.add(what, node, report.at(port.origin, "current_role"));
        }
    }
    for ((port, speed, knob), places) in found {
        report.add(Fault {
            subject: format!("{port} on {}", places.nodes()),
            message: format!(
                "{port} on {} carries management and live migration, and no limit holds migration back",
                places.nodes()
            ),
            current: "management and live migration on one port".to_owned(),
            expected: "a port of its own for live migration, or a limit".to_owned(),
            fix: format!(
                "give live migration a port or a network of its own{}",
                knob.map_or_else(String::new, |knob| {
                    let set = knob.set(&places.nodes(), speed / 2);
                    format!("; where it goes over SMB, limit it meanwhile to half of the port: {set}")
                })
            ),
            at: places.at,
        });
    }
}
