//! What each port carries today, from `current_role`, switches and host vNICs together; vNICs; assumptions.

use super::{File, NICS, NODES, cluster, load, problems, show};
use crate::inventory::{Cluster, StorageKind, SwitchKind};
use crate::policy::{FailureKind, Strength};
use crate::roles::Role;

fn nics(current: &str) -> String {
    format!("node,nic,speed_mbps,current_role\nHV1,A,10G,{current}\nHV1,B,10G,\nHV2,A,10G,\nHV2,B,10G,\n")
}

fn roles(cluster: &Cluster, nic: usize) -> Vec<&'static str> {
    cluster.nodes[0].nics[nic].roles.iter().map(|r| r.name()).collect()
}

#[test]
fn current_roles_are_read_in_the_spellings_of_administrators() {
    for (text, expected) in [
        ("management", vec!["management"]),
        ("Mgmt;CSV", vec!["management", "cluster"]),
        ("lm+cluster", vec!["cluster", "live-migration"]),
        ("Live Migration | iSCSI", vec!["live-migration", "storage"]),
        ("idle", vec![]),
    ] {
        let nics = nics(text);
        assert_eq!(roles(&cluster(&[NODES, ("nics", &nics)]), 0), expected, "{text}");
    }
}

#[test]
fn a_port_that_carries_vms_holds_an_external_switch() {
    for (text, switch) in [
        ("vm", "External-1"),
        ("vm:Guests", "Guests"),
        ("management;vm: Guests", "Guests"),
    ] {
        let nics = nics(text);
        let cluster = cluster(&[NODES, ("nics", &nics)]);
        let node = &cluster.nodes[0];
        assert_eq!(node.nics[0].switch.as_deref(), Some(switch));
        assert!(node.nics[0].roles.contains(&Role::Vm));
        assert_eq!(
            (node.switches[0].name.as_str(), node.switches[0].nics.as_slice()),
            (switch, &["A".to_owned()][..])
        );
        assert!(!cluster.nodes[1].wiring_known());
    }
}

#[test]
fn switches_bind_ports_and_teams_and_host_vnics_add_their_roles() {
    let cluster = cluster(&[
        NODES,
        (
            "nics",
            "node,nic,speed_mbps,team\nHV1,A,10G,T\nHV1,B,10G,T\nHV2,A,10G,\nHV2,B,10G,\n",
        ),
        (
            "switches",
            "node,switch,type,nics\nHV1,Guests,external,t\nHV2,Guests,external,B;a\nHV2,Inside,internal,\n",
        ),
        (
            "host_vnics",
            "node,host_vnic,switch,role,vlan\nHV1,vEthernet (SMB01),guests,storage,7\nHV2,Mgmt,,management,0\n",
        ),
    ]);
    assert_eq!(roles(&cluster, 1), ["storage", "vm"]);
    assert_eq!(cluster.nodes[0].host_vnics[0].name, "SMB01");
    assert_eq!(
        (
            cluster.nodes[0].host_vnics[0].switch.as_str(),
            cluster.nodes[0].host_vnics[0].vlan
        ),
        ("Guests", Some(7))
    );
    assert_eq!(cluster.nodes[1].switches[0].nics, ["A", "B"]);
    assert_eq!(cluster.nodes[1].switches[1].kind, SwitchKind::Internal);
    assert_eq!(cluster.nodes[1].host_vnics[0].switch, "Guests");
}

#[test]
fn a_shared_switch_carries_management_only_where_nothing_else_does() {
    let switches = ("switches", "node,switch,nics,allow_management_os\nHV1,S,B,yes\n");
    assert_eq!(roles(&cluster(&[NODES, NICS, switches]), 1), ["management", "vm"]);
    let nics = nics("management");
    assert_eq!(roles(&cluster(&[NODES, ("nics", &nics), switches]), 1), ["vm"]);
}

#[test]
fn an_unnamed_vm_port_beside_several_switches_is_a_problem() {
    let nics = nics("vm");
    let found = problems(&[
        NODES,
        ("nics", &nics),
        ("switches", "node,switch,nics\nHV1,S,B\nHV1,T,\n"),
    ]);
    assert!(found.contains("several external switches"), "{found}");
    let one = cluster(&[NODES, ("nics", &nics), ("switches", "node,switch,nics\nHV1,S,B\n")]);
    assert_eq!(one.nodes[0].switches[0].nics, ["A", "B"]);
}

#[test]
fn direct_cables_are_known_at_both_ends() {
    let text = "node,nic,speed_mbps,direct_to\nHV1,A,10G,hv2/b\nHV2,B,10G,\n";
    let cluster = cluster(&[NODES, ("nics", text)]);
    assert_eq!(cluster.nodes[0].nics[0].direct_to, Some((1, "B".to_owned())));
    assert_eq!(cluster.nodes[1].nics[0].direct_to, Some((0, "A".to_owned())));
}

#[test]
fn tors_named_by_nics_alone_exist_and_links_join_them() {
    let cluster = cluster(&[
        NODES,
        ("nics", "node,nic,speed_mbps,tor\nHV1,A,10G,TOR-B\nHV2,A,10G,tor-a\n"),
        ("tors", "tor\nTOR-A\nTOR-C\n"),
        (
            "inter_switch_links",
            "tor_a,tor_b,speed_mbps,vlans\nTOR-B,TOR-A,40G,10-12\nTOR-A,TOR-B,40G,\n",
        ),
    ]);
    assert_eq!(
        cluster.tors.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
        ["TOR-A", "TOR-B", "TOR-C"]
    );
    assert_eq!(cluster.nodes[1].nics[0].tor, Some(0));
    assert_eq!(
        cluster.links.iter().map(|l| l.ends).collect::<Vec<_>>(),
        [(0, 1), (0, 1)]
    );
    assert_eq!(cluster.links[0].vlans, None);
}

#[test]
fn vnics_on_inside_switches_need_no_network() {
    let cluster = cluster(&[
        NODES,
        NICS,
        (
            "switches",
            "node,switch,type\nHV1,In,internal\nHV1,Out,external\nHV2,Out,external\n",
        ),
        ("vms", "vm,node\nA,HV1\nB,HV2\nC,\n"),
        ("vnics", "vm,vnic,switch\nA,1,in\nA,2,Out\nB,1,In\nC,1,In\n"),
    ]);
    let isolated: Vec<bool> = cluster.vms.iter().flat_map(|v| &v.vnics).map(|n| n.isolated).collect();
    assert_eq!(isolated, [true, false, false, true]);
    assert_eq!(cluster.vms[0].vnics[0].switch, "In");
}

#[test]
fn vms_without_any_vnic_table_are_taken_to_have_one_adapter() {
    let assumed = cluster(&[NODES, NICS, ("vms", "vm\nA\nB\n")]);
    assert!(assumed.vms.iter().all(|v| v.vnics.len() == 1));
    let said = cluster(&[NODES, NICS, ("vms", "vm\nA\nB\n"), ("vnics", "vm\nA\nA\n")]);
    let names: Vec<&str> = said.vms[0].vnics.iter().map(|n| n.name.as_str()).collect();
    assert_eq!(
        (names, said.vms[1].vnics.len()),
        (vec!["Network Adapter", "Network Adapter 2"], 0)
    );
}

#[test]
fn storage_is_settled_by_what_roles_and_networks_say() {
    let kind = |role: &str, profile: &str| {
        let (nics, clusters) = (nics(role), format!("cluster,profile\nC,{profile}\n"));
        cluster(&[NODES, ("nics", &nics), ("clusters", &clusters)]).storage
    };
    assert_eq!(kind("iSCSI", "2022"), StorageKind::Iscsi);
    assert_eq!(kind("smb", "2012r2"), StorageKind::Smb);
    assert_eq!(kind("storage", "2012r2"), StorageKind::Iscsi);
    assert_eq!(kind("storage", "2019"), StorageKind::Smb);
    assert_eq!(kind("management", "2019"), StorageKind::None);
    let told = cluster(&[
        NODES,
        NICS,
        ("clusters", "cluster,storage\nC,s2d\n"),
        ("demands", "role\niscsi\n"),
    ]);
    assert_eq!(told.storage, StorageKind::S2d);
}

#[test]
fn demands_and_policy_say_what_must_survive() {
    let cluster = cluster(&[
        NODES,
        NICS,
        (
            "demands",
            "node,role,demand_mbps,survive,survive_wish\n,storage,1 Gbps,nic;tor,\nHV2,storage,2000,,\n,vm,,,none\n,management,,,\n",
        ),
        (
            "policy",
            "setting,value\nsurvive:storage,node\nisolate:vm|management,required\nheavy_permille,5 %\ndrain_goal_minutes,10\n",
        ),
    ]);
    assert_eq!(
        cluster.demands.iter().map(|d| (d.node, d.rate)).collect::<Vec<_>>(),
        [(None, 1000), (Some(1), 2000)]
    );
    let policy = &cluster.policy;
    assert!(
        policy.must_survive(Role::Storage, FailureKind::Tor) && policy.must_survive(Role::Storage, FailureKind::Node)
    );
    assert!(
        !policy.wishes_survival(Role::Vm, FailureKind::Nic) && policy.wishes_survival(Role::Cluster, FailureKind::Nic)
    );
    assert_eq!(policy.isolation(Role::Management, Role::Vm, false), Strength::Required);
    assert_eq!((policy.heavy_permille, policy.drain_goal_s), (50, Some(600)));
}

#[test]
fn what_was_not_said_is_listed_with_counts() {
    let inventory = load(&[NODES, NICS, ("vms", "vm,node\nA,HV1\nB,\n")]).unwrap_or_else(|p| panic!("{}", show(&p)));
    let missing: Vec<&str> = inventory.assumptions.iter().map(|a| a.missing.as_str()).collect();
    for expected in [
        "Windows version",
        "kind of storage",
        "card of 4 of 4 NICs",
        "physical switch of 4 of 4 NICs",
        "memory of 2 of 2 nodes",
        "memory of 2 of 2 VMs",
        "pool of dynamic MAC addresses of 2 of 2 nodes",
        "node of 1 of 2 VMs",
        "bandwidth need of 2 of 2 vNICs",
        "present use of the NICs of 2 of 2 nodes",
    ] {
        assert!(missing.contains(&expected), "{expected} not in {missing:?}");
    }
}

#[test]
fn switches_that_nothing_joins_and_ports_and_links_without_vlans_are_named() {
    let nics = "node,nic,speed_mbps,tor,vlans\nHV1,A,1G,T1,10\nHV1,B,1G,T2,\nHV2,A,1G,T3,\nHV2,B,1G,T3,10\n";
    let said = |links: &str| {
        let inventory = load(&[NODES, ("nics", nics), ("inter_switch_links", links)]);
        let inventory = inventory.unwrap_or_else(|p| panic!("{}", show(&p)));
        let all = inventory.assumptions.into_iter().map(|a| (a.missing, a.taken));
        all.collect::<std::collections::BTreeMap<_, _>>()
    };

    let one = said("tor_a,tor_b,speed_mbps\nT1,T2,10G\n");
    let taken = |missing: &str| one.get(missing).map_or("", String::as_str);
    assert!(
        taken("links between the physical switches T1 + T2, T3").contains("inter_switch_links"),
        "{one:#?}"
    );
    assert!(
        taken("VLANs of the links T1 - T2").contains("write vlans in inter_switch_links"),
        "{one:#?}"
    );
    assert!(
        taken("trunked VLANs of 2 of 4 NICs (on T2, T3)").contains("write vlans in nics"),
        "{one:#?}"
    );

    let all = said("tor_a,tor_b,speed_mbps,vlans\nT1,T2,10G,10\nT2,T3,10G,10\n");
    assert!(!all.keys().any(|missing| missing.contains("link")), "{all:#?}");
}

/// What was taken for a fact of which this is said to be missing.
fn taken(files: &[File<'_>], missing: &str) -> String {
    let inventory = load(files).unwrap_or_else(|p| panic!("{}", show(&p)));
    let found = inventory
        .assumptions
        .iter()
        .find(|one| one.missing.starts_with(missing));
    found.map_or_else(|| format!("{:?}", inventory.assumptions), |one| one.taken.clone())
}

#[test]
fn ports_without_a_named_switch_hang_on_another_one_where_some_are_named() {
    let some = (
        "nics",
        "node,nic,speed_mbps,tor\nHV1,A,10G,TOR-A\nHV1,B,10G,\nHV2,A,10G,\nHV2,B,10G,\n",
    );
    assert_eq!(
        taken(&[NODES, some], "physical switch of 3 of 4 NICs"),
        "they hang on another switch, one for all of them, with no link to TOR-A; fill tor for all ports, or inter_switch_links"
    );
    assert!(taken(&[NODES, NICS], "physical switch of 4 of 4 NICs").starts_with("one common switch"));
}

#[test]
fn default_needs_of_host_roles_are_assumptions() {
    let all = taken(&[NODES, NICS], "need of management, cluster on each node");
    assert!(
        all.contains("management 100 Mbit/s") && all.ends_with("write demand_mbps in demands"),
        "{all}"
    );
    let said = ("demands", "role,demand_mbps\nmanagement,50\n");
    assert!(taken(&[NODES, NICS, said], "need of cluster on each node").starts_with("cluster "));
}
