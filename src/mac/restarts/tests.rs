//! The number of cold starts against every order of every start that is possible.

use super::*;
use crate::inventory::Cluster;
use crate::mac::testing::{cluster, inventory, pool, vm};

/// Numbers that are the same every time for the same seed.
struct Rolls(u64);

impl Rolls {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }
}

/// Up to three nodes with pools of their own and up to five VMs that share a few addresses of these pools and of no pool.
fn small(seed: u64) -> Cluster {
    let mut rolls = Rolls(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    let nodes = 1 + rolls.roll(3);
    let mut facts = cluster("C", nodes);
    for (number, node) in facts.nodes.iter_mut().enumerate() {
        node.mac_pool = Some(pool(1 + number as u64));
    }
    for number in 0..2 + rolls.roll(4) {
        let owners: Vec<usize> = (0..nodes).filter(|_| rolls.roll(3) > 0).collect();
        let mut guest = vm(
            &format!("VM{number}"),
            Some(rolls.roll(nodes)),
            &owners,
            1 + rolls.roll(2),
        );
        for vnic in &mut guest.vnics {
            vnic.mac = Some(Mac(pool(1 + rolls.roll(4) as u64).min.0 + rolls.roll(2) as u64));
            vnic.dynamic_mac = rolls.roll(12) > 0;
        }
        if rolls.roll(4) == 0 {
            guest.state = VmState::Off;
        }
        facts.vms.push(guest);
    }
    facts
}

/// Pairs that share an address of which one at least can draw another.
fn wrong(running: &Running) -> usize {
    clashes(&running.facts).len()
}

/// The fewest starts after which no more addresses are shared than `left`, in any order on any nodes; `None` = more than `most`.
fn by_trying_all(running: &mut Running, vms: &[VmAt], left: usize, most: usize) -> Option<usize> {
    if wrong(running) <= left {
        return Some(0);
    }
    let mut best: Option<usize> = None;
    for at in vms {
        let Some(most) = best
            .map_or(Some(most), |best| best.checked_sub(1))
            .and_then(|m| m.checked_sub(1))
        else {
            break;
        };
        let nodes = running
            .vm(*at)
            .map(|vm| nodes_of(vm, running.facts.clusters[0].nodes.len()));
        for node in nodes.unwrap_or_default() {
            if running.redrawn(*at, node).is_empty() {
                continue;
            }
            let started = running.start(*at, node);
            let rest = by_trying_all(running, vms, left, most);
            running.undo(started);
            best = rest
                .map(|rest| best.map_or(rest + 1, |best| best.min(rest + 1)))
                .or(best);
        }
    }
    best
}

#[test]
fn no_order_of_starts_on_any_nodes_needs_fewer() {
    let (mut proven, mut needed) = (0, [0; 6]);
    for seed in 0..400 {
        let facts = inventory(vec![small(seed)]);

        let found = restarts(&facts, facts.clone());

        let mut running = Running::new(facts.clone());
        let steps: Vec<&Restart> = found.steps.iter().filter(|r| r.node.is_some()).collect();
        let before = wrong(&running);
        for step in &steps {
            running.start(step.vm, step.node.expect("a node"));
        }
        let left = wrong(&running);
        let vms: Vec<VmAt> = (0..facts.clusters[0].vms.len()).map(|vm| (0, vm)).collect();
        let mut anew = Running::new(facts.clone());
        let least = by_trying_all(&mut anew, &vms, left, steps.len());
        assert!(before > 0 || steps.is_empty(), "seed {seed}");
        if found.fewest {
            assert_eq!(least, Some(steps.len()), "seed {seed}: {:?}", found.steps);
        }
        proven += usize::from(found.fewest);
        needed[steps.len().min(5)] += 1;
    }
    assert!(proven >= 396, "{proven}");
    assert!(needed[2] > 40 && needed[3] > 5, "{needed:?}");
}

#[test]
fn a_start_that_was_taken_back_leaves_everything_as_it_was() {
    for seed in 0..40 {
        let facts = inventory(vec![small(seed)]);
        let mut running = Running::new(facts.clone());
        let first = running.start((0, 0), 0);
        let state = |running: &Running| -> Vec<(Option<usize>, Vec<Option<Mac>>)> {
            let vms = running.facts.clusters[0].vms.iter();
            vms.map(|vm| (vm.host, vm.vnics.iter().map(|vnic| vnic.mac).collect()))
                .collect()
        };
        let between = state(&running);

        let second = running.start((0, 1), 0);
        running.undo(second);
        assert_eq!(state(&running), between, "seed {seed}");
        let again = running.start((0, 1), 0);
        let drawn = state(&running);
        running.undo(again);
        running.start((0, 1), 0);
        assert_eq!(state(&running), drawn, "seed {seed}");
        running.undo(first);
    }
}

/// Three VMs each share an address with HUB, and each another with a VM of its own: the three start, not HUB and three more.
#[test]
fn the_vm_that_shares_most_stays_where_its_partners_must_start_anyway() {
    let mut facts = cluster("C", 1);
    facts.nodes[0].mac_pool = Some(pool(1));
    let outside = |number: u64| Some(Mac(pool(9).min.0 + number));
    facts.vms = vec![vm("HUB", Some(0), &[0], 3)];
    for number in 0..3 {
        facts.vms[0].vnics[number].mac = outside(number as u64);
        let mut middle = vm(&format!("M{number}"), Some(0), &[0], 2);
        middle.vnics[0].mac = outside(number as u64);
        middle.vnics[1].mac = outside(10 + number as u64);
        let mut end = vm(&format!("E{number}"), Some(0), &[0], 1);
        end.vnics[0].mac = outside(10 + number as u64);
        facts.vms.extend([middle, end]);
    }
    let facts = inventory(vec![facts]);

    let found = restarts(&facts, facts.clone());

    let started: Vec<&str> = found
        .steps
        .iter()
        .map(|r| facts.clusters[0].vms[r.vm.1].name.as_str())
        .collect();
    assert!(found.fewest);
    assert_eq!(started, ["M2", "M1", "M0"]);
}

/// Of two VMs with one address the one that is off is started: nobody's work is interrupted.
#[test]
fn a_vm_that_is_off_starts_rather_than_one_that_runs() {
    for off in 0..2 {
        let mut facts = cluster("C", 1);
        facts.nodes[0].mac_pool = Some(pool(1));
        facts.vms = vec![vm("A", Some(0), &[0], 1), vm("B", Some(0), &[0], 1)];
        facts.vms.iter_mut().for_each(|v| v.vnics[0].mac = Some(pool(9).min));
        facts.vms[off].state = VmState::Off;
        let facts = inventory(vec![facts]);

        assert_eq!(restarts(&facts, facts.clone()).steps[0].vm, (0, off));
    }
}
