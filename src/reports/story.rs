//! The sentences that page and console share: the verdict, the worst numbers, what to do next.
//!
//! In: joined data. Out: plain text without markup. Must not know: where it is shown.

use super::data::{ClusterData, ReportData};
use super::{hints, show};
use crate::applied;
use crate::finding::Severity;
use crate::plan::{Conflict, Objective, StaticMacPlan, StyleRow};
use crate::policy::{FailureKind, Wish};
use crate::roles::Role;
use crate::units::{show_mbps, show_permille};
use std::collections::BTreeSet;

/// The answer in one sentence.
pub(super) fn verdict(cluster: &ClusterData) -> String {
    let (used, all) = cluster.nic_counts();
    let style = cluster.plan.style;
    let name = &cluster.facts.name;
    if cluster.met() {
        return format!("{name}: every requirement is met by the {style} design, with {used} of {all} NICs in use.");
    }
    let missed = show::count(cluster.recount.shortfall.len(), "requirement is", "requirements are");
    let unknown = cluster.facts.nodes.iter().filter(|node| node.wiring_unexported());
    let unknown: Vec<&str> = unknown.map(|node| node.name.as_str()).collect();
    let but = match unknown.is_empty() {
        true => String::new(),
        false => format!(
            " This says little while ports or switches of {} are not exported.",
            show::some_of(&unknown, 6)
        ),
    };
    format!("{name}: {missed} not met; the {style} design below comes closest, with {used} of {all} NICs in use.{but}")
}

/// That another style was planned than the one that was asked for, and why.
pub(super) fn another_style(data: &ReportData, cluster: &ClusterData) -> Option<String> {
    let asked = data.asked_style.filter(|style| *style != cluster.plan.style)?;
    let row = cluster.plan.styles.iter().find(|row| row.style == asked);
    let why = row.map_or_else(String::new, |row| format!(" ({})", show::spoken(&row.cannot)));
    Some(format!(
        "The {asked} style was asked for, but there is no plan of it{why}. Planned is the best of all styles instead: {}.",
        cluster.plan.style
    ))
}

/// The fullest uplink: `84.2 % on uplink storage of HV3 after NIC SLOT2 (target 80 %)`.
pub(super) fn fullest(cluster: &ClusterData) -> String {
    let Some(load) = cluster.fullest() else {
        return "no load".to_owned();
    };
    let target = show_permille(cluster.facts.policy.target_permille);
    let failed = !load.worst_failure.is_empty();
    let normal = if failed {
        format!("; {} with everything working", show_permille(cluster.worst_normal()))
    } else {
        String::new()
    };
    format!(
        "{} on uplink {} of {} {} (target {target}){normal}",
        show_permille(load.worst_utilisation),
        cluster.uplink_name(load.uplink),
        cluster.node_name(load.node),
        show::after(&load.worst_failure)
    )
}

/// Unmet requirements, one line per requirement with those that miss it.
pub(super) fn unmet(cluster: &ClusterData) -> Vec<String> {
    let mut lines: Vec<(&str, Vec<&str>, u64)> = Vec::new();
    for miss in &cluster.recount.shortfall {
        match lines.iter_mut().find(|(name, ..)| *name == miss.requirement) {
            Some((_, subjects, mbps)) => {
                subjects.push(&miss.subject);
                *mbps += miss.missing_mbps;
            }
            None => lines.push((&miss.requirement, vec![&miss.subject], miss.missing_mbps)),
        }
    }
    let sentence = |(name, subjects, mbps): (&str, Vec<&str>, u64)| {
        let missing = if mbps > 0 {
            format!("; {} missing", show_mbps(mbps))
        } else {
            String::new()
        };
        format!(
            "{} ({name}): {}{missing}{}{}",
            show::missed(name),
            show::some_of(&subjects, 6),
            unexported(cluster, &subjects),
            homeless(cluster, name, &subjects)
        )
    };
    lines.into_iter().map(sentence).collect()
}

/// That nobody knows of these nodes whether it is so: a subject is a node, or begins with one.
fn unexported(cluster: &ClusterData, subjects: &[&str]) -> String {
    let nodes = cluster.facts.nodes.iter().filter(|node| node.wiring_unexported());
    let unknown: Vec<&str> = nodes
        .map(|node| node.name.as_str())
        .filter(|name| subjects.iter().any(|subject| subject.split('/').next() == Some(name)))
        .collect();
    match unknown.is_empty() {
        true => String::new(),
        false => format!(
            "; not known of {}: ports or switches were not exported",
            show::some_of(&unknown, 6)
        ),
    }
}

/// Why the first of the nodes whose loss is not survived is not: which VMs find no place, and what keeps them off.
fn homeless(cluster: &ClusterData, requirement: &str, nodes: &[&str]) -> String {
    let rows = cluster
        .recount
        .failures
        .iter()
        .filter(|row| row.kind == FailureKind::Node);
    let mut told = rows.filter(|row| requirement == "survive:vm:node" && nodes.first() == Some(&row.failed.as_str()));
    match told.find(|row| !row.why.is_empty()) {
        Some(row) => format!(". Without {}, {}", row.failed, row.why),
        None => String::new(),
    }
}

/// What the drain times of the table of styles are, below it.
pub(super) const PORT_SPEED_NOTE: &str = "Drain at port speed compares the designs: no limit but the ports and the number at once. The forecast \
                                          of the chosen design also counts SMB limits, memory that changes and VMs that are saved.";

/// Headings of [`style_cells`].
pub(super) const STYLE_COLUMNS: [&str; 9] = [
    "Style",
    "Unmet requirements",
    "Unmet wishes",
    "Failures not survived",
    "Worst utilisation",
    "Drain at port speed",
    "Changes",
    "NICs used",
    "What it cannot do",
];

/// One line of the comparison of styles.
pub(super) fn style_cells(cluster: &ClusterData, row: &StyleRow) -> [String; 9] {
    let mut cells = [const { String::new() }; 9];
    cells[0] = if row.chosen {
        format!("{} (chosen)", row.style)
    } else {
        row.style.to_string()
    };
    match &row.objective {
        None => cells[1] = "no plan".to_owned(),
        Some(objective) => fill_cells(cluster, objective, &mut cells),
    }
    cells[8] = show::spoken(&row.cannot);
    cells
}

/// The numbers of a design in the comparison of styles.
pub(super) fn fill_cells(cluster: &ClusterData, objective: &Objective, cells: &mut [String; 9]) {
    for (cell, level) in [(1, 1), (2, 2), (4, 7), (5, 9), (6, 5), (7, 10)] {
        cells[cell] = show::level(objective, level);
    }
    cells[3] = show::thousands(not_survived(cluster, objective));
    if objective.slowest_drain_s == 0 {
        cells[5] = "nothing moves".to_owned();
    }
}

/// What the last of the cells of a style holds: what its plan lacks, or why it has none.
pub(super) fn missing_title(cells: &[String; 9]) -> &'static str {
    match (cells[7].is_empty(), cells[1].as_str()) {
        (true, "no plan") => "Why there is no plan",
        (true, _) => "Why",
        (false, _) => "What it cannot do",
    }
}

/// Required and wished survivals that a plan misses: one per node (and network) and failure kind.
fn not_survived(cluster: &ClusterData, objective: &Objective) -> u64 {
    let wished = cluster.recount.wishes.iter().zip(&objective.unmet_wishes);
    let open = wished
        .filter(|((wish, _), _)| matches!(wish, Wish::Survive(..)))
        .map(|(_, n)| *n);
    objective.unmet_requirements.survival + open.sum::<u64>()
}

/// What has to be bought, and which cables and uses of ports change. The planner takes ports and cables as they are.
pub(super) fn purchase(cluster: &ClusterData) -> String {
    let bought = match cluster.met() {
        true => "Nothing has to be bought: the ports and cables of the inventory meet every requirement.",
        false => {
            "The ports and cables of the inventory do not meet every requirement: add ports, or give up a requirement named below."
        }
    };
    let nics = cluster.recount.changed_nics.len();
    let changed = match nics {
        0 => "no NIC gets another use".to_owned(),
        some => format!(
            "{} of {} {} another use, set in Windows and, where VLANs change, on the switch ports",
            show::thousands(some as u64),
            show::count(cluster.nic_counts().1, "NIC", "NICs"),
            if some == 1 { "gets" } else { "get" },
        ),
    };
    let unknown = cluster.facts.nodes.iter().filter(|node| !node.wiring_known()).count();
    let unknown = match unknown {
        0 => String::new(),
        some if some == cluster.facts.nodes.len() => {
            return format!(
                "{bought} No cable moves. How many NICs get another use is not known: the inventory does not tell what they carry today."
            );
        }
        some => format!(
            ", without {} whose wiring today is not known",
            show::count(some, "node", "nodes")
        ),
    };
    format!("{bought} No cable moves; {changed}{unknown}.")
}

/// What to do next, in the order in which to do it.
pub(super) fn next_steps(data: &ReportData) -> Vec<String> {
    let mut steps = Vec::new();
    for cluster in &data.clusters {
        if let Some(conflict) = &cluster.plan.conflict {
            steps.push(format!(
                "{}: give up one of the {} that exclude each other (named above), or add the ports they need.",
                cluster.facts.name,
                show::count(conflict.requirements.len(), "requirement", "requirements")
            ));
        }
    }
    let errors = data.count(Severity::Error);
    if errors > 0 {
        steps.push(format!(
            "Clear {} before anything is changed; each finding names its fix.",
            show::count(errors, "error", "errors")
        ));
    }
    for cluster in &data.clusters {
        steps.extend(
            hints::slow(cluster).map(|slow| format!("{}: decide whether this may stay: {slow}", cluster.facts.name)),
        );
        steps.extend(changes_of(cluster));
    }
    let assumed = data.assumptions().len();
    if assumed > 0 {
        let number = show::count(assumed, "assumption", "assumptions");
        steps.push(format!(
            "Check {number} at the end of the report; a fact that differs may change the plan."
        ));
    }
    if steps.is_empty() {
        steps.push("Nothing: the design as it stands is the plan.".to_owned());
    }
    steps
}

fn changes_of(cluster: &ClusterData) -> Vec<String> {
    let name = &cluster.facts.name;
    let mut steps = Vec::new();
    let (nics, vnics) = (cluster.recount.changed_nics.len(), cluster.recount.changed_vnics.len());
    if nics + vnics > 0 {
        let counted = [(nics, "NIC", "NICs"), (vnics, "vNIC", "vNICs")];
        let counted = counted.iter().filter(|(number, ..)| *number > 0);
        let what: Vec<String> = counted
            .map(|(number, one, many)| show::count(*number, one, many))
            .collect();
        let (verb, its) = if nics + vnics == 1 {
            ("changes", "its")
        } else {
            ("change", "their")
        };
        steps.push(format!(
            "{name}: {} {verb} {its} use; the table of changes lists them for the change request.",
            what.join(" and ")
        ));
    }
    steps.extend(ended_networks(cluster));
    let pools = cluster
        .plan
        .mac_pools
        .iter()
        .filter(|p| p.today.is_some_and(|today| today != p.planned))
        .count();
    let unread = cluster.plan.mac_pools.iter().filter(|p| p.today.is_none()).count();
    if unread > 0 {
        steps.push(format!(
            "{name}: read the MAC pool of {} first (Get-VMHost: MacAddressMinimum, MacAddressMaximum), which the inventory does not tell; then \
             compare it with mac_plan.csv.",
            show::count(unread, "node", "nodes")
        ));
    }
    if pools > 0 {
        steps.push(format!(
            "{name}: give {} the planned MAC pool (mac_plan.csv).",
            show::count(pools, "node", "nodes")
        ));
    }
    let fixed = cluster.plan.static_macs.iter().filter(|s| is_to_do(cluster, s)).count();
    if fixed > 0 {
        steps.push(format!(
            "{name}: set what static_macs.csv says on {}: static MAC address, spoofing or both.",
            show::count(fixed, "vNIC", "vNICs")
        ));
    }
    steps
}

/// Cluster networks that end, because their roles come to ports that they share with others, or have fewer ports.
fn ended_networks(cluster: &ClusterData) -> Option<String> {
    let ended = applied::given_up(cluster.facts, cluster.plan);
    let networks = || {
        ended
            .iter()
            .filter_map(|position| cluster.facts.networks.get(*position))
    };
    let names: Vec<&str> = networks().map(|network| network.name.as_str()).collect();
    let roles: BTreeSet<&str> = networks().filter_map(|n| Some(n.purpose?.info().title)).collect();
    let roles: Vec<&str> = roles.into_iter().collect();
    let (verb, go) = if names.len() == 1 {
        ("network", "ends")
    } else {
        ("networks", "end")
    };
    let (goes, its) = if roles.len() == 1 {
        ("goes", "its")
    } else {
        ("go", "their")
    };
    (!names.is_empty()).then(|| {
        format!(
            "{}: the cluster {verb} {} {go}: {} {goes} over the networks of {its} ports, and a port without a virtual switch has one VLAN and one \
             network. `nicplan deploy` sets what follows from it.",
            cluster.facts.name,
            names.join(" and "),
            roles.join(" and ")
        )
    })
}

/// Whether the vNIC still lacks what the plan gives it: its static address, or spoofing.
fn is_to_do(cluster: &ClusterData, row: &StaticMacPlan) -> bool {
    let vm = cluster.facts.vms.iter().find(|vm| vm.name == row.vm);
    let vnic = vm.and_then(|vm| vm.vnics.iter().find(|vnic| vnic.name == row.vnic));
    let address = row.planned.is_some() && (row.dynamic || row.planned != row.current);
    let spoofing = row.spoofing && vnic.is_none_or(|vnic| !vnic.spoofing);
    address || spoofing
}

/// Roles that share an uplink with a role, by title.
pub(super) fn sharers(cluster: &ClusterData, role: Role) -> Vec<&'static str> {
    let together = cluster.plan.uplinks.iter().filter(|u| u.roles.contains(&role));
    let mut titles: Vec<&str> = together
        .flat_map(|u| &u.roles)
        .filter(|r| **r != role)
        .map(|r| r.info().title)
        .collect();
    titles.dedup();
    titles
}

/// The requirements of a conflict as sentences with their names.
pub(super) fn excluding(conflict: &Conflict) -> Vec<String> {
    conflict
        .requirements
        .iter()
        .map(|name| format!("{} ({name})", show::wanted(name)))
        .collect()
}

/// What limits the plan, as a sentence; empty when the planner says nothing.
pub(super) fn limit(cluster: &ClusterData) -> String {
    match cluster.plan.solver.limited_by.trim_end_matches('.') {
        "" => String::new(),
        text => format!("{}.", show::sentence(&show::spoken(text))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::VerifiedPlan;
    use crate::reports::fixtures::{SMALL, World, world};

    fn steps(world: &World) -> String {
        next_steps(&ReportData::new(&world.inventory, &world.verified, &[])).join("\n")
    }

    #[test]
    fn addresses_that_are_set_already_are_no_step() {
        let mut world = world(SMALL);
        assert!(
            steps(&world).contains("set what static_macs.csv says on "),
            "{}",
            steps(&world)
        );
        let mut plan = world.verified.plan().clone();
        for row in &mut plan.clusters[0].static_macs {
            (row.dynamic, row.current) = (false, row.planned);
        }
        for vnic in world.inventory.clusters[0].vms.iter_mut().flat_map(|vm| &mut vm.vnics) {
            vnic.spoofing = true;
        }
        world.verified = VerifiedPlan::for_tests(plan, world.verified.recounts().to_vec());
        assert!(!steps(&world).contains("static_macs.csv"), "{}", steps(&world));
    }

    #[test]
    fn a_pool_that_is_not_known_is_read_before_it_is_changed() {
        let mut world = world(SMALL);
        let mut plan = world.verified.plan().clone();
        plan.clusters[0].mac_pools.iter_mut().for_each(|pool| pool.today = None);
        world.verified = VerifiedPlan::for_tests(plan, world.verified.recounts().to_vec());
        let steps = steps(&world);
        assert!(steps.contains("read the MAC pool of 4 nodes first"), "{steps}");
        assert!(!steps.contains("the planned MAC pool"), "{steps}");
    }
}
