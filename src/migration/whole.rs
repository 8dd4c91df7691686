//! Between whole numbers of plans and reports and the floats of the models; what goes out is rounded against us.
//!
//! In: Mbit/s, MiB, ms; bytes per second, bytes, seconds. Out: the other. Must not know: any model.

use crate::units::{Mbps, MiB};

/// Rounding of the models; less than this above a whole number is that number.
const SLACK: f64 = 1e-6;
const BYTES_PER_MIB: f64 = 1_048_576.0;
const BYTES_S_PER_MBPS: f64 = 125_000.0;

/// Bytes per second of a rate.
pub fn bytes_s(rate: Mbps) -> f64 {
    rate as f64 * BYTES_S_PER_MBPS
}

/// Bytes of a memory.
pub fn bytes(memory: MiB) -> f64 {
    memory as f64 * BYTES_PER_MIB
}

/// Seconds of a time in ms.
pub fn seconds(ms: u64) -> f64 {
    ms as f64 / 1000.0
}

/// Bytes per second as a rate, rounded down.
pub fn mbps_down(bytes_s: f64) -> Mbps {
    (bytes_s / BYTES_S_PER_MBPS + SLACK).floor() as Mbps
}

/// Bytes per second as a rate that is needed, rounded up.
pub fn mbps_up(bytes_s: f64) -> Mbps {
    (bytes_s / BYTES_S_PER_MBPS - SLACK).ceil() as Mbps
}

/// Bytes as MiB, rounded up.
pub fn mib_up(bytes: f64) -> MiB {
    (bytes / BYTES_PER_MIB - SLACK).ceil() as MiB
}

/// Whole seconds, rounded up; the largest number for what never ends.
pub fn seconds_up(seconds: f64) -> u64 {
    (seconds - SLACK).ceil() as u64
}

/// Whole milliseconds, rounded up; the largest number for what never ends.
pub fn ms_up(seconds: f64) -> u64 {
    (seconds * 1000.0 - SLACK).ceil() as u64
}

/// Whole seconds, rounded down: for bounds, which must stay provable.
pub fn seconds_down(seconds: f64) -> u64 {
    (seconds + SLACK).floor() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_rounded_up_rates_down_and_rounding_errors_forgiven() {
        assert_eq!(
            (seconds_up(70.000_000_000_1), seconds_up(70.001), seconds_up(0.0)),
            (70, 71, 0)
        );
        assert_eq!((ms_up(1.276_462), ms_up(1.0)), (1277, 1000));
        assert_eq!(
            (mbps_down(bytes_s(9_500)), mbps_down(bytes_s(9_500) - 1.0)),
            (9_500, 9_499)
        );
        assert_eq!((mbps_up(bytes_s(9_500)), mbps_up(bytes_s(9_500) + 1.0)), (9_500, 9_501));
        assert_eq!((mib_up(bytes(512)), mib_up(bytes(512) + 1_000.0)), (512, 513));
        assert_eq!((seconds_down(69.999_999_999), seconds_down(69.9)), (70, 69));
        assert_eq!((seconds_up(f64::INFINITY), ms_up(f64::INFINITY)), (u64::MAX, u64::MAX));
        assert_eq!(seconds(1_500), 1.5);
    }
}
