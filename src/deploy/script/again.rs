//! What a rollback makes again must be as it was: the apply script writes it down before the first change.
//!
//! In: the steps of a node. Out: the lines that write down what is going to be removed, the functions that put it back, and expressions for what was
//! written down. The MAC address of a host vNIC comes back where it was set by hand: one that is outside the host's pool and no port's own.
//! Cmdlets as documented by Microsoft: `Get-VMSwitch`, `Get-VMSwitchTeam`, `Get-VMSwitchExtension`, `Get-VMNetworkAdapterIsolation`,
//! `Get-NetLbfoTeamNic`, `Set-NetLbfoTeamMember`.

use crate::deploy::settings::mapping;
use crate::deploy::steps::{Change, Step};
use crate::powershell::{Command, quoted};

/// Functions of the apply script, which write down.
pub const SAVE: &str = r#"function Save-Switch {
    # remembers a virtual switch once, as it was before the first change
    param([string]$Name)
    $key = 'switch ' + $Name
    if ($script:State.Before.ContainsKey($key)) { return }
    $switch = Get-VMSwitch -Name $Name -ErrorAction SilentlyContinue | Where-Object { $_.Name -eq $Name }
    if (-not $switch) { return }
    $balance = ''
    if ($switch.PSObject.Properties['EmbeddedTeamingEnabled'] -and $switch.EmbeddedTeamingEnabled) {
        $balance = [string](Get-VMSwitchTeam -Name $Name).LoadBalancingAlgorithm
    }
    $script:State.Before[$key] = @{
        Mode       = [string]$switch.BandwidthReservationMode
        Iov        = [bool]$switch.IovEnabled
        Balance    = $balance
        Weight     = [long]$switch.DefaultFlowMinimumBandwidthWeight
        Absolute   = [long]$switch.DefaultFlowMinimumBandwidthAbsolute
        Notes      = [string]$switch.Notes
        Extensions = @(Get-VMSwitchExtension -VMSwitchName $Name | Where-Object { $_.Enabled } | ForEach-Object { [string]$_.Name })
    }
    Write-State
}

function Test-OwnAddress {
    # the MAC address was set by hand: it is not from the host's pool and not that of a port
    param([string]$Mac)
    if (@(Get-NetAdapter -Physical | Where-Object { ($_.MacAddress -replace '-', '') -eq $Mac }).Count -gt 0) { return $false }
    $vmHost = Get-VMHost
    $number = [Convert]::ToInt64($Mac, 16)
    return ($number -lt [Convert]::ToInt64($vmHost.MacAddressMinimum, 16)) -or ($number -gt [Convert]::ToInt64($vmHost.MacAddressMaximum, 16))
}

function Save-HostVnic {
    # remembers a host vNIC once, as it was before the first change; parts that this Windows does not have stay empty
    param([string]$Name, [string]$Switch)
    $key = 'host vNIC ' + $Name
    if ($script:State.Before.ContainsKey($key)) { return }
    $vnic = Get-HostVnic -Name $Name -Switch $Switch
    if (-not $vnic) { return }
    $alias = 'vEthernet (' + $Name + ')'
    $vlan = Get-VMNetworkAdapterVlan -VMNetworkAdapter $vnic
    $isolation = $null
    if (Get-Command Get-VMNetworkAdapterIsolation -ErrorAction SilentlyContinue) { $isolation = Get-VMNetworkAdapterIsolation -VMNetworkAdapter $vnic }
    $port = ''
    if (Get-Command Get-VMNetworkAdapterTeamMapping -ErrorAction SilentlyContinue) {
        $port = [string](Get-VMNetworkAdapterTeamMapping -ManagementOS -Name $Name -ErrorAction SilentlyContinue).NetAdapterName
    }
    $mac = [string]$vnic.MacAddress
    if ($mac -and -not (Test-OwnAddress -Mac $mac)) { $mac = '' }
    $script:State.Before[$key] = @{
        Mac         = $mac
        VlanMode    = [string]$vlan.OperationMode
        Vlan        = [int]$vlan.AccessVlanId
        NativeVlan  = [int]$vlan.NativeVlanId
        Vlans       = (@($vlan.AllowedVlanIdList) -join ',')
        Isolation   = [string]$isolation.IsolationMode
        IsolationId = [int]$isolation.DefaultIsolationID
        Untagged    = [bool]$isolation.AllowUntaggedTraffic
        Weight      = [long]$vnic.BandwidthSetting.MinimumBandwidthWeight
        Absolute    = [long]$vnic.BandwidthSetting.MinimumBandwidthAbsolute
        Maximum     = [long]$vnic.BandwidthSetting.MaximumBandwidth
        Tag         = ([string]$vnic.IeeePriorityTag -eq 'On')
        Rdma        = [bool](Get-NetAdapterRdma -Name $alias -ErrorAction SilentlyContinue).Enabled
        Port        = $port
        Packets     = [string](Get-NetAdapterAdvancedProperty -Name $alias -RegistryKeyword '*JumboPacket' -ErrorAction SilentlyContinue).RegistryValue
    }
    Write-State
}

function Save-Team {
    # remembers a team once, as it was before the first change, and the addresses of its further interfaces
    param([string]$Name)
    $key = 'team ' + $Name
    if ($script:State.Before.ContainsKey($key)) { return }
    $team = Get-NetLbfoTeam -Name $Name -ErrorAction SilentlyContinue
    if (-not $team) { return }
    $nics = @(Get-NetLbfoTeamNic -Team $Name | ForEach-Object { @{ Name = [string]$_.Name; Vlan = [int]$_.VlanID; Primary = [bool]$_.Primary } })
    foreach ($one in $nics) { if (-not $one.Primary) { Save-Address -Adapter $one.Name } }
    $script:State.Before[$key] = @{
        Mode    = [string]$team.TeamingMode
        Balance = [string]$team.LoadBalancingAlgorithm
        Timer   = [string]$team.LacpTimer
        Nics    = $nics
        Standby = @(Get-NetLbfoTeamMember -Team $Name | Where-Object { [string]$_.AdministrativeMode -eq 'Standby' } | ForEach-Object { [string]$_.Name })
    }
    Write-State
}
"#;

/// Functions of the rollback script, which put back.
pub const RESTORE: &str = r#"function Get-Part {
    # one part of what is remembered of a thing; without it what is usual
    param([string]$Key, [string]$Name, $Otherwise)
    $kept = $script:State.Before[$Key]
    if ($kept -and [string]$kept[$Name] -ne '') { return $kept[$Name] }
    return $Otherwise
}

function Restore-Switch {
    # default flow, notes and extensions of a virtual switch, as they were
    param([string]$Name)
    $kept = $script:State.Before['switch ' + $Name]
    if (-not $kept) { return }
    $mode = [string](Get-VMSwitch -Name $Name).BandwidthReservationMode
    if ($mode -eq 'Weight' -and $kept.Weight -gt 0) { Set-VMSwitch -Name $Name -DefaultFlowMinimumBandwidthWeight $kept.Weight }
    if ($mode -eq 'Absolute' -and $kept.Absolute -gt 0) { Set-VMSwitch -Name $Name -DefaultFlowMinimumBandwidthAbsolute $kept.Absolute }
    if ($kept.Notes) { Set-VMSwitch -Name $Name -Notes $kept.Notes }
    foreach ($one in @(Get-VMSwitchExtension -VMSwitchName $Name)) {
        $was = @($kept.Extensions) -contains $one.Name
        if ($was -and -not $one.Enabled) { Enable-VMSwitchExtension -VMSwitchName $Name -Name $one.Name -ErrorAction Continue | Out-Null }
        if ($one.Enabled -and -not $was) { Disable-VMSwitchExtension -VMSwitchName $Name -Name $one.Name -ErrorAction Continue | Out-Null }
    }
}

function Add-HostVnic {
    # with the MAC address that it had, if that was set by hand
    param([string]$Name, [string]$Switch)
    $mac = Get-Part -Key ('host vNIC ' + $Name) -Name 'Mac'
    if ($mac) { Add-VMNetworkAdapter -ManagementOS -Name $Name -SwitchName $Switch -StaticMacAddress $mac }
    else { Add-VMNetworkAdapter -ManagementOS -Name $Name -SwitchName $Switch }
}

function Restore-HostVnic {
    # VLAN, isolation, bandwidth, priority tag, RDMA and size of packets of a host vNIC, as they were
    param([string]$Name, [string]$Switch)
    $kept = $script:State.Before['host vNIC ' + $Name]
    if (-not $kept) { return }
    $alias = 'vEthernet (' + $Name + ')'
    Wait-Adapter -Name $alias
    $vnic = Get-HostVnic -Name $Name -Switch $Switch
    if ($kept.VlanMode -eq 'Access') { Set-VMNetworkAdapterVlan -VMNetworkAdapter $vnic -Access -VlanId $kept.Vlan }
    elseif ($kept.VlanMode -eq 'Trunk') { Set-VMNetworkAdapterVlan -VMNetworkAdapter $vnic -Trunk -AllowedVlanIdList $kept.Vlans -NativeVlanId $kept.NativeVlan }
    elseif ($kept.VlanMode -eq 'Private') { Write-Warning ('{0} was in a private VLAN: set it by hand as it was' -f $Name) }
    if ($kept.Isolation -eq 'Vlan') {
        Set-VMNetworkAdapterIsolation -VMNetworkAdapter $vnic -IsolationMode Vlan -DefaultIsolationID $kept.IsolationId -AllowUntaggedTraffic $kept.Untagged
    }
    elseif ($kept.Isolation -and $kept.Isolation -ne 'None') { Write-Warning ('{0} was isolated by {1}: set it by hand as it was' -f $Name, $kept.Isolation) }
    $mode = [string](Get-VMSwitch -Name $Switch).BandwidthReservationMode
    if ($mode -eq 'Weight' -and $kept.Weight -gt 0) { Set-VMNetworkAdapter -VMNetworkAdapter $vnic -MinimumBandwidthWeight $kept.Weight }
    if ($mode -eq 'Absolute' -and $kept.Absolute -gt 0) { Set-VMNetworkAdapter -VMNetworkAdapter $vnic -MinimumBandwidthAbsolute $kept.Absolute }
    if ($kept.Maximum -gt 0) { Set-VMNetworkAdapter -VMNetworkAdapter $vnic -MaximumBandwidth $kept.Maximum }
    if ($kept.Tag) { Set-VMNetworkAdapter -VMNetworkAdapter $vnic -IeeePriorityTag On }
    if ($kept.Rdma) { Enable-NetAdapterRdma -Name $alias }
    if ($kept.Packets) { Set-NetAdapterAdvancedProperty -Name $alias -RegistryKeyword '*JumboPacket' -RegistryValue $kept.Packets -ErrorAction Continue }
}

function Restore-Port {
    # the port of the team that a host vNIC was bound to, once that port is back under the switch
    param([string]$Name, [string]$Switch, [string]$Port)
    if (-not $Port) { $Port = Get-Part -Key ('host vNIC ' + $Name) -Name 'Port' }
    if (-not $Port -or -not (Get-HostVnic -Name $Name -Switch $Switch) -or $WhatIfPreference) { return }
    Set-VMNetworkAdapterTeamMapping -ManagementOS -VMNetworkAdapterName $Name -PhysicalNetAdapterName $Port -ErrorAction Continue
}

function Restore-Team {
    # timer, VLAN, further interfaces with their addresses, and the port in reserve of a team, as they were; what is so already is passed over
    param([string]$Name)
    $kept = $script:State.Before['team ' + $Name]
    if (-not $kept) { return }
    if ($kept.Mode -eq 'Lacp' -and $kept.Timer) { Set-NetLbfoTeam -Name $Name -LacpTimer $kept.Timer -Confirm:$false }
    foreach ($one in @($kept.Nics)) {
        $now = @(Get-NetLbfoTeamNic -Team $Name)
        if ($one.Primary) {
            $first = $now | Where-Object { $_.Primary } | Select-Object -First 1
            if ($first -and $one.Vlan -gt 0 -and [int]$first.VlanID -ne $one.Vlan) {
                Set-NetLbfoTeamNic -Name $first.Name -Team $Name -VlanID $one.Vlan -Confirm:$false
                # Windows names the interface after its VLAN
                $first = Get-NetLbfoTeamNic -Team $Name | Where-Object { $_.Primary } | Select-Object -First 1
            }
            if ($first -and $first.Name -ne $one.Name) { Rename-NetAdapter -Name $first.Name -NewName $one.Name }
        }
        elseif (@($now | Where-Object { $_.Name -eq $one.Name }).Count -eq 0) {
            Add-NetLbfoTeamNic -Team $Name -VlanID $one.Vlan -Name $one.Name -Confirm:$false
            Move-Address -From $one.Name -To $one.Name
        }
    }
    $members = @(Get-NetLbfoTeamMember -Team $Name | ForEach-Object { $_.Name })
    foreach ($one in @($kept.Standby)) {
        if ($members.Count -gt 1 -and $members -contains $one) { Set-NetLbfoTeamMember -Name $one -Team $Name -AdministrativeMode Standby -ErrorAction Continue }
    }
}
"#;

/// One part of what was written down of a thing, else `otherwise`, as an expression.
pub fn part(key: &str, part: &str, otherwise: &str) -> String {
    let get = Command::new("Get-Part").name("Key", key).name("Name", part);
    format!("({})", get.value("Otherwise", otherwise).line())
}

/// A function for a host vNIC of a switch.
pub fn host_vnic(function: &str, name: &str, switch: &str) -> Command {
    Command::new(function).name("Name", name).name("Switch", switch)
}

/// Changes of the way back.
fn back(steps: &[Step]) -> Vec<Change> {
    steps.iter().rev().flat_map(Step::undo).collect()
}

/// Lines of the apply script that write down what the steps remove.
pub fn saved(steps: &[Step]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for change in back(steps) {
        let mut add = |command: Command| {
            let line = command.line();
            if !lines.contains(&line) {
                lines.push(line);
            }
        };
        match &change {
            Change::CreateSwitch(switch) => {
                let name = &switch.record.name;
                add(Command::new("Save-Switch").name("Name", name));
                if switch.implicit_host_vnic {
                    add(host_vnic("Save-HostVnic", name, name));
                }
            }
            Change::AddHostVnic(vnic) => add(host_vnic("Save-HostVnic", &vnic.name, &vnic.switch)),
            Change::OwnHostVnic { switch, exists: true } => add(host_vnic("Save-HostVnic", switch, switch)),
            Change::CreateTeam { name: team, .. } | Change::JoinTeam { team, .. } => {
                add(Command::new("Save-Team").name("Name", team));
            }
            _ => {}
        }
    }
    lines
}

/// Whether the way back makes anything again.
pub fn needed(steps: &[Step]) -> bool {
    !saved(steps).is_empty()
}

/// Whether undoing a step binds a host vNIC to a port that a later step of the way back may bring under the switch.
pub fn binds(step: &Step) -> bool {
    let to_port = |change: &Change| matches!(change, Change::HostPort { value, .. } if value.after.is_some());
    step.undo().iter().any(to_port)
}

/// Last lines of the rollback script: ports of the host vNICs that were made again.
pub fn ports(steps: &[Step]) -> Vec<String> {
    let again = back(steps).into_iter().filter_map(|change| match change {
        Change::AddHostVnic(vnic) => Some(vnic),
        _ => None,
    });
    let line = |vnic: Box<crate::inventory::HostVnic>| {
        let restore = host_vnic("Restore-Port", &vnic.name, &vnic.switch);
        match mapping(&vnic) {
            Some(port) => format!("{} -Port {}", restore.line(), quoted(&port)),
            None => restore.line(),
        }
    };
    again.map(line).collect()
}
