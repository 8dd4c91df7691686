//! What must or should be apart and is not, counted on concrete decisions.

use super::Count;
use crate::policy::Strength;
use std::collections::BTreeSet;

impl Count<'_> {
    pub fn isolation(&mut self) {
        let cluster = self.instance.cluster;
        for (a, b) in cluster.policy.required_apart(&self.instance.roles, cluster.iscsi()) {
            let shared = self
                .design
                .uplinks
                .iter()
                .position(|u| u.roles.contains(&a) && u.roles.contains(&b));
            if let Some(uplink) = shared {
                let subject = self.design.uplink_name(self.instance, uplink);
                self.miss(format!("apart:{a}|{b}"), subject, 0);
            }
        }
        if cluster.policy.separate_zones == Strength::Required {
            for network in 0..self.design.networks {
                for _ in 1..self.zones_on(network).len() {
                    let subject = self.design.network_name(self.instance, network);
                    self.miss("apart:zones".to_owned(), subject, 0);
                }
            }
        }
        for zone in self.instance.isolated.iter().filter(|zone| zone.required) {
            for network in self.exposed_on(zone.zone) {
                let subject = self.design.network_name(self.instance, network);
                self.miss(format!("apart:zone:{}", zone.name), subject, 0);
            }
        }
        self.dedicated();
    }

    /// vNICs that want a network of their own and share it with another VM.
    fn dedicated(&mut self) {
        let cluster = self.instance.cluster;
        for (index, item) in self.instance.items.iter().enumerate().filter(|(_, i)| i.dedicated) {
            let network = self.decisions.network[index];
            let shared = network.is_some()
                && self
                    .instance
                    .items
                    .iter()
                    .zip(&self.decisions.network)
                    .any(|(o, n)| *n == network && o.vm != item.vm);
            if shared {
                let vm = &cluster.vms[item.vm];
                self.miss(
                    "dedicated".to_owned(),
                    format!("{}/{}", vm.name, vm.vnics[item.vnic].name),
                    0,
                );
            }
        }
    }

    pub fn zones_on(&self, network: usize) -> BTreeSet<usize> {
        let placed = self.instance.items.iter().zip(&self.decisions.network);
        let on = placed.filter(|(_, n)| **n == Some(network));
        on.map(|(item, _)| item.zone).filter(|z| *z > 0).collect()
    }

    /// Networks on which a zone shares its ports with host roles or other zones.
    pub fn exposed_on(&self, zone: usize) -> Vec<usize> {
        let exposed = |network: &usize| {
            let zones = self.zones_on(*network);
            let uplink = self.design.uplink_of_network(*network);
            let pure = uplink.is_some_and(|u| self.design.uplinks[u].roles.len() == 1);
            zones.contains(&zone) && (zones.len() > 1 || !pure)
        };
        (0..self.design.networks).filter(exposed).collect()
    }
}
