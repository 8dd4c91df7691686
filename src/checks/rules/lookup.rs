//! Small views of the facts that several rules share, and words for messages.

use crate::inventory::{Cluster, Nic, Node, Vm, Vnic};
use crate::roles::Role;

/// Names that a message lists before it only counts.
const MOST_NAMES: usize = 5;

/// All vNICs of all VMs, in order.
pub fn vnics(cluster: &Cluster) -> impl Iterator<Item = (&Vm, &Vnic)> + Clone {
    cluster
        .vms
        .iter()
        .flat_map(|vm| vm.vnics.iter().map(move |vnic| (vm, vnic)))
}

/// `VM/vNIC`.
pub fn vnic_name(vm: &Vm, vnic: &Vnic) -> String {
    format!("{}/{}", vm.name, vnic.name)
}

/// Whether the cluster may move the VM to another node: it has several possible owners, and nobody says that it is no role of the cluster.
pub fn is_mobile(vm: &Vm) -> bool {
    vm.owners.len() > 1 && vm.facts.yes("clustered") != Some(false)
}

/// `A, B and C`, or `A, B, C, D, E and 7 more`.
pub fn list<S: AsRef<str>>(names: &[S]) -> String {
    let shown: Vec<&str> = names.iter().take(MOST_NAMES).map(AsRef::as_ref).collect();
    match (shown.as_slice(), names.len().saturating_sub(MOST_NAMES)) {
        ([], _) => String::new(),
        ([one], 0) => (*one).to_owned(),
        ([start @ .., last], 0) => format!("{} and {last}", start.join(", ")),
        (_, more) => format!("{} and {more} more", shown.join(", ")),
    }
}

/// NICs of a node that stand in for each other.
pub struct NicGroup {
    /// What holds them together: `switch External-1`, `team Team1`, `role storage`.
    pub title: String,
    /// Their positions, ascending; two or more.
    pub nics: Vec<usize>,
}

/// Groups of two or more NICs: by switch, by team, by role; a set of NICs is named once. Ports for VMs are grouped by their
/// switch alone: two external networks do not stand in for each other.
pub fn nic_groups(node: &Node) -> Vec<NicGroup> {
    let mut keys: Vec<(u8, String, usize)> = Vec::new();
    for (index, nic) in node.nics.iter().enumerate() {
        keys.extend(nic.switch.iter().map(|s| (0, format!("switch {s}"), index)));
        keys.extend((!nic.team.is_empty()).then(|| (1, format!("team {}", nic.team), index)));
        let roles = nic.roles.iter().filter(|role| **role != Role::Vm);
        keys.extend(roles.map(|role| (2, format!("role {role}"), index)));
    }
    keys.sort();
    let mut groups: Vec<NicGroup> = Vec::new();
    for same in keys
        .chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1))
        .filter(|same| same.len() > 1)
    {
        let nics: Vec<usize> = same.iter().map(|(_, _, index)| *index).collect();
        if groups.iter().all(|g| g.nics != nics) {
            groups.push(NicGroup {
                title: same[0].1.clone(),
                nics,
            });
        }
    }
    groups
}

/// Names of some of a node's NICs.
pub fn nic_names(node: &Node, nics: &[usize]) -> Vec<String> {
    nics.iter().map(|i| node.nics[*i].name.clone()).collect()
}

/// Whether nothing runs over a port.
pub fn is_idle(nic: &Nic) -> bool {
    nic.roles.is_empty() && nic.is_bare()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_counted() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["A"]), "A");
        assert_eq!(list(&["A", "B", "C"]), "A, B and C");
        assert_eq!(list(&["A", "B", "C", "D", "E", "F", "G"]), "A, B, C, D, E and 2 more");
    }
}
