//! Values that can be read but can hardly be meant: `512` for a node with 512 GB, `10` for a port with 10 GbE.
//!
//! In: the text of a cell and what it was read as. Out: a sentence that says how it was read and what to type otherwise.
//! Must not know: tables, places.

use super::cells::MOST_OF_A_HOST;
use crate::units::{Mbps, MiB, is_bare_number, show_mbps};

/// Speeds that Ethernet ports and links have, Mbit/s (IEEE 802.3; 20 Gbit/s is that of blade adapters).
const USUAL_SPEEDS: [Mbps; 14] = [
    10, 100, 1_000, 2_500, 5_000, 10_000, 20_000, 25_000, 40_000, 50_000, 100_000, 200_000, 400_000, 800_000,
];
/// Least memory of a host with Hyper-V, MiB: 4 GB (Microsoft Learn, "System requirements for Hyper-V on Windows Server").
const LEAST_NODE_MEMORY: MiB = 4 * 1024;
/// Least memory that Windows Server setup accepts, MiB: 512 MB (Microsoft Learn, "Hardware requirements for Windows Server").
const LEAST_VM_MEMORY: MiB = 512;

/// What is odd about the speed of a port, if anything.
pub fn port_speed(text: &str, speed: Mbps) -> Option<String> {
    let slow = slow_speed(text, speed);
    if slow.is_some() || USUAL_SPEEDS.contains(&speed) {
        return slow;
    }
    Some(format!(
        "'{text}' is read as {}, which is no usual speed of an Ethernet port; write the speed of one port, such as 10G or 25G",
        show_mbps(speed)
    ))
}

/// What is odd about the speed of a port or of a link between switches: a small number without a unit may mean Gbit/s.
pub fn slow_speed(text: &str, speed: Mbps) -> Option<String> {
    (speed < 1_000 && is_bare_number(text)).then(|| {
        format!(
            "'{text}' is read as {}; if {text} Gbit/s is meant, write {text}G (if not, {text}M says so)",
            show_mbps(speed)
        )
    })
}

/// What is odd about the memory of a node, if anything.
pub fn node_memory(text: &str, memory: MiB) -> Option<String> {
    memory_outside(text, memory, "node", LEAST_NODE_MEMORY)
}

/// What is odd about the memory of a VM, if anything.
pub fn vm_memory(text: &str, memory: MiB) -> Option<String> {
    memory_outside(text, memory, "VM", LEAST_VM_MEMORY)
}

fn memory_outside(text: &str, memory: MiB, of: &str, least: MiB) -> Option<String> {
    let remedy = if memory < least && is_bare_number(text) {
        format!("if {text} GB is meant, write {text} GB (if not, {text} MB says so)")
    } else if memory > MOST_OF_A_HOST {
        "if it counts bytes or KB, write it with GB".to_owned()
    } else {
        return None;
    };
    let size = if memory < least { "little" } else { "much" };
    Some(format!(
        "'{text}' is read as {memory} MiB, which is very {size} for a {of}; {remedy}"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gigabytes_typed_without_a_unit_are_doubted_and_the_remedy_is_named() {
        let said = node_memory("512", 512).expect("a node has more");
        assert!(
            said.contains("read as 512 MiB") && said.contains("write 512 GB"),
            "{said}"
        );
        assert!(vm_memory("16", 16).is_some_and(|said| said.contains("write 16 GB")));
        assert!(vm_memory("536870912", 536_870_912).is_some_and(|said| said.contains("bytes")));
        for (text, memory) in [("262144", 262_144), ("256 GB", 262_144)] {
            assert_eq!(node_memory(text, memory), None);
        }
        assert_eq!((vm_memory("512", 512), vm_memory("256 MB", 256)), (None, None));
    }

    #[test]
    fn port_speeds_that_ethernet_has_not_are_doubted() {
        assert!(port_speed("10", 10).is_some_and(|said| said.contains("write 10G")));
        assert!(port_speed("11000", 11_000).is_some_and(|said| said.contains("no usual speed")));
        for (text, speed) in [("10M", 10), ("1000", 1_000), ("25G", 25_000), ("400 Gbps", 400_000)] {
            assert_eq!(port_speed(text, speed), None, "{text}");
        }
        assert_eq!(slow_speed("80000", 80_000), None);
    }
}
