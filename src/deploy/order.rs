//! The order of the steps on a node: from today's wiring to the plan's, so that management and storage stay reachable.
//!
//! At each moment the changes that lead on are listed, those of the management path last; the first one after which every continuous check
//! still holds is taken. Where there is none, one block takes a guarded path down and brings it up again. Must not know: scripts.

use super::goal::Goal;
use super::management;
use super::progress::{self, Draft};
use super::state::State;
use super::steps::{Change, Port};
use crate::roles::Role;
use std::collections::BTreeSet;

/// More changes than any node needs: a bound against going round in circles.
const MOST: usize = 400;

/// Changes that are done together.
#[derive(Clone, Debug)]
pub struct Ordered {
    /// The changes.
    pub changes: Vec<Change>,
    /// A guarded path is down inside.
    pub takeover: bool,
}

/// The changes from `start` to the goal, in order; the last state when there is no way.
pub fn order(start: &State, goal: &Goal) -> Result<Vec<Ordered>, Box<State>> {
    let guarded = start.reachable();
    let mut state = start.clone();
    let mut found: Vec<Ordered> = Vec::new();
    for _ in 0..MOST {
        let drafts = progress::drafts(&state, goal);
        if drafts.is_empty() {
            return Ok(with_unknown_management(start, goal, found));
        }
        let next = drafts.into_iter().find(|draft| safe(&state, draft, &guarded));
        let (changes, takeover) = match next {
            Some(draft) => (draft.changes, false),
            None => (
                take_over(&state, goal, &guarded).ok_or_else(|| Box::new(state.clone()))?,
                true,
            ),
        };
        state = state.with(&changes);
        found.push(Ordered { changes, takeover });
    }
    Err(Box::new(state))
}

fn safe(state: &State, draft: &Draft, guarded: &BTreeSet<Role>) -> bool {
    guarded.is_subset(&state.with(&draft.changes).reachable())
}

/// One block that takes a guarded path down and brings it up again.
fn take_over(start: &State, goal: &Goal, guarded: &BTreeSet<Role>) -> Option<Vec<Change>> {
    let mut block = progress::forced_release(start, goal, guarded)?;
    let mut state = start.with(&block);
    for _ in 0..MOST {
        if guarded.is_subset(&state.reachable()) {
            return Some(block);
        }
        let drafts = progress::drafts(&state, goal);
        let down: BTreeSet<Role> = guarded.difference(&state.reachable()).copied().collect();
        let brings_up = drafts.iter().find(|d| progress::brings_up(d, &down));
        // Whatever leads on without taking more down, in the order of the list.
        let others = || {
            drafts
                .iter()
                .filter(|d| state.reachable().is_subset(&state.with(&d.changes).reachable()))
        };
        let next = brings_up
            .or_else(|| others().find(|d| d.management))
            .or_else(|| others().next())
            .or(drafts.first());
        let changes = match next {
            Some(draft) => draft.changes.clone(),
            None => return None,
        };
        state = state.with(&changes);
        block.extend(changes);
    }
    None
}

/// Where the inventory does not say which adapter carries management today, the script finds it when it runs; all that builds the new
/// path for it is one guarded block then, since any of its ports may be the one.
fn with_unknown_management(start: &State, goal: &Goal, found: Vec<Ordered>) -> Vec<Ordered> {
    let known = start.holds.values().any(|roles| roles.contains(&Role::Management));
    let last = found.iter().position(|o| o.changes.iter().any(gives_management));
    let Some(last) = last.filter(|_| !known) else {
        return found;
    };
    let first = found
        .iter()
        .position(|o| touches_management(o, goal))
        .unwrap_or(last)
        .min(last);
    let mut merged: Vec<Ordered> = found[..first].to_vec();
    merged.push(Ordered {
        changes: found[first..=last].iter().flat_map(|o| o.changes.clone()).collect(),
        takeover: true,
    });
    merged.extend_from_slice(&found[last + 1..]);
    merged
}

fn gives_management(change: &Change) -> bool {
    matches!(change, Change::Assume { roles, .. } if roles.contains(&Role::Management))
}

fn touches_management(ordered: &Ordered, goal: &Goal) -> bool {
    let path = management::management_path(&goal.state);
    ordered.changes.iter().any(|change| match change {
        Change::CreateSwitch(switch) => path.switches.contains(&switch.record.name),
        Change::CreateTeam { name, .. } => path.teams.contains(name),
        Change::Assume { port, roles, .. } => roles.contains(&Role::Management) && matches!(port, Port::Nic(_)),
        _ => false,
    })
}
