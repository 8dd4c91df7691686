//! What `explain` knows, kind by kind, each derived from the table that the program itself works with.

use super::files;
use super::outputs::OUTPUTS;
use super::pages;
use super::scripts::{self, SCRIPTS};
use super::sources;
use super::words::WORDS;
use crate::cli::Cli;
use clap::CommandFactory;
use nicplan::checks::{PLAN_CHECKS, rules};
use nicplan::inventory::catalogue::{HISTORY, SETTINGS, TABLES, Table, plain};
use nicplan::inventory::importers::{IMPORTERS, Importer, cmdlet_names};
use nicplan::migration::path::LAYERS;
use nicplan::profiles::{self, PROFILES};
use nicplan::roles::{ROLES, Role};

/// One thing that has a page.
pub(super) struct Topic {
    /// Name as it is listed.
    pub(super) name: String,
    /// Other names that mean it.
    pub(super) also: Vec<String>,
    /// One line.
    pub(super) summary: String,
    /// The page.
    pub(super) page: Box<dyn Fn() -> String>,
    /// Understands spellings that no list holds.
    pub(super) understands: fn(&str, &str) -> bool,
}

/// One kind of topic.
pub(super) struct Kind {
    /// Headline in the list of everything.
    pub(super) title: &'static str,
    /// All of them, in order.
    pub(super) topics: fn() -> Vec<Topic>,
}

/// All kinds, in the order of the list.
pub(super) static KINDS: [Kind; 14] = [
    Kind {
        title: "Words",
        topics: words,
    },
    Kind {
        title: "Traffic roles",
        topics: roles,
    },
    Kind {
        title: "Windows versions",
        topics: versions,
    },
    Kind {
        title: "Settings of policy.csv",
        topics: settings,
    },
    Kind {
        title: "Tables of an inventory, and the history of migrations",
        topics: tables,
    },
    Kind {
        title: "Columns",
        topics: columns,
    },
    Kind {
        title: "Rules of nicplan review",
        topics: rule_pages,
    },
    Kind {
        title: "Checks of a plan, and layers of nicplan path",
        topics: checks,
    },
    Kind {
        title: "Columns, keys and words of the output files",
        topics: outputs,
    },
    Kind {
        title: "Sources that can be read",
        topics: kinds_of_source,
    },
    Kind {
        title: "Cmdlets and WMI classes whose exports are read",
        topics: cmdlets,
    },
    Kind {
        title: "Commands",
        topics: commands,
    },
    Kind {
        title: "Tables, drawings and pages that commands write",
        topics: written,
    },
    Kind {
        title: "Files of nicplan deploy",
        topics: scripts,
    },
];

impl Topic {
    fn new(name: impl Into<String>, summary: impl Into<String>, page: impl Fn() -> String + 'static) -> Topic {
        Topic {
            name: name.into(),
            also: Vec::new(),
            summary: summary.into(),
            page: Box::new(page),
            understands: |_, _| false,
        }
    }

    fn also<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Topic {
        self.also.extend(names.into_iter().map(Into::into));
        self
    }

    /// The name and the other names.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.also.iter().map(String::as_str).chain([self.name.as_str()])
    }

    /// Whether a name means it; case and punctuation do not matter.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let wanted = plain(name);
        let listed = !wanted.is_empty() && self.names().any(|known| plain(known) == wanted);
        listed || (self.understands)(name, &self.name)
    }
}

fn words() -> Vec<Topic> {
    let topic = |word: &'static super::words::Word| {
        Topic::new(word.name, word.about, move || pages::word(word)).also(word.also.iter().copied())
    };
    WORDS.iter().map(topic).collect()
}

fn roles() -> Vec<Topic> {
    let topic = |info| {
        let info: &'static nicplan::roles::RoleInfo = info;
        let mut topic = Topic::new(info.name, info.summary, move || pages::role(info));
        topic.understands = |name, role| Role::parse(name).is_some_and(|found| found.name() == role);
        topic
    };
    ROLES.iter().map(topic).collect()
}

fn versions() -> Vec<Topic> {
    let topic = |profile| {
        let profile: &'static profiles::Profile = profile;
        let mut topic = Topic::new(profile.name, profile.title, move || pages::profile(profile));
        topic.understands = |name, version| profiles::find(name).is_some_and(|found| found.name == version);
        topic
    };
    PROFILES.iter().map(topic).collect()
}

fn settings() -> Vec<Topic> {
    let topic = |setting: &'static nicplan::inventory::catalogue::Setting| {
        let bare = setting.name.trim_end_matches(':');
        let mut topic = Topic::new(bare, setting.about, move || pages::setting(setting));
        topic.understands = |name, setting| {
            name.split_once(':')
                .is_some_and(|(head, _)| plain(head) == plain(setting))
        };
        topic
    };
    SETTINGS.iter().map(topic).collect()
}

/// The tables of an inventory, and that of past migrations.
fn all_tables() -> impl Iterator<Item = &'static Table> {
    TABLES.into_iter().chain([&HISTORY])
}

fn tables() -> Vec<Topic> {
    all_tables()
        .map(|table| Topic::new(table.name, table.about, move || pages::table(table)).also([table.file()]))
        .collect()
}

fn columns() -> Vec<Topic> {
    let of_table = |table: &'static Table| {
        table.columns.iter().map(move |column| {
            let name = format!("{}.{}", table.name, column.name);
            Topic::new(name, column.about, move || pages::column(table, column))
                .also([column.name])
                .also(column.aliases.iter().copied())
        })
    };
    all_tables().flat_map(of_table).collect()
}

fn rule_pages() -> Vec<Topic> {
    let topic = |rule: &&'static rules::Rule| {
        let rule: &'static rules::Rule = rule;
        Topic::new(rule.name, format!("{}: {}", rule.severity, rule.summary), || {
            pages::rule(rule)
        })
    };
    rules::RULES.iter().map(topic).collect()
}

fn checks() -> Vec<Topic> {
    let check =
        |check: &'static nicplan::checks::PlanCheck| Topic::new(check.name, check.summary, move || pages::check(check));
    let layer = |(_, name, asks): &(_, &'static str, &'static str)| {
        let (name, asks) = (*name, *asks);
        Topic::new(name, asks, move || pages::layer(name, asks))
    };
    PLAN_CHECKS
        .into_iter()
        .map(check)
        .chain(LAYERS.iter().map(layer))
        .collect()
}

fn outputs() -> Vec<Topic> {
    let topic = |(name, about): &(&'static str, &'static str)| {
        let (name, about) = (*name, *about);
        let mut topic = Topic::new(name, about, move || pages::output(name, about));
        // A requirement such as `reach:management`: the word before the colon says which kind it is.
        topic.understands = |name, known| {
            name.split_once(':')
                .is_some_and(|(head, _)| plain(head) == plain(known))
        };
        topic
    };
    OUTPUTS.iter().map(topic).collect()
}

fn kinds_of_source() -> Vec<Topic> {
    let topic =
        |importer: &'static Importer| Topic::new(importer.name, importer.summary, move || sources::page(importer));
    IMPORTERS.iter().copied().map(topic).collect()
}

fn cmdlets() -> Vec<Topic> {
    let topic = |name: &'static str| {
        let about = "shows what is set today; its export is read as facts";
        Topic::new(name, about, move || pages::cmdlet(name))
    };
    let mut names = cmdlet_names();
    names.dedup();
    names.into_iter().map(topic).collect()
}

fn commands() -> Vec<Topic> {
    let cli = Cli::command();
    let topic = |command: &clap::Command| {
        let (name, about) = (command.get_name().to_owned(), text(command.get_about()));
        let examples = text(command.get_after_help());
        let page = pages::command(&name, &about, &examples);
        Topic::new(name, about, move || page.clone())
    };
    cli.get_subcommands().map(topic).collect()
}

fn written() -> Vec<Topic> {
    let topic = |file: files::OutputFile| {
        let (name, stem, about) = (file.name, file.stem(), file.about);
        Topic::new(name, about, move || file.page()).also([stem])
    };
    files::all().map(topic).collect()
}

fn scripts() -> Vec<Topic> {
    let topic = |script: &'static scripts::Script| {
        let mut topic = Topic::new(script.name, script.about, move || pages::script(script));
        topic.understands = scripts::is_named;
        topic
    };
    SCRIPTS.iter().map(topic).collect()
}

fn text(styled: Option<&clap::builder::StyledStr>) -> String {
    styled.map(ToString::to_string).unwrap_or_default()
}
