//! MAC addresses of the VMs: pools, static ones, those that a start on another node changes.
//!
//! Sources: B. Armstrong 2010 (a dynamic address is drawn anew at a start where the host's pool does not hold it); Red Hat solution
//! 514203 (Linux binds interface names to addresses).

use crate::inventory::{Vm, Vnic};
use crate::reports::data::ClusterData;
use crate::reports::show;
use crate::units::MacRange;
use std::collections::BTreeSet;

/// Names of VMs told one by one.
const NAMED: usize = 8;

/// Words that name a Linux guest.
const LINUX: [&str; 12] = [
    "linux", "ubuntu", "debian", "centos", "red hat", "rhel", "suse", "sles", "rocky", "fedora", "mint", "proxmox",
];

/// Overlap of today's pools, and the fullest planned one.
pub(super) fn pools(cluster: &ClusterData) -> Option<String> {
    let pools = &cluster.plan.mac_pools;
    let today: Vec<_> = pools.iter().filter_map(|p| p.today).collect();
    let pairs = today
        .iter()
        .enumerate()
        .flat_map(|(i, a)| today[i + 1..].iter().map(move |b| a.intersection(*b)));
    let overlaps = pairs.flatten().count();
    let fullest = pools
        .iter()
        .max_by_key(|p| p.worst_in_use.saturating_mul(1000) / p.planned.size().max(1))?;
    let today = match overlaps {
        0 => "No pools overlap today".to_owned(),
        n => format!(
            "{} out the same addresses today",
            show::count(n, "pair of hosts hands", "pairs of hosts hand")
        ),
    };
    Some(format!(
        "{today}; the planned pools do not. Fullest: {}, {} of {} addresses in use, {} after the loss of a node.",
        fullest.node,
        fullest.in_use,
        show::thousands(fullest.planned.size()),
        fullest.worst_in_use
    ))
}

/// Static addresses and spoofing of the plan.
pub(super) fn fixed(cluster: &ClusterData) -> Option<String> {
    let rows = &cluster.plan.static_macs;
    if rows.is_empty() {
        return Some("None that the inventory tells of.".to_owned());
    }
    let names = |wanted: &dyn Fn(&crate::plan::StaticMacPlan) -> bool| {
        let mut names: Vec<&str> = rows.iter().filter(|r| wanted(r)).map(|r| r.vm.as_str()).collect();
        names.dedup();
        if names.is_empty() {
            "none".to_owned()
        } else {
            show::some_of(&names, NAMED)
        }
    };
    Some(format!(
        "Static MAC: {}. Spoofing on: {}.",
        names(&|r| r.planned.is_some()),
        names(&|r| r.spoofing)
    ))
}

/// Adapters whose address a start on some node changes under the plan.
fn unsteady<'c>(cluster: &ClusterData<'c>) -> Vec<(&'c Vm, &'c Vnic)> {
    let rows = cluster.plan.static_macs.iter().filter(|row| row.planned.is_some());
    let fixed: BTreeSet<(&str, &str)> = rows.map(|row| (row.vm.as_str(), row.vnic.as_str())).collect();
    let pool_of = |node: usize| -> Option<MacRange> {
        let mut pools = cluster.plan.mac_pools.iter();
        pools
            .find(|pool| pool.node == cluster.node_name(node))
            .map(|pool| pool.planned)
    };
    let pools: Vec<Option<MacRange>> = (0..cluster.facts.nodes.len()).map(pool_of).collect();
    let changes = |vm: &Vm, vnic: &Vnic| {
        let starts: BTreeSet<usize> = vm.owners.iter().copied().chain(vm.host).collect();
        let holds = |node: &usize| match (pools.get(*node).copied().flatten(), vnic.mac) {
            (Some(pool), Some(mac)) => pool.contains(mac),
            // not in the inventory: it lies in one planned pool at most, for no two of them meet
            (Some(_), None) => starts.len() < 2,
            (None, _) => true,
        };
        vnic.dynamic_mac && !starts.iter().all(holds)
    };
    let all = cluster
        .facts
        .vms
        .iter()
        .flat_map(|vm| vm.vnics.iter().map(move |vnic| (vm, vnic)));
    all.filter(|(vm, vnic)| !fixed.contains(&(vm.name.as_str(), vnic.name.as_str())) && changes(vm, vnic))
        .collect()
}

/// VMs by name, each once.
fn names(adapters: &[(&Vm, &Vnic)]) -> String {
    let mut names: Vec<&str> = adapters.iter().map(|(vm, _)| vm.name.as_str()).collect();
    names.dedup();
    show::some_of(&names, NAMED)
}

/// Dynamic addresses that a start on another node changes.
pub(super) fn changing(cluster: &ClusterData) -> Option<String> {
    if cluster.facts.vms.is_empty() {
        return None;
    }
    let unsteady = unsteady(cluster);
    if unsteady.is_empty() {
        return Some(
            "None: each address is static, or lies in the planned pool of every node where its VM may start."
                .to_owned(),
        );
    }
    let (known, open): (Vec<_>, Vec<_>) = unsteady.iter().copied().partition(|(_, vnic)| has_address(vnic));
    let mut parts = Vec::new();
    if !known.is_empty() {
        let number = show::count(known.len(), "dynamic address", "dynamic addresses");
        parts.push(format!("{number} ({})", names(&known)));
    }
    if !open.is_empty() {
        let number = show::count(
            open.len(),
            "vNIC whose address is not known",
            "vNICs whose addresses are not known",
        );
        parts.push(format!("{number} ({})", names(&open)));
    }
    Some(format!(
        "{}. Live migration changes no address; a VM that is turned off and started on a node whose planned pool does not hold its \
         address draws a new one. Where a reservation, a licence or a firewall rule hangs on the address, say so in mac_bound of vms.csv, and \
         the plan makes it static.",
        parts.join(", and ")
    ))
}

/// Whether the vNIC has an address that is known: 00-00-00-00-00-00 is none yet.
fn has_address(vnic: &Vnic) -> bool {
    vnic.mac.is_some_and(|mac| !mac.is_unset())
}

/// The same for Linux guests, which may bind the name of an interface to its address.
pub(super) fn linux(cluster: &ClusterData) -> Option<String> {
    let is_linux = |vm: &Vm| {
        let os = vm.os.to_lowercase();
        LINUX.iter().any(|word| os.contains(word))
    };
    let all = cluster.facts.vms.iter().filter(|vm| is_linux(vm)).count();
    if all == 0 {
        return None;
    }
    let unsteady: Vec<(&Vm, &Vnic)> = unsteady(cluster).into_iter().filter(|(vm, _)| is_linux(vm)).collect();
    let linux = show::count(all, "Linux guest", "Linux guests");
    if unsteady.is_empty() {
        return Some(format!(
            "None of {linux}: each address is static, or lies in the planned pool of every node where its VM may start."
        ));
    }
    Some(format!(
        "{} (of {linux}): the dynamic address changes when the guest is turned off and started on another node. A guest that binds the \
         interface to the address (70-persistent-net.rules, HWADDR in ifcfg files, macaddress in netplan) then has no configured interface. \
         Say so in mac_bound of vms.csv, and the plan makes the address static, or take the binding out of the guest.",
        names(&unsteady)
    ))
}
