//! Nodes with different versions of Windows.

use crate::checks::rules::{Fault, Report, Rule, differ};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2016;

/// The rule.
pub static RULE: Rule = Rule {
    name: "node-builds-differ",
    severity: Severity::Warning,
    family: "host",
    summary: "the nodes run different builds of Windows",
    risk: "before 2016 VMs cannot move between them; from 2016 on it is a state for the weeks of an upgrade, with the features of the oldest node",
    source: "Test-Cluster, Validate Operating System Version; Microsoft, Cluster OS rolling upgrade",
    page: include_str!("node_builds_differ.md"),
    columns: &["nodes.os_build", "clusters.profile"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let values = differ::values(cluster, |node| {
        node.facts.number("os_build").map(|build| build.to_string())
    });
    if !values.differ() {
        return;
    }
    // Rolling upgrade, two versions in one cluster, came with 2016.
    let (severity, fix) = match cluster.profile.generation {
        WS2016.. => (
            Severity::Warning,
            "finish the rolling upgrade within four weeks: evict, install and add the old nodes, then Update-ClusterFunctionalLevel",
        ),
        _ => (
            Severity::Error,
            "install the same version of Windows, with its service pack, on every node",
        ),
    };
    let fault = Fault {
        subject: cluster.name.clone(),
        message: format!("the nodes run different builds of Windows: {}", values.text()),
        current: values.text(),
        expected: "one build on every node".to_owned(),
        fix: fix.to_owned(),
        at: values
            .origins()
            .into_iter()
            .map(|origin| report.at(origin, "os_build"))
            .collect(),
    };
    report.add_as(severity, fault);
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::assert_severities;
    use crate::finding::Severity;

    #[test]
    fn two_versions_are_an_error_before_rolling_upgrades_came_with_2016() {
        assert_severities(
            "node-builds-differ",
            &[
                ("2012r2", Severity::Error),
                ("2016", Severity::Warning),
                ("2022", Severity::Warning),
            ],
        );
    }
}
