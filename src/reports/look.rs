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

/// Light half of the hatching that tells external networks apart; text reads on it as well as on the fill of VM traffic.
pub(super) const NETWORK_LIGHT: &str = "#d9eefa";

/// How one external network is drawn: hatching on the fill of VM traffic, and a dash pattern for its lines.
///
/// Hatching and not further colours: next to the six of the roles no further ones can be told apart by everybody.
pub(super) struct NetworkLook {
    /// Name of the hatching within a drawing; empty = plain.
    pub hatch: &'static str,
    /// Path of the light strokes within a tile of 8 by 8.
    pub strokes: &'static str,
    /// What the hatching is called in a legend.
    pub word: &'static str,
    /// Light dashes on top of a line; empty = none.
    pub dashes: &'static str,
}

/// Looks of the external networks of a design in their order; they repeat after the last, and the number beside them tells on.
pub(super) static NETWORKS: [NetworkLook; 6] = [
    NetworkLook {
        hatch: "",
        strokes: "",
        word: "plain",
        dashes: "",
    },
    NetworkLook {
        hatch: "rising",
        strokes: "M -1 9 L 9 -1 M -5 5 L 5 -5 M 3 13 L 13 3",
        word: "rising stripes",
        dashes: "12 12",
    },
    NetworkLook {
        hatch: "level",
        strokes: "M 0 2 H 8 M 0 6 H 8",
        word: "level stripes",
        dashes: "3 9",
    },
    NetworkLook {
        hatch: "upright",
        strokes: "M 2 0 V 8 M 6 0 V 8",
        word: "upright stripes",
        dashes: "24 6",
    },
    NetworkLook {
        hatch: "falling",
        strokes: "M -1 -1 L 9 9 M -5 3 L 5 13 M 3 -5 L 13 5",
        word: "falling stripes",
        dashes: "12 4 3 4",
    },
    NetworkLook {
        hatch: "grid",
        strokes: "M 0 4 H 8 M 4 0 V 8",
        word: "grid",
        dashes: "3 3",
    },
];

/// The look of an external network by its position in the design.
pub(super) fn network(position: usize) -> &'static NetworkLook {
    let [first, ..] = &NETWORKS;
    NETWORKS.get(position % NETWORKS.len()).unwrap_or(first)
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
        'ж' | 'м' | 'ф' | 'ш' | 'щ' | 'ы' | 'ю' => 85,
        'Ж' | 'М' | 'Ф' | 'Ш' | 'Щ' | 'Ы' | 'Ю' => 105,
        '\u{0370}'..='\u{03ab}' | '\u{0400}'..='\u{042f}' => 80,
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{ffef}' | '\u{1f000}'.. => 105,
        _ => 62,
    }
}

/// The text with its middle left out, so that it fits; `None` when it fits whole. Names often differ at their end only
/// (`Embedded LOM 1 Port 2`), so beginning and end both stay. Words stay whole where at least half of what fits remains.
pub(super) fn shortened(text: &str, size: u32, width: i64) -> Option<String> {
    if text_width(text, size) <= width {
        return None;
    }
    let room = (width - text_width("…", size)) * 100 / i64::from(size.max(1));
    let head: String = as_much(text.chars(), room * 3 / 5);
    let tail: String = as_much(text.chars().rev(), room * 2 / 5);
    let tail: String = tail.chars().rev().collect();
    let rest = text.get(head.len()..).unwrap_or("");
    let before = text.strip_suffix(tail.as_str()).unwrap_or("");
    let head = whole_words(&head, rest.chars().next());
    let tail = whole_words_at_end(&tail, before.chars().next_back());
    Some(format!("{}…{}", head.trim_end(), tail.trim_start()))
}

/// The text in lines of at most this width, parted between words; a longer word has a line of its own and loses its middle.
pub(super) fn wrapped(text: &str, size: u32, width: i64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if text_width(line, size) + text_width(" ", size) + text_width(word, size) <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(shortened(word, size, width).unwrap_or_else(|| word.to_owned())),
        }
    }
    lines
}

/// Whether a text may be parted beside this character.
pub(super) fn is_border(c: char) -> bool {
    c.is_whitespace() || matches!(c, ',' | ';' | '+' | '/' | '-' | '–' | '_' | ':' | '·')
}

/// The beginning without a word that goes on in `next`; as it is when little would remain.
pub(super) fn whole_words(head: &str, next: Option<char>) -> &str {
    if next.is_none_or(is_border) {
        return head;
    }
    let cut = head.rfind(is_border).filter(|at| at * 2 >= head.len());
    let end = cut.map_or(head.len(), |at| {
        at + head.get(at..).and_then(|s| s.chars().next()).map_or(0, char::len_utf8)
    });
    head.get(..end).unwrap_or(head)
}

/// The end without a word that began with `before`; as it is when little would remain.
pub(super) fn whole_words_at_end(tail: &str, before: Option<char>) -> &str {
    if before.is_none_or(is_border) {
        return tail;
    }
    let start = tail.find(is_border).filter(|at| at * 2 <= tail.len());
    start.and_then(|at| tail.get(at..)).unwrap_or(tail)
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
    fn external_networks_differ_in_hatching_word_and_dashes() {
        for (index, one) in NETWORKS.iter().enumerate() {
            for other in &NETWORKS[..index] {
                assert_ne!(one.hatch, other.hatch);
                assert_ne!(one.strokes, other.strokes);
                assert_ne!(one.word, other.word);
                assert_ne!(one.dashes, other.dashes);
            }
        }
        assert_eq!(network(NETWORKS.len() + 1).hatch, network(1).hatch);
    }

    #[test]
    fn text_is_wrapped_between_words_and_nothing_is_lost() {
        let text = "one two three four five six seven eight nine ten";
        let lines = wrapped(text, 12, 100);
        assert!(
            lines.len() > 2 && lines.iter().all(|line| text_width(line, 12) <= 100),
            "{lines:?}"
        );
        assert_eq!(lines.join(" "), text);
        assert!(wrapped(&"x".repeat(80), 12, 100)[0].contains('…'));
    }

    #[test]
    fn text_is_cut_between_words_where_enough_remains() {
        let cut = |text: &str, width| shortened(text, 12, width).unwrap_or_default();
        assert_eq!(
            cut("management+cluster+live-migration+storage+vm:Guests", 200),
            "management+…+vm:Guests"
        );
        assert_eq!(
            cut("NIC Slot 1 Port 1 on HV01 to HV06 (6 nodes)", 190),
            "NIC Slot 1 Port 1…(6 nodes)"
        );
        assert_eq!(cut("HV01–HV06, HV08–HV15 LOM 1", 150), "HV01–HV06,…LOM 1");
        let one_word = cut("averyveryverylongnamewithoutanyborder", 120);
        assert!(one_word.len() > 12 && one_word.contains('…'), "{one_word}");
    }

    #[test]
    fn wide_letters_of_other_scripts_count_as_wide() {
        assert!(text_width("ЩЖМ", 12) > text_width("WMM", 12) - 3);
        assert!(text_width("щит", 12) > text_width("abc", 12));
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
