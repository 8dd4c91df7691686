//! What decides between cluster networks where no list does: the metrics, and what is published of them for each version of Windows.

mod support;

use nicplan::finding::Severity::Warning;
use nicplan::migration::path::{Layer, paths};
use nicplan::migration::wiring::Wiring;
use support::wired::dedicated;

/// What is published of the default order differs by version, and the path says where nothing is.
#[test]
fn the_lowest_metric_comes_last_for_the_reason_that_holds_on_each_version() {
    for (profile, words, unpublished) in [
        ("2008r2", "CSV and cluster traffic take that one", false),
        ("2012r2", "live migration leaves that one to the cluster", false),
        ("2019", "from 2016 nothing published says so, it is assumed", true),
        ("2025", "from 2016 nothing published says so, it is assumed", true),
    ] {
        let mut cluster = dedicated(profile, 3, 10_000);
        for node in &mut cluster.nodes {
            node.migration.subnets = Some(vec!["10.0.2.0/24".to_owned(), "10.0.3.0/24".to_owned()]);
        }
        cluster.migration.network_order.clear();
        let intended = cluster.networks.iter_mut().find(|n| n.name == "Live Migration");
        intended.expect("the base has it").metric = Some(20_000);
        let all = paths(&cluster, &Wiring::today(&cluster));
        let path = all.iter().find(|p| (p.source, p.target) == (0, 1)).expect("a pair");
        let steps: Vec<&str> = path.steps.iter().map(|step| step.text.as_str()).collect();
        let fault = path
            .faults
            .iter()
            .find(|f| f.layer == Layer::Metric)
            .expect("a fault of the metric");
        assert!(
            steps.iter().any(
                |step| step.contains("Live Migration: metric 20000, the lowest and so last") && step.contains(words)
            ),
            "{profile}: {steps:?}"
        );
        assert!(fault.text.contains(words), "{profile}: {}", fault.text);
        assert_eq!(fault.severity == Warning, unpublished, "{profile}");
        assert_eq!(
            steps.iter().any(|step| step.contains("CSV")),
            profile == "2008r2",
            "{profile}: {steps:?}"
        );
    }
}
