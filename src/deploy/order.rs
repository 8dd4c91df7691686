//! The order of the steps on a node: from today's wiring to the plan's, so that management and storage stay reachable.
//!
//! At each moment the changes that lead on are listed, those of the management path last; the first one after which every continuous check
//! still holds is taken. Where there is none, one block takes a guarded path down and brings it up again. Must not know: scripts.

use super::cabling::Lans;
use super::goal::Goal;
use super::management;
use super::progress::{self, Draft};
use super::state::State;
use super::steps::{Change, Port};
use crate::inventory::Node;
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

/// Guarded roles that can be reached at a moment.
type Reach = fn(&State) -> BTreeSet<Role>;

/// The changes from `start` to the goal, in order; the last state when there is no way. An adapter whose address comes by hand is no path; only where no
/// script brings a guarded role an address of its own it counts as one.
pub fn order(start: &State, goal: &Goal, lans: &Lans<'_>) -> Result<Vec<Ordered>, Box<State>> {
    let sure = with_vlans(start, goal, lans, State::reachable);
    sure.or_else(|_| with_vlans(start, goal, lans, State::carried))
}

/// Ways on which guarded addresses stay on ports that have their VLAN are gone first; where they cost a takeover, or none exists, the ports need the VLAN
/// meanwhile.
fn with_vlans(start: &State, goal: &Goal, lans: &Lans<'_>, reach: Reach) -> Result<Vec<Ordered>, Box<State>> {
    let strict = search(start, goal, reach, |state| {
        lans.crossing(state).len() + lans.clashes(state).len()
    });
    let loose = || search(start, goal, reach, |state| lans.clashes(state).len());
    let takeovers = |way: &Result<Vec<Ordered>, Box<State>>| match way {
        Ok(found) => found.iter().filter(|o| o.takeover).count(),
        Err(_) => usize::MAX,
    };
    if takeovers(&strict) == 0 {
        return strict;
    }
    let loose = loose();
    if takeovers(&loose) < takeovers(&strict) {
        loose
    } else {
        strict
    }
}

/// One way: `lacking` counts what ports lack at a moment, and no step makes it more where another is safe, too.
fn search(
    start: &State,
    goal: &Goal,
    reach: Reach,
    lacking: impl Fn(&State) -> usize,
) -> Result<Vec<Ordered>, Box<State>> {
    let guarded = reach(start);
    let mut state = start.clone();
    let mut found: Vec<Ordered> = Vec::new();
    for _ in 0..MOST {
        let drafts = progress::drafts(&state, goal);
        if drafts.is_empty() {
            return Ok(with_unknown_management(start, goal, found));
        }
        let safe: Vec<&Draft> = drafts
            .iter()
            .filter(|draft| safe(&state, draft, (&guarded, reach)))
            .collect();
        let before = lacking(&state);
        let next = safe.iter().find(|d| lacking(&state.with(&d.changes)) <= before);
        let (changes, takeover) = match next.or(safe.first()) {
            Some(draft) => (draft.changes.clone(), false),
            None => (
                take_over(&state, goal, (&guarded, reach), &lacking).ok_or_else(|| Box::new(state.clone()))?,
                true,
            ),
        };
        state = state.with(&changes);
        found.push(Ordered { changes, takeover });
    }
    Err(Box::new(state))
}

fn safe(state: &State, draft: &Draft, (guarded, reach): (&BTreeSet<Role>, Reach)) -> bool {
    guarded.is_subset(&reach(&state.with(&draft.changes)))
}

/// One block that takes a guarded path down and brings it up again: of the ways to begin the one on which ports lack least and fewest roles are down.
fn take_over(
    start: &State,
    goal: &Goal,
    (guarded, reach): (&BTreeSet<Role>, Reach),
    lacking: &impl Fn(&State) -> usize,
) -> Option<Vec<Change>> {
    let begun = progress::forced_releases(start, goal, guarded);
    let blocks = begun
        .into_iter()
        .filter_map(|first| block(start, goal, (guarded, reach), (first, lacking)));
    let (block, _) = blocks.min_by_key(|(block, down)| (lacking(&start.with(block)), *down))?;
    Some(block)
}

/// The block that begins with some changes, and how many roles are down in it.
fn block(
    start: &State,
    goal: &Goal,
    (guarded, reach): (&BTreeSet<Role>, Reach),
    (first, lacking): (Vec<Change>, &impl Fn(&State) -> usize),
) -> Option<(Vec<Change>, usize)> {
    let mut block = first;
    let mut cut: BTreeSet<Role> = BTreeSet::new();
    let mut state = start.with(&block);
    for _ in 0..MOST {
        let down: BTreeSet<Role> = guarded.difference(&reach(&state)).copied().collect();
        if down.is_empty() {
            return Some((block, cut.len()));
        }
        cut.extend(&down);
        let changes = next_of_block(&state, goal, (&down, reach), lacking)?;
        state = state.with(&changes);
        block.extend(changes);
    }
    None
}

/// What leads on while roles are down: what brings one up, unless its port still has the VLAN of another role; else whatever takes no more down, in the
/// order of the list.
fn next_of_block(
    state: &State,
    goal: &Goal,
    (down, reach): (&BTreeSet<Role>, Reach),
    lacking: &impl Fn(&State) -> usize,
) -> Option<Vec<Change>> {
    let drafts = progress::drafts(state, goal);
    let before = lacking(state);
    let fits = |d: &&Draft| lacking(&state.with(&d.changes)) <= before;
    let keeps = |d: &&Draft| reach(state).is_subset(&reach(&state.with(&d.changes)));
    let brings_up = |d: &&Draft| progress::brings_up(d, down);
    let others = || drafts.iter().filter(keeps);
    let next = drafts
        .iter()
        .find(|d| brings_up(d) && fits(d))
        .or_else(|| others().find(|d| d.management && fits(d)))
        .or_else(|| others().find(fits))
        .or_else(|| drafts.iter().find(brings_up))
        .or_else(|| others().next())
        .or(drafts.first());
    Some(next?.changes.clone())
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

/// The same, with what needs nothing to be run made part of the step behind it, at the end of the one before: a step of a script does something.
/// Where no step does, they stay as they are.
pub fn without_quiet(found: Vec<Ordered>, today: &Node) -> Vec<Ordered> {
    let quiet = |ordered: &Ordered| ordered.changes.iter().all(|c| c.is_quiet(today));
    if found.iter().all(&quiet) {
        return found;
    }
    let (mut merged, mut waiting): (Vec<Ordered>, Vec<Change>) = (Vec::new(), Vec::new());
    let mut down = false;
    for mut ordered in found {
        let runs = !quiet(&ordered);
        waiting.append(&mut ordered.changes);
        down |= ordered.takeover;
        if runs {
            ordered.changes = std::mem::take(&mut waiting);
            ordered.takeover = std::mem::take(&mut down);
            merged.push(ordered);
        }
    }
    if let Some(last) = merged.last_mut() {
        last.changes.extend(waiting);
    }
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
