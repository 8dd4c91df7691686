//! Protocols of the host on ports under a virtual switch: they have none once a plan is applied.

use crate::inventory::{Cluster, Fact, Node};
use crate::profiles::TeamKind;

/// Columns of a port that say which protocols are bound to it: TCP/IP and SMB.
pub const COLUMNS: [&str; 4] = ["tcpip_bound", "ipv6_bound", "smb_client_bound", "smb_server_bound"];

/// Adapters under the external switches of a node: ports, and teams of Windows NIC Teaming by their name. Network ATC takes the protocols off by itself.
pub fn under_switches(cluster: &Cluster, after: &Node) -> Vec<String> {
    let lbfo = cluster.profile.team == TeamKind::Lbfo;
    let mut found: Vec<String> = Vec::new();
    if cluster.profile.intents_only {
        return found;
    }
    for nic in after.nics.iter().filter(|n| n.switch.is_some()) {
        // Windows itself takes everything off the members of an LBFO team; the switch is bound to the team's adapter.
        let bound = if lbfo && !nic.team.is_empty() {
            &nic.team
        } else {
            &nic.name
        };
        if !found.contains(bound) {
            found.push(bound.clone());
        }
    }
    found
}

/// Positions of the ports behind adapters: of a team its members.
pub fn ports(adapters: &[String], node: &Node) -> Vec<usize> {
    let is = |name: &String| !name.is_empty() && adapters.contains(name);
    let own = node
        .nics
        .iter()
        .enumerate()
        .filter(|(_, nic)| is(&nic.name) || is(&nic.team));
    own.map(|(at, _)| at).collect()
}

/// Takes the protocols off.
pub fn take_off(adapters: &[String], node: &mut Node) {
    for at in ports(adapters, node) {
        for column in COLUMNS {
            node.nics[at].facts.insert(column, Fact::Yes(false));
        }
    }
}
