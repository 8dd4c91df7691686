//! Why each decision is as it is: the next best alternative and the first level at which it loses.

use super::build::group;
use super::design::Design;
use super::instance::{Instance, Item, PortType};
use super::patterns::Pattern;
use super::search::Found;
use super::solve::{Solved, design_name};
use crate::plan::{LEVELS, Objective, Reason};
use crate::roles::Role;
use crate::units::{natural_cmp, show_mbps, show_permille};
use std::collections::BTreeSet;

/// Reasons of the design, each group's pattern and each network.
pub fn reasons(instance: &Instance, solved: &Solved, found: &Found) -> Vec<Reason> {
    let mut reasons = vec![design_reason(instance, solved, found)];
    reasons.extend((0..instance.groups.len()).map(|g| pattern_reason(instance, solved, g)));
    reasons.extend((0..solved.design.networks).map(|n| network_reason(instance, solved, n)));
    reasons
}

/// The partition against the next best one.
fn design_reason(instance: &Instance, solved: &Solved, found: &Found) -> Reason {
    let chosen = &solved.evaluation.objective;
    let other = |(design, _): &&(Design, Objective)| *design != solved.design;
    let planned = found.others.iter().filter(other).min_by(|a, b| a.1.cmp(&b.1));
    // Passed over without a plan of its own: its bound says where it loses at the latest.
    let passed = found.passed.as_ref().filter(other).filter(|(_, bound)| chosen < bound);
    let next = planned.or(passed);
    let word = if planned.is_some() {
        "next best"
    } else {
        "next, at its best"
    };
    let mut reason = Reason {
        kind: "design".to_owned(),
        subject: instance.cluster.name.clone(),
        chosen: design_name(instance, &solved.design),
        alternative: String::new(),
        level: 0,
        text: "the only design of this style whose bound does not already lose".to_owned(),
    };
    if let Some((design, objective)) = next {
        let level = chosen.first_difference(objective).unwrap_or(11);
        reason.alternative = design_name(instance, design);
        reason.level = level as u8;
        reason.text = format!(
            "{word}: {}; {}",
            reason.alternative,
            difference(instance, chosen, objective, level)
        );
    }
    reason
}

/// What the first differing level says, in words.
pub fn difference(instance: &Instance, chosen: &Objective, other: &Objective, level: usize) -> String {
    let (own, its) = (chosen.level(level), other.level(level));
    let name = LEVELS[level - 1];
    if level == 2 {
        let wish = (0..own.len())
            .find(|i| own[*i] != its[*i])
            .and_then(|i| instance.wishes.get(i).map(|w| (i, w)));
        if let Some((i, wish)) = wish {
            return format!(
                "it loses at level 2, wish {wish}: unmet {} against {} here",
                its[i], own[i]
            );
        }
    }
    if level == 1 {
        return format!("it loses at level 1, {name}: {its:?} against {own:?} here");
    }
    match (own.first(), its.first()) {
        (Some(own), Some(its)) => {
            let show = |v: u64| show_level(level, v);
            format!(
                "it loses at level {level}, {name}: {} against {} here",
                show(*its),
                show(*own)
            )
        }
        _ => "it is equal in every number; the name decides".to_owned(),
    }
}

fn show_level(level: usize, value: u64) -> String {
    match level {
        3 | 7 | 8 => show_permille(value),
        4 | 9 => format!("{value} s"),
        _ => value.to_string(),
    }
}

fn pattern_reason(instance: &Instance, solved: &Solved, group: usize) -> Reason {
    let members = &instance.groups[group].nodes;
    let types = &instance.classes[instance.groups[group].class].types;
    let names: Vec<&str> = members
        .iter()
        .map(|n| instance.cluster.nodes[*n].name.as_str())
        .collect();
    let mut reason = Reason {
        kind: "pattern".to_owned(),
        subject: names.join(" "),
        chosen: pattern_text(instance, &solved.design, types, &solved.patterns[group]),
        alternative: String::new(),
        level: 0,
        text: "no other pattern of this design is as good in requirements and wishes".to_owned(),
    };
    if let Some(runner) = &solved.runners_up[group] {
        reason.alternative = pattern_text(instance, &solved.design, types, &runner.pattern);
        reason.level = runner.level;
        let level = usize::from(runner.level);
        let lost = match level {
            11 => "equal in every number; the order of the ports decides".to_owned(),
            1 | 2 => format!("loses at level {level}, {}", LEVELS[level - 1]),
            _ => format!(
                "loses at level {level}, {}: {} against {}",
                LEVELS[level - 1],
                show_level(level, runner.values.1),
                show_level(level, runner.values.0)
            ),
        };
        reason.text = format!("next best: {}; {lost}", reason.alternative);
    }
    reason
}

/// `management 1x1 Gbit/s; vm:External-1 2x10 Gbit/s`.
fn pattern_text(instance: &Instance, design: &Design, types: &[PortType], pattern: &Pattern) -> String {
    let parts: Vec<String> = (0..design.uplinks.len())
        .map(|u| {
            let taken: Vec<String> = types
                .iter()
                .zip(&pattern.take[u])
                .filter(|(_, count)| **count > 0)
                .map(|(port, count)| format!("{count}x{} card {}", show_mbps(port.speed), port.card + 1))
                .collect();
            let taken = if taken.is_empty() {
                "no port".to_owned()
            } else {
                taken.join(" + ")
            };
            format!("{} {taken}", design.uplink_name(instance, u))
        })
        .collect();
    parts.join("; ")
}

fn network_reason(instance: &Instance, solved: &Solved, network: usize) -> Reason {
    let placed = || {
        instance
            .items
            .iter()
            .zip(&solved.decisions.network)
            .filter(|(_, n)| **n == Some(network))
    };
    let heavy = placed().filter(|(i, _)| i.heavy).count();
    let small = placed().count() - heavy;
    let name = solved.design.network_name(instance, network);
    let today = solved.design.labels[network] < instance.names.len();
    let mut groups: Vec<String> = placed().map(|(i, _)| group(instance, i)).collect();
    groups.sort_by(|a, b| natural_cmp(a, b));
    groups.dedup();
    let origin = if today { "kept from today" } else { "new" };
    let alone = match (heavy, small) {
        (0, 0) => "no vNIC uses it yet".to_owned(),
        (0, small) => format!("{small} vNICs, none heavy"),
        (heavy, 0) => format!("{heavy} heavy vNICs, kept apart from the small ones"),
        (heavy, small) => format!(
            "{small} vNICs and {heavy} heavy ones: no port is free to keep them apart at no cost to an earlier level"
        ),
    };
    Reason {
        kind: "network".to_owned(),
        subject: name.clone(),
        chosen: format!("{} groups", groups.len()),
        alternative: String::new(),
        level: if solved.design.networks > 1 { 6 } else { 0 },
        text: format!("{origin}; {alone}{}", company(instance, solved, network)),
    }
}

/// Zones of a network that share its ports with host roles, where nothing was said about that.
fn company(instance: &Instance, solved: &Solved, network: usize) -> String {
    let uplink = solved.design.uplink_of_network(network);
    let roles = uplink.map_or(&[][..], |u| &solved.design.uplinks[u].roles);
    let hosts: Vec<&str> = roles
        .iter()
        .filter(|r| **r != Role::Vm)
        .map(|r| r.info().title)
        .collect();
    let placed = instance.items.iter().zip(&solved.decisions.network);
    let zones: BTreeSet<&str> = placed
        .filter(|(item, n)| **n == Some(network) && item.zone > 0)
        .map(|(item, _)| instance.cluster.vms[item.vm].vnics[item.vnic].zone.as_str())
        .collect();
    let unsaid = |zone: &&str| {
        instance
            .cluster
            .policy
            .isolate_zones
            .iter()
            .all(|(said, _)| said != zone)
    };
    let zones: Vec<&str> = zones.into_iter().filter(unsaid).collect();
    let Some(first) = zones.first().filter(|_| !hosts.is_empty()) else {
        return String::new();
    };
    let (word, share) = if zones.len() == 1 {
        ("zone", "shares")
    } else {
        ("zones", "share")
    };
    format!(
        "; {word} {} {share} physical ports with {} (the policy can forbid that: isolate_zone:{first} = required, or accept it: no)",
        zones.join(", "),
        hosts.join(", ")
    )
}

/// Why a vNIC is on its network.
pub fn vnic(solved: &Solved, item: &Item, network: &str, today: &str) -> String {
    if network.is_empty() {
        return "no external network could be given".to_owned();
    }
    if !today.is_empty() && today == network {
        return "stays where it is".to_owned();
    }
    let mask = solved.mode.admits(item);
    let admitted = mask.count_ones();
    let own = solved.design.networks;
    let reason = match (item.dedicated, item.heavy) {
        (true, _) if admitted == 1 => "marked dedicated: has this network alone",
        (_, true) if admitted < own as u32 => "heavy: kept off the networks of the small ones",
        (_, true) => "heavy, but no network is free for heavy vNICs alone",
        _ if own == 1 => "the only external network",
        _ if admitted == 1 => "the only network that admits its zone and size",
        _ => "largest first to the emptiest network",
    };
    if today.is_empty() {
        reason.to_owned()
    } else {
        format!("{reason}; moves from {today}")
    }
}
