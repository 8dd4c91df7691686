//! A plan as rows: design, ports, external networks of vNICs, MAC pools, static addresses.

use super::compare::{Row, Rows};
use crate::plan::{ClusterPlan, NodeUplink, Uplink};

/// Rows of a cluster's plan, part by part.
pub(super) fn rows(plan: &ClusterPlan) -> Rows {
    let mut rows = Rows::default();
    let status = serde_json::to_value(plan.solver.status).unwrap_or_default();
    let shortfall: Vec<&str> = plan.solver.shortfall.iter().map(|s| s.requirement.as_str()).collect();
    rows.add(
        "design",
        [row(
            "",
            "design",
            &[
                ("style", plan.style.name().to_owned()),
                ("profile", plan.profile.clone()),
                ("status", status.as_str().unwrap_or_default().to_owned()),
                ("shortfall", shortfall.join(";")),
            ],
        )],
    );
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
