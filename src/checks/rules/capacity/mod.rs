//! Rules about sizes: limits of the Windows version, and room for the VMs of a lost node.

pub mod no_failover_memory;
pub mod too_many_nodes;
pub mod too_many_vms;
pub mod too_many_vms_per_node;
