//! What to do, in the words of the cluster's Windows version: cmdlets from 2012 on; 2008 R2 has no Hyper-V cmdlets, so there
//! the place in Hyper-V Manager is named.
//!
//! Parameters as in the documentation of `Set-VMHost`, `Set-VMNetworkAdapter`, `Get-ClusterNetwork`.

use crate::inventory::{Cluster, ClusterNetwork, Nic, Node, SwitchKind, Vm, Vnic};
pub use crate::powershell::quoted;
use crate::profiles::WS2008R2;
use crate::units::{Mac, MacRange};

/// Whether the cluster runs 2008 R2.
pub fn is_2008r2(cluster: &Cluster) -> bool {
    cluster.profile.generation == WS2008R2
}

/// An address as cmdlets take it: 12 digits.
pub fn digits(mac: Mac) -> String {
    format!("{:012X}", mac.0)
}

/// Several names as a cmdlet takes them: `'NIC1','NIC2'`.
pub fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted: Vec<String> = names.into_iter().map(quoted).collect();
    quoted.join(",")
}

/// `00-15-5D-01-0B-00 to 00-15-5D-01-0B-FF`.
pub fn range(range: MacRange) -> String {
    format!("{} to {}", range.min, range.max)
}

/// Give a node another dynamic pool, and what that does to the VMs there.
pub fn set_pool(cluster: &Cluster, node: &Node, pool: MacRange) -> String {
    let what = set_pool_range(cluster, node, pool);
    format!("{what}; running VMs keep their addresses until they are turned off and started again")
}

/// Give a node another dynamic pool, as one step of several.
pub fn set_pool_range(cluster: &Cluster, node: &Node, pool: MacRange) -> String {
    if is_2008r2(cluster) {
        return format!(
            "on {} in Hyper-V Manager, Virtual Network Manager, MAC Address Range: {}",
            node.name,
            range(pool)
        );
    }
    let (name, min, max) = (quoted(&node.name), digits(pool.min), digits(pool.max));
    format!("Set-VMHost -ComputerName {name} -MacAddressMinimum {min} -MacAddressMaximum {max}")
}

/// ` -ComputerName 'HV1'` for the host that holds the VM; empty when it is placed nowhere.
pub fn on_host(cluster: &Cluster, vm: &Vm) -> String {
    let host = vm.host.and_then(|h| cluster.nodes.get(h));
    host.map(|node| format!(" -ComputerName {}", quoted(&node.name)))
        .unwrap_or_default()
}

/// The virtual switch of a kind on the host that holds the VM, where it has one; `<switch>` where there is a choice.
pub fn only_switch(cluster: &Cluster, vm: &Vm, kind: SwitchKind) -> String {
    let host = vm.host.and_then(|host| cluster.nodes.get(host));
    let of_kind = host.iter().flat_map(|node| &node.switches).filter(|s| s.kind == kind);
    match of_kind.collect::<Vec<_>>()[..] {
        [only] => quoted(&only.name),
        _ => "<switch>".to_owned(),
    }
}

/// `Set-VMNetworkAdapter` for a vNIC, with the host that holds the VM.
pub fn set_vnic(cluster: &Cluster, vm: &Vm, vnic: &Vnic, option: &str) -> String {
    let host = on_host(cluster, vm);
    format!(
        "Set-VMNetworkAdapter{host} -VMName {} -Name {} {option}",
        quoted(&vm.name),
        quoted(&vnic.name)
    )
}

/// Place of a vNIC's settings in Hyper-V Manager.
pub fn vnic_settings(vm: &Vm, vnic: &Vnic) -> String {
    format!("Hyper-V Manager, Settings of {}, {}", vm.name, vnic.name)
}

/// Give a vNIC a static address; `None` when there is none to give.
pub fn set_static_mac(cluster: &Cluster, vm: &Vm, vnic: &Vnic, mac: Option<Mac>) -> String {
    let Some(mac) = mac else {
        return format!("give {} / {} a static address outside every pool", vm.name, vnic.name);
    };
    let what = if is_2008r2(cluster) {
        format!("{}, MAC Address: Static, {mac}", vnic_settings(vm, vnic))
    } else {
        set_vnic(cluster, vm, vnic, &format!("-StaticMacAddress {}", digits(mac)))
    };
    format!("turn the VM off, then: {what}")
}

/// Allow the guest to send with other addresses.
pub fn allow_spoofing(cluster: &Cluster, vm: &Vm, vnic: &Vnic) -> String {
    if is_2008r2(cluster) {
        return format!("{}: tick \"Enable spoofing of MAC addresses\"", vnic_settings(vm, vnic));
    }
    set_vnic(cluster, vm, vnic, "-MacAddressSpoofing On")
}

/// Forbid the guest to send with other addresses.
pub fn forbid_spoofing(cluster: &Cluster, vm: &Vm, vnic: &Vnic) -> String {
    if is_2008r2(cluster) {
        return format!(
            "{}: clear \"Enable spoofing of MAC addresses\"",
            vnic_settings(vm, vnic)
        );
    }
    set_vnic(cluster, vm, vnic, "-MacAddressSpoofing Off")
}

/// Set the cluster use of a network.
pub fn set_cluster_use(cluster: &Cluster, network: &ClusterNetwork, cluster_use: u8) -> String {
    set_network(cluster, network, &format!("Role = {cluster_use}"))
}

/// Set a property of a cluster network, as `Metric = 900`: the failover-cluster cmdlets exist on every version.
pub fn set_network(cluster: &Cluster, network: &ClusterNetwork, assignment: &str) -> String {
    let import = if is_2008r2(cluster) {
        "Import-Module FailoverClusters; "
    } else {
        ""
    };
    let (own, name) = (cluster.argument(), quoted(&network.name));
    format!("{import}(Get-ClusterNetwork -Cluster {own} -Name {name}).{assignment}")
}

/// Let a port negotiate speed and duplex: the standard keyword `*SpeedDuplex`, 0 = automatic.
pub fn set_speed_and_duplex(cluster: &Cluster, node: &Node, nic: &Nic) -> String {
    if !cluster.runs_hyper_v() {
        return format!(
            "let both sides negotiate: in vSphere, Physical adapters of {}, {}: Auto negotiate, and the same at the switch",
            node.name, nic.name
        );
    }
    if is_2008r2(cluster) {
        return format!(
            "on {} in Device Manager, {}, Advanced: \"Speed & Duplex\" to automatic, and the same at the switch",
            node.name, nic.name
        );
    }
    format!(
        "let both sides negotiate: {} -RegistryKeyword '*SpeedDuplex' -RegistryValue 0",
        advanced_property(node, nic)
    )
}

/// `Set-NetAdapterAdvancedProperty` for a port, without the property.
pub fn advanced_property(node: &Node, nic: &Nic) -> String {
    format!(
        "Set-NetAdapterAdvancedProperty -CimSession {} -Name {}",
        quoted(&node.name),
        quoted(&nic.name)
    )
}

/// Cmdlets that restart the adapter, since nobody gives them `-NoRestart`: for some seconds it is off the network.
const RESTARTING: [&str; 13] = [
    "Disable-NetAdapterIPsecOffload ",
    "Disable-NetAdapterQos ",
    "Disable-NetAdapterRdma ",
    "Disable-NetAdapterSriov ",
    "Disable-NetAdapterVmq ",
    "Enable-NetAdapterChecksumOffload ",
    "Enable-NetAdapterQos ",
    "Enable-NetAdapterRdma ",
    "Enable-NetAdapterRss ",
    "Enable-NetAdapterVmq ",
    "Set-NetAdapter ",
    "Set-NetAdapterAdvancedProperty ",
    "Set-NetAdapterSriov ",
];

/// First step of what takes the network or the power from a host for a while: its VMs go to other nodes. Where there is no other node, they cannot: then they
/// are shut down. 2008 R2 has no drain.
pub fn drain(cluster: &Cluster, host: &str) -> String {
    match cluster.nodes.len() {
        0 | 1 => format!("shut down the VMs of {host} in a maintenance window (no other node can take them)"),
        _ if is_2008r2(cluster) => format!("move the VMs off {host}"),
        _ => format!("drain {host}"),
    }
}

/// The same as the state of hosts, behind their names: `on HV1, drained`.
pub fn drained(cluster: &Cluster) -> &'static str {
    match cluster.nodes.len() {
        0 | 1 => "in a maintenance window with its VMs shut down, since no other node can take them",
        _ if is_2008r2(cluster) => "with the VMs moved off",
        _ => "drained",
    }
}

/// Words of [`drain`] and [`drained`].
const EMPTIED: [&str; 4] = ["drain", "maintenance window", "move the VMs off", "the VMs moved off"];

/// A fix that restarts adapters says so, and what to do first where it does not say that anyway.
pub fn with_restart(cluster: &Cluster, fix: String) -> String {
    if !RESTARTING.iter().any(|cmdlet| fix.contains(cmdlet)) {
        return fix;
    }
    let first = if EMPTIED.iter().any(|word| fix.contains(word)) {
        String::new()
    } else if cluster.nodes.len() < 2 {
        "do it in a maintenance window (no other node can take the VMs), ".to_owned()
    } else {
        format!("{} first, ", drain(cluster, "the node"))
    };
    format!("{fix}; an adapter restarts with it: {first}one adapter after the other")
}

/// Switch RDMA off at a port, which loses its link for a moment.
pub fn disable_rdma(node: &str, nic: &str) -> String {
    format!(
        "Disable-NetAdapterRdma -CimSession {} -Name {}",
        quoted(node),
        quoted(nic)
    )
}

/// Notes which adapters of VMs that are still on a host hang on a switch: they lose it when it is removed, and a new one of the same name does not get them back.
/// `host` and `switch` are quoted.
pub fn note_adapters(host: &str, switch: &str) -> String {
    format!("$vnics = Get-VMNetworkAdapter -ComputerName {host} -VMName * | Where-Object SwitchName -eq {switch}")
}

/// Connects the adapters of [`note_adapters`] to the switch that is there now.
pub fn connect_noted(switch: &str) -> String {
    format!(
        "$vnics | Connect-VMNetworkAdapter -SwitchName {switch} for VMs that stayed on the host, which the removal disconnects"
    )
}
