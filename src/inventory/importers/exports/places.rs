//! Lines and characters of bytes of a text.
//!
//! In: a text, once. Out: line and character, both from 1, of any byte. Must not know: what the text holds.

/// Where the lines of a text begin.
pub(in crate::inventory::importers) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(in crate::inventory::importers) fn new(text: &'a str) -> Lines<'a> {
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        Lines {
            text,
            starts: std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect(),
        }
    }

    /// Line and character of a byte.
    pub(in crate::inventory::importers) fn of(&self, byte: usize) -> (u32, u32) {
        let line = self.starts.partition_point(|start| *start <= byte).max(1);
        let start = self.starts.get(line - 1).copied().unwrap_or(0);
        let before = self.text.get(start..byte).unwrap_or_default();
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (number(line), number(characters(before)).saturating_add(1))
    }

    /// The same for a piece that was borrowed from the text.
    pub(in crate::inventory::importers) fn of_piece(&self, piece: &str) -> (u32, u32) {
        let byte = (piece.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        self.of(byte.min(self.text.len()))
    }
}

/// Counting stops where nobody would count along: a file without line ends must not cost a walk through it for each value.
fn characters(text: &str) -> usize {
    const MOST: usize = 4_096;
    if text.len() > MOST {
        text.len()
    } else {
        text.chars().count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters_from_one() {
        let lines = Lines::new("ab\näöx\n");
        assert_eq!(lines.of(0), (1, 1));
        assert_eq!(lines.of(2), (1, 3));
        assert_eq!(lines.of(7), (2, 3));
        assert_eq!(lines.of(8), (2, 4));
    }
}
