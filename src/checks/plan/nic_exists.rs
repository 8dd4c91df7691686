//! `nic-exists`: the plan uses NICs that the node has.

use super::{Broken, Judge, PlanCheck, list, rows};
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "nic-exists",
    summary: "every NIC of the plan is a NIC of that node",
    docs: "A NIC that is not there carries nothing; all capacity and redundancy built on it would be invented.",
    judge: Judge::Structure(check),
};

const FIX: &str = "if the port is there, add its row to nics.csv; if it was renamed or taken out, make the plan anew with 'nicplan plan', or correct its name in \
                   plan.json";

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    for row in rows(cluster, plan) {
        for name in row.entry.nics.iter().filter(|name| row.node.nic(name).is_none()) {
            let message = format!(
                "on {} uplink {} uses NIC {name}, which the node does not have",
                row.node.name, row.uplink.name
            );
            let known = list(row.node.nics.iter().map(|n| &n.name));
            broken.advise(row.subject(), message, [name.clone(), known], FIX);
        }
    }
}
