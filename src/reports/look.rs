//! How roles and results look: colour, letter and text width.
//!
//! In: roles and results. Out: colours of the Okabe-Ito set (told apart by colour-blind people) and a letter or word beside
//! each, because a colour alone says nothing on a black-and-white print. Must not know: what is drawn.

use crate::checks::recount::FailureResult;
use crate::roles::Role;

/// Ink of all text.
pub(super) const INK: &str = "#1b1f24";
/// Ink of what matters less.
pub(super) const GREY: &str = "#57606a";
/// Lines between things.
pub(super) const RULE: &str = "#d0d7de";
/// Background of boxes.
pub(super) const PALE: &str = "#f6f8fa";
/// Warnings: the vermilion of the set.
pub(super) const ALERT: &str = "#d55e00";
/// What is planned: the blue of the set.
pub(super) const PLANNED: &str = "#0072b2";

/// How one role is drawn.
pub(super) struct Look {
    /// Letter code.
    pub letter: &'static str,
    /// Fill.
    pub fill: &'static str,
    /// Colour of text on the fill.
    pub ink: &'static str,
}

/// One entry per role, in the order of the role table.
static LOOKS: [Look; 6] = [
    Look {
        letter: "M",
        fill: "#0072b2",
        ink: "#ffffff",
    },
    Look {
        letter: "C",
        fill: "#e69f00",
        ink: INK,
    },
    Look {
        letter: "L",
        fill: "#cc79a7",
        ink: INK,
    },
    Look {
        letter: "S",
        fill: "#009e73",
        ink: INK,
    },
    Look {
        letter: "R",
        fill: "#f0e442",
        ink: INK,
    },
    Look {
        letter: "V",
        fill: "#56b4e9",
        ink: INK,
    },
];

/// The look of a role.
pub(super) fn role(role: Role) -> &'static Look {
    &LOOKS[role as usize]
}

/// Fill of a failure's result; the word stands in the cell.
pub(super) fn result_fill(result: FailureResult) -> &'static str {
    match result {
        FailureResult::Ok => "#d5efe5",
        FailureResult::Short => "#f0e442",
        FailureResult::Cut => "#e8853f",
    }
}

/// Width of text in pixels at a font size, estimated generously: no font is asked, so that every machine draws the same.
pub(super) fn text_width(text: &str, size: u32) -> i64 {
    let hundredths: i64 = text.chars().map(char_width).sum();
    (hundredths * i64::from(size) + 99) / 100
}

/// Width of a character in hundredths of the font size.
fn char_width(c: char) -> i64 {
    match c {
        ' ' | '.' | ',' | ':' | ';' | '\'' | '!' | '|' | 'i' | 'j' | 'l' | 'f' | 't' | 'r' | 'I' | '(' | ')' | '/'
        | '-' => 40,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 95,
        'A'..='Z' => 70,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{ffef}' | '\u{1f000}'.. => 105,
        _ => 62,
    }
}

/// The text with its middle left out, so that it fits; `None` when it fits whole. Names often differ at their end only
/// (`Embedded LOM 1 Port 2`), so beginning and end both stay.
pub(super) fn shortened(text: &str, size: u32, width: i64) -> Option<String> {
    if text_width(text, size) <= width {
        return None;
    }
    let room = (width - text_width("…", size)) * 100 / i64::from(size.max(1));
    let head: String = as_much(text.chars(), room * 3 / 5);
    let tail: String = as_much(text.chars().rev(), room * 2 / 5);
    let tail: String = tail.chars().rev().collect();
    Some(format!("{}…{}", head.trim_end(), tail.trim_start()))
}

/// The first characters that fit into a width in hundredths of the font size.
fn as_much(text: impl Iterator<Item = char>, room: i64) -> String {
    let mut used = 0;
    text.take_while(|c| {
        used += char_width(*c);
        used <= room
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roles::ROLES;

    #[test]
    fn every_role_has_a_letter_and_a_colour_of_its_own() {
        for (index, info) in ROLES.iter().enumerate() {
            for other in &ROLES[..index] {
                assert_ne!(role(info.role).letter, role(other.role).letter);
                assert_ne!(role(info.role).fill, role(other.role).fill);
            }
        }
    }

    #[test]
    fn long_text_loses_its_middle() {
        assert_eq!(shortened("SLOT 1", 12, 100), None);
        let cut = shortened("a very long adapter name that goes on", 12, 100).unwrap_or_default();
        assert!(
            cut.starts_with("a very") && cut.ends_with("on") && text_width(&cut, 12) <= 100,
            "{cut}"
        );
    }
}
