//! Tiny instances: when the plan found does not meet the bound, every pattern of every group with every placement of the
//! vNICs is tried. What comes out is exact, so the proof of a small cluster never rests on a relaxation.

use super::design::Design;
use super::evaluate::{Decisions, evaluate};
use super::instance::Instance;
use super::networks::Mode;
use super::patterns::{Pattern, every};
use super::search::{Solved, concrete, design_name};
use crate::plan::Objective;

/// Plans above which an instance is not tiny.
const PLAN_LIMIT: usize = 200_000;
/// Plans that are counted out at most; the others must lose by what their patterns alone leave unmet.
const COUNT_LIMIT: usize = 4_000;

/// The best plan of a design under a mode; `None` when there are too many to try. Stops as soon as `bound` is met.
pub fn best_of_all(instance: &Instance, design: &Design, mode: &Mode, bound: &Objective) -> Option<Solved> {
    let options: Vec<Vec<usize>> = instance
        .items
        .iter()
        .map(|item| {
            let mask = mode.admits(item);
            (0..design.networks).filter(|n| mask >> n & 1 == 1).collect()
        })
        .collect();
    if options.iter().map(Vec::len).fold(1usize, usize::saturating_mul) > PLAN_LIMIT {
        return None;
    }
    let lists: Vec<Vec<Pattern>> = instance
        .groups
        .iter()
        .map(|group| every(instance, &instance.classes[group.class], design, PLAN_LIMIT))
        .collect::<Option<_>>()?;
    let sizes = || lists.iter().map(Vec::len).chain(options.iter().map(Vec::len));
    if sizes().fold(1usize, usize::saturating_mul) > PLAN_LIMIT {
        return None;
    }
    let sizes: Vec<usize> = sizes().collect();
    let name = design_name(instance, design);
    let mut best: Option<Solved> = None;
    let mut counted = 0;
    let mut odometer = Some(vec![0usize; sizes.len()]);
    while let Some(pick) = odometer {
        let (groups, items) = pick.split_at(lists.len());
        let picked: Vec<&Pattern> = groups.iter().zip(&lists).map(|(i, list)| &list[*i]).collect();
        if best
            .as_ref()
            .is_some_and(|b| loses(instance, bound, &picked, &b.evaluation.objective))
        {
            odometer = next(pick, &sizes);
            continue;
        }
        counted += 1;
        if counted > COUNT_LIMIT {
            return None;
        }
        let patterns: Vec<Pattern> = picked.into_iter().cloned().collect();
        let network = items.iter().zip(&options).map(|(i, list)| Some(list[*i])).collect();
        let decisions = Decisions {
            nics: concrete(instance, design, &patterns),
            network,
        };
        let evaluation = evaluate(instance, design, &decisions, &name);
        if best
            .as_ref()
            .is_none_or(|b| evaluation.objective < b.evaluation.objective)
        {
            let done = evaluation.objective.cmp_to(bound, 7).is_eq();
            best = Some(Solved {
                design: design.clone(),
                mode: mode.clone(),
                patterns,
                decisions,
                evaluation,
                runners_up: Vec::new(),
            });
            if done {
                break;
            }
        }
        odometer = next(pick, &sizes);
    }
    best
}

/// Whether what these patterns leave unmet by themselves is already worse than a plan in hand.
fn loses(instance: &Instance, bound: &Objective, patterns: &[&Pattern], best: &Objective) -> bool {
    let total = |index: usize| -> u64 {
        let groups = instance.groups.iter().zip(patterns);
        groups
            .map(|(group, p)| u64::from(p.vector[index]) * group.nodes.len() as u64)
            .sum()
    };
    let own = [total(0), bound.unmet_requirements.isolation, total(1)];
    let unmet = &best.unmet_requirements;
    own > [unmet.reachability, unmet.isolation, unmet.survival]
}

/// The next reading of an odometer with wheels of these sizes; `None` after the last.
fn next(mut pick: Vec<usize>, sizes: &[usize]) -> Option<Vec<usize>> {
    let wheel = (0..pick.len()).find(|i| pick[*i] + 1 < sizes[*i])?;
    pick[wheel] += 1;
    pick[..wheel].iter_mut().for_each(|p| *p = 0);
    Some(pick)
}
