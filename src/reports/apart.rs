//! Teams over several physical switches that the plan takes apart, in the words of the first page: a meeting must not learn
//! from a table that the loss of one switch, harmless today, stops the VMs once the plan is applied.
//!
//! In: joined data. Out: plain text without markup. Must not know: where it is shown, how a design is chosen.

use super::data::ClusterData;
use super::show;
use crate::inventory::{Nic, Node};
use crate::policy::{FailureKind, Wish};
use crate::roles::Role;
use std::collections::{BTreeMap, BTreeSet};

/// Losses told one by one.
const MOST: usize = 3;

/// External networks to which the vNICs of each switch of today go.
type Moves<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// What nodes that lose the same have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Loss<'a> {
    role: Role,
    /// External network of the VM role; else empty.
    network: &'a str,
    /// `PCI1 at TOR-A and PCI2 at TOR-B`.
    today: String,
    /// `PCI2 at TOR-B`.
    planned: String,
    /// The switch on which everything hangs then.
    tor: &'a str,
}

/// Which roles leave a team over several physical switches for ports on one, on which nodes, and what their loss then does;
/// `None` where there are none.
pub(super) fn sentence(cluster: &ClusterData) -> Option<String> {
    let mut losses: BTreeMap<Loss, Vec<&str>> = BTreeMap::new();
    let mut moves: Moves = BTreeMap::new();
    for guest in cluster.guests() {
        moves.entry(&guest.vnic.switch).or_default().insert(&guest.plan.network);
    }
    for (index, node) in cluster.facts.nodes.iter().enumerate() {
        for team in teams(node) {
            for loss in lost(cluster, &moves, index, &team) {
                losses.entry(loss).or_default().push(&node.name);
            }
        }
    }
    let mut losses: Vec<(Loss, Vec<&str>)> = losses.into_iter().collect();
    losses.sort_by_key(|(_, nodes)| std::cmp::Reverse(nodes.len()));
    let roles: BTreeSet<Role> = losses.iter().map(|(loss, _)| loss.role).collect();
    let mut told: Vec<String> = losses
        .iter()
        .take(MOST)
        .map(|(loss, nodes)| told(loss, nodes))
        .collect();
    if losses.len() > MOST {
        let nodes: BTreeSet<&str> = losses.iter().skip(MOST).flat_map(|(_, nodes)| nodes).copied().collect();
        told.push(format!(
            "the same happens in {} more, on {}",
            show::count(losses.len() - MOST, "way", "ways"),
            show::count(nodes.len(), "node", "nodes")
        ));
    }
    (!told.is_empty()).then(|| {
        format!(
            "the plan takes teams over several physical switches apart: {}. {}",
            told.join("; "),
            remedy(cluster, &roles)
        )
    })
}

fn told(loss: &Loss, nodes: &[&str]) -> String {
    let what = format!("{} {}", loss.role.info().title, loss.network);
    format!(
        "the loss of switch {} then stops {} on {} (today on {}, then on {})",
        loss.tor,
        what.trim_end(),
        match nodes {
            [one] => (*one).to_owned(),
            many => format!("{}, {} nodes", show::name_runs(many, " to "), many.len()),
        },
        loss.today,
        loss.planned,
    )
}

/// The ports of each team of a node: those under one virtual switch, and those in one team without a switch.
fn teams(node: &Node) -> Vec<Vec<&Nic>> {
    let mut found: BTreeMap<(&str, &str), Vec<&Nic>> = BTreeMap::new();
    for nic in &node.nics {
        match nic.switch.as_deref() {
            Some(switch) => found.entry((switch, "")).or_default().push(nic),
            None if !nic.team.is_empty() => found.entry(("", &nic.team)).or_default().push(nic),
            None => {}
        }
    }
    found.into_values().filter(|nics| nics.len() > 1).collect()
}

/// The roles of a team over several switches that come to ports on a single one.
fn lost<'a>(cluster: &ClusterData<'a>, moves: &Moves<'a>, node: usize, team: &[&'a Nic]) -> Vec<Loss<'a>> {
    if tors(team).is_none_or(|today| today.len() < 2) {
        return Vec::new();
    }
    let roles: BTreeSet<Role> = team.iter().flat_map(|nic| nic.roles.iter().copied()).collect();
    let mut losses = Vec::new();
    for role in roles {
        for (network, planned) in places(cluster, moves, node, role, team) {
            let Some(tor) = tors(&planned).and_then(|tors| only(&tors)) else {
                continue;
            };
            losses.push(Loss {
                role,
                network,
                today: cabled(cluster, team),
                planned: cabled(cluster, &planned),
                tor: cluster.facts.tors.get(tor).map_or("", |tor| tor.name.as_str()),
            });
        }
    }
    losses
}

/// The planned ports of a role of the team, by external network: for VMs, those of the networks to which the vNICs of its
/// switch go.
fn places<'a>(
    cluster: &ClusterData<'a>,
    moves: &Moves<'a>,
    node: usize,
    role: Role,
    team: &[&Nic],
) -> Vec<(&'a str, Vec<&'a Nic>)> {
    let switch = team.iter().find_map(|nic| nic.switch.as_deref()).unwrap_or("");
    let networks = moves.get(switch);
    let uplinks = cluster.plan.uplinks.iter().enumerate();
    uplinks
        .filter(|(_, uplink)| uplink.roles.contains(&role))
        .filter_map(|(index, uplink)| {
            let network = uplink.network.as_deref().filter(|_| role == Role::Vm).unwrap_or("");
            let meant = role != Role::Vm || network == switch || networks.is_some_and(|some| some.contains(network));
            let decided = cluster.node_uplink(node, index).filter(|_| meant)?;
            let nics = cluster.facts.nodes.get(node)?.nics.iter();
            let nics: Vec<&Nic> = nics.filter(|nic| decided.nics.contains(&nic.name)).collect();
            Some((network, nics))
        })
        .collect()
}

/// The switches of the ports; `None` where one is not known.
fn tors(nics: &[&Nic]) -> Option<BTreeSet<usize>> {
    nics.iter().map(|nic| nic.tor).collect()
}

fn only(tors: &BTreeSet<usize>) -> Option<usize> {
    tors.first().copied().filter(|_| tors.len() == 1)
}

/// `PCI1 at TOR-A and PCI2 at TOR-B`.
fn cabled(cluster: &ClusterData, nics: &[&Nic]) -> String {
    let tor = |nic: &Nic| nic.tor.and_then(|tor| cluster.facts.tors.get(tor));
    let name = |nic: &&Nic| match tor(nic) {
        Some(tor) => format!("{} at {}", nic.name, tor.name),
        None => nic.name.clone(),
    };
    nics.iter().map(name).collect::<Vec<_>>().join(" and ")
}

/// What keeps them: the policy entry that asks for it, and the styles whose plans miss it less often.
fn remedy(cluster: &ClusterData, roles: &BTreeSet<Role>) -> String {
    let wanted = |wish: &Wish| matches!(wish, Wish::Survive(role, FailureKind::Tor) if roles.contains(role));
    let wishes = cluster.recount.wishes.iter().enumerate();
    let places: Vec<usize> = wishes.filter(|(_, (wish, _))| wanted(wish)).map(|(at, _)| at).collect();
    let missed = |counts: &[u64]| -> u64 { places.iter().filter_map(|at| counts.get(*at)).sum() };
    let chosen = missed(&cluster.recount.objective.unmet_wishes);
    let better = cluster.plan.styles.iter().filter(|row| {
        let objective = row.objective.as_ref();
        objective.is_some_and(|o| o.unmet_requirements.met() && missed(&o.unmet_wishes) < chosen)
    });
    let better: Vec<String> = better.map(|row| format!("--style {}", row.style)).collect();
    let entries: Vec<String> = roles.iter().map(|role| format!("survive:{role}")).collect();
    let styles = match better.is_empty() {
        true => "no other style of the table below loses fewer".to_owned(),
        false => format!("fewer are lost with {}", better.join(", ")),
    };
    format!(
        "If that may not be, make it a requirement ({} with the value tor in policy.csv) and plan again; {styles}.",
        entries.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::Style;
    use crate::reports::ReportData;
    use crate::reports::fixtures::{SMALL, World, world};

    /// Today the switch External-1 has a port on each of the two physical switches; the plan gives it the first of them.
    fn teamed() -> World {
        let mut world = world(SMALL);
        for node in &mut world.inventory.clusters[0].nodes {
            for nic in &mut node.nics[5..7] {
                nic.switch = Some("External-1".to_owned());
                nic.roles = BTreeSet::from([Role::Vm]);
            }
        }
        world
    }

    fn said(world: &World) -> Option<String> {
        sentence(&ReportData::new(&world.inventory, &world.verified, &[]).clusters[0])
    }

    #[test]
    fn a_team_over_two_switches_that_comes_to_one_port_is_told_with_what_stops_it() {
        let said = said(&teamed()).expect("it is taken apart");
        for words in [
            "the loss of switch TOR-B then stops VM network External-1 on HV1 to HV4, 4 nodes",
            "(today on SLOT3P2 at TOR-B and SLOT4P1 at TOR-A, then on SLOT3P2 at TOR-B)",
            "survive:vm with the value tor in policy.csv",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }

    #[test]
    fn nothing_is_told_of_ports_that_were_no_team_or_hung_on_one_switch() {
        assert_eq!(said(&world(SMALL)), None);
        let mut one_switch = teamed();
        for nic in one_switch.inventory.clusters[0]
            .nodes
            .iter_mut()
            .flat_map(|n| &mut n.nics)
        {
            nic.tor = Some(0);
        }
        assert_eq!(said(&one_switch), None);
        let mut unknown = teamed();
        unknown.inventory.clusters[0]
            .nodes
            .iter_mut()
            .for_each(|n| n.nics[6].tor = None);
        assert_eq!(said(&unknown), None);
    }

    #[test]
    fn a_team_that_the_plan_keeps_over_both_switches_is_not_told() {
        let mut kept = world(crate::reports::fixtures::Spec {
            style: Style::Teamed,
            ..SMALL
        });
        for node in &mut kept.inventory.clusters[0].nodes {
            for nic in &mut node.nics[5..7] {
                nic.switch = Some("External-1".to_owned());
                nic.roles = BTreeSet::from([Role::Vm]);
            }
        }
        assert_eq!(said(&kept), None);
    }
}
