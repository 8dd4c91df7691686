//! Metrics of cluster networks that the inventory does not give.
//!
//! The cluster numbers its networks by itself in steps of 100: from 1,000 those without a default gateway, from 10,000 those with one
//! (Microsoft, "Windows Server 2008 R2: configuring the cluster network metrics"). Later versions weigh speed and RDMA in a way that is not
//! published, so only the order "without gateway first" is taken from it. Networks that clients use (cluster use 3) are taken as those
//! with a gateway. Among the rest one that live migration is not meant to use comes first, then those that it is, then others: the order that
//! makes no fault of a metric nobody wrote down.

use super::{Network, Wiring};
use crate::roles::Role;
use std::collections::BTreeSet;

/// Fills the metrics that are not known.
pub(super) fn assume(wiring: &mut Wiring, assumed: &mut BTreeSet<String>) {
    let mut order: Vec<usize> = (0..wiring.networks.len()).collect();
    let csv = for_csv(&wiring.networks);
    order.sort_by_key(|i| {
        wiring
            .networks
            .get(*i)
            .map(|n| (n.cluster_use == 3, csv != Some(*i), !n.intended, *i))
    });
    let (mut private, mut client) = (1_000, 10_000);
    let mut guessed = false;
    for index in order {
        let Some(network) = wiring.networks.get_mut(index).filter(|n| !n.metric_known) else {
            continue;
        };
        let next = if network.cluster_use == 3 {
            &mut client
        } else {
            &mut private
        };
        network.metric = *next;
        *next += 100;
        guessed = true;
    }
    if guessed {
        assumed.insert(
            "metrics of cluster networks: networks without clients before those with clients, cluster traffic first; write metric in cluster_networks.csv"
                .to_owned(),
        );
    }
}

/// The one network that is left to the cluster and CSV: a private one that live migration is not meant to use.
fn for_csv(networks: &[Network]) -> Option<usize> {
    let free = networks
        .iter()
        .enumerate()
        .filter(|(_, n)| !matches!(n.cluster_use, 0 | 3) && !n.intended);
    free.min_by_key(|(index, n)| (!n.roles.contains(&Role::Cluster), *index))
        .map(|(index, _)| index)
}
