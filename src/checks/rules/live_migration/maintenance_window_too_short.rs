//! A maintenance window that cannot hold all nodes, one after the other.

use super::drain_bound;
use crate::checks::rules::{Fault, Report, Rule};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "maintenance-window-too-short",
    severity: Severity::Warning,
    family: "live-migration",
    summary: "draining and patching all nodes cannot fit the maintenance window",
    risk: "the window ends with some nodes patched and some not, and the rest waits another month",
    source: "Microsoft, Cluster-Aware Updating overview (one node after the other); the pre-copy model of Clark et al. (NSDI 2005)",
    page: include_str!("maintenance_window_too_short.md"),
    columns: &[
        "clusters.live_migration_transport",
        "host_vnics.role",
        "nics.current_role",
        "nics.speed_mbps",
        "nics.status",
        "nodes.live_migration_transport",
        "nodes.smb_limit_mbps",
        "policy.setting",
        "vms.memory_mib",
        "vms.node",
        "vms.priority",
        "vms.state",
    ],
    needs: &[
        "vms.node",
        "vms.memory_mib",
        "nics.current_role|host_vnics.role",
        "nodes.live_migration_transport|clusters.live_migration_transport",
    ],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let Some(window) = cluster.policy.maintenance_window_minutes else {
        return report.out_of_scope("the policy has no maintenance window");
    };
    let nodes = cluster.nodes.len();
    let Some(drains) = (0..nodes)
        .map(|node| drain_bound(cluster, node))
        .collect::<Option<Vec<u64>>>()
    else {
        return;
    };
    let moving = drains
        .iter()
        .fold(0_u64, |sum, seconds| sum.saturating_add(*seconds))
        .div_ceil(60);
    let restarts = cluster.policy.reboot_minutes.saturating_mul(nodes as u64);
    let least = moving.saturating_add(restarts);
    if nodes < 2 || least <= window {
        return;
    }
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "patching {nodes} nodes one after the other takes {least} min at least: {restarts} to update and restart, {moving} to \
             move VMs; the window is {window} min"
        ),
        current: format!("{least} min or more"),
        expected: format!("{window} min"),
        fix: "patch the nodes in several windows, ask for a longer one, or give live migration more bandwidth".to_owned(),
        at: vec![report.at(cluster.origin, "cluster")],
    });
}
