//! What is done once for the whole cluster: cluster networks, live migration, and the VMs.

use super::settings::Planned;
use super::steps::{Change, Phase, Values};
use super::{apart, lists};
use crate::inventory::{Cluster, Vm, Vnic};
use crate::units::same_name;

/// Changes for the cluster: those before the first node, and those after the last.
#[derive(Debug, Default)]
pub struct ClusterChanges {
    /// Before the first node.
    pub before: Vec<Planned>,
    /// After the last node.
    pub after: Vec<Planned>,
    /// Adapters of VMs whose old network is gone before the new one is everywhere: they stand still.
    pub stranded: Vec<(String, String, String)>,
}

/// What differs between today and the plan; what is as it should be is counted in `already`. `own_lists`: the lists of hosts are not left to Network ATC.
pub fn of_cluster(today: &Cluster, after: &Cluster, own_lists: bool, already: &mut usize) -> ClusterChanges {
    let mut found = ClusterChanges::default();
    // Where networks end, those that take over are there already: they do so before the first node loses one.
    let ends = after.networks.len() < today.networks.len();
    let settings = if ends { &mut found.before } else { &mut found.after };
    networks(today, after, already, settings);
    migration(today, after, already, settings);
    if own_lists {
        lists::of_hosts(today, after, already, &mut found);
    }
    // The cluster writes its limit over those of the hosts: it must not while the nodes set theirs and verify them.
    let (first, rest) = std::mem::take(&mut found.after)
        .into_iter()
        .partition(|(_, c)| frees_hosts(c));
    found.after = rest;
    found.before.extend::<Vec<Planned>>(first);
    found.after.extend(apart::changes(today, after));
    guests(today, after, already, &mut found);
    found
}

/// Whether a change leaves the limit of live migration over SMB to the hosts.
fn frees_hosts(change: &Change) -> bool {
    matches!(change, Change::ClusterSmbLimit { on, .. } if on.after == Some(false))
}

fn networks(today: &Cluster, after: &Cluster, already: &mut usize, found: &mut Vec<Planned>) {
    for new in &after.networks {
        let Some(old) = today.networks.iter().find(|n| n.name == new.name) else {
            continue;
        };
        if old.cluster_use == new.cluster_use {
            *already += usize::from(new.cluster_use.is_some());
            continue;
        }
        let change = Change::NetworkUse {
            network: new.name.clone(),
            value: Values::new(old.cluster_use, new.cluster_use),
        };
        found.push((Phase::ClusterNetworks, change));
    }
}

/// A list as a value: what was not written is not known.
fn list(names: &[String]) -> Option<Vec<String>> {
    (!names.is_empty()).then(|| names.to_vec())
}

fn migration(today: &Cluster, after: &Cluster, already: &mut usize, found: &mut Vec<Planned>) {
    let (old, new) = (&today.migration, &after.migration);
    let mut add = |differs: bool, change: Change, set: bool| {
        if differs {
            found.push((Phase::Migration, change));
        } else {
            *already += usize::from(set);
        }
    };
    let excluded = Values::new(list(&old.exclude_networks), list(&new.exclude_networks));
    add(
        excluded.differs(),
        Change::MigrationExcluded(excluded.clone()),
        excluded.after.is_some(),
    );
    let order = Values::new(list(&old.network_order), list(&new.network_order));
    add(
        order.differs(),
        Change::MigrationOrder(order.clone()),
        order.after.is_some(),
    );
    let parallel = Values::new(old.maximum_parallel, new.maximum_parallel);
    add(
        parallel.differs(),
        Change::Parallel(parallel.clone()),
        parallel.after.is_some(),
    );
    let on = Values::new(old.smb_limit_on, new.smb_limit_on);
    let factor = Values::new(old.smb_limit_factor, new.smb_limit_factor);
    let differs = on.differs() || factor.differs();
    let set = factor.after.is_some();
    add(differs, Change::ClusterSmbLimit { on, factor }, set);
}

fn guests(today: &Cluster, after: &Cluster, already: &mut usize, found: &mut ClusterChanges) {
    for (vm, new) in today.vms.iter().zip(&after.vms) {
        for (old, new) in vm.vnics.iter().zip(&new.vnics) {
            connect(today, after, (vm, old, new), already, found);
            addresses((vm, old, new), already, &mut found.after);
        }
    }
}

/// An adapter moves first where the new network is everywhere today, last where the old one stays.
fn connect(
    today: &Cluster,
    after: &Cluster,
    (vm, old, new): (&Vm, &Vnic, &Vnic),
    already: &mut usize,
    found: &mut ClusterChanges,
) {
    if same_name(&old.switch, &new.switch) {
        *already += usize::from(!new.switch.is_empty());
        return;
    }
    let before = (!old.switch.is_empty()).then(|| old.switch.clone());
    let change = Change::Connect {
        vm: vm.name.clone(),
        vnic: new.name.clone(),
        value: Values::new(before.clone(), Some(new.switch.clone()).filter(|s| !s.is_empty())),
    };
    let everywhere = |cluster: &Cluster, name: &str| {
        cluster
            .nodes
            .iter()
            .all(|n| n.switches.iter().any(|s| same_name(&s.name, name)))
    };
    if everywhere(today, &new.switch) {
        found.before.push((Phase::Guests, change));
        return;
    }
    found.after.push((Phase::Guests, change));
    if let Some(before) = before.filter(|before| !everywhere(after, before)) {
        found.stranded.push((vm.name.clone(), before, new.switch.clone()));
    }
}

fn addresses((vm, old, new): (&Vm, &Vnic, &Vnic), already: &mut usize, found: &mut Vec<Planned>) {
    let (name, vnic) = (vm.name.clone(), new.name.clone());
    let fixed = |v: &Vnic| v.mac.filter(|_| !v.dynamic_mac);
    if fixed(old) != fixed(new) {
        let change = Change::StaticMac {
            vm: name.clone(),
            vnic: vnic.clone(),
            value: Values::new(fixed(old), fixed(new)),
            dynamic: old.mac.filter(|_| old.dynamic_mac),
        };
        found.push((Phase::Guests, change));
    } else {
        *already += usize::from(fixed(new).is_some());
    }
    if old.spoofing != new.spoofing {
        let value = Values::new(Some(old.spoofing), Some(new.spoofing));
        found.push((Phase::Guests, Change::Spoofing { vm: name, vnic, value }));
    }
}
