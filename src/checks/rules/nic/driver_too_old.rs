//! A driver of a physical port that is long past its day.

use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::AZURE_LOCAL;
use crate::units::Date;

/// Months after which a driver of Azure Local counts as old.
const OLD: u32 = 6;
/// Months after which any driver does.
const VERY_OLD: u32 = 12;

/// The rule.
pub static RULE: Rule = Rule {
    name: "driver-too-old",
    severity: Severity::Warning,
    family: "nic",
    summary: "the driver of a physical port is older than 12 months, on Azure Local older than 6",
    risk: "faults that the maker has repaired since are still there, and support asks for the new driver first",
    source: "Microsoft, Network HUD (driver age: warning from 6 months, critical from 12)",
    page: include_str!("driver_too_old.md"),
    columns: &[
        "nics.driver_date",
        "nics.driver_provider",
        "nics.model",
        "nics.status",
        "clusters.profile",
    ],
    needs: &["clusters.profile", "nics.driver_date"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let Some(today) = report.as_of().and_then(|day| Date::parse(day).ok()) else {
        return report.lacks("--as-of");
    };
    let azure = cluster.profile.generation == AZURE_LOCAL;
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for nic in node.nics.iter().filter(|nic| is_makers(nic)) {
            let Some(date) = nic.facts.text("driver_date").and_then(|day| Date::parse(day).ok()) else {
                continue;
            };
            let severity = match azure {
                true if date.plus_months(VERY_OLD) < today => Severity::Error,
                true if date.plus_months(OLD) < today => Severity::Warning,
                false if date.plus_months(VERY_OLD) < today => Severity::Info,
                _ => continue,
            };
            let model = if nic.model.is_empty() { &nic.name } else { &nic.model };
            found.add(
                (severity, model.clone(), date),
                node,
                report.at(nic.origin, "driver_date"),
            );
        }
    }
    for ((severity, model, date), places) in found {
        let months = if azure { OLD } else { VERY_OLD };
        let fault = Fault {
            subject: model.clone(),
            message: format!("the driver of {model} is of {date} on {}", places.nodes()),
            current: date.to_string(),
            expected: format!("at most {months} months before {today}"),
            fix: format!(
                "get the maker's present driver and firmware for {model} and install them on {}, one node after the other, {}",
                places.nodes(),
                fixes::drained(cluster)
            ),
            at: places.at,
        };
        report.add_as(severity, fault);
    }
}

/// Drivers that came with Windows bear a day of 2006 whatever they are; `inbox-driver` speaks of them.
fn is_makers(nic: &Nic) -> bool {
    let provider = nic.facts.text("driver_provider").unwrap_or_default();
    nic.up && !provider.to_lowercase().starts_with("microsoft")
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::{blocks, inventory};
    use crate::checks::rules::{Question, Verdict, review_all};
    use crate::finding::{Severity, State};
    use crate::profiles;

    /// Severity of the finding of the page's first inventory on a day, on a Windows version.
    fn severity(profile: &str, day: &str) -> Option<Severity> {
        let mut facts = inventory(blocks(super::RULE.page)[0].1);
        facts.clusters[0].profile = profiles::find(profile).expect("the profile");
        let question = Question {
            as_of: Some(day),
            state: State::Present,
        };
        let findings = review_all(&facts, question).findings;
        findings.iter().find(|f| f.rule == "driver-too-old").map(|f| f.severity)
    }

    #[test]
    fn the_day_after_six_and_twelve_months_decides() {
        for (profile, day, expected) in [
            ("azurelocal", "2025-11-01", None),
            ("azurelocal", "2025-11-02", Some(Severity::Warning)),
            ("azurelocal", "2026-05-01", Some(Severity::Warning)),
            ("azurelocal", "2026-05-02", Some(Severity::Error)),
            ("2022", "2026-05-01", None),
            ("2022", "2026-05-02", Some(Severity::Info)),
        ] {
            assert_eq!(severity(profile, day), expected, "{profile} on {day}");
        }
    }

    #[test]
    fn without_a_day_nothing_is_said_and_the_option_is_named() {
        let facts = inventory(blocks(super::RULE.page)[0].1);
        let outcomes = review_all(&facts, Question::default()).outcomes;
        let found = outcomes.iter().find(|o| o.rule.name == "driver-too-old");
        assert_eq!(found.map(|o| &o.verdict), Some(&Verdict::NotChecked(vec!["--as-of"])));
    }
}
