//! Rules about Network ATC intents.

mod intent_failed;
mod intent_port_names_differ;
mod intent_ports_differ;
mod intent_without_working_rdma;
mod network_atc_not_in_this_version;
mod port_in_two_intents;
mod stretch_intent_with_rdma;
mod switch_on_intent_port;
mod too_many_intents_of_one_kind;

use super::{Report, Rule, fixes};
use crate::inventory::{Cluster, Nic};
use crate::roles::Role;
use crate::units::same_name;

/// The family.
pub static RULES: &[&Rule] = &[
    &intent_failed::RULE,
    &intent_port_names_differ::RULE,
    &intent_ports_differ::RULE,
    &intent_without_working_rdma::RULE,
    &network_atc_not_in_this_version::RULE,
    &port_in_two_intents::RULE,
    &stretch_intent_with_rdma::RULE,
    &switch_on_intent_port::RULE,
    &too_many_intents_of_one_kind::RULE,
];

/// Columns of clusters that name intents.
pub(super) const LISTS: [&str; 4] = [
    "management_intents",
    "compute_intents",
    "storage_intents",
    "stretch_intents",
];

/// Whether Network ATC lays out the hosts: always on Azure Local, else where the inventory names an intent.
pub(super) fn in_use(cluster: &Cluster) -> bool {
    let listed = |column: &&str| !cluster.facts.list(column).unwrap_or_default().is_empty();
    let mut nics = cluster.nodes.iter().flat_map(|node| &node.nics);
    cluster.profile.intents_only || LISTS.iter().any(listed) || nics.any(|nic| !intents(nic).is_empty())
}

/// Says that a rule is not about this cluster, or that nobody says whether there are intents.
pub(super) fn not_in_use(report: &mut Report<'_>) {
    if report.knows("nics.intents") || report.knows("clusters.management_intents") {
        report.out_of_scope("Network ATC does not manage this cluster");
    } else {
        report.lacks("nics.intents");
    }
}

/// Intents that name the port; empty where they are not known.
pub(super) fn intents(nic: &Nic) -> &[String] {
    nic.facts.list("intents").unwrap_or_default()
}

/// The intent for storage as `Set-NetIntent` takes it: the one that the cluster lists, else the one that holds the storage ports; a
/// placeholder where none or several are known.
pub(super) fn storage_intent(cluster: &Cluster) -> String {
    let listed = cluster.facts.list("storage_intents").unwrap_or_default().iter();
    let ports = cluster.nodes.iter().flat_map(|node| &node.nics);
    let of_ports = ports.filter(|nic| nic.roles.contains(&Role::Storage)).flat_map(intents);
    let mut names: Vec<&String> = listed.chain(of_ports).collect();
    names.dedup_by(|a, b| same_name(a, b));
    match names[..] {
        [only] => fixes::quoted(only),
        _ => "<storage intent>".to_owned(),
    }
}

/// Whether a list of the cluster names an intent, in any case.
pub(super) fn names(cluster: &Cluster, column: &str, intent: &str) -> bool {
    let listed = cluster.facts.list(column).unwrap_or_default();
    listed.iter().any(|name| same_name(name, intent))
}

#[cfg(test)]
mod tests {
    use crate::checks::rules::tests::inventory;
    use crate::checks::rules::{Question, review_all};

    /// What a rule tells to do about two nodes with these cells of `clusters` (management, compute, storage intents) and intents of ports A to D.
    fn fix(rule: &str, lists: &str, ports: [&str; 4]) -> String {
        let row = |node: &str| -> String {
            let each = ["A", "B", "C", "D"].into_iter().zip(ports);
            each.map(|(nic, intents)| format!("{node},{nic},25000,{intents}\n"))
                .collect()
        };
        let block = format!(
            "file: clusters\ncluster,profile,management_intents,compute_intents,storage_intents\nC1,2025,{lists}\nfile: nodes\nnode,cluster\nHV1,C1\nHV2,C1\n\
             file: nics\nnode,nic,speed_mbps,intents\n{}{}",
            row("HV1"),
            row("HV2")
        );
        let findings = review_all(&inventory(&block), Question::default()).findings;
        let found = findings.into_iter().find(|f| f.rule == rule);
        found.map(|f| f.fix).expect("it trips")
    }

    #[test]
    fn a_shared_port_leaves_the_intent_that_has_others() {
        let told = fix("port-in-two-intents", "M,M,S", ["M", "M;S", "S", "S"]);
        assert!(told.starts_with("leave B to M"), "{told}");
        assert!(
            told.ends_with("Update-NetIntentAdapter -Name 'S' -ClusterName 'C1' -AdapterName 'C','D'"),
            "{told}"
        );
    }

    #[test]
    fn intents_over_the_same_ports_become_one_for_all_that_they_are_for() {
        let told = fix("port-in-two-intents", "M,V,S", ["M;V", "V;M", "S", "S"]);
        let order = [
            "Remove-NetIntent -Name 'M' -ClusterName 'C1', which leaves on the hosts what it made",
            "drained and at the console: Remove-VMSwitch -Name 'ConvergedSwitch(M)' -Force",
            "Remove-NetIntent -Name 'V' -ClusterName 'C1'",
            "Add-NetIntent -Name 'V' -ClusterName 'C1' -AdapterName 'A','B' -Management -Compute",
        ];
        let at: Vec<Option<usize>> = order.iter().map(|part| told.find(part)).collect();
        assert!(at.iter().all(Option::is_some) && at.is_sorted(), "{at:?} {told}");
    }

    #[test]
    fn of_two_intents_of_a_kind_one_takes_the_ports_of_the_other_or_leaves_it_what_else_it_is_for() {
        let rule = "too-many-intents-of-one-kind";
        let all = fix(rule, "M;N,,S", ["M", "M", "N", "S"]);
        assert!(
            all.starts_with("keep M: Remove-NetIntent -Name 'N' -ClusterName 'C1'")
                && all.ends_with("Update-NetIntentAdapter -Name 'M' -ClusterName 'C1' -AdapterName 'A','B','C'"),
            "{all}"
        );
        let compute = fix(rule, "M;N,N,S", ["M", "M", "N", "S"]);
        assert!(
            compute.starts_with("keep N: Remove-NetIntent -Name 'M' ")
                && compute.ends_with("Update-NetIntentAdapter -Name 'N' -ClusterName 'C1' -AdapterName 'A','B','C'"),
            "{compute}"
        );
        let other = fix(rule, "M;N,,N", ["M", "M", "N", "N"]);
        assert!(
            other.ends_with("then Add-NetIntent -Name 'N' -ClusterName 'C1' -AdapterName 'C','D' -Storage"),
            "{other}"
        );
        assert!(
            other.contains("of its QoS remove what no other intent needs"),
            "{other}"
        );
        assert!(!all.contains("QoS"), "{all}");
    }
}
