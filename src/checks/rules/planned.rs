//! Why a fault is still there once a plan is applied.
//!
//! In: errors about the planned state, and whether the plan meets its requirements. Out: a reason for each. Must not know: how
//! a plan is made.

use super::{Rule, find, lookup};
use crate::finding::{Finding, Severity, State};
use crate::inventory::catalogue;

/// The reason of an error that nothing explains.
const NO_REASON: &str = "nothing that is known keeps a plan from avoiding this; please report it as a bug of nicplan";

impl Rule {
    /// What it judges and no plan decides; empty = a plan decides all of it.
    pub(super) fn left(&self) -> String {
        if let Some(words) = self.leaves {
            return words.to_owned();
        }
        let columns: Vec<&str> = self
            .columns
            .iter()
            .copied()
            .filter(|c| catalogue::is_review(c))
            .collect();
        lookup::list(&columns)
    }

    /// Why a plan does not avoid its fault; `short`: the plan does not meet every requirement.
    pub(super) fn why_it_stays(&self, short: bool) -> Option<String> {
        match (self.left(), short) {
            (left, true) if left.is_empty() => {
                Some("the ports do not suffice for every requirement; what is not met says what is missing".to_owned())
            }
            (left, _) if left.is_empty() => None,
            (left, _) => Some(format!("a plan does not change {left}; do the fix as well")),
        }
    }
}

/// Gives every error about the planned state the reason why the plan does not avoid it. `is_short` answers by cluster name
/// whether the plan falls short of its requirements there.
pub fn say_why_they_stay(findings: &mut [Finding], is_short: impl Fn(&str) -> bool) {
    let errors = findings
        .iter_mut()
        .filter(|f| f.state == State::Planned && f.severity == Severity::Error);
    for finding in errors {
        if let Some(rule) = find(finding.rule) {
            let why = rule.why_it_stays(is_short(&finding.cluster));
            finding.stays = why.unwrap_or_else(|| NO_REASON.to_owned());
        }
    }
}

/// Where a rule wants one value today and another one once the plan is applied, both findings say which of the two states they are for: nobody should
/// set a number that the plan makes wrong.
pub fn say_which_state(today: &mut [Finding], planned: &mut [Finding]) {
    for after in planned {
        let same = |f: &&mut Finding| {
            (f.rule, &f.cluster, &f.subject) == (after.rule, &after.cluster, &after.subject)
                && f.state == State::Present
        };
        let Some(before) = today.iter_mut().find(same) else {
            continue;
        };
        if before.expected != after.expected && before.fix != after.fix {
            before.fix = format!(
                "leave it if the plan is applied, and then do what this rule says of state planned ({}); if it is not: {}",
                after.expected, before.fix
            );
            after.fix = format!("once the plan is applied: {}", after.fix);
        }
    }
}

/// Whether an error has a reason to stay.
pub fn has_reason(finding: &Finding) -> bool {
    !finding.stays.is_empty() && finding.stays != NO_REASON
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(name: &str) -> &'static Rule {
        find(name).expect("the rule")
    }

    #[test]
    fn what_only_rules_read_is_named_and_what_a_plan_decides_has_no_excuse() {
        let why = rule("smb-limit-feature-missing").why_it_stays(false);
        assert!(why.is_some_and(|w| w.contains("nodes.smb_limit_feature")));
        assert_eq!(rule("mac-pool-overlap").why_it_stays(false), None);
    }

    #[test]
    fn a_plan_that_falls_short_is_the_reason_where_it_decides_everything() {
        let why = rule("uplink-overcommitted").why_it_stays(true);
        assert!(why.is_some_and(|w| w.contains("do not suffice")));
        let why = rule("too-many-nodes").why_it_stays(true);
        assert!(why.is_some_and(|w| w.contains("the number of nodes")));
    }

    #[test]
    fn where_a_plan_changes_what_is_wanted_each_finding_names_its_state() {
        let page = rule("mac-pool-overlap").page;
        let block = super::super::tests::blocks(page)[0].1;
        let today = super::super::review(&super::super::tests::inventory(block));
        let planned = |change: fn(&mut Finding)| {
            let mut planned = today.clone();
            planned.iter_mut().for_each(|f| f.state = State::Planned);
            planned.iter_mut().for_each(change);
            let mut present = today.clone();
            say_which_state(&mut present, &mut planned);
            (present.remove(0).fix, planned.remove(0).fix)
        };
        let own = &today[0].fix;
        assert_eq!(planned(|_| {}), (own.clone(), own.clone()), "one advice needs no word");
        let (before, after) = planned(|f| (f.expected, f.fix) = ("9".to_owned(), "set 9".to_owned()));
        assert_eq!(after, "once the plan is applied: set 9");
        assert!(
            before.starts_with("leave it if the plan is applied, and then do what this rule says of state planned (9)")
                && before.ends_with(own),
            "{before}"
        );
        let (before, _) = planned(|f| (f.fix, f.subject) = ("set 9".to_owned(), "another".to_owned()));
        assert_eq!(&before, own);
    }

    #[test]
    fn only_errors_of_the_planned_state_get_a_reason() {
        let page = rule("mac-pool-overlap").page;
        let block = super::super::tests::blocks(page)[0].1;
        let mut findings = super::super::review(&super::super::tests::inventory(block));
        say_why_they_stay(&mut findings, |_| false);
        assert!(findings.iter().all(|f| f.stays.is_empty()));

        findings.iter_mut().for_each(|f| f.state = State::Planned);
        let mut warning = findings.first().expect("it trips").clone();
        warning.severity = Severity::Warning;
        findings.push(warning);
        say_why_they_stay(&mut findings, |_| false);
        let overlap = findings
            .iter()
            .find(|f| f.rule == "mac-pool-overlap")
            .expect("it trips");
        assert!(overlap.stays == NO_REASON && !has_reason(overlap));

        assert!(
            findings
                .iter()
                .all(|f| f.severity == Severity::Error || f.stays.is_empty())
        );

        let mut short = findings.clone();
        say_why_they_stay(&mut short, |cluster| cluster == "C1");
        assert!(short.iter().any(|f| f.rule == "mac-pool-overlap" && has_reason(f)));
        short.iter_mut().for_each(|f| f.stays.clear());
        assert!(!short.iter().any(has_reason), "an empty reason is none");
    }
}
