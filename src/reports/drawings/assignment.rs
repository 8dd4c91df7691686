//! `assignment.svg`: which port does what. Every node a row, its ports as boxes, cards around them.

use super::{LEFT, RIGHT, Unit, chip, code, heading, role_legend, units};
use crate::reports::data::{ClusterData, PortRow, ReportData};
use crate::reports::svg::{Area, BOLD, SMALL, Svg, TEXT};
use crate::reports::{look, show};
use crate::units::{show_mbps, show_permille};

/// Nodes drawn one by one; beyond that, alike ones together.
const SINGLY: usize = 16;
/// Where the ports begin; node names stand to the left.
const PORTS_X: i64 = 200;
const PORT_W: i64 = 112;
const PORT_H: i64 = 76;
const GAP: i64 = 6;
/// Room above the ports of a card for its name.
const CARD_HEAD: i64 = 18;
/// Ports of a card beside each other; more go below.
const PER_LINE: usize = 7;

/// Draws all clusters.
pub(in crate::reports) fn render(data: &ReportData) -> Vec<u8> {
    let mut svg = Svg::new("assignment");
    let mut y = 12;
    for cluster in &data.clusters {
        y = draw(&mut svg, y, cluster) + 24;
    }
    svg.finish("Which port does what on each node")
}

fn draw(svg: &mut Svg, y: i64, cluster: &ClusterData) -> i64 {
    let grouped = cluster.facts.nodes.len() > SINGLY;
    let note = if grouped {
        "Nodes with the same ports, wiring and use are drawn once."
    } else {
        ""
    };
    let y = heading(svg, y, cluster, note);
    let mut y = role_legend(svg, y, cluster);
    svg.text(
        LEFT,
        y + 8,
        SMALL,
        "A box is a port, the frame around it its card. Dashed = idle. * = its use changes.",
    );
    y += 20;
    for unit in units(cluster, SINGLY) {
        y = draw_unit(svg, y, cluster, &unit) + 10;
    }
    y
}

/// One node or group; returns the y below it.
fn draw_unit(svg: &mut Svg, y: i64, cluster: &ClusterData, unit: &Unit) -> i64 {
    svg.line((LEFT, y), (RIGHT, y), look::RULE, "");
    let top = y + 8;
    let room = PORTS_X - LEFT - 12;
    let label = unit
        .label
        .strip_suffix(" nodes)")
        .and_then(|l| l.rsplit_once(" ("))
        .map_or(unit.label, |(names, _)| names);
    svg.fitted(LEFT, top + 14, room, BOLD.sized(14), label);
    let ports: Vec<&PortRow> = cluster.ports_of(unit.node).collect();
    let used = ports.iter().filter(|p| p.uplink.is_some()).count();
    let mut lines = Vec::new();
    if unit.nodes.len() > 1 {
        lines.push(show::count(unit.nodes.len(), "node", "nodes"));
    }
    lines.push(format!(
        "{used} of {} in use",
        show::count(ports.len(), "port", "ports")
    ));
    if let Some(worst) = fullest(cluster, unit) {
        lines.push(worst);
    }
    for (index, line) in lines.iter().enumerate() {
        svg.fitted(LEFT, top + 32 + 16 * index as i64, room, SMALL, line);
    }
    let bottom = draw_cards(svg, top, cluster, unit, &ports);
    bottom.max(top + 36 + 16 * lines.len() as i64)
}

/// `fullest 42 % (84 % after a failure)` over the nodes of the unit.
fn fullest(cluster: &ClusterData, unit: &Unit) -> Option<String> {
    let loads = || cluster.recount.uplinks.iter().filter(|u| unit.nodes.contains(&u.node));
    let worst = loads().map(|u| u.worst_utilisation).max()?;
    Some(format!("fullest: {}", show_permille(worst)))
}

fn draw_cards(svg: &mut Svg, top: i64, cluster: &ClusterData, unit: &Unit, ports: &[&PortRow]) -> i64 {
    let mut cards: Vec<(&str, Vec<&PortRow>)> = Vec::new();
    for port in ports {
        match cards.iter_mut().find(|(name, _)| *name == port.nic.card) {
            Some((_, members)) => members.push(port),
            None => cards.push((&port.nic.card, vec![port])),
        }
    }
    let (mut x, mut y, mut bottom) = (PORTS_X, top, top);
    for (name, members) in cards {
        let columns = members.len().min(PER_LINE) as i64;
        let lines = members.len().div_ceil(PER_LINE) as i64;
        let area = Area {
            x,
            y,
            w: columns * (PORT_W + GAP) + GAP,
            h: CARD_HEAD + lines * (PORT_H + GAP),
        };
        let area = if x > PORTS_X && area.x + area.w > RIGHT {
            Area {
                x: PORTS_X,
                y: bottom + 8,
                ..area
            }
        } else {
            area
        };
        draw_card(svg, area, name, cluster, unit, &members);
        x = area.x + area.w + 10;
        y = area.y;
        bottom = bottom.max(area.y + area.h);
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
        draw_port(
            svg,
            Area {
                x,
                y,
                w: PORT_W,
                h: PORT_H,
            },
            cluster,
            port,
            changed,
        );
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
    svg.fitted(x + 6, y + 15, w - 12 - mark, BOLD, &port.nic.name);
    if changed {
        svg.text(x + w - 6, y + 16, BOLD.sized(16).ink(look::ALERT).end(), "*");
    }
    let rdma = if port.nic.rdma.on() { " RDMA" } else { "" };
    svg.fitted(
        x + 6,
        y + 31,
        w - 12,
        TEXT.sized(11),
        &format!("{}{rdma}", show_mbps(port.nic.speed)),
    );
    let tor = if port.tor.is_empty() {
        "switch not known"
    } else {
        &port.tor
    };
    svg.fitted(x + 6, y + 46, w - 12, SMALL, tor);
    let band = Area {
        x: x + 4,
        y: y + h - 24,
        w: w - 8,
        h: 20,
    };
    if idle {
        svg.text(x + w / 2, band.y + 14, SMALL.middle(), "idle");
    } else {
        draw_roles(svg, band, cluster, port);
    }
    svg.end();
}

/// The coloured band: one role with its name, several with their letters.
fn draw_roles(svg: &mut Svg, band: Area, cluster: &ClusterData, port: &PortRow) {
    let number = port.roles.len() as i64;
    for (index, role) in port.roles.iter().enumerate() {
        let index = index as i64;
        let (from, to) = (band.w * index / number, band.w * (index + 1) / number);
        let code = code(cluster, role.role, role.network);
        let name = if role.network.is_empty() {
            role.role.info().title
        } else {
            role.network
        };
        let text = if number == 1 { format!("{code} {name}") } else { code };
        chip(
            svg,
            Area {
                x: band.x + from,
                w: to - from,
                ..band
            },
            role.role,
            &text,
        );
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
    format!("{name} {}, {}: {use_}", port.nic.name, show_mbps(port.nic.speed))
}
