//! Times that no schedule can beat, each with the name of what limits it and advice.
//!
//! In: a problem and its slot limits. Out: one bound per limit, seconds. Must not know: any schedule.
//!
//! Each migration alone at its best rate needs `p` seconds and sends `V` bytes; sharing a link only makes both larger.
//!
//! ```text
//! longest   p of one migration
//! link      least set-up + sum of V over the link's capacity + least switch-over
//! slots     sum of p over the slots of a node; of k*c+1 migrations on c slots some slot gets k+1 of them
//! odd set   three nodes with c1, c2, c3 slots run at most floor((c1+c2+c3)/2) migrations among themselves
//! targets   sum of V over all targets together, while the targets are still open
//! ```
//!
//! The odd set bound is that of data migration (Kari, Kim, Russell, "Data Migration in Heterogeneous Storage Systems",
//! ICDCS 2011).

use super::precopy::{Stopping, copy};
use super::simulate::{Job, Problem};
use std::collections::BTreeMap;

/// How the name of a link begins that is no cable but the limit that SMB sets itself.
pub const SMB_LIMIT: &str = "the SMB limit of";

/// What limits a drain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// One migration alone takes that long: index of the job.
    Longest(usize),
    /// All bytes through one link: index of the link.
    Link(usize),
    /// The slots of one node: index of the pool.
    Slots(usize),
    /// Three nodes that exchange VMs among each other: indices of the pools.
    OddSet([usize; 3]),
    /// All bytes into all targets together.
    Targets,
}

/// A time that no schedule can beat, and why.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// What limits.
    pub limit: Limit,
    /// Seconds.
    pub seconds: f64,
}

/// Names for the indices of a problem, as the administrator knows them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Names<'n> {
    /// By link.
    pub links: &'n [String],
    /// By slot pool.
    pub pools: &'n [String],
    /// By job.
    pub jobs: &'n [String],
}

impl Limit {
    /// Stable name of the kind of limit, for tables.
    pub fn kind(self) -> &'static str {
        match self {
            Limit::Longest(_) => "longest",
            Limit::Link(_) => "link",
            Limit::Slots(_) => "slots",
            Limit::OddSet(_) => "odd-set",
            Limit::Targets => "targets",
        }
    }

    /// What sets the limit and what would help, as a sentence without its full stop.
    pub fn advice(self, names: &Names) -> String {
        let name = |list: &[String], index: usize, kind: &str| {
            list.get(index)
                .cloned()
                .unwrap_or_else(|| format!("{kind} {}", index + 1))
        };
        let pool = |index: usize| name(names.pools, index, "node");
        match self {
            Limit::Longest(job) => format!(
                "{} alone takes that long; a faster path for this one VM, not more migrations at once, would help",
                name(names.jobs, job, "VM")
            ),
            Limit::Link(link) => {
                let name = name(names.links, link, "link");
                let more = if name.starts_with(SMB_LIMIT) {
                    "a higher limit"
                } else {
                    "more bandwidth there"
                };
                format!("{name} is full all the time; {more}, not more migrations at once, would help")
            }
            Limit::Slots(index) => format!(
                "{} moves as many VMs as it may all the time; more migrations at once, not more bandwidth, would help",
                pool(index)
            ),
            Limit::OddSet([a, b, c]) => format!(
                "{}, {} and {} exchange VMs and one of them always waits; an even number of migrations at once, \
                 not more bandwidth, would help",
                pool(a),
                pool(b),
                pool(c)
            ),
            Limit::Targets => "all targets together receive all the time; more or faster targets would help".to_owned(),
        }
    }
}

/// A migration alone at its best rate.
#[derive(Clone, Copy, Debug)]
struct Need {
    seconds: f64,
    bytes: f64,
}

/// A set of three pools with jobs between each two of them.
#[derive(Clone, Debug)]
struct Triangle {
    pools: [usize; 3],
    seconds: f64,
}

/// What does not depend on the number of slots, worked out once per problem.
#[derive(Clone, Debug)]
pub struct Limits<'p> {
    problem: &'p Problem,
    needs: Vec<Need>,
    /// Seconds of the jobs of each pool, longest first.
    pool_seconds: Vec<Vec<f64>>,
    triangles: Vec<Triangle>,
    fixed: Vec<Bound>,
}

impl<'p> Limits<'p> {
    /// Works out the bounds of longest migration and links, and prepares those of slots.
    pub fn new(problem: &'p Problem) -> Limits<'p> {
        let needs: Vec<Need> = problem.jobs.iter().map(|job| need(job, problem)).collect();
        let mut pool_seconds: Vec<Vec<f64>> = vec![Vec::new(); problem.slots.len()];
        for (job, need) in problem.jobs.iter().zip(&needs) {
            for pool in pools(job) {
                if let Some(list) = pool_seconds.get_mut(pool) {
                    list.push(need.seconds);
                }
            }
        }
        for list in &mut pool_seconds {
            list.sort_by(|a, b| b.total_cmp(a));
        }
        let fixed = longest(problem, &needs)
            .into_iter()
            .chain((0..problem.links.len()).filter_map(|link| over_link(problem, &needs, link)))
            .collect();
        Limits {
            problem,
            pool_seconds,
            triangles: triangles(problem, &needs),
            fixed,
            needs,
        }
    }

    /// Every bound under these slot limits, one per pool; a pool without one has no slots.
    pub fn all(&self, slots: &[u32]) -> Vec<Bound> {
        let mut bounds = self.fixed.clone();
        for (pool, seconds) in self
            .pool_seconds
            .iter()
            .enumerate()
            .filter(|(_, list)| !list.is_empty())
        {
            let count = slots.get(pool).copied().unwrap_or(0);
            bounds.push(Bound {
                limit: Limit::Slots(pool),
                seconds: on_slots(seconds, u64::from(count)),
            });
        }
        bounds.extend(self.odd_set(slots));
        bounds
    }

    /// The largest bound under these slot limits: what binds. `None` without jobs.
    pub fn binding(&self, slots: &[u32]) -> Option<Bound> {
        largest(self.all(slots))
    }

    /// All bytes over the capacities of all links that lead into a target, for jobs whose target is still open.
    pub fn targets(&self, ingress: &[f64]) -> Bound {
        let bytes: f64 = self.needs.iter().map(|need| need.bytes).sum();
        let jobs = || self.problem.jobs.iter();
        let before_s = jobs()
            .map(|job| job.earliest_s + job.setup_s)
            .fold(f64::INFINITY, f64::min);
        let after_s = jobs().map(|job| job.switch_over_s).fold(f64::INFINITY, f64::min);
        let seconds = if self.needs.is_empty() {
            0.0
        } else {
            before_s + bytes / ingress.iter().sum::<f64>() + after_s
        };
        Bound {
            limit: Limit::Targets,
            seconds,
        }
    }

    /// The worst of the triangles.
    fn odd_set(&self, slots: &[u32]) -> Option<Bound> {
        let at_once = |triangle: &Triangle| {
            let counts = triangle.pools.iter().map(|pool| slots.get(*pool).copied().unwrap_or(0));
            counts.map(u64::from).sum::<u64>() / 2
        };
        let rough = |triangle: &Triangle| triangle.seconds / at_once(triangle) as f64;
        let worst = self.triangles.iter().max_by(|a, b| rough(a).total_cmp(&rough(b)))?;
        let inside = |job: &Job| {
            let ends = pools(job);
            ends.len() == 2 && ends.iter().all(|pool| worst.pools.contains(pool))
        };
        let jobs = self.problem.jobs.iter().zip(&self.needs).filter(|(job, _)| inside(job));
        let mut seconds: Vec<f64> = jobs.map(|(_, need)| need.seconds).collect();
        seconds.sort_by(|a, b| b.total_cmp(a));
        Some(Bound {
            limit: Limit::OddSet(worst.pools),
            seconds: on_slots(&seconds, at_once(worst)),
        })
    }
}

/// The largest of some bounds; the first of equal ones.
fn largest(bounds: Vec<Bound>) -> Option<Bound> {
    bounds
        .into_iter()
        .reduce(|best, next| if next.seconds > best.seconds { next } else { best })
}

/// The job alone at the best rate that its links and its own limit allow.
fn need(job: &Job, problem: &Problem) -> Need {
    let links = job.links.iter().filter_map(|link| problem.links.get(*link));
    let rate = links.copied().fold(job.cap, f64::min);
    // where the residue just equals the limit, rounding may decide either way: take the shorter
    let stopping = Stopping {
        residue_s: problem.stopping.residue_s * (1.0 + 1e-9),
        ..problem.stopping
    };
    let alone = copy(&job.memory, rate, &stopping, job.setup_s, job.switch_over_s);
    Need {
        seconds: alone.total_s,
        bytes: alone.bytes,
    }
}

/// The pools of a job, each once.
fn pools(job: &Job) -> Vec<usize> {
    let mut pools = job.slots.clone();
    pools.sort_unstable();
    pools.dedup();
    pools
}

fn longest(problem: &Problem, needs: &[Need]) -> Option<Bound> {
    let bounds = problem
        .jobs
        .iter()
        .zip(needs)
        .enumerate()
        .map(|(index, (job, need))| Bound {
            limit: Limit::Longest(index),
            seconds: job.earliest_s + need.seconds,
        });
    largest(bounds.collect())
}

/// `None` where no job crosses the link.
fn over_link(problem: &Problem, needs: &[Need], link: usize) -> Option<Bound> {
    let (mut bytes, mut before_s, mut after_s) = (0.0, f64::INFINITY, f64::INFINITY);
    for (job, need) in problem
        .jobs
        .iter()
        .zip(needs)
        .filter(|(job, _)| job.links.contains(&link))
    {
        bytes += need.bytes;
        before_s = before_s.min(job.earliest_s + job.setup_s);
        after_s = after_s.min(job.switch_over_s);
    }
    let capacity = problem.links.get(link).copied().unwrap_or(0.0);
    before_s.is_finite().then_some(Bound {
        limit: Limit::Link(link),
        seconds: before_s + bytes / capacity + after_s,
    })
}

/// Least time for jobs of these lengths, longest first, of which `slots` run at once.
fn on_slots(seconds: &[f64], slots: u64) -> f64 {
    if seconds.is_empty() || slots >= seconds.len() as u64 {
        return seconds.first().copied().unwrap_or(0.0);
    }
    if slots == 0 {
        return f64::INFINITY;
    }
    let mut worst = seconds.iter().sum::<f64>() / slots as f64;
    // the k + 1 shortest of the k * slots + 1 longest
    let mut last = slots as usize;
    let mut k = 1;
    while let Some(shortest) = seconds.get(last - k..=last) {
        worst = worst.max(shortest.iter().sum());
        last += slots as usize;
        k += 1;
    }
    worst
}

/// All sets of three pools with jobs between each two.
fn triangles(problem: &Problem, needs: &[Need]) -> Vec<Triangle> {
    let mut between: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for (job, need) in problem.jobs.iter().zip(needs) {
        if let [low, high] = pools(job)[..] {
            *between.entry((low, high)).or_insert(0.0) += need.seconds;
        }
    }
    let mut found = Vec::new();
    for (&(a, b), first) in &between {
        for (&(_, c), second) in between.range((a, b + 1)..(a + 1, 0)) {
            if let Some(third) = between.get(&(b, c)) {
                found.push(Triangle {
                    pools: [a, b, c],
                    seconds: first + second + third,
                });
            }
        }
    }
    found
}
