//! `cluster-known`: plan and inventory speak of the same clusters.

use super::{Broken, Judge, PlanCheck};
use crate::inventory::Inventory;
use crate::plan::Plan;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "cluster-known",
    summary: "every cluster of the inventory is planned exactly once, for its own OS version, and no other is",
    docs: "A cluster that the plan leaves out would pass unjudged, and a plan for another OS version breaks that version's limits.",
    judge: Judge::Whole(check),
};

fn check(inventory: &Inventory, plan: &Plan, broken: &mut Broken) {
    for planned in &plan.clusters {
        let name = &planned.cluster;
        let Some(known) = inventory.clusters.iter().find(|c| c.name == *name) else {
            let message = format!("the plan holds cluster {name}, which the inventory does not have");
            let names = super::list(inventory.clusters.iter().map(|c| &c.name));
            broken.add(name, message, name, names);
            continue;
        };
        if known.profile.name != planned.profile {
            let message = format!(
                "cluster {name} was planned for profile '{}', the inventory says {}",
                planned.profile, known.profile.title
            );
            broken.add(name, message, &planned.profile, known.profile.name);
        }
    }
    for cluster in &inventory.clusters {
        let times = plan.clusters.iter().filter(|c| c.cluster == cluster.name).count();
        if times != 1 {
            let message = format!(
                "cluster {} stands {times} times in the plan; it must stand there once",
                cluster.name
            );
            broken.add(&cluster.name, message, times, 1);
        }
    }
}
