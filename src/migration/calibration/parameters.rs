//! The unknowns: what each means, what it is without data, how far data may move it, and which ones this history can tell.
//!
//! In: batches. Out: the list of parameters, each free or kept at its default with the reason. Must not know: how they are fitted.
//!
//! Two things that always act together cannot be told apart: the rate and the share of the memory that is really sent (pages of
//! zeros hardly need sending), of which only the quotient shows; set-up and switch-over, of which only the sum shows
//! unless blackouts are recorded. The quotient is called link rate here, the sum fixed time.

use super::known::{Batch, Batches, Known};
use crate::migration::assumptions::{SETUP_MS, SWITCH_OVER_MS};
use crate::migration::estimate;
use crate::migration::whole::seconds;
use crate::profiles::Transport;
use crate::units::{Mbps, count, show_mbps};
use std::collections::{BTreeMap, BTreeSet};

/// Speed that a port of unknown speed is compared with, Mbit/s.
pub const UNKNOWN_SPEED: Mbps = 1_000;
/// Fewest migrations of a transport that teach anything.
const FEWEST_ROWS: usize = 5;
/// Fewest migrations that share a port before its stream limit or its loss is looked for.
const FEWEST_SHARED: usize = 10;

/// Why the switch-over is not told by durations.
pub(super) const NO_BLACKOUTS: &str = "fewer than five blackouts are recorded";
/// First guess of the duplex loss.
const FIRST_LOSS: f64 = 0.1;

/// What a parameter means; ports of unknown speed are a class of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// Set-up and switch-over together, seconds.
    FixedTime(Transport),
    /// Fixed part of the blackout, seconds; a part of the fixed time.
    SwitchOver(Transport),
    /// What all migrations over a port get together, as a share of its speed.
    LinkRate(Transport, Option<Mbps>),
    /// What a single migration gets of that, as a share.
    StreamShare(Transport, Option<Mbps>),
    /// Share of what a port receives that is lost while it sends all it can.
    DuplexLoss,
    /// Real dirty rate over the one in the file.
    DirtyScale,
}

impl Meaning {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Meaning::FixedTime(_) => "fixed_time",
            Meaning::SwitchOver(_) => "switch_over",
            Meaning::LinkRate(..) => "link_rate",
            Meaning::StreamShare(..) => "stream_share",
            Meaning::DuplexLoss => "duplex_loss",
            Meaning::DirtyScale => "dirty_scale",
        }
    }

    /// Unit in files.
    pub fn unit(self) -> &'static str {
        match self {
            Meaning::FixedTime(_) | Meaning::SwitchOver(_) => "s",
            Meaning::LinkRate(..) => "share of the port speed",
            Meaning::StreamShare(..) => "share of the link rate",
            Meaning::DuplexLoss => "share of the link rate",
            Meaning::DirtyScale => "factor",
        }
    }

    /// Transport it belongs to.
    pub fn transport(self) -> Option<Transport> {
        match self {
            Meaning::FixedTime(t) | Meaning::SwitchOver(t) | Meaning::LinkRate(t, _) | Meaning::StreamShare(t, _) => {
                Some(t)
            }
            Meaning::DuplexLoss | Meaning::DirtyScale => None,
        }
    }

    /// Port speed it belongs to.
    pub fn speed(self) -> Option<Mbps> {
        match self {
            Meaning::LinkRate(_, speed) | Meaning::StreamShare(_, speed) => speed,
            _ => None,
        }
    }

    /// Whether it is fitted by its logarithm: it is positive, and twice as much is as far as half as much.
    pub fn is_ratio(self) -> bool {
        !matches!(self, Meaning::DuplexLoss | Meaning::SwitchOver(_))
    }

    /// Value without data.
    pub fn default(self) -> f64 {
        match self {
            Meaning::FixedTime(_) => seconds(SETUP_MS + SWITCH_OVER_MS),
            Meaning::SwitchOver(_) => seconds(SWITCH_OVER_MS),
            Meaning::LinkRate(transport, speed) => {
                let speed = ratio_speed(speed);
                number(estimate::rate(transport, &[speed], false, 0).total) / number(speed)
            }
            Meaning::StreamShare(transport, speed) => {
                let rate = estimate::rate(transport, &[ratio_speed(speed)], false, 0);
                number(rate.per_vm.min(rate.total)) / number(rate.total)
            }
            Meaning::DuplexLoss => 0.0,
            Meaning::DirtyScale => 1.0,
        }
    }

    /// Least and most that is believed.
    pub fn bounds(self) -> (f64, f64) {
        match self {
            Meaning::FixedTime(_) => (0.05, 600.0),
            Meaning::SwitchOver(_) => (0.0, 600.0),
            Meaning::LinkRate(..) => (0.005, 20.0),
            Meaning::StreamShare(..) => (0.001, 1.0),
            Meaning::DuplexLoss => (0.0, 0.8),
            Meaning::DirtyScale => (0.05, 20.0),
        }
    }

    /// How far data may easily move it: a logarithm for ratios.
    fn freedom(self) -> f64 {
        match self {
            // where one stream does not fill the port, the port's own rate is well known and the stream is not
            Meaning::LinkRate(t, speed) if Meaning::StreamShare(t, speed).default() < 1.0 => 0.1,
            Meaning::DuplexLoss => 0.3,
            _ => 0.7,
        }
    }
}

/// Small whole numbers as floats.
fn number(value: u64) -> f64 {
    value as f64
}

/// The speed at which a share is worked out: below a hundred, rates in whole Mbit/s are too coarse for one, or are nothing at all.
fn ratio_speed(speed: Option<Mbps>) -> Mbps {
    speed.unwrap_or(UNKNOWN_SPEED).max(100)
}

/// One unknown.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// What it means.
    pub meaning: Meaning,
    /// Why it is kept at its default; `None` = it is fitted.
    pub kept: Option<String>,
    /// How far data may easily move it.
    pub freedom: f64,
}

/// All unknowns of a history.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    /// In order of meaning.
    pub list: Vec<Parameter>,
}

impl Parameters {
    /// Looks at what the batches can tell.
    pub fn of(batches: &Batches) -> Parameters {
        let evidence = Evidence::of(batches);
        let mut meanings: BTreeSet<Meaning> = BTreeSet::from([Meaning::DuplexLoss, Meaning::DirtyScale]);
        for row in batches.list.iter().flat_map(|batch| &batch.migrations) {
            meanings.insert(Meaning::FixedTime(row.transport));
            meanings.insert(Meaning::SwitchOver(row.transport));
            for speed in port_speeds(row).into_iter().flatten() {
                meanings.insert(Meaning::LinkRate(row.transport, speed));
                meanings.insert(Meaning::StreamShare(row.transport, speed));
            }
        }
        let parameter = |meaning: Meaning| Parameter {
            meaning,
            kept: evidence.missing_for(meaning),
            freedom: meaning.freedom(),
        };
        Parameters {
            list: meanings.into_iter().map(parameter).collect(),
        }
    }

    /// Keeps parameters at their defaults, each for its reason.
    pub fn keep(&mut self, reasons: Vec<(usize, String)>) {
        for (index, why) in reasons {
            if let Some(parameter) = self.list.get_mut(index) {
                parameter.kept = Some(why);
            }
        }
    }

    /// Notes that a kept parameter was learnt after all; false if another reason stands against it.
    pub(super) fn learnt(&mut self, index: usize) -> bool {
        match self.list.get_mut(index) {
            Some(parameter) if parameter.kept.as_deref() == Some(NO_BLACKOUTS) => {
                parameter.kept = None;
                true
            }
            _ => false,
        }
    }

    /// Position of a meaning.
    pub fn position(&self, meaning: Meaning) -> Option<usize> {
        self.list.iter().position(|parameter| parameter.meaning == meaning)
    }

    /// Values without data.
    pub fn defaults(&self) -> Vec<f64> {
        self.list.iter().map(|parameter| parameter.meaning.default()).collect()
    }

    /// Where the search for the free parameters begins: at their defaults, but a loss of nothing would hide what more of it does.
    pub(super) fn starts(&self, free: &[usize], defaults: &[f64]) -> Vec<f64> {
        let parameters = free.iter().filter_map(|index| self.list.get(*index));
        let start = |(parameter, default): (&Parameter, &f64)| match parameter.meaning {
            Meaning::DuplexLoss => FIRST_LOSS,
            _ => *default,
        };
        parameters.zip(defaults).map(start).collect()
    }

    /// Positions of those that are fitted.
    pub fn free(&self) -> Vec<usize> {
        (0..self.list.len())
            .filter(|index| self.list[*index].kept.is_none())
            .collect()
    }
}

/// Speed classes of the two ports that limit a migration: an unknown port beside a known one limits nothing.
pub(super) fn port_speeds(row: &Known) -> [Option<Option<Mbps>>; 2] {
    match (row.source_mbps, row.target_mbps) {
        (None, None) => [Some(None), Some(None)],
        (source, target) => [source.map(Some), target.map(Some)],
    }
}

/// Ports of a batch: node, whether it sends, speed class.
pub(super) type PortKey = (usize, bool, Option<Mbps>);

/// The ports that a migration uses, source first.
pub(super) fn ports(row: &Known) -> [Option<PortKey>; 2] {
    let [source, target] = port_speeds(row);
    [
        source.map(|speed| (row.source, true, speed)),
        target.map(|speed| (row.target, false, speed)),
    ]
}

/// What a history shows.
#[derive(Default)]
struct Evidence {
    /// Teaching rows of each transport.
    rows: BTreeMap<Transport, usize>,
    /// Seconds of copying at port speed, least and most.
    copying: BTreeMap<Transport, (f64, f64)>,
    /// Rows that share a port with another, by class.
    shared: BTreeMap<(Transport, Option<Mbps>), usize>,
    /// Rows whose target sends meanwhile.
    target_sends: usize,
    /// Dirty rates of the file that differ by at least two from the lowest to the highest tenth.
    dirty_rates_differ: bool,
    /// Dirty rates that the file says.
    dirty_rates: usize,
}

impl Evidence {
    fn of(batches: &Batches) -> Evidence {
        let mut rates = batches.dirty_rates.clone();
        rates.sort_by(f64::total_cmp);
        let tenth = |position: usize| {
            rates
                .get(position.min(rates.len().saturating_sub(1)))
                .copied()
                .unwrap_or(0.0)
        };
        let (low, high) = (tenth(rates.len() / 10), tenth(rates.len() * 9 / 10));
        let mut evidence = Evidence {
            dirty_rates_differ: rates.len() >= FEWEST_SHARED && high > 0.0 && high >= 2.0 * low,
            dirty_rates: rates.len(),
            ..Evidence::default()
        };
        for batch in &batches.list {
            evidence.look_at(batch);
        }
        evidence
    }

    fn look_at(&mut self, batch: &Batch) {
        for row in batch.migrations.iter().filter(|row| !row.is_guess) {
            let Some(duration) = row.duration_s else { continue };
            *self.rows.entry(row.transport).or_default() += 1;
            let seconds = row.bytes / number(row.slower_mbps().unwrap_or(UNKNOWN_SPEED));
            let (least, most) = self.copying.entry(row.transport).or_insert((seconds, seconds));
            (*least, *most) = (least.min(seconds), most.max(seconds));
            let end = row.start_s + duration;
            let meets = |other: &&Known| {
                !std::ptr::eq(*other, row)
                    && other.start_s < end
                    && other.start_s + other.duration_s.unwrap_or(0.0) > row.start_s
            };
            let mut classes = BTreeSet::new();
            let mut target_sends = false;
            for other in batch.migrations.iter().filter(meets) {
                target_sends |= other.source == row.target;
                let theirs = ports(other);
                let common = ports(row)
                    .into_iter()
                    .flatten()
                    .filter(|port| theirs.contains(&Some(*port)));
                classes.extend(common.map(|(_, _, speed)| (row.transport, speed)));
            }
            self.target_sends += usize::from(target_sends);
            for class in classes {
                *self.shared.entry(class).or_default() += 1;
            }
        }
    }

    /// Why the history cannot tell a parameter.
    fn missing_for(&self, meaning: Meaning) -> Option<String> {
        if let Some(transport) = meaning.transport() {
            let rows = self.rows.get(&transport).copied().unwrap_or(0);
            if rows < FEWEST_ROWS {
                return Some(format!(
                    "only {rows} usable migrations over {}; {FEWEST_ROWS} are needed",
                    transport.name()
                ));
            }
        }
        match meaning {
            Meaning::FixedTime(transport) => self.one_size(transport),
            // durations show only the sum; blackouts tell it apart after the fit
            Meaning::SwitchOver(_) => Some(NO_BLACKOUTS.to_owned()),
            Meaning::LinkRate(..) => None,
            Meaning::StreamShare(transport, speed) => self.never_shared(transport, speed),
            Meaning::DuplexLoss => (self.target_sends < FEWEST_SHARED).then(|| {
                format!(
                    "only {} arrived at a node that was sending at the same time; {FEWEST_SHARED} are needed",
                    count(self.target_sends, "migration")
                )
            }),
            Meaning::DirtyScale => self.same_dirty_rate(),
        }
    }

    fn one_size(&self, transport: Transport) -> Option<String> {
        let (least, most) = self.copying.get(&transport).copied().unwrap_or((1.0, 1.0));
        (most < 1.3 * least).then(|| {
            "all migrations moved about the same memory over the same speed: fixed time and rate cannot be told apart".to_owned()
        })
    }

    fn never_shared(&self, transport: Transport, speed: Option<Mbps>) -> Option<String> {
        let shared = self.shared.get(&(transport, speed)).copied().unwrap_or(0);
        let one_fills_it = Meaning::StreamShare(transport, speed).default() >= 1.0;
        (one_fills_it && shared < FEWEST_SHARED).then(|| {
            format!(
                "only {} shared such a port with another one; {FEWEST_SHARED} are needed",
                count(shared, "migration")
            )
        })
    }

    fn same_dirty_rate(&self) -> Option<String> {
        if self.dirty_rates < FEWEST_SHARED {
            return Some("the file says no dirty rates".to_owned());
        }
        (!self.dirty_rates_differ).then(|| {
            "every migration has about the same dirty rate: more dirty memory and a slower network look the same"
                .to_owned()
        })
    }
}

/// What a class of ports is called.
pub fn show_class(speed: Option<Mbps>) -> String {
    speed.map_or_else(|| "unknown speed".to_owned(), show_mbps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_data_every_speed_has_a_share_that_a_file_may_hold() {
        for transport in [Transport::Tcp, Transport::Compression, Transport::Smb] {
            for speed in [None, Some(1), Some(10), Some(100), Some(1_000), Some(1_000_000)] {
                for meaning in [
                    Meaning::LinkRate(transport, speed),
                    Meaning::StreamShare(transport, speed),
                ] {
                    let (least, most) = meaning.bounds();
                    let value = meaning.default();
                    assert!((least..=most).contains(&value), "{meaning:?}: {value}");
                }
            }
        }
    }
}
