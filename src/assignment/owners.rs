//! Which external networks VMs with dedicated vNICs have for themselves.
//!
//! In: the instance and a number of networks. Out: [`Owners`]. Must not know: ports, zones of networks.

use super::design::{Design, FEW_NETWORKS};
use super::instance::{Instance, Item};
use super::networks::zones_required;
use crate::units::Mbps;
use std::collections::BTreeSet;

/// VMs that are tried as owners; above it not every way is listed.
const CANDIDATES: usize = 5;

/// Ways to give networks to VMs.
pub struct Owners {
    /// Owner of each network.
    pub ways: Vec<Vec<Option<usize>>>,
    /// Dedicated vNICs that stay without a network of their own in every way.
    pub unmet: u64,
    /// Whether every way that can be best is listed.
    pub complete: bool,
    /// Whether ways were left out in which a vNIC moves that could stay.
    pub at_home: bool,
}

/// A VM with dedicated vNICs. All of these are kept on its own networks or none: one alone and one beside other VMs is never
/// better than both alone, unless the first must also be kept from the zone of the second.
struct Claim {
    vm: usize,
    vnics: usize,
    largest: Mbps,
    /// Its dedicated vNICs are in different zones.
    torn: bool,
    /// Names of the networks that its dedicated vNICs are on today.
    homes: BTreeSet<Option<usize>>,
}

/// The ways to give networks to VMs with dedicated vNICs that leave the fewest dedicated vNICs among others; where
/// required zones compete for the same networks, all ways.
///
/// `alike`: whether a network is interchangeable with others of the kind, whose owners then ascend.
pub fn owners(instance: &Instance, design: &Design, alike: &dyn Fn(usize) -> bool) -> Owners {
    let networks = design.networks;
    let mut claims = claims(instance);
    let claimed = claims.len();
    let total: usize = claims.iter().map(|c| c.vnics).sum();
    let others = instance.items.iter().any(|i| claims.iter().all(|c| c.vm != i.vm));
    let most = if !others && claimed <= networks {
        claimed
    } else {
        claimed.min(networks.saturating_sub(1))
    };
    let best: usize = claims.iter().take(most).map(|c| c.vnics).sum();
    let competing = zones_required(instance) || instance.isolated.iter().any(|zone| zone.required);
    if let Some(last) = most.checked_sub(1).and_then(|last| claims.get(last)).map(|c| c.vnics)
        && !competing
    {
        claims.retain(|c| c.vnics >= last);
    }
    let few = networks <= FEW_NETWORKS;
    let tried = if few { CANDIDATES } else { networks };
    let complete = claims.len() <= tried && !(competing && claims.iter().any(|c| c.torn));
    claims.truncate(tried);
    let kept = |way: &[Option<usize>]| -> Vec<&Claim> {
        let owns = |c: &&Claim| way.contains(&Some(c.vm));
        claims.iter().filter(owns).collect()
    };
    let fits = |way: &Vec<Option<usize>>| {
        let kept = kept(way);
        let left = others || kept.len() < claimed;
        let all: usize = kept.iter().map(|c| c.vnics).sum();
        (!left || way.contains(&None)) && (competing || all == best)
    };
    Owners {
        ways: ways(&claims, design, alike).into_iter().filter(fits).collect(),
        unmet: total.saturating_sub(best) as u64,
        complete,
        at_home: !few && claims.iter().any(|claim| claim.stays(design)),
    }
}

impl Claim {
    /// Whether all its dedicated vNICs can stay where they are.
    fn stays(&self, design: &Design) -> bool {
        self.homes
            .iter()
            .all(|home| home.is_some_and(|home| design.labels.contains(&home)))
    }
}

/// VMs with dedicated vNICs: those with the most first, then those with the largest.
fn claims(instance: &Instance) -> Vec<Claim> {
    let mut claims: Vec<Claim> = Vec::new();
    let mut zones: BTreeSet<usize> = BTreeSet::new();
    for item in instance.items.iter().filter(|i| i.dedicated) {
        let Item { vm, need, zone, .. } = item;
        match claims.last_mut().filter(|c| c.vm == *vm) {
            Some(claim) => {
                zones.insert(*zone);
                claim.vnics += 1;
                claim.largest = claim.largest.max(*need);
                claim.torn = zones.len() > 1;
                claim.homes.insert(item.current);
            }
            None => {
                zones = BTreeSet::from([*zone]);
                claims.push(Claim {
                    vm: *vm,
                    vnics: 1,
                    largest: *need,
                    torn: false,
                    homes: BTreeSet::from([item.current]),
                });
            }
        }
    }
    claims.sort_by_key(|c| (std::cmp::Reverse((c.vnics, c.largest)), c.vm));
    claims
}

/// Every way to give each network to nobody or to one of the VMs, none more networks than it has dedicated vNICs.
/// With many networks a VM whose vNICs can stay where they are gets no other.
fn ways(claims: &[Claim], design: &Design, alike: &dyn Fn(usize) -> bool) -> Vec<Vec<Option<usize>>> {
    let at_home = |claim: &Claim, network: usize| {
        let home = claim.homes.contains(&Some(design.labels[network]));
        home || design.networks <= FEW_NETWORKS || !claim.stays(design)
    };
    let mut all = vec![Vec::new()];
    for network in 0..design.networks {
        let ordered = network > 0 && alike(network) && alike(network - 1);
        let mut next = Vec::new();
        for partial in all {
            let least = partial.last().copied().flatten().filter(|_| ordered);
            let held = |c: &&Claim| partial.iter().filter(|o| **o == Some(c.vm)).count() < c.vnics;
            let choices = claims.iter().filter(held).filter(|c| at_home(c, network));
            let choices = choices.map(|c| Some(c.vm));
            for choice in [None].into_iter().chain(choices).filter(|choice| *choice >= least) {
                let mut with: Vec<Option<usize>> = partial.clone();
                with.push(choice);
                next.push(with);
            }
        }
        all = next;
    }
    all
}
