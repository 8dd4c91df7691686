//! `explain`: the page of a rule, a traffic role or an OS version.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::listing;
use nicplan::checks::rules;
use nicplan::inventory::did_you_mean;
use nicplan::profiles::{self, PROFILES, Profile};
use nicplan::roles::{ROLES, Role, RoleInfo};

const EXAMPLES: &str = "Examples:
  nicplan explain                      everything there is a page about
  nicplan explain mac-pool-overlap     a rule
  nicplan explain live-migration       a traffic role
  nicplan explain 2012r2               a Windows version";

/// Explain a rule, a traffic role or a Windows version
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// What to explain; without it everything is listed
    name: Option<String>,
}

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    let Some(name) = &args.name else {
        console.print(&everything())?;
        return Ok(Answer::Yes);
    };
    let page = page(name).ok_or_else(|| Failure::Usage(unknown(name)))?;
    console.print(&page)?;
    Ok(Answer::Yes)
}

fn page(name: &str) -> Option<String> {
    let name = name.trim().to_lowercase();
    rules::find(&name)
        .map(|rule| rule.page.trim_end().to_owned() + "\n")
        .or_else(|| Role::parse(&name).map(|role| role_page(role.info())))
        .or_else(|| profiles::find(&name).map(profile_page))
}

fn everything() -> String {
    let mut rows = vec![vec!["Traffic roles".to_owned()]];
    rows.extend(
        ROLES
            .iter()
            .map(|role| vec![format!("  {}", role.name), role.summary.to_owned()]),
    );
    rows.push(vec![String::new()]);
    rows.push(vec!["Windows versions".to_owned()]);
    rows.extend(
        PROFILES
            .iter()
            .map(|profile| vec![format!("  {}", profile.name), profile.title.to_owned()]),
    );
    rows.push(vec![String::new()]);
    rows.push(vec!["Rules".to_owned()]);
    rows.extend(rules::RULES.iter().map(|rule| {
        vec![
            format!("  {}", rule.name),
            format!("{}: {}", rule.severity, rule.summary),
        ]
    }));
    listing::aligned(&rows)
}

fn role_page(role: &RoleInfo) -> String {
    let yes_no = |value: bool| if value { "yes" } else { "no" };
    let cluster_use = role
        .cluster_use
        .map_or("none: not a cluster network".to_owned(), |number| number.to_string());
    format!(
        "# {} ({})\n\n{}.\n\nNodes talk to each other on it: {}\nMoves to another network when its own is dead: {}\nJudged by time, not by rate: {}\nCluster use of its network: {cluster_use}\nSource: {}\n",
        role.title,
        role.name,
        role.summary,
        yes_no(role.node_to_node),
        yes_no(role.falls_back),
        yes_no(role.bulk),
        role.source
    )
}

fn profile_page(profile: &Profile) -> String {
    let transports: Vec<&str> = profile.transports.iter().map(|t| t.name()).collect();
    format!(
        "# {} ({})\n\nNodes per cluster: {}\nRunning VMs per cluster: {}\nRunning VMs per node: {}\nTeam of planned uplinks: {}, up to {} members\nLive migration: {}; {} when nothing is set, {} at once\nRDMA under a virtual switch: {}\nDefault demands per node: management {}, cluster {}, storage {}, replica {} Mbit/s\nSource: {}\n",
        profile.title,
        profile.name,
        profile.max_nodes,
        profile.max_vms,
        profile.max_vms_per_node,
        profile.team.title(),
        profile.max_team,
        transports.join(", "),
        profile.default_transport.name(),
        profile.default_concurrency,
        if profile.rdma_on_switch { "yes" } else { "no" },
        profile.default_management,
        profile.default_cluster,
        profile.default_storage,
        profile.default_replica,
        profile.source
    )
}

fn unknown(name: &str) -> String {
    let names = rules::RULES
        .iter()
        .map(|r| r.name)
        .chain(ROLES.iter().map(|r| r.name))
        .chain(PROFILES.iter().map(|p| p.name));
    let hint = did_you_mean(name, names);
    format!("there is no page about '{name}'{hint}\n    `nicplan explain` lists all pages.")
}
