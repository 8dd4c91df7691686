//! How intents of Network ATC change their ports or go, and what stays on the hosts then.
//!
//! In: a cluster and its intents. Out: the commands. `Remove-NetIntent` takes the intent alone away: virtual switch, host vNICs and QoS stay until somebody
//! removes them (Microsoft, Remove-NetIntent; Manage Network ATC, Remove an intent). Must not know: why.

use super::fixes;
use super::network_atc::{LISTS, intents, names};
use crate::inventory::Cluster;
use crate::powershell::quoted;
use crate::units::same_name;
use std::collections::BTreeSet;

/// Parameters of `Add-NetIntent`, in the order of [`LISTS`].
const KINDS: [&str; 4] = ["-Management", "-Compute", "-Storage", "-Stretch"];

/// Ports of an intent, by name; empty where no port names it.
pub fn ports<'a>(cluster: &'a Cluster, intent: &str) -> BTreeSet<&'a str> {
    let all = cluster.nodes.iter().flat_map(|node| &node.nics);
    let own = all.filter(|nic| intents(nic).iter().any(|name| same_name(name, intent)));
    own.map(|nic| nic.name.as_str()).collect()
}

/// Of these intents the one that stays: that for VMs, since VMs hang on its switch, else the first.
pub fn kept<'a>(cluster: &Cluster, of: &'a [String]) -> Option<&'a String> {
    let compute = of.iter().find(|intent| names(cluster, "compute_intents", intent));
    compute.or(of.first())
}

/// What intents are for, as `Add-NetIntent` takes it, without a kind that is to go.
pub fn kinds(cluster: &Cluster, of: &[&String], without: &str) -> Vec<&'static str> {
    let listed = |column: &str| of.iter().any(|intent| names(cluster, column, intent));
    let all = LISTS.into_iter().zip(KINDS);
    all.filter(|(column, _)| *column != without && listed(column))
        .map(|(_, kind)| kind)
        .collect()
}

/// Takes an intent away, and afterwards what it leaves on the hosts.
pub fn remove(cluster: &Cluster, intent: &str) -> String {
    let (name, own) = (quoted(intent), cluster.argument());
    let switch = quoted(&format!("ConvergedSwitch({intent})"));
    let qos = if names(cluster, "storage_intents", intent) {
        "; of its QoS remove what no other intent needs (Get-NetQosPolicy and Get-NetQosTrafficClass list it)"
    } else {
        ""
    };
    format!(
        "Remove-NetIntent -Name {name} -ClusterName {own}, which leaves on the hosts what it made; then on each node, one after the other, {} and at the \
         console: Remove-VMSwitch -Name {switch} -Force, where there is one, with its host vNICs (VMs on it go to another switch first: \
         Connect-VMNetworkAdapter -VMName <VM> -Name <adapter> -SwitchName <switch>){qos}",
        fixes::drained(cluster)
    )
}

/// Makes an intent of ports and kinds.
pub fn add(cluster: &Cluster, intent: &str, ports: &BTreeSet<&str>, kinds: &[&str]) -> String {
    let kinds = match kinds {
        [] => "<what it is for>".to_owned(),
        some => some.join(" "),
    };
    format!(
        "Add-NetIntent -Name {} -ClusterName {} -AdapterName {} {kinds}",
        quoted(intent),
        cluster.argument(),
        listed(ports)
    )
}

/// Gives an intent these ports and no others.
pub fn give(cluster: &Cluster, intent: &str, ports: &BTreeSet<&str>) -> String {
    format!(
        "Update-NetIntentAdapter -Name {} -ClusterName {} -AdapterName {}",
        quoted(intent),
        cluster.argument(),
        listed(ports)
    )
}

fn listed(ports: &BTreeSet<&str>) -> String {
    match ports.is_empty() {
        true => "<its ports>".to_owned(),
        false => fixes::quoted_list(ports.iter().copied()),
    }
}
