//! Columns that only rules of the review read, by family of rules. Their values are kept as [`crate::inventory::Facts`].
//!
//! In: nothing. Out: the columns that are appended to the planner's in each table. To add one: a line in the file of its family.
//! Must not know: entities, rules.

mod capacity;
mod cluster_network;
mod host;
mod live_migration;
mod mac;
mod network_atc;
mod nic;
mod nlb;
mod offload;
mod qos;
mod replica;
mod storage;
mod team;
mod vlan;
mod vnic;
mod vswitch;

pub(crate) use host::CONCLUDED;

use super::Column;

/// What one family of rules adds to each table.
#[derive(Clone, Copy)]
struct Family {
    clusters: &'static [Column],
    nodes: &'static [Column],
    nics: &'static [Column],
    cluster_networks: &'static [Column],
    switches: &'static [Column],
    host_vnics: &'static [Column],
    vms: &'static [Column],
    vnics: &'static [Column],
}

impl Family {
    /// A family that needs nothing more.
    const NONE: Family = Family {
        clusters: &[],
        nodes: &[],
        nics: &[],
        cluster_networks: &[],
        switches: &[],
        host_vnics: &[],
        vms: &[],
        vnics: &[],
    };

    const fn columns(self, of: Of) -> &'static [Column] {
        match of {
            Of::Clusters => self.clusters,
            Of::Nodes => self.nodes,
            Of::Nics => self.nics,
            Of::ClusterNetworks => self.cluster_networks,
            Of::Switches => self.switches,
            Of::HostVnics => self.host_vnics,
            Of::Vms => self.vms,
            Of::Vnics => self.vnics,
        }
    }
}

/// A table that has columns for the review.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Clusters,
    Nodes,
    Nics,
    ClusterNetworks,
    Switches,
    HostVnics,
    Vms,
    Vnics,
}

/// All families, in the order in which their columns are appended; new ones at the end.
const FAMILIES: [Family; 16] = [
    nic::COLUMNS,
    team::COLUMNS,
    vswitch::COLUMNS,
    vnic::COLUMNS,
    mac::COLUMNS,
    nlb::COLUMNS,
    vlan::COLUMNS,
    cluster_network::COLUMNS,
    live_migration::COLUMNS,
    qos::COLUMNS,
    storage::COLUMNS,
    replica::COLUMNS,
    network_atc::COLUMNS,
    offload::COLUMNS,
    capacity::COLUMNS,
    host::COLUMNS,
];

/// How many columns a table has with those of the review.
pub(super) const fn count(own: &[Column], of: Of) -> usize {
    let mut count = own.len();
    let mut family = 0;
    while family < FAMILIES.len() {
        count += FAMILIES[family].columns(of).len();
        family += 1;
    }
    count
}

/// The planner's columns of a table with those of the review behind them; `N` is [`count`] of the same.
pub(super) const fn with_review<const N: usize>(own: &[Column], of: Of) -> [Column; N] {
    let mut all = [own[0]; N];
    let mut next = 0;
    while next < own.len() {
        all[next] = own[next];
        next += 1;
    }
    let mut family = 0;
    while family < FAMILIES.len() {
        let columns = FAMILIES[family].columns(of);
        let mut index = 0;
        while index < columns.len() {
            all[next] = columns[index];
            next += 1;
            index += 1;
        }
        family += 1;
    }
    all
}
