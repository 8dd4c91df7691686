//! How far the proof goes: within the style that was planned, and beside the best plans found of the other styles.
//!
//! In: joined data. Out: plain text without markup. Must not know: where it is shown, how anything was proven.

use super::data::ClusterData;
use super::show;
use crate::plan::{LEVELS, Objective, PROVEN_LEVELS, Solver, Status, Style};
use std::cmp::Ordering;

/// The proof and what it leaves open.
pub(super) fn sentence(cluster: &ClusterData) -> String {
    let solver = &cluster.plan.solver;
    let style = cluster.plan.style;
    let own = match solver.status {
        Status::Optimal => format!(
            "Proven: no other plan of the {style} style is better in requirements, wishes, utilisation, drain time, changes from today or \
             number of external networks, in this order of importance."
        ),
        _ => open(solver, style),
    };
    match others(cluster) {
        Some(others) => format!("{own} {others}"),
        None => own,
    }
}

/// Where and how far the plan may be from the best.
fn open(solver: &Solver, style: Style) -> String {
    let stopped = match solver.status {
        Status::TimeLimit => "Stopped by --time-limit, so the same input may give another plan. ",
        _ => "",
    };
    let level = LEVELS
        .iter()
        .position(|l| *l == solver.unproven_level)
        .map_or(0, |i| i + 1);
    // wishes are counted where they are missed: on each node, or for each vNIC
    let shown = |value: u64| match level {
        2 => format!(
            "{} unmet",
            show::count(usize::try_from(value).unwrap_or(usize::MAX), "case", "cases")
        ),
        _ => show::level_number(level, value),
    };
    format!(
        "{stopped}Not proven best in \"{}\": this plan has {}; a better one of the {style} style may exist, but none below {} (up to {} less).",
        show::level_name(level),
        shown(solver.bound.saturating_add(solver.gap)),
        shown(solver.bound),
        shown(solver.gap)
    )
}

/// Said of a dedicated plan beside one that is better.
pub(super) const WHY_DEDICATED: &str =
    "is recommended wherever it meets every requirement, the target and the drain goal";

/// The best plan found of another style where it is better; `None` where only one style was planned.
fn others(cluster: &ClusterData) -> Option<String> {
    let mut others = cluster.plan.styles.iter().filter(|row| !row.chosen);
    others.find(|row| row.objective.is_some())?;
    let Some((other, style)) = better_style(cluster, PROVEN_LEVELS) else {
        return Some("No better plan was found of any other style.".to_owned());
    };
    let why = match cluster.plan.style {
        Style::Dedicated => format!("dedicated {WHY_DEDICATED}"),
        _ => "compare them in the table below".to_owned(),
    };
    Some(format!(
        "The {style} style is better, first in {}; {why}. Plan it with --style {style}.",
        first_gain(cluster, other)?
    ))
}

/// The style whose plan is best in the order of importance, if it is better than the chosen one by a level up to `last`.
pub(super) fn better_style<'c>(cluster: &ClusterData<'c>, last: usize) -> Option<(&'c Objective, Style)> {
    let rows = cluster.plan.styles.iter();
    let (objective, style) = rows
        .filter_map(|row| Some((row.objective.as_ref()?, row.style)))
        .min()?;
    (objective.cmp_to(&cluster.recount.objective, last) == Ordering::Less).then_some((objective, style))
}

/// The first thing in the order of importance that the other plan does better.
fn first_gain(cluster: &ClusterData, other: &Objective) -> Option<String> {
    let own = &cluster.recount.objective;
    let level = (1..=PROVEN_LEVELS).find(|level| own.level(*level) != other.level(*level))?;
    if level != 2 {
        let (here, there) = (show::level(own, level), show::level(other, level));
        return Some(format!("{} ({there}, here {here})", show::level_name(level)));
    }
    let pairs = cluster.recount.wishes.iter().zip(&other.unmet_wishes);
    let ((wish, here), there) = pairs.into_iter().find(|((_, here), there)| here != *there)?;
    let wish = show::spoken(&wish.to_string());
    let (there, here) = (show::times_missed(*there), show::times_missed(*here));
    Some(format!("a wish: {wish} ({there}, here {here})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::VerifiedPlan;
    use crate::plan::StyleRow;
    use crate::reports::ReportData;
    use crate::reports::fixtures::{SMALL, World, world};

    /// What is said of a dedicated plan that misses its third wish twice, beside a hybrid one that differs so.
    fn said(change: impl Fn(&mut Objective)) -> String {
        let mut world = world(SMALL);
        let mut other = objective(&world);
        change(&mut other);
        let mut plan = world.verified.plan().clone();
        let row = |style, objective| StyleRow {
            style,
            objective: Some(objective),
            cannot: String::new(),
            chosen: style == SMALL.style,
        };
        plan.clusters[0].styles = vec![row(Style::Hybrid, other), row(SMALL.style, objective(&world))];
        let mut recounts = world.verified.recounts().to_vec();
        recounts[0].objective = objective(&world);
        recounts[0].wishes.truncate(3);
        recounts[0].wishes[2].1 = 2;
        world.verified = VerifiedPlan::for_tests(plan, recounts);
        sentence(&ReportData::new(&world.inventory, &world.verified, &[]).clusters[0])
    }

    fn objective(world: &World) -> Objective {
        let mut objective = world.verified.recounts()[0].objective.clone();
        objective.unmet_wishes = vec![0, 0, 2];
        objective
    }

    #[test]
    fn a_proof_speaks_of_one_style_and_another_that_is_better_is_named_with_what_it_gains() {
        let said = said(|other| other.unmet_wishes[2] = 1);
        assert!(
            said.starts_with("Proven: no other plan of the dedicated style is better in requirements, wishes"),
            "{said}"
        );
        assert!(
            said.contains("The hybrid style is better, first in a wish: ")
                && said.contains(" (missed once, here missed 2 times); dedicated is recommended wherever it meets")
                && said.ends_with(" Plan it with --style hybrid."),
            "{said}"
        );
    }

    #[test]
    fn a_number_that_another_style_does_better_stands_beside_the_plans_own() {
        let worse = said(|other| {
            other.worst_utilisation_permille -= 1;
            other.changes += 1;
        });
        assert!(
            worse.ends_with("No better plan was found of any other style."),
            "{worse}"
        );
        let fewer = said(|other| other.changes -= 1);
        assert!(fewer.contains("first in changes from today ("), "{fewer}");
    }

    #[test]
    fn what_only_breaks_ties_makes_no_style_better() {
        let said = said(|other| other.nics_used -= 1);
        assert!(said.ends_with("No better plan was found of any other style."), "{said}");
    }

    #[test]
    fn nothing_is_said_of_styles_that_were_not_planned() {
        let mut world = world(SMALL);
        let mut plan = world.verified.plan().clone();
        plan.clusters[0].styles.retain(|row| row.chosen);
        world.verified = VerifiedPlan::for_tests(plan, world.verified.recounts().to_vec());
        let said = sentence(&ReportData::new(&world.inventory, &world.verified, &[]).clusters[0]);
        assert!(said.ends_with("in this order of importance."), "{said}");
    }
}
