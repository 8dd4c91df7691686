//! The functions for Network ATC that scripts share. Fixed text: no name of the user's stands in it.
//!
//! Sources: Microsoft, "Install and enable Network ATC" (the service, what goes before an intent), "Manage Network ATC" (overrides),
//! "Deploy host networking with Network ATC" (errors), Azure Local supportability notes on intents that keep retrying (overrides of the cluster that
//! were removed are made by Add-NetIntent; properties ClusterOverride and NetAdapterNamesAsList).

/// Minutes after which a node goes back by itself: Network ATC takes its time.
pub const FALLBACK_MINUTES: u32 = 45;

/// What asks for intents.
pub const ASK: &str = r#"function Test-Intent {
    # the intent is there, and applied on the node; without a node: on every node of the cluster
    param([string]$Name, [string]$Node)
    if (-not (Get-NetIntent -Name $Name -ErrorAction SilentlyContinue)) { return $false }
    $status = @(Get-NetIntentStatus -Name $Name | Where-Object { -not $Node -or ([string]$_.Host).Split('.')[0] -eq $Node })
    if ($status.Count -eq 0) { return $false }
    if (-not $Node -and $status.Count -lt @(Get-ClusterNode).Count) { return $false }
    return @($status | Where-Object { [string]$_.ConfigurationStatus -ne 'Success' -or [string]$_.ProvisioningStatus -ne 'Completed' }).Count -eq 0
}

function Test-IntentPorts {
    # no other intent holds one of the ports
    param([string]$Name, [string[]]$Adapter)
    $others = @(Get-NetIntent -ErrorAction SilentlyContinue | Where-Object { $_.IntentName -and $_.IntentName -ne $Name })
    return @($others | Where-Object { @(@($_.NetAdapterNamesAsList) + @($_.NetAdapterNameCollection) | Where-Object { $Adapter -contains $_ }).Count -gt 0 }).Count -eq 0
}

function Test-AtcHeld {
    param([string[]]$Node)
    return @($Node | Where-Object { [string](Get-Service -ComputerName $_ -Name NetworkATC).Status -ne 'Stopped' }).Count -eq 0
}
"#;

/// What changes a node.
pub const NODE: &str = r#"function Enable-Atc {
    # Network ATC acts on this node from now on: on every intent that the cluster has
    Set-Service -Name NetworkATC -StartupType Automatic
    Start-Service -Name NetworkATC
}

function Disable-Atc {
    # Network ATC leaves this node alone
    Set-Service -Name NetworkATC -StartupType Disabled
    Stop-Service -Name NetworkATC -Force
}

function Wait-Intent {
    param([string]$Name)
    foreach ($attempt in (1..180)) {
        if (Test-Intent -Name $Name -Node $env:COMPUTERNAME) { return }
        $failed = @(Get-NetIntentStatus -Name $Name | Where-Object { ([string]$_.Host).Split('.')[0] -eq $env:COMPUTERNAME -and [string]$_.ConfigurationStatus -eq 'Failed' })
        # what failed before the ports were free is tried once more
        if ($failed.Count -gt 0 -and $attempt -eq 6) { Set-NetIntentRetryState -Name $Name -NodeName $env:COMPUTERNAME }
        if ($failed.Count -gt 0 -and $attempt -gt 60) {
            throw ('Network ATC could not apply {0} on this node: {1}' -f $Name, ($failed | ForEach-Object { $_.Error }))
        }
        Start-Sleep -Seconds 10
    }
    throw ('Network ATC has not finished {0} on this node after 30 minutes: Get-NetIntentStatus' -f $Name)
}

function Clear-Qos {
    # policies and traffic classes made by hand stop Network ATC (ConflictingTrafficClass); their names are kept in the state file
    param([switch]$Back)
    if ($script:State.Before.ContainsKey('qos') -ne [bool]$Back) { return }
    $policies = @(Get-NetQosPolicy | ForEach-Object { 'policy {0}: priority {1}' -f $_.Name, $_.PriorityValue })
    $classes = @(Get-NetQosTrafficClass | Where-Object { $_.Name -ne '[Default]' } | ForEach-Object { 'class {0}: priority {1}, {2} percent' -f $_.Name, ($_.Priority -join '+'), $_.BandwidthPercentage })
    $flow = @(Get-NetQosFlowControl | Where-Object { $_.Enabled } | ForEach-Object { [int]$_.Priority })
    if (-not $Back) {
        $script:State.Before['qos'] = $policies + $classes
        $script:State.Before['qos flow control'] = $flow
        Write-State
    }
    Get-NetQosTrafficClass | Where-Object { $_.Name -ne '[Default]' } | Remove-NetQosTrafficClass -Confirm:$false
    Get-NetQosPolicy | Remove-NetQosPolicy -Confirm:$false
    foreach ($priority in $flow) { Disable-NetQosFlowControl -Priority $priority }
    if (-not $Back) { return }
    foreach ($priority in @($script:State.Before['qos flow control'])) {
        if ($null -ne $priority) { Enable-NetQosFlowControl -Priority $priority }
    }
    $old = @($script:State.Before['qos'] | Where-Object { $_ })
    if ($old.Count -gt 0) { Write-Warning ('by hand: make these policies and classes again as they were: {0}' -f ($old -join ', ')) }
    $script:State.Before.Remove('qos')
    Write-State
}

function Remove-Atc {
    # what Network ATC made of an intent goes off this node
    param([string]$Switch, [switch]$Qos)
    Disable-Atc
    if ($Switch) { Get-VMSwitch | Where-Object { $_.Name -eq $Switch } | Remove-VMSwitch -Force }
    if ($Qos) { Clear-Qos -Back }
}

function Test-AtcGone {
    # Network ATC leaves this node alone, and what it made of an intent is not there
    param([string]$Switch, [switch]$Qos)
    if ([string](Get-Service -Name NetworkATC).Status -ne 'Stopped') { return $false }
    if ($Qos -and $script:State.Before.ContainsKey('qos')) { return $false }
    return (-not $Switch) -or @(Get-VMSwitch | Where-Object { $_.Name -eq $Switch }).Count -eq 0
}
"#;

/// What reads overrides of the whole cluster.
pub const OVERRIDE: &str = r#"function Get-Override {
    # a property of the overrides that the cluster has; nothing = Network ATC does it by itself
    param([string]$Name)
    $all = Get-NetIntent -GlobalOverrides -ErrorAction SilentlyContinue | Where-Object { $_.ClusterOverride } | Select-Object -First 1
    if ($all) { return $all.ClusterOverride.$Name }
}
"#;

/// What changes a cluster.
pub const CLUSTER: &str = r#"function Stop-Atc {
    param([string[]]$Node)
    foreach ($one in $Node) { Set-Service -ComputerName $one -Name NetworkATC -StartupType Disabled -Status Stopped }
}

function Restore-Atc {
    # Network ATC runs again where it ran before
    param([string[]]$Node)
    foreach ($one in $Node) {
        if ([string]@(Get-Kept -Key ('service ' + $one))[0] -eq 'Disabled') { continue }
        Set-Service -ComputerName $one -Name NetworkATC -StartupType Automatic -Status Running
    }
}

function Set-Overrides {
    # sets the properties, and those again that the cluster has; nothing among the values = Network ATC does it by itself
    param([hashtable]$Value)
    $names = 'EnableNetworkNaming', 'EnableLiveMigrationNetworkSelection', 'EnableVirtualMachineMigrationPerformanceSelection', 'VirtualMachineMigrationPerformanceOption', 'MaximumVirtualMachineMigrations', 'MaximumSMBMigrationBandwidthInGbps'
    $settings = New-NetIntentGlobalClusterOverrides
    $set = 0
    $emptied = 0
    foreach ($name in $names) {
        $own = Get-Override -Name $name
        if ($Value.ContainsKey($name)) {
            if ($null -eq $Value[$name] -and $null -ne $own) { $emptied++ }
            $own = $Value[$name]
        }
        if ($null -eq $own) { continue }
        $settings.$name = $own
        $set++
    }
    $old = @(Get-NetIntent -GlobalOverrides -ErrorAction SilentlyContinue)
    $there = $old.Count -gt 0
    $overrides = @{ GlobalClusterOverrides = $settings }
    # a property that is not set stays as it is: to empty one, all overrides go first, those of the proxy come back
    if ($emptied -gt 0) {
        $proxy = $old | Where-Object { $_.ProxyOverride } | Select-Object -First 1
        if ($proxy) { $overrides['GlobalProxyOverrides'] = $proxy.ProxyOverride }
        Remove-NetIntent -GlobalOverrides
        $there = $false
    } elseif ($set -eq 0) { return }
    # Set-NetIntent changes overrides that are there; where there are none, Add-NetIntent makes them
    if ($there) { Set-NetIntent @overrides } else { Add-NetIntent @overrides }
}
"#;
