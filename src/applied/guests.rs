//! VMs once the plan is applied: the switch of each vNIC, static addresses, spoofing.

use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::units::same_name;
use std::collections::BTreeMap;

/// Applies what the plan says about vNICs.
pub(super) fn apply(plan: &ClusterPlan, after: &mut Cluster) {
    let key = |vm: &str, vnic: &str| (vm.to_lowercase(), vnic.to_lowercase());
    let networks: BTreeMap<_, _> = plan.vnics.iter().map(|v| (key(&v.vm, &v.vnic), v)).collect();
    let statics: BTreeMap<_, _> = plan.static_macs.iter().map(|s| (key(&s.vm, &s.vnic), s)).collect();
    for vm in &mut after.vms {
        let name = vm.name.clone();
        for vnic in &mut vm.vnics {
            let key = key(&name, &vnic.name);
            if let Some(planned) = networks.get(&key).filter(|p| !same_name(&p.network, &vnic.switch)) {
                vnic.switch.clone_from(&planned.network);
            }
            if let Some(planned) = statics.get(&key) {
                vnic.spoofing = planned.spoofing;
                if let Some(mac) = planned.planned {
                    vnic.mac = Some(mac);
                    vnic.dynamic_mac = false;
                }
            }
        }
    }
}
