//! A role that nodes talk to each other on, over faster ports on one node than on another.

use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Node};
use crate::roles::{ROLES, Role, RoleInfo};
use crate::units::{Mbps, show_mbps};
use std::collections::{BTreeMap, BTreeSet};

/// The rule.
pub static RULE: Rule = Rule {
    name: "role-speed-differs",
    severity: Severity::Warning,
    family: "nic",
    summary: "cluster, live-migration or storage traffic has ports of another speed on some nodes",
    risk: "the slower end sets the pace of every transfer, and limits in percent of the speed mean something else on each node",
    source: "Microsoft, Configure live migration SMB bandwidth; Network ATC (symmetric adapters on every node)",
    page: include_str!("role_speed_differs.md"),
    columns: &["nics.speed_mbps", "nics.current_role", "nics.status", "host_vnics.role"],
    needs: &["nics.current_role|host_vnics.role"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for info in ROLES.iter().filter(|info| is_between_nodes(info)) {
        let mut speeds: BTreeMap<BTreeSet<Mbps>, Vec<&Node>> = BTreeMap::new();
        for node in &cluster.nodes {
            let here = speeds_of(node, info.role);
            if !here.is_empty() {
                speeds.entry(here).or_default().push(node);
            }
        }
        if speeds.len() > 1 {
            add(cluster, report, info, &speeds);
        }
    }
}

/// Traffic that stays between the nodes; guests and administration get along with what each node has.
fn is_between_nodes(info: &RoleInfo) -> bool {
    !info.outside
}

fn speeds_of(node: &Node, role: Role) -> BTreeSet<Mbps> {
    let ports = node.nics.iter().filter(|nic| nic.up && nic.roles.contains(&role));
    ports.map(|nic| nic.speed).collect()
}

fn add(cluster: &Cluster, report: &mut Report<'_>, info: &RoleInfo, speeds: &BTreeMap<BTreeSet<Mbps>, Vec<&Node>>) {
    let show = |set: &BTreeSet<Mbps>| set.iter().map(|s| show_mbps(*s)).collect::<Vec<_>>().join(" and ");
    let words: Vec<String> = speeds
        .iter()
        .map(|(set, nodes)| {
            let names: Vec<&str> = nodes.iter().map(|n| n.name.as_str()).collect();
            format!("{} on {}", show(set), lookup::list(&names))
        })
        .collect();
    let first = speeds.values().filter_map(|nodes| nodes.first());
    let ports = first.filter_map(|node| node.nics.iter().find(|nic| nic.up && nic.roles.contains(&info.role)));
    report.add(Fault {
        subject: info.name.to_owned(),
        message: format!("{} has ports of different speed: {}", info.title, words.join("; ")),
        current: lookup::list(&speeds.keys().map(show).collect::<Vec<_>>()),
        expected: "the same speed on every node".to_owned(),
        fix: fix(cluster, info),
        at: ports.map(|nic| report.at(nic.origin, "speed_mbps")).collect(),
    });
}

/// Speeds that some port with link of every node has decide whether anything can be done with the ports that are there.
fn fix(cluster: &Cluster, info: &RoleInfo) -> String {
    let of = |node: &Node| -> BTreeSet<Mbps> { node.nics.iter().filter(|nic| nic.up).map(|nic| nic.speed).collect() };
    let common = cluster
        .nodes
        .iter()
        .map(of)
        .reduce(|all, own| &all & &own)
        .unwrap_or_default();
    let common: Vec<String> = common.iter().map(|speed| show_mbps(*speed)).collect();
    if common.is_empty() {
        return format!(
            "no speed is there on every node: count on the slower one for {} and set limits by it, until the ports of the slower nodes are replaced",
            info.title
        );
    }
    format!(
        "let {} run over ports of the same speed on every node (every node has ports of {}); `nicplan plan` says whether they suffice",
        info.title,
        lookup::list(&common)
    )
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::{review, tests::inventory};

    #[test]
    fn guests_and_administration_may_have_faster_ports_on_one_node() {
        let block = |role: &str| {
            format!(
                "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps,current_role\n\
                 HV1,A,10000,{role}\nHV2,A,1000,{role}\n"
            )
        };
        let speaks = |role: &str| {
            let findings = review(&inventory(&block(role)));
            findings.iter().any(|f| f.rule == "role-speed-differs")
        };
        assert!(["cluster", "live-migration", "storage"].into_iter().all(speaks));
        assert!(!["management", "replica", "vm"].into_iter().any(speaks));
    }
}
