//! Today's wiring: counted as a plan is where it is a design, and refused with the reason where it is none.

use super::*;
use crate::plan::Style;
use crate::reports::ReportData;
use crate::reports::fixtures::{SMALL, Spec, World, world};
use crate::reports::{render_all, text};

/// A cluster whose ports do today what its plan says, with two networks or one.
fn as_planned(style: Style) -> World {
    let mut world = world(Spec { style, ..SMALL });
    let plan = world.verified.plan().clusters[0].clone();
    let facts = &mut world.inventory.clusters[0];
    for (node, decided) in facts.nodes.iter_mut().zip(&plan.nodes) {
        for (uplink, entry) in plan.uplinks.iter().zip(&decided.uplinks) {
            for nic in node.nics.iter_mut().filter(|nic| entry.nics.contains(&nic.name)) {
                nic.roles = uplink.roles.iter().copied().collect();
                nic.switch.clone_from(&uplink.network);
                nic.speed = 10_000;
                if entry.mechanism == Mechanism::Team && nic.switch.is_none() {
                    nic.team = uplink.name.clone();
                }
            }
        }
    }
    for (vm, placed) in facts.vms.iter_mut().zip(&plan.vnics) {
        vm.vnics[0].switch.clone_from(&placed.network);
    }
    world
}

fn judged(world: &World) -> Today {
    judge(&world.inventory.clusters[0], &world.verified.plan().clusters[0])
}

fn why(world: &World) -> String {
    match judged(world) {
        Today::NotCounted(why) => why,
        Today::Counted { .. } => "counted".to_owned(),
    }
}

#[test]
fn wiring_that_is_the_plan_has_the_numbers_of_the_plan() {
    for style in [Style::Dedicated, Style::Teamed, Style::Hybrid, Style::Converged] {
        let mut world = as_planned(style);
        let plan = &world.verified.plan().clusters[0];
        let planned = recount(&world.inventory.clusters[0], plan);
        let Today::Counted { recount: today, notes } = judged(&world) else {
            panic!("{style}: {}", why(&world));
        };
        assert!(notes.is_empty(), "{style}: {notes:?}");
        assert_eq!(today.objective.changes, 0, "{style}");
        for level in 1..=10 {
            assert_eq!(
                today.objective.level(level),
                planned.objective.level(level),
                "{style}, level {level}"
            );
        }
        // and it is counted anew, not copied
        world.inventory.clusters[0].vms[0].vnics[0].p95 = Some(900);
        let Today::Counted { recount: fuller, .. } = judged(&world) else {
            panic!("{}", why(&world));
        };
        assert!(fuller.objective.sum_utilisation_permille > today.objective.sum_utilisation_permille);
    }
}

#[test]
fn a_role_in_two_places_is_no_design() {
    let mut world = as_planned(Style::Hybrid);
    world.inventory.clusters[0].nodes[2].nics[4].roles.insert(Role::Cluster);
    let said = why(&world);
    assert!(
        said.starts_with(
            "Cluster / CSV runs on HV3 over SLOT2P1, SLOT2P2 (Cluster / CSV + Live migration) and on HV3 over SLOT3P1"
        ),
        "{said}"
    );
    let mut world = as_planned(Style::Hybrid);
    for nic in &mut world.inventory.clusters[0].nodes[1].nics[..2] {
        nic.roles.remove(&Role::Management);
    }
    let said = why(&world);
    assert!(said.starts_with("VM network External-1 runs on HV1 over "), "{said}");
}

#[test]
fn ports_that_hold_together_in_another_way_are_not_counted() {
    let mut world = as_planned(Style::Teamed);
    world.inventory.clusters[0].nodes[3].nics[0].team.clear();
    assert_eq!(why(&world), "Management has 2 ports on HV4 that are no team");
    // where nobody names any team, the column was not filled
    for nic in world.inventory.clusters[0]
        .nodes
        .iter_mut()
        .flat_map(|node| &mut node.nics)
    {
        nic.team.clear();
    }
    let Today::Counted { notes, .. } = judged(&world) else {
        panic!("{}", why(&world));
    };
    assert_eq!(
        notes,
        ["the ports of Management taken as a team, since the inventory names no team"]
    );
    let mut world = as_planned(Style::Hybrid);
    world.inventory.clusters[0].nodes[0].nics[2].team = "Team 1".to_owned();
    assert!(why(&world).contains("in a team on HV1"), "{}", why(&world));
    let mut world = as_planned(Style::Teamed);
    world.inventory.clusters[0].nodes[1].nics[1].speed = 1_000;
    assert!(
        why(&world).contains("ports of 1 Gbit/s and 10 Gbit/s on HV2"),
        "{}",
        why(&world)
    );
}

#[test]
fn what_nobody_tells_is_not_counted() {
    assert!(why(&world(SMALL)).starts_with("the inventory does not tell what the ports carry today"));
    let mut half = as_planned(Style::Hybrid);
    for nic in &mut half.inventory.clusters[0].nodes[1].nics {
        (nic.roles, nic.switch) = (BTreeSet::new(), None);
    }
    assert!(why(&half).contains("the ports of HV2 carry today"), "{}", why(&half));
    let mut nameless = as_planned(Style::Dedicated);
    nameless.inventory.clusters[0].vms[4].vnics[0].switch.clear();
    assert_eq!(why(&nameless), "the inventory does not name the switch of 1 vNIC");
    let mut elsewhere = as_planned(Style::Dedicated);
    elsewhere.inventory.clusters[0].vms[4].vnics[0].switch = "Old".to_owned();
    assert_eq!(
        why(&elsewhere),
        "1 vNIC is on switch Old, of which the inventory names no port"
    );
}

#[test]
fn what_is_left_out_or_assumed_is_said_with_the_numbers() {
    let mut world = as_planned(Style::Hybrid);
    let facts = &mut world.inventory.clusters[0];
    facts.vms[0].vnics[0].switch.clear();
    for nic in facts.nodes.iter_mut().flat_map(|node| &mut node.nics) {
        nic.roles.remove(&Role::LiveMigration);
    }
    let data = ReportData::new(&world.inventory, &world.verified, &[]);
    let files = render_all(&data);
    let (_, page) = files.iter().find(|(name, _)| name == "report.html").expect("the page");
    let page = String::from_utf8(page.clone()).expect("UTF-8");
    for words in [
        "<td>today</td>",
        "<td>not known</td>",
        "1 vNIC without a named switch taken as on External-1",
        "without Live migration, for which the inventory names no port",
    ] {
        assert!(page.contains(words), "{words}");
    }
    let console = text::plan_text(&data);
    assert!(console.contains("today, what is missing: "), "{console}");
    assert!(console.contains("Today:   "), "{console}");
}

#[test]
fn the_sentence_says_which_is_ahead_and_where() {
    let mut world = as_planned(Style::Hybrid);
    let plan = world.verified.plan().clone();
    let counted = recount(&world.inventory.clusters[0], &plan.clusters[0]);
    let said = |world: &World| {
        let data = ReportData::new(&world.inventory, &world.verified, &[]);
        crate::reports::versus_today::sentence(&data.clusters[0])
    };
    // the same wiring, of which the plan is said to miss a wish more, and then one less
    let at = counted
        .wishes
        .iter()
        .position(|(_, number)| *number > 0)
        .expect("a wish that is missed");
    let with = |number: u64| {
        let mut recount = counted.clone();
        recount.objective.changes = 1;
        recount.wishes[at].1 = number;
        recount.objective.unmet_wishes[at] = number;
        recount
    };
    let missed = counted.wishes[at].1;
    let verified = |number| crate::checks::VerifiedPlan::for_tests(plan.clone(), vec![with(number)]);
    world.verified = verified(missed + 1);
    assert!(
        said(&world).starts_with("In the order of importance today's wiring is better first in "),
        "{}",
        said(&world)
    );
    world.verified = verified(0);
    assert!(
        said(&world).starts_with("In the order of importance the plan is better first in "),
        "{}",
        said(&world)
    );
    assert!(said(&world).contains("met by the plan)"), "{}", said(&world));
    let mut worse = with(missed);
    worse.objective.unmet_requirements.survival = counted.objective.unmet_requirements.survival + 2;
    world.verified = crate::checks::VerifiedPlan::for_tests(plan.clone(), vec![worse]);
    let words = "today's wiring is better first in requirements missed (1 today, 3 planned)";
    assert!(said(&world).contains(words), "{}", said(&world));
    world.verified = verified(missed);
    assert_eq!(said(&world), "No number of the table below differs.");
}
