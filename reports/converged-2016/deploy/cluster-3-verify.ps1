# Verify: is the cluster as the plan says?
# For HVC-WEST. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Reads only. Run it after the last node and after the script before this one.
#requires -Version 3.0
[CmdletBinding()]
param(
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'HVC-WEST'
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

if ((Get-Cluster).Name -ne 'HVC-WEST') {
    throw ('this script is for the cluster {0}, this node belongs to {1}' -f $Target, (Get-Cluster).Name)
}
Confirm-Fact -What 'enable live migration on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D01').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D02').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D03').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D04').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D05').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D06').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D07').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'enable live migration on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D08').VirtualMachineMigrationEnabled -eq $true }
Confirm-Fact -What 'list 10.60.3.0/24 for live migration on 8 hosts' -Test { Test-Subnet -Node 'S2D01' -Subnet '10.60.3.0/24' }
Confirm-Fact -What 'list 10.60.3.0/24 for live migration on 8 hosts' -Test { Test-Subnet -Node 'S2D02' -Subnet '10.60.3.0/24' }
Confirm-Fact -What 'list 10.60.3.0/24 for live migration on 8 hosts' -Test { Test-Subnet -Node 'S2D03' -Subnet '10.60.3.0/24' }
Confirm-Fact -What 'list 10.60.3.0/24 for live migration on 8 hosts' -Test { Test-Subnet -Node 'S2D04' -Subnet '10.60.3.0/24' }
Confirm-Fact -What 'list 10.60.3.0/24 for live migration on 8 hosts' -Test { Test-Subnet -Node 'S2D05' -Subnet '10.60.3.0/24' }
Confirm-Fact -What 'list 10.60.3.0/24 for live migration on 8 hosts' -Test { Test-Subnet -Node 'S2D06' -Subnet '10.60.3.0/24' }
Confirm-Fact -What 'list 10.60.3.0/24 for live migration on 8 hosts' -Test { Test-Subnet -Node 'S2D07' -Subnet '10.60.3.0/24' }
Confirm-Fact -What 'list 10.60.3.0/24 for live migration on 8 hosts' -Test { Test-Subnet -Node 'S2D08' -Subnet '10.60.3.0/24' }
Confirm-Fact -What 'keep live migration to the listed networks on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D01').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D02').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D03').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D04').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D05').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D06').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D07').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'keep live migration to the listed networks on 8 hosts' -Test { (Get-VMHost -ComputerName 'S2D08').UseAnyNetworkForMigration -eq $false }
Confirm-Fact -What 'every node is up' -Test { @(Get-ClusterNode | Where-Object { [string]$_.State -ne 'Up' }).Count -eq 0 }
Confirm-Fact -What 'every cluster network is up' -Test { @(Get-ClusterNetwork | Where-Object { [string]$_.State -ne 'Up' }).Count -eq 0 }
# The cluster's own opinion; the report says where it lies.
Test-Cluster -Node 'S2D01', 'S2D02', 'S2D03', 'S2D04', 'S2D05', 'S2D06', 'S2D07', 'S2D08' -Include 'Network'

if ($Failed -gt 0) {
    Write-Output ('{0} of the checks failed: {1}' -f $Failed, 'see the lines above')
    exit 1
}
Write-Output 'The cluster is as planned.'
exit 0
