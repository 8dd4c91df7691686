//! `transport-matches`: the live-migration transport is the one that Windows will use.

use super::{Broken, Judge, PlanCheck, rows};
use crate::checks::recount::mechanism::transport;
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::profiles::Transport;
use crate::roles::Role;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "transport-matches",
    summary: "an uplink that carries live migration names its transport, and no other uplink does",
    docs: "Migration rates and drain times follow from it: TCP and compression use one NIC per VM, SMB all of them.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    for row in rows(cluster, plan) {
        let carries = row.uplink.roles.contains(&Role::LiveMigration);
        let right = carries.then(|| transport(cluster, row.uplink, row.nics().into_iter()));
        if row.entry.transport != right {
            let show = |t: Option<Transport>| t.map_or("none", Transport::name);
            let (current, expected) = (show(row.entry.transport), show(right));
            let message = format!(
                "on {} uplink {} has live-migration transport {current}; it is {expected}",
                row.node.name, row.uplink.name
            );
            broken.misstated(row.subject(), message, current, expected);
        }
    }
}
