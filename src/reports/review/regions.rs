//! Where a cell stands in the text of its file.
//!
//! In: text of a `.csv` file with line and cell number, or of an XML or JSON file with line and character. Out: columns in UTF-16 units
//! from 1, as SARIF counts them by default.

/// First column of a cell and the one behind its last character. `None` where the line or the cell is not there, or where a
/// quoted cell goes on in the next line.
pub(super) fn cell(text: &str, line: u32, cell: u32) -> Option<(usize, usize)> {
    // Windows PowerShell writes the type of the objects above the names of the columns.
    let header = text.lines().find(|line| !line.starts_with("#TYPE"))?;
    let mark = separator(header);
    let row = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let wanted = usize::try_from(cell).ok()?.checked_sub(1)?;
    let (mut start, mut column, mut number, mut quoted) = (1, 1, 0, false);
    for letter in row.chars() {
        match letter {
            '"' => quoted = !quoted,
            _ if letter == mark && !quoted => {
                if number == wanted {
                    return Some((start, column));
                }
                number += 1;
                start = column + 1;
            }
            _ => {}
        }
        column += letter.len_utf16();
    }
    (number == wanted && !quoted).then_some((start, column))
}

/// First column of an element or value that begins at a character of a line, and the one behind its last character in that line.
pub(super) fn value(text: &str, line: u32, character: u32) -> Option<(usize, usize)> {
    let row = text.lines().nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
    let before = usize::try_from(character).ok()?.checked_sub(1)?;
    let (start, _) = row.char_indices().nth(before)?;
    let rest = &row[start..];
    let length = match rest.chars().next()? {
        '<' => element(rest),
        '"' => string(rest),
        '{' | '[' => 1,
        _ => rest
            .find(|c: char| matches!(c, ',' | '}' | ']' | '<') || c.is_whitespace())
            .unwrap_or(rest.len()),
    };
    let width = |part: &str| part.encode_utf16().count();
    let first = width(&row[..start]) + 1;
    Some((first, first + width(&rest[..length.max(1).min(rest.len())])))
}

/// Bytes of an element with its closing tag, where that stands in the same line; else of its opening tag.
fn element(text: &str) -> usize {
    let name: String = text[1..]
        .chars()
        .take_while(|c| c.is_alphanumeric() || matches!(c, ':' | '_' | '-'))
        .collect();
    let opening = text.find('>').map_or(text.len(), |end| end + 1);
    let closing = format!("</{name}>");
    let alone = text[..opening].ends_with("/>");
    match text.find(&closing).filter(|_| !alone) {
        Some(at) => at + closing.len(),
        None => opening,
    }
}

/// Bytes of a text in quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The mark that stands most often in the header outside quotes.
fn separator(header: &str) -> char {
    let count = |mark: char| {
        let mut quoted = false;
        let outside = |letter: &char| {
            quoted ^= *letter == '"';
            *letter == mark && !quoted
        };
        header.chars().filter(outside).count()
    };
    // Of equals the last one wins: the comma is the usual mark.
    ['\t', ';', ',']
        .into_iter()
        .max_by_key(|mark| count(*mark))
        .unwrap_or(',')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_found_by_comma_and_semicolon_and_inside_quotes() {
        let text = "node,nic,speed\nHV1,\"A, left\",10000\n";
        assert_eq!(cell(text, 2, 1), Some((1, 4)));
        assert_eq!(cell(text, 2, 2), Some((5, 14)));
        assert_eq!(cell(text, 2, 3), Some((15, 20)));
        assert_eq!(cell("a;b\r\n1;2,5\r\n", 2, 2), Some((3, 6)));
    }

    #[test]
    fn the_type_above_an_export_is_no_header() {
        let text = "#TYPE A, B, C\r\n\"a\";\"b\"\r\n\"1\";\"2,5\"\r\n";
        assert_eq!(cell(text, 3, 2), Some((5, 10)));
    }

    #[test]
    fn elements_and_values_end_where_they_end_in_their_line() {
        let xml = "<Obj>\n  <U32 N=\"P\">3000</U32><S N=\"n\">ü</S>\n  <Nil N=\"x\" /><S>\n";
        assert_eq!(value(xml, 2, 3), Some((3, 24)));
        assert_eq!(value(xml, 2, 24), Some((24, 38)));
        assert_eq!(value(xml, 3, 3), Some((3, 16)), "an empty element");
        assert_eq!(value(xml, 3, 16), Some((16, 19)), "closed in a later line");
        let json = "{\"a\": \"x\\\"y\", \"b\": 12, \"c\": true}";
        assert_eq!(value(json, 1, 7), Some((7, 13)));
        assert_eq!(value(json, 1, 20), Some((20, 22)));
        assert_eq!(value(json, 1, 29), Some((29, 33)));
        assert_eq!(value(json, 1, 1), Some((1, 2)));
        assert_eq!(
            (value(json, 2, 1), value(json, 1, 99), value(json, 1, 0)),
            (None, None, None)
        );
    }

    #[test]
    fn columns_count_utf_16_units() {
        assert_eq!(cell("a,b\nü😀,x\n", 2, 2), Some((5, 6)));
    }

    #[test]
    fn what_is_not_there_has_no_place() {
        let text = "a,b\n1,2\n";
        assert_eq!(cell(text, 3, 1), None);
        assert_eq!(cell(text, 2, 3), None);
        assert_eq!(cell(text, 0, 1), None);
        assert_eq!(cell("a,b\n1,\"two\nlines\"\n", 2, 2), None);
    }
}
