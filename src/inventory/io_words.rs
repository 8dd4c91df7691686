//! What the operating system says about a file, in plain words.
//!
//! In: an error of reading or writing. Out: a sentence's end without codes. Must not know: which file it was.

use std::io::{Error, ErrorKind};

/// Windows: another program has the file open and shares it with nobody (ERROR_SHARING_VIOLATION, ERROR_LOCK_VIOLATION).
const OPEN_ELSEWHERE: [i32; 2] = [32, 33];

/// Why a file or folder cannot be read or written: `it was not found`, `you have no permission`, …
pub fn io_reason(error: &Error) -> String {
    if error.get_ref().is_some() {
        // Ours: it has its words already.
        return error.to_string();
    }
    if cfg!(windows) && error.raw_os_error().is_some_and(|code| OPEN_ELSEWHERE.contains(&code)) {
        return "another program has it open (is it open in Excel?)".to_owned();
    }
    let known = match error.kind() {
        ErrorKind::NotFound => "it was not found",
        ErrorKind::PermissionDenied => "you have no permission, or another program has it open",
        ErrorKind::IsADirectory => "it is a folder, not a file",
        ErrorKind::NotADirectory => "a part of its path is a file, not a folder",
        ErrorKind::AlreadyExists => "it is there already",
        ErrorKind::StorageFull => "the disk is full",
        ErrorKind::ReadOnlyFilesystem => "the disk is read-only",
        ErrorKind::InvalidFilename => "this is no name that a file can have",
        _ => return without_code(&error.to_string()),
    };
    known.to_owned()
}

/// Rust writes the number of the error behind its text.
fn without_code(text: &str) -> String {
    match text.rsplit_once(" (os error ") {
        Some((words, rest)) if rest.ends_with(')') => words.to_lowercase(),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_reason_shows_a_code() {
        for code in 1..60 {
            let said = io_reason(&Error::from_raw_os_error(code));
            assert!(!said.contains("os error") && !said.is_empty(), "{code}: {said}");
        }
        assert_eq!(io_reason(&Error::from(ErrorKind::NotFound)), "it was not found");
        let named = Error::new(ErrorKind::NotFound, "z.csv: it was not found");
        assert_eq!(io_reason(&named), "z.csv: it was not found");
    }
}
