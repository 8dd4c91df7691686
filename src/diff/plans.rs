//! A plan as rows: design, ports, external networks of vNICs, MAC pools, static addresses.

use super::compare::{Row, Rows};
use crate::plan::{ClusterPlan, NodeUplink, Uplink};
use std::collections::BTreeMap;

/// Rows of a cluster's plan, part by part.
pub(super) fn rows(plan: &ClusterPlan) -> Rows {
    let mut rows = Rows::default();
    let status = serde_json::to_value(plan.solver.status).unwrap_or_default();
    rows.add(
        "design",
        [row(
            "",
            "design",
            &[
                ("style", plan.style.name().to_owned()),
                ("profile", plan.profile.clone()),
                ("status", status.as_str().unwrap_or_default().to_owned()),
            ],
        )],
    );
    rows.add("shortfall", shortfall(plan));
    rows.add("uplinks", plan.uplinks.iter().map(uplink));
    let nodes = plan.nodes.iter();
    rows.add(
        "nics",
        nodes.flat_map(|n| n.uplinks.iter().flat_map(|u| ports(&n.node, u))),
    );
    rows.add(
        "vnics",
        plan.vnics
            .iter()
            .map(|v| row("", &format!("{}/{}", v.vm, v.vnic), &[("network", v.network.clone())])),
    );
    rows.add(
        "mac_pools",
        plan.mac_pools.iter().map(|p| {
            let range = format!("{} to {}", p.planned.min, p.planned.max);
            row(&p.node, &p.node, &[("planned", range)])
        }),
    );
    rows.add(
        "static_macs",
        plan.static_macs.iter().map(|s| {
            let spoofing = if s.spoofing { "on" } else { "off" };
            let planned = s.planned.map_or("dynamic".to_owned(), |mac| mac.to_string());
            row(
                "",
                &format!("{}/{}", s.vm, s.vnic),
                &[("planned", planned), ("spoofing", spoofing.to_owned())],
            )
        }),
    );
    rows
}

/// A row for each requirement that is not met, at the node that misses it.
fn shortfall(plan: &ClusterPlan) -> Vec<Row> {
    let mut missing: BTreeMap<(String, String), u64> = BTreeMap::new();
    for miss in &plan.solver.shortfall {
        let (first, rest) = miss.subject.split_once('/').unwrap_or((&miss.subject, ""));
        let is_node = plan.nodes.iter().any(|n| n.node == first);
        let (node, place) = if is_node {
            (first, rest)
        } else {
            ("", miss.subject.as_str())
        };
        let at = if place.is_empty() {
            String::new()
        } else {
            format!(" at {place}")
        };
        let key = (node.to_owned(), format!("{}{at}", miss.requirement));
        *missing.entry(key).or_default() += miss.missing_mbps;
    }
    let row_of = |((node, subject), mbps): ((String, String), u64)| {
        let amount = if mbps > 0 { mbps.to_string() } else { String::new() };
        row(
            &node,
            &subject,
            &[("requirement", "not met".to_owned()), ("missing_mbps", amount)],
        )
    };
    missing.into_iter().map(row_of).collect()
}

fn row(node: &str, subject: &str, cells: &[(&str, String)]) -> Row {
    let filled = cells.iter().filter(|(_, value)| !value.is_empty());
    Row {
        key: format!("{node}/{subject}").to_lowercase(),
        node: node.to_owned(),
        subject: subject.to_owned(),
        cells: filled
            .map(|(column, value)| ((*column).to_owned(), value.clone()))
            .collect(),
    }
}

fn uplink(design: &Uplink) -> Row {
    let roles: Vec<&str> = design.roles.iter().map(|r| r.name()).collect();
    row(
        "",
        &design.name,
        &[
            ("roles", roles.join(";")),
            ("network", design.network.clone().unwrap_or_default()),
        ],
    )
}

fn ports(node: &str, uplink: &NodeUplink) -> Vec<Row> {
    let word = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let mechanism = word(serde_json::to_value(uplink.mechanism).unwrap_or_default());
    let team = uplink.team.map_or(String::new(), |t| t.title().to_owned());
    let transport = uplink.transport.map_or(String::new(), |t| t.name().to_owned());
    let cells = [
        ("uplink", uplink.uplink.clone()),
        ("mechanism", mechanism),
        ("team", team),
        ("transport", transport),
    ];
    uplink.nics.iter().map(|nic| row(node, nic, &cells)).collect()
}
