//! Rules about physical ports: enough of them, with link, on different cards and switches, alike on every node.

mod driver_versions_differ;
mod half_duplex;
mod inbox_driver;
mod mtu_differs;
mod nic_names_differ;
mod nic_without_link;
mod pcie_too_slow;
mod role_missing_on_node;
mod role_speed_differs;
mod rss_off;
mod single_nic;
mod team_on_one_card;
mod team_on_one_tor;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &driver_versions_differ::RULE,
    &half_duplex::RULE,
    &inbox_driver::RULE,
    &mtu_differs::RULE,
    &nic_names_differ::RULE,
    &nic_without_link::RULE,
    &pcie_too_slow::RULE,
    &role_missing_on_node::RULE,
    &role_speed_differs::RULE,
    &rss_off::RULE,
    &single_nic::RULE,
    &team_on_one_card::RULE,
    &team_on_one_tor::RULE,
];
