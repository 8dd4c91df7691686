//! `failures.svg`: what each failure breaks. A line per failure, a column per role, a word in each cell.

use super::{Chip, LEFT, chip, heading, one_below_the_other};
use crate::checks::recount::FailureResult;
use crate::policy::FailureKind;
use crate::reports::data::{ClusterData, FailureCell, FailureLine, ReportData};
use crate::reports::fit::Piece;
use crate::reports::svg::{Area, BOLD, SMALL, Svg, TEXT, at};
use crate::reports::{look, show};

/// Where the cells begin.
const CELLS_X: i64 = 400;
const ROW: i64 = 26;
/// Width of a reason below the cells.
const REASON_WIDTH: i64 = 1_150;
/// Height of the lines under one row of column names, on the first page and on the others: a printed page holds 770.
const FIRST_PAGE: i64 = 600;
const PAGE: i64 = 740;
/// Of a line with cells of two lines of text.
const HIGH_ROW: i64 = 38;

/// Draws all clusters.
pub(in crate::reports) fn render(data: &ReportData) -> Vec<u8> {
    one_below_the_other("failures", "What each failure breaks", &data.clusters, draw)
}

fn draw(svg: &mut Svg, y: i64, cluster: &ClusterData) -> i64 {
    let note = "One failure at a time. The same failure on nodes that are alike is one line; its cells show the worst of them.";
    let y = heading(svg, y, cluster, note);
    let y = legend(svg, y);
    let y = explain(svg, y);
    if cluster.failures.lines.is_empty() {
        svg.text(LEFT, y + 16, TEXT, "No failure touches any role.");
        return y + 24;
    }
    svg.text(LEFT, y + 12, BOLD, &verdict(cluster));
    let y = y + 26;
    // the cells share the page; with very many networks they keep a readable width and the drawing grows
    let width = (780 / cluster.failures.columns.len().max(1) as i64).clamp(84, 130);
    // each printed page begins with the names of the columns
    let (mut since, mut room) = (y, FIRST_PAGE);
    let mut y = draw_columns(svg, y, cluster, width);
    let mut kind = None;
    for line in &cluster.failures.lines {
        if kind.is_some_and(|k| k != line.kind) {
            y += 8;
        }
        kind = Some(line.kind);
        if y + row_height(line) - since > room {
            (since, room) = (y, PAGE);
            svg.may_break(y);
            y = draw_columns(svg, y + 6, cluster, width);
        }
        draw_line(svg, y, cluster, line, width);
        y += row_height(line);
    }
    draw_reasons(svg, y, cluster)
}

/// What all lines say together, so that nobody has to look for the one bad cell.
fn verdict(cluster: &ClusterData) -> String {
    let lines = &cluster.failures.lines;
    match lines.iter().filter(|line| line.hurts()).count() {
        0 => "No failure drawn here stops a role or leaves it short.".to_owned(),
        some => {
            let verbs = if some == 1 {
                "stops a role or leaves it short"
            } else {
                "stop a role or leave it short"
            };
            let all = show::count(lines.len(), "failure", "failures");
            format!("{} of the {all} drawn here {verbs}.", show::thousands(some as u64))
        }
    }
}

/// Below the cells: which VMs find no place, or only one beside a member of their group, and what keeps them off.
fn draw_reasons(svg: &mut Svg, y: i64, cluster: &ClusterData) -> i64 {
    let mut y = y;
    for line in &cluster.failures.lines {
        let mut said: Vec<&str> = Vec::new();
        for cell in line.cells.iter().flatten().filter(|cell| is_told(line, cell)) {
            if !said.contains(&cell.why.as_str()) {
                said.push(&cell.why);
            }
        }
        for why in said {
            let what = line.title.split(':').next().unwrap_or_default();
            for part in look::wrapped(&format!("Without {what}: {why}"), TEXT.size, REASON_WIDTH) {
                y += 18;
                svg.text(LEFT, y, TEXT, &part);
            }
        }
    }
    y
}

/// Whether the reason of a cell stands below: VMs without a place or beside a member of their group.
fn is_told(line: &FailureLine, cell: &FailureCell) -> bool {
    line.kind == FailureKind::Node && !cell.why.is_empty()
}

fn legend(svg: &mut Svg, y: i64) -> i64 {
    let results = [
        (FailureResult::Ok, "ok", "demand still fits"),
        (FailureResult::Short, "short 62 %", "runs with 62 % of what it needs"),
        (FailureResult::Short, "2 VMs out", "no place for 2 VMs"),
        (FailureResult::Cut, "cut", "stops"),
    ];
    let mut x = LEFT;
    for (result, word, text) in results {
        svg.rect(at(x, y, 74, 18), look::result_fill(result), look::RULE, "");
        svg.text(x + 37, y + 13, TEXT.middle(), word);
        svg.text(x + 82, y + 13, TEXT, text);
        x += 82 + look::text_width(text, TEXT.size) + 20;
    }
    svg.rect(at(x + 1, y + 1, 28, 16), "#ffffff", look::INK, r#"stroke-width="2.5""#);
    svg.text(x + 38, y + 13, TEXT, "must survive (policy)");
    x += 38 + look::text_width("must survive (policy)", TEXT.size) + 20;
    svg.text(x, y + 13, TEXT, "– not touched");
    y + 30
}

/// What the small second line of a cell means.
fn explain(svg: &mut Svg, y: i64) -> i64 {
    let text = "on 1 of 4 nodes: only on that one, the others fare better. Without such a line the word holds for all of them.";
    svg.text(LEFT, y + 6, SMALL, text);
    y + 20
}

fn draw_columns(svg: &mut Svg, y: i64, cluster: &ClusterData, width: i64) -> i64 {
    for (index, (role, network)) in cluster.failures.columns.iter().enumerate() {
        let x = CELLS_X + width * index as i64 + width / 2 - 2;
        chip(svg, at(x - 15, y, 30, 16), &Chip::of(cluster, *role, network));
        svg.fitted(x, y + 30, width - 6, BOLD.middle(), role.info().title);
        svg.fitted(x, y + 44, width - 6, SMALL.middle(), network);
    }
    y + 52
}

fn row_height(line: &FailureLine) -> i64 {
    let two_lines = line.cells.iter().flatten().any(|cell| !cell.scope().is_empty());
    if two_lines { HIGH_ROW } else { ROW }
}

fn draw_line(svg: &mut Svg, y: i64, cluster: &ClusterData, line: &FailureLine, width: i64) {
    let height = row_height(line) - 4;
    let middle = y + height / 2 + 4;
    let room = CELLS_X - LEFT - 12;
    let name = Piece::Name(&line.what);
    match line.place.as_str() {
        "" => svg.pieces(LEFT, middle, room, TEXT, &[name, Piece::Fixed(line.remark)]),
        place => svg.pieces(
            LEFT,
            middle,
            room,
            TEXT,
            &[name, Piece::Fixed(" on "), Piece::Name(place)],
        ),
    }
    for (index, cell) in line.cells.iter().enumerate() {
        let area = at(CELLS_X + width * index as i64, y, width - 4, height);
        let Some((role, network)) = cluster.failures.columns.get(index) else {
            continue;
        };
        match cell {
            None => svg.text(area.x + area.w / 2, middle, SMALL.middle(), "–"),
            Some(cell) => {
                let required = cluster.facts.policy.must_survive(*role, line.kind);
                let about = format!("{}: {} {network}", line.title, role.info().title);
                draw_cell(svg, area, cell, required, &about);
            }
        }
    }
}

fn draw_cell(svg: &mut Svg, area: Area, cell: &FailureCell, required: bool, about: &str) {
    let scope = cell.scope();
    let said = format!("{} {} {scope}", about.trim_end(), cell.text());
    let why = if cell.why.is_empty() {
        String::new()
    } else {
        format!(": {}", cell.why)
    };
    svg.begin(&format!("{}{why}", said.trim_end()));
    let border = if required {
        (look::INK, r#"stroke-width="2.5""#)
    } else {
        (look::RULE, "")
    };
    svg.rect(area, look::result_fill(cell.result), border.0, border.1);
    let (x, width) = (area.x + area.w / 2, area.w - 4);
    if scope.is_empty() {
        svg.fitted(x, area.y + area.h / 2 + 4, width, TEXT.middle(), &cell.text());
    } else {
        svg.fitted(x, area.y + 14, width, TEXT.middle(), &cell.text());
        svg.fitted(x, area.y + 28, width, SMALL.ink(look::INK).sized(10).middle(), &scope);
    }
    svg.end();
}
