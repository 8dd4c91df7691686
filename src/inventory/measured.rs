//! What performance counters say about VM network adapters over time: what a group of them needed at once.
//!
//! In: rates of adapters on common steps. Out: peaks of groups. Peaks of different adapters seldom fall together: an uplink must carry the
//! highest sum at one time, not the sum of the highest. Must not know: files, plans.

use crate::units::Mbps;

/// A step without a sample.
pub(super) const GAP: u32 = u32::MAX;

/// All adapters that were measured.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Measured {
    /// Width of a step in seconds.
    pub step_s: u64,
    /// Adapters by VM and name.
    pub series: Vec<Series>,
}

/// One adapter; rates in kbit/s, the highest of each step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// The VM.
    pub vm: String,
    /// The adapter; empty for the only one, where the inventory gives it no name.
    pub vnic: String,
    /// Highest rate of the busier direction, kbit/s.
    pub peak: u32,
    /// Rate of the busier direction that is not passed in 95 % of the steps, kbit/s.
    pub p95: u32,
    pub(super) received: Vec<u32>,
    pub(super) sent: Vec<u32>,
}

/// What a group of adapters needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupLoad {
    /// Adapters of the group that were measured.
    pub adapters: usize,
    /// Sum of their peaks.
    pub sum_of_peaks: Mbps,
    /// Sum of their 95th percentiles: what a plan reckons with.
    pub sum_of_p95: Mbps,
    /// Highest sum at one time, of the busier direction: what an uplink must carry.
    pub coincident_peak: Mbps,
}

/// Of each step the busier direction.
pub(super) fn busier(received: &[u32], sent: &[u32]) -> Vec<u32> {
    let steps = received.len().max(sent.len());
    let at = |rates: &[u32], step: usize| rates.get(step).copied().filter(|rate| *rate != GAP);
    (0..steps)
        .map(|step| at(received, step).max(at(sent, step)).unwrap_or(GAP))
        .collect()
}

impl Measured {
    /// Load of the adapters that belong to a group; `None` where none of them was measured. A step without a sample counts as no load.
    pub fn group(&self, belongs: impl Fn(&Series) -> bool) -> Option<GroupLoad> {
        let members: Vec<&Series> = self.series.iter().filter(|s| belongs(s)).collect();
        let steps = members.iter().map(|s| s.received.len().max(s.sent.len())).max()?;
        let mut sums = vec![(0_u64, 0_u64); steps];
        for series in &members {
            let known =
                |rates: &[u32], step: usize| rates.get(step).filter(|r| **r != GAP).map_or(0, |r| u64::from(*r));
            for (step, (received, sent)) in sums.iter_mut().enumerate() {
                *received += known(&series.received, step);
                *sent += known(&series.sent, step);
            }
        }
        let sum =
            |rate: &dyn Fn(&Series) -> u32| members.iter().map(|s| u64::from(rate(s))).sum::<u64>().div_ceil(1000);
        Some(GroupLoad {
            adapters: members.len(),
            sum_of_peaks: sum(&|s| s.peak),
            sum_of_p95: sum(&|s| s.p95),
            coincident_peak: sums.iter().map(|(r, s)| *r.max(s)).max().unwrap_or(0).div_ceil(1000),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(vm: &str, received: &[u32], sent: &[u32]) -> Series {
        let all = busier(received, sent);
        let peak = all.iter().copied().filter(|r| *r != GAP).max().unwrap_or(0);
        Series {
            vm: vm.to_owned(),
            vnic: String::new(),
            peak,
            p95: peak,
            received: received.to_vec(),
            sent: sent.to_vec(),
        }
    }

    #[test]
    fn peaks_that_do_not_fall_together_need_less_than_their_sum() {
        let measured = Measured {
            step_s: 60,
            series: vec![
                series("A", &[9_000, 1_000, GAP], &[0, 0, 0]),
                series("B", &[1_000, 8_000, 500], &[9_500, 0, 0]),
            ],
        };
        let load = measured.group(|_| true).expect("two adapters");
        assert_eq!((load.adapters, load.sum_of_peaks, load.coincident_peak), (2, 19, 10));
        assert_eq!(measured.group(|s| s.vm == "C"), None);
    }

    #[test]
    fn directions_do_not_add_up_and_gaps_are_no_load() {
        assert_eq!(busier(&[5, GAP, GAP], &[3, 4, GAP]), [5, 4, GAP]);
        assert_eq!(busier(&[5], &[]), [5]);
    }
}
