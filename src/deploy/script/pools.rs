//! MAC pools of nodes whose pool is not in the inventory: the real one is read before one is set.

use super::parts::confirm;
use crate::deploy::pools;
use crate::deploy::work::{ClusterWork, NodeWork};
use crate::powershell::quoted;
use crate::units::MacRange;

/// How the real pools get into the inventory.
const EXPORT: &str = "read the real pools on every node with Get-VMHost | Format-List MacAddressMinimum, MacAddressMaximum, write them into nodes.csv \
    as mac_pool_min and mac_pool_max, run plan and deploy anew";

fn is_range(range: MacRange) -> String {
    format!(
        "([string](Get-VMHost).MacAddressMinimum -eq '{:012X}') -and ([string](Get-VMHost).MacAddressMaximum -eq '{:012X}')",
        range.min.0, range.max.0
    )
}

/// Lines of the pre-check. Where the plan sets a pool of the cluster, a guess that does not hold stops the work: new ranges were chosen beside it.
pub fn pre_check(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    if node.today.mac_pool.is_some() {
        return Vec::new();
    }
    let Some(range) = pools::assumed(&node.today) else {
        return vec![note(&format!(
            "nothing is known of the pool of this node, so no step sets it: to plan it, {EXPORT}"
        ))];
    };
    if work.nodes.iter().any(pools::is_set) {
        let what = format!(
            "the MAC pool is {} - {}, as the plan assumed from management_ip (else {EXPORT})",
            range.min, range.max
        );
        return vec![confirm(&what, &is_range(range))];
    }
    let told = format!(
        "the plan assumed {} - {} from management_ip, and leaves the pool as it is: so that overlaps with other hosts are seen, {EXPORT}",
        range.min, range.max
    );
    vec![format!("if (-not ({})) {{ {} }}", is_range(range), note(&told))]
}

/// Prints the real pool with a remark; it is no failure.
fn note(text: &str) -> String {
    format!(
        "Write-Output ('note  the MAC pool is {{0}} - {{1}}: {{2}}' -f (Get-VMHost).MacAddressMinimum, (Get-VMHost).MacAddressMaximum, {})",
        quoted(text)
    )
}

/// Lines of the apply script: no pool is set over one that is neither the assumed nor the planned one.
pub fn guard(node: &NodeWork) -> Vec<String> {
    let (Some(assumed), Some(planned)) = (pools::assumed(&node.today), node.after.mac_pool) else {
        return Vec::new();
    };
    if !pools::is_set(node) {
        return Vec::new();
    }
    vec![
        format!("if (-not (({}) -or ({}))) {{", is_range(assumed), is_range(planned)),
        format!(
            "    throw ('the MAC pool of this node is {{0}} - {{1}} and the plan was made with another one: {{2}}' -f (Get-VMHost).MacAddressMinimum, (Get-VMHost).MacAddressMaximum, {})",
            quoted(EXPORT)
        ),
        "}".to_owned(),
    ]
}

/// What the runbook says of them; empty = every pool is in the inventory.
pub fn runbook(work: &ClusterWork, safe: impl Fn(&str) -> String) -> String {
    let unknown = pools::unknown(work);
    if unknown.is_empty() {
        return String::new();
    }
    let names: Vec<String> = unknown.iter().map(|n| safe(&n.today.name)).collect();
    let (set, left): (Vec<&NodeWork>, Vec<&NodeWork>) = unknown.into_iter().partition(|n| pools::is_set(n));
    let mut text = format!(
        "\n**MAC pools.** The inventory does not hold the pool of {}: the plan was made with the default that follows from `management_ip`, which is a guess, \
         since Windows keeps the pool of the day on which Hyper-V was installed.",
        names.join(", ")
    );
    if !left.is_empty() {
        text.push_str(" No step sets a pool that the plan leaves as assumed.");
    }
    if !set.is_empty() || work.nodes.iter().any(pools::is_set) {
        text.push_str(" Other pools are set, so the pre-check stops where the real one is another.");
    }
    text.push_str(
        " Better: read the real ones before you begin (`Get-VMHost | Format-List MacAddressMinimum, MacAddressMaximum`), write them into nodes.csv as \
         `mac_pool_min` and `mac_pool_max`, and run plan and deploy anew.\n",
    );
    text
}
