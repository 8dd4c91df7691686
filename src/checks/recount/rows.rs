//! The failure table: every single failure, asked about or not, with every role instance that it touches.

use super::capacity::left_for;
use super::node_loss::Loss;
use super::outages::Outage;
use super::stranded::{Verdict, verdict};
use super::survival::{Effect, Survival};
use super::view::{Instance, View};
use super::{FailureResult, FailureRow};
use crate::policy::FailureKind;
use crate::roles::Role;
use crate::topology::Attach;
use crate::units::Mbps;
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
        let result = match () {
            () if !effect.survives() => FailureResult::Cut,
            () if capacity < demand => FailureResult::Short,
            () => FailureResult::Ok,
        };
        rows.push(FailureRow {
            failed: outage.failed.clone(),
            kind: outage.kind,
            node,
            role: instance.role,
            network: view.network(instance).to_owned(),
            capacity,
            demand,
            result,
            vms_out: 0,
            why: cause(view, instance, effect, result),
        });
    }
    rows
}

/// What a failure does to a role: where its traffic goes, or what it lacks.
fn cause(view: &View, instance: &Instance, effect: Effect, result: FailureResult) -> String {
    let own = &view.plan.uplinks[instance.uplink].name;
    let short = if result == FailureResult::Short {
        ", which cannot carry it all"
    } else {
        ""
    };
    match effect {
        Effect::Dead => format!("uplink {own} has no port left, and nothing takes its traffic over"),
        Effect::Severed => format!("the ports left in uplink {own} no longer reach every node"),
        Effect::Moved(to) => format!("its traffic goes over uplink {}{short}", view.plan.uplinks[to].name),
        Effect::Weakened if short.is_empty() => String::new(),
        Effect::Weakened => format!("the ports left in uplink {own} cannot carry it all"),
        Effect::Untouched if short.is_empty() => String::new(),
        Effect::Untouched => format!("uplink {own} takes over the traffic of a failed one and cannot carry it all"),
    }
}

/// One row per external network: what the remaining nodes have for VMs, and what all VMs need of them; one more for VMs
/// without any network, if such a one finds no place.
fn lost_node(view: &View, node: usize, loss: &Loss) -> Vec<FailureRow> {
    let row = |uplink: Option<usize>, network: &str, [capacity, demand]: [Mbps; 2]| {
        let Verdict { vms, why } = verdict(view, loss, uplink);
        FailureRow {
            failed: view.cluster.nodes[node].name.clone(),
            kind: FailureKind::Node,
            node,
            role: Role::Vm,
            network: network.to_owned(),
            capacity,
            demand,
            result: match () {
                () if view.cluster.nodes.len() < 2 => FailureResult::Cut,
                () if vms > 0 => FailureResult::Short,
                () => FailureResult::Ok,
            },
            vms_out: vms,
            why,
        }
    };
    let guests = view.instances.iter().filter(|i| i.role == Role::Vm);
    let mut rows: Vec<FailureRow> = guests
        .map(|instance| {
            let uplink = instance.uplink;
            let hosts = host_demand(view, node, uplink);
            let left = [loss.capacity[uplink], loss.demand[uplink]].map(|rate| rate.saturating_sub(hosts));
            row(Some(uplink), view.network(instance), left)
        })
        .collect();
    let offline = loss.stranded.iter().any(|vm| vm.uplinks.is_empty());
    if offline || loss.together.iter().any(|vm| vm.uplinks.is_empty()) {
        rows.push(row(None, "", [0, 0]));
    }
    rows
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
