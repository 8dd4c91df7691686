//! `vnic-coverage`: every vNIC that needs an external network has one entry.

use super::{Broken, Judge, PlanCheck};
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use std::collections::BTreeMap;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "vnic-coverage",
    summary: "every vNIC that is not on an internal or private switch stands in the plan exactly once, and no other vNIC does",
    docs: "A vNIC that the plan forgets would keep the network it has, and its load would be counted nowhere.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    let mut entries: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for entry in &plan.vnics {
        *entries.entry((&entry.vm, &entry.vnic)).or_default() += 1;
    }
    for vm in &cluster.vms {
        for vnic in vm.vnics.iter().filter(|v| !v.isolated) {
            let times = entries.remove(&(vm.name.as_str(), vnic.name.as_str())).unwrap_or(0);
            if times != 1 {
                let message = format!(
                    "vNIC {} of VM {} stands {times} times in the plan; it must stand there once",
                    vnic.name, vm.name
                );
                broken.add(format!("{}/{}", vm.name, vnic.name), message, times, 1);
            }
        }
    }
    for ((vm, vnic), times) in entries {
        let message = format!(
            "the plan places vNIC {vnic} of VM {vm}, which the inventory does not have or which needs no external network"
        );
        broken.add(format!("{vm}/{vnic}"), message, times, 0);
    }
}
