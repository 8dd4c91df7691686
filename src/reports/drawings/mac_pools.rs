//! `mac_pools.svg`: where the dynamic MAC pools of all nodes lie, today and planned, and where they overlap.

use super::{LEFT, RIGHT};
use crate::plan::PoolPlan;
use crate::reports::data::ReportData;
use crate::reports::svg::{Area, BOLD, HEAD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};
use crate::units::{Mac, MacRange};

const LINE_X: i64 = 230;
const LINE_W: i64 = 560;
const TEXT_X: i64 = LINE_X + LINE_W + 16;
const ROW: i64 = 34;
/// Room for the name of a cluster.
const HEADING: i64 = 26;

/// Draws the pools of all clusters on one line of numbers, since pools of different clusters may collide too.
pub(in crate::reports) fn render(data: &ReportData) -> Vec<u8> {
    let mut svg = Svg::new("mac-pools");
    let pools: Vec<(usize, &PoolPlan)> = data
        .clusters
        .iter()
        .enumerate()
        .flat_map(|(c, cluster)| cluster.plan.mac_pools.iter().map(move |p| (c, p)))
        .collect();
    svg.text(LEFT, 30, HEAD, "Dynamic MAC pools");
    let mut y = legend(&mut svg, 44);
    if pools.is_empty() {
        svg.text(LEFT, y + 16, TEXT, "No node has a dynamic MAC pool in this plan.");
        return svg.finish("Where the MAC pools lie and overlap");
    }
    let line = NumberLine::of(&pools);
    let overlaps = overlaps(&pools);
    y = list_overlaps(&mut svg, y, &overlaps);
    let headings = data.clusters.iter().filter(|c| !c.plan.mac_pools.is_empty()).count() as i64;
    line.draw_breaks(&mut svg, y, y + HEADING * headings + ROW * pools.len() as i64);
    let mut last = None;
    for (cluster, pool) in &pools {
        if last != Some(*cluster) {
            svg.fitted(LEFT, y + 16, RIGHT - LEFT, BOLD, &data.clusters[*cluster].facts.name);
            y += HEADING;
            last = Some(*cluster);
        }
        draw_pool(&mut svg, y, &line, pool, &overlaps);
        y += ROW;
    }
    line.draw_ends(&mut svg, y + 2);
    svg.finish("Where the MAC pools lie and overlap")
}

fn legend(svg: &mut Svg, y: i64) -> i64 {
    svg.rect(at(LEFT, y + 2, 34, 10), "#c9d1d9", look::GREY, "");
    svg.text(LEFT + 42, y + 12, TEXT, "pool today");
    svg.rect(at(LEFT + 140, y + 2, 34, 10), look::PLANNED, look::PLANNED, "");
    svg.text(LEFT + 182, y + 12, TEXT, "pool planned");
    svg.hatched(at(LEFT + 300, y + 2, 34, 10), look::ALERT);
    svg.text(LEFT + 342, y + 12, TEXT, "addresses that several nodes hand out today");
    svg.text(
        LEFT,
        y + 32,
        SMALL,
        "Not to scale: ranges are drawn in order, empty stretches between them are shortened (dotted). \
         At worst: after the loss of one other node.",
    );
    y + 44
}

/// The addresses that matter, in order, each stretch with a width of its own.
struct NumberLine {
    /// Start of each stretch and its x; the last entry is the end.
    marks: Vec<(u64, i64)>,
    /// Stretches that no pool covers, by index.
    empty: Vec<usize>,
}

impl NumberLine {
    fn of(pools: &[(usize, &PoolPlan)]) -> NumberLine {
        let ranges: Vec<MacRange> = pools
            .iter()
            .flat_map(|(_, p)| p.today.into_iter().chain([p.planned]))
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

fn draw_pool(svg: &mut Svg, y: i64, line: &NumberLine, pool: &PoolPlan, overlaps: &[Overlap]) {
    svg.fitted(LEFT + 10, y + 12, LINE_X - LEFT - 24, TEXT, &pool.node);
    let size = show::thousands(pool.planned.size());
    let used = format!("{} of {size} in use, {} at worst", pool.in_use, pool.worst_in_use);
    svg.fitted(LEFT + 10, y + 26, LINE_X - LEFT - 24, SMALL, &used);
    if let Some(range) = pool.today.filter(|r| r.size() > 0) {
        svg.rect(line.area(range, y + 2, 10), "#c9d1d9", look::GREY, "");
    }
    let mut shared: Vec<MacRange> = overlaps.iter().filter(|o| o.touches(pool)).map(|o| o.range).collect();
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
    svg.fitted(TEXT_X, y + 12, RIGHT - TEXT_X, font, &format!("{}{alarm}", today(pool)));
    let keeps = pool.today == Some(pool.planned);
    let planned = if keeps {
        "planned: stays".to_owned()
    } else {
        format!("planned: {}", show::mac_range(pool.planned))
    };
    svg.fitted(TEXT_X, y + 26, RIGHT - TEXT_X, SMALL.ink(look::PLANNED), &planned);
}

fn today(pool: &PoolPlan) -> String {
    match pool.today {
        None => "today: not known".to_owned(),
        Some(range) if range.size() == 0 => format!("today: {} to {} (first above last)", range.min, range.max),
        Some(range) => format!("today: {}", show::mac_range(range)),
    }
}

/// Addresses that two nodes hand out today.
struct Overlap<'a> {
    first: &'a PoolPlan,
    second: &'a PoolPlan,
    range: MacRange,
}

impl Overlap<'_> {
    fn touches(&self, pool: &PoolPlan) -> bool {
        std::ptr::eq(self.first, pool) || std::ptr::eq(self.second, pool)
    }
}

fn overlaps<'a>(pools: &[(usize, &'a PoolPlan)]) -> Vec<Overlap<'a>> {
    let mut found = Vec::new();
    for (index, (_, first)) in pools.iter().enumerate() {
        for (_, second) in &pools[index + 1..] {
            let common = first.today.zip(second.today).and_then(|(a, b)| a.intersection(b));
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
        let (first, second) = (&overlap.first.node, &overlap.second.node);
        let text = format!(
            "{first} and {second} both hand out {} today ({size})",
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
