//! Blank tables and a guide for people who fill them in a spreadsheet, both from the catalogue.

use super::catalogue::{SETTINGS, TABLES, Table};
use std::fmt::Write;

/// Mark of UTF-8 at the beginning of a file: without it Excel takes letters beyond ASCII for those of the Windows code page.
const BOM: char = '\u{feff}';

/// File names and contents of a blank inventory folder: one `.csv` per table with its header row, and `README.md`.
pub fn templates(separator: char) -> Vec<(String, String)> {
    let header = |table: &Table| format!("{BOM}{}", header(table, separator));
    let mut files: Vec<(String, String)> = TABLES.iter().map(|t| (t.file(), header(t))).collect();
    files.push(("README.md".to_owned(), guide()));
    files
}

fn header(table: &Table, separator: char) -> String {
    let names: Vec<&str> = table.planning().map(|c| c.name).collect();
    format!("{}\r\n", names.join(&separator.to_string()))
}

const INTRODUCTION: &str = "# How to fill this inventory

One file per table, one row per thing. Fill `nodes.csv` and `nics.csv` first: they are enough for a first plan. Add the others as far as
you know them; leave out files and columns that you do not need. What is missing gets the default that stands below, and every plan
lists what it had to assume.

* Edit in Excel or any editor. Comma, semicolon and tab, UTF-8 and UTF-16, any line end are read, also with a first line `sep=;`.
* If Excel shows all columns in one, its list separator is a semicolon (German, French, Russian and other Windows): write the files with
  `nicplan init DIR --separator semicolon`. Save as CSV UTF-8, which keeps names in any script.
* Headers may be written in any case, with blanks or underscores; the names that PowerShell writes are understood as well.
* Rates: `10000`, `10 Gbps`, `10G`, `10 GbE`. Memory: `262144`, `256 GB`. MAC addresses in every Windows spelling.
* Without a unit a rate is Mbit/s and memory is MiB: write `512 GB`, not `512`. A number with a mark before three digits (`10.000`) can mean
  two things and is refused.
* Several values in one cell: `A;B;C`. VLANs also as ranges: `10;20;100-110`.
* A column `notes` is for you and is passed over.
";

fn guide() -> String {
    let mut text = INTRODUCTION.to_owned();
    for table in TABLES {
        let needed = if table.required { " Required." } else { "" };
        // Writing to a String cannot fail.
        let _ = write!(text, "\n## {}\n\n{}{needed}\n\n", table.file(), table.about);
        text.push_str("| column | what | how to write it | blank means | example | also understood |\n|---|---|---|---|---|---|\n");
        for c in table.planning() {
            let blank = if c.required { "**required**" } else { c.default };
            let aliases = c.aliases.join(", ");
            let _ = writeln!(
                text,
                "| `{}` | {} | {} | {blank} | `{}` | {aliases} |",
                c.name,
                c.about,
                c.kind.hint(),
                c.example
            );
        }
    }
    further_columns(&mut text);
    text.push_str("\n## Settings of policy.csv\n\n| setting | what | default | example |\n|---|---|---|---|\n");
    for s in &SETTINGS {
        let example = format!("{} = {}", s.example.0, s.example.1).replace('|', "\\|");
        let _ = writeln!(text, "| `{}` | {} | {} | `{example}` |", s.name, s.about, s.default);
    }
    text
}

/// Columns that only the review reads: anyone may add them to the blank files.
fn further_columns(text: &mut String) {
    text.push_str(
        "\n## Further columns for the review\n\nThe blank files leave these out. Add those that you can export: `nicplan review` then checks \
         more, and says what it could not check. Blank means unknown.\n\n| file | column | what | how to write it | example | also understood |\n\
         |---|---|---|---|---|---|\n",
    );
    for table in TABLES {
        for c in table.review() {
            let aliases = c.aliases.join(", ");
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "| {} | `{}` | {} | {} | `{}` | {aliases} |",
                table.file(),
                c.name,
                c.about,
                c.kind.hint(),
                c.example
            );
        }
    }
}
