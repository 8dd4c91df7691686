//! How far reality strays from a forecast: the ratio that nine of ten migrations stay below.
//!
//! In: real over forecast for migrations that the forecast had not seen. Out: a P90 ratio for each company.
//! Must not know: how the forecasts came about.
//!
//! Split conformal prediction (V. Vovk, A. Gammerman, G. Shafer, "Algorithmic Learning in a Random World", 2005): the P90 is
//! the smallest value that at least 0.9 * (n + 1) of the n ratios stay below. The ratios of the companies are first
//! divided by how much they usually stray and then judged together: whole seconds make many equal ratios, and a
//! quantile taken within one company would jump from one to the next. Such a P90 is right on average over many histories; that of
//! a single small one may be far too narrow (of 10 migrations drawn 16 times each from measured and made ones it covered 69 % of the
//! rest in the worst draw, widened 80 %). So the spread of fewer than 40 is widened by the root of 40 over their number, as the error of a spread grows.

use super::cautions::ENOUGH;
use super::replay::Company;
use super::score::{count, mean};

/// P90 of a forecast from defaults alone (assumption: published Hyper-V timings lie within 25 % of the documented
/// defaults; links, CPUs and guests differ more than those test benches did).
pub const UNCALIBRATED_P90: f64 = 1.5;
/// Fewest ratios of one company for a width of its own.
const FEWEST: usize = 20;
/// A ratio farther away than this says that a migration failed or was disturbed, not how wide the usual spread is.
const DISTURBED: f64 = 0.3;
/// Narrowest usual spread.
const NARROWEST: f64 = 0.005;

/// P90 ratio of each company with the number of migrations behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Spread {
    p90: Vec<(Company, f64, usize)>,
}

impl Spread {
    /// Without any history.
    pub fn uncalibrated() -> Spread {
        Spread::from_ratios(Company::ALL.map(|company| (company, UNCALIBRATED_P90, 0)).to_vec())
    }

    /// From ratios as a file holds them.
    pub fn from_ratios(p90: Vec<(Company, f64, usize)>) -> Spread {
        Spread { p90 }
    }

    /// From companies and ratios (real over forecast); too few give the uncalibrated ratio.
    pub fn of(ratios: &[(Company, f64)]) -> Spread {
        let all: Vec<f64> = ratios.iter().map(|(_, ratio)| stray(*ratio)).collect();
        let width = |company: Company| {
            let own: Vec<f64> = ratios
                .iter()
                .filter(|(c, _)| *c == company)
                .map(|(_, ratio)| stray(*ratio))
                .collect();
            let enough = own.len() >= FEWEST;
            (mean(if enough { &own } else { &all }).max(NARROWEST), own.len())
        };
        let widths: Vec<(Company, f64, usize)> = Company::ALL
            .into_iter()
            .map(|company| {
                let (width, rows) = width(company);
                (company, width, rows)
            })
            .collect();
        let width_of = |company: Company| {
            widths
                .iter()
                .find(|(c, _, _)| *c == company)
                .map_or(NARROWEST, |(_, w, _)| *w)
        };
        let mut scores: Vec<f64> = ratios.iter().map(|(c, ratio)| (ratio - 1.0) / width_of(*c)).collect();
        scores.sort_by(f64::total_cmp);
        let rank = (9 * (scores.len() + 1)).div_ceil(10);
        let Some(reach) = rank.checked_sub(1).and_then(|index| scores.get(index)) else {
            return Spread::uncalibrated();
        };
        let doubt = doubt(scores.len());
        let ratio =
            |(company, width, rows): (Company, f64, usize)| (company, (1.0 + reach * width * doubt).max(1.0), rows);
        Spread::from_ratios(widths.into_iter().map(ratio).collect())
    }

    /// Ratio that nine of ten migrations in this company stay below.
    pub fn p90(&self, company: Company) -> f64 {
        let found = self.p90.iter().find(|(c, _, _)| *c == company);
        found.map_or(UNCALIBRATED_P90, |(_, ratio, _)| *ratio)
    }

    /// Company, ratio and number of migrations behind it.
    pub fn ratios(&self) -> &[(Company, f64, usize)] {
        &self.p90
    }
}

/// How much wider a spread is told that rests on few ratios: the next nights may stray farther than these did.
fn doubt(ratios: usize) -> f64 {
    (count(ENOUGH) / count(ratios.max(1))).sqrt().max(1.0)
}

fn stray(ratio: f64) -> f64 {
    (ratio - 1.0).abs().min(DISTURBED)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ratios from 1.000 to 1.099, and ten times as far for those whose target sends.
    fn ratios() -> Vec<(Company, f64)> {
        (0..100)
            .flat_map(|i| {
                let far = f64::from(i) / 1000.0;
                [(Company::Alone, 1.0 + far / 10.0), (Company::TargetSends, 1.0 + far)]
            })
            .collect()
    }

    #[test]
    fn nine_of_ten_stay_below_and_company_widens() {
        let spread = Spread::of(&ratios());

        let below = ratios()
            .iter()
            .filter(|(company, ratio)| *ratio <= spread.p90(*company))
            .count();
        assert!((179..=186).contains(&below), "{below} of 200");
        assert!(spread.p90(Company::Alone) < 1.02 && spread.p90(Company::TargetSends) > 1.08);
    }

    #[test]
    fn few_migrations_promise_nothing() {
        let few: Vec<(Company, f64)> = vec![(Company::Alone, 1.0); 8];

        assert_eq!(Spread::of(&few).p90(Company::Alone), UNCALIBRATED_P90);
        assert_eq!(Spread::of(&[]), Spread::uncalibrated());
    }

    #[test]
    fn the_spread_of_few_is_wider_than_the_same_spread_of_many() {
        let some = |repetitions: usize| -> Vec<(Company, f64)> {
            let tenth = (0..10).map(|i| (Company::Alone, 1.0 + f64::from(i) / 100.0));
            tenth.cycle().take(10 * repetitions).collect()
        };
        let p90 = |repetitions: usize| Spread::of(&some(repetitions)).p90(Company::Alone) - 1.0;

        assert!((p90(1) - 2.0 * 0.09).abs() < 1e-9, "{}", p90(1));
        assert!((p90(4) - 0.09).abs() < 1e-9, "{}", p90(4));
    }

    #[test]
    fn one_failed_migration_does_not_widen_the_others() {
        let mut with = ratios();
        with.push((Company::Alone, 40.0));

        assert!(Spread::of(&with).p90(Company::Alone) < 1.05);
    }
}
