//! WHAT DIFFERS. In: two inventories, or two plans. Out: changes, in the order in which a change request lists them.
//!
//! ```text
//! facts or plan  ->  rows with keys  ->  changes
//! ```
//! Rows are those of the inventory folder, so that a change names the table and column that a person knows.
//! Must not know: the planner, checks, reports.

mod compare;
mod facts;
mod plans;

use crate::inventory::Inventory;
use crate::plan::Plan;
use compare::Rows;
use serde::Serialize;

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Only the second has it.
    Added,
    /// Only the first has it.
    Removed,
    /// Both have it, with another value in a column.
    Changed,
}

impl Kind {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Added => "added",
            Kind::Removed => "removed",
            Kind::Changed => "changed",
        }
    }
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Cluster name.
    pub cluster: String,
    /// Node that must be touched; empty = the cluster as a whole.
    pub node: String,
    /// Table of the inventory or part of the plan.
    pub table: String,
    /// Name of the row's thing: NIC, switch, `VM/vNIC` …; for the node itself its name.
    pub subject: String,
    /// Column that changed; empty for a whole row.
    pub column: String,
    /// Added, removed, changed.
    pub kind: Kind,
    /// Value in the first; for a removed row all its values.
    pub from: String,
    /// Value in the second; for an added row all its values.
    pub to: String,
}

/// What differs between two inventories, cluster by cluster.
pub fn inventories(a: &Inventory, b: &Inventory) -> Vec<Change> {
    let rows = |inventory: &Inventory| -> Vec<(String, Rows)> {
        let clusters = inventory.clusters.iter();
        clusters.map(|c| (c.name.clone(), facts::rows(c))).collect()
    };
    compare::clusters(&rows(a), &rows(b))
}

/// What differs between two plans, cluster by cluster.
pub fn plans(a: &Plan, b: &Plan) -> Vec<Change> {
    let rows = |plan: &Plan| -> Vec<(String, Rows)> {
        let clusters = plan.clusters.iter();
        clusters.map(|c| (c.cluster.clone(), plans::rows(c))).collect()
    };
    compare::clusters(&rows(a), &rows(b))
}
