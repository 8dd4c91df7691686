//! Two hosts on which roles change places, each on a port of its own.
#![allow(dead_code)] // each test file uses its part

use crate::program;
use crate::replay::number;
use nicplan::inventory::{Fact, Inventory, LoadOptions, load};
use nicplan::units::Subnet;

/// The inventory of this Windows version.
pub fn in_turn(profile: &str) -> Inventory {
    let dir = program::place(&format!("deploy-in-turn-{profile}"));
    nicplan::reports::write_all(&dir, &tables(profile)).expect("the build folder can be written");
    load(&[dir], &LoadOptions::default()).expect("sound")
}

/// The same with addresses, and with the VLAN ID of its network set in Windows at each port that has one.
pub fn in_turn_with_vlans(profile: &str) -> Inventory {
    let mut inventory = in_turn(profile);
    for cluster in &mut inventory.clusters {
        number(cluster);
        let networks = cluster.networks.clone();
        for nic in cluster.nodes.iter_mut().flat_map(|n| &mut n.nics) {
            let own = Subnet::of_addresses(&nic.addresses);
            let network = networks.iter().find(|n| Subnet::any_holds(&n.subnet, &own));
            if let Some(vlan) = network.and_then(|n| n.vlan) {
                nic.facts.insert("nic_vlan", Fact::Number(u64::from(vlan)));
            }
        }
    }
    inventory
}

/// Two hosts whose iSCSI goes to the ports of management and of the cluster, because VMs take the fast ports.
fn tables(profile: &str) -> Vec<(String, Vec<u8>)> {
    let mut nics = "node,nic,speed_mbps,card,tor,vlans,model,current_role\n".to_owned();
    let mut vms = "vm,node,memory_mib\n".to_owned();
    let mut vnics = "vm,switch,vlans,p95_mbps\n".to_owned();
    for node in ["N1", "N2"] {
        for port in [
            "L1,1000,LOM,SW1,10,B,management",
            "L2,1000,LOM,SW2,11,B,cluster;live-migration",
            "L3,1000,LOM,SW1,,B,",
            "L4,1000,LOM,SW2,,B,",
            "S1,10000,A,SW1,,I,vm:G",
            "S2,10000,B,SW2,,I,storage",
            "S3,10000,B,SW1,,I,storage",
        ] {
            nics += &format!("{node},{port}\n");
        }
        for vm in 1..=4 {
            vms += &format!("V{node}{vm},{node},4096\n");
            vnics += &format!("V{node}{vm},G,30,2500\n");
        }
    }
    let networks = "network,subnet,vlan,cluster_use,purpose\nM,10.0.0.0/24,10,3,management\nC,10.0.1.0/24,11,1,cluster\n\
                    I1,10.0.8.0/24,20,0,storage\nI2,10.0.9.0/24,21,0,storage\n";
    let tables = [
        ("clusters", format!("cluster,profile,storage\nC,{profile},iscsi\n")),
        (
            "nodes",
            "node,management_ip,memory_mib\nN1,10.0.0.100,131072\nN2,10.0.0.100,131072\n".to_owned(),
        ),
        ("nics", nics),
        ("cluster_networks", networks.to_owned()),
        ("switches", "node,switch,nics\nN1,G,S1\nN2,G,S1\n".to_owned()),
        ("vms", vms),
        ("vnics", vnics),
        ("policy", "setting,value\nsurvive:vm,nic;card\n".to_owned()),
    ];
    tables
        .map(|(file, text)| (format!("{file}.csv"), text.into_bytes()))
        .into()
}
