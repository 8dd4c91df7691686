//! The NLB clusters of guests: members, what the mode asks of each, who keeps them apart, who may move at once.
//!
//! In: VMs. Out: one [`NlbGroup`] per NLB cluster. Must not know: findings, the plan.

use super::nlb;
use crate::inventory::{Cluster, NlbMode, Vm};
use crate::units::{name_key, same_name};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// One NLB cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NlbGroup {
    /// Name as the first member has it.
    pub name: String,
    /// Member VMs by position.
    pub members: Vec<usize>,
    /// Modes of the members, each once; more than one is wrong.
    pub modes: Vec<NlbMode>,
    /// Cluster addresses of the members, each once; one NLB cluster may have several.
    pub vips: Vec<Ipv4Addr>,
    /// All members name the same anti-affinity group.
    pub kept_apart: bool,
    /// Nodes that hold several members today, with these: a drain or a loss of the node takes them all.
    pub together: Vec<(usize, Vec<usize>)>,
    /// Members without a static address on an NLB adapter that needs one in their mode.
    pub without_static: Vec<usize>,
    /// Members without spoofing on an NLB adapter that needs it in their mode.
    pub without_spoofing: Vec<usize>,
}

/// The NLB clusters of a failover cluster, by name without regard to upper and lower case.
pub fn groups(cluster: &Cluster) -> Vec<NlbGroup> {
    let mut by_name: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, vm) in cluster.vms.iter().enumerate() {
        if let Some(nlb) = &vm.nlb {
            by_name.entry(name_key(&nlb.name)).or_default().push(index);
        }
    }
    by_name.into_values().map(|members| group(cluster, members)).collect()
}

fn group(cluster: &Cluster, members: Vec<usize>) -> NlbGroup {
    let vms: Vec<(usize, &Vm)> = members
        .iter()
        .filter_map(|i| cluster.vms.get(*i).map(|vm| (*i, vm)))
        .collect();
    let settings = || vms.iter().filter_map(|(_, vm)| vm.nlb.as_ref());
    let mut modes: Vec<NlbMode> = settings().map(|n| n.mode).collect();
    modes.sort_unstable();
    modes.dedup();
    let mut vips: Vec<Ipv4Addr> = settings().filter_map(|n| n.vip).collect();
    vips.sort_unstable();
    vips.dedup();
    let mut hosts: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (index, vm) in &vms {
        if let Some(host) = vm.host {
            hosts.entry(host).or_default().push(*index);
        }
    }
    let lacking = |test: fn(&Vm) -> bool| vms.iter().filter(|(_, vm)| test(vm)).map(|(i, _)| *i).collect();
    let class = vms.first().map_or("", |(_, vm)| vm.anti_affinity.as_str());
    NlbGroup {
        name: settings().next().map(|n| n.name.clone()).unwrap_or_default(),
        modes,
        vips,
        kept_apart: !class.is_empty() && vms.iter().all(|(_, vm)| same_name(&vm.anti_affinity, class)),
        together: hosts.into_iter().filter(|(_, held)| held.len() > 1).collect(),
        without_static: lacking(lacks_static),
        without_spoofing: lacking(lacks_spoofing),
        members,
    }
}

fn lacks_static(vm: &Vm) -> bool {
    let needed = vm.nlb.as_ref().is_some_and(|n| nlb::needs(n.mode).static_mac);
    needed && nlb_adapters(vm, |v| v.dynamic_mac)
}

fn lacks_spoofing(vm: &Vm) -> bool {
    let needed = vm.nlb.as_ref().is_some_and(|n| nlb::needs(n.mode).spoofing);
    needed && nlb_adapters(vm, |v| !v.spoofing)
}

fn nlb_adapters(vm: &Vm, test: fn(&crate::inventory::Vnic) -> bool) -> bool {
    nlb::adapters(vm).iter().filter_map(|i| vm.vnics.get(*i)).any(test)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Nlb;
    use crate::mac::testing::{cluster, vm};

    fn two_members() -> Cluster {
        let mut facts = cluster("C", 2);
        facts.vms = vec![vm("WEB1", Some(0), &[0, 1], 1), vm("WEB2", Some(0), &[0, 1], 1)];
        for (guest, name) in facts.vms.iter_mut().zip(["Web", "WEB"]) {
            guest.nlb = Some(Nlb {
                name: name.into(),
                mode: NlbMode::Unicast,
                vip: Some(Ipv4Addr::new(10, 0, 0, 80)),
            });
        }
        facts
    }

    #[test]
    fn members_are_one_group_whatever_the_case_of_its_name() {
        let found = groups(&two_members());

        assert_eq!(found.len(), 1);
        assert_eq!((found[0].name.as_str(), found[0].vips.len()), ("Web", 1));
        assert_eq!(found[0].together, [(0, vec![0, 1])]);
        assert_eq!(
            (&found[0].without_static[..], &found[0].without_spoofing[..]),
            (&[0, 1][..], &[0, 1][..])
        );
    }

    #[test]
    fn members_are_kept_apart_only_by_one_common_group() {
        let mut facts = two_members();
        facts.vms[0].anti_affinity = "web".into();
        assert!(!groups(&facts)[0].kept_apart);

        facts.vms[1].anti_affinity = "WEB".into();

        assert!(groups(&facts)[0].kept_apart);
    }

    #[test]
    fn multicast_asks_nothing_of_the_adapter() {
        let mut facts = two_members();
        for guest in &mut facts.vms {
            guest.nlb.as_mut().expect("a member").mode = NlbMode::Multicast;
        }

        let found = groups(&facts);

        assert!(found[0].without_static.is_empty() && found[0].without_spoofing.is_empty());
    }
}
