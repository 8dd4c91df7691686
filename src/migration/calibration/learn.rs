//! The whole lesson: fill, fit, cross-validate, drop what the data cannot tell, measure the spread.
//!
//! In: a history. Out: [`Learnt`]: a calibration, honest scores, the migrations that went astray. Or a calibration and a history:
//! how well the one forecasts the other. Must not know: files, how it is shown.
//!
//! # Cross-validation
//! Batches with the same set of VM, source and target are repetitions of one plan. All of them are left out together, in
//! turn, and forecast with what the others teach: a forecast never profits from having seen its own plan.

use super::cautions;
use super::file::{Calibration, Entry, LEAST_RATIO, MOST_RATIO, Quantile, SCHEMA_VERSION};
use super::fit::{Lesson, effects, fit};
use super::history::{self, History};
use super::known::{self, Batches, Usually};
use super::parameters::{Meaning, Parameters};
use super::replay::{Company, Replay, company};
use super::score::{Forecast, Scores, count, forecasts, mean, middle, score};
use super::spread::Spread;
use crate::profiles::Transport;
use std::collections::BTreeMap;

/// Parts of which each is left out once.
const FOLDS: usize = 5;
/// Change of a duration per 1 % of a parameter below which the parameter limits nothing.
const NO_EFFECT: f64 = 0.001;
/// A ratio that may as well be this much larger or smaller (as a logarithm: a factor of 1.5) is not known.
const UNSTEADY: f64 = 0.4;
/// Share of a port from which on a single migration is said to fill it.
const FILLS: f64 = 0.95;
/// Fewest recorded blackouts of a transport that tell its switch-over.
const FEWEST_BLACKOUTS: usize = 5;
/// Real over forecast from which on a migration is told as astray.
const ASTRAY: f64 = 1.5;

/// What a history taught.
#[derive(Clone, Debug, PartialEq)]
pub struct Learnt {
    /// For forecasts.
    pub calibration: Calibration,
    /// How it forecasts what was left out.
    pub scores: Scores,
    /// How it forecasts what it has learnt from.
    pub scores_on_seen: Scores,
    /// Scores of each part that was left out.
    pub by_fold: Vec<Scores>,
    /// Migrations that took far longer than forecast.
    pub astray: Vec<Forecast>,
    /// What was filled in or passed over.
    pub notes: Vec<String>,
    /// Why the scores are worse than they need be, or less sure than they look, and what to add.
    pub cautions: Vec<String>,
}

/// How a calibration forecasts a history.
#[derive(Clone, Debug, PartialEq)]
pub struct Scored {
    /// The scores.
    pub scores: Scores,
    /// Migrations that took far longer than forecast.
    pub astray: Vec<Forecast>,
    /// What was filled in or passed over, and what the calibration does not know.
    pub notes: Vec<String>,
    /// Why the scores are worse than they need be, or less sure than they look, and what to add.
    pub cautions: Vec<String>,
}

/// Learns from a history; `None` if no migration has a known duration.
pub fn learn(history: &History) -> Option<Learnt> {
    let batches = known::fill(history, Usually::default());
    let mut parameters = Parameters::of(&batches);
    let idle = idle(&batches, &parameters);
    parameters.keep(idle);
    let mut study = Study::of(&batches, &parameters)?;
    let unclear = study.unclear(&parameters);
    if !unclear.is_empty() {
        parameters.keep(unclear);
        study = Study::of(&batches, &parameters)?;
    }
    study.learn_switch_over(&batches, &mut parameters);
    let learnt = study.report(&batches, &parameters, history::sha256(history));
    Some(Learnt {
        cautions: cautions::of_lesson(history, &batches),
        ..learnt
    })
}

/// Forecasts a history with a calibration; `None` if no migration has a known duration.
pub fn score_with(history: &History, calibration: &Calibration) -> Option<Scored> {
    let batches = known::fill(history, calibration.usually);
    let parameters = Parameters::of(&batches);
    let values: Vec<f64> = parameters.list.iter().map(|p| calibration.value(p.meaning)).collect();
    let mut replays = replays(&batches, &parameters);
    let all: Vec<usize> = (0..batches.list.len()).collect();
    let forecasts = forecast(&batches, &mut replays, &all, &values);
    if forecasts.is_empty() {
        return None;
    }
    let p90 = |f: &Forecast| calibration.p90_ratio(f.transport, f.slower_mbps, f.company);
    let mut notes = batches.notes.clone();
    let strangers = forecasts
        .iter()
        .filter(|f| !calibration.is_calibrated(f.transport, f.slower_mbps))
        .count();
    if strangers > 0 {
        notes.push(format!(
            "{} over a transport or port speed that the calibration does not know: forecast from defaults, with a wide P90",
            crate::units::count(strangers, "migration")
        ));
    }
    Some(Scored {
        scores: score(&forecasts, p90),
        astray: astray(&forecasts),
        notes,
        cautions: cautions::of_scores(history, &batches),
    })
}

/// Free parameters that do nothing once everything is fitted, with the reason: the fewer there are, the steadier the rest.
fn idle(batches: &Batches, parameters: &Parameters) -> Vec<(usize, String)> {
    let mut replays = replays(batches, parameters);
    let all: Vec<usize> = (0..batches.list.len()).collect();
    let mut lesson = Lesson {
        batches: &batches.list,
        replays: &mut replays,
        chosen: &all,
    };
    let values = fit(parameters, &mut lesson);
    let effects = effects(parameters, &values, &mut lesson);
    let reason = |index: &usize| {
        let meaning = parameters.list.get(*index)?.meaning;
        let is_stream = matches!(meaning, Meaning::StreamShare(..)) && meaning.default() >= 1.0;
        if effects.get(*index).copied().unwrap_or(0.0) < NO_EFFECT {
            return Some((*index, "no migration was limited by it".to_owned()));
        }
        let fills = is_stream && values.get(*index).is_some_and(|value| *value > FILLS);
        fills.then(|| (*index, "one migration fills the port".to_owned()))
    };
    parameters.free().iter().filter_map(reason).collect()
}

fn replays(batches: &Batches, parameters: &Parameters) -> Vec<Replay> {
    batches
        .list
        .iter()
        .map(|batch| Replay::new(batch, parameters))
        .collect()
}

/// Forecasts of the chosen batches.
fn forecast(batches: &Batches, replays: &mut [Replay], chosen: &[usize], values: &[f64]) -> Vec<Forecast> {
    let mut found = Vec::new();
    for index in chosen {
        let (Some(batch), Some(replay)) = (batches.list.get(*index), replays.get_mut(*index)) else {
            continue;
        };
        let durations = replay.durations(values);
        found.extend(forecasts(*index, batch, &durations, &company(batch, &durations)));
    }
    found
}

fn astray(forecasts: &[Forecast]) -> Vec<Forecast> {
    forecasts.iter().filter(|f| f.ratio() > ASTRAY).copied().collect()
}

/// Batches by part: repetitions of one plan stay together. Without several plans, batches are parted; without several
/// batches there is one part, which cannot be left out.
fn parts(batches: &Batches) -> Vec<Vec<usize>> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for batch in &batches.list {
        let next = numbers.len();
        numbers.entry(&batch.plan).or_insert(next);
    }
    let several = numbers.len() > 1;
    let groups = if several { numbers.len() } else { batches.list.len() };
    let mut parts = vec![Vec::new(); groups.clamp(1, FOLDS)];
    let folds = parts.len();
    for (index, batch) in batches.list.iter().enumerate() {
        let group = if several {
            numbers.get(batch.plan.as_str()).copied().unwrap_or(0)
        } else {
            index
        };
        if let Some(part) = parts.get_mut(group % folds) {
            part.push(index);
        }
    }
    parts
}

/// One round of fitting with and without each part.
struct Study {
    /// From everything.
    values: Vec<f64>,
    /// From everything but one part.
    without: Vec<Vec<f64>>,
    /// Forecasts of the part left out.
    unseen: Vec<Vec<Forecast>>,
    seen: Vec<Forecast>,
}

impl Study {
    fn of(batches: &Batches, parameters: &Parameters) -> Option<Study> {
        let mut replays = replays(batches, parameters);
        let all: Vec<usize> = (0..batches.list.len()).collect();
        let mut lesson = Lesson {
            batches: &batches.list,
            replays: &mut replays,
            chosen: &all,
        };
        let values = fit(parameters, &mut lesson);
        let seen = forecast(batches, &mut replays, &all, &values);
        if seen.is_empty() {
            return None;
        }
        let parts = parts(batches);
        let (mut without, mut unseen) = (Vec::new(), Vec::new());
        for part in parts.iter().filter(|_| parts.len() > 1) {
            let rest: Vec<usize> = all.iter().copied().filter(|index| !part.contains(index)).collect();
            let mut lesson = Lesson {
                batches: &batches.list,
                replays: &mut replays,
                chosen: &rest,
            };
            let values = fit(parameters, &mut lesson);
            unseen.push(forecast(batches, &mut replays, part, &values));
            without.push(values);
        }
        Some(Study {
            values,
            without,
            unseen,
            seen,
        })
    }

    /// Takes the fixed part of the blackout from recorded blackouts, less the copying that is forecast for them.
    fn learn_switch_over(&mut self, batches: &Batches, parameters: &mut Parameters) {
        let mut found: BTreeMap<Transport, Vec<f64>> = BTreeMap::new();
        for (batch, mut replay) in batches.list.iter().zip(replays(batches, parameters)) {
            for (row, residue) in batch.migrations.iter().zip(replay.residues(&self.values)) {
                let rest = row.blackout_s.map(|seconds| (seconds - residue).max(0.0));
                found.entry(row.transport).or_default().extend(rest);
            }
        }
        for (transport, mut seconds) in found {
            seconds.sort_by(f64::total_cmp);
            let Some(index) = parameters.position(Meaning::SwitchOver(transport)) else {
                continue;
            };
            let (least, most) = Meaning::SwitchOver(transport).bounds();
            let all = std::iter::once(&mut self.values).chain(&mut self.without);
            if seconds.len() >= FEWEST_BLACKOUTS && parameters.learnt(index) {
                all.filter_map(|values| values.get_mut(index))
                    .for_each(|value| *value = middle(&seconds).clamp(least, most));
            }
        }
    }

    /// Half the width of the 95 % interval of a parameter, by leaving parts out (grouped jackknife).
    fn doubt(&self, index: usize, is_ratio: bool) -> Option<f64> {
        let inner = |values: &Vec<f64>| {
            let value = values.get(index).copied().unwrap_or(1.0);
            if is_ratio { value.ln() } else { value }
        };
        let found: Vec<f64> = self.without.iter().map(inner).collect();
        let parts = count(found.len());
        let centre = mean(&found);
        let squares: f64 = found.iter().map(|x| (x - centre).powi(2)).sum();
        (found.len() > 1).then(|| 2.0 * (squares * (parts - 1.0) / parts).sqrt())
    }

    /// Fitted parameters that the data cannot tell after all, with the reason.
    fn unclear(&self, parameters: &Parameters) -> Vec<(usize, String)> {
        let mut unclear = Vec::new();
        for index in parameters.free() {
            let Some(meaning) = parameters.list.get(index).map(|parameter| parameter.meaning) else {
                continue;
            };
            let doubt = self.doubt(index, meaning.is_ratio()).unwrap_or(0.0);
            let value = self.values.get(index).copied().unwrap_or(0.0);
            let why = if meaning.is_ratio() && doubt > UNSTEADY {
                "the history fits values that are a factor of 1.5 or more apart equally well"
            } else if meaning == Meaning::DuplexLoss && value - doubt <= 0.0 {
                "the history shows no such loss"
            } else {
                continue;
            };
            unclear.push((index, why.to_owned()));
        }
        unclear
    }

    fn report(self, batches: &Batches, parameters: &Parameters, input_sha256: String) -> Learnt {
        let honest: Vec<Forecast> = self.unseen.concat();
        let judged = if honest.is_empty() { &self.seen } else { &honest };
        let spread = Spread::of(&ratios(judged));
        let by_fold = self.by_fold();
        // the P90 of a part comes from the other parts
        let others: BTreeMap<u32, f64> = self.p90_from_other_parts();
        let own = |f: &Forecast| spread.p90(f.company);
        let scores = score(judged, |f| others.get(&f.line).copied().unwrap_or_else(|| own(f)));
        let entries = (0..parameters.list.len()).filter_map(|index| self.entry(parameters, index));
        Learnt {
            scores,
            scores_on_seen: score(&self.seen, own),
            by_fold,
            astray: astray(judged),
            notes: batches.notes.clone(),
            cautions: Vec::new(),
            calibration: Calibration {
                schema_version: SCHEMA_VERSION,
                input_sha256,
                migrations: self.seen.len(),
                batches: batches.list.len(),
                usually: batches.usually,
                parameters: entries.collect(),
                quantiles: quantiles(judged, &spread),
                folds: self.unseen.len(),
                cross_validation: scores,
            },
        }
    }

    /// Spread from all forecasts but those of one part.
    fn spread_without(&self, part: usize) -> Spread {
        let rest = self.unseen.iter().enumerate().filter(|(index, _)| *index != part);
        Spread::of(&rest.flat_map(|(_, forecasts)| ratios(forecasts)).collect::<Vec<_>>())
    }

    fn by_fold(&self) -> Vec<Scores> {
        let parts = self.unseen.iter().enumerate();
        parts
            .map(|(part, forecasts)| {
                let spread = self.spread_without(part);
                score(forecasts, |f| spread.p90(f.company))
            })
            .collect()
    }

    /// P90 ratio of every migration, by line, from parts that do not hold it.
    fn p90_from_other_parts(&self) -> BTreeMap<u32, f64> {
        let mut found = BTreeMap::new();
        for (part, forecasts) in self.unseen.iter().enumerate() {
            let spread = self.spread_without(part);
            found.extend(forecasts.iter().map(|f| (f.line, spread.p90(f.company))));
        }
        found
    }

    fn entry(&self, parameters: &Parameters, index: usize) -> Option<Entry> {
        let parameter = parameters.list.get(index)?;
        let meaning = parameter.meaning;
        let value = self.values.get(index).copied()?;
        let (least, most) = meaning.bounds();
        let interval = self
            .doubt(index, meaning.is_ratio())
            .filter(|doubt| parameter.kept.is_none() && *doubt > 0.0)
            .map(|doubt| {
                let (low, high) = match meaning.is_ratio() {
                    true => (value * (-doubt).exp(), value * doubt.exp()),
                    false => (value - doubt, value + doubt),
                };
                (rounded(low.max(least)), rounded(high.min(most)))
            });
        Some(Entry {
            parameter: meaning.name().to_owned(),
            transport: meaning.transport(),
            speed_mbps: meaning.speed(),
            value: rounded(value),
            unit: meaning.unit().to_owned(),
            default: rounded(meaning.default()),
            low: interval.map(|(low, _)| low),
            high: interval.map(|(_, high)| high),
            identified: parameter.kept.is_none(),
            why: parameter.kept.clone().unwrap_or_default(),
        })
    }
}

fn ratios(forecasts: &[Forecast]) -> Vec<(Company, f64)> {
    forecasts.iter().map(|f| (f.company, f.ratio())).collect()
}

fn quantiles(forecasts: &[Forecast], spread: &Spread) -> Vec<Quantile> {
    let quantile = |(company, p90, migrations): &(Company, f64, usize)| {
        let own = forecasts.iter().filter(|f| f.company == *company);
        let mut ratios: Vec<f64> = own.map(Forecast::ratio).collect();
        ratios.sort_by(f64::total_cmp);
        Quantile {
            company: company.name().to_owned(),
            p50_ratio: if ratios.is_empty() {
                1.0
            } else {
                // A port said to be a thousand times slower than it was says nothing, and the file must be read again.
                rounded(middle(&ratios)).clamp(LEAST_RATIO, MOST_RATIO)
            },
            p90_ratio: rounded(*p90).clamp(1.0, MOST_RATIO),
            migrations: *migrations,
        }
    };
    spread.ratios().iter().map(quantile).collect()
}

/// Six decimals are more than any history can tell.
fn rounded(value: f64) -> f64 {
    (value * 1e6).round() / 1e6
}
