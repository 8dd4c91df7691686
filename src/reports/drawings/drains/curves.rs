//! Two small charts: time against the number at once, time against the speed of the ports.

use super::axis::short;
use crate::reports::drains::View;
use crate::reports::drawings::{LEFT, RIGHT};
use crate::reports::look;
use crate::reports::svg::{BOLD, SMALL, Svg, at};
use crate::units::show_mbps;
use std::fmt::Write;

const HEIGHT: i64 = 170;
const GAP: i64 = 50;
/// Room for the labels of the upright axis.
const LABELS: i64 = 54;

/// A line of a chart.
struct Line {
    name: &'static str,
    colour: &'static str,
    /// Second cue beside the colour.
    dash: &'static str,
    /// By place from left to right, ms.
    values: Vec<u64>,
}

/// Draws both charts side by side; returns the y below.
pub(super) fn draw(svg: &mut Svg, y: i64, view: &View) -> i64 {
    let width = (RIGHT - LEFT - GAP) / 2;
    let charts = [by_number(view), by_speed(view)].into_iter().flatten();
    let (mut x, mut bottom) = (LEFT, y);
    for (chart, lines) in charts {
        bottom = bottom.max(chart.draw(svg, x, y, width, &lines));
        x += width + GAP;
    }
    bottom
}

/// Time against the number at once, if there is a choice.
fn by_number(view: &View) -> Option<(Chart, Vec<Line>)> {
    let forecast = view.forecast;
    let rows = &forecast.by_number;
    let lines = vec![
        line(
            "queue of a plain drain",
            look::ALERT,
            "6 3",
            rows.iter().map(|row| row.queue_ms),
        ),
        line("planned", look::PLANNED, "", rows.iter().map(|row| row.planned_ms)),
        line(
            "no order is faster",
            look::GREY,
            "2 3",
            rows.iter().map(|row| row.bound_ms),
        ),
    ];
    let node = view.node(forecast.busiest);
    let chart = Chart {
        title: format!("Emptying {node}: how long it takes, by how many live migrations run at once"),
        labels: rows.iter().map(|row| row.number.to_string()).collect(),
        marked: rows.iter().position(|row| row.number == forecast.recommended),
    };
    (rows.len() > 1).then_some((chart, lines))
}

/// Time against the speed of the ports, if it was asked for.
fn by_speed(view: &View) -> Option<(Chart, Vec<Line>)> {
    let rows = &view.forecast.by_speed;
    let lines = vec![
        line(
            "as Windows does it today",
            look::ALERT,
            "6 3",
            rows.iter().map(|row| row.today_ms),
        ),
        line("planned", look::PLANNED, "", rows.iter().map(|row| row.planned_ms)),
    ];
    let node = view.node(view.forecast.busiest);
    let chart = Chart {
        title: format!("Emptying {node}: how long it takes, by the speed of the live-migration ports"),
        labels: rows.iter().map(|row| show_mbps(row.speed)).collect(),
        marked: None,
    };
    (!rows.is_empty()).then_some((chart, lines))
}

fn line(name: &'static str, colour: &'static str, dash: &'static str, values: impl Iterator<Item = u64>) -> Line {
    Line {
        name,
        colour,
        dash,
        values: values.collect(),
    }
}

/// A chart with equal steps to the right.
struct Chart {
    title: String,
    labels: Vec<String>,
    /// Place of the recommended step.
    marked: Option<usize>,
}

impl Chart {
    /// Draws; returns the y below.
    fn draw(&self, svg: &mut Svg, x: i64, y: i64, width: i64, lines: &[Line]) -> i64 {
        svg.fitted(x, y, width, BOLD, &self.title);
        let mut legend = x;
        for one in lines {
            stroke(svg, &format!("M{legend} {}H{}", y + 14, legend + 24), one);
            svg.text(legend + 30, y + 18, SMALL, one.name);
            legend += 44 + look::text_width(one.name, SMALL.size);
        }
        let (top, bottom) = (y + 40, y + 40 + HEIGHT);
        let most = lines
            .iter()
            .flat_map(|one| &one.values)
            .copied()
            .max()
            .unwrap_or(0)
            .max(1);
        let scale = Scale { bottom, most };
        scale.draw(svg, x, width);
        let places = Places {
            from: x + LABELS + 16,
            width: width - LABELS - 40,
            count: self.labels.len(),
        };
        for (place, label) in self.labels.iter().enumerate() {
            svg.text(places.at(place), bottom + 16, SMALL.middle(), label);
        }
        if let Some(place) = self.marked {
            self.mark(svg, places.at(place), place, (top, bottom));
        }
        for one in lines {
            curve(svg, one, &places, &scale);
        }
        bottom + 24
    }

    /// An upright line at the recommended step; at the right end its name grows to the left.
    fn mark(&self, svg: &mut Svg, x: i64, place: usize, (top, bottom): (i64, i64)) {
        let dashed = r#"stroke-width="1" stroke-dasharray="4 3""#;
        svg.line((x, top - 6), (x, bottom), look::PLANNED, dashed);
        let font = SMALL.ink(look::PLANNED);
        let is_right = place * 2 > self.labels.len();
        let (font, gap) = if is_right { (font.end(), -5) } else { (font, 5) };
        svg.text(x + gap, top - 2, font, "recommended");
    }
}

fn curve(svg: &mut Svg, line: &Line, places: &Places, scale: &Scale) {
    let mut d = String::new();
    for (place, ms) in line.values.iter().enumerate() {
        let mark = if place == 0 { 'M' } else { 'L' };
        let _ = write!(d, "{mark}{} {}", places.at(place), scale.at(*ms));
    }
    stroke(svg, &d, line);
    for (place, ms) in line.values.iter().enumerate() {
        let dot = at(places.at(place) - 2, scale.at(*ms) - 2, 4, 4);
        svg.rect(dot, line.colour, line.colour, "");
    }
}

fn stroke(svg: &mut Svg, d: &str, line: &Line) {
    let dash = match line.dash {
        "" => String::new(),
        dash => format!(r#" stroke-dasharray="{dash}""#),
    };
    svg.path(d, line.colour, &format!(r#"stroke-width="2"{dash}"#));
}

/// Steps to the right.
struct Places {
    from: i64,
    width: i64,
    count: usize,
}

impl Places {
    fn at(&self, place: usize) -> i64 {
        let steps = i64::try_from(self.count.saturating_sub(1)).unwrap_or(1).max(1);
        self.from + self.width * i64::try_from(place).unwrap_or(0) / steps
    }
}

/// Time upwards.
struct Scale {
    bottom: i64,
    most: u64,
}

impl Scale {
    fn at(&self, ms: u64) -> i64 {
        let height = u128::from(ms.min(self.most)) * u128::from(HEIGHT.unsigned_abs()) / u128::from(self.most);
        self.bottom - i64::try_from(height).unwrap_or(HEIGHT)
    }

    fn draw(&self, svg: &mut Svg, x: i64, width: i64) {
        let axis = super::axis::Axis::new(0, 1, self.most);
        for seconds in axis.labels() {
            let y = self.at(seconds * 1000);
            svg.line((x + LABELS, y), (x + width, y), look::RULE, r#"stroke-width="0.5""#);
            svg.text(x + LABELS - 6, y + 4, SMALL.end(), &short(seconds));
        }
    }
}
