//! `network-names`: external networks have names, each its own.

use super::{Broken, Judge, PlanCheck};
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, Uplink};
use crate::units::same_name;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "network-names",
    summary: "external networks have names, and no two the same",
    docs: "The name is the virtual switch's name on every node; live migration finds the switch by it, so an empty or double name leads VMs nowhere.",
    judge: Judge::Structure(check),
};

fn check(_: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    for (at, uplink) in plan.uplinks.iter().enumerate() {
        let Some(network) = &uplink.network else { continue };
        if network.is_empty() {
            let message = format!("the external network of uplink {} has no name", uplink.name);
            broken.add(&uplink.name, message, "", "a name such as External-1");
        }
        // Windows takes names that differ in upper and lower case alone for the same switch.
        let same = |u: &&Uplink| u.network.as_ref().is_some_and(|n| same_name(n, network));
        if let Some(other) = plan.uplinks[..at].iter().find(same) {
            let message = format!(
                "uplinks {} and {} both serve external network '{network}'",
                other.name, uplink.name
            );
            broken.add(network, message, network, "a name of its own");
        }
    }
}
