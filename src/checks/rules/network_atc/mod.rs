//! Rules about Network ATC intents.

mod intent_failed;
mod intent_port_names_differ;
mod intent_ports_differ;
mod intent_without_working_rdma;
mod network_atc_not_in_this_version;
mod port_in_two_intents;
mod stretch_intent_with_rdma;
mod switch_on_intent_port;
mod too_many_intents_of_one_kind;

use super::{Report, Rule, fixes};
use crate::inventory::{Cluster, Nic};
use crate::roles::Role;
use crate::units::same_name;

/// The family.
pub static RULES: &[&Rule] = &[
    &intent_failed::RULE,
    &intent_port_names_differ::RULE,
    &intent_ports_differ::RULE,
    &intent_without_working_rdma::RULE,
    &network_atc_not_in_this_version::RULE,
    &port_in_two_intents::RULE,
    &stretch_intent_with_rdma::RULE,
    &switch_on_intent_port::RULE,
    &too_many_intents_of_one_kind::RULE,
];

/// Columns of clusters that name intents.
const LISTS: [&str; 4] = [
    "management_intents",
    "compute_intents",
    "storage_intents",
    "stretch_intents",
];

/// Whether Network ATC lays out the hosts: always on Azure Local, else where the inventory names an intent.
pub(super) fn in_use(cluster: &Cluster) -> bool {
    let listed = |column: &&str| !cluster.facts.list(column).unwrap_or_default().is_empty();
    let mut nics = cluster.nodes.iter().flat_map(|node| &node.nics);
    cluster.profile.intents_only || LISTS.iter().any(listed) || nics.any(|nic| !intents(nic).is_empty())
}

/// Says that a rule is not about this cluster, or that nobody says whether there are intents.
pub(super) fn not_in_use(report: &mut Report<'_>) {
    if report.knows("nics.intents") || report.knows("clusters.management_intents") {
        report.out_of_scope("Network ATC does not manage this cluster");
    } else {
        report.lacks("nics.intents");
    }
}

/// Intents that name the port; empty where they are not known.
pub(super) fn intents(nic: &Nic) -> &[String] {
    nic.facts.list("intents").unwrap_or_default()
}

/// The intent for storage as `Set-NetIntent` takes it: the one that the cluster lists, else the one that holds the storage ports; a
/// placeholder where none or several are known.
pub(super) fn storage_intent(cluster: &Cluster) -> String {
    let listed = cluster.facts.list("storage_intents").unwrap_or_default().iter();
    let ports = cluster.nodes.iter().flat_map(|node| &node.nics);
    let of_ports = ports.filter(|nic| nic.roles.contains(&Role::Storage)).flat_map(intents);
    let mut names: Vec<&String> = listed.chain(of_ports).collect();
    names.dedup_by(|a, b| same_name(a, b));
    match names[..] {
        [only] => fixes::quoted(only),
        _ => "<storage intent>".to_owned(),
    }
}

/// Whether a list of the cluster names an intent, in any case.
fn names(cluster: &Cluster, column: &str, intent: &str) -> bool {
    let listed = cluster.facts.list(column).unwrap_or_default();
    listed.iter().any(|name| same_name(name, intent))
}
