//! A port with SR-IOV in an LBFO team.

use crate::checks::rules::places::Alike;
use crate::checks::rules::teams::{self, Team};
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::profiles::WS2012;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "sriov-in-lbfo-team",
    severity: Severity::Warning,
    family: "team",
    summary: "a port with SR-IOV switched on is in an LBFO team, which cannot use it",
    risk: "no VM gets a virtual function: traffic that was planned to bypass the virtual switch goes through it",
    source: "Microsoft, NIC Teaming, Compatibility (SR-IOV)",
    page: include_str!("sriov_in_lbfo_team.md"),
    columns: &["nics.sriov", "nics.team", "nics.team_kind"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    let mut ways: BTreeMap<(&str, String, bool), String> = BTreeMap::new();
    for node in &cluster.nodes {
        if node.nics.iter().any(|nic| teams::is_lbfo(nic) && nic.sriov.is_none()) {
            report.lacks("nics.sriov");
        }
        for team in teams::lbfo(node) {
            let on = team.members.iter().copied().filter(|nic| nic.sriov == Some(true));
            let members: Vec<&Nic> = on.collect();
            let ports = fixes::quoted_list(members.iter().map(|nic| nic.name.as_str()));
            let key = (team.name, ports.clone(), members.len() == team.members.len());
            ways.entry(key.clone())
                .or_insert_with(|| fix(node, &team, &members, &ports));
            for nic in members {
                found.add(key.clone(), node, report.at(nic.origin, "sriov"));
            }
        }
    }
    for (key, places) in found {
        let name = key.0;
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("team {name} on {} has ports with SR-IOV switched on", places.nodes()),
            current: "SR-IOV in an LBFO team".to_owned(),
            expected: "SR-IOV on ports with a switch of their own, or off".to_owned(),
            fix: format!(
                "{}{}",
                ways.remove(&key).unwrap_or_default(),
                places.verb("", "; so on the other nodes, one after the other")
            ),
            at: places.at,
        });
    }
}

fn fix(node: &Node, team: &Team<'_>, members: &[&Nic], ports: &str) -> String {
    let off = format!(
        "Disable-NetAdapterSriov -CimSession {} -Name {ports} where no VM needs it",
        fixes::quoted(&node.name)
    );
    let own = "give each port a switch of its own (New-VMSwitch -EnableIov $true) and team inside the guest";
    match teams::take_out(node, team, members) {
        Ok(command) => format!("{off}; else {command}, {own}"),
        Err(why) => format!("{off}; else {own}: {why}"),
    }
}
