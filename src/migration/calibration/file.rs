//! What was learnt, as a file and as answers: rates, fixed times, dirty scale and P90 for a pair of ports.
//!
//! In: parameters with their values, or a `calibration.json`. Out: the same bytes for the same history; [`Terms`] for forecasts.
//! Must not know: how the values were found.

use super::known::Usually;
use super::parameters::{Meaning, UNKNOWN_SPEED};
use super::replay::Company;
use super::score::Scores;
use super::spread::{Spread, UNCALIBRATED_P90};
use crate::migration::whole::bytes_s;
use crate::profiles::Transport;
use crate::units::Mbps;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Version of the file.
pub const SCHEMA_VERSION: u32 = 1;
/// More than any memory is written at, MiB/s.
const MOST_DIRTY: f64 = 1_048_576.0;
/// More memory than a history may say, MiB: 1 PiB.
const MOST_MEMORY: u64 = 1 << 30;
/// More than any migration ever took of its forecast.
pub(super) const MOST_RATIO: f64 = 1000.0;
/// Less than any took.
pub(super) const LEAST_RATIO: f64 = 0.001;

/// That a number of the file lies outside what it can be.
pub(super) fn outside(name: &str, value: f64, least: f64, most: f64) -> Option<String> {
    let wrong = !(least..=most).contains(&value);
    wrong.then(|| format!("{name} is {value}, which lies outside {least} to {most}"))
}

/// One unknown and what became of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// `fixed_time`, `switch_over`, `link_rate`, `stream_share`, `duplex_loss` or `dirty_scale`.
    pub parameter: String,
    /// Performance option it belongs to; none = all.
    pub transport: Option<Transport>,
    /// Port speed it belongs to; none = all, or ports of unknown speed.
    pub speed_mbps: Option<Mbps>,
    /// Value that forecasts use.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Value without any history.
    pub default: f64,
    /// Lower end of the interval that holds it with about 95 %.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Whether the history could tell it.
    pub identified: bool,
    /// Why not; empty if it could.
    pub why: String,
}

impl Entry {
    /// What cannot be right about it.
    fn fault(&self) -> Option<String> {
        let Some(meaning) = self.meaning() else {
            return Some(format!("there is no parameter '{}' as it is described", self.parameter));
        };
        let (least, most) = meaning.bounds();
        let said = [
            ("", Some(self.value)),
            ("default of ", Some(self.default)),
            ("low of ", self.low),
            ("high of ", self.high),
        ];
        let outside = said.into_iter().find_map(|(which, value)| {
            let value = value.filter(|value| !(least..=most).contains(value))?;
            Some(format!(
                "{which}{} is {value}, which lies outside {least} to {most}",
                self.parameter
            ))
        });
        outside.or_else(|| self.interval_fault())
    }

    /// An interval that does not hold its value, or has one end only.
    fn interval_fault(&self) -> Option<String> {
        match (self.low, self.high) {
            (None, None) => None,
            (Some(low), Some(high)) => (!(low..=high).contains(&self.value)).then(|| {
                format!(
                    "{} is {}, which lies outside its own interval, low {low} to high {high}",
                    self.parameter, self.value
                )
            }),
            _ => Some(format!("{} has low without high, or high without low", self.parameter)),
        }
    }

    /// What tells it from all others.
    fn identity(&self) -> (&str, Option<Transport>, Option<Mbps>) {
        (&self.parameter, self.transport, self.speed_mbps)
    }

    /// What it means; `None` for a name nobody knows.
    pub fn meaning(&self) -> Option<Meaning> {
        match (self.parameter.as_str(), self.transport) {
            ("fixed_time", Some(transport)) => Some(Meaning::FixedTime(transport)),
            ("switch_over", Some(transport)) => Some(Meaning::SwitchOver(transport)),
            ("link_rate", Some(transport)) => Some(Meaning::LinkRate(transport, self.speed_mbps)),
            ("stream_share", Some(transport)) => Some(Meaning::StreamShare(transport, self.speed_mbps)),
            ("duplex_loss", _) => Some(Meaning::DuplexLoss),
            ("dirty_scale", _) => Some(Meaning::DirtyScale),
            _ => None,
        }
    }
}

/// P90 of one company.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Quantile {
    /// `alone`, `shared` or `target_sends`.
    pub company: String,
    /// Real over forecast that half of the migrations stay below.
    pub p50_ratio: f64,
    /// Real over forecast that nine of ten migrations stay below.
    pub p90_ratio: f64,
    /// Migrations behind it.
    pub migrations: usize,
}

/// What past migrations taught.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// Version of this form.
    pub schema_version: u32,
    /// SHA-256 over the migrations it was learnt from.
    pub input_sha256: String,
    /// Migrations it was learnt from.
    pub migrations: usize,
    /// Batches they ran in.
    pub batches: usize,
    /// What is usual among them; it stands for what nobody says of a VM.
    pub usually: Usually,
    /// The unknowns.
    pub parameters: Vec<Entry>,
    /// How far reality strays.
    pub quantiles: Vec<Quantile>,
    /// Parts in which the history was left out once; 0 = the scores are of the migrations it was learnt from.
    pub folds: usize,
    /// How good forecasts of unseen migrations are.
    pub cross_validation: Scores,
}

/// What a forecast of migrations between two ports needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// What all migrations leaving through the source port get together, bytes per second.
    pub source_capacity: f64,
    /// What all migrations arriving through the target port get together, bytes per second.
    pub target_capacity: f64,
    /// What a single migration gets at most, bytes per second.
    pub stream: f64,
    /// Before the first byte, seconds.
    pub setup_s: f64,
    /// Fixed part of the blackout, seconds.
    pub switch_over_s: f64,
    /// Real dirty rate over the stated one.
    pub dirty_scale: f64,
    /// Share of its receiving capacity that a port loses while it sends all it can.
    pub duplex_loss: f64,
    /// A history told rate and fixed time of this transport and port speed.
    pub is_calibrated: bool,
}

impl Usually {
    /// What cannot be usual.
    fn fault(&self) -> Option<String> {
        let dirty = self.dirty_mib_s.filter(|rate| !(0.0..=MOST_DIRTY).contains(rate));
        if let Some(rate) = dirty {
            return Some(format!(
                "the usual dirty rate is {rate} MiB/s, which lies outside 0 to {MOST_DIRTY}"
            ));
        }
        let memory = self.memory_mib.filter(|memory| !(1..=MOST_MEMORY).contains(memory));
        if let Some(memory) = memory {
            return Some(format!(
                "the usual memory is {memory} MiB, which lies outside 1 to {MOST_MEMORY}"
            ));
        }
        let share = self.working_set_permille.filter(|share| *share > 1000)?;
        Some(format!(
            "the usual working set is {share} permille of the memory, more than all of it"
        ))
    }
}

impl Calibration {
    /// Documented defaults alone, with a wide P90.
    pub fn uncalibrated() -> Calibration {
        Calibration {
            schema_version: SCHEMA_VERSION,
            input_sha256: String::new(),
            migrations: 0,
            batches: 0,
            usually: Usually::default(),
            parameters: Vec::new(),
            quantiles: Vec::new(),
            folds: 0,
            cross_validation: Scores::default(),
        }
    }

    /// Value of an unknown: as learnt, else as learnt for the nearest port speed of the same transport, else its default.
    pub fn value(&self, meaning: Meaning) -> f64 {
        let exact = self.parameters.iter().find(|entry| entry.meaning() == Some(meaning));
        match exact
            .filter(|entry| entry.identified)
            .or_else(|| self.nearest(meaning))
            .or(exact)
        {
            Some(entry) => entry.value,
            None => meaning.default(),
        }
    }

    /// A learnt rate at the port speed that is nearest in proportion. A stream's limit is a number of Mbit/s, not a
    /// share, so it is not carried over.
    fn nearest(&self, meaning: Meaning) -> Option<&Entry> {
        let Meaning::LinkRate(transport, Some(speed)) = meaning else {
            return None;
        };
        let far = |other: Mbps| (other.max(speed) * 1000 / other.min(speed).max(1), other);
        let of_kind = self.parameters.iter().filter_map(|entry| match entry.meaning() {
            Some(Meaning::LinkRate(t, Some(other))) if t == transport && entry.identified => Some((far(other), entry)),
            _ => None,
        });
        of_kind.min_by_key(|(far, _)| *far).map(|(_, entry)| entry)
    }

    /// Transports of which a history told something, each once.
    pub fn transports(&self) -> Vec<Transport> {
        let told = self.parameters.iter().filter(|entry| entry.identified);
        let mut found: Vec<Transport> = told.filter_map(|entry| entry.transport).collect();
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Whether a history told rate of this transport over a port of this speed.
    pub fn is_calibrated(&self, transport: Transport, speed: Option<Mbps>) -> bool {
        let wanted = Some(Meaning::LinkRate(transport, speed));
        self.parameters
            .iter()
            .any(|entry| entry.identified && entry.meaning() == wanted)
    }

    /// What a forecast of migrations from a port of one speed to a port of another needs.
    pub fn terms(&self, transport: Transport, source: Mbps, target: Mbps) -> Terms {
        let fixed_s = self.value(Meaning::FixedTime(transport));
        let switch_over_s = self.value(Meaning::SwitchOver(transport)).min(fixed_s);
        let ends = [source, target].map(|speed| self.port(transport, speed));
        let [(source_capacity, source_stream), (target_capacity, target_stream)] = ends;
        Terms {
            source_capacity,
            target_capacity,
            stream: source_stream.min(target_stream),
            setup_s: fixed_s - switch_over_s,
            switch_over_s,
            dirty_scale: self.value(Meaning::DirtyScale),
            duplex_loss: self.value(Meaning::DuplexLoss),
            is_calibrated: self.is_calibrated(transport, Some(source.min(target))),
        }
    }

    /// Bytes per second of all migrations over a port, and of one of them.
    fn port(&self, transport: Transport, speed: Mbps) -> (f64, f64) {
        let wire = if speed == 0 { UNKNOWN_SPEED } else { speed };
        let all = bytes_s(wire) * self.value(Meaning::LinkRate(transport, Some(speed)));
        (all, all * self.value(Meaning::StreamShare(transport, Some(speed))))
    }

    /// Duration that nine of ten such migrations stay below, over the forecast one; wide for what no history told.
    pub fn p90_ratio(&self, transport: Transport, slower: Option<Mbps>, company: Company) -> f64 {
        if !self.is_calibrated(transport, slower) {
            return UNCALIBRATED_P90;
        }
        self.spread().p90(company)
    }

    fn spread(&self) -> Spread {
        let ratio = |company: Company| {
            let found = self.quantiles.iter().find(|q| q.company == company.name());
            found.map(|q| (company, q.p90_ratio, q.migrations))
        };
        Spread::from_ratios(Company::ALL.into_iter().filter_map(ratio).collect())
    }

    /// As the text of a `calibration.json`.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self);
        // numbers and text alone cannot fail to be written
        text.map(|text| text + "\n").unwrap_or_default()
    }

    /// Reads a `calibration.json`.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it, with line and column (0 where the whole file is meant).
    pub fn from_json(text: &str) -> Result<Calibration, (String, u32, u32)> {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let calibration: Calibration = serde_json::from_str(text).map_err(|e| {
            (
                format!("this is no calibration: {e}"),
                number(e.line()),
                number(e.column()),
            )
        })?;
        match calibration.fault() {
            Some(what) => Err((what, 0, 0)),
            None => Ok(calibration),
        }
    }

    /// What no calibration of ours would say.
    fn fault(&self) -> Option<String> {
        if self.schema_version != SCHEMA_VERSION {
            let version = self.schema_version;
            return Some(format!(
                "the calibration has schema version {version}, this program reads {SCHEMA_VERSION}"
            ));
        }
        let parameters = || self.parameters.iter().find_map(Entry::fault).or_else(|| self.doubled());
        let quantiles = || self.quantiles.iter().find_map(|q| q.fault(self.migrations));
        let usually = self.usually.fault();
        usually
            .or_else(parameters)
            .or_else(quantiles)
            .or_else(|| self.count_fault())
            .or_else(|| self.cross_validation.fault(self.migrations, self.batches))
    }

    /// A parameter that stands there twice: which one would count?
    fn doubled(&self) -> Option<String> {
        let mut seen = BTreeSet::new();
        let again = self.parameters.iter().find(|entry| !seen.insert(entry.identity()))?;
        Some(format!(
            "{} stands there twice for the same transport and port speed",
            again.parameter
        ))
    }

    /// Parts that cannot be made of so many batches.
    fn count_fault(&self) -> Option<String> {
        let (batches, folds) = (self.batches, self.folds);
        // one part cannot be left out, and none is empty
        (folds == 1 || folds > batches).then(|| {
            format!(
                "folds is {folds}: 0 without cross-validation, else at least 2 and no more than the {batches} batches"
            )
        })
    }
}

impl Quantile {
    /// What cannot be right about it, for a lesson of so many migrations.
    fn fault(&self, migrations: usize) -> Option<String> {
        let known = Company::ALL.into_iter().any(|company| company.name() == self.company);
        if !known {
            return Some(format!("there is no company '{}' of migrations", self.company));
        }
        if self.migrations > migrations {
            return Some(format!(
                "the quantile of company {} rests on {} migrations, more than the {migrations} of the lesson",
                self.company, self.migrations
            ));
        }
        outside("p90_ratio", self.p90_ratio, 1.0, MOST_RATIO)
            .or_else(|| outside("p50_ratio", self.p50_ratio, LEAST_RATIO, MOST_RATIO))
    }
}
