//! Data Center Bridging as PowerShell: policies, flow control, classes, and the ports.
//!
//! Priorities 3 (SMB over RDMA) and 7 (cluster), as in Microsoft, "Host network requirements for Azure Local". A priority belongs to one class, and
//! traffic to one policy, whatever they are called: Microsoft's own pages name them differently. So those of today are found by what they carry, written
//! down, and made again on the way back. Properties of policies as listed in Microsoft, `Get-NetQosPolicy`.

use super::change::Written;
use crate::deploy::steps::{Change, Dcb, Step};
use crate::powershell::{Command, quoted_list};

/// Functions that ask how it is.
pub const ASK: &str = r#"function Get-DcbClass {
    # traffic classes that hold one of the priorities, or have one of the names; what is left over is in [Default], which Windows keeps itself
    param([int[]]$Priority)
    Get-NetQosTrafficClass | Where-Object { $_.Name -ne '[Default]' } | Where-Object {
        ('SMBDirect', 'Cluster' -contains $_.Name) -or (@($_.Priority | Where-Object { $Priority -contains [int]$_ }).Count -gt 0)
    }
}

function Get-DcbPolicy {
    # policies for SMB over RDMA (port 445), for the cluster and for everything else, or with one of the names
    Get-NetQosPolicy | Where-Object {
        ([int]$_.NetDirectPort -eq 445) -or ('Cluster', 'Default' -contains [string]$_.Template) -or ('SMBDirect', 'Cluster', 'Default' -contains $_.Name)
    }
}

function Test-Dcb {
    # all of it: one class for each priority, one policy for each kind of traffic, flow control on priority 3 alone, no orders of the physical switch
    # taken, and the ports take part
    param([string[]]$Adapter, [int]$Smb, [int]$Cluster)
    foreach ($one in @(@{ Priority = 3; Percent = $Smb }, @{ Priority = 7; Percent = $Cluster })) {
        $class = @(Get-NetQosTrafficClass | Where-Object { $_.Name -ne '[Default]' -and @($_.Priority) -contains $one.Priority })
        if ($class.Count -ne 1 -or @($class[0].Priority).Count -ne 1) { return $false }
        if ([int]$class[0].BandwidthPercentage -ne $one.Percent -or [string]$class[0].Algorithm -ne 'ETS') { return $false }
    }
    $policies = @(Get-NetQosPolicy)
    $smbPolicies = @($policies | Where-Object { [int]$_.NetDirectPort -eq 445 })
    if ($smbPolicies.Count -ne 1 -or [int]$smbPolicies[0].PriorityValue -ne 3) { return $false }
    foreach ($one in @(@{ Template = 'Cluster'; Priority = 7 }, @{ Template = 'Default'; Priority = 0 })) {
        $found = @($policies | Where-Object { [string]$_.Template -eq $one.Template })
        if ($found.Count -ne 1 -or [int]$found[0].PriorityValue -ne $one.Priority) { return $false }
    }
    $flow = @(Get-NetQosFlowControl | Where-Object { $_.Enabled } | ForEach-Object { [int]$_.Priority })
    if (($flow -join ',') -ne '3') { return $false }
    if ((Get-NetQosDcbxSetting).Willing) { return $false }
    return @(Get-NetAdapterQos -Name $Adapter -ErrorAction SilentlyContinue | Where-Object { $_.Enabled }).Count -eq $Adapter.Count
}
"#;

/// Functions that write down and put back.
pub const KEEP: &str = r#"function Get-DcbText {
    # what the steps change, as lines that can be compared
    param([string[]]$Adapter)
    Get-DcbPolicy | Sort-Object -Property Name | ForEach-Object { 'policy {0}: {1}, RDMA port {2}, priority {3}' -f $_.Name, $_.Template, $_.NetDirectPort, $_.PriorityValue }
    Get-DcbClass -Priority 3, 7 | Sort-Object -Property Name | ForEach-Object { 'class {0}: priority {1}, {2} percent, {3}' -f $_.Name, (@($_.Priority) -join ' '), $_.BandwidthPercentage, $_.Algorithm }
    Get-NetQosFlowControl | Where-Object { $_.Enabled } | Sort-Object -Property Priority | ForEach-Object { 'flow control of priority {0}' -f $_.Priority }
    'takes orders of the physical switch: {0}' -f [bool](Get-NetQosDcbxSetting).Willing
    Get-NetAdapterQos -Name $Adapter -ErrorAction SilentlyContinue | Where-Object { $_.Enabled } | Sort-Object -Property Name | ForEach-Object { 'port {0}' -f $_.Name }
}

function Save-Dcb {
    # remembers policies, classes, flow control and ports once, as they were before the first change
    param([string[]]$Adapter)
    Save-Kept -Key 'dcb' -Read { Get-DcbText -Adapter $Adapter }
    Save-Kept -Key 'dcb policies' -Read {
        Get-DcbPolicy | ForEach-Object {
            @{
                Name       = [string]$_.Name
                Template   = [string]$_.Template
                Port       = [int]$_.NetDirectPort
                Priority   = [int]$_.PriorityValue
                Weight     = [int]$_.MinBandwidthWeight
                Dscp       = [int]$_.DSCPValue
                Network    = [string]$_.NetworkProfile
                Precedence = [int]$_.Precedence
                More       = [bool]($_.User -or $_.AppPathName -or $_.URI -or $_.IPPort -or $_.IPSrcPrefix -or $_.IPDstPrefix -or $_.IPSrcPortStart -or $_.IPDstPortStart -or $_.ThrottleRate)
            }
        }
    }
    Save-Kept -Key 'dcb classes' -Read {
        Get-DcbClass -Priority 3, 7 | ForEach-Object {
            @{ Name = [string]$_.Name; Priority = @($_.Priority | ForEach-Object { [int]$_ }); Percent = [int]$_.BandwidthPercentage; Algorithm = [string]$_.Algorithm }
        }
    }
    Save-Kept -Key 'dcb flow control' -Read { Get-NetQosFlowControl | Where-Object { $_.Enabled } | ForEach-Object { [int]$_.Priority } }
    Save-Kept -Key 'dcb willing' -Read { [bool](Get-NetQosDcbxSetting).Willing }
    Save-Kept -Key 'dcb adapters' -Read { Get-NetAdapterQos -Name $Adapter -ErrorAction SilentlyContinue | Where-Object { $_.Enabled } | ForEach-Object { [string]$_.Name } }
}

function Test-DcbRestored {
    param([string[]]$Adapter)
    return ((@(Get-DcbText -Adapter $Adapter) -join ';') -eq (@(Get-Kept -Key 'dcb') -join ';'))
}

function Restore-Dcb {
    # what was made is taken away, what was there before is made again
    param([string[]]$Adapter)
    @(Get-DcbClass -Priority 3, 7) | Remove-NetQosTrafficClass -Confirm:$false
    @(Get-DcbPolicy) | Remove-NetQosPolicy -Confirm:$false
    foreach ($one in @(Get-Kept -Key 'dcb policies')) {
        $more = @{}
        if ($one.Priority -ge 0) { $more.PriorityValue8021Action = $one.Priority }
        if ($one.Weight -gt 0) { $more.MinBandwidthWeightAction = $one.Weight }
        if ($one.Dscp -ge 0) { $more.DSCPAction = $one.Dscp }
        if ($one.Network) { $more.NetworkProfile = $one.Network }
        if ($one.Precedence -gt 0) { $more.Precedence = $one.Precedence }
        if ($one.Port -gt 0) { $more.NetDirectPortMatchCondition = $one.Port }
        elseif ($one.Template -and $one.Template -ne 'None') { $more[$one.Template] = $true }
        elseif (-not $one.More) { $one.More = $true }
        if ($one.More) { Write-Warning ('by hand: make the QoS policy {0} again as it was, it matched more than a port of RDMA or a kind of traffic' -f $one.Name) }
        else { New-NetQosPolicy -Name $one.Name @more | Out-Null }
    }
    foreach ($one in @(Get-Kept -Key 'dcb classes')) {
        New-NetQosTrafficClass -Name $one.Name -Priority @($one.Priority) -BandwidthPercentage $one.Percent -Algorithm $one.Algorithm | Out-Null
    }
    $flow = @(Get-Kept -Key 'dcb flow control')
    foreach ($priority in (0..7)) {
        if ($flow -contains $priority) { Enable-NetQosFlowControl -Priority $priority }
        else { Disable-NetQosFlowControl -Priority $priority }
    }
    Set-NetQosDcbxSetting -Willing ([bool]@(Get-Kept -Key 'dcb willing')[0]) -Confirm:$false
    foreach ($one in $Adapter) {
        if (@(Get-Kept -Key 'dcb adapters') -notcontains $one) { Disable-NetAdapterQos -Name $one }
    }
}
"#;

/// Whether steps set it.
pub fn needed(steps: &[Step]) -> bool {
    let mut changes = steps.iter().flat_map(|s| &s.changes);
    changes.any(|c| matches!(c, Change::Dcb(..)))
}

/// All of it; what holds the same priorities or speaks of the same traffic is made anew.
pub fn written(dcb: &Dcb) -> Written {
    let policy = |name: &str| Command::new("New-NetQosPolicy").name("Name", name);
    let class = |name: &str, priority: u8, percent: u8| {
        let new = Command::new("New-NetQosTrafficClass")
            .name("Name", name)
            .value("Priority", priority);
        new.value("BandwidthPercentage", percent).value("Algorithm", "ETS")
    };
    let mut lines: Vec<String> = vec![
        "@(Get-DcbPolicy) | Remove-NetQosPolicy -Confirm:$false".to_owned(),
        policy("SMBDirect")
            .value("NetDirectPortMatchCondition", 445)
            .value("PriorityValue8021Action", 3)
            .line(),
        policy("Cluster")
            .switch("Cluster")
            .value("PriorityValue8021Action", 7)
            .line(),
        policy("Default")
            .switch("Default")
            .value("PriorityValue8021Action", 0)
            .line(),
        Command::new("Enable-NetQosFlowControl").value("Priority", 3).line(),
        Command::new("Disable-NetQosFlowControl")
            .value("Priority", "0, 1, 2, 4, 5, 6, 7")
            .line(),
        "@(Get-DcbClass -Priority 3, 7) | Remove-NetQosTrafficClass -Confirm:$false".to_owned(),
        class("SMBDirect", 3, dcb.smb_percent).line(),
        class("Cluster", 7, dcb.cluster_percent).line(),
        Command::new("Set-NetQosDcbxSetting")
            .value("Willing", "$false")
            .set("Confirm", false)
            .line(),
    ];
    lines.extend(
        dcb.nics
            .iter()
            .map(|nic| Command::new("Enable-NetAdapterQos").name("Name", nic).line()),
    );
    let test = Command::new("Test-Dcb")
        .names("Adapter", &dcb.nics)
        .value("Smb", dcb.smb_percent)
        .value("Cluster", dcb.cluster_percent);
    Written {
        test: test.line(),
        commands: lines,
        ..Written::default()
    }
}

/// The classes that stay leave room: Windows gives no more than 100 percent, and something must be left to everything else.
pub fn room(dcb: &Dcb) -> (String, String) {
    let wanted = u32::from(dcb.smb_percent) + u32::from(dcb.cluster_percent);
    let others = "$_.Name -ne '[Default]' -and @('SMBDirect', 'Cluster') -notcontains $_.Name -and @($_.Priority | Where-Object { 3, 7 -contains [int]$_ }).Count -eq 0";
    (
        format!(
            "traffic classes of other priorities leave {wanted} percent to SMB and the cluster (else make them smaller: Get-NetQosTrafficClass)"
        ),
        format!(
            "(Get-NetQosTrafficClass | Where-Object {{ {others} }} | Measure-Object -Property BandwidthPercentage -Sum).Sum + {wanted} -le 99"
        ),
    )
}

/// The line that writes it down.
pub fn saved(nics: &[String]) -> String {
    Command::new("Save-Dcb").names("Adapter", nics).line()
}

/// The way back.
pub fn restored(nics: &[String]) -> Written {
    let command = |name: &str| format!("{name} -Adapter {}", quoted_list(nics));
    Written {
        test: command("Test-DcbRestored"),
        commands: vec![command("Restore-Dcb")],
        ..Written::default()
    }
}
