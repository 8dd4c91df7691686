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

use super::Rule;
use crate::inventory::{Cluster, Nic};
use crate::profiles::WS2025;
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

/// Whether Network ATC exists on this version: Azure Local and Azure Stack HCI from 21H2, and Windows Server 2025.
fn exists(cluster: &Cluster) -> bool {
    cluster.profile.generation >= WS2025
}

/// Intents that name the port; empty where they are not known.
fn intents(nic: &Nic) -> &[String] {
    nic.facts.list("intents").unwrap_or_default()
}

/// Whether a list of the cluster names an intent, in any case.
fn names(cluster: &Cluster, column: &str, intent: &str) -> bool {
    let listed = cluster.facts.list(column).unwrap_or_default();
    listed.iter().any(|name| same_name(name, intent))
}
