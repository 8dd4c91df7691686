//! Numbers and names as people read them: Gbit/s, per cent, minutes, "HV1 to HV24".
//!
//! In: values of the plan and its recount. Out: short text in administrators' words; never raw permille.
//! Must not know: files, drawings, pages.

use crate::inventory::StorageKind;
use crate::plan::{LEVELS, Mechanism, Objective, Status};
use crate::policy::{FailureKind, Wish};
use crate::profiles::{TeamKind, Transport};
use crate::roles::Role;
use crate::units::{MacRange, MiB, show_mbps, show_permille};
use std::fmt::Write;

/// Seconds above which a time means "never"; the drain bound uses a quarter of the number space for "cannot move".
const NEVER_S: u64 = u64::MAX / 8;

/// `42 s`, `13 min 15 s`, `2 h 05 min`.
pub(super) fn seconds(s: u64) -> String {
    match s {
        NEVER_S.. => "cannot be emptied live".to_owned(),
        3600.. => format!("{} h {:02} min", s / 3600, (s % 3600).div_ceil(60).min(59)),
        60.. if s.is_multiple_of(60) => format!("{} min", s / 60),
        60.. => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{s} s"),
    }
}

/// Whether the bound of a drain stands for "cannot be emptied".
pub(super) fn is_never(s: u64) -> bool {
    s >= NEVER_S
}

/// `512 MiB`, `7.5 GiB`, `256 GiB`.
pub(super) fn memory(mib: MiB) -> String {
    match mib {
        0..1024 => format!("{mib} MiB"),
        1024..10_240 if !mib.is_multiple_of(1024) => format!("{}.{} GiB", mib / 1024, mib % 1024 * 10 / 1024),
        _ => format!("{} GiB", mib / 1024),
    }
}

/// `1 node`, `24 nodes`, `8,000 VMs`.
pub(super) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number as u64), if number == 1 { one } else { many })
}

/// `8,000`.
pub(super) fn thousands(number: u64) -> String {
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

/// Names in natural order, runs of consecutive numbers joined by `to`: `HV1 to HV24, HV30`.
pub(super) fn name_runs(names: &[&str], to: &str) -> String {
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

/// The text with a capital first letter.
pub(super) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// First names and how many more: `a, b, c and 5 more`.
pub(super) fn some_of(names: &[&str], limit: usize) -> String {
    if names.len() <= limit {
        return names.join(", ");
    }
    format!("{} and {} more", names[..limit].join(", "), names.len() - limit)
}

/// Text without control characters and without marks that turn the reading direction: both can hide what a line says.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) { '\u{fffd}' } else { c })
        .collect()
}

/// The same for text of several lines.
pub(super) fn printable_lines(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) && c != '\n' { '\u{fffd}' } else { c })
        .collect()
}

/// Columns in line: the first row is the header.
pub(super) fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let cells = row.iter().zip(&widths);
        let padded: Vec<String> = cells.map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(padded.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Characters that must not reach a page, a drawing or a console as they are.
pub(super) fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// `00-15-5D-01-02-00 to FF` when only the last byte differs, else both addresses.
pub(super) fn mac_range(range: MacRange) -> String {
    if range.min.0 >> 8 == range.max.0 >> 8 {
        return format!("{} to {:02X}", range.min, range.max.0 & 0xff);
    }
    format!("{} to {}", range.min, range.max)
}

/// The kind of limit behind the bound of a drain, in words.
pub(super) fn limit(kind: &str) -> &str {
    match kind {
        "longest" => "its largest VM",
        "link" => "bandwidth",
        "slots" => "slots",
        "storage" => "saving and restoring",
        "targets" => "the targets",
        "odd-set" => "odd slots",
        other => other,
    }
}

/// What fails, for people.
pub(super) fn failure_kind(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Nic => "NIC",
        FailureKind::Card => "card",
        FailureKind::Tor => "physical switch",
        FailureKind::Node => "node",
    }
}

/// Name of a failure in the recount (`nic SLOT1`, `card of SLOT1`, `tor A`), for people.
pub(super) fn failure(name: &str) -> String {
    let known = [("nic ", "NIC "), ("card of ", "card of NIC "), ("tor ", "switch ")];
    let found = known
        .iter()
        .find_map(|(prefix, title)| name.strip_prefix(prefix).map(|rest| format!("{title}{rest}")));
    found.unwrap_or_else(|| name.to_owned())
}

/// Kind of a failure by its name in the recount; `None` for no failure.
pub(super) fn failed_kind(name: &str) -> Option<FailureKind> {
    let known = [
        ("nic ", FailureKind::Nic),
        ("card ", FailureKind::Card),
        ("tor ", FailureKind::Tor),
    ];
    known
        .iter()
        .find_map(|(prefix, kind)| name.starts_with(prefix).then_some(*kind))
}

/// `after NIC SLOT1`, or that nothing has failed.
pub(super) fn after(name: &str) -> String {
    if name.is_empty() {
        "with everything working".to_owned()
    } else {
        format!("after {}", failure(name))
    }
}

/// How several NICs hold together, for people.
pub(super) fn mechanism(mechanism: Mechanism, team: Option<TeamKind>) -> &'static str {
    match (mechanism, team) {
        (Mechanism::Single, _) => "single NIC",
        (Mechanism::Team, Some(kind)) => kind.title(),
        (Mechanism::Team, None) => "team",
        (Mechanism::Mpio, _) => "MPIO paths",
        (Mechanism::Multichannel, _) => "SMB Multichannel",
        (Mechanism::Networks, _) => "one cluster network per NIC",
    }
}

/// How live migration sends memory, for people.
pub(super) fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCP/IP",
        Transport::Compression => "compression",
        Transport::Smb => "SMB",
    }
}

/// Kind of storage, for people.
pub(super) fn storage(kind: StorageKind) -> &'static str {
    match kind {
        StorageKind::None => "no network storage",
        StorageKind::Iscsi => "iSCSI",
        StorageKind::Smb => "SMB 3 file server",
        StorageKind::S2d => "Storage Spaces Direct",
        StorageKind::FibreChannel => "Fibre Channel",
    }
}

/// A wish as a sentence about what is wanted.
pub(super) fn wish(wish: &Wish) -> String {
    let title = |role: &Role| role.info().title;
    match wish {
        Wish::Rdma(role) => format!("{} uses NICs with RDMA", title(role)),
        Wish::Apart(a, b) => format!("{} and {} share no uplink", title(a), title(b)),
        Wish::ZonesApart => "VM zones share no external network".to_owned(),
        Wish::ZoneAlone(zone) => format!("zone {zone} shares no port with host traffic or other zones"),
        Wish::HeavyApart => "the VMs with the largest bandwidth share no external network with small ones".to_owned(),
        Wish::Survive(role, kind) => format!("{} survives the loss of any {}", title(role), failure_kind(*kind)),
        Wish::OwnPath(role) => format!("{} keeps a path of its own when a NIC fails", title(role)),
    }
}

/// A requirement's name (`survive:vm:tor`) as a sentence about what is missing.
pub(super) fn missed(requirement: &str) -> String {
    let parts: Vec<&str> = requirement.split(':').collect();
    match parts.as_slice() {
        ["reach", role] => format!("{} has no working path", title(role)),
        ["apart", "zones"] => "VM zones that must be apart share an external network".to_owned(),
        ["apart", "zone", ..] => format!(
            "Zone {} shares its ports with host traffic or another zone",
            zone(requirement)
        ),
        ["apart", pair] => format!("{} must be apart and share an uplink", both(pair)),
        ["survive", role, kind] => format!("{} does not survive the loss of a {}", title(role), failing(kind)),
        ["capacity"] => "More traffic than the uplink can carry".to_owned(),
        ["vlan"] => "A VLAN is missing on a NIC of the external network".to_owned(),
        ["vm-network"] => "No external network can serve this VM".to_owned(),
        ["dedicated"] => "Wants an external network of its own and shares one".to_owned(),
        ["drain-time"] => "Cannot be emptied in the drain minutes that the policy asks for".to_owned(),
        _ => requirement.to_owned(),
    }
}

/// A requirement's name as a sentence about what is wanted.
pub(super) fn wanted(requirement: &str) -> String {
    let parts: Vec<&str> = requirement.split(':').collect();
    match parts.as_slice() {
        ["reach", role] => format!("{} reaches every node", title(role)),
        ["apart", "zones"] => "VM zones have external networks of their own".to_owned(),
        ["apart", "zone", ..] => format!(
            "zone {} shares no port with host traffic or other zones",
            zone(requirement)
        ),
        ["apart", pair] => format!("{} share no uplink", both(pair)),
        ["survive", role, kind] => format!("{} survives the loss of any {}", title(role), failing(kind)),
        ["capacity"] => "every uplink carries its traffic".to_owned(),
        ["vlan"] => "every VLAN of the VMs is on the NICs of their external network".to_owned(),
        ["vm-network"] => "every VM has an external network".to_owned(),
        ["dedicated"] => "VMs marked dedicated have an external network of their own".to_owned(),
        ["drain-time"] => "every node is emptied in the drain minutes of the policy".to_owned(),
        _ => requirement.to_owned(),
    }
}

/// A sentence of the planner with the names of wishes (`survive:vm:nic`) put into words.
pub(super) fn spoken(text: &str) -> String {
    let word = |word: &str| {
        let name = word.trim_end_matches([',', '.', ';']);
        short_wish(name).map_or_else(|| word.to_owned(), |said| said + &word[name.len()..])
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// The name of a wish in a few words; `None` when it is not one.
fn short_wish(name: &str) -> Option<String> {
    let parts: Vec<&str> = name.split(':').collect();
    Some(match parts.as_slice() {
        ["rdma", role] => format!("RDMA for {}", title(role)),
        ["apart", "zones"] => "VM zones apart".to_owned(),
        ["apart", "zone", ..] => format!("zone {} alone on its ports", zone(name)),
        ["apart", "heavy"] => "large VMs apart from small ones".to_owned(),
        ["apart", pair] => {
            let (a, b) = pair.split_once('|')?;
            format!("{} apart from {}", title(a), title(b))
        }
        ["survive", role, kind] => format!("{} survives loss of a {}", title(role), failing(kind)),
        ["own-path", role] => format!("own path for {} after a NIC failure", title(role)),
        _ => return None,
    })
}

/// The zone in `apart:zone:NAME`, whatever marks its name holds.
fn zone(requirement: &str) -> &str {
    requirement.strip_prefix("apart:zone:").unwrap_or(requirement)
}

fn title(role: &str) -> String {
    Role::parse(role).map_or_else(|| role.to_owned(), |r| r.info().title.to_owned())
}

fn both(pair: &str) -> String {
    let (a, b) = pair.split_once('|').unwrap_or((pair, ""));
    format!("{} and {}", title(a), title(b))
}

fn failing(kind: &str) -> &str {
    FailureKind::parse(kind).map_or(kind, |k| failure_kind(k))
}

/// Value of an objective level (1 to 10) for people.
pub(super) fn level(objective: &Objective, level: usize) -> String {
    match level {
        1 => requirements(objective),
        2 => match objective.unmet_wishes.iter().filter(|c| **c > 0).count() {
            0 => "none".to_owned(),
            open => format!("{open} of {}", objective.unmet_wishes.len()),
        },
        // Above 0 wherever guests have load: rounded up.
        7 | 8 if objective.level(level) == [0] => "not compared".to_owned(),
        _ => objective
            .level(level)
            .first()
            .map_or_else(String::new, |value| level_number(level, *value)),
    }
}

/// Name of a level, from 1. The plan judges drains by a bound of the ports alone, which must not pass for a forecast.
pub(super) fn level_name(level: usize) -> &'static str {
    match level {
        9 => "slowest drain at port speed",
        _ => level.checked_sub(1).and_then(|i| LEVELS.get(i)).copied().unwrap_or(""),
    }
}

/// A single number of a level with its unit.
pub(super) fn level_number(level: usize, value: u64) -> String {
    match level {
        3 | 7 | 8 => show_permille(value),
        4 | 9 => seconds(value),
        _ => thousands(value),
    }
}

fn requirements(objective: &Objective) -> String {
    let unmet = &objective.unmet_requirements;
    let counted = [
        (unmet.reachability, "reachability"),
        (unmet.isolation, "isolation"),
        (unmet.survival, "survival"),
        (unmet.capacity, "capacity"),
    ];
    let mut parts: Vec<String> = counted
        .iter()
        .filter(|(n, _)| *n > 0)
        .map(|(n, what)| format!("{} {what}", thousands(*n)))
        .collect();
    if unmet.missing_mbps > 0 {
        parts.push(format!("{} missing", show_mbps(unmet.missing_mbps)));
    }
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

/// How far the proof goes, in one or two words.
pub(super) fn status(status: Status) -> &'static str {
    match status {
        Status::Optimal => "proven optimal",
        Status::Gap => "gap not closed",
        Status::TimeLimit => "stopped by the time limit",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn times_and_sizes_carry_their_unit() {
        assert_eq!(seconds(59), "59 s");
        assert_eq!(seconds(60), "1 min");
        assert_eq!(seconds(795), "13 min 15 s");
        assert_eq!(seconds(7_201), "2 h 01 min");
        assert_eq!(seconds(u64::MAX / 4), "cannot be emptied live");
        assert_eq!(memory(512), "512 MiB");
        assert_eq!(memory(7_680), "7.5 GiB");
        assert_eq!(memory(262_144), "256 GiB");
        assert_eq!(thousands(8_000), "8,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn requirements_read_as_sentences() {
        assert_eq!(
            missed("survive:vm:tor"),
            "VM network does not survive the loss of a physical switch"
        );
        assert_eq!(
            wanted("survive:vm:tor"),
            "VM network survives the loss of any physical switch"
        );
        assert_eq!(
            missed("apart:management|storage"),
            "Management and Storage must be apart and share an uplink"
        );
        assert_eq!(
            wanted("apart:management|storage"),
            "Management and Storage share no uplink"
        );
        assert_eq!(missed("something-new"), "something-new");
    }

    #[test]
    fn names_of_wishes_are_spoken_and_other_words_stay() {
        assert_eq!(
            spoken("it cannot do survive:vm:nic (4), apart:heavy (1) or x:y."),
            "it cannot do VM network survives loss of a NIC (4), large VMs apart from small ones (1) or x:y."
        );
        assert_eq!(
            spoken("apart:cluster|live-migration"),
            "Cluster / CSV apart from Live migration"
        );
    }

    #[test]
    fn failures_read_as_people_say_them() {
        assert_eq!(after("nic SLOT1"), "after NIC SLOT1");
        assert_eq!(after("card of SLOT1"), "after card of NIC SLOT1");
        assert_eq!(after("tor A"), "after switch A");
        assert_eq!(after(""), "with everything working");
    }

    #[test]
    fn hidden_characters_become_visible() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c"), "a\u{fffd}[31mb\u{fffd}c");
    }
}
