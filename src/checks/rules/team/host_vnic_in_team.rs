//! A team over vNICs of the host.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::WS2012;
use crate::units::host_vnic_connection;

/// The rule.
pub static RULE: Rule = Rule {
    name: "host-vnic-in-team",
    severity: Severity::Error,
    family: "team",
    summary: "a team on the host has a host vNIC (vEthernet) as a member",
    risk: "Microsoft supports it in no configuration; when a port fails, the host can lose the network altogether",
    source: "Microsoft, NIC Teaming, Supported and unsupported NICs",
    page: include_str!("host_vnic_in_team.md"),
    columns: &["nics.nic", "nics.team", "nics.model"],
    needs: &["nics.team"],
    versions: Versions::from(WS2012),
    leaves: Some("what nics.csv lists as a port"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| !nic.team.is_empty() && is_host_vnic(nic)) {
            found.add(
                (nic.team.as_str(), nic.name.as_str()),
                node,
                report.at(nic.origin, "nic"),
            );
        }
    }
    for ((team, name), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!(
                "{name} on {} is a host vNIC and a member of team {team}",
                places.nodes()
            ),
            current: format!("member of {team}"),
            expected: "physical ports alone in a team".to_owned(),
            fix: format!(
                "on {}: Remove-NetLbfoTeamMember -Name {} -Team {}; team the ports under the switch instead",
                places.nodes(),
                fixes::quoted(&adapter(name)),
                fixes::quoted(team)
            ),
            at: places.at,
        });
    }
}

/// Name of the host vNIC among the adapters of the host, as the cmdlets of teams take it.
fn adapter(name: &str) -> String {
    if name.to_lowercase().starts_with("vethernet (") {
        name.to_owned()
    } else {
        host_vnic_connection(name)
    }
}

/// Windows gives them this name and this description; either may have been kept.
fn is_host_vnic(nic: &Nic) -> bool {
    let starts = |text: &str, start: &str| text.to_lowercase().starts_with(start);
    starts(&nic.name, "vethernet (") || starts(&nic.model, "hyper-v virtual ethernet adapter")
}
