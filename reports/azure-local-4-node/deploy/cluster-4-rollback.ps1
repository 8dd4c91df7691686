# Rollback of the cluster scripts.
# For AZL-EDGE. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Undoes what the cluster scripts did. VMs whose MAC address goes back must be off.
#requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
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
    $script:State | Export-Clixml -Path $StateFile -Force -WhatIf:$false
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
    param([int]$Number, [string]$What, [scriptblock]$Test, [scriptblock]$Change)
    $key = [string]$Number
    if (-not $script:State.Steps.ContainsKey($key)) {
        Write-Output ('step {0}: was not done, nothing to undo' -f $Number)
        return
    }
    if (-not (& $Test)) {
        if (-not $PSCmdlet.ShouldProcess($Target, $What)) { return }
        Write-Output ('step {0}: {1}' -f $Number, $What)
        & $Change
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

function Test-Intent {
    # the intent is there and applied on every node
    param([string]$Name)
    if (-not (Get-NetIntent -Name $Name -ErrorAction SilentlyContinue)) { return $false }
    $status = @(Get-NetIntentStatus -Name $Name)
    return @($status | Where-Object { [string]$_.ConfigurationStatus -ne 'Success' -or [string]$_.ProvisioningStatus -ne 'Completed' }).Count -eq 0
}

function Wait-Intent {
    param([string]$Name)
    foreach ($attempt in (1..120)) {
        if (Test-Intent -Name $Name) { return }
        if (@(Get-NetIntentStatus -Name $Name | Where-Object { [string]$_.ConfigurationStatus -eq 'Failed' }).Count -gt 0) {
            throw ('Network ATC could not apply {0}: Get-NetIntentStatus -Name {0} says why' -f $Name)
        }
        Start-Sleep -Seconds 10
    }
    throw ('Network ATC has not finished {0} after 20 minutes: Get-NetIntentStatus' -f $Name)
}

if ((Get-Cluster).Name -ne 'AZL-EDGE') {
    throw ('this script is for the cluster {0}, this node belongs to {1}' -f $Target, (Get-Cluster).Name)
}
$StateFile = Join-Path $StateFolder 'cluster-after-state.xml'
$State = Read-State
# By hand: connect SQLMI03 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect SQLMI02 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect SQLMI01 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD16 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD15 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD14 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD13 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD12 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD11 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD10 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD09 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD08 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD07 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD06 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD05 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD04 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD03 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD02 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AVD01 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect ARC-BRIDGE / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect APP08 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect APP07 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect APP06 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect APP05 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect APP04 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect APP03 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect APP02 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect APP01 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AKS-WORKER06 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AKS-WORKER05 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AKS-WORKER04 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AKS-WORKER03 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AKS-WORKER02 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# By hand: connect AKS-WORKER01 / Network Adapter to ConvergedSwitch(Management_Compute) (its value before was not in the inventory: set it as it was)
# Step 2: undo: set the order of live-migration networks: StorageA and StorageB
Undo-Step -Number 2 -What 'undo: set the order of live-migration networks: StorageA and StorageB' -Test {
    @(Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationNetworkOrder | Where-Object { [string]$_.Value -ne '' }).Count -eq 0
} -Change {
    Get-ClusterResourceType -Name 'Virtual Machine' | Set-ClusterParameter -Name MigrationNetworkOrder -Value ''
}

# Step 1: undo: keep live migration off Management
Undo-Step -Number 1 -What 'undo: keep live migration off Management' -Test {
    @(Get-ClusterResourceType -Name 'Virtual Machine' | Get-ClusterParameter -Name MigrationExcludeNetworks | Where-Object { [string]$_.Value -ne '' }).Count -eq 0
} -Change {
    Get-ClusterResourceType -Name 'Virtual Machine' | Set-ClusterParameter -Name MigrationExcludeNetworks -Value ''
}

$StateFile = Join-Path $StateFolder 'cluster-before-state.xml'
$State = Read-State
# By hand: add the Network ATC intent Management_Compute over Port1 and Port2 (Remove-NetIntent takes the intent away and leaves what it made: remove the switch on each node, then build the old wiring)
# By hand: add the Network ATC intent Storage over Port3 and Port4 (Remove-NetIntent takes the intent away and leaves what it made: remove the switch on each node, then build the old wiring)
Write-Output 'Done.'
