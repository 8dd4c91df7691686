//! What came of each rule: passed, not checked or not applicable, and why; silence is never health.

use super::*;

/// What came of a rule in the first cluster.
pub(super) fn verdict(rule: &str, block: &str) -> Verdict {
    let outcomes = review_all(&inventory(block), question(block)).outcomes;
    let found = outcomes.into_iter().find(|o| o.rule.name == rule);
    found.map(|o| o.verdict).expect("every rule has an outcome")
}

/// A block whose rows are changed cell by cell: table, column, cell (`None` = header). Cells that become `None` are left out.
pub(super) fn changed(block: &str, change: impl Fn(&str, &str, Option<&str>) -> Option<String>) -> String {
    let mut text = String::new();
    let (mut table, mut header): (String, Vec<String>) = (String::new(), Vec::new());
    for line in block.lines() {
        if let Some(name) = line.strip_prefix("file: ") {
            (table, header) = (name.to_owned(), Vec::new());
            text.push_str(&format!("{line}\n"));
            continue;
        }
        let cells: Vec<String> = line.split(',').map(str::to_owned).collect();
        let first = header.is_empty();
        if first {
            header.clone_from(&cells);
        }
        let kept = header.iter().zip(&cells);
        let kept: Vec<String> = kept
            .filter_map(|(column, cell)| change(&table, column, (!first).then_some(cell)))
            .collect();
        text.push_str(&format!("{}\n", kept.join(",")));
    }
    text
}

pub(super) fn is_required(column: &str) -> bool {
    let (table, column) = column.split_once('.').expect("table.column");
    let def = catalogue::table(table).expect("a table");
    def.position(column).is_some_and(|at| def.columns[at].required)
}

pub(super) fn among(columns: &str, table: &str, column: &str) -> bool {
    columns.split('|').any(|name| name == format!("{table}.{column}"))
}

#[test]
fn every_rule_says_what_it_is_about_or_reads_columns_of_the_review_and_needs_only_what_it_reads() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        let reads = rule.columns.iter().any(|column| catalogue::is_review(column));
        let told = reads || !rule.needs.is_empty() || rule.versions != Versions::ALL;
        if rule.subject.is_empty() && !told {
            wrong.push(format!("{} says nothing", rule.name));
        }
        for column in rule.asks.iter().chain(rule.needs).flat_map(|c| c.split('|')) {
            if !rule.columns.contains(&column) {
                wrong.push(format!("{} does not read {column}", rule.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_passing_inventory_of_a_page_was_really_checked() {
    let mut wrong = Vec::new();
    for rule in RULES.iter() {
        let found = verdict(rule.name, fenced(rule.page, "passes"));
        // A pool has two ends, so no single cell makes it known; a test below knows both.
        let is_left_open = rule.name == "mac-pool-assumed" && matches!(found, Verdict::NotChecked(_));
        if !is_left_open && !matches!(found, Verdict::Passed | Verdict::NotApplicable(_)) {
            wrong.push(format!("{}: {found:?}", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_column_that_no_row_fills_makes_the_rule_unchecked_and_is_named() {
    for rule in RULES.iter() {
        let page = fenced(rule.page, "passes");
        if verdict(rule.name, page) != Verdict::Passed {
            continue;
        }
        for need in rule.needs.iter().filter(|need| !need.split('|').any(is_required)) {
            let blank = changed(page, |table, column, cell| match cell {
                // Both ends of a pool stand or fall together.
                Some(_)
                    if among(need, table, column) || (need.contains("mac_pool_min") && column == "mac_pool_max") =>
                {
                    Some(String::new())
                }
                Some(cell) => Some(cell.to_owned()),
                None => Some(column.to_owned()),
            });
            match verdict(rule.name, &blank) {
                Verdict::NotChecked(missing) => assert!(missing.contains(need), "{}: {missing:?}", rule.name),
                other => panic!("{} without {need}: {other:?}", rule.name),
            }
        }
    }
}

#[test]
fn a_column_that_stands_in_no_file_makes_the_rule_unchecked_and_one_that_is_blank_does_not() {
    for rule in RULES.iter() {
        let page = fenced(rule.page, "trips");
        for ask in rule.asks.iter().filter(|ask| !ask.split('|').any(is_required)) {
            let without = changed(page, |table, column, cell| {
                // Mode and address of an NLB cluster may not stand without its name.
                let orphan = ask.ends_with("nlb_cluster") && column.starts_with("nlb_");
                let kept = !among(ask, table, column) && !orphan;
                kept.then(|| cell.unwrap_or(column).to_owned())
            });
            match verdict(rule.name, &without) {
                Verdict::NotChecked(missing) => assert!(missing.contains(ask), "{}: {missing:?}", rule.name),
                other => panic!("{} without {ask}: {other:?}", rule.name),
            }
            let blank = changed(page, |table, column, cell| match cell {
                Some(_) if among(ask, table, column) || column.starts_with("nlb_") => Some(String::new()),
                cell => Some(cell.unwrap_or(column).to_owned()),
            });
            if let Verdict::NotChecked(missing) = verdict(rule.name, &blank) {
                assert!(!missing.contains(ask), "{}: {missing:?}", rule.name);
            }
        }
    }
}

#[test]
fn a_cluster_without_nlb_is_told_from_one_of_which_nobody_says_whether_it_has_nlb() {
    let block = |vms: &str| {
        format!(
            "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\nfile: vms\n{vms}"
        )
    };
    let silent = verdict("nlb-modes-differ", &block("vm,node\nW1,HV1\n"));
    assert_eq!(silent, Verdict::NotChecked(vec!["vms.nlb_cluster"]));

    let none = verdict("nlb-modes-differ", &block("vm,node,nlb_cluster\nW1,HV1,\n"));
    assert_eq!(none, Verdict::NotApplicable("there are no NLB clusters".to_owned()));
}

#[test]
fn rules_that_judge_by_the_windows_version_are_not_checked_while_it_is_assumed() {
    let page = fenced(find("nlb-deprecated").expect("the rule").page, "passes");
    assert!(matches!(verdict("nlb-deprecated", page), Verdict::NotApplicable(_)));

    let unknown = changed(page, |table, column, cell| match (table, column, cell) {
        ("clusters", "profile", Some(_)) => Some(String::new()),
        (_, _, cell) => Some(cell.unwrap_or(column).to_owned()),
    });
    assert_eq!(
        verdict("nlb-deprecated", &unknown),
        Verdict::NotChecked(vec!["clusters.profile"])
    );
}

#[test]
fn what_one_cluster_says_is_not_taken_for_what_the_other_says() {
    let block = "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max\nA1,C1,00-15-5D-00-01-00,00-15-5D-00-01-FF\nB1,C2,,\n\
                 file: nics\nnode,nic,speed_mbps\nA1,A,10000\nB1,A,10000\n";
    let outcomes = review_all(&inventory(block), Question::default()).outcomes;
    let inverted: Vec<(&str, &Verdict)> = outcomes
        .iter()
        .filter(|o| o.rule.name == "mac-pool-inverted")
        .map(|o| (o.cluster.as_str(), &o.verdict))
        .collect();
    assert_eq!(
        inverted,
        [
            ("C1", &Verdict::Passed),
            ("C2", &Verdict::NotChecked(vec!["nodes.mac_pool_min"]))
        ]
    );
}

#[test]
fn every_rule_has_one_outcome_in_every_cluster() {
    let facts = inventory(
        "file: nodes\nnode,cluster\nHV1,C1\nHV2,C2\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n",
    );
    let outcomes = review_all(&facts, Question::default()).outcomes;
    let names: Vec<(&str, &str)> = outcomes.iter().map(|o| (o.cluster.as_str(), o.rule.name)).collect();
    let expected: Vec<(&str, &str)> = ["C1", "C2"]
        .into_iter()
        .flat_map(|c| RULES.iter().map(move |r| (c, r.name)))
        .collect();
    assert_eq!(names, expected);
}

#[test]
fn a_team_that_one_node_has_alone_misses_nobody() {
    assert_silent(
        "team-across-unlinked-switches",
        "file: nodes\nnode,cluster\nHV1,C1\nHV2,C1\nfile: nics\nnode,nic,speed_mbps,tor,team\nHV1,A,10000,T1,X\n\
         HV1,B,10000,T2,X\nHV2,A,10000,T1,Y\nHV2,B,10000,T1,Y\n",
    );
}

/// Nothing to assume is not the same as nothing assumed.
#[test]
fn a_pool_of_which_nothing_is_known_is_not_checked_rather_than_passed() {
    let block = |pool: &str, address: &str| {
        format!(
            "file: nodes\nnode,cluster,mac_pool_min,mac_pool_max,management_ip\nHV1,C1,00-15-5D-01-00-00,00-15-5D-01-00-FF,\n\
             HV2,C1,{pool},{address}\nfile: nics\nnode,nic,speed_mbps\nHV1,A,10000\nHV2,A,10000\n"
        )
    };
    let unknown = verdict("mac-pool-assumed", &block(",", ""));
    assert_eq!(
        unknown,
        Verdict::NotChecked(vec!["nodes.mac_pool_min|nodes.management_ip"])
    );
    let known = verdict("mac-pool-assumed", &block("00-15-5D-02-00-00,00-15-5D-02-00-FF", ""));
    assert_eq!(known, Verdict::Passed);
    assert_eq!(
        verdict("mac-pool-assumed", &block(",", "10.0.1.12")),
        Verdict::Findings(1)
    );
}
