//! Small views of the facts that several rules share, and words for messages.

use crate::inventory::{Cluster, Nic, Node, TrafficClass, Vm, Vnic};
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

/// The priority of storage over SMB on a node: that of its policies, else of its class, else 3, Microsoft's recommendation.
pub fn smb_priority(node: &Node) -> u8 {
    const SMB: [&str; 2] = ["smbdirect", "smb"];
    let named = |column: &str| {
        node.facts
            .classes(column)
            .map(|all| TrafficClass::priorities(all, &SMB))
    };
    let mut found = ["qos_policies", "traffic_classes"].into_iter().filter_map(named);
    found.find_map(|priorities| priorities.first().copied()).unwrap_or(3)
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
    /// What holds them together: `switch External-1`, `team Team1`, `role storage`, `roles cluster and storage`.
    pub title: String,
    /// Their positions, ascending; two or more.
    pub nics: Vec<usize>,
    /// They carry cluster traffic and live migration, and only that holds them together.
    cluster_traffic: bool,
}

impl NicGroup {
    /// Whether the traffic goes on without the group: the cluster takes any network that it may use, so cluster traffic and live
    /// migration go over a port for management or for each other that is `elsewhere`, where none of the group is (the failures of a
    /// plan count the same way).
    pub fn has_another_way(&self, node: &Node, elsewhere: impl Fn(&Nic) -> bool) -> bool {
        let roles = [Role::Management, Role::Cluster, Role::LiveMigration];
        let carries = |nic: &Nic| nic.up && roles.iter().any(|role| nic.roles.contains(role));
        self.cluster_traffic && node.nics.iter().any(|nic| carries(nic) && elsewhere(nic))
    }
}

/// Groups of two or more NICs: by switch, by team, by role; a set of NICs is named once. Ports for VMs are grouped by their
/// switch alone: two external networks do not stand in for each other.
pub fn nic_groups(node: &Node) -> Vec<NicGroup> {
    let mut keys: Vec<(u8, String, usize)> = Vec::new();
    for (index, nic) in node.nics.iter().enumerate() {
        keys.extend(nic.switch.iter().map(|s| (0, s.clone(), index)));
        keys.extend((!nic.team.is_empty()).then(|| (1, nic.team.clone(), index)));
        let roles = nic.roles.iter().filter(|role| **role != Role::Vm);
        keys.extend(roles.map(|role| (BY_ROLE, role.to_string(), index)));
    }
    keys.sort();
    let mut groups: Vec<(u8, Vec<&str>, Vec<usize>)> = Vec::new();
    for same in keys
        .chunk_by(|a, b| (a.0, &a.1) == (b.0, &b.1))
        .filter(|same| same.len() > 1)
    {
        let (kind, name) = (same[0].0, same[0].1.as_str());
        let nics: Vec<usize> = same.iter().map(|(_, _, index)| *index).collect();
        match groups.iter_mut().find(|(_, _, known)| *known == nics) {
            Some((BY_ROLE, roles, _)) => roles.push(name),
            Some(_) => {}
            None => groups.push((kind, vec![name], nics)),
        }
    }
    let named = |(kind, names, nics): (u8, Vec<&str>, Vec<usize>)| NicGroup {
        cluster_traffic: kind == BY_ROLE && names.iter().all(|name| CLUSTER_TRAFFIC.contains(name)),
        title: format!(
            "{} {}",
            WORDS[usize::from(kind)][usize::from(names.len() > 1)],
            list(&names)
        ),
        nics,
    };
    groups.into_iter().map(named).collect()
}

/// What may hold NICs together, for one of it and for several; the place is the kind.
const WORDS: [[&str; 2]; 3] = [["switch", "switches"], ["team", "teams"], ["role", "roles"]];
const BY_ROLE: u8 = 2;

/// Names of the roles whose traffic may take any network of the cluster.
const CLUSTER_TRAFFIC: [&str; 2] = ["cluster", "live-migration"];

/// Names of some of a node's NICs.
pub fn nic_names(node: &Node, nics: &[usize]) -> Vec<String> {
    nics.iter().map(|i| node.nics[*i].name.clone()).collect()
}

/// Whether nothing runs over a port; under a virtual switch it carries VMs at least.
pub fn is_idle(nic: &Nic) -> bool {
    nic.roles.is_empty() && nic.team.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_with_several_roles_are_one_group_that_names_them_all() {
        let facts = crate::checks::rules::tests::inventory(
            "file: nodes\nnode,cluster\nHV1,C1\nfile: nics\nnode,nic,speed_mbps,current_role\nHV1,A,10000,storage;cluster\n\
             HV1,B,10000,storage;cluster\nHV1,C,10000,cluster\nHV1,D,10000,vm:LAN\nHV1,E,10000,vm:LAN\n",
        );
        let told = |node: &Node| {
            nic_groups(node)
                .into_iter()
                .map(|group| group.title)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            told(&facts.clusters[0].nodes[0]),
            ["switch LAN", "role cluster", "role storage"]
        );
        let mut node = facts.clusters[0].nodes[0].clone();
        node.nics.remove(2);
        assert_eq!(told(&node), ["switch LAN", "roles cluster and storage"]);
    }

    #[test]
    fn long_lists_are_cut_and_counted() {
        assert_eq!(list::<&str>(&[]), "");
        assert_eq!(list(&["A"]), "A");
        assert_eq!(list(&["A", "B", "C"]), "A, B and C");
        assert_eq!(list(&["A", "B", "C", "D", "E", "F", "G"]), "A, B, C, D, E and 2 more");
    }
}
