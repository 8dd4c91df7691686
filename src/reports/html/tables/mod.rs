//! The tables of the page: what the `.csv` files hold, with units for people.

mod guests;
mod limits;
mod nics;

use super::table::{Cell, Table, number, text};
use crate::reports::data::{ClusterData, ReportData};
use crate::units::{show_mbps, show_permille};

/// Writes the section.
pub(super) fn write(data: &ReportData, out: &mut String) {
    let made = [
        nics::assignment(data),
        nics::changes(data),
        nics::role_capacity(data),
        guests::external_networks(data),
        limits::failures(data),
        limits::growth(data),
        limits::wishes(data),
        guests::mac_plan(data),
        guests::static_macs(data),
    ];
    let growth = growth_remark(data);
    for table in made {
        let remark = if WITH_NEEDS.contains(&table.id) {
            growth.as_str()
        } else {
            ""
        };
        of_one_cluster(data, table).write_with(out, remark);
    }
}

/// Tables that show what roles and VMs need.
const WITH_NEEDS: [&str; 4] = ["assignment", "role-capacity", "external-networks", "failures"];

/// By how much the needs are larger than those of the inventory; empty where no cluster adds growth.
fn growth_remark(data: &ReportData) -> String {
    let grown = data.clusters.iter().filter(|c| c.facts.policy.growth_percent > 0);
    let said: Vec<String> = grown
        .map(|c| match data.clusters.len() {
            1 => format!("{} % growth", c.facts.policy.growth_percent),
            _ => format!("{} % growth in {}", c.facts.policy.growth_percent, c.facts.name),
        })
        .collect();
    match said.is_empty() {
        true => String::new(),
        false => format!(" Needs include {}.", said.join(", ")),
    }
}

/// Writes the table of drains, which stands in a section of its own.
pub(super) fn drains(data: &ReportData, out: &mut String) {
    of_one_cluster(data, limits::drains(data)).write(out);
}

/// Leaves out the first column, the cluster, when there is only one.
pub(in crate::reports::html) fn of_one_cluster(data: &ReportData, mut table: Table) -> Table {
    if data.clusters.len() == 1 {
        table.columns = &table.columns[1..];
        for row in &mut table.rows {
            row.remove(0);
        }
    }
    table
}

fn rate(mbps: u64) -> Cell {
    number(show_mbps(mbps), mbps)
}

fn share(permille: u64) -> Cell {
    number(show_permille(permille), permille)
}

fn yes_no(yes: bool) -> Cell {
    text(if yes { "yes" } else { "no" })
}

/// Rows of all clusters.
fn rows<'d, 'a, T>(
    data: &'d ReportData<'a>,
    of: impl Fn(&'d ClusterData<'a>) -> Vec<T>,
    row: impl Fn(&'d ClusterData<'a>, T) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for cluster in &data.clusters {
        rows.extend(of(cluster).into_iter().map(|item| row(cluster, item)));
    }
    rows
}
