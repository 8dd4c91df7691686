//! A team over vNICs of the host.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::{WS2012, WS2016};
use crate::units::{host_vnic_connection, same_name};

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
            let members = node.nics.iter().filter(|other| same_name(&other.team, &nic.team));
            let physical = members.filter(|other| !is_host_vnic(other)).count();
            found.add(
                (nic.team.as_str(), nic.name.as_str(), physical > 0),
                node,
                report.at(nic.origin, "nic"),
            );
        }
    }
    for ((team, name, keeps_ports), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!(
                "{name} on {} is a host vNIC and a member of team {team}",
                places.nodes()
            ),
            current: format!("member of {team}"),
            expected: "physical ports alone in a team".to_owned(),
            fix: format!(
                "on {}, {} and at the console, since the host may be reached over {team}: {}",
                places.nodes(),
                fixes::drained(cluster),
                fix(cluster, team, name, keeps_ports)
            ),
            at: places.at,
        });
    }
}

/// The last member cannot leave a team: one of host vNICs alone goes as a whole, with its addresses. What it was to do the ports do
/// under the switch.
fn fix(cluster: &Cluster, team: &str, name: &str, keeps_ports: bool) -> String {
    let (quoted, own) = (fixes::quoted(team), fixes::quoted(&adapter(name)));
    if keeps_ports {
        return format!(
            "Remove-NetLbfoTeamMember -Name {own} -Team {quoted}; the team keeps its ports and its addresses"
        );
    }
    let kind = match cluster.profile.generation {
        WS2016.. => "SET",
        _ => "a team",
    };
    format!(
        "write down the addresses of {team}, then Remove-NetLbfoTeam -Name {quoted}, and give them to one host vNIC ({own}); a second path is that of several \
         ports under the switch ({kind})"
    )
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
