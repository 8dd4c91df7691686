//! How often each wish is unmet, counted on concrete decisions.

use super::Count;
use super::survival::Lost;
use crate::policy::Wish;
use crate::roles::Role;
use std::collections::BTreeSet;

impl Count<'_> {
    pub fn wishes(&self, lost: &Lost) -> Vec<u64> {
        self.instance.wishes.iter().map(|wish| self.wish(wish, lost)).collect()
    }

    fn wish(&self, wish: &Wish, lost: &Lost) -> u64 {
        let nodes = 0..self.instance.cluster.nodes.len();
        let uplink_of = |role: &Role| self.design.uplink_of(*role);
        let count = match wish {
            Wish::Apart(a, b) => usize::from(self.design.together(*a, *b)),
            Wish::Survive(role, kind) => lost.iter().filter(|(_, _, r, k)| r == role && k == kind).count(),
            Wish::OwnPath(role) => nodes
                .filter(|n| uplink_of(role).is_some_and(|u| self.nics(*n, u).len() == 1))
                .count(),
            Wish::Rdma(role) => nodes
                .filter(|n| !uplink_of(role).is_some_and(|u| self.rdma(*n, u)))
                .count(),
            Wish::ZonesApart => (0..self.design.networks)
                .map(|n| self.zones_on(n).len().saturating_sub(1))
                .sum(),
            Wish::ZoneAlone(name) => {
                let zone = self.instance.isolated.iter().find(|i| i.name == *name);
                zone.map_or(0, |zone| usize::from(!self.exposed_on(zone.zone).is_empty()))
            }
            Wish::HeavyApart => self.heavy_among_small(),
        };
        count as u64
    }

    fn rdma(&self, node: usize, uplink: usize) -> bool {
        let nics = &self.instance.cluster.nodes[node].nics;
        let used = self.nics(node, uplink);
        let kept = self.design.uplinks[uplink].network.is_none() || self.instance.cluster.profile.rdma_on_switch;
        kept && !used.is_empty() && used.iter().all(|n| nics[*n].rdma.on())
    }

    fn heavy_among_small(&self) -> usize {
        let placed = || self.instance.items.iter().zip(&self.decisions.network);
        let small: BTreeSet<usize> = placed()
            .filter(|(i, _)| !i.heavy && i.need > 0)
            .filter_map(|(_, n)| *n)
            .collect();
        placed()
            .filter(|(i, n)| i.heavy && n.is_some_and(|n| small.contains(&n)))
            .count()
    }
}
