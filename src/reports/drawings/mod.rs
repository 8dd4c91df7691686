//! The drawings. In: [`ReportData`]. Out: one SVG each, clusters one below the other.
//!
//! What all of them share stands here: measures, headings, legends, which nodes are drawn.
//! Must not know: how numbers are computed.

pub(super) mod assignment;
pub(super) mod drains;
pub(super) mod failures;
pub(super) mod mac_pools;
pub(super) mod paths;
pub(super) mod utilisation;
pub(super) mod wiring;

use super::data::ClusterData;
use super::look;
use super::show;
use super::svg::{Area, BOLD, HEAD, SMALL, Svg, TEXT, at};
use crate::roles::Role;

/// Left margin.
const LEFT: i64 = 20;
/// Right end of what is drawn.
const RIGHT: i64 = 1180;

/// A row of a drawing: one node, or nodes that look and work alike.
struct Unit<'a> {
    /// What it is called.
    label: &'a str,
    /// The node that is drawn.
    node: usize,
    /// All nodes it stands for.
    nodes: &'a [usize],
}

/// Every node for itself up to `limit` nodes, beyond that nodes that are alike together.
fn units<'a>(cluster: &'a ClusterData, limit: usize) -> Vec<Unit<'a>> {
    if cluster.facts.nodes.len() > limit {
        return cluster
            .groups
            .iter()
            .map(|g| Unit {
                label: &g.label,
                node: g.first(),
                nodes: &g.nodes,
            })
            .collect();
    }
    let mut units: Vec<Unit> = cluster
        .groups
        .iter()
        .flat_map(|g| g.nodes.chunks(1))
        .map(|one| Unit {
            label: cluster.node_name(one[0]),
            node: one[0],
            nodes: one,
        })
        .collect();
    units.sort_by_key(|u| u.node);
    units
}

/// Heading of a cluster; returns the y below it.
fn heading(svg: &mut Svg, y: i64, cluster: &ClusterData, note: &str) -> i64 {
    let nodes = show::count(cluster.facts.nodes.len(), "node", "nodes");
    svg.fitted(
        LEFT,
        y + 18,
        RIGHT - LEFT,
        HEAD,
        &format!("{} · {} · {}", cluster.facts.name, cluster.plan.style, nodes),
    );
    if note.is_empty() {
        return y + 30;
    }
    svg.fitted(LEFT, y + 36, RIGHT - LEFT, SMALL, note);
    y + 48
}

/// Legend of the roles that the plan has, with the codes of the external networks; returns the y below it.
fn role_legend(svg: &mut Svg, y: i64, cluster: &ClusterData) -> i64 {
    let mut entries: Vec<(Role, String, String)> = Vec::new();
    for uplink in &cluster.plan.uplinks {
        for role in &uplink.roles {
            let network = if *role == Role::Vm {
                uplink.network.as_deref()
            } else {
                None
            };
            let code = code(cluster, *role, network.unwrap_or(""));
            let title = role.info().title;
            entries.push((
                *role,
                code,
                network.map_or_else(|| title.to_owned(), |n| format!("{title} {n}")),
            ));
        }
    }
    entries.sort();
    entries.dedup();
    let (mut x, mut y) = (LEFT, y);
    for (role, code, text) in entries {
        let text = look::shortened(&text, TEXT.size, 300).unwrap_or(text);
        let width = 34 + look::text_width(&text, TEXT.size) + 18;
        if x > LEFT && x + width > RIGHT {
            (x, y) = (LEFT, y + 22);
        }
        chip(svg, at(x, y, 26, 16), role, &code);
        svg.text(x + 32, y + 13, TEXT, &text);
        x += width;
    }
    y + 28
}

/// Letter code of a role, with the number of the external network.
fn code(cluster: &ClusterData, role: Role, network: &str) -> String {
    match role {
        Role::Vm => cluster.network_code(network),
        other => look::role(other).letter.to_owned(),
    }
}

/// A coloured box with a role's code.
fn chip(svg: &mut Svg, area: Area, role: Role, code: &str) {
    let look = look::role(role);
    svg.rect(area, look.fill, look::INK, r#"stroke-width="0.5""#);
    let middle = area.y + area.h / 2 + 4;
    svg.fitted(
        area.x + area.w / 2,
        middle,
        area.w,
        BOLD.sized(11).ink(look.ink).middle(),
        code,
    );
}
