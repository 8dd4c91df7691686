//! Where the VMs go, and their MAC addresses.

use super::{rate, rows, yes_no};
use crate::reports::data::{ClusterData, ReportData, vlan_list};
use crate::reports::html::table::{Kind, Table, number, text};
use crate::reports::show;

pub(super) fn external_networks(data: &ReportData) -> Table {
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

pub(super) fn mac_plan(data: &ReportData) -> Table {
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

pub(super) fn static_macs(data: &ReportData) -> Table {
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
