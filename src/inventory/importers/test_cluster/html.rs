//! A tolerant scanner for the plain pages of Windows: headings, lines of text and tables, in order, with their lines.
//!
//! In: any text. Out: blocks. Never fails: what is no page gives no blocks. Must not know: what the report means.

/// A piece of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// `h1`, `h2` … with its level.
    Heading(u8, String),
    /// A line outside tables.
    Text(String),
    /// Cells of one row, and whether it is the first of its table.
    Row(Vec<String>, bool),
}

/// A piece with the line where its text begins; that of a row is the line of its first cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) line: u32,
    pub(super) content: Content,
}

/// Splits a page into blocks.
pub(super) fn scan(page: &str) -> Vec<Block> {
    let mut scanner = Scanner {
        line: 1,
        ..Scanner::default()
    };
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        scanner.text(&rest[..start]);
        let tag = &rest[start..];
        let end = if tag.starts_with("<!--") {
            tag.find("-->").map(|e| e + 3)
        } else {
            tag.find('>').map(|e| e + 1)
        };
        let Some(end) = end else {
            rest = "";
            break;
        };
        let name = tag_name(&tag[1..end]);
        scanner.count(&tag[..end]);
        rest = &tag[end..];
        match name.as_str() {
            "script" | "style" => rest = scanner.skip(rest, &name),
            _ => scanner.tag(&name),
        }
    }
    scanner.text(rest);
    if scanner.row.is_some() {
        scanner.end_row();
    }
    scanner.flush();
    scanner.blocks
}

/// Name of a tag in lower case, with `/` for a closing one.
fn tag_name(inner: &str) -> String {
    let end = inner
        .char_indices()
        .skip(1)
        .find(|(_, c)| !c.is_ascii_alphanumeric())
        .map_or(inner.len(), |(i, _)| i);
    inner[..end].to_ascii_lowercase()
}

#[derive(Default)]
struct Scanner {
    line: u32,
    blocks: Vec<Block>,
    buffer: String,
    heading: Option<u8>,
    row: Option<Vec<String>>,
    in_cell: bool,
    first_row: bool,
    /// Line of the first sign in the buffer that is no blank; 0 = none yet.
    began: u32,
    /// Line of the first cell of the row that says something, else of its first cell; 0 = no cell yet.
    row_began: u32,
}

impl Scanner {
    fn count(&mut self, text: &str) {
        let breaks = text.bytes().filter(|b| *b == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
    }

    fn text(&mut self, text: &str) {
        if self.row.is_none() || self.in_cell {
            if let Some(blank) = text.find(|c: char| !c.is_whitespace()).filter(|_| self.began == 0) {
                let above = text.as_bytes()[..blank].iter().filter(|b| **b == b'\n').count();
                self.began = self.line.saturating_add(u32::try_from(above).unwrap_or(u32::MAX));
            }
            self.buffer.push_str(text);
        }
        self.count(text);
    }

    /// Jumps behind the closing tag of a script or style.
    fn skip<'a>(&mut self, rest: &'a str, name: &str) -> &'a str {
        let closing = rest.match_indices("</").find(|(i, _)| {
            rest.get(i + 2..i + 2 + name.len())
                .is_some_and(|found| found.eq_ignore_ascii_case(name))
        });
        let Some((start, _)) = closing else { return "" };
        self.count(&rest[..start]);
        &rest[start..]
    }

    fn tag(&mut self, name: &str) {
        match name {
            "h1" | "h2" | "h3" | "h4" => {
                self.flush();
                self.heading = name.as_bytes().get(1).map(|b| b - b'0');
            }
            "/h1" | "/h2" | "/h3" | "/h4" => self.flush(),
            "table" => {
                self.end_row();
                self.flush();
                self.first_row = true;
            }
            "tr" => {
                self.end_row();
                self.flush();
                self.row = Some(Vec::new());
                self.row_began = 0;
            }
            "td" | "th" => {
                self.end_cell();
                self.buffer.clear();
                self.began = 0;
                self.row.get_or_insert_default();
                self.in_cell = true;
            }
            "/td" | "/th" => self.end_cell(),
            "/tr" | "/table" => self.end_row(),
            _ if self.row.is_none() && is_break(name) => self.flush(),
            _ if is_break(name) => self.buffer.push(' '),
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        if std::mem::take(&mut self.in_cell) {
            let text = clean(&std::mem::take(&mut self.buffer));
            let began = std::mem::take(&mut self.began);
            let row = self.row.get_or_insert_default();
            if self.row_began == 0 || row.iter().all(String::is_empty) && began > 0 {
                self.row_began = if began > 0 { began } else { self.line };
            }
            row.push(text);
        }
    }

    fn end_row(&mut self) {
        self.end_cell();
        if let Some(cells) = self.row.take().filter(|c| !c.is_empty()) {
            let first = std::mem::take(&mut self.first_row);
            self.blocks.push(Block {
                line: self.row_began,
                content: Content::Row(cells, first),
            });
        }
        self.row_began = 0;
        self.began = 0;
        self.buffer.clear();
    }

    fn flush(&mut self) {
        let text = clean(&std::mem::take(&mut self.buffer));
        let level = self.heading.take();
        let line = std::mem::take(&mut self.began);
        if text.is_empty() {
            return;
        }
        let content = level.map_or_else(
            || Content::Text(text.clone()),
            |level| Content::Heading(level, text.clone()),
        );
        self.blocks.push(Block { line, content });
    }
}

fn is_break(name: &str) -> bool {
    matches!(
        name.trim_start_matches('/'),
        "div" | "br" | "p" | "li" | "ul" | "ol" | "hr" | "body" | "title" | "head"
    )
}

/// Text with entities replaced and blanks made single; control characters are dropped.
fn clean(text: &str) -> String {
    let decoded = if text.contains('&') {
        entities(text)
    } else {
        text.to_owned()
    };
    let words: Vec<&str> = decoded
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    words.join(" ")
}

fn entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        // No further than a name reaches: a page of nothing but & must not be searched to its end for each.
        let name = rest[1..]
            .char_indices()
            .take(9)
            .find(|(_, c)| *c == ';')
            .map(|(i, _)| i)
            .filter(|i| *i <= 8);
        match name.and_then(|end| entity(&rest[1..=end]).map(|c| (c, end))) {
            Some((c, end)) => {
                out.push(c);
                rest = &rest[end + 2..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(code) = name.strip_prefix('#') {
        let hex = code.strip_prefix(['x', 'X']).map(|h| u32::from_str_radix(h, 16));
        return hex.unwrap_or_else(|| code.parse()).ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(page: &str) -> Vec<Content> {
        scan(page).into_iter().map(|b| b.content).collect()
    }

    fn row(cells: &[&str], first: bool) -> Content {
        Content::Row(cells.iter().map(|c| (*c).to_owned()).collect(), first)
    }

    #[test]
    fn headings_texts_and_tables_come_in_order() {
        let page = "<script>if (a<b) {}</script><H2 id=\"3\">List &amp; more</H2>\n<div class=\"info\">Network:  A<br>B</div>\
                    <table><thead><tr><th>Item</th></tr></thead><tr><td>\n x </td><td></td></tr></table>tail";
        assert_eq!(
            contents(page),
            [
                Content::Heading(2, "List & more".into()),
                Content::Text("Network: A".into()),
                Content::Text("B".into()),
                row(&["Item"], true),
                row(&["x", ""], false),
                Content::Text("tail".into()),
            ]
        );
    }

    #[test]
    fn a_piece_stands_where_its_text_begins() {
        let lines = |page: &str| scan(page).iter().map(|b| b.line).collect::<Vec<_>>();
        assert_eq!(lines("<h2>a\n</h2>\n\n<h3>\n b</h3>\n tail\n more"), [1, 5, 6]);
        let table = "<table>\n<tr>\n<td>x</td>\n<td>y</td>\n</tr>\n<tr>\n<td>\n</td>\n<td>z</td>\n</tr>\n<tr>\n<td></td>\n</tr></table>";
        assert_eq!(lines(table), [3, 9, 12]);
    }

    #[test]
    fn broken_pages_give_what_they_hold_and_never_panic() {
        for page in [
            "<",
            "<h2",
            "<h2>a",
            "<!-- never closed",
            "<td>a<td>b",
            "&#x110000;&#;&",
            "<style>",
            "</td></tr></table>",
            "<é>ü<",
            "&amp",
        ] {
            let _ = scan(page);
        }
        assert_eq!(contents("<td>a<td>b"), [row(&["a", "b"], false)]);
        assert_eq!(contents("a &bogus; b"), [Content::Text("a &bogus; b".into())]);
    }
}
