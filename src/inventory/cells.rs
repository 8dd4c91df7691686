//! What may stand in a cell: numbers, memory, VLAN lists, words. Integers only, no panics.
//!
//! In: text of one cell. Out: a value, or a sentence that names the text. Must not know: tables, entities.

use crate::units::{Date, Mbps, MiB, Subnet, parse_mbps, two_readings};
use std::collections::BTreeSet;

/// Highest rate that is believed, Mbit/s (1 Tbit/s).
pub const MAX_RATE: Mbps = 1_000_000;
/// Most memory that is believed, MiB (1 PiB).
pub const MAX_MEMORY: MiB = 1 << 30;
/// Most memory that a host can have, MiB: 48 TB with Windows Server 2022 (Microsoft Learn, "Memory limits for Windows and Windows
/// Server releases"; later versions allow more, which no server holds).
pub const MOST_OF_A_HOST: MiB = 48 * 1024 * 1024;
/// Highest VLAN ID.
pub const MAX_VLAN: u16 = 4094;

/// A whole number up to `most`.
pub fn whole(text: &str, most: u64) -> Result<u64, String> {
    // Excel writes a whole number with decimals where the cell's format has some; three digits may be thousands
    let decimals = [".0", ".00", ",0", ",00"];
    let digits = decimals
        .iter()
        .find_map(|zeros| text.strip_suffix(zeros))
        .unwrap_or(text);
    if digits
        .strip_prefix('-')
        .is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_digit()))
    {
        return Err(format!("'{text}' is negative"));
    }
    let number: u64 = digits.parse().map_err(|_| format!("'{text}' is not a whole number"))?;
    if number > most {
        return Err(format!("{number} is more than {most}, which cannot be right"));
    }
    Ok(number)
}

/// A number with or without decimals (`12`, `12.5`, `12,5`), not negative, up to `most`.
pub fn decimal(text: &str, most: f64) -> Result<f64, String> {
    if text.starts_with('-') {
        return Err(format!("'{text}' is negative"));
    }
    let plain = text.replace(',', ".");
    let digits = plain.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let number: f64 = plain
        .parse()
        .ok()
        .filter(|_| digits)
        .ok_or_else(|| format!("'{text}' is not a number"))?;
    if number > most {
        return Err(format!("{text} is more than {most}, which cannot be right"));
    }
    Ok(number)
}

/// A number with or without decimals, rounded up to a whole one that fits 32 bits.
pub fn rounded_up(text: &str) -> Result<u32, String> {
    let number = decimal(text, f64::from(u32::MAX))?.ceil();
    // In range and whole by construction.
    Ok(number as u32)
}

/// A whole number that fits 32 bits.
pub fn whole_u32(text: &str) -> Result<u32, String> {
    whole(text, u64::from(u32::MAX)).and_then(|n| u32::try_from(n).map_err(|e| e.to_string()))
}

/// A rate in Mbit/s, 0 allowed.
pub fn rate(text: &str) -> Result<Mbps, String> {
    if text.starts_with('-') {
        return Err(format!("'{text}' is negative"));
    }
    let rate = parse_mbps(text)?;
    if rate > MAX_RATE {
        return Err(format!(
            "{rate} Mbit/s is more than {MAX_RATE} Mbit/s, which cannot be right"
        ));
    }
    Ok(rate)
}

/// The speed of a port or link: a rate above 0.
pub fn speed(text: &str) -> Result<Mbps, String> {
    match rate(text)? {
        0 => Err(format!("'{text}' is no speed: a port or link needs more than 0 Mbit/s")),
        speed => Ok(speed),
    }
}

/// Memory in MiB: `8192`, `8 GB`, `8GiB`, `4.00 GB`, `1.5 TB` (units of 1024, as Windows counts). A mark before exactly three
/// digits groups thousands where the unit is MiB, of which nobody writes fractions; `4.096 GB` is refused.
pub fn memory(text: &str) -> Result<MiB, String> {
    if text.starts_with('-') {
        return Err(format!("'{text}' is negative"));
    }
    let squeezed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let split = squeezed
        .find(|c: char| c.is_ascii_alphabetic())
        .unwrap_or(squeezed.len());
    let (number, unit) = squeezed.split_at(split);
    let factor: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "m" | "mb" | "mib" => 1,
        "g" | "gb" | "gib" => 1024,
        "t" | "tb" | "tib" => 1024 * 1024,
        _ => return Err(format!("'{text}' is not an amount of memory")),
    };
    let number = match two_readings(number) {
        Some((grouped, _)) if factor == 1 => grouped,
        Some((grouped, decimal)) if memory_of(&grouped, factor).is_some_and(|m| m <= MOST_OF_A_HOST) => {
            return Err(format!(
                "'{text}' can be read as {grouped} {unit} or as {decimal} {unit}; write {grouped} {unit} or {decimal} {unit}"
            ));
        }
        _ => without_groups(number).unwrap_or_default(),
    };
    let mib = memory_of(&number, factor).ok_or_else(|| format!("'{text}' is not an amount of memory"))?;
    if mib > MAX_MEMORY {
        let bytes = match (unit, mib >> 20) {
            ("", in_mib @ 1..) => format!("; if it counts bytes, write {in_mib}"),
            _ => String::new(),
        };
        return Err(format!("{mib} MiB is more than 1 PiB, which cannot be right{bytes}"));
    }
    Ok(mib)
}

/// A number without marks of thousands and with a point for decimals: `65.536,0`, `65,536.0` and `65536,0` are the same. A mark
/// that stands once, and last, is the decimal mark.
fn without_groups(number: &str) -> Option<String> {
    let once = |at: &usize| number.matches(&number[*at..=*at]).count() == 1;
    let (whole, fraction) = match number.rfind(['.', ',']).filter(once) {
        Some(at) => (&number[..at], &number[at + 1..]),
        None => (number, ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',']).collect();
    let one_mark = !(whole.contains('.') && whole.contains(','));
    let in_threes = groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    (groups.len() == 1 || (one_mark && in_threes)).then(|| format!("{}.{fraction}", groups.concat()))
}

/// MiB of a number with or without decimals, in units of `factor` MiB.
fn memory_of(number: &str, factor: u64) -> Option<MiB> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.len() > 6 || !part.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let scale = 10u64.pow(u32::try_from(part.len()).unwrap_or(0));
    let (whole, part): (u64, u64) = (
        whole.parse().ok()?,
        if part.is_empty() { 0 } else { part.parse().ok()? },
    );
    whole.checked_mul(factor)?.checked_add(part * factor / scale)
}

/// One VLAN ID; 0 is untagged.
pub fn vlan(text: &str) -> Result<Option<u16>, String> {
    let id = whole(text, u64::MAX).map_err(|e| format!("{e}, so it is no VLAN ID"))?;
    match u16::try_from(id) {
        Ok(0) => Ok(None),
        Ok(id) if id <= MAX_VLAN => Ok(Some(id)),
        _ => Err(format!("VLAN {id} does not exist: IDs go from 1 to {MAX_VLAN}")),
    }
}

/// VLAN IDs and ranges; `None` for the words that mean every VLAN; 0 is untagged and adds nothing.
pub fn vlans(text: &str) -> Result<Option<BTreeSet<u16>>, String> {
    if matches!(text.to_ascii_lowercase().as_str(), "all" | "any" | "*") {
        return Ok(None);
    }
    let mut set = BTreeSet::new();
    for part in text.split([';', '|', ',', ' ', '\t']).filter(|p| !p.is_empty()) {
        match part.split_once('-').filter(|(low, _)| !low.is_empty()) {
            None => set.extend(vlan(part)?),
            Some((low, high)) => {
                let (low, high) = (vlan(low)?.unwrap_or(1), vlan(high)?.unwrap_or(1));
                if low > high {
                    return Err(format!("'{part}' is a range that ends before it begins"));
                }
                set.extend(low..=high);
            }
        }
    }
    Ok(Some(set))
}

/// Names of a list; `none` is an empty one.
pub fn names(text: &str) -> Vec<String> {
    let names: Vec<String> = list(text).map(str::to_owned).collect();
    match names.as_slice() {
        [only] if only.eq_ignore_ascii_case("none") => Vec::new(),
        _ => names,
    }
}

/// yes or no, in the spellings of people and PowerShell.
pub fn yes_no(text: &str) -> Result<bool, String> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "on" | "enabled" | "$true" | "x" => Ok(true),
        "no" | "n" | "false" | "0" | "off" | "disabled" | "$false" => Ok(false),
        // what Excel makes of true and false in other languages, and what people there write
        "wahr" | "ja" | "vrai" | "oui" | "истина" | "да" | "verdadero" | "sí" | "prawda" | "tak" | "pravda" | "ano" => {
            Ok(true)
        }
        "falsch" | "nein" | "faux" | "non" | "ложь" | "нет" | "falso" | "fałsz" | "nie" | "nepravda" | "ne" => {
            Ok(false)
        }
        _ => Err(format!("'{text}' is neither yes nor no")),
    }
}

/// A header without case, blanks and punctuation: `Speed (Mbps)` and `speed_mbps` are the same.
pub fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// A word of a list, as the list spells it: case, blanks and punctuation do not matter.
pub fn word(text: &str, words: &[&'static str]) -> Result<String, String> {
    let wanted = plain(text);
    let found = words.iter().find(|word| plain(word) == wanted);
    found
        .map(|word| (*word).to_owned())
        .ok_or_else(|| format!("'{text}' is none of {}", words.join(", ")))
}

/// A day as `2026-11-22`, with or without a time behind it, as PowerShell writes it in sortable form; also as `22.11.2026`, which Excel
/// makes of it where dots separate: there the day always comes first. Slashes are refused: either number may be the day.
pub fn day(text: &str) -> Result<String, String> {
    let day = text.split(['T', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = day.split('.').collect();
    let number = |part: &str| part.len() <= 2 && !part.is_empty();
    let turned = match parts[..] {
        [day, month, year] if number(day) && number(month) && year.len() == 4 => {
            Some(format!("{year}-{month:0>2}-{day:0>2}"))
        }
        _ => None,
    };
    let read = Date::parse(turned.as_deref().unwrap_or(day)).map(|day| day.to_string());
    read.map_err(|wrong| match (turned, day.contains('/')) {
        (Some(_), _) => format!("'{day}' is not a day; write it as year-month-day, such as 2026-11-22"),
        (None, true) => format!(
            "'{day}' may be read as day/month or as month/day; write it as year-month-day, such as 2026-11-22 (in Excel format the \
             cell as text first)"
        ),
        (None, false) => wrong,
    })
}

/// An address or the name of a host. What looks like an address must be one: the MAC pool follows from it, and rules compare it.
pub fn host(text: &str) -> Result<String, String> {
    let looks_like_address = |part: &str| part.contains(':') || part.chars().all(|c| c.is_ascii_digit() || c == '.');
    let bare = text.split('/').next().unwrap_or(text).trim();
    if looks_like_address(bare) && Subnet::parse(text).is_none() {
        return Err(format!("'{text}' is no IP address"));
    }
    Ok(text.to_owned())
}

/// The same as a list, also of subnets; `none` is an empty one.
pub fn hosts(text: &str) -> Result<Vec<String>, String> {
    names(text).iter().map(|part| host(part)).collect()
}

/// Subnets with prefix length or mask, or addresses, as they stand; each part must be one.
pub fn subnets(text: &str) -> Result<String, String> {
    let parts = text.split(|c: char| [';', ',', '|'].contains(&c) || c.is_whitespace());
    match parts
        .filter(|part| !part.is_empty())
        .find(|part| Subnet::parse(part).is_none())
    {
        Some(part) => Err(no_range(part)),
        None => Ok(text.to_owned()),
    }
}

/// The same as a list; `none` is an empty one.
pub fn ranges(text: &str) -> Result<Vec<String>, String> {
    let list = names(text);
    match list.iter().find(|part| Subnet::parse(part).is_none()) {
        Some(part) => Err(no_range(part)),
        None => Ok(list),
    }
}

/// `10.0.1.50-10.0.1.69`, as it stands.
pub fn address_range(text: &str) -> Result<String, String> {
    let is_address = |part: &str| part.trim().parse::<std::net::Ipv4Addr>().is_ok();
    match text.split_once('-') {
        Some((first, last)) if is_address(first) && is_address(last) => Ok(text.to_owned()),
        _ => Err(format!("'{text}' is no range of IPv4 addresses")),
    }
}

fn no_range(part: &str) -> String {
    format!("'{part}' is no IP address or subnet (four numbers up to 255 and a prefix length up to 32, or IPv6)")
}

/// Thousandths: `800`, or `80 %`. A bare number under 100 is taken for a forgotten percent sign and refused.
pub fn permille(text: &str) -> Result<u64, String> {
    if let Some(percent) = text.strip_suffix('%') {
        return Ok(whole(percent.trim(), 1000)? * 10);
    }
    match whole(text, 10_000)? {
        few if few < 100 => Err(format!(
            "'{text}' thousandths is very little; write '{few} %' if percent is meant"
        )),
        permille => Ok(permille),
    }
}

/// Parts of a list cell: `;` and `|` separate, and where there is none of them, commas do.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    let strong = text.contains([';', '|']);
    let separates = move |c: char| if strong { c == ';' || c == '|' } else { c == ',' };
    text.split(separates).map(str::trim).filter(|p| !p.is_empty())
}

/// Parts of a list cell whose words never hold blanks: blanks separate as well.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([';', '|', ',', ' ', '\t', '+']).filter(|p| !p.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_read_as_windows_writes_it() {
        for (text, mib) in [
            ("8192", 8192),
            ("8 GB", 8192),
            ("4.00 GB", 4096),
            ("63,6 GB", 65126),
            ("1TB", 1_048_576),
            ("8,192", 8192),
            ("262.144", 262_144),
            ("63.625 GB", 65_152),
            ("65536,0", 65_536),
            ("65536.0", 65_536),
            ("65.536,0", 65_536),
            ("65,536.0", 65_536),
            ("65536,5", 65_536),
            ("1,048,576", 1_048_576),
            ("1.048.576", 1_048_576),
        ] {
            assert_eq!(memory(text), Ok(mib), "{text}");
        }
        assert!(memory("1.536 GB").is_err_and(|e| e.ends_with("write 1536 GB or 1.5360 GB")));
        assert!(memory("8589934592").is_err_and(|e| e.ends_with("if it counts bytes, write 8192")));
        for text in [
            "much",
            "-5",
            "2 PB",
            "1.1.1",
            "2000000000",
            "",
            "18446744073709551615 TB",
            ".",
            "65.53,6,0",
            "6553.600.0",
            "1,04,576",
        ] {
            assert!(memory(text).is_err(), "{text}");
        }
    }

    #[test]
    fn vlan_lists_take_ranges_and_refuse_what_does_not_exist() {
        let set = |ids: &[u16]| Ok(Some(ids.iter().copied().collect::<BTreeSet<u16>>()));
        assert_eq!(vlans("10,20,100-102"), set(&[10, 20, 100, 101, 102]));
        assert_eq!(vlans("10; 20"), set(&[10, 20]));
        assert_eq!(vlans("0"), set(&[]));
        assert_eq!(vlans("all"), Ok(None));
        for text in ["4095", "ten", "20-10", "-5", "1-99999999999999999999"] {
            assert!(vlans(text).is_err(), "{text}");
        }
    }

    #[test]
    fn numbers_refuse_negative_and_absurd_values() {
        for text in ["12", "12.0", "12.00", "12,0", "12,00"] {
            assert_eq!(whole(text, 100), Ok(12), "{text}");
        }
        for text in ["12.", "12,", "12.5", "12,5", ".0", ",0", "1.0.0", "12,000", "12.000"] {
            assert!(whole(text, 20_000).is_err(), "{text}");
        }
        assert!(whole("-12", 100).is_err_and(|e| e.contains("negative")));
        assert!(whole("101", 100).is_err());
        assert!(rate("2 Tbps").is_err());
        assert_eq!(decimal("12,5", 100.0), Ok(12.5));
        assert_eq!(rounded_up("5,5"), Ok(6));
        assert_eq!(rounded_up("40"), Ok(40));
        for text in ["-1", "nan", "inf", "1e3", "1.2.3", "101", "", "."] {
            assert!(decimal(text, 100.0).is_err(), "{text}");
        }
        assert!(speed("0").is_err());
        assert!(speed("-10").is_err_and(|e| e.contains("negative")));
    }

    #[test]
    fn yes_and_no_are_read_as_excel_writes_them_in_other_languages() {
        for text in ["yes", "TRUE", "WAHR", "VRAI", "ИСТИНА", "да", "oui", "Ja"] {
            assert_eq!(yes_no(text), Ok(true), "{text}");
        }
        for text in ["no", "False", "FALSCH", "FAUX", "ЛОЖЬ", "нет", "non", "nein"] {
            assert_eq!(yes_no(text), Ok(false), "{text}");
        }
        assert!(yes_no("perhaps").is_err());
    }

    #[test]
    fn what_looks_like_an_address_must_be_one() {
        for text in [
            "10.0.0.11",
            "10.0.0.11/24",
            "fd00::11",
            "fe80::1%12",
            "hv1.contoso.com",
            "HV1",
            "10-0-0-11.contoso.com",
        ] {
            assert_eq!(host(text), Ok(text.to_owned()));
        }
        for text in ["10.0.0.300", "10.0.0", "10.0.0.11/33", "fd00::x", "12"] {
            assert!(host(text).is_err_and(|e| e.contains(text)), "{text}");
        }
        for text in [
            "10.0.0.0/24",
            "10.0.0.0/24;fd00::/64",
            "10.0.0.0/255.255.255.0",
            "10.0.0.0/24, 10.0.1.0/24",
        ] {
            assert_eq!(subnets(text), Ok(text.to_owned()));
        }
        for text in ["10.0.0.0/33", "10.0.300.0/24", "DHCP", "10.0.0.0/255.0.255.0"] {
            assert!(subnets(text).is_err_and(|e| e.contains(text)), "{text}");
            assert!(ranges(text).is_err_and(|e| e.contains(text)), "{text}");
        }
        assert_eq!(ranges("none"), Ok(Vec::new()));
    }

    #[test]
    fn shares_are_thousandths_or_percent() {
        assert_eq!(permille("800"), Ok(800));
        assert_eq!(permille("80 %"), Ok(800));
        assert!(permille("80").is_err_and(|e| e.contains("80 %")));
    }

    #[test]
    fn words_of_a_list_are_found_in_any_spelling_and_others_refused() {
        let words = ["switch-independent", "lacp"];
        for text in ["SwitchIndependent", "switch independent", "switch-independent"] {
            assert_eq!(word(text, &words), Ok("switch-independent".to_owned()), "{text}");
        }
        assert!(word("static", &words).is_err_and(|e| e.contains("lacp")));
    }

    #[test]
    fn days_are_year_month_day() {
        assert_eq!(day("2026-11-22"), Ok("2026-11-22".to_owned()));
        assert_eq!(day("2026-11-22T00:00:00"), Ok("2026-11-22".to_owned()));
        for text in ["22.11.2026", "22.11.2026 00:00:00"] {
            assert_eq!(day(text), Ok("2026-11-22".to_owned()));
        }
        assert_eq!(day("1.5.2026"), Ok("2026-05-01".to_owned()));
        assert!(day("05/01/2026").is_err_and(|e| e.contains("may be read as day/month or as month/day")));
        for text in [
            "11.22.2026",
            "22.11.26",
            "2026.11.22",
            "11/22/2026",
            "2026-13-01",
            "2026-00-10",
            "2026-1-1",
            "2026-11",
            "today",
        ] {
            assert!(day(text).is_err(), "{text}");
        }
    }

    #[test]
    fn lists_keep_blanks_inside_names() {
        assert_eq!(
            list("SLOT 3 Port 1; SLOT 3 Port 2").collect::<Vec<_>>(),
            ["SLOT 3 Port 1", "SLOT 3 Port 2"]
        );
        assert_eq!(words("HV1, HV2;HV3").collect::<Vec<_>>(), ["HV1", "HV2", "HV3"]);
    }
}
