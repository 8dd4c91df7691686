//! Traffic classes and QoS policies as a person writes them: `SMB=3:50;Cluster=7:2`, `smbdirect=3;cluster=7`.
//!
//! In: text of one cell. Out: names with their priorities and, for classes, their share. Must not know: tables, rules.

use super::cells::plain;
use std::collections::BTreeSet;
use std::fmt;

/// Highest priority of IEEE 802.1p.
const MAX_PRIORITY: u8 = 7;

/// One traffic class, or one QoS policy with the priority it gives.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrafficClass {
    /// Name, without the brackets of `[Default]`.
    pub name: String,
    /// Priorities 0 to 7; empty = none.
    pub priorities: BTreeSet<u8>,
    /// Share of the bandwidth in percent; `None` = not said, or strict priority.
    pub percent: Option<u8>,
}

impl fmt::Display for TrafficClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        for (position, priority) in self.priorities.iter().enumerate() {
            write!(f, "{}{priority}", if position == 0 { '=' } else { ',' })?;
        }
        match (self.percent, self.priorities.is_empty()) {
            (None, _) => Ok(()),
            (Some(percent), false) => write!(f, ":{percent}"),
            (Some(percent), true) => write!(f, "=:{percent}"),
        }
    }
}

impl TrafficClass {
    /// Whether it is the default class, which holds every priority without a class of its own.
    pub fn is_default(&self) -> bool {
        self.name.eq_ignore_ascii_case("default")
    }

    /// The class of its own that a priority has; the default class is none.
    pub fn of_priority(classes: &[TrafficClass], priority: u8) -> Option<&TrafficClass> {
        let own = |class: &&TrafficClass| !class.is_default() && class.priorities.contains(&priority);
        classes.iter().find(own)
    }

    /// Priorities that the policies with one of these names give; names as `smbdirect`, whatever stands between the letters.
    pub fn priorities(policies: &[TrafficClass], names: &[&str]) -> BTreeSet<u8> {
        let named = policies.iter().filter(|p| names.contains(&plain(&p.name).as_str()));
        named.flat_map(|policy| policy.priorities.iter().copied()).collect()
    }
}

/// Reads a cell; `none` is an empty list. `;` and `|` separate, and a comma that no priority follows.
pub fn parse(text: &str) -> Result<Vec<TrafficClass>, String> {
    if text.trim().eq_ignore_ascii_case("none") {
        return Ok(Vec::new());
    }
    let mut parts: Vec<String> = Vec::new();
    for piece in text.split([';', '|']) {
        let start = parts.len();
        for token in piece.split(',').map(str::trim).filter(|t| !t.is_empty()) {
            let more = token.starts_with(|c: char| c.is_ascii_digit()) && parts.len() > start;
            match parts.last_mut().filter(|_| more) {
                Some(last) => {
                    last.push(',');
                    last.push_str(token);
                }
                None => parts.push(token.to_owned()),
            }
        }
    }
    parts.iter().map(|part| one(part)).collect()
}

fn one(part: &str) -> Result<TrafficClass, String> {
    let refuse = || format!("'{part}' is no class such as SMB=3:50: a name, priorities 0 to 7, percent");
    if let Some(meant) = with_colon(part) {
        return Err(format!("'{part}' has no = between name and priorities: write {meant}"));
    }
    let (name, rest) = part.split_once('=').unwrap_or((part, ""));
    let (priorities, percent) = rest.split_once(':').unwrap_or((rest, ""));
    let name = name.trim().trim_start_matches('[').trim_end_matches(']').trim();
    if name.is_empty() {
        return Err(refuse());
    }
    let mut set = BTreeSet::new();
    for range in priorities.split([',', ' ', '+']).filter(|r| !r.is_empty()) {
        let (low, high) = range.split_once('-').unwrap_or((range, range));
        let number = |text: &str| text.parse::<u8>().ok().filter(|n| *n <= MAX_PRIORITY);
        match (number(low), number(high)) {
            (Some(low), Some(high)) if low <= high => set.extend(low..=high),
            _ => return Err(refuse()),
        }
    }
    let percent = percent.trim().trim_end_matches('%').trim_end();
    let percent = match percent {
        "" => None,
        digits => Some(digits.parse().ok().filter(|p| *p <= 100).ok_or_else(refuse)?),
    };
    Ok(TrafficClass {
        name: name.to_owned(),
        priorities: set,
        percent,
    })
}

/// `SMB=3:50` where `SMB:3:50` stands: taken as a name it would be a class without priorities, and rules would tell of a fault that is none.
fn with_colon(part: &str) -> Option<String> {
    let (name, rest) = part.split_once(':').filter(|_| !part.contains('='))?;
    let is_number = |c: char| c.is_ascii_digit() || [',', '-', '+', ':', '%', ' '].contains(&c);
    let numbers = rest.contains(|c: char| c.is_ascii_digit()) && rest.chars().all(is_number);
    numbers.then(|| format!("{}={}", name.trim(), rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(name: &str, priorities: &[u8], percent: Option<u8>) -> TrafficClass {
        TrafficClass {
            name: name.into(),
            priorities: priorities.iter().copied().collect(),
            percent,
        }
    }

    #[test]
    fn classes_are_read_as_people_and_powershell_write_them() {
        let default = class("Default", &[0, 1, 2, 4, 5, 6], Some(48));
        let expected = Ok(vec![
            default,
            class("SMB", &[3], Some(50)),
            class("Cluster", &[7], None),
        ]);

        for text in [
            "Default=0-2,4-6:48;SMB=3:50;Cluster=7",
            "[Default]=0,1,2,4,5,6:48 | SMB = 3 : 50 % | Cluster=7",
            "Default=0-2,4-6:48,SMB=3:50,Cluster=7",
        ] {
            assert_eq!(parse(text), expected, "{text}");
        }
        assert_eq!(parse("None"), Ok(Vec::new()));
        assert_eq!(parse("live-migration"), Ok(vec![class("live-migration", &[], None)]));
    }

    #[test]
    fn what_is_no_class_is_refused_and_named() {
        for text in [
            "SMB=8:50",
            "SMB=3:101",
            "SMB=three",
            "=3:50",
            "SMB=5-3",
            "SMB=3:much",
            "SMB=-1",
        ] {
            assert!(parse(text).is_err_and(|e| e.contains(text)), "{text}");
        }
    }

    #[test]
    fn a_colon_in_place_of_the_equals_sign_is_refused_with_the_right_form() {
        for (text, meant) in [
            ("smbdirect:3;cluster:7", "write smbdirect=3"),
            ("SMB:3:50", "write SMB=3:50"),
            ("Default=0-2,4-6:48;SMB : 3", "write SMB=3"),
        ] {
            assert!(parse(text).is_err_and(|e| e.ends_with(meant)), "{text}");
        }
        // A policy of Windows may have a colon in its name.
        assert_eq!(parse("backup: nightly"), Ok(vec![class("backup: nightly", &[], None)]));
    }

    #[test]
    fn a_class_is_written_so_that_it_is_read_again() {
        for class in [
            class("Default", &[0, 1, 2], Some(48)),
            class("Cluster", &[7], None),
            class("X", &[], None),
            class("X", &[], Some(5)),
        ] {
            assert_eq!(parse(&class.to_string()), Ok(vec![class]));
        }
    }
}
