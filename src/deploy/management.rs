//! What management goes through, so that it is worked on last.

use super::state::State;
use super::steps::{Base, Change, Port};
use crate::roles::Role;
use crate::units::same_name;
use std::collections::BTreeSet;

/// Switches and teams that management goes through.
#[derive(Debug, Default)]
pub struct ManagementPath {
    /// Switches by name.
    pub switches: BTreeSet<String>,
    /// Teams by name.
    pub teams: BTreeSet<String>,
}

/// What management goes through in a state.
pub fn management_path(state: &State) -> ManagementPath {
    let mut path = ManagementPath::default();
    for (port, _) in state
        .holds
        .iter()
        .filter(|(_, roles)| roles.contains(&Role::Management))
    {
        match port {
            Port::Nic(_) => {}
            Port::Team(name) => {
                path.teams.insert(name.clone());
            }
            Port::HostVnic(name) => {
                let vnic = state.node.host_vnics.iter().find(|v| same_name(&v.name, name));
                path.switches
                    .insert(vnic.map_or_else(|| name.clone(), |v| v.switch.clone()));
            }
        }
    }
    for switch in &path.switches {
        if let Some(Base::Team(team)) = state.bases.get(switch) {
            path.teams.insert(team.clone());
        }
    }
    path
}

/// Whether a change takes management off an adapter or gives it to one.
pub fn moves_management(change: &Change) -> bool {
    match change {
        Change::Release { roles, .. } | Change::Assume { roles, .. } => roles.contains(&Role::Management),
        _ => false,
    }
}

/// Whether a change builds or takes down something that management goes through.
pub fn concerns(change: &Change, path: &ManagementPath) -> bool {
    match change {
        Change::CreateSwitch(switch) | Change::RemoveSwitch(switch) => path.switches.contains(&switch.record.name),
        Change::AddHostVnic(vnic) | Change::RemoveHostVnic(vnic) => path.switches.contains(&vnic.switch),
        Change::OwnHostVnic { switch, .. } | Change::SetMembers { switch, .. } | Change::Rebind { switch, .. } => {
            path.switches.contains(switch)
        }
        Change::CreateTeam { name, .. } | Change::RemoveTeam { name, .. } => path.teams.contains(name),
        Change::JoinTeam { team, .. } | Change::LeaveTeam { team, .. } => path.teams.contains(team),
        _ => false,
    }
}
