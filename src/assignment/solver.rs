//! The only file that names the MIP solver: models are built with `good_lp`, solved by `microlp` reached through its inner
//! handle, because the node limit is only there; with the feature `highs` by HiGHS on one thread. Both stop on counted nodes,
//! never on a clock but the one of `--time-limit`.

use super::balance::Spread;
use super::loads::host_load;
use good_lp::variable::UnsolvedProblem;
use good_lp::{Expression, SolverModel, Variable, constraint, variable, variables};
use std::time::Duration;

/// Name of the solver in this build.
pub const NAME: &str = if cfg!(feature = "highs") { "HiGHS" } else { "microlp" };

/// Branch-and-bound nodes after which a model is given up.
const NODE_LIMIT: u32 = 20_000;

/// Spreads the vNICs of a node: fewest moves with utilisation at most `allowed`, then least utilisation.
/// `None` when the solver finds nothing within its limit; the caller keeps what it has.
pub fn spread(spread: &Spread, homes: &[Option<usize>], allowed: u64) -> Option<Vec<usize>> {
    let fewest = Model::new(spread, homes, Some(allowed), None).solve(Goal::Moves);
    match fewest {
        Some(chosen) => {
            let moves = moves(homes, &chosen);
            Model::new(spread, homes, Some(allowed), Some(moves))
                .solve(Goal::Utilisation)
                .or(Some(chosen))
        }
        None => Model::new(spread, homes, None, None).solve(Goal::Utilisation),
    }
}

fn moves(homes: &[Option<usize>], chosen: &[usize]) -> usize {
    homes
        .iter()
        .zip(chosen)
        .filter(|(home, to)| home.is_some_and(|home| home != **to))
        .count()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Goal {
    Moves,
    Utilisation,
}

/// One binary per vNIC and admitted network; `u` is the worst utilisation in permille.
struct Model<'a> {
    spread: &'a Spread<'a>,
    homes: &'a [Option<usize>],
    allowed: Option<u64>,
    moves: Option<usize>,
}

impl<'a> Model<'a> {
    fn new(spread: &'a Spread<'a>, homes: &'a [Option<usize>], allowed: Option<u64>, moves: Option<usize>) -> Self {
        Model {
            spread,
            homes,
            allowed,
            moves,
        }
    }

    fn solve(&self, goal: Goal) -> Option<Vec<usize>> {
        #[cfg(feature = "highs")]
        return self.solve_with(goal, good_lp::highs, highs_values);
        #[cfg(not(feature = "highs"))]
        self.solve_with(goal, good_lp::microlp, microlp_values)
    }

    /// `using` starts a model of a solver, `values` runs it: one value per variable, in the order in which they were added.
    fn solve_with<M: SolverModel>(
        &self,
        goal: Goal,
        using: fn(UnsolvedProblem) -> M,
        values: fn(M, Option<Duration>) -> Option<Vec<f64>>,
    ) -> Option<Vec<usize>> {
        let items = self.spread.items;
        let mut vars = variables!();
        let options: Vec<Vec<usize>> = items.iter().map(|i| self.spread.options(*i)).collect();
        let binaries: Vec<Vec<Variable>> = options
            .iter()
            .map(|o| o.iter().map(|_| vars.add(variable().binary())).collect())
            .collect();
        let u = vars.add(variable().min(0.0));
        let moved: Expression = binaries
            .iter()
            .zip(&options)
            .zip(self.homes)
            .flat_map(|((vars, options), home)| {
                vars.iter()
                    .zip(options)
                    .filter(move |(_, o)| home.is_some_and(|h| h != **o))
            })
            .map(|(var, _)| Expression::from(*var))
            .sum();
        let objective: Expression = if goal == Goal::Moves { moved.clone() } else { u.into() };
        let mut model = vars.minimise(objective).using(using);
        for row in &binaries {
            let total: Expression = row.iter().map(|v| Expression::from(*v)).sum();
            model.add_constraint(constraint!(total == 1));
        }
        if let Some(moves) = self.moves {
            model.add_constraint(constraint!(moved <= moves as f64));
        }
        self.load_rows(&mut model, &binaries, &options, u);
        read_back(&options, &values(model, self.spread.instance.watch.left())?)
    }

    fn load_rows(&self, model: &mut impl SolverModel, binaries: &[Vec<Variable>], options: &[Vec<usize>], u: Variable) {
        let s = self.spread;
        let items = s.items;
        for network in 0..s.design.networks {
            let Some(uplink) = s.design.uplink_of_network(network) else {
                continue;
            };
            let load: Expression = binaries
                .iter()
                .zip(options)
                .zip(items)
                .flat_map(|((vars, options), item)| {
                    let need = s.instance.items[*item].need as f64;
                    vars.iter()
                        .zip(options)
                        .filter(|(_, o)| **o == network)
                        .map(move |(var, _)| need * *var)
                })
                .sum();
            for situation in s.pattern.uplinks[uplink].situations.iter().filter(|x| x.capacity > 0) {
                let host = host_load(s.instance, s.design, s.node, uplink, situation) as f64;
                let capacity = situation.capacity as f64;
                // Scaled to permille so that all coefficients stay near one.
                model.add_constraint(constraint!(
                    load.clone() * (1000.0 / capacity) + host * 1000.0 / capacity <= u
                ));
                if let Some(allowed) = self.allowed {
                    model.add_constraint(constraint!(
                        load.clone() * (1000.0 / capacity) <= allowed as f64 - host * 1000.0 / capacity
                    ));
                }
            }
        }
    }
}

/// The network of each vNIC. The binaries were added row by row, all other variables after them.
fn read_back(options: &[Vec<usize>], values: &[f64]) -> Option<Vec<usize>> {
    let mut next = 0;
    let chosen = options.iter().map(|options| {
        let row = values.get(next..next + options.len())?;
        next += options.len();
        let best = row.iter().zip(options).max_by(|a, b| a.0.total_cmp(b.0));
        best.map(|(_, network)| *network)
    });
    chosen.collect()
}

#[cfg(not(feature = "highs"))]
fn microlp_values(model: good_lp::solvers::microlp::MicroLpProblem, left: Option<Duration>) -> Option<Vec<f64>> {
    let mut limits = ::microlp::SolveOptions::default();
    limits.time_limit = left;
    limits.node_limit = Some(u64::from(NODE_LIMIT));
    let solution = model.as_inner().solve_with(limits).ok()?.into_solution().ok()?;
    Some(solution.iter().map(|(_, value)| value).collect())
}

/// One thread and no gap left, so that the same input gives the same bytes. At the node limit the best answer so far counts.
#[cfg(feature = "highs")]
fn highs_values(model: good_lp::solvers::highs::HighsProblem, left: Option<Duration>) -> Option<Vec<f64>> {
    let model = model
        .set_option("mip_max_nodes", i32::try_from(NODE_LIMIT).ok()?)
        .set_option("mip_rel_gap", 0.0)
        .set_option("mip_abs_gap", 0.0)
        .set_threads(1)
        .set_parallel(good_lp::solvers::highs::HighsParallelType::Off);
    let model = match left {
        Some(left) => model.set_time_limit(left.as_secs_f64()),
        None => model,
    };
    Some(model.solve().ok()?.into_inner().columns().to_vec())
}
