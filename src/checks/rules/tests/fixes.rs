//! What is to be done names what the inventory holds: ports, subnets, volumes. A placeholder stands only for what nobody wrote down.

use super::*;

/// The fix of the first finding of a rule about a block.
pub(super) fn fix(rule: &str, block: &str) -> String {
    let findings = review(&inventory(block));
    let found = findings.into_iter().find(|f| f.rule == rule);
    found
        .map(|f| f.fix)
        .unwrap_or_else(|| panic!("{rule} is silent: {block}"))
}

#[test]
fn a_host_that_may_use_any_network_is_told_the_subnets_for_live_migration() {
    let block = |networks: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,any_migration_network\nHV1,C1,yes\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nfile: cluster_networks\ncluster,network,subnet,cluster_use,purpose\n{networks}"
        )
    };
    let networks =
        "C1,LM 1,10.0.3.0/24,1,live-migration\nC1,LM 2,10.0.4.0/24,1,live-migration\nC1,LAN,10.0.1.0/24,3,management\n";
    assert_eq!(
        fix("any-migration-network", &block(networks)),
        "on HV1: Add-VMMigrationNetwork -Subnet '10.0.3.0/24'; Add-VMMigrationNetwork -Subnet '10.0.4.0/24'; \
         Set-VMHost -UseAnyNetworkForMigration $false"
    );
    let unknown = fix("any-migration-network", &block("C1,LM 1,,1,live-migration\n"));
    assert!(unknown.contains("list the subnet for live migration"), "{unknown}");
}

#[test]
fn the_gateway_of_management_stays_and_is_named_nowhere_in_the_fix() {
    let block = |role: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,current_role,gateway\nHV1,Mgmt,1000,{role},10.0.1.1\nHV1,LM,10000,live-migration,10.0.3.1\n"
        )
    };
    assert_eq!(
        fix("several-default-gateways", &block("management")),
        "on HV1: Remove-NetRoute -DestinationPrefix 0.0.0.0/0 -InterfaceAlias 'LM'"
    );
    // Nobody may copy a line that takes every gateway away.
    let unknown = fix("several-default-gateways", &block(""));
    assert!(
        unknown.ends_with("'<the adapter>' for all adapters but that of management"),
        "{unknown}"
    );
}

#[test]
fn a_team_of_one_gets_a_free_port_like_its_own_on_another_card_or_none() {
    let block = |rows: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,model,card,team,team_kind,current_role\nHV1,A,10000,X710,S1,LAN,lbfo,\n{rows}"
        )
    };
    let told = |rows: &str| fix("team-of-one", &block(rows));
    let free = "HV1,B,10000,X710,S1,,,\nHV1,C,10000,X710,S2,,,\n";
    assert_eq!(told(free), "on HV1: Add-NetLbfoTeamMember -Name 'C' -Team 'LAN'");
    assert!(told("HV1,B,10000,X710,S1,,,\n").contains("-Name 'B' "));
    for unfit in [
        "HV1,B,25000,X710,S2,,,\n",
        "HV1,B,10000,E810,S2,,,\n",
        "HV1,B,10000,X710,S2,,,storage\n",
        "HV1,B,10000,X710,S2,DMZ,vendor,\n",
    ] {
        assert!(told(unfit).contains("no port like A is free"), "{unfit}");
    }
}

#[test]
fn a_set_keeps_the_ports_of_the_model_that_most_of_them_have() {
    let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
                 file: nics\nnode,nic,speed_mbps,model\nHV1,A,10000,E810\nHV1,B,10000,X710\nHV1,C,10000,x710\n\
                 file: switches\nnode,switch,nics,embedded_teaming\nHV1,S1,A;B;C,yes\n";
    let told = fix("set-members-differ", block);
    assert!(
        told.ends_with("keep ports of X710: drain HV1, then Set-VMSwitchTeam -ComputerName 'HV1' -Name 'S1' -NetAdapterName 'B','C', which replaces the whole list"),
        "{told}"
    );
}

#[test]
fn a_switch_is_made_on_a_free_port_and_where_none_is_free_no_command_is_offered() {
    let block = |role: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,current_role\nHV1,A,10000,vm:LAN\nHV2,A,10000,{role}\n\
             file: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,switch\nW1,LAN\n"
        )
    };
    let told = |role: &str| fix("vm-switch-missing-on-node", &block(role));
    assert!(told("").starts_with("New-VMSwitch -ComputerName 'HV2' -Name 'LAN' -NetAdapterName 'A' "));
    let none = told("storage");
    assert!(
        none.starts_with("no port of HV2 is free for LAN") && !none.contains("New-VMSwitch"),
        "{none}"
    );
}

#[test]
fn disks_move_to_a_shared_volume_that_is_known() {
    let block = |rows: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
             file: vms\nvm,node,clustered,volume,volume_kind\nW1,HV1,yes,D:\\VMs,local\n{rows}"
        )
    };
    let told = |rows: &str| fix("clustered-vm-on-local-volume", &block(rows));
    let csv = r"W2,HV2,yes,C:\ClusterStorage\Volume2,csv";
    assert!(
        told(csv).ends_with(r"-Name 'W1' -DestinationStoragePath 'C:\ClusterStorage\Volume2'"),
        "{}",
        told(csv)
    );
    assert!(told("").ends_with(r"C:\ClusterStorage\<volume>"), "{}", told(""));
}

#[test]
fn members_of_teams_are_named_in_the_command_that_takes_them_out() {
    let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
                 file: nics\nnode,nic,speed_mbps,rdma,sriov,team,team_kind\nHV1,A,10000,roce,yes,LAN,lbfo\n\
                 HV1,B,10000,roce,no,LAN,lbfo\nHV1,C,10000,,yes,LAN,lbfo\n";
    let rdma = fix("rdma-in-lbfo-team", block);
    assert!(
        rdma.contains("Remove-NetLbfoTeamMember -CimSession 'HV1' -Name 'A','B' -Team 'LAN'"),
        "{rdma}"
    );
    let sriov = fix("sriov-in-lbfo-team", block);
    assert!(
        sriov.contains("Remove-NetLbfoTeamMember -CimSession 'HV1' -Name 'A','C' -Team 'LAN'"),
        "{sriov}"
    );
}

#[test]
fn no_fix_takes_every_port_out_of_a_team() {
    let block = |profile: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,{profile}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,model,rdma,sriov,team,team_kind,current_role\nHV1,A,10000,X,roce,yes,LAN,lbfo,management\n\
             HV1,B,10000,X,roce,yes,LAN,lbfo,management\nfile: switches\nnode,switch,nics\nHV1,S1,LAN\n"
        )
    };
    let (rdma, sriov) = (
        fix("rdma-in-lbfo-team", &block("2012r2")),
        fix("sriov-in-lbfo-team", &block("2012r2")),
    );
    for told in [&rdma, &sriov] {
        assert!(!told.contains("Remove-NetLbfoTeamMember"), "{told}");
        assert!(told.contains("cuts off virtual switch S1"), "{told}");
    }
    assert!(
        rdma.contains("Disable-NetAdapterRdma -CimSession 'HV1' -Name 'A'"),
        "{rdma}"
    );
    assert!(
        sriov.starts_with("Disable-NetAdapterSriov -CimSession 'HV1' -Name 'A','B'"),
        "{sriov}"
    );
    // From 2016 on the team gives way to SET, which keeps RDMA: the switch is made again.
    let newer = fix("rdma-in-lbfo-team", &block("2019"));
    assert!(
        newer.starts_with("drain HV1, then $vnics = ")
            && newer.contains("; Remove-VMSwitch ")
            && newer.contains("-EnableEmbeddedTeaming $true"),
        "{newer}"
    );
}

#[test]
fn who_asks_for_sriov_in_vain_is_told_how_to_ask_no_longer_before_a_switch_is_made_again() {
    let block = |sriov: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,sriov\nHV1,A,10000,{sriov}\nfile: switches\nnode,switch,nics,iov,bandwidth_mode\nHV1,S1,A,no,weight\n\
             file: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,switch,iov_weight\nW1,S1,100\n"
        )
    };
    let told = |sriov: &str| fix("sriov-vnic-on-switch-without-sriov", &block(sriov));
    let quiet = "Set-VMNetworkAdapter -ComputerName 'HV1' -VMName 'W1' -Name 'Network Adapter' -IovWeight 0";
    let can = told("yes");
    assert!(
        can.starts_with(quiet) && can.contains("-EnableIov $true -MinimumBandwidthMode Weight"),
        "{can}"
    );
    let cannot = told("no");
    assert!(
        cannot.starts_with(quiet) && cannot.contains("HV1/A") && !cannot.contains("Remove-VMSwitch"),
        "{cannot}"
    );
}

#[test]
fn a_missing_vlan_is_asked_for_on_every_port_that_lacks_it() {
    let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\n\
                 file: nics\nnode,nic,speed_mbps,vlans\nHV1,A,10000,10\nHV1,B,10000,10;30\nHV1,C,10000,10\n\
                 file: switches\nnode,switch,nics\nHV1,S1,A;B;C\nfile: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,switch,vlans\nW1,S1,30\n";
    assert_eq!(
        fix("vm-vlan-missing-on-node", block),
        "add VLAN 30 to the trunk of HV1/A on its physical switch port and HV1/C on its physical switch port"
    );
}

#[test]
fn the_mtu_of_most_interfaces_stays_and_the_odd_one_changes() {
    let block = |mtus: [u64; 3]| {
        let row = |(node, mtu): (usize, u64)| format!("HV{node},A,10000,storage,{mtu}\n");
        let rows: String = (1..).zip(mtus).map(row).collect();
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nHV3,C1\n\
             file: nics\nnode,nic,speed_mbps,current_role,mtu\n{rows}"
        )
    };
    let told = |mtus: [u64; 3]| fix("mtu-differs", &block(mtus));
    let small = told([9000, 1500, 1500]);
    assert!(
        small.starts_with("Set-NetAdapterAdvancedProperty -CimSession 'HV1' -Name 'A' -RegistryKeyword '*JumboPacket' -RegistryValue 1514,"),
        "{small}"
    );
    let large = told([9000, 1500, 9000]);
    assert!(
        large.contains("'HV2'") && large.contains("9014,") && !large.contains("'HV1'"),
        "{large}"
    );
    let tie = told([9000, 1500, 4000]);
    assert!(
        tie.contains("9014,") && tie.contains("'HV2'") && tie.contains("'HV3'"),
        "{tie}"
    );
}

#[test]
fn interfaces_that_send_small_packets_are_named_and_those_that_send_large_ones_stay() {
    let block = |nodes: usize| {
        // The nodes from 2 on that send small packets are fewer than the others.
        let all: Vec<usize> = (1..2 * nodes).collect();
        let each = |of: &dyn Fn(usize) -> String| all.iter().map(|node| of(*node)).collect::<String>();
        let mtu = |node: usize| if (2..=nodes).contains(&node) { 1500 } else { 9000 };
        format!(
            "file: nodes\nnode,cluster\n{}file: nics\nnode,nic,speed_mbps,current_role,mtu\n{}",
            each(&|node| format!("HV{node},C1\n")),
            each(&|node| format!("HV{node},SMB 1,10000,storage,{}\n", mtu(node)))
        )
    };
    let set = |node: &str| {
        format!(
            "Set-NetAdapterAdvancedProperty -CimSession '{node}' -Name 'SMB 1' -RegistryKeyword '*JumboPacket' -RegistryValue 9014"
        )
    };
    let tail = ", as on the others, and the same at the physical switches; an adapter restarts with it: drain the node first, one adapter after the other";
    assert_eq!(fix("mtu-differs", &block(2)), format!("{}{tail}", set("HV2")));
    let two = format!("{}; {}", set("HV2"), set("HV3"));
    assert_eq!(fix("mtu-differs", &block(3)), format!("{two}{tail}"));
    assert_eq!(
        fix("mtu-differs", &block(4)),
        format!("{two}; the same for the other one{tail}")
    );
    assert_eq!(
        fix("mtu-differs", &block(5)),
        format!("{two}; the same for 2 others{tail}")
    );
}

#[test]
fn an_adapter_goes_to_the_only_switch_of_the_kind_that_its_host_has() {
    let block = |switches: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\n\
             file: switches\nnode,switch,type,nics\n{switches}file: vms\nvm,node,state\nWEB1,HV1,running\nWEB2,HV1,running\n\
             file: vnics\nvm,vnic,switch\nWEB1,NIC,LAN\nWEB2,NIC,\n"
        )
    };
    let one = fix("vnic-not-connected", &block("HV1,LAN,external,A\nHV1,Lab,internal,\n"));
    assert!(one.contains("-SwitchName 'LAN',"), "{one}");
    let two = fix("vnic-not-connected", &block("HV1,LAN,external,A\nHV1,DMZ,external,B\n"));
    assert!(two.contains("-SwitchName <switch>,"), "{two}");
}

#[test]
fn a_list_of_the_host_gets_the_network_in_the_place_of_a_subnet_that_no_network_has() {
    let block = |listed: &str, old: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,migration_subnets\nHV1,C1,{listed}\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nfile: cluster_networks\ncluster,network,subnet,cluster_use,purpose\n\
             C1,LM,10.0.3.0/24,1,live-migration\nC1,Cluster,{old},1,cluster\n"
        )
    };
    let told = |listed: &str, old: &str| fix("migration-subnets-miss-network", &block(listed, old));
    let replaced = "on HV1: Set-VMMigrationNetwork -Subnet '10.0.4.0/24' -NewSubnet '10.0.3.0/24'";
    let added = "on HV1: Add-VMMigrationNetwork -Subnet '10.0.3.0/24'";
    assert_eq!(told("10.0.4.0/24", "10.0.2.0/24"), replaced);
    assert_eq!(told("10.0.2.0/24;10.0.4.0/24", "10.0.2.0/24"), replaced);
    assert_eq!(told("10.0.2.0/24", "10.0.2.0/24"), added);
    assert_eq!(told("10.0.4.0/24", ""), added, "it may be that of the cluster network");
}

#[test]
fn who_moves_vms_over_the_network_of_clients_is_told_the_cause_and_how_to_keep_them_off_it() {
    let block = |order: &str, excluded: &str| {
        format!(
            "file: clusters\ncluster,profile,migration_network_order,migration_exclude_networks\nC1,2019,{order},{excluded}\n\
             file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,current_role,addresses\nHV1,A,10000,management,10.0.1.11/24\n\
             HV1,B,10000,cluster,10.0.3.11/24\nHV2,A,10000,management,10.0.1.12/24\nHV2,B,10000,cluster,10.0.3.12/24\n\
             file: cluster_networks\ncluster,network,subnet,cluster_use,purpose\nC1,LAN,10.0.1.0/24,3,management\n\
             C1,LM,10.0.3.0/24,1,cluster\nC1,Old,10.0.7.0/24,0,\n"
        )
    };
    let told = fix("live-migration-on-client-network", &block("LAN;LM", "Old"));
    assert_eq!(
        told,
        "Get-ClusterResourceType -Cluster 'C1' -Name 'Virtual Machine' | Set-ClusterParameter -Name MigrationNetworkOrder -Value \
         (@((Get-ClusterNetwork -Cluster 'C1' -Name 'LM').Id, (Get-ClusterNetwork -Cluster 'C1' -Name 'LAN').Id) -join ';') \
         (nicplan path shows each pair); once no pair takes LAN any more: Get-ClusterResourceType -Cluster 'C1' -Name 'Virtual Machine' | Set-ClusterParameter -Name \
         MigrationExcludeNetworks -Value (@((Get-ClusterNetwork -Cluster 'C1' -Name 'Old').Id, (Get-ClusterNetwork -Cluster 'C1' -Name \
         'LAN').Id) -join ';')"
    );
}

#[test]
fn several_nodes_become_possible_owners_in_the_plural() {
    let block = |owners: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,memory_mib\nHV1,C1,65536\nHV2,C1,65536\nHV3,C1,65536\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nfile: vms\nvm,node,memory_mib,possible_owners\nW1,HV1,1024,{owners}\n"
        )
    };
    let told = |owners: &str| fix("vms-without-home-after-node-loss", &block(owners));
    assert!(
        told("HV1").starts_with("make HV2 and HV3 possible owners of W1, too ("),
        "{}",
        told("HV1")
    );
}

#[test]
fn priorities_and_shares_are_those_of_the_node() {
    let block = |speed: u32, policies: &str, classes: &str, pfc: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,qos_policies,traffic_classes,pfc_priorities\n\
             HV1,C1,{policies},{classes},{pfc}\nfile: nics\nnode,nic,speed_mbps,rdma,current_role\nHV1,SMB1,{speed},roce,storage\n\
             HV1,MGMT,1000,no,management\n"
        )
    };
    let policy = |policies: &str, classes: &str| fix("no-smb-direct-policy", &block(25_000, policies, classes, "4"));
    assert!(policy("SMB=4;Cluster=7", "Storage=4:50").ends_with("-PriorityValue8021Action 4"));
    assert!(policy("Cluster=7", "SMB=5:50").ends_with("-PriorityValue8021Action 5"));
    assert!(policy("Cluster=7", "Storage=4:50").ends_with("-PriorityValue8021Action 3"));
    let flow = fix("roce-without-dcb", &block(25_000, "SMB Direct=4", "SMB=4:50", "none"));
    assert!(flow.ends_with("Enable-NetQosFlowControl -Priority 4"), "{flow}");
    let class = fix("roce-without-dcb", &block(25_000, "SMB Direct=4", "none", "4"));
    assert!(class.contains("-Name SMB -Priority 4 "), "{class}");
    for (speed, share) in [(10_000, "2"), (25_000, "1")] {
        let none = fix(
            "no-cluster-traffic-class",
            &block(speed, "SMB Direct=3", "SMB=3:50", "3"),
        );
        assert!(none.contains(&format!("-BandwidthPercentage {share} ")), "{none}");
        let large = fix(
            "cluster-traffic-class-too-large",
            &block(speed, "SMB Direct=3", "SMB=3:50;Cluster=7:9", "3"),
        );
        assert!(large.ends_with(&format!("-BandwidthPercentage {share}")), "{large}");
    }
}

/// Nobody looks for a free port where the switch is there under a name that only looks the same.
#[test]
fn a_switch_whose_name_only_looks_the_same_is_renamed_and_not_made_again() {
    let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
                 file: nics\nnode,nic,speed_mbps,current_role\nHV1,A,10000,vm:External\nHV2,A,10000,vm:Ext\u{435}rnal\n\
                 file: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,switch\nW1,External\n";
    let rename = "Rename-VMSwitch -ComputerName 'HV2' -Name 'Ext\u{435}rnal' -NewName 'External'";
    assert_eq!(fix("vm-switch-missing-on-node", block), rename);
    assert_eq!(fix("switch-names-differ", block), rename);
    let findings = review(&inventory(block));
    let told = findings
        .iter()
        .find(|f| f.rule == "switch-names-differ")
        .expect("it trips");
    assert!(
        told.message.ends_with("sign 4 is Cyrillic '\u{435}' (U+0435), not 'e'"),
        "{}",
        told.message
    );
}

/// Names that look alike belong together, whatever their order.
#[test]
fn of_several_odd_switches_each_gets_the_name_that_it_looks_like() {
    let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nHV3,C1\n\
                 file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\nHV3,A,10000\nfile: switches\nnode,switch,type\n\
                 HV1,Backup,external\nHV1,DMZ,external\nHV2,Backup,external\nHV2,DMZ,external\nHV3,Alt,external\nHV3,B\u{430}ckup,external\n";
    let findings = review(&inventory(block));
    let told = findings.iter().filter(|f| f.rule == "switch-names-differ");
    let pairs: Vec<(&str, &str)> = told.map(|f| (f.current.as_str(), f.expected.as_str())).collect();
    assert_eq!(pairs, [("Alt", "DMZ"), ("B\u{430}ckup", "Backup")]);
}

/// A pool that nobody read is not written over.
#[test]
fn pools_that_are_only_assumed_are_read_before_one_is_changed() {
    let block = |pool: &str| {
        format!(
            "file: nodes\nnode,cluster,management_ip,mac_pool_min,mac_pool_max\nHV1,C1,10.1.0.11,{pool}\nHV2,C1,10.2.0.11,\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n"
        )
    };
    let both = fix("mac-pool-cloned", &block(","));
    assert!(
        both.starts_with(
            "Get-VMHost -ComputerName 'HV1','HV2' | Select-Object Name, MacAddressMinimum, MacAddressMaximum; if they are so: Set-VMHost"
        ),
        "{both}"
    );
    let one = fix("mac-pool-cloned", &block("00-15-5D-00-0B-00,00-15-5D-00-0B-FF"));
    assert!(one.starts_with("Get-VMHost -ComputerName 'HV2' | "), "{one}");
}

/// A VM on a switch that ends at its host gains nothing by another owner alone.
#[test]
fn a_vm_on_an_internal_switch_gets_an_external_one_before_it_gets_owners() {
    let block = |kind: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
             file: switches\nnode,switch,type\nHV1,Lab,{kind}\nHV2,Lab,{kind}\nfile: vms\nvm,node,possible_owners\nW1,HV1,HV1\n\
             file: vnics\nvm,switch\nW1,Lab\n"
        )
    };
    let told = |kind: &str| fix("vms-without-home-after-node-loss", &block(kind));
    assert!(told("private").starts_with("first give W1 a VLAN of its own on an external switch in place of Lab"));
    assert!(
        told("external").starts_with("make HV2 a possible owner"),
        "{}",
        told("external")
    );
}
