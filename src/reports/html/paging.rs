//! Tall drawings on paper: cut between nodes, rows or bars, so that every page ends where the drawing allows it.
//!
//! In: a drawing as [`Svg`](crate::reports::svg::Svg) writes it. Out: one small `<svg>` for each printed page, which shows its
//! stretch of the drawing by reference. Must not know: what is drawn.

use crate::reports::svg::FONTS;
use std::fmt::Write;

/// Height of a drawing above which it would become too small to read on one page, in its own pixels.
const TALL: i64 = 1300;
/// A printed page holds 176 mm of a drawing that is 273 mm wide: A4 landscape with margins of 12 mm, and some room to spare. A
/// drawing of several pages has no caption on paper.
const PAGE: (i64, i64) = (176, 273);

/// The pages of a tall drawing; nothing for one that fits.
pub(super) fn pages(drawing: &str) -> String {
    let Some((id, width, height)) = size(drawing).filter(|(.., height)| *height > TALL) else {
        return String::new();
    };
    let breaks = attribute(drawing, "data-breaks").unwrap_or_default();
    let breaks: Vec<i64> = breaks.split(' ').filter_map(|y| y.parse().ok()).collect();
    let mut out = String::from("<div class=\"pages\" aria-hidden=\"true\">");
    for (from, to) in stretches(height, width * PAGE.0 / PAGE.1, &breaks) {
        let _ = write!(
            out,
            "<svg width=\"{width}\" height=\"{0}\" viewBox=\"0 {from} {width} {0}\" font-family=\"{FONTS}\"><use href=\"#{id}-drawing\"/></svg>",
            to - from,
        );
    }
    out.push_str("</div>");
    out
}

/// Where pages begin and end: at the last break that fits, or where there is none in reach at the next one.
fn stretches(height: i64, page: i64, breaks: &[i64]) -> Vec<(i64, i64)> {
    let mut stretches = Vec::new();
    let mut from = 0;
    while height - from > page {
        let after = || breaks.iter().copied().filter(|y| *y > from && *y < height);
        let fitting = after().filter(|y| y - from <= page).max();
        let Some(to) = fitting.or_else(|| after().min()) else {
            break;
        };
        stretches.push((from, to));
        from = to;
    }
    stretches.push((from, height));
    stretches
}

/// Name, width and height of a drawing.
fn size(drawing: &str) -> Option<(&str, i64, i64)> {
    let number = |name| attribute(drawing, name)?.parse().ok();
    let id = attribute(drawing, "aria-labelledby")?.trim_end_matches("-title");
    Some((id, number("width")?, number("height")?))
}

/// An attribute of the first tag.
fn attribute<'a>(drawing: &'a str, name: &str) -> Option<&'a str> {
    let tag = &drawing[..drawing.find('>')?];
    let value = tag.split_once(&format!(" {name}=\""))?.1;
    value.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_end_at_the_last_break_that_fits() {
        assert_eq!(
            stretches(1000, 400, &[100, 390, 410, 700, 790]),
            [(0, 390), (390, 790), (790, 1000)]
        );
    }

    #[test]
    fn a_part_that_is_taller_than_a_page_stays_whole() {
        assert_eq!(stretches(1000, 400, &[600]), [(0, 600), (600, 1000)]);
        assert_eq!(stretches(1000, 400, &[]), [(0, 1000)]);
    }

    #[test]
    fn only_tall_drawings_have_pages_and_they_show_all_of_it() {
        let drawing = |height: i64| {
            format!(
                "<svg width=\"1200\" height=\"{height}\" aria-labelledby=\"wiring-title\" data-breaks=\"650 1200\"><g/></svg>"
            )
        };
        assert_eq!(pages(&drawing(1300)), "");
        let pages = pages(&drawing(1500));
        assert_eq!(pages.matches("<use href=\"#wiring-drawing\"/>").count(), 3, "{pages}");
        assert!(pages.contains("viewBox=\"0 650 1200 550\""), "{pages}");
        assert!(pages.contains("viewBox=\"0 1200 1200 300\""), "{pages}");
    }
}
