//! Pools of dynamic addresses: which range a node really draws from, what is wrong with it, and how full it is.
//!
//! In: nodes, VMs and host vNICs. Out: ranges and counts. Must not know: what should be changed (`propose`).

use crate::inventory::{Cluster, HostVnic, Inventory, Node, SwitchKind};
use crate::mac::HYPER_V_PREFIX;
use crate::units::{Mac, MacRange, bare_address, same_name};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// Share of a pool from which it counts as nearly full, in permille (Hyper-V Best Practices Analyzer warns early, too).
pub const NEARLY_FULL_PERMILLE: u64 = 800;

/// The pool a node draws from, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pool {
    /// The range.
    pub range: MacRange,
    /// Not in the inventory: Windows' default for the node's management address is taken.
    pub assumed: bool,
}

/// The pool of a node with its place in the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NodePool {
    /// Index of the cluster in the inventory.
    pub cluster: usize,
    /// Index of the node in the cluster.
    pub node: usize,
    /// The pool.
    pub pool: Pool,
}

/// What keeps a pool from giving addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolFault {
    /// The first address lies above the last.
    Inverted,
    /// The first three bytes of both ends differ.
    PrefixDiffers,
    /// The addresses have the multicast bit, or belong to NLB.
    NotUnicast,
}

/// Addresses a node takes from its pool.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolUse {
    /// Now: dynamic vNICs of the VMs placed there, running or not, and pool-drawn host vNICs.
    pub now: u64,
    /// When that other node is lost which brings most: all of its VMs that may start here do.
    pub worst: u64,
    /// Index of that node; `None` = no node brings any.
    pub worst_loss: Option<usize>,
}

/// Windows' default pool for a host whose first address was `management_ip` when Hyper-V was installed: `00-15-5D`, the last
/// two octets, and 00 to FF (J. Howard, 2008). Later changes of the address do not move the pool, so this is a guess.
pub fn assumed_from(management_ip: &str) -> Option<MacRange> {
    let address = bare_address(management_ip);
    let [_, _, third, fourth] = address.parse::<Ipv4Addr>().ok()?.octets();
    let min = HYPER_V_PREFIX | u64::from(third) << 16 | u64::from(fourth) << 8;
    Some(MacRange {
        min: Mac(min),
        max: Mac(min | 0xFF),
    })
}

/// The node's pool: the one in the inventory, else the assumed default; `None` when neither is known.
pub fn effective(node: &Node) -> Option<Pool> {
    let known = node.mac_pool.map(|range| Pool { range, assumed: false });
    known.or_else(|| assumed_from(&node.management_ip).map(|range| Pool { range, assumed: true }))
}

/// The pools of all nodes of all clusters, in inventory order; nodes of which nothing is known are left out.
pub fn all(inventory: &Inventory) -> Vec<NodePool> {
    let mut pools = Vec::new();
    for (cluster, facts) in inventory.clusters.iter().enumerate() {
        for (node, host) in facts.nodes.iter().enumerate() {
            pools.extend(effective(host).map(|pool| NodePool { cluster, node, pool }));
        }
    }
    pools
}

/// What is wrong with a range by itself.
pub fn fault(range: MacRange) -> Option<PoolFault> {
    if range.max < range.min {
        Some(PoolFault::Inverted)
    } else if range.min.0 >> 24 != range.max.0 >> 24 {
        Some(PoolFault::PrefixDiffers)
    } else if range.min.bytes()[0] & 1 == 1 || super::nlb::is_reserved(range.min) || super::nlb::is_reserved(range.max)
    {
        Some(PoolFault::NotUnicast)
    } else {
        None
    }
}

/// Addresses in use on each node, in node order.
pub fn usage(cluster: &Cluster) -> Vec<PoolUse> {
    let nodes = cluster.nodes.len();
    let mut now: Vec<u64> = cluster.nodes.iter().map(pool_drawn_host_vnics).collect();
    let mut brought = vec![vec![0_u64; nodes]; nodes];
    for vm in &cluster.vms {
        let Some(host) = vm.host.filter(|h| *h < nodes) else {
            continue;
        };
        let dynamic = vm.vnics.iter().filter(|v| v.dynamic_mac).count() as u64;
        now[host] += dynamic;
        for &owner in vm.owners.iter().filter(|o| **o != host && **o < nodes) {
            brought[owner][host] += dynamic;
        }
    }
    now.iter()
        .zip(&brought)
        .map(|(now, by_loss)| worst_use(*now, by_loss))
        .collect()
}

/// Of several lost nodes that bring equally many, the first counts.
fn worst_use(now: u64, brought_by_loss: &[u64]) -> PoolUse {
    let most = brought_by_loss.iter().copied().max().unwrap_or(0);
    let worst_loss = (most > 0)
        .then(|| brought_by_loss.iter().position(|b| *b == most))
        .flatten();
    PoolUse {
        now,
        worst: now + most,
        worst_loss,
    }
}

/// Host vNICs that draw from the pool: all but one of each external switch, which takes the physical NIC's address; all of them where their
/// addresses are known and of the pool.
fn pool_drawn_host_vnics(node: &Node) -> u64 {
    let pool = effective(node).map(|pool| pool.range);
    let is_drawn = |vnic: &HostVnic| pool.zip(vnic.mac).is_some_and(|(range, mac)| range.contains(mac));
    let mut switches: BTreeMap<&str, (u64, bool)> = BTreeMap::new();
    for vnic in &node.host_vnics {
        let (number, all_drawn) = switches.entry(vnic.switch.as_str()).or_insert((0, true));
        *number += 1;
        *all_drawn &= is_drawn(vnic);
    }
    // Below an internal switch lies no port that could give its address.
    let internal = |name: &str| {
        let own = node.switches.iter().find(|switch| same_name(&switch.name, name));
        own.is_some_and(|switch| switch.kind != SwitchKind::External)
    };
    let of_switch = |(name, (number, all_drawn)): (&str, (u64, bool))| {
        let given = !all_drawn && !internal(name);
        number - u64::from(given)
    };
    switches.into_iter().map(of_switch).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mac::testing::{cluster, host_vnic, inventory, pool, vm};

    #[test]
    fn default_pool_is_made_of_the_last_two_octets() {
        // J. Howard's example: 192.168.1.133 gives 00-15-5D-01-85-00 to FF.
        let range = assumed_from("192.168.1.133").expect("an address");

        assert_eq!(range.min.to_string(), "00-15-5D-01-85-00");
        assert_eq!(range.max.to_string(), "00-15-5D-01-85-FF");
        assert_eq!(assumed_from("192.168.1.133/24"), Some(range));
        assert_eq!(assumed_from("fe80::1"), None);
        assert_eq!(assumed_from(""), None);
    }

    #[test]
    fn pool_in_the_inventory_wins_over_the_default_of_an_address_that_has_changed() {
        let mut facts = cluster("C", 1);
        facts.nodes[0].management_ip = "10.0.0.14".into();
        facts.nodes[0].mac_pool = Some(pool(0x000D));

        let found = effective(&facts.nodes[0]).expect("a pool");

        assert_eq!(
            found,
            Pool {
                range: pool(0x000D),
                assumed: false
            }
        );
    }

    #[test]
    fn use_counts_every_dynamic_vnic_and_host_vnics_but_the_first_of_each_switch() {
        let mut facts = cluster("C", 2);
        facts.nodes[0].host_vnics = vec![
            host_vnic("Management", "S1"),
            host_vnic("SMB1", "S1"),
            host_vnic("M2", "S2"),
        ];
        let mut off = vm("OFF", Some(0), &[0, 1], 2);
        off.state = crate::inventory::VmState::Off;
        let mut fixed = vm("STATIC", Some(0), &[0, 1], 1);
        fixed.vnics[0].dynamic_mac = false;
        facts.vms = vec![
            off,
            fixed,
            vm("HERE", Some(1), &[0, 1], 3),
            vm("STAYS", Some(1), &[1], 5),
        ];

        let found = usage(&facts);

        assert_eq!(
            found[0],
            PoolUse {
                now: 3,
                worst: 6,
                worst_loss: Some(1)
            }
        );
        assert_eq!(
            found[1],
            PoolUse {
                now: 8,
                worst: 10,
                worst_loss: Some(0)
            }
        );
    }

    #[test]
    fn known_addresses_show_which_host_vnics_draw_from_the_pool() {
        let mut facts = cluster("C", 1);
        let range = pool(7);
        facts.nodes[0].mac_pool = Some(range);
        let all = [
            Some(range.min),
            Some(Mac(range.min.0 + 1)),
            Some(Mac(0xB026_2801_0001)),
            None,
        ];
        // What the host vNICs of one switch have, and how many of them draw from the pool.
        for (macs, drawn) in [
            (&all[..2], 2),
            (&all[1..3], 1),
            (&all[2..4], 1),
            (&all[1..4], 2),
            (&all[3..4], 0),
            (&[Some(range.max), None], 1),
            (&[None, None, None], 2),
        ] {
            facts.nodes[0].host_vnics = macs
                .iter()
                .enumerate()
                .map(|(number, mac)| {
                    let mut vnic = host_vnic(&format!("V{number}"), "S1");
                    vnic.mac = *mac;
                    vnic
                })
                .collect();

            assert_eq!(usage(&facts)[0].now, drawn, "{macs:?}");
        }
    }

    #[test]
    fn a_vm_that_is_placed_nowhere_is_counted_on_no_node() {
        let mut facts = cluster("C", 2);
        facts.vms = vec![vm("PLANNED", None, &[0, 1], 4)];

        assert_eq!(usage(&facts), vec![PoolUse::default(); 2]);
    }

    #[test]
    fn faults_of_a_range_are_told_apart() {
        let range = |min: u64, max: u64| MacRange {
            min: Mac(min),
            max: Mac(max),
        };

        assert_eq!(fault(pool(1)), None);
        assert_eq!(
            fault(range(0x0015_5D01_00FF, 0x0015_5D01_0000)),
            Some(PoolFault::Inverted)
        );
        assert_eq!(
            fault(range(0x0015_5D01_0000, 0x0015_5E01_0000)),
            Some(PoolFault::PrefixDiffers)
        );
        assert_eq!(
            fault(range(0x02BF_0A00_0000, 0x02BF_0A00_00FF)),
            Some(PoolFault::NotUnicast)
        );
        assert_eq!(
            fault(range(0x0115_5D00_0000, 0x0115_5D00_00FF)),
            Some(PoolFault::NotUnicast)
        );
    }

    #[test]
    fn pools_are_listed_for_every_cluster() {
        let mut facts = inventory(vec![cluster("A", 1), cluster("B", 2)]);
        facts.clusters[1].nodes[1].mac_pool = Some(pool(7));

        let found: Vec<(usize, usize)> = all(&facts).iter().map(|p| (p.cluster, p.node)).collect();

        assert_eq!(found, [(1, 1)]);
    }
}
