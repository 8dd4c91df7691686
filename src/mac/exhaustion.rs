//! When a pool runs out: now, after the loss of a node, and with the growth of the policy.
//!
//! In: counts and the growth. Out: months. Must not know: the clock (dates are reckoned by whoever was given a day).
//!
//! # Why
//! The growth of the policy is a percentage without a time. Here it is taken as the growth of one year: within a year as a
//! straight line, and each year on top of the one before. Fractions are rounded against us, in millionths of an adapter.

/// Growth beyond this time is no forecast.
pub const HORIZON_MONTHS: u32 = 20 * 12;
/// Adapters are counted in millionths while they grow.
const MILLIONTH: u128 = 1_000_000;

/// When the adapters outgrow the pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunsOut {
    /// They do already.
    Now,
    /// After this many months of growth.
    Months(u32),
    /// Not within [`HORIZON_MONTHS`].
    Later,
    /// Never: nothing grows.
    Never,
}

/// When `adapters`, growing by `percent` a year, are more than a pool of `size` addresses can hold.
pub fn runs_out(adapters: u64, size: u64, percent: u64) -> RunsOut {
    if adapters > size {
        return RunsOut::Now;
    }
    if adapters == 0 || percent == 0 {
        return RunsOut::Never;
    }
    let limit = u128::from(size) * MILLIONTH;
    let growth = u128::from(percent);
    let mut at_new_year = u128::from(adapters) * MILLIONTH;
    for month in 1..=HORIZON_MONTHS {
        let of_year = u128::from((month - 1) % 12 + 1);
        let added = at_new_year
            .saturating_mul(growth)
            .saturating_mul(of_year)
            .div_ceil(1200);
        let grown = at_new_year + added;
        if grown > limit {
            return RunsOut::Months(month);
        }
        if of_year == 12 {
            at_new_year = grown;
        }
    }
    RunsOut::Later
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_with_fewer_addresses_than_adapters_has_run_out() {
        assert_eq!(runs_out(257, 256, 0), RunsOut::Now);
        assert_eq!(runs_out(1, 0, 0), RunsOut::Now);
    }

    #[test]
    fn a_full_pool_runs_out_with_the_first_month_of_growth() {
        assert_eq!(runs_out(256, 256, 1), RunsOut::Months(1));
        assert_eq!(runs_out(256, 256, 0), RunsOut::Never);
    }

    #[test]
    fn growth_within_a_year_is_a_straight_line() {
        // 100 adapters and 120 a year: 10 a month, so 150 is passed in the sixth month.
        assert_eq!(runs_out(100, 150, 120), RunsOut::Months(6));
        assert_eq!(runs_out(100, 149, 120), RunsOut::Months(5));
    }

    #[test]
    fn each_year_grows_on_top_of_the_one_before() {
        // 100, 200, 400: without compounding 400 would be passed only after three years.
        assert_eq!(runs_out(100, 399, 100), RunsOut::Months(24));
        assert_eq!(runs_out(100, 400, 100), RunsOut::Months(25));
    }

    #[test]
    fn what_does_not_grow_never_runs_out_and_what_grows_slowly_does_so_later() {
        assert_eq!(runs_out(0, 256, 50), RunsOut::Never);
        assert_eq!(runs_out(1, 256, 1), RunsOut::Later);
    }

    #[test]
    fn the_largest_numbers_do_not_overflow() {
        assert_eq!(runs_out(u64::MAX, u64::MAX, u64::MAX), RunsOut::Months(1));
    }
}
