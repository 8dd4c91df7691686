//! What the user says about a rule: allow, warn or deny, with a reason and perhaps a last day.
//!
//! In: the policy and the day to judge by. Out: what a finding counts as, and who silenced it. The rule's own severity stays as it is.
//! Must not know: the clock. Without a day, entries that end are passed over: nobody may be calmed by an entry that has run out.

use crate::finding::{Severity, State};
use crate::policy::RuleLevel;

/// How a review is asked.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// Day to judge by, `2026-11-22`; `None` = unknown.
    pub as_of: Option<&'a str>,
    /// Whether the inventory is that of today or what a plan makes of it.
    pub state: State,
}

impl Default for Question<'_> {
    fn default() -> Self {
        Question {
            as_of: None,
            state: State::Present,
        }
    }
}

/// What a finding counts as, and the policy entry that silences it or that makes it count as that (empty = none).
pub(super) struct Judged {
    pub(super) counts_as: Severity,
    pub(super) suppressed_by: String,
    pub(super) judged_by: String,
}

/// Judges a finding of a rule; of several entries that hold the last counts.
pub(super) fn judge(rule: &str, severity: Severity, levels: &[RuleLevel], as_of: Option<&str>) -> Judged {
    let entry = levels
        .iter()
        .rev()
        .find(|level| level.rule == rule && holds(level, as_of));
    let words = entry.map(told).unwrap_or_default();
    let (counts_as, suppressed_by, judged_by) = match entry.map(|level| level.level.as_str()) {
        Some("allow") => (severity, words, String::new()),
        Some("warn") => (Severity::Warning, String::new(), words),
        Some("deny") => (Severity::Error, String::new(), words),
        _ => (severity, String::new(), String::new()),
    };
    Judged {
        counts_as,
        suppressed_by,
        judged_by,
    }
}

/// An entry as it is recorded: `single-nic: second port is ordered (until 2027-06-30)`.
fn told(level: &RuleLevel) -> String {
    let until = match level.until.as_str() {
        "" => String::new(),
        day => format!(" (until {day})"),
    };
    format!("{}: {}{until}", level.rule, level.reason)
}

/// Whether an entry holds on the day; its last day is included. Days are written so that they compare as text.
pub fn holds(level: &RuleLevel, as_of: Option<&str>) -> bool {
    level.until.is_empty() || as_of.is_some_and(|day| day <= level.until.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(level: &str, until: &str) -> RuleLevel {
        RuleLevel {
            rule: "single-nic".to_owned(),
            level: level.to_owned(),
            reason: "lab".to_owned(),
            until: until.to_owned(),
            at: Default::default(),
        }
    }

    fn judged(levels: &[RuleLevel], as_of: Option<&str>) -> (Severity, String) {
        let judged = judge("single-nic", Severity::Error, levels, as_of);
        (judged.counts_as, judged.suppressed_by)
    }

    #[test]
    fn an_entry_holds_up_to_its_last_day_and_only_when_the_day_is_known() {
        let levels = [level("allow", "2027-06-30")];
        let silenced = |entry: &str| (Severity::Error, entry.to_owned());
        let open = (Severity::Error, String::new());

        assert_eq!(
            judged(&levels, Some("2027-06-30")),
            silenced("single-nic: lab (until 2027-06-30)")
        );
        assert_eq!(judged(&levels, Some("2027-07-01")), open);
        assert_eq!(judged(&levels, None), open);
        assert_eq!(judged(&[level("allow", "")], None), silenced("single-nic: lab"));
    }

    #[test]
    fn warn_and_deny_change_what_a_finding_counts_as_and_silence_nothing() {
        assert_eq!(judged(&[level("warn", "")], None), (Severity::Warning, String::new()));
        assert_eq!(judged(&[level("deny", "")], None), (Severity::Error, String::new()));
        let by = |name: &str, until: &str| {
            judge("single-nic", Severity::Info, &[level(name, until)], Some("2026-11-22")).judged_by
        };
        assert_eq!(by("warn", ""), "single-nic: lab");
        assert_eq!(by("deny", "2026-11-22"), "single-nic: lab (until 2026-11-22)");
        assert_eq!(
            (by("deny", "2026-11-21"), by("allow", "")),
            (String::new(), String::new())
        );
        let other = judge("no-client-network", Severity::Info, &[level("deny", "")], None);
        assert_eq!(other.counts_as, Severity::Info);
    }

    #[test]
    fn each_level_holds_the_day_before_and_on_its_last_day_and_not_the_day_after_nor_without_a_day() {
        for (name, holding) in [
            (
                "allow",
                (Severity::Error, "single-nic: lab (until 2027-03-01)".to_owned()),
            ),
            ("warn", (Severity::Warning, String::new())),
            ("deny", (Severity::Error, String::new())),
        ] {
            let levels = [level(name, "2027-03-01")];
            // A rule that is a warning by itself shows what deny does.
            let own = if name == "deny" {
                Severity::Warning
            } else {
                Severity::Error
            };
            let judged = |day| {
                let judged = judge("single-nic", own, &levels, day);
                (judged.counts_as, judged.suppressed_by)
            };
            assert_eq!(judged(Some("2027-02-28")), holding, "{name}, the day before");
            assert_eq!(judged(Some("2027-03-01")), holding, "{name}, its last day");
            for day in [Some("2027-03-02"), None] {
                assert_eq!(judged(day), (own, String::new()), "{name} on {day:?}");
            }
        }
    }

    #[test]
    fn of_several_entries_the_last_that_holds_counts() {
        let levels = [level("allow", ""), level("warn", "2026-12-31")];

        assert_eq!(judged(&levels, Some("2026-12-31")), (Severity::Warning, String::new()));
        assert_eq!(judged(&levels, Some("2027-01-01")).1, "single-nic: lab");
    }
}
