//! Rules about physical ports: enough of them, with link, on different cards and switches, alike on every node.

mod driver_too_old;
mod driver_versions_differ;
mod half_duplex;
mod inbox_driver;
mod mtu_differs;
mod nic_flapping;
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
    &driver_too_old::RULE,
    &driver_versions_differ::RULE,
    &half_duplex::RULE,
    &inbox_driver::RULE,
    &mtu_differs::RULE,
    &nic_flapping::RULE,
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

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::assert_severities;
    use crate::finding::Severity::{Error, Warning};

    #[test]
    fn what_azure_local_refuses_is_an_error_there_and_a_warning_elsewhere() {
        for rule in ["inbox-driver", "nic-flapping", "pcie-too-slow"] {
            assert_severities(rule, &[("2016", Warning), ("2025", Warning), ("azurelocal", Error)]);
        }
    }
}
