//! `network-known`: vNICs go to external networks of the design.

use super::{Broken, Judge, PlanCheck, list};
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use std::collections::BTreeSet;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "network-known",
    summary: "every vNIC's external network is one of the design, or none",
    docs: "A network that no uplink serves exists on no node; the VM would start without a connection, or not migrate at all.",
    judge: Judge::Structure(check),
};

fn check(_: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    let networks: BTreeSet<&str> = plan.uplinks.iter().filter_map(|u| u.network.as_deref()).collect();
    for vnic in plan
        .vnics
        .iter()
        .filter(|v| !v.network.is_empty() && !networks.contains(v.network.as_str()))
    {
        let known = list(&networks);
        let message = format!(
            "vNIC {} of VM {} goes to external network {}; the design has {known}",
            vnic.vnic, vnic.vm, vnic.network
        );
        broken.add(format!("{}/{}", vnic.vm, vnic.vnic), message, &vnic.network, known);
    }
}
