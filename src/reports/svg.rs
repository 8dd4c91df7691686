//! A tiny SVG writer: whole pixels, text stays text, names are escaped, no font or picture from outside.
//!
//! In: shapes. Out: one well-formed SVG document with the same bytes every time.
//! Styles are plain attributes, not CSS, so that Word, Excel and Visio read them. Must not know: what is drawn.

use super::fit::{Piece, fit};
use super::look;
use super::show::is_hidden;
use crate::roles::Role;
use std::fmt::Write;

/// Fonts that Windows, Linux and macOS have; none is loaded.
pub(super) const FONTS: &str = "Segoe UI, Arial, Helvetica, DejaVu Sans, sans-serif";

/// Escapes text for XML and HTML, content and attribute values alike; characters that neither may hold become `U+FFFD`.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    push_escaped(&mut out, text);
    out
}

/// Appends escaped text.
pub(super) fn push_escaped(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c if is_hidden(c) => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
}

/// Every drawing is at least this wide, so that text has one size on the page.
const WIDTH: i64 = 1200;

/// Where text stands relative to its x.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// How text looks.
#[derive(Clone, Copy)]
pub(super) struct Font {
    pub size: u32,
    pub bold: bool,
    pub fill: &'static str,
    pub anchor: Anchor,
}

/// Ordinary text.
pub(super) const TEXT: Font = Font {
    size: 12,
    bold: false,
    fill: look::INK,
    anchor: Anchor::Start,
};
/// Text that matters less.
pub(super) const SMALL: Font = Font {
    size: 11,
    bold: false,
    fill: look::GREY,
    anchor: Anchor::Start,
};
/// Heading of a cluster or a part.
pub(super) const HEAD: Font = Font {
    size: 16,
    bold: true,
    fill: look::INK,
    anchor: Anchor::Start,
};
/// Name of a node or switch.
pub(super) const BOLD: Font = Font {
    size: 12,
    bold: true,
    fill: look::INK,
    anchor: Anchor::Start,
};

impl Font {
    pub(super) fn middle(self) -> Font {
        Font {
            anchor: Anchor::Middle,
            ..self
        }
    }

    pub(super) fn end(self) -> Font {
        Font {
            anchor: Anchor::End,
            ..self
        }
    }

    pub(super) fn ink(self, fill: &'static str) -> Font {
        Font { fill, ..self }
    }

    pub(super) fn sized(self, size: u32) -> Font {
        Font { size, ..self }
    }
}

/// A rectangle.
#[derive(Clone, Copy)]
pub(super) struct Area {
    pub x: i64,
    pub y: i64,
    pub w: i64,
    pub h: i64,
}

/// A rectangle from its corner and size.
pub(super) fn at(x: i64, y: i64, w: i64, h: i64) -> Area {
    Area { x, y, w, h }
}

/// A drawing in the making.
pub(super) struct Svg {
    id: &'static str,
    body: String,
    bottom: i64,
    right: i64,
    breaks: Vec<i64>,
}

impl Svg {
    /// A new drawing; `id` keeps its inner names apart from those of other drawings on one page.
    pub(super) fn new(id: &'static str) -> Svg {
        Svg {
            id,
            body: String::with_capacity(32 * 1024),
            bottom: 0,
            right: 0,
            breaks: Vec::new(),
        }
    }

    fn reach(&mut self, x: i64, y: i64) {
        self.right = self.right.max(x);
        self.bottom = self.bottom.max(y);
    }

    /// A printed page may end above this y: between two nodes, rows or bars.
    pub(super) fn may_break(&mut self, y: i64) {
        self.breaks.push(y);
    }

    /// A box with a fill and a border; `extra` are further attributes written by us, never user text.
    pub(super) fn rect(&mut self, area: Area, fill: &str, stroke: &str, extra: &str) {
        let Area { x, y, w, h } = area;
        self.reach(x + w, y + h);
        let gap = if extra.is_empty() { "" } else { " " };
        let _ = writeln!(
            self.body,
            r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}" stroke="{stroke}"{gap}{extra}/>"#
        );
    }

    /// A box filled with the hatching of this drawing.
    pub(super) fn hatched(&mut self, area: Area, stroke: &str) {
        let fill = format!("url(#{}-hatch)", self.id);
        self.rect(area, &fill, stroke, "");
    }

    /// A straight line.
    pub(super) fn line(&mut self, from: (i64, i64), to: (i64, i64), stroke: &str, extra: &str) {
        self.reach(from.0.max(to.0), from.1.max(to.1));
        let gap = if extra.is_empty() { "" } else { " " };
        let _ = writeln!(
            self.body,
            r#"<line x1="{}" y1="{}" x2="{}" y2="{}" stroke="{stroke}"{gap}{extra}/>"#,
            from.0, from.1, to.0, to.1
        );
    }

    /// A path of our own making.
    pub(super) fn path(&mut self, d: &str, stroke: &str, extra: &str) {
        let gap = if extra.is_empty() { "" } else { " " };
        let _ = writeln!(
            self.body,
            r#"<path d="{d}" fill="none" stroke="{stroke}"{gap}{extra}/>"#
        );
    }

    /// Text of any origin, as it is.
    pub(super) fn text(&mut self, x: i64, y: i64, font: Font, text: &str) {
        let width = look::text_width(text, font.size);
        self.reach(if font.anchor == Anchor::Start { x + width } else { x }, y + 4);
        self.open_text(x, y, font);
        push_escaped(&mut self.body, text);
        self.body.push_str("</text>\n");
    }

    /// Text in a limited width; what does not fit is cut with an ellipsis and stands whole in the tooltip.
    pub(super) fn fitted(&mut self, x: i64, y: i64, width: i64, font: Font, text: &str) {
        let Some(short) = look::shortened(text, font.size, width) else {
            return self.text(x, y, font, text);
        };
        self.reach(x, y + 4);
        self.open_text(x, y, font);
        push_escaped(&mut self.body, &short);
        self.body.push_str("<title>");
        push_escaped(&mut self.body, text);
        self.body.push_str("</title></text>\n");
    }

    /// Text that was shortened with care; what it stands for is in the tooltip.
    pub(super) fn pieces(&mut self, x: i64, y: i64, width: i64, font: Font, pieces: &[Piece]) {
        let (short, whole) = (fit(pieces, font.size, width), fit(pieces, font.size, i64::MAX / 200));
        if short == whole {
            return self.text(x, y, font, &whole);
        }
        self.reach(x, y + 4);
        self.open_text(x, y, font);
        push_escaped(&mut self.body, &short);
        self.body.push_str("<title>");
        push_escaped(&mut self.body, &whole);
        self.body.push_str("</title></text>\n");
    }

    /// A name in the largest of these sizes in which it fits whole, else shortened in the smallest.
    pub(super) fn name(&mut self, x: i64, y: i64, width: i64, font: Font, sizes: &[u32], name: &str) {
        let fitting = sizes.iter().find(|size| look::text_width(name, **size) <= width);
        let size = fitting.or(sizes.last()).copied().unwrap_or(font.size);
        self.fitted(x, y, width, font.sized(size), name);
    }

    /// Fill of an external network by its position in the design: the colour of VM traffic, hatched from the second on.
    pub(super) fn network_fill(&self, position: usize) -> String {
        match look::network(position).hatch {
            "" => look::role(Role::Vm).fill.to_owned(),
            hatch => format!("url(#{}-{hatch})", self.id),
        }
    }

    /// The hatchings that this drawing uses.
    fn define_networks(&self, out: &mut String) {
        let used = |hatch: &str| !hatch.is_empty() && self.body.contains(&format!("url(#{}-{hatch})", self.id));
        for look in look::NETWORKS.iter().filter(|look| used(look.hatch)) {
            let _ = writeln!(
                out,
                r##"<defs><pattern id="{}-{}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="{}"/><path d="{}" fill="none" stroke="{}" stroke-width="2"/></pattern></defs>"##,
                self.id,
                look.hatch,
                look::role(Role::Vm).fill,
                look.strokes,
                look::NETWORK_LIGHT
            );
        }
    }

    fn open_text(&mut self, x: i64, y: i64, font: Font) {
        let _ = write!(
            self.body,
            r#"<text x="{x}" y="{y}" font-size="{}" fill="{}""#,
            font.size, font.fill
        );
        if font.bold {
            self.body.push_str(r#" font-weight="bold""#);
        }
        match font.anchor {
            Anchor::Start => {}
            Anchor::Middle => self.body.push_str(r#" text-anchor="middle""#),
            Anchor::End => self.body.push_str(r#" text-anchor="end""#),
        }
        self.body.push('>');
    }

    /// Opens a group whose tooltip says `title`; close it with [`Svg::end`].
    pub(super) fn begin(&mut self, title: &str) {
        self.body.push_str("<g><title>");
        push_escaped(&mut self.body, title);
        self.body.push_str("</title>\n");
    }

    /// Closes a group.
    pub(super) fn end(&mut self) {
        self.body.push_str("</g>\n");
    }

    /// The document, as large as what was drawn plus a margin, on white. Its drawing is the group `ID-drawing`; `data-breaks`
    /// lists where a printed page may end.
    pub(super) fn finish(self, title: &str) -> Vec<u8> {
        let breaks: Vec<String> = self.breaks.iter().map(i64::to_string).collect();
        let (w, h) = (WIDTH.max(self.right + 20), self.bottom + 16);
        let id = self.id;
        let mut out = String::with_capacity(self.body.len() + 1024);
        let _ = writeln!(
            out,
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{id}-title" font-family="{FONTS}" data-breaks="{}">"#,
            breaks.join(" ")
        );
        let _ = writeln!(out, r#"<title id="{id}-title">{}</title>"#, escape(title));
        let _ = writeln!(
            out,
            r##"<defs><pattern id="{id}-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/><rect width="2" height="6" fill="{}"/></pattern></defs>"##,
            look::ALERT
        );
        self.define_networks(&mut out);
        let _ = writeln!(
            out,
            r##"<g id="{id}-drawing"><rect width="{w}" height="{h}" fill="#ffffff"/>"##
        );
        out.push_str(&self.body);
        out.push_str("</g></svg>\n");
        out.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        let mut svg = Svg::new("test");
        svg.text(0, 10, TEXT, "</text><script>alert(1)</script>\u{0}&\"'");
        svg.fitted(0, 30, 40, TEXT, "<b>a long name</b>");
        let bytes = svg.finish("<title>");
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("<script") && !text.contains("<b>") && !text.contains('\u{0}'));
        assert!(text.contains("&lt;b&gt;a long name&lt;/b&gt;"));
    }

    #[test]
    fn the_picture_is_as_large_as_its_content() {
        let mut svg = Svg::new("test");
        svg.rect(at(10, 10, 1300, 50), "#fff", "#000", "");
        let bytes = svg.finish("box");
        assert!(String::from_utf8_lossy(&bytes).contains(r#"viewBox="0 0 1330 76""#));
    }
}
