//! What a person does just before a step, and the scripts wait for: a change at a physical switch, and an address without which a guarded role would be
//! left without any. In: the work on a node. Out: step numbers (one past the last: after it) with what to do. Must not know: scripts.

use super::state::State;
use super::steps::Port;
use super::work::{ClusterWork, NodeWork};
use super::{own_address_words, switch_ports};
use crate::roles::Role;

/// What the apply script of a node waits for, in order.
pub fn before_steps(work: &ClusterWork, node: &NodeWork) -> Vec<(usize, String)> {
    let mut found = switch_ports::gates(work, node);
    found.extend(own_address_words::gates(work, node));
    found.sort_by_key(|(step, _)| *step);
    found
}

/// Adapters that need the address that comes by hand before a step, with the roles which have no other adapter with an address from that step on.
pub fn addresses(work: &ClusterWork, node: &NodeWork) -> Vec<(usize, Port, Vec<Role>)> {
    let mut found = Vec::new();
    // Network ATC wires the node in one go.
    if work.by_intents {
        return found;
    }
    let mut state = State::today(&work.today, &node.today);
    let guarded = state.reachable();
    for step in &node.steps {
        let after = state.with(&step.changes);
        let reachable = after.reachable();
        let gone = |role: &Role| guarded.contains(role) && !reachable.contains(role);
        let mut given = Vec::new();
        for port in &state.awaiting {
            let roles: Vec<Role> = state.held(port).into_iter().filter(gone).collect();
            if !roles.is_empty() {
                given.push(port.clone());
                found.push((step.number, port.clone(), roles));
            }
        }
        state = after;
        given.iter().for_each(|port| {
            state.awaiting.remove(port);
        });
    }
    found
}
