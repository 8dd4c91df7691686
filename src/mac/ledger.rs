//! Who holds which address: every vNIC, host vNIC and physical port of every cluster.
//!
//! In: the inventory. Out: holders sorted by address. Must not know: which holders may share an address on purpose.

use crate::inventory::{Inventory, Vm, Vnic};
use crate::units::Mac;

/// What holds an address; indices into the cluster's lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// A physical port: node and NIC.
    Nic(usize, usize),
    /// A vNIC of the management operating system: node and host vNIC.
    HostVnic(usize, usize),
    /// A vNIC of a VM: VM and vNIC.
    Vnic(usize, usize),
}

/// One holder of an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holder {
    /// The address; never the unset one.
    pub mac: Mac,
    /// Index of the cluster.
    pub cluster: usize,
    /// What holds it.
    pub place: Place,
}

impl Holder {
    /// The vNIC with its VM, if the holder is one.
    pub fn vnic(self, inventory: &Inventory) -> Option<(&Vm, &Vnic)> {
        let Place::Vnic(vm, vnic) = self.place else { return None };
        let vm = inventory.clusters.get(self.cluster)?.vms.get(vm)?;
        Some((vm, vm.vnics.get(vnic)?))
    }
}

/// All holders of all clusters, sorted by address, then in inventory order (ports, host vNICs, vNICs).
pub fn ledger(inventory: &Inventory) -> Vec<Holder> {
    let mut holders = Vec::new();
    for (index, cluster) in inventory.clusters.iter().enumerate() {
        let mut add = |mac: Option<Mac>, place: Place| {
            let known = mac.filter(|m| !m.is_unset());
            holders.extend(known.map(|mac| Holder {
                mac,
                cluster: index,
                place,
            }));
        };
        for (n, node) in cluster.nodes.iter().enumerate() {
            node.nics
                .iter()
                .enumerate()
                .for_each(|(i, nic)| add(nic.mac, Place::Nic(n, i)));
            node.host_vnics
                .iter()
                .enumerate()
                .for_each(|(i, vnic)| add(vnic.mac, Place::HostVnic(n, i)));
        }
        for (v, vm) in cluster.vms.iter().enumerate() {
            vm.vnics
                .iter()
                .enumerate()
                .for_each(|(i, vnic)| add(vnic.mac, Place::Vnic(v, i)));
        }
    }
    holders.sort_unstable();
    holders
}

/// All holders of one address; `holders` sorted as [`ledger`] gives them.
pub fn holders_of(holders: &[Holder], mac: Mac) -> &[Holder] {
    let start = holders.partition_point(|h| h.mac < mac);
    let end = holders.partition_point(|h| h.mac <= mac);
    &holders[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::testing::{cluster, inventory, vm};

    #[test]
    fn every_known_address_is_listed_and_unset_ones_are_not() {
        let mut facts = cluster("C", 1);
        facts.nodes[0].nics[0].mac = Some(Mac(9));
        let mut guest = vm("A", Some(0), &[0], 3);
        guest.vnics[0].mac = Some(Mac(5));
        guest.vnics[1].mac = Some(Mac(0));
        guest.vnics[2].mac = Some(Mac(9));
        facts.vms = vec![guest];

        let found = ledger(&inventory(vec![facts]));

        let places: Vec<(u64, Place)> = found.iter().map(|h| (h.mac.0, h.place)).collect();
        assert_eq!(
            places,
            [(5, Place::Vnic(0, 0)), (9, Place::Nic(0, 0)), (9, Place::Vnic(0, 2))]
        );
        assert_eq!(holders_of(&found, Mac(9)).len(), 2);
        assert_eq!(holders_of(&found, Mac(7)).len(), 0);
    }
}
