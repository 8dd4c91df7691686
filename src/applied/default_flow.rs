//! Weight of everything on a switch that has none of its own: the guests' share, once a plan is applied.
//!
//! Source: Microsoft, `Set-VMSwitch` (DefaultFlowMinimumBandwidthWeight).

use super::policies::uplinks;
use super::switches;
use crate::inventory::{Cluster, Fact, Node, SwitchKind};
use crate::plan::ClusterPlan;
use crate::roles::Role;
use crate::units::same_name;

/// Column of a switch that holds it.
pub const COLUMN: &str = "default_flow_weight";

/// The guests' share of each switch with weights, in percent.
fn wanted(cluster: &Cluster, plan: &ClusterPlan, after: &Node) -> Vec<(String, u64)> {
    let mut found = Vec::new();
    for (design, uplink) in uplinks(plan, after) {
        let Some(network) = &design.network else { continue };
        let hosts = design.roles.iter().any(|role| *role != Role::Vm);
        let share = uplink.shares.iter().find(|s| s.role == Role::Vm);
        let weight = share.map_or(0, |s| s.permille / 10).min(100);
        if hosts && weight > 0 && switches::has_weights(cluster, after, network) {
            found.push((network.clone(), weight));
        }
    }
    found
}

/// Sets it; a switch that is made anew without has none.
pub(super) fn set(cluster: &Cluster, plan: &ClusterPlan, today: &Node, after: &mut Node) {
    let wanted = wanted(cluster, plan, after);
    let stays = |name: &str, after: &Node| switches::stays(cluster, today, after, name);
    let made: Vec<String> = after
        .switches
        .iter()
        .filter(|s| s.kind == SwitchKind::External)
        .map(|s| s.name.clone())
        .collect();
    let made: Vec<String> = made.into_iter().filter(|name| !stays(name, after)).collect();
    for switch in after.switches.iter_mut().filter(|s| s.kind == SwitchKind::External) {
        match wanted.iter().find(|(name, _)| same_name(name, &switch.name)) {
            Some((_, weight)) => switch.facts.insert(COLUMN, Fact::Number(*weight)),
            None if made.contains(&switch.name) => switch.facts.remove(COLUMN),
            None => {}
        }
    }
}
