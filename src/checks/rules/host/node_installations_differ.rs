//! Nodes with and without desktop.

use crate::checks::rules::{Fault, Report, Rule, differ, fixes};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2008R2;

/// The rule.
pub static RULE: Rule = Rule {
    name: "node-installations-differ",
    severity: Severity::Warning,
    family: "host",
    summary: "some nodes are installed with desktop and others as Server Core",
    risk: "the validation complains, and nodes differ in services, updates and restarts",
    source: "Test-Cluster, Validate Operating System Installation Option; Microsoft, Hyper-V Live Migration FAQ (2008 R2)",
    page: include_str!("node_installations_differ.md"),
    columns: &["nodes.installation", "clusters.profile"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let values = differ::values(cluster, |node| node.facts.text("installation").map(str::to_owned));
    if !values.differ() {
        return;
    }
    // Live migration of 2008 R2 is supported between equal installations only; later versions move VMs all the same.
    let severity = match cluster.profile.generation {
        WS2008R2 => Severity::Error,
        _ => Severity::Warning,
    };
    let fault = Fault {
        subject: cluster.name.clone(),
        message: format!("the nodes are installed differently: {}", values.text()),
        current: values.text(),
        expected: "one installation option on every node".to_owned(),
        fix: format!(
            "install the odd nodes anew, {}, one after the other",
            fixes::drained(cluster)
        ),
        at: values
            .origins()
            .into_iter()
            .map(|origin| report.at(origin, "installation"))
            .collect(),
    };
    report.add_as(severity, fault);
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::assert_severities;
    use crate::finding::Severity;

    #[test]
    fn unequal_installations_are_an_error_in_2008_r2_alone() {
        assert_severities(
            "node-installations-differ",
            &[
                ("2008r2", Severity::Error),
                ("2012", Severity::Warning),
                ("2022", Severity::Warning),
            ],
        );
    }
}
