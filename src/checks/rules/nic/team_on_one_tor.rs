//! Ports that should stand in for each other are cabled to one physical switch.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use std::collections::BTreeSet;

/// The rule.
pub static RULE: Rule = Rule {
    name: "team-on-one-tor",
    severity: Severity::Warning,
    family: "nic",
    summary: "all ports of a team, a switch or a role are cabled to one physical switch",
    risk: "the switch fails or restarts for an update, and with it every path",
    source: "Microsoft failover-cluster support blog; Network Recommendations for a Hyper-V Cluster (dn550728)",
    page: include_str!("team_on_one_tor.md"),
    columns: &["nics.tor", "nics.team", "nics.current_role", "switches.nics"],
    subject: "groups of ports that stand in for each other",
    asks: &["nics.team|nics.current_role|switches.nics"],
    needs: &["nics.tor"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    let mut single: Vec<(String, crate::finding::Location)> = Vec::new();
    for node in &cluster.nodes {
        for group in lookup::nic_groups(node) {
            report.look_at(1);
            let tors: BTreeSet<Option<usize>> = group.nics.iter().map(|i| node.nics[*i].tor).collect();
            let uncabled = |i: &usize| node.nics[*i].tor.is_none() && node.nics[*i].direct_to.is_none();
            if group.nics.iter().any(uncabled) && tors.len() < 3 {
                report.lacks("nics.tor");
            }
            let (Some(Some(tor)), 1) = (tors.first().copied(), tors.len()) else {
                continue;
            };
            let name = cluster.tors.get(tor).map_or("", |t| t.name.as_str());
            let at: Vec<_> = group
                .nics
                .iter()
                .map(|i| report.at(node.nics[*i].origin, "tor"))
                .collect();
            if cluster.tors.len() == 1 {
                single.extend(
                    at.into_iter()
                        .take(1)
                        .map(|at| (format!("{} {}", node.name, group.title), at)),
                );
                continue;
            }
            let names = lookup::nic_names(node, &group.nics);
            let change = change(node, &group.nics, tor);
            let what = (group.title, name, lookup::list(&names), change);
            for place in at {
                found.add(what.clone(), node, place);
            }
        }
    }
    for ((title, tor, names, change), places) in found {
        report.add(Fault {
            subject: format!("{title}/{tor}"),
            message: format!(
                "all ports of {title} are cabled to {tor} ({names}) on {}",
                places.nodes()
            ),
            current: tor.to_owned(),
            expected: "two physical switches".to_owned(),
            fix: format!("on {}: {change}", places.nodes()),
            at: places.at,
        });
    }
    add_single(cluster, report, &single);
}

/// A port that is like the last one, carries nothing and is cabled elsewhere takes its place; else the cable moves.
fn change(node: &Node, group: &[usize], tor: usize) -> String {
    let Some(last) = group.last().and_then(|i| node.nics.get(*i)) else {
        return String::new();
    };
    let free = |nic: &&Nic| nic.roles.is_empty() && nic.is_bare() && nic.up;
    let fits =
        |nic: &&Nic| nic.tor.is_some_and(|other| other != tor) && nic.speed == last.speed && nic.model == last.model;
    match node.nics.iter().filter(free).find(fits) {
        Some(nic) => format!(
            "take {} in place of {}, or recable {} to another physical switch",
            nic.name, last.name, last.name
        ),
        None => format!("recable {} to another physical switch", last.name),
    }
}

/// With one physical switch there is one thing to say, not one per team.
fn add_single(cluster: &Cluster, report: &mut Report<'_>, groups: &[(String, crate::finding::Location)]) {
    let (Some(tor), false) = (cluster.tors.first(), groups.is_empty()) else {
        return;
    };
    let names: Vec<&str> = groups.iter().map(|(name, _)| name.as_str()).collect();
    report.add(Fault {
        subject: tor.name.clone(),
        message: format!(
            "everything hangs on one physical switch, {}: {}",
            tor.name,
            lookup::list(&names)
        ),
        current: tor.name.clone(),
        expected: "two physical switches".to_owned(),
        fix: "add a second physical switch and cable one port of each pair to it".to_owned(),
        at: groups.iter().map(|(_, at)| at.clone()).collect(),
    });
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::{review, tests::inventory};

    #[test]
    fn one_physical_switch_is_one_finding_and_so_is_the_same_team_on_several_nodes() {
        let block = |last: &str| {
            format!(
                "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps,tor,team\nHV1,A,10000,T1,X\n\
                 HV1,B,10000,T1,X\nHV2,A,10000,T1,X\nHV2,B,10000,T1,X\nHV2,C,1000,{last},\n"
            )
        };
        let count = |last: &str| {
            let findings = review(&inventory(&block(last)));
            findings.iter().filter(|f| f.rule == "team-on-one-tor").count()
        };
        assert_eq!((count("T1"), count("T2")), (1, 1));
    }
}
