//! `utilisation.svg`: how full each uplink is, normally and after the failure that hurts most, against the target.

use super::{Chip, LEFT, RIGHT, Unit, chip, heading, one_below_the_other, role_legend, units};
use crate::checks::recount::UplinkLoad;
use crate::reports::data::{ClusterData, ReportData};
use crate::reports::svg::{BOLD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};
use crate::roles::Role;
use crate::units::{Permille, show_mbps, show_permille};

/// Nodes drawn one by one; beyond that, the fullest of alike ones.
const SINGLY: usize = 8;
/// Where the bars begin and how long 100 % (or the largest value) may be.
const BAR_X: i64 = 230;
/// Room for the names of nodes.
const NAME_W: i64 = BAR_X - LEFT - 10;
const BAR_W: i64 = 600;
const ROW: i64 = 34;
/// Where the numbers stand, right of the longest bar: no line of the scale runs through them.
const LABEL_X: i64 = BAR_X + BAR_W + 16;
/// Room for the name of an uplink.
const HEADING: i64 = 32;
/// Bars are cut at this value; the number beside them is always the true one.
const LONGEST: Permille = 1500;

/// Draws all clusters.
pub(in crate::reports) fn render(data: &ReportData) -> Vec<u8> {
    one_below_the_other(
        "utilisation",
        "How full each role is, normally and after the worst failure",
        &data.clusters,
        draw,
    )
}

fn draw(svg: &mut Svg, y: i64, cluster: &ClusterData) -> i64 {
    let grouped = cluster.facts.nodes.len() > SINGLY;
    let note = if grouped {
        "Of nodes with the same ports, wiring and use the fullest one is drawn."
    } else {
        ""
    };
    let y = heading(svg, y, cluster, note);
    let y = role_legend(svg, y, cluster);
    let mut y = bar_legend(svg, y);
    let scale = Scale::of(cluster);
    if scale.cuts {
        let text = format!(
            "Bars with two slashes go on beyond {}: the number beside them counts.",
            show_permille(LONGEST)
        );
        svg.text(LEFT, y + 4, SMALL, &text);
        y += 16;
    }
    let units = units(cluster, SINGLY);
    let blocks: Vec<Vec<Bar>> = (0..cluster.plan.uplinks.len())
        .map(|uplink| bars(cluster, uplink, &units))
        .collect();
    let top = y + 18;
    let bottom = top + blocks.iter().map(|bars| block_height(bars)).sum::<i64>();
    // the lines go behind the bars and their text
    draw_axis(svg, top, bottom, cluster.facts.policy.target_permille, &scale);
    let mut y = top;
    for (uplink, bars) in blocks.iter().enumerate() {
        svg.may_break(y);
        draw_uplink(svg, y, cluster, uplink, bars, &scale);
        y += block_height(bars);
    }
    bottom
}

/// Height of an uplink's heading and bars.
fn block_height(bars: &[Bar]) -> i64 {
    HEADING + bars.iter().map(Bar::height).sum::<i64>() + 6
}

/// Utilisation to pixels.
struct Scale {
    full: Permille,
    /// Whether a bar is longer than that.
    cuts: bool,
}

impl Scale {
    fn of(cluster: &ClusterData) -> Scale {
        let worst = cluster
            .recount
            .uplinks
            .iter()
            .map(|u| u.worst_utilisation.max(u.utilisation))
            .max()
            .unwrap_or(0);
        Scale {
            full: worst.clamp(1000, LONGEST),
            cuts: worst > LONGEST,
        }
    }

    fn width(&self, value: Permille) -> i64 {
        i64::try_from(value.min(self.full) * BAR_W as u64 / self.full).unwrap_or(BAR_W)
    }
}

fn bar_legend(svg: &mut Svg, y: i64) -> i64 {
    let bar = |x, w| at(x, y + 2, w, 11);
    svg.rect(
        bar(LEFT, 20),
        look::role(Role::Vm).fill,
        look::INK,
        r#"stroke-width="0.5""#,
    );
    svg.rect(
        bar(LEFT + 20, 14),
        look::role(Role::Management).fill,
        look::INK,
        r#"stroke-width="0.5""#,
    );
    svg.text(LEFT + 42, y + 12, TEXT, "everything works, by role");
    svg.rect(bar(LEFT + 230, 34), "#c9d1d9", look::INK, r#"stroke-width="0.5""#);
    svg.text(LEFT + 272, y + 12, TEXT, "after the worst failure that counts");
    svg.hatched(bar(LEFT + 510, 34), look::INK);
    svg.text(LEFT + 552, y + 12, TEXT, "the same, above the target");
    svg.text(
        LEFT + 750,
        y + 12,
        SMALL,
        "One bar: no failure that counts makes it fuller.",
    );
    svg.text(LEFT, y + 32, SMALL, "Live migration takes what is left and is judged by the time it needs to empty a node, unless the policy gives drain minutes.");
    y + 44
}

/// Ticks every 20 %, and the target as a dashed line through all bars.
fn draw_axis(svg: &mut Svg, top: i64, bottom: i64, target: Permille, scale: &Scale) {
    for tick in (0..=scale.full).step_by(200) {
        let x = BAR_X + scale.width(tick);
        svg.line((x, top - 4), (x, bottom), look::RULE, r#"stroke-width="0.5""#);
        svg.text(x, top - 8, SMALL.middle(), &show_permille(tick));
    }
    if target <= scale.full {
        let x = BAR_X + scale.width(target);
        svg.line(
            (x, top - 4),
            (x, bottom + 4),
            look::ALERT,
            r#"stroke-width="2" stroke-dasharray="6 4""#,
        );
        svg.text(
            x,
            bottom + 18,
            SMALL.ink(look::ALERT).middle(),
            &format!("target {}", show_permille(target)),
        );
    }
}

fn draw_uplink(svg: &mut Svg, y: i64, cluster: &ClusterData, uplink: usize, bars: &[Bar], scale: &Scale) {
    let design = &cluster.plan.uplinks[uplink];
    let mut x = LEFT;
    for role in &design.roles {
        let network = if *role == Role::Vm {
            design.network.as_deref().unwrap_or("")
        } else {
            ""
        };
        chip(svg, at(x, y + 8, 26, 16), &Chip::of(cluster, *role, network));
        x += 30;
    }
    // a white ground, so that the lines of the scale do not run through the name
    let width = look::text_width(&design.name, BOLD.size).min(RIGHT - x - 4);
    svg.rect(at(x + 2, y + 7, width + 4, 18), "#ffffff", "none", "");
    svg.fitted(x + 4, y + 20, RIGHT - x - 4, BOLD, &design.name);
    let mut y = y + HEADING;
    for (number, bar) in bars.iter().enumerate() {
        if number > 0 {
            svg.may_break(y);
        }
        draw_bars(svg, y, cluster, bar, scale);
        y += bar.height();
    }
}

/// One line of bars: a load and the nodes that have it.
struct Bar<'a> {
    load: &'a UplinkLoad,
    label: String,
    /// Second line of the label.
    note: String,
    /// Above the target.
    over: bool,
}

impl Bar<'_> {
    /// Whether a failure makes it fuller, or it needs a warning.
    fn has_second(&self) -> bool {
        self.load.capacity > 0 && (self.over || !self.load.worst_failure.is_empty())
    }

    fn height(&self) -> i64 {
        if self.note.is_empty() && !self.has_second() {
            ROW / 2 + 3
        } else {
            ROW
        }
    }
}

/// The loads of an uplink: one line per unit, units with the very same load together.
fn bars<'a>(cluster: &ClusterData<'a>, uplink: usize, units: &[Unit]) -> Vec<Bar<'a>> {
    let mut same: Vec<(&UplinkLoad, Vec<&Unit>)> = Vec::new();
    for unit in units {
        let Some(load) = fullest(cluster, uplink, unit) else {
            continue;
        };
        let alike = |other: &UplinkLoad| {
            UplinkLoad {
                node: other.node,
                ..load.clone()
            } == *other
        };
        match same
            .iter_mut()
            .find(|(other, members)| unit.nodes.len() == 1 && members[0].nodes.len() == 1 && alike(other))
        {
            Some((_, members)) => members.push(unit),
            None => same.push((load, vec![unit])),
        }
    }
    let bar = |(load, members): (&'a UplinkLoad, Vec<&Unit>)| {
        let names: Vec<&str> = members.iter().map(|u| u.label).collect();
        let several = members[0].nodes.len() > 1;
        let label = show::name_runs(&names, "–");
        let is_cut = look::shortened(&label, TEXT.size, NAME_W).is_some();
        let note = match several {
            true => format!("fullest: {}", cluster.node_name(load.node)),
            // of long names the first would pass for the only one
            false if is_cut && names.len() > 1 => format!("{} nodes alike", names.len()),
            false => String::new(),
        };
        Bar {
            load,
            label,
            note,
            over: load.worst_utilisation > cluster.facts.policy.target_permille,
        }
    };
    same.into_iter().map(bar).collect()
}

/// The fullest load of an uplink among the nodes of a unit.
fn fullest<'a>(cluster: &ClusterData<'a>, uplink: usize, unit: &Unit) -> Option<&'a UplinkLoad> {
    let loads = cluster
        .recount
        .uplinks
        .iter()
        .filter(|u| u.uplink == uplink && unit.nodes.contains(&u.node));
    loads.reduce(|a, b| {
        if (b.worst_utilisation, b.utilisation) > (a.worst_utilisation, a.utilisation) {
            b
        } else {
            a
        }
    })
}

fn draw_bars(svg: &mut Svg, y: i64, cluster: &ClusterData, bar: &Bar, scale: &Scale) {
    let load = bar.load;
    svg.fitted(LEFT, y + 10, NAME_W, TEXT, &bar.label);
    svg.fitted(LEFT, y + 24, NAME_W, SMALL, &bar.note);
    if load.capacity == 0 {
        return svg.text(BAR_X + 6, y + 10, TEXT.ink(look::ALERT), "no NIC");
    }
    draw_parts(svg, y, cluster, load, scale);
    if load.utilisation > scale.full {
        draw_cut(svg, y);
    }
    let (demand, capacity) = (show_mbps(load.demand), show_mbps(load.capacity));
    let text = format!("{} ({demand} of {capacity})", show_permille(load.utilisation));
    svg.fitted(LABEL_X, y + 10, RIGHT - LABEL_X, SMALL.ink(look::INK), &text);
    if !bar.has_second() {
        return;
    }
    let width = scale.width(load.worst_utilisation).max(1);
    let area = at(BAR_X, y + 14, width, 11);
    if bar.over {
        svg.hatched(area, look::ALERT);
    } else {
        svg.rect(area, "#c9d1d9", look::INK, r#"stroke-width="0.5""#);
    }
    if load.worst_utilisation > scale.full {
        draw_cut(svg, y + 14);
    }
    let text = format!(
        "{} {}",
        show_permille(load.worst_utilisation),
        show::after(&load.worst_failure)
    );
    svg.fitted(LABEL_X, y + 24, RIGHT - LABEL_X, SMALL, &text);
}

/// Two slashes near the end of a bar that is drawn shorter than it is.
fn draw_cut(svg: &mut Svg, y: i64) {
    for x in [BAR_X + BAR_W - 16, BAR_X + BAR_W - 10] {
        let d = format!("M {x} {} L {} {}", y + 13, x + 5, y - 2);
        svg.path(&d, "#ffffff", r#"stroke-width="3""#);
    }
}

/// The upper bar, one piece per role.
fn draw_parts(svg: &mut Svg, y: i64, cluster: &ClusterData, load: &UplinkLoad, scale: &Scale) {
    let parts = cluster
        .recount
        .roles
        .iter()
        .filter(|r| r.node == load.node && r.uplink == load.uplink && r.demand > 0);
    let mut demand = 0;
    let mut from = 0;
    for part in parts {
        demand += part.demand;
        let to = scale.width(demand.saturating_mul(1000).checked_div(load.capacity).unwrap_or(0));
        let area = at(BAR_X + from, y, (to - from).max(1), 11);
        let fill = Chip::of(cluster, part.role, &part.network).fill(svg);
        svg.rect(area, &fill, look::INK, r#"stroke-width="0.5""#);
        from = to;
    }
}
