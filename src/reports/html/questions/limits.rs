//! Limits that somebody sets: the rate of live migration over SMB, its share beside other traffic, how many run at once.
//!
//! Sources: Microsoft Learn, `Get-Cluster` (MaximumParallelMigrations overrides the hosts' number from the update of September 2022),
//! `Set-VMHost`, "Manage SMB bandwidth limits for live migration". That an updated cluster starts with 1 is what lab scripts of MSLab and
//! practitioners see; Microsoft states no number.

use crate::migration::drain::Forecast;
use crate::migration::path::{Opinion, SmbShare, set_smb_limit, slots, smb_limit};
use crate::powershell::quoted;
use crate::profiles::{Transport, WS2008R2, WS2022};
use crate::reports::data::ClusterData;
use crate::reports::drains::minutes;
use crate::reports::{show, story};
use crate::roles::Role;
use crate::units::{Mbps, show_mbps, show_permille};
use std::collections::BTreeSet;

/// The limit that holds and the published rules, each with its drain; over which NICs they count, and what one failure leaves.
pub(super) fn over_smb(cluster: &ClusterData) -> Option<String> {
    let paths = cluster.paths();
    let smb = paths
        .paths
        .iter()
        .filter(|path| path.transport.is_smb() && path.network.is_some());
    let path = smb.into_iter().find(|path| path.source == paths.opinions_of)?;
    let [own, rules @ ..] = paths.opinions.as_slice() else {
        return None;
    };
    let told: Vec<String> = rules.iter().map(|rule| opinion(cluster, rule)).collect();
    let node = cluster.facts.nodes.get(path.source)?;
    let ports: Vec<Mbps> = path
        .source_ports
        .iter()
        .filter_map(|port| node.nics.get(*port))
        .map(|nic| nic.speed)
        .collect();
    let (sum, most) = (ports.iter().sum::<Mbps>(), ports.iter().max().copied().unwrap_or(0));
    let all = node.linked_speed();
    let after = match sum - most {
        0 => "there is no second port to fail over to".to_owned(),
        left => format!(
            "when one of them fails, {} are left, and a limit above that holds nothing back",
            show_mbps(left)
        ),
    };
    Some(format!(
        "Live migration out of {} gets {}: that is what all layers leave it. Published rules, none of them binding: {}. The percentage of the \
         cluster counts all NICs of the node, {}; the others count the ports of live migration, {}; {after}.",
        node.name,
        rate(cluster, own),
        told.join("; "),
        show_mbps(all),
        show_mbps(sum)
    ))
}

/// `MSLab (40 % of the ports): 20 Gbit/s, empties it in 1 min 10 s at best`.
fn opinion(cluster: &ClusterData, opinion: &Opinion) -> String {
    let said = match opinion.cap_mbps {
        0 => "compression instead".to_owned(),
        _ => rate(cluster, opinion),
    };
    format!("{} ({}): {said}", show::sentence(opinion.name), opinion.rule)
}

fn rate(cluster: &ClusterData, opinion: &Opinion) -> String {
    let rate = show_mbps(opinion.cap_mbps);
    match cluster.facts.vms.is_empty() {
        true => rate,
        false => format!("{rate}, node empty in {} at best", show::seconds(opinion.drain_s)),
    }
}

/// The share to give live migration, and the limit over SMB where one is needed.
pub(super) fn starving(cluster: &ClusterData) -> Option<String> {
    let uplink = cluster.uplink_of(Role::LiveMigration)?;
    let others = story::sharers(cluster, Role::LiveMigration);
    if others.is_empty() {
        return Some("Nothing to do: live migration has NICs of its own.".to_owned());
    }
    let first = cluster.groups.first()?.first();
    let decided = cluster.node_uplink(first, uplink)?;
    let share = decided.shares.iter().find(|s| s.role == Role::LiveMigration)?.permille;
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
    let limit = match decided.transport == Some(Transport::Smb) {
        true => cap(cluster, first, guaranteed, load.capacity),
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

/// The limit over SMB that keeps to a rate, unless a lower one holds already; where storage or cluster traffic is on the same
/// ports, to what live migration may take of the SMB class. Judged once the plan is applied, as the drawing of the paths is.
fn cap(cluster: &ClusterData, node: usize, rate: Mbps, ports: Mbps) -> String {
    let after = cluster.paths().cluster.as_ref();
    let limit = smb_limit(after, node).map(|(limit, _)| limit);
    let beside = [Role::Storage, Role::Cluster].map(|role| cluster.uplink_of(role));
    let shared = beside.contains(&cluster.uplink_of(Role::LiveMigration));
    let share = after
        .nodes
        .get(node)
        .filter(|_| shared)
        .map(|host| SmbShare::new(host, ports));
    let rate = share.map_or(rate, SmbShare::most);
    let words = share.map_or_else(|| show_mbps(rate), SmbShare::words);
    let fix = || set_smb_limit(after, node, rate);
    match limit {
        Some(limit) if limit > rate => format!(
            " Its limit over SMB, {}, is over {words}: it can starve the others. Lower it: {}.",
            show_mbps(limit),
            fix()
        ),
        Some(limit) => {
            let set = match smb_limit(cluster.facts, node).map(|(limit, _)| limit) == Some(limit) {
                true => "nothing to set",
                false => "`nicplan deploy` sets it",
            };
            format!(
                " Its limit over SMB, {}, is not above {words}: {set}.",
                show_mbps(limit)
            )
        }
        None => format!(" Over SMB also limit it, to {words}: {}.", fix()),
    }
}

/// Migrations at once: which number counts, who said it, which would be better.
pub(super) fn at_once(cluster: &ClusterData) -> Option<String> {
    cluster.uplink_of(Role::LiveMigration)?;
    let facts = cluster.facts;
    if facts.profile.generation == WS2008R2 {
        return Some(format!("1 per node: {} moves no more at a time.", facts.profile.title));
    }
    let numbers = numbers(cluster);
    let by_property = facts.migration.maximum_parallel.is_some() && facts.profile.generation >= WS2022;
    let hosts = facts.nodes.iter().any(|node| node.migration.concurrency.is_some());
    let source = match (by_property, hosts || facts.concurrency.is_some()) {
        (true, _) => "the cluster's MaximumParallelMigrations",
        (false, true) => "set in the inventory",
        (false, false) => "the default of this Windows version",
    };
    let counts = match facts.profile.generation {
        WS2022.. => {
            "From the update of September 2022 the cluster's MaximumParallelMigrations overrides the hosts' MaximumVirtualMachineMigrations; \
             set both alike"
        }
        _ => {
            "The cluster has no number of its own before 2022: each host's MaximumVirtualMachineMigrations counts, the smaller of source and target"
        }
    };
    Some(format!(
        "{} per node, {source}. {counts}.{}",
        range(&numbers),
        better(cluster, &numbers)
    ))
}

/// The numbers that hold on the nodes.
fn numbers(cluster: &ClusterData) -> BTreeSet<u64> {
    (0..cluster.facts.nodes.len())
        .map(|node| slots(cluster.facts, node))
        .collect()
}

/// `2`, `1 to 4`.
fn range(numbers: &BTreeSet<u64>) -> String {
    match (numbers.first(), numbers.last()) {
        (Some(least), Some(most)) if least != most => format!("{least} to {most}"),
        (Some(one), _) => one.to_string(),
        _ => String::new(),
    }
}

/// The number that the planned patch night sets; empty where none was planned.
fn better(cluster: &ClusterData, numbers: &BTreeSet<u64>) -> String {
    let Some((forecast, planned)) = planned(cluster) else {
        return String::new();
    };
    let best = forecast.recommended;
    let same = numbers.len() == 1 && numbers.contains(&u64::from(best));
    match same {
        true => format!(" The forecast finds no number that is better than {best}."),
        false => format!(
            " Best by the forecast: {best}; with it and in the planned order the patch night takes {} instead of {}.",
            minutes(planned),
            minutes(forecast.run.total_ms())
        ),
    }
}

/// The forecast with the time of its planned patch night, ms.
fn planned<'c>(cluster: &'c ClusterData) -> Option<(&'c Forecast, u64)> {
    let forecast = cluster.drains.as_ref()?;
    Some((forecast, forecast.planned_run.as_ref()?.total_ms()))
}

/// Why the number at the hosts has no effect; only where the cluster has one of its own.
pub(super) fn set_back(cluster: &ClusterData) -> Option<String> {
    let facts = cluster.facts;
    if facts.profile.generation < WS2022 || facts.nodes.len() < 2 {
        return None;
    }
    cluster.uplink_of(Role::LiveMigration)?;
    let hosts: BTreeSet<u64> = facts
        .nodes
        .iter()
        .filter_map(|node| node.migration.concurrency.map(u64::from))
        .collect();
    let hosts = match hosts.is_empty() {
        true => "whatever Hyper-V Manager or Set-VMHost says at the hosts".to_owned(),
        false => format!("whatever the hosts say, here {}", range(&hosts)),
    };
    let property = facts.migration.maximum_parallel;
    let now = match property {
        Some(number) => format!("it is {number} here, and holds {hosts}"),
        None => format!(
            "it holds {hosts}, and is 1 on updated clusters where nobody set it, as far as is known. The inventory does not tell it; the forecast counts on {}",
            range(&numbers(cluster))
        ),
    };
    let wanted = planned(cluster).map(|(forecast, _)| u64::from(forecast.recommended));
    let wanted = wanted.or_else(|| numbers(cluster).last().copied())?;
    let name = quoted(&facts.name);
    let todo = match property.map(u64::from) {
        Some(number) if number == wanted => "That is the number to keep".to_owned(),
        _ => format!("Set it in the cluster: (Get-Cluster -Name {name}).MaximumParallelMigrations = {wanted}"),
    };
    let atc = match facts.profile.network_atc {
        true => {
            " Network ATC undoes what is set by hand: give it the number, too (New-NetIntentGlobalClusterOverrides, \
                 MaximumVirtualMachineMigrations)."
        }
        false => "",
    };
    Some(format!(
        "Since the update of September 2022 the cluster has a number of its own, MaximumParallelMigrations: {now}. {todo}.{atc}"
    ))
}
