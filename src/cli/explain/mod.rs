//! `explain`: the page of anything that has a name: rules, roles, versions, settings, tables, columns, checks, layers, sources, commands,
//! files of `deploy`, words.
//!
//! Every kind of topic is one line in [`topics::KINDS`]; pages, the list of everything and "did you mean" follow from it.

mod files;
mod outputs;
mod pages;
mod scripts;
mod sources;
mod topics;
mod words;

use super::console::Console;
use super::failure::{Answer, Failure};
use super::listing;
use nicplan::checks::rules::RULES;
use nicplan::inventory::catalogue::plain;
use topics::{KINDS, Topic};

const EXAMPLES: &str = "Examples:
  nicplan explain                      everything there is a page about
  nicplan explain mac-pool-overlap     a rule; --examples shows the inventory that trips it
  nicplan explain live-migration       a traffic role
  nicplan explain 2012r2               a Windows version
  nicplan explain survive              a setting of policy.csv
  nicplan explain nics.speed_mbps      a column; LinkSpeed, its name in PowerShell, finds it too
  nicplan explain exports              how exports of PowerShell cmdlets must lie, and which are read
  nicplan explain history              the table that nicplan calibrate learns from";

/// Explain a rule, a traffic role, a Windows version, a setting, a table, a column, a check, a command or a word
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What to explain; without it everything is listed
    name: Option<String>,
    /// The inventory that trips a rule, and the one that passes, instead of its page
    #[arg(long, requires = "name")]
    examples: bool,
}

/// Most pages of one kind that are shown in full; columns such as `node` stand in many tables.
const MOST_PAGES: usize = 3;
/// Most names that are suggested for one that nothing has.
const MOST_SUGGESTED: usize = 6;

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    let Some(name) = &args.name else {
        console.print(&everything())?;
        return Ok(Answer::Yes);
    };
    if args.examples {
        console.print(&examples(name)?)?;
        return Ok(Answer::Yes);
    }
    let pages = pages(name);
    if pages.is_empty() {
        return Err(Failure::Usage(listing::printable(&unknown(name))));
    }
    console.print(&pages.join("\n"))?;
    Ok(Answer::Yes)
}

/// The example of a rule: the whole inventory that trips it, and the one that passes.
fn examples(name: &str) -> Result<String, Failure> {
    let found = RULES.iter().find(|rule| plain(rule.name) == plain(name));
    found.map(|rule| pages::examples(rule)).ok_or_else(|| {
        let short: String = name.chars().take(80).collect();
        Failure::Usage(listing::printable(&format!(
            "there is no rule '{short}', and only rules have examples\n    `nicplan explain` lists all rules."
        )))
    })
}

/// The pages of everything that has this name, in the order of [`KINDS`].
fn pages(name: &str) -> Vec<String> {
    let name = name.trim();
    let mut all: Vec<String> = Vec::new();
    for kind in &KINDS {
        let mut called = (kind.topics)();
        called.retain(|topic| topic.is_called(name));
        if called.len() > MOST_PAGES {
            all.push(pages::several(name, &called));
        } else {
            all.extend(called.iter().map(|topic| (topic.page)().trim_end().to_owned() + "\n"));
        }
    }
    all
}

fn everything() -> String {
    let mut rows = Vec::new();
    for kind in &KINDS {
        rows.push(vec![kind.title.to_owned()]);
        for topic in (kind.topics)() {
            rows.push(vec![format!("  {}", topic.name), topic.summary]);
        }
        rows.push(vec![String::new()]);
    }
    listing::aligned(&rows).trim_end().to_owned() + "\n"
}

fn unknown(name: &str) -> String {
    let names = suggestions(name);
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let hint = match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => format!(" (did you mean {only}?)"),
        Some((last, others)) => format!(" (did you mean {} or {last}?)", others.join(", ")),
    };
    let short: String = name.chars().take(80).collect();
    format!(
        "there is no page about '{short}'{hint}\n    `nicplan explain` lists all pages: words, traffic roles, Windows versions, settings, tables, \
         columns, rules, checks, sources, commands and files of `nicplan deploy`."
    )
}

/// Names that are near, and names that hold the text or one of its words; nearest first.
fn suggestions(name: &str) -> Vec<String> {
    let wanted: String = plain(name).chars().take(100).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut found: Vec<(usize, String)> = Vec::new();
    for topic in KINDS.iter().flat_map(|kind| (kind.topics)()) {
        if let Some(distance) = distance(&wanted, name, &topic) {
            found.push((distance, topic.name));
        }
    }
    found.sort();
    found.dedup();
    found.into_iter().map(|(_, name)| name).take(MOST_SUGGESTED).collect()
}

/// How far a topic is from what was asked for; `None` = too far to be meant.
fn distance(wanted: &str, name: &str, topic: &Topic) -> Option<usize> {
    let allowed = (wanted.chars().count() / 3).max(1);
    let known = topic.names().map(plain);
    let typed = known.map(|known| strsim::damerau_levenshtein(wanted, &known)).min();
    let holds = |part: &str| part.chars().count() > 2 && plain(&topic.name).contains(part);
    let words = || name.split(|c: char| !c.is_alphanumeric()).map(plain);
    match typed {
        Some(near) if near <= allowed => Some(near),
        _ if holds(wanted) => Some(allowed + 1),
        _ if words().any(|word| holds(&word)) => Some(allowed + 2),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nicplan::inventory::catalogue::{SETTINGS, TABLES};

    #[test]
    fn everything_that_is_listed_has_a_page_that_begins_with_a_headline() {
        for topic in KINDS.iter().flat_map(|kind| (kind.topics)()) {
            let pages = pages(&topic.name);
            assert!(!pages.is_empty(), "{}", topic.name);
            assert!(
                pages.iter().all(|page| page.starts_with('#') && page.ends_with('\n')),
                "{}",
                topic.name
            );
            assert!(
                !topic.summary.is_empty() && !topic.summary.contains('\n'),
                "{}",
                topic.name
            );
        }
    }

    #[test]
    fn every_column_and_every_setting_is_explained_under_each_of_its_names() {
        for table in TABLES {
            for column in table.columns {
                for name in column.aliases.iter().chain([&column.name]) {
                    let told = pages(name).join("");
                    assert!(told.contains(&format!("{}.{}", table.name, column.name)), "{name}");
                }
            }
        }
        for setting in &SETTINGS {
            assert!(
                !pages(setting.name).is_empty() && !pages(setting.example.0).is_empty(),
                "{}",
                setting.name
            );
        }
    }

    #[test]
    fn what_administrators_ask_for_has_a_page() {
        for name in [
            "survive",
            "ToR",
            "tor",
            "iscsi",
            "csv",
            "Survive",
            "LinkSpeed",
            "nics",
            "nics.csv",
            "plan",
            "growth_percent",
            "SET",
            "allow",
            "deny",
            "remark",
            "note",
            "vmware",
            "ATC",
            "PFC",
            "NetFT",
            "quick-migration",
            "sarif",
            "junit",
            "nvspbind",
            "nvspscrub",
            "Get-VMHost",
            "Get-NetAdapter",
        ] {
            assert!(!pages(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn a_page_of_a_rule_shows_what_to_do_before_all_else_and_its_example_only_when_asked_for() {
        for rule in RULES.iter() {
            let page = pages(rule.name).join("");
            let at = |title: &str| page.find(title).unwrap_or_else(|| panic!("{}: {title}", rule.name));
            assert!(at("## What to do") < at("## Source") && at("## Source") < at("## Why it matters"));
            assert!(
                !page.contains("```trips") && page.contains("--examples"),
                "{}",
                rule.name
            );
            assert!(examples(rule.name).is_ok_and(|text| text.contains("```trips") && text.contains("```passes")));
        }
        assert!(examples("storage").is_err());
    }

    #[test]
    fn every_command_and_every_file_that_deploy_writes_has_a_page() {
        use clap::CommandFactory;
        let commands = crate::cli::Cli::command();
        for command in commands.get_subcommands().map(|c| c.get_name().to_owned()) {
            assert!(
                pages(&command).iter().any(|page| page.contains("(command)")),
                "{command}"
            );
        }
        let mut read = 0;
        let reports = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("reports");
        for sample in std::fs::read_dir(reports).expect("the committed reports").flatten() {
            let Ok(files) = std::fs::read_dir(sample.path().join("deploy")) else {
                continue;
            };
            let names = files.flatten().map(|f| f.file_name().to_string_lossy().into_owned());
            for name in names.filter(|name| name != "console.txt") {
                read += 1;
                assert!(!pages(&name).is_empty(), "{name}");
            }
        }
        assert!(read > 50, "{read}");
        assert!(
            pages("cluster-3-verify")
                .join("")
                .contains("or the cluster, with the plan")
        );
        assert!(pages("HV1-5-other.ps1").is_empty());
    }

    #[test]
    fn a_name_that_nothing_has_gets_the_near_ones() {
        assert_eq!(suggestions("managment").first().map(String::as_str), Some("management"));
        let pools = suggestions("mac-pool");
        assert!(
            pools.iter().any(|name| name == "mac-pool-full") && pools.len() == MOST_SUGGESTED,
            "{pools:?}"
        );
        assert!(unknown("zzzzzz").contains("no page about 'zzzzzz'\n"));
        assert!(suggestions("--").is_empty());
    }
}
