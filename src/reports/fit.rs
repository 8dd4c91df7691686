//! Text made of names and fixed words in a limited width: the names are shortened, what is said about them stays whole.
//!
//! In: pieces. Out: text. Must not know: what is drawn.

use super::look::{shortened, text_width};

/// A piece of a line.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    /// A name of any length: may lose its middle.
    Name(&'a str),
    /// Words and numbers that stay as they are.
    Fixed(&'a str),
}

impl Piece<'_> {
    fn text(&self) -> &str {
        match self {
            Piece::Name(text) | Piece::Fixed(text) => text,
        }
    }
}

/// The pieces as one text of at most this width. What the fixed pieces leave is shared by the names alike; a short name leaves
/// its rest to the others.
pub(super) fn fit(pieces: &[Piece], size: u32, width: i64) -> String {
    let whole: String = pieces.iter().map(Piece::text).collect();
    if text_width(&whole, size) <= width {
        return whole;
    }
    let widths = |names: bool| {
        let wanted = pieces
            .iter()
            .filter(move |piece| matches!(piece, Piece::Name(_)) == names);
        wanted.map(|piece| text_width(piece.text(), size))
    };
    let mut room = width - widths(false).sum::<i64>();
    let mut sorted: Vec<i64> = widths(true).collect();
    sorted.sort_unstable();
    let mut each = 0;
    for (number, wanted) in sorted.iter().enumerate() {
        each = room / (sorted.len() - number).max(1) as i64;
        if *wanted > each {
            break;
        }
        room -= wanted;
    }
    let short = |piece: &Piece| match piece {
        Piece::Name(name) => shortened(name, size, each).unwrap_or_else(|| (*name).to_owned()),
        Piece::Fixed(text) => (*text).to_owned(),
    };
    let line: String = pieces.iter().map(short).collect();
    shortened(&line, size, width).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::Piece::{Fixed, Name};
    use super::*;

    const LONG: &str = "Embedded FlexibleLOM 1 Port of the second adapter number 7";

    #[test]
    fn fixed_words_and_the_ends_of_names_stay() {
        let line = fit(&[Name(LONG), Fixed(" · 10 Gbit/s → "), Name("TOR-A")], 11, 250);
        assert!(line.ends_with("7 · 10 Gbit/s → TOR-A"), "{line}");
        assert!(text_width(&line, 11) <= 250);
        let both = fit(&[Fixed("NIC "), Name(LONG), Fixed(" on "), Name(LONG)], 12, 300);
        assert_eq!(both.matches('…').count(), 2, "{both}");
        assert!(text_width(&both, 12) <= 300);
    }

    #[test]
    fn what_fits_is_left_alone_and_what_can_never_fit_is_cut() {
        assert_eq!(fit(&[Name("HV1"), Fixed(" NIC 1")], 12, 200), "HV1 NIC 1");
        let cut = fit(
            &[Name("HV1"), Fixed(" a very long fixed text that has no room")],
            12,
            80,
        );
        assert!(text_width(&cut, 12) <= 80, "{cut}");
    }
}
