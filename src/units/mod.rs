//! Units and small value types, integers only: Mbit/s, MiB, permille, MAC addresses and ranges.
//!
//! In: text as administrators write it. Out: exact integers and one canonical spelling.
//! Must not know: the inventory, files, or findings.

mod date;
mod look_alike;
mod names;
mod rates;
mod subnet;

pub use date::Date;
pub use look_alike::look_alike;
pub use names::{
    host_label, host_name, host_vnic_connection, host_vnic_of, is_address, listed, name_key, name_runs, natural_cmp,
    number_names, same_name,
};
pub use rates::{is_bare_number, parse_mbps, two_readings};
pub use subnet::{Subnet, bare_address};

use serde::{Deserialize, Serialize};
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

/// `8,000`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
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

/// `512 MiB`, `7.5 GiB`, `256 GiB`.
pub fn show_mib(mib: MiB) -> String {
    match mib {
        0..1024 => format!("{mib} MiB"),
        1024..10_240 if !mib.is_multiple_of(1024) => format!("{}.{} GiB", mib / 1024, mib % 1024 * 10 / 1024),
        _ => format!("{} GiB", mib / 1024),
    }
}

/// A number with its noun: `1 error`, `2 errors`, `0 switches`. For nouns with a regular plural.
pub fn count(number: usize, noun: &str) -> String {
    let hisses = ["s", "x", "ch", "sh"].iter().any(|end| noun.ends_with(end));
    match number {
        1 => format!("1 {noun}"),
        _ if hisses => format!("{number} {noun}es"),
        _ => format!("{number} {noun}s"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

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
    fn utilisation_is_rounded_against_us() {
        assert_eq!(permille_up(1, 3), 334);
        assert_eq!(permille_up(0, 0), 0);
        assert_eq!(permille_up(1, 0), Permille::MAX);
    }
}
