//! Rules about sizes: limits of the Windows version, and room for the VMs of a lost node.

mod no_failover_memory;
mod too_many_nodes;
mod too_many_vms;
mod too_many_vms_per_node;

use super::Rule;

/// The family.
pub static RULES: &[&Rule] = &[
    &no_failover_memory::RULE,
    &too_many_nodes::RULE,
    &too_many_vms::RULE,
    &too_many_vms_per_node::RULE,
];
