//! What a plan sets agrees with itself: the nodes of a cluster with each other, the lists of live migration with the adapters it makes, the way over cables between
//! pairs of nodes with that of today.
#![cfg(feature = "solver")]

mod program;

use nicplan::applied;
use nicplan::assignment::{Options, plan};
use nicplan::demand::needs;
use nicplan::inventory::{Cluster, LoadOptions, load};
use nicplan::migration::path::paths;
use nicplan::migration::wiring::Wiring;
use nicplan::plan::ClusterPlan;
use nicplan::roles::Role;
use program::{folder, nicplan, place, text};
use std::path::{Path, PathBuf};

/// The only cluster of a folder, and its plan.
fn planned(input: &Path) -> (Cluster, ClusterPlan) {
    let mut inventory = load(&[input.to_owned()], &LoadOptions::default()).expect("the inventory is sound");
    let mut made = plan(&inventory, &Options::default()).expect("no time limit is set");
    (inventory.clusters.remove(0), made.clusters.remove(0))
}

/// Two nodes with all traffic on one SET over RDMA ports, of another model each, one with more VMs than the other.
fn uneven(name: &str) -> PathBuf {
    folder(
        name,
        &[
            ("clusters.csv", b"cluster,profile,storage\nC1,2019,s2d\n"),
            ("nodes.csv", b"node,management_ip\nHV1,10.2.0.11\nHV2,10.2.0.12\n"),
            (
                "nics.csv",
                b"node,nic,speed_mbps,card,tor,rdma,model\nHV1,A,25000,S1,T1,iwarp,X\nHV1,B,25000,S2,T2,iwarp,X\n\
                  HV2,A,25000,S1,T1,iwarp,Y\nHV2,B,25000,S2,T2,iwarp,Y\n",
            ),
            (
                "cluster_networks.csv",
                b"network,subnet,vlan,cluster_use,purpose\nMgmt,10.2.0.0/24,10,3,management\n\
                  SMB1,10.2.1.0/24,711,1,storage\nSMB2,10.2.2.0/24,712,1,storage\n",
            ),
            (
                "switches.csv",
                b"node,switch,nics,allow_management_os,embedded_teaming\nHV1,LAN,A;B,yes,yes\nHV2,LAN,A;B,yes,yes\n",
            ),
            (
                "host_vnics.csv",
                b"node,host_vnic,switch,role,vlan,addresses\nHV1,Mgmt,LAN,management,10,10.2.0.11/24\n\
                  HV1,SMB1,LAN,storage,711,10.2.1.11/24\nHV1,SMB2,LAN,storage,712,10.2.2.11/24\n\
                  HV2,Mgmt,LAN,management,10,10.2.0.12/24\nHV2,SMB1,LAN,storage,711,10.2.1.12/24\n\
                  HV2,SMB2,LAN,storage,712,10.2.2.12/24\n",
            ),
            (
                "vms.csv",
                b"vm,node,memory_mib,possible_owners\nV1,HV1,8192,HV1\nV2,HV2,8192,HV2\nV3,HV2,8192,HV2\n",
            ),
            (
                "vnics.csv",
                b"vm,switch,vlans,p95_mbps\nV1,LAN,20,20\nV2,LAN,20,900\nV3,LAN,20,900\n",
            ),
        ],
    )
}

#[test]
fn data_center_bridging_is_planned_equal_on_all_nodes_although_their_shares_differ() {
    let (today, plan) = planned(&uneven("agree-dcb"));
    let shares = |role: Role| -> Vec<u64> {
        let uplinks = plan.nodes.iter().flat_map(|n| &n.uplinks);
        let shares = uplinks.flat_map(|u| &u.shares).filter(|s| s.role == role);
        shares.map(|s| s.permille).collect()
    };
    let of_guests = shares(Role::Vm);
    assert!(
        of_guests[0] != of_guests[1],
        "the nodes differ in their shares: {of_guests:?}"
    );

    let after = applied::cluster(&today, &plan);
    let classes: Vec<_> = after.nodes.iter().map(|n| n.facts.classes("traffic_classes")).collect();
    assert!(classes[0].is_some_and(|all| all.iter().any(|class| class.name == "SMBDirect")));
    assert_eq!(classes[0], classes[1]);
}

#[test]
fn the_lists_of_live_migration_do_not_lead_it_off_the_host_vnics_that_the_plan_makes_for_it() {
    let (today, plan) = planned(&uneven("agree-lists"));
    let after = applied::cluster(&today, &plan);
    let own = after.nodes[0]
        .host_vnics
        .iter()
        .any(|v| v.role == Some(Role::LiveMigration));
    assert!(
        own,
        "live migration has host vNICs of its own, whose network nobody named"
    );
    assert_eq!(after.migration.network_order, Vec::<String>::new());

    let settled = applied::settled(&today, &plan);
    let wiring = Wiring::planned_with(&settled, &plan, &needs(&today, Some(&plan)));
    let all = paths(&settled, &wiring);
    assert!(all.len() == 2 && all.iter().all(|path| path.intended), "{all:?}");
}

#[test]
fn over_cables_between_pairs_of_nodes_a_plan_goes_the_way_of_today() {
    let input = folder(
        "agree-switchless",
        &[
            ("clusters.csv", b"cluster,profile,storage\nC1,azurelocal,s2d\n"),
            (
                "nodes.csv",
                b"node,management_ip\nZ1,10.10.0.11\nZ2,10.10.0.12\nZ3,10.10.0.13\n",
            ),
            (
                "nics.csv",
                b"node,nic,speed_mbps,card,tor,direct_to,rdma,current_role,addresses\n\
                  Z1,L1,10000,O,T1,,no,vm:LAN,\nZ1,L2,10000,O,T2,,no,vm:LAN,\n\
                  Z1,S1,25000,P,,Z2/S1,roce,storage;cluster;live-migration,172.16.1.1/24\n\
                  Z1,S2,25000,P,,Z3/S1,roce,storage;cluster;live-migration,172.16.2.1/24\n\
                  Z2,L1,10000,O,T1,,no,vm:LAN,\nZ2,L2,10000,O,T2,,no,vm:LAN,\n\
                  Z2,S1,25000,P,,Z1/S1,roce,storage;cluster;live-migration,172.16.1.2/24\n\
                  Z2,S2,25000,P,,Z3/S2,roce,storage;cluster;live-migration,172.16.3.2/24\n\
                  Z3,L1,10000,O,T1,,no,vm:LAN,\nZ3,L2,10000,O,T2,,no,vm:LAN,\n\
                  Z3,S1,25000,P,,Z1/S2,roce,storage;cluster;live-migration,172.16.2.3/24\n\
                  Z3,S2,25000,P,,Z2/S2,roce,storage;cluster;live-migration,172.16.3.3/24\n",
            ),
            (
                "cluster_networks.csv",
                b"network,subnet,vlan,cluster_use,purpose\nMgmt,10.10.0.0/24,,3,management\n\
                  Storage1,172.16.1.0/24,711,1,storage\nStorage2,172.16.2.0/24,712,1,storage\n\
                  Storage3,172.16.3.0/24,713,1,storage\n",
            ),
            (
                "switches.csv",
                b"node,switch,nics,allow_management_os,embedded_teaming\nZ1,LAN,L1;L2,yes,yes\n\
                  Z2,LAN,L1;L2,yes,yes\nZ3,LAN,L1;L2,yes,yes\n",
            ),
            (
                "host_vnics.csv",
                b"node,host_vnic,switch,role,addresses\nZ1,Mgmt,LAN,management,10.10.0.11/24\n\
                  Z2,Mgmt,LAN,management,10.10.0.12/24\nZ3,Mgmt,LAN,management,10.10.0.13/24\n",
            ),
            ("vms.csv", b"vm,node,memory_mib\nV1,Z1,8192\n"),
            ("vnics.csv", b"vm,switch,p95_mbps\nV1,LAN,100\n"),
        ],
    );
    let (today, plan) = planned(&input);
    let settled = applied::settled(&today, &plan);
    let forecast = Wiring::planned_with(&settled, &plan, &needs(&today, Some(&plan)));
    let network = |wiring: &Wiring, cluster: &Cluster| -> Vec<(usize, usize, Option<String>)> {
        let all = paths(cluster, wiring).into_iter();
        all.map(|p| (p.source, p.target, p.network)).collect()
    };
    let told = network(&forecast, &settled);
    assert!(told.contains(&(0, 2, Some("Storage2".to_owned()))), "{told:?}");
    let present = Wiring::today_with(&settled, &needs(&today, None));
    assert_eq!(told, network(&present, &settled));
}

#[test]
fn rdma_ports_that_must_carry_the_only_switch_are_told_with_a_reason_and_a_way_out() {
    let input = folder(
        "agree-rdma",
        &[
            ("clusters.csv", b"cluster,profile,storage\nC1,2012R2,fc\n"),
            ("nodes.csv", b"node,management_ip\nHV1,10.6.0.11\nHV2,10.6.0.12\n"),
            (
                "nics.csv",
                b"node,nic,speed_mbps,card,tor,team,team_kind,rdma,model\nHV1,A,10000,S1,T1,Team1,lbfo,iwarp,X\n\
                  HV1,B,10000,S2,T2,Team1,lbfo,iwarp,X\nHV2,A,10000,S1,T1,Team1,lbfo,iwarp,X\n\
                  HV2,B,10000,S2,T2,Team1,lbfo,iwarp,X\n",
            ),
            (
                "switches.csv",
                b"node,switch,nics,allow_management_os\nHV1,LAN,Team1,yes\nHV2,LAN,Team1,yes\n",
            ),
            ("vms.csv", b"vm,node,memory_mib\nV1,HV1,8192\n"),
            ("vnics.csv", b"vm,switch,p95_mbps\nV1,LAN,100\n"),
        ],
    );
    let run = nicplan(&["plan", text(&input), "-o", text(&place("agree-rdma-out"))]);
    for words in [
        "[rdma-lost-under-switch]",
        "stays: a plan does not change RDMA of a port that it needs under a virtual switch",
        "Disable-NetAdapterRdma -CimSession 'HV1' -Name 'A'",
    ] {
        assert!(run.out.contains(words), "{words}: {}", run.out);
    }
    assert!(!run.out.contains("bug of nicplan"), "{}", run.out);
}
