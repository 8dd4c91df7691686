//! Where a cell stands in the text of its file.
//!
//! In: text of a `.csv` file, line and cell number. Out: columns in UTF-16 units from 1, as SARIF counts them by default.

/// First column of a cell and the one behind its last character. `None` where the line or the cell is not there, or where a
/// quoted cell goes on in the next line.
pub(super) fn cell(text: &str, line: u32, cell: u32) -> Option<(usize, usize)> {
    let header = text.lines().next()?;
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
