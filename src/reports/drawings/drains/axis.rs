//! A time axis: pixels for milliseconds, and round labels.

use crate::reports::look;
use crate::reports::svg::{SMALL, Svg};

/// Distances of labels that people count in, seconds.
const STEPS_S: [u64; 22] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800, 345_600,
    691_200, 1_382_400,
];
/// Labels at most.
const LABELS: u64 = 9;

/// Times along a line.
#[derive(Clone, Copy)]
pub(super) struct Axis {
    pub x: i64,
    pub w: i64,
    /// Time at the right end.
    pub end_ms: u64,
}

impl Axis {
    /// From 0 at `x` to `end_ms` at `x + w`.
    pub fn new(x: i64, w: i64, end_ms: u64) -> Axis {
        Axis {
            x,
            w,
            end_ms: end_ms.max(1),
        }
    }

    /// Place of a time.
    pub fn at(&self, ms: u64) -> i64 {
        let part = u128::from(ms.min(self.end_ms)) * u128::from(self.w.unsigned_abs()) / u128::from(self.end_ms);
        self.x + i64::try_from(part).unwrap_or(self.w)
    }

    /// Lines at round times from `top` to `bottom` with their labels above.
    pub fn draw(&self, svg: &mut Svg, top: i64, bottom: i64) {
        for label in self.labels() {
            let x = self.at(label * 1000);
            svg.line((x, top), (x, bottom), look::RULE, r#"stroke-width="0.5""#);
            svg.text(x, top - 5, SMALL.middle(), &short(label));
        }
    }

    /// Round times in seconds.
    pub fn labels(&self) -> Vec<u64> {
        let seconds = self.end_ms / 1000;
        let step = STEPS_S.iter().find(|step| seconds / **step <= LABELS);
        let step = step.copied().unwrap_or(seconds.max(1));
        (0..=seconds / step).map(|number| number * step).collect()
    }
}

/// `0`, `30 s`, `5 min`, `1:30 h`, `2 h`.
pub(super) fn short(seconds: u64) -> String {
    match seconds {
        0 => "0".to_owned(),
        1..60 => format!("{seconds} s"),
        60..3600 if seconds.is_multiple_of(60) => format!("{} min", seconds / 60),
        60..3600 => format!("{}:{:02} min", seconds / 60, seconds % 60),
        _ if seconds.is_multiple_of(3600) => format!("{} h", seconds / 3600),
        _ => format!("{}:{:02} h", seconds / 3600, seconds % 3600 / 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_round_and_few() {
        for seconds in [1, 7, 59, 600, 3_700, 90_000, 2_000_000] {
            let labels = Axis::new(0, 100, seconds * 1000).labels();
            assert!((2..=10).contains(&labels.len()), "{seconds}: {labels:?}");
            assert!(labels.iter().all(|label| *label <= seconds));
        }
        assert_eq!(
            (short(90), short(5400), short(7200)),
            ("1:30 min".to_owned(), "1:30 h".to_owned(), "2 h".to_owned())
        );
    }

    #[test]
    fn times_beyond_the_end_stay_on_the_axis() {
        let axis = Axis::new(10, 100, 1000);
        assert_eq!((axis.at(0), axis.at(500), axis.at(u64::MAX)), (10, 60, 110));
    }
}
