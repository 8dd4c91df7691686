//! Text as PowerShell takes it.
//!
//! In: names of any origin. Out: literals that mean exactly this name. Must not know: which cmdlet they go to.

/// A name as PowerShell text; typographic quotes end a text, too, so they are doubled as well.
pub fn quoted(name: &str) -> String {
    let mut text = String::from("'");
    for c in name.chars() {
        if matches!(c, '\'' | '\u{2018}'..='\u{201B}') {
            text.push(c);
        }
        text.push(c);
    }
    text.push('\'');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_in_names_are_doubled() {
        assert_eq!(quoted("O'Neill"), "'O''Neill'");
        assert_eq!(quoted("a\u{2019}b"), "'a\u{2019}\u{2019}b'");
    }
}
