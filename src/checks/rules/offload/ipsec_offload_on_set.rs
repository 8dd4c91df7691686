//! IPsec task offload at a port of a SET.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2016;

/// The rule.
pub static RULE: Rule = Rule {
    name: "ipsec-offload-on-set",
    severity: Severity::Warning,
    family: "offload",
    summary: "a port of a SET has IPsec task offload switched on",
    risk: "SET does not work with it, and it is deprecated from 2016 on: it can slow down the server",
    source: "Microsoft, Switch Embedded Teaming, Compatibility; Performance Tuning Network Adapters",
    page: include_str!("ipsec_offload_on_set.md"),
    columns: &["nics.ipsec_offload", "switches.embedded_teaming", "switches.nics"],
    versions: Versions::from(WS2016),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for team in teams::set(cluster, node) {
            let on = |nic: &&&crate::inventory::Nic| nic.facts.yes("ipsec_offload") == Some(true);
            let members: Vec<_> = team.members.iter().filter(on).collect();
            let ports = fixes::quoted_list(members.iter().map(|nic| nic.name.as_str()));
            for nic in members {
                found.add((team.name, ports.clone()), node, report.at(nic.origin, "ipsec_offload"));
            }
        }
    }
    for ((name, ports), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!(
                "ports of SET {name} on {} have IPsec task offload switched on",
                places.nodes()
            ),
            current: "on".to_owned(),
            expected: "off".to_owned(),
            fix: format!("on {}: Disable-NetAdapterIPsecOffload -Name {ports}", places.nodes()),
            at: places.at,
        });
    }
}
