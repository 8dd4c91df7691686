//! The failure table: every single failure, asked about or not, with every role instance that it touches.

use super::capacity::left_for;
use super::node_loss::Loss;
use super::outages::Outage;
use super::survival::{Effect, Survival};
use super::view::View;
use super::{FailureResult, FailureRow};
use crate::policy::FailureKind;
use crate::roles::Role;
use crate::topology::Attach;
use std::collections::BTreeMap;

/// NICs and cards node by node, then switches with all nodes they touch, then nodes.
pub(super) fn failures(view: &View, survival: &Survival, losses: &[Loss]) -> Vec<FailureRow> {
    let mut rows = Vec::new();
    let mut switches: BTreeMap<Attach, Vec<FailureRow>> = BTreeMap::new();
    for node in 0..view.cluster.nodes.len() {
        for (outage, effects) in survival.outages[node].iter().zip(&survival.effects[node]) {
            let touched = touched(view, node, outage, effects);
            match outage.tor {
                Some(tor) => switches.entry(tor).or_default().extend(touched),
                None => rows.extend(touched),
            }
        }
    }
    rows.extend(switches.into_values().flatten());
    for (node, loss) in losses.iter().enumerate() {
        rows.extend(lost_node(view, node, loss));
    }
    rows
}

/// Role instances that lose a NIC or a peer, or that must share with traffic that fell back.
fn touched(view: &View, node: usize, outage: &Outage, effects: &[Effect]) -> Vec<FailureRow> {
    let shares_more = |uplink: usize| outage.after.load[uplink] > view.load[node][uplink];
    let mut rows = Vec::new();
    for (at, instance) in view.instances.iter().enumerate() {
        let effect = effects[at];
        if effect == Effect::Untouched && !shares_more(instance.uplink) {
            continue;
        }
        let demand = view.demand[node][at];
        let capacity = left_for(view, node, at, outage, effect);
        rows.push(FailureRow {
            failed: outage.failed.clone(),
            kind: outage.kind,
            node,
            role: instance.role,
            network: view.network(instance).to_owned(),
            capacity,
            demand,
            result: match () {
                () if !effect.survives() => FailureResult::Cut,
                () if capacity < demand => FailureResult::Short,
                () => FailureResult::Ok,
            },
        });
    }
    rows
}

/// One row per external network: what the remaining nodes have for VMs, and what all VMs need of them.
fn lost_node(view: &View, node: usize, loss: &Loss) -> Vec<FailureRow> {
    let nodes = view.cluster.nodes.len();
    let guests = view.instances.iter().filter(|i| i.role == Role::Vm);
    guests
        .map(|instance| {
            let uplink = instance.uplink;
            let hosts = host_demand(view, node, uplink);
            FailureRow {
                failed: view.cluster.nodes[node].name.clone(),
                kind: FailureKind::Node,
                node,
                role: Role::Vm,
                network: view.network(instance).to_owned(),
                capacity: loss.capacity[uplink].saturating_sub(hosts),
                demand: loss.demand[uplink].saturating_sub(hosts),
                result: match () {
                    () if nodes < 2 => FailureResult::Cut,
                    () if !loss.stranded.is_empty() => FailureResult::Short,
                    () => FailureResult::Ok,
                },
            }
        })
        .collect()
}

/// What host roles need of an uplink on all nodes but one.
fn host_demand(view: &View, lost: usize, uplink: usize) -> u64 {
    let on_uplink = |node: usize| {
        view.instances
            .iter()
            .zip(&view.demand[node])
            .filter(|(i, _)| i.uplink == uplink && i.role != Role::Vm)
    };
    let nodes = (0..view.cluster.nodes.len()).filter(|node| *node != lost);
    nodes
        .flat_map(on_uplink)
        .map(|(_, demand)| *demand)
        .fold(0, u64::saturating_add)
}
