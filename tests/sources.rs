//! Exports of other programs, read from the disk: the inventory that follows from each equals the expected one, value by value.

mod program;

use nicplan::inventory::{Inventory, LoadOptions, load, to_csv_tables};
use program::{entries, folder, nicplan, project, text};
use std::fs;
use std::io::Write;
use std::path::PathBuf;

fn read(inputs: &[&str]) -> Inventory {
    let paths: Vec<PathBuf> = inputs.iter().map(|input| project().join(input)).collect();
    load(&paths, &LoadOptions::default()).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// Compares every table with the files of `tests/imported/NAME`, line by line.
fn compare(name: &str, inventory: &Inventory) {
    let dir = project().join("tests/imported").join(name);
    let tables = to_csv_tables(&inventory.clusters);
    let expected: Vec<String> = entries(&dir)
        .iter()
        .map(|path| path.file_name().expect("a file has a name").to_string_lossy().into_owned())
        .collect();
    let mut names: Vec<String> = tables.iter().map(|(file, _)| file.clone()).collect();
    names.sort();
    for (file, bytes) in &tables {
        let text = String::from_utf8_lossy(bytes);
        let wanted = fs::read_to_string(dir.join(file)).unwrap_or_default();
        for (number, (found, wanted)) in text.lines().zip(wanted.lines()).enumerate() {
            assert_eq!(found, wanted, "{name}/{file}:{}", number + 1);
        }
        assert_eq!(text.lines().count(), wanted.lines().count(), "{name}/{file}");
    }
    assert_eq!(names, expected, "{name}");
}

#[test]
fn the_vmware_estate_of_the_sample_is_imported_value_by_value() {
    compare("vmware-rvtools", &read(&["samples/vmware-rvtools"]));
}

/// Sheets of the sample: name, and rows of cells.
fn sample_sheets() -> Vec<(String, Vec<Vec<String>>)> {
    let files = entries(&project().join("samples/vmware-rvtools"));
    let sheets = files.iter().filter_map(|path| {
        let name = path.file_name()?.to_string_lossy().into_owned();
        let sheet = name.strip_prefix("RVTools_tab")?.strip_suffix(".csv")?.to_owned();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).expect("a file of the sample");
        let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
        Some((sheet, rows.collect()))
    });
    sheets.collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A workbook as Excel writes it: shared texts and numbers; every sheet declares a million rows, of which thousands are there and empty.
fn workbook(sheets: &[(String, Vec<Vec<String>>)]) -> Vec<u8> {
    let mut texts: Vec<String> = Vec::new();
    let mut parts = vec![("[Content_Types].xml".to_owned(), "<Types/>".to_owned())];
    let (mut list, mut relations) = (String::new(), String::new());
    for (index, (name, rows)) in sheets.iter().enumerate() {
        let id = index + 1;
        list += &format!("<sheet name=\"{name}\" sheetId=\"{id}\" r:id=\"rId{id}\"/>");
        let target = if index % 2 == 0 { format!("worksheets/sheet{id}.xml") } else { format!("/xl/worksheets/sheet{id}.xml") };
        relations += &format!("<Relationship Id=\"rId{id}\" Type=\"x/worksheet\" Target=\"{target}\"/>");
        let mut data = String::new();
        for (number, row) in rows.iter().enumerate() {
            data += &format!("<row r=\"{}\">", number + 1);
            for cell in row {
                data += &match cell.parse::<u64>() {
                    Ok(value) => format!("<c><v>{value}</v></c>"),
                    Err(_) if cell.is_empty() => "<c s=\"1\"/>".to_owned(),
                    Err(_) => {
                        texts.push(format!("<si><r><t>{}</t></r></si>", escaped(cell)));
                        format!("<c t=\"s\"><f>A1</f><v>{}</v></c>", texts.len() - 1)
                    }
                };
            }
            data += "</row>";
        }
        for number in 0..20_000 {
            data += &format!("<row r=\"{}\" ht=\"12.75\" customHeight=\"true\"></row>", rows.len() + 1 + number);
        }
        let sheet = format!("<worksheet><dimension ref=\"A1:CL1048576\"/><sheetData>{data}</sheetData></worksheet>");
        parts.push((format!("xl/worksheets/sheet{id}.xml"), sheet));
    }
    parts.push(("xl/workbook.xml".to_owned(), format!("<workbook xmlns:r=\"r\"><sheets>{list}</sheets></workbook>")));
    parts.push(("xl/_rels/workbook.xml.rels".to_owned(), format!("<Relationships>{relations}</Relationships>")));
    parts.push(("xl/sharedStrings.xml".to_owned(), format!("<sst>{}</sst>", texts.concat())));
    archive(&parts)
}

fn archive(parts: &[(String, String)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).expect("memory can be written");
        zip.write_all(text.as_bytes()).expect("memory can be written");
    }
    zip.finish().expect("memory can be written").into_inner()
}

#[test]
fn a_workbook_gives_the_same_facts_as_its_sheets_in_csv() {
    let dir = folder("rvtools-workbook", &[("vc.xlsx", &workbook(&sample_sheets()))]);
    let expected = read(&["samples/vmware-rvtools"]).sha256;
    let book = dir.join("vc.xlsx");
    assert_eq!(read(&[text(&book)]).sha256, expected);
    assert_eq!(read(&[text(&dir)]).sha256, expected, "the folder that holds it");
    let at = {
        let inventory = read(&[text(&book)]);
        inventory.locate(inventory.clusters[0].nodes[0].origin, "node").to_string()
    };
    assert_eq!(at, "vc.xlsx#vHost:6");
}

#[test]
fn one_sheet_or_several_given_by_name_are_the_whole_export() {
    let expected = read(&["samples/vmware-rvtools"]).sha256;
    let sheet = |name: &str| format!("samples/vmware-rvtools/RVTools_tab{name}.csv");
    assert_eq!(read(&[&sheet("vInfo")]).sha256, expected);
    assert_eq!(read(&[&sheet("vHost"), &sheet("vNIC")]).sha256, expected);
}

#[test]
fn semicolons_marks_and_old_heads_change_nothing() {
    let dir = folder("rvtools-old", &[]);
    for (name, mut rows) in sample_sheets() {
        for head in &mut rows[0] {
            *head = if head == "Memory" { "Memory MB".to_owned() } else { head.to_uppercase() };
        }
        let line = |row: &Vec<String>| row.iter().map(|c| format!("\"{c}\"")).collect::<Vec<_>>().join(";");
        let rows: Vec<String> = rows.iter().map(line).collect();
        fs::write(dir.join(format!("RVTools_tab{name}.csv")), format!("\u{feff}{}\r\n", rows.join("\r\n")))
            .expect("the build folder can be written");
    }
    assert_eq!(read(&[text(&dir)]).sha256, read(&["samples/vmware-rvtools"]).sha256);
}

/// What the program says of a file that is no export, and that it wrote nothing.
fn refused(name: &str, file: &str, bytes: &[u8]) -> String {
    let dir = folder(name, &[(file, bytes)]);
    let out = dir.join("out");
    let run = nicplan(&["plan", text(&dir.join(file)), "-o", text(&out)]);
    assert_eq!((run.code, out.exists()), (2, false), "{}", run.err);
    assert!(run.err.contains(file), "{}", run.err);
    assert!(run.err.contains("1 problem; nothing was written"), "{}", run.err);
    run.err
}

#[test]
fn broken_protected_and_wrong_workbooks_give_one_message_that_names_the_file() {
    let whole = workbook(&sample_sheets());
    let said = |name: &str, bytes: &[u8]| refused(&format!("rvtools-{name}"), "vc.xlsx", bytes);
    assert!(said("cut", &whole[..whole.len() / 2]).contains("not whole"));
    let mut damaged = whole.clone();
    let middle = whole.len() / 3;
    damaged[middle..middle + 64].fill(0xAA);
    assert!(said("damaged", &damaged).contains("not whole"));
    assert!(said("protected", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1]).contains("password"));
    assert!(said("text", b"VM,Powerstate\n").contains("no Excel workbook"));
    assert!(said("empty", b"").contains("no Excel workbook"));
    let other = archive(&[("readme.txt".to_owned(), "x".to_owned())]);
    assert!(said("zip", &other).contains("no Excel workbook"));
    let unknown = workbook(&[("Sheet1".to_owned(), vec![vec!["a".to_owned()]])]);
    assert!(said("other", &unknown).contains("names a host"));
    let entity = |text: &str| archive(&[("xl/_rels/workbook.xml.rels".to_owned(), text.to_owned())]);
    assert!(said("dtd", &entity("<!DOCTYPE r SYSTEM \"file:///etc/passwd\"><r/>")).contains("document type"));
}

#[test]
fn a_part_that_unpacks_beyond_measure_is_refused() {
    let bomb = " ".repeat(64 << 20);
    let parts = [("xl/_rels/workbook.xml.rels".to_owned(), format!("<r>{bomb}</r>"))];
    let said = refused("rvtools-bomb", "vc.xlsx", &archive(&parts));
    assert!(said.contains("unpacks to more than is read"), "{said}");
}
