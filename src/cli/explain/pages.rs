//! The pages that are made from tables; rules bring their own.

use super::scripts::Script;
use super::topics::Topic;
use super::words::Word;
use nicplan::checks::PlanCheck;
use nicplan::checks::rules::{Hosts, Rule, Versions};
use nicplan::inventory::catalogue::{Column, HISTORY, Setting, Table};
use nicplan::profiles::{AZURE_LOCAL, Profile};
use nicplan::roles::RoleInfo;

pub(super) fn word(word: &Word) -> String {
    let see: Vec<String> = word
        .see
        .iter()
        .map(|name| format!("`nicplan explain {name}`"))
        .collect();
    let see = if see.is_empty() {
        String::new()
    } else {
        format!("\nSee: {}\n", see.join(", "))
    };
    format!("# {}\n\n{}.\n{see}", word.title, capital(word.about))
}

/// The rule's own page, what to do and why first, without its example, which is long; with the versions it is about where those are not all, and with what it says of hosts without Hyper-V.
pub(super) fn rule(rule: &Rule) -> String {
    let versions = if rule.versions == Versions::ALL {
        String::new()
    } else {
        format!("\n## Windows versions\n\n{}.\n", rule.versions.text())
    };
    let hosts = match rule.hosts {
        Hosts::Any => "Judged as well: it moves along to Hyper-V.",
        Hosts::HyperV => "Not judged today; once there is a plan, it is.",
    };
    let part = |title: &str| section(rule.page, title);
    let title = rule.page.lines().next().unwrap_or_default();
    format!(
        "{title}\n{}{}{}{}{versions}\n## Hosts that run VMware\n\n{hosts}\n\nThe inventory that trips it, and the one that passes: `nicplan explain {} --examples`\n",
        part(FINDS),
        part(FIX),
        part(SOURCE),
        part(WHY),
        rule.name
    )
}

const FINDS: &str = "What it finds";
const FIX: &str = "What to do";
const SOURCE: &str = "Source";
const WHY: &str = "Why it matters";

/// A section of a page with its headline and a blank line before it.
fn section(page: &str, title: &str) -> String {
    let mut sections = page.split("\n## ").skip(1);
    let found = sections.find(|text| text.lines().next() == Some(title));
    found.map_or(String::new(), |text| format!("\n## {}\n", text.trim_end()))
}

/// The example of a rule's page.
pub(super) fn examples(rule: &Rule) -> String {
    format!("# {}\n{}", rule.name, section(rule.page, "Example"))
}

pub(super) fn output(name: &str, about: &str) -> String {
    format!("# {name} (in the output)\n\n{}.\n", capital(about))
}

/// A cmdlet or WMI class of Windows whose export is read.
pub(super) fn cmdlet(name: &str) -> String {
    let kind = if name.contains('-') { "cmdlet" } else { "WMI class" };
    format!(
        "# {name} ({kind} of Windows)\n\nShows what is set today and changes nothing; its export is read as facts. What it can do beyond \
         that is in the documentation of Microsoft (on the host: `Get-Help {name} -Online`).\n\nSee: `nicplan explain exports`\n"
    )
}

/// What a file of `deploy` is for.
pub(super) fn script(script: &Script) -> String {
    format!(
        "# {} (file of nicplan deploy)\n\n{}.\n\nSee: `nicplan explain deploy`, `nicplan explain runbook`\n",
        script.name,
        capital(script.about)
    )
}

/// One page for a name that many topics have.
pub(super) fn several(name: &str, topics: &[Topic]) -> String {
    let mut text = format!("# {name} (in {} places)\n\n", topics.len());
    for topic in topics {
        text.push_str(&format!("  {}: {}\n", topic.name, topic.summary));
    }
    if let Some(first) = topics.first() {
        text.push_str(&format!("\nOne of them in full: nicplan explain {}\n", first.name));
    }
    text
}

pub(super) fn role(role: &RoleInfo) -> String {
    let yes_no = |value: bool| if value { "yes" } else { "no" };
    let cluster_use = role
        .cluster_use
        .map_or("none: not a cluster network".to_owned(), |number| number.to_string());
    format!(
        "# {} ({})\n\n{}.\n\nNodes talk to each other on it: {}\nMoves to another network when its own is dead: {}\nJudged by time, not by rate: {}\nCluster use of its network: {cluster_use}\nSource: {}\n",
        role.title,
        role.name,
        capital(role.summary),
        yes_no(role.node_to_node),
        yes_no(role.falls_back),
        yes_no(role.bulk),
        role.source
    )
}

pub(super) fn profile(profile: &Profile) -> String {
    let vms = if profile.generation == AZURE_LOCAL {
        format!(
            "not stated by Microsoft; rules judge by {}, the number of Windows Server",
            profile.max_vms
        )
    } else {
        profile.max_vms.to_string()
    };
    let transports: Vec<&str> = profile.transports.iter().map(|t| t.name()).collect();
    format!(
        "# {} ({})\n\nNodes per cluster: {}\nRunning VMs per cluster: {}\nRunning VMs per node: {}\nTeam of planned uplinks: {}, up to {} members\nLive migration: {}; {} when nothing is set, {} at once\nRDMA under a virtual switch: {}\nNetwork ATC: {}\nDefault demands per node: management {}, cluster {}, storage {}, replica {} Mbit/s\nSource: {}\n",
        profile.title,
        profile.name,
        profile.max_nodes,
        vms,
        profile.max_vms_per_node,
        profile.team.title(),
        profile.max_team,
        transports.join(", "),
        profile.default_transport.name(),
        profile.default_concurrency,
        if profile.rdma_on_switch { "yes" } else { "no" },
        if profile.network_atc { "yes" } else { "no" },
        profile.default_management,
        profile.default_cluster,
        profile.default_storage,
        profile.default_replica,
        profile.source
    )
}

pub(super) fn setting(setting: &Setting) -> String {
    let behind = match setting.name {
        "isolate:" => {
            "\nBehind the colon stand two traffic roles with | between them: `nicplan explain management` and so on."
        }
        "rule:" => "\nBehind the colon stands the name of a rule: `nicplan explain` lists them.",
        name if name.ends_with(':') => {
            "\nBehind the colon stands a traffic role: `nicplan explain management` and so on."
        }
        _ => "",
    };
    format!(
        "# {} (setting of policy.csv)\n\n{}{behind}\n\nWithout it: {}\nRow in policy.csv: setting `{}`, value `{}`\n",
        setting.name, setting.about, setting.default, setting.example.0, setting.example.1
    )
}

pub(super) fn table(table: &Table) -> String {
    let (of, needed) = match table {
        _ if table.name == HISTORY.name => (
            "table of past live migrations",
            "nicplan calibrate reads it; nicplan import makes it from event logs.",
        ),
        _ if table.required => ("table of an inventory", "Every inventory needs it."),
        _ => ("table of an inventory", "It may be left out."),
    };
    let mut text = format!("# {} ({of})\n\n{} {needed}\n\nColumns:\n", table.file(), table.about);
    for column in table.columns {
        let required = if column.required { " (required)" } else { "" };
        text.push_str(&format!("  {}{required}: {}\n", column.name, column.about));
    }
    if let Some(first) = table.columns.first() {
        text.push_str(&format!(
            "\nOne column: nicplan explain {}.{}\n",
            table.name, first.name
        ));
    }
    text
}

pub(super) fn column(table: &Table, column: &Column) -> String {
    let blank = if column.required {
        "not allowed: every row needs it"
    } else {
        column.default
    };
    let also = if column.aliases.is_empty() {
        String::new()
    } else {
        format!("\nAlso understood as header: {}", column.aliases.join(", "))
    };
    format!(
        "# {}.{} (column)\n\n{}\n\nWrite: {}\nExample: {}\nBlank: {blank}{also}\n",
        table.name,
        column.name,
        column.about,
        column.kind.hint(),
        column.example
    )
}

pub(super) fn check(check: &PlanCheck) -> String {
    format!(
        "# {} (check of a plan)\n\nWhat must hold: {}.\n\n{}\n\n`nicplan check INPUT --plan plan.json` judges a plan by it.\n",
        check.name, check.summary, check.docs
    )
}

pub(super) fn layer(name: &str, asks: &str) -> String {
    format!(
        "# {name} (layer of nicplan path)\n\n{}{}\n\nWindows decides in layers which way a live migration takes; `nicplan path` names the layer at fault.\n",
        capital(asks),
        if asks.ends_with('?') { "" } else { "." }
    )
}

pub(super) fn command(name: &str, about: &str, examples: &str) -> String {
    format!("# nicplan {name} (command)\n\n{about}.\n\n{examples}\n\nAll options: nicplan {name} --help\n")
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}
