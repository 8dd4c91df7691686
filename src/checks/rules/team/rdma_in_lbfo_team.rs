//! A port with RDMA in an LBFO team.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "rdma-in-lbfo-team",
    severity: Severity::Warning,
    family: "team",
    summary: "a port with RDMA is in an LBFO team, which switches RDMA off",
    risk: "SMB storage and live migration run over TCP at the cost of the processors, although the NICs could do better",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster; Remote Direct Memory Access and Switch Embedded Teaming",
    page: include_str!("rdma_in_lbfo_team.md"),
    columns: &["nics.rdma", "nics.team", "nics.team_kind"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for team in teams::lbfo(node) {
            let members: Vec<_> = team.members.iter().filter(|nic| nic.rdma.on()).collect();
            let ports = fixes::quoted_list(members.iter().map(|nic| nic.name.as_str()));
            for nic in members {
                found.add((team.name, ports.clone()), node, report.at(nic.origin, "rdma"));
            }
        }
    }
    for ((name, ports), places) in found {
        let instead = if cluster.profile.rdma_on_switch {
            "use them bare, or in a switch with SET"
        } else {
            "use them bare for storage and live migration"
        };
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("team {name} on {} has ports with RDMA", places.nodes()),
            current: "RDMA in an LBFO team".to_owned(),
            expected: "RDMA on ports without a team".to_owned(),
            fix: format!(
                "on {}: Remove-NetLbfoTeamMember -Name {ports} -Team {}, and {instead}",
                places.nodes(),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}
