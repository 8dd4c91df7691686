//! The inventory after a plan: every sample's committed plan applied to its inventory gives what the plan says, once and for all.

#[path = "support/committed.rs"]
mod committed;
mod program;

use committed::samples;
use nicplan::applied;
use nicplan::inventory::{Cluster, Inventory, LoadOptions, SwitchKind, load, to_csv_tables};
use nicplan::plan::{ClusterPlan, Plan};
use nicplan::roles::Role;
use program::{folder, project};
use std::collections::BTreeSet;
use std::fs;

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
        let folder = folder(&format!("applied-{name}"), &[]);
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

/// A cluster whose nodes have the ports and networks of these tables; `Storage` stands for S2D.
fn of_tables(nics: &str, host_vnics: &str, networks: &str) -> Inventory {
    let folder = folder("shared", &[]);
    let tables = [
        (
            "clusters.csv",
            "cluster,profile,storage,live_migration_transport\nC1,2022,s2d,smb\n".to_owned(),
        ),
        ("nodes.csv", "node,cluster\nHV1,C1\nHV2,C1\n".to_owned()),
        (
            "nics.csv",
            format!("node,nic,speed_mbps,rdma,current_role,addresses\n{nics}"),
        ),
        ("switches.csv", "node,switch,nics\nHV1,S,V1\nHV2,S,V1\n".to_owned()),
        (
            "host_vnics.csv",
            format!("node,host_vnic,switch,role,addresses\n{host_vnics}"),
        ),
        (
            "cluster_networks.csv",
            format!("cluster,network,subnet,vlan,cluster_use,purpose\n{networks}"),
        ),
    ];
    for (file, text) in tables {
        fs::write(folder.join(file), text).expect("a table");
    }
    let found = load(std::slice::from_ref(&folder), &LoadOptions::default()).unwrap_or_else(|p| panic!("{p:#?}"));
    fs::remove_dir_all(&folder).expect("the folder can go");
    found
}

/// A plan with one uplink of these roles over two bare ports, and another for guests and management.
fn shared_plan(roles: &[Role], ports: [&str; 2]) -> ClusterPlan {
    let roles: Vec<&str> = roles.iter().map(|r| r.name()).collect();
    let uplink = |name: &str, nics: &[&str], mechanism: &str| serde_json::json!({"uplink": name, "nics": nics, "mechanism": mechanism, "shares": []});
    let nodes: Vec<_> = ["HV1", "HV2"]
        .iter()
        .map(|node| serde_json::json!({"node": node, "uplinks": [uplink("shared", &ports, "multichannel"), uplink("guests", &["V1"], "single")]}))
        .collect();
    let text = fs::read_to_string(project().join("reports/exports-2022/plan.json")).expect("a plan");
    let mut plan: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let cluster = &mut plan["clusters"][0];
    cluster["cluster"] = "C1".into();
    cluster["uplinks"] = serde_json::json!([
        {"name": "shared", "roles": roles},
        {"name": "guests", "roles": ["management", "vm"], "network": "S"}
    ]);
    cluster["nodes"] = nodes.into();
    for list in ["vnics", "static_macs", "mac_pools"] {
        cluster[list] = serde_json::json!([]);
    }
    serde_json::from_value(cluster.clone()).unwrap_or_else(|e| panic!("{e}"))
}

/// The cluster after a plan, and the addresses of HV1's bare ports then.
fn after_sharing(inventory: &Inventory, plan: &ClusterPlan) -> (Cluster, Vec<Vec<String>>) {
    let after = applied::cluster(&inventory.clusters[0], plan);
    let bare = after.nodes[0].nics.iter().filter(|n| n.switch.is_none());
    let addresses = bare.map(|n| n.addresses.clone()).collect();
    (after, addresses)
}

const ALL_NETWORKS: &str = "C1,Mgmt,10.0.0.0/24,10,3,management\nC1,Cluster,10.0.1.0/24,101,1,cluster\n\
    C1,LM,10.0.2.0/24,102,1,live-migration\nC1,SMB1,10.0.3.0/24,711,0,storage\nC1,SMB2,10.0.4.0/24,712,1,storage\n";

/// Cluster and live migration move onto the storage ports: their own networks end, and the storage networks serve them.
#[test]
fn roles_that_come_to_storage_ports_go_over_the_storage_networks() {
    let nics = "HV1,P1,25000,roce,storage,10.0.3.11/24\nHV1,P2,25000,roce,storage,10.0.4.11/24\nHV1,V1,10000,no,vm:S,\n\
                HV2,P1,25000,roce,storage,10.0.3.12/24\nHV2,P2,25000,roce,storage,10.0.4.12/24\nHV2,V1,10000,no,vm:S,\n";
    let vnics = "HV1,Mgmt,S,management,10.0.0.11/24\nHV1,Cluster,S,cluster,10.0.1.11/24\nHV1,LM,S,live-migration,10.0.2.11/24\n\
                 HV2,Mgmt,S,management,10.0.0.12/24\nHV2,Cluster,S,cluster,10.0.1.12/24\nHV2,LM,S,live-migration,10.0.2.12/24\n";
    let today = of_tables(nics, vnics, ALL_NETWORKS);
    let plan = shared_plan(&[Role::Cluster, Role::LiveMigration, Role::Storage], ["P1", "P2"]);
    let (after, addresses) = after_sharing(&today, &plan);
    let networks: Vec<_> = after
        .networks
        .iter()
        .map(|n| (n.name.as_str(), n.cluster_use))
        .collect();
    // The one that nodes could not talk over is opened for them.
    let expected = [("Mgmt", Some(3)), ("SMB1", Some(1)), ("SMB2", Some(1))];
    assert_eq!(networks, expected);
    assert_eq!(addresses, [["10.0.3.11/24"], ["10.0.4.11/24"]]);
    assert_eq!(after.migration.network_order, ["SMB1", "SMB2"]);
    assert_eq!(after.migration.exclude_networks, ["Mgmt"]);
    let vlans = applied::Vlans::new(&today.clusters[0], &plan);
    for role in [Role::Cluster, Role::LiveMigration, Role::Storage] {
        assert_eq!(
            (vlans.of(role, 0, 0), vlans.of(role, 0, 1)),
            (Some(711), Some(712)),
            "{role:?}"
        );
    }
    assert_eq!(vlans.of(Role::Management, 0, 2), Some(10));
}

/// Two networks for two ports: each port keeps its own, or takes over the one that comes.
#[test]
fn two_networks_on_two_ports_stay_two() {
    let nics = "HV1,P1,25000,no,live-migration,10.0.2.11/24\nHV1,P2,25000,no,,\nHV1,V1,10000,no,vm:S,\n\
                HV2,P1,25000,no,live-migration,10.0.2.12/24\nHV2,P2,25000,no,,\nHV2,V1,10000,no,vm:S,\n";
    let vnics = "HV1,Cluster,S,cluster,10.0.1.11/24\nHV2,Cluster,S,cluster,10.0.1.12/24\n";
    let two = "C1,Cluster,10.0.1.0/24,101,1,cluster\nC1,LM,10.0.2.0/24,102,1,live-migration\n";
    let plan = shared_plan(&[Role::Cluster, Role::LiveMigration], ["P1", "P2"]);
    let (after, addresses) = after_sharing(&of_tables(nics, vnics, two), &plan);
    assert_eq!(after.networks.len(), 2);
    assert_eq!(addresses, [["10.0.2.11/24"], ["10.0.1.11/24"]]);
    assert_eq!(after.migration.network_order, ["LM", "Cluster"]);
}

/// Storage keeps an address of its own where its only port is gone: it is found by it.
#[test]
fn storage_takes_the_place_of_another_network_before_it_loses_its_own() {
    let nics = "HV1,P1,25000,no,cluster,10.0.1.11/24\nHV1,P2,25000,no,live-migration,10.0.2.11/24\nHV1,P3,10000,no,storage,10.0.3.11/24\nHV1,V1,10000,no,,\n\
                HV2,P1,25000,no,cluster,10.0.1.12/24\nHV2,P2,25000,no,live-migration,10.0.2.12/24\nHV2,P3,10000,no,storage,10.0.3.12/24\nHV2,V1,10000,no,,\n";
    let networks = "C1,Cluster,10.0.1.0/24,101,1,cluster\nC1,LM,10.0.2.0/24,102,1,live-migration\nC1,SMB1,10.0.3.0/24,711,1,storage\n";
    let plan = shared_plan(&[Role::Cluster, Role::LiveMigration, Role::Storage], ["P1", "P2"]);
    let (after, addresses) = after_sharing(&of_tables(nics, "", networks), &plan);
    assert_eq!(addresses[..2], [["10.0.3.11/24"], ["10.0.2.11/24"]]);
    let names: Vec<&str> = after.networks.iter().map(|n| n.name.as_str()).collect();
    assert_eq!(names, ["LM", "SMB1"]);
}

/// Nothing is built yet: two ports have room for two networks, those of storage first.
#[test]
fn of_a_new_cluster_the_networks_for_which_there_are_ports_stay() {
    let nics = "HV1,P1,25000,no,,\nHV1,P2,25000,no,,\nHV1,V1,10000,no,,\nHV2,P1,25000,no,,\nHV2,P2,25000,no,,\nHV2,V1,10000,no,,\n";
    let today = of_tables(nics, "", ALL_NETWORKS);
    let plan = shared_plan(&[Role::Cluster, Role::LiveMigration, Role::Storage], ["P1", "P2"]);
    let names = |plan: &ClusterPlan| -> Vec<String> {
        let after = applied::cluster(&today.clusters[0], plan);
        after.networks.into_iter().map(|n| n.name).collect()
    };
    assert_eq!(names(&plan), ["Mgmt", "SMB1", "SMB2"]);
    let alone = shared_plan(&[Role::LiveMigration], ["P1", "P2"]);
    assert_eq!(names(&alone).len(), 5, "a role by itself shares nothing");
}

/// The addresses that the cluster and live migration get on host vNICs of their own.
fn parted(inventory: &Inventory) -> Vec<Vec<String>> {
    let cluster = &inventory.clusters[0];
    let adapter = |(name, role): (&str, Role)| applied::Adapter {
        carrier: applied::Carrier::HostVnic {
            name: name.to_owned(),
            switch: "S".to_owned(),
            nic: None,
        },
        roles: vec![role],
        uplink: 0,
    };
    let adapters = [("C", Role::Cluster), ("L", Role::LiveMigration)].map(adapter);
    let found = applied::moves(&cluster.networks, &cluster.nodes[0], &adapters);
    found.into_iter().map(|m| m.addresses).collect()
}

/// A port with two roles and an address on the network of each hands each to the host vNIC of its role.
#[test]
fn addresses_of_a_port_go_to_the_host_vnic_on_whose_network_they_lie() {
    let inventory = of_tables(
        "HV1,P1,10000,,cluster;live-migration,10.0.1.11/24;10.0.2.11/24\nHV1,V1,10000,,,\nHV2,V1,10000,,,\n",
        "",
        "C1,Cluster,10.0.1.0/24,,1,cluster\nC1,Live Migration,10.0.2.0/24,,1,live-migration\n",
    );
    assert_eq!(parted(&inventory), [["10.0.1.11/24"], ["10.0.2.11/24"]]);
}

/// Cluster and live migration use one address of the cluster's network today: it goes with the cluster, and live migration, which has a network of its
/// own or none at all, gets none that lies elsewhere. What lies on no named network is that of the role without one.
#[test]
fn an_address_goes_with_the_role_on_whose_network_it_lies() {
    let ports = |addresses: &str| {
        format!("HV1,P1,10000,,cluster;live-migration,{addresses}\nHV1,V1,10000,,,\nHV2,V1,10000,,,\n")
    };
    let cluster = "C1,Cluster,10.0.1.0/24,11,1,cluster\n";
    let both = format!("{cluster}C1,Live Migration,10.0.2.0/24,12,1,live-migration\n");
    for networks in [both.as_str(), cluster] {
        let inventory = of_tables(&ports("10.0.1.11/24"), "", networks);
        assert_eq!(
            parted(&inventory),
            [vec!["10.0.1.11/24".to_owned()], Vec::new()],
            "{networks}"
        );
    }
    let inventory = of_tables(&ports("10.0.1.11/24;10.0.9.11/24"), "", cluster);
    assert_eq!(parted(&inventory), [["10.0.1.11/24"], ["10.0.9.11/24"]]);
}

/// The networks of two roles are named, nobody knows the addresses: each role gets those on its network. One that is named and one that is not: the
/// second gets what is left.
#[test]
fn addresses_that_nobody_knows_are_divided_by_the_networks_of_their_roles() {
    use nicplan::applied::{Adapter, Carrier, moves};
    let ports = "HV1,P1,10000,,cluster;live-migration,\nHV1,V1,10000,,,\nHV2,V1,10000,,,\n";
    let inventory = of_tables(ports, "", "C1,Cluster,10.0.1.0/24,11,1,cluster\n");
    let cluster = &inventory.clusters[0];
    let adapter = |port: usize, role| Adapter {
        carrier: Carrier::Nic(port),
        roles: vec![role],
        uplink: 0,
    };
    let from = |ports: [usize; 2]| -> Vec<Vec<Carrier>> {
        let adapters = [adapter(ports[0], Role::LiveMigration), adapter(ports[1], Role::Cluster)];
        let found = moves(&cluster.networks, &cluster.nodes[0], &adapters);
        found.into_iter().map(|m| m.from).collect()
    };
    let port = || vec![Carrier::Nic(0)];
    assert_eq!(from([0, 1]), [port(), port()], "live migration stays where it is");
    assert_eq!(from([1, 0]), [port(), port()], "the cluster does");
}
