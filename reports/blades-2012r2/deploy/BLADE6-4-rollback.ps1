# Rollback: back to how the node was.
# For BLADE6. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Undoes the steps that the apply script did, last one first, also one that broke in the middle. -WhatIf shows what it would do.
# It needs BLADE6-state.xml, which the apply script wrote. What was not known before the first change is taken from there.
# What is made again is as it was, but for a MAC address that Windows gives: look at DHCP reservations. VMs of this host alone (not clustered) must be connected to their switch again.
#requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # the ports of the physical switches are changed already: do not ask
    [switch]$PortsDone,
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'BLADE6'
$StateFile = Join-Path $StateFolder 'BLADE6-state.xml'
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
    # link-local addresses of IPv6 follow the adapter; others may be written in several ways
    $plain = {
        param([string]$Text)
        $bare = $Text.Split('/')[0].Split('%')[0]
        $ip = $bare -as [ipaddress]
        if ($ip) { $ip.ToString() } else { $bare }
    }
    $own = @(Get-NetIPAddress -InterfaceAlias $Adapter -ErrorAction SilentlyContinue | ForEach-Object { & $plain $_.IPAddress })
    $wanted = @($Address | Where-Object { $_ -notlike 'fe80:*' } | ForEach-Object { & $plain $_ })
    return @($wanted | Where-Object { $own -notcontains $_ }).Count -eq 0
}

function Save-Address {
    # remembers an adapter once, as it was before the first change
    param([string]$Adapter)
    if ($script:State.Addresses.ContainsKey($Adapter)) { return }
    $ip = Get-NetIPInterface -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue
    if (-not $ip) { return }
    $routes = Get-NetRoute -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue | Where-Object { $_.NextHop -ne '0.0.0.0' }
    $dns = Get-DnsClientServerAddress -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue
    $client = Get-DnsClient -InterfaceAlias $Adapter -ErrorAction SilentlyContinue
    $script:State.Addresses[$Adapter] = @{
        Dhcp      = ([string]$ip.Dhcp -eq 'Enabled')
        Metric    = $(if ([string]$ip.AutomaticMetric -eq 'Enabled') { 0 } else { [int]$ip.InterfaceMetric })
        Addresses = @(Get-Ipv4 -Adapter $Adapter)
        Routes    = @($routes | ForEach-Object { @{ Prefix = [string]$_.DestinationPrefix; NextHop = [string]$_.NextHop; Metric = [int]$_.RouteMetric } })
        Dns       = @($dns | ForEach-Object { $_.ServerAddresses } | Where-Object { $_ })
        Register  = [bool]$client.RegisterThisConnectionsAddress
        Suffix    = [string]$client.ConnectionSpecificSuffix
    }
    Write-State
}

function Test-OnLink {
    # the address is in the subnet of one of others, which are written as 10.0.0.1/24
    param([string]$Ip, [string[]]$Address)
    $parts = { param([string]$Text) $n = [long]0; foreach ($one in [System.Net.IPAddress]::Parse($Text).GetAddressBytes()) { $n = $n * 256 + $one }; $n }
    foreach ($one in $Address) {
        $near, $length = $one.Split('/')
        $size = [Math]::Pow(2, 32 - [int]$length)
        if ([Math]::Floor((& $parts $near) / $size) -eq [Math]::Floor((& $parts $Ip) / $size)) { return $true }
    }
    return $false
}

function Get-Going {
    # what goes from an adapter: what it, or the one that it came from, had before the first change; what another step put there stays
    param([string]$Adapter, [string]$Of)
    $now = @(Get-Ipv4 -Adapter $Adapter)
    $source = $(if ($Of) { $Of } else { $Adapter })
    $had = $script:State.Addresses[$source]
    if (-not $had) {
        $own = $script:State.Addresses[$Adapter]
        return @($now | Where-Object { -not $own -or @($own.Addresses) -notcontains $_ })
    }
    $leased = @()
    if ($had.Dhcp) {
        $leased = @(Get-NetIPAddress -InterfaceAlias $Adapter -AddressFamily IPv4 -PrefixOrigin Dhcp -ErrorAction SilentlyContinue |
            ForEach-Object { '{0}/{1}' -f $_.IPAddress, $_.PrefixLength })
    }
    return @($now | Where-Object { @($had.Addresses) -contains $_ -or $leased -contains $_ })
}

function Test-Asking {
    # the adapter asks for a lease and has no address beside those that go
    param([string]$Adapter, [string[]]$Going)
    $ip = Get-NetIPInterface -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue
    if (-not $ip -or [string]$ip.Dhcp -ne 'Enabled') { return $false }
    return @(Get-Ipv4 -Adapter $Adapter | Where-Object { $Going -notcontains $_ }).Count -eq 0
}

function Test-Cleared {
    param([string]$Adapter, [string]$Of)
    return (@(Get-Going -Adapter $Adapter -Of $Of).Count -eq 0 -and -not (Test-Asking -Adapter $Adapter))
}

function Clear-Address {
    # routes go with the addresses that they need
    param([string]$Adapter, [string[]]$Address, [string]$Of)
    $going = @($Address)
    if (-not $Address) { $going = @(Get-Going -Adapter $Adapter -Of $Of) }
    # it asks for no lease either: else it is soon back in the subnet, beside the adapter that took over
    if (Test-Asking -Adapter $Adapter -Going $going) { Set-NetIPInterface -InterfaceAlias $Adapter -AddressFamily IPv4 -Dhcp Disabled }
    foreach ($one in @(Get-Ipv4 -Adapter $Adapter)) {
        if ($going -notcontains $one) { continue }
        Remove-NetIPAddress -InterfaceAlias $Adapter -IPAddress ($one.Split('/')[0]) -Confirm:$false
    }
    $left = @(Get-Ipv4 -Adapter $Adapter)
    Get-NetRoute -InterfaceAlias $Adapter -AddressFamily IPv4 -ErrorAction SilentlyContinue |
        Where-Object { $_.NextHop -ne '0.0.0.0' -and ($left.Count -eq 0 -or -not (Test-OnLink -Ip $_.NextHop -Address $left)) } |
        Remove-NetRoute -Confirm:$false
}

function Set-Address {
    param([string]$Adapter, [string[]]$Address)
    Wait-Adapter -Name $Adapter
    Enable-Binding -Adapter $Adapter
    Set-NetIPInterface -InterfaceAlias $Adapter -AddressFamily IPv4 -Dhcp Disabled
    foreach ($one in $Address) {
        if (Test-Address -Adapter $Adapter -Address $one) { continue }
        $ip, $length = $one.Split('/')
        # an address that another adapter still holds, if only in the registry, is refused
        Get-NetIPAddress -IPAddress $ip -ErrorAction SilentlyContinue | Remove-NetIPAddress -Confirm:$false
        New-NetIPAddress -InterfaceAlias $Adapter -IPAddress $ip -PrefixLength $length | Out-Null
    }
}

function Set-Route {
    # gateway and other routes over an adapter, once it has the addresses that they need
    param([string]$Adapter, [object[]]$Route, [switch]$All)
    $own = @(Get-Ipv4 -Adapter $Adapter)
    foreach ($one in @($Route | Where-Object { $_ })) {
        if (-not $All -and -not (Test-OnLink -Ip $one.NextHop -Address $own)) { continue }
        $same = Get-NetRoute -InterfaceAlias $Adapter -DestinationPrefix $one.Prefix -ErrorAction SilentlyContinue | Where-Object { $_.NextHop -eq $one.NextHop }
        if ($same) { continue }
        New-NetRoute -InterfaceAlias $Adapter -DestinationPrefix $one.Prefix -NextHop $one.NextHop -RouteMetric $one.Metric | Out-Null
    }
}

function Select-Address {
    # those of some addresses that lie in one of the subnets, or in none of the others
    param([string[]]$Address, [string[]]$Subnet, [string[]]$Except)
    $base = { param([string]$Text) $n = [Net.IPAddress]::Parse($Text.Split('/')[0]).GetAddressBytes(); [array]::Reverse($n); [BitConverter]::ToUInt32($n, 0) }
    $inside = {
        param([string]$One, [string[]]$Of)
        @($Of | Where-Object { $_ } | Where-Object {
            $size = [math]::Pow(2, 32 - [int]$_.Split('/')[1])
            [math]::Floor((& $base $One) / $size) -eq [math]::Floor((& $base $_) / $size)
        }).Count -gt 0
    }
    @($Address | Where-Object { $_ } | Where-Object { (-not $Subnet -or (& $inside $_ $Subnet)) -and -not (& $inside $_ $Except) })
}

function Write-Unfound {
    # an adapter had several roles: whether it has addresses for this one
    param([string]$From, [string]$To, [string[]]$Subnet, [string[]]$Except)
    $saved = $script:State.Addresses[$From]
    if (-not $saved -or @(Select-Address -Address $saved.Addresses -Subnet $Subnet -Except $Except).Count -gt 0) { return }
    $where = $(if ($Subnet) { 'in ' + ($Subnet -join ', ') } else { 'outside ' + ($Except -join ', ') })
    Write-Warning ('{0} has no address {1}: give {2} one by hand' -f $From, $where, $To)
}

function Get-Moving {
    # addresses that an adapter had before the first change, but for those that a step has given to a third one
    param([string]$From, [string]$To)
    @($script:State.Addresses[$From].Addresses | Where-Object {
        $others = @(Get-NetIPAddress -IPAddress ($_.Split('/')[0]) -ErrorAction SilentlyContinue |
            Where-Object { $_.InterfaceAlias -and @($From, $To) -notcontains $_.InterfaceAlias })
        $others.Count -eq 0
    })
}

function Move-Address {
    # takes addresses, routes, metric and DNS settings from one adapter to another, as they were before the first change; -All: from wherever they are now
    param([string]$From, [string]$To, [string[]]$Address, [string[]]$Subnet, [string[]]$Except, [switch]$All)
    $saved = $script:State.Addresses[$From]
    if (-not $saved) { throw ('nothing is remembered of {0}: give {1} its address by hand' -f $From, $To) }
    if ($Subnet -or $Except) {
        $Address = @(Select-Address -Address $saved.Addresses -Subnet $Subnet -Except $Except)
        if ($Address.Count -eq 0) { return }
    }
    if (-not $Address -and -not $saved.Dhcp) {
        $Address = @($saved.Addresses)
        if (-not $All) { $Address = @(Get-Moving -From $From -To $To) }
    }
    if ($From -ne $To) { Clear-Address -Adapter $From -Address $Address }
    Wait-Adapter -Name $To
    Enable-Binding -Adapter $To
    if ($saved.Dhcp) {
        Set-NetIPInterface -InterfaceAlias $To -AddressFamily IPv4 -Dhcp Enabled
        # a lease takes its time
        foreach ($attempt in (1..30)) {
            if (@(Get-Ipv4 -Adapter $To).Count -gt 0) { break }
            Start-Sleep -Seconds 1
        }
    }
    else {
        Set-Address -Adapter $To -Address $Address
        $whole = @($saved.Addresses | Where-Object { $Address -notcontains $_ }).Count -eq 0
        Set-Route -Adapter $To -Route $saved.Routes -All:$whole
    }
    if ($saved.Metric -gt 0) { Set-NetIPInterface -InterfaceAlias $To -AddressFamily IPv4 -InterfaceMetric $saved.Metric }
    if (@($saved.Dns).Count -gt 0 -and -not $saved.Dhcp) { Set-DnsClientServerAddress -InterfaceAlias $To -ServerAddresses $saved.Dns }
    Set-DnsClient -InterfaceAlias $To -RegisterThisConnectionsAddress $saved.Register
    if ($saved.Suffix) { Set-DnsClient -InterfaceAlias $To -ConnectionSpecificSuffix $saved.Suffix }
}

function Enable-Binding {
    # a port that comes from a team or switch gets TCP/IP and SMB back
    param([string]$Adapter)
    if ($Adapter -like 'vEthernet (*') { return }
    Enable-NetAdapterBinding -Name $Adapter -ComponentID 'ms_tcpip', 'ms_tcpip6', 'ms_msclient', 'ms_server' -ErrorAction SilentlyContinue
}

function Wait-ByHand {
    # something outside Windows must be done before the next step, or before a step is undone
    param([int]$Number, [string]$What, [switch]$Back)
    $key = [string]$Number
    if ($script:State.Steps.ContainsKey($key) -ne [bool]$Back) { return }
    Write-Output ('before step {0}{1}, by hand: {2}' -f $Number, $(if ($Back) { ' is undone' } else { '' }), $What)
    if ($WhatIfPreference -or $PortsDone) { return }
    while ((Read-Host 'type yes when it is done') -ne 'yes') { }
}

function Test-Moved {
    # the adapter has what another one had before the first change
    param([string]$From, [string]$To, [string[]]$Address, [string[]]$Subnet, [string[]]$Except, [switch]$All)
    if ($Address) { return (Test-Address -Adapter $To -Address $Address) }
    $saved = $script:State.Addresses[$From]
    if (-not $saved) { return $false }
    $selected = ($Subnet -or $Except)
    $moved = @($saved.Addresses)
    if ($selected) { $moved = @(Select-Address -Address $saved.Addresses -Subnet $Subnet -Except $Except) }
    elseif (-not $All) { $moved = @(Get-Moving -From $From -To $To) }
    # what had no address for this role has none to give: the step before says so
    if ($selected -and $moved.Count -eq 0) { return $true }
    if ($saved.Dhcp) { return @(Get-Ipv4 -Adapter $To).Count -gt 0 }
    if ($moved.Count -eq 0) { return @($saved.Addresses).Count -eq 0 }
    return (Test-Address -Adapter $To -Address $moved)
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

function Save-Kept {
    # remembers a value once, as it was before the first change
    param([string]$Key, [scriptblock]$Read)
    if ($script:State.Before.ContainsKey($Key)) { return }
    $script:State.Before[$Key] = @(& $Read)
    Write-State
}

function Get-Kept {
    param([string]$Key)
    if (-not $script:State.Before.ContainsKey($Key)) { throw ('nothing is remembered of {0}: set it by hand as it was' -f $Key) }
    return $script:State.Before[$Key]
}

function Restore-Binding {
    # the protocols that were bound to a port; one under a virtual switch has none of its own in any case
    param([string]$Adapter)
    $kept = @(Get-Kept -Key ('binding ' + $Adapter))
    if ($kept.Count -gt 0) { Enable-NetAdapterBinding -Name $Adapter -ComponentID $kept }
}

function Test-Binding {
    param([string]$Adapter)
    $own = @(Get-NetAdapterBinding -Name $Adapter -ErrorAction SilentlyContinue | Where-Object { $_.Enabled } | ForEach-Object { $_.ComponentID })
    return @(Get-Kept -Key ('binding ' + $Adapter) | Where-Object { $own -notcontains $_ }).Count -eq 0
}

function Test-Share {
    # a QoS policy of this name gives this weight; 0 = there is none
    param([string]$Name, [int]$Weight)
    $policy = Get-NetQosPolicy -Name $Name -ErrorAction SilentlyContinue
    if (-not $policy) { return ($Weight -eq 0) }
    return ([int]$policy.MinBandwidthWeight -eq $Weight)
}

function Get-Part {
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

if ($env:COMPUTERNAME -ne 'BLADE6') {
    throw ('this script is for {0}, this is {1}' -f $Target, $env:COMPUTERNAME)
}
if (-not $WhatIfPreference -and @(Get-VM | Where-Object { [string]$_.State -eq 'Running' }).Count -gt 0) {
    throw 'VMs run on this node and would lose their network: drain it first, Suspend-ClusterNode -Drain -Wait'
}
if (-not (Test-Path -LiteralPath $StateFile)) { throw ('{0} is missing: nothing was applied, or the file is lost' -f $StateFile) }
$State = Read-State

# Step 9: undo: give cluster the weight 5, live-migration the weight 40 and smb the weight 55 on LOM 1 and MEZZ 2
Undo-Step -Number 9 -What 'undo: give cluster the weight 5, live-migration the weight 40 and smb the weight 55 on LOM 1 and MEZZ 2' -Test {
    (Test-Share -Name 'nicplan cluster' -Weight 0) -and (Test-Share -Name 'nicplan live-migration' -Weight 0) -and (Test-Share -Name 'nicplan smb' -Weight 0)
} -Change {
    Get-NetQosPolicy | Where-Object { @('nicplan cluster', 'nicplan live-migration', 'nicplan smb') -contains $_.Name } | Remove-NetQosPolicy -Confirm:$false
}

# Step 8: undo: give the guests on LAN the weight 93
Undo-Step -Number 8 -What 'undo: give the guests on LAN the weight 93' -Test {
    ($null -eq @(Get-Kept -Key 'default flow LAN')[0]) -or ([string](Get-VMSwitch -Name 'LAN').DefaultFlowMinimumBandwidthWeight -eq [string]@(Get-Kept -Key 'default flow LAN')[0])
} -Change {
    Set-VMSwitch -Name 'LAN' -DefaultFlowMinimumBandwidthWeight (@(Get-Kept -Key 'default flow LAN')[0])
}

# Step 7: undo: set the weight of the host vNIC Management to 6
Undo-Step -Number 7 -What 'undo: set the weight of the host vNIC Management to 6' -Test {
    [int](Get-VMNetworkAdapter -ManagementOS -Name 'Management' -ErrorAction SilentlyContinue).BandwidthSetting.MinimumBandwidthWeight -eq 0
} -Change {
    Set-VMNetworkAdapter -ManagementOS -Name 'Management' -MinimumBandwidthWeight 0
}

# Step 5: undo: add MEZZ 1 to the team LAN-Team
Undo-Step -Number 5 -What 'undo: add MEZZ 1 to the team LAN-Team' -Test {
    @(Get-NetLbfoTeamMember -Team 'LAN-Team' -ErrorAction SilentlyContinue | ForEach-Object { $_.Name }) -notcontains 'MEZZ 1'
} -Change {
    Remove-NetLbfoTeamMember -Name 'MEZZ 1' -Team 'LAN-Team' -Confirm:$false
}

Wait-ByHand -Back -Number 4 -What 'put the switch port of MEZZ 1 (IOM-1) back to VLAN 40 untagged, if it was changed; else an address that goes back there does not answer'
# Step 4: undo: move management from MEZZ 1 to vEthernet (Management)
Undo-Step -Number 4 -What 'undo: move management from MEZZ 1 to vEthernet (Management)' -Test {
    (Test-Cleared -Adapter 'vEthernet (Management)' -Of 'MEZZ 1') -and (Test-Address -Adapter 'MEZZ 1' -Address '10.40.0.26')
} -Change {
    if (-not (Test-Cleared -Adapter 'vEthernet (Management)' -Of 'MEZZ 1')) {
        Clear-Address -Adapter 'vEthernet (Management)' -Of 'MEZZ 1'
    }
    if (-not (Test-Address -Adapter 'MEZZ 1' -Address '10.40.0.26')) {
        Move-Address -From 'MEZZ 1' -To 'MEZZ 1'
    }
}

# Step 2: undo: take LOM 1 out of the team LAN-Team
Undo-Step -Number 2 -What 'undo: take LOM 1 out of the team LAN-Team' -Test {
    @(Get-NetLbfoTeamMember -Team 'LAN-Team' -ErrorAction SilentlyContinue | ForEach-Object { $_.Name }) -contains 'LOM 1'
} -Change {
    Add-NetLbfoTeamMember -Name 'LOM 1' -Team 'LAN-Team' -Confirm:$false
    Restore-Team -Name 'LAN-Team'
}

# Step 1: undo: add the host vNIC Management to LAN
Undo-Step -Number 1 -What 'undo: add the host vNIC Management to LAN' -Test {
    -not ([bool](Get-HostVnic -Name 'Management' -Switch 'LAN'))
} -Change {
    Remove-VMNetworkAdapter -ManagementOS -Name 'Management' -SwitchName 'LAN'
}

# Step 6: undo: unbind TCP/IP and SMB from LAN-Team
Undo-Step -Number 6 -What 'undo: unbind TCP/IP and SMB from LAN-Team' -Test {
    (Test-Binding -Adapter 'LAN-Team')
} -Change {
    Restore-Binding -Adapter 'LAN-Team'
}

Write-Output 'Done. Look at the node with its pre-check script.'
