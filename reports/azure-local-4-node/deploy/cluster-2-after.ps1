# After the last node: cluster networks, live migration and VMs.
# For AZL-EDGE. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Run it once, on any node. Try it with -WhatIf first: nothing is changed then. It can be run again.
#requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'AZL-EDGE'
$StateFile = Join-Path $StateFolder 'cluster-after-state.xml'
$Failed = 0

Import-Module FailoverClusters
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

function Get-NetworkId {
    param([string[]]$Name)
    $ids = @()
    foreach ($one in $Name) {
        $network = Get-ClusterNetwork | Where-Object { $_.Name -eq $one }
        if (-not $network) { throw ('the cluster has no network {0}' -f $one) }
        $ids += $network.Id
    }
    return ($ids -join ';')
}

function Find-Role {
    # the role of a VM has its name, or the one that Virtual Machine Manager gives it
    param([string]$Vm)
    Get-ClusterGroup | Where-Object { $_.Name -eq $Vm -or $_.Name -eq ('SCVMM ' + $Vm + ' Resources') } | Select-Object -First 1
}

function Test-AntiAffinity {
    param([string]$Vm, [string]$Class)
    $role = Find-Role -Vm $Vm
    if (-not $role) {
        Write-Warning ('{0} has no role in the cluster: nothing keeps it apart from others' -f $Vm)
        return $true
    }
    return ((@($role.AntiAffinityClassNames) -join ';') -eq $Class)
}

function Set-AntiAffinity {
    param([string]$Vm, [string]$Class)
    $names = New-Object System.Collections.Specialized.StringCollection
    if ($Class) { $names.Add($Class) | Out-Null }
    $role = Find-Role -Vm $Vm
    $role.AntiAffinityClassNames = $names
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

function Find-Vm {
    # the VM on whichever node runs it
    param([string]$Name)
    foreach ($node in Get-ClusterNode) {
        $vm = Get-VM -ComputerName $node.Name | Where-Object { $_.Name -eq $Name }
        if ($vm) { return $vm }
    }
    throw ('no node of the cluster has the VM {0}' -f $Name)
}

function Get-Vnic {
    param([string]$Vm, [string]$Name)
    $found = Find-Vm -Name $Vm
    Get-VMNetworkAdapter -VM $found | Where-Object { $_.Name -eq $Name }
}

function Assert-Off {
    # Hyper-V changes a MAC address only while the VM is off
    param([string]$Vm)
    $found = Find-Vm -Name $Vm
    if ([string]$found.State -ne 'Off') {
        throw ('{0} is {1}: shut it down first, its MAC address can be changed only while it is off' -f $Vm, $found.State)
    }
}

function Get-Subnet {
    # the networks that a host lists for live migration, first one first
    param([string]$Node)
    @(Get-VMMigrationNetwork -ComputerName $Node | Sort-Object -Property Priority | ForEach-Object { [string]$_.Subnet })
}

function Add-Subnet {
    # networks that a host lists behind its own; none is taken away
    param([string]$Node, [string[]]$Subnet)
    $priority = 1000
    foreach ($old in @(Get-VMMigrationNetwork -ComputerName $Node)) { if ($old.Priority -ge $priority) { $priority = $old.Priority + 1000 } }
    foreach ($one in $Subnet) {
        if (@(Get-Subnet -Node $Node) -contains $one) { continue }
        Add-VMMigrationNetwork -ComputerName $Node -Subnet $one -Priority $priority
        $priority += 1000
    }
}

function Set-Subnet {
    # the list of a host, first one first: what is missing comes before what is too much goes, so that it is never empty
    param([string]$Node, [string[]]$Subnet)
    $priority = 1000
    foreach ($one in $Subnet) {
        if (@(Get-Subnet -Node $Node) -contains $one) { Set-VMMigrationNetwork -ComputerName $Node -Subnet $one -NewSubnet $one -NewPriority $priority }
        else { Add-VMMigrationNetwork -ComputerName $Node -Subnet $one -Priority $priority }
        $priority += 1000
    }
    foreach ($old in @(Get-Subnet -Node $Node)) {
        if ($Subnet -notcontains $old) { Remove-VMMigrationNetwork -ComputerName $Node -Subnet $old }
    }
}

function Test-Subnet {
    param([string]$Node, [string[]]$Subnet)
    return ((@(Get-Subnet -Node $Node) -join ';') -eq ($Subnet -join ';'))
}

function Test-Intent {
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

function Get-Override {
    # a property of the overrides that the cluster has; nothing = Network ATC does it by itself
    param([string]$Name)
    $all = Get-NetIntent -GlobalOverrides -ErrorAction SilentlyContinue | Where-Object { $_.ClusterOverride } | Select-Object -First 1
    if ($all) { return $all.ClusterOverride.$Name }
}

function Stop-Atc {
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

if ((Get-Cluster).Name -ne 'AZL-EDGE') {
    throw ('this script is for the cluster {0}, this node belongs to {1}' -f $Target, (Get-Cluster).Name)
}
$State = Read-State
$Waiting = @()
Save-Kept -Key 'MigrationExcludeNetworks' -Read { Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationExcludeNetworks | Select-Object -First 1 | ForEach-Object { [string]$_.Value } }
Save-Kept -Key 'MigrationNetworkOrder' -Read { Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationNetworkOrder | Select-Object -First 1 | ForEach-Object { [string]$_.Value } }
Save-Kept -Key 'subnets of AZL1' -Read { Get-Subnet -Node 'AZL1' }
Save-Kept -Key 'subnets of AZL2' -Read { Get-Subnet -Node 'AZL2' }
Save-Kept -Key 'subnets of AZL3' -Read { Get-Subnet -Node 'AZL3' }
Save-Kept -Key 'subnets of AZL4' -Read { Get-Subnet -Node 'AZL4' }
Save-Kept -Key 'any network of AZL1' -Read { (Get-VMHost -ComputerName 'AZL1').UseAnyNetworkForMigration }
Save-Kept -Key 'any network of AZL2' -Read { (Get-VMHost -ComputerName 'AZL2').UseAnyNetworkForMigration }
Save-Kept -Key 'any network of AZL3' -Read { (Get-VMHost -ComputerName 'AZL3').UseAnyNetworkForMigration }
Save-Kept -Key 'any network of AZL4' -Read { (Get-VMHost -ComputerName 'AZL4').UseAnyNetworkForMigration }

# Step 1: keep live migration off Management
#   serves: live migration takes the plan's network only if cluster lists and host lists agree
Invoke-Step -Number 1 -What 'keep live migration off Management' -Serves 'live migration takes the plan''s network only if cluster lists and host lists agree' -Test {
    @(Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationExcludeNetworks | Where-Object { [string]$_.Value -ne (Get-NetworkId -Name 'Management') }).Count -eq 0
} -Change {
    if (@(Get-ClusterNetwork | Where-Object { [int]$_.Role -ne 0 -and @('Management') -notcontains $_.Name }).Count -eq 0) { throw 'no cluster network would be left for live migration: give its ports their addresses first, then run this script again' }
    Get-ClusterResourceType -Name 'Virtual Machine' | Set-ClusterParameter -Name MigrationExcludeNetworks -Value (Get-NetworkId -Name 'Management')
}

# Step 2: set the order of live-migration networks: StorageA and StorageB
#   serves: live migration takes the plan's network only if cluster lists and host lists agree
Invoke-Step -Number 2 -What 'set the order of live-migration networks: StorageA and StorageB' -Serves 'live migration takes the plan''s network only if cluster lists and host lists agree' -Test {
    @(Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationNetworkOrder | Where-Object { [string]$_.Value -ne (Get-NetworkId -Name 'StorageA', 'StorageB') }).Count -eq 0
} -Change {
    Get-ClusterResourceType -Name 'Virtual Machine' | Set-ClusterParameter -Name MigrationNetworkOrder -Value (Get-NetworkId -Name 'StorageA', 'StorageB')
}

# Step 3: list 10.71.1.0/24 and 10.71.2.0/24 for live migration on AZL1, AZL2, AZL3 and AZL4
#   serves: live migration takes the plan's network only if cluster lists and host lists agree
Invoke-Step -Number 3 -What 'list 10.71.1.0/24 and 10.71.2.0/24 for live migration on AZL1, AZL2, AZL3 and AZL4' -Serves 'live migration takes the plan''s network only if cluster lists and host lists agree' -Test {
    (Test-Subnet -Node 'AZL1' -Subnet '10.71.1.0/24', '10.71.2.0/24') -and (Test-Subnet -Node 'AZL2' -Subnet '10.71.1.0/24', '10.71.2.0/24') -and (Test-Subnet -Node 'AZL3' -Subnet '10.71.1.0/24', '10.71.2.0/24') -and (Test-Subnet -Node 'AZL4' -Subnet '10.71.1.0/24', '10.71.2.0/24')
} -Change {
    if (-not (Test-Subnet -Node 'AZL1' -Subnet '10.71.1.0/24', '10.71.2.0/24')) {
        Set-Subnet -Node 'AZL1' -Subnet '10.71.1.0/24', '10.71.2.0/24'
    }
    if (-not (Test-Subnet -Node 'AZL2' -Subnet '10.71.1.0/24', '10.71.2.0/24')) {
        Set-Subnet -Node 'AZL2' -Subnet '10.71.1.0/24', '10.71.2.0/24'
    }
    if (-not (Test-Subnet -Node 'AZL3' -Subnet '10.71.1.0/24', '10.71.2.0/24')) {
        Set-Subnet -Node 'AZL3' -Subnet '10.71.1.0/24', '10.71.2.0/24'
    }
    if (-not (Test-Subnet -Node 'AZL4' -Subnet '10.71.1.0/24', '10.71.2.0/24')) {
        Set-Subnet -Node 'AZL4' -Subnet '10.71.1.0/24', '10.71.2.0/24'
    }
}

# Step 4: keep live migration to the listed networks on AZL1, AZL2, AZL3 and AZL4
#   serves: live migration takes the plan's network only if cluster lists and host lists agree
Invoke-Step -Number 4 -What 'keep live migration to the listed networks on AZL1, AZL2, AZL3 and AZL4' -Serves 'live migration takes the plan''s network only if cluster lists and host lists agree' -Test {
    ((Get-VMHost -ComputerName 'AZL1').UseAnyNetworkForMigration -eq $false) -and ((Get-VMHost -ComputerName 'AZL2').UseAnyNetworkForMigration -eq $false) -and ((Get-VMHost -ComputerName 'AZL3').UseAnyNetworkForMigration -eq $false) -and ((Get-VMHost -ComputerName 'AZL4').UseAnyNetworkForMigration -eq $false)
} -Change {
    if (-not ((Get-VMHost -ComputerName 'AZL1').UseAnyNetworkForMigration -eq $false)) {
        Set-VMHost -ComputerName 'AZL1' -UseAnyNetworkForMigration $false
    }
    if (-not ((Get-VMHost -ComputerName 'AZL2').UseAnyNetworkForMigration -eq $false)) {
        Set-VMHost -ComputerName 'AZL2' -UseAnyNetworkForMigration $false
    }
    if (-not ((Get-VMHost -ComputerName 'AZL3').UseAnyNetworkForMigration -eq $false)) {
        Set-VMHost -ComputerName 'AZL3' -UseAnyNetworkForMigration $false
    }
    if (-not ((Get-VMHost -ComputerName 'AZL4').UseAnyNetworkForMigration -eq $false)) {
        Set-VMHost -ComputerName 'AZL4' -UseAnyNetworkForMigration $false
    }
}

# Step 5: connect AKS-WORKER01 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 5 -What 'connect AKS-WORKER01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AKS-WORKER01' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER01' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 6: connect AKS-WORKER02 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 6 -What 'connect AKS-WORKER02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AKS-WORKER02' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER02' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 7: connect AKS-WORKER03 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 7 -What 'connect AKS-WORKER03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AKS-WORKER03' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER03' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 8: connect AKS-WORKER04 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 8 -What 'connect AKS-WORKER04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AKS-WORKER04' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER04' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 9: connect AKS-WORKER05 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 9 -What 'connect AKS-WORKER05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AKS-WORKER05' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER05' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 10: connect AKS-WORKER06 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 10 -What 'connect AKS-WORKER06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AKS-WORKER06' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER06' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 11: connect APP01 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 11 -What 'connect APP01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'APP01' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP01' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 12: connect APP02 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 12 -What 'connect APP02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'APP02' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP02' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 13: connect APP03 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 13 -What 'connect APP03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'APP03' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP03' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 14: connect APP04 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 14 -What 'connect APP04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'APP04' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP04' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 15: connect APP05 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 15 -What 'connect APP05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'APP05' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP05' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 16: connect APP06 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 16 -What 'connect APP06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'APP06' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP06' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 17: connect APP07 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 17 -What 'connect APP07 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'APP07' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP07' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 18: connect APP08 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 18 -What 'connect APP08 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'APP08' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP08' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 19: connect ARC-BRIDGE / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 19 -What 'connect ARC-BRIDGE / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'ARC-BRIDGE' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'ARC-BRIDGE' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 20: connect AVD01 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 20 -What 'connect AVD01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD01' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD01' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 21: connect AVD02 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 21 -What 'connect AVD02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD02' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD02' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 22: connect AVD03 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 22 -What 'connect AVD03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD03' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD03' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 23: connect AVD04 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 23 -What 'connect AVD04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD04' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD04' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 24: connect AVD05 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 24 -What 'connect AVD05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD05' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD05' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 25: connect AVD06 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 25 -What 'connect AVD06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD06' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD06' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 26: connect AVD07 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 26 -What 'connect AVD07 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD07' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD07' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 27: connect AVD08 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 27 -What 'connect AVD08 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD08' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD08' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 28: connect AVD09 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 28 -What 'connect AVD09 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD09' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD09' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 29: connect AVD10 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 29 -What 'connect AVD10 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD10' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD10' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 30: connect AVD11 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 30 -What 'connect AVD11 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD11' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD11' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 31: connect AVD12 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 31 -What 'connect AVD12 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD12' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD12' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 32: connect AVD13 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 32 -What 'connect AVD13 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD13' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD13' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 33: connect AVD14 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 33 -What 'connect AVD14 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD14' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD14' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 34: connect AVD15 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 34 -What 'connect AVD15 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD15' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD15' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 35: connect AVD16 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 35 -What 'connect AVD16 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'AVD16' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD16' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 36: connect SQLMI01 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 36 -What 'connect SQLMI01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'SQLMI01' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'SQLMI01' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 37: connect SQLMI02 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 37 -What 'connect SQLMI02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'SQLMI02' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'SQLMI02' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

# Step 38: connect SQLMI03 / Network Adapter to ConvergedSwitch(Management_Compute)
#   serves: external network of the plan: the only external network
Invoke-Step -Number 38 -What 'connect SQLMI03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Serves 'external network of the plan: the only external network' -Test {
    (Get-Vnic -Vm 'SQLMI03' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)'
} -Change {
    Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'SQLMI03' -Name 'Network Adapter') -SwitchName 'ConvergedSwitch(Management_Compute)'
}

if ($Waiting.Count -gt 0) {
    Write-Output ('not done, shut these VMs down and run the script again: {0}' -f ($Waiting -join ', '))
    exit 1
}
Write-Output 'Done.'
