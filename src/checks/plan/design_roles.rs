//! `design-roles`: the uplinks are a partition of the cluster's traffic roles.

use super::{Broken, Judge, PlanCheck, list};
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::roles::{ROLES, Role};

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "design-roles",
    summary: "each traffic role of the cluster is on exactly one uplink (VM traffic: one per external network), and no other role is",
    docs: "A role on no uplink has no network; one on two uplinks has two, and nobody can say which NICs it counts on.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    let present = cluster.roles();
    for role in ROLES.iter().map(|info| info.role) {
        let on: Vec<&str> = plan
            .uplinks
            .iter()
            .filter(|u| u.roles.contains(&role))
            .map(|u| u.name.as_str())
            .collect();
        let (right, expected) = match (present.contains(&role), role) {
            (false, _) => (on.is_empty(), "no uplink: the cluster does not have this traffic"),
            (true, Role::Vm) => (!on.is_empty(), "one uplink per external network"),
            (true, _) => (on.len() == 1, "exactly one uplink"),
        };
        if !right {
            let message = format!(
                "{role} traffic is on {} uplinks ({}); it belongs on {expected}",
                on.len(),
                list(&on)
            );
            broken.add(role.name(), message, list(&on), expected);
        }
    }
    for (at, uplink) in plan.uplinks.iter().enumerate() {
        let name = &uplink.name;
        if uplink.roles.contains(&Role::Vm) != uplink.network.is_some() {
            let network = uplink.network.as_deref().unwrap_or("none");
            let message = format!(
                "uplink {name} has external network {network} and roles {}; VM traffic and an external network go together",
                list(&uplink.roles)
            );
            broken.add(name, message, network, "a network exactly where there is VM traffic");
        }
        if uplink.roles.is_empty() || !uplink.roles.is_sorted_by(|a, b| a < b) {
            let message = format!(
                "uplink {name} lists the roles {}; each stands there once, in the order of the role table",
                list(&uplink.roles)
            );
            broken.add(name, message, list(&uplink.roles), "roles in table order, each once");
        }
        if name.is_empty() || plan.uplinks[..at].iter().any(|other| other.name == *name) {
            let message = format!("uplink {} is named '{name}'; uplinks need names of their own", at + 1);
            broken.add(name, message, name, "a name of its own");
        }
    }
}
