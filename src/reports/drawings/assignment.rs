//! `assignment.svg`: which port does what. Every node a row, its ports as boxes, cards around them.

use super::{Chip, LEFT, RIGHT, Unit, chip, chip_saying, head_of_units, is_grouped, one_below_the_other, units};
use crate::reports::data::{ClusterData, PortRow, ReportData};
use crate::reports::svg::{Area, BOLD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};
use crate::units::show_permille;

/// Nodes drawn one by one; beyond that, alike ones together.
const SINGLY: usize = 16;
/// Room for the name of a node, left of its ports.
const LABEL_W: i64 = 152;
const PORT_W: i64 = 112;
const PORT_H: i64 = 76;
const GAP: i64 = 6;
const CARD_GAP: i64 = 10;
/// Between nodes that stand beside each other.
const COLUMN_GAP: i64 = 30;
/// Room above the ports of a card for its name.
const CARD_HEAD: i64 = 18;
/// Ports of a card beside each other; more go below.
const PER_LINE: usize = 8;

/// Draws all clusters.
pub(in crate::reports) fn render(data: &ReportData) -> Vec<u8> {
    one_below_the_other("assignment", "Which port does what on each node", &data.clusters, draw)
}

fn draw(svg: &mut Svg, y: i64, cluster: &ClusterData) -> i64 {
    let mut y = head_of_units(svg, y, cluster, SINGLY);
    svg.text(LEFT, y + 8, SMALL, &explained(cluster));
    y += 20;
    let units = units(cluster, SINGLY);
    let widest = units.iter().map(|u| width(cluster, u)).max().unwrap_or(0);
    let fitting = ((RIGHT - LEFT + COLUMN_GAP) / (widest + COLUMN_GAP)).clamp(1, 3);
    // a group is named by a long list, which takes the whole width
    let columns = if is_grouped(cluster, SINGLY) { 1 } else { fitting };
    let column = (RIGHT - LEFT + COLUMN_GAP) / columns;
    for line in units.chunks(usize::try_from(columns).unwrap_or(1)) {
        svg.may_break(y);
        svg.line((LEFT, y), (RIGHT, y), look::RULE, "");
        let ends = line
            .iter()
            .zip(0..)
            .map(|(unit, i)| draw_unit(svg, (LEFT + column * i, y), cluster, unit));
        y = ends.max().unwrap_or(y) + 10;
    }
    y
}

/// What the marks mean, as far as the drawing has them.
fn explained(cluster: &ClusterData) -> String {
    let mut text = "A box is a port, the frame around it its card. Dashed = idle. * = its use changes.".to_owned();
    if cluster.ports.iter().any(|port| port.nic.direct_to.is_some()) {
        text.push_str(" → = a cable straight to that node.");
    }
    text
}

/// Ports of a node by card, cards in the order of their first ports.
fn cards<'a, 'c>(cluster: &'c ClusterData<'a>, unit: &Unit) -> Vec<(&'a str, Vec<&'c PortRow<'a>>)> {
    let mut cards: Vec<(&str, Vec<&PortRow>)> = Vec::new();
    for port in cluster.ports_of(unit.node) {
        match cards.iter_mut().find(|(name, _)| *name == port.nic.card) {
            Some((_, members)) => members.push(port),
            None => cards.push((&port.nic.card, vec![port])),
        }
    }
    cards
}

fn card_width(ports: usize) -> i64 {
    ports.min(PER_LINE) as i64 * (PORT_W + GAP) + GAP
}

/// Width of a node with all its cards beside each other.
fn width(cluster: &ClusterData, unit: &Unit) -> i64 {
    LABEL_W
        + cards(cluster, unit)
            .iter()
            .map(|(_, ports)| card_width(ports.len()) + CARD_GAP)
            .sum::<i64>()
        - CARD_GAP
}

/// One node or group; returns the y below it.
fn draw_unit(svg: &mut Svg, (x, y): (i64, i64), cluster: &ClusterData, unit: &Unit) -> i64 {
    let room = LABEL_W - 12;
    let mut top = y + 8;
    let mut lines = Vec::new();
    if unit.nodes.len() > 1 {
        svg.fitted(x, top + 12, RIGHT - x, BOLD.sized(14), unit.label);
        top += 22;
    } else {
        svg.name(x, top + 14, room, BOLD, &[14, 12, 11], unit.label);
    }
    let ports = cluster.ports_of(unit.node).count();
    let used = cluster.ports_of(unit.node).filter(|p| p.uplink.is_some()).count();
    lines.push(format!("{used} of {} in use", show::count(ports, "port", "ports")));
    lines.extend(fullest(cluster, unit));
    let first = if unit.nodes.len() > 1 { 14 } else { 32 };
    for (line, number) in lines.iter().zip(0..) {
        svg.fitted(x, top + first + 16 * number, room, SMALL, line);
    }
    let bottom = draw_cards(svg, (x + LABEL_W, top), cluster, unit);
    bottom.max(top + 36 + 16 * lines.len() as i64)
}

/// `fullest: 42 %` over the nodes of the unit.
fn fullest(cluster: &ClusterData, unit: &Unit) -> Option<String> {
    let loads = || cluster.recount.uplinks.iter().filter(|u| unit.nodes.contains(&u.node));
    let worst = loads().map(|u| u.worst_utilisation).max()?;
    Some(format!("fullest: {}", show_permille(worst)))
}

/// The cards beside each other, going to a new line where the page ends.
fn draw_cards(svg: &mut Svg, (left, top): (i64, i64), cluster: &ClusterData, unit: &Unit) -> i64 {
    let (mut x, mut y, mut bottom) = (left, top, top);
    for (name, ports) in cards(cluster, unit) {
        let lines = ports.len().div_ceil(PER_LINE) as i64;
        let (w, h) = (card_width(ports.len()), CARD_HEAD + lines * (PORT_H + GAP));
        if x > left && x + w > RIGHT {
            (x, y) = (left, bottom + 8);
        }
        draw_card(svg, at(x, y, w, h), name, cluster, unit, &ports);
        x += w + CARD_GAP;
        bottom = bottom.max(y + h);
    }
    bottom
}

fn draw_card(svg: &mut Svg, area: Area, name: &str, cluster: &ClusterData, unit: &Unit, ports: &[&PortRow]) {
    let extra = if name.is_empty() {
        r#"rx="4" stroke-dasharray="2 3""#
    } else {
        r#"rx="4""#
    };
    svg.rect(area, look::PALE, look::RULE, extra);
    let title = if name.is_empty() { "card not known" } else { name };
    svg.fitted(area.x + GAP, area.y + 13, area.w - 2 * GAP, SMALL, title);
    for (index, port) in ports.iter().enumerate() {
        let (column, line) = ((index % PER_LINE) as i64, (index / PER_LINE) as i64);
        let x = area.x + GAP + column * (PORT_W + GAP);
        let y = area.y + CARD_HEAD + line * (PORT_H + GAP);
        let changed = cluster
            .ports
            .iter()
            .any(|p| p.changed && p.nic.name == port.nic.name && unit.nodes.contains(&p.node_index));
        draw_port(svg, at(x, y, PORT_W, PORT_H), cluster, port, changed);
    }
}

fn draw_port(svg: &mut Svg, area: Area, cluster: &ClusterData, port: &PortRow, changed: bool) {
    let Area { x, y, w, h } = area;
    svg.begin(&port_title(cluster, port));
    let idle = port.roles.is_empty();
    let border = if idle {
        (look::GREY, r#"stroke-dasharray="4 3""#)
    } else {
        (look::INK, "")
    };
    svg.rect(area, "#ffffff", border.0, border.1);
    let mark = i64::from(changed) * 12;
    svg.name(x + 6, y + 15, w - 12 - mark, BOLD, &[12, 11, 10], &port.nic.name);
    if changed {
        svg.text(x + w - 6, y + 16, BOLD.sized(16).ink(look::ALERT).end(), "*");
    }
    let rdma = if port.nic.rdma.on() { " RDMA" } else { "" };
    svg.fitted(
        x + 6,
        y + 31,
        w - 12,
        TEXT.sized(11),
        &format!("{}{rdma}", show::port_speed(port.nic)),
    );
    let end = match (&port.nic.direct_to, port.far_end(cluster)) {
        (Some(_), node) => format!("→ {node}"),
        (None, tor) if tor.is_empty() => "switch unknown".to_owned(),
        (None, tor) => tor,
    };
    svg.fitted(x + 6, y + 46, w - 12, SMALL, &end);
    let band = at(x + 4, y + h - 24, w - 8, 20);
    if idle {
        svg.text(x + w / 2, band.y + 14, SMALL.middle(), "idle");
    } else {
        draw_roles(svg, band, cluster, port);
    }
    svg.end();
}

/// Whether every external network has its name on its ports. One name too long, and none is written: names beside mere codes
/// would look like something else.
fn names_fit(cluster: &ClusterData, width: i64) -> bool {
    let fits = |name: &&str| look::shortened(&format!("{} {name}", cluster.network_code(name)), 11, width).is_none();
    cluster.networks().iter().all(fits)
}

/// The coloured band: one role with its name, several with their letters.
fn draw_roles(svg: &mut Svg, band: Area, cluster: &ClusterData, port: &PortRow) {
    let number = port.roles.len() as i64;
    for (index, role) in port.roles.iter().enumerate() {
        let index = index as i64;
        let (from, to) = (band.w * index / number, band.w * (index + 1) / number);
        let mark = Chip::of(cluster, role.role, role.network);
        let name = match role.network {
            "" => role.role.info().title,
            network if names_fit(cluster, band.w) => network,
            // the legend tells whose code it is
            _ => role.role.info().title,
        };
        let area = Area {
            x: band.x + from,
            w: to - from,
            ..band
        };
        if number == 1 {
            chip_saying(svg, area, &mark, &format!("{} {name}", mark.code));
        } else {
            chip(svg, area, &mark);
        }
    }
}

/// Everything about a port, for the tooltip and for reading aloud.
fn port_title(cluster: &ClusterData, port: &PortRow) -> String {
    let roles: Vec<String> = port
        .roles
        .iter()
        .map(|r| {
            if r.network.is_empty() {
                r.role.name().to_owned()
            } else {
                format!("{} {}", r.role, r.network)
            }
        })
        .collect();
    let use_ = if roles.is_empty() {
        "idle".to_owned()
    } else {
        roles.join(", ")
    };
    let name = cluster.node_name(port.node_index);
    format!("{name} {}, {}: {use_}", port.nic.name, show::port_speed(port.nic))
}
