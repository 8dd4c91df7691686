//! The ways in a few lines per class, for the console: exceptions first, then what is right, then the opinions about the SMB limit.

use super::{ClusterPaths, PathData};
use crate::inventory::ClusterNetwork;
use crate::migration::path::{Class, Opinion, Path, named};
use crate::reports::{not_yet, show};
use crate::roles::Role;
use crate::units::show_mbps;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Sentences and fixes of one kind that are told in full.
const SHOWN: usize = 3;

/// All clusters.
pub(super) fn render(data: &PathData) -> String {
    let parts: Vec<String> = data.clusters.iter().map(cluster).collect();
    parts.join("\n")
}

fn cluster(data: &ClusterPaths) -> String {
    let when = if data.wiring.planned {
        "once the plan is applied"
    } else {
        "as it is today"
    };
    let mut text = format!(
        "Cluster {}: live migration between its nodes, {when}\n\n",
        data.cluster.name
    );
    if let Some(premise) = not_yet::for_migration(&data.cluster) {
        let _ = writeln!(text, "{premise}\n");
    }
    if data.paths.is_empty() {
        text.push_str("There is no second node to migrate to.\n");
        return text;
    }
    for class in &data.classes {
        of_class(&mut text, data, class);
    }
    if !data.opinions.is_empty() {
        text.push_str(&opinions(data));
    }
    if !data.wiring.assumptions.is_empty() {
        text.push_str("Assumed, because the inventory does not say\n\n");
        for line in &data.wiring.assumptions {
            let _ = writeln!(text, "  {line}");
        }
        text.push('\n');
    }
    text.push_str(&summary(data));
    text
}

fn of_class(text: &mut String, data: &ClusterPaths, class: &Class) {
    let Some(path) = class.first(&data.paths) else {
        return;
    };
    let mark = class
        .severity
        .map_or("ok".to_owned(), |s| format!("{s}[{}]", path.layer.name()));
    let _ = writeln!(text, "{mark} {}", data.pairs(class));
    let _ = writeln!(text, "  way   {}", way(data, path));
    if path.network.is_some() {
        let _ = writeln!(text, "  rate  {}", rate(path));
        for (name, rest) in [("usual", usual(path)), ("busy", busy(path))] {
            if let Some(rest) = rest {
                let _ = writeln!(text, "  {name:<5} {rest}");
            }
        }
        let _ = writeln!(text, "  NICs  {}", nics(data, path));
    }
    faults(text, class);
    text.push('\n');
}

/// The faults of a class: for each severity and layer some sentences and what to do, and how many more there are.
fn faults(text: &mut String, class: &Class) {
    let mut groups: BTreeMap<_, (BTreeMap<usize, &str>, Vec<&str>)> = BTreeMap::new();
    for (index, (severity, layer, what, fix)) in class.faults.iter().enumerate() {
        let (said, fixes) = groups.entry((severity, layer)).or_default();
        if !said.values().any(|s| s == what) {
            said.insert(index, what);
        }
        if !fixes.contains(&fix.as_str()) {
            fixes.push(fix);
        }
    }
    for ((severity, layer), (said, fixes)) in groups {
        for what in said.values().take(SHOWN) {
            let _ = writeln!(text, "  {severity:<7} {}: {what}", layer.name());
        }
        more(text, said.len(), "such pairs or nodes");
        for fix in fixes.iter().take(SHOWN) {
            let _ = writeln!(text, "          fix: {fix}");
        }
        more(text, fixes.len(), "such fixes, with --format json");
    }
}

fn more(text: &mut String, count: usize, what: &str) {
    if count > SHOWN {
        let _ = writeln!(text, "          … and {} more {what}", count - SHOWN);
    }
}

/// `Live Migration over SMB Direct`, `SMB 1 and SMB 2 together over SMB Direct`.
pub(super) fn way(data: &ClusterPaths, path: &Path) -> String {
    let Some(network) = &path.network else {
        return "none".to_owned();
    };
    let names = path.carrying.iter().filter_map(|n| data.wiring.networks.get(*n));
    let names: Vec<&str> = names.map(|n| n.name.as_str()).collect();
    let over = path.transport.title();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last} together over {over}", rest.join(", ")),
        _ => format!("{network} over {over}"),
    }
}

/// One migration, all together, how many at once.
pub(super) fn rate(path: &Path) -> String {
    let all = path.egress.min(path.ingress);
    let mut text = format!("{} for one migration", show_mbps(path.cap));
    if all != path.cap {
        let _ = write!(text, ", {} for all together", show_mbps(all));
    }
    if path.guaranteed.is_some() {
        text.push_str(", if nothing else sends");
    }
    let _ = write!(text, "; {} at once", path.concurrency);
    text
}

/// What remains while everything else on the ports sends all it can; `None` where nothing else is on them.
pub(super) fn busy(path: &Path) -> Option<String> {
    let promised = match path.guaranteed? {
        0 => "nothing is promised".to_owned(),
        rate => format!("{} for all together are promised", show_mbps(rate)),
    };
    let others = named(&path.sharing);
    let send = match path.sharing[..] {
        [one] if one != Role::Vm => "sends all it can",
        _ => "send all they can",
    };
    Some(format!("{promised} while {others} on the same ports {send}"))
}

/// What is left while everything else on the ports takes what it needs; `None` where nothing else is on them.
pub(super) fn usual(path: &Path) -> Option<String> {
    path.guaranteed?;
    let all = path.left.egress.min(path.left.ingress);
    let mut text = format!("{} for one migration", show_mbps(path.left.cap));
    if all != path.left.cap {
        let _ = write!(text, ", {} for all together", show_mbps(all));
    }
    let others = named(&path.sharing);
    let needed = show_mbps(path.left.needed);
    Some(format!(
        "{text}, beside the {needed} that are planned there for {others}"
    ))
}

fn nics(data: &ClusterPaths, path: &Path) -> String {
    let end = |node: usize, nics: &[String]| format!("{} {}", data.node(node), nics.join(", "));
    let mut text = format!(
        "{} → {}",
        end(path.source, &path.source_nics),
        end(path.target, &path.target_nics)
    );
    if !path.crossed.is_empty() {
        let _ = write!(text, ", across {}", links(data, path));
    }
    text
}

/// `TOR-A to TOR-B (40 Gbit/s)`.
pub(super) fn links(data: &ClusterPaths, path: &Path) -> String {
    let tor = |t: usize| data.cluster.tors.get(t).map_or("", |t| t.name.as_str());
    let name = |link: &usize| {
        let link = data.cluster.links.get(*link)?;
        Some(format!(
            "{} to {} ({})",
            tor(link.ends.0),
            tor(link.ends.1),
            show_mbps(link.speed)
        ))
    };
    path.crossed.iter().filter_map(name).collect::<Vec<_>>().join(", ")
}

/// The limit that holds and the four rules.
fn opinions(data: &ClusterPaths) -> String {
    let mut text = format!(
        "How fast may live migration over SMB be? The limit and four published opinions, for {}\n\n",
        data.node(data.opinions_of)
    );
    let width = data.opinions.iter().map(|o| o.name.len()).max().unwrap_or(0);
    for opinion in &data.opinions {
        let (cap, time) = cells(opinion, data.cluster.vms.is_empty());
        let _ = writeln!(
            text,
            "  {:<width$}  {cap:<16} drain {time:<14} {}",
            opinion.name, opinion.rule
        );
    }
    text.push('\n');
    text
}

/// Rate and drain time of an opinion; no time where no VM is known.
fn cells(opinion: &Opinion, no_vms: bool) -> (String, String) {
    if opinion.cap_mbps == 0 {
        return ("use Compression".to_owned(), "-".to_owned());
    }
    let time = if no_vms {
        "-".to_owned()
    } else {
        show::seconds(opinion.drain_s)
    };
    (show_mbps(opinion.cap_mbps), time)
}

fn summary(data: &ClusterPaths) -> String {
    let wrong = data.paths.iter().filter(|p| !p.intended).count();
    let all = show::count(data.paths.len(), "pair", "pairs");
    let faulty = data.paths.iter().filter(|p| !p.faults.is_empty()).count();
    match (wrong, faulty) {
        _ if data.wiring.is_unknown() => "Nothing can be said yet.\n".to_owned(),
        (0, _) => format!(
            "{} {}.\n",
            right(data, &all),
            match faulty {
                0 => "nothing is wrong on the way".to_owned(),
                _ => format!("{faulty} have something to look at"),
            }
        ),
        _ => format!(
            "{wrong} of {all} do not use {}. One pair line by line: --from NODE --to NODE\n",
            if meant(data).is_empty() {
                "a network without clients"
            } else {
                "the intended network"
            }
        ),
    }
}

/// Networks that live migration is meant to use.
fn meant<'d>(data: &'d ClusterPaths) -> Vec<&'d str> {
    let networks = data.wiring.networks.iter().filter(|network| network.intended);
    networks.map(|network| network.name.as_str()).collect()
}

/// That every pair takes the network it should: one that is named for it, else one on which a NIC has the role, else one without
/// clients.
fn right(data: &ClusterPaths, all: &str) -> String {
    let meant = meant(data);
    let named = |network: &ClusterNetwork| network.purpose == Some(Role::LiveMigration);
    if !meant.is_empty() && (data.wiring.planned || data.cluster.networks.iter().any(named)) {
        return format!("All {all} use the intended network;");
    }
    let nobody = "No network is named for live migration (purpose in cluster_networks.csv)";
    let whose = decides(data);
    if meant.is_empty() {
        return format!("{nobody}, so {whose} decides.\nAll {all} take a network without clients, as they should;");
    }
    let on = show::some_of(&meant, SHOWN);
    format!(
        "{nobody}; adapters of {on} have the role, and {whose} decides which comes first.\nAll {all} take what has the role;"
    )
}

/// What decides which network comes first.
fn decides(data: &ClusterPaths) -> &'static str {
    if !data.cluster.migration.network_order.is_empty() {
        return "the place in MigrationNetworkOrder";
    }
    if data.wiring.networks.iter().all(|network| network.metric_known) {
        return "the metric";
    }
    "the metric, which is assumed here (read it with Get-ClusterNetwork | Format-Table Name, Metric and write it in \
     cluster_networks.csv),"
}
