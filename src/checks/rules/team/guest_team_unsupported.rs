//! A team inside a guest that Hyper-V does not support.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::profiles::WS2012;
use crate::units::{count, same_name};
use std::collections::BTreeMap;

/// Adapters of a supported team in a guest.
const MEMBERS: usize = 2;

/// The rule.
pub static RULE: Rule = Rule {
    name: "guest-team-unsupported",
    severity: Severity::Warning,
    family: "team",
    summary: "a team inside a guest has not two adapters, on two external switches, that may be teamed",
    risk: "the guest loses the network when the team fails over, which is when it is needed",
    source: "Microsoft, NIC Teaming, Virtual machines; Set-VMNetworkAdapter, AllowTeaming",
    page: include_str!("guest_team_unsupported.md"),
    columns: &[
        "vnics.guest_team",
        "vnics.allow_teaming",
        "vnics.switch",
        "switches.type",
    ],
    needs: &["vnics.guest_team"],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for vm in &cluster.vms {
        let mut teams: BTreeMap<&str, Vec<&Vnic>> = BTreeMap::new();
        for vnic in &vm.vnics {
            if let Some(team) = vnic.facts.text("guest_team") {
                teams.entry(team).or_default().push(vnic);
            }
        }
        for (team, vnics) in teams {
            if let Some(wrong) = judge(cluster, vm, &vnics, report) {
                report.add(Fault {
                    subject: format!("{}/{team}", vm.name),
                    message: format!("team {team} in {} {}", vm.name, wrong.what),
                    current: wrong.current,
                    expected: wrong.expected.to_owned(),
                    fix: wrong.fix,
                    at: wrong.at,
                });
            }
        }
    }
}

/// What is wrong with a team.
struct Wrong {
    what: String,
    current: String,
    expected: &'static str,
    fix: String,
    at: Vec<Location>,
}

/// The first thing that is wrong, the worst first.
fn judge(cluster: &Cluster, vm: &Vm, vnics: &[&Vnic], report: &Report<'_>) -> Option<Wrong> {
    let at = |column| vnics.iter().map(|v| report.at(v.origin, column)).collect();
    if vnics.len() != MEMBERS {
        return Some(Wrong {
            what: format!("has {}, two are supported", count(vnics.len(), "adapter")),
            current: count(vnics.len(), "adapter"),
            expected: "2 adapters",
            fix: format!("in {}: a team of two adapters", vm.name),
            at: at("guest_team"),
        });
    }
    if let Some(isolated) = vnics.iter().find(|v| v.isolated) {
        return Some(Wrong {
            what: format!("is on {}, which is no external switch", isolated.switch),
            current: isolated.switch.clone(),
            expected: "two external switches",
            fix: format!("connect {}/{} to an external switch", vm.name, isolated.name),
            at: at("switch"),
        });
    }
    let same = |a: &&Vnic, b: &&Vnic| !a.switch.is_empty() && same_name(&a.switch, &b.switch);
    if let [a, b] = vnics
        && same(a, b)
    {
        return Some(Wrong {
            what: format!("has both adapters on {}", a.switch),
            current: a.switch.clone(),
            expected: "two external switches",
            fix: format!(
                "connect {}/{} to a second external switch, on other ports",
                vm.name, b.name
            ),
            at: at("switch"),
        });
    }
    let barred = vnics.iter().find(|v| v.facts.yes("allow_teaming") == Some(false))?;
    Some(Wrong {
        what: format!("has an adapter that may not be teamed, {}", barred.name),
        current: "AllowTeaming Off".to_owned(),
        expected: "AllowTeaming On",
        fix: format!(
            "Set-VMNetworkAdapter{} -VMName {} -Name {} -AllowTeaming On",
            fixes::on_host(cluster, vm),
            fixes::quoted(&vm.name),
            fixes::quoted(&barred.name)
        ),
        at: vec![report.at(barred.origin, "allow_teaming")],
    })
}
