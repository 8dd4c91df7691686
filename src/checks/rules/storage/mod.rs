//! Rules about storage: iSCSI paths, SMB Multichannel and RDMA.

mod azure_local_reserved_range;
mod gateway_on_storage_adapter;
mod guest_rdma_on_azure_local;
mod infiniband_on_azure_local;
mod iscsi_port_shared;
mod iscsi_single_path;
mod management_address_in_storage_subnet;
mod rdma_host_vnic_not_mapped;
mod rdma_host_vnics_on_one_port;
mod rdma_lost_under_switch;
mod rdma_port_below_10_gbps;
mod rdma_technologies_mixed;
mod rdma_technology_not_of_this_card;
mod roce_without_dcb;
mod single_smb_storage_adapter;
mod smb_client_sees_no_rdma;
mod smb_constraint_differs;
mod smb_constraint_does_not_steer_csv;
mod smb_signing_over_rdma;
mod smb_storage_ports_differ;
mod storage_address_before_deployment;
mod switchless_with_too_many_nodes;

use super::Rule;
use super::adapters::connection;
use crate::inventory::{Facts, Node, Origin};
use crate::roles::Role;
use crate::units::host_vnic_connection;
use std::net::Ipv4Addr;

/// The family.
pub static RULES: &[&Rule] = &[
    &azure_local_reserved_range::RULE,
    &gateway_on_storage_adapter::RULE,
    &guest_rdma_on_azure_local::RULE,
    &infiniband_on_azure_local::RULE,
    &iscsi_port_shared::RULE,
    &iscsi_single_path::RULE,
    &management_address_in_storage_subnet::RULE,
    &rdma_host_vnic_not_mapped::RULE,
    &rdma_host_vnics_on_one_port::RULE,
    &rdma_lost_under_switch::RULE,
    &rdma_port_below_10_gbps::RULE,
    &rdma_technologies_mixed::RULE,
    &rdma_technology_not_of_this_card::RULE,
    &roce_without_dcb::RULE,
    &single_smb_storage_adapter::RULE,
    &smb_client_sees_no_rdma::RULE,
    &smb_constraint_differs::RULE,
    &smb_constraint_does_not_steer_csv::RULE,
    &smb_signing_over_rdma::RULE,
    &smb_storage_ports_differ::RULE,
    &storage_address_before_deployment::RULE,
    &switchless_with_too_many_nodes::RULE,
];

/// An adapter of the host that has addresses of its own: a port without a virtual switch, or a host vNIC.
struct Adapter<'a> {
    name: &'a str,
    /// Connection under which Windows lists it.
    alias: String,
    roles: Vec<Role>,
    /// Column that names its role.
    role_column: &'static str,
    rdma: Option<bool>,
    facts: &'a Facts,
    origin: Origin,
}

/// The adapters of a node that SMB and TCP/IP see. A port under a switch is none: its host vNICs are.
fn adapters(node: &Node) -> impl Iterator<Item = Adapter<'_>> {
    let ports = node
        .nics
        .iter()
        .filter(|nic| !nic.roles.contains(&Role::Vm))
        .map(|nic| Adapter {
            name: &nic.name,
            alias: connection(nic).to_owned(),
            roles: nic.roles.iter().copied().collect(),
            role_column: "current_role",
            rdma: Some(nic.rdma.on()),
            facts: &nic.facts,
            origin: nic.origin,
        });
    ports.chain(node.host_vnics.iter().map(|vnic| Adapter {
        name: &vnic.name,
        alias: host_vnic_connection(&vnic.name),
        roles: vnic.role.into_iter().collect(),
        role_column: "role",
        rdma: vnic.rdma,
        facts: &vnic.facts,
        origin: vnic.origin,
    }))
}

/// IPv4 addresses that a text means, first and last: `10.0.5.11`, `10.0.5.11/24` (the whole subnet). `None` for anything else.
fn subnet(text: &str) -> Option<(u32, u32)> {
    let (address, length) = text.trim().split_once('/').unwrap_or((text.trim(), "32"));
    let length: u32 = length.trim().parse().ok().filter(|length| *length <= 32)?;
    let address = u32::from(address.trim().parse::<Ipv4Addr>().ok()?);
    let host = u32::MAX.checked_shr(length).unwrap_or(0);
    Some((address & !host, address | host))
}

/// Whether two ranges have an address in common.
fn overlap(a: (u32, u32), b: (u32, u32)) -> bool {
    a.0 <= b.1 && b.0 <= a.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subnet_is_its_first_and_last_address() {
        let number = |text: &str| u32::from(text.parse::<Ipv4Addr>().expect("an address"));

        assert_eq!(subnet("10.0.5.11/24"), Some((number("10.0.5.0"), number("10.0.5.255"))));
        assert_eq!(subnet("10.0.5.11"), Some((number("10.0.5.11"), number("10.0.5.11"))));
        assert_eq!(subnet("0.0.0.0/0"), Some((0, u32::MAX)));
        for text in ["10.0.5.11/33", "fe80::1/64", "", "10.0.5/24"] {
            assert_eq!(subnet(text), None, "{text}");
        }
    }

    #[test]
    fn ranges_overlap_when_one_address_is_in_both() {
        assert!(overlap((1, 5), (5, 9)));
        assert!(overlap((5, 9), (1, 5)));
        assert!(!overlap((1, 4), (5, 9)));
        assert!(!overlap((5, 9), (1, 4)));
    }
}
