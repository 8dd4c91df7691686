//! What is set on a node beside its wiring: host vNICs that stay, bandwidth, MAC pool, live migration.

use super::bandwidth;
use super::old_windows;
use super::state::State;
use super::steps::{Change, HostSetting, Phase, Values};
use crate::inventory::{Cluster, Fact, HostVnic, Node};
use crate::plan::ClusterPlan;
use crate::profiles::WS2008R2;
use crate::units::same_name;

/// A change with the part of the work it belongs to.
pub type Planned = (Phase, Change);

/// What differs between the node once it is wired and the node after the plan; what is as it should be is counted in `already`.
pub fn of_node(
    cluster: &Cluster,
    plan: &ClusterPlan,
    today: &Node,
    wired: &State,
    after: &Node,
    already: &mut usize,
) -> Vec<Planned> {
    let mut found = Vec::new();
    for vnic in &after.host_vnics {
        let present = wired.node.host_vnics.iter().find(|v| same_name(&v.name, &vnic.name));
        if let Some(present) = present {
            host_vnic(present, vnic, already, &mut found);
        }
    }
    if cluster.profile.generation > WS2008R2 {
        found.extend(bandwidth::of_node(cluster, plan, (today, &wired.node), after));
        found.extend(bandwidth::policies(cluster, plan, today, after));
    }
    host(today, after, already, &mut found);
    if cluster.profile.generation == WS2008R2 {
        found.extend(old_windows::of_node(cluster, today, after));
    }
    found
}

fn host_vnic(present: &HostVnic, wanted: &HostVnic, already: &mut usize, found: &mut Vec<Planned>) {
    let vnic = wanted.name.clone();
    let before = found.len();
    if present.vlan != wanted.vlan {
        let value = Values::new(present.vlan, wanted.vlan);
        found.push((
            Phase::Adapters,
            Change::HostVlan {
                vnic: vnic.clone(),
                value,
            },
        ));
    }
    if present.weight != wanted.weight {
        let value = Values::new(present.weight, wanted.weight);
        found.push((
            Phase::Bandwidth,
            Change::HostWeight {
                vnic: vnic.clone(),
                value,
            },
        ));
    }
    if present.rdma != wanted.rdma && wanted.rdma == Some(true) {
        let value = Values::new(present.rdma, wanted.rdma);
        found.push((
            Phase::Adapters,
            Change::HostRdma {
                vnic: vnic.clone(),
                value,
            },
        ));
    }
    if mapping(present) != mapping(wanted) {
        let value = Values::new(mapping(present), mapping(wanted));
        found.push((Phase::Adapters, Change::HostPort { vnic, value }));
    }
    *already += usize::from(found.len() == before);
}

/// The port that a host vNIC is bound to.
pub fn mapping(vnic: &HostVnic) -> Option<String> {
    match vnic.facts.get("team_mapping") {
        Some(Fact::List(ports)) => ports.first().cloned(),
        _ => None,
    }
}

/// What every host may set for itself: the lists of live migration are changed on all of them together ([`super::lists`]).
fn host(today: &Node, after: &Node, already: &mut usize, found: &mut Vec<Planned>) {
    let mut add = |differs: bool, phase: Phase, setting: HostSetting, wanted: bool| {
        if differs {
            found.push((phase, Change::Host(setting)));
        } else if wanted {
            *already += 1;
        }
    };
    macro_rules! compare {
        ($phase:expr, $kind:ident, $before:expr, $after:expr) => {
            add(
                $before != $after,
                $phase,
                HostSetting::$kind(Values::new($before.clone(), $after.clone())),
                $after.is_some(),
            )
        };
    }
    let (old, new) = (&today.migration, &after.migration);
    compare!(Phase::MacPool, Pool, today.mac_pool, after.mac_pool);
    compare!(Phase::Migration, Transport, old.transport, new.transport);
    compare!(Phase::Migration, Concurrency, old.concurrency, new.concurrency);
    compare!(Phase::Migration, SmbLimit, old.smb_limit, new.smb_limit);
}
