//! `shares-sum`: the guaranteed shares of an uplink can all be given.

use super::{Broken, Judge, PlanCheck, list, rows};
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::roles::Role;
use crate::units::show_permille;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "shares-sum",
    summary: "every role of an uplink has one share, the shares are at most the whole, and a role alone has all of it",
    docs: "Shares become minimum-bandwidth weights or traffic classes; shares beyond the whole promise bandwidth that contention takes away.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    for row in rows(cluster, plan) {
        let named: Vec<Role> = row.entry.shares.iter().map(|s| s.role).collect();
        if named != row.uplink.roles {
            let (current, expected) = (list(&named), list(&row.uplink.roles));
            let message = format!(
                "on {} uplink {} has shares for {current}; its roles are {expected}",
                row.node.name, row.uplink.name
            );
            broken.misstated(row.subject(), message, current, expected);
            continue;
        }
        let sum = row.entry.shares.iter().map(|s| s.permille).fold(0, u64::saturating_add);
        let alone = named.len() == 1;
        if sum > 1000 || (alone && sum != 1000) {
            let expected = if alone { "100 %" } else { "at most 100 %" };
            let sum = show_permille(sum);
            let message = format!(
                "on {} the shares of uplink {} add up to {sum}; it must be {expected}",
                row.node.name, row.uplink.name
            );
            broken.misstated(row.subject(), message, sum, expected);
        }
    }
}
