//! From bytes to text: size limits, byte order marks, UTF-16, Windows code pages, binary files.
//!
//! In: a path or bytes. Out: text, or a sentence why not. Must not know: tables.

use super::code_page::{self, Guess};
use super::io_words::io_reason;
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};
use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Largest file that is read, in bytes (256 MiB).
pub const MAX_FILE: u64 = 256 * 1024 * 1024;
/// Largest cell, in bytes (64 KiB).
pub const MAX_CELL: usize = 64 * 1024;
/// Most rows of one file.
pub const MAX_ROWS: usize = 1_000_000;

/// What is wrong and what to do about it.
pub type Complaint = (String, String);

/// Opens a file that is one: a pipe may never begin, a device never end.
pub fn open_file(path: &Path) -> std::io::Result<File> {
    let about = std::fs::metadata(path)?;
    if about.is_file() || about.is_dir() {
        return File::open(path);
    }
    Err(std::io::Error::other("it is a pipe or a device, not a file"))
}

/// Reads a file up to [`MAX_FILE`] bytes as text.
pub fn read_text(path: &Path) -> Result<String, Complaint> {
    read_guessed(path, None).map(|(text, _)| text)
}

/// The same, with what was guessed to read it; `page` is the code page of the files that it belongs to, where that is known.
pub(crate) fn read_guessed(path: &Path, page: Option<&'static Encoding>) -> Result<(String, Option<Guess>), Complaint> {
    let unreadable = |e: std::io::Error| {
        (
            format!("the file cannot be read: {}", io_reason(&e)),
            "Check the path, that you may read the file, and that it is not open in Excel.".to_owned(),
        )
    };
    let file = open_file(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    decode_guessed(bytes, page)
}

#[cfg(test)]
pub fn decode(bytes: Vec<u8>) -> Result<String, Complaint> {
    decode_guessed(bytes, None).map(|(text, _)| text)
}

/// Turns bytes into text: byte order mark, UTF-16 without mark, UTF-8, else `page`, the code page of the files that it belongs to where
/// that is known, else the one that fits the letters, which is told.
pub(crate) fn decode_guessed(
    bytes: Vec<u8>,
    page: Option<&'static Encoding>,
) -> Result<(String, Option<Guess>), Complaint> {
    if bytes.len() as u64 > MAX_FILE {
        let what = format!("the file is larger than the limit of {} MiB", MAX_FILE / 1024 / 1024);
        return Err((
            what,
            "Is it the right file? Split it, or leave out what is not an inventory.".to_owned(),
        ));
    }
    if let Some(kind) = archive(&bytes) {
        let advice = "Open it and save each sheet as .csv with the table's name, for example nics.csv.";
        return Err((format!("the file is {kind}, not text"), advice.to_owned()));
    }
    match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) => transcode(encoding, &bytes[mark..]).map(|text| (text, None)),
        None => match utf16_without_mark(&bytes) {
            Some(encoding) => transcode(encoding, &bytes).map(|text| (text, None)),
            None if bytes.contains(&0) => Err(binary()),
            None => match String::from_utf8(bytes) {
                Ok(text) => Ok((text, None)),
                Err(e) => in_code_page(e.as_bytes(), page),
            },
        },
    }
}

fn in_code_page(bytes: &[u8], page: Option<&'static Encoding>) -> Result<(String, Option<Guess>), Complaint> {
    let page = page.unwrap_or_else(|| code_page::of([bytes]));
    let text = transcode(page, bytes)?;
    let guess = Guess::new(page, &text);
    Ok((text, Some(guess)))
}

fn transcode(encoding: &'static Encoding, bytes: &[u8]) -> Result<String, Complaint> {
    let (text, damaged) = encoding.decode_without_bom_handling(bytes);
    if damaged {
        let what = format!("the file is not whole {} text", encoding.name());
        return Err((
            what,
            "It may be cut off or damaged: export it again, or save it as UTF-8.".to_owned(),
        ));
    }
    if text.contains('\0') {
        return Err(binary());
    }
    Ok(text.into_owned())
}

fn binary() -> Complaint {
    (
        "the file is binary, not text".to_owned(),
        "Export it as .csv or .json text, or take it out of the folder.".to_owned(),
    )
}

fn archive(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"PK\x03\x04") {
        return Some("a zip archive or an Excel workbook");
    }
    bytes
        .starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
        .then_some("an old Excel workbook")
}

/// UTF-16 of mostly Latin text has a zero in every second byte.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(4096)];
    let pairs = head.len() / 2;
    if pairs < 2 {
        return None;
    }
    let zeros = |first: usize| head.iter().skip(first).step_by(2).filter(|b| **b == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    if odd * 2 > pairs && even == 0 {
        Some(UTF_16LE)
    } else if even * 2 > pairs && odd == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() })
            .collect()
    }

    #[test]
    fn every_encoding_that_windows_writes_gives_the_same_text() {
        let text = "node,management_ip\nHV1,10.0.0.1\n";
        let mut with_marks = vec![
            [0xEF, 0xBB, 0xBF].to_vec(),
            [0xFF, 0xFE].to_vec(),
            [0xFE, 0xFF].to_vec(),
        ];
        with_marks[0].extend(text.as_bytes());
        with_marks[1].extend(utf16(text, true));
        with_marks[2].extend(utf16(text, false));
        with_marks.extend([text.as_bytes().to_vec(), utf16(text, true), utf16(text, false)]);
        for bytes in with_marks {
            assert_eq!(decode(bytes), Ok(text.to_owned()));
        }
        assert_eq!(decode(b"K\xF6ln".to_vec()), Ok("Köln".to_owned()));
    }

    #[test]
    fn the_code_page_of_a_text_follows_from_its_letters_and_is_told() {
        use encoding_rs::*;
        for (page, names, shown) in [
            (WINDOWS_1252, "HV-MÜNCHEN", "windows-1252 (Western European)"),
            (WINDOWS_1252, "Zürich", "windows-1252 (Western European)"),
            (
                WINDOWS_1252,
                "Genève,Málaga,São Paulo",
                "windows-1252 (Western European)",
            ),
            (WINDOWS_1252, "Malmö,Århus,Größe", "windows-1252 (Western European)"),
            (WINDOWS_1251, "УЗЕЛ1,УЗЕЛ2", "windows-1251 (Cyrillic)"),
            (WINDOWS_1251, "Узел-Москва", "windows-1251 (Cyrillic)"),
            (WINDOWS_1250, "Łódź,Kraków,Gdańsk", "windows-1250 (Central European)"),
            (SHIFT_JIS, "東京ノード1,大阪ノード2", "Shift_JIS (Japanese)"),
            (GBK, "北京节点,上海节点,管理网络", "GBK (simplified Chinese)"),
            (WINDOWS_1253, "ΑΘΗΝΑ,Θεσσαλονίκη", "windows-1253 (Greek)"),
        ] {
            let text = format!("node,nic\n{names},A\n");
            let (bytes, _, lost) = page.encode(&text);
            assert!(!lost, "{names}");
            let (read, guess) = decode_guessed(bytes.into_owned(), None).expect("text");
            assert_eq!(read, text, "{names}");
            let told = code_page::told(&[("nodes.csv".to_owned(), guess.expect("a guess"))]);
            let first = names.split(',').next().unwrap_or_default();
            assert!(
                told[0].note.contains(shown) && told[0].note.contains(first),
                "{}",
                told[0].note
            );
        }
        assert_eq!(
            decode_guessed("УЗЕЛ1".as_bytes().to_vec(), None).map(|(_, guess)| guess),
            Ok(None)
        );
    }

    #[test]
    fn binary_archive_and_damaged_files_are_refused_with_a_reason() {
        let said = |bytes: &[u8]| decode(bytes.to_vec()).expect_err("refused").0;
        assert!(said(b"PK\x03\x04rest").contains("Excel"));
        assert!(said(b"abc\0\0\0\0def").contains("binary"));
        assert!(said(&[0xFF, 0xFE, 0x41, 0x00, 0x42]).contains("UTF-16LE"));
        assert!(said(&[0xFF, 0xFE, 0x00, 0x00]).contains("binary"));
    }

    #[test]
    fn a_file_over_the_limit_is_refused_naming_the_limit() {
        let (what, _) = decode(vec![b'a'; MAX_FILE as usize + 1]).expect_err("refused");
        assert!(what.contains("256 MiB"), "{what}");
    }
}
