//! The tables of the page: what the `.csv` files hold, with units for people.

use super::table::{Cell, Kind, Table, number, signed, text};
use crate::reports::data::{ClusterData, PortRow, ReportData, RoleOnPort, margin_permille, vlan_list};
use crate::reports::{show, story, tables};
use crate::roles::Role;
use crate::units::{show_mbps, show_permille};

/// Writes the section.
pub(super) fn write(data: &ReportData, out: &mut String) {
    let made = [
        assignment(data),
        changes(data),
        role_capacity(data),
        external_networks(data),
        failures(data),
        drains(data),
        growth(data),
        wishes(data),
        mac_plan(data),
        static_macs(data),
    ];
    for table in made {
        of_one_cluster(data, table).write(out);
    }
}

/// Leaves out the first column, the cluster, when there is only one.
pub(super) fn of_one_cluster(data: &ReportData, mut table: Table) -> Table {
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
fn rows<'a, T>(
    data: &'a ReportData<'a>,
    of: impl Fn(&'a ClusterData<'a>) -> Vec<T>,
    row: impl Fn(&'a ClusterData<'a>, T) -> Vec<Cell>,
) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for cluster in &data.clusters {
        rows.extend(of(cluster).into_iter().map(|item| row(cluster, item)));
    }
    rows
}

fn assignment(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Node", Kind::Text),
        ("NIC", Kind::Text),
        ("Card", Kind::Text),
        ("ToR", Kind::Text),
        ("Speed", Kind::Number),
        ("RDMA", Kind::Text),
        ("Role", Kind::Text),
        ("External network", Kind::Text),
        ("Uplink", Kind::Text),
        ("Guaranteed share", Kind::Number),
        ("Demand", Kind::Number),
        ("Full", Kind::Number),
        ("After worst failure", Kind::Number),
        ("Worst failure", Kind::Text),
        ("VLANs", Kind::Text),
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
        text(role.map_or("idle", |r| r.role.info().title)),
        text(role.map_or("", |r| r.network)),
        text(port.uplink.map_or("", |u| cluster.uplink_name(u))),
        role.map_or_else(nothing, |r| share(r.share)),
        role.map_or_else(nothing, |r| rate(r.demand)),
        port.load.map_or_else(nothing, |l| share(l.utilisation)),
        port.load.map_or_else(nothing, |l| share(l.worst_utilisation)),
        text(port.load.map_or("", |l| &l.worst_failure)),
        text(role.map_or_else(String::new, |r| r.vlans.replace(';', ", "))),
        yes_no(port.changed),
    ]
}

fn changes(data: &ReportData) -> Table {
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

fn role_capacity(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Node", Kind::Text),
        ("Role", Kind::Text),
        ("External network", Kind::Text),
        ("Demand", Kind::Number),
        ("Capacity", Kind::Number),
        ("After worst failure", Kind::Number),
        ("Worst failure", Kind::Text),
        ("Left over", Kind::Number),
        ("Guaranteed", Kind::Number),
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
            rate(row.worst_capacity),
            text(&row.worst_failure),
            signed(format!("{sign}{}", show_permille(margin.unsigned_abs())), margin),
            rate(row.guaranteed_mbps),
        ]
    };
    Table {
        id: "role-capacity",
        title: "What each role can count on",
        note: "Capacity is what the others on the same NICs leave. Left over: after the worst failure; negative = too little. \
               Guaranteed: under contention, after that failure.",
        file: "role_capacity.csv",
        columns: COLUMNS,
        rows: rows(data, |c| c.recount.roles.iter().collect(), row),
    }
}

fn external_networks(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("External network", Kind::Text),
        ("VM", Kind::Text),
        ("vNIC", Kind::Text),
        ("VLAN", Kind::Text),
        ("Need", Kind::Number),
        ("Group", Kind::Text),
        ("Wants its own", Kind::Text),
        ("Changes", Kind::Text),
        ("Why", Kind::Long),
    ];
    let row = |cluster: &ClusterData, guest: crate::reports::data::GuestRow| {
        let vlans = vlan_list(false, guest.vnic.vlans.iter().copied());
        vec![
            text(&cluster.facts.name),
            text(if guest.plan.network.is_empty() {
                "none"
            } else {
                &guest.plan.network
            }),
            text(&guest.vm.name),
            text(&guest.vnic.name),
            text(if vlans.is_empty() {
                "untagged".to_owned()
            } else {
                vlans.replace(';', ", ")
            }),
            rate(guest.need),
            text(&guest.plan.group),
            yes_no(guest.vnic.dedicated),
            yes_no(guest.changed),
            text(&guest.plan.why),
        ]
    };
    Table {
        id: "external-networks",
        title: "Which VM goes to which external network",
        note: "An external network is an external virtual switch with the same name on every node.",
        file: "external_networks.csv",
        columns: COLUMNS,
        rows: rows(data, ClusterData::guests, row),
    }
}

fn failures(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("What fails", Kind::Text),
        ("Kind", Kind::Text),
        ("Felt on node", Kind::Text),
        ("Role", Kind::Text),
        ("External network", Kind::Text),
        ("Left", Kind::Number),
        ("Demand", Kind::Number),
        ("Result", Kind::Badge),
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
        ]
    };
    Table {
        id: "failures",
        title: "What each failure does",
        note: "One failure at a time: ok = demand still fits, short = runs with less, cut = stops.",
        file: "failures.csv",
        columns: COLUMNS,
        rows: rows(data, |c| c.recount.failures.iter().collect(), row),
    }
}

fn drains(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Node", Kind::Text),
        ("VMs moved live", Kind::Number),
        ("Their memory", Kind::Number),
        ("Rate of all migrations", Kind::Number),
        ("At least", Kind::Number),
    ];
    let row = |cluster: &ClusterData, row: &crate::checks::recount::DrainBound| {
        vec![
            text(&cluster.facts.name),
            text(cluster.node_name(row.node)),
            number(show::thousands(row.vms), row.vms),
            number(show::memory(row.memory_mib), row.memory_mib),
            rate(row.rate_mbps),
            number(show::seconds(row.bound_s), row.bound_s),
        ]
    };
    Table {
        id: "drains",
        title: "How long it takes to empty a node",
        note: "A lower bound: no order of live migrations is faster; memory that changes on the way adds to it.",
        file: "",
        columns: COLUMNS,
        rows: rows(data, |c| c.recount.drains.iter().collect(), row),
    }
}

fn growth(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Role", Kind::Text),
        ("Growth that fits", Kind::Number),
        ("Where it ends", Kind::Long),
    ];
    let row = |cluster: &ClusterData, limit: &crate::reports::data::GrowthLimit| {
        let shown = if limit.percent < 0 {
            "none".to_owned()
        } else {
            format!("{} %", show::thousands(limit.percent.unsigned_abs()))
        };
        vec![
            text(&cluster.facts.name),
            text(story::growth_role(limit)),
            signed(shown, limit.percent),
            text(story::growth_place(cluster, limit)),
        ]
    };
    Table {
        id: "growth",
        title: "How much growth fits, role by role",
        note: "Every demand grows alike, on top of the growth in the policy, until the role's uplink passes its target.",
        file: "",
        columns: COLUMNS,
        rows: rows(data, |c| c.growth.by_role.iter().collect(), row),
    }
}

fn wishes(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Order", Kind::Number),
        ("Wish", Kind::Long),
        ("Not met", Kind::Number),
    ];
    let row = |cluster: &ClusterData, (index, times): (usize, u64)| {
        let shown = if times == 0 {
            "met".to_owned()
        } else {
            format!("{} times", show::thousands(times))
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

fn mac_plan(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("Node", Kind::Text),
        ("Pool today", Kind::Text),
        ("Planned pool", Kind::Text),
        ("Addresses", Kind::Number),
        ("In use", Kind::Number),
        ("After a node loss", Kind::Number),
        ("Changes", Kind::Text),
    ];
    let row = |cluster: &ClusterData, pool: &crate::plan::PoolPlan| {
        let plain = |n: u64| number(show::thousands(n), n);
        vec![
            text(&cluster.facts.name),
            text(&pool.node),
            text(pool.today.map_or_else(|| "not known".to_owned(), show::mac_range)),
            text(show::mac_range(pool.planned)),
            plain(pool.planned.size()),
            plain(pool.in_use),
            plain(pool.worst_in_use),
            yes_no(pool.today != Some(pool.planned)),
        ]
    };
    Table {
        id: "mac-plan",
        title: "Dynamic MAC pool of each node",
        note: "Pools must not overlap, within a cluster or between clusters on one network.",
        file: "mac_plan.csv",
        columns: COLUMNS,
        rows: rows(data, |c| c.plan.mac_pools.iter().collect(), row),
    }
}

fn static_macs(data: &ReportData) -> Table {
    const COLUMNS: &[(&str, Kind)] = &[
        ("Cluster", Kind::Text),
        ("VM", Kind::Text),
        ("vNIC", Kind::Text),
        ("MAC today", Kind::Text),
        ("Dynamic", Kind::Text),
        ("Planned MAC", Kind::Text),
        ("Spoofing", Kind::Text),
        ("Why", Kind::Long),
    ];
    let row = |cluster: &ClusterData, row: &crate::plan::StaticMacPlan| {
        vec![
            text(&cluster.facts.name),
            text(&row.vm),
            text(&row.vnic),
            text(row.current.map_or_else(|| "not known".to_owned(), |m| m.to_string())),
            yes_no(row.dynamic),
            text(
                row.planned
                    .map_or_else(|| "stays dynamic".to_owned(), |m| m.to_string()),
            ),
            text(if row.spoofing { "on" } else { "off" }),
            text(&row.reason),
        ]
    };
    Table {
        id: "static-macs",
        title: "VMs that need a static MAC or spoofing",
        note: "A dynamic MAC may change when a VM starts on another host; these VMs must keep theirs.",
        file: "static_macs.csv",
        columns: COLUMNS,
        rows: rows(data, |c| c.plan.static_macs.iter().collect(), row),
    }
}
