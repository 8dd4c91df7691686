//! What a fix does to a host in production: what it cuts off for a while, what has to be there first, what it must not take away.

use super::fixes::fix;
use super::*;

/// Two nodes, the first with these ports (name, speed, model, team, kind of team, role) and a virtual switch.
fn host(profile: &str, nics: &str, switch: &str) -> String {
    format!(
        "file: clusters\ncluster,profile\nC1,{profile}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
         file: nics\nnode,nic,speed_mbps,model,team,team_kind,current_role\n{nics}file: switches\nnode,switch,nics,embedded_teaming\n{switch}"
    )
}

#[test]
fn a_port_of_the_right_speed_joins_a_team_before_the_odd_ones_leave_it() {
    let team = "HV1,A,25000,E810,LAN,lbfo,\nHV1,B,10000,X710,LAN,lbfo,\n";
    let told = |free: &str| fix("team-mixed-speed", &host("2019", &format!("{team}{free}"), ""));
    assert_eq!(
        told("HV1,C,25000,E810,,,\n"),
        "keep ports of 25 Gbit/s (A): drain HV1, then Add-NetLbfoTeamMember -CimSession 'HV1' -Name 'C' -Team 'LAN'; \
         Remove-NetLbfoTeamMember -CimSession 'HV1' -Name 'B' -Team 'LAN'"
    );
    for unfit in ["", "HV1,C,25000,E810,,,storage\n", "HV1,C,10000,E810,,,\n"] {
        let told = told(unfit);
        assert!(
            told.contains("put a port like A in the place of B") && !told.contains("Remove-"),
            "{told}"
        );
    }
    // Those of which there are most stay, however slow.
    let most = told("HV1,C,10000,X710,LAN,lbfo,\n");
    assert_eq!(
        most,
        "keep ports of 10 Gbit/s (B and C): drain HV1, then Remove-NetLbfoTeamMember -CimSession 'HV1' -Name 'A' -Team 'LAN'"
    );
}

#[test]
fn a_set_gets_its_new_list_in_one_step() {
    let nics = "HV1,A,25000,E810,,,\nHV1,B,10000,X710,,,\nHV1,C,25000,E810,,,\n";
    let told = |rule: &str| fix(rule, &host("2019", nics, "HV1,S1,A;B,yes\n"));
    let set = "drain HV1, then Set-VMSwitchTeam -ComputerName 'HV1' -Name 'S1' -NetAdapterName 'A','C', which replaces the whole list";
    assert_eq!(told("team-mixed-speed"), format!("keep ports of 25 Gbit/s (A): {set}"));
    assert_eq!(told("set-members-differ"), format!("keep ports of E810: {set}"));
}

#[test]
fn a_team_that_carries_more_than_iscsi_is_not_removed() {
    let block = |role: &str| {
        host(
            "2019",
            &format!("HV1,A,10000,X710,SAN,lbfo,{role}\nHV1,B,10000,X710,SAN,lbfo,storage\n"),
            "",
        )
        .replace("cluster,profile\nC1,2019", "cluster,profile,storage\nC1,2019,iscsi")
    };
    let told = |role: &str| fix("iscsi-on-team", &block(role));
    let alone = told("storage");
    let (mpio, remove) = (
        alone.find("Enable-MSDSMAutomaticClaim"),
        alone.find("Remove-NetLbfoTeam "),
    );
    assert!(mpio.is_some() && mpio < remove, "MPIO comes first: {alone}");
    let shared = told("management;storage");
    assert!(
        shared.contains("leave SAN to Management and give iSCSI two other ports") && !shared.contains("Remove-"),
        "{shared}"
    );
}

#[test]
fn a_team_with_ports_of_its_own_loses_the_host_vnic_alone() {
    let told = |second: &str| {
        let nics = format!("HV1,vEthernet (A),10000,,Mgmt,lbfo,\nHV1,{second},10000,,Mgmt,lbfo,\n");
        fix("host-vnic-in-team", &host("2019", &nics, ""))
    };
    let keeps = told("NIC1");
    assert!(
        keeps.contains("Remove-NetLbfoTeamMember -Name 'vEthernet (A)' -Team 'Mgmt'"),
        "{keeps}"
    );
    let goes = told("vEthernet (B)");
    assert!(
        goes.contains("write down the addresses of Mgmt, then Remove-NetLbfoTeam -Name 'Mgmt'"),
        "{goes}"
    );
}

#[test]
fn a_port_that_carries_something_is_not_given_to_a_switch() {
    let told = |role: &str| {
        let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
                     file: nics\nnode,nic,speed_mbps,current_role\nHV1,A,10000,vm:LAN\nHV2,A,10000,ROLE\n\
                     file: switches\nnode,switch,type\nHV1,LAN,external\nHV2,LAN,internal\n";
        fix("switch-types-differ", &block.replace("ROLE", role))
    };
    assert!(
        told("").contains("-NetAdapterName 'A' (the port that HV1 uses)"),
        "{}",
        told("")
    );
    assert!(
        told("management").contains("-NetAdapterName <free port of HV2>"),
        "{}",
        told("management")
    );
}

#[test]
fn dcb_stays_where_rdma_needs_it() {
    let told = |rdma: &str| {
        let block = format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,traffic_classes\nHV1,C1,SMB=3:50\n\
             file: nics\nnode,nic,speed_mbps,qos,rdma\nHV1,A,25000,yes,{rdma}\n\
             file: switches\nnode,switch,nics,embedded_teaming,bandwidth_mode\nHV1,S1,A,no,weight\n\
             file: host_vnics\nnode,host_vnic,switch,weight\nHV1,H1,S1,20\n"
        );
        fix("dcb-and-weights", &block)
    };
    assert!(
        told("no").contains("or turn DCB off: Disable-NetAdapterQos -Name 'A'"),
        "{}",
        told("no")
    );
    assert!(!told("roce").contains("Disable-NetAdapterQos"), "{}", told("roce"));
}

/// Whoever pastes such a line into a window in the middle of the day knows what it does.
#[test]
fn every_fix_that_restarts_an_adapter_says_so_and_what_to_do_first() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for rule in RULES.iter() {
        for (_, _, block) in all_blocks(rule) {
            for finding in reviewed(block) {
                let fix = &finding.fix;
                let restarts = [
                    "Set-NetAdapterAdvancedProperty -",
                    "Enable-NetAdapterR",
                    "Disable-NetAdapterR",
                    "Set-NetAdapter -",
                ];
                if restarts.iter().any(|cmdlet| fix.contains(cmdlet)) {
                    seen += 1;
                    if !(fix.contains("an adapter restarts with it")
                        && ["drain", "maintenance window", "VMs"]
                            .iter()
                            .any(|word| fix.contains(word)))
                    {
                        wrong.push(format!("{}: {fix}", finding.rule));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 10, "{seen} fixes restart an adapter");
}

/// Where no other node can take the VMs nobody is told to drain, and 2008 R2 has no drain.
#[test]
fn only_a_host_with_others_beside_it_is_drained() {
    let nics = "HV1,A,25000,E810,,,\nHV1,B,10000,X710,,,\nHV1,C,25000,E810,,,\n";
    let two = host("2019", nics, "HV1,S1,A;B,yes\n");
    let one = two.replace("HV2,C1\n", "");
    let told = |block: &str| fix("set-members-differ", block);
    assert!(
        told(&two).contains("drain HV1, then Set-VMSwitchTeam"),
        "{}",
        told(&two)
    );
    let alone = "shut down the VMs of HV1 in a maintenance window (no other node can take them), then Set-VMSwitchTeam";
    assert!(told(&one).contains(alone), "{}", told(&one));

    let vlan = |block: &str| fix("team-kind-unavailable", block);
    let teamed = host("2008r2", "HV1,A,1000,X,LAN,lbfo,\nHV1,B,1000,X,LAN,lbfo,\n", "");
    assert!(
        vlan(&teamed).starts_with("on HV1, with the VMs moved off: "),
        "{}",
        vlan(&teamed)
    );
    let single = vlan(&teamed.replace("HV2,C1\n", ""));
    assert!(
        single.contains("in a maintenance window with its VMs shut down"),
        "{single}"
    );

    let restart = |block: &str| fix("half-duplex", block);
    let slow = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
                file: nics\nnode,nic,speed_mbps,full_duplex\nHV1,A,1000,no\n";
    assert!(
        restart(slow).contains(": drain the node first, one adapter"),
        "{}",
        restart(slow)
    );
    let single = restart(&slow.replace("HV2,C1\n", ""));
    assert!(
        single.contains("do it in a maintenance window (no other node can take the VMs)"),
        "{single}"
    );
}

/// The cluster keeps a network between its nodes, and live migration the one that it is ordered onto.
#[test]
fn the_cluster_leaves_a_storage_network_only_where_it_has_another_one() {
    let block = |order: &str, cluster_use: u8| {
        format!(
            "file: clusters\ncluster,profile,storage,migration_network_order\nC1,2019,smb,{order}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nfile: cluster_networks\ncluster,network,subnet,cluster_use,purpose\n\
             C1,LAN,10.0.1.0/24,3,management\nC1,Cluster,10.0.2.0/24,{cluster_use},cluster\nC1,SMB,10.0.9.0/24,1,storage\n"
        )
    };
    let told = |order: &str, cluster_use: u8| fix("storage-network-used-by-cluster", &block(order, cluster_use));
    assert_eq!(told("", 1), "(Get-ClusterNetwork -Cluster 'C1' -Name 'SMB').Role = 0");
    assert!(told("", 0).starts_with("give the cluster another network between the nodes first"));
    assert!(told("smb", 1).starts_with("put another network in its place in MigrationNetworkOrder first"));
    assert!(!told("Cluster", 1).contains("MigrationNetworkOrder"));
}

#[test]
fn where_no_speed_is_there_on_every_node_nobody_is_told_to_take_the_same_one() {
    let block = |other: u32| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps,current_role\nHV1,A,10000,cluster\nHV1,B,{other},\n\
             HV2,A,1000,cluster\n"
        )
    };
    let told = |other: u32| fix("role-speed-differs", &block(other));
    assert!(
        told(10_000).starts_with("no speed is there on every node"),
        "{}",
        told(10_000)
    );
    assert!(
        told(1_000).contains("(every node has ports of 1 Gbit/s)"),
        "{}",
        told(1_000)
    );
}
