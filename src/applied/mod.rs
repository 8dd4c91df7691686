//! WHAT WOULD EXIST. In: inventory and plan. Out: the inventory as it is once the plan is applied.
//!
//! The same rules, paths and comparisons that speak about today can then speak about tomorrow. Everything that a plan does not
//! decide stays as it is; records keep their places, so that a finding about tomorrow still points into today's files.
//! Must not know: the planner, checks, reports.

mod adapters;
mod addresses;
pub mod atc;
pub mod bindings;
pub mod dcb;
pub mod default_flow;
mod guests;
mod networks;
mod node;
pub mod packets;
pub mod policies;
pub mod port_vlans;
mod shared;
pub mod switches;
pub mod today;
pub mod unenforced;

pub use adapters::{Adapter, Carrier, adapters, rides_on_storage};
pub use addresses::{FIRST, Move, moves, selectable};
pub use networks::migration_networks;
pub use node::TEAMING;
pub use shared::{Vlans, given_up, may_share_subnet};

use crate::inventory::{Cluster, ColumnName, Inventory};
use crate::plan::{ClusterPlan, Plan};
use crate::profiles::Transport;
use crate::units::same_name;

/// Columns that a plan fills, whether or not today's files have them.
const DECIDED: [ColumnName; 11] = [
    ("nodes", "mac_pool_min"),
    ("nodes", "mac_pool_max"),
    ("nics", "current_role"),
    ("nics", "team"),
    ("switches", "switch"),
    ("switches", "nics"),
    ("switches", "type"),
    ("switches", "allow_management_os"),
    ("host_vnics", "switch"),
    ("host_vnics", "role"),
    ("vnics", "switch"),
];

/// The inventory with the plan of each cluster applied; clusters without a plan stay as they are.
pub fn inventory(today: &Inventory, plan: &Plan) -> Inventory {
    let mut after = today.clone();
    for (position, cluster) in after.clusters.iter_mut().enumerate() {
        let planned = plan.clusters.iter().find(|p| same_name(&p.cluster, &cluster.name));
        if let Some(planned) = planned {
            *cluster = self::cluster(cluster, planned);
            if let Some(given) = after.given.get_mut(position) {
                let bridged = cluster
                    .nodes
                    .iter()
                    .any(|n| dcb::of_node(cluster, planned, n).is_some());
                let decided = DECIDED.into_iter().chain(dcb::given().filter(|_| bridged));
                for column in decided {
                    given.asked.insert(column);
                    given.filled.insert(column);
                }
            }
        }
    }
    after
}

/// One cluster with its plan applied.
pub fn cluster(today: &Cluster, plan: &ClusterPlan) -> Cluster {
    let mut after = today.clone();
    for position in 0..today.nodes.len() {
        node::apply(today, plan, position, &mut after.nodes[position]);
    }
    guests::apply(plan, &mut after);
    settle(today, plan, &mut after);
    after
}

/// The cluster as it is, with the settings that are made along with the plan: cluster use, live migration in all its layers, Data Center Bridging. Forecasts of a plan
/// read them here, so that they speak of what the scripts set and not of today's lists.
pub fn settled(today: &Cluster, plan: &ClusterPlan) -> Cluster {
    let mut after = today.clone();
    // Only where Data Center Bridging may come is the node built for it.
    for (position, node) in after.nodes.iter_mut().enumerate() {
        if dcb::may_come(today, plan, node) {
            let mut planned = node.clone();
            node::apply(today, plan, position, &mut planned);
            dcb::take_over(&planned, node);
        }
    }
    // The limit of live migration over SMB follows from the classes.
    settle(today, plan, &mut after);
    after
}

/// Whether live migration is set otherwise than today in a [`settled`] cluster, or on a host of it.
pub fn sets_migration(today: &Cluster, after: &Cluster) -> bool {
    let hosts = today.nodes.iter().zip(&after.nodes);
    after.migration != today.migration
        || after.transport != today.transport
        || hosts
            .into_iter()
            .any(|(before, after)| before.migration != after.migration)
}

fn settle(today: &Cluster, plan: &ClusterPlan, after: &mut Cluster) {
    let mut uplinks = plan.nodes.iter().flat_map(|n| &n.uplinks);
    // What Windows does by itself needs no setting.
    let needed = |transport: &Transport| today.transport.is_some() || *transport != today.profile.default_transport;
    after.move_to_hyper_v();
    after.transport = uplinks.find_map(|u| u.transport).filter(needed).or(today.transport);
    networks::apply(today, plan, after);
}
