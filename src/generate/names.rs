//! Names, addresses and units as a person would write them.

/// `HV01` … `HV64`.
pub(super) fn host(index: usize, nodes: usize) -> String {
    if nodes < 10 {
        format!("HV{}", index + 1)
    } else {
        format!("HV{:02}", index + 1)
    }
}

/// Management address of a node.
pub(super) fn host_ip(index: usize) -> String {
    format!("10.20.10.{}", 11 + index)
}

/// A MAC address with hyphens.
pub(super) fn mac(value: u64) -> String {
    crate::units::Mac(value).to_string()
}

/// MAC of a physical port: locally administered, so that it belongs to no vendor.
pub(super) fn port_mac(node: usize, port: usize) -> String {
    mac(0x0219_2000_0000 + ((node as u64) << 8) + port as u64)
}
