//! Times as exports write them: ISO 8601, or the culture of the machine that exported.
//!
//! In: text. Out: milliseconds since 1970, with or without a known offset from UTC. Needs no clock and no time-zone data: an
//! offset in the text is honoured, a time without one is taken as it stands. Must not know: events, files.

/// A point in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// Milliseconds since 1970-01-01 00:00, in UTC if [`Stamp::utc`], else on the clock of the machine that exported.
    pub ms: i64,
    /// Whether the text said its offset from UTC.
    pub utc: bool,
}

/// A time as written; the order of day and month may still be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    day: Day,
    /// Milliseconds since midnight.
    ms: i64,
    /// Minutes east of UTC.
    offset: Option<i64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Day {
    Known { year: i64, month: i64, day: i64 },
    Open { first: i64, second: i64, year: i64 },
}

/// Which of two numbers is the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// `21/11/2026`.
    DayFirst,
    /// `11/21/2026`.
    MonthFirst,
}

/// What the times of one file say about the order of day and month.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    day_first: bool,
    month_first: bool,
    open: bool,
}

impl Evidence {
    /// Looks at one time.
    pub(super) fn add(&mut self, written: &Written) {
        if let Day::Open { first, second, .. } = written.day {
            self.day_first |= first > 12;
            self.month_first |= second > 12;
            self.open |= first != second;
        }
    }

    /// The order that holds for the whole file; `None` if the file does not say it or contradicts itself.
    pub(super) fn order(&self) -> Option<Order> {
        match (self.day_first, self.month_first) {
            (true, true) => None,
            (true, false) => Some(Order::DayFirst),
            (false, true) => Some(Order::MonthFirst),
            (false, false) => (!self.open).then_some(Order::DayFirst),
        }
    }

    /// Whether some times can only be read one way and some only the other way.
    pub(super) fn contradicts_itself(&self) -> bool {
        self.day_first && self.month_first
    }
}

impl Written {
    /// Reads `2026-11-21T22:03:12.5Z`, `11/21/2026 10:03:12 PM`, `21.11.2026 22:03:12` and their like.
    pub(super) fn parse(text: &str) -> Option<Written> {
        let plain: String = text
            .chars()
            .filter(|c| !matches!(c, '\u{200e}' | '\u{200f}'))
            .map(|c| if c.is_whitespace() { ' ' } else { c })
            .collect();
        let mut rest = Cursor(plain.trim());
        let day = rest.date()?;
        rest.between();
        let (mut ms, hour) = rest.clock()?;
        let offset = match rest.0.trim() {
            "" => None,
            "Z" | "z" => Some(0),
            tail => match half_of_day(tail) {
                Some(_) if !(1..=12).contains(&hour) => return None,
                Some(afternoon) => {
                    ms += (i64::from(afternoon) * 12 - if hour == 12 { 12 } else { 0 }) * 3_600_000;
                    None
                }
                None => Some(offset(tail)?),
            },
        };
        Some(Written { day, ms, offset })
    }

    /// The point in time, with the order of day and month that holds for its file; `None` if there is no such day.
    pub(super) fn stamp(&self, order: Order) -> Option<Stamp> {
        let (year, month, day) = match (self.day, order) {
            (Day::Known { year, month, day }, _) => (year, month, day),
            (Day::Open { first, second, year }, Order::DayFirst) => (year, second, first),
            (Day::Open { first, second, year }, Order::MonthFirst) => (year, first, second),
        };
        if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
            return None;
        }
        Some(Stamp {
            ms: days_since_1970(year, month, day) * 86_400_000 + self.ms - self.offset.unwrap_or(0) * 60_000,
            utc: self.offset.is_some(),
        })
    }
}

/// What is left to read.
struct Cursor<'a>(&'a str);

impl Cursor<'_> {
    /// A whole number of one to `most` digits, and how many it has.
    fn number(&mut self, most: usize) -> Option<(i64, usize)> {
        let digits = self.0.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > most {
            return None;
        }
        let (number, rest) = self.0.split_at(digits);
        self.0 = rest;
        number.parse().ok().map(|number| (number, digits))
    }

    /// One of the marks, with blanks behind it (`21. 11. 2026`).
    fn mark(&mut self, marks: &[char]) -> Option<char> {
        let mark = self.0.chars().next().filter(|c| marks.contains(c))?;
        self.0 = self.0.strip_prefix(mark)?.trim_start_matches(' ');
        Some(mark)
    }

    fn date(&mut self) -> Option<Day> {
        let (first, digits) = self.number(4)?;
        let mark = self.mark(&['-', '/', '.'])?;
        let (second, _) = self.number(2)?;
        self.mark(&[mark])?;
        let (third, last_digits) = self.number(4)?;
        match (digits, last_digits) {
            (4, 1..=2) => Some(Day::Known {
                year: first,
                month: second,
                day: third,
            }),
            // only a slash is used for both orders: no culture of Windows writes month.day.year or month-day-year
            (1..=2, 4) if mark != '/' => Some(Day::Known {
                year: third,
                month: second,
                day: first,
            }),
            (1..=2, 4) => Some(Day::Open {
                first,
                second,
                year: third,
            }),
            _ => None,
        }
    }

    /// What may stand between date and time.
    fn between(&mut self) {
        self.0 = self.0.trim_start_matches(['T', 't', ' ', ',', '.']);
    }

    /// Milliseconds since midnight, and the hour as written.
    fn clock(&mut self) -> Option<(i64, i64)> {
        let (hour, _) = self.number(2)?;
        let mark = self.mark(&[':', '.'])?;
        let (minute, _) = self.number(2)?;
        let mut seconds = 0;
        let mut fraction = 0;
        if self.mark(&[mark]).is_some() {
            seconds = self.number(2)?.0;
            if self.0.starts_with(['.', ',']) && self.0.as_bytes().get(1).is_some_and(u8::is_ascii_digit) {
                self.mark(&['.', ','])?;
                let digits: String = self.0.chars().take_while(char::is_ascii_digit).collect();
                self.0 = self.0.strip_prefix(digits.as_str())?;
                fraction = format!("{digits:0<3}").get(..3)?.parse().ok()?;
            }
        }
        (hour < 24 && minute < 60 && seconds < 60)
            .then_some((((hour * 60 + minute) * 60 + seconds) * 1000 + fraction, hour))
    }
}

/// `AM` and `PM` in their spellings; `true` for the afternoon.
fn half_of_day(text: &str) -> Option<bool> {
    let letters: String = text
        .chars()
        .filter(|c| !matches!(c, '.' | ' '))
        .collect::<String>()
        .to_lowercase();
    match letters.as_str() {
        "am" | "a" => Some(false),
        "pm" | "p" => Some(true),
        _ => None,
    }
}

/// `+01:00`, `-0500`, `+01` as minutes east of UTC.
fn offset(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('+') {
        Some(rest) => (1, rest),
        None => (-1, text.strip_prefix('-')?),
    };
    let digits = digits.replacen(':', "", 1);
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..).filter(|m| !m.is_empty()).unwrap_or("0").parse().ok()?;
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

fn days_of(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar: years are counted from March, so that a leap day ends its year.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let years = if month <= 2 { year - 1 } else { year };
    let months = (month + 9) % 12;
    years * 365 + years.div_euclid(4) - years.div_euclid(100) + years.div_euclid(400) + (months * 153 + 2) / 5 + day
        - 719_469
}

impl Stamp {
    /// `2026-11-21T22:03:12Z`, without the `Z` for a clock whose offset is unknown.
    pub fn show(self) -> String {
        let (days, ms) = (self.ms.div_euclid(86_400_000), self.ms.rem_euclid(86_400_000));
        let (year, month, day) = civil(days);
        let seconds = ms / 1000;
        format!(
            "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}{}",
            seconds / 3600,
            seconds / 60 % 60,
            seconds % 60,
            if self.utc { "Z" } else { "" }
        )
    }
}

/// Year, month and day of a day counted from 1970-01-01.
fn civil(days: i64) -> (i64, i64, i64) {
    let mut year = 1970 + days.div_euclid(366);
    while days_since_1970(year + 1, 1, 1) <= days {
        year += 1;
    }
    let mut month = 1;
    while month < 12 && days_since_1970(year, month + 1, 1) <= days {
        month += 1;
    }
    (year, month, days - days_since_1970(year, month, 1) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, order: Order) -> String {
        Written::parse(text)
            .and_then(|written| written.stamp(order))
            .map_or_else(|| "?".to_owned(), Stamp::show)
    }

    #[test]
    fn every_culture_gives_the_same_time() {
        for text in [
            "2026-11-21T22:03:12",
            "2026-11-21 22:03:12.123",
            "21.11.2026 22:03:12",
            "21. 11. 2026 22:03:12",
            "2026. 11. 21. 22:03:12",
            "21-11-2026 22:03:12",
            "21/11/2026 22:03:12",
            "2026/11/21 22:03:12",
            "21.11.2026 22.03.12",
            "21/11/2026, 10:03:12 p. m.",
            "21/11/2026 10:03:12\u{202f}PM",
        ] {
            assert_eq!(shown(text, Order::DayFirst), "2026-11-21T22:03:12", "{text}");
        }
        assert_eq!(
            shown("11/21/2026 10:03:12 PM", Order::MonthFirst),
            "2026-11-21T22:03:12"
        );
        assert_eq!(shown("1/2/2026 12:03:12 AM", Order::MonthFirst), "2026-01-02T00:03:12");
        assert_eq!(shown("1/2/2026 12:03:12 PM", Order::MonthFirst), "2026-01-02T12:03:12");
    }

    #[test]
    fn offsets_are_honoured() {
        assert_eq!(
            shown("2026-11-21T22:03:12.1234567Z", Order::DayFirst),
            "2026-11-21T22:03:12Z"
        );
        assert_eq!(
            shown("2026-11-21T23:30:00+01:00", Order::DayFirst),
            "2026-11-21T22:30:00Z"
        );
        assert_eq!(
            shown("2026-12-31T20:30:00-0500", Order::DayFirst),
            "2027-01-01T01:30:00Z"
        );
    }

    #[test]
    fn fractions_are_kept_to_the_millisecond() {
        let ms = |text: &str| {
            Written::parse(text)
                .and_then(|w| w.stamp(Order::DayFirst))
                .map(|s| s.ms)
        };
        assert_eq!(ms("1970-01-01T00:00:01.5Z"), Some(1500));
        assert_eq!(ms("1970-01-01T00:00:01.0059Z"), Some(1005));
        assert_eq!(ms("1969-12-31T23:59:59Z"), Some(-1000));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-13-01 00:00:00",
            "2026-02-29 00:00:00",
            "21.11.26 22:03:12",
            "2026-11-21",
            "2026-11-21 24:00:00",
            "11/21/2026 13:00:00 PM",
            "2026-11-21 22:03:12 CET",
            "99999999999-11-21 22:03:12",
            "2026-11-21 22:03:12é",
            "é",
        ] {
            assert_eq!(shown(text, Order::DayFirst), "?", "{text}");
        }
    }

    #[test]
    fn the_order_of_day_and_month_comes_from_the_whole_file() {
        let order = |times: &[&str]| {
            let mut evidence = Evidence::default();
            for time in times {
                evidence.add(&Written::parse(time).expect("a time"));
            }
            evidence.order()
        };
        assert_eq!(
            order(&["3/4/2026 1:00:00", "3/13/2026 1:00:00"]),
            Some(Order::MonthFirst)
        );
        assert_eq!(order(&["3/4/2026 1:00:00", "13/3/2026 1:00:00"]), Some(Order::DayFirst));
        assert_eq!(order(&["3/4/2026 1:00:00"]), None);
        assert_eq!(order(&["13/3/2026 1:00:00", "3/13/2026 1:00:00"]), None);
        assert_eq!(
            order(&["4/4/2026 1:00:00"]),
            Some(Order::DayFirst),
            "the same either way"
        );
    }

    #[test]
    fn days_are_counted_through_leap_years() {
        assert_eq!(days_since_1970(1970, 1, 1), 0);
        assert_eq!(days_since_1970(2000, 3, 1), 11_017);
        for days in [-1, 0, 59, 365, 11_016, 11_017, 20_000, 20_777, 40_000] {
            let (year, month, day) = civil(days);
            assert_eq!(days_since_1970(year, month, day), days);
        }
    }
}
