//! Hosts that are to become Hyper-V hosts and run another hypervisor today.
//!
//! In: a cluster. Out: whether a rule speaks of it, and fixes that say when they can be done. What moves along is judged: guests,
//! their addresses and VLANs, hardware, names of switches, capacity. What Windows gets when it is set up is not: teams, cluster
//! networks, settings of hosts; rules judge it once there is a plan. Must not know: findings.

use crate::inventory::Cluster;

/// Of which hosts a rule speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosts {
    /// Of hosts that run Hyper-V.
    HyperV,
    /// Of all: what it judges moves along to Hyper-V.
    Any,
}

/// Why a rule does not apply, as the end of "does not apply: …".
pub const NOT_YET: &str = "the hosts do not run Hyper-V yet";

impl Hosts {
    /// Whether a rule speaks of the hosts of a cluster.
    pub(super) fn hold(self, cluster: &Cluster) -> bool {
        self == Hosts::Any || cluster.runs_hyper_v()
    }
}

/// First words of the cmdlets that fixes name.
const VERBS: [&str; 11] = [
    "Add-", "Connect-", "Disable-", "Enable-", "Get-", "Import-", "Move-", "New-", "Remove-", "Rename-", "Set-",
];

/// Other tools of Windows that fixes name.
const TOOLS: [&str; 4] = ["Hyper-V Manager", "Failover Cluster Manager", "netsh ", "nvspbind"];

/// A fix that needs Windows on the host says that it has to wait for it.
pub(super) fn in_time(cluster: &Cluster, fix: String) -> String {
    if cluster.runs_hyper_v() || !needs_windows(&fix) {
        return fix;
    }
    format!("after the move to Hyper-V: {fix}")
}

/// Whether a fix names a cmdlet or a tool of Windows.
pub(super) fn needs_windows(fix: &str) -> bool {
    VERBS.iter().chain(&TOOLS).any(|word| fix.contains(word))
}
