//! NLB clusters of guests: members that move together, members without network.
//!
//! Sources: D. Van Hoye, blog.workinghardinit.work, March 2014 (members shown as misconfigured after they moved together); Microsoft KB 4494444;
//! Microsoft Tech Community 371631 (spoofing off in unicast mode: no network, error of NLB).

use crate::mac::nlb::mode_name;
use crate::mac::nlb_groups::{NlbGroup, groups};
use crate::reports::data::ClusterData;
use crate::reports::show;

/// NLB clusters told one by one, and members of each.
const TOLD: usize = 4;
const NAMED: usize = 6;

/// Names of VMs.
fn names(cluster: &ClusterData, vms: &[usize]) -> String {
    let names: Vec<&str> = vms
        .iter()
        .filter_map(|vm| cluster.facts.vms.get(*vm))
        .map(|vm| vm.name.as_str())
        .collect();
    show::some_of(&names, NAMED)
}

/// Who keeps members apart, who sits together today, whom a drain brings together.
pub(super) fn together(cluster: &ClusterData) -> Option<String> {
    let groups: Vec<NlbGroup> = groups(cluster.facts)
        .into_iter()
        .filter(|group| group.members.len() > 1)
        .collect();
    if groups.is_empty() {
        return None;
    }
    let mut said: Vec<String> = groups.iter().take(TOLD).map(|group| one(cluster, group)).collect();
    if groups.len() > TOLD {
        said.push(format!(
            "and {} more",
            show::count(groups.len() - TOLD, "NLB cluster", "NLB clusters")
        ));
    }
    let mut text = format!("{}.", said.join("; "));
    text.push_str(&meetings(cluster));
    if cluster.facts.nodes.len() == 2 {
        text.push_str(" With two nodes every drain brings the members together on the other one.");
    }
    text.push_str(" Move the members one after the other, and let NLB converge before the next one moves.");
    Some(text)
}

fn one(cluster: &ClusterData, group: &NlbGroup) -> String {
    let apart = match group.kept_apart {
        true => "one anti-affinity group keeps them apart",
        false => "no anti-affinity group keeps them apart (AntiAffinityClassNames of their cluster groups)",
    };
    let held = group.together.iter().map(|(node, vms)| {
        format!(
            ", and {} holds {} today, so that a drain moves them at once",
            cluster.node_name(*node),
            names(cluster, vms)
        )
    });
    format!(
        "{} ({}): {apart}{}",
        group.name,
        names(cluster, &group.members),
        held.collect::<String>()
    )
}

/// Members that Windows puts beside another one in the forecast of the drains.
fn meetings(cluster: &ClusterData) -> String {
    let meetings = cluster
        .drains
        .as_ref()
        .map_or(&[][..], |forecast| &forecast.nlb_meetings);
    let told = meetings.iter().filter_map(|(vm, node)| {
        let vm = cluster.facts.vms.get(*vm)?;
        Some(format!("{} to {}", vm.name, cluster.node_name(*node)))
    });
    let told: Vec<String> = told.collect();
    match told.is_empty() {
        true => String::new(),
        false => {
            let told: Vec<&str> = told.iter().map(String::as_str).collect();
            format!(
                " In the forecast a drain moves {}, beside another member.",
                show::some_of(&told, NAMED)
            )
        }
    }
}

/// Members without spoofing or static address that their mode needs.
pub(super) fn no_network(cluster: &ClusterData) -> Option<String> {
    let groups = groups(cluster.facts);
    if groups.is_empty() {
        return None;
    }
    let lacking = |of: fn(&NlbGroup) -> &[usize]| groups.iter().flat_map(of).copied().collect::<Vec<usize>>();
    let (spoofing, address) = (
        lacking(|group| &group.without_spoofing),
        lacking(|group| &group.without_static),
    );
    let mut said = Vec::new();
    if !spoofing.is_empty() {
        said.push(format!(
            "Spoofing of MAC addresses is off on {}: NLB cannot put its own address on the adapter, reports 0x8004100a, and the adapter has no \
             network. Turn it on before NLB is configured",
            names(cluster, &spoofing)
        ));
    }
    if !address.is_empty() {
        said.push(format!(
            "The address of {} is dynamic; when a start on another node changes it, the member drops out. Make it static",
            names(cluster, &address)
        ));
    }
    if said.is_empty() {
        let modes: Vec<String> = groups.iter().take(TOLD).map(modes).collect();
        return Some(format!(
            "Not for want of spoofing or a static address: every member has what its mode needs ({}).",
            modes.join("; ")
        ));
    }
    Some(format!("{} (static_macs.csv).", said.join(". ")))
}

/// `OWA: unicast`.
fn modes(group: &NlbGroup) -> String {
    let modes: Vec<&str> = group.modes.iter().map(|mode| mode_name(*mode)).collect();
    format!("{}: {}", group.name, modes.join(" and "))
}
