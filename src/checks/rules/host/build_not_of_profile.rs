//! A build of Windows that is not that of the profile.

use crate::checks::rules::{Fault, Report, Rule, differ, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::{WS2008R2, WS2012, WS2012R2, WS2016, WS2019, WS2022, WS2025};

/// The rule.
pub static RULE: Rule = Rule {
    name: "build-not-of-profile",
    severity: Severity::Warning,
    family: "host",
    summary: "no node runs a build of the Windows version that the inventory names",
    risk: "limits, rules and scripts follow the named version and are wrong for these nodes",
    source: "Microsoft, Windows Server release information (builds)",
    page: include_str!("build_not_of_profile.md"),
    columns: &["nodes.os_build", "clusters.profile"],
    check,
    ..Rule::BASE
};

/// Builds by Windows version; Azure Local changes its own with every release.
const BUILDS: [(u8, &[u64]); 7] = [
    (WS2008R2, &[7600, 7601]),
    (WS2012, &[9200]),
    (WS2012R2, &[9600]),
    (WS2016, &[14393]),
    (WS2019, &[17763]),
    (WS2022, &[20348]),
    (WS2025, &[26100]),
];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let profile = cluster.profile;
    let Some((_, builds)) = BUILDS.iter().find(|(generation, _)| *generation == profile.generation) else {
        return report.out_of_scope("its Windows version has no fixed build");
    };
    let known = differ::values(cluster, |node| {
        node.facts.number("os_build").map(|build| build.to_string())
    });
    let fits = |build: u64| builds.contains(&build);
    // In a rolling upgrade one version of two is the right one.
    let some_fits = cluster
        .nodes
        .iter()
        .filter_map(|node| node.facts.number("os_build"))
        .any(fits);
    if known.common().is_empty() || some_fits {
        return;
    }
    let expected: Vec<String> = builds.iter().map(u64::to_string).collect();
    let mut at = vec![report.at(cluster.origin, "profile")];
    at.extend(known.origins().into_iter().map(|origin| report.at(origin, "os_build")));
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!("no node runs {}: build {}", profile.title, known.text()),
        current: known.text(),
        expected: format!("build {} as the profile says", lookup::list(&expected)),
        fix: "correct profile in clusters.csv, or os_build in nodes.csv".to_owned(),
        at,
    });
}
