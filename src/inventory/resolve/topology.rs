//! Inter-switch links, cluster networks and demands.

use super::Resolver;
use super::book::{Groups, key};
use super::nics::role;
use crate::inventory::cells;
use crate::inventory::doubts;
use crate::inventory::raw::{Cell, Line, Record};
use crate::inventory::{ClusterNetwork, Demand, InterSwitchLink, NetworkState};
use crate::policy::FailureKind;
use crate::roles::Role;
use crate::units::natural_cmp;
use std::collections::BTreeMap;

/// Builds links, networks and demands.
pub(super) fn build(r: &mut Resolver<'_>) {
    links(r);
    networks(r);
    demands(r);
}

fn links(r: &mut Resolver<'_>) {
    let mut found: Vec<(usize, InterSwitchLink, Line<'_>)> = Vec::new();
    for line in r.lines("inter_switch_links") {
        let record = Record::new(line);
        let (a, b) = (line.cell("tor_a"), line.cell("tor_b"));
        let names = (r.problems.required(a), r.problems.required(b));
        let told = r.problems.required(line.cell("speed_mbps")).is_some();
        let speed = if told {
            r.problems
                .read_plausible(&record, "speed_mbps", cells::speed, doubts::slow_speed)
        } else {
            None
        };
        let vlans = r.problems.read(&record, "vlans", cells::vlans).flatten();
        let ((Some(_), Some(_)), Some(speed)) = (names, speed) else {
            continue;
        };
        if key(a.text) == key(b.text) {
            r.problems.at(
                b,
                "the link begins and ends at the same switch",
                "Name the switch at the other end.",
            );
            continue;
        }
        for cluster in link_clusters(r, line, a, b) {
            let end = |cell: Cell<'_>| {
                r.clusters[cluster]
                    .tors
                    .iter()
                    .position(|t| key(&t.name) == key(cell.text))
            };
            if let (Some(x), Some(y)) = (end(a), end(b)) {
                let link = InterSwitchLink {
                    ends: (x.min(y), x.max(y)),
                    speed,
                    vlans: vlans.clone(),
                    origin: line.origin(),
                };
                found.push((cluster, link, line));
            }
        }
    }
    keep_links(r, found);
    for cluster in &mut r.clusters {
        cluster
            .links
            .sort_by(|a, b| (a.ends, a.speed, &a.vlans).cmp(&(b.ends, b.speed, &b.vlans)));
    }
}

/// The switches at both ends of a link, by position.
type Ends = (usize, usize);

/// Links between two switches that several inputs name are the same cables: those of the last input count.
fn keep_links(r: &mut Resolver<'_>, found: Vec<(usize, InterSwitchLink, Line<'_>)>) {
    let mut by_ends: BTreeMap<(usize, Ends), Vec<(InterSwitchLink, Line<'_>)>> = BTreeMap::new();
    for (cluster, link, line) in found {
        by_ends.entry((cluster, link.ends)).or_default().push((link, line));
    }
    for ((cluster, (a, b)), links) in by_ends {
        let last = links.iter().map(|(_, line)| line.table.input).max();
        let (taken, others): (Vec<_>, Vec<_>) = links.into_iter().partition(|(_, line)| Some(line.table.input) == last);
        let tors = &r.clusters[cluster].tors;
        let name = format!("{} to {}", tors[a].name, tors[b].name);
        // Cables of one input are paired with those of the other in the order of their rows.
        for ((_, line), (_, other)) in taken.iter().zip(&others) {
            for column in ["speed_mbps", "vlans"] {
                r.problems.differ(&name, column, *line, *other);
            }
        }
        r.clusters[cluster]
            .links
            .extend(taken.into_iter().map(|(link, _)| link));
    }
}

/// Clusters that have both switches; an end that none has is told.
fn link_clusters(r: &mut Resolver<'_>, line: Line<'_>, a: Cell<'_>, b: Cell<'_>) -> Vec<usize> {
    let wanted = r.owners.all_of(line, &mut r.problems);
    let knows =
        |cluster: usize, cell: Cell<'_>| r.clusters[cluster].tors.iter().any(|t| key(&t.name) == key(cell.text));
    let both: Vec<usize> = wanted
        .iter()
        .copied()
        .filter(|c| knows(*c, a) && knows(*c, b))
        .collect();
    if both.is_empty() && !wanted.is_empty() {
        let unknown: Vec<Cell<'_>> = [a, b]
            .into_iter()
            .filter(|end| !wanted.iter().any(|c| knows(*c, *end)))
            .collect();
        let names: Vec<&str> = wanted
            .iter()
            .flat_map(|c| r.clusters[*c].tors.iter().map(|t| t.name.as_str()))
            .collect();
        if unknown.is_empty() {
            r.problems.at(
                b,
                "no cluster has both switches of this link",
                "Name both in nics or tors of one cluster.",
            );
        }
        for end in unknown {
            r.problems
                .dangling(end, "physical switch", end.text, names.iter().copied());
        }
    }
    both
}

fn networks(r: &mut Resolver<'_>) {
    let mut groups = Groups::default();
    for line in r.lines("cluster_networks") {
        let cell = line.cell("network");
        if let (Some(name), Some(cluster)) = (r.problems.required(cell), r.owners.of(line, &mut r.problems)) {
            groups.add(cluster, name, cell, &mut r.problems);
        }
    }
    for group in groups.sorted(&mut r.problems) {
        let record = &group.record;
        let purpose = r.problems.read(record, "purpose", role);
        if purpose == Some(Role::Storage) {
            r.storage_hints[group.owner].hear(record.text("purpose"));
        }
        let network = ClusterNetwork {
            name: group.name,
            subnet: r.problems.read(record, "subnet", cells::subnets).unwrap_or_default(),
            vlan: r.problems.read(record, "vlan", cells::vlan).flatten(),
            cluster_use: r.problems.read(record, "cluster_use", cluster_use),
            metric: r.problems.read(record, "metric", cells::whole_u32),
            purpose,
            state: r.problems.read(record, "state", state).unwrap_or_default(),
            origin: record.origin(),
            facts: r.problems.facts(record),
        };
        r.clusters[group.owner].networks.push(network);
    }
}

fn state(text: &str) -> Result<NetworkState, String> {
    match text.to_ascii_lowercase().as_str() {
        "3" | "up" => Ok(NetworkState::Up),
        "2" | "partitioned" => Ok(NetworkState::Partitioned),
        "1" | "down" | "failed" => Ok(NetworkState::Down),
        "0" | "unavailable" => Ok(NetworkState::Unavailable),
        _ => Err(format!("'{text}' is no state of a cluster network")),
    }
}

fn cluster_use(text: &str) -> Result<u8, String> {
    let word: String = text
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    match word.as_str() {
        "0" | "none" | "disabled" => Ok(0),
        "1" | "cluster" | "clusteronly" | "internal" => Ok(1),
        "3" | "clusterandclient" | "enabled" | "client" => Ok(3),
        _ => Err(format!("'{text}' is no cluster use")),
    }
}

/// Demands per node or for all, and the failures that each role must or should survive.
fn demands(r: &mut Resolver<'_>) {
    let mut seen: BTreeMap<(usize, Option<usize>, Role, usize), u32> = BTreeMap::new();
    let mut rates: BTreeMap<(usize, Option<usize>, Role), Line<'_>> = BTreeMap::new();
    for line in r.lines("demands") {
        let record = Record::new(line);
        let cell = line.cell("role");
        if r.problems.required(cell).is_none() {
            continue;
        }
        let Some(role) = r.problems.read(&record, "role", role) else {
            continue;
        };
        let Some(places) = demand_places(r, line) else { continue };
        for (cluster, node) in places {
            let again = seen.insert((cluster, node, role, line.table.input), line.row.line);
            if let Some(first) = again {
                let what = format!("the demand of {role} is there twice: also in line {first}");
                r.problems.at(cell, what, "Keep one of them.");
                continue;
            }
            demand(r, &record, cluster, node, role);
            let says = !line.cell("demand_mbps").text.is_empty();
            if says && let Some(other) = rates.insert((cluster, node, role), line) {
                r.problems.differ(role.name(), "demand_mbps", line, other);
            }
        }
    }
    for cluster in &mut r.clusters {
        cluster.demands.sort_by_key(|d| (d.node, d.role));
    }
}

/// Clusters and nodes that a demand row speaks of.
fn demand_places(r: &mut Resolver<'_>, line: Line<'_>) -> Option<Vec<(usize, Option<usize>)>> {
    let cell = line.cell("node");
    if cell.text.is_empty() || cell.text == "*" {
        let clusters = r.owners.all_of(line, &mut r.problems);
        return Some(clusters.into_iter().map(|c| (c, None)).collect());
    }
    let cluster = r.owners.named(line, &mut r.problems)?;
    let number = r.nodes.find(cell, cell.text, cluster, &r.owners, &mut r.problems)?;
    let (cluster, node) = r.nodes.place(number);
    Some(vec![(cluster, Some(node))])
}

fn demand(r: &mut Resolver<'_>, record: &Record<'_>, cluster: usize, node: Option<usize>, role: Role) {
    if role == Role::Storage {
        r.storage_hints[cluster].hear(record.text("role"));
    }
    let rate = r.problems.read(record, "demand_mbps", cells::rate);
    if let (Some(_), Role::Vm) = (rate, role) {
        let cell = record.cell("demand_mbps");
        r.problems.at(
            cell,
            "VM traffic has no demand of its own",
            "Its need comes from the vNICs; clear the cell.",
        );
    } else if let Some(rate) = rate {
        let demands = &mut r.clusters[cluster].demands;
        demands.retain(|d| (d.node, d.role) != (node, role));
        demands.push(Demand {
            node,
            role,
            rate,
            origin: record.origin(),
        });
    }
    let policy = &mut r.clusters[cluster].policy;
    if let Some(kinds) = r.problems.read(record, "survive", failures) {
        super::policy::must_survive(policy, role, &kinds);
    }
    if let Some(kinds) = r.problems.read(record, "survive_wish", failures) {
        super::policy::should_survive(policy, role, &kinds);
    }
}

/// Reads `nic;card;tor;node`, `none`.
pub(super) fn failures(text: &str) -> Result<Vec<FailureKind>, String> {
    let mut kinds = Vec::new();
    for word in cells::words(text).filter(|w| !matches!(w.to_ascii_lowercase().as_str(), "none" | "no")) {
        kinds.push(FailureKind::parse(word).ok_or_else(|| format!("'{word}' is no kind of failure"))?);
    }
    kinds.sort();
    kinds.dedup();
    Ok(kinds)
}

/// Order of lists of names.
pub(super) fn by_name<T>(list: &mut [T], name: impl Fn(&T) -> &str) {
    list.sort_by(|a, b| natural_cmp(name(a), name(b)));
}
