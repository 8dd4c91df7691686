//! A port with RDMA in an LBFO team.

use crate::checks::rules::places::Alike;
use crate::checks::rules::teams::{self, Team};
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, rebuild};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::profiles::WS2012;
use std::collections::BTreeMap;

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
    let mut ways: BTreeMap<(&str, String, bool), String> = BTreeMap::new();
    for node in &cluster.nodes {
        for team in teams::lbfo(node) {
            let members: Vec<&Nic> = team.members.iter().copied().filter(|nic| nic.rdma.on()).collect();
            if members.is_empty() {
                continue;
            }
            let ports = fixes::quoted_list(members.iter().map(|nic| nic.name.as_str()));
            let key = (team.name, ports, members.len() == team.members.len());
            ways.entry(key.clone())
                .or_insert_with(|| fix(cluster, node, &team, &members));
            for nic in members {
                found.add(key.clone(), node, report.at(nic.origin, "rdma"));
            }
        }
    }
    for (key, places) in found {
        let name = key.0;
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("team {name} on {} has ports with RDMA", places.nodes()),
            current: "RDMA in an LBFO team".to_owned(),
            expected: "RDMA on ports without a team".to_owned(),
            fix: format!(
                "{}{}",
                ways.remove(&key).unwrap_or_default(),
                places.verb("", "; so on the other nodes, one after the other")
            ),
            at: places.at,
        });
    }
}

fn fix(cluster: &Cluster, node: &Node, team: &Team<'_>, ports: &[&Nic]) -> String {
    match (teams::take_out(node, team, ports), team.switch) {
        (Ok(command), _) if cluster.profile.rdma_on_switch => {
            format!("{command}, and use them bare, or in a switch with SET")
        }
        (Ok(command), _) => format!("{command}, and use them bare for storage and live migration"),
        // lbfo-under-switch has the same way out.
        (Err(_), Some(switch)) if cluster.profile.rdma_on_switch => rebuild::onto_set(cluster, node, switch, team),
        (Err(why), _) => {
            let off: Vec<String> = ports
                .iter()
                .map(|nic| fixes::disable_rdma(&node.name, &nic.name))
                .collect();
            format!(
                "{why}, and use these bare for storage and live migration; or, where that is not to be, {}",
                off.join("; ")
            )
        }
    }
}
