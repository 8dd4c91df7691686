//! Addresses that several adapters hold: on purpose, or by mistake.
//!
//! In: the ledger. Out: those that hold an address together with another adapter by mistake. Must not know: findings.

use crate::inventory::Inventory;
use crate::mac::ledger::{Holder, Place};
use crate::mac::{is_usable, nlb};
use crate::units::{Mac, same_name};

/// Holders of one address that are compared with each other; an import error can give thousands the same.
const MOST_COMPARED: usize = 64;

/// One address that several adapters hold by mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The address.
    pub mac: Mac,
    /// Who holds it, in inventory order; two at least.
    pub holders: Vec<Holder>,
}

impl Duplicate {
    /// Whether adapters of several clusters hold it.
    pub fn across_clusters(&self) -> bool {
        self.holders.windows(2).any(|pair| pair[0].cluster != pair[1].cluster)
    }
}

/// All addresses that several adapters hold by mistake, in order; `holders` as [`super::ledger::ledger`] sorts them.
pub fn duplicates(inventory: &Inventory, holders: &[Holder]) -> Vec<Duplicate> {
    let groups = holders.chunk_by(|a, b| a.mac == b.mac).filter(|g| g.len() > 1);
    let mut found = Vec::new();
    for group in groups {
        let Some(first) = group.first().filter(|h| is_usable(h.mac)) else {
            continue;
        };
        let holders = rivals(group, |a, b| on_purpose(inventory, a, b));
        if holders.len() > 1 {
            found.push(Duplicate {
                mac: first.mac,
                holders,
            });
        }
    }
    found
}

/// Those of one address' holders that share it with another one without a purpose.
pub fn rivals(group: &[Holder], on_purpose: impl Fn(Holder, Holder) -> bool) -> Vec<Holder> {
    let (compared, rest) = group.split_at(group.len().min(MOST_COMPARED));
    let clashes = |h: &&Holder| compared.iter().any(|other| other != *h && !on_purpose(*other, **h));
    compared.iter().filter(clashes).chain(rest).copied().collect()
}

/// Whether two adapters share an address on purpose.
pub fn on_purpose(inventory: &Inventory, a: Holder, b: Holder) -> bool {
    let (a, b) = if a.place <= b.place { (a, b) } else { (b, a) };
    let node_of = |n: usize| inventory.clusters.get(a.cluster).and_then(|c| c.nodes.get(n));
    match (a.place, b.place) {
        // The first host vNIC of a switch takes the address of the port under it.
        (Place::Nic(m, i), Place::HostVnic(n, j)) if a.cluster == b.cluster && m == n => {
            let adapters = node_of(n).and_then(|node| node.nics.get(i).zip(node.host_vnics.get(j)));
            adapters.is_some_and(|(nic, vnic)| nic.switch.as_ref().is_none_or(|switch| *switch == vnic.switch))
        }
        // A team shows the address of one member.
        (Place::Nic(m, i), Place::Nic(n, j)) if a.cluster == b.cluster && m == n => {
            let ports = node_of(n).and_then(|node| node.nics.get(i).zip(node.nics.get(j)));
            ports.is_some_and(|(x, y)| {
                (!x.team.is_empty() && x.team == y.team) || (x.switch.is_some() && x.switch == y.switch)
            })
        }
        (Place::Vnic(..), Place::Vnic(..)) => is_replica_pair(inventory, a, b) || are_members(inventory, a, b),
        _ => false,
    }
}

/// Whether both are members of one NLB cluster and hold its address.
fn are_members(inventory: &Inventory, a: Holder, b: Holder) -> bool {
    let vms = a.vnic(inventory).zip(b.vnic(inventory));
    a.mac == b.mac && vms.is_some_and(|((x, _), (y, _))| nlb::may_share(x, y, a.mac))
}

/// Whether two holders are the same VM on both sides of a replication, which share their static addresses on purpose.
fn is_replica_pair(inventory: &Inventory, a: Holder, b: Holder) -> bool {
    let (Some((x, _)), Some((y, _))) = (a.vnic(inventory), b.vnic(inventory)) else {
        return false;
    };
    a.cluster != b.cluster && x.replica && y.replica && same_name(&x.name, &y.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::{Cluster, Nlb, NlbMode};
    use crate::mac::ledger::ledger;
    use crate::mac::testing::{cluster, inventory, pool, vm};

    fn site(name: &str, mac: Mac) -> Cluster {
        let mut facts = cluster(name, 1);
        facts.vms = vec![vm("WEB", Some(0), &[0], 1)];
        facts.vms[0].vnics[0].mac = Some(mac);
        facts
    }

    #[test]
    fn one_address_at_two_sites_is_a_duplicate_across_clusters() {
        let mac = pool(1).min;
        let facts = inventory(vec![site("A", mac), site("B", mac)]);

        let found = duplicates(&facts, &ledger(&facts));

        assert_eq!((found.len(), found[0].mac, found[0].holders.len()), (1, mac, 2));
        assert!(found[0].across_clusters());
    }

    #[test]
    fn both_sides_of_a_replicated_vm_are_no_duplicate() {
        let mac = pool(1).min;
        let mut facts = inventory(vec![site("A", mac), site("B", mac)]);
        for cluster in &mut facts.clusters {
            cluster.vms[0].replica = true;
        }

        assert_eq!(duplicates(&facts, &ledger(&facts)), []);
    }

    /// Two members of an NLB cluster in unicast mode that hold its address.
    fn members() -> Cluster {
        let mut facts = site("A", Mac(0x02BF_0A00_0532));
        facts.vms[0].nlb = Some(Nlb {
            name: "web".into(),
            mode: NlbMode::Unicast,
            vip: Some([10, 0, 5, 50].into()),
        });
        let mut second = facts.vms[0].clone();
        second.name = "WEB2".into();
        facts.vms.push(second);
        facts
    }

    #[test]
    fn only_different_members_of_one_nlb_cluster_share_its_address() {
        let count = |facts: Cluster| {
            let facts = inventory(vec![facts]);
            duplicates(&facts, &ledger(&facts)).len()
        };
        let changed = |change: &dyn Fn(&mut Cluster)| {
            let mut facts = members();
            change(&mut facts);
            count(facts)
        };
        let member = |facts: &mut Cluster| facts.vms[1].nlb.clone().expect("a member");

        assert_eq!(count(members()), 0);
        assert_eq!(changed(&|facts| facts.vms[1].nlb = None), 1);
        assert_eq!(changed(&|facts| facts.vms[0].nlb = None), 1);
        assert_eq!(
            changed(&|facts| facts.vms[1].nlb = Some(Nlb {
                name: "mail".into(),
                ..member(facts)
            })),
            1
        );
        assert_eq!(
            changed(&|facts| facts.vms[1].nlb = Some(Nlb {
                mode: NlbMode::Multicast,
                ..member(facts)
            })),
            1
        );
        assert_eq!(
            changed(&|facts| {
                let twin = facts.vms.remove(1).vnics.remove(0);
                facts.vms[0].vnics.push(twin);
            }),
            1
        );
    }

    #[test]
    fn two_vms_of_one_cluster_are_a_duplicate_within_it() {
        let mut facts = inventory(vec![site("A", pool(1).min)]);
        let mut second = facts.clusters[0].vms[0].clone();
        second.name = "WEB2".into();
        facts.clusters[0].vms.push(second);

        let found = duplicates(&facts, &ledger(&facts));

        assert!(found.len() == 1 && !found[0].across_clusters());
    }
}
