//! 2008 R2: a `.cmd` file of what `netsh` can do (addresses, chimney offload, names of connections; it waits where a VLAN ID is set between two addresses), and the rest in words. There are no Hyper-V cmdlets, and no script touches a virtual switch.
//!
//! `nvspbind` binds and unbinds the switch's protocol, `nvspscrub` removes every Hyper-V network and connection of the host (seed article; MSDN Code
//! Archive, nvspbind).

use super::File;
use crate::deploy::old_windows::is_safe;
use crate::deploy::steps::{Base, Change, HostSetting, Port, Step, Values};
use crate::deploy::waits;
use crate::deploy::words;
use crate::deploy::work::{ClusterWork, NodeWork};

fn file(lines: &[String]) -> Vec<u8> {
    let mut text = String::new();
    for line in lines {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text.into_bytes()
}

/// Pre-check, apply, verify and rollback.
pub fn files(work: &ClusterWork, node: &NodeWork, stem: &str) -> Vec<File> {
    let mut apply = commands(node, false);
    apply.extend(notes(work, node));
    let back = commands(node, true);
    let mut before = look(
        node,
        "Pre-check: compare with the inventory before anything is changed.",
    );
    before.extend(expected(node, false));
    let mut after = look(node, "Verify: compare with the plan.");
    after.extend(expected(node, true));
    let what = "addresses, offload of TCP and names of connections";
    vec![
        (format!("{stem}-1-pre-check.cmd"), file(&before)),
        (
            format!("{stem}-2-apply.cmd"),
            file(&change(
                node,
                &format!("Apply: {what}, as far as netsh sets them."),
                &apply,
            )),
        ),
        (format!("{stem}-3-verify.cmd"), file(&after)),
        (
            format!("{stem}-4-rollback.cmd"),
            file(&change(node, &format!("Rollback: {what} as they were."), &back)),
        ),
    ]
}

/// What must be so before, or after: names of connections, chimney offload.
fn expected(node: &NodeWork, after: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for change in node.steps.iter().flat_map(|s| &s.changes) {
        match change {
            Change::Rename { nic, to } => {
                let name = if after { to } else { nic };
                lines.push(format!("netsh interface show interface name=\"{name}\""));
                lines.push(format!("if errorlevel 1 echo FAIL  there is no connection {name}"));
            }
            Change::Chimney(value) => {
                let state = if after { &value.after } else { &value.before };
                let state = state.as_deref().unwrap_or_default();
                lines.push(format!("echo Above, Chimney Offload State must say {state}."));
            }
            _ => {}
        }
    }
    lines
}

fn head(node: &NodeWork, synopsis: &str) -> Vec<String> {
    let name = if is_safe(&node.today.name) {
        node.today.name.as_str()
    } else {
        "the node of this file's name"
    };
    vec![
        "@echo off".to_owned(),
        format!("rem {synopsis} For {name}."),
        "rem Written by nicplan; Windows Server 2008 R2. The rest is done by hand: see RUNBOOK.md.".to_owned(),
    ]
}

fn look(node: &NodeWork, synopsis: &str) -> Vec<String> {
    let mut lines = head(node, synopsis);
    lines.extend(
        [
            "hostname",
            "netsh interface show interface",
            "netsh interface ipv4 show config",
            "netsh int tcp show global",
            "rem chimney and checksum offload must be set alike here and in the guests; netstat -t shows offloaded connections",
            "netstat -t",
            "rem bindings on Server Core: nvspbind.exe /n lists the adapters, /o their order; management must come first",
            "if exist \"%~dp0nvspbind.exe\" \"%~dp0nvspbind.exe\" /n",
            "if exist \"%~dp0nvspbind.exe\" \"%~dp0nvspbind.exe\" /o",
            "cluster node",
            "cluster network",
        ]
        .map(str::to_owned),
    );
    lines
}

fn change(node: &NodeWork, synopsis: &str, commands: &[String]) -> Vec<String> {
    let mut lines = head(node, synopsis);
    lines.extend(
        [
            "setlocal",
            "set \"DO=\"",
            "rem with /whatif the commands are only shown",
            "if /i \"%~1\"==\"/whatif\" set \"DO=echo\"",
        ]
        .map(str::to_owned),
    );
    if commands.is_empty() {
        lines.push("echo Nothing here can be done by netsh. See RUNBOOK.md for what is done by hand.".to_owned());
    }
    lines.extend(commands.iter().cloned());
    lines.push("endlocal".to_owned());
    lines
}

fn gives_up_chimney(node: &NodeWork) -> bool {
    let mut changes = node.steps.iter().flat_map(|s| &s.changes);
    changes.any(|c| matches!(c, Change::Chimney(_)))
}

/// What netsh could do beside the steps, as remarks: it is decided by a person, since guests must change with it.
fn notes(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let mut found = Vec::new();
    let host = node.today.facts.text("chimney");
    let on = host.is_some_and(|state| state != "disabled");
    let guests = || work.today.vms.iter().filter_map(|vm| vm.facts.text("guest_chimney"));
    if on && !gives_up_chimney(node) && guests().any(|state| state == "disabled") {
        found.push(
            "rem the host offloads TCP and some guests do not (rule chimney-one-sided): in those guests".to_owned(),
        );
        found.push("rem   netsh int tcp set global chimney=enabled".to_owned());
    } else if host == Some("disabled") && guests().any(|state| state == "enabled") {
        found.push("rem guests ask to offload TCP and the host does not (rule chimney-one-sided): here, or chimney=disabled in the guests".to_owned());
        found.push("rem   netsh int tcp set global chimney=enabled".to_owned());
    }
    found
}

/// netsh commands of the steps, or of the way back.
fn commands(node: &NodeWork, back: bool) -> Vec<String> {
    let mut found = Vec::new();
    let steps: Vec<_> = if back {
        node.steps.iter().rev().collect()
    } else {
        node.steps.iter().collect()
    };
    for step in steps {
        let changes = if back { step.undo() } else { step.changes.clone() };
        for change in &changes {
            let Some(lines) = netsh(change) else { continue };
            let title = words::title(std::slice::from_ref(change));
            found.push(if is_safe(&title) {
                format!("rem step {}: {title}", step.number)
            } else {
                format!("rem step {}", step.number)
            });
            found.extend(lines);
        }
    }
    found
}

/// What netsh does of a change, ready to run: addresses of NICs and teams that are known, names of connections, chimney offload.
fn netsh(change: &Change) -> Option<Vec<String>> {
    match change {
        // a name that is there already is left alone
        Change::Rename { nic, to } => Some(vec![
            format!("netsh interface show interface name=\"{to}\""),
            format!("if errorlevel 1 %DO% netsh interface set interface name=\"{nic}\" newname=\"{to}\""),
        ]),
        Change::Chimney(Values { after: Some(state), .. }) => Some(vec![
            "rem do the same in the guests".to_owned(),
            format!("%DO% netsh int tcp set global chimney={state}"),
        ]),
        // drivers and vendors' software set it, each in its own way: between two commands, since an address waits for it
        Change::PortVlan { nic, value } => {
            let name = if is_safe(nic) {
                nic.as_str()
            } else {
                "the port of this step"
            };
            let set = match value.after.unwrap_or_default() {
                0 => format!("take the VLAN ID off {name}"),
                vlan => format!("set the VLAN ID of {name} to {vlan}"),
            };
            Some(vec![
                format!("echo By hand now, in the driver's properties or the NIC vendor's software: {set}"),
                "if not defined DO pause".to_owned(),
            ])
        }
        _ => addresses(change),
    }
}

/// Whether a person does a step, and no line of a `.cmd` file does any of it.
pub fn is_by_hand(step: &Step) -> bool {
    !step.changes.iter().any(|change| netsh(change).is_some())
}

/// Addresses under names that a batch file can hold.
fn addresses(change: &Change) -> Option<Vec<String>> {
    let (port, addresses, verb) = match change {
        Change::Assume { port, addresses, .. } => (port, addresses, "add"),
        Change::Release {
            port,
            addresses,
            keeps_address: false,
            ..
        } => (port, addresses, "delete"),
        _ => return None,
    };
    let name = match port {
        Port::Nic(name) | Port::Team(name) => name,
        Port::HostVnic(_) => return None,
    };
    if addresses.is_empty() || !is_safe(name) {
        return None;
    }
    let lines: Option<Vec<String>> = addresses
        .iter()
        .map(|address| {
            let (ip, mask) = ipv4(address)?;
            Some(if verb == "add" {
                format!("%DO% netsh interface ipv4 add address name=\"{name}\" address={ip} mask={mask}")
            } else {
                format!("%DO% netsh interface ipv4 delete address name=\"{name}\" address={ip}")
            })
        })
        .collect();
    lines
}

/// Address and mask of `10.0.0.1/24`.
fn ipv4(text: &str) -> Option<(std::net::Ipv4Addr, std::net::Ipv4Addr)> {
    let (ip, length) = text.split_once('/')?;
    let length: u32 = length.parse().ok().filter(|l| *l <= 32)?;
    let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
    Some((ip.parse().ok()?, std::net::Ipv4Addr::from(mask)))
}

/// What is done by hand on the node, in order.
pub fn manual_lines(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let mut found = Vec::new();
    let gates = waits::before_steps(work, node);
    for step in &node.steps {
        found.extend(
            gates
                .iter()
                .filter(|(at, _)| *at == step.number)
                .map(|(_, what)| what.clone()),
        );
        let lines: Vec<String> = step.changes.iter().filter_map(by_hand).collect();
        if !lines.is_empty() {
            found.push(format!("{} (serves: {})", lines.join("; then "), step.serves));
        }
    }
    let last = gates.iter().filter(|(at, _)| *at > node.steps.len());
    found.extend(last.map(|(_, what)| what.clone()));
    let rebuilt = node
        .steps
        .iter()
        .flat_map(|s| &s.changes)
        .any(|c| matches!(c, Change::CreateSwitch(_) | Change::RemoveSwitch(_)));
    if rebuilt {
        found.push(
            "If a virtual network cannot be removed in Virtual Network Manager: nvspscrub removes all of Hyper-V's networks and connections of this host at once, \
             also those that are to stay, so note them first; nvspbind /u and /b unbind and bind the switch's protocol of one NIC"
                .to_owned(),
        );
    }
    found
}

fn by_hand(change: &Change) -> Option<String> {
    Some(match change {
        Change::CreateSwitch(switch) => {
            let on = match &switch.base {
                Base::Team(team) => format!("the adapter of the vendor team {team}"),
                Base::Port | Base::Set(_) => words::listed(&switch.record.nics),
            };
            let host = if switch.record.allow_management_os == Some(true) {
                "tick"
            } else {
                "clear"
            };
            format!(
                "in Virtual Network Manager add an external network {} on {on}, and {host} \"Allow management operating system to share this network adapter\"",
                switch.record.name
            )
        }
        Change::RemoveSwitch(switch) => format!("in Virtual Network Manager remove the network {}", switch.record.name),
        Change::SetMembers { .. } => return None,
        Change::Rebind { switch, after, .. } => {
            format!("in Virtual Network Manager bind the network {switch} to {after}")
        }
        Change::CreateTeam { name, nics } => format!(
            "in the NIC vendor's software make the team {name} of {}",
            words::listed(nics)
        ),
        Change::RemoveTeam { name, .. } => format!("in the NIC vendor's software remove the team {name}"),
        Change::JoinTeam { team, nic } => format!("in the NIC vendor's software add {nic} to the team {team}"),
        Change::LeaveTeam { team, nic } => format!("in the NIC vendor's software take {nic} out of the team {team}"),
        Change::AddHostVnic(vnic) => match vnic.vlan {
            Some(vlan) => format!(
                "in the properties of the network {} tick \"Allow management operating system\" and \"Enable virtual LAN identification for management operating system\" with {vlan}",
                vnic.switch
            ),
            None => format!(
                "in the properties of the network {} tick \"Allow management operating system\"",
                vnic.switch
            ),
        },
        Change::RemoveHostVnic(vnic) => format!(
            "in the properties of the network {} clear \"Allow management operating system\"",
            vnic.switch
        ),
        Change::Assume {
            port, addresses, roles, ..
        } if netsh(change).is_none() => match addresses.as_slice() {
            [] => format!(
                "give {} to {}: give {} the address of its network",
                words::roles(roles),
                port.alias(),
                port.alias()
            ),
            known => format!("give {} the address {}", port.alias(), words::listed(known)),
        },
        Change::Release {
            port,
            roles,
            keeps_address: false,
            ..
        } if netsh(change).is_none() && !roles.is_empty() => {
            format!("take the address off {}, and note it", port.alias())
        }
        Change::Host(HostSetting::Pool(value)) => {
            let pool = value.after?;
            format!(
                "in Virtual Network Manager, MAC Address Range: {} to {}",
                pool.min, pool.max
            )
        }
        _ => return None,
    })
}
