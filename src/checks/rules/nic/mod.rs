//! Rules about physical ports: enough of them, with link, on different cards and switches, alike on every node.

mod half_duplex;
mod nic_without_link;
mod role_missing_on_node;
mod single_nic;
mod team_on_one_card;
mod team_on_one_tor;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &half_duplex::RULE,
    &nic_without_link::RULE,
    &role_missing_on_node::RULE,
    &single_nic::RULE,
    &team_on_one_card::RULE,
    &team_on_one_tor::RULE,
];
