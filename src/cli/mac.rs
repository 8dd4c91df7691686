//! `mac`: facts -> the plan of MAC pools and static addresses, and what is wrong with the present ones.

use super::console::Console;
use super::failure::{Answer, Failure};
use super::input::InputArgs;
use super::listing;
use super::output::{self, Format};
use super::review::FailOn;
use nicplan::checks::rules;
use nicplan::finding::Finding;
use nicplan::inventory::Inventory;
use nicplan::mac::{self, MacPlan};
use nicplan::plan::{PoolPlan, StaticMacPlan};
use nicplan::reports;
use nicplan::units::MacRange;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  nicplan mac samples/broken
  nicplan mac samples/four-node-2008r2 -o out
  nicplan mac site-a site-b        (pools must differ between clusters on the same network, too)";

/// Plan MAC address pools, static addresses and spoofing
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    input: InputArgs,
    /// Lowest severity of a finding about MAC addresses or NLB that makes the exit code 1
    #[arg(long, value_name = "SEVERITY", default_value = "error")]
    fail_on: FailOn,
    /// Form of the result
    #[arg(long, default_value = "text")]
    format: Format,
    /// Also write mac_plan.csv and static_macs.csv to this folder
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

/// Rule families that speak of MAC addresses.
const FAMILIES: [&str; 2] = ["mac", "nlb"];

pub fn run(args: &Args, console: &Console) -> Result<Answer, Failure> {
    let inventory = args.input.load(None, console)?;
    let plans = mac::plan_all(&inventory);
    let mut findings = rules::review(&inventory);
    findings.retain(|finding| rules::find(finding.rule).is_some_and(|rule| FAMILIES.contains(&rule.family)));
    console.stage("mac");
    if let Some(dir) = &args.output {
        output::write(dir, &files(&inventory, &plans))?;
    }
    match args.format {
        Format::Text => console.print(&text(&inventory, &plans, &findings, console))?,
        Format::Csv => console.print(
            &files(&inventory, &plans)
                .iter()
                .map(|(_, bytes)| String::from_utf8_lossy(bytes))
                .collect::<Vec<_>>()
                .join("\n"),
        )?,
        Format::Json => console.print(&listing::json(&as_json(&inventory, &plans, &findings))?)?,
    }
    Ok(args.fail_on.answer(&findings))
}

/// The two files of the MAC plan.
fn files(inventory: &Inventory, plans: &[MacPlan]) -> Vec<(String, Vec<u8>)> {
    let by_cluster = || inventory.clusters.iter().zip(plans);
    let pools: Vec<(&str, &[PoolPlan])> = by_cluster()
        .map(|(c, plan)| (c.name.as_str(), &plan.pools[..]))
        .collect();
    let statics: Vec<(&str, &[StaticMacPlan])> = by_cluster()
        .map(|(c, plan)| (c.name.as_str(), &plan.statics[..]))
        .collect();
    vec![
        ("mac_plan.csv".to_owned(), reports::mac_plan_csv(&pools)),
        ("static_macs.csv".to_owned(), reports::static_macs_csv(&statics)),
    ]
}

fn as_json(inventory: &Inventory, plans: &[MacPlan], findings: &[Finding]) -> serde_json::Value {
    let clusters: Vec<serde_json::Value> = inventory
        .clusters
        .iter()
        .zip(plans)
        .map(|(cluster, plan)| serde_json::json!({ "cluster": cluster.name, "mac_pools": plan.pools, "static_macs": plan.statics }))
        .collect();
    serde_json::json!({ "clusters": clusters, "findings": findings })
}

fn text(inventory: &Inventory, plans: &[MacPlan], findings: &[Finding], console: &Console) -> String {
    let mut text = String::new();
    for (cluster, plan) in inventory.clusters.iter().zip(plans) {
        text.push_str(&format!(
            "Cluster {}: dynamic MAC pools\n\n{}\n",
            cluster.name,
            pools(&plan.pools)
        ));
        if !plan.statics.is_empty() {
            text.push_str(&format!(
                "Static addresses and spoofing\n\n{}\n",
                statics(&plan.statics)
            ));
        }
    }
    listing::printable(&text) + &listing::findings(findings, console)
}

fn pools(pools: &[PoolPlan]) -> String {
    let header = ["node", "today", "planned", "in use", "after a node loss", "change"];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    for pool in pools {
        let changes = pool.today != Some(pool.planned);
        rows.push(vec![
            pool.node.clone(),
            pool.today.map_or("unknown".to_owned(), show_range),
            show_range(pool.planned),
            pool.in_use.to_string(),
            pool.worst_in_use.to_string(),
            if changes { "yes" } else { "" }.to_owned(),
        ]);
    }
    listing::aligned(&rows)
}

fn statics(rows: &[StaticMacPlan]) -> String {
    let header = ["VM", "vNIC", "today", "planned", "spoofing", "reason"];
    let mut lines = vec![header.map(str::to_owned).to_vec()];
    for row in rows {
        let kind = if row.dynamic { "dynamic" } else { "static" };
        lines.push(vec![
            row.vm.clone(),
            row.vnic.clone(),
            row.current
                .map_or_else(|| kind.to_owned(), |mac| format!("{mac} {kind}")),
            row.planned.map_or("dynamic".to_owned(), |mac| mac.to_string()),
            if row.spoofing { "on" } else { "off" }.to_owned(),
            row.reason.clone(),
        ]);
    }
    listing::aligned(&lines)
}

fn show_range(range: MacRange) -> String {
    format!("{} .. {}", range.min, range.max)
}
