//! In which Windows code page a text is written that is not UTF-8. Excel's plain "CSV" and `Set-Content` of PowerShell 5.1 write that
//! of the machine, and nothing in the file says which: it follows from the letters, and is always told, with words that show whether
//! it is right.
//!
//! In: bytes. Out: a code page, and what to say of it. Must not know: tables.

use super::resolve::Told;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1251};
use std::io::Read;
use std::path::Path;

/// Most bytes of one file that are looked at; a table has its letters in every row.
const MOST_BYTES: usize = 1 << 20;
/// Words of a file that are shown.
const MOST_WORDS: usize = 3;
/// The first of the 64 letters of windows-1251, А to я.
const CYRILLIC_A: u8 = 0xC0;
/// Letters of a word that are shown.
const MOST_LETTERS: usize = 40;
/// Files of one code page that are named.
const MOST_FILES: usize = 5;

/// A code page that was taken for a text, and words that show whether it is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Guess {
    page: &'static Encoding,
    words: Vec<String>,
}

/// Which code page fits the letters of the texts, taken together: files of one folder come from one machine.
pub(super) fn of<'b>(texts: impl IntoIterator<Item = &'b [u8]>) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut only_letters = true;
    for bytes in texts {
        let foreign = bytes
            .split_inclusive(|byte| *byte == b'\n')
            .filter(|line| !line.is_ascii());
        let mut left = MOST_BYTES;
        for line in foreign {
            let part = line.get(..left).unwrap_or(line);
            detector.feed(part, false);
            only_letters &= part.iter().all(|byte| byte.is_ascii() || *byte >= CYRILLIC_A);
            left -= part.len();
            if left == 0 {
                break;
            }
        }
        detector.feed(b"\n", false);
    }
    detector.feed(b"\n", true);
    let guess = detector.guess(None, Utf8Detection::Deny);
    // A few short names in capitals: pairs of Cyrillic letters are Chinese characters as well, but half of those have a byte below.
    if only_letters && !guess.is_single_byte() {
        return WINDOWS_1251;
    }
    guess
}

/// The same for files, of which only those count that are neither UTF-8 nor UTF-16; `None` = all of them are.
pub(super) fn of_files<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Option<&'static Encoding> {
    let heads = paths.into_iter().filter_map(|path| head(path).ok());
    let foreign: Vec<Vec<u8>> = heads.filter(|bytes| is_in_code_page(bytes)).collect();
    (!foreign.is_empty()).then(|| of(foreign.iter().map(Vec::as_slice)))
}

fn head(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = super::decode::open_file(path)?;
    file.take(MOST_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether the beginning of a file is text and no Unicode; it may end within a character.
fn is_in_code_page(bytes: &[u8]) -> bool {
    let utf16 = Encoding::for_bom(bytes).is_some_and(|(found, _)| [UTF_16LE, UTF_16BE].contains(&found));
    let damaged = std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_some());
    damaged && !utf16 && !bytes.contains(&0)
}

impl Guess {
    /// What was taken for a text that was read so.
    pub(super) fn new(page: &'static Encoding, text: &str) -> Guess {
        let mut words: Vec<String> = Vec::new();
        for word in text.split([',', ';', '\t', '"', '\r', '\n']).map(str::trim) {
            if !word.is_ascii() && !words.iter().any(|known| known == word) {
                words.push(word.chars().take(MOST_LETTERS).collect());
            }
            if words.len() == MOST_WORDS {
                break;
            }
        }
        Guess { page, words }
    }

    /// `windows-1251 (Cyrillic)`.
    fn name(&self) -> String {
        let name = self.page.name();
        let letters = match name {
            "windows-1250" | "ISO-8859-2" => "Central European",
            "windows-1251" | "KOI8-U" | "KOI8-R" | "IBM866" | "ISO-8859-5" => "Cyrillic",
            "windows-1252" => "Western European",
            "windows-1253" | "ISO-8859-7" => "Greek",
            "windows-1254" => "Turkish",
            "windows-1255" | "ISO-8859-8" => "Hebrew",
            "windows-1256" | "ISO-8859-6" => "Arabic",
            "windows-1257" | "ISO-8859-4" | "ISO-8859-13" => "Baltic",
            "windows-1258" => "Vietnamese",
            "windows-874" => "Thai",
            "Shift_JIS" | "EUC-JP" => "Japanese",
            "GBK" | "gb18030" => "simplified Chinese",
            "Big5" => "traditional Chinese",
            "EUC-KR" => "Korean",
            _ => return name.to_owned(),
        };
        format!("{name} ({letters})")
    }
}

/// What to say of files whose code page was guessed: for each page once.
pub(super) fn told(guesses: &[(String, Guess)]) -> Vec<Told> {
    let mut pages: Vec<&'static Encoding> = Vec::new();
    for (_, guess) in guesses {
        if !pages.contains(&guess.page) {
            pages.push(guess.page);
        }
    }
    pages
        .into_iter()
        .filter_map(|page| told_of(guesses.iter().filter(|(_, guess)| guess.page == page)))
        .collect()
}

fn told_of<'g>(files: impl Iterator<Item = &'g (String, Guess)>) -> Option<Told> {
    let files: Vec<&(String, Guess)> = files.collect();
    let (_, first) = files.first()?;
    let names: Vec<&str> = files.iter().take(MOST_FILES).map(|(file, _)| file.as_str()).collect();
    let rest = match files.len().saturating_sub(MOST_FILES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let (names, page) = (format!("{}{rest}", names.join(", ")), first.name());
    let mut words: Vec<&str> = Vec::new();
    for word in files.iter().flat_map(|(_, guess)| &guess.words) {
        if words.len() < MOST_WORDS && !words.contains(&word.as_str()) {
            words.push(word);
        }
    }
    let shown = words
        .iter()
        .map(|word| format!("'{word}'"))
        .collect::<Vec<_>>()
        .join(", ");
    let (is, it, file) = match files.len() {
        1 => ("is", "it was", "the file"),
        _ => ("are", "they were", "the files"),
    };
    Some(Told {
        missing: format!("the code page of {names}, which {is} not UTF-8"),
        taken: format!("{page}, which fits the letters: {shown}"),
        note: format!(
            "{names} {is} not UTF-8; {it} read as {page}, which fits the letters: {shown}. If a name is wrong, save {file} as UTF-8 \
             (in Excel: Save As, CSV UTF-8) and run again."
        ),
    })
}
