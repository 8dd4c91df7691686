//! A day of the calendar, as administrators write it in files and options. Nothing here reads a clock.

use std::fmt;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    year: u32,
    month: u32,
    day: u32,
}

impl Date {
    /// Reads `2026-11-22`. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Date, String> {
        let wrong = || format!("'{text}' is not a day; write it as year-month-day, such as 2026-11-22");
        let parts: Vec<&str> = text.trim().split('-').collect();
        let [year, month, day] = parts[..] else {
            return Err(wrong());
        };
        let number = |part: &str, length: usize| {
            let digits = part.len() == length && part.bytes().all(|b| b.is_ascii_digit());
            digits.then(|| part.parse::<u32>().ok()).flatten().ok_or_else(wrong)
        };
        let (year, month, day) = (number(year, 4)?, number(month, 2)?, number(day, 2)?);
        if !(1..=12).contains(&month) || day == 0 || day > days_of(year, month) {
            return Err(wrong());
        }
        Ok(Date { year, month, day })
    }

    /// Days since 1970-01-01.
    pub fn days_since_epoch(self) -> i64 {
        let (years, month) = (i64::from(self.year), i64::from(self.month));
        // Years that begin in March put the leap day at their end.
        let (year, month) = if month < 3 {
            (years - 1, month + 9)
        } else {
            (years, month - 3)
        };
        let of_year = (153 * month + 2) / 5 + i64::from(self.day) - 1;
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + of_year - 719_468
    }

    /// The day so many days after 1970-01-01; `None` before it and after the year 9999.
    pub fn after_epoch(days: i64) -> Option<Date> {
        let mut left = u32::try_from(days).ok().filter(|days| *days < 2_932_897)?;
        let length = |year| 337 + days_of(year, 2);
        let mut year = 1970;
        while left >= length(year) {
            left -= length(year);
            year += 1;
        }
        let mut month = 1;
        while left >= days_of(year, month) {
            left -= days_of(year, month);
            month += 1;
        }
        let day = left + 1;
        Some(Date { year, month, day })
    }

    /// The same day so many months later; the last of the month where that is shorter.
    pub fn plus_months(self, months: u32) -> Date {
        let sum = self
            .year
            .saturating_mul(12)
            .saturating_add(self.month - 1)
            .saturating_add(months);
        let (year, month) = (sum / 12, sum % 12 + 1);
        Date {
            year,
            month,
            day: self.day.min(days_of(year, month)),
        }
    }
}

fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn later(text: &str, months: u32) -> String {
        Date::parse(text).expect("a day").plus_months(months).to_string()
    }

    #[test]
    fn months_later_is_the_same_day_or_the_last_of_the_month() {
        assert_eq!(later("2026-11-22", 2), "2027-01-22");
        assert_eq!(later("2027-01-31", 1), "2027-02-28");
        assert_eq!(later("2028-01-31", 1), "2028-02-29");
        assert_eq!(later("2026-12-31", 600), "2076-12-31");
    }

    #[test]
    fn days_are_counted_from_1970_and_back() {
        for text in ["1970-01-01", "2000-02-29", "2022-01-11", "2027-12-31", "9999-12-31"] {
            let day = Date::parse(text).expect("a day");
            assert_eq!(Date::after_epoch(day.days_since_epoch()), Some(day), "{text}");
        }
        assert_eq!((Date::after_epoch(-1), Date::after_epoch(2_932_897)), (None, None));
    }

    #[test]
    fn what_is_no_day_is_refused_with_an_example() {
        for text in [
            "",
            "2026-13-01",
            "2026-02-29",
            "2026-00-10",
            "2026-1-1",
            "22.11.2026",
            "2026-11-22-1",
            "+026-11-22",
        ] {
            let said = Date::parse(text).expect_err(text);
            assert!(said.contains("2026-11-22"), "{said}");
        }
    }
}
