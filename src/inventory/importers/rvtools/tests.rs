//! Small exports as text: what follows from which sheets, and what is only assumed.

use super::sheet::{Sheet, Tab};
use super::{Input, csv_text, finish};
use crate::finding::Problem;
use crate::inventory::raw::Gathered;
use crate::inventory::resolve::resolve;
use crate::inventory::{Inventory, LoadOptions, SwitchKind, VmState};
use std::path::Path;

/// Reads sheets given as `.csv` text.
fn try_load(sheets: &[(Tab, &str)], cluster: Option<&str>) -> Result<Inventory, Vec<Problem>> {
    let mut gathered = Gathered::default();
    let sheets: Vec<Sheet> = sheets
        .iter()
        .map(|(tab, text)| csv_text(text, *tab, tab.name()).unwrap_or_else(|e| panic!("{e:?}")))
        .collect();
    let input = Input {
        path: Path::new("export"),
        shown: "export",
        index: gathered.next_input(),
        cluster,
    };
    finish(&sheets, "export", &input, &mut gathered);
    resolve(gathered, &LoadOptions::default())
}

fn load(sheets: &[(Tab, &str)]) -> Inventory {
    try_load(sheets, None).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

const HOSTS: (Tab, &str) = (
    Tab::Host,
    "Host,Cluster,# Memory,# NICs\nesx1.a.example,C,1024000,2\nesx2.a.example,C,\"1,024,000\",2\n",
);
const PORTS: (Tab, &str) = (
    Tab::Nic,
    "Host,Network Device,Driver,Speed,MAC,Switch,PCI\n\
     esx1.a.example,vmnic0,ixgben,10000,a0:36:9f:00:00:01,vSwitch0,0000:3b:00.0\n\
     esx1.a.example,vmnic1,ixgben,,a0:36:9f:00:00:02,vSwitch0,0000:3b:00.1\n\
     ESX2.a.example,vmnic0,ixgben,10000 Full,a0:36:9f:00:00:03,vSwitch0,0000:3b:00.0\n\
     nowhere.example,vmnic0,ixgben,10000,a0:36:9f:00:00:04,vSwitch0,\n",
);

#[test]
fn ports_have_speed_card_and_switch_and_hosts_are_found_in_any_spelling() {
    let inventory = load(&[HOSTS, PORTS]);
    let nodes = &inventory.clusters[0].nodes;
    assert_eq!((nodes.len(), nodes[1].memory_mib), (2, Some(1_024_000)));
    let ports: Vec<(&str, u64, &str, bool)> = nodes[0]
        .nics
        .iter()
        .map(|n| (n.name.as_str(), n.speed, n.card.as_str(), n.up))
        .collect();
    let card = "PCI 0000:3b:00";
    assert_eq!(ports, [("vmnic0", 10_000, card, true), ("vmnic1", 10_000, card, false)]);
    assert_eq!((nodes[1].nics.len(), nodes[1].nics[0].speed), (1, 10_000));
    let missing: Vec<&str> = inventory.assumptions.iter().map(|a| a.missing.as_str()).collect();
    assert!(missing.contains(&"speed of 1 of 3 ports without link"), "{missing:?}");
    assert!(
        inventory.notes.iter().any(|n| n.contains("1 row of vNIC belong")),
        "{:?}",
        inventory.notes
    );
    let at = inventory.locate(nodes[1].nics[0].origin, "speed_mbps");
    assert_eq!((at.file.as_str(), at.line), ("vNIC", 4));
}

#[test]
fn without_a_sheet_of_ports_as_many_are_assumed_as_the_host_counts() {
    let inventory = load(&[HOSTS]);
    let names: Vec<&str> = inventory.clusters[0].nodes[0]
        .nics
        .iter()
        .map(|n| n.name.as_str())
        .collect();
    assert_eq!(names, ["vmnic0", "vmnic1"]);
    let told = inventory
        .assumptions
        .iter()
        .any(|a| a.missing.starts_with("names and speeds of 4 ports"));
    assert!(told, "{:?}", inventory.assumptions);
}

#[test]
fn a_switch_with_vms_is_a_switch_and_one_without_is_the_role_of_its_vmkernel_adapters() {
    let vms = (
        Tab::Info,
        "VM,Powerstate,Memory,Network #1,Cluster,Host\nA,poweredOn,4096,LAN,C,esx1.a.example\n",
    );
    let groups = (
        Tab::Port,
        "Host,Port Group,Switch,VLAN\nesx1.a.example,LAN,vSwitch0,12\nesx1.a.example,vMotion,vSwitch1,30\nesx1.a.example,Alone,vSwitch9,0\n",
    );
    let kernels = (
        Tab::Vmk,
        "Host,Port Group,Device,Mac Address,IP Address,Subnet mask\n\
         esx1.a.example,vMotion,vmk1,00:50:56:60:00:01,10.0.3.1,255.255.255.0\n\
         esx1.a.example,Kernel,vmk0,00:50:56:60:00:02,10.0.1.1,255.255.255.0\n",
    );
    let ports = (
        Tab::Nic,
        "Host,Network Device,Speed,Switch\nesx1.a.example,vmnic0,1000,vSwitch0\nesx1.a.example,vmnic1,1000,vSwitch1\n",
    );
    let inventory = load(&[HOSTS, ports, vms, groups, kernels]);
    let node = &inventory.clusters[0].nodes[0];
    let kinds: Vec<(&str, SwitchKind)> = node.switches.iter().map(|s| (s.name.as_str(), s.kind)).collect();
    assert_eq!(
        kinds,
        [("vSwitch0", SwitchKind::External), ("vSwitch9", SwitchKind::Internal)]
    );
    let roles: Vec<&str> = node.nics[1].roles.iter().map(|r| r.name()).collect();
    assert_eq!(
        (roles, node.nics[1].addresses.as_slice()),
        (vec!["live-migration"], &["10.0.3.1/24".to_owned()][..])
    );
    let vnic = &inventory.clusters[0].vms[0].vnics[0];
    assert_eq!(
        (vnic.switch.as_str(), vnic.vlans.iter().copied().collect::<Vec<_>>()),
        ("vSwitch0", vec![12])
    );
    assert!(
        inventory.notes.iter().any(|n| n.contains("1 of 2 VMkernel adapters")),
        "{:?}",
        inventory.notes
    );
    assert_eq!(node.management_ip, "10.0.1.1", "vmk0 manages where no name tells");
}

#[test]
fn what_is_no_vm_that_moves_is_left_out_and_counted() {
    let vms = (
        Tab::Info,
        "VM;Powerstate;Template;SRM Placeholder;Connection state;Memory MB;NICs;Firmware;Cluster;Host\n\
         A;poweredOn;False;False;connected;8.192;1;efi;C;esx1.a.example\n\
         a;poweredOff;False;False;connected;512;0;bios;C;esx2.a.example\n\
         B;suspended;False;False;connected;;;;C;lost.example\n\
         T;poweredOff;True;False;connected;1;1;;C;esx1.a.example\n\
         P;poweredOff;False;True;connected;1;1;;C;esx1.a.example\n\
         O;poweredOff;False;False;orphaned;1;1;;C;esx1.a.example\n\
         vCLS (1);poweredOn;False;False;connected;1;0;;C;esx1.a.example\n",
    );
    let memory = (Tab::Memory, "VM,Size MB,Host\nB,2048,lost.example\n");
    let inventory = load(&[HOSTS, PORTS, vms, memory]);
    let found: Vec<_> = inventory.clusters[0]
        .vms
        .iter()
        .map(|v| {
            (
                v.name.as_str(),
                v.memory_mib,
                v.state,
                v.host,
                v.vnics.len(),
                v.generation,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("A", 8192, VmState::Running, Some(0), 1, 2),
            ("a (2)", 512, VmState::Off, Some(1), 0, 1),
            ("B", 2048, VmState::Saved, None, 1, 1),
        ]
    );
    for note in [
        "1 template left out",
        "1 placeholder of Site Recovery Manager left out",
        "1 orphaned or inaccessible VM left out",
        "1 vCLS agent of vSphere left out",
        "1 of 3 VMs stand on hosts that vHost does not list (lost.example)",
        "1 VM got a number behind the name",
    ] {
        assert!(
            inventory.notes.iter().any(|n| n.contains(note)),
            "{note}: {:?}",
            inventory.notes
        );
    }
}

#[test]
fn adapters_find_their_vm_by_id_then_host_and_the_rest_is_counted() {
    let vms = (
        Tab::Info,
        "VM,Powerstate,Cluster,Host,VM ID\nA,poweredOn,C,esx1.a.example,vm-1\nA,poweredOn,C,esx1.a.example,vm-2\nB,poweredOn,C,esx2.a.example,\n",
    );
    let adapters = (
        Tab::Network,
        "VM,NIC label,Network,Switch,Connected,Starts Connected,Mac Address,Type,Host,VM ID\n\
         A,Network adapter 1,LAN,vSwitch0,True,True,00:50:56:00:00:01,manual,esx1.a.example,vm-2\n\
         A,Network adapter 1,LAN,vSwitch0,True,True,00:50:56:9a:00:02,assigned,esx1.a.example,vm-1\n\
         B,,LAN,vSwitch0,False,False,not a mac,assigned,moved.example,\n\
         X,Network adapter 1,LAN,vSwitch0,True,True,00:50:56:9a:00:04,assigned,esx1.a.example,vm-7\n",
    );
    let inventory = load(&[HOSTS, PORTS, vms, adapters]);
    let vms = &inventory.clusters[0].vms;
    let mac = |vm: usize| vms[vm].vnics[0].mac.map(|m| m.to_string());
    assert_eq!(
        (vms[0].name.as_str(), mac(0).as_deref(), vms[0].vnics[0].dynamic_mac),
        ("A", Some("00-50-56-9A-00-02"), true)
    );
    assert_eq!(
        (vms[1].name.as_str(), mac(1).as_deref(), vms[1].vnics[0].dynamic_mac),
        ("A (2)", Some("00-50-56-00-00-01"), false)
    );
    assert_eq!((vms[2].vnics[0].name.as_str(), mac(2)), ("Network adapter 1", None));
    for note in [
        "1 row of vNetwork name VMs",
        "1 vNIC neither connected",
        "the VLAN of 3 of 3 vNICs is not told",
    ] {
        assert!(
            inventory.notes.iter().any(|n| n.contains(note)),
            "{note}: {:?}",
            inventory.notes
        );
    }
}

#[test]
fn every_vmware_cluster_becomes_one_and_a_single_one_takes_the_name_that_is_given() {
    let several = (Tab::Host, "Host,Cluster\nh1,PROD-A\nh2,PROD-A\nh3,PROD-AB\nh4,\n");
    let inventory = load(&[several]);
    let names: Vec<&str> = inventory.clusters.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["PROD-A", "PROD-AB"]);
    assert!(
        inventory
            .notes
            .iter()
            .any(|n| n.contains("1 host of no VMware cluster left out"))
    );
    let given = try_load(&[several], Some("NEW")).expect("a sound export");
    assert!(given.notes.iter().any(|n| n.contains("--cluster NEW was not used")));
    let spread = (Tab::Host, "Host,Datacenter,Cluster\nh1,Oslo,C\nh2,Bergen,C\n");
    assert!(
        load(&[spread])
            .notes
            .iter()
            .any(|n| n.contains("hosts of C stand in several datacenters"))
    );
    let one = try_load(&[HOSTS], Some("NEW")).expect("a sound export");
    assert_eq!(one.clusters[0].name, "NEW");
    assert_eq!(
        load(&[(Tab::Host, "Host,Cluster\nh1,\nh2,\n")]).clusters[0].nodes.len(),
        2
    );
}

#[test]
fn database_exports_with_bytes_and_their_own_heads_are_read() {
    let hosts = (
        Tab::Host,
        "vHostName,vHostCluster,vHostMemorySize,vHostNumNics,vHostVendor,vHostModel\nh1,C,549755813888,1,HPE,DL380\n",
    );
    let vms = (
        Tab::Info,
        "vInfoVMName,vInfoPowerstate,vInfoTemplate,vInfoMemory,vInfoCluster,vInfoHost,vInfoOS\nA,poweredOn,False,4096,C,h1,Linux\n",
    );
    let inventory = load(&[hosts, vms]);
    let node = &inventory.clusters[0].nodes[0];
    assert_eq!((node.memory_mib, node.hardware.as_str()), (Some(524_288), "HPE DL380"));
    assert_eq!(inventory.clusters[0].vms[0].os, "Linux");
}

#[test]
fn hostile_names_stay_text() {
    for name in [
        "=cmd|' /C calc'!A0",
        "<script>alert(1)</script>",
        "Сервер базы данных",
        "$(Remove-Item x)",
        "a;b|c",
    ] {
        let quoted = format!("\"{name}\"");
        let hosts = format!("Host,Cluster\n{quoted},C\n");
        let ports = format!("Host,Network Device,Speed,Switch\n{quoted},vmnic0,1000,{quoted}\n");
        let vms = format!("VM,Powerstate,Cluster,Host\n{quoted},poweredOn,C,{quoted}\n");
        let adapters = format!("VM,Network,Switch,Host\n{quoted},{quoted},{quoted},{quoted}\n");
        let inventory = load(&[
            (Tab::Host, &hosts),
            (Tab::Nic, &ports),
            (Tab::Info, &vms),
            (Tab::Network, &adapters),
        ]);
        let cluster = &inventory.clusters[0];
        assert_eq!(
            (cluster.nodes[0].name.as_str(), cluster.vms[0].name.as_str()),
            (name, name)
        );
        assert_eq!(
            (cluster.vms[0].host, cluster.vms[0].vnics[0].switch.as_str()),
            (Some(0), name)
        );
    }
}

#[test]
fn an_export_without_hosts_is_refused_naming_what_is_needed() {
    for sheets in [
        &[(Tab::Info, "VM\nA\n")][..],
        &[(Tab::Host, "Name of the thing\nh1\n")],
        &[],
    ] {
        let problems = try_load(sheets, None).expect_err("no host");
        assert!(problems.iter().any(|p| p.what.contains("names a host")), "{problems:?}");
    }
}

#[test]
fn spellings_that_differ_between_hosts_are_one_network_and_blank_switches_are_no_internal_ones() {
    let groups = (
        Tab::Port,
        "Host,Port Group,Switch,VLAN\nesx1.a.example,vMotion,vSwitch0,30\nesx2.a.example,VMotion,vSwitch0,30\n",
    );
    let kernels = (
        Tab::Vmk,
        "Host,Port Group,Device,IP Address,Subnet mask\n\
         esx1.a.example,vMotion,,10.0.3.1,255.255.255.0\nesx1.a.example,vMotion,,10.0.3.9,255.255.255.0\n\
         esx2.a.example,VMotion,vmk1,10.0.3.2,255.255.255.0\n",
    );
    let inventory = load(&[HOSTS, PORTS, groups, kernels]);
    let networks = &inventory.clusters[0].networks;
    assert_eq!(
        (networks.len(), networks[0].name.as_str(), networks[0].vlan),
        (1, "vMotion", Some(30))
    );
    let names: Vec<&str> = inventory.clusters[0].nodes[0]
        .host_vnics
        .iter()
        .map(|v| v.name.as_str())
        .collect();
    assert_eq!(names, ["vMotion", "vMotion (2)"]);

    let blank = (
        Tab::Nic,
        "Host,Network Device,Speed,Switch\nesx1.a.example,vmnic0,1000,\nesx2.a.example,vmnic0,1000,\n",
    );
    let unknown = load(&[HOSTS, blank, groups]);
    assert!(unknown.clusters[0].nodes[0].switches.is_empty());
}
