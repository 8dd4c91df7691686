<#
.SYNOPSIS
Exports what nicplan reads about a Hyper-V failover cluster.

.DESCRIPTION
Read-only: it calls Get-* cmdlets on the nodes and writes files into one new folder of its own, and a ZIP of it. It needs no module on this
machine beyond the RSAT tools for Failover Clustering and Hyper-V, and rights to administer the nodes. Best run in Windows PowerShell 5.1
(powershell.exe), as administrator, at the console or desktop of a node or of a management machine with the same Windows version: within a
remote session the other nodes refuse (the session may not pass your identity on). Nodes with Windows Server 2008 R2 are asked by WMI
(Windows PowerShell only). What cannot be read is noted in errors.csv and does not stop it; a node that does not answer is asked once.

.EXAMPLE
.\Collect-NicPlanInventory.ps1
On a node: its cluster, all nodes.

.EXAMPLE
.\Collect-NicPlanInventory.ps1 -Cluster HVC1 -Path D:\exports
From another machine.

.EXAMPLE
powershell.exe -ExecutionPolicy Bypass -File .\Collect-NicPlanInventory.ps1
Where the policy of the machine stops scripts.

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

if ($PSSenderInfo) {
    Write-Warning 'This is a remote session: other nodes will refuse it. Run the script at the console of a node if errors.csv says so.'
}
if ($PSVersionTable.PSVersion.Major -gt 5) {
    Write-Warning 'Cmdlets of clusters work in Windows PowerShell only; if parts are missing, run the script with powershell.exe.'
}
foreach ($module in 'FailoverClusters', 'Hyper-V') {
    if (-not (Get-Module -Name $module -ListAvailable)) {
        Write-Warning "The module $module is not on this machine (Install-WindowsFeature RSAT-Clustering-PowerShell, Hyper-V-PowerShell)."
    }
}
# The drive of the output may be that of a provider; the cmdlets below want a plain path.
try {
    $Path = (Resolve-Path -LiteralPath $Path -ErrorAction Stop).ProviderPath
} catch {
    Write-Error "The folder $Path was not found. Give one that exists with -Path."
    exit 1
}

$clusterName = ''
$down = @()
try {
    if ($ComputerName.Count -eq 0) {
        $clusterName = (Get-Cluster -Name $Cluster -ErrorAction Stop).Name
        # A name with its domain stays: the short one may mean nothing here.
        $domain = ''
        $isAddress = $Cluster -match '^[0-9.:]+$'
        if ($Cluster -eq '.' -or $isAddress) { $Cluster = $clusterName } else { $domain = $Cluster -replace '^[^.]*', '' }
        $nodes = @(Get-ClusterNode -Cluster $Cluster -ErrorAction Stop)
        $ComputerName = @($nodes | ForEach-Object { "$($_.Name)$domain" })
        $down = @($nodes | Where-Object { "$($_.State)" -eq 'Down' } | ForEach-Object { "$($_.Name)$domain" })
    }
} catch {
    Write-Warning "No cluster was found ($_). Only this machine is read; give -Cluster or -ComputerName for others."
    $ComputerName = @($env:COMPUTERNAME)
}

$label = $clusterName
if (-not $label) { $label = $ComputerName[0] }
if ($Only.Count -gt 0) { $label = "$label-more" }
# How a part asks its node: each way has a service of its own there, which may be closed while the others answer.
function Get-Way {
    param($Part)
    switch -Regex ([string] $Part.Read) {
        'WmiObject' { 'WMI'; break }
        'Cim' { 'CIM'; break }
        default { 'Hyper-V' }
    }
}

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
if (Test-Path -LiteralPath $folder) {
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
    $silent = @{}
    $asked = @{}
    if ($down -contains $Node) {
        foreach ($way in 'CIM', 'WMI', 'Hyper-V') { $silent[$way] = 'the cluster says that the node is down' }
    }
    for ($index = 0; $index -lt $parts.Count; $index++) {
        $part = $parts[$index]
        $percent = [int] (100 * ($done + ($index / $parts.Count)) / $ComputerName.Count)
        Write-Progress -Activity "Node $Node" -Status $part.Name -PercentComplete $percent
        $way = Get-Way -Part $part
        if ($way -eq 'CIM' -and -not $asked[$way] -and -not $silent[$way]) {
            try {
                $null = Get-CimInstance -ClassName Win32_OperatingSystem -ComputerName $Node -OperationTimeoutSec 30 -ErrorAction Stop
            } catch {
                $silent[$way] = [string] $_
            }
        }
        if ($silent[$way]) {
            # Every further question would wait as long for the same answer.
            $faults += [pscustomobject] @{ Node = $Node; Cmdlet = $part.Name; Message = $silent[$way] }
        } else {
            $new = @(Export-Part -Part $part -Target $target -Node $Node)
            $faults += $new
            $written = Test-Path -LiteralPath (Join-Path -Path $target -ChildPath "$($part.Name).xml")
            if ($way -ne 'CIM' -and -not $asked[$way] -and -not $written) { $silent[$way] = $new[0].Message }
        }
        $asked[$way] = $true
        # A node that does not know its adapters is asked by WMI as well.
        if ($part.Name -eq 'Get-NetAdapter' -and -not (Test-Path -LiteralPath (Join-Path -Path $target -ChildPath 'Get-NetAdapter.xml'))) {
            $parts = $parts + $ofOldNode
        }
    }
    $done++
}

if ($faults.Count -gt 0) {
    $faults | Export-Csv -Path (Join-Path -Path $folder -ChildPath 'errors.csv') -NoTypeInformation -Encoding UTF8
    $kinds = @($faults | ForEach-Object { $_.Cmdlet } | Select-Object -Unique)
    Write-Warning "$($faults.Count) exports failed ($($kinds -join ', ')); errors.csv in the folder says why. The others can be used."
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
