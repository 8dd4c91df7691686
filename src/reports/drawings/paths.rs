//! `path.svg`: for pairs of nodes that look the same, every cluster network between them from NIC over switches to NIC: the way that is
//! taken, the way that is meant and the layer at fault. Each state has a line style and a word beside its colour.

use super::{LEFT, RIGHT, one_below_the_other};
use crate::inventory::Cluster;
use crate::migration::path::{Class, Layer, Path, named};
use crate::migration::wiring::{Interface, Network};
use crate::reports::paths::ClusterPaths;
use crate::reports::svg::{Area, BOLD, Font, HEAD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};
use crate::topology::{Attach, attach};
use crate::units::{Mbps, natural_cmp, show_mbps};
use std::collections::BTreeSet;

/// Width of the bar of shared ports.
const BAR_W: i64 = 180;
/// Classes drawn; the rest is counted.
const MOST: usize = 12;
const ROW: i64 = 46;
const NODE_W: i64 = 290;
const TOR_W: i64 = 140;
/// Left edges of the two switches of a row.
const TOR_X: [i64; 2] = [430, 620];
const TARGET_X: i64 = RIGHT - NODE_W;

/// What happens with a network.
#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Taken,
    /// Meant for live migration and not taken.
    Missed(Option<Layer>),
    Other(Option<Layer>),
}

/// Draws all clusters.
pub(in crate::reports) fn render(clusters: &[&ClusterPaths]) -> Vec<u8> {
    one_below_the_other(
        "paths",
        "The network that live migration takes between nodes",
        clusters.iter().copied(),
        draw,
    )
}

fn draw(svg: &mut Svg, y: i64, data: &ClusterPaths) -> i64 {
    let when = if data.wiring.planned {
        "as planned"
    } else {
        "as it is today"
    };
    let nodes = show::count(data.cluster.nodes.len(), "node", "nodes");
    let title = format!("{} · live migration {when} · {nodes}", data.cluster.name);
    svg.fitted(LEFT, y + 18, RIGHT - LEFT, HEAD, &title);
    let mut y = legend(svg, y + 30);
    if data.classes.is_empty() {
        svg.text(LEFT, y + 14, TEXT, "No pair of nodes to show.");
        return y + 20;
    }
    for class in data.classes.iter().take(MOST) {
        svg.may_break(y + 4);
        y = draw_class(svg, y + 10, data, class);
    }
    let rest = data.classes.len().saturating_sub(MOST);
    if rest > 0 {
        svg.text(
            LEFT,
            y + 18,
            TEXT,
            &format!(
                "… and {} more; paths.csv has every pair.",
                show::count(rest, "kind of pair", "kinds of pairs")
            ),
        );
        y += 24;
    }
    y
}

fn legend(svg: &mut Svg, y: i64) -> i64 {
    let entries = [
        (State::Taken, "taken: thick line"),
        (
            State::Missed(None),
            "meant and not taken: dashed, crossed out, with the layer at fault",
        ),
        (State::Other(None), "not used: thin line"),
    ];
    let mut x = LEFT;
    for (state, text) in entries {
        line(svg, (x, y + 8), (x + 44, y + 8), state);
        if matches!(state, State::Missed(_)) {
            cross(svg, x + 22, y + 8);
        }
        svg.text(x + 52, y + 12, TEXT, text);
        x += 52 + look::text_width(text, TEXT.size) + 28;
    }
    y + 22
}

/// One class: heading, sentence, a row per network between the two boxes.
fn draw_class(svg: &mut Svg, y: i64, data: &ClusterPaths, class: &Class) -> i64 {
    let Some(path) = class.first(&data.paths) else {
        return y;
    };
    svg.line((LEFT, y), (RIGHT, y), look::RULE, r#"stroke-width="1""#);
    let (mark, ink) = match class.severity {
        None => ("ok".to_owned(), look::INK),
        Some(severity) => (format!("{severity} [{}]", path.layer.name()), look::ALERT),
    };
    svg.text(LEFT, y + 22, BOLD.sized(13).ink(ink), &mark);
    let x = LEFT + look::text_width(&mark, 13) + 22;
    svg.fitted(x, y + 22, RIGHT - x, BOLD.sized(13), &data.pairs(class));
    let mut y = paragraph(svg, y + 40, &show::sentence(&path.why), TEXT);
    if !path.fix.is_empty() {
        y = paragraph(svg, y, &format!("Fix: {}", path.fix), SMALL.ink(look::INK));
    }
    if let Some(promised) = path.guaranteed {
        y = contention(svg, y, &data.cluster, path, promised);
    }
    draw_rows(svg, y - 4, data, class, path)
}

/// The source's ports as one bar: what others need, what is left to live migration, what nobody takes; and what is promised.
fn contention(svg: &mut Svg, y: i64, cluster: &Cluster, path: &Path, promised: Mbps) -> i64 {
    let nics = cluster.nodes.get(path.source).map_or(&[][..], |node| &node.nics);
    let ports = path.source_ports.iter().filter_map(|port| nics.get(*port));
    let all = ports.map(|nic| nic.speed).sum::<Mbps>().max(1);
    let part = |rate: Mbps| i64::try_from(rate.min(all) * BAR_W.unsigned_abs() / all).unwrap_or(BAR_W);
    let needed = part(path.left.needed);
    let moved = part(path.left.egress).min(BAR_W - needed);
    svg.rect(at(LEFT, y - 9, BAR_W, 11), "#ffffff", look::GREY, "");
    svg.hatched(at(LEFT, y - 9, needed.max(1), 11), look::INK);
    svg.rect(
        at(LEFT + needed, y - 9, moved.max(1), 11),
        look::PLANNED,
        look::INK,
        r#"stroke-width="0.4""#,
    );
    let kept = match promised {
        0 => "nothing".to_owned(),
        rate => show_mbps(rate),
    };
    let text = format!(
        "Hatched: {} of {} planned for {}. Blue: {} left to live migration; promised while all send: {kept}",
        show_mbps(path.left.needed),
        show_mbps(all),
        named(&path.sharing),
        show_mbps(path.left.egress),
    );
    let x = LEFT + BAR_W + 10;
    svg.fitted(x, y, RIGHT - x, SMALL.ink(look::INK), &text);
    y + 17
}

fn draw_rows(svg: &mut Svg, y: i64, data: &ClusterPaths, class: &Class, path: &Path) -> i64 {
    let rows = rows(data, path);
    let height = 30 + ROW * rows.len().max(1) as i64;
    let all = || class.paths.iter().filter_map(|i| data.paths.get(*i));
    let sources: BTreeSet<usize> = all().map(|p| p.source).collect();
    let targets: BTreeSet<usize> = all().map(|p| p.target).collect();
    node_box(
        svg,
        at(LEFT, y, NODE_W, height),
        &format!("from {}", data.node(path.source)),
        sources.len(),
    );
    node_box(
        svg,
        at(TARGET_X, y, NODE_W, height),
        &format!("to {}", data.node(path.target)),
        targets.len(),
    );
    if rows.is_empty() {
        svg.text(
            LEFT + NODE_W + 20,
            y + 40,
            TEXT,
            "The inventory does not say which NIC carries which network.",
        );
    }
    let mut middle = y + 30 + ROW / 2 + 4;
    for (network, state) in rows {
        draw_row(svg, middle, data, path, (network, state));
        middle += ROW;
    }
    y + height + 8
}

/// Box of a node that stands for several.
fn node_box(svg: &mut Svg, area: Area, title: &str, nodes: usize) {
    svg.rect(area, look::PALE, look::GREY, r#"rx="4""#);
    let more = if nodes > 1 {
        format!(" (one of {nodes})")
    } else {
        String::new()
    };
    svg.fitted(area.x + 10, area.y + 19, area.w - 20, BOLD, &format!("{title}{more}"));
}

/// Networks that one of the two nodes is on, the one that is taken and those that are meant first.
fn rows(data: &ClusterPaths, path: &Path) -> Vec<(usize, State)> {
    let mut rows = Vec::new();
    for (index, refused) in &path.considered {
        let Some(network) = data.wiring.networks.get(*index) else {
            continue;
        };
        let present = [path.source, path.target]
            .iter()
            .any(|n| data.wiring.on(*n, *index).next().is_some());
        if !present && !network.intended {
            continue;
        }
        rows.push((*index, state(network, path, *index, *refused)));
    }
    rows.sort_by_key(|(index, state)| (!matches!(state, State::Taken | State::Missed(_)), *index));
    rows
}

fn state(network: &Network, path: &Path, index: usize, refused: Option<Layer>) -> State {
    if path.carrying.contains(&index) {
        return State::Taken;
    }
    if network.intended && !path.intended {
        return State::Missed(refused.or(Some(path.layer)));
    }
    State::Other(refused)
}

fn draw_row(svg: &mut Svg, y: i64, data: &ClusterPaths, path: &Path, (index, state): (usize, State)) {
    let Some(network) = data.wiring.networks.get(index) else {
        return;
    };
    let font = match state {
        State::Taken => BOLD.ink(look::PLANNED),
        State::Missed(_) => BOLD.ink(look::ALERT),
        State::Other(_) => SMALL,
    };
    let ends = [(path.source, LEFT), (path.target, TARGET_X)];
    let mut tors: Vec<Option<String>> = Vec::new();
    let mut complete = true;
    for (node, x) in ends {
        let on: Vec<&Interface> = used(data, path, node, index, state);
        svg.fitted(
            x + 10,
            y + 4,
            NODE_W - 20,
            TEXT,
            &adapter_text(&data.cluster, node, &on),
        );
        tors.push(switch_names(&data.cluster, node, &on));
        complete &= !on.is_empty();
    }
    let label_w = TOR_X[0] - LEFT - NODE_W - 16;
    svg.fitted(LEFT + NODE_W + 8, y - 8, label_w, font, &network.name);
    let [from, to] = [tors.first().cloned().flatten(), tors.get(1).cloned().flatten()];
    if complete || from.is_some() || to.is_some() {
        connect(svg, y, data, path, (from, to), state);
    } else {
        mark(svg, y, state);
    }
    note(svg, y, path, state, font);
}

/// Adapters of a row; of the way that is taken those that carry.
fn used<'a>(data: &'a ClusterPaths, path: &Path, node: usize, index: usize, state: State) -> Vec<&'a Interface> {
    let names = if node == path.source {
        &path.source_nics
    } else {
        &path.target_nics
    };
    let all: Vec<&Interface> = data.wiring.on(node, index).collect();
    let carrying: Vec<&Interface> = all.iter().copied().filter(|i| names.contains(&i.name)).collect();
    if state == State::Taken && !carrying.is_empty() {
        carrying
    } else {
        all
    }
}

fn adapter_text(cluster: &Cluster, node: usize, on: &[&Interface]) -> String {
    let nics = cluster.nodes.get(node).map_or(&[][..], |n| &n.nics);
    if on.is_empty() {
        return "no adapter".to_owned();
    }
    let speeds = |i: &Interface| -> Vec<u64> { i.ports.iter().filter_map(|p| nics.get(*p)).map(|n| n.speed).collect() };
    let all: Vec<u64> = on.iter().flat_map(|i| speeds(i)).collect();
    let names: Vec<&str> = on.iter().map(|i| i.name.as_str()).collect();
    let up = on
        .iter()
        .flat_map(|i| &i.ports)
        .filter_map(|p| nics.get(*p))
        .any(|n| n.up);
    let down = if up { "" } else { " · no link" };
    let slowest = all.iter().min().copied().unwrap_or(0);
    let speed = match all.len() {
        1 => show_mbps(slowest),
        many if all.iter().all(|s| *s == slowest) => format!("{many} × {}", show_mbps(slowest)),
        _ => format!("{} and more", show_mbps(slowest)),
    };
    format!("{} · {speed}{down}", names.join(", "))
}

/// Switches that adapters are cabled to; `None` for a direct cable or no adapter.
fn switch_names(cluster: &Cluster, node: usize, on: &[&Interface]) -> Option<String> {
    let nics = cluster.nodes.get(node).map_or(&[][..], |n| &n.nics);
    let ports: BTreeSet<usize> = on.iter().flat_map(|i| i.ports.iter().copied()).collect();
    let mut names: Vec<&str> = Vec::new();
    for nic in ports.iter().filter_map(|p| nics.get(*p)) {
        let name = match attach(nic) {
            Attach::Tor(tor) => cluster.tors.get(tor).map_or("", |t| t.name.as_str()),
            Attach::Unnamed => "switch not named",
            Attach::Direct => continue,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.sort_by(|a, b| natural_cmp(a, b));
    (!names.is_empty()).then(|| names.join(", "))
}

/// The line of a row with its switches: one box if both ends are on the same, else two with the link between them.
fn connect(
    svg: &mut Svg,
    y: i64,
    data: &ClusterPaths,
    path: &Path,
    (from, to): (Option<String>, Option<String>),
    state: State,
) {
    let (start, end) = (LEFT + NODE_W, TARGET_X);
    let centre = (TOR_X[0] + TOR_X[1]) / 2;
    match (from, to) {
        (Some(a), Some(b)) if a == b => {
            line(svg, (start, y), (end, y), state);
            tor(svg, centre, y, &a);
        }
        (Some(a), Some(b)) => {
            line(svg, (start, y), (end, y), state);
            tor(svg, TOR_X[0], y, &a);
            tor(svg, TOR_X[1], y, &b);
            if state == State::Taken {
                link_speed(svg, y, data, path);
            }
        }
        (None, None) => {
            line(svg, (start, y), (end, y), state);
            svg.text(centre + TOR_W / 2, y + 14, SMALL.middle(), "direct cable");
        }
        (Some(a), None) => {
            line(svg, (start, y), (TOR_X[0], y), state);
            tor(svg, TOR_X[0], y, &a);
        }
        (None, Some(b)) => {
            line(svg, (TOR_X[1] + TOR_W, y), (end, y), state);
            tor(svg, TOR_X[1], y, &b);
        }
    }
    mark(svg, y, state);
}

/// Cross or arrow head of a row.
fn mark(svg: &mut Svg, y: i64, state: State) {
    let end = TARGET_X;
    if matches!(state, State::Missed(_)) {
        cross(svg, TOR_X[1] + TOR_W + 24, y);
    }
    if state == State::Taken {
        let tip = format!("M {} {} L {} {y} L {} {}", end - 12, y - 6, end - 1, end - 12, y + 6);
        svg.path(&tip, look::PLANNED, r#"stroke-width="3""#);
    }
}

/// Speed of the slowest link between the two switches of a row.
fn link_speed(svg: &mut Svg, y: i64, data: &ClusterPaths, path: &Path) {
    let links = path.crossed.iter().filter_map(|l| data.cluster.links.get(*l));
    if let Some(speed) = links.map(|l| l.speed).min() {
        let gap = TOR_X[1] - TOR_X[0] - TOR_W;
        let font = SMALL.ink(look::INK).middle();
        // above the boxes: the gap between them is too narrow for "400 Gbit/s"
        svg.fitted(TOR_X[0] + TOR_W + gap / 2, y - 16, TOR_W, font, &show_mbps(speed));
    }
}

/// What is said at the right end of a row.
fn note(svg: &mut Svg, y: i64, path: &Path, state: State, font: Font) {
    let text = match state {
        State::Taken if path.carrying.len() > 1 => format!("{} together", show_mbps(path.cap)),
        State::Taken => show_mbps(path.cap),
        State::Missed(layer) | State::Other(layer) => layer.map_or("stands by", Layer::name).to_owned(),
    };
    let x = TOR_X[1] + TOR_W;
    svg.fitted(TARGET_X - 8, y - 10, TARGET_X - x - 8, font.end(), &text);
}

fn tor(svg: &mut Svg, x: i64, y: i64, name: &str) {
    svg.rect(at(x, y - 12, TOR_W, 24), "#ffffff", look::GREY, r#"rx="3""#);
    svg.fitted(x + TOR_W / 2, y + 4, TOR_W - 12, TEXT.middle(), name);
}

fn line(svg: &mut Svg, from: (i64, i64), to: (i64, i64), state: State) {
    let (ink, extra) = match state {
        State::Taken => (look::PLANNED, r#"stroke-width="5""#),
        State::Missed(_) => (look::ALERT, r#"stroke-width="2" stroke-dasharray="7 5""#),
        State::Other(_) => (look::GREY, r#"stroke-width="1""#),
    };
    svg.line(from, to, ink, extra);
}

fn cross(svg: &mut Svg, x: i64, y: i64) {
    let d = format!(
        "M {} {} L {} {} M {} {} L {} {}",
        x - 7,
        y - 7,
        x + 7,
        y + 7,
        x - 7,
        y + 7,
        x + 7,
        y - 7
    );
    svg.path(&d, look::ALERT, r#"stroke-width="3""#);
}

/// Text over several lines; returns the y of the next line.
fn paragraph(svg: &mut Svg, mut y: i64, text: &str, font: Font) -> i64 {
    let mut rest = text;
    for _ in 0..4 {
        let line = first_line(rest, font.size);
        svg.text(LEFT, y, font, line);
        y += 17;
        rest = rest.get(line.len()..).unwrap_or("").trim_start();
        if rest.is_empty() {
            break;
        }
    }
    y
}

/// As many words as fit into the width of the drawing; at least one.
fn first_line(text: &str, size: u32) -> &str {
    let mut end = 0;
    for (at, _) in text
        .char_indices()
        .filter(|(_, c)| *c == ' ')
        .chain([(text.len(), ' ')])
    {
        let fits = text
            .get(..at)
            .is_some_and(|head| look::text_width(head, size) <= RIGHT - LEFT);
        if !fits && end > 0 {
            break;
        }
        end = at;
        if !fits {
            break;
        }
    }
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_sentences_are_broken_between_words() {
        let text = "word ".repeat(200);
        let line = first_line(&text, 12);

        assert!(look::text_width(line, 12) <= RIGHT - LEFT && line.len() > 100, "{line}");
        assert!(line.ends_with("word"));
        assert_eq!(first_line("short", 12), "short");
    }
}
