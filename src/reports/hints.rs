//! What a plan that meets every requirement still costs: a patch night or a drain that is too slow, because live migration
//! sits on slow ports while others have the fast ones. Says the number, the cause and the policy entries that change it.
//!
//! In: joined data. Out: plain text without markup. Must not know: where it is shown; it judges the forecast, never the plan.

use super::data::{ClusterData, PortRow};
use super::drains::minutes;
use super::emptying::{slowest, with_p90};
use super::paths::repair;
use super::show;
use crate::inventory::StorageKind;
use crate::policy::Strength;
use crate::roles::Role;
use crate::units::{Mbps, natural_cmp, show_mbps};
use std::collections::{BTreeMap, BTreeSet};

/// Drain time above which slow ports under live migration are worth a word, minutes.
const LONG_MINUTES: u64 = 10;
/// Ports of live migration are slow where the node's fastest port is more than this many times faster.
const TIMES_FASTER: Mbps = 5;

/// Whether the slowest drain itself is too slow, whatever the patch night: it misses its goal, or its ports are slow.
pub(super) fn is_slow_drain(cluster: &ClusterData) -> bool {
    misses_goal(cluster) || is_slow_port(cluster)
}

/// Whether one drain in ten passes the goal of the policy.
fn misses_goal(cluster: &ClusterData) -> bool {
    let Some((forecast, worst)) = slowest(cluster) else {
        return false;
    };
    let goal = cluster.facts.policy.drain_goal_s;
    goal.is_some_and(|goal| forecast.p90_ms(worst.today.makespan_ms) > goal.saturating_mul(1000))
}

/// What is too slow, why, and which policy entries change it, as one sentence; `None` where all is well.
pub(super) fn slow(cluster: &ClusterData) -> Option<String> {
    let numbers = numbers(cluster);
    if numbers.is_empty() {
        return None;
    }
    let numbers = numbers.join(", and ");
    if let Some(layer) = layer_at_fault(cluster) {
        return Some(format!("{numbers}, because {layer}."));
    }
    Some(match cause(cluster) {
        Some(ports) => format!(
            "{numbers}, because {}; {}.",
            ports.sentence(cluster),
            remedy(cluster, &ports)
        ),
        None => format!(
            "{numbers}; no node has faster ports than those of live migration{}; `nicplan drain INPUT --plan plan.json` lists \
             what would shorten it.",
            slowest(cluster).map_or_else(String::new, |(_, worst)| match worst.today.advice.as_str() {
                "" => String::new(),
                advice => format!(": {advice}"),
            })
        ),
    })
}

/// What holds the slowest drain up before its ports do, with the repair: a layer that sends migrations elsewhere than meant, or
/// the limit of live migration over SMB.
fn layer_at_fault(cluster: &ClusterData) -> Option<String> {
    let (_, worst) = slowest(cluster)?;
    let paths = cluster.paths();
    if let Some(fault) = paths.fault_of(worst.node) {
        return Some(format!("{}; {}", fault.text, repair(fault)));
    }
    let limit = paths.smb_limit_of(worst.node)?;
    Some(format!(
        "live migration over SMB is held down by the {limit}; `nicplan path INPUT --plan plan.json` compares it with what others \
         advise, and Set-SmbBandwidthLimit or the cluster's SetSMBBandwidthLimitFactor changes it"
    ))
}

/// The times that are too long, each with what it should be.
fn numbers(cluster: &ClusterData) -> Vec<String> {
    let mut said = Vec::new();
    said.extend(night(cluster));
    let Some((forecast, worst)) = slowest(cluster) else {
        return said;
    };
    let ms = worst.today.makespan_ms;
    let sure = forecast.p90_ms(ms);
    let goal = cluster.facts.policy.drain_goal_s;
    let misses_goal = misses_goal(cluster);
    if misses_goal || is_slow_port(cluster) || !said.is_empty() {
        let against = match goal.filter(|_| misses_goal) {
            Some(goal) => format!(", more than the {} of drain_goal_minutes", show::seconds(goal)),
            None => String::new(),
        };
        said.push(format!(
            "{} takes {} to empty{against}",
            cluster.node_name(worst.node),
            with_p90(ms, sure)
        ));
    }
    said
}

/// That the patch night misses its window.
fn night(cluster: &ClusterData) -> Option<String> {
    let forecast = cluster.drains.as_ref()?;
    let window = forecast.window_ms?;
    let (total, sure) = (forecast.run.total_ms(), forecast.run_p90_ms(&forecast.run));
    if sure <= window {
        return None;
    }
    let over = if total > window {
        format!("misses maintenance_window_minutes by {}", minutes(total - window))
    } else {
        format!(
            "misses maintenance_window_minutes by {} in one of ten nights",
            minutes(sure - window)
        )
    };
    Some(format!(
        "the patch night takes {}, {} of it for installing and restarting, and {over}",
        with_p90(total, sure),
        minutes(forecast.run.reboot_ms())
    ))
}

/// Whether a node that takes long to empty has much faster ports than those of live migration.
fn is_slow_port(cluster: &ClusterData) -> bool {
    let drains = cluster.drains.iter().flat_map(|all| &all.drains);
    let mut long = drains.filter(|drain| drain.today.makespan_ms > LONG_MINUTES * 60_000);
    long.any(|drain| {
        let carries = carrying(cluster, drain.node);
        let all = ports(cluster, drain.node, |_| true);
        match (carries.first(), all.last()) {
            (Some(slowest), Some(fastest)) => slowest.saturating_mul(TIMES_FASTER) < *fastest,
            _ => false,
        }
    })
}

/// Speeds of a node's ports of one sort, the slowest first. A port without link helps nobody.
fn ports(cluster: &ClusterData, node: usize, wanted: impl Fn(&PortRow) -> bool) -> Vec<Mbps> {
    let rows = cluster.ports_of(node).filter(|port| port.nic.up && wanted(port));
    let mut speeds: Vec<Mbps> = rows.map(|port| port.nic.speed).collect();
    speeds.sort_unstable();
    speeds
}

/// Speeds of the ports that migrations out of a node really use; where no way is known, of those planned for them.
fn carrying(cluster: &ClusterData, node: usize) -> Vec<Mbps> {
    let used = cluster.paths().ports_of(node);
    let nics = cluster.facts.nodes.get(node).map_or(&[][..], |node| &node.nics);
    let mut speeds: Vec<Mbps> = used
        .iter()
        .filter_map(|port| nics.get(*port))
        .map(|nic| nic.speed)
        .collect();
    if speeds.is_empty() {
        return ports(cluster, node, carries_migration);
    }
    speeds.sort_unstable();
    speeds
}

fn carries_migration(port: &PortRow) -> bool {
    port.roles.iter().any(|one| one.role == Role::LiveMigration)
}

/// Why live migration is slow: its ports on a node, and the faster ones there.
struct Cause {
    /// Speeds of its ports, the slowest first.
    own: Vec<Mbps>,
    /// Nodes where its ports are these and others faster.
    nodes: Vec<usize>,
    /// Other nodes where others are faster.
    more: usize,
    /// Ports faster than all of its own, by speed and roles, the fastest last.
    faster: BTreeMap<(Mbps, Vec<Role>), usize>,
}

/// The cause on the node that takes longest of those where live migration could have faster ports; `None` without such.
fn cause(cluster: &ClusterData) -> Option<Cause> {
    let forecast = cluster.drains.as_ref()?;
    let own = |node| carrying(cluster, node);
    let could = |node: &usize| match (own(*node).last(), ports(cluster, *node, |_| true).last()) {
        (Some(mine), Some(fastest)) => mine < fastest,
        _ => false,
    };
    let mut nodes = forecast.drains.iter().map(|drain| drain.node).filter(could);
    let worst = nodes.next()?;
    let mine = own(worst);
    let fastest = mine.last().copied()?;
    let mut alike: Vec<usize> = vec![worst];
    let (same, others): (Vec<usize>, Vec<usize>) = nodes.partition(|node| own(*node) == mine);
    alike.extend(same);
    let mut faster = BTreeMap::new();
    for port in cluster
        .ports_of(worst)
        .filter(|port| port.nic.up && port.nic.speed > fastest)
    {
        let roles: BTreeSet<Role> = port.roles.iter().map(|one| one.role).collect();
        *faster.entry((port.nic.speed, roles.into_iter().collect())).or_insert(0) += 1;
    }
    Some(Cause {
        own: mine,
        nodes: alike,
        more: others.len(),
        faster,
    })
}

impl Cause {
    /// `live migration has 2 ports of 1 Gbit/s on HV1 to HV4 (4 nodes), while 2 ports of 25 Gbit/s carry Storage`.
    fn sentence(&self, cluster: &ClusterData) -> String {
        let mut names: Vec<&str> = self.nodes.iter().map(|node| cluster.node_name(*node)).collect();
        names.sort_by(|a, b| natural_cmp(a, b));
        let more = match self.more {
            0 => String::new(),
            some => format!(
                ", and slower ones than it could have on {} more",
                show::count(some, "node", "nodes")
            ),
        };
        let nodes = match names.len() {
            1 => String::new(),
            many => format!(" ({many} nodes)"),
        };
        let faster = self.faster.iter().rev().map(|((speed, roles), number)| {
            let ports = show::count(*number, "port", "ports");
            let titles: Vec<&str> = roles.iter().map(|role| role.info().title).collect();
            match (titles.as_slice(), number) {
                ([], 1) => format!("{ports} of {} is idle", show_mbps(*speed)),
                ([], _) => format!("{ports} of {} are idle", show_mbps(*speed)),
                (_, 1) => format!("{ports} of {} carries {}", show_mbps(*speed), titles.join(" + ")),
                _ => format!("{ports} of {} carry {}", show_mbps(*speed), titles.join(" + ")),
            }
        });
        format!(
            "live migration has {} on {}{nodes}{more}, while there {}",
            speeds(&self.own),
            show::name_runs(&names, " to "),
            faster.collect::<Vec<_>>().join(" and ")
        )
    }

    /// Roles on the fastest ports that live migration might share, with whether that breaks a requirement: those with which
    /// it is kept apart. iSCSI is left alone: Microsoft gives it adapters of its own.
    fn kept_apart(&self, cluster: &ClusterData) -> Vec<(Role, bool)> {
        let iscsi = cluster.facts.storage == StorageKind::Iscsi;
        let allowed = |roles: &&Vec<Role>| !(roles.is_empty() || iscsi && roles.contains(&Role::Storage));
        let fastest = self.faster.keys().rev().map(|(_, roles)| roles).find(allowed);
        let strength = |role: Role| cluster.facts.policy.isolation(Role::LiveMigration, role, iscsi);
        let apart = fastest.into_iter().flatten().map(|role| (*role, strength(*role)));
        apart
            .filter(|(_, strength)| *strength != Strength::No)
            .map(|(role, strength)| (role, strength == Strength::Required))
            .collect()
    }
}

/// `2 ports of 1 Gbit/s`, `1 port of 1 Gbit/s and 1 port of 10 Gbit/s`.
fn speeds(ports: &[Mbps]) -> String {
    let mut counted: BTreeMap<Mbps, usize> = BTreeMap::new();
    for speed in ports {
        *counted.entry(*speed).or_insert(0) += 1;
    }
    let one = |(speed, number): (&Mbps, &usize)| {
        format!("{} of {}", show::count(*number, "port", "ports"), show_mbps(*speed))
    };
    counted.iter().map(one).collect::<Vec<_>>().join(" and ")
}

/// The policy entries that give live migration other ports.
fn remedy(cluster: &ClusterData, cause: &Cause) -> String {
    let policy = &cluster.facts.policy;
    let mut entries = Vec::new();
    match drain_minutes(cluster) {
        Some(minutes) if policy.drain_minutes.is_none_or(|said| said > minutes) => entries.push(format!(
            "`drain_minutes,{minutes}` makes a drain in {minutes} min a requirement"
        )),
        Some(_) => {}
        None => {
            entries.push("no faster drain fits the window, since installing and restarting alone fill it".to_owned())
        }
    }
    let apart = cause.kept_apart(cluster);
    if !apart.is_empty() {
        let lines: Vec<String> = apart
            .iter()
            .map(|(role, _)| format!("`isolate:{}|{role},no`", Role::LiveMigration))
            .collect();
        let titles: Vec<&str> = apart.iter().map(|(role, _)| role.info().title).collect();
        let required = if apart.iter().any(|(_, required)| *required) {
            " (which the policy forbids today)"
        } else {
            ""
        };
        let verb = if lines.len() == 1 { "lets" } else { "let" };
        entries.push(format!(
            "{} {verb} it share the ports of {}{required}",
            lines.join(" and "),
            titles.join(" and ")
        ));
    }
    if entries.is_empty() {
        return "the policy asks for no better already".to_owned();
    }
    format!("in policy.csv {}", entries.join(", and "))
}

/// The drain time to require, minutes: ten, less if goal or window leave less; `None` if the window leaves nothing.
fn drain_minutes(cluster: &ClusterData) -> Option<u64> {
    let goal = cluster.facts.policy.drain_goal_s.map_or(LONG_MINUTES, |goal| goal / 60);
    let window = match &cluster.drains {
        Some(forecast) => match forecast.window_ms {
            Some(window) => {
                let left = window.checked_sub(forecast.run.reboot_ms())?;
                // every node is emptied and filled again
                let moves = (forecast.drains.len() as u64).max(1).saturating_mul(2);
                left / 60_000 / moves
            }
            None => LONG_MINUTES,
        },
        None => LONG_MINUTES,
    };
    match window {
        0 => None,
        _ => Some(window.min(goal.max(1)).min(LONG_MINUTES)),
    }
}

#[cfg(test)]
mod tests;
