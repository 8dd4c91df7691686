//! Network ATC: the plan's uplinks as intents, where hardware is symmetric and the Windows version is configured by intents.
//!
//! Sources: Microsoft, "Network ATC overview", "Manage Network ATC" (intent types, ConvergedSwitch(name), vManagement(name), vSMB(name#port),
//! VLANs 711 and on, automatic storage addresses 10.71.x.y, priorities), `Add-NetIntent`.

use super::steps::{Change, HostSetting, Intent, Phase, Step};
use super::{bandwidth, words};
use crate::inventory::{Cluster, Fact, Nic, Node};
use crate::plan::{ClusterPlan, Uplink};
use crate::roles::Role;
use crate::units::same_name;

/// First VLAN that Network ATC gives to a storage port.
const FIRST_STORAGE_VLAN: u16 = 711;
/// Percent for SMB that Network ATC takes by itself, less what rounding and the heartbeat take of it.
const HALF: std::ops::RangeInclusive<u8> = 48..=50;
/// Smallest MTU that counts as large packets.
const LARGE: u64 = 8_900;

/// Whether the plan is carried out by intents: Azure Local always is; Windows Server 2025 where its nodes are known to run the Datacenter
/// edition. Ports must be alike on every node, and every uplink must be an intent of its own kind.
pub fn apply_to(cluster: &Cluster, plan: &ClusterPlan) -> bool {
    offered(cluster) && symmetric(cluster, plan) && kinds_fit(cluster, plan)
}

/// Whether the nodes have Network ATC.
pub fn offered(cluster: &Cluster) -> bool {
    let datacenter = |node: &Node| {
        let edition = node.facts.text("edition").unwrap_or_default().to_lowercase();
        edition.contains("datacenter")
    };
    cluster.profile.intents_only || (cluster.profile.network_atc && cluster.nodes.iter().all(datacenter))
}

/// Whether every uplink has the same ports on every node, alike in speed and model.
pub fn symmetric(cluster: &Cluster, plan: &ClusterPlan) -> bool {
    let rows = |node: &Node| -> Vec<Vec<(String, u64, String)>> {
        let planned = plan.nodes.iter().find(|n| same_name(&n.node, &node.name));
        let ports = |names: &[String]| {
            let mut ports: Vec<_> = names.iter().filter_map(|name| port(node, name)).collect();
            ports.sort();
            ports
        };
        planned
            .map(|n| n.uplinks.iter().map(|u| ports(&u.nics)).collect())
            .unwrap_or_default()
    };
    let mut all = cluster.nodes.iter().map(rows);
    let first = all.next().unwrap_or_default();
    let alike = first.iter().all(|ports| {
        ports
            .windows(2)
            .all(|pair| pair[0].1 == pair[1].1 && pair[0].2 == pair[1].2)
    });
    alike && all.all(|other| other == first)
}

fn port(node: &Node, name: &str) -> Option<(String, u64, String)> {
    let nic = node.nics.iter().find(|n| same_name(&n.name, name))?;
    Some((nic.name.clone(), nic.speed, nic.model.to_lowercase()))
}

/// One intent at most for management and for storage, and no uplink that none of the kinds fits.
fn kinds_fit(cluster: &Cluster, plan: &ClusterPlan) -> bool {
    let carries = |role: Role| plan.uplinks.iter().filter(move |u| u.roles.contains(&role)).count();
    let fits = |u: &Uplink| {
        let kind = u.roles.iter().any(|r| matches!(r, Role::Management | Role::Vm)) || stores(cluster, u);
        kind || u.roles == [Role::Storage]
    };
    carries(Role::Management) == 1 && carries(Role::Storage) <= 1 && plan.uplinks.iter().all(fits)
}

/// Whether the uplink is a storage intent: SMB storage.
fn stores(cluster: &Cluster, uplink: &Uplink) -> bool {
    uplink.roles.contains(&Role::Storage) && cluster.storage.is_smb()
}

/// `Management_Compute_Storage`.
fn name(management: bool, compute: bool, storage: bool, number: usize) -> String {
    let parts = [(management, "Management"), (compute, "Compute"), (storage, "Storage")];
    let named: Vec<&str> = parts.iter().filter(|(on, _)| *on).map(|(_, name)| *name).collect();
    let name = named.join("_");
    if number > 1 { format!("{name}_{number}") } else { name }
}

/// The intents of a plan, in the order of its uplinks; iSCSI ports are none.
pub fn intents(cluster: &Cluster, plan: &ClusterPlan) -> Vec<Intent> {
    let mut found: Vec<Intent> = Vec::new();
    for uplink in &plan.uplinks {
        let (management, compute) = (
            uplink.roles.contains(&Role::Management),
            uplink.roles.contains(&Role::Vm),
        );
        let storage = stores(cluster, uplink);
        if !management && !compute && !storage {
            continue;
        }
        let same = found
            .iter()
            .filter(|i| (i.management, i.compute, i.storage) == (management, compute, storage))
            .count();
        found.push(intent(
            cluster,
            plan,
            uplink,
            name(management, compute, storage, same + 1),
        ));
    }
    found
}

fn intent(cluster: &Cluster, plan: &ClusterPlan, uplink: &Uplink, name: String) -> Intent {
    let nodes = || {
        plan.nodes
            .iter()
            .filter_map(|n| n.uplinks.iter().find(|u| same_name(&u.uplink, &uplink.name)))
    };
    let nics = nodes().next().map(|u| u.nics.clone()).unwrap_or_default();
    let ports: Vec<&Nic> = cluster
        .nodes
        .iter()
        .flat_map(|n| &n.nics)
        .filter(|n| nics.iter().any(|name| same_name(&n.name, name)))
        .collect();
    let storage = stores(cluster, uplink);
    let networks: Vec<_> = cluster
        .networks
        .iter()
        .filter(|n| n.purpose == Some(Role::Storage))
        .collect();
    let vlans: Vec<u16> = networks.iter().filter_map(|n| n.vlan).collect();
    let defaults: Vec<u16> = (FIRST_STORAGE_VLAN..).take(nics.len()).collect();
    let automatic = networks
        .iter()
        .all(|n| n.subnet.is_empty() || n.subnet.starts_with("10.71."));
    let large = !ports.is_empty()
        && ports
            .iter()
            .all(|n| n.facts.number("mtu").is_some_and(|mtu| mtu >= LARGE));
    Intent {
        management: uplink.roles.contains(&Role::Management),
        compute: uplink.roles.contains(&Role::Vm),
        storage,
        switchless: storage && ports.iter().any(|n| n.direct_to.is_some()),
        management_vlan: cluster
            .vlan_of(Role::Management)
            .filter(|_| uplink.roles.contains(&Role::Management)),
        storage_vlans: if storage && vlans.len() == nics.len() && vlans != defaults {
            vlans
        } else {
            Vec::new()
        },
        own_storage_addresses: storage && !automatic,
        smb_percent: smb_percent(cluster, plan, uplink)
            .filter(|_| storage && uplink.roles.iter().any(|r| matches!(r, Role::Management | Role::Vm))),
        jumbo: large.then_some(9014),
        network: uplink.network.clone(),
        nics,
        name,
    }
}

/// What the plan gives SMB on the uplink, where it is not the half that Network ATC takes: of several nodes the smallest share.
fn smb_percent(cluster: &Cluster, plan: &ClusterPlan, uplink: &Uplink) -> Option<u8> {
    let nodes = plan
        .nodes
        .iter()
        .flat_map(|n| &n.uplinks)
        .filter(|u| same_name(&u.uplink, &uplink.name));
    let percent = nodes.map(|u| bandwidth::smb_percent(cluster, u)).min()?;
    (percent > 0 && !HALF.contains(&percent)).then_some(percent)
}

/// The facts after the plan with the names that Network ATC gives to switches and host vNICs.
pub fn named(after: &Cluster, today: &Cluster, plan: &ClusterPlan) -> Cluster {
    let intents = intents(today, plan);
    let of = |network: &str| {
        let intent = intents
            .iter()
            .find(|i| i.network.as_deref().is_some_and(|n| same_name(n, network)));
        intent.and_then(Intent::switch)
    };
    let mut renamed = after.clone();
    for node in &mut renamed.nodes {
        for nic in &mut node.nics {
            let name = intents
                .iter()
                .find(|i| i.nics.contains(&nic.name))
                .and_then(Intent::switch);
            if nic.switch.is_some() && name.is_some() {
                nic.switch = name;
            }
        }
        for switch in &mut node.switches {
            let of_ports = intents
                .iter()
                .find(|i| switch.nics.iter().any(|n| i.nics.contains(n)))
                .and_then(Intent::switch);
            if let Some(name) = of_ports {
                switch.name = name;
            }
        }
        host_vnics(node, &intents);
    }
    for vnic in renamed.vms.iter_mut().flat_map(|vm| &mut vm.vnics) {
        if let Some(name) = of(&vnic.switch) {
            vnic.switch = name;
        }
    }
    renamed
}

/// vManagement(intent), and vSMB(intent#port) for storage; cluster and live migration go over the storage adapters.
fn host_vnics(node: &mut Node, intents: &[Intent]) {
    let mut kept = Vec::new();
    for mut vnic in std::mem::take(&mut node.host_vnics) {
        let switch = node
            .switches
            .iter()
            .find(|s| s.nics.iter().any(|n| intents.iter().any(|i| i.nics.contains(n))));
        let Some(intent) = intents
            .iter()
            .find(|i| switch.is_some() && i.switch().is_some() && holds(i, &vnic.role))
        else {
            kept.push(vnic);
            continue;
        };
        match vnic.role {
            Some(Role::Management) => vnic.name = format!("vManagement({})", intent.name),
            Some(Role::Storage) => {
                let port = match vnic.facts.get("team_mapping") {
                    Some(Fact::List(ports)) => ports.first().cloned(),
                    _ => intent.nics.first().cloned(),
                };
                vnic.name = format!("vSMB({}#{})", intent.name, port.unwrap_or_default());
            }
            _ => continue,
        }
        vnic.switch = intent.switch().unwrap_or_default();
        kept.push(vnic);
    }
    kept.sort_by(|a, b| crate::units::natural_cmp(&a.name, &b.name));
    node.host_vnics = kept;
}

fn holds(intent: &Intent, role: &Option<Role>) -> bool {
    match role {
        Some(Role::Management) => intent.management,
        Some(_) => intent.storage,
        None => false,
    }
}

/// The steps that add the intents, once for the whole cluster; the one with management last.
pub fn steps(cluster: &Cluster, plan: &ClusterPlan) -> Vec<Step> {
    let mut intents = intents(cluster, plan);
    intents.sort_by_key(|i| i.management);
    let step = |intent: Intent| {
        let nodes = plan.nodes.first().map(|n| n.node.clone()).unwrap_or_default();
        let nic = intent.nics.first().cloned().unwrap_or_default();
        let reason = words::serves(
            plan,
            &nodes,
            &[Change::LeaveTeam {
                team: String::new(),
                nic,
            }],
        );
        let takeover = intent.management;
        let changes = vec![Change::AddIntent(Box::new(intent))];
        Step {
            number: 0,
            phase: Phase::Wiring,
            title: words::title(&changes),
            serves: reason,
            takeover,
            changes,
        }
    };
    intents.into_iter().map(step).collect()
}

/// Whether a setting of a node is left to a script where Network ATC configures it.
pub fn leaves(change: &Change) -> bool {
    matches!(change, Change::Host(HostSetting::Pool(_)))
}
