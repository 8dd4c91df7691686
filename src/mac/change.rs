//! The change: what is left to do beside pools and static addresses, and the facts once all of it is done.
//!
//! In: facts and the MAC plan. Out: VMs that must start anew, and the facts afterwards. Must not know: findings.

use super::MacPlan;
use super::restarts::{self, ColdStarts, Restart};
use super::running::Running;
use crate::inventory::Inventory;
use crate::plan::StaticMacPlan;
use std::collections::BTreeMap;

/// The cold starts that are left after pools and static addresses are set, in their order: those that replace a wrong address, and
/// those of VMs that are off for their static address.
pub fn restarts(inventory: &Inventory, plans: &[MacPlan]) -> ColdStarts {
    restarts::restarts(inventory, with_plan(inventory, plans))
}

/// The facts once pools and static addresses are set and these VMs have started, each on its node.
pub fn carried_out(inventory: &Inventory, plans: &[MacPlan], restarts: &[Restart]) -> Inventory {
    let mut running = Running::new(with_plan(inventory, plans));
    for restart in restarts {
        if let Some(node) = restart.node {
            running.start(restart.vm, node);
        }
    }
    running.facts
}

/// The facts with the planned pools, static addresses and spoofing, which only hosts with Hyper-V can have.
fn with_plan(inventory: &Inventory, plans: &[MacPlan]) -> Inventory {
    let mut after = inventory.clone();
    for (cluster, plan) in after.clusters.iter_mut().zip(plans) {
        cluster.move_to_hyper_v();
        for (node, pool) in cluster.nodes.iter_mut().zip(&plan.pools) {
            node.mac_pool = Some(pool.planned);
        }
        let entries: BTreeMap<(&str, &str), &StaticMacPlan> = plan
            .statics
            .iter()
            .map(|s| ((s.vm.as_str(), s.vnic.as_str()), s))
            .collect();
        for vm in &mut cluster.vms {
            let name = vm.name.clone();
            for vnic in &mut vm.vnics {
                let Some(entry) = entries.get(&(name.as_str(), vnic.name.as_str())) else {
                    continue;
                };
                vnic.spoofing = entry.spoofing;
                if entry.planned.is_some() {
                    vnic.mac = entry.planned;
                    vnic.dynamic_mac = false;
                }
            }
        }
    }
    after
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::ledger::ledger;
    use crate::mac::plan_all;
    use crate::mac::sharing::duplicates;
    use crate::mac::testing::{cluster, inventory, pool, vm};
    use crate::units::Mac;

    /// Two nodes with the same pool and the same address on a VM of each.
    fn clones() -> Inventory {
        let mut facts = cluster("C", 2);
        facts.nodes.iter_mut().for_each(|n| n.mac_pool = Some(pool(1)));
        facts.vms = vec![vm("A", Some(0), &[0, 1], 1), vm("B", Some(1), &[0, 1], 1)];
        facts.vms.iter_mut().for_each(|v| v.vnics[0].mac = Some(pool(1).min));
        inventory(vec![facts])
    }

    #[test]
    fn of_two_dynamic_vnics_with_one_address_the_one_outside_its_new_pool_restarts_where_it_is() {
        let facts = clones();

        let found = restarts(&facts, &plan_all(&facts)).steps;

        assert_eq!(found.len(), 1);
        assert_eq!((found[0].vm, found[0].node), ((0, 1), Some(1)));
        assert_eq!(found[0].wrong, [(0, pool(1).min)]);
    }

    #[test]
    fn nothing_is_shared_any_more_once_all_is_done() {
        let facts = clones();
        let plans = plan_all(&facts);
        let todo = restarts(&facts, &plans).steps;

        let after = carried_out(&facts, &plans, &todo);

        assert!(!duplicates(&facts, &ledger(&facts)).is_empty());
        assert_eq!(duplicates(&after, &ledger(&after)), []);
        let drawn = after.clusters[0].vms[1].vnics[0].mac;
        assert!(drawn.is_some_and(|mac| plans[0].pools[1].planned.contains(mac)));
    }

    #[test]
    fn a_design_without_duplicates_needs_no_restart() {
        let mut facts = clones();
        facts.clusters[0].vms.truncate(1);

        assert_eq!(restarts(&facts, &plan_all(&facts)).steps, []);
    }

    #[test]
    fn a_dynamic_address_that_no_adapter_may_have_is_drawn_anew() {
        let mut facts = clones();
        facts.clusters[0].vms.truncate(1);
        facts.clusters[0].vms[0].vnics[0].mac = Some(Mac(0x0115_5D00_0001));

        assert_eq!(restarts(&facts, &plan_all(&facts)).steps[0].node, Some(0));
    }

    /// Two nodes with pools of their own; TWO on the first shares one address with P there and one with Q on the second.
    fn two_wrong() -> Inventory {
        let mut facts = cluster("C", 2);
        facts.nodes[0].mac_pool = Some(pool(1));
        facts.nodes[1].mac_pool = Some(pool(2));
        facts.vms = vec![
            vm("P", Some(0), &[0, 1], 1),
            vm("Q", Some(1), &[0, 1], 1),
            vm("TWO", Some(0), &[0, 1], 3),
        ];
        facts.vms[0].vnics[0].mac = Some(pool(1).min);
        facts.vms[1].vnics[0].mac = Some(pool(2).min);
        facts.vms[2].vnics[0].mac = Some(pool(1).min);
        facts.vms[2].vnics[1].mac = Some(pool(2).min);
        facts.vms[2].vnics[2].mac = Some(pool(9).min);
        inventory(vec![facts])
    }

    #[test]
    fn a_vm_with_two_wrong_addresses_starts_once_and_takes_its_other_vnics_along() {
        let facts = two_wrong();
        let plans = plan_all(&facts);

        let found = restarts(&facts, &plans).steps;

        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].vm, (0, 2));
        assert_eq!(found[0].wrong, [(0, pool(1).min), (1, pool(2).min)]);
        assert_eq!(found[0].also, [2]);
        let after = carried_out(&facts, &plans, &found);
        assert_eq!(duplicates(&after, &ledger(&after)), []);
        let node = found[0].node.expect("a node");
        let pool = plans[0].pools[node].planned;
        let vnics = &after.clusters[0].vms[2].vnics;
        assert!(vnics.iter().all(|v| v.mac.is_some_and(|mac| pool.contains(mac))));
    }

    #[test]
    fn the_start_that_a_port_forces_frees_the_address_that_the_vm_shares_with_another() {
        let mut facts = two_wrong();
        let cluster = &mut facts.clusters[0];
        cluster.nodes[1].nics[0].mac = Some(pool(1).min);
        cluster.vms.remove(0);

        let found = restarts(&facts, &plan_all(&facts)).steps;

        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].vm, found[0].wrong.len()), ((0, 1), 2));
    }

    #[test]
    fn a_vm_that_is_off_for_its_static_address_draws_its_other_addresses_anew() {
        let mut facts = two_wrong();
        let cluster = &mut facts.clusters[0];
        cluster.vms.drain(..2);
        cluster.vms[0].vnics.truncate(2);
        cluster.vms[0].vnics[0].dynamic_mac = false;
        let plans = plan_all(&facts);

        let found = restarts(&facts, &plans).steps;

        assert_eq!(found.len(), 1);
        assert_eq!(
            (found[0].node, &found[0].wrong[..], &found[0].also[..]),
            (Some(0), &[][..], &[1][..])
        );
        let after = carried_out(&facts, &plans, &found);
        assert!(
            after.clusters[0].vms[0].vnics[1]
                .mac
                .is_some_and(|mac| pool(1).contains(mac))
        );
        facts.clusters[0].vms[0].state = crate::inventory::VmState::Off;
        assert_eq!(restarts(&facts, &plan_all(&facts)).steps, []);
    }
}
