//! Members of an NLB cluster are kept on different nodes: a class of anti-affinity where none is set.
//!
//! Source: Microsoft, `Get-ClusterGroup` (AntiAffinityClassNames, a collection of texts); failover clustering, "Affinity".

use super::settings::Planned;
use super::steps::{Change, Phase, Values};
use crate::inventory::{Cluster, Vm};
use std::collections::{BTreeMap, BTreeSet};

/// Gives members without a class that of the other members, or the name of their NLB cluster. Members of several classes are left as they are.
pub fn kept_apart(mut after: Cluster) -> Cluster {
    for (name, members) in groups(&after) {
        let classes: BTreeSet<String> = members.iter().filter_map(|at| class(&after.vms[*at])).collect();
        let mut classes = classes.into_iter();
        let (first, second) = (classes.next(), classes.next());
        if members.len() < 2 || second.is_some() {
            continue;
        }
        let class = first.unwrap_or(name);
        for at in members {
            after.vms[at].anti_affinity.clone_from(&class);
        }
    }
    after
}

/// Members of each NLB cluster, by position.
fn groups(cluster: &Cluster) -> BTreeMap<String, Vec<usize>> {
    let mut found: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (at, vm) in cluster.vms.iter().enumerate() {
        if let Some(nlb) = &vm.nlb {
            found.entry(nlb.name.clone()).or_default().push(at);
        }
    }
    found
}

fn class(vm: &Vm) -> Option<String> {
    (!vm.anti_affinity.is_empty()).then(|| vm.anti_affinity.clone())
}

/// What differs.
pub fn changes(today: &Cluster, after: &Cluster) -> Vec<Planned> {
    let pairs = today.vms.iter().zip(&after.vms);
    let differ = pairs.filter(|(old, new)| old.anti_affinity != new.anti_affinity);
    let change = |(old, new): (&Vm, &Vm)| Change::AntiAffinity {
        vm: new.name.clone(),
        value: Values::new(class(old), class(new)),
    };
    differ.map(|pair| (Phase::ClusterNetworks, change(pair))).collect()
}
