//! Pseudonyms of IP addresses: the first two octets change, so that every subnet, overlap and duplicate stays; the last two stay,
//! because Windows makes the pool of dynamic MAC addresses of them. Ranges with a meaning of their own stay whole.

use super::names::Names;
use super::walk::Kind;
use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, Ipv6Addr};

/// First octets that new addresses take, in this order: private or unlikely in an inventory, and never one with a meaning.
const FIRST: std::ops::Range<u8> = 20..100;

/// Addresses and what stands for them.
#[derive(Default)]
pub(super) struct Addresses {
    /// The ranges that Azure Local keeps for itself stay as well.
    azure_local: bool,
    seen: BTreeSet<Ipv4Addr>,
    long: BTreeSet<Ipv6Addr>,
    first: BTreeMap<u8, u8>,
    /// By first octet the distinct second ones.
    second: BTreeMap<u8, BTreeSet<u8>>,
}

/// Ranges that stay: loopback, link-local, multicast.
fn stays(ip: Ipv4Addr) -> bool {
    let first = ip.octets()[0];
    ip.is_loopback() || ip.is_link_local() || first >= 224 || first == 0
}

/// The pieces of a text that are addresses, with what separates them.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive(['/', '-', ';', ',', ' ', '|', '%'])
}

/// A piece without its separator, and the separator.
fn cut(piece: &str) -> (&str, &str) {
    let end = piece.trim_end_matches(['/', '-', ';', ',', ' ', '|', '%']).len();
    piece.split_at(end)
}

/// Whether a piece beside addresses may tell something: lengths of prefixes and numbers do not.
fn is_name(piece: &str) -> bool {
    piece.chars().any(char::is_alphabetic)
}

impl Addresses {
    /// Addresses of clusters of which one is Azure Local.
    pub(super) fn of_azure_local() -> Addresses {
        Addresses {
            azure_local: true,
            ..Addresses::default()
        }
    }

    /// Notes the addresses in a text; one that holds none is a name, such as a DNS name, and so is what stands between addresses.
    pub(super) fn note(&mut self, text: &str, names: &mut Names) {
        let mut found = false;
        let mut between = Vec::new();
        for (piece, _) in pieces(text).map(cut) {
            if let Ok(ip) = piece.parse() {
                self.note_ip(ip);
                found = true;
            } else if let Ok(ip) = piece.parse() {
                self.long.insert(ip);
                found = true;
            } else if is_name(piece) {
                between.push(piece);
            }
        }
        if !found {
            between = vec![text];
        }
        between.into_iter().for_each(|name| names.note(Kind::Address, name));
    }

    pub(super) fn note_ip(&mut self, ip: Ipv4Addr) {
        self.seen.insert(ip);
        if !self.stays(ip) {
            let [a, b, ..] = ip.octets();
            self.second.entry(a).or_default().insert(b);
        }
    }

    /// Gives each first octet another one.
    pub(super) fn number(&mut self) {
        let firsts = self.second.keys().copied();
        self.first = firsts.zip(FIRST).collect();
    }

    /// Whether an address keeps its first two octets.
    fn stays(&self, ip: Ipv4Addr) -> bool {
        let [a, b, ..] = ip.octets();
        stays(ip) || (self.azure_local && a == 10 && (b & 0xF0 == 96 || b == 244))
    }

    /// The address that stands for another. First octets keep their order, second ones the bits in which they differ.
    pub(super) fn map(&self, ip: Ipv4Addr) -> Ipv4Addr {
        if self.stays(ip) {
            return ip;
        }
        let [a, b, c, d] = ip.octets();
        let first = self.first.get(&a).copied().unwrap_or(a);
        let others = self.second.get(&a);
        Ipv4Addr::new(first, others.map_or(b, |others| differing_bits(b, others)), c, d)
    }

    /// The text with its addresses replaced.
    pub(super) fn replace(&self, text: &str, names: &Names) -> String {
        let mut found = false;
        let mut replaced = String::new();
        for (piece, separator) in pieces(text).map(cut) {
            if let Ok(ip) = piece.parse::<Ipv4Addr>() {
                replaced += &self.map(ip).to_string();
                found = true;
            } else if let Ok(ip) = piece.parse::<Ipv6Addr>() {
                replaced += &self.map_long(ip).to_string();
                found = true;
            } else if is_name(piece) {
                replaced += &names.replace(Kind::Address, piece);
            } else {
                replaced += piece;
            }
            replaced += separator;
        }
        if found {
            replaced
        } else {
            names.replace(Kind::Address, text)
        }
    }

    /// IPv6: the first 48 bits and the last 64 become numbers, the subnet between them stays.
    fn map_long(&self, ip: Ipv6Addr) -> Ipv6Addr {
        let bits = u128::from(ip);
        let prefix = |ip: &Ipv6Addr| u128::from(*ip) >> 80;
        let host = |ip: &Ipv6Addr| u128::from(*ip) & u128::from(u64::MAX);
        let rank = |part: &dyn Fn(&Ipv6Addr) -> u128| {
            let all: BTreeSet<u128> = self.long.iter().map(part).collect();
            all.iter()
                .position(|other| *other == part(&ip))
                .map_or(0, |rank| rank as u128 + 1)
        };
        if ip.is_loopback() || ip.is_unspecified() || ip.is_multicast() {
            return ip;
        }
        let start = if ip.is_unicast_link_local() {
            bits >> 80
        } else {
            (0xFD00_u128 << 32) + rank(&prefix)
        };
        let end = if host(&ip) == 0 { 0 } else { rank(&host) };
        Ipv6Addr::from((start << 80) | (bits & (0xFFFF_u128 << 64)) | end)
    }

    /// What stands for what.
    pub(super) fn key(&self) -> Vec<(&'static str, String, String)> {
        let short = self
            .seen
            .iter()
            .map(|ip| ("ip", ip.to_string(), self.map(*ip).to_string()));
        let long = self
            .long
            .iter()
            .map(|ip| ("ip", ip.to_string(), self.map_long(*ip).to_string()));
        short.chain(long).collect()
    }
}

/// The bits of an octet that tell it from others which begin alike, the rest cleared: whatever shares a prefix goes on sharing it,
/// and the order stays.
fn differing_bits(octet: u8, others: &BTreeSet<u8>) -> u8 {
    (0..8).rev().fold(0, |result, bit| {
        let begins = |other: &&u8| (**other >> bit) >> 1 == (octet >> bit) >> 1;
        let splits = others
            .iter()
            .filter(begins)
            .any(|other| (other >> bit) & 1 != (octet >> bit) & 1);
        if splits { result | (octet & (1 << bit)) } else { result }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subnets_order_and_last_octets_stay_and_the_rest_goes() {
        let mut names = Names::default();
        let mut addresses = Addresses::default();
        for text in [
            "10.20.5.11/24",
            "10.21.5.11",
            "10.20.5.0/24",
            "172.16.1.1",
            "169.254.1.1",
            "hv1.corp.example",
            "10.96.0.1",
        ] {
            addresses.note(text, &mut names);
        }
        names.number();
        addresses.number();
        let new = |text: &str| addresses.replace(text, &names);
        assert_eq!(
            [new("10.20.5.11/24"), new("10.20.5.0/24")],
            ["20.0.5.11/24", "20.0.5.0/24"]
        );
        assert_eq!([new("10.21.5.11"), new("172.16.1.1")], ["20.1.5.11", "21.0.1.1"]);
        assert_eq!([new("169.254.1.1"), new("10.96.0.1")], ["169.254.1.1", "20.64.0.1"]);
        assert_eq!(new("hv1.corp.example"), "address-1");
        assert_eq!(new("10.20.5.11-10.20.5.99"), "20.0.5.11-20.0.5.99");
    }

    #[test]
    fn octets_keep_the_bits_in_which_they_differ() {
        let others = BTreeSet::from([16, 17, 20, 200]);
        let new: Vec<u8> = others.iter().map(|octet| differing_bits(*octet, &others)).collect();
        assert_eq!(new, [0, 1, 4, 128]);
    }

    #[test]
    fn ipv6_keeps_subnets_duplicates_and_link_local() {
        let mut names = Names::default();
        let mut addresses = Addresses::default();
        for text in ["2001:db8:5:7::11/64", "2001:db8:5:7::/64", "fe80::1"] {
            addresses.note(text, &mut names);
        }
        addresses.number();
        let new = |text: &str| addresses.replace(text, &names);
        assert_eq!(new("2001:db8:5:7::11/64"), "fd00:0:1:7::3/64");
        assert_eq!(new("2001:db8:5:7::/64"), "fd00:0:1:7::/64");
        assert_eq!(new("fe80::1"), "fe80::2");
    }

    #[test]
    fn names_beside_addresses_go_as_well() {
        let mut names = Names::default();
        let mut addresses = Addresses::default();
        let texts = [
            "10.20.5.11/24 (Berlin)",
            "10.20.5.12;dns1.corp.example",
            "fe80::1%SMB1",
            "fe80::1%14",
        ];
        texts.iter().for_each(|text| addresses.note(text, &mut names));
        names.number();
        addresses.number();
        let shown = texts.map(|text| addresses.replace(text, &names)).join(" | ");
        for secret in ["Berlin", "corp", "SMB1", "10.20"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(
            shown.starts_with("20.0.5.11/24 ") && shown.ends_with("fe80::1%14"),
            "{shown}"
        );
    }
}
