//! Whether all of a change is so: the tests of steps, and what verify looks at beside them.
//!
//! In: changes, and the node before and after. Out: expressions and facts to confirm. A test that looks at a part alone would pass over a step that broke
//! in the middle when the script runs again, and verify would call it done. Properties as in Microsoft, `Get-VMSwitch`, `Get-VMSwitchTeam`,
//! `Get-NetLbfoTeam`, `Get-NetLbfoTeamMember`.

use super::address_change::selection;
use super::change::{self, Context};
use super::parts::confirm;
use super::switches as made;
use crate::applied::{switches, today};
use crate::deploy::own_address;
use crate::deploy::state::port_of;
use crate::deploy::steps::{Base, Change, Port, Switch};
use crate::deploy::work::{ClusterWork, NodeWork};
use crate::inventory::{Cluster, Node};
use crate::powershell::{Command, quoted};
use crate::profiles::TeamKind;
use crate::roles::{ROLES, Role};
use crate::units::same_name;

/// Functions that look at all of a thing.
pub const FUNCTIONS: &str = r#"function Test-NewSwitch {
    # the switch stands on these adapters and was made as it should be: Windows decides all of this when it makes one, but for the balance
    param([string]$Name, [string[]]$Adapter, [string]$Mode, [string]$Balance, [switch]$Team, [switch]$Iov, [switch]$NoHostVnic)
    if (-not (Test-Switch -Name $Name -Adapter $Adapter)) { return $false }
    $switch = Get-VMSwitch -Name $Name
    if ([string]$switch.BandwidthReservationMode -ne $Mode) { return $false }
    if ([bool]$switch.IovEnabled -ne [bool]$Iov) { return $false }
    if ($switch.PSObject.Properties['EmbeddedTeamingEnabled'] -and [bool]$switch.EmbeddedTeamingEnabled -ne [bool]$Team) { return $false }
    if ($Balance -and [string](Get-VMSwitchTeam -Name $Name).LoadBalancingAlgorithm -ne $Balance) { return $false }
    # the host vNIC that Windows makes with a switch is named like it
    if ($NoHostVnic -and (Get-HostVnic -Name $Name -Switch $Name)) { return $false }
    return $true
}

function Test-Team {
    # a team of Windows with exactly these members
    param([string]$Name, [string[]]$Member)
    $own = @(Get-NetLbfoTeamMember -Team $Name -ErrorAction SilentlyContinue | ForEach-Object { $_.Name })
    if ($own.Count -ne $Member.Count) { return $false }
    return @($Member | Where-Object { $own -notcontains $_ }).Count -eq 0
}

function Test-NewTeam {
    # a team of Windows with these members and perhaps more, which spreads as it should
    param([string]$Name, [string[]]$Member, [string]$Mode, [string]$Balance)
    $team = Get-NetLbfoTeam -Name $Name -ErrorAction SilentlyContinue
    if (-not $team) { return $false }
    if ([string]$team.TeamingMode -ne $Mode -or [string]$team.LoadBalancingAlgorithm -ne $Balance) { return $false }
    $own = @(Get-NetLbfoTeamMember -Team $Name | ForEach-Object { $_.Name })
    return @($Member | Where-Object { $own -notcontains $_ }).Count -eq 0
}

function Get-Bits {
    param([string]$Address)
    return (([Net.IPAddress]$Address).GetAddressBytes() | ForEach-Object { [Convert]::ToString($_, 2).PadLeft(8, '0') }) -join ''
}

function Test-Subnet {
    # the adapter has an IPv4 address of one of the subnets; where none is known, any that Windows did not give itself
    param([string]$Adapter, [string[]]$Subnet)
    $own = @(Get-Ipv4 -Adapter $Adapter | ForEach-Object { $_.Split('/')[0] })
    if (-not $Subnet) { return $own.Count -gt 0 }
    foreach ($one in $Subnet) {
        $network, $length = $one.Split('/')
        $start = (Get-Bits -Address $network).Substring(0, [int]$length)
        if (@($own | Where-Object { (Get-Bits -Address $_).StartsWith($start) }).Count -gt 0) { return $true }
    }
    return $false
}

function Test-Given {
    # the adapter has what another one had before the first change, as apply wrote it down; where nothing had to be moved, an address
    param([string]$Adapter, [string]$From)
    if ($script:State.Addresses.ContainsKey($From)) { return (Test-Moved -From $From -To $Adapter) }
    return (Test-Subnet -Adapter $Adapter)
}
"#;

/// A switch as it was made; `mode` is how it counts minimum bandwidth.
pub fn new_switch(context: &Context, switch: &Switch, mode: &str) -> String {
    let record = &switch.record;
    let known = |vnic: &str| {
        let of_today = context
            .node
            .is_some_and(|n| n.host_vnics.iter().any(|v| same_name(&v.name, vnic)));
        // PowerShell does not tell upper and lower case: a switch that is named after a role has its host vNIC
        let lower = vnic.to_lowercase();
        of_today || ROLES.iter().any(|info| lower.starts_with(&info.adapter.to_lowercase()))
    };
    // a host vNIC of that name may be another one, of the plan's own
    let none = !switch.implicit_host_vnic && !known(&record.name);
    made(switch, &made::adapters(switch), (mode, none))
}

fn made(switch: &Switch, adapters: &[String], (mode, no_host_vnic): (&str, bool)) -> String {
    let record = &switch.record;
    let mut test = Command::new("Test-NewSwitch")
        .name("Name", &record.name)
        .names("Adapter", adapters)
        .value("Mode", mode);
    if matches!(switch.base, Base::Set(_)) {
        test = test.value("Balance", "HyperVPort").switch("Team");
    }
    if record.facts.yes("iov") == Some(true) {
        test = test.switch("Iov");
    }
    if no_host_vnic {
        test = test.switch("NoHostVnic");
    }
    test.line()
}

/// A team as it was made.
pub fn new_team(name: &str, nics: &[String], mode: &str, balance: &str) -> String {
    Command::new("Test-NewTeam")
        .name("Name", name)
        .names("Member", nics)
        .value("Mode", mode)
        .value("Balance", balance)
        .line()
}

/// Teams of Windows with their members.
pub fn teams(cluster: &Cluster, node: &Node) -> Vec<String> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for nic in node.nics.iter().filter(|n| !n.team.is_empty()) {
        let under = nic.switch.as_deref().and_then(|name| switches::external(node, name));
        let kind = under.map(|switch| today::base(cluster, node, switch));
        let of_windows = match kind {
            Some(base) => base == today::Base::Team(TeamKind::Lbfo),
            None => nic.facts.text("team_kind").is_none_or(|kind| kind == "lbfo"),
        };
        if !of_windows {
            continue;
        }
        match found.iter_mut().find(|(team, _)| same_name(team, &nic.team)) {
            Some((_, members)) => members.push(&nic.name),
            None => found.push((&nic.team, vec![&nic.name])),
        }
    }
    let line = |(team, members): (&str, Vec<&str>)| {
        let test = Command::new("Test-Team").name("Name", team).names("Member", &members);
        confirm(&format!("team {team} has {}", members.join(", ")), &test.line())
    };
    found.into_iter().map(line).collect()
}

/// What verify looks at beside the wiring: switches as they were made, what had to go, VLANs that had to be taken off, and addresses that nobody wrote down.
pub fn done(context: &Context, work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let mut found = made_switches(node);
    found.extend(gone(context, node));
    found.extend(untagged(work, node));
    found.extend(port_vlans(node));
    found.extend(cleared(context, node));
    if !work.by_intents {
        found.extend(addresses(context, work, node));
    }
    found
}

fn changes(node: &NodeWork) -> impl Iterator<Item = &Change> {
    node.steps.iter().flat_map(|s| &s.changes)
}

/// Switches that the steps make and that stay, with their last adapters.
fn made_switches(node: &NodeWork) -> Vec<String> {
    let mut found = Vec::new();
    for change in changes(node) {
        let Change::CreateSwitch(switch) = change else { continue };
        let name = &switch.record.name;
        if switches::external(&node.after, name).is_none() {
            continue;
        }
        let adapters = match &switch.base {
            Base::Team(team) => vec![team.clone()],
            Base::Port | Base::Set(_) => switches::members(&node.after, name)
                .iter()
                .map(|n| n.name.clone())
                .collect(),
        };
        let own = node.after.host_vnics.iter().any(|v| same_name(&v.name, name));
        let mode = made::new_mode(switch);
        let test = made(switch, &adapters, (mode, !switch.implicit_host_vnic && !own));
        let line = confirm(
            &format!("virtual switch {name} was made as planned: minimum bandwidth {mode}"),
            &test,
        );
        found.retain(|old| *old != line);
        found.push(line);
    }
    found
}

/// Switches, teams, host vNICs and addresses that the steps take away.
fn gone(context: &Context, node: &NodeWork) -> Vec<String> {
    let after = &node.after;
    let mut found = Vec::new();
    for change in changes(node) {
        let (what, test) = match change {
            Change::RemoveSwitch(s) if switches::external(after, &s.record.name).is_none() => {
                let get = Command::new("Get-VMSwitch").name("Name", &s.record.name);
                let get = get.value("ErrorAction", "SilentlyContinue").line();
                (
                    format!("virtual switch {} is gone", s.record.name),
                    format!("-not ({get})"),
                )
            }
            Change::RemoveTeam { name, .. } if !after.nics.iter().any(|n| same_name(&n.team, name)) => {
                (format!("team {name} is gone"), change::written(context, change).test)
            }
            Change::RemoveHostVnic(v) if !after.host_vnics.iter().any(|new| same_name(&new.name, &v.name)) => (
                format!("host vNIC {} is gone", v.name),
                change::written(context, change).test,
            ),
            Change::OwnHostVnic { switch, exists: false }
                if !after.host_vnics.iter().any(|new| same_name(&new.name, switch)) =>
            {
                (
                    format!("the host vNIC that Windows named like its switch {switch} is gone"),
                    change::written(context, change).test,
                )
            }
            _ => continue,
        };
        let line = confirm(&what, &test);
        if !found.contains(&line) {
            found.push(line);
        }
    }
    found
}

/// Host vNICs that the steps make without VLAN or take their VLAN off; not one whose network a person chooses, with its VLAN.
fn untagged(work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let chosen: Vec<Port> = own_address::chosen(work, node);
    let set = |name: &str| {
        changes(node).any(|c| match c {
            Change::AddHostVnic(v) => same_name(&v.name, name),
            Change::HostVlan { vnic, .. } => same_name(vnic, name),
            _ => false,
        })
    };
    let bare = node
        .after
        .host_vnics
        .iter()
        .filter(|v| v.vlan.is_none() && set(&v.name))
        .filter(|v| !chosen.contains(&Port::HostVnic(v.name.clone())));
    bare.map(|v| {
        confirm(
            &format!("host vNIC {} is untagged", v.name),
            &change::is_vlan(&v.name, None),
        )
    })
    .collect()
}

/// VLAN IDs that the steps set at ports or take off them.
fn port_vlans(node: &NodeWork) -> Vec<String> {
    let set = |nic: &str| changes(node).any(|c| matches!(c, Change::PortVlan { nic: own, .. } if same_name(own, nic)));
    let ports = node.after.nics.iter().filter(|nic| set(&nic.name));
    ports
        .map(|nic| {
            let vlan = nic.set_vlan().unwrap_or(0);
            let what = match vlan {
                0 => format!("port {} has no VLAN ID of its own", nic.name),
                _ => format!("port {} has the VLAN ID {vlan}", nic.name),
            };
            confirm(&what, &change::is_port_vlan(&nic.name, u64::from(vlan)))
        })
        .collect()
}

/// Adapters that stay and from which the steps take addresses off that do not come back there: an address that is left answers beside the new one.
fn cleared(context: &Context, node: &NodeWork) -> Vec<String> {
    let all: Vec<&Change> = changes(node).collect();
    let stays = |port: &Port| match port {
        Port::Nic(name) => node.after.nics.iter().any(|n| same_name(&n.name, name) && n.is_bare()),
        Port::Team(name) => node
            .after
            .nics
            .iter()
            .any(|n| same_name(&n.team, name) && n.switch.is_none()),
        Port::HostVnic(name) => node.after.host_vnics.iter().any(|v| same_name(&v.name, name)),
    };
    let mut found = Vec::new();
    for (place, change) in all.iter().enumerate() {
        let Change::Release {
            port,
            addresses,
            keeps_address: false,
            ..
        } = change
        else {
            continue;
        };
        let again = all[place..].iter().any(|later| {
            matches!(later, Change::Assume { port: to, from, addresses: new, .. }
                if to == port && (from.as_ref() == Some(port) || new.iter().any(|a| addresses.contains(a))))
        });
        if again || !stays(port) {
            continue;
        }
        let line = match addresses.as_slice() {
            [] => match divided(context, &all, port) {
                Some(line) => line,
                None => confirm(
                    &format!("{} has none of the addresses that went from it", port.alias()),
                    &change::written(context, change).test,
                ),
            },
            gone => confirm(
                &format!("{} has {} no more", port.alias(), gone.join(", ")),
                &change::written(context, change).test,
            ),
        };
        if !found.contains(&line) {
            found.push(line);
        }
    }
    found
}

/// Where a script divides the addresses of an adapter by their subnets when it runs: those that go are gone, the others may stay.
fn divided(context: &Context, all: &[&Change], port: &Port) -> Option<String> {
    let (parameter, subnets) = all.iter().find_map(|change| match change {
        Change::Assume {
            port: to,
            roles,
            from: Some(from),
            ..
        } if from == port => selection(context, from, to, roles),
        _ => None,
    })?;
    let (alias, networks) = (port.alias(), subnets.join(" or "));
    if parameter == "Subnet" {
        let has = Command::new("Test-Subnet")
            .name("Adapter", &alias)
            .names("Subnet", &subnets);
        return Some(confirm(
            &format!("{alias} has no address of {networks}"),
            &format!("-not ({})", has.line()),
        ));
    }
    let own = format!("@(Get-Ipv4 -Adapter {})", quoted(&alias));
    let of_others = Command::new("Select-Address")
        .value("Address", &own)
        .names("Subnet", &subnets);
    Some(confirm(
        &format!("{alias} has only addresses of {networks}"),
        &format!("{own}.Count -eq @({}).Count", of_others.line()),
    ))
}

/// Adapters that carry a role and whose address the inventory does not hold: what was moved there, else one of their networks.
fn addresses(context: &Context, work: &ClusterWork, node: &NodeWork) -> Vec<String> {
    let mut found = Vec::new();
    for carrier in today::carriers(&node.after)
        .into_iter()
        .filter(|c| c.addresses.is_empty())
    {
        let port = port_of(&node.after, &carrier.carrier);
        let alias = port.alias();
        let ip = node.after.management_address();
        if carrier.roles.contains(&Role::Management) && !ip.is_empty() && !ip.contains(':') {
            let test = Command::new("Test-Address").name("Adapter", &alias).name("Address", ip);
            found.push(confirm(
                &format!("{alias} has the management address {ip}"),
                &test.line(),
            ));
            continue;
        }
        found.push(unknown(context, (work, node), &port, &carrier.roles));
    }
    found
}

fn unknown(context: &Context, (work, node): (&ClusterWork, &NodeWork), port: &Port, roles: &[Role]) -> String {
    let alias = port.alias();
    // What a script picked from the addresses of an adapter may be nothing: then the admin gives one.
    let picked = |from: &Port| selection(context, from, port, roles).is_some();
    let from = changes(node).find_map(|c| match c {
        Change::Assume {
            port: to,
            from: Some(from),
            ..
        } if to == port => Some(from),
        _ => None,
    });
    let from = from.filter(|from| !picked(from)).map(Port::alias);
    if let Some(from) = from {
        let test = Command::new("Test-Given").name("Adapter", &alias).name("From", &from);
        return confirm(&format!("{alias} has the address that {from} had"), &test.line());
    }
    let networks = work.after.networks.iter();
    let networks = networks.filter(|n| n.purpose.is_some_and(|role| roles.contains(&role)) && !n.subnet.is_empty());
    let subnets: Vec<String> = networks
        .flat_map(|n| n.subnet.split(';').map(|s| s.trim().to_owned()))
        .collect();
    let fitting = subnets.iter().all(|s| s.contains('/') && !s.contains(':'));
    let test = Command::new("Test-Subnet").name("Adapter", &alias);
    if subnets.is_empty() || !fitting || own_address::is_further(work, node, port) {
        return confirm(&format!("{alias} has an address"), &test.line());
    }
    let what = format!("{alias} has an address of {}", subnets.join(" or "));
    confirm(&what, &test.names("Subnet", &subnets).line())
}
