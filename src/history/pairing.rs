//! Events of all nodes put together to migrations: each start with its end.
//!
//! In: what the records say. Out: migrations that succeeded, and everything that was passed over with the reason. Must not
//! know: files, batches.
//!
//! The events of a VM are cut at its starts; what lies between two starts belongs to the first. Clocks of nodes differ, so an
//! end that the source node wrote itself counts before one of the target.

use super::known::Meaning;
use super::meaning::Event;
use super::nodes::Nodes;
use super::record::Record;
use super::times::Stamp;
use crate::finding::Location;
use crate::units::name_key;
use std::collections::BTreeMap;

/// A live migration that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Name of the VM.
    pub vm: String,
    /// Node it left.
    pub source: Option<String>,
    /// Node it went to.
    pub target: Option<String>,
    /// When it began.
    pub start: Stamp,
    /// When it was over.
    pub end: Stamp,
    /// Milliseconds that the VM stood still.
    pub blackout_ms: Option<i64>,
    /// The event that began it.
    pub at: Location,
}

/// Something that gave no row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PassedOver {
    /// Why, in a few words; the same for all of a kind.
    pub reason: &'static str,
    /// When.
    pub time: Stamp,
    /// The VM or role, as far as it is known.
    pub vm: String,
    /// The node that wrote the event.
    pub node: String,
    /// Number of the event.
    pub event: u32,
    /// Where it stands.
    pub at: Location,
}

const FAILED: &str = "failed";
const NO_END: &str = "began but no end was found: still running at the export, or the other node's log is missing";
const NO_START: &str = "ended but no start was found: older than the export, or the source node's log is missing";
const NOT_LIVE: &str = "moved by the cluster without a live migration in these events: quick migration, no VM, or Hyper-V's log is missing";
const FAILOVER: &str = "restarted on another node by the cluster: no migration";
const UNREADABLE: &str =
    "holds no values and its text is not the English one: export as event XML, which needs no language";

/// Longest time between start and end, in milliseconds (24 hours).
const LONGEST: i64 = 24 * 3_600_000;
/// Two starts of one migration, and events around its ends, lie within two minutes.
const NEAR: i64 = 120_000;
/// The same event in two forms of export differs by less than a second: not all keep fractions.
const SAME: i64 = 999;

/// Pairs the events of one import.
pub(super) fn pair(events: &[Event<'_>], nodes: &Nodes) -> (Vec<Migration>, Vec<PassedOver>) {
    let mut migrations = Vec::new();
    let mut passed = Vec::new();
    for group in by_vm(events) {
        let mut vm = OneVm {
            events: group,
            starts: Vec::new(),
            moved: Vec::new(),
        };
        vm.find_starts();
        vm.pair(nodes, &mut migrations, &mut passed);
    }
    migrations.sort_by(|a, b| (a.start, &a.vm, &a.at).cmp(&(b.start, &b.vm, &b.at)));
    (migrations, passed)
}

/// The events of each VM in the order of time. A VM is its id; a name without id belongs to the only id that has this name.
fn by_vm<'a, 'e>(events: &'a [Event<'e>]) -> Vec<Vec<&'a Event<'e>>> {
    let mut ids: BTreeMap<String, Option<&str>> = BTreeMap::new();
    for event in events {
        let Some(id) = event.id.as_deref() else { continue };
        let known = ids.entry(name_key(&event.vm)).or_insert(Some(id));
        if *known != Some(id) {
            *known = None;
        }
    }
    let mut groups: BTreeMap<String, Vec<&Event<'e>>> = BTreeMap::new();
    for event in events {
        let name = name_key(&event.vm);
        let id = event.id.as_deref().or_else(|| ids.get(&name).copied().flatten());
        let key = id.map_or_else(|| format!("name {name}"), |id| format!("id {id}"));
        groups.entry(key).or_default().push(event);
    }
    let mut groups: Vec<Vec<&Event<'e>>> = groups.into_values().collect();
    for group in &mut groups {
        group.sort_by(|a, b| (a.ms(), a.record.info.id, &a.record.at).cmp(&(b.ms(), b.record.info.id, &b.record.at)));
    }
    groups
}

/// Where a migration begins.
#[derive(Clone, Copy)]
struct Start<'a, 'e> {
    ms: i64,
    event: &'a Event<'e>,
}

struct OneVm<'a, 'e> {
    events: Vec<&'a Event<'e>>,
    starts: Vec<Start<'a, 'e>>,
    /// Moves of the cluster that belong to a migration.
    moved: Vec<&'a Location>,
}

impl<'a, 'e> OneVm<'a, 'e> {
    /// Starts: events that say so; else an end with a duration tells when it began.
    fn find_starts(&mut self) {
        for event in self.events.iter().copied().filter(|e| e.meaning() == Meaning::Start) {
            let ended = |from: i64| {
                self.events
                    .iter()
                    .any(|e| ends(e) && e.ms() > from && e.ms() <= event.ms())
            };
            // Hyper-V and the cluster resource both write a start; the same event may stand in two forms of export
            let again = self.starts.last().is_some_and(|last| {
                let other = last.event.record.info.id != event.record.info.id;
                event.ms() - last.ms <= if other { NEAR } else { SAME } && !ended(last.ms)
            });
            if !again {
                self.starts.push(Start { ms: event.ms(), event });
            }
        }
        for event in self.events.iter().copied() {
            let Some(duration) = event.duration_ms else { continue };
            let ms = event.ms() - duration;
            let known = self.starts.iter().any(|s| s.ms >= ms - NEAR && s.ms <= event.ms());
            if !known && duration <= LONGEST {
                self.starts.push(Start { ms, event });
            }
        }
        self.starts.sort_by_key(|start| start.ms);
    }

    fn pair(&mut self, nodes: &Nodes, migrations: &mut Vec<Migration>, passed: &mut Vec<PassedOver>) {
        let first = self.starts.first().map_or(i64::MAX, |start| start.ms);
        self.without_start(first, nodes, passed);
        for index in 0..self.starts.len() {
            let Some(start) = self.starts.get(index).copied() else {
                continue;
            };
            let next = self.starts.get(index + 1).map_or(i64::MAX, |start| start.ms);
            match self.outcome(start, next.min(start.ms.saturating_add(LONGEST)), nodes) {
                Outcome::Success(migration) => migrations.push(migration),
                Outcome::Failure(event) => passed.push(pass(FAILED, event, nodes)),
                Outcome::Open => passed.push(pass(NO_END, start.event, nodes)),
            }
        }
        for event in self.events.iter().copied() {
            match event.meaning() {
                Meaning::Move if !self.moved.contains(&&event.record.at) => passed.push(pass(NOT_LIVE, event, nodes)),
                Meaning::Failover => passed.push(pass(FAILOVER, event, nodes)),
                _ => {}
            }
        }
    }

    /// Ends and failures before the first start: one entry for those that lie together.
    fn without_start(&self, first: i64, nodes: &Nodes, passed: &mut Vec<PassedOver>) {
        let mut told = i64::MIN;
        for event in self.events.iter().copied().filter(|e| e.ms() < first) {
            let reason = match event.meaning() {
                Meaning::Failure => FAILED,
                Meaning::Success | Meaning::Figure => NO_START,
                _ => continue,
            };
            if event.ms().saturating_sub(NEAR) > told {
                passed.push(pass(reason, event, nodes));
            }
            told = event.ms();
        }
    }

    /// What became of a start, from the events up to `until`.
    fn outcome(&mut self, start: Start<'a, 'e>, until: i64, nodes: &Nodes) -> Outcome<'a, 'e> {
        let inside = |e: &&&'a Event<'e>| e.ms() >= start.ms && e.ms() < until;
        let events: Vec<&'a Event<'e>> = self.events.iter().filter(inside).copied().collect();
        let decided = |e: &&&'a Event<'e>| matches!(e.meaning(), Meaning::Success | Meaning::Failure);
        if let Some(failure) = events.iter().find(decided).filter(|e| e.meaning() == Meaning::Failure) {
            return Outcome::Failure(failure);
        }
        match end(&events, &nodes.key(&start.event.record.computer), nodes) {
            Some(end) => Outcome::Success(self.migration(start, end, &events, nodes)),
            None => Outcome::Open,
        }
    }

    fn migration(
        &mut self,
        start: Start<'a, 'e>,
        end: &Event<'e>,
        events: &[&'a Event<'e>],
        nodes: &Nodes,
    ) -> Migration {
        let begun = start.event;
        let moved = self.moves(start.ms - NEAR, end.ms() + NEAR);
        // a figure is not known to come from the source's log, a start is
        let figure = begun.meaning() == Meaning::Figure;
        let source = moved.filter(|_| figure).and_then(|m| m.source.as_ref());
        let source = source.unwrap_or(&begun.record.computer);
        let elsewhere = |e: &&&'a Event<'e>| {
            let of_target = ends(e) || e.meaning() == Meaning::Arrival;
            of_target && nodes.key(&e.record.computer) != nodes.key(source)
        };
        let target = begun
            .target
            .as_ref()
            .or(moved.and_then(|m| m.target.as_ref()))
            .or(events.iter().find(elsewhere).map(|e| &e.record.computer));
        let blackout = |meaning| {
            let told = |e: &&&'a Event<'e>| e.meaning() == meaning;
            events.iter().filter(told).find_map(|e| e.blackout_ms)
        };
        Migration {
            vm: begun.vm.clone(),
            source: Some(nodes.show(source)),
            target: target.map(|node| nodes.show(node)),
            start: Stamp {
                ms: start.ms,
                ..begun.record.time
            },
            end: end.record.time,
            blackout_ms: blackout(Meaning::Success).or_else(|| blackout(Meaning::Figure)),
            at: begun.record.at.clone(),
        }
    }

    /// Moves of the cluster in a span of time; they are then part of a migration.
    fn moves(&mut self, from: i64, to: i64) -> Option<&'a Event<'e>> {
        let inside = |e: &&Event<'e>| e.meaning() == Meaning::Move && (from..=to).contains(&e.ms());
        let found: Vec<&'a Event<'e>> = self.events.iter().copied().filter(inside).collect();
        self.moved.extend(found.iter().map(|e| &e.record.at));
        found.first().copied()
    }
}

enum Outcome<'a, 'e> {
    Success(Migration),
    Failure(&'a Event<'e>),
    Open,
}

/// Whether a migration is over when the event is written.
fn ends(event: &Event<'_>) -> bool {
    matches!(event.meaning(), Meaning::Success | Meaning::Figure)
}

/// The event that ends a migration: what the source node says itself, else another node, else the last of the figures.
fn end<'a, 'e>(events: &[&'a Event<'e>], source: &str, nodes: &Nodes) -> Option<&'a Event<'e>> {
    let mut said = events.iter().copied().filter(|e| e.meaning() == Meaning::Success);
    let own = said.clone().find(|e| nodes.key(&e.record.computer) == source);
    let figures: Vec<&'a Event<'e>> = events
        .iter()
        .copied()
        .filter(|e| e.meaning() == Meaning::Figure)
        .collect();
    let first = figures.first().map_or(0, |e| e.ms());
    let last = figures.into_iter().take_while(|e| e.ms() - first <= NEAR).last();
    own.or_else(|| said.next()).or(last)
}

/// An entry for an event that says nothing to us.
pub(super) fn unreadable(record: &Record, nodes: &Nodes) -> PassedOver {
    PassedOver {
        reason: UNREADABLE,
        time: record.time,
        vm: String::new(),
        node: nodes.show(&record.computer),
        event: record.info.id,
        at: record.at.clone(),
    }
}

/// An entry for something that gave no row.
fn pass(reason: &'static str, event: &Event<'_>, nodes: &Nodes) -> PassedOver {
    PassedOver {
        reason,
        time: event.record.time,
        vm: event.vm.clone(),
        node: nodes.show(&event.record.computer),
        event: event.record.info.id,
        at: event.record.at.clone(),
    }
}
