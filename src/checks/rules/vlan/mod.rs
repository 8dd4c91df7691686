//! Rules about VLANs: present where a VM may run, apart from management.

pub mod management_vlan_shared_with_vms;
pub mod vm_vlan_missing_on_node;
