//! Failures, drains, growth and wishes.

use super::{rate, rows};
use crate::migration::drain::NodeDrain;
use crate::reports::data::{ClusterData, GrowthLimit, ReportData};
use crate::reports::drains::minutes;
use crate::reports::html::table::{Kind, Table, number, signed, text};
use crate::reports::{limits, show};

pub(super) fn failures(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("What fails", Kind::Name),
        ("Kind", Kind::Text),
        ("Felt on node", Kind::Text),
        ("Role", Kind::Text),
        ("External network", Kind::Text),
        ("Left", Kind::Number),
        ("Demand", Kind::Number),
        ("Result", Kind::Badge),
        ("Why", Kind::Long),
    ];
    let row = |cluster: &ClusterData, row: &crate::checks::recount::FailureRow| {
        vec![
            text(&cluster.facts.name),
            text(&row.failed),
            text(show::failure_kind(row.kind)),
            text(cluster.node_name(row.node)),
            text(row.role.info().title),
            text(&row.network),
            rate(row.capacity),
            rate(row.demand),
            text(row.result.name()),
            text(&row.why),
        ]
    };
    Table {
        id: "failures",
        title: "What each failure does",
        note: "One failure at a time: ok = what is needed still fits, short = runs with less, cut = stops. The loss of a node has one row \
               for each external network: what the other nodes have for VMs together, and short where a VM of the network finds no place.",
        file: "failures.csv",
        columns: COLUMNS,
        rows: rows(data, |c| c.recount.failures.iter().collect(), row),
    }
}

pub(super) fn drains(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Node", Kind::Text),
        ("VMs moved", Kind::Number),
        ("Their memory", Kind::Number),
        ("At once", Kind::Number),
        ("Rate of all migrations", Kind::Number),
        ("Forecast", Kind::Number),
        ("Nine of ten", Kind::Number),
        ("No order is faster", Kind::Number),
        ("What bounds it", Kind::Long),
    ];
    let row = |cluster: &ClusterData, row: &NodeDrain| {
        let drain = &row.today;
        let sure_ms = cluster
            .drains
            .as_ref()
            .map_or(drain.makespan_ms, |all| all.p90_ms(drain.makespan_ms));
        vec![
            text(&cluster.facts.name),
            text(cluster.node_name(row.node)),
            number(show::thousands(drain.vms as u64), drain.vms as u64),
            number(show::memory(drain.memory_mib), drain.memory_mib),
            number(drain.concurrency.to_string(), u64::from(drain.concurrency)),
            rate(drain.egress_mbps),
            number(minutes(drain.makespan_ms), drain.makespan_ms),
            number(minutes(sure_ms), sure_ms),
            number(minutes(drain.bound_ms), drain.bound_ms),
            text(&drain.advice),
        ]
    };
    Table {
        id: "drains",
        title: "How long it takes to empty a node",
        note: "Forecast: simulated as Windows does it, with the SMB limit, memory that changes on the way, and VMs below medium priority saved and restored. No order is faster: the bound of the same moves over the same paths. The rate is what the paths out of the node pass together.",
        file: "",
        columns: COLUMNS,
        rows: rows(data, |c| c.drains_by_node(), row),
    }
}

/// Where growth ends, role by role; nothing where it is not judged.
fn ends_of_growth<'c>(cluster: &'c ClusterData) -> Vec<&'c GrowthLimit> {
    match limits::says_something(cluster) {
        true => cluster.growth.by_role.iter().collect(),
        false => Vec::new(),
    }
}

pub(super) fn growth(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Role", Kind::Text),
        ("Growth that fits", Kind::Number),
        ("Where it ends", Kind::Long),
    ];
    let row = |cluster: &ClusterData, limit: &GrowthLimit| {
        let shown = if limit.permille < 0 {
            "none".to_owned()
        } else {
            format!("{} %", show::thousands(limit.percent().unsigned_abs()))
        };
        vec![
            text(&cluster.facts.name),
            text(limits::growth_role(limit)),
            signed(shown, limit.permille),
            text(limits::growth_place(cluster, limit)),
        ]
    };
    Table {
        id: "growth",
        title: "How much growth fits, role by role",
        note: "Every demand grows alike, on top of the growth in the policy, until the role's uplink passes its target.",
        file: "",
        columns: COLUMNS,
        rows: rows(data, ends_of_growth, row),
    }
}

pub(super) fn wishes(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Order", Kind::Number),
        ("Wish", Kind::Long),
        ("Not met", Kind::Number),
    ];
    let row = |cluster: &ClusterData, (index, times): (usize, u64)| {
        let shown = match times {
            0 => "met".to_owned(),
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            _ => format!("{} times", show::thousands(times)),
        };
        vec![
            text(&cluster.facts.name),
            number((index + 1).to_string(), index as u64 + 1),
            text(show::wish(&cluster.recount.wishes[index].0)),
            number(shown, times),
        ]
    };
    let of = |cluster: &ClusterData| {
        cluster
            .recount
            .wishes
            .iter()
            .enumerate()
            .map(|(i, (_, n))| (i, *n))
            .collect()
    };
    Table {
        id: "wishes",
        title: "What was wished, in order of importance",
        note: "A wish is met where it costs nothing more important; it counts once per node, pair or vNIC that misses it.",
        file: "",
        columns: COLUMNS,
        rows: rows(data, of, row),
    }
}
