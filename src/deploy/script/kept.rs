//! What the inventory does not hold: the script writes it down before the first change, the rollback puts it back.

use super::change::{Context, Written};
use super::{cluster_change, dcb, intents};
use crate::deploy::steps::{Change, Kept, Port, Step};
use crate::powershell::{Command, quoted};

/// Key of the adapter that holds the management address.
const MANAGEMENT: &str = "management adapter";

/// Functions that keep a value; they run on Windows PowerShell 2.0 and later.
pub const KEEP: &str = r#"function Save-Kept {
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
"#;

/// Functions of a node's scripts that put back.
pub const FUNCTIONS: &str = r#"function Restore-Binding {
    # the protocols that were bound to a port; one under a virtual switch has none of its own in any case
    param([string]$Adapter)
    $kept = @(Get-Kept -Key ('binding ' + $Adapter))
    if ($kept.Count -gt 0) { Enable-NetAdapterBinding -Name $Adapter -ComponentID $kept }
}

function Test-Binding {
    param([string]$Adapter)
    $own = @(Get-NetAdapterBinding -Name $Adapter -ErrorAction SilentlyContinue | Where-Object { $_.Enabled } | ForEach-Object { $_.ComponentID })
    return @(Get-Kept -Key ('binding ' + $Adapter) | Where-Object { $own -notcontains $_ }).Count -eq 0
}
"#;

/// Lines of a cluster's script that write down what the inventory does not know of what it is going to change.
pub fn saved_of_cluster(context: &Context, steps: &[&Step]) -> Vec<String> {
    let changes = steps.iter().flat_map(|s| &s.changes);
    let of = |change| {
        let own = cluster_change::kept(context, change).into_iter();
        own.chain(intents::kept(change))
    };
    changes.flat_map(of).map(|(key, read)| save(&key, &read)).collect()
}

/// The value that was written down.
pub fn value(key: &str) -> String {
    format!("@(Get-Kept -Key {})[0]", quoted(key))
}

/// The values that were written down, as a list.
pub fn list(key: &str) -> String {
    format!("@(Get-Kept -Key {})", quoted(key))
}

/// Whether a node's scripts keep anything.
pub fn needed(steps: &[Step]) -> bool {
    kept(steps).next().is_some()
}

/// Whether a step took protocols off ports.
pub fn binds(step: &Step) -> bool {
    step.changes.iter().any(|c| matches!(c, Change::Unbind { .. }))
}

fn kept(steps: &[Step]) -> impl Iterator<Item = Kept> + '_ {
    let undone = steps.iter().flat_map(|s| &s.changes).filter_map(Change::inverse);
    undone.filter_map(|change| match change {
        Change::AsBefore(kept) => Some(kept),
        _ => None,
    })
}

fn save(key: &str, read: &str) -> String {
    Command::new("Save-Kept")
        .name("Key", key)
        .value("Read", format!("{{ {read} }}"))
        .line()
}

/// Lines of the apply script that write down what was so before; `management` is the node's address, empty = not known.
pub fn saved(steps: &[Step], management: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for kept in kept(steps) {
        match kept {
            Kept::Bindings(nics, _) => lines.extend(nics.iter().map(|nic| {
                let read = format!(
                    "Get-NetAdapterBinding -Name {} -ErrorAction SilentlyContinue | Where-Object {{ $_.Enabled -and '{}' -contains $_.ComponentID }} | ForEach-Object {{ $_.ComponentID }}",
                    quoted(nic),
                    super::change::PROTOCOLS.join("', '"),
                );
                save(&format!("binding {nic}"), &read)
            })),
            Kept::DefaultFlow(switch, _) => {
                let read = format!(
                    "(Get-VMSwitch -Name {} -ErrorAction SilentlyContinue).DefaultFlowMinimumBandwidthWeight",
                    quoted(&switch)
                );
                lines.push(save(&format!("default flow {switch}"), &read));
            }
            Kept::Jumbo(port, _) => lines.push(save(&format!("packets {}", port.alias()), &packets(&port.alias()))),
            Kept::Dcb(nics, _) => lines.push(dcb::saved(&nics)),
            Kept::Rdma(vnic) => {
                let (rdma, tag) = rdma(&vnic);
                lines.push(save(&format!("rdma {vnic}"), &rdma));
                lines.push(save(&format!("priority tag {vnic}"), &tag));
            }
            Kept::Management { .. } if !management.is_empty() => {
                let find = Command::new("Find-Management").name("Address", management).line();
                lines.push(save(MANAGEMENT, &find));
            }
            Kept::Management { .. } => {}
        }
    }
    lines
}

fn packets(alias: &str) -> String {
    format!(
        "(Get-NetAdapterAdvancedProperty -Name {} -RegistryKeyword '*JumboPacket' -ErrorAction SilentlyContinue).RegistryValue",
        quoted(alias)
    )
}

/// RDMA of a host vNIC, and whether SET lets its packets keep their priority.
fn rdma(vnic: &str) -> (String, String) {
    let alias = Port::HostVnic(vnic.to_owned()).alias();
    let get = Command::new("Get-NetAdapterRdma").name("Name", &alias);
    let tag = Command::new("Get-VMNetworkAdapter")
        .switch("ManagementOS")
        .name("Name", vnic);
    let quiet = |command: Command| command.value("ErrorAction", "SilentlyContinue").line();
    (
        format!("[bool]({}).Enabled", quiet(get)),
        format!("([string]({}).IeeePriorityTag -eq 'On')", quiet(tag)),
    )
}

fn rdma_back(vnic: &str) -> Written {
    let alias = quoted(&Port::HostVnic(vnic.to_owned()).alias());
    let (rdma, tag) = rdma(vnic);
    let (was, tagged) = (value(&format!("rdma {vnic}")), value(&format!("priority tag {vnic}")));
    let set = Command::new("Set-VMNetworkAdapter")
        .switch("ManagementOS")
        .name("Name", vnic);
    Written {
        test: format!("({rdma} -eq [bool]{was}) -and ({tag} -eq [bool]{tagged})"),
        commands: vec![
            format!(
                "if ([bool]{was}) {{ Enable-NetAdapterRdma -Name {alias} }} else {{ Disable-NetAdapterRdma -Name {alias} }}"
            ),
            set.value(
                "IeeePriorityTag",
                format!("$(if ([bool]{tagged}) {{ 'On' }} else {{ 'Off' }})"),
            )
            .line(),
        ],
        ..Written::default()
    }
}

/// The way back.
pub fn written(kept: &Kept, management: &str) -> Written {
    match kept {
        Kept::Management { .. } if management.is_empty() => Written::default(),
        Kept::Management { .. } => {
            let holder = value(MANAGEMENT);
            let of = |name: &str, parameter: &str| Command::new(name).value(parameter, format!("({holder})"));
            let there = of("Test-Address", "Adapter").name("Address", management);
            let back = of("Move-Address", "From")
                .value("To", format!("({holder})"))
                .switch("All");
            Written::new(there.line(), vec![back])
        }
        Kept::Bindings(nics, _) => {
            let command = |name: &str, nic: &String| Command::new(name).name("Adapter", nic);
            let tests: Vec<String> = nics
                .iter()
                .map(|nic| format!("({})", command("Test-Binding", nic).line()))
                .collect();
            Written::new(
                tests.join(" -and "),
                nics.iter().map(|nic| command("Restore-Binding", nic)).collect(),
            )
        }
        Kept::DefaultFlow(switch, _) => {
            let get = format!(
                "(Get-VMSwitch -Name {}).DefaultFlowMinimumBandwidthWeight",
                quoted(switch)
            );
            let set = Command::new("Set-VMSwitch").name("Name", switch);
            one(&format!("default flow {switch}"), &get, |value| {
                set.value("DefaultFlowMinimumBandwidthWeight", value)
            })
        }
        Kept::Jumbo(port, _) => {
            let alias = port.alias();
            let set = Command::new("Set-NetAdapterAdvancedProperty")
                .name("Name", &alias)
                .name("RegistryKeyword", "*JumboPacket");
            one(&format!("packets {alias}"), &packets(&alias), |value| {
                set.value("RegistryValue", value)
            })
        }
        Kept::Dcb(nics, _) => dcb::restored(nics),
        Kept::Rdma(vnic) => rdma_back(vnic),
    }
}

/// One value; what was not there before the first change has none and goes by itself.
fn one(key: &str, get: &str, set: impl FnOnce(String) -> Command) -> Written {
    let value = value(key);
    Written {
        test: format!("($null -eq {value}) -or ([string]{get} -eq [string]{value})"),
        commands: vec![set(format!("({value})")).line()],
        ..Written::default()
    }
}
