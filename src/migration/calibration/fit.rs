//! Finds the values of the free parameters under which replayed durations are nearest to the real ones.
//!
//! In: replays and real durations. Out: one value per parameter. Must not know: what the parameters mean, files.
//!
//! ```text
//! minimise   sum over migrations of |predicted - real| / real      rounded off below 0.5 %, so that it is smooth
//!          + a little for every parameter that leaves its default, so that what no data can tell stays there
//! ```
//! Absolute instead of squared errors, so that a failed or disturbed migration pulls no harder than any other. The method is
//! iteratively reweighted least squares (Gauss-Newton steps with derivatives by small changes, shortened until they
//! help), then a simplex walk; it starts at the defaults and has no random part.

use super::known::Batch;
use super::parameters::Parameters;
use super::replay::Replay;
use super::simplex;

/// Relative errors below this count as squares: half a second of a minute is a little more.
const SMOOTH: f64 = 0.005;
/// Price of leaving a default by the parameter's freedom, in summed relative error: as much as one migration that is 2 % off.
const PRICE: f64 = 0.02;
/// Change by which derivatives are taken.
const NUDGE: f64 = 0.01;
/// Longest move of one parameter in one step: a factor of two.
const LONGEST_STEP: f64 = 0.7;
const MOST_STEPS: u32 = 40;
const MOST_HALVINGS: u32 = 7;
/// Edges of the simplexes that walk one after the other, each from the end of the last: 10 %, 5 %, 2 % of a ratio.
const EDGES: [f64; 3] = [0.1, 0.05, 0.02];
/// A step that improves less than this share ends the search.
const GOOD_ENOUGH: f64 = 1e-5;

/// The batches that teach.
pub struct Lesson<'a> {
    /// All batches of the history.
    pub batches: &'a [Batch],
    /// One replay per batch.
    pub replays: &'a mut [Replay],
    /// Which of them teach.
    pub chosen: &'a [usize],
}

impl Lesson<'_> {
    /// Relative error of every migration that teaches.
    fn errors(&mut self, values: &[f64]) -> Vec<f64> {
        let mut errors = Vec::new();
        for index in self.chosen {
            let (Some(batch), Some(replay)) = (self.batches.get(*index), self.replays.get_mut(*index)) else {
                continue;
            };
            let durations = replay.durations(values);
            for (row, predicted) in batch.migrations.iter().zip(durations) {
                if let Some(real) = row.duration_s.filter(|_| !row.is_guess) {
                    errors.push((predicted.min(1e9) - real) / real);
                }
            }
        }
        errors
    }
}

/// Values of all parameters, in their order; those that are kept have their default.
pub fn fit(parameters: &Parameters, lesson: &mut Lesson<'_>) -> Vec<f64> {
    let mut search = Search::new(parameters);
    search.approach(lesson);
    for edge in EDGES {
        search.polish(lesson, edge);
    }
    search.values(&search.at)
}

/// Largest effect that a change of each parameter by 1 % has on any duration, as a share of it; in the order of the parameters.
pub fn effects(parameters: &Parameters, values: &[f64], lesson: &mut Lesson<'_>) -> Vec<f64> {
    let base = lesson.errors(values);
    (0..parameters.list.len())
        .map(|index| {
            let mut nudged = values.to_vec();
            if let (Some(value), Some(parameter)) = (nudged.get_mut(index), parameters.list.get(index)) {
                *value = if parameter.meaning.is_ratio() {
                    *value * (1.0 - NUDGE)
                } else {
                    *value + NUDGE
                };
            }
            let changed = lesson.errors(&nudged);
            let change = base
                .iter()
                .zip(&changed)
                .map(|(a, b)| (a - b).abs() / (1.0 + a).max(0.01));
            change.fold(0.0, f64::max)
        })
        .collect()
}

/// Where the search is: the free parameters, ratios as logarithms.
struct Search<'a> {
    parameters: &'a Parameters,
    free: Vec<usize>,
    home: Vec<f64>,
    at: Vec<f64>,
}

impl Search<'_> {
    /// Gauss-Newton steps as long as they help.
    fn approach(&mut self, lesson: &mut Lesson<'_>) {
        let mut errors = lesson.errors(&self.values(&self.at));
        let mut cost = self.cost(&self.at, &errors);
        for _ in 0..MOST_STEPS {
            let before = cost;
            let step = self.step(lesson, &errors);
            let mut share = 1.0;
            for _ in 0..MOST_HALVINGS {
                let tried = self.moved(&step, share);
                let tried_errors = lesson.errors(&self.values(&tried));
                let tried_cost = self.cost(&tried, &tried_errors);
                if tried_cost < cost {
                    (self.at, errors, cost) = (tried, tried_errors, tried_cost);
                    break;
                }
                share /= 2.0;
            }
            if before - cost <= GOOD_ENOUGH * before {
                break;
            }
        }
    }

    /// A simplex around the present point walks to where no corner is better: whole seconds and migrations that just
    /// miss each other make steps in the sum that no derivative shows.
    fn polish(&mut self, lesson: &mut Lesson<'_>, edge: f64) {
        let mut price = |at: &[f64]| {
            let errors = lesson.errors(&self.values(at));
            self.cost(at, &errors)
        };
        self.at = simplex::walk(&self.at, edge, &mut price);
    }

    fn new(parameters: &Parameters) -> Search<'_> {
        let free = parameters.free();
        let home: Vec<f64> = free
            .iter()
            .filter_map(|index| parameters.list.get(*index))
            .map(|parameter| inner(parameter.meaning.is_ratio(), parameter.meaning.default()))
            .collect();
        Search {
            at: parameters.starts(&free, &home),
            parameters,
            free,
            home,
        }
    }

    /// Values of all parameters at a point.
    fn values(&self, at: &[f64]) -> Vec<f64> {
        let mut values = self.parameters.defaults();
        for (index, x) in self.free.iter().zip(at) {
            if let (Some(value), Some(parameter)) = (values.get_mut(*index), self.parameters.list.get(*index)) {
                let (low, high) = parameter.meaning.bounds();
                let raw = if parameter.meaning.is_ratio() { x.exp() } else { *x };
                *value = raw.clamp(low, high);
            }
        }
        values
    }

    fn freedom(&self) -> impl Iterator<Item = f64> + '_ {
        self.free
            .iter()
            .filter_map(|index| self.parameters.list.get(*index))
            .map(|parameter| parameter.freedom)
    }

    fn cost(&self, at: &[f64], errors: &[f64]) -> f64 {
        let away = at.iter().zip(&self.home).zip(self.freedom());
        let price: f64 = away.map(|((x, home), freedom)| ((x - home) / freedom).powi(2)).sum();
        errors.iter().map(|e| e.hypot(SMOOTH) - SMOOTH).sum::<f64>() + PRICE * price
    }

    /// The point after a share of a step, within bounds.
    fn moved(&self, step: &[f64], share: f64) -> Vec<f64> {
        let parameters = self.free.iter().filter_map(|index| self.parameters.list.get(*index));
        self.at
            .iter()
            .zip(step)
            .zip(parameters)
            .map(|((x, change), parameter)| {
                let (low, high) = parameter.meaning.bounds();
                let is_ratio = parameter.meaning.is_ratio();
                let change = (share * change).clamp(-LONGEST_STEP, LONGEST_STEP);
                (x + change).clamp(inner(is_ratio, low), inner(is_ratio, high))
            })
            .collect()
    }

    /// The reweighted Gauss-Newton step.
    fn step(&self, lesson: &mut Lesson<'_>, errors: &[f64]) -> Vec<f64> {
        let slopes: Vec<Vec<f64>> = (0..self.at.len())
            .map(|index| self.slope(lesson, errors, index))
            .collect();
        let weights: Vec<f64> = errors.iter().map(|e| 1.0 / e.hypot(SMOOTH)).collect();
        let mut matrix: Vec<Vec<f64>> = Vec::new();
        let away = self.at.iter().zip(&self.home).zip(self.freedom());
        for (row, ((x, home), freedom)) in away.enumerate() {
            let Some(slope) = slopes.get(row) else { break };
            let product =
                |other: &[f64]| -> f64 { slope.iter().zip(other).zip(&weights).map(|((a, b), w)| a * b * w).sum() };
            let mut line: Vec<f64> = slopes.iter().map(|other| product(other)).collect();
            let pull = 2.0 * PRICE / (freedom * freedom);
            if let Some(diagonal) = line.get_mut(row) {
                *diagonal += pull;
            }
            line.push(-product(errors) - pull * (x - home));
            matrix.push(line);
        }
        solve(matrix)
    }

    /// Change of every error per unit of one parameter.
    fn slope(&self, lesson: &mut Lesson<'_>, errors: &[f64], index: usize) -> Vec<f64> {
        let mut at = self.at.clone();
        // at an upper bound the change goes down
        let mut change = NUDGE;
        if let Some(x) = at.get_mut(index) {
            let parameter = self.free.get(index).and_then(|i| self.parameters.list.get(*i));
            let high = parameter.map_or(f64::INFINITY, |p| inner(p.meaning.is_ratio(), p.meaning.bounds().1));
            if *x + change > high {
                change = -change;
            }
            *x += change;
        }
        let changed = lesson.errors(&self.values(&at));
        changed
            .iter()
            .zip(errors)
            .map(|(new, old)| (new - old) / change)
            .collect()
    }
}

/// How a value is searched for.
fn inner(is_ratio: bool, value: f64) -> f64 {
    if is_ratio { value.ln() } else { value }
}

/// Solves a small symmetric positive system; the last column is the right side. What hardly acts does not move.
fn solve(mut matrix: Vec<Vec<f64>>) -> Vec<f64> {
    let size = matrix.len();
    for pivot in 0..size {
        let Some(row) = matrix.get(pivot).cloned() else { break };
        let diagonal = row.get(pivot).copied().unwrap_or(0.0);
        for (index, other) in matrix.iter_mut().enumerate() {
            let factor = other.get(pivot).copied().unwrap_or(0.0) / diagonal;
            if index == pivot || !factor.is_finite() {
                continue;
            }
            for (cell, above) in other.iter_mut().zip(&row) {
                *cell -= factor * above;
            }
        }
    }
    (0..size)
        .filter_map(|index| matrix.get(index).map(|row| (index, row)))
        .map(|(index, row)| {
            let right = row.last().copied().unwrap_or(0.0);
            let step = right / row.get(index).copied().unwrap_or(0.0);
            if step.is_finite() { step } else { 0.0 }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_systems_are_solved() {
        let step = solve(vec![vec![4.0, 1.0, 1.0], vec![1.0, 3.0, 2.0]]);

        assert!(
            (step[0] - 1.0 / 11.0).abs() < 1e-12 && (step[1] - 7.0 / 11.0).abs() < 1e-12,
            "{step:?}"
        );
        assert_eq!(solve(vec![vec![0.0, 1.0]]), [0.0]);
    }
}
