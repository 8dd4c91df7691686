//! What two idle ports more on every node would change, as a table of the first page.
//!
//! In: what the search found, with its bound. Out: HTML. Must not know: how it was found.

use super::summary::{close_table, open_table, write_row};
use crate::plan::{Objective, PROVEN_LEVELS};
use crate::reports::data::{ReportData, WhatIf, WhatIfRow};
use crate::reports::show;
use std::cmp::Ordering;

/// Writes the table; nothing where nobody asked.
pub(super) fn write(data: &ReportData, what_if: &WhatIf, out: &mut String) {
    if what_if.rows.is_empty() {
        return;
    }
    out.push_str("<h3>What two idle ports more would change</h3>\n");
    open_table(&["Cluster", "If there were", "It would change", "From", "To"], out);
    for row in &what_if.rows {
        let [level, from, to] = difference(data, row);
        write_row([row.cluster.as_str(), &row.text, &level, &from, &to], out);
    }
    close_table(out);
}

/// The first level that gets better, and its values before and after; or that nothing does, and whether that is proven.
fn difference(data: &ReportData, row: &WhatIfRow) -> [String; 3] {
    let level = row.before.first_difference(&row.after).filter(|l| *l <= 10);
    let Some(level) = level.filter(|_| row.after < row.before) else {
        let proven = row.bound.cmp_to(&row.before, PROVEN_LEVELS) != Ordering::Less;
        let among = &row.among;
        let said = match proven {
            true => format!("nothing: proven, no plan {among} is better with them"),
            false => format!("nothing that was found; it is not proven that no plan {among} is better with them"),
        };
        return [said, "–".to_owned(), "–".to_owned()];
    };
    let open = level <= PROVEN_LEVELS && row.bound.level(level) != row.after.level(level);
    let or_better = if open { " (perhaps better: not proven)" } else { "" };
    let what = match level {
        2 => wish(data, row).unwrap_or_else(|| show::level_name(level).to_owned()),
        _ => show::level_name(level).to_owned(),
    };
    [
        what,
        show::level(&row.before, level),
        format!("{}{or_better}", show::level(&row.after, level)),
    ]
}

/// `unmet wishes, first of them Management survives loss of a NIC (missed 3 times, then met)`.
fn wish(data: &ReportData, row: &WhatIfRow) -> Option<String> {
    let cluster = data.clusters.iter().find(|c| c.facts.name == row.cluster)?;
    let counts = |objective: &Objective, at: usize| objective.unmet_wishes.get(at).copied().unwrap_or(0);
    let mut wishes = cluster.recount.wishes.iter().enumerate();
    let (at, (wish, _)) = wishes.find(|(at, _)| counts(&row.before, *at) != counts(&row.after, *at))?;
    Some(format!(
        "{}, first of them {} ({}, then {})",
        show::level_name(2),
        show::spoken(&wish.to_string()),
        show::times_missed(counts(&row.before, at)),
        show::times_missed(counts(&row.after, at))
    ))
}
