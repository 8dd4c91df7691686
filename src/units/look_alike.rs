//! Names that look the same to people and are not the same to Windows: a Cyrillic or Greek letter among Latin ones, a
//! no-break space, another kind of hyphen.
//!
//! In: two names. Out: a sentence that shows the sign. Must not know: what the names belong to.

use super::same_name;

/// Letters that look like the Latin one behind them, in lower case (Unicode, confusables of Latin letters and digits).
const LETTERS: &[(&str, char)] = &[
    ("аα", 'a'),
    ("в", 'b'),
    ("сϲ", 'c'),
    ("ԁ", 'd'),
    ("еε", 'e'),
    ("һη", 'h'),
    ("іι", 'i'),
    ("ј", 'j'),
    ("кκ", 'k'),
    ("ӏ", 'l'),
    ("мμ", 'm'),
    ("ν", 'n'),
    ("оο", 'o'),
    ("рρ", 'p'),
    ("ѕ", 's'),
    ("тτ", 't'),
    ("ѵ", 'v'),
    ("хχ", 'x'),
    ("уγ", 'y'),
    ("ζ", 'z'),
    ("\u{a0}\u{2007}\u{2009}\u{202f}\u{3000}", ' '),
    ("\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2212}", '-'),
];

/// How two names differ that look alike: `the 4th sign is Cyrillic 'е' (U+0435), not 'e'`, said of the first; `None` where they are
/// the same, or differ in more than such signs and blanks.
pub fn look_alike(odd: &str, right: &str) -> Option<String> {
    if same_name(odd, right) {
        return None;
    }
    let (odd, right): (Vec<char>, Vec<char>) = (odd.trim().chars().collect(), right.trim().chars().collect());
    let seen = |name: &[char]| -> String { name.iter().flat_map(|c| seen_as(*c)).collect() };
    if seen(&odd) == seen(&right) {
        let both = odd.iter().zip(&right).enumerate();
        let mut differ = both.filter(|(_, (a, b))| !a.to_lowercase().eq(b.to_lowercase()));
        return differ
            .next()
            .map(|(index, (a, b))| format!("sign {} is {}, not {}", index + 1, told(*a), told(*b)));
    }
    let without_blanks = |name: &[char]| seen(name).replace(' ', "");
    (without_blanks(&odd) == without_blanks(&right)).then(|| "they differ in blanks".to_owned())
}

/// The sign as people take it, in lower case.
fn seen_as(sign: char) -> impl Iterator<Item = char> {
    sign.to_lowercase().map(|lower| {
        let known = LETTERS.iter().find(|(alike, _)| alike.contains(lower));
        known.map_or(lower, |(_, latin)| *latin)
    })
}

/// `Cyrillic 'е' (U+0435)`, `'e'`.
fn told(sign: char) -> String {
    let kind = match sign {
        sign if sign.is_ascii() => return format!("'{sign}'"),
        '\u{370}'..='\u{3ff}' => "Greek ",
        '\u{400}'..='\u{52f}' => "Cyrillic ",
        sign if sign.is_whitespace() => "another kind of blank ",
        _ => "",
    };
    format!("{kind}'{sign}' (U+{:04X})", u32::from(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_of_another_alphabet_is_shown_with_its_place_and_number() {
        assert_eq!(
            look_alike("Ext\u{435}rnal-1", "External-1").as_deref(),
            Some("sign 4 is Cyrillic '\u{435}' (U+0435), not 'e'")
        );
        assert_eq!(
            look_alike("LAN", "L\u{391}N").as_deref(),
            Some("sign 2 is 'A', not Greek '\u{391}' (U+0391)")
        );
        assert_eq!(
            look_alike("Net\u{a0}1", "Net 1").as_deref(),
            Some("sign 4 is another kind of blank '\u{a0}' (U+00A0), not ' '")
        );
        assert_eq!(
            look_alike("Net\u{2013}1", "NET-1").as_deref(),
            Some("sign 4 is '\u{2013}' (U+2013), not '-'")
        );
        assert_eq!(look_alike("Net  1", "Net1").as_deref(), Some("they differ in blanks"));
    }

    #[test]
    fn the_same_name_and_another_name_do_not_look_alike() {
        for (one, other) in [
            ("LAN", "lan "),
            ("External-1", "External-2"),
            ("LAN", "DMZ"),
            ("", "LAN"),
        ] {
            assert_eq!(look_alike(one, other), None, "{one} {other}");
        }
    }
}
