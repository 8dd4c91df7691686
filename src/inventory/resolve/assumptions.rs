//! What the input did not say, with what was taken instead: the list a planner reads before trusting a plan.

use super::Resolver;
use super::clusters::DEFAULT_PROFILE;
use super::guests::DEFAULT_MEMORY_MIB;
use super::problems::Told;
use crate::inventory::raw::RawTable;
use crate::inventory::{Assumption, Cluster, Nic, Node, StorageKind, Vnic};
use crate::roles::Role;
use crate::units::{count, show_mbps};
use std::collections::{BTreeMap, BTreeSet};

/// Lists the assumptions of all clusters; `assumed` are those of importers, by input, `doubts` values that were read although
/// they can hardly be meant.
pub(super) fn list(r: &Resolver<'_>, assumed: Vec<(usize, String, String)>, doubts: &[Told]) -> Vec<Assumption> {
    // A cell stands in a file, which may be of several clusters.
    let only = match r.clusters.as_slice() {
        [one] => one.name.as_str(),
        _ => "",
    };
    let doubted = doubts.iter().map(|doubt| Assumption {
        cluster: only.to_owned(),
        missing: doubt.missing.clone(),
        taken: doubt.taken.clone(),
    });
    let mut list: Vec<Assumption> = doubted.collect();
    let mut told = BTreeSet::new();
    for (input, missing, taken) in assumed {
        for cluster in r.owners.of_input(input) {
            told.insert(*cluster);
            list.push(Assumption {
                cluster: r.clusters[*cluster].name.clone(),
                missing: missing.clone(),
                taken: taken.clone(),
            });
        }
    }
    for (index, cluster) in r.clusters.iter().enumerate() {
        let mut says = |missing: String, taken: String| {
            list.push(Assumption {
                cluster: cluster.name.clone(),
                missing,
                taken,
            })
        };
        // An importer has told what it concluded; a folder that it wrote has kept the marks.
        if !told.contains(&index) {
            concluded(cluster, &mut says);
        }
        settings(cluster, said_profile(r, index), r.storage_hints[index].told, &mut says);
        machines(cluster, &mut says);
        unnamed_switches(cluster, &mut says);
        ports(cluster, &mut says);
        fabric(cluster, &mut says);
        needs(cluster, &mut says);
        if r.vms_without_memory[index] > 0 {
            let missing = format!("memory of {} of {} VMs", r.vms_without_memory[index], cluster.vms.len());
            says(
                missing,
                format!("{DEFAULT_MEMORY_MIB} MiB each; write memory_mib in vms"),
            );
        }
        guests(cluster, r.tables, &mut says);
    }
    list.sort();
    list.dedup();
    list
}

fn said_profile(r: &Resolver<'_>, cluster: usize) -> bool {
    r.lines("clusters").any(|line| {
        let name = line.cell("cluster").text;
        let ours = if name.is_empty() {
            r.owners.of_input(line.table.input) == [cluster]
        } else {
            name.to_lowercase() == r.owners.names[cluster].to_lowercase()
        };
        ours && !line.cell("profile").text.is_empty()
    })
}

/// Takes what is missing and what was taken instead.
type Says<'s> = dyn FnMut(String, String) + 's;

/// Values that an import concluded and nobody has confirmed since.
fn concluded(cluster: &Cluster, says: &mut Says<'_>) {
    let nodes = || cluster.nodes.iter();
    let nics = |column: &str| {
        nodes()
            .flat_map(|n| &n.nics)
            .filter(|n| n.facts.concludes(column))
            .count()
    };
    let host_vnics = nodes()
        .flat_map(|n| &n.host_vnics)
        .filter(|v| v.facts.concludes("role"))
        .count();
    let networks = cluster.networks.iter().filter(|n| n.facts.concludes("purpose")).count();
    let carriers = [
        (nics("current_role"), "NIC"),
        (host_vnics, "host vNIC"),
        (networks, "cluster network"),
    ];
    let carriers: Vec<String> = carriers
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| count(number, what))
        .collect();
    if !carriers.is_empty() {
        says(
            format!("traffic roles of {}, which import concluded", carriers.join(", ")),
            "what nics, host_vnics and cluster_networks hold; clear concluded there once you have looked at them"
                .to_owned(),
        );
    }
    let speeds = nics("speed_mbps");
    if speeds > 0 {
        says(
            format!("speed of {}, which import concluded", count(speeds, "NIC")),
            "what nics holds; clear concluded there once you have looked at it".to_owned(),
        );
    }
}

/// Ports of which it is only said that they carry VM traffic, and no row names their virtual switch.
fn unnamed_switches(cluster: &Cluster, says: &mut Says<'_>) {
    let unnamed = |node: &&Node| node.switches.iter().any(|switch| switch.facts.concludes("switch"));
    let nodes = cluster.nodes.iter().filter(unnamed).count();
    if nodes > 0 {
        says(
            format!(
                "virtual switch of VM traffic on {nodes} of {} nodes",
                cluster.nodes.len()
            ),
            "one over all ports whose current_role is vm; no rule judges it; write switches, or vm:NAME in nics"
                .to_owned(),
        );
    }
}

fn settings(cluster: &Cluster, said_profile: bool, said_storage: bool, says: &mut Says<'_>) {
    if !said_profile {
        let taken = format!("Windows Server {DEFAULT_PROFILE}; write profile in clusters");
        says("Windows version".to_owned(), taken);
    }
    if !said_storage {
        let taken = match cluster.storage {
            StorageKind::Iscsi => "iSCSI, because roles or networks name it",
            StorageKind::Smb => "SMB 3, because roles or networks name it",
            _ => "none that uses NICs",
        };
        says(
            "kind of storage".to_owned(),
            format!("{taken}; write storage in clusters"),
        );
    }
    if cluster.nodes.len() > 1 && cluster.transport.is_none() {
        let default = cluster.profile.default_transport.name();
        let taken = format!(
            "smb where every live-migration NIC has RDMA, else {default}; write live_migration_transport in clusters"
        );
        says("transport of live migration".to_owned(), taken);
    }
    if cluster.nodes.len() > 1 && cluster.concurrency.is_none() {
        let taken = format!(
            "{}; write concurrent_migrations in clusters",
            cluster.profile.default_concurrency
        );
        says("live migrations at the same time".to_owned(), taken);
    }
}

fn machines(cluster: &Cluster, says: &mut Says<'_>) {
    let count = |test: &dyn Fn(&crate::inventory::Node) -> bool| cluster.nodes.iter().filter(|n| test(n)).count();
    let mut tell = |missing: usize, what: &str, taken: &str| {
        if missing > 0 {
            says(
                format!("{what} of {missing} of {} nodes", cluster.nodes.len()),
                taken.to_owned(),
            );
        }
    };
    tell(
        count(&|n| n.memory_mib.is_none()),
        "memory",
        "never the limit when a node fails; write memory_mib in nodes",
    );
    let taken = "unknown; overlaps of the pools are not seen; write mac_pool_min and mac_pool_max in nodes";
    tell(count(&|n| n.mac_pool.is_none()), "pool of dynamic MAC addresses", taken);
    let taken = "unknown, so a plan counts no change there; write current_role in nics";
    tell(
        count(&|n| !n.nics.is_empty() && !n.wiring_known()),
        "present use of the NICs",
        taken,
    );
}

fn ports(cluster: &Cluster, says: &mut Says<'_>) {
    let nics = || cluster.nodes.iter().flat_map(|n| &n.nics);
    let all = nics().count();
    let mut tell = |what: &str, test: &dyn Fn(&Nic) -> bool, taken: &str| {
        let missing = nics().filter(|n| test(n)).count();
        if missing > 0 {
            says(format!("{what} of {missing} of {all} NICs"), taken.to_owned());
        }
    };
    tell(
        "card",
        &|n| n.card.is_empty(),
        "each port is a card of its own; write card in nics",
    );
    let named: BTreeSet<usize> = nics().filter_map(|n| n.tor).collect();
    let named: Vec<&str> = named
        .into_iter()
        .filter_map(|t| cluster.tors.get(t))
        .map(|t| t.name.as_str())
        .collect();
    let taken = match named.is_empty() {
        true => "one common switch that carries every VLAN; write tor in nics".to_owned(),
        false => format!(
            "they hang on another switch, one for all of them, with no link to {}; fill tor for all ports, or inter_switch_links",
            some(&named)
        ),
    };
    tell("physical switch", &|n| n.tor.is_none() && n.direct_to.is_none(), &taken);
    tell("model", &|n| n.model.is_empty(), "alike; write model in nics");
    let open: Vec<&Nic> = nics().filter(|n| n.vlans.is_none()).collect();
    if !open.is_empty() {
        let missing = format!(
            "trunked VLANs of {} of {all} NICs{}",
            open.len(),
            places(cluster, &open)
        );
        says(missing, "every VLAN; write vlans in nics".to_owned());
    }
}

/// Roles of the host whose need nobody wrote.
fn needs(cluster: &Cluster, says: &mut Says<'_>) {
    let silent = |role: &&Role| {
        let counted = !role.info().bulk && **role != Role::Vm;
        counted && !cluster.demands.iter().any(|demand| demand.role == **role)
    };
    let profile = cluster.profile;
    let rate = |role: Role| match role {
        Role::Management => profile.default_management,
        Role::Cluster => profile.default_cluster,
        Role::Storage => profile.default_storage,
        Role::Replica => profile.default_replica,
        Role::LiveMigration | Role::Vm => 0,
    };
    let roles = cluster.roles();
    let roles: Vec<Role> = roles.iter().filter(silent).copied().collect();
    if roles.is_empty() {
        return;
    }
    let names: Vec<&str> = roles.iter().map(|role| role.name()).collect();
    let rates: Vec<String> = roles
        .iter()
        .map(|role| format!("{} {}", role.name(), show_mbps(rate(*role))))
        .collect();
    says(
        format!("need of {} on each node", names.join(", ")),
        format!("{}; write demand_mbps in demands", rates.join(", ")),
    );
}

/// ` (on TOR-A, TOR-B)`: the physical switches that hold these ports; nothing where none is named.
fn places(cluster: &Cluster, nics: &[&Nic]) -> String {
    let tors: BTreeSet<usize> = nics.iter().filter_map(|n| n.tor).collect();
    let names: Vec<&str> = tors
        .into_iter()
        .filter_map(|t| cluster.tors.get(t))
        .map(|t| t.name.as_str())
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!(" (on {})", some(&names))
    }
}

/// Physical switches that nothing is known to join, and links that name no VLANs.
fn fabric(cluster: &Cluster, says: &mut Says<'_>) {
    let parts = parts(cluster);
    if parts.len() > 1 {
        let parts: Vec<String> = parts.iter().map(|part| part.join(" + ")).collect();
        let taken = "no path between them, so that ports on one do not reach ports on another; write the links in inter_switch_links";
        says(
            format!("links between the physical switches {}", some(&parts)),
            taken.to_owned(),
        );
    }
    let name = |tor: usize| cluster.tors.get(tor).map_or("", |t| t.name.as_str());
    let open: BTreeSet<(usize, usize)> = cluster
        .links
        .iter()
        .filter(|l| l.vlans.is_none())
        .map(|l| l.ends)
        .collect();
    if !open.is_empty() {
        let links: Vec<String> = open
            .iter()
            .map(|(a, b)| format!("{} - {}", name(*a), name(*b)))
            .collect();
        says(
            format!("VLANs of the links {}", some(&links)),
            "every VLAN; write vlans in inter_switch_links".to_owned(),
        );
    }
}

/// Names of the physical switches, those together between which a path is known. Switches without a port do not matter.
fn parts(cluster: &Cluster) -> Vec<Vec<&str>> {
    let mut part: Vec<usize> = (0..cluster.tors.len()).collect();
    for (a, b) in cluster.links.iter().map(|l| l.ends) {
        if let (Some(x), Some(y)) = (part.get(a).copied(), part.get(b).copied()) {
            part.iter_mut().filter(|p| **p == y).for_each(|p| *p = x);
        }
    }
    let used: BTreeSet<usize> = cluster
        .nodes
        .iter()
        .flat_map(|n| &n.nics)
        .filter_map(|n| n.tor)
        .collect();
    let mut parts: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (tor, part) in cluster
        .tors
        .iter()
        .zip(&part)
        .enumerate()
        .filter(|(t, _)| used.contains(t))
        .map(|(_, p)| p)
    {
        parts.entry(*part).or_default().push(&tor.name);
    }
    parts.into_values().collect()
}

/// The first names of a long list, and how many there are beside them.
fn some<T: AsRef<str>>(names: &[T]) -> String {
    const MOST: usize = 8;
    let shown: Vec<&str> = names.iter().take(MOST).map(AsRef::as_ref).collect();
    match names.len().saturating_sub(MOST) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

fn guests(cluster: &Cluster, tables: &[RawTable], says: &mut Says<'_>) {
    let all = cluster.vms.len();
    if all == 0 {
        says(
            "virtual machines".to_owned(),
            "one external network without load is planned; fast ports go to storage, guests and live migration, slow ones to management; \
             growth and how full uplinks get say little; write vms and vnics"
                .to_owned(),
        );
        return;
    }
    let invented = !tables.iter().any(|t| t.def.name == "vnics" && !t.rows.is_empty());
    if invented {
        says(format!("adapters of {all} VMs"), "one per VM; write vnics".to_owned());
    }
    let unplaced = cluster.vms.iter().filter(|v| v.host.is_none()).count();
    if unplaced > 0 {
        says(
            format!("node of {unplaced} of {all} VMs"),
            "counted on no node; write node in vms".to_owned(),
        );
    }
    let vnics = || cluster.vms.iter().flat_map(|v| &v.vnics).filter(|n| !n.isolated);
    let silent = |v: &&Vnic| v.p95.is_none() && v.peak.is_none() && v.average.is_none();
    let (missing, of) = (vnics().filter(silent).count(), vnics().count());
    if missing > 0 {
        let taken = format!(
            "{} Mbit/s each; write p95_mbps in vnics or default_vnic_mbps in policy",
            cluster.policy.default_vnic_mbps
        );
        says(format!("bandwidth need of {missing} of {of} vNICs"), taken);
    }
}
