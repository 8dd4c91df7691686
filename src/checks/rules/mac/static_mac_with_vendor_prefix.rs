//! Static addresses with the prefix of a maker of network cards.

use crate::checks::rules::{Fault, Hosts, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::mac::{HYPER_V_PREFIX, SCVMM_RANGE, is_usable};
use crate::units::{Mac, count};

/// The rule.
pub static RULE: Rule = Rule {
    name: "static-mac-with-vendor-prefix",
    severity: Severity::Info,
    family: "mac",
    hosts: Hosts::Any,
    summary: "static MAC addresses have the prefix of a maker other than Microsoft",
    risk: "a card of that maker can have the same address; in a switch's table the VM looks like that card",
    source: "IEEE 802: universally administered addresses belong to the maker; IEEE registry for 00-15-5D and \
        00-1D-D8 (Microsoft)",
    page: include_str!("static_mac_with_vendor_prefix.md"),
    columns: &["vnics.mac", "vnics.mac_type"],
    needs: &["vnics.mac", "vnics.mac_type"],
    check,
    ..Rule::BASE
};

/// Bit of the first byte that marks an address as chosen by the administrator.
const LOCAL: u8 = 0b10;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let is_foreign = |vnic: &Vnic| !vnic.dynamic_mac && vnic.mac.is_some_and(is_of_a_maker);
    let found: Vec<(&Vm, &Vnic)> = lookup::vnics(cluster).filter(|(_, vnic)| is_foreign(vnic)).collect();
    let Some((_, vnic)) = found.first() else { return };
    let names: Vec<String> = found.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
    report.add(Fault {
        subject: cluster.name.clone(),
        message: format!(
            "{} {} a static address with another maker's prefix: {}",
            count(found.len(), "adapter"),
            if found.len() == 1 { "has" } else { "have" },
            lookup::list(&names)
        ),
        current: vnic.mac.map(|mac| mac.to_string()).unwrap_or_default(),
        expected: "00-15-5D and a block of your own, or a local address (second digit 2, 6, A or E)".to_owned(),
        fix: "keep the address where a licence or a reservation depends on it, as after a move from another \
            hypervisor or from hardware; else give the VM the one of static_macs.csv when it is next turned off"
            .to_owned(),
        at: found.iter().map(|(_, vnic)| report.at(vnic.origin, "mac")).collect(),
    });
}

/// Multicast addresses are told by invalid-mac, local ones are the administrator's to choose.
fn is_of_a_maker(mac: Mac) -> bool {
    let prefix = mac.0 >> 24;
    let microsoft = [HYPER_V_PREFIX >> 24, SCVMM_RANGE.min.0 >> 24];
    is_usable(mac) && mac.bytes()[0] & LOCAL == 0 && !microsoft.contains(&prefix)
}
