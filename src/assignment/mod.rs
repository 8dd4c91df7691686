//! WHAT MAY BE CHOSEN, and the solver. In: facts. Out: a plan with what is proven about it.
//!
//! ```text
//! instance   facts in small integers        design     which roles share an uplink, which external networks exist
//! options    NICs for one uplink            patterns   NICs for all uplinks of a node class, symmetric ones once
//! listing    patterns kept for designs that differ in names only
//! networks   which network admits which vNIC           loads    how full that makes a node, as a bound
//! filter     level by level, exact          balance    vNICs to networks, rounded (solver: the MIP)
//! search     designs by proven bound        evaluate   the exact objective of what was found
//! waiting    a design with its bound        repair     small steps where the proof is open
//! proof      status, bound and gap          build      decisions -> plan
//! watch      the time limit
//! why        next best alternatives         conflict   requirements that exclude each other
//! more_ports what more ports would change
//! ```
//! Must not know: checks, reports.

mod balance;
mod bounds;
mod build;
mod close;
mod conflict;
mod decide;
mod design;
mod evaluate;
mod exact;
mod filter;
mod instance;
mod listing;
mod loads;
mod meeting;
mod more_ports;
mod networks;
mod node_loss;
mod options;
mod owners;
mod patterns;
mod proof;
mod reach;
mod repair;
mod search;
mod shares;
mod solve;
mod solver;
mod waiting;
mod watch;
mod why;
mod zones;

use crate::demand;
use crate::inventory::{Cluster, Inventory};
use crate::plan::{ClusterPlan, Objective, Plan, SCHEMA_VERSION, Solver, Style, StyleRow};
use crate::units::show_permille;
use evaluate::Evaluation;
use instance::Instance;
use rayon::prelude::*;
use search::{Found, Question, search};
use watch::Watch;

pub use more_ports::{MorePorts, with_two_ports_more, with_two_ports_more_in_its_design};
pub use solver::NAME as SOLVER;

/// What is asked of the planner.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A fixed style; `None` = best.
    pub style: Option<Style>,
    /// When to stop looking for a better plan; the only thing that lets the clock change an answer, and the plan says so.
    pub deadline: Option<std::time::Instant>,
}

impl Options {
    /// The problem of a cluster, to be solved within the time given.
    fn instance<'a>(&self, cluster: &'a Cluster) -> Instance<'a> {
        Instance {
            watch: Watch::until(self.deadline),
            ..Instance::new(cluster)
        }
    }
}

/// Plans every cluster of the inventory; `None` when the deadline came before any plan was found.
///
/// ```
/// let inventory = nicplan::inventory::Inventory::default();
/// let plan = nicplan::assignment::plan(&inventory, &Default::default());
/// assert!(plan.is_some_and(|plan| plan.clusters.is_empty()));
/// ```
pub fn plan(inventory: &Inventory, options: &Options) -> Option<Plan> {
    let clusters = inventory
        .clusters
        .par_iter()
        .map(|cluster| plan_cluster(inventory, cluster, options));
    Some(Plan {
        schema_version: SCHEMA_VERSION,
        input_sha256: inventory.sha256.clone(),
        clusters: clusters.collect::<Option<_>>()?,
    })
}

/// Answer to the question whether some plan meets every requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Feasible {
    Yes,
    /// Proven.
    No,
    /// The search ended before it knew.
    Unknown,
}

/// Whether some plan meets every requirement.
fn feasible(cluster: &Cluster, options: &Options) -> Feasible {
    if Watch::until(options.deadline).is_over() {
        return Feasible::Unknown;
    }
    let instance = options.instance(cluster);
    let styles = Style::ALL
        .into_iter()
        .filter(|s| options.style.is_none_or(|wanted| wanted == *s));
    let mut answer = Feasible::No;
    for style in styles {
        let found = search_style(&instance, style, Question::Feasible, None);
        let met = |best: &solve::Solved| best.evaluation.objective.unmet_requirements.met();
        if found.best.as_ref().is_some_and(met) {
            return Feasible::Yes;
        }
        // A design that was solved but not proven to miss a requirement leaves the answer open as well.
        let open = found.bound.is_some_and(|bound| bound.unmet_requirements.met());
        if found.cut || found.stopped || open {
            answer = Feasible::Unknown;
        }
    }
    answer
}

fn all_styles(instance: &Instance, options: &Options) -> Vec<(Style, Found)> {
    let styles = Style::ALL
        .into_par_iter()
        .filter(|s| options.style.is_none_or(|wanted| wanted == *s));
    styles
        .map(|style| (style, search_style(instance, style, Question::Best, None)))
        .collect()
}

/// Searches all designs of a style. `known`: value of a plan that is there already.
fn search_style(instance: &Instance, style: Style, question: Question, known: Option<&Objective>) -> Found {
    if instance.watch.is_over() {
        return Found::not_begun();
    }
    let designs = |instance| design::all_designs(instance, style);
    let mut found = search(instance, designs(instance), question, known);
    let met = |o: &Objective| {
        found
            .bound
            .as_ref()
            .is_some_and(|b| b.unmet_requirements == o.unmet_requirements)
    };
    let open = found.best_known().is_some_and(|best| !met(best));
    if open && instance.groups.len() > instance.classes.len() && !instance.watch.is_over() {
        let plain = Instance::by_class(instance);
        let other = search(&plain, designs(&plain), question, known);
        found.stopped |= other.stopped;
        let other = other.best.map(|other| solve::carry_over(instance, &plain, other));
        let better = |other: &solve::Solved| {
            let reached = |best: &solve::Solved| other.evaluation.objective < best.evaluation.objective;
            found.best.as_ref().is_none_or(reached)
        };
        found.best = other.filter(better).or(found.best);
    }
    if let (Question::Best, Some(bound)) = (question, &found.bound) {
        let repaired = |best| repair::repaired(instance, best, bound);
        found.best = found.best.map(repaired);
    }
    found
}

/// Dedicated wherever it meets every requirement, the target and the drain goal; else the best objective.
fn recommended(results: &[(Style, Found)], options: &Options) -> Option<usize> {
    let objective = |i: usize| results[i].1.best.as_ref().map(|b| &b.evaluation.objective);
    let dedicated = results.iter().position(|(style, _)| *style == Style::Dedicated);
    if let (None, Some(index)) = (options.style, dedicated)
        && objective(index)
            .is_some_and(|o| o.unmet_requirements.met() && o.excess_utilisation_permille == 0 && o.excess_drain_s == 0)
    {
        return Some(index);
    }
    (0..results.len())
        .filter(|i| objective(*i).is_some())
        .min_by_key(|i| objective(*i))
}

fn plan_cluster(inventory: &Inventory, cluster: &Cluster, options: &Options) -> Option<ClusterPlan> {
    let instance = options.instance(cluster);
    let results = all_styles(&instance, options);
    let found = recommended(&results, options).map(|chosen| (chosen, &results[chosen]));
    let Some((chosen, (style, found, solved))) =
        found.and_then(|(chosen, (style, found))| Some((chosen, (style, found, found.best.as_ref()?))))
    else {
        // A style that has no design for these roles (converged on 2008 R2 …): the best of all styles is planned instead.
        let any = Options {
            style: None,
            ..options.clone()
        };
        return options.style.and_then(|_| plan_cluster(inventory, cluster, &any));
    };
    // A style that was not looked at to the end may hold a better plan.
    let stopped = results.iter().any(|(_, found)| found.stopped);
    let (mac_pools, static_macs) = crate::mac::plan(inventory, cluster);
    let mut plan = ClusterPlan {
        cluster: cluster.name.clone(),
        profile: cluster.profile.name.to_owned(),
        growth_percent: Some(cluster.policy.growth_percent),
        style: *style,
        solver: solver_block(&instance, found, &solved.evaluation, stopped),
        uplinks: build::uplinks(&instance, &solved.design),
        nodes: build::nodes(&instance, solved),
        vnics: build::vnics(&instance, solved),
        mac_pools,
        static_macs,
        styles: style_rows(&instance, &results, chosen),
        reasons: why::reasons(&instance, solved, found),
        conflict: None,
    };
    if !plan.solver.shortfall.is_empty() && !instance.watch.is_over() {
        plan.conflict = conflict::conflict(cluster, &plan, options);
    }
    Some(plan)
}

/// What the solver reached and what is proven about it.
fn solver_block(instance: &Instance, found: &Found, best: &Evaluation, stopped: bool) -> Solver {
    let objective = &best.objective;
    let nothing = Objective::default();
    let proof = proof::proof(objective, found.bound.as_ref().unwrap_or(&nothing), stopped);
    Solver {
        status: proof.status,
        objective: objective.clone(),
        bound: proof.bound,
        gap: proof.gap,
        unproven_level: proof.level.to_owned(),
        shortfall: best.shortfall.clone(),
        limited_by: limited_by(instance, objective),
    }
}

/// What limits the plan, as one sentence.
fn limited_by(instance: &Instance, objective: &Objective) -> String {
    if !objective.unmet_requirements.met() {
        return "requirements that the ports cannot meet".to_owned();
    }
    if let Some((wish, count)) = instance
        .wishes
        .iter()
        .zip(&objective.unmet_wishes)
        .find(|(_, count)| **count > 0)
    {
        return format!(
            "the first wish that the ports cannot meet is {wish} (unmet {})",
            times(*count)
        );
    }
    if !demand::guests_have_load(instance.cluster) {
        return NO_GUESTS.to_owned();
    }
    let target = instance.cluster.policy.target_permille;
    let worst = objective.worst_utilisation_permille;
    if worst > target {
        return format!(
            "the fullest uplink stands at {}, target {}",
            show_permille(worst),
            show_permille(target)
        );
    }
    format!(
        "nothing: every requirement and wish is met, the fullest uplink stands at {}",
        show_permille(worst)
    )
}

/// Said where the inventory has no VM that uses a network.
const NO_GUESTS: &str = "nothing: every requirement and wish is met. The inventory names no VM traffic, so how full an uplink is did not \
                         decide which ports a role gets: fast ports went to storage, guests and live migration";

/// Said of a style whose search the time limit ended.
const UNFINISHED: &str = "not finished in the time given";

fn style_rows(instance: &Instance, results: &[(Style, Found)], chosen: usize) -> Vec<StyleRow> {
    results
        .iter()
        .enumerate()
        .map(|(index, (style, found))| {
            let objective = found.best.as_ref().map(|b| b.evaluation.objective.clone());
            let cannot = match &found.best {
                None if found.stopped => UNFINISHED.to_owned(),
                None => no_design(instance, *style),
                Some(best) => cannot(instance, &best.evaluation.objective, found.stopped),
            };
            StyleRow {
                style: *style,
                objective,
                cannot,
                chosen: index == chosen,
            }
        })
        .collect()
}

fn no_design(instance: &Instance, style: Style) -> String {
    let limit = instance.cluster.profile.max_host_vnics;
    if style == Style::Converged && limit == 1 {
        return format!(
            "{} has one host vNIC per external switch",
            instance.cluster.profile.title
        );
    }
    if design::rides_on_storage(instance) {
        return "with Network ATC cluster and live-migration traffic ride on the storage intent".to_owned();
    }
    "has no design for these roles".to_owned()
}

/// A count with its noun.
fn times(number: u64) -> String {
    match number {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{number} times"),
    }
}

/// What a style's best plan leaves unmet.
fn cannot(instance: &Instance, objective: &Objective, stopped: bool) -> String {
    let mut parts: Vec<String> = stopped.then(|| UNFINISHED.to_owned()).into_iter().collect();
    let unmet = &objective.unmet_requirements;
    let named = [
        (unmet.reachability, "role or vNIC unserved", "roles or vNICs unserved"),
        (
            unmet.isolation,
            "required separation broken",
            "required separations broken",
        ),
        (
            unmet.survival,
            "failure not survived that must be",
            "failures not survived that must be",
        ),
        (unmet.capacity, "uplink too small", "uplinks too small"),
    ];
    parts.extend(
        named
            .iter()
            .filter(|(number, ..)| *number > 0)
            .map(|(number, one, many)| format!("{number} {}", if *number == 1 { one } else { many })),
    );
    for (wish, number) in instance
        .wishes
        .iter()
        .zip(&objective.unmet_wishes)
        .filter(|(_, number)| **number > 0)
    {
        parts.push(format!("{wish} ({number})"));
    }
    parts.join(", ")
}
