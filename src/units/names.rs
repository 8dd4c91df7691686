//! Names as Windows and people take them: upper and lower case alike, numbers in counting order, runs put together.
//!
//! In: names. Out: comparisons, keys and short lists. Must not know: what the names belong to.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Whether two names mean the same: Windows does not look at upper and lower case.
pub fn same_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    a.eq_ignore_ascii_case(b) || (!(a.is_ascii() && b.is_ascii()) && name_key(a) == name_key(b))
}

/// What equal names have in common: two names are the same exactly if their keys are. For lists too long to compare in pairs.
pub fn name_key(name: &str) -> String {
    name.trim().chars().flat_map(char::to_lowercase).collect()
}

/// Numbers names from 0 in the order in which they appear, the same name the same number; an empty one has none. Gives the
/// numbers and how many names there are.
pub fn number_names<'n>(names: impl IntoIterator<Item = &'n str>) -> (Vec<Option<usize>>, usize) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut numbers = Vec::new();
    for name in names {
        let (key, next) = (name_key(name), known.len());
        numbers.push((!key.is_empty()).then(|| *known.entry(key).or_insert(next)));
    }
    (numbers, known.len())
}

/// `A, B and C`.
pub fn listed<T: AsRef<str>>(names: &[T]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
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

/// Names in natural order, runs of consecutive numbers joined by `to`: `HV1 to HV24, HV30`.
pub fn name_runs(names: &[&str], to: &str) -> String {
    let mut out = String::new();
    let mut start = 0;
    while start < names.len() {
        let mut end = start;
        while end + 1 < names.len() && follows(names[end], names[end + 1]) {
            end += 1;
        }
        if !out.is_empty() {
            out.push_str(", ");
        }
        match end - start {
            0 => out.push_str(names[start]),
            1 => {
                let _ = write!(out, "{}, {}", names[start], names[end]);
            }
            _ => {
                let _ = write!(out, "{}{to}{}", names[start], names[end]);
            }
        }
        start = end + 1;
    }
    out
}

/// Whether the second name is the first with its last number counted up by one.
fn follows(first: &str, second: &str) -> bool {
    let (Some((prefix, number, suffix)), Some((p, n, s))) = (split_number(first), split_number(second)) else {
        return false;
    };
    let padded = |digits: &str| digits.len() > 1 && digits.starts_with('0');
    let same_width = number.len() == n.len() || !(padded(number) || padded(n));
    let counted = number
        .parse::<u64>()
        .ok()
        .zip(n.parse::<u64>().ok())
        .is_some_and(|(a, b)| a + 1 == b);
    prefix == p && suffix == s && same_width && counted
}

/// Text before, within and after the last number of a name.
fn split_number(name: &str) -> Option<(&str, &str, &str)> {
    let end = name.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = name[..end]
        .rfind(|c: char| !c.is_ascii_digit())
        .map_or(0, |i| i + name[i..].chars().next().map_or(1, char::len_utf8));
    let short = end - start <= 15;
    short.then_some((&name[..start], &name[start..end], &name[end..]))
}

/// Name under which Windows lists the adapter of a host vNIC: `vEthernet (SMB01)` for `SMB01`.
pub fn host_vnic_connection(host_vnic: &str) -> String {
    format!("vEthernet ({host_vnic})")
}

/// The host vNIC whose adapter this is, `SMB01` for `vEthernet (SMB01)`; any other name as it stands.
pub fn host_vnic_of(connection: &str) -> &str {
    let inner = connection
        .strip_prefix("vEthernet (")
        .and_then(|rest| rest.strip_suffix(')'));
    inner
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .unwrap_or(connection)
}

/// First label of a host's DNS name, as Windows knows the host: `HV1` of `HV1.corp.example`.
pub fn host_name(name: &str) -> &str {
    name.split('.').next().unwrap_or_default()
}

/// The same in lower case: `HV1.corp.example` and `hv1` are one host.
pub fn host_label(name: &str) -> String {
    host_name(name).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_as_people_count() {
        let mut names = ["HV10", "hv2", "HV1", "HV02"];
        names.sort_by(|a, b| natural_cmp(a, b));
        assert_eq!(names, ["HV1", "HV02", "hv2", "HV10"]);
    }

    #[test]
    fn consecutive_names_become_a_run_and_others_stay() {
        let names = ["HV1", "HV2", "HV3", "HV5", "HV6", "SQL"];
        assert_eq!(name_runs(&names, " to "), "HV1 to HV3, HV5, HV6, SQL");
        assert_eq!(name_runs(&["a-09", "a-10", "a-11"], "–"), "a-09–a-11");
        assert_eq!(name_runs(&["n9", "n10", "n11"], "–"), "n9–n11");
        assert_eq!(name_runs(&["é1x", "é2x", "é3x"], "–"), "é1x–é3x");
        assert_eq!(name_runs(&[], "–"), "");
    }

    #[test]
    fn the_same_name_has_the_same_key_and_the_same_number() {
        let (numbers, count) = number_names(["SQL", "", "sql ", "Ярус", "ЯРУС", "WEB"]);
        assert_eq!(numbers, [Some(0), None, Some(0), Some(1), Some(1), Some(2)]);
        assert_eq!(count, 3);
        for (a, b) in [
            ("SQL", "sql "),
            ("Ярус", "ЯРУС"),
            ("ΟΔΟΣ", "οδοσ"),
            ("A", "B"),
            ("é", "e"),
        ] {
            assert_eq!(same_name(a, b), name_key(a) == name_key(b), "{a} {b}");
        }
    }
}
