//! Numbers and names as people read them: Gbit/s, per cent, minutes, "HV1 to HV24".
//!
//! In: values of the plan and its recount. Out: short text in administrators' words; never raw permille.
//! Must not know: files, drawings, pages.

mod requirements;

pub(super) use crate::units::{name_runs, show_mib as memory, thousands};
pub(super) use requirements::{missed, spoken, wanted, wish};

use crate::inventory::{Nic, StorageKind};
use crate::plan::{LEVELS, Mechanism, Objective, Status};
use crate::policy::FailureKind;
use crate::profiles::{TeamKind, Transport};
use crate::units::{MacRange, show_mbps, show_permille};

/// Seconds above which a time means "never"; the drain bound uses a quarter of the number space for "cannot move".
const NEVER_S: u64 = u64::MAX / 8;

/// `42 s`, `13 min 15 s`, `2 h 05 min`.
pub(in crate::reports) fn seconds(s: u64) -> String {
    match s {
        NEVER_S.. => "cannot be emptied live".to_owned(),
        3600.. => format!("{} h {:02} min", s / 3600, (s % 3600).div_ceil(60).min(59)),
        60.. if s.is_multiple_of(60) => format!("{} min", s / 60),
        60.. => format!("{} min {:02} s", s / 60, s % 60),
        _ => format!("{s} s"),
    }
}

/// Whether the bound of a drain stands for "cannot be emptied".
pub(in crate::reports) fn is_never(s: u64) -> bool {
    s >= NEVER_S
}

/// `1 node`, `24 nodes`, `8,000 VMs`.
pub(in crate::reports) fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number as u64), if number == 1 { one } else { many })
}

/// The text with a capital first letter.
pub(in crate::reports) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// First names and how many more: `a, b, c and 5 more`.
pub(in crate::reports) fn some_of(names: &[&str], limit: usize) -> String {
    if names.len() <= limit {
        return names.join(", ");
    }
    format!("{} and {} more", names[..limit].join(", "), names.len() - limit)
}

/// `a`, `a or b`, `a, b or c`.
pub(in crate::reports) fn one_of(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Text without control characters and without marks that turn the reading direction: both can hide what a line says.
pub(in crate::reports) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) { '\u{fffd}' } else { c })
        .collect()
}

/// The same for text of several lines.
pub(in crate::reports) fn printable_lines(text: &str) -> String {
    text.chars()
        .map(|c| if is_hidden(c) && c != '\n' { '\u{fffd}' } else { c })
        .collect()
}

/// Columns in line: the first row is the header.
pub(in crate::reports) fn aligned(rows: &[Vec<String>]) -> String {
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
pub(in crate::reports) fn is_hidden(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{fffe}' | '\u{ffff}')
}

/// `00-15-5D-01-02-00 to FF` when only the last byte differs, else both addresses.
pub(in crate::reports) fn mac_range(range: MacRange) -> String {
    if range.min.0 >> 8 == range.max.0 >> 8 {
        return format!("{} to {:02X}", range.min, range.max.0 & 0xff);
    }
    format!("{} to {}", range.min, range.max)
}

/// The kind of limit behind the bound of a drain, in words.
pub(in crate::reports) fn limit(kind: &str) -> &str {
    match kind {
        "longest" => "its largest VM",
        "link" => "bandwidth",
        "slots" => "the number at once",
        "storage" => "saving and restoring",
        "targets" => "the targets",
        "odd-set" => "the number at once on three nodes",
        other => other,
    }
}

/// What fails, for people.
pub(in crate::reports) fn failure_kind(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Nic => "NIC",
        FailureKind::Card => "card",
        FailureKind::Tor => "physical switch",
        FailureKind::Node => "node",
    }
}

/// Name of a failure in the recount (`nic SLOT1`, `card of SLOT1`, `tor A`), for people.
pub(in crate::reports) fn failure(name: &str) -> String {
    let known = [("nic ", "NIC "), ("card of ", "card of NIC "), ("tor ", "switch ")];
    let found = known
        .iter()
        .find_map(|(prefix, title)| name.strip_prefix(prefix).map(|rest| format!("{title}{rest}")));
    found.unwrap_or_else(|| name.to_owned())
}

/// Kind of a failure by its name in the recount; `None` for no failure.
pub(in crate::reports) fn failed_kind(name: &str) -> Option<FailureKind> {
    let known = [
        ("nic ", FailureKind::Nic),
        ("card ", FailureKind::Card),
        ("tor ", FailureKind::Tor),
    ];
    known
        .iter()
        .find_map(|(prefix, kind)| name.starts_with(prefix).then_some(*kind))
}

/// Speed of a port; `no link` where it has none, for the number is then that of the hardware.
pub(in crate::reports) fn port_speed(nic: &Nic) -> String {
    match nic.up {
        true => show_mbps(nic.speed),
        false => "no link".to_owned(),
    }
}

/// `after NIC SLOT1`, or that nothing has failed.
pub(in crate::reports) fn after(name: &str) -> String {
    if name.is_empty() {
        "with everything working".to_owned()
    } else {
        format!("after {}", failure(name))
    }
}

/// How several NICs hold together, for people.
pub(in crate::reports) fn mechanism(mechanism: Mechanism, team: Option<TeamKind>) -> &'static str {
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
pub(in crate::reports) fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Tcp => "TCP/IP",
        Transport::Compression => "compression",
        Transport::Smb => "SMB",
    }
}

/// Kind of storage, for people.
pub(in crate::reports) fn storage(kind: StorageKind) -> &'static str {
    match kind {
        StorageKind::None => "no network storage",
        StorageKind::Iscsi => "iSCSI",
        StorageKind::Smb => "SMB 3 file server",
        StorageKind::S2d => "Storage Spaces Direct",
        StorageKind::FibreChannel => "Fibre Channel",
    }
}

/// Value of an objective level (1 to 10) for people.
pub(in crate::reports) fn level(objective: &Objective, level: usize) -> String {
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

/// `met`, `missed once`, `missed 3 times`.
pub(in crate::reports) fn times_missed(number: u64) -> String {
    match number {
        0 => "met".to_owned(),
        1 => "missed once".to_owned(),
        _ => format!("missed {} times", thousands(number)),
    }
}

/// Name of a level, from 1. The plan judges drains by a bound of the ports alone, which must not pass for a forecast.
pub(in crate::reports) fn level_name(level: usize) -> &'static str {
    match level {
        9 => "slowest drain at port speed",
        _ => level.checked_sub(1).and_then(|i| LEVELS.get(i)).copied().unwrap_or(""),
    }
}

/// A single number of a level with its unit.
pub(in crate::reports) fn level_number(level: usize, value: u64) -> String {
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
pub(in crate::reports) fn status(status: Status) -> &'static str {
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
    fn failures_read_as_people_say_them() {
        assert_eq!(after("nic SLOT1"), "after NIC SLOT1");
        assert_eq!(after("card of SLOT1"), "after card of NIC SLOT1");
        assert_eq!(after("tor A"), "after switch A");
        assert_eq!(after(""), "with everything working");
    }

    #[test]
    fn a_port_without_a_link_has_no_speed() {
        let mut world = crate::reports::fixtures::world(crate::reports::fixtures::SMALL);
        let nic = &mut world.inventory.clusters[0].nodes[0].nics[0];
        assert_eq!(port_speed(nic), show_mbps(nic.speed));
        nic.up = false;
        assert_eq!(port_speed(nic), "no link");
    }

    #[test]
    fn hidden_characters_become_visible() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c"), "a\u{fffd}[31mb\u{fffd}c");
    }
}
