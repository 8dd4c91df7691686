//! What breaks, and what breaks silently: single paths, heartbeats under load, VMs without network after a move.
//!
//! Sources: Microsoft Learn, "Tuning Failover Cluster Network Thresholds" (event 1135, SameSubnetThreshold); Microsoft KB 968703
//! (teams and VMSMP event 28).

use crate::checks::recount::FailureResult;
use crate::plan::Mechanism;
use crate::policy::FailureKind;
use crate::profiles::{TeamKind, WS2016};
use crate::reports::data::ClusterData;
use crate::reports::{node_loss, show, story};
use crate::roles::Role;
use crate::units::{show_mbps, show_permille};

/// Heartbeats that may be lost before a node is removed: before 2016 when nothing is set, and what Microsoft recommends.
const OLD_THRESHOLD: u64 = 5;
const GOOD_THRESHOLD: u64 = 10;

/// Titles of the roles that some failure of a kind stops.
pub(super) fn cut_roles(cluster: &ClusterData, kind: FailureKind) -> Vec<String> {
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

/// What any one failure stops.
pub(super) fn failures(cluster: &ClusterData) -> Option<String> {
    let parts = [FailureKind::Nic, FailureKind::Card, FailureKind::Tor].map(|kind| {
        let cut = cut_roles(cluster, kind);
        let what = show::failure_kind(kind);
        if cut.is_empty() {
            format!("any one {what}: nothing stops")
        } else {
            format!("one {what}: {} may stop", cut.join(", "))
        }
    });
    let node = node_loss::sentence(cluster);
    Some(format!("{}. {node} The drawing of failures shows where.", parts.join("; ")).replace("  ", " "))
}

/// Roles that one NIC carries alone.
pub(super) fn single_path(cluster: &ClusterData) -> Option<String> {
    let single = cut_roles(cluster, FailureKind::Nic);
    Some(match single.is_empty() {
        true => "None: every role keeps a path after the loss of any one NIC. A team counts as one path for the validation; that warning \
                 may be ignored."
            .to_owned(),
        false => format!(
            "{} on at least one node; the warning is right there.",
            single.join(", ")
        ),
    })
}

/// Whether the cluster network is redundant where storage takes no NIC.
pub(super) fn cluster_network(cluster: &ClusterData) -> Option<String> {
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

/// What can keep heartbeats away: what they share, how full that is, on how many networks they run, how soon a node is removed.
pub(super) fn heartbeat(cluster: &ClusterData) -> Option<String> {
    let uplink = cluster.uplink_of(Role::Cluster)?;
    if cluster.facts.nodes.len() < 2 {
        return None;
    }
    let others = story::sharers(cluster, Role::Cluster);
    let beside = match others.is_empty() {
        true => "Nothing else is on the NICs of heartbeat and CSV traffic".to_owned(),
        false => format!(
            "Heartbeat and CSV traffic share NICs with {}, whose bursts can hold heartbeats up",
            others.join(", ")
        ),
    };
    let parts = [
        Some(beside),
        fullest(cluster, uplink),
        left(cluster, !others.is_empty()),
        heartbeat_networks(cluster),
        threshold(cluster),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    Some(format!("{}.", parts.join(". ")))
}

/// How full the uplink is where it is fullest; the first of equals.
fn fullest(cluster: &ClusterData, uplink: usize) -> Option<String> {
    let loads = cluster
        .recount
        .uplinks
        .iter()
        .filter(|load| load.uplink == uplink && load.capacity > 0);
    let worst = loads.reduce(|worst, load| match load.worst_utilisation > worst.worst_utilisation {
        true => load,
        false => worst,
    })?;
    let after = match worst.worst_failure.as_str() {
        "" => String::new(),
        failure => format!(", {} {}", show_permille(worst.worst_utilisation), show::after(failure)),
    };
    Some(format!(
        "Those NICs are {} full at most, on {}{after}",
        show_permille(worst.utilisation),
        cluster.node_name(worst.node)
    ))
}

/// The node on which a failure that counts cuts cluster traffic, or what the plan promises to it where it shares.
fn left(cluster: &ClusterData, is_shared: bool) -> Option<String> {
    let rows = || cluster.recount.roles.iter().filter(|row| row.role == Role::Cluster);
    if let Some(cut) = rows().find(|row| row.worst_capacity == 0) {
        return Some(format!(
            "On {} they are gone {}: then only networks on other ports carry heartbeats",
            cluster.node_name(cut.node),
            show::after(&cut.worst_failure)
        ));
    }
    let least = rows()
        .min_by_key(|row| row.guaranteed_mbps)
        .filter(|row| is_shared && row.guaranteed_mbps > 0)?;
    Some(format!(
        "The plan's share keeps {} free for them on {} after the worst failure: set the minimum bandwidth or ETS class",
        show_mbps(least.guaranteed_mbps),
        cluster.node_name(least.node)
    ))
}

/// The networks that carry heartbeats under the plan.
fn heartbeat_networks(cluster: &ClusterData) -> Option<String> {
    let networks = &cluster.paths().wiring.networks;
    let names: Vec<&str> = networks
        .iter()
        .filter(|network| network.cluster_use != 0)
        .map(|network| network.name.as_str())
        .collect();
    match names.as_slice() {
        [] => None,
        [one] => Some(format!(
            "Heartbeats have {one} alone: when it is cut, nodes remove each other; open a second network to the cluster"
        )),
        several => Some(format!(
            "Heartbeats run over {} networks that the cluster may use: {}",
            several.len(),
            show::some_of(several, 6)
        )),
    }
}

/// How soon a node is removed, where that is sooner than Microsoft recommends.
fn threshold(cluster: &ClusterData) -> Option<String> {
    let default = match cluster.facts.profile.generation {
        ..WS2016 => OLD_THRESHOLD,
        _ => GOOD_THRESHOLD,
    };
    let set = cluster.facts.facts.number("same_subnet_threshold");
    let lost = set.unwrap_or(default);
    (lost < GOOD_THRESHOLD).then(|| {
        format!(
            "A node is removed after {lost} lost heartbeats ({}); Microsoft recommends {GOOD_THRESHOLD}: (Get-Cluster).SameSubnetThreshold = \
             {GOOD_THRESHOLD}",
            match set {
                Some(_) => "as set in the inventory".to_owned(),
                None => format!("the default of {}", cluster.facts.profile.title),
            }
        )
    })
}

/// `untagged`, `VLANs 10, 20`, `untagged and VLANs 10, 20` of a list as in files.
fn vlans(list: &str) -> String {
    let tagged: Vec<&str> = list
        .split(';')
        .filter(|vlan| !matches!(*vlan, "" | "untagged"))
        .collect();
    match (list.starts_with("untagged"), tagged.is_empty()) {
        (_, true) => "untagged".to_owned(),
        (true, false) => format!("untagged and VLANs {}", show::some_of(&tagged, 8)),
        (false, false) => format!("VLANs {}", show::some_of(&tagged, 8)),
    }
}

/// What is under the VMs' switches, and what must hold at the other end of a move.
pub(super) fn after_a_move(cluster: &ClusterData) -> Option<String> {
    if cluster.facts.nodes.len() < 2 || cluster.facts.vms.is_empty() {
        return None;
    }
    let first = cluster.patterns.first()?.first();
    let under = cluster.plan.uplinks.iter().enumerate().filter_map(|(index, uplink)| {
        let (network, decided) = (uplink.network.as_deref()?, cluster.node_uplink(first, index)?);
        let team = (decided.mechanism == Mechanism::Team).then_some(decided.team).flatten();
        let what = match (team, decided.nics.len()) {
            (_, 0) => return None,
            (Some(TeamKind::Vendor), _) => "a vendor team",
            (Some(TeamKind::Lbfo), _) => "an LBFO team",
            (Some(TeamKind::Set), _) => "a SET team",
            (None, _) => "a single NIC",
        };
        let vlans = vlans(cluster.network_vlans.get(network).map_or("", String::as_str));
        Some((format!("{network} is on {what} ({vlans})"), team))
    });
    let (networks, teams): (Vec<String>, Vec<Option<TeamKind>>) = under.unzip();
    if networks.is_empty() {
        return None;
    }
    let blame = if teams.contains(&Some(TeamKind::Vendor)) {
        "The event says that the virtual switch sees a VM's address on another of its ports: a sign of a vendor team that is not set up for \
         Hyper-V. Update its driver, set it up as the vendor says for Hyper-V, and try with a single port; Microsoft leaves the support of \
         such teams to the vendor"
    } else {
        "Microsoft knows the event from vendors' teams, and none is planned here: look for the same MAC twice on one host first"
    };
    Some(format!(
        "{}. {blame}. After a move a VM sends through the target's ports: their switch ports must carry the same VLANs, and must not tie a MAC \
         to a port (port security).",
        networks.join("; ")
    ))
}
