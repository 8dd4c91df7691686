//! Pseudonyms of MAC addresses: the maker (OUI) stays, the rest becomes a number in order. Addresses that software hands out stay,
//! because pools, NLB and static addresses are judged by them, and they tell nothing of a device.

use super::addresses::Addresses;
use crate::units::{Mac, MacRange};
use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

/// Makers of virtual adapters: Hyper-V, System Center VMM.
const VIRTUAL: [u64; 2] = [0x00_15_5D, 0x00_1D_D8];

/// Addresses by maker.
#[derive(Default)]
pub(super) struct Macs {
    seen: BTreeMap<u64, BTreeSet<u64>>,
    /// Makers of pools.
    pools: BTreeSet<u64>,
}

fn maker(mac: Mac) -> u64 {
    mac.0 >> 24
}

impl Macs {
    pub(super) fn note(&mut self, mac: Mac) {
        self.seen.entry(maker(mac)).or_default().insert(mac.0 & 0xFF_FFFF);
    }

    pub(super) fn note_pool(&mut self, pool: MacRange) {
        self.pools.extend([maker(pool.min), maker(pool.max)]);
    }

    /// The address that stands for another.
    pub(super) fn map(&self, mac: Mac, addresses: &Addresses) -> Mac {
        let bytes = mac.bytes();
        let [_, _, a, b, c, d] = bytes;
        // NLB writes the cluster's IP address into its MAC address (unicast, multicast).
        if matches!(bytes, [0x02 | 0x03, 0xBF, ..]) {
            let ip = addresses.map(Ipv4Addr::new(a, b, c, d));
            return Mac((mac.0 >> 32 << 32) | u64::from(u32::from(ip)));
        }
        let keeps = VIRTUAL.contains(&maker(mac)) || self.pools.contains(&maker(mac)) || mac.0 >> 24 == 0x01_00_5E;
        if keeps || mac.is_unset() || mac.0 == 0xFFFF_FFFF_FFFF {
            return mac;
        }
        let numbers = self.seen.get(&maker(mac));
        let rank = numbers.map_or(0, |all| all.range(..mac.0 & 0xFF_FFFF).count() as u64);
        Mac((mac.0 >> 24 << 24) | (rank + 1))
    }

    /// What stands for what.
    pub(super) fn key(&self, addresses: &Addresses) -> Vec<(&'static str, String, String)> {
        let all = self
            .seen
            .iter()
            .flat_map(|(maker, rest)| rest.iter().map(move |rest| Mac((maker << 24) | rest)));
        all.map(|mac| ("mac", mac.to_string(), self.map(mac, addresses).to_string()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makers_duplicates_order_and_pools_stay() {
        let mac = |text: &str| Mac::parse(text).expect("an address");
        let mut macs = Macs::default();
        for text in [
            "A0-36-9F-11-22-33",
            "A0-36-9F-01-02-03",
            "00-15-5D-01-02-03",
            "12-34-56-00-00-99",
        ] {
            macs.note(mac(text));
        }
        macs.note_pool(MacRange {
            min: mac("12-34-56-00-00-00"),
            max: mac("12-34-56-00-00-FF"),
        });
        let new = |text: &str| macs.map(mac(text), &Addresses::default()).to_string();
        assert_eq!(
            [new("A0-36-9F-01-02-03"), new("A0-36-9F-11-22-33")],
            ["A0-36-9F-00-00-01", "A0-36-9F-00-00-02"]
        );
        assert_eq!(new("00-15-5D-01-02-03"), "00-15-5D-01-02-03");
        assert_eq!(new("12-34-56-00-00-99"), "12-34-56-00-00-99", "inside a pool");
    }
}
