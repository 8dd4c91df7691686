//! `generate`: synthetic inventories that look like real ones. In: number of nodes, number of VMs, a seed. Out: the text
//! of an inventory folder, the same bytes for the same numbers.
//!
//! The rows are written as a person would type them; nothing here knows the types of the inventory, so that a
//! generated folder also tests the readers. To add a kind of cluster, add an entry to `estates.rs`.

mod addresses;
mod estates;
mod fabric;
mod groups;
mod guest_rows;
mod guests;
mod hardware;
mod load;
mod names;
mod paper;
mod random;
mod table;
mod wiring;

pub use table::Table;

use guests::Guest;
use random::Random;

/// Most nodes of a cluster.
pub const MAX_NODES: usize = 64;
/// Most VMs of a cluster.
pub const MAX_VMS: usize = 8_000;

/// What is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Cluster nodes, 1 to [`MAX_NODES`].
    pub nodes: usize,
    /// Virtual machines, up to [`MAX_VMS`].
    pub vms: usize,
    /// Another seed gives another cluster of the same size.
    pub seed: u64,
}

/// Makes the files of an inventory folder, in reading order.
///
/// # Errors
/// A sentence for the user when the size lies outside what a Windows failover cluster can be.
pub fn generate(size: Size) -> Result<Vec<Table>, String> {
    if size.nodes == 0 || size.nodes > MAX_NODES {
        return Err(format!(
            "a failover cluster has 1 to {MAX_NODES} nodes; {} were asked for",
            size.nodes
        ));
    }
    if size.vms > MAX_VMS {
        return Err(format!(
            "a failover cluster runs at most {MAX_VMS} VMs; {} were asked for",
            size.vms
        ));
    }
    let estate = estates::choose(size.nodes, size.vms, &mut Random::new(size.seed, 0));
    let fabric = fabric::Fabric::new(size.nodes, &estate);
    let hosts = wiring::hosts(size.nodes, &estate, &mut Random::new(size.seed, 1));
    let mut guests = guests::make(size.vms, &hosts, &estate, &mut Random::new(size.seed, 2));
    load::fill(&mut guests, &hosts, &estate, &mut Random::new(size.seed, 3));
    groups::form(&mut guests, &hosts, &estate, &mut Random::new(size.seed, 4));
    let pools = addresses::Pools::new(&guests, size.nodes);
    pools.assign(&mut guests, size.nodes, &mut Random::new(size.seed, 5));

    let name = format!("HVC{:02}", size.seed % 100);
    let memory = memory_gib(&guests, &hosts);
    let tables = [
        paper::clusters(&name, &estate),
        wiring::nodes(
            &hosts,
            &estate,
            |node| memory[hosts[node].class],
            |node| pools.range(node),
        ),
        wiring::nics(&hosts, &estate, &fabric),
        fabric.tors(&estate),
        fabric.links(),
        paper::cluster_networks(&hosts, &estate),
        paper::demands(&hosts, &estate),
        wiring::switches(&hosts, &estate),
        wiring::host_vnics(&hosts, &estate),
        guest_rows::vms(&guests, &hosts),
        guest_rows::vnics(&guests, &mut Random::new(size.seed, 6)),
        paper::policy(&hosts, &estate),
    ];
    Ok(tables.into_iter().filter(|table| !table.is_empty()).collect())
}

/// Memory of each server model: the fullest node of the model, half as much again for the guests of a lost node (all of
/// them on two nodes), rounded up to what is sold.
fn memory_gib(guests: &[Guest], hosts: &[wiring::Host]) -> Vec<u64> {
    let mut used = vec![0; hosts.len()];
    for guest in guests {
        used[guest.host] += guest.memory_mib / 1024;
    }
    let classes = hosts.iter().map(|host| host.class + 1).max().unwrap_or(0);
    let spare_percent = if hosts.len() <= 3 { 215 } else { 150 };
    let sold = |need: u64| {
        [32, 64, 96, 128, 192, 256, 384, 512, 768]
            .into_iter()
            .find(|size| *size >= need)
    };
    (0..classes)
        .map(|class| {
            let fullest = (0..hosts.len())
                .filter(|n| hosts[*n].class == class)
                .map(|n| used[n])
                .max()
                .unwrap_or(0);
            let need = fullest * spare_percent / 100 + 16;
            sold(need).unwrap_or(need.next_multiple_of(256))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_numbers_give_the_same_bytes_and_another_seed_others() {
        let size = Size {
            nodes: 16,
            vms: 400,
            seed: 5,
        };
        let text = |size| generate(size).map(|tables| tables.iter().map(Table::to_csv).collect::<String>());

        assert_eq!(text(size), text(size));
        assert_ne!(text(size), text(Size { seed: 6, ..size }));
    }

    #[test]
    fn sizes_outside_the_platform_are_refused_with_a_reason() {
        for size in [
            Size {
                nodes: 0,
                vms: 1,
                seed: 1,
            },
            Size {
                nodes: 65,
                vms: 1,
                seed: 1,
            },
        ] {
            assert!(generate(size).is_err_and(|reason| reason.contains("1 to 64 nodes")));
        }
        assert!(
            generate(Size {
                nodes: 1,
                vms: 8001,
                seed: 1
            })
            .is_err_and(|reason| reason.contains("8000"))
        );
    }

    #[test]
    fn every_vm_and_every_port_has_a_row() {
        let tables = generate(Size {
            nodes: 64,
            vms: 8000,
            seed: 1,
        })
        .unwrap_or_default();
        let rows = |file: &str| tables.iter().find(|t| t.file == file).map_or(0, Table::len);

        assert_eq!(rows("nodes.csv"), 64);
        assert_eq!(rows("nics.csv"), 64 * 12);
        assert_eq!(rows("vms.csv"), 8000);
        assert!(rows("vnics.csv") > 8000);
    }
}
