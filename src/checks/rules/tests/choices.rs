//! Of two things that clash, the one that has to change is told: that which a plan changes.

use super::*;

/// Nodes HV1 and HV2 of these clusters with one pool, and a VM with dynamic addresses on the node named.
fn cloned(clusters: [&str; 2], at: &str) -> String {
    let [first, second] = clusters;
    format!(
        "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,{first},00-15-5D-01-00-00,00-15-5D-01-00-FF\n\
         HV2,{second},00-15-5D-01-00-00,00-15-5D-01-00-FF\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
         file: vms\nvm,node,possible_owners\nW1,{at},{at}\nfile: vnics\nvm,vnic,mac,mac_type\nW1,A,00-15-5D-01-00-01,dynamic\n\
         W1,B,00-15-5D-01-00-02,dynamic\n"
    )
}

#[test]
fn of_two_nodes_with_one_pool_that_with_fewer_adapters_gives_way() {
    for (at, gives_way) in [("HV1", "HV2"), ("HV2", "HV1")] {
        assert_eq!(
            subjects("mac-pool-cloned", &cloned(["C1", "C1"], at)),
            [gives_way],
            "VMs on {at}"
        );
    }
}

#[test]
fn of_two_clusters_with_one_pool_the_node_with_fewer_adapters_gives_way_and_it_alone() {
    for (at, gives_way) in [("HV1", "HV2"), ("HV2", "HV1")] {
        let block = cloned(["C1", "C2"], at);
        assert_eq!(
            subjects("mac-pool-overlaps-other-cluster", &block),
            [gives_way],
            "VMs on {at}"
        );
        assert_eq!(
            subjects("mac-pool-cloned", &block),
            Vec::<String>::new(),
            "another rule speaks of one cluster"
        );
    }
}

#[test]
fn one_cluster_has_no_other() {
    let alone = outcomes::verdict("mac-pool-overlaps-other-cluster", &cloned(["C1", "C1"], "HV1"));
    assert!(matches!(alone, Verdict::NotApplicable(_)), "{alone:?}");
}

#[test]
fn pools_that_all_have_to_change_are_told_in_the_order_of_the_clusters() {
    // Both hold the first address of the range that static addresses are kept in, so neither stays in a plan.
    let block = cloned(["C1", "C2"], "HV1").replace(
        "00-15-5D-01-00-00,00-15-5D-01-00-FF",
        "02-BF-01-00-00-00,02-BF-01-00-00-FF",
    );
    assert_eq!(
        subjects("mac-pool-overlaps-other-cluster", &block),
        Vec::<String>::new(),
        "such pools give nothing"
    );
    let three = "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,C1,00-15-5D-01-00-00,00-15-5D-01-00-FF\n\
                 HV2,C2,00-15-5D-01-00-00,00-15-5D-01-00-FF\nHV3,C3,00-15-5D-01-00-00,00-15-5D-01-00-FF\n\
                 file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\nHV3,A,10000\n";
    assert_eq!(subjects("mac-pool-overlaps-other-cluster", three), ["HV2", "HV3"]);
    let findings = review(&inventory(three));
    let last = findings
        .iter()
        .find(|f| f.subject == "HV3" && f.rule.starts_with("mac-"))
        .map(|f| f.message.as_str());
    assert_eq!(
        last,
        Some("the dynamic MAC pool of HV3 overlaps that of HV1 (C1) and HV2 (C2)")
    );
}
