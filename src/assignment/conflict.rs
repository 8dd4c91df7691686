//! When requirements cannot be met: an irreducible set of named requirements that exclude each other, found by leaving out
//! one after the other and asking whether the rest can be met.

use super::{Feasible, Options};
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, Conflict, Style};
use crate::policy::Strength;
use crate::roles::Role;
use crate::units::show_mbps;

/// One hard requirement that can be dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    Survive(usize),
    Apart(Role, Role),
    Zones,
    ZoneAlone(String),
    Dedicated,
    Capacity,
    DrainTime,
    Style(Style),
}

impl Requirement {
    fn name(&self, cluster: &Cluster) -> String {
        match self {
            Requirement::Survive(index) => {
                let (role, kind) = cluster.policy.survive[*index];
                format!("survive:{role}:{kind}")
            }
            Requirement::Apart(a, b) => format!("apart:{a}|{b}"),
            Requirement::Zones => "apart:zones".to_owned(),
            Requirement::ZoneAlone(zone) => format!("apart:zone:{zone}"),
            Requirement::Dedicated => "dedicated".to_owned(),
            Requirement::Capacity => "capacity".to_owned(),
            Requirement::DrainTime => "drain-time".to_owned(),
            Requirement::Style(style) => format!("style:{style}"),
        }
    }
}

/// The conflict behind an unmet plan; `None` if dropping every named requirement does not help (a role without any port), or
/// if it is not proven that the requirements exclude each other.
pub fn conflict(cluster: &Cluster, plan: &ClusterPlan, options: &Options) -> Option<Conflict> {
    let all = requirements(cluster, options);
    let mut kept = all.clone();
    let needless = || feasible(cluster, &[], options) == Feasible::No;
    if feasible(cluster, &all, options) != Feasible::No || needless() {
        return None;
    }
    let mut is_irreducible = true;
    for requirement in &all {
        let without: Vec<Requirement> = kept.iter().filter(|r| *r != requirement).cloned().collect();
        match feasible(cluster, &without, options) {
            Feasible::No => kept = without,
            Feasible::Yes => {}
            Feasible::Unknown => is_irreducible = false,
        }
    }
    let mut names: Vec<String> = kept.iter().map(|r| r.name(cluster)).collect();
    names.dedup();
    let mut text = sentence(cluster, plan, &kept);
    if !is_irreducible {
        text.push_str(
            " Whether every one of them is needed for the conflict was not found out within the limit of work.",
        );
    }
    Some(Conflict {
        text,
        requirements: names,
    })
}

fn requirements(cluster: &Cluster, options: &Options) -> Vec<Requirement> {
    let mut all: Vec<Requirement> = (0..cluster.policy.survive.len()).map(Requirement::Survive).collect();
    let apart = cluster.policy.required_apart(&cluster.roles(), cluster.iscsi());
    all.extend(apart.into_iter().map(|(a, b)| Requirement::Apart(a, b)));
    if cluster.policy.separate_zones == Strength::Required {
        all.push(Requirement::Zones);
    }
    let alone = cluster.policy.isolate_zones.iter();
    let alone = alone.filter(|(_, strength)| *strength == Strength::Required);
    all.extend(alone.map(|(zone, _)| Requirement::ZoneAlone(zone.clone())));
    if cluster.vms.iter().flat_map(|v| &v.vnics).any(|v| v.dedicated) {
        all.push(Requirement::Dedicated);
    }
    if cluster.policy.drain_minutes.is_some() {
        all.push(Requirement::DrainTime);
    }
    all.extend(options.style.map(Requirement::Style));
    all.push(Requirement::Capacity);
    all
}

/// Whether a plan exists that meets the given requirements, the others dropped.
fn feasible(cluster: &Cluster, wanted: &[Requirement], options: &Options) -> Feasible {
    let mut relaxed = cluster.clone();
    let wants = |r: &Requirement| wanted.contains(r);
    let policy = &mut relaxed.policy;
    policy.survive = (0..cluster.policy.survive.len())
        .filter(|i| wants(&Requirement::Survive(*i)))
        .map(|i| cluster.policy.survive[i])
        .collect();
    for (a, b) in cluster.policy.required_apart(&cluster.roles(), cluster.iscsi()) {
        if !wants(&Requirement::Apart(a, b)) {
            policy.isolate.push((a, b, Strength::Wish));
        }
    }
    if !wants(&Requirement::Zones) {
        policy.separate_zones = Strength::No;
    }
    policy
        .isolate_zones
        .retain(|(zone, _)| wants(&Requirement::ZoneAlone(zone.clone())));
    if !wants(&Requirement::DrainTime) {
        policy.drain_minutes = None;
    }
    for vnic in relaxed.vms.iter_mut().flat_map(|v| &mut v.vnics) {
        vnic.dedicated &= wants(&Requirement::Dedicated);
    }
    if !wants(&Requirement::Capacity) {
        need_nothing(&mut relaxed);
    }
    let style = options.style.filter(|s| wants(&Requirement::Style(*s)));
    let options = Options {
        style,
        ..options.clone()
    };
    super::feasible(&relaxed, &options)
}

/// Takes every demand out of the cluster; its roles stay.
fn need_nothing(cluster: &mut Cluster) {
    for vnic in cluster.vms.iter_mut().flat_map(|v| &mut v.vnics) {
        (vnic.p95, vnic.peak, vnic.average) = (Some(0), None, None);
    }
    cluster.demands.clear();
    let roles = cluster.roles().into_iter();
    cluster.demands = roles
        .map(|role| crate::inventory::Demand {
            node: None,
            role,
            rate: u64::from(role == Role::Replica),
            origin: Default::default(),
        })
        .collect();
}

/// What an administrator can act on: what the node has, what the requirements ask of it together.
fn sentence(cluster: &Cluster, plan: &ClusterPlan, kept: &[Requirement]) -> String {
    let asks: Vec<String> = kept.iter().map(|r| ask(cluster, r)).collect();
    let node = plan.solver.shortfall.first().and_then(|s| {
        let name = s.subject.split('/').next().unwrap_or("");
        cluster.nodes.iter().find(|n| n.name == name)
    });
    let node = node.or(cluster.nodes.iter().min_by_key(|n| n.nics.len()));
    let has = node.map(has_text).unwrap_or_default();
    let uplinks: Vec<String> = plan.uplinks.iter().map(|u| u.name.clone()).collect();
    format!(
        "{has}; together it is asked that {}. Give up any one of these, or add ports; with the least shortfall the plan uses {}.",
        asks.join(", and that "),
        uplinks.join(", ")
    )
}

fn has_text(node: &crate::inventory::Node) -> String {
    let mut speeds: Vec<u64> = node.nics.iter().map(|n| n.speed).collect();
    speeds.sort();
    let mut counts: Vec<(u64, usize)> = Vec::new();
    for speed in speeds {
        match counts.last_mut() {
            Some((known, count)) if *known == speed => *count += 1,
            _ => counts.push((speed, 1)),
        }
    }
    let ports: Vec<String> = counts
        .iter()
        .map(|(speed, count)| format!("{count} x {}", show_mbps(*speed)))
        .collect();
    let mut cards: Vec<&str> = node
        .nics
        .iter()
        .map(|n| n.card.as_str())
        .filter(|c| !c.is_empty())
        .collect();
    cards.sort();
    cards.dedup();
    let mut tors: Vec<usize> = node.nics.iter().filter_map(|n| n.tor).collect();
    tors.sort();
    tors.dedup();
    let on = |count: usize, one: &str, many: &str| match count {
        0 => String::new(),
        1 => format!(", on one {one}"),
        n => format!(", on {n} {many}"),
    };
    format!(
        "Node {} has {} in all{}{}",
        node.name,
        ports.join(" + "),
        on(cards.len(), "card", "cards"),
        on(tors.len(), "physical switch", "physical switches")
    )
}

fn ask(cluster: &Cluster, requirement: &Requirement) -> String {
    match requirement {
        Requirement::Survive(index) => {
            let (role, kind) = cluster.policy.survive[*index];
            let (one, two) = match kind {
                crate::policy::FailureKind::Nic => ("NIC", "two NICs"),
                crate::policy::FailureKind::Card => ("card", "NICs on two different cards"),
                crate::policy::FailureKind::Tor => ("physical switch", "NICs on two different physical switches"),
                crate::policy::FailureKind::Node => ("node", "room on the other nodes"),
            };
            format!("{} survives the loss of any one {one} (needs {two})", role.info().title)
        }
        Requirement::Apart(a, b) => {
            format!("{} and {} share no NIC", a.info().title, b.info().title)
        }
        Requirement::Zones => "every VM zone has an external network of its own".to_owned(),
        Requirement::ZoneAlone(zone) => format!("zone {zone} shares no NIC with host traffic or other zones"),
        Requirement::Dedicated => "vNICs marked dedicated have an external network alone".to_owned(),
        Requirement::Capacity => "every uplink carries its demand".to_owned(),
        Requirement::DrainTime => "every node drains within the policy's drain minutes".to_owned(),
        Requirement::Style(style) => format!("the style is {style}"),
    }
}
