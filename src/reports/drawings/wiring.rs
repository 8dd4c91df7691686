//! `wiring.svg`: which NIC is cabled to which switch. Nodes on the left, switches on the right, every link with name and speed.

use super::{Chip, LEFT, Unit, chip, head_of_units, one_below_the_other, units};
use crate::inventory::{InterSwitchLink, Nic};
use crate::reports::data::{ClusterData, PortRow, ReportData};
use crate::reports::fit::{Piece, fit};
use crate::reports::svg::{BOLD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};
use crate::roles::Role;
use crate::units::show_mbps;
use std::collections::BTreeMap;
use std::ops::Range;

/// Nodes drawn one by one; beyond that, alike ones together.
const SINGLY: usize = 8;
const ROW: i64 = 22;
const HEAD_H: i64 = 26;
/// Between nodes; a printed page may end there.
const NODE_GAP: i64 = 14;
/// Right edge of the node boxes.
const NODE_END: i64 = 330;
/// Where the straight part of a link with its label ends.
const LABEL_END: i64 = 600;
/// Length of each colour on a link that carries several roles.
const DASH: i64 = 12;
/// Where the links straighten again before the switch.
const SWITCH_STUB: i64 = 730;
/// Left and right edge of the switch boxes.
const SWITCH_X: i64 = 820;
const SWITCH_END: i64 = 1060;

/// What a link ends at, in the order of drawing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Hub {
    Tor(usize),
    Unnamed,
    Cable((usize, String), (usize, String)),
}

/// One end of a link at a hub.
struct Link<'a> {
    port: &'a PortRow<'a>,
    unit: &'a str,
    /// How many nodes are cabled like this.
    nodes: usize,
    /// Middle of the NIC's line in the node box.
    y: i64,
}

/// Draws all clusters.
pub(in crate::reports) fn render(data: &ReportData) -> Vec<u8> {
    one_below_the_other("wiring", "Which NIC is cabled to which switch", &data.clusters, draw)
}

fn draw(svg: &mut Svg, y: i64, cluster: &ClusterData) -> i64 {
    let mut top = head_of_units(svg, y, cluster, SINGLY) + 4;
    if cluster.ports.iter().any(|port| port.roles.len() > 1) {
        svg.text(LEFT, top + 4, SMALL, "A link in several colours carries several roles.");
        top += 16;
    }
    let units = units(cluster, SINGLY);
    let mut hubs: BTreeMap<Hub, Vec<Link>> = (0..cluster.facts.tors.len())
        .map(|t| (Hub::Tor(t), Vec::new()))
        .collect();
    let mut bottom = top;
    let mut gaps = Vec::new();
    for unit in &units {
        gaps.push(bottom - NODE_GAP..bottom);
        bottom = draw_node(svg, bottom, cluster, unit, &mut hubs) + NODE_GAP;
    }
    let mut ends = BTreeMap::new();
    let mut written = Vec::new();
    let mut hub_y = top;
    // switches without a NIC of this cluster come last, so that the links of the others stay short
    let (linked, others): (Vec<_>, Vec<_>) = hubs.iter().partition(|(_, links)| !links.is_empty());
    for (hub, links) in linked.into_iter().chain(others) {
        let from = hub_y;
        hub_y = draw_hub(svg, hub_y, cluster, hub, links, &mut ends) + 24;
        // the name of the switch and each of its lines, as draw_hub writes them
        written.push(from + 17);
        written.extend((from + HEAD_H + 15..hub_y - 24).step_by(ROW as usize));
        if from > bottom {
            gaps.push(from - NODE_GAP..from);
        }
    }
    may_break_in(svg, &gaps, &written);
    let lane = (240 / ends.len().max(1) as i64).clamp(3, 10);
    for (ys, number) in ends.values().zip(0..) {
        draw_switch_link(svg, SWITCH_END + 16 + lane * number, ys);
    }
    bottom.max(hub_y)
}

/// Printed pages may end in the gaps between nodes, and below the last one between switches, where they cut no line of text of the
/// other side: `written` are the baselines there. The gap above the first node would leave the heading alone.
fn may_break_in(svg: &mut Svg, gaps: &[Range<i64>], written: &[i64]) {
    for gap in gaps.iter().skip(1) {
        let free = |y: &i64| written.iter().all(|line| *y <= line - 9 || *y >= line + 3);
        if let Some(y) = gap.clone().skip(1).find(free) {
            svg.may_break(y);
        }
    }
}

/// Box of a node with a line per NIC; notes where each link starts.
fn draw_node<'a>(
    svg: &mut Svg,
    y: i64,
    cluster: &'a ClusterData,
    unit: &Unit<'a>,
    hubs: &mut BTreeMap<Hub, Vec<Link<'a>>>,
) -> i64 {
    let ports: Vec<&PortRow> = cluster.ports_of(unit.node).collect();
    let area = at(LEFT, y, NODE_END - LEFT, HEAD_H + ROW * ports.len() as i64 + 4);
    svg.rect(area, look::PALE, look::GREY, r#"rx="4""#);
    svg.fitted(area.x + 8, y + 17, area.w - 16, BOLD, unit.label);
    for (index, port) in ports.iter().enumerate() {
        let middle = y + HEAD_H + ROW * index as i64 + ROW / 2;
        let mut x = area.x + 8;
        for role in &port.roles {
            let mark = Chip::of(cluster, role.role, role.network);
            chip(svg, at(x, middle - 8, 24, 16), &mark);
            x += 26;
        }
        if port.roles.is_empty() {
            svg.text(x, middle + 4, SMALL, "idle");
            x += 26;
        }
        svg.fitted(x + 4, middle + 4, NODE_END - x - 10, TEXT, &port.nic.name);
        let hub = hub(port.node_index, port.nic, unit);
        hubs.entry(hub).or_default().push(Link {
            port,
            unit: unit.label,
            nodes: unit.nodes.len(),
            y: middle,
        });
    }
    area.y + area.h
}

fn hub(node: usize, nic: &Nic, unit: &Unit) -> Hub {
    match (&nic.direct_to, nic.tor) {
        (Some((peer, port)), _) => {
            let (here, there) = ((node, nic.name.clone()), (*peer, port.clone()));
            // the other end of a group's cable is not drawn: the cable belongs to this end alone
            if unit.nodes.len() > 1 || here < there {
                Hub::Cable(here, there)
            } else {
                Hub::Cable(there, here)
            }
        }
        (None, Some(tor)) => Hub::Tor(tor),
        (None, None) => Hub::Unnamed,
    }
}

/// Box of a switch or cable with its links, NICs first, other switches below; returns its bottom.
/// `ends` takes where each link between switches meets the boxes, by index.
fn draw_hub(
    svg: &mut Svg,
    y: i64,
    cluster: &ClusterData,
    hub: &Hub,
    links: &[Link],
    ends: &mut BTreeMap<usize, Vec<i64>>,
) -> i64 {
    let peers = peers(cluster, hub, SWITCH_END - SWITCH_X - 16);
    let rows = (links.len().max(1) + peers.len()) as i64;
    let area = at(SWITCH_X, y, SWITCH_END - SWITCH_X, HEAD_H + ROW * rows + 4);
    let (fill, border) = match hub {
        Hub::Tor(_) => (look::PALE, r#"rx="4""#),
        _ => ("#ffffff", r#"rx="4" stroke-dasharray="4 3""#),
    };
    svg.rect(area, fill, look::GREY, border);
    let (x, width) = (area.x + 8, area.w - 16);
    svg.fitted(x, y + 17, width, BOLD, &hub_title(cluster, hub, links.len()));
    if links.is_empty() {
        svg.text(x, y + HEAD_H + 15, SMALL, "no NIC of this cluster");
    }
    let mut middle = y + HEAD_H + ROW / 2;
    for link in links {
        draw_end_name(svg, (x, middle + 4), width, link);
        draw_link(svg, cluster, hub, link, middle);
        middle += ROW;
    }
    middle += if links.is_empty() { ROW } else { 0 };
    for (index, text) in peers {
        svg.fitted(x, middle + 4, width, SMALL.ink(look::INK), &text);
        ends.entry(index).or_default().push(middle);
        middle += ROW;
    }
    area.y + area.h
}

/// What stands at the switch end of a link: switch port, node or nodes, NIC. How many nodes stands in their own box.
fn draw_end_name(svg: &mut Svg, (x, y): (i64, i64), width: i64, link: &Link) {
    let nic = link.port.nic;
    let port = match (link.nodes, nic.tor_port.as_str()) {
        (1, port) if !port.is_empty() => format!("{port} ← "),
        _ => String::new(),
    };
    let nodes = match link.nodes {
        1 => link.unit,
        _ => link.unit.rsplit_once(" (").map_or(link.unit, |(names, _)| names),
    };
    let pieces = [
        Piece::Fixed(&port),
        Piece::Name(nodes),
        Piece::Fixed(" "),
        Piece::Name(&nic.name),
    ];
    svg.pieces(x, y, width, TEXT, &pieces);
}

/// Links of a switch to other switches, with their index: `to TOR-B · 40 Gbit/s · all VLANs`.
fn peers(cluster: &ClusterData, hub: &Hub, width: i64) -> Vec<(usize, String)> {
    let Hub::Tor(tor) = hub else {
        return Vec::new();
    };
    let mut peers = Vec::new();
    for (index, link) in cluster.facts.links.iter().enumerate() {
        let other = match link.ends {
            (a, b) if a == *tor => b,
            (a, b) if b == *tor => a,
            _ => continue,
        };
        let name = cluster.facts.tors.get(other).map_or("", |t| &t.name);
        let said = format!(" · {} · {}", show_mbps(link.speed), vlans(link));
        let pieces = [Piece::Fixed("to "), Piece::Name(name), Piece::Fixed(&said)];
        peers.push((index, fit(&pieces, SMALL.size, width)));
    }
    peers
}

fn vlans(link: &InterSwitchLink) -> String {
    let Some(list) = &link.vlans else {
        return "all VLANs".to_owned();
    };
    let mut runs: Vec<(u16, u16)> = Vec::new();
    for vlan in list {
        match runs.last_mut() {
            Some((_, last)) if last.checked_add(1) == Some(*vlan) => *last = *vlan,
            _ => runs.push((*vlan, *vlan)),
        }
    }
    let run = |(first, last): &(u16, u16)| match last - first {
        0 => first.to_string(),
        _ => format!("{first}–{last}"),
    };
    let runs: Vec<String> = runs.iter().map(run).collect();
    match runs.as_slice() {
        [] => "no VLAN".to_owned(),
        [one] => format!("VLAN {one}"),
        [first, second] => format!("VLANs {first}, {second}"),
        _ => show::count(list.len(), "VLAN", "VLANs"),
    }
}

fn hub_title(cluster: &ClusterData, hub: &Hub, links: usize) -> String {
    match hub {
        Hub::Tor(tor) => cluster
            .facts
            .tors
            .get(*tor)
            .map_or_else(String::new, |t| t.name.clone()),
        Hub::Unnamed => "switch not named in the inventory".to_owned(),
        // both ends stand below; the far end of a group's cable is not drawn and is named here
        Hub::Cable(..) if links > 1 => "direct cable".to_owned(),
        Hub::Cable(_, (node, nic)) => format!("direct cable to {}/{nic}", cluster.node_name(*node)),
    }
}

fn draw_link(svg: &mut Svg, cluster: &ClusterData, hub: &Hub, link: &Link, end_y: i64) {
    let nic = link.port.nic;
    let width = match nic.speed {
        0..10_000 => "1.5",
        10_000..25_000 => "2.5",
        _ => "4",
    };
    let bend = (LABEL_END + SWITCH_STUB) / 2;
    let d = format!(
        "M {NODE_END} {y} H {LABEL_END} C {bend} {y}, {bend} {end_y}, {SWITCH_STUB} {end_y} H {SWITCH_X}",
        y = link.y
    );
    match link.port.roles.as_slice() {
        [] => svg.path(
            &d,
            look::GREY,
            &format!(r#"stroke-width="{width}" stroke-dasharray="5 4""#),
        ),
        [one] => {
            svg.path(&d, look::role(one.role).fill, &format!(r#"stroke-width="{width}""#));
            // external networks share one colour; light dashes tell them apart as the hatching does elsewhere
            let dashes = look::network(cluster.network_position(one.network)).dashes;
            if one.role == Role::Vm && !dashes.is_empty() {
                let extra = format!(r#"stroke-width="{width}" stroke-dasharray="{dashes}""#);
                svg.path(&d, look::NETWORK_LIGHT, &extra);
            }
        }
        // one colour alone would say that the link carries that role only
        several => {
            let others = DASH * (several.len() as i64 - 1);
            for (role, number) in several.iter().zip(0..) {
                let offset = -DASH * number;
                let extra = format!(
                    r#"stroke-width="{width}" stroke-dasharray="{DASH} {others}" stroke-dashoffset="{offset}""#
                );
                svg.path(&d, look::role(role.role).fill, &extra);
            }
        }
    }
    let speed = format!(" · {}", show::port_speed(nic));
    let (arrow, end) = match hub {
        Hub::Tor(_) | Hub::Cable(..) => (" → ", link.port.far_end(cluster)),
        Hub::Unnamed => ("", String::new()),
    };
    let pieces = [
        Piece::Name(&nic.name),
        Piece::Fixed(&speed),
        Piece::Fixed(arrow),
        Piece::Name(&end),
    ];
    svg.pieces(NODE_END + 8, link.y - 3, LABEL_END - NODE_END - 8, SMALL, &pieces);
}

/// A bracket on the right between the lines of two switches, each in a lane of its own.
fn draw_switch_link(svg: &mut Svg, lane: i64, ys: &[i64]) {
    let [from, to] = ys else { return };
    for y in [from, to] {
        svg.line((SWITCH_END, *y), (lane, *y), look::INK, r#"stroke-width="2""#);
    }
    svg.line((lane, *from), (lane, *to), look::INK, r#"stroke-width="2""#);
}
