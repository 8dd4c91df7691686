//! What divides the ports of each role among what they carry. In: facts, plan, recount. Out: a word for each row of capacity.

use crate::applied::unenforced;
use crate::checks::recount::Recount;
use crate::inventory::Cluster;
use crate::plan::ClusterPlan;
use crate::roles::Role;
use std::collections::BTreeMap;

/// Words by node, role and external network.
pub(super) type ByRole<'a> = BTreeMap<(usize, Role, &'a str), &'static str>;

/// Those of a cluster; `after` is the cluster once the plan is applied.
pub(super) fn by_role<'a>(facts: &Cluster, plan: &ClusterPlan, after: &Cluster, recount: &'a Recount) -> ByRole<'a> {
    let word = |node: usize, role: Role, network: &str| {
        let node = after.nodes.get(node)?;
        Some(unenforced::of_role(facts, plan, node, (role, network)).word())
    };
    let rows = recount.roles.iter();
    rows.filter_map(|row| {
        let place = (row.node, row.role, row.network.as_str());
        Some((place, word(row.node, row.role, &row.network)?))
    })
    .collect()
}
