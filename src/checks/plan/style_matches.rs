//! `style-matches`: the design is of the style it is called.

use super::{Broken, Judge, PlanCheck, Row, rows};
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, Style, Uplink};
use crate::roles::Role;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "style-matches",
    summary: "the design has the shape of the style that the plan names",
    docs: "Dedicated is one role and one NIC per uplink (storage may have several), teamed one role per uplink, converged one uplink for all but iSCSI, hybrid any other partition with a shared uplink. Who asked for one style must not get another.",
    judge: Judge::Structure(check),
};

fn check(cluster: &Cluster, plan: &ClusterPlan, broken: &mut Broken) {
    let shared = plan.uplinks.iter().find(|u| u.roles.len() > 1);
    let converged = is_converged(cluster, plan);
    match (plan.style, shared) {
        (Style::Dedicated | Style::Teamed, Some(uplink)) => {
            let message = format!(
                "uplink {} carries {} roles; style {} gives each role uplinks of its own",
                uplink.name,
                uplink.roles.len(),
                plan.style
            );
            broken.misstated(&uplink.name, message, uplink.roles.len(), 1);
        }
        (Style::Converged, _) if !converged => {
            let message = format!(
                "the design has {} uplinks; style converged has one for all traffic but iSCSI",
                plan.uplinks.len()
            );
            broken.misstated("design", message, plan.uplinks.len(), "one uplink beside iSCSI");
        }
        (Style::Hybrid, None) => {
            let message = "no uplink carries several roles; style hybrid has at least one that does".to_owned();
            broken.misstated("design", message, "one role per uplink", "an uplink with several roles");
        }
        (Style::Hybrid, Some(_)) if converged => {
            let message = "one uplink carries all traffic but iSCSI; that is style converged, not hybrid".to_owned();
            broken.misstated("design", message, "converged", "hybrid");
        }
        _ => {}
    }
    if plan.style == Style::Dedicated {
        for row in rows(cluster, plan).filter(|row| row.entry.nics.len() > 1 && row.uplink.roles != [Role::Storage]) {
            let nics = row.entry.nics.len();
            let message = format!(
                "on {} uplink {} has {nics} NICs; style dedicated gives one, storage excepted",
                row.node.name, row.uplink.name
            );
            broken.misstated(row.subject(), message, nics, 1);
        }
    }
}

/// The style whose shape the design has; what fits two is the narrower one.
pub(in crate::checks) fn style_of(cluster: &Cluster, plan: &ClusterPlan) -> Style {
    let one_nic = |row: &Row| row.entry.nics.len() < 2 || row.uplink.roles == [Role::Storage];
    if plan.uplinks.iter().all(|u| u.roles.len() < 2) {
        if rows(cluster, plan).all(|row| one_nic(&row)) {
            Style::Dedicated
        } else {
            Style::Teamed
        }
    } else if is_converged(cluster, plan) {
        Style::Converged
    } else {
        Style::Hybrid
    }
}

/// At most one uplink beside that of iSCSI, which then has its own.
fn is_converged(cluster: &Cluster, plan: &ClusterPlan) -> bool {
    let own = |u: &&Uplink| cluster.iscsi() && u.roles == [Role::Storage];
    let rest: Vec<&Uplink> = plan.uplinks.iter().filter(|u| !own(u)).collect();
    rest.len() <= 1 && !(cluster.iscsi() && rest.iter().any(|u| u.roles.contains(&Role::Storage)))
}
