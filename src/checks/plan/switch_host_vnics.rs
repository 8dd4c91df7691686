//! `switch-host-vnics`: a virtual switch serves no more host roles than the OS version allows.

use super::{Broken, Judge, PlanCheck};
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::roles::Role;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "switch-host-vnics",
    summary: "the host roles beside an external network are no more than the host vNICs that the OS version allows",
    docs: "Each host role on an uplink with a virtual switch is a vNIC of the management operating system; Windows Server 2008 R2 has one of them per switch.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    let allowed = cluster.profile.max_host_vnics;
    for uplink in plan.uplinks.iter().filter(|u| u.network.is_some()) {
        let host = uplink.roles.iter().filter(|role| **role != Role::Vm).count();
        if host > allowed {
            let message = format!(
                "uplink {} carries {host} host roles beside its external network; {} allows {allowed}",
                uplink.name, cluster.profile.title
            );
            broken.add(&uplink.name, message, host, allowed);
        }
    }
}
