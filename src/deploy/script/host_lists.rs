//! Lists of live migration of every host as PowerShell, set from one node so that all hosts have them at the same time.
//!
//! `Add-`, `Set-`, `Get-` and `Remove-VMMigrationNetwork`, `Set-VMHost`, `Enable-VMMigration`, all with `-ComputerName` (Microsoft, Hyper-V module).

use super::change::Written;
use super::kept;
use crate::deploy::steps::{Change, HostSetting, Step, Values};
use crate::powershell::{Command, quoted, quoted_list, truth};

/// Functions of the cluster's scripts.
pub const FUNCTIONS: &str = r#"function Get-Subnet {
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
"#;

/// Whether steps change lists of hosts.
pub fn needed<'s>(steps: impl IntoIterator<Item = &'s Step>) -> bool {
    let mut changes = steps.into_iter().flat_map(|s| &s.changes);
    changes.any(|c| matches!(c, Change::Member { .. }))
}

/// Whether a step lets live migration use more networks for a while only.
pub fn for_a_while(step: &Step) -> bool {
    let wide = |c: &Change| {
        matches!(
            c,
            Change::Member {
                setting: HostSetting::MoreSubnets(_),
                ..
            }
        )
    };
    step.changes.iter().all(wide)
}

fn subnets_key(node: &str) -> String {
    format!("subnets of {node}")
}

fn enabled_key(node: &str) -> String {
    format!("live migration of {node}")
}

fn any_key(node: &str) -> String {
    format!("any network of {node}")
}

/// What the inventory does not know of a host, with the expression that reads it.
pub fn kept(node: &str, setting: &HostSetting) -> Option<(String, String)> {
    match setting {
        HostSetting::Subnets(Values { before: None, .. }) | HostSetting::MoreSubnets(Values { before: None, .. }) => {
            Some((subnets_key(node), Command::new("Get-Subnet").name("Node", node).line()))
        }
        HostSetting::MigrationEnabled(Values { before: None, .. }) => Some((
            enabled_key(node),
            format!("{}.VirtualMachineMigrationEnabled", host(node)),
        )),
        HostSetting::AnyNetwork(Values { before: None, .. }) => {
            Some((any_key(node), format!("{}.UseAnyNetworkForMigration", host(node))))
        }
        _ => None,
    }
}

fn host(node: &str) -> String {
    format!("(Get-VMHost -ComputerName {})", quoted(node))
}

/// One setting of one host.
pub fn written(node: &str, setting: &HostSetting) -> Written {
    let of = |function: &str, subnets: &str| Command::new(function).name("Node", node).value("Subnet", subnets);
    match setting {
        HostSetting::MigrationEnabled(Values { after: Some(on), .. }) => {
            let command = if *on {
                "Enable-VMMigration"
            } else {
                "Disable-VMMigration"
            };
            Written::new(
                format!("{}.VirtualMachineMigrationEnabled -eq {}", host(node), truth(*on)),
                vec![Command::new(command).name("ComputerName", node)],
            )
        }
        // Undone last of all, once every node is back: the way back needs live migration, too.
        HostSetting::MigrationEnabled(_) => {
            let was = format!("[bool]{}", kept::value(&enabled_key(node)));
            let off = Command::new("Disable-VMMigration").name("ComputerName", node).line();
            Written {
                test: format!("{}.VirtualMachineMigrationEnabled -eq {was}", host(node)),
                commands: vec![format!("if (-not {was}) {{ {off} }}")],
                ..Written::default()
            }
        }
        HostSetting::MoreSubnets(value) => {
            let own = value.before.as_deref().unwrap_or_default();
            let after = value.after.iter().flatten();
            let more: Vec<&String> = after.filter(|subnet| !own.contains(subnet)).collect();
            let list = quoted_list(&more);
            let test = format!(
                "@({list} | Where-Object {{ @({}) -notcontains $_ }}).Count -eq 0",
                Command::new("Get-Subnet").name("Node", node).line()
            );
            Written::new(test, vec![of("Add-Subnet", &list)])
        }
        HostSetting::Subnets(value) => {
            let list = match &value.after {
                Some(subnets) => quoted_list(subnets),
                None => kept::list(&subnets_key(node)),
            };
            Written::new(of("Test-Subnet", &list).line(), vec![of("Set-Subnet", &list)])
        }
        HostSetting::AnyNetwork(value) => {
            let on = match value.after {
                Some(on) => truth(on).to_owned(),
                None => format!("({})", kept::value(&any_key(node))),
            };
            Written::new(
                format!("{}.UseAnyNetworkForMigration -eq {on}", host(node)),
                vec![
                    Command::new("Set-VMHost")
                        .name("ComputerName", node)
                        .value("UseAnyNetworkForMigration", on),
                ],
            )
        }
        _ => Written::default(),
    }
}
