//! How several NICs hold together, and what they carry: worked out from the uplink's roles and the NIC rows alone.

use crate::inventory::{Cluster, Nic};
use crate::migration;
use crate::plan::{Mechanism, Uplink};
use crate::profiles::{TeamKind, Transport};
use crate::roles::Role;
use crate::units::Mbps;

/// The mechanism of an uplink with `nics` NICs.
pub(crate) fn mechanism(cluster: &Cluster, uplink: &Uplink, nics: usize) -> Mechanism {
    let carries = |role: Role| uplink.roles.contains(&role);
    if nics < 2 {
        Mechanism::Single
    } else if uplink.network.is_some() || carries(Role::Management) || carries(Role::Replica) {
        Mechanism::Team
    } else if carries(Role::Storage) && cluster.iscsi() {
        Mechanism::Mpio
    } else if carries(Role::Storage) && cluster.storage.is_smb() {
        Mechanism::Multichannel
    } else {
        Mechanism::Networks
    }
}

/// The kind of team, for a team.
pub(in crate::checks) fn team_kind(cluster: &Cluster, mechanism: Mechanism) -> Option<TeamKind> {
    (mechanism == Mechanism::Team).then_some(cluster.profile.team)
}

/// Whether the NICs of an uplink add up for many flows; networks of their own do not, since traffic stays on one of them.
pub(super) fn adds_up(mechanism: Mechanism) -> bool {
    matches!(mechanism, Mechanism::Team | Mechanism::Multichannel | Mechanism::Single)
}

/// Capacity of the NICs that are alive.
pub(super) fn capacity(mechanism: Mechanism, speeds: impl Iterator<Item = Mbps>) -> Mbps {
    match mechanism {
        Mechanism::Networks => speeds.max().unwrap_or(0),
        _ => speeds.fold(0, Mbps::saturating_add),
    }
}

/// The live-migration transport over these NICs: SMB comes by itself only where all have RDMA and keep it under a switch.
pub(in crate::checks) fn transport<'n>(
    cluster: &Cluster,
    uplink: &Uplink,
    nics: impl Iterator<Item = &'n Nic>,
) -> Transport {
    let kept = uplink.network.is_none() || cluster.profile.rdma_on_switch;
    let (mut any, mut all) = (false, true);
    for nic in nics {
        any = true;
        all &= nic.rdma.on();
    }
    migration::transport(cluster, any && all && kept)
}
