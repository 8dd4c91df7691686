//! An LBFO team under a virtual switch that spreads traffic so that VMs share the queues of one port.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, teams};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{WS2012, WS2012R2};

/// The rule.
pub static RULE: Rule = Rule {
    name: "lbfo-hash-loses-queues",
    severity: Severity::Warning,
    family: "team",
    summary: "an LBFO team under a virtual switch spreads traffic by an address hash",
    risk: "all VMs receive over one port, and the team offers no more queues (VMQ) than its weakest port",
    source: "Microsoft, Network Recommendations for a Hyper-V Cluster (Hyper-V Port); NIC Teaming (min-queues and sum-of-queues mode)",
    page: include_str!("lbfo_hash_loses_queues.md"),
    columns: &[
        "nics.team",
        "nics.team_kind",
        "nics.team_load_balancing",
        "switches.nics",
    ],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let generation = cluster.profile.generation;
    let good = |algorithm: &str| algorithm == "hyper-v-port" || (algorithm == "dynamic" && generation >= WS2012R2);
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for team in teams::lbfo(node).into_iter().filter(|team| team.switch.is_some()) {
            let Some((algorithm, origin)) = team.word("team_load_balancing") else {
                continue;
            };
            if !good(algorithm) {
                let at = report.at(origin, "team_load_balancing");
                found.add((team.name, algorithm), node, at);
            }
        }
    }
    let expected = match generation {
        WS2012 => "HyperVPort",
        _ => "Dynamic",
    };
    for ((name, algorithm), places) in found {
        report.add(Fault {
            subject: name.to_owned(),
            message: format!(
                "team {name} on {} has a virtual switch on it and spreads traffic by {algorithm}",
                places.nodes()
            ),
            current: algorithm.to_owned(),
            expected: expected.to_owned(),
            fix: format!(
                "on {}: Set-NetLbfoTeam -Name {} -LoadBalancingAlgorithm {expected}",
                places.nodes(),
                fixes::quoted(name)
            ),
            at: places.at,
        });
    }
}
