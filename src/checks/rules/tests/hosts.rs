//! Hosts that run VMware today and are to become Hyper-V hosts: what moves along is judged, what Windows gets later is not.

use super::*;
use crate::checks::rules::hosts::needs_windows;
use crate::finding::State;

/// The first inventory that trips a rule, on hosts that run VMware.
fn on_vmware(rule: &'static Rule) -> (String, Inventory) {
    let block = fenced(rule.page, "trips");
    (block.to_owned(), with_vmware(inventory(block)))
}

/// The same inventory with hosts that run VMware.
pub(super) fn with_vmware(mut facts: Inventory) -> Inventory {
    for cluster in &mut facts.clusters {
        cluster
            .facts
            .insert("hypervisor", crate::inventory::Fact::Text("vmware".to_owned()));
    }
    facts
}

#[test]
fn rules_about_settings_of_windows_wait_and_say_so_and_the_others_speak_on() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        let (block, facts) = on_vmware(rule);
        let review = review_all(&facts, question(&block));
        let speaks = names(&review.findings).contains(&rule.name);
        let outcome = review.outcomes.iter().find(|o| o.rule.name == rule.name);
        let waits = outcome.is_some_and(|o| o.verdict == Verdict::NotApplicable(NOT_YET.to_owned()));
        if (speaks, waits) != (rule.hosts == Hosts::Any, rule.hosts == Hosts::HyperV) {
            wrong.push(format!("{}: speaks {speaks}, waits {waits}", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_fix_tells_to_run_a_cmdlet_on_a_host_that_has_none_yet() {
    let mut told = 0;
    for rule in RULES.iter().filter(|rule| rule.hosts == Hosts::Any) {
        let (block, facts) = on_vmware(rule);
        for finding in review_all(&facts, question(&block)).findings {
            let later = finding.fix.starts_with("after the move to Hyper-V: ");
            assert_eq!(later, needs_windows(&finding.fix), "{}: {}", finding.rule, finding.fix);
            told += usize::from(later);
        }
    }
    assert!(told > 0, "no fix has to wait");
}

#[test]
fn a_blank_cell_and_hyper_v_mean_hosts_that_are_judged_in_full() {
    let block = |cell: &str| {
        format!(
            "file: clusters\ncluster,profile,hypervisor\nC1,2022,{cell}\nfile: nodes\nnode,cluster,edition\nHV1,C1,Datacenter\n\
             HV2,C1,Standard\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n"
        )
    };
    let differ = |cell: &str| {
        let facts = inventory(&block(cell));
        names(&review(&facts)).contains(&"node-editions-differ")
    };
    assert!(differ("") && differ("Hyper-V"));
    assert!(!differ("VMware"));
}

#[test]
fn once_they_run_hyper_v_the_same_hosts_are_judged_in_full() {
    let rule = find("no-client-network").expect("the rule");
    let (_, mut facts) = on_vmware(rule);
    let question = Question {
        state: State::Planned,
        ..Question::default()
    };
    assert!(!names(&review_all(&facts, question).findings).contains(&rule.name));
    facts
        .clusters
        .iter_mut()
        .for_each(crate::inventory::Cluster::move_to_hyper_v);
    assert!(names(&review_all(&facts, question).findings).contains(&rule.name));
}

/// A pool that hosts without Hyper-V are only assumed to get overlaps nobody's.
#[test]
fn pools_of_hosts_without_hyper_v_are_no_rivals_of_those_of_another_cluster() {
    let block = |cell: &str| {
        format!(
            "file: clusters\ncluster,profile,hypervisor\nC1,2022,{cell}\nC2,2022,\nfile: nodes\nnode,cluster,management_ip,mac_pool_min,\
             mac_pool_max\nE1,C1,10.0.0.14,,\nHV1,C2,,00-15-5D-00-0E-00,00-15-5D-00-0E-FF\n\
             file: nics\nnode,nic,speed_mbps\nE1,A,10000\nHV1,A,10000\n"
        )
    };
    let overlaps = |cell: &str| names(&review(&inventory(&block(cell)))).contains(&"mac-pool-overlaps-other-cluster");
    assert!(overlaps(""));
    assert!(!overlaps("vmware"));
}
