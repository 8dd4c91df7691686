<#
.SYNOPSIS
Exports what nicplan reads about a Hyper-V failover cluster.

.DESCRIPTION
Read-only: it calls Get-* cmdlets on the nodes and writes files into one new folder of its own, and a ZIP of it. It needs no module on this
machine beyond the RSAT tools for Failover Clustering and Hyper-V, and rights to administer the nodes. Windows PowerShell 5.1 or later;
nodes with Windows Server 2008 R2 are asked by WMI (Windows PowerShell only). What cannot be read is noted in errors.csv and does not stop it.

.EXAMPLE
.\Collect-NicPlanInventory.ps1
On a node: its cluster, all nodes.

.EXAMPLE
.\Collect-NicPlanInventory.ps1 -Cluster HVC1 -Path D:\exports
From another machine.

.EXAMPLE
.\Collect-NicPlanInventory.ps1 -ComputerName HV1, HV2
Hosts that are in no cluster.

.EXAMPLE
.\Collect-NicPlanInventory.ps1 -Cluster HVC1 -Only Get-VMHost, Get-VMMigrationNetwork
Only what other exports, such as the ZIP of Get-SDDCDiagnosticInfo, do not hold; nicplan names it. Give both ZIPs to nicplan.

.NOTES
Then: nicplan plan nicplan-HVC1.zip -o out     or     nicplan import nicplan-HVC1.zip -o my-cluster
#>
[CmdletBinding()]
param(
    # Name of the failover cluster; a dot is that of this machine.
    [string] $Cluster = '.',
    # Nodes, instead of all nodes of the cluster.
    [string[]] $ComputerName = @(),
    # Folder in which the output folder is made.
    [string] $Path = '.',
    # Names of the exports to make, instead of all.
    [string[]] $Only = @()
)

# What is exported: a name, how it is read, and the properties that are kept.
$ofCluster = @(
#cluster#
)
$ofNode = @(
#node#
)
# Windows Server 2008 R2 has neither the NetAdapter nor the Hyper-V module.
$ofOldNode = @(
#old#
)

# With powershell.exe -File, a list arrives as one text.
$ComputerName = @($ComputerName | ForEach-Object { $_ -split ',' } | ForEach-Object { $_.Trim() })
$Only = @($Only | ForEach-Object { $_ -split ',' } | ForEach-Object { $_.Trim() })
if ($Only.Count -gt 0) {
    $known = @($ofCluster + $ofNode | ForEach-Object { $_.Name })
    $unknown = @($Only | Where-Object { $known -notcontains $_ })
    if ($unknown.Count -gt 0) {
        Write-Error "There is no export $($unknown -join ', '). Known are: $($known -join ', ')."
        exit 1
    }
    # The names of cluster and nodes tell to which other exports these belong.
    $Only = $Only + 'Get-Cluster' + 'Get-ClusterNode'
    $ofCluster = @($ofCluster | Where-Object { $Only -contains $_.Name })
    $ofNode = @($ofNode | Where-Object { $Only -contains $_.Name })
}

$clusterName = ''
try {
    if ($ComputerName.Count -eq 0) {
        $clusterName = (Get-Cluster -Name $Cluster -ErrorAction Stop).Name
        $Cluster = $clusterName
        $ComputerName = @(Get-ClusterNode -Cluster $Cluster -ErrorAction Stop | ForEach-Object { $_.Name })
    }
} catch {
    Write-Warning "No cluster was found ($_). Only this machine is read; give -Cluster or -ComputerName for others."
    $ComputerName = @($env:COMPUTERNAME)
}

$label = $clusterName
if (-not $label) { $label = $ComputerName[0] }
if ($Only.Count -gt 0) { $label = "$label-more" }
# Writes one export. What could be read is kept; what could not is given back, and nothing of it stops the rest.
function Export-Part {
    param($Part, $Target, $Node)
    $all = @()
    $problems = @()
    try {
        $all = @(& $Part.Read 2>&1)
    } catch {
        $problems += $_
    }
    $found = @($all | Where-Object { $_ -isnot [System.Management.Automation.ErrorRecord] })
    $problems += @($all | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] })
    if ($found.Count -gt 0 -or $problems.Count -eq 0) {
        try {
            $found | Select-Object -Property $Part.Keep |
                Export-Clixml -Path (Join-Path -Path $Target -ChildPath "$($Part.Name).xml") -ErrorAction Stop
        } catch {
            $problems += $_
        }
    }
    foreach ($problem in $problems) {
        [pscustomobject] @{ Node = $Node; Cmdlet = $Part.Name; Message = [string] $problem }
    }
}

$folder = Join-Path -Path $Path -ChildPath "nicplan-$label"
if (Test-Path -Path $folder) {
    Write-Error "$folder is there already. Rename it, or give another folder with -Path."
    exit 1
}
$null = New-Item -ItemType Directory -Path $folder
$faults = @()

if ($clusterName) {
    $target = Join-Path -Path $folder -ChildPath 'cluster'
    $null = New-Item -ItemType Directory -Path $target
    foreach ($part in $ofCluster) {
        Write-Progress -Activity "Cluster $clusterName" -Status $part.Name
        $faults += @(Export-Part -Part $part -Target $target -Node '')
    }
}

$done = 0
foreach ($Node in $ComputerName) {
    $target = Join-Path -Path $folder -ChildPath $Node
    $null = New-Item -ItemType Directory -Path $target
    $parts = $ofNode
    for ($index = 0; $index -lt $parts.Count; $index++) {
        $part = $parts[$index]
        $percent = [int] (100 * ($done + ($index / $parts.Count)) / $ComputerName.Count)
        Write-Progress -Activity "Node $Node" -Status $part.Name -PercentComplete $percent
        $faults += @(Export-Part -Part $part -Target $target -Node $Node)
        # A node that does not know its adapters is asked by WMI as well.
        if ($part.Name -eq 'Get-NetAdapter' -and -not (Test-Path -Path (Join-Path -Path $target -ChildPath 'Get-NetAdapter.xml'))) {
            $parts = $parts + $ofOldNode
        }
    }
    $done++
}

if ($faults.Count -gt 0) {
    $faults | Export-Csv -Path (Join-Path -Path $folder -ChildPath 'errors.csv') -NoTypeInformation -Encoding UTF8
    Write-Warning "$($faults.Count) exports failed; errors.csv in the folder names them. The others can be used."
}
$result = "$folder.zip"
try {
    Compress-Archive -Path $folder -DestinationPath $result -ErrorAction Stop
} catch {
    Write-Warning "No ZIP was made ($_). The folder can be given as it is."
    $result = $folder
}
Write-Output "Done: $result"
Write-Output "Next: nicplan plan $result -o out"
