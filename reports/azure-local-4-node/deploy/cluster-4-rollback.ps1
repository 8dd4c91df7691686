# Rollback of the cluster scripts.
# For AZL-EDGE. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Undoes what the cluster scripts did. VMs whose MAC address goes back must be off.
# Run it when every node is back: it takes the plan's intents from the cluster and lets Network ATC run as before.
#requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # only networks, live migration, and VMs whose old network is still on every node: before the first node goes back, so that nodes can migrate to each other meanwhile
    [switch]$BeforeNodes,
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'AZL-EDGE'
$StateFile = Join-Path $StateFolder 'cluster-state.xml'
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
$StateFile = Join-Path $StateFolder 'cluster-after-state.xml'
$State = Read-State
# Step 38: undo: connect SQLMI03 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 38 -What 'undo: connect SQLMI03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'SQLMI03' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'SQLMI03' -Name 'Network Adapter')
}

# Step 37: undo: connect SQLMI02 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 37 -What 'undo: connect SQLMI02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'SQLMI02' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'SQLMI02' -Name 'Network Adapter')
}

# Step 36: undo: connect SQLMI01 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 36 -What 'undo: connect SQLMI01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'SQLMI01' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'SQLMI01' -Name 'Network Adapter')
}

# Step 35: undo: connect AVD16 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 35 -What 'undo: connect AVD16 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD16' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD16' -Name 'Network Adapter')
}

# Step 34: undo: connect AVD15 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 34 -What 'undo: connect AVD15 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD15' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD15' -Name 'Network Adapter')
}

# Step 33: undo: connect AVD14 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 33 -What 'undo: connect AVD14 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD14' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD14' -Name 'Network Adapter')
}

# Step 32: undo: connect AVD13 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 32 -What 'undo: connect AVD13 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD13' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD13' -Name 'Network Adapter')
}

# Step 31: undo: connect AVD12 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 31 -What 'undo: connect AVD12 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD12' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD12' -Name 'Network Adapter')
}

# Step 30: undo: connect AVD11 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 30 -What 'undo: connect AVD11 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD11' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD11' -Name 'Network Adapter')
}

# Step 29: undo: connect AVD10 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 29 -What 'undo: connect AVD10 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD10' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD10' -Name 'Network Adapter')
}

# Step 28: undo: connect AVD09 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 28 -What 'undo: connect AVD09 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD09' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD09' -Name 'Network Adapter')
}

# Step 27: undo: connect AVD08 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 27 -What 'undo: connect AVD08 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD08' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD08' -Name 'Network Adapter')
}

# Step 26: undo: connect AVD07 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 26 -What 'undo: connect AVD07 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD07' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD07' -Name 'Network Adapter')
}

# Step 25: undo: connect AVD06 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 25 -What 'undo: connect AVD06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD06' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD06' -Name 'Network Adapter')
}

# Step 24: undo: connect AVD05 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 24 -What 'undo: connect AVD05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD05' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD05' -Name 'Network Adapter')
}

# Step 23: undo: connect AVD04 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 23 -What 'undo: connect AVD04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD04' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD04' -Name 'Network Adapter')
}

# Step 22: undo: connect AVD03 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 22 -What 'undo: connect AVD03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD03' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD03' -Name 'Network Adapter')
}

# Step 21: undo: connect AVD02 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 21 -What 'undo: connect AVD02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD02' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD02' -Name 'Network Adapter')
}

# Step 20: undo: connect AVD01 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 20 -What 'undo: connect AVD01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AVD01' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AVD01' -Name 'Network Adapter')
}

# Step 19: undo: connect ARC-BRIDGE / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 19 -What 'undo: connect ARC-BRIDGE / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'ARC-BRIDGE' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'ARC-BRIDGE' -Name 'Network Adapter')
}

# Step 18: undo: connect APP08 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 18 -What 'undo: connect APP08 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'APP08' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP08' -Name 'Network Adapter')
}

# Step 17: undo: connect APP07 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 17 -What 'undo: connect APP07 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'APP07' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP07' -Name 'Network Adapter')
}

# Step 16: undo: connect APP06 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 16 -What 'undo: connect APP06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'APP06' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP06' -Name 'Network Adapter')
}

# Step 15: undo: connect APP05 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 15 -What 'undo: connect APP05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'APP05' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP05' -Name 'Network Adapter')
}

# Step 14: undo: connect APP04 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 14 -What 'undo: connect APP04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'APP04' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP04' -Name 'Network Adapter')
}

# Step 13: undo: connect APP03 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 13 -What 'undo: connect APP03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'APP03' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP03' -Name 'Network Adapter')
}

# Step 12: undo: connect APP02 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 12 -What 'undo: connect APP02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'APP02' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP02' -Name 'Network Adapter')
}

# Step 11: undo: connect APP01 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 11 -What 'undo: connect APP01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'APP01' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'APP01' -Name 'Network Adapter')
}

# Step 10: undo: connect AKS-WORKER06 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 10 -What 'undo: connect AKS-WORKER06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AKS-WORKER06' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER06' -Name 'Network Adapter')
}

# Step 9: undo: connect AKS-WORKER05 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 9 -What 'undo: connect AKS-WORKER05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AKS-WORKER05' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER05' -Name 'Network Adapter')
}

# Step 8: undo: connect AKS-WORKER04 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 8 -What 'undo: connect AKS-WORKER04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AKS-WORKER04' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER04' -Name 'Network Adapter')
}

# Step 7: undo: connect AKS-WORKER03 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 7 -What 'undo: connect AKS-WORKER03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AKS-WORKER03' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER03' -Name 'Network Adapter')
}

# Step 6: undo: connect AKS-WORKER02 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 6 -What 'undo: connect AKS-WORKER02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AKS-WORKER02' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER02' -Name 'Network Adapter')
}

# Step 5: undo: connect AKS-WORKER01 / Network Adapter to ConvergedSwitch(Management_Compute)
Undo-Step -Number 5 -What 'undo: connect AKS-WORKER01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test {
    -not (Get-Vnic -Vm 'AKS-WORKER01' -Name 'Network Adapter').SwitchName
} -Change {
    Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm 'AKS-WORKER01' -Name 'Network Adapter')
}

# Step 4: undo: keep live migration to the listed networks on AZL1, AZL2, AZL3 and AZL4
Undo-Step -Number 4 -What 'undo: keep live migration to the listed networks on AZL1, AZL2, AZL3 and AZL4' -Test {
    ((Get-VMHost -ComputerName 'AZL4').UseAnyNetworkForMigration -eq (@(Get-Kept -Key 'any network of AZL4')[0])) -and ((Get-VMHost -ComputerName 'AZL3').UseAnyNetworkForMigration -eq (@(Get-Kept -Key 'any network of AZL3')[0])) -and ((Get-VMHost -ComputerName 'AZL2').UseAnyNetworkForMigration -eq (@(Get-Kept -Key 'any network of AZL2')[0])) -and ((Get-VMHost -ComputerName 'AZL1').UseAnyNetworkForMigration -eq (@(Get-Kept -Key 'any network of AZL1')[0]))
} -Change {
    if (-not ((Get-VMHost -ComputerName 'AZL4').UseAnyNetworkForMigration -eq (@(Get-Kept -Key 'any network of AZL4')[0]))) {
        Set-VMHost -ComputerName 'AZL4' -UseAnyNetworkForMigration (@(Get-Kept -Key 'any network of AZL4')[0])
    }
    if (-not ((Get-VMHost -ComputerName 'AZL3').UseAnyNetworkForMigration -eq (@(Get-Kept -Key 'any network of AZL3')[0]))) {
        Set-VMHost -ComputerName 'AZL3' -UseAnyNetworkForMigration (@(Get-Kept -Key 'any network of AZL3')[0])
    }
    if (-not ((Get-VMHost -ComputerName 'AZL2').UseAnyNetworkForMigration -eq (@(Get-Kept -Key 'any network of AZL2')[0]))) {
        Set-VMHost -ComputerName 'AZL2' -UseAnyNetworkForMigration (@(Get-Kept -Key 'any network of AZL2')[0])
    }
    if (-not ((Get-VMHost -ComputerName 'AZL1').UseAnyNetworkForMigration -eq (@(Get-Kept -Key 'any network of AZL1')[0]))) {
        Set-VMHost -ComputerName 'AZL1' -UseAnyNetworkForMigration (@(Get-Kept -Key 'any network of AZL1')[0])
    }
}

# Step 3: undo: list 10.71.1.0/24 and 10.71.2.0/24 for live migration on AZL1, AZL2, AZL3 and AZL4
Undo-Step -Number 3 -What 'undo: list 10.71.1.0/24 and 10.71.2.0/24 for live migration on AZL1, AZL2, AZL3 and AZL4' -Test {
    (Test-Subnet -Node 'AZL4' -Subnet @(Get-Kept -Key 'subnets of AZL4')) -and (Test-Subnet -Node 'AZL3' -Subnet @(Get-Kept -Key 'subnets of AZL3')) -and (Test-Subnet -Node 'AZL2' -Subnet @(Get-Kept -Key 'subnets of AZL2')) -and (Test-Subnet -Node 'AZL1' -Subnet @(Get-Kept -Key 'subnets of AZL1'))
} -Change {
    if (-not (Test-Subnet -Node 'AZL4' -Subnet @(Get-Kept -Key 'subnets of AZL4'))) {
        Set-Subnet -Node 'AZL4' -Subnet @(Get-Kept -Key 'subnets of AZL4')
    }
    if (-not (Test-Subnet -Node 'AZL3' -Subnet @(Get-Kept -Key 'subnets of AZL3'))) {
        Set-Subnet -Node 'AZL3' -Subnet @(Get-Kept -Key 'subnets of AZL3')
    }
    if (-not (Test-Subnet -Node 'AZL2' -Subnet @(Get-Kept -Key 'subnets of AZL2'))) {
        Set-Subnet -Node 'AZL2' -Subnet @(Get-Kept -Key 'subnets of AZL2')
    }
    if (-not (Test-Subnet -Node 'AZL1' -Subnet @(Get-Kept -Key 'subnets of AZL1'))) {
        Set-Subnet -Node 'AZL1' -Subnet @(Get-Kept -Key 'subnets of AZL1')
    }
}

# Step 2: undo: set the order of live-migration networks: StorageA and StorageB
Undo-Step -Number 2 -What 'undo: set the order of live-migration networks: StorageA and StorageB' -Test {
    @(Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationNetworkOrder | Where-Object { [string]$_.Value -ne ([string]@(Get-Kept -Key 'MigrationNetworkOrder')[0]) }).Count -eq 0
} -Change {
    Get-ClusterResourceType -Name 'Virtual Machine' | Set-ClusterParameter -Name MigrationNetworkOrder -Value ([string]@(Get-Kept -Key 'MigrationNetworkOrder')[0])
}

# Step 1: undo: keep live migration off Management
Undo-Step -Number 1 -What 'undo: keep live migration off Management' -Test {
    @(Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationExcludeNetworks | Where-Object { [string]$_.Value -ne ([string]@(Get-Kept -Key 'MigrationExcludeNetworks')[0]) }).Count -eq 0
} -Change {
    Get-ClusterResourceType -Name 'Virtual Machine' | Set-ClusterParameter -Name MigrationExcludeNetworks -Value ([string]@(Get-Kept -Key 'MigrationExcludeNetworks')[0])
}

if ($BeforeNodes) {
    Write-Output 'Done. Next: the rollback of the last node.'
    exit 0
}
$StateFile = Join-Path $StateFolder 'cluster-before-state.xml'
$State = Read-State
# Step 4: undo: until all hosts are rebuilt, list 10.71.1.0/24 and 10.71.2.0/24 for live migration as well on AZL1, AZL2, AZL3 and AZL4
Undo-Step -Number 4 -What 'undo: until all hosts are rebuilt, list 10.71.1.0/24 and 10.71.2.0/24 for live migration as well on AZL1, AZL2, AZL3 and AZL4' -Test {
    (Test-Subnet -Node 'AZL4' -Subnet @(Get-Kept -Key 'subnets of AZL4')) -and (Test-Subnet -Node 'AZL3' -Subnet @(Get-Kept -Key 'subnets of AZL3')) -and (Test-Subnet -Node 'AZL2' -Subnet @(Get-Kept -Key 'subnets of AZL2')) -and (Test-Subnet -Node 'AZL1' -Subnet @(Get-Kept -Key 'subnets of AZL1'))
} -Change {
    if (-not (Test-Subnet -Node 'AZL4' -Subnet @(Get-Kept -Key 'subnets of AZL4'))) {
        Set-Subnet -Node 'AZL4' -Subnet @(Get-Kept -Key 'subnets of AZL4')
    }
    if (-not (Test-Subnet -Node 'AZL3' -Subnet @(Get-Kept -Key 'subnets of AZL3'))) {
        Set-Subnet -Node 'AZL3' -Subnet @(Get-Kept -Key 'subnets of AZL3')
    }
    if (-not (Test-Subnet -Node 'AZL2' -Subnet @(Get-Kept -Key 'subnets of AZL2'))) {
        Set-Subnet -Node 'AZL2' -Subnet @(Get-Kept -Key 'subnets of AZL2')
    }
    if (-not (Test-Subnet -Node 'AZL1' -Subnet @(Get-Kept -Key 'subnets of AZL1'))) {
        Set-Subnet -Node 'AZL1' -Subnet @(Get-Kept -Key 'subnets of AZL1')
    }
}

# Step 3: undo: enable live migration on AZL1, AZL2, AZL3 and AZL4
Undo-Step -Number 3 -What 'undo: enable live migration on AZL1, AZL2, AZL3 and AZL4' -Test {
    ((Get-VMHost -ComputerName 'AZL4').VirtualMachineMigrationEnabled -eq [bool]@(Get-Kept -Key 'live migration of AZL4')[0]) -and ((Get-VMHost -ComputerName 'AZL3').VirtualMachineMigrationEnabled -eq [bool]@(Get-Kept -Key 'live migration of AZL3')[0]) -and ((Get-VMHost -ComputerName 'AZL2').VirtualMachineMigrationEnabled -eq [bool]@(Get-Kept -Key 'live migration of AZL2')[0]) -and ((Get-VMHost -ComputerName 'AZL1').VirtualMachineMigrationEnabled -eq [bool]@(Get-Kept -Key 'live migration of AZL1')[0])
} -Change {
    if (-not ((Get-VMHost -ComputerName 'AZL4').VirtualMachineMigrationEnabled -eq [bool]@(Get-Kept -Key 'live migration of AZL4')[0])) {
        if (-not [bool]@(Get-Kept -Key 'live migration of AZL4')[0]) { Disable-VMMigration -ComputerName 'AZL4' }
    }
    if (-not ((Get-VMHost -ComputerName 'AZL3').VirtualMachineMigrationEnabled -eq [bool]@(Get-Kept -Key 'live migration of AZL3')[0])) {
        if (-not [bool]@(Get-Kept -Key 'live migration of AZL3')[0]) { Disable-VMMigration -ComputerName 'AZL3' }
    }
    if (-not ((Get-VMHost -ComputerName 'AZL2').VirtualMachineMigrationEnabled -eq [bool]@(Get-Kept -Key 'live migration of AZL2')[0])) {
        if (-not [bool]@(Get-Kept -Key 'live migration of AZL2')[0]) { Disable-VMMigration -ComputerName 'AZL2' }
    }
    if (-not ((Get-VMHost -ComputerName 'AZL1').VirtualMachineMigrationEnabled -eq [bool]@(Get-Kept -Key 'live migration of AZL1')[0])) {
        if (-not [bool]@(Get-Kept -Key 'live migration of AZL1')[0]) { Disable-VMMigration -ComputerName 'AZL1' }
    }
}

# Step 2: undo: hold Network ATC on AZL1, AZL2, AZL3 and AZL4 until each has its turn
Undo-Step -Number 2 -What 'undo: hold Network ATC on AZL1, AZL2, AZL3 and AZL4 until each has its turn' -Test {
    @(Get-NetIntent | Where-Object { @('Management_Compute', 'Storage') -contains $_.IntentName }).Count -eq 0
} -Change {
    if (Get-NetIntent -Name 'Management_Compute' -ErrorAction SilentlyContinue) { Remove-NetIntent -Name 'Management_Compute' }
    if (Get-NetIntent -Name 'Storage' -ErrorAction SilentlyContinue) { Remove-NetIntent -Name 'Storage' }
    Restore-Atc -Node 'AZL1', 'AZL2', 'AZL3', 'AZL4'
}

# Step 1: undo: tell Network ATC what it leaves alone or sets otherwise: EnableNetworkNaming = $false and EnableLiveMigrationNetworkSelection = $false
Undo-Step -Number 1 -What 'undo: tell Network ATC what it leaves alone or sets otherwise: EnableNetworkNaming = $false and EnableLiveMigrationNetworkSelection = $false' -Test {
    ([string](Get-Override -Name EnableNetworkNaming) -eq [string]@(Get-Kept -Key 'override EnableNetworkNaming')[0]) -and ([string](Get-Override -Name EnableLiveMigrationNetworkSelection) -eq [string]@(Get-Kept -Key 'override EnableLiveMigrationNetworkSelection')[0])
} -Change {
    Set-Overrides -Value @{
        EnableNetworkNaming = @(Get-Kept -Key 'override EnableNetworkNaming')[0]
        EnableLiveMigrationNetworkSelection = @(Get-Kept -Key 'override EnableLiveMigrationNetworkSelection')[0]
    }
}

Write-Output 'Done.'
