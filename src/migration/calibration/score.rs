//! How far forecasts were from what happened.
//!
//! In: predicted and real durations by batch. Out: [`Scores`]. Must not know: how the predictions came about.

use super::file::outside;
use super::known::Batch;
use super::replay::Company;
use crate::profiles::Transport;
use crate::units::Mbps;
use serde::{Deserialize, Serialize};

/// No forecast is a million times too long.
const MOST_PERCENT: f64 = 1e8;

/// One migration, forecast and real.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Position of its batch.
    pub batch: usize,
    /// Line in the file.
    pub line: u32,
    /// Begin, seconds.
    pub start_s: f64,
    /// Forecast duration, seconds: as likely too long as too short.
    pub predicted_s: f64,
    /// Real duration, seconds.
    pub real_s: f64,
    /// In what company it ran.
    pub company: Company,
    /// Performance option.
    pub transport: Transport,
    /// Speed of the slower port.
    pub slower_mbps: Option<Mbps>,
}

impl Forecast {
    /// Real over forecast.
    pub fn ratio(&self) -> f64 {
        self.real_s / self.predicted_s
    }
}

/// Forecasts of a batch, of the migrations whose real duration is known.
pub fn forecasts(index: usize, batch: &Batch, durations: &[f64], company: &[Company]) -> Vec<Forecast> {
    let rows = batch.migrations.iter().zip(durations).zip(company);
    rows.filter_map(|((row, predicted), company)| {
        Some(Forecast {
            batch: index,
            line: row.line,
            start_s: row.start_s,
            predicted_s: *predicted,
            real_s: row.duration_s?,
            company: *company,
            transport: row.transport,
            slower_mbps: row.slower_mbps(),
        })
    })
    .collect()
}

/// Errors in percent, rounded to hundredths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Mean of |forecast - real| / real over the migrations.
    pub mape_percent: f64,
    /// Median of the same.
    pub median_ape_percent: f64,
    /// Mean of (forecast - real) / real: below zero = forecasts are too short.
    pub bias_percent: f64,
    /// Mean of |forecast - real| / real over the times from the first begin to the last end of a batch.
    pub makespan_mape_percent: f64,
    /// Migrations that took no longer than their P90.
    pub p90_coverage_percent: f64,
    /// Migrations scored.
    pub migrations: usize,
    /// Batches scored.
    pub batches: usize,
}

impl Scores {
    /// What no scores of a lesson of so many migrations in so many batches can be.
    pub(super) fn fault(&self, migrations: usize, batches: usize) -> Option<String> {
        if self.migrations > migrations || self.batches > batches {
            return Some(format!(
                "cross_validation scores {} migrations in {} batches, and the lesson has {migrations} in {batches}",
                self.migrations, self.batches
            ));
        }
        let percent = |name: &str, value: f64, least: f64, most: f64| {
            outside(&format!("{name} of cross_validation"), value, least, most)
        };
        percent("mape_percent", self.mape_percent, 0.0, MOST_PERCENT)
            .or_else(|| percent("median_ape_percent", self.median_ape_percent, 0.0, MOST_PERCENT))
            .or_else(|| percent("bias_percent", self.bias_percent, -100.0, MOST_PERCENT))
            .or_else(|| percent("makespan_mape_percent", self.makespan_mape_percent, 0.0, MOST_PERCENT))
            .or_else(|| percent("p90_coverage_percent", self.p90_coverage_percent, 0.0, 100.0))
    }
}

/// Scores forecasts; `p90` gives for each the ratio that nine of ten should stay below.
pub fn score(forecasts: &[Forecast], p90: impl Fn(&Forecast) -> f64) -> Scores {
    let errors: Vec<f64> = forecasts
        .iter()
        .map(|f| (f.predicted_s - f.real_s) / f.real_s)
        .collect();
    let mut sizes: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    let covered = forecasts.iter().filter(|f| f.real_s <= f.predicted_s * p90(f)).count();
    let makespans = makespan_errors(forecasts);
    Scores {
        mape_percent: percent(mean(&sizes)),
        median_ape_percent: percent(middle(&sizes)),
        bias_percent: percent(mean(&errors)),
        makespan_mape_percent: percent(mean(&makespans)),
        p90_coverage_percent: percent(count(covered) / count(forecasts.len()).max(1.0)),
        migrations: forecasts.len(),
        batches: makespans.len(),
    }
}

/// Relative error of the makespan of each batch.
fn makespan_errors(forecasts: &[Forecast]) -> Vec<f64> {
    let mut errors = Vec::new();
    for batch in forecasts.chunk_by(|a, b| a.batch == b.batch) {
        let latest = |end: &dyn Fn(&Forecast) -> f64| batch.iter().map(end).fold(0.0, f64::max);
        let predicted = latest(&|f| f.start_s + f.predicted_s);
        let real = latest(&|f| f.start_s + f.real_s);
        errors.push((predicted - real).abs() / real);
    }
    errors
}

/// Mean; 0 of nothing.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / count(values.len()).max(1.0)
}

/// Median of sorted values; 0 of nothing.
pub(super) fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    let upper = sorted.get(half).copied().unwrap_or(0.0);
    if sorted.len() % 2 == 1 {
        return upper;
    }
    let lower = half.checked_sub(1).and_then(|i| sorted.get(i)).copied();
    (upper + lower.unwrap_or(0.0)) / 2.0
}

/// A count as a float.
pub(super) fn count(rows: usize) -> f64 {
    rows as f64
}

/// Share to percent with two decimals.
fn percent(share: f64) -> f64 {
    let rounded = (share * 10_000.0).round() / 100.0;
    if rounded == 0.0 { 0.0 } else { rounded } // no minus zero
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forecast(batch: usize, start_s: f64, predicted_s: f64, real_s: f64) -> Forecast {
        Forecast {
            batch,
            line: 2,
            start_s,
            predicted_s,
            real_s,
            company: Company::Alone,
            transport: Transport::Tcp,
            slower_mbps: None,
        }
    }

    #[test]
    fn scores_are_those_counted_by_hand() {
        // errors +10 %, -20 %, 0 %, -50 %; makespans 110/100, then 40/70 with the later start
        let rows = [
            forecast(0, 0.0, 110.0, 100.0),
            forecast(0, 5.0, 80.0, 100.0 - 20.0 + 20.0),
            forecast(1, 0.0, 10.0, 10.0),
            forecast(1, 10.0, 30.0, 60.0),
        ];
        let scores = score(&rows, |_| 1.5);

        assert_eq!(scores.mape_percent, 20.0);
        assert_eq!(scores.median_ape_percent, 15.0);
        assert_eq!(scores.bias_percent, -15.0);
        assert_eq!(scores.p90_coverage_percent, 75.0); // 60 > 30 * 1.5
        assert_eq!((scores.migrations, scores.batches), (4, 2));
        let makespans = ((110.0 - 105.0) / 105.0 + (70.0 - 40.0) / 70.0) / 2.0;
        assert!((scores.makespan_mape_percent - 100.0 * makespans).abs() < 0.006);
    }

    #[test]
    fn nothing_scores_nothing() {
        assert_eq!(score(&[], |_| 1.5).migrations, 0);
        assert_eq!(score(&[], |_| 1.5).mape_percent, 0.0);
    }
}
