//! Live migration works between any two hosts at every moment: drains and fail-backs go from rebuilt hosts to others and back.
//!
//! A host sends over the networks of its own list and takes what comes in over them; a host whose list is the plan's already and one whose list is
//! today's may have none in common. So before the first host is drained live migration is on everywhere and every list has the plan's networks behind its own, and
//! only after the last host, when the cluster's lists are set, it is cut down to the plan's. Sources: Microsoft, `Add-VMMigrationNetwork`, `Set-VMHost`
//! (`UseAnyNetworkForMigration`), "Network Recommendations for a Hyper-V Cluster". Must not know: scripts.

use super::cluster::ClusterChanges;
use super::settings::Planned;
use super::steps::{Change, HostSetting, Phase, Values};
use crate::inventory::{Cluster, Node, NodeMigration};

/// Changes of every host before the first node and after the last.
pub fn of_hosts(today: &Cluster, after: &Cluster, already: &mut usize, found: &mut ClusterChanges) {
    let hosts = || today.nodes.iter().zip(&after.nodes).map(|(old, new)| Host { old, new });
    *already += hosts().map(|host| host.already()).sum::<usize>();
    let mut before: Vec<Planned> = hosts().filter_map(|host| host.switched_on()).collect();
    if hosts().any(|host| host.lists_differ()) {
        let mut wanted: Vec<String> = Vec::new();
        for subnet in after.nodes.iter().flat_map(|n| n.migration.subnets.iter().flatten()) {
            if !wanted.contains(subnet) {
                wanted.push(subnet.clone());
            }
        }
        before.extend(hosts().filter_map(|host| host.widened(&wanted)));
        found.after.extend(hosts().filter_map(|host| host.narrowed(&wanted)));
        found.after.extend(hosts().filter_map(|host| host.kept_to_list()));
    }
    found.before.splice(0..0, before);
}

/// A host as it is and as it will be.
struct Host<'c> {
    old: &'c Node,
    new: &'c Node,
}

impl Host<'_> {
    fn lists(&self) -> (&NodeMigration, &NodeMigration) {
        (&self.old.migration, &self.new.migration)
    }

    fn already(&self) -> usize {
        let (old, new) = self.lists();
        usize::from(new.enabled.is_some() && old.enabled == new.enabled)
            + usize::from(new.subnets.is_some() && old.subnets == new.subnets)
            + usize::from(new.any_network.is_some() && old.any_network == new.any_network)
    }

    fn lists_differ(&self) -> bool {
        let (old, new) = self.lists();
        old.subnets != new.subnets || old.any_network != new.any_network
    }

    fn member(&self, phase: Phase, setting: HostSetting) -> Planned {
        let node = self.old.name.clone();
        (phase, Change::Member { node, setting })
    }

    fn switched_on(&self) -> Option<Planned> {
        let (old, new) = self.lists();
        let value = Values::new(old.enabled, new.enabled);
        value
            .differs()
            .then(|| self.member(Phase::Reach, HostSetting::MigrationEnabled(value)))
    }

    /// Its list with what is missing of `wanted`; `None` = nothing is, or it takes any network meanwhile.
    fn wide(&self, wanted: &[String]) -> Option<Vec<String>> {
        let (old, _) = self.lists();
        let own = old.subnets.clone().unwrap_or_default();
        let missing: Vec<String> = wanted.iter().filter(|subnet| !own.contains(subnet)).cloned().collect();
        let closed = old.any_network != Some(true);
        (closed && !missing.is_empty()).then(|| [own, missing].concat())
    }

    fn widened(&self, wanted: &[String]) -> Option<Planned> {
        let before = self.old.migration.subnets.clone();
        let wide = self.wide(wanted)?;
        Some(self.member(Phase::Reach, HostSetting::MoreSubnets(Values::new(before, Some(wide)))))
    }

    /// The plan's list alone. What nobody knew before is what the script finds.
    fn narrowed(&self, wanted: &[String]) -> Option<Planned> {
        let (old, new) = self.lists();
        let present = old
            .subnets
            .is_some()
            .then(|| self.wide(wanted).or(old.subnets.clone()))
            .flatten();
        let value = Values::new(present, new.subnets.clone());
        value
            .differs()
            .then(|| self.member(Phase::Migration, HostSetting::Subnets(value)))
    }

    fn kept_to_list(&self) -> Option<Planned> {
        let (old, new) = self.lists();
        let value = Values::new(old.any_network, new.any_network);
        value
            .differs()
            .then(|| self.member(Phase::Migration, HostSetting::AnyNetwork(value)))
    }
}
