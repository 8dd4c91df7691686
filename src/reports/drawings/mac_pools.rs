//! `mac_pools.svg`: where the dynamic MAC pools of all nodes lie, today and planned, and where they overlap.

use super::{LEFT, RIGHT};
use crate::inventory::Inventory;
use crate::mac::ledger::ledger;
use crate::mac::pools::assumed_from;
use crate::plan::PoolPlan;
use crate::reports::data::ReportData;
use crate::reports::svg::{Area, BOLD, HEAD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};
use crate::units::{Mac, MacRange};

const LINE_X: i64 = 230;
const LINE_W: i64 = 560;
const TEXT_X: i64 = LINE_X + LINE_W + 16;
const ROW: i64 = 34;
/// Border of a pool that is only assumed.
const ASSUMED: &str = r#"stroke-dasharray="3 2""#;
/// Room for the name of a cluster.
const HEADING: i64 = 26;

/// The drawing of a plan.
pub(in crate::reports) fn render(data: &ReportData) -> Vec<u8> {
    let plans: Vec<&[PoolPlan]> = data.clusters.iter().map(|c| &c.plan.mac_pools[..]).collect();
    draw(data.inventory, &plans)
}

/// Draws the pools of all clusters on one line of numbers, since pools of different clusters may collide too. `plans`: the
/// pools of each cluster of the inventory, in its order.
pub(in crate::reports) fn draw(inventory: &Inventory, plans: &[&[PoolPlan]]) -> Vec<u8> {
    let mut svg = Svg::new("mac-pools");
    let rows = rows(inventory, plans);
    svg.text(LEFT, 30, HEAD, "Dynamic MAC pools");
    let mut y = legend(&mut svg, 44);
    if rows.is_empty() {
        svg.text(LEFT, y + 16, TEXT, "No node has a dynamic MAC pool in this plan.");
        return svg.finish("Where the MAC pools lie and overlap");
    }
    let used = addresses(inventory);
    let line = NumberLine::of(&rows);
    let overlaps = overlaps(&rows);
    y = list_overlaps(&mut svg, y, &overlaps);
    let mut last = None;
    for row in &rows {
        if last != Some(row.cluster) {
            svg.fitted(LEFT, y + 16, RIGHT - LEFT, BOLD, row.cluster_name);
            y += HEADING;
            last = Some(row.cluster);
        }
        svg.may_break(y);
        // beside the pools only: a name of a cluster may reach over the whole line
        line.draw_breaks(&mut svg, y, y + ROW);
        draw_pool(&mut svg, y, &line, row, &overlaps);
        if let Some(range) = row.range {
            svg.path(&line.ticks(&used, range, y), look::INK, r#"stroke-width="1""#);
        }
        y += ROW;
    }
    line.draw_ends(&mut svg, y + 2);
    let outside = used.iter().filter(|m| !rows.iter().any(|r| r.holds(**m))).count();
    let note = format!(
        "{} in use outside every pool{}",
        counted(outside),
        without_address(inventory)
    );
    svg.text(LEFT, y + 52, SMALL, &note);
    svg.finish("Where the MAC pools lie and overlap")
}

/// The pool of one node.
struct Row<'a> {
    cluster: usize,
    cluster_name: &'a str,
    plan: &'a PoolPlan,
    /// The pool today, known or assumed, also if it can give no addresses.
    range: Option<MacRange>,
    /// The address from which it is assumed, if it is.
    assumed_from: Option<&'a str>,
}

impl Row<'_> {
    fn holds(&self, mac: Mac) -> bool {
        self.range.is_some_and(|r| r.contains(mac)) || self.plan.planned.contains(mac)
    }
}

fn rows<'a>(inventory: &'a Inventory, plans: &[&'a [PoolPlan]]) -> Vec<Row<'a>> {
    let mut rows = Vec::new();
    for (index, (cluster, pools)) in inventory.clusters.iter().zip(plans).enumerate() {
        for plan in *pools {
            let node = cluster.nodes.iter().find(|n| n.name.eq_ignore_ascii_case(&plan.node));
            let assumed = node
                .filter(|_| plan.today.is_none())
                .and_then(|n| assumed_from(&n.management_ip));
            rows.push(Row {
                cluster: index,
                cluster_name: &cluster.name,
                plan,
                range: plan.today.or(assumed),
                assumed_from: assumed.and(node.map(|n| n.management_ip.trim())),
            });
        }
    }
    rows
}

/// Every address in use in any cluster, each once, sorted.
fn addresses(inventory: &Inventory) -> Vec<Mac> {
    let mut used: Vec<Mac> = ledger(inventory).iter().map(|h| h.mac).collect();
    used.dedup();
    used
}

/// Of how many vNICs nobody told the address: those that draw from a pool are counted as in use all the same.
fn without_address(inventory: &Inventory) -> String {
    let vms = inventory.clusters.iter().flat_map(|cluster| &cluster.vms);
    let unknown = vms.flat_map(|vm| &vm.vnics).filter(|vnic| vnic.mac.is_none()).count();
    match unknown {
        0 => String::new(),
        1 => "; the address of 1 vNIC is not in the inventory and has no stroke".to_owned(),
        some => format!(
            "; the addresses of {} are not in the inventory and have no strokes",
            show::count(some, "vNIC", "vNICs")
        ),
    }
}

fn counted(addresses: usize) -> String {
    show::count(addresses, "address", "addresses")
}

fn legend(svg: &mut Svg, y: i64) -> i64 {
    svg.rect(at(LEFT, y + 2, 34, 10), "#c9d1d9", look::GREY, "");
    svg.text(LEFT + 42, y + 12, TEXT, "pool today");
    svg.rect(at(LEFT + 140, y + 2, 34, 10), look::PLANNED, look::PLANNED, "");
    svg.text(LEFT + 182, y + 12, TEXT, "pool planned");
    svg.hatched(at(LEFT + 300, y + 2, 34, 10), look::ALERT);
    svg.text(LEFT + 342, y + 12, TEXT, "addresses that several nodes hand out today");
    svg.rect(at(LEFT, y + 22, 34, 10), "#c9d1d9", look::GREY, ASSUMED);
    svg.text(LEFT + 42, y + 32, TEXT, "pool assumed");
    let d = format!("M{} {}v12m5 -12v12m9 -12v12", LEFT + 146, y + 21);
    svg.path(&d, look::INK, r#"stroke-width="1""#);
    svg.text(LEFT + 182, y + 32, TEXT, "addresses in use, of any cluster");
    svg.text(
        LEFT,
        y + 52,
        SMALL,
        "Not to scale: ranges are drawn in order, empty stretches between them are shortened (dotted). \
         At worst: after the loss of one other node.",
    );
    y + 68
}

/// The addresses that matter, in order, each stretch with a width of its own.
struct NumberLine {
    /// Start of each stretch and its x; the last entry is the end.
    marks: Vec<(u64, i64)>,
    /// Stretches that no pool covers, by index.
    empty: Vec<usize>,
}

impl NumberLine {
    fn of(rows: &[Row]) -> NumberLine {
        let ranges: Vec<MacRange> = rows
            .iter()
            .flat_map(|r| r.range.into_iter().chain([r.plan.planned]))
            .filter(|r| r.size() > 0)
            .collect();
        let mut bounds: Vec<u64> = ranges
            .iter()
            .flat_map(|r| [r.min.0, r.max.0.saturating_add(1)])
            .collect();
        bounds.sort_unstable();
        bounds.dedup();
        let covered = |from: u64| ranges.iter().any(|r| r.contains(Mac(from)));
        let empty: Vec<usize> = bounds
            .windows(2)
            .enumerate()
            .filter(|(_, w)| !covered(w[0]))
            .map(|(i, _)| i)
            .collect();
        let weight = |(index, pair): (usize, &[u64])| {
            if empty.contains(&index) {
                3
            } else {
                2 + i64::from((pair[1] - pair[0]).ilog2())
            }
        };
        let weights: Vec<i64> = bounds.windows(2).enumerate().map(weight).collect();
        let total: i64 = weights.iter().sum::<i64>().max(1);
        let mut sum = 0;
        let mut marks = Vec::with_capacity(bounds.len());
        for (index, bound) in bounds.iter().enumerate() {
            marks.push((*bound, LINE_X + LINE_W * sum / total));
            sum += weights.get(index).copied().unwrap_or(0);
        }
        NumberLine { marks, empty }
    }

    fn x(&self, address: u64) -> i64 {
        let index = self.marks.partition_point(|(bound, _)| *bound < address);
        self.marks.get(index).map_or(LINE_X + LINE_W, |(_, x)| *x)
    }

    fn area(&self, range: MacRange, y: i64, h: i64) -> Area {
        let x = self.x(range.min.0);
        at(x, y, (self.x(range.max.0.saturating_add(1)) - x).max(2), h)
    }

    /// Short strokes for the addresses of a range that are in use; those that fall on one pixel are one stroke.
    fn ticks(&self, used: &[Mac], range: MacRange, y: i64) -> String {
        let start = used.partition_point(|m| *m < range.min);
        let inside = used.iter().skip(start).take_while(|m| **m <= range.max);
        let mut places: Vec<i64> = inside.map(|m| self.within(m.0)).collect();
        places.dedup();
        places.iter().map(|x| format!("M{x} {}v12", y + 1)).collect()
    }

    /// Where an address lies inside its stretch.
    fn within(&self, address: u64) -> i64 {
        let index = self.marks.partition_point(|(bound, _)| *bound <= address);
        let before = index.checked_sub(1).and_then(|i| self.marks.get(i));
        let (Some((from, x)), Some((to, end))) = (before, self.marks.get(index)) else {
            return self.x(address);
        };
        let share = u128::from(address - from) * (end - x).unsigned_abs() as u128 / u128::from((to - from).max(1));
        x + i64::try_from(share).unwrap_or(0)
    }

    fn draw_breaks(&self, svg: &mut Svg, top: i64, bottom: i64) {
        for index in &self.empty {
            let (Some((_, from)), Some((_, to))) = (self.marks.get(*index), self.marks.get(index + 1)) else {
                continue;
            };
            let x = (from + to) / 2;
            svg.line(
                (x, top),
                (x, bottom),
                look::GREY,
                r#"stroke-width="1" stroke-dasharray="1 4""#,
            );
        }
    }

    fn draw_ends(&self, svg: &mut Svg, y: i64) {
        svg.line((LINE_X, y + 8), (LINE_X + LINE_W, y + 8), look::GREY, "");
        if let (Some((first, _)), Some((last, _))) = (self.marks.first(), self.marks.last()) {
            svg.text(LINE_X, y + 24, SMALL, &Mac(*first).to_string());
            svg.text(
                LINE_X + LINE_W,
                y + 24,
                SMALL.end(),
                &Mac(last.saturating_sub(1)).to_string(),
            );
        }
    }
}

fn draw_pool(svg: &mut Svg, y: i64, line: &NumberLine, row: &Row, overlaps: &[Overlap]) {
    let pool = row.plan;
    svg.fitted(LEFT + 10, y + 12, LINE_X - LEFT - 24, TEXT, &pool.node);
    let size = show::thousands(pool.planned.size());
    let used = format!("{} of {size} in use, {} at worst", pool.in_use, pool.worst_in_use);
    svg.fitted(LEFT + 10, y + 26, LINE_X - LEFT - 24, SMALL, &used);
    if let Some(range) = row.range.filter(|r| r.size() > 0) {
        let border = if row.assumed_from.is_some() { ASSUMED } else { "" };
        svg.rect(line.area(range, y + 2, 10), "#c9d1d9", look::GREY, border);
    }
    let mut shared: Vec<MacRange> = overlaps.iter().filter(|o| o.touches(row)).map(|o| o.range).collect();
    shared.sort_unstable();
    shared.dedup();
    for range in &shared {
        svg.hatched(line.area(*range, y + 2, 10), look::ALERT);
    }
    svg.rect(line.area(pool.planned, y + 15, 10), look::PLANNED, look::PLANNED, "");
    let font = if shared.is_empty() {
        SMALL
    } else {
        SMALL.ink(look::ALERT)
    };
    let alarm = if shared.is_empty() { "" } else { ", overlaps" };
    svg.fitted(TEXT_X, y + 12, RIGHT - TEXT_X, font, &format!("{}{alarm}", today(row)));
    let keeps = pool.today == Some(pool.planned);
    let planned = if keeps {
        "planned: stays".to_owned()
    } else {
        format!("planned: {}", show::mac_range(pool.planned))
    };
    svg.fitted(TEXT_X, y + 26, RIGHT - TEXT_X, SMALL.ink(look::PLANNED), &planned);
}

fn today(row: &Row) -> String {
    match (row.range, row.assumed_from) {
        (None, _) => "today: not known".to_owned(),
        (Some(range), Some(from)) => format!("assumed from {from}: {}", show::mac_range(range)),
        (Some(range), None) if range.size() == 0 => {
            format!("today: {} to {} (first above last)", range.min, range.max)
        }
        (Some(range), None) => format!("today: {}", show::mac_range(range)),
    }
}

/// Addresses that two nodes hand out today.
struct Overlap<'a> {
    first: &'a Row<'a>,
    second: &'a Row<'a>,
    range: MacRange,
}

impl Overlap<'_> {
    fn touches(&self, row: &Row) -> bool {
        std::ptr::eq(self.first.plan, row.plan) || std::ptr::eq(self.second.plan, row.plan)
    }

    /// The two nodes; with their clusters where these differ.
    fn names(&self) -> String {
        let (first, second) = (&self.first.plan.node, &self.second.plan.node);
        if self.first.cluster == self.second.cluster {
            return format!("{first} and {second}");
        }
        let (a, b) = (self.first.cluster_name, self.second.cluster_name);
        format!("{first} ({a}) and {second} ({b})")
    }
}

fn overlaps<'a>(rows: &'a [Row<'a>]) -> Vec<Overlap<'a>> {
    let mut found = Vec::new();
    for (index, first) in rows.iter().enumerate() {
        for second in &rows[index + 1..] {
            let common = first.range.zip(second.range).and_then(|(a, b)| a.intersection(b));
            found.extend(common.map(|range| Overlap { first, second, range }));
        }
    }
    found
}

/// Names the overlaps, above the rows so that they are seen at once; returns the y below.
fn list_overlaps(svg: &mut Svg, y: i64, overlaps: &[Overlap]) -> i64 {
    const SHOWN: usize = 8;
    let mut y = y;
    for overlap in overlaps.iter().take(SHOWN) {
        let size = show::count(
            usize::try_from(overlap.range.size()).unwrap_or(usize::MAX),
            "address",
            "addresses",
        );
        let text = format!(
            "{} both hand out {} today ({size})",
            overlap.names(),
            show::mac_range(overlap.range)
        );
        svg.fitted(LEFT, y + 12, RIGHT - LEFT, TEXT.ink(look::ALERT), &text);
        y += 18;
    }
    if overlaps.len() > SHOWN {
        let more = format!("and {} more pairs", show::thousands((overlaps.len() - SHOWN) as u64));
        svg.text(LEFT, y + 12, TEXT.ink(look::ALERT), &more);
        y += 18;
    }
    if overlaps.is_empty() { y } else { y + 8 }
}
