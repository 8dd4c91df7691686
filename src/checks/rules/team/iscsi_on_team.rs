//! iSCSI over a team instead of two ports with MPIO.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012R2;
use crate::roles::Role;
use crate::units::same_name;
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "iscsi-on-team",
    severity: Severity::Warning,
    family: "team",
    summary: "iSCSI runs over a team instead of over two ports with MPIO",
    risk: "a team hides a failing path from MPIO and from the storage, and most makers of storage do not support it",
    source: "TechNet Wiki 9711, Hyper-V networking in 2008 R2; Dell reference for Exchange 2013 on Hyper-V (MPIO, no team)",
    page: include_str!("iscsi_on_team.md"),
    columns: &["clusters.storage", "nics.team", "nics.current_role", "switches.nics"],
    needs: &["nics.team|switches.nics"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    if !cluster.iscsi() {
        return;
    }
    let mut found = Alike::new();
    for node in &cluster.nodes {
        // Under a switch storage runs over host vNICs, which MPIO can use like ports.
        let teamed = node
            .nics
            .iter()
            .filter(|nic| !nic.team.is_empty() && nic.switch.is_none());
        for nic in teamed.filter(|nic| nic.roles.contains(&Role::Storage)) {
            let members = || node.nics.iter().filter(|other| same_name(&other.team, &nic.team));
            let others = members()
                .flat_map(|other| &other.roles)
                .filter(|role| **role != Role::Storage);
            let others: BTreeSet<&str> = others.map(|role| role.info().title).collect();
            let what = (nic.team.as_str(), others, members().count());
            found.add(what, node, report.at(nic.origin, "team"));
        }
    }
    let severity = match cluster.profile.generation {
        WS2012R2.. => Severity::Info,
        _ => Severity::Warning,
    };
    for ((name, others, ports), places) in found {
        report.add_as(
            severity,
            Fault {
                subject: name.to_owned(),
                message: format!("iSCSI on {} runs over team {name}", places.nodes()),
                current: format!("team {name}"),
                expected: "ports without a team, in two subnets, with MPIO".to_owned(),
                fix: format!("on {}: {}", places.nodes(), fix(cluster, name, &others, ports)),
                at: places.at,
            },
        );
    }
}

/// MPIO comes first, or Windows shows each disk twice; then the storage moves, while nothing on the host needs it. A team that
/// carries other traffic as well stays as it is.
fn fix(cluster: &Cluster, team: &str, others: &BTreeSet<&str>, ports: usize) -> String {
    let old = fixes::is_2008r2(cluster);
    let mpio = if old {
        "install the feature Multipath I/O, let it claim iSCSI (mpclaim) and restart"
    } else {
        "Install-WindowsFeature Multipath-IO; Enable-MSDSMAutomaticClaim -BusType iSCSI; restart"
    };
    let first = format!(
        "one node after the other, {}: {mpio}; then with its cluster service stopped: ",
        fixes::drained(cluster)
    );
    let connect = if old {
        "connect the target over each (iSCSI initiator, Connect, Enable multi-path)"
    } else {
        "connect the target over each: Connect-IscsiTarget -NodeAddress <IQN of the target> -InitiatorPortalAddress <its address> -IsMultipathEnabled $true -IsPersistent $true"
    };
    let addresses = format!("give each an address in a subnet of its own and {connect}");
    if !others.is_empty() {
        let others: Vec<&str> = others.iter().copied().collect();
        return format!(
            "{first}leave {team} to {} and give iSCSI two other ports without a team: {addresses}; last take the address of iSCSI off {team}",
            lookup::list(&others)
        );
    }
    let remove = match old {
        true => format!("take the ports out of {team} in the software of the NIC's maker"),
        false => format!(
            "Remove-NetLbfoTeam -Name {}, which takes its address along",
            fixes::quoted(team)
        ),
    };
    let second = if ports > 1 { "" } else { "add a second port, " };
    format!("{first}{remove}; {second}{addresses}")
}
