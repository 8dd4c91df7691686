//! The README says what the program does: its tables are made from the program's own, its commands run.
//!
//! `UPDATE=1 cargo test --test readme` rewrites the generated parts.

mod program;

use nicplan::history::{EVENTS, Writer};
use nicplan::inventory::catalogue::{HISTORY, SETTINGS, TABLES, Table};
use nicplan::inventory::importers::cmdlet_names;
use nicplan::migration::path::LAYERS;
use nicplan::reports::REPORTS;
use nicplan::roles::ROLES;
use program::{nicplan, project};
use std::fmt::Write;
use std::fs;

/// Whether the README is to be rewritten.
#[allow(clippy::disallowed_methods)] // a switch for people, not for the program
fn update() -> bool {
    std::env::var_os("UPDATE").is_some()
}

fn readme() -> String {
    fs::read_to_string(project().join("README.md")).expect("the README exists")
}

/// The text between `<!-- begin NAME -->` and `<!-- end NAME -->`.
fn part<'a>(text: &'a str, name: &str) -> &'a str {
    let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
    let from = text.find(&begin).unwrap_or_else(|| panic!("no part {name}")) + begin.len();
    let to = text[from..]
        .find(&end)
        .unwrap_or_else(|| panic!("part {name} does not end"));
    &text[from..from + to]
}

fn compare(name: &str, fresh: &str) {
    let text = readme();
    let old = part(&text, name);
    if update() && old != fresh {
        let (begin, end) = (format!("<!-- begin {name} -->\n"), format!("<!-- end {name} -->"));
        let new = text.replace(&format!("{begin}{old}{end}"), &format!("{begin}{fresh}{end}"));
        fs::write(project().join("README.md"), new).expect("the README can be written");
        return;
    }
    assert_eq!(old, fresh, "UPDATE=1 cargo test --test readme rewrites it");
}

#[test]
fn generated_parts_are_those_of_the_program() {
    // one test, since all parts are in one file
    compare("columns", &columns());
    compare("cmdlets", &cmdlets());
    compare("settings", &settings());
    compare("roles", &roles());
    compare("files", &files());
    compare("history", &table(&HISTORY));
    compare("calibrate", &calibrate());
    compare("events", &events());
    compare("layers", &layers());
    compare("drain", &drain());
}

fn cmdlets() -> String {
    let names: Vec<String> = cmdlet_names().iter().map(|name| format!("`{name}`")).collect();
    format!("{}\n", names.join(", "))
}

fn columns() -> String {
    TABLES.into_iter().map(table).collect()
}

fn table(table: &Table) -> String {
    let need = if table.required { " (required)" } else { "" };
    let mut text = format!(
        "**`{}.csv`**{need}: {}\n\n| column | what | blank means | example |\n|---|---|---|---|\n",
        table.name, table.about
    );
    for column in table.planning() {
        let blank = if column.required {
            "**required**"
        } else {
            column.default
        };
        let _ = writeln!(
            text,
            "| `{}` | {} | {blank} | `{}` |",
            column.name, column.about, column.example
        );
    }
    text.push('\n');
    text
}

/// What `drain` says of the sample, without what was assumed.
fn drain() -> String {
    let run = nicplan(&["drain", "samples/patch-night"]);
    assert_eq!(run.code, 1, "{}", run.err);
    let shown = run.out.split("\n14 VMs are down").next().unwrap_or_default();
    format!("```\n$ nicplan drain samples/patch-night\n{shown}```\n")
}

/// What `calibrate` says of the sample.
fn calibrate() -> String {
    let run = nicplan(&["calibrate", "samples/migration-history"]);
    assert_eq!(run.code, 0, "{}", run.err);
    format!("```\n$ nicplan calibrate samples/migration-history\n{}```\n", run.out)
}

fn settings() -> String {
    let mut text = String::from("| setting | what | default | example |\n|---|---|---|---|\n");
    for setting in &SETTINGS {
        let (name, value) = setting.example;
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | `{}` = `{value}` |",
            setting.name,
            setting.about,
            setting.default,
            name.replace('|', "\\|")
        );
    }
    text
}

fn roles() -> String {
    let mut text = String::from("| role | what it carries |\n|---|---|\n");
    for role in &ROLES {
        let _ = writeln!(text, "| `{}` | {} |", role.name, role.summary);
    }
    text
}

fn layers() -> String {
    let mut text = String::from("| layer | what it asks |\n|---|---|\n");
    for (_, name, about) in &LAYERS {
        let _ = writeln!(text, "| `{name}` | {about} |");
    }
    text
}

fn files() -> String {
    let mut text = String::from("| file | what it answers |\n|---|---|\n");
    for report in &REPORTS {
        let _ = writeln!(text, "| `{}` | {} |", report.file, report.summary);
    }
    text
}

fn events() -> String {
    let mut text = String::from("| event | written by | what it gives | how well it is known |\n|---|---|---|---|\n");
    for event in &EVENTS {
        let writer = match event.writer {
            Writer::HyperV => "Hyper-V",
            Writer::Cluster => "failover cluster",
        };
        let _ = writeln!(
            text,
            "| {} | {writer} | {} | {} |",
            event.id,
            event.summary,
            event.evidence.text()
        );
    }
    text
}

#[test]
fn every_command_of_the_program_is_shown_and_no_other() {
    let help = nicplan(&["--help"]).out;
    let commands: Vec<&str> = help
        .lines()
        .skip_while(|line| !line.starts_with("Commands:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .collect();
    let text = readme();
    let shown = part(&text, "commands");
    assert!(!commands.is_empty());
    for command in &commands {
        assert!(shown.contains(&format!("nicplan {command}")), "{command} is not shown");
    }
    for line in shown.lines().filter_map(|line| line.strip_prefix("nicplan ")) {
        let name = line.split_whitespace().next().unwrap_or_default();
        assert!(commands.contains(&name), "{name} is shown but does not exist");
    }
}

#[test]
fn files_that_the_readme_links_to_exist() {
    let text = readme();
    for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let is_file = !link.starts_with("http") && !link.starts_with('#');
        assert!(!is_file || project().join(link).exists(), "{link} does not exist");
    }
}
