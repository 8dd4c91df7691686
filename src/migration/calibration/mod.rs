//! What past migrations teach: rates, fixed times, dirty scale, and how far reality strays from forecasts.
//!
//! ```text
//! history  ->  known  ->  parameters  ->  replay + fit  ->  learn (cross-validation, score, spread)  ->  file
//!  the table    blanks     what may be     values            how good on what was left out              calibration.json
//!               filled     told at all
//! ```
//! In: a table of past migrations. Out: a [`Calibration`] for forecasts, scores on migrations that were not used for
//! fitting, and the reasons why some unknowns keep their defaults. Must not know: planner, checks, reports, drains.

mod cautions;
pub mod file;
mod fit;
pub mod history;
pub mod known;
mod learn;
mod overlaps;
pub mod parameters;
mod replay;
pub mod score;
mod simplex;
mod spread;
#[cfg(test)]
mod tests;

pub use file::{Calibration, Terms};
pub use learn::{Learnt, Scored, learn, score_with};
pub use replay::Company;
pub use score::Scores;
pub use spread::UNCALIBRATED_P90;
