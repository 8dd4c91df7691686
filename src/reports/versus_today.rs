//! Today's wiring beside the plan: its line in the table of styles, and the difference in one sentence.
//!
//! In: joined data. Out: plain text without markup. Must not know: where it is shown, how today's wiring is counted.

use super::data::{ClusterData, Today};
use super::{proven, show, story};
use crate::checks::recount::Recount;
use crate::plan::{Objective, Style};
use crate::roles::Role;
use crate::units::show_mbps;
use std::cmp::Ordering;

/// Name of the line in the table of styles.
const NAME: &str = "today";

/// The line of today's wiring in the comparison of styles.
pub(super) fn style_cells(cluster: &ClusterData) -> [String; 9] {
    let mut cells = [const { String::new() }; 9];
    cells[0] = NAME.to_owned();
    match &cluster.today {
        Today::NotCounted(why) => {
            cells[1] = "not counted".to_owned();
            cells[8] = why.clone();
        }
        Today::Counted { recount, notes } => {
            story::fill_cells(cluster, &recount.objective, &mut cells);
            if !is_drained(cluster, recount) {
                cells[5] = "not known".to_owned();
            }
            let mut parts = lacking(recount);
            parts.extend(notes.iter().cloned());
            cells[8] = parts.join(", ");
        }
    }
    cells
}

/// Whether drains are counted: the cluster has no live migration, or the inventory names ports for it.
fn is_drained(cluster: &ClusterData, recount: &Recount) -> bool {
    let ported = || recount.roles.iter().any(|row| row.role == Role::LiveMigration);
    !cluster.facts.roles().contains(&Role::LiveMigration) || ported()
}

/// Requirements and wishes that today's wiring misses, each with how often.
fn lacking(recount: &Recount) -> Vec<String> {
    let required = required(recount)
        .into_iter()
        .map(|missed| format!("required: {missed}"));
    let wished = recount.wishes.iter().filter(|(_, number)| *number > 0);
    let wished = wished.map(|(wish, number)| show::spoken(&format!("{wish} ({number})")));
    required.chain(wished).collect()
}

/// Requirements that it misses, each with how often.
fn required(recount: &Recount) -> Vec<String> {
    let mut missed: Vec<(&str, usize)> = Vec::new();
    for miss in &recount.shortfall {
        match missed.iter_mut().find(|(name, _)| *name == miss.requirement) {
            Some((_, number)) => *number += 1,
            None => missed.push((&miss.requirement, 1)),
        }
    }
    let named = missed
        .into_iter()
        .map(|(name, number)| format!("{} ({number})", show::missed(name)));
    named.collect()
}

/// What the plan changes in the numbers: which of the two is better where it counts first, then `NICs in use: 18 today, 24 planned`.
pub(super) fn sentence(cluster: &ClusterData) -> String {
    let (recount, notes) = match &cluster.today {
        Today::NotCounted(why) => {
            return format!("Not counted: {why}.");
        }
        Today::Counted { recount, notes } => (recount, notes),
    };
    let (now, then) = (&recount.objective, &cluster.recount.objective);
    let noted = match notes.as_slice() {
        [] => String::new(),
        some => format!(" (today {})", some.join(", ")),
    };
    if cluster.recount.objective.changes == 0 {
        return format!("The ports keep their use: today's wiring is the plan{noted}.");
    }
    let mut parts = different(now, then, is_drained(cluster, recount));
    let ahead = ahead(cluster, recount).unwrap_or_default();
    if parts.is_empty() {
        let others = if ahead.is_empty() {
            "no number"
        } else {
            "no other number"
        };
        parts.push(format!("{others} of the table below differs"));
    }
    format!("{ahead}{}{noted}.", show::sentence(&parts.join("; ")))
}

/// Which of the two is better, by the first of the levels before the changes that differs; `None` where none does.
fn ahead(cluster: &ClusterData, today: &Recount) -> Option<String> {
    let (now, then) = (&today.objective, &cluster.recount.objective);
    let level = (1..5).find(|level| now.level(*level) != then.level(*level))?;
    let what = match level {
        2 => {
            let pairs = today.wishes.iter().zip(&cluster.recount.wishes);
            let ((wish, missed), (_, planned)) = pairs.into_iter().find(|((_, a), (_, b))| a != b)?;
            let wish = show::spoken(&wish.to_string());
            format!(
                "{wish} ({} today, {} by the plan)",
                show::times_missed(*missed),
                show::times_missed(*planned)
            )
        }
        1 => format!("{}{}", missed(now, then), named(today)),
        _ => show::level_name(level).to_owned(),
    };
    if now.cmp_to(then, level) == Ordering::Greater {
        return Some(format!(
            "In the order of importance the plan is better first in {what}. "
        ));
    }
    let why = match (cluster.plan.style, proven::better_style(cluster, level)) {
        (Style::Dedicated, Some((_, other))) => format!(
            "the dedicated design {}; of the others --style {other} comes out best in that order",
            proven::WHY_DEDICATED
        ),
        _ => "compare the designs in the table below".to_owned(),
    };
    Some(format!(
        "In the order of importance today's wiring is better first in {what}; {why}. "
    ))
}

/// The numbers that differ, in the order of the table.
fn different(now: &Objective, then: &Objective, migrates: bool) -> Vec<String> {
    let named = [
        (2, "wishes not met in full"),
        (7, "fullest uplink after the worst failure"),
        (9, "slowest drain at port speed"),
        (6, "external networks"),
        (10, "NICs in use"),
    ];
    named
        .iter()
        .filter(|(level, _)| *level != 9 || migrates)
        .map(|(level, name)| (name, show::level(now, *level), show::level(then, *level)))
        .filter(|(_, now, then)| now != then)
        .map(|(name, now, then)| format!("{name}: {now} today, {then} planned"))
        .collect()
}

/// `: a VLAN is missing on a NIC of the external network (64)`: what today's wiring misses.
fn named(today: &Recount) -> String {
    let names = required(today);
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match names.is_empty() {
        true => String::new(),
        false => format!("; missed today: {}", show::some_of(&names, 3)),
    }
}

/// Unmet requirements of both as one number each; where these agree, what they lack in bandwidth.
fn missed(now: &Objective, then: &Objective) -> String {
    let unmet = |objective: &Objective| {
        let unmet = &objective.unmet_requirements;
        unmet.reachability + unmet.isolation + unmet.survival + unmet.capacity
    };
    let (today, planned) = (unmet(now), unmet(then));
    let lacking = |objective: &Objective| show_mbps(objective.unmet_requirements.missing_mbps);
    match today == planned {
        true => format!("bandwidth missing ({} today, {} planned)", lacking(now), lacking(then)),
        false => format!(
            "requirements missed ({} today, {} planned)",
            show::thousands(today),
            show::thousands(planned)
        ),
    }
}
