//! The VLAN ID that is set at a port in Windows: under a virtual switch or in a team it would drop what these tag themselves.
//!
//! `Set-NetAdapter`, parameter `VlanID`; Microsoft, Hyper-V: VLANs of a port under a virtual switch are set at the host vNICs. In: the ordered changes of the
//! wiring. Out: the same with the VLAN ID taken off a port before it enters, and set again where one leaves that is to have it. Must not know: scripts.

use super::order::Ordered;
use super::state::State;
use super::steps::{Change, Values};
use crate::inventory::{Nic, Node};

/// The changes with those of the ports' VLAN IDs; `after` is the node as it will be.
pub fn cleared(start: &State, after: &Node, ordered: Vec<Ordered>) -> Vec<Ordered> {
    let mut state = start.clone();
    let mut found = Vec::new();
    for Ordered { changes, takeover } in ordered {
        let mut all: Vec<Change> = Vec::new();
        for change in changes {
            let next = state.with(std::slice::from_ref(&change));
            let pairs = || state.node.nics.iter().zip(&next.node.nics);
            let enters = pairs().filter(|(old, new)| old.is_bare() && !new.is_bare());
            let before: Vec<Change> = enters.filter_map(|(old, _)| clear(old)).collect();
            let leaves = pairs().filter(|(old, new)| !old.is_bare() && new.is_bare());
            let behind: Vec<Change> = leaves.filter_map(|(_, new)| set_again(new, after)).collect();
            let along: Vec<Change> = before.into_iter().chain([change]).chain(behind).collect();
            state = state.with(&along);
            all.extend(along);
        }
        found.push(Ordered { changes: all, takeover });
    }
    found
}

fn clear(nic: &Nic) -> Option<Change> {
    let vlan = nic.set_vlan()?;
    Some(Change::PortVlan {
        nic: nic.name.clone(),
        value: Values::new(Some(u64::from(vlan)), Some(0)),
    })
}

/// A port that is bare in the end and was in between under a switch.
fn set_again(nic: &Nic, after: &Node) -> Option<Change> {
    let planned = after.nics.iter().find(|n| n.name == nic.name)?;
    let value = Values::new(nic.facts.number("nic_vlan"), planned.facts.number("nic_vlan"));
    (planned.is_bare() && value.differs()).then(|| Change::PortVlan {
        nic: nic.name.clone(),
        value,
    })
}
