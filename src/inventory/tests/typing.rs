//! What people really type: values with two readings, units left out, names misspelt once among many.

use super::{NICS, NODES, load, problems, show};

/// Notes of files that are right.
fn notes(files: &[(&str, &str)]) -> Vec<String> {
    let inventory = load(files).unwrap_or_else(|problems| panic!("{}", show(&problems)));
    inventory.notes
}

#[test]
fn a_speed_with_a_thousands_mark_is_refused_at_its_cell() {
    let nics = "node,nic,speed_mbps\nHV1,A,10.000\nHV2,A,\"25,000\"\n";
    let found = problems(&[NODES, ("nics", nics)]);
    assert!(
        found.starts_with("nics.csv:2:3: speed_mbps: '10.000' can be read in two ways: 10000 (10 Gbit/s)"),
        "{found}"
    );
    assert!(
        found.contains("\nnics.csv:3:3: ") && found.contains("25000 (25 Gbit/s)"),
        "{found}"
    );
}

#[test]
fn memory_and_speeds_without_their_unit_are_noted_with_cell_reading_and_remedy() {
    let nodes = "node,memory_mib\nHV1,512\nHV2,512 GB\n";
    let nics = "node,nic,speed_mbps\nHV1,A,10\nHV1,B,10G\nHV2,A,12000\nHV2,B,10000\n";
    let vms = "vm,node,memory_mib,maximum_memory_mib\nA,HV1,8,16\nB,HV1,8192,16384\n";
    let links = "tor_a,tor_b,speed_mbps\nT1,T2,40\n";

    let told = notes(&[("nodes", nodes), ("nics", nics), ("vms", vms)]);
    let starts = [
        "nics.csv:2:3: speed_mbps: '10' is read as 10 Mbit/s; if 10 Gbit/s is meant, write 10G",
        "nics.csv:4:3: speed_mbps: '12000' is read as 12 Gbit/s, which is no usual speed",
        "nodes.csv:2:2: memory_mib: '512' is read as 512 MiB, which is very little for a node; if 512 GB is meant, write 512 GB",
        "vms.csv:2:3: memory_mib: '8' is read as 8 MiB, which is very little for a VM",
        "vms.csv:2:4: maximum_memory_mib: '16' is read as 16 MiB",
    ];
    let mut sorted = told.clone();
    sorted.sort();
    assert_eq!(sorted.len(), starts.len(), "{told:#?}");
    for (note, start) in sorted.iter().zip(starts) {
        assert!(note.starts_with(start), "{note}\nexpected {start}");
    }

    // the page of a plan lists them too: the console is soon forgotten
    let inventory = load(&[("nodes", nodes), ("nics", nics), ("vms", vms)]).expect("it can be read");
    let doubted =
        |a: &&crate::inventory::Assumption| a.missing == "whether the value of memory_mib is meant, nodes.csv:2:2";
    let listed = inventory.assumptions.iter().find(doubted).expect("it is listed");
    assert!(listed.taken.starts_with("'512' is read as 512 MiB"), "{}", listed.taken);

    let tors = "node,nic,speed_mbps,tor\nHV1,A,10G,T1\nHV2,A,10G,T2\n";
    let told = notes(&[NODES, ("nics", tors), ("inter_switch_links", links)]);
    assert!(
        told.iter().any(|note| note.starts_with("inter_switch_links.csv:2:3: ")),
        "{told:?}"
    );
}

#[test]
fn usual_values_are_read_without_a_note() {
    let nodes = "node,memory_mib\nHV1,262144\nHV2,256 GB\n";
    let vms = "vm,node,memory_mib\nA,HV1,512\nB,HV2,\n";
    assert_eq!(notes(&[("nodes", nodes), NICS, ("vms", vms)]), Vec::<String>::new());
}

#[test]
fn a_whole_column_in_the_wrong_unit_is_told_five_times_and_counted() {
    let rows: String = (0..40).map(|n| format!("VM{n},HV1,4\n")).collect();
    let told = notes(&[NODES, NICS, ("vms", &format!("vm,node,memory_mib\n{rows}"))]);
    assert_eq!(told.len(), 6, "{told:?}");
    assert_eq!(
        told.last().map(String::as_str),
        Some("the column memory_mib holds 35 more such cells")
    );
}

#[test]
fn one_misspelt_cluster_name_among_many_is_no_second_cluster() {
    let nodes = "node,cluster\nHV1,HVCLUSTER\nHV2,HVCLUSTER\nHV3,HVCLUTSER\n";
    let nics = "node,nic,speed_mbps\nHV1,A,10G\nHV2,A,10G\nHV3,A,10G\n";
    let found = problems(&[("nodes", nodes), ("nics", nics)]);
    assert_eq!(
        found,
        "nodes.csv:4:2: 'HVCLUTSER' would be a cluster of its own (did you mean 'HVCLUSTER'?)"
    );

    let listed = ("clusters", "cluster,profile\nHVCLUSTER,2022\n");
    let found = problems(&[listed, ("nodes", nodes), ("nics", nics)]);
    assert_eq!(
        found,
        "nodes.csv:4:2: the cluster 'HVCLUTSER' does not stand in clusters (did you mean 'HVCLUSTER'?)"
    );
}

#[test]
fn clusters_that_are_listed_numbered_or_named_apart_stay_clusters() {
    let nics = "node,nic,speed_mbps\nHV1,A,10G\nHV2,A,10G\nHV3,A,10G\n";
    let nodes = |odd: &str| format!("node,cluster\nHV1,HVCLUSTER\nHV2,HVCLUSTER\nHV3,{odd}\n");
    let both = ("clusters", "cluster\nHVCLUSTER\nHVCLUTSER\n");
    assert_eq!(
        notes(&[both, ("nodes", &nodes("HVCLUTSER")), ("nics", nics)]),
        Vec::<String>::new()
    );

    let numbered = notes(&[("nodes", &nodes("HVCLUSTER2")), ("nics", nics)]);
    assert!(
        numbered.len() == 1
            && numbered[0].starts_with("nodes.csv:4:2: cluster: 'HVCLUSTER2' is taken for another cluster"),
        "{numbered:?}"
    );
    assert_eq!(
        notes(&[("nodes", &nodes("BACKUP")), ("nics", nics)]),
        Vec::<String>::new()
    );
    let unlisted = notes(&[
        ("clusters", "cluster\nHVCLUSTER\n"),
        ("nodes", &nodes("BACKUP")),
        ("nics", nics),
    ]);
    assert!(
        unlisted.len() == 1 && unlisted[0].contains("'BACKUP' does not stand in clusters"),
        "{unlisted:?}"
    );
}

#[test]
fn without_nodes_only_their_absence_is_told() {
    let rest: [(&str, &str); 7] = [
        ("clusters", "cluster\nPROD\n"),
        NICS,
        ("vms", "vm,node,cluster,possible_owners\nA,HV1,PROD,HV1;HV2\n"),
        ("vnics", "vm,vnic\nA,x\n"),
        ("switches", "node,switch,nics\nHV1,S,A\n"),
        ("host_vnics", "node,host_vnic\nHV1,M\n"),
        ("inter_switch_links", "tor_a,tor_b,speed_mbps\nT1,T2,10G\n"),
    ];
    assert_eq!(problems(&rest), "nodes.csv: the table nodes is missing");
}

#[test]
fn without_nics_only_their_absence_is_told() {
    let files = [
        NODES,
        ("switches", "node,switch,nics\nHV1,S,A\n"),
        ("host_vnics", "node,host_vnic\nHV1,M\n"),
    ];
    assert_eq!(problems(&files), "nics.csv: the table nics is missing");
}

#[test]
fn every_fault_of_the_policy_is_told_at_once_and_with_those_of_the_inventory() {
    let policy = "setting,value,until\n,\ngrowth_procent,1,soon\nsurvive:lunch,meteor,\nisolate:vm|storage,perhaps,\n\
                  isolate:vm|storage,required,\nrule:x,shout,31/12/2027\n";
    let found = problems(&[("nodes", "node,memory_mib\nHV1,lots\nHV2,\n"), NICS, ("policy", policy)]);
    let expected = [
        "nodes.csv:2:2: memory_mib",
        "policy.csv:3:1: there is no setting 'growth_procent'",
        "policy.csv:3:3: until: 'soon' is not a day",
        "policy.csv:4:1: 'lunch' is no traffic role",
        "policy.csv:4:2: survive:lunch: 'meteor' is no kind of failure",
        "policy.csv:5:2: isolate:vm|storage: 'perhaps' is none of",
        "policy.csv:6:1: the setting isolate:vm|storage is there twice",
        "policy.csv:7:2: rule:x: 'shout' is no level",
        "policy.csv:7:3: until: '31/12/2027' may be read as day/month",
    ];
    let lines: Vec<&str> = found.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{found}");
    for (line, start) in lines.iter().zip(expected) {
        assert!(line.starts_with(start), "{line}\nexpected {start}");
    }
}

#[test]
fn a_policy_row_of_an_unknown_cluster_is_judged_as_well() {
    let policy = "cluster,setting,value\nOTHER,growth_percent,much\n";
    let found = problems(&[NODES, NICS, ("policy", policy)]);
    let lines: Vec<&str> = found.lines().collect();
    assert!(
        lines.len() == 2
            && lines[0].contains("no cluster 'OTHER'")
            && lines[1].contains("'much' is not a whole number"),
        "{found}"
    );
}
