//! `nic-once`: a NIC belongs to one uplink.

use super::{Broken, Judge, PlanCheck, rows};
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use std::collections::BTreeMap;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "nic-once",
    summary: "a NIC is in at most one uplink of its node, and there once",
    docs: "Windows binds a NIC to one team, one virtual switch or one address; a NIC that counts twice is bandwidth that does not exist.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    let mut owner: BTreeMap<(&str, &str), &str> = BTreeMap::new();
    for row in rows(cluster, plan) {
        let node = row.node.name.as_str();
        for nic in &row.entry.nics {
            if let Some(first) = owner.insert((node, nic), &row.uplink.name) {
                let message = format!(
                    "on {node} NIC {nic} is in uplink {first} and again in uplink {}",
                    row.uplink.name
                );
                broken.add(
                    format!("{node}/{nic}"),
                    message,
                    format!("{first}, {}", row.uplink.name),
                    "one uplink",
                );
            }
        }
    }
}
