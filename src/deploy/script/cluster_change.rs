//! Changes of the cluster and its VMs as PowerShell.

use super::change::{Context, Written};
use super::{host_lists, kept};
use crate::deploy::steps::{Change, Values};
use crate::inventory::Cluster;
use crate::powershell::{Command, quoted, quoted_list};
use crate::profiles::WS2008R2;

/// One change of the cluster.
pub fn written(context: &Context, change: &Change) -> Written {
    match change {
        Change::NetworkUse { network, value } => property(
            &network_of(network),
            "Role",
            &use_key(network),
            value.after.map(u64::from),
        ),
        Change::MigrationOrder(value) => list(context.cluster, ORDER, value),
        Change::MigrationExcluded(value) => excluded(context.cluster, value),
        Change::Parallel(value) => parallel(value),
        Change::ClusterSmbLimit { on, factor } => smb_limit(on, factor),
        Change::Connect { vm, vnic, value } => connect(vm, vnic, value),
        Change::StaticMac { vm, vnic, value, .. } => {
            let set = Command::new("Set-VMNetworkAdapter").value("VMNetworkAdapter", get_vnic(vm, vnic));
            let (set, test) = match value.after {
                Some(mac) => {
                    let digits = quoted(&format!("{:012X}", mac.0));
                    let get = get_vnic(vm, vnic);
                    let test = format!("({get}.MacAddress -eq {digits}) -and (-not {get}.DynamicMacAddressEnabled)");
                    (set.value("StaticMacAddress", digits), test)
                }
                None => (
                    set.switch("DynamicMacAddress"),
                    format!("{}.DynamicMacAddressEnabled", get_vnic(vm, vnic)),
                ),
            };
            Written::new(test, vec![Command::new("Assert-Off").name("Vm", vm), set])
        }
        Change::Spoofing { vm, vnic, value } => {
            let word = if value.after == Some(true) { "On" } else { "Off" };
            let set = Command::new("Set-VMNetworkAdapter").value("VMNetworkAdapter", get_vnic(vm, vnic));
            let test = format!("[string]{}.MacAddressSpoofing -eq '{word}'", get_vnic(vm, vnic));
            Written::new(test, vec![set.value("MacAddressSpoofing", word)])
        }
        Change::AntiAffinity { vm, value } => apart(vm, value),
        Change::Member { node, setting } => host_lists::written(node, setting),
        other => super::intents::written(context, other),
    }
}

fn network_of(name: &str) -> String {
    format!("(Get-ClusterNetwork | Where-Object {{ $_.Name -eq {} }})", quoted(name))
}

fn use_key(network: &str) -> String {
    format!("cluster use {network}")
}

/// What the inventory does not know of a change, with the expressions that read it: it is written down before the change.
pub fn kept(context: &Context, change: &Change) -> Vec<(String, String)> {
    let property = |name: &str| (name.to_owned(), format!("(Get-Cluster).{name}"));
    match change {
        Change::NetworkUse { network, value } if value.before.is_none() => {
            vec![(use_key(network), format!("[int]{}.Role", network_of(network)))]
        }
        Change::MigrationOrder(value) if value.before.is_none() => vec![parameter(context.cluster, ORDER)],
        Change::MigrationExcluded(value) if value.before.is_none() => vec![parameter(context.cluster, EXCLUDED)],
        Change::Parallel(value) if value.before.is_none() => vec![property("MaximumParallelMigrations")],
        Change::ClusterSmbLimit { on, factor } => {
            let on = (on.before.is_none() && on.differs()).then(|| property(LIMIT_ON));
            let factor = (factor.before.is_none() && factor.differs()).then(|| property(LIMIT_FACTOR));
            on.into_iter().chain(factor).collect()
        }
        Change::Member { node, setting } => host_lists::kept(node, setting).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// Properties of a cluster that limit live migration over SMB (Microsoft, Manage SMB bandwidth limits for live migration in failover clusters).
const LIMIT_ON: &str = "SetSMBBandwidthLimit";
const LIMIT_FACTOR: &str = "SetSMBBandwidthLimitFactor";
const ORDER: &str = "MigrationNetworkOrder";
const EXCLUDED: &str = "MigrationExcludeNetworks";

fn parameter(cluster: &Cluster, name: &str) -> (String, String) {
    let get = format!("{} | Get-ClusterParameter -Name {name}", owner(cluster));
    (
        name.to_owned(),
        format!("{get} | Select-Object -First 1 | ForEach-Object {{ [string]$_.Value }}"),
    )
}

/// A property of a cluster object; without a value the one that was written down before the first change.
fn property(object: &str, name: &str, key: &str, value: Option<u64>) -> Written {
    let value = value.map_or_else(|| kept::value(key), |value| value.to_string());
    Written {
        test: format!("[int]{object}.{name} -eq {value}"),
        commands: vec![format!("{object}.{name} = {value}")],
        ..Written::default()
    }
}

/// The class of anti-affinity of a VM's role.
fn apart(vm: &str, value: &Values<String>) -> Written {
    let class = value.after.clone().unwrap_or_default();
    let of = |name: &str| Command::new(name).name("Vm", vm).name("Class", &class);
    Written::new(of("Test-AntiAffinity").line(), vec![of("Set-AntiAffinity")])
}

/// What to say where the cluster lacks the property.
pub fn no_parallel(number: u32) -> String {
    format!(
        "note  the cluster has no MaximumParallelMigrations (it came with the updates of September 2022): the hosts' own limits count; set them with \
         Set-VMHost -MaximumVirtualMachineMigrations {number} on every node, or install the updates"
    )
}

/// Without the property nothing is set and it is said: the hosts' own limits count then.
fn parallel(value: &Values<u32>) -> Written {
    let Some(number) = value.after else {
        let before = kept::value("MaximumParallelMigrations");
        return Written {
            test: format!("($null -eq {before}) -or ((Get-Cluster).MaximumParallelMigrations -eq {before})"),
            commands: vec![format!("(Get-Cluster).MaximumParallelMigrations = {before}")],
            ..Written::default()
        };
    };
    let missing = "-not (Get-Cluster).PSObject.Properties['MaximumParallelMigrations']";
    Written {
        test: format!("({missing}) -or ((Get-Cluster).MaximumParallelMigrations -eq {number})"),
        commands: vec![format!("(Get-Cluster).MaximumParallelMigrations = {number}")],
        note: format!("if ({missing}) {{ Write-Output {} }}", quoted(&no_parallel(number))),
    }
}

/// The list of the resource type from 2012; on 2008 R2 of every clustered VM.
fn list(cluster: &Cluster, name: &str, value: &Values<Vec<String>>) -> Written {
    let owner = owner(cluster);
    let ids = match &value.after {
        Some(networks) => format!("(Get-NetworkId -Name {})", quoted_list(networks)),
        None => format!("([string]{})", kept::value(name)),
    };
    Written {
        test: format!(
            "@({owner} | Get-ClusterParameter -Name {name} | Where-Object {{ [string]$_.Value -ne {ids} }}).Count -eq 0"
        ),
        commands: vec![format!("{owner} | Set-ClusterParameter -Name {name} -Value {ids}")],
        ..Written::default()
    }
}

/// The networks that carry no live migration; at least one that may must be left, or no VM could move.
fn excluded(cluster: &Cluster, value: &Values<Vec<String>>) -> Written {
    let mut found = list(cluster, EXCLUDED, value);
    if let Some(networks) = &value.after {
        let left = format!(
            "@(Get-ClusterNetwork | Where-Object {{ [int]$_.Role -ne 0 -and @({}) -notcontains $_.Name }}).Count",
            quoted_list(networks)
        );
        found.commands.insert(
            0,
            format!("if ({left} -eq 0) {{ throw 'no cluster network would be left for live migration: give its ports their addresses first, then run this script again' }}"),
        );
    }
    found
}

fn owner(cluster: &Cluster) -> &'static str {
    if cluster.profile.generation == WS2008R2 {
        "Get-ClusterResource | Where-Object { $_.ResourceType.Name -eq 'Virtual Machine' }"
    } else {
        "Get-ClusterResourceType -Name 'Virtual Machine'"
    }
}

/// The page that documents these properties names them in two ways, so the script asks the cluster which one it has.
fn smb_limit(on: &Values<bool>, factor: &Values<u32>) -> Written {
    let mut found = Written::default();
    let mut tests = Vec::new();
    let mut add = |name: &str, (before, after): (bool, Option<u64>)| match after {
        Some(number) => {
            tests.push(format!("((Get-Cluster).{name} -eq {number})"));
            found.commands.push(format!("(Get-Cluster).{name} = {number}"));
        }
        // The way back to a value that only the script knows.
        None if before => {
            let was = kept::value(name);
            tests.push(format!("(($null -eq {was}) -or ((Get-Cluster).{name} -eq {was}))"));
            found
                .commands
                .push(format!("if ($null -ne {was}) {{ (Get-Cluster).{name} = {was} }}"));
        }
        None => {}
    };
    add(LIMIT_ON, (on.before.is_some(), on.after.map(u64::from)));
    add(LIMIT_FACTOR, (factor.before.is_some(), factor.after.map(u64::from)));
    if !found.commands.is_empty() {
        let absent = "if (-not (Get-Cluster).PSObject.Properties['SetSMBBandwidthLimitFactor']) { throw 'this cluster has no SetSMBBandwidthLimitFactor: install the updates of September 2022 or later, or look for its name with Get-Cluster | Format-List *SMB*' }";
        found.commands.insert(0, absent.to_owned());
    }
    found.test = tests.join(" -and ");
    found
}

fn get_vnic(vm: &str, vnic: &str) -> String {
    format!(
        "({})",
        Command::new("Get-Vnic").name("Vm", vm).name("Name", vnic).line()
    )
}

fn connect(vm: &str, vnic: &str, value: &Values<String>) -> Written {
    let Some(switch) = &value.after else {
        let cut = Command::new("Disconnect-VMNetworkAdapter").value("VMNetworkAdapter", get_vnic(vm, vnic));
        return Written::new(format!("-not {}.SwitchName", get_vnic(vm, vnic)), vec![cut]);
    };
    let set = Command::new("Connect-VMNetworkAdapter").value("VMNetworkAdapter", get_vnic(vm, vnic));
    Written::new(
        format!("{}.SwitchName -eq {}", get_vnic(vm, vnic), quoted(switch)),
        vec![set.name("SwitchName", switch)],
    )
}
