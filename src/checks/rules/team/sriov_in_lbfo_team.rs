//! A port with SR-IOV in an LBFO team.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;

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
    for node in &cluster.nodes {
        if node.nics.iter().any(|nic| teams::is_lbfo(nic) && nic.sriov.is_none()) {
            report.lacks("nics.sriov");
        }
        for team in teams::lbfo(node) {
            let members: Vec<_> = team.members.iter().filter(|nic| nic.sriov == Some(true)).collect();
            let ports = fixes::quoted_list(members.iter().map(|nic| nic.name.as_str()));
            for nic in members {
                found.add((team.name, ports.clone()), node, report.at(nic.origin, "sriov"));
            }
        }
    }
    for ((name, ports), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!("team {name} on {} has ports with SR-IOV switched on", places.nodes()),
            current: "SR-IOV in an LBFO team".to_owned(),
            expected: "SR-IOV on ports with a switch of their own, or off".to_owned(),
            fix: format!(
                "on {}: Remove-NetLbfoTeamMember -Name {ports} -Team {}, give each port a switch of its own (New-VMSwitch -EnableIov \
                 $true) and team inside the guest; or Disable-NetAdapterSriov -Name {ports} where no VM needs it",
                places.nodes(),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}
