//! The VLAN ID that is set at a port in Windows: under a virtual switch or in a team it would drop what these tag themselves.
//!
//! `Set-NetAdapter`, parameter `VlanID`; Microsoft, Hyper-V: VLANs of a port under a virtual switch are set at the host vNICs. In: a change of the wiring and
//! its commands. Out: the same with the VLAN ID taken off a port that enters, and given back to one that leaves on the way back. Must not know: the order.

use super::change::{Context, Written};
use crate::deploy::cabling::set_vlan;
use crate::deploy::steps::{Base, Change};
use crate::powershell::{Command, quoted};

/// The commands of a change, with those for the VLAN IDs of its ports.
pub(super) fn with(context: &Context, change: &Change, mut written: Written) -> Written {
    let ports = if context.back {
        leaving(change)
    } else {
        entering(change)
    };
    for (port, today) in ports.iter().filter_map(|port| Some((port, set_today(context, port)?))) {
        let vlan = if context.back { today } else { 0 };
        let set = Command::new("Set-NetAdapter").name("Name", port);
        let line = set.value("VlanID", vlan).set("Confirm", false).line();
        let test = format!("[int](Get-NetAdapter -Name {}).VlanID -eq {vlan}", quoted(port));
        written.test = format!("({}) -and ({test})", written.test);
        if context.back {
            written.commands.push(line);
        } else {
            written.commands.insert(0, line);
        }
    }
    written
}

/// The VLAN ID of a port that is under no switch and in no team today.
fn set_today(context: &Context, port: &str) -> Option<u16> {
    let nic = context.node?.nics.iter().find(|n| n.name == *port)?;
    let bare = nic.switch.is_none() && nic.team.is_empty();
    set_vlan(nic).filter(|_| bare)
}

/// Ports that a change puts under a switch or into a team.
fn entering(change: &Change) -> Vec<String> {
    match change {
        Change::CreateSwitch(switch) if !matches!(switch.base, Base::Team(_)) => switch.record.nics.clone(),
        Change::SetMembers { before, after, .. } => after.iter().filter(|n| !before.contains(n)).cloned().collect(),
        Change::Rebind { after, .. } => vec![after.clone()],
        Change::CreateTeam { nics, .. } => nics.clone(),
        Change::JoinTeam { nic, .. } => vec![nic.clone()],
        _ => Vec::new(),
    }
}

/// Ports that a change frees.
fn leaving(change: &Change) -> Vec<String> {
    match change {
        Change::RemoveSwitch(switch) if !matches!(switch.base, Base::Team(_)) => switch.record.nics.clone(),
        Change::SetMembers { before, after, .. } => before.iter().filter(|n| !after.contains(n)).cloned().collect(),
        Change::Rebind { before, .. } => vec![before.clone()],
        Change::RemoveTeam { nics, .. } => nics.clone(),
        Change::LeaveTeam { nic, .. } => vec![nic.clone()],
        _ => Vec::new(),
    }
}
