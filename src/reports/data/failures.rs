//! What each failure does, with alike nodes put together: lines of failures, columns of roles.

use super::NodeGroup;
use crate::checks::recount::{FailureResult, FailureRow, Recount};
use crate::inventory::Cluster;
use crate::policy::FailureKind;
use crate::reports::show;
use crate::roles::Role;
use crate::units::natural_cmp;
use std::collections::BTreeMap;

/// Nodes whose loss is shown one by one; beyond that, alike ones together.
const SINGLY: usize = 8;

/// The failures of a cluster as a table of lines and columns.
pub(in crate::reports) struct FailureMap<'a> {
    /// Role and external network (empty but for VM traffic) of each column.
    pub columns: Vec<(Role, &'a str)>,
    pub lines: Vec<FailureLine>,
}

/// One failure, or the same failure on any node of a group.
pub(in crate::reports) struct FailureLine {
    /// `NIC SLOT1 on HV1–HV24 (24 nodes)`, `switch TOR-A`.
    pub title: String,
    /// What fails, without its nodes: `NIC SLOT1`.
    pub what: String,
    /// What the title says behind it, where it names no nodes: `: its VMs on the others`.
    pub remark: &'static str,
    /// Nodes on which it fails, `HV1–HV24 (24 nodes)`; empty where the title names none.
    pub place: String,
    pub kind: FailureKind,
    /// One entry per column; `None` = the failure does not touch the role.
    pub cells: Vec<Option<FailureCell>>,
}

/// The worst that a failure does to a role.
pub(in crate::reports) struct FailureCell {
    pub result: FailureResult,
    /// Share of the demand that still fits, in permille; the smallest where `result` holds.
    pub served_permille: u64,
    /// Most VMs that one case leaves without a place (loss of a node only).
    pub vms_out: usize,
    /// Why, in the first of the worst cases.
    pub why: String,
    /// How many (failure, node) cases end this way, and of how many.
    pub cases: usize,
    pub of: usize,
}

/// Key of a line: kind, group of the failed thing's node (or none), its name without the node.
type Key<'a> = (FailureKind, usize, &'a str);

/// Puts the rows of the recount together.
pub(super) fn summarise<'a>(facts: &'a Cluster, recount: &'a Recount, groups: &[NodeGroup]) -> FailureMap<'a> {
    let columns = columns(recount);
    let groups_of = group_index(facts, groups);
    let singly = facts.nodes.len() <= SINGLY;
    let names: BTreeMap<&str, usize> = facts
        .nodes
        .iter()
        .enumerate()
        .map(|(i, n)| (n.name.as_str(), i))
        .collect();
    let mut lines: BTreeMap<Key, Vec<Option<FailureCell>>> = BTreeMap::new();
    for row in &recount.failures {
        let Some(column) = columns.iter().position(|c| *c == (row.role, row.network.as_str())) else {
            continue;
        };
        let key = key(facts, row, &groups_of, &names, singly);
        let cells = lines
            .entry(key)
            .or_insert_with(|| columns.iter().map(|_| None).collect());
        match &mut cells[column] {
            Some(cell) => cell.add(row),
            empty => *empty = Some(FailureCell::new(row)),
        }
    }
    let mut lines: Vec<(Key, Vec<Option<FailureCell>>)> = lines.into_iter().collect();
    lines.sort_by(|((k, g, a), _), ((l, h, b), _)| (k, g).cmp(&(l, h)).then_with(|| natural_cmp(a, b)));
    let lines = lines
        .into_iter()
        .map(|(key, cells)| {
            let (what, place) = title(key, groups);
            let own_line = key.0 == FailureKind::Node && groups.get(key.1).is_none();
            let remark = if own_line { ON_THE_OTHERS } else { "" };
            let title = match place.as_str() {
                "" => format!("{what}{remark}"),
                place => format!("{what} on {place}"),
            };
            FailureLine {
                title,
                what,
                remark,
                place,
                kind: key.0,
                cells,
            }
        })
        .collect();
    FailureMap { columns, lines }
}

fn columns(recount: &Recount) -> Vec<(Role, &str)> {
    let mut columns: Vec<(Role, &str)> = recount.failures.iter().map(|r| (r.role, r.network.as_str())).collect();
    columns.sort_unstable();
    columns.dedup();
    // external networks in the order of the design, which numbers them in all drawings
    let design = |network: &str| recount.roles.iter().position(|r| r.network == network);
    columns.sort_by_key(|(role, network)| (*role, design(network)));
    columns
}

fn group_index(facts: &Cluster, groups: &[NodeGroup]) -> Vec<usize> {
    let mut index = vec![0; facts.nodes.len()];
    for (number, group) in groups.iter().enumerate() {
        for node in &group.nodes {
            index[*node] = number;
        }
    }
    index
}

fn key<'a>(
    facts: &Cluster,
    row: &'a FailureRow,
    groups_of: &[usize],
    names: &BTreeMap<&str, usize>,
    singly: bool,
) -> Key<'a> {
    let group = |node: usize| groups_of.get(node).copied().unwrap_or(usize::MAX);
    match row.kind {
        FailureKind::Tor => (row.kind, usize::MAX, &row.failed),
        FailureKind::Node if singly => (row.kind, usize::MAX, &row.failed),
        FailureKind::Node => (
            row.kind,
            names.get(row.failed.as_str()).map_or(usize::MAX, |n| group(*n)),
            "",
        ),
        FailureKind::Nic | FailureKind::Card => {
            let node = facts.nodes.get(row.node).map_or("", |n| n.name.as_str());
            let local = row.failed.strip_prefix(node).and_then(|rest| rest.strip_prefix('/'));
            (row.kind, group(row.node), local.unwrap_or(&row.failed))
        }
    }
}

/// What the cells of a lost node are about.
const ON_THE_OTHERS: &str = ": its VMs on the others";

/// What fails, and on which nodes; the second is empty where the first says it.
fn title((kind, group, name): Key, groups: &[NodeGroup]) -> (String, String) {
    let label = groups.get(group).map(|g| g.label.as_str());
    let many = groups.get(group).is_some_and(|g| g.nodes.len() > 1);
    let what = show::failure_kind(kind);
    let said = match (kind, label) {
        (FailureKind::Node, None) => format!("node {name}"),
        (FailureKind::Node, Some(label)) if many => format!("any one node of {label}"),
        (FailureKind::Node, Some(label)) => format!("node {label}"),
        (FailureKind::Tor, _) if name == "(unnamed switch)" => {
            "the unnamed switch (assumed: all ports on one)".to_owned()
        }
        (FailureKind::Tor, _) => format!("switch {name}"),
        (_, None) => format!("{what} {name}"),
        (FailureKind::Card, Some(label)) => return (name.replacen("card of", "card of NIC", 1), label.to_owned()),
        (FailureKind::Nic, Some(label)) => return (format!("{what} {name}"), label.to_owned()),
    };
    (said, String::new())
}

impl FailureLine {
    /// Whether it stops a role or leaves one short.
    pub fn hurts(&self) -> bool {
        self.cells.iter().flatten().any(|cell| cell.result != FailureResult::Ok)
    }
}

impl FailureCell {
    fn new(row: &FailureRow) -> FailureCell {
        FailureCell {
            result: row.result,
            served_permille: served(row),
            vms_out: row.vms_out,
            why: row.why.clone(),
            cases: 1,
            of: 1,
        }
    }

    fn add(&mut self, row: &FailureRow) {
        self.of += 1;
        if row.result > self.result {
            *self = FailureCell {
                of: self.of,
                ..FailureCell::new(row)
            };
        } else if row.result == self.result {
            self.cases += 1;
            self.served_permille = self.served_permille.min(served(row));
            if row.vms_out > self.vms_out || self.why.is_empty() {
                self.vms_out = row.vms_out;
                self.why.clone_from(&row.why);
            }
        }
    }

    /// `on 2 of 4 nodes` where the result does not hold everywhere; empty where it does.
    pub fn scope(&self) -> String {
        if self.result == FailureResult::Ok || self.cases == self.of {
            return String::new();
        }
        format!("on {} of {} nodes", self.cases, self.of)
    }

    /// `ok`, `short 62 %`, `2 VMs out`, `cut`; `short` alone when others leave it nothing but its guaranteed share.
    pub fn text(&self) -> String {
        match self.result {
            FailureResult::Short if self.vms_out > 0 => format!("{} out", show::count(self.vms_out, "VM", "VMs")),
            FailureResult::Short if self.served_permille >= 10 => format!("short {} %", self.served_permille / 10),
            other => other.name().to_owned(),
        }
    }
}

fn served(row: &FailureRow) -> u64 {
    match row.demand {
        0 => 1000,
        demand => row
            .capacity
            .saturating_mul(1000)
            .checked_div(demand)
            .unwrap_or(0)
            .min(1000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reports::ReportData;
    use crate::reports::fixtures::{SMALL, Spec, world};

    #[test]
    fn alike_nodes_share_a_line_and_the_cell_counts_them() {
        let world = world(Spec { nodes: 20, ..SMALL });
        let data = ReportData::new(&world.inventory, &world.verified, &[]);
        let map = &data.clusters[0].failures;
        let titles: Vec<&str> = map.lines.iter().map(|l| l.title.as_str()).collect();
        assert!(titles.contains(&"NIC SLOT1P1 on HV1–HV20 (20 nodes)"), "{titles:?}");
        assert!(titles.contains(&"card 4 on HV1–HV20 (20 nodes)"), "{titles:?}");
        assert!(titles.contains(&"switch TOR-B"), "{titles:?}");
        let management = map.lines[0].cells[0].as_ref().expect("the NIC of management");
        assert_eq!(
            (management.text().as_str(), management.cases, management.of),
            ("cut", 20, 20)
        );
    }

    #[test]
    fn the_worst_result_wins_and_better_ones_are_not_counted() {
        let row = |result, capacity| FailureRow {
            failed: "HV1/A".to_owned(),
            kind: FailureKind::Nic,
            node: 0,
            role: Role::Vm,
            network: "External-1".to_owned(),
            capacity,
            demand: 1_000,
            result,
            vms_out: 0,
            why: String::new(),
        };
        let mut cell = FailureCell::new(&row(FailureResult::Ok, 2_000));
        cell.add(&row(FailureResult::Short, 620));
        cell.add(&row(FailureResult::Short, 700));
        assert_eq!((cell.text().as_str(), cell.cases, cell.of), ("short 62 %", 2, 3));
        assert_eq!(cell.scope(), "on 2 of 3 nodes");

        // the network has room; what the VMs lack is something else
        let mut homeless = row(FailureResult::Short, 2_000);
        (homeless.vms_out, homeless.why) = (2, "2 VMs find no node".to_owned());
        let cell = FailureCell::new(&homeless);
        assert_eq!(
            (cell.text().as_str(), cell.why.as_str()),
            ("2 VMs out", "2 VMs find no node")
        );
    }

    #[test]
    fn in_a_small_cluster_the_loss_of_each_node_has_a_line_and_in_a_large_one_alike_nodes_share_it() {
        let titles = |nodes: usize| {
            let world = world(Spec { nodes, ..SMALL });
            let facts = &world.inventory.clusters[0];
            let row = |failed: &str, node| FailureRow {
                failed: failed.to_owned(),
                kind: FailureKind::Node,
                node,
                role: Role::Vm,
                network: String::new(),
                capacity: 1_000,
                demand: 100,
                result: FailureResult::Ok,
                vms_out: 0,
                why: String::new(),
            };
            let recount = Recount {
                failures: vec![row("HV1", 0), row("HV2", 1)],
                ..world.verified.recounts()[0].clone()
            };
            let all = NodeGroup {
                label: "all".to_owned(),
                plain_label: "all".to_owned(),
                nodes: (0..nodes).collect(),
            };
            let map = summarise(facts, &recount, &[all]);
            map.lines.iter().map(|l| l.title.clone()).collect::<Vec<_>>()
        };
        let own = |node: &str| format!("node {node}: its VMs on the others");

        assert_eq!(titles(2), [own("HV1"), own("HV2")]);
        assert_eq!(titles(20), ["any one node of all"]);
    }

    #[test]
    fn a_switch_that_nobody_named_is_marked_as_assumed() {
        let title = |name: &str| title((FailureKind::Tor, usize::MAX, name), &[]).0;
        assert_eq!(title("TOR-A"), "switch TOR-A");
        assert!(title("(unnamed switch)").contains("assumed: all ports on one"));
    }
}
