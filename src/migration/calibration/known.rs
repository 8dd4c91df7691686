//! Fills what a history leaves blank, and says what it filled.
//!
//! In: past migrations with blanks. Out: batches of migrations that can be replayed, each with its ports as numbers.
//! Must not know: rates, fits.
//!
//! A blank is taken from the same node or VM in other rows where that is possible; else from the usual value of the file;
//! else from a documented default. A row whose memory is only guessed is replayed and scored, but teaches nothing.

use super::history::{History, Past, key};
use crate::migration::assumptions::Activity;
use crate::migration::whole::bytes;
use crate::profiles::Transport;
use crate::units::{Mbps, MiB, Permille, show_permille};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Memory of a VM when no row says any, MiB (assumption).
const SOME_MEMORY: MiB = 4096;
const MIB: f64 = 1_048_576.0;

/// One direction of one port, as a number within its batch.
pub type Port = usize;

/// A migration that can be replayed.
#[derive(Clone, Debug, PartialEq)]
pub struct Known {
    /// Line in the file.
    pub line: u32,
    /// Performance option.
    pub transport: Transport,
    /// Speed of the source port; unknown counts as as fast as the target.
    pub source_mbps: Option<Mbps>,
    /// Speed of the target port; unknown counts as as fast as the source.
    pub target_mbps: Option<Mbps>,
    /// Memory to send, bytes.
    pub bytes: f64,
    /// Bytes per second that get dirty.
    pub dirty_rate: f64,
    /// Bytes at most that one pass leaves dirty.
    pub working_set: f64,
    /// Begin, seconds from the first begin of the batch.
    pub start_s: f64,
    /// Duration, seconds; `None` = not known, not scored.
    pub duration_s: Option<f64>,
    /// Blackout, seconds.
    pub blackout_s: Option<f64>,
    /// The memory is guessed: the row must not teach.
    pub is_guess: bool,
    /// Source node in its batch.
    pub source: usize,
    /// Target node in its batch.
    pub target: usize,
}

impl Known {
    /// Speed that decides the link class: the slower end, as far as it is known.
    pub fn slower_mbps(&self) -> Option<Mbps> {
        match (self.source_mbps, self.target_mbps) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (one, other) => one.or(other),
        }
    }
}

/// Migrations that ran together.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Name; "line N" for a row without one.
    pub name: String,
    /// Which batches are repetitions of one plan: the sorted set of VM, source and target.
    pub plan: String,
    /// Migrations by start.
    pub migrations: Vec<Known>,
}

/// What is usual among migrations: it stands for what a row, its VM and its node leave blank.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Usually {
    /// Memory of a VM, MiB.
    pub memory_mib: Option<MiB>,
    /// Dirty rate, MiB/s.
    pub dirty_mib_s: Option<f64>,
    /// Working set, in thousandths of the memory.
    pub working_set_permille: Option<Permille>,
    /// Performance option.
    pub transport: Option<Transport>,
}

impl Usually {
    fn of(rows: &[Past]) -> Usually {
        let share = |past: &Past| Some((past.working_set? * 1000 / past.memory?.max(1)).min(1000));
        let count = |t: Transport| rows.iter().filter(|past| past.transport == Some(t)).count();
        let transports = [Transport::Smb, Transport::Compression, Transport::Tcp];
        Usually {
            memory_mib: median(rows.iter().filter_map(|past| past.memory).collect()),
            dirty_mib_s: median_rate(rows.iter().filter_map(|past| past.dirty_mib_s).collect()),
            working_set_permille: median(rows.iter().filter_map(share).collect()),
            transport: transports
                .into_iter()
                .filter(|t| count(*t) > 0)
                .max_by_key(|t| count(*t)),
        }
    }

    /// These, and `other` where they are unknown.
    fn or(self, other: Usually) -> Usually {
        Usually {
            memory_mib: self.memory_mib.or(other.memory_mib),
            dirty_mib_s: self.dirty_mib_s.or(other.dirty_mib_s),
            working_set_permille: self.working_set_permille.or(other.working_set_permille),
            transport: self.transport.or(other.transport),
        }
    }
}

/// What can be replayed, and what was filled in or left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batches {
    /// Batches by first appearance.
    pub list: Vec<Batch>,
    /// Sentences for the administrator.
    pub notes: Vec<String>,
    /// What is usual in the file.
    pub usually: Usually,
    /// Rows whose dirty rate the file says.
    pub dirty_rates: Vec<f64>,
}

/// Prepares a history for replay; `elsewhere` is what is usual where the file says nothing at all.
pub fn fill(history: &History, elsewhere: Usually) -> Batches {
    let own = Usually::of(&history.migrations);
    let usual = Usual::of(&history.migrations, own.or(elsewhere));
    let mut batches = Batches {
        notes: history.notes.clone(),
        usually: own,
        dirty_rates: history.migrations.iter().filter_map(|past| past.dirty_mib_s).collect(),
        ..Batches::default()
    };
    let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
    let mut grouped: Vec<(String, Vec<&Past>)> = Vec::new();
    for past in &history.migrations {
        let name = match past.batch.as_str() {
            "" => format!("line {}", past.line),
            name => name.to_owned(),
        };
        let next = grouped.len();
        match grouped.get_mut(*by_name.entry(name.clone()).or_insert(next)) {
            Some((_, rows)) => rows.push(past),
            None => grouped.push((name, vec![past])),
        }
    }
    for (name, rows) in grouped {
        batches.list.extend(batch(name, &rows, &usual));
    }
    batches.notes.extend(notes(&history.migrations, &usual));
    batches
}

/// What other rows say about a node or VM, and what is usual.
struct Usual {
    node_mbps: BTreeMap<String, Mbps>,
    vm_memory: BTreeMap<String, MiB>,
    all: Usually,
}

impl Usual {
    fn of(rows: &[Past], all: Usually) -> Usual {
        let mut speeds: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        let mut memories: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for past in rows {
            let ends = [(&past.source, past.source_mbps), (&past.target, past.target_mbps)];
            for (node, speed) in ends.into_iter().filter(|(node, _)| !node.is_empty()) {
                speeds.entry(key(node)).or_default().extend(speed);
            }
            if !past.vm.is_empty() {
                memories.entry(key(&past.vm)).or_default().extend(past.memory);
            }
        }
        let middle = |all: BTreeMap<String, Vec<u64>>| {
            all.into_iter()
                .filter_map(|(name, values)| median(values).map(|value| (name, value)))
                .collect()
        };
        Usual {
            node_mbps: middle(speeds),
            vm_memory: middle(memories),
            all,
        }
    }

    fn memory_note(&self) -> String {
        let memory = self.all.memory_mib.unwrap_or(SOME_MEMORY);
        format!("of unknown memory taken as {memory} MiB; they teach nothing")
    }

    fn dirty_note(&self) -> String {
        match self.all.dirty_mib_s {
            Some(rate) => format!("of unknown dirty rate taken as {rate} MiB/s, as usual"),
            None => "of unknown dirty rate taken as ordinary servers".to_owned(),
        }
    }

    fn working_set_note(&self) -> String {
        match self.all.working_set_permille {
            Some(share) => {
                let share = show_permille(share);
                format!("of unknown working set taken as {share} of the memory, as usual")
            }
            None => "of unknown working set taken as ordinary servers".to_owned(),
        }
    }

    fn transport(&self) -> Transport {
        self.all.transport.unwrap_or(Transport::Tcp)
    }

    fn speed(&self, node: &str, said: Option<Mbps>) -> Option<Mbps> {
        said.or_else(|| self.node_mbps.get(&key(node)).copied())
    }
}

/// The lower median of rates.
fn median_rate(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}

/// The lower median.
fn median(mut values: Vec<u64>) -> Option<u64> {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied()
}

fn batch(name: String, rows: &[&Past], usual: &Usual) -> Option<Batch> {
    let begin = rows
        .iter()
        .filter_map(|past| past.start_s)
        .fold(f64::INFINITY, f64::min);
    let mut nodes: BTreeMap<String, usize> = BTreeMap::new();
    let mut moves: Vec<String> = Vec::new();
    let mut migrations: Vec<Known> = Vec::new();
    for past in rows {
        let Some(start_s) = past.start_s else { continue };
        let mut number = |node: &str, end: &str| {
            let unknown = format!("\n{} {end}", past.line);
            let next = nodes.len();
            *nodes
                .entry(if node.is_empty() { unknown } else { key(node) })
                .or_insert(next)
        };
        let (source, target) = (number(&past.source, "source"), number(&past.target, "target"));
        moves.push(format!(
            "{}\t{}\t{}",
            key(&past.vm),
            key(&past.source),
            key(&past.target)
        ));
        migrations.push(known(past, usual, start_s, begin, (source, target)));
    }
    moves.sort();
    migrations.sort_by(|a, b| a.start_s.total_cmp(&b.start_s));
    (!migrations.is_empty()).then(|| Batch {
        name,
        plan: moves.join("\n"),
        migrations,
    })
}

fn known(past: &Past, usual: &Usual, start_s: f64, begin: f64, (source, target): (usize, usize)) -> Known {
    let of_vm = || usual.vm_memory.get(&key(&past.vm)).copied();
    let said = past.memory.or_else(of_vm);
    let memory = said.or(usual.all.memory_mib).unwrap_or(SOME_MEMORY);
    let ordinary = Activity::default().memory(memory);
    let dirty = past.dirty_mib_s.or(usual.all.dirty_mib_s);
    let working_set = past
        .working_set
        .or_else(|| usual.all.working_set_permille.map(|share| memory * share / 1000));
    let duration = past.end_s.map(|end| end - start_s).filter(|seconds| *seconds > 0.0);
    Known {
        line: past.line,
        transport: past.transport.unwrap_or(usual.transport()),
        source_mbps: usual.speed(&past.source, past.source_mbps),
        target_mbps: usual.speed(&past.target, past.target_mbps),
        bytes: bytes(memory),
        dirty_rate: dirty.map_or(ordinary.dirty_rate, |rate| rate * MIB),
        working_set: working_set.map_or(ordinary.working_set, bytes),
        start_s: start_s - begin,
        duration_s: duration,
        blackout_s: past.blackout_ms.map(|ms| ms / 1000.0),
        is_guess: said.is_none(),
        source,
        target,
    }
}

/// What was filled in or left out, each kind once.
fn notes(rows: &[Past], usual: &Usual) -> Vec<String> {
    let count = |is: &dyn Fn(&Past) -> bool| rows.iter().filter(|past| is(past)).count();
    let no_memory = |past: &Past| past.memory.is_none() && !usual.vm_memory.contains_key(&key(&past.vm));
    let no_speed = |past: &Past| {
        usual.speed(&past.source, past.source_mbps).is_none() && usual.speed(&past.target, past.target_mbps).is_none()
    };
    let instant = |past: &Past| matches!((past.start_s, past.end_s), (Some(start), Some(end)) if end <= start);
    let unscored = "shorter than the clock of the file can tell: replayed, not scored";
    [
        (
            count(&|p| p.start_s.is_none()),
            "without start_s passed over".to_owned(),
        ),
        (
            count(&|p| p.start_s.is_some() && p.end_s.is_none()),
            "without end_s replayed, not scored".to_owned(),
        ),
        (count(&instant), unscored.to_owned()),
        (count(&no_memory), usual.memory_note()),
        (
            count(&no_speed),
            "between ports of unknown speed: a rate of their own is learnt".to_owned(),
        ),
        (count(&|p| p.dirty_mib_s.is_none()), usual.dirty_note()),
        (count(&|p| p.working_set.is_none()), usual.working_set_note()),
        (
            count(&|p| p.transport.is_none()),
            format!("of unknown transport taken as {}", usual.transport().name()),
        ),
    ]
    .into_iter()
    .filter(|(rows, _)| *rows > 0)
    .map(|(rows, what)| format!("{rows} {} {what}", if rows == 1 { "migration" } else { "migrations" }))
    .collect()
}
