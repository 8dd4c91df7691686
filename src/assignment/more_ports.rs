//! What two idle ports more on every node would change.
//!
//! In: facts, and the plan made from them. Out: [`MorePorts`]. A plan that leaves the new ports idle is a plan of the larger
//! cluster too, so the search starts from it: more ports can never make a plan worse. Must not know: how the answer is told.

use super::design::{self, Design};
use super::search::{Found, Question, search};
use super::{Options, build, search_style};
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, LEVELS, Objective};
use std::cmp::Ordering;
use std::collections::BTreeSet;

/// The best that was found with the ports, and what is proven about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MorePorts {
    /// Of the best plan that was found; that of the plan without the ports where none is better.
    pub objective: Objective,
    /// No plan of the designs that were asked is better than this, levels 1 to 7.
    pub bound: Objective,
}

/// Two more of each node's fastest ports, on a card of their own and cabled to the node's switches in turn, and every design of
/// the plan's style. `None` where the deadline came first: half an answer would compare nothing.
pub fn with_two_ports_more(cluster: &Cluster, plan: &ClusterPlan, options: &Options) -> Option<MorePorts> {
    let larger = two_ports_more(cluster);
    let known = &plan.solver.objective;
    answer(
        known,
        search_style(&options.instance(&larger), plan.style, Question::Glance, Some(known)),
    )
}

/// The same, asked of the plan's own uplinks and external networks only: no search over designs, so it is quick at any size.
pub fn with_two_ports_more_in_its_design(
    cluster: &Cluster,
    plan: &ClusterPlan,
    options: &Options,
) -> Option<MorePorts> {
    let larger = two_ports_more(cluster);
    let instance = options.instance(&larger);
    let networks = plan.uplinks.iter().filter(|u| u.network.is_some()).count();
    let own = |design: &Design| {
        design.uplinks.len() == plan.uplinks.len() && build::uplinks(&instance, design) == plan.uplinks
    };
    let designs = design::designs(&instance, plan.style, networks).into_iter().filter(own);
    let known = &plan.solver.objective;
    answer(known, search(&instance, designs.collect(), Question::Best, Some(known)))
}

/// The plan found, if it is better than the one known before; `None` where the time ran out.
fn answer(known: &Objective, found: Found) -> Option<MorePorts> {
    if found.stopped {
        return None;
    }
    // the name, the last level, is no effect
    let better = |objective: &Objective| objective.cmp_to(known, LEVELS.len() - 1) == Ordering::Less;
    let objective = found.best.map(|best| best.evaluation.objective);
    let objective = objective.filter(better).unwrap_or_else(|| known.clone());
    Some(MorePorts {
        bound: found.bound.unwrap_or_else(|| objective.clone()),
        objective,
    })
}

fn two_ports_more(cluster: &Cluster) -> Cluster {
    let mut larger = cluster.clone();
    for node in &mut larger.nodes {
        let tors: BTreeSet<usize> = node.nics.iter().filter_map(|n| n.tor).collect();
        let tors: Vec<usize> = tors.into_iter().collect();
        let switched = node.nics.iter().filter(|n| n.direct_to.is_none());
        let Some(fastest) = switched.max_by_key(|n| n.speed).cloned() else {
            continue;
        };
        for number in 0..2 {
            let mut port = fastest.clone();
            port.name = format!("new port {}", number + 1);
            port.card = "new card".to_owned();
            port.tor = tors.get(number % tors.len().max(1)).copied();
            // a new port is trunked as it is wanted, and has a link
            port.vlans = None;
            port.up = true;
            port.roles.clear();
            port.switch = None;
            port.team.clear();
            port.addresses.clear();
            node.nics.push(port);
        }
    }
    larger
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assignment::plan_cluster;
    use crate::inventory::testing::{cluster, nic, vm, vnic};
    use crate::inventory::{Inventory, StorageKind};
    use crate::plan::{PROVEN_LEVELS, Style};
    use crate::roles::Role;

    /// Nodes with two ports of 1 and two of 25 Gbit/s on two switches, of which the fast ones of the last node lack a VLAN.
    fn trunk_without_a_vlan(nodes: usize) -> Cluster {
        let mut cluster = cluster(nodes, 2);
        cluster.storage = StorageKind::FibreChannel;
        for (number, node) in cluster.nodes.iter_mut().enumerate() {
            let last = number + 1 == nodes;
            node.nics = vec![
                nic("Mgmt1", 1_000, Some(0)),
                nic("Mgmt2", 1_000, Some(1)),
                nic("PCI1", 25_000, Some(0)),
                nic("PCI2", 25_000, Some(1)),
            ];
            for port in &mut node.nics[2..] {
                port.roles.insert(Role::Vm);
                port.vlans = Some(if last { [20].into() } else { [20, 30].into() });
            }
        }
        let owners: Vec<usize> = (0..nodes).collect();
        for host in 0..nodes {
            let mut guest = vm(&format!("VM{host}"), host, 4_096, &owners);
            guest.vnics.push(vnic("Network Adapter", 100));
            guest.vnics[0].vlans = [30].into();
            cluster.vms.push(guest);
        }
        cluster
    }

    #[test]
    fn more_ports_never_make_a_plan_worse() {
        for nodes in [3, 5] {
            let cluster = trunk_without_a_vlan(nodes);
            let options = Options {
                style: Some(Style::Dedicated),
                deadline: None,
            };
            let plan = plan_cluster(&Inventory::default(), &cluster, &options).expect("a plan");
            let before = &plan.solver.objective;
            for found in [
                with_two_ports_more(&cluster, &plan, &options),
                with_two_ports_more_in_its_design(&cluster, &plan, &options),
            ] {
                let found = found.expect("there is no time limit");
                assert!(
                    found.objective == *before || found.objective.cmp_to(before, 10) == Ordering::Less,
                    "{nodes} nodes: {before:#?} {found:#?}"
                );
            }
        }
    }

    #[test]
    fn what_is_found_counts_only_where_it_is_better_than_the_plan_known_before() {
        let cluster = trunk_without_a_vlan(3);
        let instance = crate::assignment::instance::Instance::new(&cluster);
        let found = || search_style(&instance, Style::Dedicated, Question::Glance, None);
        let known = Objective::default();
        assert_eq!(answer(&known, found()).expect("there was time").objective, known);

        let mut worse = Objective::default();
        worse.unmet_requirements.reachability = 1_000;
        let better = answer(&worse, found()).expect("there was time");
        assert!(better.objective < worse && better.bound.cmp_to(&better.objective, PROVEN_LEVELS) != Ordering::Greater);
        assert!(answer(&known, Found::not_begun()).is_none());
    }
}
