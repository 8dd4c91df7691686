//! What is to be done names adapters, ports, VLANs and intents where one of them follows from the inventory, and leaves a placeholder where
//! several would do.

use super::fixes::fix;
use super::*;

#[test]
fn host_vnics_and_teams_are_named_as_windows_lists_their_connections() {
    let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
                 file: nics\nnode,nic,speed_mbps,current_role,team,team_kind,gateway,dns_registration\nHV1,A,10000,,,,,\n\
                 HV1,B,10000,live-migration,LM,vendor,,yes\nHV1,C,10000,live-migration,LM,vendor,,\n\
                 file: switches\nnode,switch,nics\nHV1,S1,A\n\
                 file: host_vnics\nnode,host_vnic,switch,role,gateway,dns_registration,smb_client_bound\n\
                 HV1,Mgmt,S1,management,10.0.1.1,,\nHV1,CSV,S1,cluster,10.0.2.1,yes,no\n";
    assert_eq!(
        fix("several-default-gateways", block),
        "on HV1: Remove-NetRoute -DestinationPrefix 0.0.0.0/0 -InterfaceAlias 'vEthernet (CSV)'"
    );
    let findings = review(&inventory(block));
    let told: Vec<&str> = findings
        .iter()
        .filter(|f| f.rule == "private-adapter-registers-in-dns")
        .map(|f| f.fix.as_str())
        .collect();
    assert!(
        told.iter()
            .any(|fix| fix.contains("-InterfaceAlias 'vEthernet (CSV)' ")),
        "{told:?}"
    );
    assert!(told.iter().any(|fix| fix.contains("-InterfaceAlias 'LM' ")), "{told:?}");
}

#[test]
fn a_storage_intent_gets_free_vlans_and_is_named_where_one_is_known() {
    let block = |intents: &str, taken: &str| {
        format!(
            "file: clusters\ncluster,profile,storage,storage_intents\nC1,azurelocal,s2d,{intents}\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,current_role\nHV1,A,10000,storage\nHV1,B,10000,storage\nHV1,C,10000,storage\nHV1,D,10000,\n\
             file: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,vlan\n{taken}"
        )
    };
    let told = |intents: &str, taken: &str| fix("atc-storage-vlan-taken", &block(intents, taken));
    let known = told("Fast", "W1,711\nW1,713\n");
    assert!(known.contains("-Name 'Fast' -StorageVlans 712,714,715 "), "{known}");
    let two = told("Fast;Slow", "W1,711\n");
    assert!(
        two.contains("-Name <storage intent> -StorageVlans 712,713,714 "),
        "{two}"
    );
    let full: String = (711..=716).map(|vlan| format!("W1,{vlan}\n")).collect();
    assert!(told("Fast", &full).contains("-StorageVlans <VLAN>,<VLAN> "));
}

#[test]
fn the_one_port_like_it_is_renamed_and_of_two_none() {
    let block = |second: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,azurelocal\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,model,current_role\nHV1,Port1,25000,E810,storage\nHV2,SLOT 2,25000,E810,storage\n{second}"
        )
    };
    let told = |second: &str| {
        let findings = review(&inventory(&block(second)));
        let of = findings
            .into_iter()
            .find(|f| f.rule == "nic-names-differ" && f.subject == "Port1");
        of.map(|f| f.fix).unwrap_or_default()
    };
    let renamed = "Rename-NetAdapter -CimSession 'HV2' -Name 'SLOT 2' -NewName 'Port1'";
    assert_eq!(told(""), renamed);
    for other in [
        "HV2,Port3,10000,E810,storage\n",
        "HV2,Port3,25000,X710,storage\n",
        "HV2,Port3,25000,E810,\n",
    ] {
        assert_eq!(told(other), renamed, "{other}");
    }
    let two = told("HV2,SLOT 3,25000,E810,storage\n");
    assert!(two.contains("-Name <the port in the same place> "), "{two}");
    let also = told("HV1,SLOT 3,25000,E810,storage\nHV2,SLOT 3,25000,E810,storage\n");
    assert_eq!(also, renamed);
}

#[test]
fn a_network_of_vms_loses_the_host_vnic_in_it_and_the_switch_keeps_those_of_management() {
    let block = |adapter: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,addresses\nHV1,A,10000,\n{adapter}\n\
             file: cluster_networks\ncluster,network,subnet,purpose\nC1,Guests,10.0.5.0/24,vm\n"
        )
    };
    let told = |adapter: &str| fix("vm-network-in-cluster", &block(adapter));
    let vnic = "file: switches\nnode,switch,nics\nHV1,S1,A\nfile: host_vnics\nnode,host_vnic,switch,addresses\nHV1,Mgmt,S1,10.0.1.1/24\nHV1,Host,S1,10.0.5.1/24";
    assert_eq!(
        told(vnic),
        "Remove-VMNetworkAdapter -ComputerName 'HV1' -ManagementOS -Name 'Host'"
    );
    assert_eq!(
        told("HV1,B,10000,10.0.5.1/24"),
        "take its address off the port: Disable-NetAdapterBinding -CimSession 'HV1' -Name 'B' -ComponentID ms_tcpip,ms_tcpip6"
    );
    assert!(told("HV1,B,10000,10.0.5.1/24\nHV1,C,10000,10.0.5.2/24").ends_with("; so for its other adapters"));
    assert!(told("").contains("-Name <the host vNIC in it>"));
}

#[test]
fn interfaces_of_a_team_go_by_the_vlan_in_their_name() {
    let block = |interfaces: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2016\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,team,team_kind,team_interfaces\nHV1,A,10000,LAN,lbfo,{interfaces}\n\
             file: switches\nnode,switch,nics\nHV1,S1,A\n"
        )
    };
    let told = |interfaces: &str| fix("extra-team-interface", &block(interfaces));
    let two = told("LAN;LAN - VLAN 20;LAN - VLAN 30");
    for vlan in ["20", "30"] {
        let steps = format!(
            "Remove-NetLbfoTeamNic -Team 'LAN' -VlanID {vlan}; Add-VMNetworkAdapter -ManagementOS -SwitchName 'S1' -Name 'VLAN {vlan}'; \
             Set-VMNetworkAdapterVlan -ManagementOS -VMNetworkAdapterName 'VLAN {vlan}' -Access -VlanId {vlan}; "
        );
        assert!(two.contains(&steps), "{two}");
    }
    assert!(told("LAN;Backup").contains("-VlanID <its VLAN>"));
}

#[test]
fn a_private_vlan_follows_the_other_adapters() {
    let block = |rows: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\n\
             file: vms\nvm,node\nW1,HV1\nW2,HV1\nfile: vnics\nvm,switch,pvlan_mode,primary_vlan,secondary_vlans\n{rows}"
        )
    };
    let told = |rows: &str| fix("pvlan-inconsistent", &block(rows));
    let mode = told("W1,S,community,10,101\nW2,S,isolated,10,101\n");
    assert!(
        mode.contains("-VMName 'W2' ") && mode.contains(" -Community -PrimaryVlanId 10 -SecondaryVlanId 101 "),
        "{mode}"
    );
    let primary = told("W1,S,isolated,10,101\nW2,S,isolated,11,101\n");
    assert!(
        primary.contains(" -Isolated -PrimaryVlanId 10 -SecondaryVlanId 101 "),
        "{primary}"
    );
    let own = told("W1,S,promiscuous,10,101\nW2,S,isolated,101,101\n");
    assert!(own.contains(" -Isolated -PrimaryVlanId 10 "), "{own}");
    let alone = told("W1,S,isolated,101,101\n");
    assert!(alone.contains("-PrimaryVlanId <primary VLAN> "), "{alone}");
}

#[test]
fn the_adapter_with_the_least_measured_traffic_gives_its_queue_back() {
    let block = |rows: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,vmq_queues\nHV1,A,10000,1\nHV2,A,10000,9\n\
             file: switches\nnode,switch,nics\nHV1,LAN,A\nHV2,LAN,A\n\
             file: vms\nvm,node,state\nW1,HV1,running\nW2,HV1,running\nW3,HV2,running\nW4,HV1,off\n\
             file: vnics\nvm,vnic,switch,vmq_weight,p95_mbps\n{rows}"
        )
    };
    let told = |rows: &str| fix("too-few-vmq-queues", &block(rows));
    let named = told(
        "W1,NIC,LAN,100,500\nW2,Small,LAN,100,20\nW2,None,LAN,0,1\nW3,NIC,LAN,100,1\nW4,NIC,LAN,100,1\nW1,DMZ,DMZ,100,1\n",
    );
    assert!(named.ends_with("-VMName 'W2' -Name 'Small' -VmqWeight 0"), "{named}");
    let unknown = told("W1,NIC,LAN,100,500\nW2,NIC,LAN,100,\n");
    assert!(unknown.ends_with("-VMName <VM> -VmqWeight 0"), "{unknown}");
}

#[test]
fn storage_over_roce_gets_the_vlan_of_its_network() {
    let block = |subnet: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,rdma,current_role,nic_vlan,addresses\nHV1,A,25000,roce,storage,0,10.0.5.1/24\n\
             file: cluster_networks\ncluster,network,subnet,vlan,purpose\nC1,LAN,10.0.1.0/24,10,management\nC1,SMB,{subnet},711,storage\n"
        )
    };
    assert!(fix("roce-storage-untagged", &block("10.0.5.0/24")).contains("-Name 'A' -VlanID 711;"));
    assert!(fix("roce-storage-untagged", &block("10.0.6.0/24")).contains("-Name 'A' -VlanID <VLAN>;"));
}

#[test]
fn a_pair_at_one_switch_takes_a_free_port_at_another_or_moves_a_cable() {
    let block = |row: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,model,tor,team,current_role,status\n\
             HV1,A,10000,X710,T1,LAN,,up\nHV1,B,10000,X710,T1,LAN,,up\n{row}\nHV1,D,1000,I350,T2,,management,up\n"
        )
    };
    let told = |row: &str| {
        let findings = review(&inventory(&block(row)));
        let of = findings
            .into_iter()
            .find(|f| f.rule == "team-on-one-tor" && f.subject.contains("LAN"));
        of.map(|f| f.fix).unwrap_or_default()
    };
    assert_eq!(
        told("HV1,C,10000,X710,T2,,,up"),
        "on HV1: take C in place of B, or recable B to another physical switch"
    );
    for unfit in [
        "HV1,C,10000,X710,T1,,,up",
        "HV1,C,25000,X710,T2,,,up",
        "HV1,C,10000,E810,T2,,,up",
        "HV1,C,10000,X710,T2,,storage,up",
        "HV1,C,10000,X710,T2,,,down",
        "HV1,C,10000,X710,T2,DMZ,,up",
    ] {
        assert_eq!(told(unfit), "on HV1: recable B to another physical switch", "{unfit}");
    }
}

#[test]
fn a_switch_leaves_its_team_with_all_that_hangs_on_it() {
    let block = |rows: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,model,team,team_kind\nHV1,A,10000,X710,LAN,lbfo\nHV1,B,10000,X710,LAN,lbfo\n\
             file: switches\nnode,switch,nics,allow_management_os,bandwidth_mode\nHV1,S1,A;B,{rows}"
        )
    };
    let noted = "$vnics = Get-VMNetworkAdapter -ComputerName 'HV1' -VMName * | Where-Object SwitchName -eq 'S1'; ";
    let connect = "; $vnics | Connect-VMNetworkAdapter -SwitchName 'S1' for VMs that stayed on the host, which the removal disconnects";
    let again = "Remove-VMSwitch -ComputerName 'HV1' -Name 'S1' -Force; Remove-NetLbfoTeam -CimSession 'HV1' -Name 'LAN'; \
                 New-VMSwitch -ComputerName 'HV1' -Name 'S1' -NetAdapterName 'A','B' -EnableEmbeddedTeaming $true -AllowManagementOS";
    let alone = fix("lbfo-under-switch", &block("no,absolute\n"));
    assert_eq!(
        alone,
        format!("drain HV1, then {noted}{again} $false -MinimumBandwidthMode None{connect}")
    );
    let weights = fix("lbfo-under-switch", &block("no,weight\n"));
    assert_eq!(weights, format!("drain HV1, then {noted}{again} $false{connect}"));
    let shared = fix(
        "lbfo-under-switch",
        &block("yes,\nfile: host_vnics\nnode,host_vnic,switch\nHV1,Mgmt,S1\n"),
    );
    assert!(
        shared.contains("at its console, since its host vNICs go with the switch (Mgmt)")
            && shared.contains(
                " $false; Add-VMNetworkAdapter -ManagementOS -Name 'Mgmt' -SwitchName 'S1'; then the addresses"
            ),
        "{shared}"
    );
    let absolute = fix("absolute-bandwidth-mode", &block("no,absolute\n"));
    assert!(
        absolute.ends_with(&format!("{again} $false -MinimumBandwidthMode None{connect}")),
        "{absolute}"
    );
}

#[test]
fn a_switch_without_team_counts_by_weight_and_one_on_set_not_at_all() {
    let block = |ports: &str, weights: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\n\
             file: switches\nnode,switch,nics,bandwidth_mode\nHV1,S1,{ports}\n\
             file: host_vnics\nnode,host_vnic,switch,weight\n{weights}\
             file: vms\nvm,node,state\nW1,HV1,running\nfile: vnics\nvm,vnic,switch,weight\nW1,NIC,S1,5\n"
        )
    };
    let told = |ports: &str, weights: &str| fix("weights-without-bandwidth-mode", &block(ports, weights));
    let weight = told("A,none", "HV1,Mgmt,S1,10\n");
    assert!(
        weight.contains(" -MinimumBandwidthMode Weight; Add-VMNetworkAdapter -ManagementOS -Name 'Mgmt'"),
        "{weight}"
    );
    let set = told("A;B,none", "HV1,LM,S1,\nHV1,Mgmt,S1,10\n");
    let own = "Set-VMNetworkAdapter -ComputerName 'HV1' -ManagementOS -Name 'Mgmt' -MinimumBandwidthWeight 0";
    assert!(
        set.ends_with(&format!("{own}, so for every other adapter with a weight")) || set.ends_with(own),
        "{set}"
    );
    let guests = told("A;B,none", "HV1,LM,S1,\n");
    assert!(
        guests.ends_with("Set-VMNetworkAdapter -ComputerName 'HV1' -VMName 'W1' -Name 'NIC' -MinimumBandwidthWeight 0"),
        "{guests}"
    );
    let absolute = |ports: &str| fix("absolute-bandwidth-mode", &block(ports, ""));
    assert!(absolute("A,absolute").contains("-MinimumBandwidthMode Weight; $vnics"));
    assert!(absolute("A;B,absolute").contains("-MinimumBandwidthMode None; $vnics"));
}

#[test]
fn a_host_vnic_goes_to_the_port_that_is_free_and_a_class_gets_the_share_that_is_left() {
    let block = |rows: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,traffic_classes\nHV1,C1,SMB=3:70;Cluster=7:40\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\nHV1,C,10000\n\
             file: switches\nnode,switch,nics\nHV1,S1,A;B\nHV1,S2,C\n\
             file: host_vnics\nnode,host_vnic,switch,rdma,team_mapping\nHV1,SMB1,S1,yes,A\nHV1,SMB2,S1,yes,A\n{rows}"
        )
    };
    let told = |rows: &str| fix("rdma-host-vnics-on-one-port", &block(rows));
    assert!(told("").ends_with("-VMNetworkAdapterName 'SMB2' -PhysicalNetAdapterName 'B'"));
    assert!(
        told("HV1,LM,S1,no,B\n").ends_with("-PhysicalNetAdapterName 'B'"),
        "it has no RDMA"
    );
    let rows = "HV1,SMB3,S1,yes,b\n";
    let silent = review(&inventory(&block(rows)));
    assert!(
        silent.iter().all(|f| f.rule != "rdma-host-vnics-on-one-port"),
        "no port is better"
    );
    let class = fix("traffic-class-shares-not-100", &block(""));
    assert!(
        class.starts_with("on HV1: Set-NetQosTrafficClass -Name 'SMB' -BandwidthPercentage 60, "),
        "{class}"
    );
}

#[test]
fn a_guest_cluster_gets_one_beat_fewer_than_tcp_waits_for() {
    let block = |limit: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
             file: vms\nvm,node,guest_cluster,heartbeat_tolerance_ms\nSQL1,HV1,SQL,400\nfile: policy\nsetting,value\nblackout_limit_ms,{limit}\n"
        )
    };
    let told = |limit: &str| fix("guest-cluster-heartbeat-too-short", &block(limit));
    assert!(told("5000").contains("SameSubnetThreshold = 19, less than the 20 s of TCP together"));
    assert!(told("25000").contains("SameSubnetThreshold = 25; connections of clients may break"));
}

#[test]
fn of_two_ports_without_another_of_the_role_the_idle_one_is_taken() {
    let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
                 file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\nHV1,C,10000\n\
                 file: switches\nnode,switch,nics\nHV1,S1,A;B;C\n\
                 file: host_vnics\nnode,host_vnic,switch,rdma,role,team_mapping\nHV1,LM,S1,yes,live-migration,B\n\
                 HV1,SMB1,S1,yes,storage,A\nHV1,SMB2,S1,yes,storage,A\n";
    let told = fix("rdma-host-vnics-on-one-port", block);
    assert!(
        told.ends_with("-VMNetworkAdapterName 'SMB2' -PhysicalNetAdapterName 'C'"),
        "{told}"
    );
}

#[test]
fn ports_change_places_only_with_their_like_and_make_no_other_group_worse() {
    let block = |rows: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,card,model,rdma,tor,vlans,status,current_role\n\
             HV1,A,25000,S1,CX6,roce,T1,711,up,storage\nHV1,B,25000,S1,CX6,roce,T2,711,up,storage\n{rows}"
        )
    };
    let told = |rows: &str| fix("team-on-one-card", &block(rows));
    let idle = "HV1,C,25000,S2,CX6,roce,T2,711,up,\n";
    assert_eq!(told(idle), "on HV1: use C (card S2) in place of B (card S1)");
    for unlike in [
        "HV1,C,10000,S2,CX6,roce,T2,711,up,\n",
        "HV1,C,25000,S2,X710,roce,T2,711,up,\n",
        "HV1,C,25000,S2,CX6,no,T2,711,up,\n",
        "HV1,C,25000,S2,CX6,roce,T2,711,down,\n",
    ] {
        assert_eq!(
            told(unlike),
            "on HV1: no port of S2 is like B (25 Gbit/s, CX6, RDMA) and can be spared: buy a second card with such ports, and use one \
             of them instead of B",
            "{unlike}"
        );
    }
    // The port on the same physical switch as the one that it stands in for, even if another one is idle.
    let busy = "HV1,C,25000,S2,CX6,roce,T1,10,up,vm:LAN\nHV1,D,25000,S3,CX6,roce,T3,711,up,management\n";
    assert_eq!(
        told(busy),
        "on HV1: let B (card S1) and D (card S3) change places",
        "both groups stay on two physical switches"
    );
    let vlans = "HV1,C,25000,S2,CX6,roce,T2,10,up,management\n";
    assert!(told(vlans).ends_with(" change places, with the VLANs of their ports at the physical switch"));
    let cables = "HV1,C,25000,S2,CX6,roce,T1,711,up,cluster\nHV1,D,25000,S1,CX6,roce,T2,711,up,cluster\n";
    assert!(
        told(cables).starts_with("on HV1: no port of S2 is like B"),
        "cluster would be on one card then: {}",
        told(cables)
    );
    let one_tor = "HV1,C,25000,S2,CX6,roce,T1,711,up,management\n";
    assert_eq!(told(one_tor), "on HV1: let A (card S1) and C (card S2) change places");
}

#[test]
fn two_groups_each_on_one_physical_switch_exchange_two_cables() {
    let block = |rows: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,card,tor,team\n\
             HV1,A,10000,S1,T1,LAN\nHV1,B,10000,S2,T1,LAN\n{rows}"
        )
    };
    let told = |rows: &str| -> Vec<String> {
        let findings = review(&inventory(&block(rows))).into_iter();
        findings
            .filter(|f| f.rule == "team-on-one-tor")
            .map(|f| f.fix)
            .collect()
    };
    let both = told("HV1,C,10000,S1,T2,DMZ\nHV1,D,10000,S2,T2,DMZ\n");
    let one = "on HV1: exchange the cables of B and D, and the VLANs of their ports at the physical switches: team ";
    assert_eq!(
        both,
        [
            format!("{one}LAN is all on the other one"),
            format!("{one}DMZ is all on the other one")
        ]
    );
    let other_card = told("HV1,C,10000,S3,T2,DMZ\nHV1,D,10000,S1,T2,DMZ\n");
    assert!(
        other_card[0].contains("exchange the cables of A and D"),
        "{other_card:?}"
    );
    for unfit in [
        "HV1,C,25000,S1,T2,DMZ\nHV1,D,25000,S2,T2,DMZ\n",
        "HV1,C,10000,S1,T2,DMZ\nHV1,D,10000,S2,T1,DMZ\n",
    ] {
        let fixes = told(unfit);
        assert!(
            fixes
                .iter()
                .any(|fix| fix == "on HV1: recable B to another physical switch"),
            "{unfit}: {fixes:?}"
        );
        assert!(fixes.iter().all(|fix| !fix.contains("exchange")), "{unfit}: {fixes:?}");
    }
}

#[test]
fn of_two_adapters_with_one_address_the_one_that_is_planned_another_gets_that() {
    let block = |bound: &str| {
        format!(
            "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,C1,00-15-5D-00-01-00,00-15-5D-00-01-FF\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nfile: vms\nvm,node,mac_bound\nW1,HV1,{bound}\nW2,HV1,{bound}\n\
             file: vnics\nvm,mac,mac_type\nW1,00-15-5D-00-01-05,dynamic\nW2,00-15-5D-00-01-05,dynamic\n"
        )
    };
    let planned = fix("duplicate-mac", &block("licence"));
    assert_eq!(
        planned,
        "turn the VM off, then: Set-VMNetworkAdapter -ComputerName 'HV1' -VMName 'W2' -Name 'Network Adapter' -StaticMacAddress \
         00155DFF0000"
    );
    assert!(fix("duplicate-mac", &block("")).contains("it draws a new address there"));
}
