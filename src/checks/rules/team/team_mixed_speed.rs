//! Team members of different speed.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};
use crate::units::{Mbps, show_mbps};
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "team-mixed-speed",
    severity: Severity::Error,
    family: "team",
    summary: "the ports of a team or of a virtual switch have different speeds",
    risk: "neither LBFO nor SET supports it: VMs on the slow port get less, and after a change of ports nobody knows who has what",
    source: "Microsoft, NIC Teaming; Switch Embedded Teaming (members of one speed)",
    page: include_str!("team_mixed_speed.md"),
    columns: &[
        "nics.speed_mbps",
        "nics.team",
        "nics.current_role",
        "nics.status",
        "switches.nics",
    ],
    subject: "teams and switches over several ports",
    asks: &["nics.team|nics.current_role|switches.nics"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // Vendor teams of 2008 R2 have their own rules; some allow it.
    let vendor = fixes::is_2008r2(cluster);
    if vendor {
        report.out_of_scope("teams of Windows Server 2008 R2 are the NIC vendor's, with rules of their own");
    }
    for node in &cluster.nodes {
        for (title, nics) in by_team(node).into_iter().filter(|(_, nics)| nics.len() > 1) {
            report.look_at(1);
            if vendor {
                continue;
            }
            let slow = nics.iter().copied().min_by_key(|i| node.nics[*i].speed);
            let fast = nics.iter().copied().max_by_key(|i| node.nics[*i].speed);
            let (Some(slow), Some(fast)) = (slow, fast) else {
                continue;
            };
            if node.nics[slow].speed == node.nics[fast].speed {
                continue;
            }
            let rate = |i: usize| format!("{} {}", node.nics[i].name, show_mbps(node.nics[i].speed));
            report.add(Fault {
                subject: format!("{}/{title}", node.name),
                message: format!(
                    "{title} on {} mixes speeds: {} and {}",
                    node.name,
                    rate(fast),
                    rate(slow)
                ),
                current: lookup::list(&nics.iter().map(|i| rate(*i)).collect::<Vec<_>>()),
                expected: "one speed".to_owned(),
                fix: fix(cluster, node, &title, &nics),
                at: vec![
                    report.at(node.nics[slow].origin, "speed_mbps"),
                    report.at(node.nics[fast].origin, "speed_mbps"),
                ],
            });
        }
    }
}

/// How the ports of one speed stay: those of which there are most, of equally many the faster ones. Nothing but words where nobody
/// knows who made the team.
fn fix(cluster: &Cluster, node: &Node, title: &str, nics: &[usize]) -> String {
    let ports: Vec<&Nic> = nics.iter().filter_map(|index| node.nics.get(*index)).collect();
    let count = |speed: Mbps| ports.iter().filter(|nic| nic.speed == speed).count();
    let best = ports
        .iter()
        .map(|nic| nic.speed)
        .max_by_key(|speed| (count(*speed), *speed));
    let (keep, odd): (Vec<&Nic>, Vec<&Nic>) = ports.iter().partition(|nic| Some(nic.speed) == best);
    let sets = teams::set(cluster, node).into_iter().map(|team| (team, true));
    let known = sets.chain(teams::lbfo(node).into_iter().map(|team| (team, false)));
    let mut own = known.filter(|(team, _)| {
        team.members
            .iter()
            .any(|nic| odd.iter().any(|port| port.name == nic.name))
    });
    let speed = show_mbps(best.unwrap_or_default());
    let (keeps, odd_names): (Vec<&str>, Vec<&str>) = (
        keep.iter().map(|nic| nic.name.as_str()).collect(),
        odd.iter().map(|nic| nic.name.as_str()).collect(),
    );
    match own.next() {
        Some((team, is_set)) => format!(
            "keep ports of {speed} ({}): {}",
            lookup::list(&keeps),
            teams::keep_alike(cluster, node, &team, is_set, &keep, &odd)
        ),
        None => format!(
            "use ports of {speed} in place of {} in {title} ({} first)",
            lookup::list(&odd_names),
            fixes::drain(cluster, &node.name)
        ),
    }
}

/// Ports by switch, and by team where no switch is on it. A port without link may show any speed, so it is left out.
fn by_team(node: &Node) -> BTreeMap<String, Vec<usize>> {
    let mut teams: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, nic) in node.nics.iter().enumerate().filter(|(_, n)| n.up) {
        let title = match &nic.switch {
            Some(switch) => format!("switch {switch}"),
            None if !nic.team.is_empty() => format!("team {}", nic.team),
            None => continue,
        };
        teams.entry(title).or_default().push(index);
    }
    teams
}
