//! An inventory that can be shown to others: names, addresses and MACs are replaced, everything that planning and review look at stays.
//!
//! In: an inventory. Out: the tables of an inventory folder with pseudonyms, and the key to them. The same inventory gives the same
//! pseudonyms; nothing but the inventory goes into them, so nobody can turn them back without the key.
//!
//! | kept | replaced |
//! |---|---|
//! | which names are equal, and their order as people count | names of everything, numbered by that order |
//! | subnets, overlaps, duplicates; the last two octets, of which Windows makes MAC pools | the first two octets of IPv4 addresses |
//! | maker (OUI), duplicates, order, pools | the rest of MAC addresses outside the makers of virtual adapters |
//! | speeds, VLAN IDs, models, versions, guest operating systems, policy | reasons and remarks, which are left out |
//!
//! Must not know: plans, findings, files.

mod addresses;
mod macs;
mod names;
mod shape;
mod walk;

use crate::inventory::Inventory;
use addresses::Addresses;
use macs::Macs;
use names::Names;
use walk::{Kind, Seen};

/// What [`redact`] gives.
pub struct Redacted {
    /// Files of an inventory folder.
    pub tables: Vec<(String, Vec<u8>)>,
    /// What stands for what: kind, name, pseudonym; sorted.
    pub key: Vec<(&'static str, String, String)>,
}

/// Replaces names, addresses and MACs.
pub fn redact(inventory: &Inventory) -> Redacted {
    let mut clusters = inventory.clusters.clone();
    let (mut names, mut macs) = (Names::default(), Macs::default());
    let azure_local = clusters.iter().any(|c| c.profile.name.starts_with("azure"));
    let mut addresses = if azure_local {
        Addresses::of_azure_local()
    } else {
        Addresses::default()
    };
    for cluster in &mut clusters {
        walk::each(cluster, &mut |seen| match seen {
            Seen::Text(Kind::Address, text) => addresses.note(text, &mut names),
            Seen::Text(kind, text) => names.note(kind, text),
            Seen::Ip(ip) => addresses.note_ip(*ip),
            Seen::Mac(mac) => macs.note(*mac),
            Seen::Pool(pool) => macs.note_pool(*pool),
        });
    }
    names.number();
    addresses.number();
    for cluster in &mut clusters {
        walk::each(cluster, &mut |seen| match seen {
            Seen::Text(Kind::Address, text) => *text = addresses.replace(text, &names),
            Seen::Text(kind, text) => *text = names.replace(kind, text),
            Seen::Ip(ip) => *ip = addresses.map(*ip),
            Seen::Mac(mac) => *mac = macs.map(*mac, &addresses),
            Seen::Pool(_) => {}
        });
        walk::forget_remarks(cluster);
    }
    let mut key = names.key();
    key.extend(addresses.key());
    key.extend(macs.key(&addresses));
    key.sort();
    Redacted {
        tables: shape::tables(&clusters, inventory),
        key,
    }
}
