//! Sources beyond every limit, of the wrong kind, or no files at all: one clear message that names them, exit code 2, nothing
//! written, and an end of it.

mod program;

use program::{NICS, NODES, folder, nicplan, place, text};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const NODE: &[u8] = br#"{"Name":"P1","InterfaceDescription":"X","SystemName":"HV1","Speed":1000000000}"#;

/// What is said when a source is imported; nothing may be written.
fn refused(name: &str, source: &Path) -> String {
    let out = place(&format!("limits-{name}-out"));
    let run = nicplan(&["import", text(source), "-o", text(&out)]);
    assert_eq!(run.code, 2, "{name}: {}{}", run.out, run.err);
    assert!(!out.exists(), "{name}: something was written");
    assert!(!run.err.contains("panicked"), "{}", run.err);
    run.err
}

/// The only problem of a source names this file and says this.
fn one_problem(name: &str, source: &Path, file: &str, told: &str) {
    let said = refused(name, source);
    assert!(said.contains(file) && said.contains(told), "{name}: {said}");
    let many = said.lines().filter(|line| line.starts_with("error")).count();
    assert_eq!(many, 1, "{name}: {said}");
}

fn archive(name: &str, file: &str, entries: &[(String, Vec<u8>)]) -> PathBuf {
    let path = folder(&format!("limits-{name}"), &[]).join(file);
    let mut writer = ZipWriter::new(fs::File::create(&path).expect("a file"));
    for (entry, bytes) in entries {
        writer
            .start_file(entry.as_str(), SimpleFileOptions::default())
            .expect("an entry");
        writer.write_all(bytes).expect("its bytes");
    }
    writer.finish().expect("the archive is whole");
    path
}

#[test]
fn more_files_than_any_export_has_are_refused() {
    let entries: Vec<(String, Vec<u8>)> = (0..20_001).map(|n| (format!("{n}.json"), NODE.to_vec())).collect();
    let zip = archive("many", "many.zip", &entries);
    one_problem("many-zip", &zip, "many.zip", "more than 20000 files");

    let dir = folder("limits-many-folder", &[("HV1_Get-NetAdapter.json", NODE)]);
    for number in 0..20_000 {
        fs::File::create(dir.join(format!("{number}.bin"))).expect("a file");
    }
    let out = place("limits-many-folder-out");
    let run = nicplan(&["import", text(&dir), "--as", "exports", "-o", text(&out)]);
    assert_eq!((run.code, out.exists()), (2, false), "{}", run.err);
    assert!(run.err.contains("more than 20000 files"), "{}", run.err);
}

#[test]
fn paths_that_lead_out_of_an_archive_are_refused_in_every_spelling() {
    for (number, path) in [
        "../Get-NetAdapter.json",
        "..\\Get-NetAdapter.json",
        "HV1/../../Get-NetAdapter.json",
        "/etc/Get-NetAdapter.json",
        "C:\\HV1\\Get-NetAdapter.json",
        "\\\\server\\share\\Get-NetAdapter.json",
        "a/b/c/d/e/f/g/h/i/j/Get-NetAdapter.json",
    ]
    .iter()
    .enumerate()
    {
        let name = format!("path-{number}");
        let zip = archive(&name, "path.zip", &[((*path).to_owned(), NODE.to_vec())]);
        one_problem(&name, &zip, "path.zip", "leads out of it");
    }
}

/// The target of a link in an archive is text, and is never opened.
#[test]
fn links_in_an_archive_are_not_followed() {
    let secret = folder("limits-link-target", &[("secret.json", NODE)]).join("secret.json");
    let path = folder("limits-link", &[]).join("link.zip");
    let mut writer = ZipWriter::new(fs::File::create(&path).expect("a file"));
    writer
        .add_symlink("HV1/Get-NetAdapter.json", text(&secret), SimpleFileOptions::default())
        .expect("a link");
    writer.finish().expect("the archive is whole");
    let said = refused("link", &path);
    assert!(said.contains("link.zip"), "{said}");
}

/// Names that Windows keeps for devices are names like others: nothing of an archive becomes a file.
#[test]
fn names_of_devices_name_no_file() {
    let zip = archive(
        "device",
        "device.zip",
        &[("NUL/Get-NetAdapter.json".to_owned(), NODE.to_vec())],
    );
    let out = place("limits-device-out");
    let run = nicplan(&["import", text(&zip), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    let nodes = fs::read_to_string(out.join("nodes.csv")).expect("the table");
    assert!(nodes.contains("HV1"), "{nodes}");
}

/// What an entry says about its size is not believed.
#[test]
fn an_entry_that_lies_about_its_size_is_not_unpacked() {
    let blanks = vec![b' '; 64 << 20];
    let zip = archive("liar", "liar.zip", &[("HV1/Get-NetAdapter.json".to_owned(), blanks)]);
    let mut bytes = fs::read(&zip).expect("the archive");
    for (signature, size) in [(b"PK\x03\x04", 22), (b"PK\x01\x02", 24)] {
        let at = bytes.windows(4).position(|four| four == signature).expect("a header");
        bytes[at + size..at + size + 4].copy_from_slice(&1_000_u32.to_le_bytes());
    }
    fs::write(&zip, bytes).expect("the archive");
    let said = refused("liar", &zip);
    assert!(said.contains("liar.zip/HV1/Get-NetAdapter.json"), "{said}");
}

#[test]
fn an_archive_in_an_archive_stays_closed() {
    let inner = archive(
        "inner",
        "inner.zip",
        &[("HV1/Get-NetAdapter.json".to_owned(), NODE.to_vec())],
    );
    let bytes = fs::read(inner).expect("the archive");
    let outer = archive("outer", "outer.zip", &[("inner.zip".to_owned(), bytes)]);
    one_problem("outer", &outer, "outer.zip", "no file holds an export");
}

#[test]
fn workbooks_that_are_cut_locked_or_none_are_named() {
    let part = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    let book = "<workbook><sheets><sheet name=\"vHost\" id=\"r\"/></sheets></workbook>";
    let relations = "<R><Relationship Id=\"r\" Target=\"s.xml\"/></R>";
    let whole = [
        part("xl/workbook.xml", book),
        part("xl/_rels/workbook.xml.rels", relations),
        part(
            "xl/s.xml",
            "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><worksheet>&a;</worksheet>",
        ),
    ];
    let xlsx = archive("book", "book.xlsx", &whole);
    one_problem("book", &xlsx, "book.xlsx", "document type");

    let bytes = fs::read(&xlsx).expect("the workbook");
    let given: [(&str, Vec<u8>, &str); 4] = [
        ("cut.xlsx", bytes[..bytes.len() / 2].to_vec(), "not whole"),
        (
            "locked.xlsx",
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(),
            "protected by a password",
        ),
        ("picture.xlsx", b"\x89PNG\r\n\x1a\n".to_vec(), "no Excel workbook"),
        ("empty.xlsx", Vec::new(), "no Excel workbook"),
    ];
    for (file, bytes, told) in given {
        let dir = folder(&format!("limits-{file}"), &[(file, &bytes)]);
        one_problem(file, &dir.join(file), file, told);
    }

    let blanks = " ".repeat(64 << 20);
    let bomb = archive(
        "bomb",
        "bomb.xlsx",
        &[
            part("xl/workbook.xml", book),
            part("xl/_rels/workbook.xml.rels", relations),
            part("xl/s.xml", &format!("<worksheet>{blanks}</worksheet>")),
        ],
    );
    one_problem("bomb", &bomb, "bomb.xlsx", "unpacks to more than is read");
}

#[test]
fn other_files_under_the_name_of_a_table_are_named() {
    for (name, bytes) in [
        ("png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0".as_slice()),
        ("pdf", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n"),
        ("workbook", b"PK\x03\x04\x14\0\x06\0"),
        ("page", b"<!DOCTYPE html><html><body>Sign in</body></html>"),
        ("script", b"MZ\x90\0\x03\0\0\0"),
    ] {
        let dir = folder(
            &format!("limits-wrong-{name}"),
            &[("nodes.csv", NODES), ("nics.csv", bytes)],
        );
        let said = refused(&format!("wrong-{name}"), &dir);
        assert!(said.contains("nics.csv"), "{name}: {said}");
    }
}

/// A page of nothing but the beginning of an entity was once searched to its end for each.
#[test]
fn a_page_without_end_is_refused_soon() {
    let mut page = b"<html><body><h2>List Memory</h2>".to_vec();
    page.extend(std::iter::repeat_n(b'&', 8 << 20));
    let dir = folder("limits-page", &[("report.htm", &page)]);
    one_problem("page", &dir.join("report.htm"), "report.htm", "no validation report");
}

#[cfg(unix)]
mod unix {
    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn pipes_and_devices_are_no_inputs() {
        let dir = folder("limits-pipe", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
        let pipe = dir.join("HV1_Get-VM.xml");
        let made = std::process::Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .expect("mkfifo");
        assert!(made.success());
        for source in [pipe.as_path(), Path::new("/dev/zero"), Path::new("/dev/null")] {
            let said = refused("pipe", source);
            assert!(said.contains(text(source)) || said.contains("HV1_Get-VM.xml"), "{said}");
            assert!(said.contains("a pipe or a device"), "{said}");
        }
        let run = nicplan(&["review", text(&dir)]);
        assert!(run.code == 0 || run.code == 1, "a pipe beside the tables: {}", run.err);
        let plan = nicplan(&["check", text(&dir), "--plan", text(&pipe)]);
        assert_eq!(plan.code, 2, "{}", plan.err);
    }

    #[test]
    fn folders_that_hold_themselves_are_read_once() {
        let dir = folder("limits-circle", &[("HV1_Get-NetAdapter.json", NODE)]);
        for number in 0..12 {
            symlink(&dir, dir.join(format!("again{number}"))).expect("a link");
        }
        let out = place("limits-circle-out");
        let run = nicplan(&["import", text(&dir), "-o", text(&out)]);
        assert_eq!(run.code, 0, "{}", run.err);
        let nics = fs::read_to_string(out.join("nics.csv")).expect("the table");
        assert_eq!(nics.lines().count(), 2, "{nics}");
    }

    /// Opens, and fails at the first byte, for everybody; of what the rights forbid, the superuser is not stopped.
    const UNREADABLE: &str = "/proc/self/mem";

    /// One file of a folder that can be opened and not read, under each name that a reader looks for.
    #[cfg(target_os = "linux")]
    #[test]
    fn files_that_cannot_be_read_are_named() {
        for file in [
            "nics.csv",
            "policy.csv",
            "counters.csv",
            "neighbours.json",
            "HV1_Get-VM.xml",
            "exports.zip",
            "vcenter.xlsx",
            "report.htm",
        ] {
            let dir = folder(
                &format!("limits-unreadable-{file}"),
                &[("nodes.csv", NODES), ("nics.csv", NICS)],
            );
            let _ = fs::remove_file(dir.join(file));
            symlink(UNREADABLE, dir.join(file)).expect("a link");
            one_problem(&format!("unreadable-in-{file}"), &dir, file, "cannot be read");
            let said = refused(&format!("unreadable-{file}"), &dir.join(file));
            assert!(said.contains(file) && said.contains("cannot be"), "{file}: {said}");
        }
        let exports = folder("limits-unreadable-exports", &[("HV1_Get-NetAdapter.json", NODE)]);
        symlink(UNREADABLE, exports.join("HV1_Get-VM.xml")).expect("a link");
        one_problem("unreadable-export", &exports, "HV1_Get-VM.xml", "cannot be read");
        let alone = folder("limits-unreadable-alone", &[]);
        symlink(UNREADABLE, alone.join("HV1_Get-NetAdapter.json")).expect("a link");
        one_problem("unreadable-alone", &alone, "HV1_Get-NetAdapter.json", "cannot be read");
    }

    /// The same for files that are no inputs: a plan, a calibration, a history.
    #[cfg(target_os = "linux")]
    #[test]
    fn plans_and_histories_that_cannot_be_read_are_named() {
        let dir = folder("limits-unreadable-plan", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
        let file = place("limits-unreadable-file");
        symlink(UNREADABLE, &file).expect("a link");
        for arguments in [
            ["check", text(&dir), "--plan", text(&file)],
            ["drain", text(&dir), "--calibration", text(&file)],
            ["calibrate", text(&file), "--format", "json"],
        ] {
            let run = nicplan(&arguments);
            assert_eq!((run.code, run.out.as_str()), (2, ""), "{arguments:?}: {}", run.err);
            let named = run.err.contains("limits-unreadable-file");
            assert!(named && run.err.contains("cannot be read"), "{}", run.err);
        }
    }

    #[test]
    fn files_and_folders_that_rights_forbid_are_named() {
        use std::os::unix::fs::PermissionsExt;
        let dir = folder("limits-forbidden", &[("nodes.csv", NODES), ("nics.csv", NICS)]);
        let forbid = |path: &Path| {
            fs::set_permissions(path, fs::Permissions::from_mode(0o000)).expect("our own file");
        };
        let allow = |path: &Path| {
            fs::set_permissions(path, fs::Permissions::from_mode(0o700)).expect("our own file");
        };
        let nics = dir.join("nics.csv");
        forbid(&nics);
        if fs::File::open(&nics).is_ok() {
            // The superuser: the test with the memory of a process stands for this one.
            return allow(&nics);
        }
        one_problem("forbidden", &dir, "nics.csv", "you have no permission");
        allow(&nics);
        forbid(&dir);
        let said = refused("forbidden-folder", &dir);
        allow(&dir);
        assert!(
            said.contains("limits-forbidden") && said.contains("you have no permission"),
            "{said}"
        );
    }

    #[test]
    fn links_to_nothing_and_folders_under_the_name_of_a_table_are_told() {
        let dir = folder("limits-dangling", &[("nodes.csv", NODES)]);
        symlink(dir.join("gone.csv"), dir.join("nics.csv")).expect("a link");
        assert!(refused("dangling", &dir).contains("nics.csv"));
        fs::remove_file(dir.join("nics.csv")).expect("the link");
        fs::create_dir(dir.join("nics.csv")).expect("a folder");
        assert!(refused("folder-table", &dir).contains("nics.csv"));
    }
}

#[test]
fn what_lies_too_deep_in_folders_is_told() {
    let dir = folder("limits-deep", &[("HV1_Get-NetAdapter.json", NODE)]);
    let deep = (0..10).fold(dir.clone(), |path, _| path.join("more"));
    fs::create_dir_all(&deep).expect("folders");
    fs::write(deep.join("HV2_Get-NetAdapter.json"), NODE).expect("a file");
    let out = place("limits-deep-out");
    let run = nicplan(&["import", text(&dir), "-o", text(&out)]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("lies more than 8 folders deep"), "{}", run.err);
}
