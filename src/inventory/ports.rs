//! What a node or a port is, read off its record. Must not know: plans.

use super::{Nic, Node};
use crate::roles::Role;
use crate::units::bare_address;

impl Node {
    /// The address of management without the length of its prefix; empty = not known.
    pub fn management_address(&self) -> &str {
        bare_address(&self.management_ip)
    }
}

impl Nic {
    /// Whether it is under no virtual switch and in no team: what it sends is its own.
    pub fn is_bare(&self) -> bool {
        self.switch.is_none() && self.team.is_empty() && !self.roles.contains(&Role::Vm)
    }

    /// VLAN ID that is set at the port in Windows (`Get-NetAdapter`, VlanID); `None` = none, or not known.
    pub fn set_vlan(&self) -> Option<u16> {
        let set = self.facts.number("nic_vlan").filter(|vlan| *vlan > 0)?;
        u16::try_from(set).ok()
    }
}
