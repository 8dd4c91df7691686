# Before the first node: what must be so while the nodes are rebuilt one after the other.
# For HVC-BRANCH. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Run it once, on any node. Try it with -WhatIf first: nothing is changed then. It can be run again.
#requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'HVC-BRANCH'
$StateFile = Join-Path $StateFolder 'cluster-before-state.xml'
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

if ((Get-Cluster).Name -ne 'HVC-BRANCH') {
    throw ('this script is for the cluster {0}, this node belongs to {1}' -f $Target, (Get-Cluster).Name)
}
$State = Read-State
$Waiting = @()
Save-Kept -Key 'live migration of BRANCH1' -Read { (Get-VMHost -ComputerName 'BRANCH1').VirtualMachineMigrationEnabled }
Save-Kept -Key 'live migration of BRANCH2' -Read { (Get-VMHost -ComputerName 'BRANCH2').VirtualMachineMigrationEnabled }
Save-Kept -Key 'subnets of BRANCH1' -Read { Get-Subnet -Node 'BRANCH1' }
Save-Kept -Key 'subnets of BRANCH2' -Read { Get-Subnet -Node 'BRANCH2' }

# Step 1: enable live migration on BRANCH1 and BRANCH2
#   serves: drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list
Invoke-Step -Number 1 -What 'enable live migration on BRANCH1 and BRANCH2' -Serves 'drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list' -Test {
    ((Get-VMHost -ComputerName 'BRANCH1').VirtualMachineMigrationEnabled -eq $true) -and ((Get-VMHost -ComputerName 'BRANCH2').VirtualMachineMigrationEnabled -eq $true)
} -Change {
    if (-not ((Get-VMHost -ComputerName 'BRANCH1').VirtualMachineMigrationEnabled -eq $true)) {
        Enable-VMMigration -ComputerName 'BRANCH1'
    }
    if (-not ((Get-VMHost -ComputerName 'BRANCH2').VirtualMachineMigrationEnabled -eq $true)) {
        Enable-VMMigration -ComputerName 'BRANCH2'
    }
}

# Step 2: until all hosts are rebuilt, list 172.16.1.0/24 and 172.16.2.0/24 for live migration as well on BRANCH1 and BRANCH2
#   serves: drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list
Invoke-Step -Number 2 -What 'until all hosts are rebuilt, list 172.16.1.0/24 and 172.16.2.0/24 for live migration as well on BRANCH1 and BRANCH2' -Serves 'drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list' -Test {
    (@('172.16.1.0/24', '172.16.2.0/24' | Where-Object { @(Get-Subnet -Node 'BRANCH1') -notcontains $_ }).Count -eq 0) -and (@('172.16.1.0/24', '172.16.2.0/24' | Where-Object { @(Get-Subnet -Node 'BRANCH2') -notcontains $_ }).Count -eq 0)
} -Change {
    if (-not (@('172.16.1.0/24', '172.16.2.0/24' | Where-Object { @(Get-Subnet -Node 'BRANCH1') -notcontains $_ }).Count -eq 0)) {
        Add-Subnet -Node 'BRANCH1' -Subnet '172.16.1.0/24', '172.16.2.0/24'
    }
    if (-not (@('172.16.1.0/24', '172.16.2.0/24' | Where-Object { @(Get-Subnet -Node 'BRANCH2') -notcontains $_ }).Count -eq 0)) {
        Add-Subnet -Node 'BRANCH2' -Subnet '172.16.1.0/24', '172.16.2.0/24'
    }
}

if ($Waiting.Count -gt 0) {
    Write-Output ('not done, shut these VMs down and run the script again: {0}' -f ($Waiting -join ', '))
    exit 1
}
Write-Output 'Done.'
