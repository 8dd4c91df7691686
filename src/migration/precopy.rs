//! One live migration at a constant rate: passes over the memory, then a pause for what is left.
//!
//! In: memory and how fast it gets dirty, the rate, when Hyper-V stops copying. Out: time, bytes, brownout, blackout,
//! and the rate that would make it better. Must not know: other migrations, links, slots.
//!
//! ```text
//! V(1) = memory
//! pass i takes T(i) = V(i) / rate and leaves U(i) = min(working set, dirty rate * T(i)) bytes dirty
//! it stops when U(i) <= residue_s * rate, or after the last pass allowed; else V(i+1) = U(i)
//! brownout = set-up + sum of T        blackout = U(last) / rate + switch-over
//! ```
//!
//! The recursion is that of Clark et al., "Live Migration of Virtual Machines" (NSDI 2005), with the dirty curve of
//! SimGrid's live-migration plug-in (Hirofuchi, Lebre, Pouilloux, "SimGrid VM").

use super::assumptions::{PASSES, RESIDUE_MS};
use super::whole;

/// Passes after which a copy without a pass limit is given up, so that it always ends.
const PASS_CEILING: u32 = 1_000;

/// Memory of one VM and how its guest writes to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Bytes to send in the first pass: the memory assigned now.
    pub bytes: f64,
    /// Distinct bytes the guest dirties per second over short intervals.
    pub dirty_rate: f64,
    /// Most distinct bytes that one pass can leave dirty.
    pub working_set: f64,
}

impl Memory {
    /// Distinct bytes dirtied in `seconds`: linear up to the working set, never more than the memory.
    ///
    /// The smooth curve `W * (1 - exp(-D * t / W))` with the same slope and the same limit is never above it.
    pub fn dirtied(&self, seconds: f64) -> f64 {
        (self.dirty_rate * seconds).min(self.working_set).min(self.bytes)
    }

    /// The working set, at most the memory.
    fn residue_limit(&self) -> f64 {
        self.working_set.min(self.bytes)
    }
}

/// When the copying passes end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stopping {
    /// Passes at most, the first included; `None`: no limit but our own (1,000).
    pub max_passes: Option<u32>,
    /// A residue that takes no longer than this at the rate of the last pass ends the copying, seconds.
    pub residue_s: f64,
}

impl Default for Stopping {
    /// Hyper-V as far as it is known, see [`super::assumptions`].
    fn default() -> Stopping {
        Stopping {
            max_passes: Some(PASSES),
            residue_s: whole::seconds(RESIDUE_MS),
        }
    }
}

impl Stopping {
    /// Passes at most, at least one.
    pub(super) fn limit(&self) -> u32 {
        self.max_passes.unwrap_or(PASS_CEILING).max(1)
    }
}

/// Why the copying passes ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoppedBy {
    /// What was left was little enough.
    Threshold,
    /// The last allowed pass still left too much: the blackout is longer than wished.
    MaxPasses,
}

/// A finished migration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Copy {
    /// From the start to the VM running on the target, seconds.
    pub total_s: f64,
    /// Set-up and copying passes: the VM runs, and is slower, seconds.
    pub brownout_s: f64,
    /// The VM is paused, seconds.
    pub blackout_s: f64,
    /// All bytes sent.
    pub bytes: f64,
    /// Copying passes.
    pub passes: u32,
    /// Why they ended.
    pub stopped_by: StoppedBy,
}

/// Migrates `memory` at `rate` bytes per second; `setup_s` before the first byte, `switch_over_s` while paused.
///
/// A rate of 0 gives endless times.
pub fn copy(memory: &Memory, rate: f64, stopping: &Stopping, setup_s: f64, switch_over_s: f64) -> Copy {
    let mut to_send = memory.bytes;
    let (mut sent, mut copying_s, mut passes) = (0.0, 0.0, 0);
    let (left, stopped_by) = loop {
        passes += 1;
        let pass_s = transfer_s(to_send, rate);
        copying_s += pass_s;
        sent += to_send;
        let left = memory.dirtied(pass_s);
        if left <= stopping.residue_s * rate {
            break (left, StoppedBy::Threshold);
        }
        if passes >= stopping.limit() {
            break (left, StoppedBy::MaxPasses);
        }
        to_send = left;
    };
    let brownout_s = setup_s + copying_s;
    let blackout_s = transfer_s(left, rate) + switch_over_s;
    Copy {
        total_s: brownout_s + blackout_s,
        brownout_s,
        blackout_s,
        bytes: sent + left,
        passes,
        stopped_by,
    }
}

/// Seconds for `bytes` at `rate`; nothing takes no time, even at rate 0.
fn transfer_s(bytes: f64, rate: f64) -> f64 {
    if bytes <= 0.0 { 0.0 } else { bytes / rate.max(0.0) }
}

/// Least and most seconds that the migration can take at this rate, whatever the guest writes inside its working set:
/// `[M/R, (M + K*W)/R]` plus the fixed times.
///
/// The K - 1 passes after the first and the pause each send at most the working set. Without a pass limit the upper
/// end is the geometric series `M/(R-D)`, endless from `D = R` on.
pub fn interval(memory: &Memory, rate: f64, stopping: &Stopping, setup_s: f64, switch_over_s: f64) -> (f64, f64) {
    let fixed = setup_s + switch_over_s;
    let most = match stopping.max_passes {
        Some(_) => transfer_s(
            memory.bytes + f64::from(stopping.limit()) * memory.residue_limit(),
            rate,
        ),
        None => transfer_s(memory.bytes, rate - memory.dirty_rate),
    };
    (transfer_s(memory.bytes, rate) + fixed, most + fixed)
}

/// Whether the passes shrink to a short pause, and what it takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Convergence {
    /// The passes end because little is left, not because their number is used up.
    pub converges: bool,
    /// The guest dirties memory at least as fast as it is sent: more passes would not help either.
    pub hopeless: bool,
    /// Least rate at which the passes converge, bytes per second.
    pub converging_rate: f64,
}

/// Judges a migration at `rate` bytes per second.
///
/// Pass i leaves `min(L^i * M, L^j * W for all j < i)` with `L = D/R`; solving "at most residue_s * R" for R gives the
/// rate.
pub fn convergence(memory: &Memory, rate: f64, stopping: &Stopping) -> Convergence {
    let needed = converging_rate(memory, stopping);
    let after_first = memory.dirtied(transfer_s(memory.bytes, rate));
    Convergence {
        converges: rate >= needed,
        hopeless: memory.dirty_rate >= rate && after_first > stopping.residue_s * rate,
        converging_rate: needed,
    }
}

/// Least rate at which some allowed pass leaves little enough.
fn converging_rate(memory: &Memory, stopping: &Stopping) -> f64 {
    let (dirty, set, residue_s) = (memory.dirty_rate, memory.residue_limit(), stopping.residue_s);
    if dirty <= 0.0 || set <= 0.0 {
        return 0.0;
    }
    // the largest rate at which factor^(power) = start / residue_s, written so that nothing overflows
    let root = |start: f64, power: f64| dirty * (start / (residue_s * dirty)).powf(1.0 / (power + 1.0));
    let last = f64::from(stopping.limit());
    [
        root(memory.bytes, 1.0),
        root(memory.bytes, last),
        set / residue_s,
        root(set, last - 1.0),
    ]
    .into_iter()
    .fold(f64::INFINITY, f64::min)
}

/// Least rate from which on the pause never exceeds `blackout_s`, bytes per second; `None` if the switch-over alone
/// does.
///
/// Either the working set fits into the pause, `W / (blackout - switch-over)`, or, if the pause has room for the
/// residue that ends the passes, the rate at which they converge is enough.
pub fn rate_for_blackout(memory: &Memory, blackout_s: f64, stopping: &Stopping, switch_over_s: f64) -> Option<f64> {
    let room_s = blackout_s - switch_over_s;
    if room_s <= 0.0 {
        return None;
    }
    let whole_set = memory.residue_limit() / room_s;
    if room_s < stopping.residue_s {
        return Some(whole_set);
    }
    Some(whole_set.min(converging_rate(memory, stopping)))
}
