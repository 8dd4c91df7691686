//! Which setting limits live migration over SMB, and how it is set. Paths, rules and page ask here, so that they say the same.
//!
//! From 2022 the cluster writes one share of each host's summed ports over what its hosts had, so one factor fits where all hosts have the
//! same ports, and where they have not it must be off before hosts are limited one by one. On virtual nodes it does nothing (Microsoft,
//! "Configure cluster-wide live migration SMB bandwidth control"). Both ways need the feature FS-SMBBW.

use super::limits::{all_nics, cluster_limits, is_virtual};
use crate::inventory::{Cluster, Node, SmbShare};
use crate::profiles::WS2022;
use crate::units::{Mbps, show_mbps};

/// The setting that limits live migration over SMB on a node.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SmbKnob {
    /// `SetSMBBandwidthLimitFactor` of the cluster.
    Factor {
        /// The cluster, as cmdlets take it.
        cluster: String,
        /// Summed speed of the node's ports with a link, Mbit/s.
        sum: Mbps,
    },
    /// `Set-SmbBandwidthLimit` on the host.
    Host {
        /// The cluster, as cmdlets take it, where its factor has to be switched off first.
        switch_off: Option<String>,
    },
}

/// The setting for a node.
pub fn smb_knob(cluster: &Cluster, node: usize) -> SmbKnob {
    let sum = all_nics(cluster, node);
    let acts = cluster.profile.generation >= WS2022 && !is_virtual(cluster, node) && sum > 0;
    if acts && are_even(cluster) {
        let cluster = cluster.argument();
        return SmbKnob::Factor { cluster, sum };
    }
    SmbKnob::Host {
        switch_off: (acts && cluster_limits(cluster)).then(|| cluster.argument()),
    }
}

/// Whether all hosts whose ports are known have the same summed speed.
fn are_even(cluster: &Cluster) -> bool {
    let known = |n: &usize| !cluster.nodes[*n].wiring_unexported() && !is_virtual(cluster, *n);
    let mut sums = (0..cluster.nodes.len()).filter(known).map(|n| all_nics(cluster, n));
    let first = sums.next();
    sums.all(|sum| Some(sum) == first)
}

impl SmbKnob {
    /// Sets the limit of some nodes, named in words, to a rate.
    pub fn set(&self, nodes: &str, wanted: Mbps) -> String {
        match self {
            SmbKnob::Factor { cluster, sum } => format!(
                "with the feature FS-SMBBW on every node and the names that Get-Cluster -Name {cluster} | Format-List *SMB* shows: \
                 (Get-Cluster -Name {cluster}).SetSMBBandwidthLimit = 1; (Get-Cluster -Name {cluster}).SetSMBBandwidthLimitFactor = {} # \
                 ten-thousandths: {} of {}, the sum of all ports with a link",
                wanted.saturating_mul(10_000) / (*sum).max(1),
                show_mbps(wanted),
                show_mbps(*sum)
            ),
            SmbKnob::Host { switch_off: None } => on_hosts(nodes, wanted),
            SmbKnob::Host {
                switch_off: Some(cluster),
            } => format!(
                "one factor does not fit hosts with different ports: (Get-Cluster -Name {cluster}).SetSMBBandwidthLimit = 0, then limit \
                 every host; {}",
                on_hosts(nodes, wanted)
            ),
        }
    }
}

fn on_hosts(nodes: &str, wanted: Mbps) -> String {
    format!(
        "on {nodes}, with the feature FS-SMBBW: Set-SmbBandwidthLimit -Category LiveMigration -BytesPerSecond {}",
        wanted.saturating_mul(125_000)
    )
}

/// Limit live migration over SMB on one node to a rate.
pub fn set_smb_limit(cluster: &Cluster, node: usize, wanted: Mbps) -> String {
    let name = cluster.nodes.get(node).map_or("", |n| n.name.as_str());
    smb_knob(cluster, node).set(name, wanted)
}

/// What live migration over SMB may take of ports with this summed speed: all of it, or where storage or cluster traffic shares
/// them ([`SmbShare::most`]) 60 % of the SMB class.
pub fn smb_room(node: &Node, ports: Mbps, shared: bool) -> Mbps {
    if shared {
        SmbShare::new(node, ports).most()
    } else {
        ports
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::testing::{cluster as empty, nic};
    use crate::profiles;

    /// Two hosts of a cluster with a port of these speeds each.
    fn cluster(profile: &str, speeds: [Mbps; 2]) -> Cluster {
        let mut cluster = empty(speeds.len(), 0);
        "C1".clone_into(&mut cluster.name);
        cluster.profile = profiles::find(profile).expect("the profile");
        for (node, speed) in cluster.nodes.iter_mut().zip(speeds) {
            node.nics.push(nic("A", speed, None));
        }
        cluster
    }

    #[test]
    fn one_factor_sets_it_from_2022_where_all_hosts_have_the_same_ports() {
        let fix = set_smb_limit(&cluster("2022", [25_000, 25_000]), 0, 5_000);
        assert!(
            fix.contains("(Get-Cluster -Name 'C1').SetSMBBandwidthLimitFactor = 2000 #"),
            "{fix}"
        );
        assert!(!fix.contains("Set-SmbBandwidthLimit"), "{fix}");
    }

    #[test]
    fn hosts_with_different_ports_are_limited_one_by_one_and_the_factor_is_switched_off_first() {
        let mut uneven = cluster("2022", [25_000, 10_000]);
        let fix = set_smb_limit(&uneven, 1, 5_000);
        let off = fix
            .find("SetSMBBandwidthLimit = 0")
            .expect("the factor is switched off");
        let set = fix.find("on HV2, with the feature FS-SMBBW: Set-SmbBandwidthLimit");
        assert!(
            set.is_some_and(|set| off < set) && fix.ends_with("-BytesPerSecond 625000000"),
            "{fix}"
        );

        uneven.migration.smb_limit_on = Some(false);
        assert!(
            set_smb_limit(&uneven, 1, 5_000).starts_with("on HV2, "),
            "it is off already"
        );
    }

    #[test]
    fn before_2022_and_on_virtual_nodes_each_host_has_its_limit() {
        assert!(set_smb_limit(&cluster("2019", [25_000, 25_000]), 0, 5_000).starts_with("on HV1, "));
        let mut lab = cluster("2025", [25_000, 25_000]);
        for node in &mut lab.nodes {
            node.hardware = "Virtual Machine".to_owned();
        }
        assert!(set_smb_limit(&lab, 0, 5_000).starts_with("on HV1, "));
    }

    #[test]
    fn a_virtual_node_beside_real_ones_does_not_make_them_uneven() {
        let mut mixed = cluster("2022", [25_000, 10_000]);
        mixed.nodes[1].hardware = "Virtual Machine".to_owned();
        assert!(matches!(smb_knob(&mixed, 0), SmbKnob::Factor { sum: 25_000, .. }));
        assert_eq!(smb_knob(&mixed, 1), SmbKnob::Host { switch_off: None });
    }

    #[test]
    fn ports_that_storage_shares_leave_less_room() {
        let cluster = cluster("2022", [25_000, 25_000]);
        assert_eq!(smb_room(&cluster.nodes[0], 25_000, false), 25_000);
        assert_eq!(smb_room(&cluster.nodes[0], 25_000, true), 7_500);
    }
}
