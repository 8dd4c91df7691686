//! Network Load Balancing inside VMs: cluster addresses by mode, and what each mode asks of Hyper-V.
//!
//! In: mode, cluster IP, VMs. Out: addresses and needs. Source: Microsoft KB 4494444 "Configure network to support NLB
//! operation mode". Must not know: findings, the plan.

use crate::inventory::{NlbMode, Vm};
use crate::units::{Mac, same_name};
use std::net::Ipv4Addr;

/// What a mode asks of a member's vNIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Needs {
    /// Without a static address the member fails after a move and a restart; otherwise a static one is only wise.
    pub static_mac: bool,
    /// The guest sends with an address that Hyper-V did not give it.
    pub spoofing: bool,
}

/// What the mode asks of Hyper-V.
pub fn needs(mode: NlbMode) -> Needs {
    let unicast = mode == NlbMode::Unicast;
    Needs {
        static_mac: unicast,
        spoofing: unicast,
    }
}

/// Name of the mode as NLB Manager shows it.
pub fn mode_name(mode: NlbMode) -> &'static str {
    match mode {
        NlbMode::Unicast => "unicast",
        NlbMode::Multicast => "multicast",
        NlbMode::Igmp => "IGMP multicast",
    }
}

/// The cluster's address for cluster IP w.x.y.z: `02-BF-w-x-y-z`, `03-BF-w-x-y-z` or `01-00-5E-7F-y-z`
/// (what `nlb.exe ip2mac` prints).
pub fn cluster_mac(mode: NlbMode, vip: Ipv4Addr) -> Mac {
    let address = u64::from(u32::from(vip));
    Mac(match mode {
        NlbMode::Unicast => 0x02BF_0000_0000 | address,
        NlbMode::Multicast => 0x03BF_0000_0000 | address,
        NlbMode::Igmp => 0x0100_5E7F_0000 | address & 0xFFFF,
    })
}

/// Whether the address lies where NLB makes its cluster addresses.
pub fn is_reserved(mac: Mac) -> bool {
    matches!(mac.0 >> 32, 0x02BF | 0x03BF) || mac.0 >> 16 == 0x0100_5E7F
}

/// Whether the VM is a member in unicast mode and this is its cluster's address, which all members share on purpose.
pub fn is_own_cluster_mac(vm: &Vm, mac: Mac) -> bool {
    let Some(nlb) = vm.nlb.as_ref().filter(|n| n.mode == NlbMode::Unicast) else {
        return false;
    };
    match nlb.vip {
        Some(vip) => cluster_mac(nlb.mode, vip) == mac,
        None => mac.0 >> 32 == 0x02BF,
    }
}

/// Whether two VMs of the inventory are members of one NLB cluster in unicast mode and this is its address: before spoofing existed, members
/// were given it by hand.
pub fn may_share(first: &Vm, second: &Vm, mac: Mac) -> bool {
    let members = first.nlb.as_ref().zip(second.nlb.as_ref());
    let one_cluster = members.is_some_and(|(x, y)| same_name(&x.name, &y.name));
    !std::ptr::eq(first, second) && one_cluster && is_own_cluster_mac(first, mac) && is_own_cluster_mac(second, mac)
}

/// Positions of the vNICs on which a member runs NLB. The inventory does not say it, so in this order: those that hold the cluster's
/// own address, those named after NLB, those with spoofing on where the mode needs it, all that reach an external network, all.
///
/// Without that need spoofing tells nothing about NLB, and it is planned off: the answer must not change with it, or the
/// plan would ask for more static addresses once it is carried out.
pub fn adapters(vm: &Vm) -> Vec<usize> {
    let pick = |wanted: &dyn Fn(usize) -> bool| -> Vec<usize> { (0..vm.vnics.len()).filter(|i| wanted(*i)).collect() };
    let by_address = |i: usize| vm.vnics[i].mac.is_some_and(|mac| is_own_cluster_mac(vm, mac));
    let by_name = |i: usize| vm.vnics[i].name.to_ascii_lowercase().contains("nlb");
    let spoofing_tells = vm.nlb.as_ref().is_some_and(|n| needs(n.mode).spoofing);
    let by_spoofing = |i: usize| spoofing_tells && vm.vnics[i].spoofing;
    let by_network = |i: usize| !vm.vnics[i].isolated;
    let choices: [&dyn Fn(usize) -> bool; 5] = [&by_address, &by_name, &by_spoofing, &by_network, &|_| true];
    choices
        .into_iter()
        .map(pick)
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::Nlb;
    use crate::mac::testing::vm;

    /// A member with three vNICs, the first on an internal switch.
    fn member(mode: NlbMode) -> Vm {
        let mut member = vm("M", Some(0), &[0], 3);
        member.vnics[0].isolated = true;
        member.nlb = Some(Nlb {
            name: "web".into(),
            mode,
            vip: None,
        });
        member
    }

    #[test]
    fn cluster_addresses_follow_the_formula_of_each_mode() {
        let vip = Ipv4Addr::new(10, 1, 20, 200);

        assert_eq!(cluster_mac(NlbMode::Unicast, vip).to_string(), "02-BF-0A-01-14-C8");
        assert_eq!(cluster_mac(NlbMode::Multicast, vip).to_string(), "03-BF-0A-01-14-C8");
        assert_eq!(cluster_mac(NlbMode::Igmp, vip).to_string(), "01-00-5E-7F-14-C8");
    }

    #[test]
    fn only_the_prefixes_of_nlb_are_reserved() {
        for (text, reserved) in [
            ("02-BF-0A-01-14-C8", true),
            ("03-BF-0A-01-14-C8", true),
            ("01-00-5E-7F-14-C8", true),
            ("02-35-0A-01-14-C8", false),
            ("01-00-5E-00-00-01", false),
            ("00-15-5D-01-02-03", false),
        ] {
            assert_eq!(Mac::parse(text).map(is_reserved), Ok(reserved), "{text}");
        }
    }

    #[test]
    fn the_adapter_that_holds_the_address_of_the_cluster_is_the_one_nlb_runs_on() {
        let mut member = member(NlbMode::Unicast);
        member.vnics[1].spoofing = true;
        assert_eq!(adapters(&member), [1]);

        member.vnics[2].mac = Some(cluster_mac(NlbMode::Unicast, Ipv4Addr::new(10, 1, 20, 200)));
        assert_eq!(adapters(&member), [2]);
    }

    #[test]
    fn only_unicast_needs_spoofing() {
        assert_eq!(
            needs(NlbMode::Unicast),
            Needs {
                static_mac: true,
                spoofing: true
            }
        );
        assert_eq!(
            needs(NlbMode::Multicast),
            Needs {
                static_mac: false,
                spoofing: false
            }
        );
        assert_eq!(
            needs(NlbMode::Igmp),
            Needs {
                static_mac: false,
                spoofing: false
            }
        );
    }

    #[test]
    fn the_adapter_of_unicast_is_found_by_name_then_by_spoofing() {
        let mut member = member(NlbMode::Unicast);
        assert_eq!(adapters(&member), [1, 2]);

        member.vnics[2].spoofing = true;
        assert_eq!(adapters(&member), [2]);

        member.vnics[1].name = "NLB front".into();
        assert_eq!(adapters(&member), [1]);
    }

    #[test]
    fn spoofing_says_nothing_about_the_adapter_where_the_mode_does_not_need_it() {
        for mode in [NlbMode::Multicast, NlbMode::Igmp] {
            let mut member = member(mode);
            member.vnics[2].spoofing = true;
            assert_eq!(adapters(&member), [1, 2], "{mode:?}");

            member.vnics[1].name = "NLB front".into();
            assert_eq!(adapters(&member), [1], "{mode:?}");
        }
    }

    #[test]
    fn members_share_the_cluster_address_in_unicast_only() {
        let vip = Ipv4Addr::new(10, 1, 20, 200);
        let mut member = vm("M", Some(0), &[0], 1);
        let mac = cluster_mac(NlbMode::Unicast, vip);
        assert!(!is_own_cluster_mac(&member, mac));

        member.nlb = Some(Nlb {
            name: "web".into(),
            mode: NlbMode::Unicast,
            vip: Some(vip),
        });
        assert!(is_own_cluster_mac(&member, mac));
        assert!(!is_own_cluster_mac(&member, Mac(mac.0 + 1)));
    }
}
