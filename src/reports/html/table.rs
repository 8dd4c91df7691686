//! One table of the page: rows as HTML up to a limit, the rest as data that the page's script shows on demand.
//!
//! In: cells with text and, for numbers, the value to sort by. Out: HTML. Must not know: what the columns mean.

use crate::reports::show;
use crate::reports::svg::{escape, push_escaped};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Rows that stand in the page as HTML; more are kept as data, so that a page of 8,000 VMs stays quick.
const SHOWN: usize = 500;

/// Rows of a table that are printed where a file has them all: the page of a large cluster would take reams of paper.
const PRINTED: usize = 120;

/// Tables with at least so many columns leave out those that say the same in every row.
const WIDE: usize = 9;

/// What a column holds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// Names of several words, or short lists: not one word a line.
    Name,
    /// Sorted by value, right-aligned.
    Number,
    /// One of a few words, coloured by the word.
    Badge,
    /// Sentences.
    Long,
}

impl Kind {
    fn class(self) -> &'static str {
        match self {
            Kind::Text => "",
            Kind::Name => "name",
            Kind::Number => "number",
            Kind::Badge => "badge",
            Kind::Long => "long",
        }
    }
}

/// A cell: what is shown, and the number to sort by where the column has numbers.
pub(super) struct Cell {
    text: String,
    value: i64,
}

/// A cell of text.
pub(super) fn text(text: impl Into<String>) -> Cell {
    Cell {
        text: text.into(),
        value: 0,
    }
}

/// A cell with a number: how it reads, and what it sorts by.
pub(super) fn number(text: impl Into<String>, value: u64) -> Cell {
    Cell {
        text: text.into(),
        value: i64::try_from(value).unwrap_or(i64::MAX),
    }
}

/// A cell with a signed number.
pub(super) fn signed(text: impl Into<String>, value: i64) -> Cell {
    Cell {
        text: text.into(),
        value,
    }
}

/// A table in the making.
pub(super) struct Table {
    pub id: &'static str,
    pub title: &'static str,
    /// One sentence on how to read it.
    pub note: &'static str,
    /// File with the same rows; empty = none.
    pub file: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    pub rows: Vec<Vec<Cell>>,
}

impl Table {
    /// Appends the table.
    pub(super) fn write(&self, out: &mut String) {
        self.write_with(out, "");
    }

    /// Columns of text after the second that say the same in all rows, of a table that is wide: they stand in a sentence.
    fn constant(&self) -> Vec<usize> {
        let [first, others @ ..] = self.rows.as_slice() else {
            return Vec::new();
        };
        if others.len() < 2 || self.columns.len() < WIDE {
            return Vec::new();
        }
        let same = |column: usize| {
            let text = first.get(column).map(|cell| &cell.text);
            others.iter().all(|row| row.get(column).map(|cell| &cell.text) == text)
        };
        let kind = |column: &usize| {
            matches!(
                self.columns.get(*column),
                Some((_, Kind::Text | Kind::Name | Kind::Long | Kind::Number))
            )
        };
        (2..self.columns.len())
            .filter(kind)
            .filter(|column| same(*column))
            .collect()
    }

    /// `The same in every row: RDMA no; Changes no.`
    fn constants(&self, constant: &[usize]) -> String {
        let Some(first) = self.rows.first() else {
            return String::new();
        };
        let said = constant.iter().filter_map(|column| {
            let ((name, _), cell) = (self.columns.get(*column)?, first.get(*column)?);
            let text = if cell.text.is_empty() { "none" } else { &cell.text };
            Some(format!("{name}: {text}"))
        });
        let said: Vec<String> = said.collect();
        match said.is_empty() {
            true => String::new(),
            false => format!(" The same in every row: {}.", said.join("; ")),
        }
    }

    /// Appends the table with a further sentence on how to read it.
    pub(super) fn write_with(&self, out: &mut String, remark: &str) {
        let constant = self.constant();
        let _ = writeln!(
            out,
            "<div class=\"block{}\" id=\"table-{}\"><h3>{}</h3>",
            if self.is_cut_on_paper() { " cut" } else { "" },
            self.id,
            self.title
        );
        out.push_str("<p class=\"note\">");
        out.push_str(self.note);
        if !self.file.is_empty() {
            let _ = write!(out, " The same rows: <code>{}</code>.", self.file);
        }
        for sentence in [remark, &self.constants(&constant)] {
            push_escaped(out, sentence);
        }
        out.push_str("</p>\n");
        if self.rows.is_empty() {
            out.push_str("<p>Nothing to show.</p></div>\n");
            return;
        }
        let _ = writeln!(
            out,
            "<div class=\"scroll\" tabindex=\"0\"><table class=\"data\" data-rows=\"{}\"><thead><tr>",
            self.rows.len()
        );
        for (_, (name, kind)) in self.columns.iter().enumerate().filter(|(i, _)| !constant.contains(i)) {
            let _ = write!(out, "<th scope=\"col\" class=\"{}\">{name}</th>", kind.class());
        }
        out.push_str("</tr></thead><tbody>\n");
        for row in self.rows.iter().take(SHOWN) {
            self.write_row(out, row, &constant);
        }
        out.push_str("</tbody></table></div>\n");
        if self.is_cut_on_paper() {
            let _ = writeln!(
                out,
                "<p class=\"note paper\">On paper: at most {PRINTED} of {} rows, in the order of the screen; <code>{}</code> has them all.</p>",
                show::thousands(self.rows.len() as u64),
                self.file
            );
        }
        self.write_rest(out, &constant);
        out.push_str("</div>\n");
    }

    /// Whether only its first rows are printed.
    fn is_cut_on_paper(&self) -> bool {
        self.rows.len() > PRINTED && !self.file.is_empty()
    }

    fn write_row(&self, out: &mut String, row: &[Cell], without: &[usize]) {
        out.push_str("<tr>");
        let cells = row.iter().zip(self.columns).enumerate();
        for (_, (cell, (_, kind))) in cells.filter(|(i, _)| !without.contains(i)) {
            match kind {
                Kind::Text => out.push_str("<td>"),
                Kind::Name => out.push_str("<td class=\"name\">"),
                Kind::Number => {
                    let _ = write!(out, "<td class=\"number\" data-v=\"{}\">", cell.value);
                }
                Kind::Badge => {
                    let _ = write!(out, "<td class=\"badge\"><span class=\"is-{}\">", escape(&cell.text));
                }
                Kind::Long => out.push_str("<td class=\"long\">"),
            }
            push_breakable(out, &cell.text);
            out.push_str(if *kind == Kind::Badge { "</span></td>" } else { "</td>" });
        }
        out.push_str("</tr>\n");
    }

    /// Rows beyond the limit as JSON: every different text once, rows as lists of indices into them.
    fn write_rest(&self, out: &mut String, without: &[usize]) {
        let Some(rest) = self.rows.get(SHOWN..).filter(|r| !r.is_empty()) else {
            return;
        };
        let _ = writeln!(
            out,
            "<p class=\"note more\">Shown: the first {SHOWN} of {} rows.</p>",
            show::thousands(self.rows.len() as u64)
        );
        let mut words: BTreeMap<(&str, i64), usize> = BTreeMap::new();
        let mut list = String::from("[");
        let mut rows = String::from("[");
        for row in rest {
            rows.push_str(if rows.len() > 1 { ",[" } else { "[" });
            let mut comma = "";
            for (index, cell) in row.iter().enumerate().filter(|(i, _)| !without.contains(i)) {
                let next = words.len();
                let number = *words.entry((&cell.text, cell.value)).or_insert(next);
                if number == next {
                    push_word(&mut list, cell, self.columns.get(index).map_or(Kind::Text, |c| c.1));
                }
                let _ = write!(rows, "{comma}{number}");
                comma = ",";
            }
            rows.push(']');
        }
        let _ = writeln!(
            out,
            "<script type=\"application/json\" class=\"rest\">{{\"words\":{list}],\"rows\":{rows}]}}</script>"
        );
    }
}

/// Longest stretch without a place to break it, in characters.
const UNBROKEN: usize = 24;

/// Appends escaped text that may be broken after a `+`, as names of shared uplinks need in narrow columns, and within names
/// that are longer than a column can be. The page's script does the same to the rows that it makes.
pub(super) fn push_breakable(out: &mut String, text: &str) {
    let mut unbroken = 0;
    let mut rest = text.chars().peekable();
    let mut letter = [0; 4];
    while let Some(c) = rest.next() {
        push_escaped(out, c.encode_utf8(&mut letter));
        unbroken = if c.is_whitespace() { 0 } else { unbroken + 1 };
        let goes_on = rest.peek().is_some_and(|next| !next.is_whitespace());
        if goes_on && (c == '+' || unbroken >= UNBROKEN) {
            out.push_str("<wbr>");
            unbroken = 0;
        }
    }
}

/// A text as JSON string, or `[text, number]`; `<` is written so that no text can end the script element.
fn push_word(list: &mut String, cell: &Cell, kind: Kind) {
    if list.len() > 1 {
        list.push(',');
    }
    let quoted = serde_json::Value::from(show::printable(&cell.text)).to_string();
    let safe = quoted
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026");
    let safe = safe.replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    let _ = match kind {
        Kind::Number => write!(list, "[{safe},{}]", cell.value),
        _ => write!(list, "{safe}"),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[(&str, Kind)] = &[("Name", Kind::Text), ("Speed", Kind::Number)];

    fn table(rows: usize) -> String {
        let rows = (0..rows)
            .map(|i| vec![text(format!("</script>{i}")), number(format!("{i} Gbit/s"), i as u64)])
            .collect();
        let mut out = String::new();
        Table {
            id: "t",
            title: "T",
            note: "",
            file: "",
            columns: COLUMNS,
            rows,
        }
        .write(&mut out);
        out
    }

    #[test]
    fn short_tables_are_plain_html() {
        let html = table(3);
        assert_eq!(html.matches("<tr>").count(), 4);
        assert!(!html.contains("<script"));
        assert!(html.contains("data-v=\"2\">2 Gbit/s"));
    }

    #[test]
    fn long_names_may_be_broken_after_a_plus_and_within_a_very_long_word() {
        let shown = |text: &str| {
            let mut out = String::new();
            push_breakable(&mut out, text);
            out
        };

        assert_eq!(shown("storage+vm:<LAN> x"), "storage+<wbr>vm:&lt;LAN&gt; x");
        assert_eq!(
            shown(&"n".repeat(30)),
            format!("{}<wbr>{}", "n".repeat(24), "n".repeat(6))
        );
        assert_eq!(shown("a+"), "a+");
    }

    #[test]
    fn wide_tables_say_once_what_is_the_same_in_every_row() {
        const WIDE_COLUMNS: &[(&str, Kind)] = &[("Name", Kind::Text); WIDE];
        let row = |name: &str| (0..WIDE).map(|i| text(if i == 3 { name } else { "same" })).collect();
        let mut out = String::new();
        Table {
            id: "t",
            title: "T",
            note: "",
            file: "",
            columns: WIDE_COLUMNS,
            rows: vec![row("a"), row("b"), row("c")],
        }
        .write(&mut out);

        assert_eq!(
            out.matches("<th ").count(),
            3,
            "two first ones and the one that differs"
        );
        assert_eq!(out.matches("<td>").count(), 9);
        assert!(out.contains("The same in every row: Name: same; "), "{out}");
    }

    #[test]
    fn long_tables_keep_the_rest_as_data_that_cannot_leave_its_element() {
        let html = table(SHOWN + 20);
        assert_eq!(html.matches("<tr>").count(), SHOWN + 1);
        assert_eq!(html.matches("</script>").count(), 1, "only our own end tag");
        let json = html
            .split("class=\"rest\">")
            .nth(1)
            .and_then(|t| t.split("</script>").next())
            .unwrap_or_default();
        let data: serde_json::Value = serde_json::from_str(json).expect("valid JSON");
        assert_eq!(data["rows"].as_array().map(Vec::len), Some(20));
        let last = &data["rows"][19];
        let word = |column: usize| &data["words"][last[column].as_u64().unwrap_or(0) as usize];
        assert_eq!(word(0), "</script>519");
        assert_eq!(word(1)[1], 519);
    }
}
