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
use super::fit::{Piece, fit};
use super::look;
use super::show;
use super::svg::{Area, BOLD, HEAD, SMALL, Svg, TEXT, at};
use crate::roles::Role;

/// Left margin.
const LEFT: i64 = 20;
/// Right end of what is drawn.
const RIGHT: i64 = 1180;

/// Widest name of an external network in the legend.
const LEGEND_W: i64 = 420;
/// From the mark of a role to its text in the legend.
const LEGEND_X: i64 = 32;

/// A drawing of one cluster below the other: what it is called in the page, its title, and how a cluster is drawn from a y on; that gives
/// the y below it.
fn one_below_the_other<C>(
    name: &'static str,
    title: &str,
    clusters: impl IntoIterator<Item = C>,
    draw: impl Fn(&mut Svg, i64, C) -> i64,
) -> Vec<u8> {
    let mut svg = Svg::new(name);
    let mut y = 12;
    for cluster in clusters {
        y = draw(&mut svg, y, cluster) + 24;
    }
    svg.finish(title)
}

/// Whether nodes that are alike are drawn once, where `limit` of them are drawn one by one.
fn is_grouped(cluster: &ClusterData, limit: usize) -> bool {
    cluster.facts.nodes.len() > limit
}

/// Heading and legend of a drawing that shows alike nodes once beyond `limit`; returns the y below.
fn head_of_units(svg: &mut Svg, y: i64, cluster: &ClusterData, limit: usize) -> i64 {
    let note = match is_grouped(cluster, limit) {
        true => "Nodes with the same ports, wiring and use are drawn once.",
        false => "",
    };
    let y = heading(svg, y, cluster, note);
    role_legend(svg, y, cluster)
}

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
    if is_grouped(cluster, limit) {
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

/// Legend of the roles that the plan has, with the external networks and the zones of their VMs; returns the y below it.
fn role_legend(svg: &mut Svg, y: i64, cluster: &ClusterData) -> i64 {
    let mut entries: Vec<(Chip, String)> = Vec::new();
    for uplink in &cluster.plan.uplinks {
        for role in &uplink.roles {
            let network = uplink.network.as_deref().filter(|_| *role == Role::Vm);
            let title = role.info().title;
            let text = network.map_or_else(|| title.to_owned(), |n| network_text(cluster, title, n));
            entries.push((Chip::of(cluster, *role, network.unwrap_or("")), text));
        }
    }
    entries.sort();
    entries.dedup();
    let (mut x, mut y) = (LEFT, y);
    for (mark, text) in entries {
        let room = look::text_width(&text, TEXT.size).min(RIGHT - LEFT - LEGEND_X);
        if x > LEFT && x + LEGEND_X + room > RIGHT {
            (x, y) = (LEFT, y + 22);
        }
        chip(svg, at(x, y, 26, 16), &mark);
        svg.fitted(x + LEGEND_X, y + 13, room, TEXT, &text);
        x += LEGEND_X + room + 20;
    }
    y + 28
}

/// An external network in the legend: its name may be long, what tells it from the others stays whole.
fn network_text(cluster: &ClusterData, title: &str, network: &str) -> String {
    let name = fit(&[Piece::Name(network)], TEXT.size, LEGEND_W);
    format!("{title} {name}{}", apart(cluster, network))
}

/// What tells an external network from the others: `, rising stripes, zone DMZ`; nothing where there is one network and no zone.
fn apart(cluster: &ClusterData, network: &str) -> String {
    let zones = zones(cluster, network);
    if cluster.networks().len() < 2 {
        return zones;
    }
    format!(", {}{zones}", look::network(cluster.network_position(network)).word)
}

/// `, zones DMZ, LAN`, or nothing where no VM of the network names one.
fn zones(cluster: &ClusterData, network: &str) -> String {
    match cluster.network_zones.get(network).map(Vec::as_slice) {
        None | Some([]) => String::new(),
        Some([one]) => format!(", zone {one}"),
        Some(several) => format!(", zones {}", show::some_of(several, 3)),
    }
}

/// The mark of a role in a drawing: colour, letters and, for external networks, hatching.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Chip {
    role: Role,
    /// Position of the external network in the design; 0 for other roles.
    network: usize,
    /// Letter, with the number of the external network where there are several.
    code: String,
}

impl Chip {
    /// The mark of a role; `network` is read for VM traffic only.
    fn of(cluster: &ClusterData, role: Role, network: &str) -> Chip {
        match role {
            Role::Vm => Chip {
                role,
                network: cluster.network_position(network),
                code: cluster.network_code(network),
            },
            other => Chip {
                role,
                network: 0,
                code: look::role(other).letter.to_owned(),
            },
        }
    }

    /// Whether stripes tell it from other external networks.
    fn is_hatched(&self) -> bool {
        self.role == Role::Vm && !look::network(self.network).hatch.is_empty()
    }

    /// Fill of the mark in a drawing.
    fn fill(&self, svg: &Svg) -> String {
        match self.role {
            Role::Vm => svg.network_fill(self.network),
            other => look::role(other).fill.to_owned(),
        }
    }
}

/// A coloured box with a role's code.
fn chip(svg: &mut Svg, area: Area, mark: &Chip) {
    chip_saying(svg, area, mark, &mark.code);
}

/// A coloured box with a text of its own.
fn chip_saying(svg: &mut Svg, area: Area, mark: &Chip, text: &str) {
    let fill = mark.fill(svg);
    svg.rect(area, &fill, look::INK, r#"stroke-width="0.5""#);
    let font = BOLD.sized(11).ink(look::role(mark.role).ink).middle();
    if mark.is_hatched() {
        // a plain ground, so that no stripe runs through the letters
        let width = (look::text_width(text, font.size) + 4).min(area.w - 6);
        let ground = at(area.x + (area.w - width) / 2, area.y + 2, width, area.h - 4);
        svg.rect(ground, look::role(mark.role).fill, "none", "");
    }
    svg.fitted(area.x + area.w / 2, area.y + area.h / 2 + 4, area.w, font, text);
}
