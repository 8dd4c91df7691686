//! Rules about virtual switches and teams over several physical switches: each condition by itself.

use super::*;

/// How many things a rule looked at in the first cluster, and what came of it.
fn outcome(rule: &str, block: &str) -> (usize, Verdict) {
    let outcomes = review_all(&inventory(block), question(block)).outcomes;
    let found = outcomes.into_iter().find(|o| o.rule.name == rule);
    found
        .map(|o| (o.subjects, o.verdict))
        .expect("every rule has an outcome")
}

/// Nodes HV1 to HV4 with a port each, and these rows of `switches` (node, switch, type).
fn switches(rows: &str) -> String {
    format!(
        "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nHV3,C1\nHV4,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n\
         HV3,A,10000\nHV4,A,10000\nfile: switches\nnode,switch,type\n{rows}"
    )
}

#[test]
fn the_name_that_most_nodes_with_external_switches_have_is_the_right_one() {
    let rule = "switch-names-differ";
    let majority = switches("HV1,Old,external\nHV2,LAN,external\nHV3,LAN,external\n");
    assert_eq!(
        subjects(rule, &majority),
        ["HV1/Old"],
        "two of three, and one node has none"
    );
    assert_eq!(
        outcome(rule, &majority).0,
        3,
        "nodes without an external switch do not count"
    );
    let none = switches("HV1,Old,external\nHV2,LAN,external\n");
    assert_eq!(
        subjects(rule, &none),
        ["HV2/LAN"],
        "no majority: the first node with a switch is right"
    );
    let later = switches("HV2,LAN,external\nHV3,Old,external\nHV1,Inside,internal\n");
    assert_eq!(subjects(rule, &later), ["HV3/Old"], "HV1 has no external switch");
    let alike = switches("HV1,LAN,external\nHV2,LAN,external\n");
    assert_eq!(outcome(rule, &alike), (2, Verdict::Passed));
}

#[test]
fn a_wrong_name_is_shown_where_it_stands() {
    let place = |block: &str| {
        let findings = review(&inventory(block));
        let found = findings.into_iter().find(|f| f.rule == "switch-names-differ");
        let at = found.map(|f| f.at).expect("the finding");
        at.iter()
            .map(|at| format!("{}:{}:{}", at.file, at.line, at.column))
            .collect::<Vec<_>>()
    };
    let rows = "HV1,LAN,external\nHV2,LAN,external\nHV3,DMZ,internal\nHV3,Old,external\n";
    assert_eq!(place(&switches(rows)), ["switches.csv:5:2"]);
    let ports = "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps,current_role\nHV1,A,10000,vm:LAN\n\
                 HV2,A,10000,management\nHV2,B,10000,vm:Old\n";
    assert_eq!(place(ports), ["nics.csv:4:4"]);
}

/// A node with ports A, B and C and these rows of `switches` (node, switch, type, nics, allow_management_os).
fn shared(switches: &str) -> String {
    format!(
        "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,team\nHV1,A,10000,\nHV1,B,10000,\nHV1,C,10000,\n\
         file: switches\nnode,switch,type,nics,allow_management_os\n{switches}"
    )
}

const RESERVED: &str = "no-switch-reserved-for-vms";

#[test]
fn only_external_switches_can_be_the_one_for_vms_alone() {
    let one = shared("HV1,S1,external,A,yes\n");
    assert_eq!(
        subjects(RESERVED, &one),
        ["HV1"],
        "two further ports are no part of the switch"
    );
    assert_eq!(outcome(RESERVED, &one).0, 1);
    let inside = shared("HV1,S1,external,A,yes\nHV1,In,internal,,no\n");
    assert_eq!(
        subjects(RESERVED, &inside),
        ["HV1"],
        "an internal switch carries no VM to the outside"
    );
    let none = shared("HV1,In,internal,,yes\n");
    let no_switch = "there are no nodes with an external switch and several NICs".to_owned();
    assert_eq!(outcome(RESERVED, &none), (0, Verdict::NotApplicable(no_switch)));
}

#[test]
fn one_converged_switch_is_enough_and_a_team_elsewhere_is_not() {
    let beside = shared("HV1,S1,external,A;B,yes\nHV1,S2,external,C,yes\n");
    assert_eq!(
        outcome(RESERVED, &beside),
        (1, Verdict::Passed),
        "S1 is shared by design"
    );
    let elsewhere = shared("HV1,S1,external,A,yes\n").replace("HV1,B,10000,", "HV1,B,10000,LAN");
    assert_eq!(subjects(RESERVED, &elsewhere), ["HV1"], "the team is under no switch");
    let by_role = "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,current_role\nHV1,A,10000,vm:S1\n\
                   HV1,B,10000,vm:S1\nfile: switches\nnode,switch,type,allow_management_os\nHV1,S1,external,yes\n";
    assert_eq!(
        subjects(RESERVED, by_role),
        Vec::<String>::new(),
        "two ports name the switch"
    );
    assert_eq!(
        subjects(RESERVED, &by_role.replace("HV1,B,10000,vm:S1", "HV1,B,10000,")),
        ["HV1"]
    );
}

#[test]
fn whether_the_host_shares_a_switch_matters_unless_another_one_is_free() {
    let unknown = |other: &str| {
        outcome(
            RESERVED,
            &shared(&format!("HV1,S1,external,A,{other}\nHV1,S2,external,B,\n")),
        )
        .1
    };
    assert_eq!(unknown("no"), Verdict::Passed);
    assert_eq!(
        unknown("yes"),
        Verdict::NotChecked(vec!["switches.allow_management_os"])
    );
    let known = shared("HV1,S1,external,A;B,yes\nHV1,S2,external,C,yes\n");
    assert_eq!(outcome(RESERVED, &known).1, Verdict::Passed, "both are known");
}

#[test]
fn adapters_on_no_switch_or_on_one_that_ends_at_the_host_miss_none_elsewhere() {
    let rule = "vm-switch-missing-on-node";
    let block = |vnics: &str| {
        format!(
            "{}file: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,vnic,switch\n{vnics}",
            switches("HV1,LAN,external\nHV2,LAN,external\nHV3,LAN,external\nHV4,LAN,external\nHV1,In,internal\n")
        )
    };
    let none = Verdict::NotApplicable("there are no adapters of VMs on a switch".to_owned());
    assert_eq!(outcome(rule, &block("W1,A,LAN\n")), (1, Verdict::Passed));
    assert_eq!(outcome(rule, &block("W1,A,\nW1,B,In\n")), (0, none));
}

#[test]
fn a_switch_of_a_node_that_was_not_exported_is_unknown_and_not_absent() {
    let block = |cell: &str| {
        format!(
            "file: nodes\nnode,cluster,not_exported\nHV1,C1,\nHV2,C1,{cell}\nfile: nics\nnode,nic,speed_mbps,current_role\n\
             HV1,A,10000,vm:LAN\nHV2,A,10000,\nfile: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,switch\nW1,LAN\n"
        )
    };
    let missing = Verdict::NotChecked(vec!["switches.switch"]);
    assert_eq!(outcome("vm-switch-missing-on-node", &block("Get-VMSwitch")).1, missing);
    assert_eq!(outcome("vm-switch-missing-on-node", &block("")).1, Verdict::Findings(1));
}

#[test]
fn a_port_of_a_team_or_of_a_switch_is_not_free_for_another_switch() {
    let fix = |team: &str, nics: &str| {
        let block = format!(
            "file: clusters\ncluster,profile\nC1,2019\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,team\nHV1,A,10000,\nHV2,A,10000,{team}\n\
             file: switches\nnode,switch,nics\nHV1,LAN,A\nHV2,DMZ,{nics}\nfile: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,switch\nW1,LAN\n"
        );
        let findings = review(&inventory(&block));
        let found = findings.into_iter().find(|f| f.rule == "vm-switch-missing-on-node");
        found.map(|f| f.fix).expect("the finding")
    };
    let renamed = "if DMZ is the same network: Rename-VMSwitch -ComputerName 'HV2' -Name 'DMZ' -NewName 'LAN'; else: ";
    let else_of = |fix: String| {
        fix.strip_prefix(renamed)
            .map(str::to_owned)
            .unwrap_or_else(|| panic!("{fix}"))
    };
    assert!(else_of(fix("", "")).starts_with("New-VMSwitch -ComputerName 'HV2' -Name 'LAN' -NetAdapterName 'A' "));
    assert!(else_of(fix("T1", "")).starts_with("no port of HV2 is free"));
    assert!(else_of(fix("", "A")).starts_with("no port of HV2 is free"));
}

/// Ports of HV1 and HV2 (node, nic, tor, team, direct_to) and a third switch that is linked to the first.
fn teamed(nics: &str) -> String {
    let row = |row: &str| {
        let (port, rest) = row.split_at(row.match_indices(',').nth(1).map_or(row.len(), |(at, _)| at));
        format!("{port},10000{rest}\n")
    };
    let nics: String = nics.lines().map(row).collect();
    format!(
        "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps,tor,team,direct_to\n{nics}\
         file: tors\ntor\nT1\nT2\nT3\nfile: inter_switch_links\ntor_a,tor_b,speed_mbps\nT1,T3,40000\n"
    )
}

const UNLINKED: &str = "team-across-unlinked-switches";

#[test]
fn ports_without_team_or_switch_are_no_team() {
    let idle = teamed("HV1,A,T1,,\nHV1,B,T2,,\nHV2,A,T1,,\nHV2,B,T2,,\n");
    let none = Verdict::NotApplicable("there are no teams of several nodes".to_owned());
    assert_eq!(outcome(UNLINKED, &idle), (0, none));
    let own = teamed("HV1,A,T1,X,\nHV1,B,T2,X,\nHV2,A,T1,x,\nHV2,B,T3,x,\n");
    assert_eq!(
        subjects(UNLINKED, &own),
        ["HV1/X"],
        "HV2's are linked; upper and lower case do not matter"
    );
    assert_eq!(outcome(UNLINKED, &own).0, 2);
    let findings = review(&inventory(&own));
    let message = findings.iter().find(|f| f.rule == UNLINKED).map(|f| f.message.as_str());
    assert!(
        message.is_some_and(|m| m.starts_with("a team runs over")),
        "{message:?}"
    );
}

#[test]
fn a_switch_over_unlinked_physical_switches_is_told_by_its_own_name() {
    let block = teamed("HV1,A,T1,,\nHV1,B,T2,,\nHV2,A,T1,,\nHV2,B,T2,,\n")
        + "file: switches\nnode,switch,nics\nHV1,LAN,A;B\nHV2,LAN,A;B\n";
    let unknown = Verdict::NotChecked(vec!["inter_switch_links.tor_a"]);
    let unwritten = block.replace("file: inter_switch_links\ntor_a,tor_b,speed_mbps\nT1,T3,40000\n", "");
    assert_eq!(
        outcome(UNLINKED, &unwritten).1,
        unknown,
        "nobody has written down any link"
    );
    let findings = review(&inventory(&block));
    let found = findings.iter().find(|f| f.rule == UNLINKED).expect("the finding");
    assert_eq!(found.subject, "HV1/LAN");
    assert!(
        found.message.contains("teams run over the physical switches T1 and T2"),
        "{}",
        found.message
    );
    assert!(found.message.ends_with("HV1/LAN and HV2/LAN"), "{}", found.message);
}

#[test]
fn a_port_of_which_nobody_knows_the_switch_leaves_the_team_unchecked_and_a_direct_cable_does_not() {
    let team = |a: &str, b: &str| {
        outcome(
            UNLINKED,
            &teamed(&format!("HV1,A,{a}\nHV1,B,{b}\nHV2,A,T1,X,\nHV2,B,T1,X,\n")),
        )
        .1
    };
    let lacks = Verdict::NotChecked(vec!["nics.tor"]);
    assert_eq!(team("T1,X,", "T3,X,"), Verdict::Passed);
    assert_eq!(team(",X,", "T1,X,"), lacks);
    assert_eq!(team("T1,X,", ",X,"), lacks);
    let one = "HV1,A,T1,X,\nHV1,B,T1,X,\nHV2,A,,X,\n";
    assert_eq!(
        outcome(UNLINKED, &teamed(one)),
        (1, Verdict::Passed),
        "a team of one is on one switch"
    );
    let cables = "HV1,A,T1,Y,\nHV2,A,T1,Y,\nHV1,C,,X,HV2/C\nHV1,D,,X,HV2/D\nHV2,C,,X,\nHV2,D,,X,\n";
    assert_eq!(
        outcome(UNLINKED, &teamed(cables)),
        (2, Verdict::Passed),
        "cables from node to node"
    );
}

/// Its name, its ports and its teaming would all be made up.
#[test]
fn a_switch_that_only_the_role_of_its_ports_stands_for_is_unknown_and_not_judged() {
    let block = |role: &str| {
        format!(
            "file: clusters\ncluster,profile\nC1,2022\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,card,current_role,model\nHV1,A,10000,S,{role},X\nHV1,B,25000,S,{role},Y\n\
             HV2,A,10000,S,{role},X\nHV2,B,25000,S,{role},Y\nfile: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,switch\nW1,LAN\n"
        )
    };
    let unnamed = block("vm");
    for rule in [
        "set-members-differ",
        "team-mixed-speed",
        "team-on-one-card",
        "vm-switch-missing-on-node",
    ] {
        match outcome(rule, &unnamed).1 {
            Verdict::NotChecked(missing) => assert!(missing.contains(&"switches.switch"), "{rule}: {missing:?}"),
            other => panic!("{rule}: {other:?}"),
        }
    }
    let named = block("vm:LAN");
    for rule in ["set-members-differ", "team-mixed-speed", "team-on-one-card"] {
        assert!(matches!(outcome(rule, &named).1, Verdict::Findings(1..)), "{rule}");
    }
    assert_eq!(outcome("vm-switch-missing-on-node", &named).1, Verdict::Passed);
    let words: String = reviewed(&unnamed)
        .iter()
        .map(|f| format!("{}: {} {}\n", f.rule, f.message, f.fix))
        .collect();
    assert!(!words.contains("External-1"), "{words}");
}

#[test]
fn a_switch_of_vms_that_no_row_names_is_unknown_on_every_node() {
    let block = |switch: &str| {
        format!(
            "{}file: vms\nvm,node\nW1,HV1\nfile: vnics\nvm,switch\nW1,{switch}\n",
            switches("HV1,LAN,external\nHV2,LAN,external\nHV3,LAN,external\nHV4,LAN,external\n")
        )
    };
    let rule = "vm-switch-missing-on-node";
    assert_eq!(outcome(rule, &block("lan")).1, Verdict::Passed);
    assert_eq!(
        outcome(rule, &block("DMZ")).1,
        Verdict::NotChecked(vec!["switches.switch"])
    );
}

/// Whether a port has a link does not hang on the name of its switch.
#[test]
fn a_port_for_vms_without_a_named_switch_is_judged_for_its_link() {
    let block = |status: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,current_role,status\nHV1,A,10000,management,up\n\
             HV1,B,10000,vm,{status}\n"
        )
    };
    let verdict = |status: &str| super::outcomes::verdict("nic-without-link", &block(status));
    assert_eq!(verdict("up"), Verdict::Passed);
    assert_eq!(verdict("down"), Verdict::Findings(1));
}
