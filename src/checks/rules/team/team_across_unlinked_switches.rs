//! A team over two physical switches between which no path is known.

use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::topology::unlinked_switches;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "team-across-unlinked-switches",
    severity: Severity::Warning,
    family: "team",
    summary: "a team has ports on physical switches between which no path is known",
    risk: "what one node sends over one switch does not reach a member that listens on the other: flows are lost by chance, and all of them after a failover",
    source: "Microsoft, Windows Server 2012 R2 NIC Teaming Deployment and Management: members may be on different switches of one layer 2 network",
    page: include_str!("team_across_unlinked_switches.md"),
    columns: &[
        "nics.tor",
        "nics.team",
        "nics.current_role",
        "switches.nics",
        "inter_switch_links.tor_a",
        "inter_switch_links.tor_b",
    ],
    subject: "teams of several nodes",
    asks: &["nics.team|nics.current_role|switches.nics"],
    check,
    ..Rule::BASE
};

/// Node and ports of each team, by the team's name in lower case.
type Teams<'a> = BTreeMap<String, Vec<(&'a Node, Vec<&'a Nic>)>>;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let links_known = !cluster.links.is_empty() || report.asks("inter_switch_links.tor_a");
    let mut apart: BTreeMap<Vec<&str>, Vec<(String, Location)>> = BTreeMap::new();
    // A team that one node has alone has nobody in the cluster to miss.
    for places in teams(cluster).values().filter(|places| places.len() > 1) {
        for (node, nics) in places.iter().filter(|(_, nics)| nics.len() > 1) {
            report.look_at(1);
            if nics.iter().any(|nic| nic.tor.is_none() && nic.direct_to.is_none()) {
                report.lacks("nics.tor");
            }
            let switches = unlinked_switches(cluster, nics.iter().copied());
            // Nobody has written down any link: they may all be joined.
            if !switches.is_empty() && !links_known {
                report.lacks("inter_switch_links.tor_a");
                continue;
            }
            if let (false, Some(first)) = (switches.is_empty(), nics.first()) {
                let place = report.at(first.origin, "tor");
                apart.entry(switches).or_default().push((subject(node, first), place));
            }
        }
    }
    for (switches, teams) in apart {
        add(report, &switches, &teams);
    }
}

/// Ports by switch, and by team where no switch is on it.
fn teams(cluster: &Cluster) -> Teams<'_> {
    let mut teams = Teams::new();
    for node in &cluster.nodes {
        let mut own: BTreeMap<String, Vec<&Nic>> = BTreeMap::new();
        for nic in &node.nics {
            let name = nic.switch.as_ref().or((!nic.team.is_empty()).then_some(&nic.team));
            if let Some(name) = name {
                own.entry(name.to_lowercase()).or_default().push(nic);
            }
        }
        for (name, nics) in own {
            teams.entry(name).or_default().push((node, nics));
        }
    }
    teams
}

fn subject(node: &Node, nic: &Nic) -> String {
    let title = nic.switch.as_ref().unwrap_or(&nic.team);
    format!("{}/{title}", node.name)
}

fn add(report: &mut Report<'_>, switches: &[&str], teams: &[(String, Location)]) {
    let names: Vec<&str> = teams.iter().map(|(name, _)| name.as_str()).collect();
    let switches = lookup::list(switches);
    report.add(Fault {
        subject: names.first().map(|name| (*name).to_owned()).unwrap_or_default(),
        message: format!(
            "{} over the physical switches {switches}, and no path between them is known: {}",
            if names.len() == 1 { "a team runs" } else { "teams run" },
            lookup::list(&names)
        ),
        current: format!("no row joins {switches}"),
        expected: "a link that carries the team's VLANs, or a stack or vPC/MLAG pair, written as a link".to_owned(),
        fix: "if the switches are joined, write the link (tor_a, tor_b, speed_mbps) in inter_switch_links.csv; if they are not, join \
              them, or cable each team to one switch"
            .to_owned(),
        at: teams.iter().map(|(_, at)| at.clone()).collect(),
    });
}
