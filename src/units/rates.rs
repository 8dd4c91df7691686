//! Rates as administrators, Windows and switches write them. What can mean two things is refused with both readings.
//!
//! In: text. Out: Mbit/s, or a sentence that says why not and what to write instead.

use super::{Mbps, show_mbps};

/// From here on a bare number is bit/s: 10 Mbit/s, the slowest Ethernet; as Mbit/s it would be 10 Tbit/s.
const LEAST_BITS_PER_SECOND: u64 = 10_000_000;

/// Reads a rate: `10000`, `10 Gbps`, `10G`, `10 GbE`, `2.5 Gbit/s`, `100 Mbps`, `10GBASE-T`; a bare number is Mbit/s,
/// a bare number of 10,000,000 or more is bit/s (as `Get-NetAdapter` prints `Speed`; no port is slower than 10 Mbit/s).
pub fn parse_mbps(text: &str) -> Result<Mbps, String> {
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    if let Some(why) = no_rate(text.trim(), &squeezed) {
        return Err(why);
    }
    let (number, unit) = split_unit(&squeezed);
    let scale = scale(unit).ok_or_else(|| {
        let bytes = "counts bytes; rates are bits: write 10 Gbit/s or 100 Mbit/s (one megabyte a second is 8 Mbit/s)";
        let other = "is not a rate; write Mbit/s such as 10000, or 10 Gbps";
        format!("'{text}' {}", if counts_bytes(unit) { bytes } else { other })
    })?;
    if let Some((grouped, decimal)) = two_readings(number) {
        return Err(ambiguous(text, number, unit, (&grouped, &decimal)));
    }
    let thousandths = parse_thousandths(number).ok_or_else(|| format!("'{text}' is not a number"))?;
    let too_large = || format!("'{text}' is too large for a rate");
    match scale {
        Scale::Bare if thousandths >= LEAST_BITS_PER_SECOND * 1000 => Ok(thousandths / 1_000_000_000),
        Scale::Times(factor) => thousandths.checked_mul(factor).map(|n| n / 1000).ok_or_else(too_large),
        Scale::Parts(parts) => Ok(thousandths / 1000 / parts),
        Scale::Bare => Ok(thousandths / 1000),
    }
}

/// Whether a cell holds a whole number without a unit, so that its writer may have meant another unit.
pub fn is_bare_number(text: &str) -> bool {
    !text.is_empty() && digits(text)
}

fn digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// How many Mbit/s one of the unit is.
#[derive(Clone, Copy)]
enum Scale {
    /// No unit.
    Bare,
    /// So many Mbit/s.
    Times(u64),
    /// So many make one Mbit/s.
    Parts(u64),
}

/// The end of the number.
fn split_unit(squeezed: &str) -> (&str, &str) {
    let split = squeezed.find(char::is_alphabetic).unwrap_or(squeezed.len());
    squeezed.split_at(split)
}

fn scale(unit: &str) -> Option<Scale> {
    if unit.is_empty() {
        return Some(Scale::Bare);
    }
    if counts_bytes(unit) {
        return None;
    }
    let lower = unit.to_ascii_lowercase();
    // Media names (10GBASE-T, 1000BASE-T) and the setting "1.0 Gbps Full Duplex" say the rate first.
    if lower.starts_with("gbase") {
        return Some(Scale::Times(1_000));
    }
    if lower.starts_with("base-") {
        return Some(Scale::Times(1));
    }
    match trim_time(lower.trim_end_matches("fullduplex")) {
        "b" | "bit" | "bits" => Some(Scale::Parts(1_000_000)),
        "k" | "kb" | "kbit" | "kbits" => Some(Scale::Parts(1_000)),
        "m" | "mb" | "mbit" | "mbits" | "mega" | "megabit" | "megabits" => Some(Scale::Times(1)),
        "g" | "gb" | "gbit" | "gbits" | "gbe" | "gig" | "gige" | "giga" | "gigabit" | "gigabits"
        | "gigabitethernet" => Some(Scale::Times(1_000)),
        "t" | "tb" | "tbit" | "tbits" | "tbe" | "terabit" | "terabits" => Some(Scale::Times(1_000_000)),
        _ => None,
    }
}

/// Without "per second": `/s`, `/sec`, `ps`.
fn trim_time(unit: &str) -> &str {
    ["/s", "/sec", "ps"]
        .iter()
        .find_map(|end| unit.strip_suffix(end))
        .unwrap_or(unit)
}

/// `MB/s`, `GBps`, `MByte/s`: performance counters count bytes, and a capital B says so.
fn counts_bytes(unit: &str) -> bool {
    let lower = unit.to_ascii_lowercase();
    let prefixed = unit.get(1..2) == Some("B") && matches!(trim_time(&lower), "kb" | "mb" | "gb" | "tb");
    prefixed || lower.contains("byte") || matches!(trim_time(&lower), "kib" | "mib" | "gib")
}

/// Why a text that has another shape than one number and one unit is no rate.
fn no_rate(text: &str, squeezed: &str) -> Option<String> {
    let lower = squeezed.to_lowercase();
    if lower.starts_with("auto") {
        return Some(format!(
            "'{text}' is a setting of the port, not its speed; copy the column LinkSpeed that Get-NetAdapter shows, such as 10 Gbps"
        ));
    }
    let starts_with_digit = |part: &&str| part.starts_with(|c: char| c.is_ascii_digit());
    let product = squeezed.split_once(['x', 'X', '*', '×']);
    if let Some((count, each)) = product.filter(|(count, each)| is_bare_number(count) && starts_with_digit(each)) {
        return Some(format!(
            "'{text}' speaks of {count} ports or links at once; give each of them a row of its own with {each} (where a need is asked for, write the sum)"
        ));
    }
    let parts: Vec<&str> = lower.split(['/', ';', '|']).collect();
    if parts.len() > 1 && parts.iter().all(starts_with_digit) {
        return Some(format!(
            "'{text}' names several speeds; write the one that the port runs at: the column LinkSpeed that Get-NetAdapter shows"
        ));
    }
    None
}

/// The two numbers that a text may mean whose only point or comma stands before exactly three digits: `10.000` is 10000
/// where the mark groups thousands, and 10 where it is the decimal mark.
pub fn two_readings(number: &str) -> Option<(String, String)> {
    let (whole, rest) = number.split_once(['.', ','])?;
    let groups = (1..=3).contains(&whole.len()) && is_bare_number(whole) && !whole.starts_with('0');
    if !groups || rest.len() != 3 || !is_bare_number(rest) {
        return None;
    }
    let fraction = rest.trim_end_matches('0');
    let decimal = match fraction.len() {
        0 => whole.to_owned(),
        // Three digits would have two readings again; with a fourth they are no group.
        3 => format!("{whole}.{fraction}0"),
        _ => format!("{whole}.{fraction}"),
    };
    Some((format!("{whole}{rest}"), decimal))
}

fn ambiguous(text: &str, number: &str, unit: &str, (grouped, decimal): (&str, &str)) -> String {
    let mark = if number.contains('.') { "point" } else { "comma" };
    let space = if unit.is_empty() { "" } else { " " };
    let value = |digits: &str| {
        parse_mbps(&format!("{digits}{unit}")).map_or(String::new(), |rate| format!(" ({})", show_mbps(rate)))
    };
    format!(
        "'{text}' can be read in two ways: {grouped}{space}{unit}{} if the {mark} groups thousands, {decimal}{space}{unit}{} if it is \
         the decimal mark; write {grouped}{space}{unit} or {decimal}{space}{unit}",
        value(grouped),
        value(decimal)
    )
}

/// Reads a decimal number into thousandths; `.` and `,` are both understood as thousands or decimal mark.
fn parse_thousandths(number: &str) -> Option<u64> {
    let cleaned = normalise_separators(number);
    let (whole, fraction) = cleaned.split_once('.').unwrap_or((&cleaned, ""));
    if !is_bare_number(whole) || !digits(fraction) {
        return None;
    }
    let mut three: String = fraction.chars().take(3).collect();
    while three.len() < 3 {
        three.push('0');
    }
    let (whole, part): (u64, u64) = (whole.parse().ok()?, three.parse().ok()?);
    whole.checked_mul(1000)?.checked_add(part)
}

/// `1,000,000` and `1.000.000` are thousands; `2,5` and `2.5` are decimals.
fn normalise_separators(number: &str) -> String {
    let groups = |mark: char| {
        let (first, rest) = number.split_once(mark)?;
        let sound =
            (1..=3).contains(&first.len()) && rest.split(mark).all(|part| part.len() == 3 && is_bare_number(part));
        (sound && rest.contains(mark)).then(|| number.replace(mark, ""))
    };
    groups(',')
        .or_else(|| groups('.'))
        .unwrap_or_else(|| number.replace(',', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_instead_of_two_readings_has_one() {
        for (text, instead) in [
            ("10.000", ["10000", "10"]),
            ("1.384", ["1384", "1.3840"]),
            ("10,125 Gbps", ["10125 Gbps", "10.1250 Gbps"]),
            ("2.500 G", ["2500 G", "2.5 G"]),
        ] {
            let said = parse_mbps(text).expect_err(text);
            assert!(
                said.ends_with(&format!("write {} or {}", instead[0], instead[1])),
                "{said}"
            );
            assert!(instead.iter().all(|one| parse_mbps(one).is_ok()), "{instead:?}");
        }
        assert_eq!(parse_mbps("10.1250 Gbps"), Ok(10_125));
    }

    #[test]
    fn rates_are_read_in_every_spelling_that_means_one_thing() {
        for (text, mbps) in [
            ("10000", 10_000),
            ("10 Gbps", 10_000),
            ("10G", 10_000),
            ("10 GbE", 10_000),
            ("10 GBits", 10_000),
            ("10GBit/s", 10_000),
            ("10 Gb/s", 10_000),
            ("10 Gigabit Ethernet", 10_000),
            ("10GBASE-T", 10_000),
            ("1000BASE-T", 1_000),
            ("1.0 Gbps Full Duplex", 1_000),
            ("2.5 Gbps", 2_500),
            ("2,5 Gbit/s", 2_500),
            ("0.125 Gbps", 125),
            ("100 Mbps", 100),
            ("100Mb/s", 100),
            ("10 000", 10_000),
            ("10000000000", 10_000),
            ("10000000", 10),
            ("9999999", 9_999_999),
            ("1000000 bps", 1),
            ("0 bps", 0),
            ("1000000", 1_000_000),
            ("1,000,000", 1_000_000),
            ("1.000.000", 1_000_000),
        ] {
            assert_eq!(parse_mbps(text), Ok(mbps), "{text}");
        }
        for text in ["fast", "-5", "", "1.2.3", "10 lightyears", "99999999999999999999"] {
            assert!(parse_mbps(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_mark_before_three_digits_is_refused_with_both_readings() {
        let said = parse_mbps("10.000").expect_err("two readings");
        assert!(said.contains("10000 (10 Gbit/s) if the point groups"), "{said}");
        assert!(
            said.contains("10 (10 Mbit/s)") && said.ends_with("write 10000 or 10"),
            "{said}"
        );
        let said = parse_mbps("2,500 Mbps").expect_err("two readings");
        assert!(
            said.ends_with("write 2500 Mbps or 2.5 Mbps") && said.contains("comma"),
            "{said}"
        );
        assert!(parse_mbps("1,000").is_err());
    }

    #[test]
    fn what_is_no_single_rate_is_refused_with_the_words_that_help() {
        for (text, told) in [
            ("Auto", "LinkSpeed"),
            ("Auto Negotiation", "setting of the port"),
            ("2x10G", "row of its own with 10G"),
            ("4 × 25 Gbit/s", "4 ports or links"),
            ("10/100/1000", "several speeds"),
            ("120 MB/s", "counts bytes"),
            ("10 GBps", "counts bytes"),
            ("1 MByte/s", "counts bytes"),
        ] {
            let said = parse_mbps(text).expect_err(text);
            assert!(said.contains(told), "{text}: {said}");
        }
    }
}
