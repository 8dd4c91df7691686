//! What hangs on an address, and who keeps one that several adapters hold by mistake.
//!
//! In: facts, today's or those after a plan. Out: how good a holder's claim is. Must not know: findings, which address the others get.
//!
//! # Why
//! The harm decides: a port or host vNIC cannot give its address up; a licence or an NLB member breaks with another one; a static
//! address is known to somebody; a dynamic one changes at a cold start anyway.

use super::ledger::{Holder, Place, holders_of};
use super::{nlb, pools, sharing};
use crate::inventory::{Inventory, NlbMode, Vm, Vnic};

/// Why the address of this vNIC should not change; empty = no reason.
pub fn reasons_for_static(vm: &Vm, nlb_adapter: bool) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Some(nlb) = vm.nlb.as_ref().filter(|_| nlb_adapter) {
        let text = match nlb.mode {
            NlbMode::Unicast => "a new address throws the member out of the cluster",
            NlbMode::Multicast | NlbMode::Igmp => {
                "not strictly needed, but a new address makes the member converge again"
            }
        };
        reasons.push(format!("NLB {} ({}): {text}", nlb::mode_name(nlb.mode), nlb.name));
    }
    if !vm.mac_bound.is_empty() {
        reasons.push(format!("the address is bound to: {}", vm.mac_bound));
    }
    reasons
}

/// How much hangs on the address of a vNIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bond {
    /// It must not change.
    Strict,
    /// It should not, but nothing breaks for good.
    Loose,
    /// Nothing is known to.
    None,
}

/// How much hangs on the address of this vNIC of the VM.
pub fn bond(vm: &Vm, vnic: usize) -> Bond {
    let member = vm.nlb.as_ref().filter(|_| nlb::adapters(vm).contains(&vnic));
    let unicast = member.is_some_and(|nlb| nlb::needs(nlb.mode).static_mac);
    match member {
        _ if unicast || !vm.mac_bound.is_empty() => Bond::Strict,
        Some(_) => Bond::Loose,
        None => Bond::None,
    }
}

/// Whether the address of this vNIC is planned static, so that it does not change.
pub fn must_keep(vm: &Vm, vnic: usize) -> bool {
    bond(vm, vnic) != Bond::None
}

/// The claim of a holder, the best first; of two alike the static one, then the first in inventory order keeps the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Claim {
    /// No vNIC of a VM: a port, or a host vNIC.
    Host,
    /// A vNIC whose address must not change (NLB unicast, `mac_bound`).
    MustKeep,
    /// A vNIC that does better with the same address (NLB multicast).
    BetterKeeps,
    /// A static vNIC without such a reason.
    Static,
    /// A dynamic one whose node's pool holds the address.
    AtHome,
    /// Any other dynamic one.
    Dynamic,
    /// It may not have it in any case: an address of an NLB cluster that is not its own.
    None,
}

/// What decides between holders of one address: the least keeps it.
pub type Order = (Claim, bool, Holder);

/// The place of a holder among those of its address.
pub fn order(inventory: &Inventory, holder: Holder) -> Order {
    let dynamic = holder.vnic(inventory).is_some_and(|(_, vnic)| vnic.dynamic_mac);
    (claim(inventory, holder), dynamic, holder)
}

/// Who else holds the address by mistake. Those that share it on purpose are no rivals: both sides of a replicated VM, members
/// of one NLB cluster with its address. `holders` as [`super::ledger::ledger`] sorts them.
pub(super) fn rivals<'a>(
    inventory: &'a Inventory,
    holders: &'a [Holder],
    this: Holder,
) -> impl Iterator<Item = Holder> + 'a {
    let others = holders_of(holders, this.mac).iter().copied();
    others.filter(move |h| *h != this && !sharing::on_purpose(inventory, *h, this))
}

/// Whether the address may stay with this holder: of all that hold it this one has the best claim, and the others get new ones.
pub(super) fn keeps(inventory: &Inventory, holders: &[Holder], this: Holder) -> bool {
    let own = order(inventory, this);
    rivals(inventory, holders, this).all(|rival| own < order(inventory, rival))
}

/// How good the claim of a holder is.
fn claim(inventory: &Inventory, holder: Holder) -> Claim {
    let Place::Vnic(_, position) = holder.place else {
        return Claim::Host;
    };
    let Some((vm, vnic)) = holder.vnic(inventory) else {
        return Claim::Host;
    };
    if nlb::is_reserved(holder.mac) && !nlb::is_own_cluster_mac(vm, holder.mac) {
        return Claim::None;
    }
    match bond(vm, position) {
        Bond::Strict => Claim::MustKeep,
        Bond::Loose => Claim::BetterKeeps,
        Bond::None if !vnic.dynamic_mac => Claim::Static,
        Bond::None if at_home(inventory, holder, vm, vnic) => Claim::AtHome,
        Bond::None => Claim::Dynamic,
    }
}

fn at_home(inventory: &Inventory, holder: Holder, vm: &Vm, vnic: &Vnic) -> bool {
    let cluster = inventory.clusters.get(holder.cluster);
    let node = cluster.and_then(|c| vm.host.and_then(|host| c.nodes.get(host)));
    let pool = node.and_then(pools::effective);
    pool.is_some_and(|p| vnic.mac.is_some_and(|mac| p.range.contains(mac)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Nlb;
    use crate::mac::ledger::ledger;
    use crate::mac::testing::{cluster, inventory, pool, vm};
    use crate::units::Mac;

    #[test]
    fn what_breaks_with_another_address_has_the_better_claim() {
        let mac = pool(0x7700).min;
        let mut facts = cluster("C", 2);
        facts.nodes[1].mac_pool = Some(pool(0x7700));
        facts.nodes[0].nics[0].mac = Some(mac);
        let names = ["DYNAMIC", "HOME", "STATIC", "MULTICAST", "BOUND", "BOUND-STATIC"];
        facts.vms = names.iter().map(|n| vm(n, Some(0), &[0, 1], 1)).collect();
        facts.vms.iter_mut().for_each(|v| v.vnics[0].mac = Some(mac));
        facts.vms[1].host = Some(1);
        facts.vms[2].vnics[0].dynamic_mac = false;
        facts.vms[3].nlb = Some(Nlb {
            name: "web".into(),
            mode: NlbMode::Multicast,
            vip: None,
        });
        facts.vms[4].mac_bound = "licence".into();
        facts.vms[5].mac_bound = "licence".into();
        facts.vms[5].vnics[0].dynamic_mac = false;
        let facts = inventory(vec![facts]);

        let mut found: Vec<Order> = ledger(&facts).into_iter().map(|h| order(&facts, h)).collect();
        found.sort_unstable();

        let shown: Vec<&str> = found
            .iter()
            .map(|(_, _, h)| h.vnic(&facts).map_or("port", |(vm, _)| vm.name.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                "port",
                "BOUND-STATIC",
                "BOUND",
                "MULTICAST",
                "STATIC",
                "HOME",
                "DYNAMIC"
            ]
        );
    }

    #[test]
    fn an_address_of_an_nlb_cluster_is_claimed_by_its_members_alone() {
        let mut facts = cluster("C", 1);
        facts.vms = vec![vm("STRANGER", Some(0), &[0], 1)];
        facts.vms[0].mac_bound = "licence".into();
        facts.vms[0].vnics[0].mac = Some(Mac(0x02BF_0A00_0532));
        let facts = inventory(vec![facts]);

        assert_eq!(order(&facts, ledger(&facts)[0]).0, Claim::None);
    }
}
