//! Rules about teams: a kind that Windows has, over ports alike, in a mode and with offloads that go together.

mod dot1x_on_team;
mod extra_team_interface;
mod guest_team_unsupported;
mod host_vnic_in_team;
mod iscsi_on_team;
mod lbfo_hash_loses_queues;
mod lbfo_under_switch;
mod rdma_in_lbfo_team;
mod set_differs_between_nodes;
mod set_load_balancing_dynamic;
mod set_members_differ;
mod set_not_switch_independent;
mod sriov_in_lbfo_team;
mod team_across_unlinked_switches;
mod team_interface_vlan;
mod team_kind_unavailable;
mod team_mixed_speed;
mod team_of_one;
mod team_switch_dependent;
mod too_many_team_members;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &dot1x_on_team::RULE,
    &extra_team_interface::RULE,
    &guest_team_unsupported::RULE,
    &host_vnic_in_team::RULE,
    &iscsi_on_team::RULE,
    &lbfo_hash_loses_queues::RULE,
    &lbfo_under_switch::RULE,
    &rdma_in_lbfo_team::RULE,
    &set_differs_between_nodes::RULE,
    &set_load_balancing_dynamic::RULE,
    &set_members_differ::RULE,
    &set_not_switch_independent::RULE,
    &sriov_in_lbfo_team::RULE,
    &team_across_unlinked_switches::RULE,
    &team_interface_vlan::RULE,
    &team_kind_unavailable::RULE,
    &team_mixed_speed::RULE,
    &team_of_one::RULE,
    &team_switch_dependent::RULE,
    &too_many_team_members::RULE,
];

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::assert_severities;
    use crate::finding::Severity::{Error, Info, Warning};

    #[test]
    fn lbfo_under_a_switch_is_discouraged_first_and_refused_later() {
        let severities = [
            ("2016", Warning),
            ("2019", Warning),
            ("2022", Error),
            ("azurelocal", Error),
        ];
        assert_severities("lbfo-under-switch", &severities);
    }

    #[test]
    fn iscsi_on_a_team_is_supported_from_2012_r2_on() {
        let severities = [("2008r2", Warning), ("2012", Warning), ("2012r2", Info), ("2025", Info)];
        assert_severities("iscsi-on-team", &severities);
    }
}
