//! `report.html`: one offline page. First what a decision maker needs, then drawings, tables, reasons, evidence.
//!
//! In: [`ReportData`]. Out: one file without any outside reference; style and script stand beside this file.
//! Names of any content are escaped; nothing on the page can load or send anything (content security policy).

mod drains;
mod evidence;
mod paging;
mod questions;
mod summary;
mod table;
mod tables;
mod what_if;

use super::data::ReportData;
use super::drawings;
use super::svg::{escape, push_escaped};
use std::fmt::Write;

const PAGE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// Sections in the order of the page: anchor, heading, content.
type Section = (&'static str, &'static str, fn(&ReportData, &mut String));

const SECTIONS: [Section; 7] = [
    ("answer", "The answer", summary::write),
    ("drawings", "Drawings", write_drawings),
    ("drains", "Live migration and drains", drains::write),
    ("questions", "What administrators ask", questions::write),
    ("tables", "Tables", tables::write),
    ("why", "Why it is planned this way", evidence::write_reasons),
    ("evidence", "Findings, assumptions and evidence", evidence::write),
];

/// Writes the page.
pub(super) fn render(data: &ReportData) -> Vec<u8> {
    let mut body = String::with_capacity(512 * 1024);
    for (anchor, heading, write) in SECTIONS {
        let _ = writeln!(body, "<section id=\"{anchor}\"><h2>{heading}</h2>");
        write(data, &mut body);
        body.push_str("</section>\n");
    }
    let names: Vec<&str> = data.clusters.iter().map(|c| c.facts.name.as_str()).collect();
    let title = format!("Network plan: {}", names.join(", "));
    fill(PAGE, |mark, out| match mark {
        "title" => push_escaped(out, &title),
        "style" => out.push_str(STYLE),
        "script" => out.push_str(SCRIPT),
        "navigation" => write_navigation(out),
        "lead" => write_lead(data, out),
        "body" => out.push_str(&body),
        _ => {}
    })
    .into_bytes()
}

/// Replaces each `{{mark}}` of the template once; what is put in is never looked at again.
fn fill(template: &str, mut put: impl FnMut(&str, &mut String)) -> String {
    let mut out = String::with_capacity(1024 * 1024);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((mark, tail)) = after.split_once("}}") else {
            break;
        };
        out.push_str(before);
        put(mark, &mut out);
        rest = tail;
    }
    out.push_str(rest);
    out
}

fn write_navigation(out: &mut String) {
    for (anchor, heading, _) in SECTIONS {
        let _ = write!(out, "<a href=\"#{anchor}\">{heading}</a>");
    }
}

/// The line under the title: what was planned, from what.
fn write_lead(data: &ReportData, out: &mut String) {
    let nodes: usize = data.clusters.iter().map(|c| c.facts.nodes.len()).sum();
    let vms: usize = data.clusters.iter().map(|c| c.facts.vms.len()).sum();
    let count = super::show::count;
    let hash: String = data.plan.input_sha256.chars().take(12).collect();
    let _ = write!(
        out,
        "{}, {}, {} · nicplan {} · inventory {}",
        count(data.clusters.len(), "cluster", "clusters"),
        count(nodes, "node", "nodes"),
        count(vms, "VM", "VMs"),
        env!("CARGO_PKG_VERSION"),
        escape(&hash)
    );
}

/// Caption, what to look for, bytes.
type Drawing = (&'static str, &'static str, fn(&ReportData) -> Vec<u8>);

const DRAWINGS: [Drawing; 5] = [
    (
        "Which port does what on each node",
        "assignment.svg",
        drawings::assignment::render,
    ),
    ("How the wiring runs", "wiring.svg", drawings::wiring::render),
    (
        "How full each role is, normally and after the worst failure",
        "utilisation.svg",
        drawings::utilisation::render,
    ),
    ("What each failure breaks", "failures.svg", drawings::failures::render),
    (
        "Where the MAC pools lie and overlap",
        "mac_pools.svg",
        drawings::mac_pools::render,
    ),
];

fn write_drawings(data: &ReportData, out: &mut String) {
    for (caption, file, render) in DRAWINGS {
        let anchor = file.trim_end_matches(".svg");
        figure(out, anchor, caption, file, &render(data));
    }
}

/// Appends a drawing with its caption; `small` is where it or more of it is found.
fn figure(out: &mut String, anchor: &str, caption: &str, small: &str, drawing: &[u8]) {
    let drawing = String::from_utf8_lossy(drawing);
    let pages = paging::pages(&drawing);
    let class = if pages.is_empty() { "" } else { "tall" };
    let _ = writeln!(
        out,
        "<figure id=\"drawing-{anchor}\" class=\"{class}\"><figcaption>{caption} <small>{small}</small></figcaption>\
         <div class=\"picture\" tabindex=\"0\">{drawing}</div>{pages}</figure>"
    );
}

/// Appends a paragraph of text.
fn paragraph(out: &mut String, text: &str) {
    out.push_str("<p>");
    push_escaped(out, text);
    out.push_str("</p>\n");
}

/// Appends a list of texts.
fn list(out: &mut String, items: impl IntoIterator<Item = String>) {
    out.push_str("<ul>\n");
    for item in items {
        out.push_str("<li>");
        push_escaped(out, &item);
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n");
}

#[cfg(test)]
mod tests {
    use super::fill;

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        let page = fill("<a>{{x}}</a>{{y}}", |mark, out| {
            out.push_str(if mark == "x" { "{{y}}" } else { "z" })
        });
        assert_eq!(page, "<a>{{y}}</a>z");
    }
}
