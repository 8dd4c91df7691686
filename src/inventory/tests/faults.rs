//! Everything that keeps a file from being read as facts, each told with its place.

use super::{NICS, NODES, cluster, load, problems, show};

#[test]
fn twenty_lines_without_optional_files_are_an_inventory() {
    let cluster = cluster(&[NODES, NICS]);
    assert_eq!(cluster.name, "cluster");
    assert_eq!(cluster.profile.name, "2022");
    assert_eq!(cluster.nodes.iter().map(|n| n.nics.len()).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn all_problems_of_all_files_come_together_in_order() {
    let found = problems(&[
        ("nodes", "node,memory_mib\nHV1,lots\n"),
        ("nics", "node,nic,speed_mbps\nHV1,A,0\nHV9,B,1000\nHV1,,1000\n"),
        ("vms", "vm,node,generation\nSQL,HV2,3\n"),
    ]);
    let expected = [
        "nics.csv:2:3: speed_mbps: '0' is no speed",
        "nics.csv:3:1: there is no node 'HV9' (did you mean 'HV1'?)",
        "nics.csv:4:2: the required cell nic is blank",
        "nodes.csv:2:2: memory_mib: 'lots' is not",
        "vms.csv:2:2: there is no node 'HV2' (did you mean 'HV1'?)",
        "vms.csv:2:3: generation: there is no generation 3",
    ];
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{found}");
    for (line, start) in lines.iter().zip(expected) {
        assert!(line.starts_with(start), "{line}\nexpected {start}");
    }
}

/// One row that is wrong in a table beside a sound pair of nodes, and what is said about it.
fn fault(table: &str, text: &str, said: &str) {
    let nics = if table == "nics" { text } else { NICS.1 };
    let nodes = if table == "nodes" { text } else { NODES.1 };
    let mut files = vec![("nodes", nodes), ("nics", nics)];
    if table != "nics" && table != "nodes" {
        files.push((table, text));
    }
    let found = problems(&files);
    assert!(
        found.starts_with(&format!("{table}.csv:")) && found.contains(said),
        "{table}: {text}\n{found}\nexpected {said}"
    );
}

#[test]
fn unreadable_and_absurd_values_are_problems() {
    fault("nics", "node,nic,speed_mbps\nHV1,A,fast\n", "not a rate");
    fault("nics", "node,nic,speed_mbps\nHV1,A,-10\n", "negative");
    fault(
        "nics",
        "node,nic,speed_mbps\nHV1,A,2 Tbps\n",
        "more than 1000000 Mbit/s",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,vlans\nHV1,A,10G,4095\n",
        "VLAN 4095 does not exist",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,mac\nHV1,A,10G,00-15\n",
        "not a MAC address",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,rdma\nHV1,A,10G,perhaps\n",
        "no kind of RDMA",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,status\nHV1,A,10G,dancing\n",
        "neither up nor down",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,current_role\nHV1,A,10G,lunch\n",
        "no traffic role",
    );
    fault("nodes", "node,memory_mib\nHV1,2 PB\nHV2,1\n", "memory");
    fault("nodes", "node,memory_mib\nHV1,2000000000\nHV2,1\n", "1 PiB");
    fault(
        "nodes",
        "node,mac_pool_min\nHV1,00-15-5D-00-00-00\nHV2,\n",
        "mac_pool_max is blank",
    );
    fault("clusters", "cluster,profile\ncluster,NT 4\n", "no Windows version");
    fault("clusters", "cluster,storage\ncluster,tape\n", "no kind of storage");
    fault("clusters", "cluster,concurrent_migrations\ncluster,0\n", "forbid");
    fault("cluster_networks", "network,cluster_use\nA,2\n", "no cluster use");
    fault("demands", "role,demand_mbps\nvm,100\n", "VM traffic has no demand");
    fault("demands", "role,survive\nstorage,flood\n", "no kind of failure");
    fault(
        "switches",
        "node,switch,type\nHV1,S,round\n",
        "no kind of virtual switch",
    );
    fault("vms", "vm,state\nA,dreaming\n", "no state");
    fault("vms", "vm,priority\nA,urgent\n", "no priority");
    fault("vms", "vm,nlb_cluster,nlb_mode\nA,N,anycast\n", "no NLB mode");
    fault("vms", "vm,nlb_cluster,nlb_ip\nA,N,300.0.0.1\n", "no IPv4 address");
    fault("vms", "vm,nlb_mode\nA,unicast\n", "nlb_cluster is blank");
}

#[test]
fn addresses_and_classes_that_cannot_be_are_problems_and_names_of_hosts_are_not() {
    fault(
        "nodes",
        "node,management_ip\nHV1,10.0.0.300\nHV2,\n",
        "'10.0.0.300' is no IP address",
    );
    fault(
        "nodes",
        "node,migration_subnets\nHV1,10.0.0.0/33\nHV2,\n",
        "'10.0.0.0/33' is no IP address",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,addresses\nHV1,A,10G,10.0.0.256/24\n",
        "'10.0.0.256/24'",
    );
    fault(
        "cluster_networks",
        "network,subnet\nA,10.0.300.0/24\n",
        "'10.0.300.0/24' is no IP address or subnet",
    );
    fault(
        "clusters",
        "cluster,replica_subnet\ncluster,10.0.0.0/40\n",
        "'10.0.0.0/40'",
    );
    fault(
        "clusters",
        "cluster,infrastructure_ip_pool\ncluster,10.0.0.1-10.0.0.999\n",
        "no range of IPv4 addresses",
    );
    fault(
        "nodes",
        "node,qos_policies\nHV1,smbdirect:3;cluster:7\nHV2,\n",
        "write smbdirect=3",
    );
    let fine = cluster(&[
        ("nodes", "node,management_ip\nHV1,hv1.contoso.com\nHV2,fd00::12\n"),
        NICS,
    ]);
    assert_eq!(fine.nodes[0].management_ip, "hv1.contoso.com");
    assert_eq!(fine.nodes[1].management_ip, "fd00::12");
}

#[test]
fn names_that_nothing_has_are_problems_with_a_suggestion() {
    fault(
        "vms",
        "vm,node,possible_owners\nA,HV1,HV1;HV22\n",
        "there is no node 'HV22' (did you mean 'HV2'?)",
    );
    fault("vnics", "vm,vnic\nA,x\n", "there is no VM 'A'");
    fault(
        "switches",
        "node,switch,nics\nHV1,S,A;C\n",
        "there is no NIC 'C' (did you mean 'A'?)",
    );
    fault(
        "host_vnics",
        "node,host_vnic,switch\nHV1,M,S\n",
        "there is no virtual switch 'S'",
    );
    fault("host_vnics", "node,host_vnic\nHV1,M\n", "has 0 external switches");
    fault(
        "inter_switch_links",
        "tor_a,tor_b,speed_mbps\nT1,T2,10G\n",
        "there is no physical switch 'T1'",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,direct_to\nHV1,A,10G,HV2/Z\nHV2,A,10G,\n",
        "there is no NIC 'Z' (did you mean 'A'?)",
    );
    fault(
        "policy",
        "setting,value\ngrowth_procent,1\n",
        "no setting 'growth_procent' (did you mean 'growth_percent'?)",
    );
    fault("vms", "vm,cluster\nA,other\n", "there is no cluster 'other'");
}

#[test]
fn doubled_names_are_problems_whatever_their_case() {
    fault("nodes", "node\nHV1\nhv1\nHV2\n", "'hv1' is there twice: also in line 2");
    fault("nodes", "node\nHV1\nHV1.corp.example\nHV2\n", "twice");
    fault(
        "nics",
        "node,nic,speed_mbps\nHV1,A,1G\nHV1,a,1G\n",
        "'a' is there twice",
    );
    fault("vms", "vm\nSQL\nsql\n", "twice");
    fault("cluster_networks", "network\nN\nn\n", "twice");
    fault("switches", "node,switch\nHV1,S\nHV1,s\n", "twice");
    fault("tors", "tor\nT\nt\n", "twice");
    fault("demands", "role,demand_mbps\nstorage,1\nStorage,2\n", "twice");
    fault("policy", "setting,value\ngrowth_percent,1\nGrowth Percent,2\n", "twice");
}

#[test]
fn contradictions_in_the_cabling_are_problems() {
    fault(
        "nics",
        "node,nic,speed_mbps,tor,direct_to\nHV1,A,1G,T,HV2/A\nHV2,A,1G,,\n",
        "one cable",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,direct_to\nHV1,A,1G,HV1/A\nHV2,A,1G,\n",
        "cabled elsewhere",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,direct_to\nHV1,A,1G,HV2/A\nHV1,B,1G,HV2/A\nHV2,A,1G,\n",
        "cabled elsewhere",
    );
    fault(
        "nics",
        "node,nic,speed_mbps,direct_to\nHV1,A,1G,HV2\nHV2,A,1G,\n",
        "does not name a node and its NIC",
    );
    fault(
        "switches",
        "node,switch,nics\nHV1,S,A\nHV1,T,A\n",
        "two external switches",
    );
    fault(
        "switches",
        "node,switch,type,nics\nHV1,S,private,A\n",
        "bound to no NIC",
    );
}

#[test]
fn policy_values_are_checked() {
    for (row, said) in [
        ("growth_percent,-5", "negative"),
        ("target_utilisation_permille,80", "80 %"),
        ("isolate:management,required", "names no pair"),
        ("isolate:vm|vm,required", "apart from itself"),
        ("isolate:vm|storage,perhaps", "none of no, wish, required"),
        ("survive:lunch,nic", "no traffic role"),
        ("survive:vm,meteor", "no kind of failure"),
        ("rule:legacy-adapter,shout", "no level"),
        ("separate_zones,maybe", "none of no, wish, required"),
        ("survival_first,maybe", "neither yes nor no"),
    ] {
        fault("policy", &format!("setting,value\n{row}\n"), said);
    }
    fault("policy", "setting,value,until\nrule:x,allow,31.13.2027\n", "not a day");
    for (row, level) in [
        ("rule:x,allow,", "allow"),
        ("Rule:x,deny,  ", "deny"),
        ("rule:x,warn,", "warn"),
    ] {
        fault(
            "policy",
            &format!("setting,value,reason\n{row}\n"),
            &format!("{level} of"),
        );
        fault("policy", &format!("setting,value,reason\n{row}\n"), "has no reason");
    }
}

#[test]
fn missing_and_empty_required_tables_are_problems() {
    assert_eq!(problems(&[NODES]), "nics.csv: the table nics is missing");
    assert!(problems(&[NODES, ("nics", "node,nic,speed_mbps\n")]).contains("nics.csv: the table nics has no rows"));
    let unreadable_header = problems(&[NODES, ("nics", "node,nic\nHV1,A\nHV1,B\nHV2,A\n")]);
    assert_eq!(
        unreadable_header,
        "nics.csv:1: the required column speed_mbps is missing"
    );
}

#[test]
fn readable_but_wrong_designs_are_no_problems() {
    let cluster = cluster(&[
        (
            "nodes",
            "node,mac_pool_min,mac_pool_max\nHV1,00-15-5D-00-00-FF,00-15-5D-00-00-00\nHV2,00-15-5D-00-00-FF,00-15-5D-00-00-00\n",
        ),
        NICS,
        ("vms", "vm,node,possible_owners\nA,HV1,HV2\nB,HV1,\n"),
        (
            "vnics",
            "vm,vnic,mac,switch\nA,x,00155D000001,Nowhere\nB,x,00155D000001,\n",
        ),
    ]);
    assert_eq!(cluster.nodes[0].mac_pool.map(|p| p.size()), Some(0));
    assert_eq!(cluster.vms[0].vnics[0].mac, cluster.vms[1].vnics[0].mac);
}

#[test]
fn a_zone_in_the_policy_that_no_vnic_is_in_is_told_with_the_one_that_was_meant() {
    let vms = ("vms", "vm,node\nA,HV1\n");
    let vnics = ("vnics", "vm,vnic,zone\nA,N,DMZ\n");
    let policy = ("policy", "setting,value\nisolate_zone:DMX,required\n");
    let told = problems(&[NODES, NICS, vms, vnics, policy]);
    assert!(
        told.contains("policy.csv:2:1: no vNIC is in zone 'DMX' (did you mean 'DMZ'?)"),
        "{told}"
    );
}

#[test]
fn every_example_of_the_guide_is_read_without_a_problem() {
    let catalogue = crate::inventory::catalogue::TABLES;
    for table in catalogue {
        for column in table.columns {
            let Err(found) = load(&[(table.name, &example(table, column.name))]) else {
                continue;
            };
            let about = found
                .iter()
                .filter(|p| p.what.starts_with(&format!("{}:", column.name)))
                .cloned()
                .collect::<Vec<_>>();
            assert!(about.is_empty(), "{}.{}: {}", table.name, column.name, show(&about));
        }
    }
    for setting in &crate::inventory::catalogue::SETTINGS {
        let text = format!(
            "setting,value,reason\n{},{},agreed\n",
            setting.example.0, setting.example.1
        );
        let vms = ("vms", "vm,node\nA,HV1\n");
        let vnics = ("vnics", "vm,vnic,zone\nA,N,dmz\n");
        cluster(&[NODES, NICS, vms, vnics, ("policy", &text)]);
    }
}

/// A table with one column beside the required ones, filled with the examples.
fn example(table: &crate::inventory::catalogue::Table, wanted: &str) -> String {
    let columns = table.columns.iter().filter(|c| c.required || c.name == wanted);
    let (names, values): (Vec<&str>, Vec<String>) = columns.map(|c| (c.name, format!("\"{}\"", c.example))).unzip();
    format!("{}\n{}\n", names.join(","), values.join(","))
}

#[test]
fn a_table_that_cannot_be_read_brings_no_problems_of_others_with_it() {
    let found = problems(&[("nodes", "name of it\nHV1\n"), NICS, ("vms", "vm,node\nA,HV1\n")]);
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), 2, "{found}");
    assert!(
        lines[0].contains("required column node") && lines[1].contains("unknown column"),
        "{found}"
    );
}
