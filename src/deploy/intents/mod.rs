//! Network ATC: the plan's uplinks as intents, where hardware is symmetric and the Windows version is configured by intents.
//!
//! Sources: Microsoft, "Network ATC overview", "Deploy host networking with Network ATC", "Manage Network ATC" (intent types, names of what is
//! made, VLANs 711 and on, automatic storage addresses 10.71.x.y, errors), "Install and enable Network ATC" (an existing cluster, one drained
//! node after the other, the service held on the others), `Add-NetIntent`.

mod after;
pub mod global;
pub mod made;
mod model;
mod node;
mod today;

pub use crate::applied::atc::apply_to;
pub use after::named;
pub use model::{Hold, Intent, Overrides, PortBefore};
pub use node::step;
pub use today::hold;

use super::words;
use crate::applied;
use crate::applied::atc::{is_intent, stores, symmetric};
use crate::applied::{dcb, packets};
use crate::inventory::{Cluster, Nic, Node};
use crate::plan::{ClusterPlan, Mechanism, Uplink};
use crate::roles::Role;
use crate::units::same_name;

/// Percent for SMB that Network ATC takes by itself, less what rounding and the heartbeat take of it.
const HALF: std::ops::RangeInclusive<u8> = 48..=50;
/// Most live migrations at once that Network ATC takes.
const MOST_AT_ONCE: u32 = 10;
/// Most storage ports that Network ATC has VLANs for.
const MOST_STORAGE_PORTS: usize = 8;

/// `Management_Compute_Storage`.
fn name(management: bool, compute: bool, storage: bool, number: usize) -> String {
    let parts = [(management, "Management"), (compute, "Compute"), (storage, "Storage")];
    let named: Vec<&str> = parts.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    let name = named.join("_");
    if number > 1 { format!("{name}_{number}") } else { name }
}

/// The intents of a plan, in the order of its uplinks; iSCSI ports are none. One that is there keeps its name.
pub fn intents(cluster: &Cluster, plan: &ClusterPlan) -> Vec<Intent> {
    let mut found: Vec<Intent> = Vec::new();
    for uplink in plan.uplinks.iter().filter(|u| is_intent(cluster, u)) {
        let mut intent = intent(cluster, plan, uplink);
        let taken = |name: &str| found.iter().any(|i| same_name(&i.name, name));
        let kinds = (intent.management, intent.compute, intent.storage);
        let own = today::name(cluster, &intent.nics).filter(|name| !taken(name));
        let mut made_up = (1..).map(|number| name(kinds.0, kinds.1, kinds.2, number));
        intent.name = own.or_else(|| made_up.find(|name| !taken(name))).unwrap_or_default();
        found.push(intent);
    }
    found
}

fn intent(cluster: &Cluster, plan: &ClusterPlan, uplink: &Uplink) -> Intent {
    let mut planned = plan.nodes.iter().flat_map(|n| &n.uplinks);
    let first = planned.find(|u| same_name(&u.uplink, &uplink.name));
    let nics = first.map(|u| u.nics.clone()).unwrap_or_default();
    let all = cluster.nodes.iter().flat_map(|n| &n.nics);
    let ports: Vec<&Nic> = all
        .filter(|n| nics.iter().any(|name| same_name(&n.name, name)))
        .collect();
    let storage = stores(cluster, uplink);
    let management = uplink.roles.contains(&Role::Management);
    let compute = uplink.roles.contains(&Role::Vm);
    let large = |n: &&Nic| packets::is_large(&n.facts);
    Intent {
        name: String::new(),
        management,
        compute,
        storage,
        roles: uplink.roles.clone(),
        switchless: storage && ports.iter().any(|n| n.direct_to.is_some()),
        management_vlan: management
            .then(|| management_vlan(cluster, plan, uplink, &nics))
            .flatten(),
        storage_vlans: if storage {
            storage_vlans(cluster, nics.len())
        } else {
            Vec::new()
        },
        own_storage_addresses: storage && has_storage_addresses(cluster),
        smb_percent: smb_percent(cluster, plan, uplink).filter(|_| storage && (management || compute)),
        jumbo: (!ports.is_empty() && ports.iter().all(large)).then_some(9014),
        rdma: !ports.is_empty() && ports.iter().all(|n| n.rdma.on()),
        iov: today::switch_says(cluster, &nics, |s| s.facts.yes("iov") == Some(true)),
        dynamic: today::switch_says(cluster, &nics, |s| s.facts.text("load_balancing") == Some("dynamic")),
        network: uplink.network.clone(),
        clears_qos: false,
        before: Vec::new(),
        nics,
    }
}

/// VLAN of management: that of its adapter once the plan is applied; on a bare port the one that is set at it today, which Network ATC keeps.
fn management_vlan(cluster: &Cluster, plan: &ClusterPlan, uplink: &Uplink, nics: &[String]) -> Option<u16> {
    let node = cluster.nodes.first()?;
    let planned = plan.nodes.iter().find(|n| same_name(&n.node, &node.name))?;
    let own = planned.uplinks.iter().find(|u| same_name(&u.uplink, &uplink.name))?;
    let shared = uplink.network.is_some() || (uplink.roles.len() > 1 && own.mechanism == Mechanism::Team);
    if shared {
        let of_vnic = node.host_vnics.iter().find(|v| v.role == Some(Role::Management));
        return of_vnic
            .and_then(|v| v.vlan)
            .or_else(|| cluster.vlan_of(Role::Management));
    }
    let port = node
        .nics
        .iter()
        .find(|n| nics.iter().any(|name| same_name(name, &n.name)))?;
    let set = port.facts.number(made::NIC_VLAN).filter(|vlan| *vlan > 0)?;
    u16::try_from(set).ok()
}

/// VLANs of the storage ports where they are not those that Network ATC takes: those in which storage is today, else those of the storage
/// networks, in turn, one for each port.
fn storage_vlans(cluster: &Cluster, ports: usize) -> Vec<u16> {
    let vlans = known_storage_vlans(cluster);
    let wanted: Vec<u16> = vlans.iter().copied().cycle().take(ports).collect();
    let defaults: Vec<u16> = (model::FIRST_STORAGE_VLAN..).take(ports).collect();
    if vlans.is_empty() || wanted == defaults {
        Vec::new()
    } else {
        wanted
    }
}

fn known_storage_vlans(cluster: &Cluster) -> Vec<u16> {
    let today = cluster.nodes.first().map(today::storage_vlans).unwrap_or_default();
    if !today.is_empty() {
        return today;
    }
    let storage = cluster.networks.iter().filter(|n| n.purpose == Some(Role::Storage));
    storage.filter_map(|n| n.vlan).collect()
}

/// Whether storage has addresses that stay: networks of its own, or adapters that have one today.
fn has_storage_addresses(cluster: &Cluster) -> bool {
    let mut storage = cluster.networks.iter().filter(|n| n.purpose == Some(Role::Storage));
    let given = |node: &Node| {
        let mut carriers = applied::today::carriers(node).into_iter();
        carriers.any(|c| c.roles.contains(&Role::Storage) && !c.addresses.is_empty())
    };
    storage.any(|n| !n.subnet.is_empty() && !n.subnet.starts_with("10.71.")) || cluster.nodes.iter().any(given)
}

/// What the plan gives SMB on the uplink, where it is not the half that Network ATC takes: of several nodes the smallest share.
fn smb_percent(cluster: &Cluster, plan: &ClusterPlan, uplink: &Uplink) -> Option<u8> {
    let nodes = plan
        .nodes
        .iter()
        .flat_map(|n| &n.uplinks)
        .filter(|u| same_name(&u.uplink, &uplink.name));
    let percent = nodes.map(|u| dcb::smb_percent(cluster, u)).min()?;
    (percent > 0 && !HALF.contains(&percent)).then_some(percent)
}

/// Whether no port of the intent has a link on the node.
fn is_dead(node: &Node, intent: &Intent) -> bool {
    let own = |nic: &&Nic| intent.nics.iter().any(|name| same_name(name, &nic.name));
    !node.nics.iter().filter(own).any(|nic| nic.up)
}

/// Why a cluster that only Network ATC configures cannot be carried to the plan, and what no intent can express.
pub fn refusals(cluster: &Cluster, plan: &ClusterPlan) -> Vec<String> {
    let mut found = Vec::new();
    if cluster.profile.intents_only && !apply_to(cluster, plan) {
        found.push(if symmetric(cluster, plan) {
            "Azure Local is configured by Network ATC, and an uplink of the plan is none of its kinds: one intent at most for management and for \
             storage, and cluster, live migration or replica only beside one of management, VMs or SMB storage. Run plan anew, without --style, or \
             change the uplinks in plan.json."
                .to_owned()
        } else {
            "Azure Local is configured by Network ATC, which wants ports of one name, speed and model for an intent on every node, and the plan's \
             uplinks have others. Rename ports (Rename-NetAdapter) or change hardware, correct nics.csv, then plan anew."
                .to_owned()
        });
    }
    if !apply_to(cluster, plan) {
        return found;
    }
    if let Some(number) = cluster.concurrency.filter(|number| *number > MOST_AT_ONCE) {
        found.push(format!(
            "the plan counts on {number} live migrations at once, and Network ATC takes 1 to {MOST_AT_ONCE} (Microsoft, Manage Network ATC). Write \
             concurrent_migrations of {MOST_AT_ONCE} or less into clusters.csv, then plan anew."
        ));
    }
    for intent in intents(cluster, plan).iter().filter(|i| i.management || i.storage) {
        let dead: Vec<&str> = cluster
            .nodes
            .iter()
            .filter(|n| is_dead(n, intent))
            .map(|n| n.name.as_str())
            .collect();
        if !dead.is_empty() {
            found.push(format!(
                "no port of the intent {} ({}) has a link on {}, and Network ATC wants every port up (Microsoft, Deploy host networking with \
                 Network ATC). Connect them and correct nics.csv, or plan anew.",
                intent.name,
                words::listed(&intent.nics),
                words::listed(&dead)
            ));
        }
    }
    for intent in intents(cluster, plan).iter().filter(|i| i.storage) {
        let moved = |node: &Node| today::stores(node) && !today::in_place(cluster, node, intent);
        if known_storage_vlans(cluster).is_empty() && cluster.nodes.iter().any(moved) {
            found.push(format!(
                "storage runs today in no VLAN that the inventory names, and Network ATC puts VLAN {} on its ports: nodes that are done and nodes that \
                 are not could not reach each other's storage. Write the VLAN of storage into cluster_networks.csv (purpose storage) or host_vnics.csv, \
                 then plan anew.",
                (0..intent.nics.len()).map(|at| intent.storage_vlan(at).to_string()).collect::<Vec<_>>().join(", ")
            ));
        }
        if intent.nics.len() > MOST_STORAGE_PORTS && intent.storage_vlans.is_empty() {
            found.push(format!(
                "the plan gives storage {} ports, and Network ATC has VLANs for {MOST_STORAGE_PORTS}. Write storage networks with their VLANs \
                 into cluster_networks.csv, then plan anew.",
                intent.nics.len()
            ));
        }
    }
    found
}
