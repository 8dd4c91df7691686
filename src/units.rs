//! Units and small value types, integers only: Mbit/s, MiB, permille, MAC addresses and ranges.
//!
//! In: text as administrators write it. Out: exact integers and one canonical spelling.
//! Must not know: the inventory, files, or findings.

use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::fmt;

/// Link or load rate in Mbit/s (decimal: 10 GbE = 10,000).
pub type Mbps = u64;
/// Memory in MiB (2^20 bytes).
pub type MiB = u64;
/// Thousandths; 1000 is "all of it".
pub type Permille = u64;

/// `1000 * part / whole`, rounded up (against us); an empty `whole` under load counts as `Permille::MAX`.
pub fn permille_up(part: u64, whole: u64) -> Permille {
    match (part, whole) {
        (0, _) => 0,
        (_, 0) => Permille::MAX,
        _ => (part.saturating_mul(1000)).div_ceil(whole),
    }
}

/// From here on a bare number is bit/s: 10 Mbit/s, the slowest Ethernet; as Mbit/s it would be 10 Tbit/s.
const LEAST_BITS_PER_SECOND: u64 = 10_000_000;

/// Reads a rate: `10000`, `10 Gbps`, `10G`, `2.5 Gbit/s`, `100 Mbps`, `10,000`; a bare number is Mbit/s,
/// a bare number of 10,000,000 or more is bit/s (as `Get-NetAdapter` prints `Speed`; no port is slower than 10 Mbit/s).
pub fn parse_mbps(text: &str) -> Result<Mbps, String> {
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace() && *c != '\u{a0}').collect();
    let split = squeezed
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(squeezed.len());
    let (number, unit) = squeezed.split_at(split);
    let thousandths = parse_thousandths(number)?;
    let unit = unit.to_ascii_lowercase();
    let per_unit = match unit
        .trim_end_matches("/s")
        .trim_end_matches("ps")
        .trim_end_matches("bit")
        .trim_end_matches('b')
    {
        "" if thousandths >= LEAST_BITS_PER_SECOND * 1000 => return Ok(thousandths / 1_000_000_000),
        "" | "m" | "mega" => 1,
        "g" | "giga" => 1_000,
        "t" => 1_000_000,
        "k" => return Ok(thousandths / 1_000_000),
        _ => {
            return Err(format!(
                "'{text}' is not a rate; write Mbit/s such as 10000, or 10 Gbps"
            ));
        }
    };
    let mbps = thousandths
        .checked_mul(per_unit)
        .ok_or_else(|| format!("'{text}' is too large for a rate"))?;
    Ok(mbps / 1000)
}

/// Reads a decimal number with `.` or `,` as thousands or decimal mark into thousandths.
fn parse_thousandths(number: &str) -> Result<u64, String> {
    let fail = || format!("'{number}' is not a number");
    let cleaned = normalise_separators(number);
    let (whole, fraction) = cleaned.split_once('.').unwrap_or((&cleaned, ""));
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(fail());
    }
    let mut digits: String = fraction.chars().take(3).collect();
    while digits.len() < 3 {
        digits.push('0');
    }
    let whole: u64 = whole.parse().map_err(|_| fail())?;
    let part: u64 = digits.parse().map_err(|_| fail())?;
    whole
        .checked_mul(1000)
        .and_then(|n| n.checked_add(part))
        .ok_or_else(fail)
}

/// `1,000` and `1.000.000` are thousands; `2,5` and `2.5` are decimals.
fn normalise_separators(number: &str) -> String {
    let groups = |mark: char| {
        let mut parts = number.split(mark);
        let first = parts.next().unwrap_or("");
        let rest: Vec<&str> = parts.collect();
        !first.is_empty()
            && first.len() <= 3
            && first != "0"
            && !rest.is_empty()
            && rest
                .iter()
                .all(|p| p.len() == 3 && p.bytes().all(|b| b.is_ascii_digit()))
    };
    if groups(',') {
        return number.replace(',', "");
    }
    if number.matches('.').count() > 1 && groups('.') {
        return number.replace('.', "");
    }
    number.replace(',', ".")
}

/// `10000` → `10 Gbit/s`, `2500` → `2.5 Gbit/s`, `950` → `950 Mbit/s`.
pub fn show_mbps(rate: Mbps) -> String {
    if rate < 1000 {
        return format!("{rate} Mbit/s");
    }
    let (whole, rest) = (rate / 1000, rate % 1000);
    if rest == 0 {
        return format!("{whole} Gbit/s");
    }
    let fraction = format!("{rest:03}");
    format!("{whole}.{} Gbit/s", fraction.trim_end_matches('0'))
}

/// `834` → `83.4 %`.
pub fn show_permille(share: Permille) -> String {
    if share == Permille::MAX {
        return "no capacity".to_owned();
    }
    match share % 10 {
        0 => format!("{} %", share / 10),
        rest => format!("{}.{rest} %", share / 10),
    }
}

/// A MAC address as 48 bits; every Windows spelling is read, `00-15-5D-01-02-03` is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub u64);

impl Mac {
    /// Reads `00155D010203`, `00-15-5D-01-02-03`, `00:15:5d:01:02:03`, `0015.5d01.0203`.
    pub fn parse(text: &str) -> Result<Mac, String> {
        let hex: String = text
            .trim()
            .chars()
            .filter(|c| !matches!(c, '-' | ':' | '.' | ' '))
            .collect();
        if hex.len() != 12 || !hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(format!(
                "'{text}' is not a MAC address; write 12 hexadecimal digits such as 00-15-5D-01-02-03"
            ));
        }
        u64::from_str_radix(&hex, 16).map(Mac).map_err(|e| e.to_string())
    }

    /// The six bytes, first to last.
    pub fn bytes(self) -> [u8; 6] {
        let b = self.0.to_be_bytes();
        [b[2], b[3], b[4], b[5], b[6], b[7]]
    }

    /// All zeros: a vNIC that has never started.
    pub fn is_unset(self) -> bool {
        self.0 == 0
    }
}

impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let b = self.bytes();
        write!(
            f,
            "{:02X}-{:02X}-{:02X}-{:02X}-{:02X}-{:02X}",
            b[0], b[1], b[2], b[3], b[4], b[5]
        )
    }
}

impl Serialize for Mac {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Mac {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Mac, D::Error> {
        Mac::parse(&String::deserialize(d)?).map_err(serde::de::Error::custom)
    }
}

/// An inclusive range of MAC addresses, as typed: `min` may lie above `max` (a finding, not an error).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MacRange {
    /// First address.
    pub min: Mac,
    /// Last address.
    pub max: Mac,
}

impl MacRange {
    /// Number of addresses; 0 for an inverted range.
    pub fn size(self) -> u64 {
        if self.max < self.min {
            0
        } else {
            self.max.0 - self.min.0 + 1
        }
    }

    /// Whether the address lies inside.
    pub fn contains(self, mac: Mac) -> bool {
        self.min <= mac && mac <= self.max
    }

    /// The addresses that both ranges hold.
    pub fn intersection(self, other: MacRange) -> Option<MacRange> {
        let common = MacRange {
            min: self.min.max(other.min),
            max: self.max.min(other.max),
        };
        (common.size() > 0).then_some(common)
    }
}

/// Order in which people count: `HV2` before `HV10`, upper and lower case alike; full text breaks ties.
pub fn natural_cmp(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a, b);
    loop {
        let (x, y) = match (left.chars().next(), right.chars().next()) {
            (None, None) => return a.cmp(b),
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(x), Some(y)) => (x, y),
        };
        let order = if x.is_ascii_digit() && y.is_ascii_digit() {
            let (n, m) = (take_digits(&mut left), take_digits(&mut right));
            n.len().cmp(&m.len()).then_with(|| n.cmp(m))
        } else {
            (left, right) = (&left[x.len_utf8()..], &right[y.len_utf8()..]);
            if x == y {
                Ordering::Equal
            } else {
                x.to_lowercase().cmp(y.to_lowercase())
            }
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// Splits the leading digits off and gives them without leading zeros.
fn take_digits<'a>(text: &mut &'a str) -> &'a str {
    let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at(end);
    *text = rest;
    digits.trim_start_matches('0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_read_in_every_spelling() {
        for (text, mbps) in [
            ("10000", 10_000),
            ("10 Gbps", 10_000),
            ("10G", 10_000),
            ("2.5 Gbps", 2_500),
            ("2,5 Gbit/s", 2_500),
            ("1,000", 1_000),
            ("100 Mbps", 100),
            ("100Mb/s", 100),
            ("10000000000", 10_000),
            ("10000000", 10),
            ("9999999", 9_999_999),
            ("1000000", 1_000_000),
            ("1,000,000", 1_000_000),
            ("25 GbE", 0),
        ] {
            match parse_mbps(text) {
                Ok(found) => assert_eq!(found, mbps, "{text}"),
                Err(_) => assert_eq!(mbps, 0, "{text}"),
            }
        }
        assert!(parse_mbps("fast").is_err());
        assert!(parse_mbps("-5").is_err());
    }

    #[test]
    fn macs_are_read_in_every_windows_spelling() {
        let mac = Mac(0x0015_5D01_0203);
        for text in [
            "00155D010203",
            "00-15-5D-01-02-03",
            "00:15:5d:01:02:03",
            "0015.5d01.0203",
        ] {
            assert_eq!(Mac::parse(text), Ok(mac));
        }
        assert_eq!(mac.to_string(), "00-15-5D-01-02-03");
        assert!(Mac::parse("00155D0102").is_err());
    }

    #[test]
    fn ranges_intersect_only_where_both_hold_addresses() {
        let range = |min, max| MacRange {
            min: Mac(min),
            max: Mac(max),
        };
        assert_eq!(range(1, 5).intersection(range(5, 9)), Some(range(5, 5)));
        assert_eq!(range(1, 4).intersection(range(5, 9)), None);
        assert_eq!(range(9, 1).size(), 0);
    }

    #[test]
    fn names_sort_as_people_count() {
        let mut names = ["HV10", "hv2", "HV1", "HV02"];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(names, ["HV1", "HV02", "hv2", "HV10"]);
    }

    #[test]
    fn utilisation_is_rounded_against_us() {
        assert_eq!(permille_up(1, 3), 334);
        assert_eq!(permille_up(0, 0), 0);
        assert_eq!(permille_up(1, 0), Permille::MAX);
    }
}
