//! Rules about the network adapters of VMs.

mod heavy_vm_on_shared_switch;
mod legacy_adapter_without_pxe;
mod legacy_on_generation_2;
mod pxe_without_legacy_adapter;
mod vnic_not_connected;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &heavy_vm_on_shared_switch::RULE,
    &legacy_adapter_without_pxe::RULE,
    &legacy_on_generation_2::RULE,
    &pxe_without_legacy_adapter::RULE,
    &vnic_not_connected::RULE,
];
