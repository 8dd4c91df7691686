//! Loads against capacities, node by node, over normal operation and every failure that must be survived.

use super::Count;
use super::survival::Loss;
use crate::demand;
use crate::migration;
use crate::plan::Mechanism;
use crate::roles::Role;
use crate::units::{Mbps, permille_up};

impl Count<'_> {
    /// Shortfalls of capacity; returns the worst utilisation of each node.
    pub fn capacity(&mut self) -> Vec<u64> {
        let nodes = self.instance.cluster.nodes.len();
        (0..nodes).map(|node| self.node_capacity(node)).collect()
    }

    fn node_capacity(&mut self, node: usize) -> u64 {
        let mut worst = 0;
        let losses = self.losses(node);
        let landed: Vec<Vec<(usize, Role)>> = losses.iter().map(|loss| self.landed(node, loss)).collect();
        for uplink in (0..self.design.uplinks.len()).filter(|u| !self.decisions.nics[node][*u].is_empty()) {
            let (missing, utilisation) = self.uplink_capacity(node, uplink, &losses, &landed);
            worst = worst.max(utilisation);
            if missing > 0 {
                let name = self.design.uplink_name(self.instance, uplink);
                self.miss(
                    "capacity".to_owned(),
                    format!("{}/{name}", self.node_name(node)),
                    missing,
                );
            }
        }
        self.drain_time(node);
        worst
    }

    fn landed(&self, node: usize, loss: &Loss) -> Vec<(usize, Role)> {
        let mut landed = Vec::new();
        for (uplink, role) in self.instances().into_iter().filter(|(_, r)| r.info().falls_back) {
            let served = !self.nics(node, uplink).is_empty();
            if served && self.is_dead(node, uplink, loss) {
                landed.extend(self.refuge(node, uplink, loss).map(|u| (u, role)));
            }
        }
        landed
    }

    fn uplink_capacity(
        &self,
        node: usize,
        uplink: usize,
        losses: &[Loss],
        landed: &[Vec<(usize, Role)>],
    ) -> (Mbps, u64) {
        let shape = &self.design.uplinks[uplink];
        let nics = &self.instance.cluster.nodes[node].nics;
        let speeds: Vec<Mbps> = self.nics(node, uplink).iter().map(|n| nics[*n].speed).collect();
        let demand = &self.instance.demand[node];
        let host: Mbps = shape.roles.iter().map(|r| demand[*r as usize]).sum();
        let load = host + shape.network.map_or(0, |n| self.load[node][n]);
        let normal = self.sum(uplink, &speeds);
        let mut missing = load.saturating_sub(normal);
        let mut utilisation = permille_up(load, normal);
        for (loss, landed) in losses.iter().zip(landed) {
            let here: Vec<Role> = landed.iter().filter(|(u, _)| *u == uplink).map(|(_, r)| *r).collect();
            let asked = |r: &Role| self.instance.must[*r as usize][loss.kind() as usize];
            if !shape.roles.iter().any(asked) && !here.iter().any(asked) {
                continue;
            }
            let capacity = self.sum(uplink, &self.alive(node, uplink, loss));
            if capacity == 0 {
                continue;
            }
            let with = load + here.iter().map(|r| demand[*r as usize]).sum::<Mbps>();
            missing = missing.max(with.saturating_sub(capacity));
            utilisation = utilisation.max(permille_up(with, capacity));
        }
        let widest = speeds.iter().copied().max().unwrap_or(0);
        let wide = shape.network.map_or(0, |network| self.too_wide(node, network, widest));
        (missing + wide, utilisation)
    }

    /// Mbit/s that vNICs of a node need above the speed of one port of their network.
    fn too_wide(&self, node: usize, network: usize, widest: Mbps) -> Mbps {
        let here = self.instance.items_of[node].iter();
        here.filter(|i| self.decisions.network[**i] == Some(network))
            .map(|i| self.instance.items[*i].need.saturating_sub(widest))
            .sum()
    }

    pub fn sum(&self, uplink: usize, speeds: &[Mbps]) -> Mbps {
        match self.design.uplinks[uplink].mechanism {
            Mechanism::Networks => speeds.iter().copied().max().unwrap_or(0),
            _ => speeds.iter().sum(),
        }
    }

    fn drain_time(&mut self, node: usize) {
        let cluster = self.instance.cluster;
        let Some(minutes) = cluster.policy.drain_minutes else {
            return;
        };
        if !self.instance.roles.contains(&Role::LiveMigration) {
            return;
        }
        let vms = demand::live_moved(cluster, node).count() as u64;
        if vms > 0 && minutes * 60 <= migration::overhead_s(vms, migration::concurrency(cluster)) {
            self.miss("drain-time".to_owned(), self.node_name(node).to_owned(), 0);
        }
    }
}
