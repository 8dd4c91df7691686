//! What the NICs do, what changes, what each role can count on.

use super::{rate, rows, share, yes_no};
use crate::reports::data::{ClusterData, PortRow, ReportData, RoleOnPort, margin_permille};
use crate::reports::html::table::{Cell, Kind, Table, number, signed, text};
use crate::reports::{limits, show, tables};
use crate::roles::Role;
use crate::units::show_permille;

pub(super) fn assignment(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Node", Kind::Text),
        ("NIC", Kind::Name),
        ("Card", Kind::Text),
        ("Physical switch", Kind::Text),
        ("Speed", Kind::Number),
        ("RDMA", Kind::Text),
        ("Role", Kind::Text),
        ("External network", Kind::Text),
        ("Uplink", Kind::Text),
        ("Guaranteed share", Kind::Number),
        ("Demand", Kind::Number),
        ("Full", Kind::Number),
        ("After worst failure", Kind::Number),
        ("Worst failure", Kind::Name),
        ("VLANs", Kind::Name),
        ("Changes", Kind::Text),
    ];
    let of = |cluster: &ClusterData| {
        let roles = |p: &PortRow| {
            if p.roles.is_empty() {
                vec![None]
            } else {
                (0..p.roles.len()).map(Some).collect()
            }
        };
        let pairs = cluster
            .ports
            .iter()
            .enumerate()
            .flat_map(|(i, p)| roles(p).into_iter().map(move |r| (i, r)));
        pairs.collect::<Vec<(usize, Option<usize>)>>()
    };
    let row = |cluster: &ClusterData, (port, role): (usize, Option<usize>)| {
        let port = &cluster.ports[port];
        assignment_row(cluster, port, role.and_then(|r| port.roles.get(r)))
    };
    Table {
        id: "assignment",
        title: "Which NIC does what on each node",
        note: "One row per NIC and role; demand and utilisation are those of the whole uplink on that node.",
        file: "assignment.csv",
        columns: COLUMNS,
        rows: rows(data, of, row),
    }
}

fn assignment_row(cluster: &ClusterData, port: &PortRow, role: Option<&RoleOnPort>) -> Vec<Cell> {
    let nothing = || signed("", -1);
    vec![
        text(&cluster.facts.name),
        text(cluster.node_name(port.node_index)),
        text(&port.nic.name),
        text(&port.nic.card),
        text(&port.tor),
        rate(port.nic.speed),
        text(tables::rdma(port.nic.rdma)),
        text(use_of(port, role)),
        text(role.map_or("", |r| r.network)),
        text(port.uplink.map_or("", |u| cluster.uplink_name(u))),
        role.map_or_else(nothing, |r| share(r.share)),
        role.map_or_else(nothing, |r| rate(r.demand)),
        port.load.map_or_else(nothing, |l| share(l.utilisation)),
        port.load.map_or_else(nothing, |l| share(l.worst_utilisation)),
        text(port.load.map_or_else(String::new, |l| show::failure(&l.worst_failure))),
        text(role.map_or_else(String::new, |r| r.vlans.replace(';', ", "))),
        yes_no(port.changed),
    ]
}

/// What the port does; that it has no link, where it has none.
fn use_of(port: &PortRow, role: Option<&RoleOnPort>) -> String {
    let use_ = role.map_or("idle", |r| r.role.info().title);
    match port.nic.up {
        true => use_.to_owned(),
        false => format!("{use_} (no link today)"),
    }
}

pub(super) fn changes(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("What", Kind::Text),
        ("Name", Kind::Text),
        ("Today", Kind::Long),
        ("Planned", Kind::Long),
    ];
    let of = |cluster: &ClusterData| {
        let ports = cluster
            .ports
            .iter()
            .filter(|p| p.changed)
            .map(|p| port_change(cluster, p));
        let guests = cluster.guests();
        let vnics = guests.iter().filter(|g| g.changed).map(|g| {
            let name = format!("{} / {}", g.vm.name, g.vnic.name);
            ("vNIC", name, g.vnic.switch.clone(), g.plan.network.clone())
        });
        ports.chain(vnics).collect::<Vec<_>>()
    };
    let row = |cluster: &ClusterData, (what, name, today, planned): (&'static str, String, String, String)| {
        vec![
            text(&cluster.facts.name),
            text(what),
            text(name),
            text(today),
            text(planned),
        ]
    };
    Table {
        id: "changes",
        title: "What changes from today",
        note: "NICs whose roles or virtual switch change, and vNICs that move to another external network.",
        file: "",
        columns: COLUMNS,
        rows: rows(data, of, row),
    }
}

fn port_change(cluster: &ClusterData, port: &PortRow) -> (&'static str, String, String, String) {
    let described = |roles: &mut dyn Iterator<Item = Role>, network: Option<&str>| {
        let titles: Vec<&str> = roles.map(|r| r.info().title).collect();
        let roles = if titles.is_empty() {
            "idle".to_owned()
        } else {
            titles.join(", ")
        };
        network.map_or(roles.clone(), |n| format!("{roles} (switch {n})"))
    };
    let today = described(&mut port.nic.roles.iter().copied(), port.nic.switch.as_deref());
    let network = port
        .uplink
        .and_then(|u| cluster.plan.uplinks.get(u))
        .and_then(|u| u.network.as_deref());
    let planned = described(&mut port.roles.iter().map(|r| r.role), network);
    (
        "NIC",
        format!("{} / {}", cluster.node_name(port.node_index), port.nic.name),
        today,
        planned,
    )
}

pub(super) fn role_capacity(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Node", Kind::Text),
        ("Role", Kind::Text),
        ("External network", Kind::Text),
        ("Demand", Kind::Number),
        ("Capacity", Kind::Number),
        ("After worst failure", Kind::Number),
        ("Worst failure", Kind::Name),
        ("Left over", Kind::Number),
        ("Guaranteed", Kind::Number),
        ("Divided by", Kind::Text),
    ];
    let row = |cluster: &ClusterData, row: &crate::checks::recount::RoleCapacity| {
        let margin = margin_permille(row);
        let sign = if margin < 0 { "-" } else { "" };
        vec![
            text(&cluster.facts.name),
            text(cluster.node_name(row.node)),
            text(row.role.info().title),
            text(&row.network),
            rate(row.demand),
            rate(row.capacity),
            number(limits::worst_capacity(cluster, row), row.worst_capacity),
            text(show::failure(&row.worst_failure)),
            signed(format!("{sign}{}", show_permille(margin.unsigned_abs())), margin),
            number(limits::guaranteed(cluster, row), row.guaranteed_mbps),
            text(cluster.divided_by(row)),
        ]
    };
    Table {
        id: "role-capacity",
        title: "What each role can count on",
        note: "Capacity is what the others on the same NICs leave. The worst failure is the one that hurts most among those that the \
               policy requires or wishes this role to survive. Left over: then; negative = too little. Guaranteed: the role's \
               share when all want more than there is, then. Divided by: what makes Windows keep the shares of the ports; where it says \
               nothing, they hold only while the roles do not ask for more than the ports carry.",
        file: "role_capacity.csv",
        columns: COLUMNS,
        rows: rows(data, |c| c.recount.roles.iter().collect(), row),
    }
}
