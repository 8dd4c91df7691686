//! `shortfall-declared`: the plan says of itself which requirements it does not meet.

use super::{Broken, Judge, PlanCheck, some};
use crate::checks::Recount;
use crate::inventory::Cluster;
use crate::plan::{ClusterPlan, Shortfall};
use crate::units::same_name;
use std::collections::BTreeMap;

pub(super) static CHECK: PlanCheck = PlanCheck {
    name: "shortfall-declared",
    summary: "the unmet requirements that the plan declares are exactly those that are recounted",
    docs: "A plan may fall short of what was asked, but not in silence: whoever approves it must see every requirement that it does not meet.",
    judge: Judge::Claims(check),
};

fn check(_: &Cluster, plan: &ClusterPlan, recount: &Recount, broken: &mut Broken) {
    let mut declared: Vec<&Shortfall> = plan.solver.shortfall.iter().collect();
    declared.sort();
    let mut silent: Vec<&Shortfall> = Vec::new();
    for entry in &recount.shortfall {
        match declared.iter().position(|d| same(d, entry)) {
            Some(at) => drop(declared.remove(at)),
            None => silent.push(entry),
        }
    }
    for (place, entries) in by_place(plan, &silent) {
        let message = format!("{} is not met and the plan does not say so", show(&entries));
        broken.misstated(place, message, "not declared", show(&entries));
    }
    for (place, entries) in by_place(plan, &declared) {
        let message = format!(
            "the plan declares that {} is not met; the recount does not find that",
            show(&entries)
        );
        broken.misstated(place, message, show(&entries), "not declared");
    }
}

/// Subjects are names, which Windows compares without regard to upper and lower case.
fn same(a: &Shortfall, b: &Shortfall) -> bool {
    (&a.requirement, a.missing_mbps) == (&b.requirement, b.missing_mbps) && same_name(&a.subject, &b.subject)
}

/// The entries of one requirement together, those of vNICs by the external network that the plan gives them: one slip in a
/// plan may leave hundreds of vNICs without their VLAN.
fn by_place<'a>(plan: &'a ClusterPlan, entries: &[&'a Shortfall]) -> Vec<(String, Vec<&'a Shortfall>)> {
    let network_of: BTreeMap<String, &str> = plan
        .vnics
        .iter()
        .map(|v| (format!("{}/{}", v.vm, v.vnic), v.network.as_str()))
        .collect();
    let mut groups: BTreeMap<(&str, &str), Vec<&Shortfall>> = BTreeMap::new();
    for entry in entries {
        let network = network_of.get(&entry.subject).copied().unwrap_or_default();
        groups.entry((&entry.requirement, network)).or_default().push(entry);
    }
    let place = |((_, network), entries): ((&str, &str), Vec<&'a Shortfall>)| {
        let first = entries.first().map_or("", |e| e.subject.as_str());
        let place = if network.is_empty() { first } else { network };
        (place.to_owned(), entries)
    };
    groups.into_iter().map(place).collect()
}

/// `requirement vlan at WEB1/Network Adapter, WEB2/Network Adapter`.
fn show(entries: &[&Shortfall]) -> String {
    let subject = |entry: &&Shortfall| match entry.missing_mbps {
        0 => entry.subject.clone(),
        missing => format!("{} ({missing} Mbit/s missing)", entry.subject),
    };
    let requirement = entries.first().map_or("", |e| e.requirement.as_str());
    let subjects: Vec<String> = entries.iter().map(subject).collect();
    format!("requirement {requirement} at {}", some(&subjects))
}
