//! The files of the virtual machines.
//!
//! In: finished guests. Out: rows of `vms` and `vnics`. Rates are given as monitoring gives them: mostly the 95th
//! percentile, sometimes only a peak or an average, now and then nothing.

use super::guests::{Adapter, Guest};
use super::names;
use super::random::Random;
use super::table::Table;
use super::wiring::Host;

const VM_COLUMNS: &[&str] = &[
    "vm",
    "node",
    "memory_mib",
    "state",
    "generation",
    "priority",
    "possible_owners",
    "anti_affinity",
    "os",
    "nlb_cluster",
    "nlb_mode",
    "nlb_ip",
    "replica",
    "mac_bound",
];

const VNIC_COLUMNS: &[&str] = &[
    "vm",
    "vnic",
    "switch",
    "vlans",
    "mac",
    "mac_type",
    "spoofing",
    "average_mbps",
    "p95_mbps",
    "peak_mbps",
    "zone",
];

/// The `vms` file.
pub(super) fn vms(guests: &[Guest], hosts: &[Host]) -> Table {
    let mut table = Table::new("vms.csv", VM_COLUMNS);
    for guest in guests {
        let owners: Vec<&str> = guest.owners.iter().map(|node| hosts[*node].name.as_str()).collect();
        let (nlb, mode, vip) = guest.nlb.clone().unwrap_or_default();
        table.row([
            ("vm", guest.name.clone()),
            ("node", hosts[guest.host].name.clone()),
            ("memory_mib", guest.memory_mib.to_string()),
            ("state", guest.state.to_owned()),
            ("generation", guest.generation.to_string()),
            ("priority", guest.priority.to_owned()),
            ("possible_owners", owners.join(";")),
            ("anti_affinity", guest.anti_affinity.clone()),
            ("os", guest.os.to_owned()),
            ("nlb_cluster", nlb),
            ("nlb_mode", mode.to_owned()),
            ("nlb_ip", vip),
            ("replica", if guest.replica { "yes" } else { "" }.to_owned()),
            ("mac_bound", guest.mac_bound.to_owned()),
        ]);
    }
    table
}

/// The `vnics` file.
pub(super) fn vnics(guests: &[Guest], random: &mut Random) -> Table {
    let mut table = Table::new("vnics.csv", VNIC_COLUMNS);
    for guest in guests {
        for adapter in &guest.adapters {
            let [average, p95, peak] = measured(adapter, random);
            table.row([
                ("vm", guest.name.clone()),
                ("vnic", adapter.name.to_owned()),
                ("switch", adapter.switch.to_owned()),
                ("vlans", adapter.vlan.to_string()),
                ("mac", names::mac(adapter.mac)),
                ("mac_type", if adapter.fixed { "static" } else { "dynamic" }.to_owned()),
                ("spoofing", if adapter.spoofing { "yes" } else { "" }.to_owned()),
                ("average_mbps", average),
                ("p95_mbps", p95),
                ("peak_mbps", peak),
                ("zone", adapter.zone.to_owned()),
            ]);
        }
    }
    table
}

/// Average, 95th percentile and peak whose planning need is the adapter's.
fn measured(adapter: &Adapter, random: &mut Random) -> [String; 3] {
    let need = adapter.need_mbps;
    let blank = String::new;
    match random.below(20) {
        0..=10 => [blank(), need.to_string(), blank()],
        11..=13 => [(need * 2 / 5).to_string(), need.to_string(), (need * 3 / 2).to_string()],
        14..=16 => [blank(), blank(), need.to_string()],
        17..=18 if need >= 2 => [need.div_ceil(2).to_string(), blank(), blank()],
        19 if (15..=25).contains(&need) => [blank(), blank(), blank()],
        _ => [blank(), need.to_string(), blank()],
    }
}
