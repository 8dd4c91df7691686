# Rollback of the cluster scripts.
# For HVC-NORD. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Undoes what the cluster scripts did. VMs whose MAC address goes back must be off.
#requires -Version 2.0
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # only networks, live migration, and VMs whose old network is still on every node: before the first node goes back, so that nodes can migrate to each other meanwhile
    [switch]$BeforeNodes,
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'HVC-NORD'
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

if ((Get-Cluster).Name -ne 'HVC-NORD') {
    throw ('this script is for the cluster {0}, this node belongs to {1}' -f $Target, (Get-Cluster).Name)
}
$StateFile = Join-Path $StateFolder 'cluster-after-state.xml'
$State = Read-State
# Step 2: undo: set the order of live-migration networks: Live Migration and Cluster and CSV
Undo-Step -Number 2 -What 'undo: set the order of live-migration networks: Live Migration and Cluster and CSV' -Test {
    @(Get-ClusterResource | Where-Object { $_.ResourceType.Name -eq 'Virtual Machine' } | Get-ClusterParameter -Name MigrationNetworkOrder | Where-Object { [string]$_.Value -ne ([string]@(Get-Kept -Key 'MigrationNetworkOrder')[0]) }).Count -eq 0
} -Change {
    Get-ClusterResource | Where-Object { $_.ResourceType.Name -eq 'Virtual Machine' } | Set-ClusterParameter -Name MigrationNetworkOrder -Value ([string]@(Get-Kept -Key 'MigrationNetworkOrder')[0])
}

# Step 1: undo: keep live migration off iSCSI 1, iSCSI 2 and Management
Undo-Step -Number 1 -What 'undo: keep live migration off iSCSI 1, iSCSI 2 and Management' -Test {
    @(Get-ClusterResource | Where-Object { $_.ResourceType.Name -eq 'Virtual Machine' } | Get-ClusterParameter -Name MigrationExcludeNetworks | Where-Object { [string]$_.Value -ne ([string]@(Get-Kept -Key 'MigrationExcludeNetworks')[0]) }).Count -eq 0
} -Change {
    Get-ClusterResource | Where-Object { $_.ResourceType.Name -eq 'Virtual Machine' } | Set-ClusterParameter -Name MigrationExcludeNetworks -Value ([string]@(Get-Kept -Key 'MigrationExcludeNetworks')[0])
}

if ($BeforeNodes) {
    Write-Output 'Done. Next: the rollback of the last node.'
    exit 0
}
Write-Output 'Done.'
