//! The account of MAC addresses as text: pools, static addresses, changes; the dangers are in `text_dangers`.
//!
//! In: [`LedgerData`]. Out: text. Must not know: colours, findings beside their number.

use super::LedgerData;
use super::names::{assumed_from, range};
use crate::finding::{Finding, Severity};
use crate::inventory::Cluster;
use crate::mac::account::Fill;
use crate::mac::{NEW_POOLS, STATIC_BLOCK};
use crate::plan::{PoolPlan, StaticMacPlan};
use crate::reports::{not_yet, show};
use crate::units::count;

/// Rows of a list that are shown; the files hold all.
pub(super) const SHOWN: usize = 30;

pub(super) fn text(data: &LedgerData, remaining: &[Finding]) -> String {
    let mut text = premise(data);
    for (index, (cluster, plan)) in data.inventory.clusters.iter().zip(&data.plans).enumerate() {
        let name = show::printable(&cluster.name);
        text.push_str(&format!(
            "Cluster {name}: dynamic MAC pools\n\n{}\n",
            pools(data, index, &plan.pools)
        ));
        if !plan.statics.is_empty() {
            text.push_str(&format!(
                "Static addresses and spoofing\n\n{}\n",
                statics(&plan.statics)
            ));
        }
    }
    text.push_str(&growth(data));
    text.push_str(&assumptions(data));
    text.push_str(&data.dangers_text());
    text.push_str(&data.nlb_text());
    text.push_str(&changes(data, remaining));
    text
}

/// What is judged where the hosts do not run Hyper-V yet, once for all such clusters.
fn premise(data: &LedgerData) -> String {
    let clusters = data.inventory.clusters.iter();
    let told: Vec<_> = clusters
        .filter_map(|c| Some((show::printable(&c.name), not_yet::for_addresses(c)?)))
        .collect();
    let Some((_, text)) = told.first() else {
        return String::new();
    };
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    format!("{}: {text}\n\n", show::some_of(&names, 6))
}

fn pools(data: &LedgerData, cluster: usize, pools: &[PoolPlan]) -> String {
    let header = [
        "node",
        "today",
        "planned",
        "in use",
        "after a node loss",
        "runs out",
        "runs out after a node loss",
        "change",
    ];
    let mut rows = vec![header.map(str::to_owned).to_vec()];
    let fills = data.today.fill.iter().filter(|f| f.cluster == cluster);
    for (pool, fill) in pools.iter().zip(fills) {
        let until = |runs_out| Option::map_or(runs_out, "unknown".to_owned(), |u| data.until(u));
        let change = match fill.pool {
            _ if pool.today == Some(pool.planned) => "",
            Some(assumed) if assumed.assumed && assumed.range == pool.planned => "if it differs",
            _ => "yes",
        };
        rows.push(vec![
            show::printable(&pool.node),
            today(data, fill),
            range(pool.planned),
            pool.in_use.to_string(),
            pool.worst_in_use.to_string(),
            until(fill.now),
            until(fill.after_loss),
            change.to_owned(),
        ]);
    }
    show::aligned(&rows)
}

fn today(data: &LedgerData, fill: &Fill) -> String {
    let node = data.node(fill.cluster, fill.node);
    match (fill.pool, node) {
        (Some(pool), Some(node)) if pool.assumed => {
            let from = show::printable(assumed_from(node, Some(pool)));
            format!("{} (assumed from {from})", range(pool.range))
        }
        (Some(pool), _) => range(pool.range),
        (None, _) => "unknown".to_owned(),
    }
}

fn statics(rows: &[StaticMacPlan]) -> String {
    let header = ["VM", "vNIC", "today", "planned", "spoofing", "reason"];
    let mut lines = vec![header.map(str::to_owned).to_vec()];
    for row in rows {
        let kind = if row.dynamic { "dynamic" } else { "static" };
        lines.push(vec![
            show::printable(&row.vm),
            show::printable(&row.vnic),
            row.current
                .map_or_else(|| kind.to_owned(), |mac| format!("{mac} {kind}")),
            row.planned.map_or("dynamic".to_owned(), |mac| mac.to_string()),
            if row.spoofing { "on" } else { "off" }.to_owned(),
            show::printable(&row.reason),
        ]);
    }
    show::aligned(&lines)
}

/// What the columns "runs out" count on.
fn growth(data: &LedgerData) -> String {
    let mut rates: Vec<u64> = data
        .inventory
        .clusters
        .iter()
        .map(|c| c.policy.growth_percent)
        .collect();
    rates.sort_unstable();
    rates.dedup();
    if rates == [0] {
        return "Runs out: the policy has no growth (growth_percent), so a pool that is large enough today stays so.\n\n".to_owned();
    }
    let rates: Vec<String> = rates.iter().map(|r| format!("{r} %")).collect();
    let day = match data.as_of {
        Some(day) => format!("counted from {day}"),
        None => "counted from today; with --as-of DATE it is a date".to_owned(),
    };
    format!(
        "Runs out: growth_percent of the policy ({}) is taken as the growth of a year, each year on top of the last; {day}.\n\n",
        rates.join(" and ")
    )
}

/// Pools that are assumed, or of which nothing is known.
fn assumptions(data: &LedgerData) -> String {
    let nodes = |test: fn(&Fill) -> bool| -> Vec<(usize, usize)> {
        let found = data.today.fill.iter().filter(|f| test(f));
        found.map(|f| (f.cluster, f.node)).collect()
    };
    let assumed = nodes(|f| f.pool.is_some_and(|p| p.assumed));
    let unknown = nodes(|f| f.pool.is_none());
    let mut text = String::new();
    let runs = |(cluster, _): &(usize, usize)| data.cluster(*cluster).is_some_and(Cluster::runs_hyper_v);
    let (assumed, to_come): (Vec<_>, Vec<_>) = assumed.into_iter().partition(runs);
    if !assumed.is_empty() {
        text.push_str(&format!(
            "Assumed: the pool of {} is not in the inventory. Taken is what Windows makes of the last two octets of management_ip; it \
             keeps that of the day on which Hyper-V was installed, so read the real one (Get-VMHost: MacAddressMinimum, \
             MacAddressMaximum).\n\n",
            data.nodes_of_all(&assumed)
        ));
    }
    if !to_come.is_empty() {
        text.push_str(&format!(
            "Assumed: {} will get the pool that Windows makes of the last two octets of management_ip on the day on which Hyper-V is \
             installed. A host that is installed with another address gets another pool.\n\n",
            data.nodes_of_all(&to_come)
        ));
    }
    if !unknown.is_empty() {
        text.push_str(&format!(
            "Unknown: of {} the inventory tells neither mac_pool_min nor management_ip; nothing is said about overlaps and cold \
             starts there.\n\n",
            data.nodes_of_all(&unknown)
        ));
    }
    text
}

fn changes(data: &LedgerData, remaining: &[Finding]) -> String {
    let changes = data.changes();
    let (changed, known) = data.changed_pools();
    let of = |kind: &str| changes.iter().filter(|c| c.kind == kind).count();
    let mut text = format!("Proposed change\n\n{}", pool_changes(changed, known));
    text.push_str(&format!(
        "{} set, {} set, {} for a new address. {} turned off for it (mac_changes.csv has the steps in order).\n",
        count(of("static"), "static address"),
        count(of("spoofing"), "spoofing setting"),
        count(of("restart"), "cold start"),
        match data.turned_off() {
            0 => "No running VM is".to_owned(),
            1 => "1 VM must be".to_owned(),
            vms => format!("{vms} VMs must be"),
        }
    ));
    text.push_str(&advised(changes.iter().filter(|c| !c.needed).count(), changes.len()));
    let restarts: Vec<_> = changes.iter().filter(|c| c.kind == "restart").collect();
    for change in restarts.iter().take(SHOWN) {
        let line = format!(
            "  {}: {} ({}: {})",
            change.subject, change.planned, change.adapter, change.today
        );
        text.push_str(&format!("{}\n", show::printable(&line)));
    }
    text.push_str(&more(restarts.len(), "mac_changes.csv"));
    if !restarts.is_empty() {
        text.push_str(how_few(data.starts.fewest));
    }
    text + &left(remaining) + "\n"
}

/// How many steps could be left out without an error.
fn advised(advised: usize, all: usize) -> String {
    let steps = count(all, "step");
    match advised {
        0 => String::new(),
        1 => format!("1 of {steps} clears a warning or follows advice: no error stands without it (needed = no).\n"),
        _ => format!(
            "{advised} of {steps} clear warnings or follow advice: no error stands without them (needed = no).\n"
        ),
    }
}

/// Whether fewer cold starts would do.
fn how_few(proven: bool) -> &'static str {
    if proven {
        "With these pools and static addresses fewer cold starts do not part all adapters with one address (proven).\n"
    } else {
        "Fewer cold starts may do: so many VMs share addresses with each other that not every choice was tried.\n"
    }
}

/// How many of the known pools change, and why no fewer.
fn pool_changes(changed: usize, known: usize) -> String {
    if changed == 0 {
        return format!("No pool of the inventory has to change ({} known).\n", known);
    }
    format!(
        "{changed} of {} change: those that stay are as many as overlaps and addresses that must not change allow and, of \
         several ways, those from which most adapters draw.\nA pool that moves goes to {NEW_POOLS} or behind it in blocks of 256, a new static address comes from {} on.\n",
        count(known, "known pool"),
        STATIC_BLOCK.min
    )
}

/// What is still wrong once every change is done.
fn left(remaining: &[Finding]) -> String {
    let errors = remaining
        .iter()
        .filter(|f| f.counts_as == Severity::Error && f.suppressed_by.is_empty());
    let mut names: Vec<&str> = errors.map(|f| f.rule).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        "Afterwards no error about MAC addresses or NLB is left.\n".to_owned()
    } else {
        format!(
            "Afterwards these errors are left, which no address can repair: {}.\n",
            names.join(", ")
        )
    }
}

/// A line that says how many rows are not shown; empty when all are.
pub(super) fn more(rows: usize, file: &str) -> String {
    if rows > SHOWN {
        format!("  and {} more in {file}\n", show::thousands((rows - SHOWN) as u64))
    } else {
        String::new()
    }
}
