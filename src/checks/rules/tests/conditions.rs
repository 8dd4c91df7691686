//! Conditions of rules that no pair of inventories on their pages can show, since they need more than one cell or show in an outcome.

use super::outcomes::verdict;
use super::*;

/// Two nodes with a port each, in one cluster of this Windows version.
pub(super) fn two(profile: &str, rest: &str) -> String {
    format!(
        "file: clusters\ncluster,profile\nC1,{profile}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
         file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n{rest}"
    )
}

/// Two nodes of which the first has a pool, with these VMs and their adapters.
pub(super) fn pools(vms: &str, vnics: &str) -> String {
    format!(
        "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,C1,00-15-5D-01-00-00,00-15-5D-01-00-FF\nHV2,C1,,\n\
         file: nics\nnode,nic,speed_mbps,mac\nHV1,A,10000,B0-26-28-00-00-01\nHV2,A,10000,B0-26-28-00-00-02\n\
         file: vms\nvm,node\n{vms}file: vnics\n{vnics}"
    )
}

pub(super) fn assert_speaks(rule: &str, block: &str) {
    let findings = reviewed(block);
    assert!(names(&findings).contains(&rule), "{rule} is silent: {block}");
}

pub(super) fn assert_lacks(rule: &str, block: &str, column: &str) {
    match verdict(rule, block) {
        Verdict::NotChecked(missing) => assert!(missing.contains(&column), "{rule}: {missing:?}"),
        other => panic!("{rule} does not miss {column}: {other:?}\n{block}"),
    }
}

#[test]
fn one_node_has_no_other_to_lose_vms_to_or_to_send_them_to() {
    let one = |clusters: &str, rest: &str| {
        format!(
            "file: clusters\n{clusters}file: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,current_role,addresses\nHV1,A,10000,management,10.0.1.11/24\n\
             HV1,B,10000,live-migration,10.0.3.11/24\n{rest}"
        )
    };
    let vms = one(
        "cluster,profile\nC1,2008r2\n",
        "file: vms\nvm,node,state\nW{1..385},HV1,running\n",
    );
    assert_silent("too-many-vms-after-node-loss", &vms);
    assert!(matches!(
        verdict("too-many-vms-after-node-loss", &vms),
        Verdict::NotApplicable(_)
    ));

    let networks = "file: cluster_networks\ncluster,network,subnet,cluster_use,metric,purpose\n\
                    C1,Client,10.0.1.0/24,3,70000,management\nC1,LM,10.0.3.0/24,1,30000,live-migration\n";
    let order = one("cluster,profile,migration_network_order\nC1,2019,Client;LM\n", networks);
    assert_silent("live-migration-on-client-network", &order);
    assert_silent("migration-takes-other-network", &order);

    let window = "file: policy\ncluster,setting,value\nC1,maintenance_window_minutes,1\n";
    assert_silent(
        "maintenance-window-too-short",
        &one("cluster,profile\nC1,2019\n", window),
    );
}

#[test]
fn the_way_of_live_migration_is_judged_where_it_is_known_and_is_the_cluster_s_own_choice() {
    let block = |roles: [&str; 2], order: &str, subnets: &str| {
        format!(
            "file: clusters\ncluster,profile,migration_network_order\nC1,2019,{order}\n\
             file: nodes\nnode,cluster,any_migration_network,migration_subnets\nHV1,C1,{subnets}\nHV2,C1,{subnets}\n\
             file: nics\nnode,nic,speed_mbps,current_role,addresses\nHV1,A,10000,{0}\nHV1,B,10000,{1}\n\
             HV2,A,10000,{0}\nHV2,B,10000,{1}\n\
             file: cluster_networks\ncluster,network,subnet,cluster_use,metric,purpose\n\
             C1,Client,10.0.1.0/24,3,70000,management\nC1,LM,10.0.3.0/24,1,30000,live-migration\n",
            roles[0], roles[1]
        )
    };
    let known = ["management,10.0.1.11/24", "live-migration,10.0.3.11/24"];
    assert_speaks("migration-takes-other-network", &block(known, "Client;LM", ","));
    assert_silent("migration-takes-other-network", &block([",", ","], "Client;LM", ","));
    assert_silent(
        "migration-takes-other-network",
        &block(known, "LM;Client", "no,10.0.1.0/24"),
    );
}

#[test]
fn addresses_that_differ_from_node_to_node_are_one_way_or_none() {
    let block = |first: &str, second: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,addresses,ipv6_bound\nHV1,A,10000,10.0.1.11/24,{first}\nHV2,A,10000,10.0.1.12/24,{second}\n\
             file: cluster_networks\ncluster,network,subnet\nC1,Cluster,10.0.1.0/24\n"
        )
    };
    assert_speaks("ipv6-bound-on-some-nodes", &block("yes", "no"));
    assert_silent("ipv6-bound-on-some-nodes", &block("no", "no"));
    assert_silent("ipv6-bound-on-some-nodes", &block("yes", "yes"));
}

#[test]
fn a_list_of_migration_networks_is_judged_by_networks_that_are_known() {
    let block = "file: clusters\ncluster,profile,migration_network_order\nC1,2022,Migration\nfile: nodes\nnode,cluster\nHV1,C1\n\
                 file: nics\nnode,nic,speed_mbps\nHV1,A,10000\n";
    assert_silent("migration-list-names-no-network", block);
}

#[test]
fn two_adapters_with_one_address_are_told_once_and_by_one_rule() {
    let vnics = |first: &str, second: &str| format!("vm,mac,mac_type\nW1,{first}\nW2,{second}\n");
    let vms = "W1,HV1\nW2,HV2\n";
    let told = |first: &str, second: &str| pools(vms, &vnics(first, second));
    assert_speaks(
        "duplicate-mac",
        &told("00-15-5D-01-00-01,dynamic", "00-15-5D-01-00-01,dynamic"),
    );
    // An address that no adapter may have is told by invalid-mac.
    assert_silent(
        "duplicate-mac",
        &told("01-15-5D-01-00-01,static", "01-15-5D-01-00-01,static"),
    );
    // That of a port is told by static-mac-equals-nic-mac, if it was given by hand.
    let port = told("B0-26-28-00-00-01,static", "00-15-5D-01-00-02,static");
    assert_silent("duplicate-mac", &port);
    assert_speaks("static-mac-equals-nic-mac", &port);
    assert_speaks(
        "duplicate-mac",
        &told("B0-26-28-00-00-01,dynamic", "00-15-5D-01-00-02,static"),
    );

    let across = "file: nodes\nnode,cluster\nA1,C1\nB1,C2\nfile: nics\nnode,nic,speed_mbps,mac\nA1,A,10000,B0-26-28-00-00-01\n\
                  B1,A,10000,B0-26-28-00-00-01\n";
    let findings = reviewed(across);
    assert_eq!(findings.iter().filter(|f| f.rule == "duplicate-mac").count(), 1);
}

#[test]
fn an_address_that_is_all_zero_is_none() {
    let block = "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,mac\nHV1,A,10000,00-00-00-00-00-00\n\
                 HV1,B,10000,00-00-00-00-00-00\nfile: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,mac,mac_type\nW1,00-00-00-00-00-00,static\n";
    for rule in ["invalid-mac", "duplicate-mac", "static-mac-equals-nic-mac"] {
        assert_silent(rule, block);
    }
}

#[test]
fn nobody_is_blamed_for_an_address_that_was_not_said_to_be_dynamic() {
    let outside =
        |mac_type: &str, cell: &str| pools("W1,HV1\n", &format!("vm,mac{mac_type}\nW1,00-15-5D-02-00-01{cell}\n"));
    assert_speaks("dynamic-mac-outside-pool", &outside(",mac_type", ",dynamic"));
    assert_silent("dynamic-mac-outside-pool", &outside("", ""));
}

#[test]
fn rows_that_leave_a_fact_blank_are_missed() {
    let vnics = "vm,mac,mac_type\nW1,00-15-5D-01-00-01,dynamic\n";
    let block = pools("W1,HV1\n", vnics);
    for rule in ["dynamic-mac-on-clustered-vm", "dynamic-mac-outside-pool"] {
        assert_lacks(rule, &block, "nodes.mac_pool_min");
    }
    for rule in ["mac-pool-overlap", "mac-pool-nearly-full"] {
        assert_lacks(rule, &block, "nodes.mac_pool_min|nodes.management_ip");
    }

    let networks = |rows: &str| {
        two(
            "2022",
            &format!("file: cluster_networks\ncluster,network,subnet,cluster_use,purpose\n{rows}"),
        )
    };
    let blank = networks("C1,A,10.0.1.0/24,3,management\nC1,B,,1,cluster\n");
    assert_lacks("two-networks-same-subnet", &blank, "cluster_networks.subnet");
    let unused = networks("C1,A,10.0.1.0/24,3,management\nC1,B,10.0.2.0/24,,cluster\n");
    assert_lacks(
        "private-network-open-to-clients",
        &unused,
        "cluster_networks.cluster_use",
    );
    let none = networks("C1,A,10.0.1.0/24,0,management\nC1,B,10.0.2.0/24,0,cluster\n");
    assert_eq!(verdict("single-cluster-network", &none), Verdict::Passed);
}

#[test]
fn rules_about_network_atc_are_about_clusters_that_have_intents() {
    let block = |profile: &str, clusters: &str, cell: &str, intents: &str| {
        format!(
            "file: clusters\ncluster,profile{clusters}\nC1,{profile}{cell}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,current_role,intents\nHV1,Port1,10000,management,\nHV2,Port 1,10000,management,\n\
             HV1,Port9,10000,,{intents}\nHV2,Port9,10000,,{intents}\n"
        )
    };
    assert_speaks("nic-names-differ", &block("2025", "", "", "Storage"));
    assert_speaks("nic-names-differ", &block("2025", ",management_intents", ",Mgmt", ""));
    assert_speaks("nic-names-differ", &block("azurelocal", "", "", ""));
    assert_lacks("nic-names-differ", &block("2025", "", "", ""), "nics.intents");
    for none in [
        block("2025", "", "", "none"),
        block("2025", ",management_intents", ",none", ""),
    ] {
        assert!(
            matches!(verdict("nic-names-differ", &none), Verdict::NotApplicable(_)),
            "{none}"
        );
    }
}

#[test]
fn a_port_without_a_model_is_told_by_its_own_name_and_its_switch_port_is_named() {
    let block = "as-of: 2026-05-02\nfile: clusters\ncluster,profile\nC1,2022\nfile: nodes\nnode,cluster\nHV1,C1\n\
                 file: tors\ncluster,tor\nC1,TOR-A\n\
                 file: nics\nnode,nic,speed_mbps,model,driver_provider,driver_date,tor,tor_port,flapping,current_role,status\n\
                 HV1,A,10000,,Contoso,2025-05-01,TOR-A,Eth1/7,yes,storage,up\nHV1,B,10000,,Microsoft,,,,,,up\n\
                 HV1,C,10000,,,,TOR-A,Eth1/8,,cluster,down\n";
    let findings = reviewed(block);
    let text = |rule: &str| {
        let found = findings.iter().find(|f| f.rule == rule);
        found
            .map(|f| format!("{} {}", f.message, f.fix))
            .unwrap_or_else(|| panic!("{rule} is silent"))
    };
    assert!(text("driver-too-old").contains("the driver of A is of"));
    assert!(text("inbox-driver").contains("ports without a model"));
    assert!(text("nic-flapping").contains("then the port Eth1/7 of the physical switch"));
    assert!(text("nic-without-link").contains("transceiver to switch port Eth1/8"));
}

#[test]
fn the_same_name_in_other_letters_is_the_same_for_every_rule() {
    let block = "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
                 file: vms\nvm,node,nlb_cluster,nlb_mode\nM1,HV1,Größe,unicast\nM2,HV2,GRÖSSE,multicast\nM3,HV2,GRÖßE,multicast\n";
    let findings = reviewed(block);
    let told: Vec<&str> = findings
        .iter()
        .filter(|f| f.rule == "nlb-modes-differ")
        .map(|f| f.message.as_str())
        .collect();
    assert_eq!(
        told,
        ["NLB cluster Größe: M3 does not run in unicast as the first member does"]
    );

    let network = "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
                   file: nics\nnode,nic,speed_mbps,cluster_network,ipv6_bound\nHV1,A,10000,ÜBER,yes\nHV2,A,10000,über,no\n\
                   file: cluster_networks\ncluster,network,subnet\nC1,Über,10.0.1.0/24\n";
    assert_speaks("ipv6-bound-on-some-nodes", network);
}

#[test]
fn a_hint_to_change_places_names_an_idle_port_of_the_same_speed_on_another_card() {
    let block = |rows: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,card,team,current_role\n\
             HV1,A,10000,SLOT 1,T,\nHV1,B,10000,SLOT 1,T,\n{rows}"
        )
    };
    let fix = |rows: &str| {
        let found = reviewed(&block(rows))
            .into_iter()
            .find(|f| f.rule == "team-on-one-card");
        found.map(|f| f.fix).expect("the finding")
    };
    assert!(
        fix("HV1,C,10000,SLOT 2,,storage\nHV1,D,10000,SLOT 3,,\n")
            .contains("use D (card SLOT 3) in place of B (card SLOT 1)")
    );
    assert!(fix("HV1,C,10000,SLOT 2,,storage\n").contains("let B (card SLOT 1) and C (card SLOT 2) change places"));
    for unfit in ["HV1,C,1000,SLOT 2,,\n", "HV1,C,10000,SLOT 1,,\n", "HV1,C,10000,,,\n"] {
        assert!(fix(unfit).contains("buy a second card with "), "{unfit}");
    }
    assert!(fix("HV1,C,1000,SLOT 2,,\n").contains("no port of SLOT 2 is like B (10 Gbit/s) and can be spared: buy"));
    assert!(fix("HV1,C,10000,SLOT 1,,\n").contains("no other card is there: buy"));
    assert!(fix("HV1,C,10000,,,\n").contains("no port like B (10 Gbit/s) is known to be on another card (write card"));
}

/// Two changes of places would undo each other.
#[test]
fn two_pairs_on_two_cards_are_told_one_change_of_places() {
    let block = "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,card,team\nHV1,A,10000,SLOT 1,T\n\
                 HV1,B,10000,SLOT 1,T\nHV1,C,10000,SLOT 2,U\nHV1,D,10000,SLOT 2,U\n";
    let findings = reviewed(block);
    let fixes: BTreeSet<&str> = findings
        .iter()
        .filter(|f| f.rule == "team-on-one-card")
        .map(|f| f.fix.as_str())
        .collect();
    let one = "on HV1: let B (card SLOT 1) and C (card SLOT 2) change places";
    assert_eq!(fixes, BTreeSet::from([one]));
    assert_eq!(findings.iter().filter(|f| f.rule == "team-on-one-card").count(), 2);
}

/// Without them the VM would come back into another network, with another address.
#[test]
fn an_adapter_that_replaces_a_legacy_one_keeps_network_vlan_and_static_address() {
    let fix = |vlans: &str, mac: &str| {
        let rest = format!(
            "file: switches\nnode,switch,nics\nHV1,LAN,A\nHV2,LAN,A\nfile: vms\nvm,node,generation,pxe,state\nW1,HV1,1,no,running\n\
             file: vnics\nvm,type,switch,vlans,mac,mac_type\nW1,legacy,LAN,{vlans},{mac}\n"
        );
        let found = reviewed(&two("2012r2", &rest))
            .into_iter()
            .find(|f| f.rule == "legacy-adapter-without-pxe");
        found.map(|f| f.fix).expect("the finding")
    };
    let plain = fix("", ",");
    assert!(
        plain.contains("-SwitchName 'LAN'; the guest") && !plain.contains("VlanId"),
        "{plain}"
    );
    let full = fix("32", "00-15-5D-FF-00-01,static");
    assert!(
        full.contains("-SwitchName 'LAN' -StaticMacAddress 00155DFF0001; Set-VMNetworkAdapterVlan"),
        "{full}"
    );
    assert!(full.contains("-Access -VlanId 32; the guest"), "{full}");
    let trunk = fix("32;33", "00-15-5D-01-00-01,dynamic");
    assert!(
        trunk.contains("-Trunk -AllowedVlanIdList '32,33' -NativeVlanId 0"),
        "{trunk}"
    );
    assert!(!trunk.contains("StaticMacAddress"), "{trunk}");
}
