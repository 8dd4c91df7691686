//! More than one intent for management, storage or a stretched cluster.

use crate::checks::rules::{Fault, Report, Rule, Versions, intents, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2025;
use crate::units::same_name;

/// The rule.
pub static RULE: Rule = Rule {
    name: "too-many-intents-of-one-kind",
    severity: Severity::Error,
    family: "network-atc",
    summary: "a cluster has more than one intent for management, storage or stretch",
    risk: "Network ATC refuses the second one",
    source: "Microsoft, Deploy host networking with Network ATC",
    page: include_str!("too_many_intents_of_one_kind.md"),
    columns: &[
        "clusters.management_intents",
        "clusters.storage_intents",
        "clusters.stretch_intents",
    ],
    needs: &["clusters.management_intents|clusters.storage_intents|clusters.stretch_intents"],
    versions: Versions::from(WS2025),
    check,
    ..Rule::BASE
};

/// Kinds of which a cluster may have one; any number of intents may be for VMs.
const ONCE: [(&str, &str); 3] = [
    ("management_intents", "management"),
    ("storage_intents", "storage"),
    ("stretch_intents", "stretch"),
];

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (column, kind) in ONCE {
        let intents = cluster.facts.list(column).unwrap_or_default();
        if intents.len() > 1 {
            report.add(Fault {
                subject: cluster.name.clone(),
                message: format!(
                    "{} has {} intents for {kind}: {}",
                    cluster.name,
                    intents.len(),
                    lookup::list(intents)
                ),
                current: lookup::list(intents),
                expected: format!("one intent for {kind}"),
                fix: fix(cluster, column, intents),
                at: vec![report.at(cluster.origin, column)],
            });
        }
    }
}

/// One of them stays; the next one goes, or comes back without this kind where it is for something else as well.
fn fix(cluster: &Cluster, column: &str, all: &[String]) -> String {
    let Some(kept) = intents::kept(cluster, all) else {
        return String::new();
    };
    let mut others = all.iter().filter(|intent| !same_name(intent, kept));
    let Some(extra) = others.next() else {
        return String::new();
    };
    let kinds = intents::kinds(cluster, &[extra], column);
    let then = if kinds.is_empty() {
        let ports = [kept, extra].map(|intent| intents::ports(cluster, intent));
        intents::give(cluster, kept, &ports.into_iter().flatten().collect())
    } else {
        intents::add(cluster, extra, &intents::ports(cluster, extra), &kinds)
    };
    let more = if others.next().is_some() {
        "; so with the others"
    } else {
        ""
    };
    format!("keep {kept}: {}; then {then}{more}", intents::remove(cluster, extra))
}
