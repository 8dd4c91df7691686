# Rollback: back to how the node was.
# For AZL2. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Undoes the steps that the apply script did, last one first, also one that broke in the middle. -WhatIf shows what it would do.
# It needs AZL2-state.xml, which the apply script wrote. What was not known before the first change is taken from there.
# What is made again is not the same to others: a virtual switch or host vNIC gets a new MAC address, so look at DHCP reservations and at VMs of this host alone (not clustered), which must be connected again.
#requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'AZL2'
$StateFile = Join-Path $StateFolder 'AZL2-state.xml'
$Failed = 0

function Read-State {
    # what an earlier run wrote down: steps, addresses, settings as they were before the first change
    if (Test-Path -LiteralPath $StateFile) { return Import-Clixml -Path $StateFile }
    return @{ Steps = @{}; Addresses = @{}; Before = @{} }
}

function Write-State {
    if ($WhatIfPreference) { return }
    # policies and classes lie some levels deep
    $script:State | Export-Clixml -Path $StateFile -Depth 8 -Force -WhatIf:$false
}

function Invoke-Step {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([int]$Number, [string]$What, [string]$Serves, [scriptblock]$Test, [scriptblock]$Change)
    $key = [string]$Number
    if ($script:State.Steps.ContainsKey($key) -and $script:State.Steps[$key] -eq 'done') {
        Write-Output ('step {0}: done in an earlier run: {1}' -f $Number, $What)
        return
    }
    if (& $Test) {
        Write-Output ('step {0}: already so: {1}' -f $Number, $What)
        return
    }
    if (-not $PSCmdlet.ShouldProcess($Target, $What)) { return }
    Write-Output ('step {0}: {1} ({2})' -f $Number, $What, $Serves)
    $script:State.Steps[$key] = 'started'
    Write-State
    & $Change
    if (-not (& $Test)) {
        throw ('step {0} was done and does not show: {1}. Look at it before you go on; the rollback script undoes what was done.' -f $Number, $What)
    }
    $script:State.Steps[$key] = 'done'
    Write-State
}

function Undo-Step {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([int]$Number, [string]$What, [switch]$TakeOver, [scriptblock]$Test, [scriptblock]$Change)
    $key = [string]$Number
    if (-not $script:State.Steps.ContainsKey($key)) {
        Write-Output ('step {0}: was not done, nothing to undo' -f $Number)
        return
    }
    if (-not (& $Test)) {
        if (-not $PSCmdlet.ShouldProcess($Target, $What)) { return }
        if ($TakeOver -and -not $Console) {
            throw ('step {0} takes the management path down for a moment: run this script from the console (iLO, iDRAC) with -Console' -f $Number)
        }
        Write-Output ('step {0}: {1}' -f $Number, $What)
        & $Change
        if (-not (& $Test)) { Write-Warning ('step {0} was undone and does not show: {1}' -f $Number, $What) }
    }
    if ($WhatIfPreference) { return }
    $script:State.Steps.Remove($key)
    Write-State
}

function Confirm-Fact {
    param([string]$What, [scriptblock]$Test)
    $ok = $false
    try { $ok = [bool](& $Test) } catch { $ok = $false }
    if ($ok) { Write-Output ('ok    {0}' -f $What) }
    else {
        Write-Output ('FAIL  {0}' -f $What)
        $script:Failed++
    }
}

function Get-Description {
    param([string[]]$Name)
    @($Name | ForEach-Object { (Get-NetAdapter -Name $_ -ErrorAction SilentlyContinue).InterfaceDescription })
}

function Test-Switch {
    # the switch exists and is bound to exactly these adapters
    param([string]$Name, [string[]]$Adapter)
    $switch = Get-VMSwitch -Name $Name -ErrorAction SilentlyContinue | Where-Object { $_.Name -eq $Name }
    if (-not $switch) { return $false }
    $bound = @()
    if ($switch.PSObject.Properties['NetAdapterInterfaceDescriptions']) { $bound = @($switch.NetAdapterInterfaceDescriptions) }
    if ($bound.Count -eq 0) { $bound = @($switch.NetAdapterInterfaceDescription) }
    $wanted = @(Get-Description -Name $Adapter)
    if ($bound.Count -ne $wanted.Count) { return $false }
    return @($wanted | Where-Object { $bound -notcontains $_ }).Count -eq 0
}

function Get-HostVnic {
    param([string]$Name, [string]$Switch)
    Get-VMNetworkAdapter -ManagementOS -ErrorAction SilentlyContinue |
        Where-Object { $_.Name -eq $Name -and $_.SwitchName -eq $Switch }
}

function Wait-Adapter {
    param([string]$Name)
    foreach ($attempt in (1..30)) {
        if (Get-NetAdapter -Name $Name -ErrorAction SilentlyContinue) { return }
        Start-Sleep -Seconds 1
    }
    throw ('the adapter {0} did not appear' -f $Name)
}

function Get-Ipv4 {
    # addresses as 10.0.0.1/24, without the automatic ones of 169.254
    param([string]$Adapter)
    @(Get-NetIPAddress -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue |
        Where-Object { $_.PrefixOrigin -ne 'WellKnown' } |
        ForEach-Object { '{0}/{1}' -f $_.IPAddress, $_.PrefixLength })
}

function Test-Address {
    param([string]$Adapter, [string[]]$Address)
    $own = @(Get-NetIPAddress -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue | ForEach-Object { $_.IPAddress })
    return @($Address | Where-Object { $own -notcontains $_.Split('/')[0] }).Count -eq 0
}

function Save-Address {
    # remembers an adapter once, as it was before the first change
    param([string]$Adapter)
    if ($script:State.Addresses.ContainsKey($Adapter)) { return }
    $ip = Get-NetIPInterface -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue
    if (-not $ip) { return }
    $route = Get-NetRoute -InterfaceAlias $Adapter -DestinationPrefix '0.0.0.0/0' -ErrorAction SilentlyContinue | Select-Object -First 1
    $dns = Get-DnsClientServerAddress -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue
    $client = Get-DnsClient -InterfaceAlias $Adapter -ErrorAction SilentlyContinue
    $script:State.Addresses[$Adapter] = @{
        Dhcp      = ([string]$ip.Dhcp -eq 'Enabled')
        Addresses = @(Get-Ipv4 -Adapter $Adapter)
        Gateway   = $(if ($route) { [string]$route.NextHop } else { '' })
        Dns       = @($dns | ForEach-Object { $_.ServerAddresses } | Where-Object { $_ })
        Register  = [bool]$client.RegisterThisConnectionsAddress
    }
    Write-State
}

function Clear-Address {
    param([string]$Adapter, [string[]]$Address)
    foreach ($one in @(Get-Ipv4 -Adapter $Adapter)) {
        if ($Address -and ($Address -notcontains $one)) { continue }
        Remove-NetIPAddress -InterfaceAlias $Adapter -IPAddress ($one.Split('/')[0]) -Confirm:$false
    }
    if (@(Get-Ipv4 -Adapter $Adapter).Count -eq 0) {
        Get-NetRoute -InterfaceAlias $Adapter -DestinationPrefix '0.0.0.0/0' -ErrorAction SilentlyContinue |
            Remove-NetRoute -Confirm:$false
    }
}

function Set-Address {
    param([string]$Adapter, [string[]]$Address, [string]$Gateway)
    Wait-Adapter -Name $Adapter
    Enable-Binding -Adapter $Adapter
    Set-NetIPInterface -InterfaceAlias $Adapter -AddressFamily IPv4 -Dhcp Disabled
    foreach ($one in $Address) {
        if (Test-Address -Adapter $Adapter -Address $one) { continue }
        $ip, $length = $one.Split('/')
        # an address that another adapter still holds, if only in the registry, is refused
        Get-NetIPAddress -IPAddress $ip -ErrorAction SilentlyContinue | Remove-NetIPAddress -Confirm:$false
        if ($Gateway) {
            New-NetIPAddress -InterfaceAlias $Adapter -IPAddress $ip -PrefixLength $length -DefaultGateway $Gateway | Out-Null
            $Gateway = ''
        }
        else { New-NetIPAddress -InterfaceAlias $Adapter -IPAddress $ip -PrefixLength $length | Out-Null }
    }
}

function Move-Address {
    # takes addresses, gateway and DNS settings from one adapter to another, as they were before the first change
    param([string]$From, [string]$To, [string[]]$Address)
    $saved = $script:State.Addresses[$From]
    if (-not $saved) { throw ('nothing is remembered of {0}: give {1} its address by hand' -f $From, $To) }
    if ($From -ne $To) { Clear-Address -Adapter $From -Address $Address }
    Wait-Adapter -Name $To
    Enable-Binding -Adapter $To
    if ($saved.Dhcp) { Set-NetIPInterface -InterfaceAlias $To -AddressFamily IPv4 -Dhcp Enabled }
    else {
        $moved = @($saved.Addresses)
        if ($Address) { $moved = @($Address) }
        Set-Address -Adapter $To -Address $moved -Gateway $saved.Gateway
    }
    if (@($saved.Dns).Count -gt 0 -and -not $saved.Dhcp) { Set-DnsClientServerAddress -InterfaceAlias $To -ServerAddresses $saved.Dns }
    Set-DnsClient -InterfaceAlias $To -RegisterThisConnectionsAddress $saved.Register
}

function Enable-Binding {
    # a port that comes from a team or switch gets TCP/IP and SMB back
    param([string]$Adapter)
    if ($Adapter -like 'vEthernet (*') { return }
    Enable-NetAdapterBinding -Name $Adapter -ComponentID 'ms_tcpip', 'ms_tcpip6', 'ms_msclient', 'ms_server' -ErrorAction SilentlyContinue
}

function Wait-ByHand {
    # something outside Windows must be done before the next step
    param([int]$Number, [string]$What)
    $key = [string]$Number
    if ($script:State.Steps.ContainsKey($key)) { return }
    Write-Output ('before step {0}, by hand: {1}' -f $Number, $What)
    if ($WhatIfPreference -or $PortsDone) { return }
    while ((Read-Host 'type yes when it is done') -ne 'yes') { }
}

function Test-Moved {
    # the adapter has what another one had before the first change
    param([string]$From, [string]$To, [string[]]$Address)
    if ($Address) { return (Test-Address -Adapter $To -Address $Address) }
    $saved = $script:State.Addresses[$From]
    if (-not $saved) { return $false }
    if ($saved.Dhcp) { return @(Get-Ipv4 -Adapter $To).Count -gt 0 }
    return (Test-Address -Adapter $To -Address @($saved.Addresses))
}

function Find-Management {
    # the adapter that holds the management address
    param([string]$Address)
    $found = Get-NetIPAddress -IPAddress $Address -ErrorAction SilentlyContinue | Select-Object -First 1
    if ($found) { return [string]$found.InterfaceAlias }
    return [string]($script:State.Addresses.Keys | Where-Object {
        @($script:State.Addresses[$_].Addresses | Where-Object { $_.Split('/')[0] -eq $Address }).Count -gt 0
    } | Select-Object -First 1)
}

function Set-MigrationNetwork {
    # the host's list, first one first
    param([string[]]$Subnet)
    foreach ($old in @(Get-VMMigrationNetwork)) {
        if ($Subnet -notcontains $old.Subnet) { Remove-VMMigrationNetwork -Subnet $old.Subnet }
    }
    $priority = 1000
    foreach ($one in $Subnet) {
        if (@(Get-VMMigrationNetwork | Where-Object { $_.Subnet -eq $one }).Count -eq 0) {
            Add-VMMigrationNetwork -Subnet $one -Priority $priority
        }
        else { Set-VMMigrationNetwork -Subnet $one -NewSubnet $one -NewPriority $priority }
        $priority += 1000
    }
}

function Test-MigrationNetwork {
    param([string[]]$Subnet)
    $own = @(Get-VMMigrationNetwork | Sort-Object -Property Priority | ForEach-Object { $_.Subnet })
    return (($own -join ';') -eq ($Subnet -join ';'))
}

function Test-NewSwitch {
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

if ($env:COMPUTERNAME -ne 'AZL2') {
    throw ('this script is for {0}, this is {1}' -f $Target, $env:COMPUTERNAME)
}
if (-not (Test-Path -LiteralPath $StateFile)) { throw ('{0} is missing: nothing was applied, or the file is lost' -f $StateFile) }
$State = Read-State

Write-Output 'Done. Look at the node with its pre-check script.'
