//! A plan's forecast, the inventory once the plan is applied, and the scripts are one: what `path` says with the plan it says of the
//! inventory after it.

#[path = "support/committed.rs"]
mod committed;
mod program;

use committed::samples;
use nicplan::applied::{self, Carrier};
use nicplan::demand::needs;
use nicplan::inventory::Cluster;
use nicplan::migration::drain::Network;
use nicplan::migration::path::{Path, paths, slots};
use nicplan::migration::wiring::{Subnet, Wiring};
use nicplan::migration::{self, calibration::Calibration};
use nicplan::plan::ClusterPlan;
use nicplan::profiles::WS2008R2;
use nicplan::roles::Role;

/// What the runbook leaves to a person: an address for an adapter that carries a role and has none on its network.
fn give_addresses(today: &Cluster, plan: &ClusterPlan, after: &mut Cluster) {
    let networks = after.networks.clone();
    for (index, node) in after.nodes.iter_mut().enumerate() {
        for adapter in applied::adapters(today, plan, &today.nodes[index]) {
            let addresses = match &adapter.carrier {
                Carrier::Nic(nic) => &mut node.nics[*nic].addresses,
                Carrier::Team(_, ports) => &mut node.nics[ports[0]].addresses,
                Carrier::HostVnic { name, .. } => {
                    let vnic = node.host_vnics.iter_mut().find(|v| v.name == *name);
                    &mut vnic.expect("applied").addresses
                }
            };
            // An adapter with no address at all is found by its role.
            if addresses.is_empty() {
                continue;
            }
            for role in adapter.roles.iter().filter(|role| **role != Role::Storage) {
                for network in networks.iter().filter(|n| n.purpose == Some(*role)) {
                    let subnets = Subnet::list(&network.subnet);
                    let has =
                        |text: &String| Subnet::address(text).is_some_and(|a| subnets.iter().any(|s| s.holds(&a)));
                    let stem = network.subnet.split('/').next().and_then(|ip| ip.rsplit_once('.'));
                    if let Some((stem, _)) = stem.filter(|_| !addresses.iter().any(has)) {
                        addresses.push(format!("{stem}.{}/24", 100 + index));
                    }
                }
            }
        }
    }
}

/// Everything about a way but what a plan alone knows: how much of a port it promises (facts hold weights only), and how an adapter was found to
/// be on its network.
fn told(path: &Path) -> String {
    let way = (&path.network, &path.source_nics, &path.target_nics, &path.source_ports);
    let rate = (
        path.transport,
        path.cap,
        path.egress,
        path.ingress,
        path.smb_limit,
        &path.left,
    );
    let rest = (path.concurrency, path.intended, path.layer, &path.faults);
    format!("{way:?}\n{rate:?}\n{rest:?}")
}

/// The one difference in the network itself: ports for live migration whose network the inventory does not name. The forecast takes one for them;
/// facts with addresses of no known network do not.
fn names_its_network(forecast: &Wiring) -> bool {
    let unnamed = |n: &nicplan::migration::wiring::Network| !n.known && n.roles.contains(&Role::LiveMigration);
    let others = forecast.networks.iter().any(|n| !n.subnets.is_empty());
    !(others && forecast.networks.iter().any(unnamed))
}

#[test]
fn the_ways_of_a_plan_are_those_of_the_inventory_after_it() {
    let (mut pairs, mut unnamed) = (0, Vec::new());
    for (name, inventory, plan) in samples() {
        let mut after = applied::inventory(&inventory, &plan);
        for (today, after) in inventory.clusters.iter().zip(&mut after.clusters) {
            let Some(planned) = plan.cluster(&today.name) else {
                continue;
            };
            give_addresses(today, planned, after);
            let settled = applied::settled(today, planned);
            let forecast = Wiring::planned_with(&settled, planned, &needs(today, Some(planned)));
            if !names_its_network(&forecast) {
                assert!(
                    settled.migration.network_order.is_empty(),
                    "{name}: a list without the network leads off it"
                );
                unnamed.push(name.clone());
                continue;
            }
            let facts = Wiring::today_with(after, &needs(after, None));
            for (of_plan, of_facts) in paths(&settled, &forecast).iter().zip(paths(after, &facts)) {
                assert_eq!(
                    told(of_plan),
                    told(&of_facts),
                    "{name}: {} to {}",
                    of_plan.source,
                    of_plan.target
                );
                pairs += 1;
            }
        }
    }
    assert!(pairs > 300, "{pairs}");
    assert_eq!(unnamed, ["broken", "sddc-diagnostic"]);
}

/// Lists of today that lead live migration astray and that the scripts repair are no fault of the plan; a drain goes the same way.
#[test]
fn what_the_scripts_set_is_no_fault_of_a_plan() {
    let (name, inventory, plan) = samples().remove(0);
    let today = &inventory.clusters[0];
    let planned = plan.cluster(&today.name).expect("a plan");
    let mut spoilt = today.clone();
    let intended: Vec<String> = applied::migration_networks(today, planned)
        .iter()
        .map(|n| n.name.clone())
        .collect();
    assert!(!intended.is_empty(), "{name}");
    spoilt.migration.exclude_networks = intended;
    for node in &mut spoilt.nodes {
        node.migration.subnets = Some(vec!["192.0.2.0/24".to_owned()]);
        node.migration.any_network = Some(false);
    }
    let needs = needs(&spoilt, Some(planned));
    let network = Network::new(&spoilt, Some(planned), &needs, Calibration::uncalibrated());
    for path in network.paths() {
        assert!(path.intended, "{name}: {}", path.why);
    }
    let asked = Network::new(&spoilt, None, &needs, Calibration::uncalibrated());
    assert!(asked.paths().iter().all(|p| !p.intended), "today's lists lead astray");
}

/// The planner counts with as many migrations at once as are then set.
#[test]
fn the_planner_counts_with_the_number_at_once_that_is_then_set() {
    let mut tried = 0;
    for (name, inventory, plan) in samples() {
        for cluster in &inventory.clusters {
            let planned = plan.cluster(&cluster.name).expect("a plan");
            let migrates =
                cluster.nodes.len() > 1 && planned.uplinks.iter().any(|u| u.roles.contains(&Role::LiveMigration));
            for property in [None, Some(1), Some(3)] {
                let mut cluster = cluster.clone();
                cluster.migration.maximum_parallel = property;
                cluster.concurrency = Some(4);
                if !migrates || cluster.profile.generation == WS2008R2 {
                    continue;
                }
                let settled = applied::settled(&cluster, planned);
                assert_eq!(
                    slots(&settled, 0),
                    migration::concurrency(&cluster),
                    "{name} {property:?}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried > 10, "{tried}");
}

/// With Network ATC cluster and live migration ride on the storage intent: without networks of their own they need no adapters of their own.
#[cfg(feature = "solver")]
#[test]
fn on_azure_local_live_migration_rides_on_the_storage_adapters_of_its_switch() {
    use nicplan::assignment::{Options, plan};
    use nicplan::inventory::{LoadOptions, load};
    let sample = program::project().join("samples/azure-local-4-node");
    let inventory = load(&[sample], &LoadOptions::default()).expect("a sample is sound");
    let options = Options {
        style: Some(nicplan::plan::Style::Converged),
        ..Options::default()
    };
    let plan = plan(&inventory, &options).expect("no time limit is set");
    let (today, planned) = (&inventory.clusters[0], &plan.clusters[0]);
    assert_eq!(planned.uplinks.len(), 1, "one switch carries all");
    let after = applied::cluster(today, planned);
    let roles: Vec<Option<Role>> = after.nodes[0].host_vnics.iter().map(|v| v.role).collect();
    assert!(
        roles.contains(&Some(Role::Storage)) && roles.contains(&Some(Role::Management)),
        "{roles:?}"
    );
    assert!(
        !roles.contains(&Some(Role::LiveMigration)) && !roles.contains(&Some(Role::Cluster)),
        "{roles:?}"
    );

    let settled = applied::settled(today, planned);
    let forecast = Wiring::planned_with(&settled, planned, &needs(today, Some(planned)));
    let all = paths(&settled, &forecast);
    assert_eq!(all.len(), 12);
    for path in &all {
        assert_eq!(
            path.network.as_deref(),
            Some("StorageA"),
            "{} to {}",
            path.source,
            path.target
        );
    }
}
