//! `team-switches-linked`: members of one planned team hear each other. A remark: the missing link may be a missing row.

use super::{Broken, Judge, PlanCheck, list, rows};
use crate::inventory::{Cluster, Inventory};
use crate::plan::{ClusterPlan, Mechanism, NodeUplink, Plan, Uplink};
use crate::topology::unlinked_switches;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "team-switches-linked",
    summary: "the members of a planned team are on physical switches between which a path is known",
    docs: "What one node sends from a member on one switch must find the member that the other node listens on; without a path between the switches, part of the flows and every failover end nowhere.",
    judge: Judge::Remark(check),
};

/// The inventory comes first: most often it is the row that is missing.
const FIX: &str = "write the link between the switches in inter_switch_links.csv (tor_a, tor_b, speed_mbps) and make the plan anew with 'nicplan plan'; if \
                   there is none, lay one, or move the ports to one switch";

fn check(inventory: &Inventory, plan: &Plan, broken: &mut Broken) {
    for planned in &plan.clusters {
        if let Some(cluster) = inventory.clusters.iter().find(|c| c.name == planned.cluster) {
            broken.about(&cluster.name);
            teams(cluster, planned, broken);
        }
    }
}

fn teams(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    for row in rows(cluster, plan).filter(|row| row.entry.mechanism == Mechanism::Team) {
        let apart = unlinked_switches(cluster, row.nics());
        // A node that has the uplink for itself has nobody to miss.
        if apart.is_empty() || nodes_on(plan, row.uplink) < 2 {
            continue;
        }
        let switches = list(&apart);
        let message = format!(
            "on {} the team of uplink {} spans the physical switches {switches}, and no path between them is known",
            row.node.name, row.uplink.name
        );
        broken.advise(
            row.subject(),
            message,
            [switches, "a path between the switches".to_owned()],
            FIX,
        );
    }
}

/// Nodes on which the uplink has NICs.
fn nodes_on(plan: &ClusterPlan, uplink: &Uplink) -> usize {
    let served = |entry: &NodeUplink| entry.uplink == uplink.name && !entry.nics.is_empty();
    plan.nodes.iter().filter(|node| node.uplinks.iter().any(served)).count()
}
