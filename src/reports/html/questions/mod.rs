//! The questions that administrators ask about such a cluster, answered from the plan.

use crate::checks::recount::FailureResult;
use crate::inventory::VmPriority;
use crate::migration;
use crate::migration::assumptions::COMPRESSION_FACTOR;
use crate::migration::path::Carrier;
use crate::policy::FailureKind;
use crate::profiles::Transport;
use crate::reports::data::{ClusterData, ReportData};
use crate::reports::svg::{escape, push_escaped};
use crate::reports::{emptying, show, story};
use crate::roles::Role;
use crate::units::{show_mbps, show_permille};
use std::fmt::Write;

/// A question, the table that shows more, and the answer; no answer = it does not apply to this cluster.
type Question = (&'static str, &'static str, fn(&ClusterData) -> Option<String>);

const QUESTIONS: [Question; 15] = [
    ("How many network cards does a node need?", "assignment", how_many_nics),
    (
        "Which network does live migration use?",
        "assignment",
        migration_network,
    ),
    (
        "What shares NICs with heartbeat, CSV and live migration?",
        "role-capacity",
        sharing,
    ),
    (
        "How fast is live migration, and why not faster?",
        "drains",
        migration_speed,
    ),
    ("TCP/IP, compression or SMB?", "assignment", transport),
    ("How many live migrations at once?", "drains", concurrency),
    (
        "How do I keep live migration from starving storage and CSV?",
        "role-capacity",
        starving,
    ),
    ("How long does it take to empty a node?", "drains", drain),
    ("What happens to low-priority VMs in a drain?", "drains", low_priority),
    ("What if a NIC, a card or a switch fails?", "failures", failures),
    (
        "Validation warns about one network path: which role has only one?",
        "failures",
        single_path,
    ),
    (
        "My nodes have different NICs: does that matter?",
        "assignment",
        different_nodes,
    ),
    (
        "Do two hosts hand out the same MAC? Is a pool running out?",
        "mac-plan",
        mac_pools,
    ),
    (
        "Which VMs must keep their MAC, and which need spoofing (NLB)?",
        "static-macs",
        static_macs,
    ),
    (
        "Fibre Channel or no network storage: is the cluster network still redundant?",
        "failures",
        cluster_network,
    ),
];

/// Writes the section.
pub(super) fn write(data: &ReportData, out: &mut String) {
    for cluster in &data.clusters {
        if data.clusters.len() > 1 {
            let _ = writeln!(out, "<h3>{}</h3>", escape(&cluster.facts.name));
        }
        for (question, table, answer) in QUESTIONS {
            // a single node has nobody to migrate to: no answer, and no table to show more
            if table == "drains" && cluster.drains.is_none() {
                continue;
            }
            let Some(answer) = answer(cluster) else { continue };
            let _ = write!(out, "<h4>{question}</h4>\n<p>");
            push_escaped(out, &show::sentence(&answer));
            let _ = writeln!(out, " <a href=\"#table-{table}\">Details</a></p>");
        }
    }
}

fn how_many_nics(cluster: &ClusterData) -> Option<String> {
    let used = |group: &crate::reports::data::NodeGroup| {
        cluster.ports_of(group.first()).filter(|p| p.uplink.is_some()).count()
    };
    let parts = cluster
        .patterns
        .iter()
        .take(8)
        .map(|g| format!("{}: {} in use", g.label, show::count(used(g), "NIC", "NICs")));
    let parts: Vec<String> = parts.collect();
    let more = cluster.patterns.len().saturating_sub(8);
    let rest = if more > 0 {
        format!("; and {more} more kinds of nodes")
    } else {
        String::new()
    };
    let cut = cut_roles(cluster, FailureKind::Card);
    let cards = match cut.is_empty() {
        true => "every role survives the loss of a whole card".to_owned(),
        false => format!(
            "two ports on one card are not redundant: losing a card stops {}",
            cut.join(", ")
        ),
    };
    Some(format!("{}{rest}. With this plan {cards}.", parts.join("; ")))
}

/// Titles of the roles that some failure of a kind stops.
fn cut_roles(cluster: &ClusterData, kind: FailureKind) -> Vec<String> {
    let mut roles = Vec::new();
    for (index, (role, network)) in cluster.failures.columns.iter().enumerate() {
        let lines = cluster.failures.lines.iter().filter(|l| l.kind == kind);
        let cut = lines
            .filter_map(|l| l.cells.get(index)?.as_ref())
            .any(|c| c.result == FailureResult::Cut);
        if cut {
            let network = if network.is_empty() {
                String::new()
            } else {
                format!(" {network}")
            };
            roles.push(format!("{}{network}", role.info().title));
        }
    }
    roles
}

fn migration_network(cluster: &ClusterData) -> Option<String> {
    let uplink = cluster.uplink_of(Role::LiveMigration)?;
    let groups = cluster.patterns.iter().take(6).filter_map(|g| {
        let nics = &cluster.node_uplink(g.first(), uplink)?.nics;
        Some(format!(
            "{} on {}",
            if nics.is_empty() {
                "no NIC".to_owned()
            } else {
                nics.join(", ")
            },
            g.label
        ))
    });
    let nics: Vec<String> = groups.collect();
    let detours = cluster.paths().detours();
    if !detours.is_empty() {
        return Some(format!(
            "Planned is the uplink {} ({}), but not every migration will use it: {}.",
            cluster.uplink_name(uplink),
            nics.join("; "),
            detours.join(". ")
        ));
    }
    Some(format!(
        "The uplink {}: {}. If it fails, live migration falls back to the next cluster network in its order; put the other networks last or \
         exclude them, or it may take the management network.",
        cluster.uplink_name(uplink),
        nics.join("; ")
    ))
}

fn sharing(cluster: &ClusterData) -> Option<String> {
    let one = |role: Role| {
        cluster.uplink_of(role)?;
        let others = story::sharers(cluster, role);
        let with = if others.is_empty() {
            "nothing: it has NICs of its own".to_owned()
        } else {
            others.join(", ")
        };
        Some(format!("{} shares with {with}", role.info().title))
    };
    let parts: Vec<String> = [Role::Cluster, Role::LiveMigration]
        .into_iter()
        .filter_map(one)
        .collect();
    (!parts.is_empty()).then(|| format!("{}.", parts.join("; ")))
}

fn migration_speed(cluster: &ClusterData) -> Option<String> {
    cluster.uplink_of(Role::LiveMigration)?;
    let speeds = cluster.paths().speeds();
    let compressed = cluster
        .paths()
        .paths
        .iter()
        .any(|path| path.transport == Carrier::Compression);
    let shrinks = match compressed {
        true => format!(" Compression packs about {COMPRESSION_FACTOR} bytes of memory into one on the wire."),
        false => String::new(),
    };
    (!speeds.is_empty()).then(|| {
        format!(
            "{}. A single migration over TCP or with compression gets one port and one processor core at most; only SMB Multichannel adds \
             ports up.{shrinks}",
            speeds.join(". ")
        )
    })
}

fn transport(cluster: &ClusterData) -> Option<String> {
    let uplink = cluster.uplink_of(Role::LiveMigration)?;
    let used: Vec<Transport> = cluster
        .patterns
        .iter()
        .filter_map(|g| cluster.node_uplink(g.first(), uplink)?.transport)
        .collect();
    let mut names: Vec<&str> = used.iter().map(|t| show::transport(*t)).collect();
    names.sort_unstable();
    names.dedup();
    let why = match cluster.facts.transport {
        Some(_) => "as set in the inventory",
        None if used.iter().all(|t| *t == Transport::Smb) => "because every live-migration port has RDMA",
        None => "the default of this Windows version",
    };
    (!names.is_empty()).then(|| format!("{}, {why}.", names.join(" and ")))
}

fn concurrency(cluster: &ClusterData) -> Option<String> {
    cluster.uplink_of(Role::LiveMigration)?;
    let number = migration::concurrency(cluster.facts);
    let source = if cluster.facts.concurrency.is_some() {
        "set in the inventory"
    } else {
        "the default of this Windows version"
    };
    Some(format!(
        "{number} per node, {source}. On a cluster the cluster's own limit wins over the host's; set both alike."
    ))
}

fn starving(cluster: &ClusterData) -> Option<String> {
    let uplink = cluster.uplink_of(Role::LiveMigration)?;
    let others = story::sharers(cluster, Role::LiveMigration);
    if others.is_empty() {
        return Some("Nothing to do: live migration has NICs of its own.".to_owned());
    }
    let first = cluster.groups.first()?.first();
    let share = cluster
        .node_uplink(first, uplink)?
        .shares
        .iter()
        .find(|s| s.role == Role::LiveMigration)?
        .permille;
    let after = cluster
        .role_capacity(first, Role::LiveMigration)
        .map_or(0, |r| r.guaranteed_mbps);
    let load = cluster
        .recount
        .uplinks
        .iter()
        .find(|u| (u.node, u.uplink) == (first, uplink))?;
    // after a failure that cuts the uplink nothing is left to share: the number to set is that of the working uplink
    let (guaranteed, when) = match after {
        0 => (load.capacity.saturating_mul(share) / 1000, "with everything working"),
        rate => (rate, "after the worst failure"),
    };
    let smb = cluster.node_uplink(first, uplink)?.transport == Some(Transport::Smb);
    let limit = match smb {
        true => format!(
            " Over SMB also limit it: Set-SmbBandwidthLimit -Category LiveMigration -BytesPerSecond {}.",
            guaranteed * 125_000
        ),
        false => String::new(),
    };
    Some(format!(
        "It shares NICs with {}. Give it {} of the uplink (minimum bandwidth or ETS), that is {} on {} {when}.{limit}",
        others.join(", "),
        show_permille(share),
        show_mbps(guaranteed),
        cluster.node_name(first)
    ))
}

fn drain(cluster: &ClusterData) -> Option<String> {
    cluster.slowest_drain()?;
    let goal = cluster
        .facts
        .policy
        .drain_goal_s
        .map_or(String::new(), |g| format!(" The goal is {}.", show::seconds(g)));
    Some(format!("{}.{goal}", emptying::sentence(cluster)))
}

fn low_priority(cluster: &ClusterData) -> Option<String> {
    let low = cluster
        .facts
        .vms
        .iter()
        .filter(|vm| vm.priority == VmPriority::Low)
        .count();
    (low > 0).then(|| {
        format!(
            "{} of low priority: Windows saves and resumes them (quick migration), so their clients are cut off. Raise the priority to move them live.",
            show::count(low, "VM is", "VMs are")
        )
    })
}

fn failures(cluster: &ClusterData) -> Option<String> {
    let parts = [FailureKind::Nic, FailureKind::Card, FailureKind::Tor].map(|kind| {
        let cut = cut_roles(cluster, kind);
        let what = show::failure_kind(kind);
        if cut.is_empty() {
            format!("any one {what}: nothing stops")
        } else {
            format!("one {what}: {} may stop", cut.join(", "))
        }
    });
    Some(format!("{}. The drawing of failures shows where.", parts.join("; ")))
}

fn single_path(cluster: &ClusterData) -> Option<String> {
    let single = cut_roles(cluster, FailureKind::Nic);
    Some(match single.is_empty() {
        true => "None: every role keeps a path after the loss of any one NIC. A team counts as one path for the validation; that warning may be ignored.".to_owned(),
        false => format!("{} on at least one node; the warning is right there.", single.join(", ")),
    })
}

fn different_nodes(cluster: &ClusterData) -> Option<String> {
    let kinds = cluster.groups.len();
    (kinds > 1).then(|| {
        format!("There are {kinds} kinds of nodes (ports, wiring or use differ). The design is the same on all; a team never mixes speeds or models within a node.")
    })
}

fn mac_pools(cluster: &ClusterData) -> Option<String> {
    let pools = &cluster.plan.mac_pools;
    let today: Vec<_> = pools.iter().filter_map(|p| p.today).collect();
    let pairs = today
        .iter()
        .enumerate()
        .flat_map(|(i, a)| today[i + 1..].iter().map(move |b| a.intersection(*b)));
    let overlaps = pairs.flatten().count();
    let fullest = pools
        .iter()
        .max_by_key(|p| p.worst_in_use.saturating_mul(1000) / p.planned.size().max(1))?;
    let today = match overlaps {
        0 => "No pools overlap today".to_owned(),
        n => format!(
            "{} out the same addresses today",
            show::count(n, "pair of hosts hands", "pairs of hosts hand")
        ),
    };
    Some(format!(
        "{today}; the planned pools do not. Fullest: {}, {} of {} addresses in use, {} after the loss of a node.",
        fullest.node,
        fullest.in_use,
        show::thousands(fullest.planned.size()),
        fullest.worst_in_use
    ))
}

fn static_macs(cluster: &ClusterData) -> Option<String> {
    let rows = &cluster.plan.static_macs;
    if rows.is_empty() {
        return Some("None that the inventory tells of.".to_owned());
    }
    let names = |wanted: &dyn Fn(&crate::plan::StaticMacPlan) -> bool| {
        let mut names: Vec<&str> = rows.iter().filter(|r| wanted(r)).map(|r| r.vm.as_str()).collect();
        names.dedup();
        if names.is_empty() {
            "none".to_owned()
        } else {
            show::some_of(&names, 8)
        }
    };
    Some(format!(
        "Static MAC: {}. Spoofing on: {}.",
        names(&|r| r.planned.is_some()),
        names(&|r| r.spoofing)
    ))
}

fn cluster_network(cluster: &ClusterData) -> Option<String> {
    if cluster.facts.storage.on_nics() {
        return None;
    }
    cluster.uplink_of(Role::Cluster)?;
    let cut = [FailureKind::Nic, FailureKind::Card, FailureKind::Tor]
        .into_iter()
        .filter(|k| cut_roles(cluster, *k).contains(&Role::Cluster.info().title.to_owned()));
    let cut: Vec<&str> = cut.map(show::failure_kind).collect();
    let answer = if cut.is_empty() {
        "yes".to_owned()
    } else {
        format!("no, it stops after the loss of a {}", cut.join(" or a "))
    };
    Some(format!(
        "Storage is {}, but CSV metadata and redirected I/O still run over the cluster network. Redundant: {answer}.",
        show::storage(cluster.facts.storage)
    ))
}
