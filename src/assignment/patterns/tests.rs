//! Nodes with more unlike ports than can be looked at in every way.

use super::{Asked, Breadth, PLACEMENT_LIMIT, WORK_LIMIT, enumerate};
use super::{LISTED_PER_CHOICE, effort};
use crate::assignment::design::all_designs;
use crate::assignment::instance::Instance;
use crate::assignment::meeting::undecided;
use crate::inventory::Cluster;
use crate::inventory::testing::{Dice, cluster, nic};
use crate::plan::Style;
use crate::policy::FailureKind;
use crate::roles::Role;

/// Two alike nodes with so many ports of one speed, on cards and switches of all sorts.
fn unlike(ports: usize) -> Cluster {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    let mut cluster = cluster(2, 2);
    let first = (0..ports).map(|number| {
        let mut port = nic(&format!("P{number}"), 10_000, Some(dice.below(2)));
        port.card = format!("C{}", dice.below(12));
        port.model = format!("M{}", dice.below(3));
        let trunk = [vec![], vec![10, 30], vec![10, 11, 20, 21, 30]]
            .into_iter()
            .nth(dice.below(3));
        port.vlans = trunk
            .filter(|vlans| !vlans.is_empty())
            .map(|vlans| vlans.into_iter().collect());
        port
    });
    let first: Vec<_> = first.collect();
    for node in &mut cluster.nodes {
        node.nics.clone_from(&first);
    }
    for role in [Role::Management, Role::Cluster, Role::LiveMigration] {
        for kind in [FailureKind::Card, FailureKind::Tor] {
            cluster.policy.survive.push((role, kind));
        }
    }
    cluster
}

#[test]
fn an_enumeration_ends_with_its_work_and_says_that_something_may_be_missing() {
    let cluster = unlike(22);
    let instance = Instance::new(&cluster);
    let limit = 20_000;
    for design in all_designs(&instance, Style::Hybrid).into_iter().take(4) {
        let asked = Asked {
            instance: &instance,
            class: &instance.classes[0],
            design: &design,
            meetings: &undecided(&design),
            breadth: Breadth::Best,
            limit,
        };
        let found = asked.answer();
        assert!(!found.patterns.is_empty(), "there is always an answer");
        let choices: usize = found.table.iter().flatten().map(|kind| kind.choices.len()).sum();
        let looked_at = found.work - choices as u64 * LISTED_PER_CHOICE;
        // The last combination of kinds is looked at to its end, every placement of it put together.
        let last = PLACEMENT_LIMIT * (2 + effort(&found.shared, found.table.len()));
        assert!(looked_at > limit && looked_at <= limit + last, "{looked_at}");
        assert!(!found.complete);
    }
}

#[test]
fn a_few_unlike_ports_are_looked_at_in_every_way() {
    let cluster = unlike(8);
    let instance = Instance::new(&cluster);
    for design in all_designs(&instance, Style::Hybrid) {
        let found = enumerate(
            &instance,
            &instance.classes[0],
            &design,
            &undecided(&design),
            Breadth::Best,
        );
        assert!(found.complete && found.work < WORK_LIMIT);
    }
}

#[test]
fn classes_of_nodes_share_the_work_that_may_be_done() {
    let mut cluster = unlike(14);
    let design = |instance: &Instance| all_designs(instance, Style::Hybrid).remove(0);
    let looked_at = |cluster: &Cluster| {
        let instance = Instance::new(cluster);
        let design = design(&instance);
        let limit = Asked::new(
            &instance,
            &instance.classes[0],
            &design,
            &undecided(&design),
            Breadth::Best,
        )
        .limit;
        (instance.classes.len(), limit)
    };
    assert_eq!(looked_at(&cluster), (1, WORK_LIMIT));
    cluster.nodes[0].nics.pop();
    assert_eq!(looked_at(&cluster), (2, WORK_LIMIT / 2));
}

#[test]
fn ports_that_were_not_looked_at_are_not_proven_to_change_more() {
    let mut cluster = unlike(8);
    for node in &mut cluster.nodes {
        for (port, role) in node
            .nics
            .iter_mut()
            .rev()
            .zip([Role::Management, Role::Cluster, Role::LiveMigration])
        {
            port.roles.insert(role);
        }
    }
    let instance = Instance::new(&cluster);
    let (class, group) = (&instance.classes[0], &instance.groups[0]);
    let mut open = 0;
    for design in all_designs(&instance, Style::Hybrid) {
        let found = enumerate(&instance, class, &design, &undecided(&design), Breadth::Best);
        for pattern in &found.patterns {
            let closest = |limit: u64| found.closest(&instance, &design, group, pattern, limit);
            let (all, some) = (closest(u64::MAX), closest(3));
            assert_eq!(all.least, all.changed, "looked at to the end");
            assert!(some.least <= all.changed && all.changed <= some.changed);
            assert!(some.work < 3 + 100 && all.work >= some.work);
            open += usize::from(some.least < some.changed);
        }
    }
    assert!(open > 0, "the limit is met");
}
