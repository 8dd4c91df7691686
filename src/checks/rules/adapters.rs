//! Adapters of a node that hold addresses: physical ports and host vNICs, seen as one.
//!
//! In: nodes. Out: [`Adapter`]s by name. The cluster's own virtual adapter is left out: its hashed MAC and its 169.254 address are
//! as they should be. Must not know: rules.

use crate::inventory::{Cluster, ClusterNetwork, Facts, Nic, Node, Origin};
use crate::migration::wiring::Subnet;
use crate::roles::Role;
use crate::units::{host_vnic_connection, same_name};

/// A physical port or a host vNIC.
pub struct Adapter<'a> {
    /// Name in the inventory; a host vNIC without `vEthernet ( )`.
    pub name: &'a str,
    /// Connection under which Windows lists its addresses and bindings, as cmdlets take it.
    pub alias: String,
    /// Record.
    pub origin: Origin,
    /// What only rules read.
    pub facts: &'a Facts,
    /// Addresses as written.
    pub addresses: &'a [String],
    /// Column in which they stand.
    pub addresses_column: &'static str,
    /// Traffic roles that it carries.
    pub roles: Vec<Role>,
    /// It could hold an address of its own: a host vNIC, or a port with link outside of switches and teams.
    pub may_hold_address: bool,
    /// Team or switch that holds the port; empty = none.
    pub group: &'a str,
}

/// The physical ports of a node.
pub fn ports(node: &Node) -> impl Iterator<Item = Adapter<'_>> {
    let ports = node.nics.iter().map(|nic| Adapter {
        name: &nic.name,
        alias: connection(nic).to_owned(),
        origin: nic.origin,
        facts: &nic.facts,
        addresses: &nic.addresses,
        addresses_column: "nics.addresses",
        roles: nic.roles.iter().copied().collect(),
        may_hold_address: nic.up && nic.is_bare(),
        group: if nic.team.is_empty() {
            nic.switch.as_deref().unwrap_or("")
        } else {
            &nic.team
        },
    });
    ports.filter(|adapter| !is_cluster_adapter(adapter.name))
}

/// The adapters of a node: ports, then host vNICs.
pub fn adapters(node: &Node) -> Vec<Adapter<'_>> {
    let virtuals = node.host_vnics.iter().map(|vnic| Adapter {
        name: &vnic.name,
        alias: host_vnic_connection(&vnic.name),
        origin: vnic.origin,
        facts: &vnic.facts,
        addresses: &vnic.addresses,
        addresses_column: "host_vnics.addresses",
        roles: vnic.role.into_iter().collect(),
        may_hold_address: true,
        group: "",
    });
    ports(node).chain(virtuals).collect()
}

/// The connection of a port: the interface of its team, which Windows names like the team, else its own. A team under a switch has none
/// of its own: its host vNICs do.
pub fn connection(nic: &Nic) -> &str {
    let has_interface = !nic.team.is_empty() && nic.switch.is_none();
    if has_interface { &nic.team } else { &nic.name }
}

/// Whether it is the adapter that the failover cluster makes for itself.
fn is_cluster_adapter(name: &str) -> bool {
    name.to_lowercase().contains("failover cluster virtual")
}

impl Adapter<'_> {
    /// Ranges of the addresses with their prefixes, without link-local ones.
    pub fn subnets(&self) -> Vec<Subnet> {
        let ranges = self.addresses.iter().filter_map(|address| Subnet::parse(address));
        ranges.filter(|range| !range.is_link_local()).collect()
    }

    /// Whether it belongs to a cluster network: `cluster_network` says so, else an address lies in the subnet.
    pub fn is_on(&self, network: &ClusterNetwork) -> bool {
        if let Some(name) = self.facts.text("cluster_network") {
            return same_name(name, &network.name);
        }
        self.holds_address_of(network)
    }

    /// The column that would tell whether it belongs to one of the cluster networks, where nothing tells; `None` = it is known.
    pub fn lacking_for(&self, cluster: &Cluster) -> Option<&'static str> {
        let blank = cluster.networks.is_empty() || cluster.networks.iter().any(|network| network.subnet.is_empty());
        if self.facts.text("cluster_network").is_some() || cluster.networks.iter().any(|network| self.is_on(network)) {
            None
        } else if self.addresses.is_empty() {
            Some(self.addresses_column)
        } else {
            blank.then_some("cluster_networks.subnet")
        }
    }

    /// Whether an address lies in the subnet of a cluster network.
    pub fn holds_address_of(&self, network: &ClusterNetwork) -> bool {
        Subnet::any_holds(&network.subnet, &Subnet::of_addresses(self.addresses))
    }

    /// Whether neither a team nor a virtual switch holds it.
    pub fn is_bare(&self) -> bool {
        self.group.is_empty() && !self.roles.contains(&Role::Vm)
    }

    /// Whether it carries nothing but traffic between nodes: cluster, live migration, storage.
    pub fn is_private(&self) -> bool {
        let private = [Role::Cluster, Role::LiveMigration, Role::Storage];
        !self.roles.is_empty() && self.roles.iter().all(|role| private.contains(role))
    }
}

/// Why a rule says nothing of two nodes that meet in no cluster network and have one each for the same traffic.
pub const OTHER_SUBNETS: &str =
    "nodes have different subnets for the same traffic, as in two sites; routing between them is not in the inventory";

/// Whether two nodes stand in two sites: they meet in no cluster network, and each has one of its own for a traffic role that both
/// have. They may meet in that of management where each site has several nodes on its own network: of two nodes alone one may as
/// well have a wrong address.
pub fn in_other_subnets(cluster: &Cluster, one: usize, other: usize) -> bool {
    let (Some(one), Some(other)) = (cluster.nodes.get(one), cluster.nodes.get(other)) else {
        return false;
    };
    let of = |node: &Node| -> Vec<&ClusterNetwork> {
        let own = adapters(node);
        let there = |network: &&ClusterNetwork| own.iter().any(|adapter| adapter.is_on(network));
        cluster.networks.iter().filter(there).collect()
    };
    let (ours, theirs) = (of(one), of(other));
    let meet = |a: &&ClusterNetwork| theirs.iter().any(|b| a.name == b.name);
    let shared: Vec<&ClusterNetwork> = ours.iter().copied().filter(meet).collect();
    if shared.iter().any(|network| network.purpose != Some(Role::Management)) {
        return false;
    }
    let several = |network: &ClusterNetwork| {
        let on = |node: &&Node| adapters(node).iter().any(|adapter| adapter.is_on(network));
        cluster.nodes.iter().filter(on).count() > 1
    };
    let fits = |a: &ClusterNetwork, b: &ClusterNetwork| {
        a.purpose.is_some()
            && a.purpose == b.purpose
            && a.name != b.name
            && (shared.is_empty() || (several(a) && several(b)))
    };
    ours.iter().any(|a| theirs.iter().any(|b| fits(a, b)))
}

/// The adapters of all nodes on a cluster network, each with its node.
pub fn on_network<'a>(cluster: &'a Cluster, network: &ClusterNetwork) -> Vec<(&'a Node, Adapter<'a>)> {
    let all = cluster
        .nodes
        .iter()
        .flat_map(|node| adapters(node).into_iter().map(move |adapter| (node, adapter)));
    all.filter(|(_, adapter)| adapter.is_on(network)).collect()
}
