//! `node-coverage`: every node has an entry for every uplink, in order.

use super::{Broken, Judge, PlanCheck, list};
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "node-coverage",
    summary: "every node of the cluster is planned once, in the inventory's order, with every uplink in the design's order",
    docs: "A node that the plan leaves out would be cabled by guesswork, and tables and drawings read nodes and uplinks by position.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    let known: Vec<&str> = cluster.nodes.iter().map(|n| n.name.as_str()).collect();
    let planned: Vec<&str> = plan.nodes.iter().map(|n| n.node.as_str()).collect();
    for name in &known {
        let times = planned.iter().filter(|p| *p == name).count();
        if times != 1 {
            let message = format!("node {name} stands {times} times in the plan; it must stand there once");
            broken.add(*name, message, times, 1);
        }
    }
    for name in planned.iter().filter(|name| !known.contains(name)) {
        let message = format!(
            "the plan holds node {name}, which cluster {} does not have",
            cluster.name
        );
        broken.add(*name, message, name, list(&known));
    }
    let mut sorted = (planned.clone(), known.clone());
    sorted.0.sort_unstable();
    sorted.1.sort_unstable();
    if planned != known && sorted.0 == sorted.1 {
        let message = "the nodes of the plan are not in the inventory's order".to_owned();
        broken.add("nodes", message, list(&planned), list(&known));
    }
    let design: Vec<&str> = plan.uplinks.iter().map(|u| u.name.as_str()).collect();
    for node in &plan.nodes {
        let entries: Vec<&str> = node.uplinks.iter().map(|u| u.uplink.as_str()).collect();
        if entries != design {
            let message = format!(
                "node {} has the uplinks {}; the design has {}",
                node.node,
                list(&entries),
                list(&design)
            );
            broken.add(&node.node, message, list(&entries), list(&design));
        }
    }
}
