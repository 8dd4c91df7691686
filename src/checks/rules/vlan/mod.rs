//! Rules about VLANs: present where a VM may run, apart from management.

mod management_vlan_shared_with_vms;
mod vm_vlan_missing_on_node;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[&management_vlan_shared_with_vms::RULE, &vm_vlan_missing_on_node::RULE];
