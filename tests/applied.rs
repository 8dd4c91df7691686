//! The inventory after a plan: every sample's committed plan applied to its inventory gives what the plan says, once and for all.

mod program;

use nicplan::applied;
use nicplan::inventory::{Cluster, Inventory, LoadOptions, SwitchKind, load, to_csv_tables};
use nicplan::plan::{ClusterPlan, Plan};
use nicplan::roles::Role;
use program::project;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// Samples with their committed plans.
fn samples() -> Vec<(String, Inventory, Plan)> {
    let mut found = Vec::new();
    for report in program::entries(&project().join("reports")) {
        let name = report.file_name().expect("a name").to_string_lossy().into_owned();
        let Ok(text) = fs::read_to_string(report.join("plan.json")) else {
            continue;
        };
        let plan: Plan = serde_json::from_str(&text).expect("a committed plan can be read");
        let inventory =
            load(&[project().join("samples").join(&name)], &LoadOptions::default()).expect("a sample is sound");
        found.push((name, inventory, plan));
    }
    assert!(found.len() >= 8, "the samples are there");
    found
}

fn pairs<'a>(after: &'a Inventory, plan: &'a Plan) -> impl Iterator<Item = (&'a Cluster, &'a ClusterPlan)> {
    after.clusters.iter().filter_map(|c| Some((c, plan.cluster(&c.name)?)))
}

#[test]
fn every_port_has_the_roles_and_the_switch_of_its_uplink_and_idle_ones_have_none() {
    for (name, today, plan) in samples() {
        let after = applied::inventory(&today, &plan);
        for (cluster, plan) in pairs(&after, &plan) {
            for (node, planned) in cluster.nodes.iter().zip(&plan.nodes) {
                for nic in &node.nics {
                    let uplink = planned.uplinks.iter().position(|u| u.nics.contains(&nic.name));
                    let design = uplink.map(|u| &plan.uplinks[u]);
                    let roles: BTreeSet<Role> = design.into_iter().flat_map(|d| d.roles.clone()).collect();
                    assert_eq!(nic.roles, roles, "{name}: {}/{}", node.name, nic.name);
                    let network = design.and_then(|d| d.network.clone());
                    if network.is_some() {
                        assert_eq!(nic.switch, network, "{name}: {}/{}", node.name, nic.name);
                    }
                }
            }
        }
    }
}

#[test]
fn every_vnic_is_on_its_network_and_that_network_is_a_switch_of_every_node_that_may_run_the_vm() {
    for (name, today, plan) in samples() {
        let after = applied::inventory(&today, &plan);
        for (cluster, plan) in pairs(&after, &plan) {
            for planned in plan.vnics.iter().filter(|v| !v.network.is_empty()) {
                let vm = cluster.vms.iter().find(|v| v.name == planned.vm).expect("the VM");
                let vnic = vm.vnics.iter().find(|v| v.name == planned.vnic).expect("the vNIC");
                assert_eq!(vnic.switch, planned.network, "{name}: {}", vm.name);
                for owner in &vm.owners {
                    let mut switches = cluster.nodes[*owner].switches.iter();
                    let there = switches.any(|s| s.name == vnic.switch && s.kind == SwitchKind::External);
                    assert!(
                        there || !plan.solver.shortfall.is_empty(),
                        "{name}: {} on {owner}",
                        vm.name
                    );
                }
            }
            for planned in &plan.static_macs {
                let vm = cluster.vms.iter().find(|v| v.name == planned.vm).expect("the VM");
                let vnic = vm.vnics.iter().find(|v| v.name == planned.vnic).expect("the vNIC");
                assert_eq!(vnic.spoofing, planned.spoofing, "{name}: {}", vm.name);
                if let Some(mac) = planned.planned {
                    assert_eq!((vnic.mac, vnic.dynamic_mac), (Some(mac), false), "{name}: {}", vm.name);
                }
            }
            for pool in &plan.mac_pools {
                let node = cluster.nodes.iter().find(|n| n.name == pool.node).expect("the node");
                assert_eq!(node.mac_pool, Some(pool.planned), "{name}: {}", node.name);
            }
        }
    }
}

/// Host roles beside others on a team or switch have host vNICs, one for each role of each uplink and node.
#[test]
fn a_role_that_shares_a_switch_has_a_host_vnic_and_one_that_does_not_has_none() {
    let mut shared = 0;
    for (name, today, plan) in samples() {
        let after = applied::inventory(&today, &plan);
        for (cluster, plan) in pairs(&after, &plan) {
            for node in &cluster.nodes {
                let adapters = applied::adapters(cluster, plan, node);
                let vnics: BTreeSet<&str> = node.host_vnics.iter().map(|v| v.name.as_str()).collect();
                let expected: BTreeSet<&str> = adapters
                    .iter()
                    .filter_map(|a| match &a.carrier {
                        applied::Carrier::HostVnic { name, .. } => Some(name.as_str()),
                        _ => None,
                    })
                    .collect();
                assert_eq!(vnics, expected, "{name}: {}", node.name);
                shared += vnics.len();
                for switch in node.switches.iter().filter(|s| s.kind == SwitchKind::External) {
                    let on_it = node.host_vnics.iter().any(|v| v.switch == switch.name);
                    assert_eq!(switch.allow_management_os, Some(on_it), "{name}: {}", switch.name);
                }
            }
        }
    }
    assert!(shared > 0, "some sample shares an uplink");
}

#[test]
fn applying_a_plan_twice_is_applying_it_once() {
    for (name, today, plan) in samples() {
        let once = applied::inventory(&today, &plan);
        let twice = applied::inventory(&once, &plan);
        assert_eq!(to_csv_tables(&once.clusters), to_csv_tables(&twice.clusters), "{name}");
    }
}

#[test]
fn the_inventory_afterwards_can_be_written_and_read_as_the_same_facts() {
    for (name, today, plan) in samples() {
        let after = applied::inventory(&today, &plan);
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("applied-{name}"));
        fs::create_dir_all(&folder).expect("a folder");
        for (file, bytes) in to_csv_tables(&after.clusters) {
            fs::write(folder.join(file), bytes).expect("a table");
        }
        let again =
            load(std::slice::from_ref(&folder), &LoadOptions::default()).unwrap_or_else(|p| panic!("{name}: {p:#?}"));
        let (again, after) = (to_csv_tables(&again.clusters), to_csv_tables(&after.clusters));
        for ((file, again), (_, after)) in again.iter().zip(&after) {
            assert_eq!(
                String::from_utf8_lossy(again),
                String::from_utf8_lossy(after),
                "{name}: {file}"
            );
        }
        fs::remove_dir_all(&folder).expect("the folder can go");
    }
}

/// The address of management must not be lost, whichever adapter carries it tomorrow.
#[test]
fn no_address_of_a_role_is_lost_and_none_is_given_twice() {
    for (name, today, plan) in samples() {
        let after = applied::inventory(&today, &plan);
        for (old, new) in today.clusters.iter().zip(&after.clusters) {
            for (old, new) in old.nodes.iter().zip(&new.nodes) {
                let of_nics = new.nics.iter().flat_map(|n| &n.addresses);
                let all: Vec<&String> = of_nics
                    .chain(new.host_vnics.iter().flat_map(|v| &v.addresses))
                    .collect();
                let once: BTreeSet<&String> = all.iter().copied().collect();
                assert_eq!(all.len(), once.len(), "{name}: {}: {all:?}", new.name);
                let managed = old
                    .nics
                    .iter()
                    .filter(|n| n.roles.contains(&Role::Management) && n.switch.is_none());
                for address in managed.flat_map(|n| &n.addresses) {
                    assert!(once.contains(address), "{name}: {} lost {address}", new.name);
                }
            }
        }
    }
}
