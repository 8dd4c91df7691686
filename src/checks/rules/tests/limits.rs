//! Values that stand exactly at a limit, and things that a rule must not count.

use super::conditions::{assert_lacks, assert_speaks, pools, two};
use super::outcomes::verdict;
use super::*;

/// The first inventory of the page that trips the rule.
fn tripping(rule: &str) -> Inventory {
    inventory(fenced(find(rule).expect("the rule").page, "trips"))
}

fn found(rule: &str, facts: &Inventory) -> Option<Finding> {
    review(facts).into_iter().find(|f| f.rule == rule)
}

/// The number at the start of `583 s or more`.
fn number(text: &str) -> u64 {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a number")
}

#[test]
fn a_drain_that_takes_exactly_what_is_asked_for_is_in_time() {
    let mut facts = tripping("drain-goal-out-of-reach");
    let seconds = found("drain-goal-out-of-reach", &facts)
        .map(|f| number(&f.current))
        .expect("the finding");
    for (goal, late) in [(seconds, false), (seconds - 1, true)] {
        facts.clusters[0].policy.drain_goal_s = Some(goal);
        assert_eq!(found("drain-goal-out-of-reach", &facts).is_some(), late, "{goal}");
    }
}

#[test]
fn a_pause_that_is_exactly_what_the_policy_bears_is_borne() {
    let mut facts = tripping("guest-changes-memory-too-fast");
    let pause = found("guest-changes-memory-too-fast", &facts)
        .map(|f| number(&f.current))
        .expect("the finding");
    for (limit, told) in [(pause, false), (pause - 1, true)] {
        facts.clusters[0].policy.blackout_limit_ms = limit;
        assert_eq!(
            found("guest-changes-memory-too-fast", &facts).is_some(),
            told,
            "{limit}"
        );
    }
}

#[test]
fn a_guest_that_changes_memory_exactly_as_fast_as_it_is_sent_never_comes_to_an_end() {
    // 883 Mbit/s carry 838 Mbit/s of memory, as much as 100 MiB/s are.
    let block = |dirty: u32| {
        let rest = format!(
            "file: vms\nvm,node,state,memory_mib,dirty_mib_s,working_set_mib\nW1,HV1,running,65536,{dirty},65536\n"
        );
        two("2012", &rest)
            .replace(
                "node,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000",
                "node,nic,speed_mbps,current_role\nHV1,A,883,live-migration\nHV2,A,883,live-migration",
            )
            .replace(
                "cluster,profile\nC1,2012",
                "cluster,profile,live_migration_transport\nC1,2012,tcp",
            )
    };
    assert_speaks("guest-changes-memory-too-fast", &block(100));
    assert_silent("guest-changes-memory-too-fast", &block(99));
}

#[test]
fn a_pool_is_nearly_full_from_four_addresses_of_five() {
    let block = |adapters: usize| {
        format!(
            "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,C1,00-15-5D-01-00-00,00-15-5D-01-00-09\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,10000\nfile: vms\nvm,node\nW{{1..{adapters}}},HV1\n\
             file: vnics\nvm,mac_type\nW{{1..{adapters}}},dynamic\n"
        )
    };
    assert_speaks("mac-pool-nearly-full", &block(8));
    assert_silent("mac-pool-nearly-full", &block(7));
    let unsaid = block(8)
        .replace("vm,mac_type\n", "vm,name\n")
        .replace(",dynamic", ",LAN");
    assert_lacks("mac-pool-nearly-full", &unsaid, "vnics.mac_type");
}

#[test]
fn a_pool_that_can_give_no_address_clashes_with_none() {
    let block = "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nHV1,C1,02-BF-01-00-00-00,02-BF-01-00-00-FF\n\
                 HV2,C1,02-BF-01-00-00-00,02-BF-01-00-00-FF\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
                 file: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,mac,mac_type\nW1,00-15-5D-02-00-01,dynamic\n";
    assert_speaks("mac-pool-inverted", block);
    for rule in ["mac-pool-overlap", "mac-pool-cloned", "dynamic-mac-outside-pool"] {
        assert_silent(rule, block);
    }
    let one = pools("W1,HV1\n", "vm,mac\nW1,00-15-5D-01-00-01\n")
        .replace("HV2,C1,,\n", "")
        .replace("HV2,A,10000,B0-26-28-00-00-02\n", "");
    assert!(matches!(verdict("mac-pool-overlap", &one), Verdict::NotApplicable(_)));
}

#[test]
fn ports_of_a_switch_or_team_hold_no_address_of_the_host() {
    let block = |switch: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,addresses,gateway\nHV1,A,10000,10.0.1.11/24,none\n\
             HV1,B,10000,,\nfile: switches\nnode,switch,nics\nHV1,S1,{switch}\n"
        )
    };
    assert_speaks("no-default-gateway", &block("B"));
    assert_silent("no-default-gateway", &block("A"));

    let shared = |team: &str, first: &str, second: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2012r2\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps,addresses,team\nHV1,A,10000,{first},{team}\nHV1,B,10000,{second},{team}\n"
        )
    };
    assert_speaks("adapters-share-subnet", &shared("", "10.0.1.11/24", "10.0.1.12/24"));
    assert_silent("adapters-share-subnet", &shared("T", "10.0.1.11/24", "10.0.1.12/24"));
    assert_silent("adapters-share-subnet", &shared("", "fe80::1/64", "fe80::2/64"));
}

#[test]
fn a_card_or_switch_that_one_port_does_not_name_is_missed_unless_the_others_differ() {
    let block = |cells: [&str; 3]| {
        let rows: Vec<String> = ["A", "B", "C"]
            .iter()
            .zip(cells)
            .map(|(nic, cell)| format!("HV1,{nic},10000,{cell},T\n"))
            .collect();
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: tors\ncluster,tor\nC1,X\nC1,Y\nfile: nics\nnode,nic,speed_mbps,CELL,team\n{}",
            rows.concat()
        )
    };
    for (rule, column) in [("team-on-one-card", "card"), ("team-on-one-tor", "tor")] {
        let named = |cells| block(cells).replace("CELL", column);
        assert_lacks(
            rule,
            &named(["X", "X", ""]),
            if column == "card" { "nics.card" } else { "nics.tor" },
        );
        assert_eq!(verdict(rule, &named(["X", "Y", ""])), Verdict::Passed, "{rule}");
    }
}

#[test]
fn a_team_under_a_switch_is_told_once() {
    let block = "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,card,team\nHV1,A,10000,SLOT 1,T\nHV1,B,10000,SLOT 1,T\n\
                 file: switches\nnode,switch,nics\nHV1,S1,A;B\n";
    let findings = reviewed(block);
    assert_eq!(findings.iter().filter(|f| f.rule == "team-on-one-card").count(), 1);
}

#[test]
fn members_of_another_nlb_cluster_are_flooded_like_anybody_else() {
    let rest = "file: switches\nnode,switch,nics\nHV1,LAN,A\nHV2,LAN,A\nfile: vms\nvm,node,nlb_cluster,nlb_mode\nM1,HV1,Shop,unicast\n\
                M2,HV2,Shop,unicast\nN1,HV1,Mail,multicast\nfile: vnics\nvm,switch,vlans\nM1,LAN,20\nM2,LAN,20\nN1,LAN,VLAN\n";
    assert_speaks("nlb-unicast-vlan-shared", &two("2022", &rest.replace("VLAN", "20")));
    assert_silent("nlb-unicast-vlan-shared", &two("2022", &rest.replace("VLAN", "21")));
    let unsaid = "file: vms\nvm,node,nlb_cluster,nlb_mode\nM1,HV1,Shop,unicast\nM2,HV2,Shop,unicast\n";
    assert_silent("nlb-unicast-single-vnic", &two("2022", unsaid));
}

#[test]
fn a_faster_team_can_promise_the_sum_of_its_ports() {
    let block = |speed: u32| {
        format!(
            "file: clusters\ncluster,profile\nC1,2012r2\nfile: nodes\nnode,cluster\nHV1,C1\n\
             file: nics\nnode,nic,speed_mbps\nHV1,A,{speed}\nHV1,B,{speed}\n\
             file: switches\nnode,switch,nics,bandwidth_mode\nHV1,S1,A;B,absolute\n\
             file: host_vnics\nnode,host_vnic,switch,minimum_mbps\nHV1,Management,S1,{}\n",
            speed * 3 / 2
        )
    };
    assert_silent("minimum-bandwidth-above-link", &block(10_000));
    assert_speaks("minimum-bandwidth-above-link", &block(1_000));
}

#[test]
fn weights_and_classes_begin_with_2012() {
    for rule in ["host-vnic-without-weight", "dcb-and-weights"] {
        assert_severities(rule, &[("2012", Severity::Warning)]);
        let mut facts = tripping(rule);
        facts.clusters[0].profile = profiles::find("2008r2").expect("the profile");
        assert!(found(rule, &facts).is_none(), "{rule}");
    }
}

#[test]
fn a_fault_on_several_nodes_is_told_in_the_plural() {
    let block = "file: clusters\ncluster,profile\nC1,2012\nfile: nodes\nnode,cluster,chimney\nHV1,C1,enabled\nHV2,C1,enabled\n\
                 file: nics\nnode,nic,speed_mbps,team,team_kind\nHV1,A,10000,T,lbfo\nHV1,B,10000,T,lbfo\nHV2,A,10000,T,lbfo\nHV2,B,10000,T,lbfo\n";
    let message = found("chimney-with-team", &inventory(block))
        .map(|f| f.message)
        .expect("the finding");
    assert!(message.ends_with("on HV1 and HV2, which have LBFO teams"), "{message}");
}

#[test]
fn a_limit_of_live_migration_matters_where_ports_carry_it() {
    let mut facts = tripping("smb-limit-is-default");
    assert!(found("smb-limit-is-default", &facts).is_some());
    for nic in facts.clusters[0].nodes.iter_mut().flat_map(|node| &mut node.nics) {
        nic.roles.clear();
    }
    assert!(found("smb-limit-is-default", &facts).is_none());
}

#[test]
fn of_two_networks_with_one_subnet_management_stays_where_it_is() {
    let subject = |first: &str, second: &str| {
        let rest = format!(
            "file: cluster_networks\ncluster,network,subnet,cluster_use,purpose\nC1,{first},10.0.1.0/24,3,{first}\n\
             C1,{second},10.0.1.0/24,1,{second}\n"
        );
        found("two-networks-same-subnet", &inventory(&two("2022", &rest))).map(|f| f.subject)
    };
    assert_eq!(subject("management", "cluster").as_deref(), Some("cluster"));
    assert_eq!(subject("cluster", "management").as_deref(), Some("cluster"));
    assert_eq!(subject("cluster", "live-migration").as_deref(), Some("live-migration"));
}

#[test]
fn a_single_node_has_no_patch_night() {
    let mut facts = tripping("maintenance-window-too-short");
    facts.clusters[0].policy.maintenance_window_minutes = Some(1);
    assert!(found("maintenance-window-too-short", &facts).is_some());
    facts.clusters[0].nodes.truncate(1);
    facts.clusters[0].vms.clear();
    assert!(found("maintenance-window-too-short", &facts).is_none());
}

#[test]
fn a_finding_points_at_the_cell_that_says_so() {
    let file = |clusters: &str, nodes: &str| {
        let block = format!(
            "file: clusters\ncluster,profile,live_migration_transport\nC1,2012,{clusters}\n\
             file: nodes\nnode,cluster,live_migration_transport\nHV1,C1,{nodes}\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\n"
        );
        let at = found("migration-transport-unavailable", &inventory(&block)).and_then(|f| f.at.first().cloned());
        at.map(|at| at.file).expect("the finding points at a cell")
    };
    assert!(file("smb", "").ends_with("clusters.csv"));
    assert!(file("", "smb").ends_with("nodes.csv"));
}

#[test]
fn of_two_adapters_with_one_address_the_later_gives_way_as_its_kind_can() {
    let fix = |kind: &str| {
        let vnics = format!("vm,mac,mac_type\nW1,00-15-5D-01-00-01,{kind}\nW2,00-15-5D-01-00-01,{kind}\n");
        let findings = reviewed(&pools("W1,HV1\nW2,HV2\n", &vnics));
        let found = findings.into_iter().find(|f| f.rule == "duplicate-mac");
        found.map(|f| f.fix).expect("the finding")
    };
    assert!(fix("dynamic").contains("turn W2 off and start it on a host whose pool does not hold"));
    let fixed = fix("static");
    assert!(
        fixed.contains("static") || fixed.contains("-StaticMacAddress"),
        "{fixed}"
    );
    assert!(!fixed.contains("00155D010001"), "{fixed}");
}

#[test]
fn what_no_column_says_is_no_fault() {
    let bound = |mac_type: &str, cell: &str| {
        pools("W1,HV1\n", &format!("vm,mac{mac_type}\nW1,00-15-5D-01-00-01{cell}\n")).replace(
            "file: vms\nvm,node\nW1,HV1\n",
            "file: vms\nvm,node,mac_bound\nW1,HV1,licence\n",
        )
    };
    assert_speaks("mac-bound-vm-dynamic", &bound(",mac_type", ",dynamic"));
    assert_silent("mac-bound-vm-dynamic", &bound("", ""));

    let over_smb = |column: &str, cell: &str| {
        format!(
            "file: clusters\ncluster,profile,live_migration_transport\nC1,2019,smb\nfile: nodes\nnode,cluster{column}\nHV1,C1{cell}\n\
             file: nics\nnode,nic,speed_mbps,current_role\nHV1,A,25000,live-migration;storage\n"
        )
    };
    assert_speaks("migration-smb-uncapped", &over_smb(",smb_limit_mbps", ","));
    assert_silent("migration-smb-uncapped", &over_smb("", ""));
}

#[test]
fn a_rule_about_other_windows_versions_is_silent() {
    let mut facts = tripping("nlb-deprecated");
    assert!(found("nlb-deprecated", &facts).is_some());
    facts.clusters[0].profile = profiles::find("2022").expect("the profile");
    assert!(found("nlb-deprecated", &facts).is_none());
}

#[test]
fn a_port_of_another_intent_is_not_in_this_one() {
    let block = |intent: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2025\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,intents\nHV1,Port1,10000,Storage\nHV2,Port1,10000,{intent}\n"
        )
    };
    assert_speaks("intent-port-names-differ", &block("Compute"));
    assert_silent("intent-port-names-differ", &block("STORAGE"));
}

#[test]
fn a_third_pair_gets_a_change_of_its_own_and_a_port_in_use_is_not_idle() {
    let block = "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,card,team\nHV1,A,10000,SLOT 1,T\n\
                 HV1,B,10000,SLOT 1,T\nHV1,C,10000,SLOT 2,U\nHV1,D,10000,SLOT 2,U\nHV1,E,10000,SLOT 3,V\nHV1,F,10000,SLOT 3,V\n";
    let third = reviewed(block)
        .into_iter()
        .find(|f| f.subject == "team V/SLOT 3")
        .map(|f| f.fix);
    assert!(third.is_some_and(|fix| fix.contains("let F (card SLOT 3) and A (card SLOT 1)")));

    for (switch, team) in [("C", ""), ("", "X")] {
        let switch = if switch.is_empty() {
            String::new()
        } else {
            format!("HV1,S1,{switch}\n")
        };
        let block = format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,card,team\nHV1,A,10000,SLOT 1,T\nHV1,B,10000,SLOT 1,T\n\
             HV1,C,10000,SLOT 2,{team}\nHV1,D,10000,SLOT 3,\nfile: switches\nnode,switch,nics\n{switch}"
        );
        let fix = reviewed(&block)
            .into_iter()
            .find(|f| f.subject == "team T/SLOT 1")
            .map(|f| f.fix);
        assert!(
            fix.is_some_and(|fix| fix.contains("use D (card SLOT 3) in place of B")),
            "{block}"
        );
    }
}

#[test]
fn a_default_limit_that_takes_too_much_of_the_storage_is_told_once() {
    let told = |storage: &str| {
        let block = format!(
            "file: clusters\ncluster,profile,smb_limit,smb_limit_factor\nC1,2022,yes,2500\n\
             file: nodes\nnode,cluster,live_migration_transport\nHV1,C1,smb\n\
             file: nics\nnode,nic,speed_mbps,current_role,status\nHV1,A,{storage},live-migration;storage,up\nHV1,B,20000,management,up\n"
        );
        let findings = review(&inventory(&block));
        let told = |rule: &str| findings.iter().filter(|f| f.rule == rule).count();
        (told("smb-limit-is-default"), told("smb-limit-too-high"))
    };
    // A quarter of 40 Gbit/s against 30 % of 20 Gbit/s; a quarter of 120 Gbit/s against 30 % of 100 Gbit/s.
    assert_eq!((told("20000"), told("100000")), ((0, 1), (1, 0)));
}

/// For Azure Local Microsoft states no number of VMs.
#[test]
fn an_instance_of_azure_local_has_no_limit_of_vms() {
    let block = |profile: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,{profile}\nfile: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\n\
             file: vms\nvm,node,state\nVM{{1..8001}},HV1,running\n"
        )
    };
    assert_eq!(subjects("too-many-vms", &block("2025")), ["C1"]);
    assert_silent("too-many-vms", &block("azurelocal"));
}
