//! Rules about VLANs: present where a VM may run, apart from management.

mod atc_storage_vlan_taken;
mod isolated_roles_share_vlan;
mod management_vlan_shared_with_vms;
mod pvlan_inconsistent;
mod roce_storage_untagged;
mod several_vlans_on_2008r2_vnic;
mod several_vlans_on_one_port;
mod storage_adapters_share_vlan;
mod storage_vlan_on_both_tors;
mod trunk_with_many_vlans;
mod vlan_and_isolation_both_set;
mod vm_vlan_missing_on_node;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &atc_storage_vlan_taken::RULE,
    &isolated_roles_share_vlan::RULE,
    &management_vlan_shared_with_vms::RULE,
    &pvlan_inconsistent::RULE,
    &roce_storage_untagged::RULE,
    &several_vlans_on_2008r2_vnic::RULE,
    &several_vlans_on_one_port::RULE,
    &storage_adapters_share_vlan::RULE,
    &storage_vlan_on_both_tors::RULE,
    &trunk_with_many_vlans::RULE,
    &vlan_and_isolation_both_set::RULE,
    &vm_vlan_missing_on_node::RULE,
];
