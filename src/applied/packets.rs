//! Large packets once a plan is applied: where a role has them on all its ports today, its ports and new host vNICs have them, too.
//!
//! Source: Microsoft, `Set-NetAdapterAdvancedProperty` (`*JumboPacket`: 9014 bytes with the Ethernet header).

use super::switches;
use crate::inventory::{Cluster, Fact, Facts, HostVnic, Nic, Node};
use crate::roles::{ROLES, Role};
use crate::units::same_name;

/// Column of ports and host vNICs with the largest packet, in bytes without the Ethernet header.
pub const COLUMN: &str = "mtu";
/// Smallest MTU that counts as large packets.
pub const LARGE: u64 = 8_900;
/// MTU of a port that is set to packets of 9014 bytes.
pub const MTU: u64 = 9_000;

/// Whether an adapter sends large packets.
pub fn is_large(facts: &Facts) -> bool {
    facts.number(COLUMN).is_some_and(|mtu| mtu >= LARGE)
}

/// Roles that have large packets today on every port that carries them.
fn roles(today: &Node) -> Vec<Role> {
    let uses = |role: Role| {
        let mut ports = today.nics.iter().filter(|n| n.roles.contains(&role)).peekable();
        ports.peek().is_some() && ports.all(|nic| is_large(&nic.facts))
    };
    ROLES.iter().map(|info| info.role).filter(|role| uses(*role)).collect()
}

/// Large packets on the ports of these roles and on new host vNICs; one that is made anew has those of before.
pub(super) fn set(cluster: &Cluster, today: &Node, after: &mut Node) {
    let roles = roles(today);
    let carries = |nic: &&mut Nic| nic.roles.iter().any(|role| roles.contains(role));
    for nic in after.nics.iter_mut().filter(carries).filter(|n| !is_large(&n.facts)) {
        nic.facts.insert(COLUMN, Fact::Number(MTU));
    }
    let old = |name: &str| today.host_vnics.iter().find(|v| same_name(&v.name, name));
    let stay: Vec<bool> = after
        .host_vnics
        .iter()
        .map(|v| old(&v.name).is_some_and(|old| stays(cluster, today, after, old, v)))
        .collect();
    for (vnic, stays) in after.host_vnics.iter_mut().zip(stay) {
        let is_new = old(&vnic.name).is_none();
        let wanted = is_new && vnic.role.is_some_and(|role| roles.contains(&role)) || !is_new && is_large(&vnic.facts);
        match (stays, wanted) {
            (true, _) => {}
            (false, true) => vnic.facts.insert(COLUMN, Fact::Number(MTU)),
            (false, false) => vnic.facts.remove(COLUMN),
        }
    }
}

fn stays(cluster: &Cluster, today: &Node, after: &Node, old: &HostVnic, new: &HostVnic) -> bool {
    same_name(&old.switch, &new.switch)
        && (switches::external(after, &new.switch).is_none() || switches::stays(cluster, today, after, &new.switch))
}
