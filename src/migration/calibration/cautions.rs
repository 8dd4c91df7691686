//! Why a history teaches less than it could, in plain words: few migrations, ports of unknown speed, unknown transport.
//!
//! In: a history and what became of it. Out: sentences that stand beside the scores, each with what to add. Must not know: fits.
//!
//! The figures come from lessons of 10, 20 and 40 migrations, drawn 24 times each from 1,000 measured ones (README, "What past
//! migrations teach"), with and without their port speeds.

use super::history::History;
use super::known::{Batches, Known};
use crate::units::count;

/// From so many migrations on more of them hardly change what is learnt.
pub(super) const ENOUGH: usize = 40;

/// Beside the scores of a lesson.
pub(super) fn of_lesson(history: &History, batches: &Batches) -> Vec<String> {
    let scored = scored(batches).count();
    let few = (scored < ENOUGH).then(|| {
        format!(
            "Only {}: the scores above rest on little. On a quiet network that was measured such lessons were off by 4 to 9 % on the next nights, \
             those of {ENOUGH} and more by 3 to 6 %; expect no better, and more where the scores are worse. The P90 is widened for it. Add the \
             migrations of more nights.",
            count(scored, "migration")
        )
    });
    let all = [
        no_memory(history, batches),
        few,
        no_speeds(batches),
        no_transport(history),
    ];
    all.into_iter().flatten().collect()
}

/// Beside the scores of a calibration.
pub(super) fn of_scores(history: &History, batches: &Batches) -> Vec<String> {
    let scored = scored(batches).count();
    let few = (scored < ENOUGH).then(|| {
        format!(
            "Only {}: a few nights more may turn these scores either way. Add migrations before you judge the calibration by them.",
            count(scored, "migration")
        )
    });
    let all = [no_memory(history, batches), few, no_speeds(batches)];
    all.into_iter().flatten().collect()
}

/// Migrations whose real duration is known.
fn scored(batches: &Batches) -> impl Iterator<Item = &Known> {
    let rows = batches.list.iter().flat_map(|batch| &batch.migrations);
    rows.filter(|row| row.duration_s.is_some())
}

fn no_memory(history: &History, batches: &Batches) -> Option<String> {
    let known = history.migrations.iter().any(|past| past.memory.is_some());
    (!known && scored(batches).next().is_some()).then(|| {
        "The memory of no VM is known, and without it nobody can tell a slow network from a large VM: nothing is learnt. Fill memory_mib \
         (Get-VM | Format-Table Name, MemoryAssigned), or make the history again with nicplan import EVENTS --with INVENTORY -o DIR."
            .to_owned()
    })
}

/// Most ports of unknown speed: nodes with different ports look alike.
fn no_speeds(batches: &Batches) -> Option<String> {
    let unknown = scored(batches).filter(|row| row.slower_mbps().is_none()).count();
    (unknown > 0).then(|| {
        format!(
            "The port speeds of {} are not known. Slow and fast ports then count as one: expect single forecasts to be off by 20 to 30 % where \
             ports differ, and a drain forecast cannot use such a rate at all, since it asks for the rate of a port speed. Fill source_mbps and \
             target_mbps (Get-NetAdapter | Format-Table Name, LinkSpeed on each node), or import with --with INVENTORY.",
            count(unknown, "migration")
        )
    })
}

/// No row says the transport: what is learnt may be filed under the wrong one.
fn no_transport(history: &History) -> Option<String> {
    let known = history.migrations.iter().any(|past| past.transport.is_some());
    (!known).then(|| {
        "The transport of no migration is known and TCP was taken; a drain forecast uses what was learnt only where migrations run over TCP. \
         Fill transport with tcp, compression or smb (Get-VMHost | Format-Table Name, VirtualMachineMigrationPerformanceOption)."
            .to_owned()
    })
}
