//! Whoever does what a finding says gets no other finding for it: the first inventory of a page that passes shows the state afterwards, in one
//! cell, and has no error and no warning that the one that trips had not. (Further ones on a page show other conditions of the rule.)

use super::*;

/// Rules of pages, the rule that speaks instead, and why one cell leaves no better state.
const FORCED: &[(&str, &str, &str)] = &[(
    "mac-pool-cloned",
    "mac-pool-overlap",
    "a pool has two ends, and Windows takes both at once: of two equal pools one cell moves one end alone",
)];

/// Errors and warnings about a block, by rule.
fn told(block: &str) -> BTreeSet<&'static str> {
    let findings = reviewed(block).into_iter();
    let bad = findings.filter(|f| f.severity != Severity::Info);
    bad.map(|f| f.rule).collect()
}

#[test]
fn what_a_finding_asks_for_leads_to_no_other_error_or_warning() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for rule in RULES.iter() {
        let all = pairs(rule.page);
        let (trips, passes) = all.first().expect("a page with both inventories");
        for new in told(passes).difference(&told(trips)) {
            match FORCED.iter().position(|(r, n, _)| (*r, *n) == (rule.name, *new)) {
                Some(place) => {
                    used.insert(place);
                }
                None => wrong.push(format!("{} leads to {new}", rule.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(used.len(), FORCED.len(), "an exception that nothing needs any more");
}
