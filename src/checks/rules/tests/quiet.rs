//! What looks like a fault and is right: Windows does these by itself.

use super::*;

/// Two nodes with the adapter that the cluster makes, one of them with the address that a real cluster had: 02-BF is the first of
/// NLB unicast.
#[test]
fn no_rule_speaks_of_the_adapter_that_the_cluster_makes_for_itself() {
    let block = "file: clusters\ncluster,profile,storage\nC1,2022,smb\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
         file: nics\nnode,nic,speed_mbps,mac,addresses,current_role,status\n\
         HV1,A,10000,0C-42-A1-00-00-01,10.0.0.1/24,management,up\nHV1,B,10000,0C-42-A1-00-00-02,10.0.1.1/24,cluster,up\n\
         HV1,Microsoft Failover Cluster Virtual Adapter,10000,02-BF-3A-11-22-33,169.254.1.7/16,,up\n\
         HV2,A,10000,0C-42-A1-00-00-03,10.0.0.2/24,management,up\nHV2,B,10000,0C-42-A1-00-00-04,10.0.1.2/24,cluster,up\n\
         HV2,Microsoft Failover Cluster Virtual Adapter,10000,02-35-3A-11-22-34,169.254.2.7/16,,up\n";
    let findings = review(&inventory(block));
    let about = findings.iter().filter(|f| {
        let words = [&f.subject, &f.message, &f.current];
        words
            .iter()
            .any(|w| w.contains("Failover Cluster") || w.contains("02-BF") || w.contains("169.254"))
    });
    assert_eq!(about.collect::<Vec<_>>(), Vec::<&Finding>::new());
}

/// A report of Test-Cluster often does not say whether disks are in the nodes or on a file server.
#[test]
fn a_storage_network_is_no_fault_while_nobody_says_what_storage_there_is() {
    let block = |storage: &str| {
        format!(
            "file: clusters\ncluster,profile,storage\nC1,2022,{storage}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,rdma\nHV1,A,25000,roce\nHV2,A,25000,roce\n\
             file: cluster_networks\ncluster,network,subnet,cluster_use,purpose\nC1,SMB1,10.71.1.0/24,1,storage\n"
        )
    };
    assert_silent("storage-network-used-by-cluster", &block(""));
    let findings = review(&inventory(&block("smb")));
    assert!(names(&findings).contains(&"storage-network-used-by-cluster"));
}

/// Nobody may copy a cmdlet with a name that nobody gave.
#[test]
fn the_fix_for_a_cluster_without_a_name_has_a_placeholder() {
    let block = |header: &str, cell: &str| {
        format!(
            "file: clusters\n{header}profile,storage\n{cell}2022,iscsi\nfile: nodes\nnode\nHV1\nHV2\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
             file: cluster_networks\nnetwork,subnet,cluster_use,purpose\niSCSI,10.71.1.0/24,1,storage\n"
        )
    };
    let fix = |block: &str| {
        let findings = review(&inventory(block));
        let found = findings
            .into_iter()
            .find(|f| f.rule == "storage-network-used-by-cluster");
        found.map(|f| f.fix).expect("the finding")
    };
    assert!(fix(&block("", "")).contains("-Cluster <name of the cluster> "));
    assert!(fix(&block("cluster,", "C1,")).contains("-Cluster 'C1' "));
}

/// Of several host vNICs the first takes over the port's address, the others draw from the host's pool.
#[test]
fn host_vnics_with_the_ports_address_and_with_addresses_of_the_pool_are_right() {
    let block = "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,C1,00-15-5D-00-0E-00,00-15-5D-00-0E-FF\n\
         file: nics\nnode,nic,speed_mbps,mac\nHV1,A,25000,0C-42-A1-00-00-01\nHV1,B,25000,0C-42-A1-00-00-02\n\
         file: switches\nnode,switch,nics,embedded_teaming\nHV1,SET,A;B,yes\n\
         file: host_vnics\nnode,host_vnic,switch,mac\nHV1,Management,SET,0C-42-A1-00-00-01\n\
         HV1,SMB1,SET,00-15-5D-00-0E-00\nHV1,SMB2,SET,00-15-5D-00-0E-01\n";
    let findings = review(&inventory(block));
    let mac = |f: &&Finding| find(f.rule).is_some_and(|rule| rule.family == "mac");
    assert_eq!(findings.iter().filter(mac).collect::<Vec<_>>(), Vec::<&Finding>::new());
}

/// Ports of these roles do not talk from node to node, so that the slower end sets no pace.
#[test]
fn ports_of_different_speed_matter_only_where_nodes_talk_to_each_other() {
    let block = |role: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps,status,current_role\n\
             HV1,A,10000,up,{role}\nHV2,A,1000,up,{role}\n"
        )
    };
    for role in ["management", "vm", "replica"] {
        assert_silent("role-speed-differs", &block(role));
    }
    let findings = review(&inventory(&block("cluster")));
    assert!(names(&findings).contains(&"role-speed-differs"));
}

/// A VM that never started draws its address then.
#[test]
fn an_adapter_that_never_had_an_address_is_outside_no_pool() {
    let block = |mac: &str| {
        format!(
            "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,C1,00-15-5D-01-00-00,00-15-5D-01-00-FF\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nfile: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,mac,mac_type\nW1,{mac},dynamic\n"
        )
    };
    assert_silent("dynamic-mac-outside-pool", &block("00-00-00-00-00-00"));
    let findings = review(&inventory(&block("00-15-5D-02-00-01")));
    assert!(names(&findings).contains(&"dynamic-mac-outside-pool"));
}

#[test]
fn a_host_vnic_may_have_the_address_of_the_port_below_it() {
    let block = |switch: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,mac\nHV1,A,10000,0C-42-A1-00-00-01\n\
             HV1,B,10000,0C-42-A1-00-00-02\nfile: switches\nnode,switch,nics\nHV1,S1,A\nHV1,S2,B\n\
             file: host_vnics\nnode,host_vnic,switch,mac\nHV1,Management,{switch},0C-42-A1-00-00-01\n"
        )
    };
    assert_silent("duplicate-mac", &block("S1"));

    let findings = review(&inventory(&block("S2")));

    assert!(
        names(&findings).contains(&"duplicate-mac"),
        "on another port's switch it is a fault"
    );
}

#[test]
fn members_of_a_team_may_show_one_address() {
    assert_silent(
        "duplicate-mac",
        "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,mac,team\nHV1,A,10000,0C-42-A1-00-00-01,T\n\
         HV1,B,10000,0C-42-A1-00-00-01,T\n",
    );
}

#[test]
fn unicast_members_may_have_the_address_of_their_cluster() {
    let block = "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
         file: vms\nvm,node,nlb_cluster,nlb_mode,nlb_ip\nM1,HV1,W,unicast,10.0.5.50\nM2,HV2,W,unicast,10.0.5.50\n\
         file: vnics\nvm,mac,mac_type,spoofing\nM1,02-BF-0A-00-05-32,static,yes\nM2,02-BF-0A-00-05-32,static,yes\n";
    assert_silent("duplicate-mac", block);
    assert_silent("reserved-mac-prefix", block);
}

#[test]
fn both_sides_of_a_replicated_vm_may_have_one_address() {
    assert_silent(
        "duplicate-mac",
        "file: nodes\nnode,cluster\nHV1,C1\nHV9,C2\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV9,A,10000\n\
         file: vms\nvm,cluster,node,state,replica\nW1,C1,HV1,running,yes\nW1,C2,HV9,off,yes\n\
         file: vnics\nvm,cluster,mac,mac_type\nW1,C1,00-15-5D-FF-00-01,static\nW1,C2,00-15-5D-FF-00-01,static\n",
    );
}

#[test]
fn a_pool_that_no_longer_matches_the_address_of_its_host_is_no_fault() {
    let findings = review(&inventory(
        "file: nodes\nnode,cluster,management_ip,mac_pool_min,mac_pool_max\n\
         HV1,C1,10.0.0.14,00-15-5D-00-0D-00,00-15-5D-00-0D-FF\n\
         HV2,C1,10.0.0.13,00-15-5D-00-0C-00,00-15-5D-00-0C-FF\n\
         file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV1,B,10000\nHV2,A,10000\nHV2,B,10000\n",
    ));

    assert_eq!(findings, []);
}

#[test]
fn the_cluster_may_use_the_storage_networks_of_s2d_and_azure_local() {
    for (profile, storage) in [("2022", "s2d"), ("azurelocal", "s2d"), ("azurelocal", "smb")] {
        assert_silent(
            "storage-network-used-by-cluster",
            &format!(
                "file: clusters\ncluster,profile,storage\nC1,{profile},{storage}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
                 file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
                 file: cluster_networks\ncluster,network,subnet,cluster_use,purpose\nC1,SMB1,10.71.1.0/24,1,storage\n"
            ),
        );
    }
}

#[test]
fn a_converged_switch_may_be_shared_with_the_host() {
    assert_silent(
        "no-switch-reserved-for-vms",
        "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,25000\nHV1,B,25000\n\
         file: switches\nnode,switch,nics,allow_management_os\nHV1,SET,A;B,yes\n",
    );
}

#[test]
fn what_the_inventory_does_not_say_about_nlb_members_is_no_fault() {
    let block = "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
         file: vms\nvm,node,nlb_cluster,nlb_mode\nM1,HV1,W,unicast\nM2,HV2,W,unicast\n";
    for rule in [
        "nlb-unicast-without-spoofing",
        "nlb-unicast-dynamic-mac",
        "nlb-members-without-anti-affinity",
    ] {
        assert_silent(rule, block);
    }
}

#[test]
fn a_switch_that_differs_in_upper_and_lower_case_is_the_same() {
    let block = "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
         file: switches\nnode,switch,nics\nHV1,External-1,A\nHV2,external-1,A\nfile: vms\nvm,node\nW1,HV1\n\
         file: vnics\nvm,switch\nW1,External-1\n";
    assert_silent("vm-switch-missing-on-node", block);
    assert_silent("switch-names-differ", block);
}

/// The option of the host decides how it moves VMs, also where nothing is known of the cluster's.
#[test]
fn rss_matters_to_a_port_with_rdma_where_its_host_compresses() {
    let block = |option: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,live_migration_transport\nHV1,C1,{option}\n\
             file: nics\nnode,nic,speed_mbps,current_role,rdma,rss,status\nHV1,LM1,25000,live-migration,roce,no,up\n"
        )
    };
    assert_eq!(subjects("rss-off", &block("compression")), ["LM1"]);
    assert_silent("rss-off", &block("smb"));
}

/// Both ends must allow the network, so the list of one is the cause in both directions.
#[test]
fn a_list_that_misses_the_network_at_one_end_is_told_once_for_both_directions() {
    let block = "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster,migration_subnets,any_migration_network\n\
                 HV1,C1,10.0.1.0/24,no\nHV2,C1,10.0.2.0/24,no\nfile: nics\nnode,nic,speed_mbps,current_role,addresses\n\
                 HV1,NIC1,10000,management,10.0.1.11/24\nHV1,NIC2,10000,live-migration,10.0.2.11/24\n\
                 HV2,NIC1,10000,management,10.0.1.12/24\nHV2,NIC2,10000,live-migration,10.0.2.12/24\n\
                 file: cluster_networks\ncluster,network,subnet,cluster_use,purpose\nC1,Management,10.0.1.0/24,3,management\n\
                 C1,LM,10.0.2.0/24,1,live-migration\n";
    assert_eq!(subjects("migration-subnets-miss-network", block), ["HV1"]);
    assert_silent("live-migration-on-client-network", block);
}

/// A network of management over both sites, and networks of their own for the rest.
fn two_sites(nodes_a_site: usize) -> String {
    let nodes: Vec<(usize, usize)> = (1..=2)
        .flat_map(|site| (1..=nodes_a_site).map(move |n| (site, n)))
        .collect();
    let rows = |row: &dyn Fn(usize, usize) -> String| -> String { nodes.iter().map(|(s, n)| row(*s, *n)).collect() };
    format!(
        "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\n{}file: nics\nnode,nic,speed_mbps,current_role,addresses\n{}\
         file: cluster_networks\ncluster,network,subnet,cluster_use,purpose\nC1,Management,10.0.0.0/24,3,management\n\
         C1,LM-1,10.1.2.0/24,1,live-migration\nC1,LM-2,10.2.2.0/24,1,live-migration\n",
        rows(&|site, n| format!("P{site}{n},C1\n")),
        rows(&|site, n| format!(
            "P{site}{n},Mgmt,1000,management,10.0.0.{site}{n}/24\nP{site}{n},LM,10000,live-migration,10.{site}.2.1{n}/24\n"
        )),
    )
}

#[test]
fn sites_that_share_management_alone_have_networks_of_their_own_and_no_fault() {
    let rules = [
        "cluster-network-missing-on-node",
        "migration-takes-other-network",
        "live-migration-on-client-network",
    ];
    for rule in rules {
        assert_silent(rule, &two_sites(2));
    }
    // Of two nodes one may as well have a wrong address.
    assert_eq!(
        subjects("cluster-network-missing-on-node", &two_sites(1)),
        ["LM-1", "LM-2"]
    );
}

/// One fault of the cluster's list, told by the rule that knows the network for live migration.
#[test]
fn a_list_of_the_cluster_that_leads_to_clients_is_told_once() {
    let block = |order: &str| {
        format!(
            "file: clusters\ncluster,profile,migration_network_order\nC1,2019,{order}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,current_role,addresses\n\
             HV1,NIC1,10000,management,10.0.1.11/24\nHV1,NIC2,10000,live-migration,10.0.2.11/24\n\
             HV2,NIC1,10000,management,10.0.1.12/24\nHV2,NIC2,10000,live-migration,10.0.2.12/24\n\
             file: cluster_networks\ncluster,network,subnet,cluster_use,metric,purpose\nC1,Management,10.0.1.0/24,3,70000,management\n\
             C1,LM,10.0.2.0/24,1,30000,live-migration\n"
        )
    };
    assert_eq!(
        subjects("migration-takes-other-network", &block("Management;LM")),
        ["HV1 and HV2"]
    );
    assert_silent("live-migration-on-client-network", &block("Management;LM"));
    assert_silent("migration-takes-other-network", &block("LM;Management"));
}
