# Verify: is the cluster as the plan says?
# For AZL-EDGE. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Reads only. Run it after the last node and after the script before this one.
#requires -Version 3.0
[CmdletBinding()]
param(
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

if ((Get-Cluster).Name -ne 'AZL-EDGE') {
    throw ('this script is for the cluster {0}, this node belongs to {1}' -f $Target, (Get-Cluster).Name)
}
Confirm-Fact -What 'tell Network ATC what it leaves alone or sets otherwise: EnableNetworkNaming = $false and EnableLiveMigrationNetworkSelection = $false' -Test { ((Get-Override -Name EnableNetworkNaming) -eq $false) -and ((Get-Override -Name EnableLiveMigrationNetworkSelection) -eq $false) }
Confirm-Fact -What 'enable live migration on AZL1, AZL2, AZL3 and AZL4' -Test { (Get-VMHost -ComputerName 'AZL1').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on AZL1, AZL2, AZL3 and AZL4' -Test { (Get-VMHost -ComputerName 'AZL2').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on AZL1, AZL2, AZL3 and AZL4' -Test { (Get-VMHost -ComputerName 'AZL3').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on AZL1, AZL2, AZL3 and AZL4' -Test { (Get-VMHost -ComputerName 'AZL4').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'keep live migration off Management' -Test { @(Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationExcludeNetworks | Where-Object { [string]$_.Value -ne (Get-NetworkId -Name 'Management') }).Count -eq 0 }
Confirm-Fact -What 'set the order of live-migration networks: StorageA and StorageB' -Test { @(Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationNetworkOrder | Where-Object { [string]$_.Value -ne (Get-NetworkId -Name 'StorageA', 'StorageB') }).Count -eq 0 }
Confirm-Fact -What 'list 10.71.1.0/24 and 10.71.2.0/24 for live migration on AZL1, AZL2, AZL3 and AZL4' -Test { Test-Subnet -Node 'AZL1' -Subnet '10.71.1.0/24', '10.71.2.0/24' }
Confirm-Fact -What 'list 10.71.1.0/24 and 10.71.2.0/24 for live migration on AZL1, AZL2, AZL3 and AZL4' -Test { Test-Subnet -Node 'AZL2' -Subnet '10.71.1.0/24', '10.71.2.0/24' }
Confirm-Fact -What 'list 10.71.1.0/24 and 10.71.2.0/24 for live migration on AZL1, AZL2, AZL3 and AZL4' -Test { Test-Subnet -Node 'AZL3' -Subnet '10.71.1.0/24', '10.71.2.0/24' }
Confirm-Fact -What 'list 10.71.1.0/24 and 10.71.2.0/24 for live migration on AZL1, AZL2, AZL3 and AZL4' -Test { Test-Subnet -Node 'AZL4' -Subnet '10.71.1.0/24', '10.71.2.0/24' }
Confirm-Fact -What 'keep live migration to the listed networks on AZL1, AZL2, AZL3 and AZL4' -Test { (Get-VMHost -ComputerName 'AZL1').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on AZL1, AZL2, AZL3 and AZL4' -Test { (Get-VMHost -ComputerName 'AZL2').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on AZL1, AZL2, AZL3 and AZL4' -Test { (Get-VMHost -ComputerName 'AZL3').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on AZL1, AZL2, AZL3 and AZL4' -Test { (Get-VMHost -ComputerName 'AZL4').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'connect AKS-WORKER01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AKS-WORKER01' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AKS-WORKER02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AKS-WORKER02' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AKS-WORKER03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AKS-WORKER03' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AKS-WORKER04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AKS-WORKER04' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AKS-WORKER05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AKS-WORKER05' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AKS-WORKER06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AKS-WORKER06' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect APP01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'APP01' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect APP02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'APP02' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect APP03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'APP03' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect APP04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'APP04' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect APP05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'APP05' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect APP06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'APP06' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect APP07 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'APP07' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect APP08 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'APP08' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect ARC-BRIDGE / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'ARC-BRIDGE' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD01' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD02' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD03' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD04 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD04' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD05 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD05' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD06 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD06' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD07 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD07' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD08 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD08' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD09 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD09' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD10 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD10' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD11 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD11' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD12 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD12' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD13 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD13' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD14 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD14' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD15 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD15' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect AVD16 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'AVD16' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect SQLMI01 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'SQLMI01' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect SQLMI02 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'SQLMI02' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'connect SQLMI03 / Network Adapter to ConvergedSwitch(Management_Compute)' -Test { (Get-Vnic -Vm 'SQLMI03' -Name 'Network Adapter').SwitchName -eq 'ConvergedSwitch(Management_Compute)' }
Confirm-Fact -What 'Network ATC has applied Management_Compute on every node' -Test { Test-Intent -Name 'Management_Compute' }
Confirm-Fact -What 'Network ATC has applied Storage on every node' -Test { Test-Intent -Name 'Storage' }
Confirm-Fact -What 'every node is up' -Test { @(Get-ClusterNode | Where-Object { [string]$_.State -ne 'Up' }).Count -eq 0 }
Confirm-Fact -What 'every cluster network is up' -Test { @(Get-ClusterNetwork | Where-Object { [string]$_.State -ne 'Up' }).Count -eq 0 }
# The cluster's own opinion; the report says where it lies.
Test-Cluster -Node 'AZL1', 'AZL2', 'AZL3', 'AZL4' -Include 'Network'

if ($Failed -gt 0) {
    Write-Output ('{0} of the checks failed: {1}' -f $Failed, 'see the lines above')
    exit 1
}
Write-Output 'The cluster is as planned.'
exit 0
