//! What every failure does to every role instance on every node.

use super::outages::{Landing, Outage, outages};
use super::reach::InstanceReach;
use super::view::View;
use crate::policy::FailureKind;
use crate::topology::Attach;
use std::collections::BTreeMap;

/// Effect of one failure on one role instance of the node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Its uplink loses nothing (or has no NICs to lose).
    Untouched,
    /// Some of its NICs are dead; it goes on over the others.
    Weakened,
    /// Its uplink is dead; the traffic fell back to this one.
    Moved(usize),
    /// It has no NIC left and nowhere to go.
    Dead,
    /// It has NICs left and no longer reaches some node that it reached before.
    Severed,
}

impl Effect {
    /// Whether the role goes on.
    pub(super) fn survives(self) -> bool {
        !matches!(self, Effect::Dead | Effect::Severed)
    }
}

/// Failures and effects of the whole cluster.
pub(super) struct Survival {
    /// Reach, by instance.
    pub reach: Vec<InstanceReach>,
    /// Failures, by node.
    pub outages: Vec<Vec<Outage>>,
    /// Effects, by node, failure and instance.
    pub effects: Vec<Vec<Vec<Effect>>>,
}

impl Survival {
    pub(super) fn new(view: &View) -> Survival {
        let reach: Vec<InstanceReach> = view.instances.iter().map(|i| InstanceReach::new(view, i)).collect();
        let outages: Vec<Vec<Outage>> = (0..view.cluster.nodes.len()).map(|node| outages(view, node)).collect();
        let alone = |node: usize| {
            let effects = |outage: &Outage| {
                (0..view.instances.len())
                    .map(|i| alone(view, &reach[i], node, i, outage))
                    .collect()
            };
            outages[node].iter().map(effects).collect()
        };
        let mut effects: Vec<Vec<Vec<Effect>>> = (0..outages.len()).map(alone).collect();
        sever_by_switches(view, &reach, &outages, &mut effects);
        Survival {
            reach,
            outages,
            effects,
        }
    }

    /// Whether the role instance survives every failure of a kind at the node. One without NICs loses nothing.
    pub(super) fn survives(&self, node: usize, instance: usize, kind: FailureKind) -> bool {
        let asked = self.outages[node]
            .iter()
            .zip(&self.effects[node])
            .filter(|(outage, _)| outage.kind == kind);
        asked.map(|(_, effects)| effects[instance]).all(Effect::survives)
    }

    /// Failures at a node with their effects on one instance.
    pub(super) fn of_instance(&self, node: usize, instance: usize) -> impl Iterator<Item = (&Outage, Effect)> {
        self.outages[node]
            .iter()
            .zip(&self.effects[node])
            .map(move |(outage, effects)| (outage, effects[instance]))
    }
}

/// The effect at the node itself; what a dead switch does to reach is added later, since other nodes fail with it.
fn alone(view: &View, reach: &InstanceReach, node: usize, instance: usize, outage: &Outage) -> Effect {
    let uplink = view.instances[instance].uplink;
    if !outage.after.hit[uplink] {
        return Effect::Untouched;
    }
    match outage.after.landing[instance] {
        Landing::Moved(to) => Effect::Moved(to),
        Landing::Lost => Effect::Dead,
        Landing::Home if outage.tor.is_some() || !reach.tested => Effect::Weakened,
        Landing::Home if reach.severed_alone(view, &view.instances[instance], node, outage) => Effect::Severed,
        Landing::Home => Effect::Weakened,
    }
}

/// Marks the instances that a dead switch cuts off from others, though they have NICs left.
fn sever_by_switches(view: &View, reach: &[InstanceReach], outages: &[Vec<Outage>], effects: &mut [Vec<Vec<Effect>>]) {
    for (tor, places) in switch_outages(outages) {
        for (index, instance) in view.instances.iter().enumerate().filter(|(i, _)| reach[*i].tested) {
            let rest = reach[index].without(view, instance, tor);
            let landing = |node: usize| match places.get(&node) {
                Some(outage) => outages[node][*outage].after.landing[index],
                None => Landing::Home,
            };
            for (node, outage) in &places {
                let home = landing(*node) == Landing::Home;
                if home && reach[index].severed_by_switch(*node, &rest, &landing) {
                    effects[*node][*outage][index] = Effect::Severed;
                }
            }
        }
    }
}

/// For each switch that can fail, the nodes that feel it, with the number of the failure there.
fn switch_outages(outages: &[Vec<Outage>]) -> BTreeMap<Attach, BTreeMap<usize, usize>> {
    let mut found: BTreeMap<Attach, BTreeMap<usize, usize>> = BTreeMap::new();
    for (node, list) in outages.iter().enumerate() {
        for (at, tor) in list
            .iter()
            .enumerate()
            .filter_map(|(at, outage)| Some((at, outage.tor?)))
        {
            found.entry(tor).or_default().insert(node, at);
        }
    }
    found
}
