# Verify: is the node as the plan says?
# For BLADE3. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Reads only. Resume the node only if every line says ok.
#requires -Version 3.0
[CmdletBinding()]
param(
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'BLADE3'
$StateFile = Join-Path $StateFolder 'BLADE3-state.xml'
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

function Test-Share {
    # a QoS policy of this name gives this weight; 0 = there is none
    param([string]$Name, [int]$Weight)
    $policy = Get-NetQosPolicy -Name $Name -ErrorAction SilentlyContinue
    if (-not $policy) { return ($Weight -eq 0) }
    return ([int]$policy.MinBandwidthWeight -eq $Weight)
}

if ($env:COMPUTERNAME -ne 'BLADE3') {
    throw ('this script is for {0}, this is {1}' -f $Target, $env:COMPUTERNAME)
}
$State = Read-State
Confirm-Fact -What 'port LOM 1 has a link' -Test { [string](Get-NetAdapter -Name 'LOM 1' -ErrorAction Stop).Status -eq 'Up' }
Confirm-Fact -What 'port LOM 1 runs at 10 Gbit/s' -Test { (Get-NetAdapter -Name 'LOM 1' -ErrorAction Stop).ReceiveLinkSpeed -ge 10000000000 }
Confirm-Fact -What 'port LOM 2 has a link' -Test { [string](Get-NetAdapter -Name 'LOM 2' -ErrorAction Stop).Status -eq 'Up' }
Confirm-Fact -What 'port LOM 2 runs at 10 Gbit/s' -Test { (Get-NetAdapter -Name 'LOM 2' -ErrorAction Stop).ReceiveLinkSpeed -ge 10000000000 }
Confirm-Fact -What 'port MEZZ 1 has a link' -Test { [string](Get-NetAdapter -Name 'MEZZ 1' -ErrorAction Stop).Status -eq 'Up' }
Confirm-Fact -What 'port MEZZ 1 runs at 10 Gbit/s' -Test { (Get-NetAdapter -Name 'MEZZ 1' -ErrorAction Stop).ReceiveLinkSpeed -ge 10000000000 }
Confirm-Fact -What 'port MEZZ 2 has a link' -Test { [string](Get-NetAdapter -Name 'MEZZ 2' -ErrorAction Stop).Status -eq 'Up' }
Confirm-Fact -What 'port MEZZ 2 runs at 10 Gbit/s' -Test { (Get-NetAdapter -Name 'MEZZ 2' -ErrorAction Stop).ReceiveLinkSpeed -ge 10000000000 }
Confirm-Fact -What 'virtual switch LAN is bound to LAN-Team' -Test { Test-Switch -Name 'LAN' -Adapter 'LAN-Team' }
Confirm-Fact -What 'host vNIC Management is on LAN' -Test { [bool](Get-HostVnic -Name 'Management' -Switch 'LAN') }
Confirm-Fact -What 'host vNIC Management has VLAN 40' -Test { (Get-VMNetworkAdapterVlan -ManagementOS -VMNetworkAdapterName 'Management' -ErrorAction SilentlyContinue).AccessVlanId -eq 40 }
Confirm-Fact -What 'team LAN-Team has LOM 2, MEZZ 1' -Test { Test-Team -Name 'LAN-Team' -Member 'LOM 2', 'MEZZ 1' }
Confirm-Fact -What 'done: unbind TCP/IP and SMB from LAN-Team' -Test { @(Get-NetAdapterBinding -Name 'LAN-Team' -ComponentID 'ms_tcpip', 'ms_tcpip6', 'ms_msclient', 'ms_server' | Where-Object { $_.Enabled }).Count -eq 0 }
Confirm-Fact -What 'done: set the weight of the host vNIC Management to 6' -Test { [int](Get-VMNetworkAdapter -ManagementOS -Name 'Management' -ErrorAction SilentlyContinue).BandwidthSetting.MinimumBandwidthWeight -eq 6 }
Confirm-Fact -What 'done: give the guests on LAN the weight 93' -Test { (Get-VMSwitch -Name 'LAN').DefaultFlowMinimumBandwidthWeight -eq 93 }
Confirm-Fact -What 'done: give cluster the weight 5, live-migration the weight 40 and smb the weight 55 on LOM 1 and MEZZ 2' -Test { (Test-Share -Name 'nicplan cluster' -Weight 5) -and (Test-Share -Name 'nicplan live-migration' -Weight 40) -and (Test-Share -Name 'nicplan smb' -Weight 55) }
Confirm-Fact -What 'the MAC pool is that of the plan' -Test { ([string](Get-VMHost).MacAddressMinimum -eq '00155D001700') -and ([string](Get-VMHost).MacAddressMaximum -eq '00155D0017FF') }
Confirm-Fact -What 'LOM 1 has an address of 10.40.1.0/24 or 10.40.2.0/24' -Test { Test-Subnet -Adapter 'LOM 1' -Subnet '10.40.1.0/24', '10.40.2.0/24' }
Confirm-Fact -What 'MEZZ 2 has an address of 10.40.1.0/24 or 10.40.2.0/24' -Test { Test-Subnet -Adapter 'MEZZ 2' -Subnet '10.40.1.0/24', '10.40.2.0/24' }
Confirm-Fact -What 'vEthernet (Management) has the management address 10.40.0.23' -Test { Test-Address -Adapter 'vEthernet (Management)' -Address '10.40.0.23' }
Confirm-Fact -What 'the management address 10.40.0.23 is on the node' -Test { [bool](Get-NetIPAddress -IPAddress '10.40.0.23' -ErrorAction SilentlyContinue) }
Confirm-Fact -What 'another node of the cluster answers' -Test { @(@('10.40.0.21', '10.40.0.22', '10.40.0.24', '10.40.0.25') | Where-Object { Test-Connection -ComputerName $_ -Count 2 -Quiet }).Count -gt 0 }

if ($Failed -gt 0) {
    Write-Output ('{0} of the checks failed: {1}' -f $Failed, 'leave the node paused; repair it, or run the rollback script')
    exit 1
}
Write-Output 'The node is as planned. Next: Resume-ClusterNode, then wait until it owns VMs again.'
exit 0
