//! How transfers share links: max-min fair, plain or by weight.
//!
//! In: links with a capacity; flows with the links they cross, an own limit and a weight. Out: one rate per flow.
//! Must not know: migrations, passes, slots.
//!
//! Progressive filling: raise all rates together (in proportion to their weights) until a link is full or a flow has
//! reached its own limit, freeze those flows, go on with the others (Bertsekas, Gallager, "Data Networks", 6.5.2).
//! The result is unique: no flow can get more without taking from one that has no more than itself.

/// A transfer: the links it crosses, as indices into the capacities, and the most it can use by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Flow {
    /// Links; an index without a capacity is passed over.
    pub links: Vec<usize>,
    /// Own limit in the unit of the capacities; infinite for none.
    pub cap: f64,
}

/// Max-min fair rates, in the order of the flows. A flow without a limit on no link gets an infinite rate.
pub fn max_min(flows: &[Flow], capacities: &[f64]) -> Vec<f64> {
    weighted_max_min(flows, &vec![1.0; flows.len()], capacities)
}

/// As [`max_min`], with every flow raised in proportion to its weight: a bandwidth class under the minimum-bandwidth
/// weights of a virtual switch, or an ETS class. Unused shares go to those who can use them. A missing or
/// non-positive weight gets nothing.
pub fn weighted_max_min(flows: &[Flow], weights: &[f64], capacities: &[f64]) -> Vec<f64> {
    let shares: Vec<Share> = flows
        .iter()
        .enumerate()
        .map(|(index, flow)| Share::new(flow, weights.get(index).copied().unwrap_or(0.0), capacities.len()))
        .collect();
    let mut rates = vec![0.0; flows.len()];
    let mut open: Vec<usize> = (0..shares.len()).filter(|flow| shares[*flow].weight > 0.0).collect();
    Filler::new(capacities).fill(&mut open, &shares, &mut rates);
    rates
}

/// A flow ready for filling: all its links exist.
#[derive(Clone, Debug)]
pub(super) struct Share {
    cap: f64,
    weight: f64,
    links: Box<[usize]>,
}

impl Share {
    /// Keeps of the flow what filling needs; `links` is the number of links that exist.
    pub(super) fn new(flow: &Flow, weight: f64, links: usize) -> Share {
        Share {
            cap: flow.cap.max(0.0),
            weight,
            links: flow.links.iter().copied().filter(|link| *link < links).collect(),
        }
    }

    /// Links that it crosses.
    pub(super) fn links(&self) -> &[usize] {
        &self.links
    }

    /// Rate per weight at which the flow's own limit is reached.
    fn own_level(&self) -> f64 {
        self.cap / self.weight
    }
}

/// A link while rates are raised.
#[derive(Clone, Copy, Debug, Default)]
struct Filling {
    capacity: f64,
    /// Not yet given to a frozen flow.
    left: f64,
    /// Sum of the weights of the flows still open.
    weight: f64,
    open: u32,
    is_full: bool,
}

impl Filling {
    /// Rate per weight at which the link is full.
    fn level(&self) -> f64 {
        self.left.max(0.0) / self.weight.max(f64::MIN_POSITIVE)
    }
}

/// Fills links again and again without allocating.
#[derive(Clone, Debug)]
pub(super) struct Filler {
    links: Vec<Filling>,
    /// Links that some flow of this round crosses.
    touched: Vec<usize>,
}

/// Levels that differ by no more than rounding are the same level.
const SAME_LEVEL: f64 = 1.0 + 1e-12;

impl Filler {
    pub(super) fn new(capacities: &[f64]) -> Filler {
        let link = |capacity: &f64| Filling {
            capacity: *capacity,
            ..Filling::default()
        };
        Filler {
            links: capacities.iter().map(link).collect(),
            touched: Vec::with_capacity(capacities.len()),
        }
    }

    /// From now on the link has another capacity.
    pub(super) fn set_capacity(&mut self, link: usize, capacity: f64) {
        if let Some(link) = self.links.get_mut(link) {
            link.capacity = capacity;
        }
    }

    /// Writes the rate of every open flow; `open` holds indices into `shares` and `rates` and is empty afterwards.
    pub(super) fn fill(&mut self, open: &mut Vec<usize>, shares: &[Share], rates: &mut [f64]) {
        self.start(open, shares);
        while !open.is_empty() {
            let full = self.lowest_level();
            let own = open
                .iter()
                .map(|flow| shares[*flow].own_level())
                .fold(f64::INFINITY, f64::min);
            if own <= full {
                // whoever is content below the level of the fullest link stays content: levels only rise
                self.freeze(open, shares, rates, |share, _| {
                    (share.own_level() <= full).then_some(share.cap)
                });
            } else {
                self.mark_full(full);
                self.freeze(open, shares, rates, |share, links| {
                    let stopped = share.links.iter().any(|link| links[*link].is_full);
                    stopped.then_some(full * share.weight)
                });
            }
        }
    }

    /// Empties the links and counts who crosses them.
    fn start(&mut self, open: &[usize], shares: &[Share]) {
        self.touched.clear();
        for share in open.iter().map(|flow| &shares[*flow]) {
            for index in share.links.iter().copied() {
                let link = &mut self.links[index];
                if link.open == 0 {
                    (link.left, link.weight, link.is_full) = (link.capacity, 0.0, false);
                    self.touched.push(index);
                }
                link.open += 1;
                link.weight += share.weight;
            }
        }
    }

    fn lowest_level(&self) -> f64 {
        let open = self
            .touched
            .iter()
            .map(|link| &self.links[*link])
            .filter(|link| link.open > 0);
        open.map(Filling::level).fold(f64::INFINITY, f64::min)
    }

    fn mark_full(&mut self, level: f64) {
        for index in &self.touched {
            let link = &mut self.links[*index];
            link.is_full = link.open > 0 && link.level() <= level * SAME_LEVEL;
        }
    }

    /// Takes the flows for which `rate` gives a rate out of the open ones and off their links.
    fn freeze<R>(&mut self, open: &mut Vec<usize>, shares: &[Share], rates: &mut [f64], rate: R)
    where
        R: Fn(&Share, &[Filling]) -> Option<f64>,
    {
        open.retain(|flow| {
            let share = &shares[*flow];
            let Some(rate) = rate(share, &self.links) else {
                return true;
            };
            rates[*flow] = rate;
            for index in share.links.iter() {
                let link = &mut self.links[*index];
                link.open -= 1;
                link.left -= rate;
                link.weight -= share.weight;
            }
            false
        });
    }
}
