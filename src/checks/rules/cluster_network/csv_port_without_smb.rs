//! A port for CSV without the protocols of SMB.

use crate::checks::rules::adapters::adapters;
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::roles::Role;

/// The rule.
pub static RULE: Rule = Rule {
    name: "csv-port-without-smb",
    severity: Severity::Error,
    family: "cluster-network",
    summary: "an adapter for cluster and CSV traffic lacks Client for Microsoft Networks or File and Printer Sharing",
    risk: "redirected CSV I/O, which is SMB, cannot use the network: when a path to the disk fails, VMs on it stop",
    source: "Microsoft, Using Cluster Shared Volumes in Windows Server 2008 R2; Use Cluster Shared Volumes in a failover cluster (requirements)",
    page: include_str!("csv_port_without_smb.md"),
    columns: &[
        "nics.smb_client_bound",
        "nics.smb_server_bound",
        "nics.current_role",
        "host_vnics.smb_client_bound",
        "host_vnics.smb_server_bound",
        "host_vnics.role",
    ],
    needs: &[
        "nics.smb_client_bound|host_vnics.smb_client_bound",
        "nics.smb_server_bound|host_vnics.smb_server_bound",
    ],
    check,
    ..Rule::BASE
};

/// Protocols by column, with their component.
const PROTOCOLS: [(&str, &str, &str); 2] = [
    ("smb_client_bound", "Client for Microsoft Networks", "ms_msclient"),
    ("smb_server_bound", "File and Printer Sharing", "ms_server"),
];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        // A port under a virtual switch has no protocols of its own: its host vNICs have them.
        let under_switch = |name: &str| node.nics.iter().any(|nic| nic.name == name && nic.switch.is_some());
        for adapter in adapters(node)
            .iter()
            .filter(|adapter| adapter.roles.contains(&Role::Cluster) && !under_switch(adapter.name))
        {
            for (column, title, component) in PROTOCOLS {
                if adapter.facts.yes(column) == Some(false) {
                    found.add(
                        (adapter.name.to_owned(), adapter.alias.clone(), title, component),
                        node,
                        report.at(adapter.origin, column),
                    );
                }
            }
        }
    }
    for ((name, alias, title, component), places) in found {
        let fix = if fixes::is_2008r2(cluster) {
            format!(
                "tick {title} in the properties of the connection (Server Core: nvspbind /e \"{name}\" {component})"
            )
        } else {
            format!(
                "Enable-NetAdapterBinding -Name {} -ComponentID {component}",
                fixes::quoted(&alias)
            )
        };
        report.add(Fault {
            subject: name.clone(),
            message: format!("{title} is not bound to {name} on {}", places.nodes()),
            current: format!("{title} off"),
            expected: "bound, as redirected CSV I/O needs it".to_owned(),
            fix: format!("on {}: {fix}", places.nodes()),
            at: places.at,
        });
    }
}
