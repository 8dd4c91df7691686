//! Virtual switches and host vNICs as PowerShell: how they are made, and made again as they were.
//!
//! `New-VMSwitch`, `Set-VMSwitch`, `Set-VMSwitchTeam`, `Add-VMNetworkAdapter`. What a script makes anew on the way back has what the inventory says of it;
//! where the inventory is silent, what the apply script wrote down before the first change.

use super::again;
use super::change::{Context, Written, is_vlan, set_vlan};
use super::proof;
use crate::deploy::steps::{Base, Port, Switch};
use crate::inventory::{Facts, HostVnic};
use crate::powershell::{Command, truth};

pub(super) fn host_vnic(name: &str, switch: &str) -> String {
    format!(
        "[bool]({})",
        Command::new("Get-HostVnic")
            .name("Name", name)
            .name("Switch", switch)
            .line()
    )
}

pub(super) fn add_host_vnic(context: &Context, vnic: &HostVnic) -> Written {
    let alias = Port::HostVnic(vnic.name.clone()).alias();
    let is_there = host_vnic(&vnic.name, &vnic.switch);
    let add = if context.back {
        again::host_vnic("Add-HostVnic", &vnic.name, &vnic.switch)
    } else {
        Command::new("Add-VMNetworkAdapter")
            .switch("ManagementOS")
            .name("Name", &vnic.name)
            .name("SwitchName", &vnic.switch)
    };
    // Windows would make a second one of the same name: one that is there from a run that broke is not made again
    let mut commands = vec![format!("if (-not ({is_there})) {{ {} }}", add.line())];
    let mut test = is_there;
    if let Some(vlan) = vnic.vlan {
        commands.push(set_vlan(&vnic.name, Some(vlan)).line());
        test = format!("({test}) -and ({})", is_vlan(&vnic.name, Some(vlan)));
    }
    commands.push(Command::new("Wait-Adapter").name("Name", &alias).line());
    if context.back {
        commands.push(again::host_vnic("Restore-HostVnic", &vnic.name, &vnic.switch).line());
        commands.extend(as_it_was(vnic).into_iter().map(Command::line));
    }
    Written {
        test,
        commands,
        ..Written::default()
    }
}

/// What the inventory says of a host vNIC beside its VLAN: on the way back it gets it again, a new one gets it in steps of its own. Its port comes
/// last of all ([`again::ports`]), since it may be back under the switch only then.
fn as_it_was(vnic: &HostVnic) -> Vec<Command> {
    let mut commands = Vec::new();
    if let Some(weight) = vnic.weight {
        let set = Command::new("Set-VMNetworkAdapter")
            .switch("ManagementOS")
            .name("Name", &vnic.name);
        commands.push(set.value("MinimumBandwidthWeight", weight));
    }
    if vnic.rdma == Some(true) {
        commands.push(Command::new("Enable-NetAdapterRdma").name("Name", &Port::HostVnic(vnic.name.clone()).alias()));
    }
    commands
}

pub(super) fn remove_host_vnic(name: &str, switch: &str) -> Written {
    let remove = Command::new("Remove-VMNetworkAdapter")
        .switch("ManagementOS")
        .name("Name", name)
        .name("SwitchName", switch);
    Written::new(format!("-not ({})", host_vnic(name, switch)), vec![remove])
}

/// Adapters that a switch is bound to.
pub(super) fn adapters(switch: &Switch) -> Vec<String> {
    match &switch.base {
        Base::Team(team) => vec![team.clone()],
        Base::Port | Base::Set(_) => switch.record.nics.clone(),
    }
}

pub(super) fn is_switch(name: &str, adapters: &[String]) -> String {
    Command::new("Test-Switch")
        .name("Name", name)
        .names("Adapter", adapters)
        .line()
}

/// The host vNIC that Windows makes with its switch, and names like it.
pub(super) fn own_host_vnic(context: &Context, switch: &str) -> Written {
    let set = Command::new("Set-VMSwitch").name("Name", switch);
    let mut commands = vec![set.value("AllowManagementOS", "$true")];
    if context.back {
        commands.push(again::host_vnic("Restore-HostVnic", switch, switch));
    }
    Written::new(host_vnic(switch, switch), commands)
}

pub(super) fn create_switch(context: &Context, switch: &Switch) -> Written {
    let record = &switch.record;
    let facts = &record.facts;
    let set = matches!(switch.base, Base::Set(_));
    // what the inventory does not say was written down before the first change
    let kept = |part: &str, otherwise: &str| again::part(&format!("switch {}", record.name), part, otherwise);
    let mut create = Command::new("New-VMSwitch")
        .name("Name", &record.name)
        .names("NetAdapterName", &adapters(switch));
    if set {
        create = create.value("EnableEmbeddedTeaming", "$true");
    }
    match facts.yes("iov") {
        Some(true) => create = create.value("EnableIov", "$true"),
        None if context.back => create = create.value("EnableIov", kept("Iov", "$false")),
        _ => {}
    }
    let mode = match bandwidth_mode(facts, switch.weights) {
        _ if !context.back => new_mode(switch).to_owned(),
        Ok(known) => known.to_owned(),
        Err(otherwise) => kept("Mode", &format!("'{otherwise}'")),
    };
    create = create
        .value("AllowManagementOS", truth(switch.implicit_host_vnic))
        .value("MinimumBandwidthMode", mode);
    // one that is there from a run that broke is not made again
    let is_there = is_switch(&record.name, &adapters(switch));
    let mut commands = vec![format!("if (-not ({is_there})) {{ {} }}", create.line())];
    if set {
        let balance = match facts.text("load_balancing") {
            Some("dynamic") => "Dynamic".to_owned(),
            None if context.back => kept("Balance", "'HyperVPort'"),
            _ => "HyperVPort".to_owned(),
        };
        let set = Command::new("Set-VMSwitchTeam").name("Name", &record.name);
        commands.push(set.value("LoadBalancingAlgorithm", balance).line());
    }
    if context.back {
        commands.push(Command::new("Restore-Switch").name("Name", &record.name).line());
        if let Some(weight) = facts.number("default_flow_weight").filter(|_| switch.weights) {
            let set = Command::new("Set-VMSwitch").name("Name", &record.name);
            commands.push(set.value("DefaultFlowMinimumBandwidthWeight", weight).line());
        }
        if switch.implicit_host_vnic {
            commands.push(again::host_vnic("Restore-HostVnic", &record.name, &record.name).line());
        }
    }
    Written {
        // on the way back mode and balance come from what was written down
        test: if context.back {
            is_there
        } else {
            proof::new_switch(context, switch, new_mode(switch))
        },
        commands,
        ..Written::default()
    }
}

/// How a switch that the plan makes counts minimum bandwidth: by weight where its host vNICs have weights, else not at all. Bits per second
/// hinder live migration, and one with SR-IOV has no minimum bandwidth.
pub(super) fn new_mode(switch: &Switch) -> &'static str {
    let iov = switch.record.facts.yes("iov") == Some(true);
    if switch.weights && !iov { "Weight" } else { "None" }
}

/// How a switch counts minimum bandwidth: as the inventory says, else (`Err`) as its weights need it. One with SR-IOV has no minimum bandwidth, whatever
/// is asked for.
fn bandwidth_mode(facts: &Facts, weights: bool) -> Result<&'static str, &'static str> {
    match (facts.yes("iov"), facts.text("bandwidth_mode"), weights) {
        (Some(true), _, _) => Ok("None"),
        (_, Some("absolute"), _) => Ok("Absolute"),
        (_, Some(_), true) => Ok("Weight"),
        (_, Some(_), false) => Ok("None"),
        (_, None, true) => Err("Weight"),
        (_, None, false) => Err("None"),
    }
}
