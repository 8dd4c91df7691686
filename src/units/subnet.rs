//! Subnets and addresses as written in inventories: `10.0.3.0/24`, `fd00::/64`, `10.0.3.11`.

use std::net::IpAddr;

/// An address range with a common prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subnet {
    v6: bool,
    base: u128,
    /// Length of the prefix in bits of 128 (IPv4 counts from 96).
    length: u32,
}

impl Subnet {
    /// Reads a subnet or an address (then a range of one); `None` when it is neither.
    pub fn parse(text: &str) -> Option<Subnet> {
        let (address, prefix) = match text.trim().split_once('/') {
            Some((address, prefix)) => (address, Some(prefix)),
            None => (text.trim(), None),
        };
        let (v6, bits) = bits(address)?;
        let width = if v6 { 128 } else { 32 };
        let length = match prefix {
            None => width,
            Some(prefix) => length_of(prefix)?,
        };
        if length > width {
            return None;
        }
        let length = length + 128 - width;
        Some(Subnet {
            v6,
            base: bits & mask(length),
            length,
        })
    }

    /// Reads the address of `10.0.3.11/24` as a range of one.
    pub fn address(text: &str) -> Option<Subnet> {
        Subnet::parse(bare_address(text))
    }

    /// All subnets of a cell; what cannot be read is left out.
    pub fn list(text: &str) -> Vec<Subnet> {
        let parts = text.split(|c: char| c == ';' || c == ',' || c.is_whitespace());
        parts.filter_map(Subnet::parse).collect()
    }

    /// The addresses of a list as ranges of one; what cannot be read is left out.
    pub fn of_addresses(addresses: &[String]) -> Vec<Subnet> {
        addresses.iter().filter_map(|text| Subnet::address(text)).collect()
    }

    /// Whether one of the subnets of a cell holds one of the addresses.
    pub fn any_holds(subnets: &str, addresses: &[Subnet]) -> bool {
        let ranges = Subnet::list(subnets);
        addresses
            .iter()
            .any(|address| ranges.iter().any(|range| range.holds(address)))
    }

    /// Whether the other range lies inside.
    pub fn holds(&self, other: &Subnet) -> bool {
        self.v6 == other.v6 && self.length <= other.length && other.base & mask(self.length) == self.base
    }

    /// Whether it is one of IPv6.
    pub fn is_v6(&self) -> bool {
        self.v6
    }

    /// Whether the ranges have an address in common.
    pub fn overlaps(&self, other: &Subnet) -> bool {
        self.holds(other) || other.holds(self)
    }

    /// Whether it is a link-local range (169.254/16, fe80/10), which no network is made of.
    pub fn is_link_local(&self) -> bool {
        let local = if self.v6 { "fe80::/10" } else { "169.254.0.0/16" };
        Subnet::parse(local).is_some_and(|range| range.holds(self))
    }
}

fn bits(address: &str) -> Option<(bool, u128)> {
    // a zone (`fe80::1%12`) says which adapter, not which address
    let bare = address.trim().split('%').next().unwrap_or_default();
    match bare.parse::<IpAddr>().ok()? {
        IpAddr::V4(v4) => Some((false, u128::from(v4.to_bits()))),
        IpAddr::V6(v6) => Some((true, v6.to_bits())),
    }
}

/// `24` or `255.255.255.0`.
fn length_of(prefix: &str) -> Option<u32> {
    let prefix = prefix.trim();
    if let Ok(length) = prefix.parse::<u32>() {
        return Some(length);
    }
    let mask = prefix.parse::<std::net::Ipv4Addr>().ok()?.to_bits();
    (mask.leading_ones() + mask.trailing_zeros() == 32).then_some(mask.leading_ones())
}

fn mask(length: u32) -> u128 {
    match length {
        0 => 0,
        length => u128::MAX << (128 - length.min(128)),
    }
}

/// The address of `10.0.3.11/24` without the length of its prefix.
pub fn bare_address(text: &str) -> &str {
    text.split('/').next().unwrap_or_default().trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet(text: &str) -> Subnet {
        Subnet::parse(text).unwrap_or_else(|| panic!("{text} is a subnet"))
    }

    #[test]
    fn a_subnet_holds_its_addresses_and_no_other() {
        assert!(subnet("10.0.3.0/24").holds(&subnet("10.0.3.11")));
        assert!(subnet("10.0.3.0/255.255.255.0").holds(&subnet("10.0.3.11")));
        assert!(!subnet("10.0.3.0/24").holds(&subnet("10.0.4.11")));
        assert!(!subnet("10.0.3.0/24").holds(&subnet("fd00::1")));
        assert!(subnet("fd00:1::/64").holds(&subnet("fd00:1::9%12")));
        assert!(subnet("0.0.0.0/0").holds(&subnet("192.168.1.1")));
        assert!(subnet("10.0.3.0/25").overlaps(&subnet("10.0.3.0/24")));
    }

    #[test]
    fn what_is_no_subnet_is_none() {
        for text in ["", "10.0.3", "10.0.3.0/33", "10.0.3.0/255.0.255.0", "LAN", "10.0.3.0/x"] {
            assert_eq!(Subnet::parse(text), None, "{text}");
        }
        assert_eq!(Subnet::list("10.0.1.0/24; 10.0.2.0/24 x").len(), 2);
        assert!(subnet("169.254.3.4").is_link_local() && !subnet("10.0.3.4").is_link_local());
    }
}
