//! Rules about the network adapters of VMs.

pub mod heavy_vm_on_shared_switch;
pub mod legacy_adapter_without_pxe;
pub mod legacy_on_generation_2;
pub mod pxe_without_legacy_adapter;
pub mod vnic_not_connected;
