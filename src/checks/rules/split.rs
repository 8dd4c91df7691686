//! Cluster networks whose adapters do not agree: a yes/no setting is on at some and off at others.
//!
//! In: a cluster and the column of the setting. Out: [`Split`]s with the words and places that a finding needs. Must not know: rules.

use crate::checks::rules::adapters::{Adapter, adapters, on_network};
use crate::checks::rules::{Report, lookup};
use crate::finding::Location;
use crate::inventory::{Cluster, ClusterNetwork, Node};

/// A cluster network on which a yes/no setting is on at some adapters and off at others, each adapter with its node.
pub struct Split<'a> {
    /// The network.
    pub network: &'a ClusterNetwork,
    /// Adapters where it is on.
    pub on: Vec<(&'a Node, Adapter<'a>)>,
    /// Adapters where it is off.
    pub off: Vec<(&'a Node, Adapter<'a>)>,
}

/// Notes what would have to be known to tell on which network the adapters are of which `column` says both yes and no.
pub fn note_unknown_networks(cluster: &Cluster, column: &str, report: &mut Report<'_>) {
    let all: Vec<Adapter<'_>> = cluster.nodes.iter().flat_map(adapters).collect();
    let says = |value: bool| {
        all.iter()
            .filter(move |adapter| adapter.facts.yes(column) == Some(value))
    };
    if says(true).next().is_none() || says(false).next().is_none() {
        return;
    }
    let known = says(true).chain(says(false));
    for missing in known.filter_map(|adapter| adapter.lacking_for(cluster)) {
        report.lacks(missing);
    }
}

/// The cluster networks on whose adapters `column` says both yes and no; adapters of which it says nothing are left out.
pub fn split_networks<'a>(cluster: &'a Cluster, column: &str) -> Vec<Split<'a>> {
    let split = |network| {
        let known = on_network(cluster, network).into_iter();
        let known = known.filter(|(_, adapter)| adapter.facts.yes(column).is_some());
        let (on, off) = known.partition(|(_, adapter)| adapter.facts.yes(column) == Some(true));
        Split { network, on, off }
    };
    let all = cluster.networks.iter().map(split);
    all.filter(|s| !s.on.is_empty() && !s.off.is_empty()).collect()
}

impl Split<'_> {
    /// `DHCP on HV1/Cluster, not on HV2/Cluster`.
    pub fn told(&self, setting: &str) -> String {
        let names = |some: &[(&Node, Adapter<'_>)]| -> String {
            let names: Vec<String> = some.iter().map(|(n, a)| format!("{}/{}", n.name, a.name)).collect();
            lookup::list(&names)
        };
        format!("{setting} on {}, not on {}", names(&self.on), names(&self.off))
    }

    /// Places of the setting: where it is off, then where it is on.
    pub fn places(&self, report: &Report<'_>, column: &str) -> Vec<Location> {
        let all = self.off.iter().chain(&self.on);
        all.map(|(_, adapter)| report.at(adapter.origin, column)).collect()
    }
}
