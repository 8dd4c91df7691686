# Before the first node: what must be so while the nodes are rebuilt one after the other.
# For AZL-EDGE. Written by nicplan from an inventory and a plan; do not edit, make it anew.
# Run it once, on any node. Try it with -WhatIf first: nothing is changed then. It can be run again.
# It only holds Network ATC: the first node's script adds the intents, and every node takes them in its turn, drained. Do not start the service NetworkATC by hand meanwhile.
#requires -Version 3.0
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    # folder with the scripts; what was done and how it was before is kept there
    [string]$StateFolder = (Split-Path -Parent $MyInvocation.MyCommand.Path)
)
$ErrorActionPreference = 'Stop'
$Target = 'AZL-EDGE'
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
Save-Kept -Key 'override EnableNetworkNaming' -Read { Get-Override -Name EnableNetworkNaming }
Save-Kept -Key 'override EnableLiveMigrationNetworkSelection' -Read { Get-Override -Name EnableLiveMigrationNetworkSelection }
Save-Kept -Key 'service AZL1' -Read { [string](Get-Service -ComputerName 'AZL1' -Name NetworkATC).StartType }
Save-Kept -Key 'service AZL2' -Read { [string](Get-Service -ComputerName 'AZL2' -Name NetworkATC).StartType }
Save-Kept -Key 'service AZL3' -Read { [string](Get-Service -ComputerName 'AZL3' -Name NetworkATC).StartType }
Save-Kept -Key 'service AZL4' -Read { [string](Get-Service -ComputerName 'AZL4' -Name NetworkATC).StartType }
Save-Kept -Key 'live migration of AZL1' -Read { (Get-VMHost -ComputerName 'AZL1').VirtualMachineMigrationEnabled }
Save-Kept -Key 'live migration of AZL2' -Read { (Get-VMHost -ComputerName 'AZL2').VirtualMachineMigrationEnabled }
Save-Kept -Key 'live migration of AZL3' -Read { (Get-VMHost -ComputerName 'AZL3').VirtualMachineMigrationEnabled }
Save-Kept -Key 'live migration of AZL4' -Read { (Get-VMHost -ComputerName 'AZL4').VirtualMachineMigrationEnabled }
Save-Kept -Key 'subnets of AZL1' -Read { Get-Subnet -Node 'AZL1' }
Save-Kept -Key 'subnets of AZL2' -Read { Get-Subnet -Node 'AZL2' }
Save-Kept -Key 'subnets of AZL3' -Read { Get-Subnet -Node 'AZL3' }
Save-Kept -Key 'subnets of AZL4' -Read { Get-Subnet -Node 'AZL4' }

# Step 1: tell Network ATC what it leaves alone or sets otherwise: EnableNetworkNaming = $false and EnableLiveMigrationNetworkSelection = $false
#   serves: what the plan sets for live migration and cluster networks, which Network ATC would set again about every 15 minutes (Microsoft, Manage Network ATC)
Invoke-Step -Number 1 -What 'tell Network ATC what it leaves alone or sets otherwise: EnableNetworkNaming = $false and EnableLiveMigrationNetworkSelection = $false' -Serves 'what the plan sets for live migration and cluster networks, which Network ATC would set again about every 15 minutes (Microsoft, Manage Network ATC)' -Test {
    ((Get-Override -Name EnableNetworkNaming) -eq $false) -and ((Get-Override -Name EnableLiveMigrationNetworkSelection) -eq $false)
} -Change {
    Set-Overrides -Value @{
        # cluster networks keep the names of cluster_networks.csv, by which the scripts find them
        EnableNetworkNaming = $false
        # live migration goes over the plan's networks: the lists of the cluster and of the hosts
        EnableLiveMigrationNetworkSelection = $false
    }
}

# Step 2: hold Network ATC on AZL1, AZL2, AZL3 and AZL4 until each has its turn
#   serves: Network ATC applies an intent to every node of a cluster as soon as it can, also to nodes with running VMs (Microsoft, Install and enable Network ATC)
Invoke-Step -Number 2 -What 'hold Network ATC on AZL1, AZL2, AZL3 and AZL4 until each has its turn' -Serves 'Network ATC applies an intent to every node of a cluster as soon as it can, also to nodes with running VMs (Microsoft, Install and enable Network ATC)' -Test {
    Test-AtcHeld -Node 'AZL1', 'AZL2', 'AZL3', 'AZL4'
} -Change {
    Stop-Atc -Node 'AZL1', 'AZL2', 'AZL3', 'AZL4'
}

# Step 3: enable live migration on AZL1, AZL2, AZL3 and AZL4
#   serves: drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list
Invoke-Step -Number 3 -What 'enable live migration on AZL1, AZL2, AZL3 and AZL4' -Serves 'drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list' -Test {
    ((Get-VMHost -ComputerName 'AZL1').VirtualMachineMigrationEnabled -eq $true) -and ((Get-VMHost -ComputerName 'AZL2').VirtualMachineMigrationEnabled -eq $true) -and ((Get-VMHost -ComputerName 'AZL3').VirtualMachineMigrationEnabled -eq $true) -and ((Get-VMHost -ComputerName 'AZL4').VirtualMachineMigrationEnabled -eq $true)
} -Change {
    if (-not ((Get-VMHost -ComputerName 'AZL1').VirtualMachineMigrationEnabled -eq $true)) {
        Enable-VMMigration -ComputerName 'AZL1'
    }
    if (-not ((Get-VMHost -ComputerName 'AZL2').VirtualMachineMigrationEnabled -eq $true)) {
        Enable-VMMigration -ComputerName 'AZL2'
    }
    if (-not ((Get-VMHost -ComputerName 'AZL3').VirtualMachineMigrationEnabled -eq $true)) {
        Enable-VMMigration -ComputerName 'AZL3'
    }
    if (-not ((Get-VMHost -ComputerName 'AZL4').VirtualMachineMigrationEnabled -eq $true)) {
        Enable-VMMigration -ComputerName 'AZL4'
    }
}

# Step 4: until all hosts are rebuilt, list 10.71.1.0/24 and 10.71.2.0/24 for live migration as well on AZL1, AZL2, AZL3 and AZL4
#   serves: drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list
Invoke-Step -Number 4 -What 'until all hosts are rebuilt, list 10.71.1.0/24 and 10.71.2.0/24 for live migration as well on AZL1, AZL2, AZL3 and AZL4' -Serves 'drains and fail-backs go between rebuilt hosts and others: they need a network that both of them list' -Test {
    (@('10.71.1.0/24', '10.71.2.0/24' | Where-Object { @(Get-Subnet -Node 'AZL1') -notcontains $_ }).Count -eq 0) -and (@('10.71.1.0/24', '10.71.2.0/24' | Where-Object { @(Get-Subnet -Node 'AZL2') -notcontains $_ }).Count -eq 0) -and (@('10.71.1.0/24', '10.71.2.0/24' | Where-Object { @(Get-Subnet -Node 'AZL3') -notcontains $_ }).Count -eq 0) -and (@('10.71.1.0/24', '10.71.2.0/24' | Where-Object { @(Get-Subnet -Node 'AZL4') -notcontains $_ }).Count -eq 0)
} -Change {
    if (-not (@('10.71.1.0/24', '10.71.2.0/24' | Where-Object { @(Get-Subnet -Node 'AZL1') -notcontains $_ }).Count -eq 0)) {
        Add-Subnet -Node 'AZL1' -Subnet '10.71.1.0/24', '10.71.2.0/24'
    }
    if (-not (@('10.71.1.0/24', '10.71.2.0/24' | Where-Object { @(Get-Subnet -Node 'AZL2') -notcontains $_ }).Count -eq 0)) {
        Add-Subnet -Node 'AZL2' -Subnet '10.71.1.0/24', '10.71.2.0/24'
    }
    if (-not (@('10.71.1.0/24', '10.71.2.0/24' | Where-Object { @(Get-Subnet -Node 'AZL3') -notcontains $_ }).Count -eq 0)) {
        Add-Subnet -Node 'AZL3' -Subnet '10.71.1.0/24', '10.71.2.0/24'
    }
    if (-not (@('10.71.1.0/24', '10.71.2.0/24' | Where-Object { @(Get-Subnet -Node 'AZL4') -notcontains $_ }).Count -eq 0)) {
        Add-Subnet -Node 'AZL4' -Subnet '10.71.1.0/24', '10.71.2.0/24'
    }
}

if ($Waiting.Count -gt 0) {
    Write-Output ('not done, shut these VMs down and run the script again: {0}' -f ($Waiting -join ', '))
    exit 1
}
Write-Output 'Done.'
