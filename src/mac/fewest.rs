//! The fewest cold starts that end every clash of a group of VMs.
//!
//! In: for each VM what each way to start it ends and costs; for each clash its one or two VMs. Out: a way for some of them, and
//! whether fewer starts are proven impossible. Must not know: addresses, nodes, pools.
//!
//! # Why
//! Of the VMs of each clash one must start, so this is a vertex cover, in which it matters how a VM is covered: a start on one node
//! draws other addresses anew than a start on another. Groups are small in practice, so all choices are searched (branch and bound).
//! What must still start is at least, of VMs that all clash with each other, all but one. The work is counted, never timed.

/// What something costs, the first number that differs decides: cold starts, then whatever the caller would rather not have.
pub(super) type Cost = [u64; 5];

/// Clashes looked at in one group before the search stops with what it has.
const MOST_WORK: usize = 4_000_000;
/// VMs of a group up to which all choices are searched; the search is as deep as this.
const MOST_VMS: usize = 256;

/// One way to start a VM.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    /// Clashes that it ends, ascending.
    pub ends: Vec<usize>,
    pub cost: Cost,
}

/// VMs that clashes tie together.
#[derive(Clone, Debug, Default)]
pub(super) struct Group {
    /// For each VM the ways to start it, the dearer ones last; the VMs that should rather start first.
    pub ways: Vec<Vec<Way>>,
    /// The VMs of each clash, one or two, which may be the same.
    pub clashes: Vec<(usize, Option<usize>)>,
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Choice {
    /// For each VM the way it starts; `None` = it need not.
    pub ways: Vec<Option<usize>>,
    /// Fewer cold starts are impossible.
    pub proven: bool,
}

/// What is decided of a VM.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decision {
    Open,
    /// It does not start.
    Stays,
    Starts(usize),
}

struct Search<'g, F> {
    group: &'g Group,
    /// Whether starting the VMs in these ways really ends all.
    works: F,
    decided: Vec<Decision>,
    best: Option<(Cost, Vec<Option<usize>>)>,
    /// The fewest starts of a choice that did not work.
    refused: Option<u64>,
    work: usize,
    /// The least that a start costs.
    floor: Cost,
}

/// What the decisions so far leave to do.
struct Left {
    /// Clashes that nothing ends yet, each with the undecided VMs that could.
    clashes: Vec<(usize, Vec<usize>)>,
    /// No choice ends this one any more.
    dead: bool,
}

/// The choice with the fewest starts for which `works` says that it ends all clashes; `None` = none was found.
pub(super) fn fewest(group: &Group, works: impl FnMut(&[Option<usize>]) -> bool) -> Option<Choice> {
    let costs = group.ways.iter().flatten().map(|way| way.cost);
    let mut search = Search {
        group,
        works,
        decided: vec![Decision::Open; group.ways.len()],
        best: None,
        refused: None,
        work: 0,
        floor: costs.filter(|cost| cost[0] > 0).min().unwrap_or_default(),
    };
    let least = search.least(&search.left());
    search.first_guess();
    search.decided.fill(Decision::Open);
    if group.ways.len() <= MOST_VMS {
        search.descend();
    }
    let complete = group.ways.len() <= MOST_VMS && search.work <= MOST_WORK;
    let refused = search.refused;
    let (cost, ways) = search.best?;
    let proven = cost[0] <= least || (complete && refused.is_none_or(|starts| cost[0] <= starts));
    Some(Choice { ways, proven })
}

fn plus(a: Cost, b: Cost) -> Cost {
    std::array::from_fn(|i| a[i] + b[i])
}

impl<F: FnMut(&[Option<usize>]) -> bool> Search<'_, F> {
    fn can_end(&self, vm: usize, clash: usize) -> bool {
        let ways = self.group.ways[vm].iter();
        ways.into_iter().any(|way| way.ends.binary_search(&clash).is_ok())
    }

    fn left(&self) -> Left {
        let mut left = Left {
            clashes: Vec::new(),
            dead: false,
        };
        for (clash, (first, second)) in self.group.clashes.iter().enumerate() {
            let sides = [Some(*first), second.filter(|second| second != first)];
            let sides: Vec<usize> = sides.into_iter().flatten().collect();
            let ended = sides.iter().any(|vm| match self.decided[*vm] {
                Decision::Starts(way) => self.group.ways[*vm][way].ends.binary_search(&clash).is_ok(),
                Decision::Open | Decision::Stays => false,
            });
            if ended {
                continue;
            }
            let open = |vm: &usize| self.decided[*vm] == Decision::Open && self.can_end(*vm, clash);
            let sides: Vec<usize> = sides.into_iter().filter(open).collect();
            left.dead |= sides.is_empty();
            left.clashes.push((clash, sides));
        }
        left
    }

    /// Starts that are still needed at least: those of VMs that alone can end a clash, and of VMs that all clash with each other
    /// all but one.
    fn least(&self, left: &Left) -> u64 {
        let vms = self.group.ways.len();
        let pays = |vm: usize| self.group.ways[vm].iter().all(|way| way.cost[0] > 0);
        let mut counted: Vec<bool> = (0..vms).map(|vm| !pays(vm)).collect();
        let mut neighbours = vec![Vec::new(); vms];
        let mut least = 0;
        for (_, sides) in &left.clashes {
            match sides[..] {
                [vm] if !counted[vm] => {
                    counted[vm] = true;
                    least += 1;
                }
                [a, b] => {
                    neighbours[a].push(b);
                    neighbours[b].push(a);
                }
                _ => {}
            }
        }
        neighbours.iter_mut().for_each(|all| all.sort_unstable());
        for vm in 0..vms {
            let mut together = vec![vm];
            if counted[vm] {
                continue;
            }
            for other in &neighbours[vm] {
                let all_clash = together.iter().all(|one| neighbours[*one].binary_search(other).is_ok());
                if !counted[*other] && !together.contains(other) && all_clash {
                    together.push(*other);
                }
            }
            least += together.len() as u64 - 1;
            together.into_iter().for_each(|one| counted[one] = true);
        }
        least
    }

    fn spent(&self) -> Cost {
        let decided = self.decided.iter().enumerate();
        let costs = decided.filter_map(|(vm, decision)| match decision {
            Decision::Starts(way) => Some(self.group.ways[vm][*way].cost),
            Decision::Open | Decision::Stays => None,
        });
        costs.fold(Cost::default(), plus)
    }

    /// The VM to decide next, and the clash that only it can end: else the one with most clashes, the first of several.
    fn next(&self, left: &Left) -> Option<(usize, Option<usize>)> {
        if let Some((clash, sides)) = left.clashes.iter().find(|(_, sides)| sides.len() == 1) {
            return Some((sides[0], Some(*clash)));
        }
        let mut clashes = vec![0_usize; self.group.ways.len()];
        left.clashes
            .iter()
            .flat_map(|(_, sides)| sides)
            .for_each(|vm| clashes[*vm] += 1);
        let most = clashes.iter().copied().max().filter(|most| *most > 0)?;
        clashes.iter().position(|c| *c == most).map(|vm| (vm, None))
    }

    /// Ways of the VM that end something that is left, or this clash; those that end most first.
    fn useful(&self, vm: usize, left: &Left, clash: Option<usize>) -> Vec<usize> {
        let ends = |way: &Way| {
            let ended = left.clashes.iter().filter(|(c, _)| way.ends.binary_search(c).is_ok());
            let must = clash.is_none_or(|c| way.ends.binary_search(&c).is_ok());
            if must { ended.count() } else { 0 }
        };
        let ways = self.group.ways[vm].iter().enumerate();
        let mut useful: Vec<(usize, usize)> = ways.map(|(i, way)| (ends(way), i)).filter(|(n, _)| *n > 0).collect();
        useful.sort_by_key(|(ended, way)| (std::cmp::Reverse(*ended), *way));
        useful.into_iter().map(|(_, way)| way).collect()
    }

    /// A choice without looking back: always the VM with most clashes.
    fn first_guess(&mut self) {
        loop {
            let left = self.left();
            let Some((vm, clash)) = self.next(&left) else {
                if !left.dead {
                    self.settle();
                }
                return;
            };
            let Some(way) = self.useful(vm, &left, clash).first().copied() else {
                return;
            };
            self.decided[vm] = Decision::Starts(way);
        }
    }

    /// All decisions are taken: the choice is the best if it costs less and works.
    fn settle(&mut self) {
        let cost = self.spent();
        if self.best.as_ref().is_some_and(|(best, _)| cost >= *best) {
            return;
        }
        let way = |decision: &Decision| match decision {
            Decision::Starts(way) => Some(*way),
            Decision::Open | Decision::Stays => None,
        };
        let ways: Vec<Option<usize>> = self.decided.iter().map(way).collect();
        if (self.works)(&ways) {
            self.best = Some((cost, ways));
        } else {
            self.refused = Some(self.refused.map_or(cost[0], |fewest| fewest.min(cost[0])));
        }
    }

    fn descend(&mut self) {
        self.work += self.group.clashes.len() + 1;
        let left = self.left();
        if left.dead || self.work > MOST_WORK {
            return;
        }
        let least = self.least(&left);
        let bound = plus(self.spent(), self.floor.map(|part| part * least));
        if self.best.as_ref().is_some_and(|(best, _)| bound >= *best) {
            return;
        }
        let Some((vm, clash)) = self.next(&left) else {
            self.settle();
            return;
        };
        for way in self.useful(vm, &left, clash) {
            self.decided[vm] = Decision::Starts(way);
            self.descend();
        }
        if clash.is_none() {
            self.decided[vm] = Decision::Stays;
            self.descend();
        }
        self.decided[vm] = Decision::Open;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(ends: &[usize], cost: Cost) -> Way {
        Way {
            ends: ends.to_vec(),
            cost,
        }
    }

    /// VMs of which each has one way that ends all its clashes.
    fn plain(vms: usize, clashes: &[(usize, usize)]) -> Group {
        let of = |vm: usize| {
            let own = clashes.iter().enumerate().filter(|(_, c)| c.0 == vm || c.1 == vm);
            vec![way(&own.map(|(i, _)| i).collect::<Vec<_>>(), [1, 1, 0, 0, 0])]
        };
        Group {
            ways: (0..vms).map(of).collect(),
            clashes: clashes.iter().map(|(a, b)| (*a, Some(*b))).collect(),
        }
    }

    fn cost(group: &Group, ways: &[Option<usize>]) -> Cost {
        let chosen = group
            .ways
            .iter()
            .zip(ways)
            .filter_map(|(all, way)| way.map(|w| all[w].cost));
        chosen.fold(Cost::default(), plus)
    }

    fn starts(group: &Group) -> (u64, bool) {
        let choice = fewest(group, |_| true).expect("a choice");
        (cost(group, &choice.ways)[0], choice.proven)
    }

    /// What the best of all choices costs, by trying every one.
    fn by_trying_all(group: &Group) -> Option<Cost> {
        let mut best: Option<Cost> = None;
        let mut ways: Vec<Option<usize>> = vec![None; group.ways.len()];
        loop {
            let ended = |clash: usize, vm: usize| {
                ways[vm].is_some_and(|way| group.ways[vm][way].ends.binary_search(&clash).is_ok())
            };
            let mut clashes = group.clashes.iter().enumerate();
            if clashes.all(|(i, (a, b))| ended(i, *a) || b.is_some_and(|b| ended(i, b))) {
                let this = cost(group, &ways);
                best = Some(best.map_or(this, |best| best.min(this)));
            }
            let Some(vm) = (0..ways.len())
                .find(|vm| ways[*vm].is_none_or(|w| w + 1 < group.ways[*vm].len()) && !group.ways[*vm].is_empty())
            else {
                return best;
            };
            ways[vm] = Some(ways[vm].map_or(0, |way| way + 1));
            ways[..vm].fill(None);
        }
    }

    #[test]
    fn the_vm_in_the_middle_of_a_star_starts_and_not_its_rays() {
        assert_eq!(starts(&plain(4, &[(0, 1), (0, 2), (0, 3)])), (1, true));
    }

    #[test]
    fn a_chain_on_which_always_taking_the_most_tied_vm_takes_one_too_many_is_searched() {
        // Most clashes first: 0 with its three, then one of each of the three pairs that are left. The pairs alone do.
        let clashes = [(0, 1), (0, 2), (0, 3), (1, 4), (2, 5), (3, 6)];

        assert_eq!(starts(&plain(7, &clashes)), (3, true));
    }

    #[test]
    fn no_choice_of_small_groups_costs_less_than_the_one_found() {
        let mut state = 7_u64;
        let mut roll = |sides: usize| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) as usize % sides
        };
        for case in 0..1_500 {
            let vms = 1 + roll(6);
            let clashes: Vec<(usize, Option<usize>)> = (0..1 + roll(9))
                .map(|_| (roll(vms), (roll(5) > 0).then(|| roll(vms))))
                .collect();
            let mut ways = vec![Vec::new(); vms];
            for (vm, ways) in ways.iter_mut().enumerate() {
                for _ in 0..roll(4) {
                    let own = |(_, (a, b)): &(usize, &(usize, Option<usize>))| *a == vm || *b == Some(vm);
                    let own: Vec<usize> = clashes.iter().enumerate().filter(own).map(|(i, _)| i).collect();
                    let ends: Vec<usize> = own.into_iter().filter(|_| roll(3) > 0).collect();
                    let cost = [
                        roll(3) as u64,
                        roll(2) as u64,
                        roll(2) as u64,
                        roll(3) as u64,
                        roll(3) as u64,
                    ];
                    ways.push(way(&ends, cost));
                }
            }
            let group = Group { ways, clashes };

            let found = fewest(&group, |_| true);

            let least = by_trying_all(&group);
            assert_eq!(
                found.as_ref().map(|f| cost(&group, &f.ways)),
                least,
                "case {case}: {group:?}"
            );
            assert!(found.is_none_or(|f| f.proven), "case {case}");
        }
    }

    #[test]
    fn a_choice_that_does_not_work_is_not_taken_and_its_number_is_not_called_impossible() {
        let group = plain(2, &[(0, 1)]);

        let second = fewest(&group, |ways| ways[0].is_none()).expect("a choice");
        assert_eq!((second.ways, second.proven), (vec![None, Some(0)], true));

        let mut dear = group.clone();
        dear.ways[1][0].cost = [2, 0, 0, 0, 0];
        let second = fewest(&dear, |ways| ways[0].is_none()).expect("a choice");
        assert!(!second.proven);
        assert_eq!(fewest(&dear, |_| false), None);
    }

    /// A ring of VMs beside each other and over three: too much to search, and all but one of its cliques prove nothing.
    #[test]
    fn what_is_too_much_to_search_is_answered_and_not_called_proven() {
        let ring: Vec<(usize, usize)> = (0..200)
            .flat_map(|vm| [1, 3, 7, 12].map(|step| (vm, (vm + step) % 200)))
            .collect();

        let (found, proven) = starts(&plain(200, &ring));

        assert!((100..200).contains(&found) && !proven, "{found}");
    }

    #[test]
    fn all_but_one_of_many_clones_start_and_that_is_proven() {
        let all: Vec<(usize, usize)> = (0..64).flat_map(|a| (0..a).map(move |b| (a, b))).collect();

        assert_eq!(starts(&plain(64, &all)), (63, true));
    }
}
