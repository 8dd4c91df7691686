//! The script for VMs whose old network is gone from rebuilt nodes and whose new one is not on the others: each moves without network.

use super::cluster_scripts;
use crate::deploy::steps::Change;
use crate::deploy::work::ClusterWork;
use crate::powershell::{Command, quoted};

const BACK: &str = r#"if ($Back) {
    $Moves = @($Moves | ForEach-Object { @{ Vm = $_.Vm; Vnic = $_.Vnic; From = $_.To; To = $_.From } })
}
"#;

/// A node without the other network would leave the VM without any.
const TARGET: &str = r#"foreach ($name in @($Moves | ForEach-Object { $_.To } | Select-Object -Unique)) {
    if (@(Get-VMSwitch -ComputerName $Node | Where-Object { $_.Name -eq $name }).Count -eq 0) {
        throw ('{0} has no virtual switch {1}: choose a node that has it' -f $Node, $name)
    }
}
"#;

const MOVE: &str = r#"foreach ($one in @($Moves | ForEach-Object { $_.Vm } | Select-Object -Unique)) {
    if ($Vm -and ($Vm -notcontains $one)) { continue }
    $found = Find-Vm -Name $one
    $role = Find-Role -Vm $one
    if (-not $role) {
        Write-Warning ('{0} has no role in the cluster: move it by hand' -f $one)
        continue
    }
    $own = @($Moves | Where-Object { $_.Vm -eq $one })
    $old = @($own | Where-Object { (Get-Vnic -Vm $one -Name $_.Vnic).SwitchName -eq $_.From })
    if ($old.Count -eq 0) {
        Write-Output ('{0}: already so' -f $one)
        continue
    }
    if (-not $PSCmdlet.ShouldProcess($one, ('move to {0}; without network meanwhile' -f $Node))) { continue }
    try {
        foreach ($part in $old) { Disconnect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm $one -Name $part.Vnic) }
        if ([string]$found.ComputerName -ne $Node) {
            Move-ClusterVirtualMachineRole -Name $role.Name -Node $Node -MigrationType Live | Out-Null
        }
        foreach ($part in $old) { Connect-VMNetworkAdapter -VMNetworkAdapter (Get-Vnic -Vm $one -Name $part.Vnic) -SwitchName $part.To }
        Write-Output ('{0}: on {1}, connected' -f $one, $Node)
    }
    catch {
        Write-Warning ('{0} could not be moved, connecting it again: {1}' -f $one, $_)
        foreach ($part in $old) {
            $vnic = Get-Vnic -Vm $one -Name $part.Vnic
            $switch = $(if ([string](Find-Vm -Name $one).ComputerName -eq $Node) { $part.To } else { $part.From })
            if (-not $vnic.SwitchName) { Connect-VMNetworkAdapter -VMNetworkAdapter $vnic -SwitchName $switch }
        }
        throw
    }
}
Write-Output 'Done.'
"#;

/// The script; `None` = no VM is in that position.
pub fn script(work: &ClusterWork) -> Option<Vec<String>> {
    if work.stranded.is_empty() {
        return None;
    }
    let notes = [
        "Run it in an announced window, once the first node is rebuilt and before the last one that is not is drained: -Node says where to, a rebuilt \
         node. On the way back run it with -Back once the first node went back and before the last one that has not is drained. A VM is without network while it \
         moves. -Vm moves some only; what is so already is passed over; -WhatIf shows what it would do."
            .to_owned(),
    ];
    let parameters = [
        "    # a rebuilt node".to_owned(),
        "    [Parameter(Mandatory = $true)][string]$Node,".to_owned(),
        "    # the way back: from the new network to the old one; -Node is a node that went back".to_owned(),
        "    [switch]$Back,".to_owned(),
        "    # these VMs only".to_owned(),
        "    [string[]]$Vm,".to_owned(),
    ];
    let synopsis = "VMs that no node can run with both networks: disconnect, move, connect.";
    let mut lines = cluster_scripts::head_with(work, synopsis, &notes, &parameters, "move-stranded");
    lines.push("$Moves = @(".to_owned());
    let stranded = |name: &str| work.stranded.iter().any(|(vm, _, _)| vm == name);
    let mut moves: Vec<String> = Vec::new();
    for change in work.last.iter().flat_map(|s| &s.changes) {
        let Change::Connect { vm, vnic, value } = change else {
            continue;
        };
        if let (Some(from), Some(to), true) = (&value.before, &value.after, stranded(vm)) {
            moves.push(format!(
                "    @{{ Vm = {}; Vnic = {}; From = {}; To = {} }}",
                quoted(vm),
                quoted(vnic),
                quoted(from),
                quoted(to)
            ));
        }
    }
    let count = moves.len();
    for (place, line) in (1..).zip(moves) {
        lines.push(if place < count { format!("{line},") } else { line });
    }
    lines.push(")".to_owned());
    lines.extend(BACK.lines().map(str::to_owned));
    let node = Command::new("Get-ClusterNode").value("Name", "$Node").line();
    lines.push(format!(
        "if ([string]({node}).State -ne 'Up') {{ throw ('{{0}} is not up: resume it first' -f $Node) }}"
    ));
    lines.extend(TARGET.lines().map(str::to_owned));
    lines.extend(MOVE.lines().map(str::to_owned));
    Some(lines)
}
