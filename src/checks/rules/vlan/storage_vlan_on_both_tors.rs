//! A storage VLAN that reaches both ToR switches.

use crate::checks::rules::{Fault, Report, Rule, Versions, lookup};
use crate::finding::{Location, Severity};
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::AZURE_LOCAL;
use crate::roles::Role;
use std::collections::BTreeMap;

/// The rule.
pub static RULE: Rule = Rule {
    name: "storage-vlan-on-both-tors",
    severity: Severity::Info,
    family: "vlan",
    summary: "a storage VLAN of Azure Local is trunked to storage ports at several ToR switches",
    risk: "storage traffic can take the way over the link between the switches, which is longer and has less \
        bandwidth",
    source: "Microsoft, Azure Local top-of-rack deployment pattern: one storage VLAN per ToR switch as the base, \
        both allowed",
    page: include_str!("storage_vlan_on_both_tors.md"),
    columns: &["nics.vlans", "nics.tor", "nics.current_role", "clusters.profile"],
    needs: &["nics.vlans", "nics.tor"],
    versions: Versions::only(AZURE_LOCAL),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut tors: BTreeMap<u16, BTreeMap<usize, Vec<Location>>> = BTreeMap::new();
    for nic in cluster
        .nodes
        .iter()
        .flat_map(|node| &node.nics)
        .filter(|nic| is_for_storage(nic))
    {
        let (Some(tor), Some(vlans)) = (nic.tor, &nic.vlans) else {
            continue;
        };
        for vlan in vlans {
            let at = report.at(nic.origin, "vlans");
            tors.entry(*vlan).or_default().entry(tor).or_default().push(at);
        }
    }
    for (vlan, tors) in tors.into_iter().filter(|(_, tors)| tors.len() > 1) {
        let names: Vec<&str> = tors
            .keys()
            .filter_map(|tor| cluster.tors.get(*tor))
            .map(|tor| tor.name.as_str())
            .collect();
        let names = lookup::list(&names);
        report.add(Fault {
            subject: format!("VLAN {vlan}"),
            message: format!("storage VLAN {vlan} reaches storage ports at {names}"),
            current: names,
            expected: "one storage VLAN at each ToR switch".to_owned(),
            fix: format!(
                "take VLAN {vlan} out of the trunks at all ToR switches but one, if both are not there on purpose"
            ),
            at: tors.into_values().flatten().collect(),
        });
    }
}

/// Ports for storage alone; on a converged switch, where every port carries every role, both VLANs are usual.
fn is_for_storage(nic: &Nic) -> bool {
    nic.roles.contains(&Role::Storage) && nic.switch.is_none()
}
