//! Changes for which nothing is to be run: a role takes its place on an adapter whose address stays, or comes by hand.
//!
//! In: a change and the node of today. Must not know: how a script is written.

use super::steps::{Change, Port, Step};
use crate::inventory::Node;
use crate::roles::Role;
use crate::units::same_name;

impl Port {
    /// Whether it is a port that was in a team or under a virtual switch, which take TCP/IP off it.
    pub fn comes_free(&self, today: &Node) -> bool {
        let was = |name: &str| today.nics.iter().find(|nic| same_name(&nic.name, name));
        matches!(self, Port::Nic(name) if was(name).is_some_and(|nic| !nic.is_bare()))
    }
}

impl Change {
    /// Whether nothing is to be run for it on a node of today: a role takes its place on an adapter whose address stays, or comes by hand. A script finds a
    /// management address that is known, and binds TCP/IP to a port again that was in a team or under a virtual switch.
    pub fn is_quiet(&self, today: &Node) -> bool {
        let found = |roles: &[Role]| !today.management_address().is_empty() && roles.contains(&Role::Management);
        match self {
            Change::Release { keeps_address, .. } => *keeps_address,
            Change::Ride { .. } => true,
            Change::Assume {
                from,
                roles,
                addresses,
                port,
            } => from.is_none() && addresses.is_empty() && !found(roles) && !port.comes_free(today),
            _ => false,
        }
    }
}

/// Whether a step has nothing to run.
fn is_quiet(node: &Node, step: &Step) -> bool {
    step.changes.iter().all(|change| change.is_quiet(node))
}

/// Steps of the wiring none of which has anything to run become part of the first setting.
pub fn merged(node: &Node, mut steps: Vec<Step>) -> Vec<Step> {
    let Some(first) = steps.iter().position(|step| !is_quiet(node, step)) else {
        return steps;
    };
    let before: Vec<Change> = steps.drain(..first).flat_map(|step| step.changes).collect();
    if let Some(step) = steps.first_mut() {
        step.changes.splice(0..0, before);
    }
    steps
}

/// Steps that a script runs; where none does anything, there is none, and what they would lead to follows from the steps by hand.
pub fn apart(node: &Node, steps: Vec<Step>) -> (Vec<Step>, Vec<Change>) {
    if steps.iter().any(|step| !is_quiet(node, step)) {
        return (steps, Vec::new());
    }
    (Vec::new(), steps.into_iter().flat_map(|step| step.changes).collect())
}
