//! What other traffic needs of each port, beside live migration.
//!
//! In: what each role and the guests of each node need, and which ports carry them. Out: Mbit/s by node and port. Must not know: where
//! the needs come from, paths.
//!
//! A role is spread evenly over the ports that carry it, guests over the ports of their virtual switch. Needs are those of a plan, in
//! each direction; live migration itself is not among them.

use super::wiring::Wiring;
use crate::inventory::{Cluster, Node};
use crate::plan::ClusterPlan;
use crate::roles::Role;
use crate::units::Mbps;
use std::collections::{BTreeMap, BTreeSet};

/// What each node's traffic needs, Mbit/s.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// By node: what each role of the host needs.
    pub roles: Vec<BTreeMap<Role, Mbps>>,
    /// By node: what its running guests need of each virtual switch (with a plan: of each external network).
    pub guests: Vec<BTreeMap<String, Mbps>>,
}

/// What other traffic needs of each port, Mbit/s, by node and port.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Load(Vec<Vec<Mbps>>);

impl Load {
    /// Today's load: roles by the adapters that carry them, guests by their virtual switch.
    pub fn today(cluster: &Cluster, wiring: &Wiring, needs: &Needs) -> Load {
        Load::of(cluster, needs, |index, node, user| match user {
            User::Guests(switch) => ports_where(node, |nic| nic.switch.as_deref() == Some(switch)),
            User::Host(role) => {
                let on = wiring.interfaces.get(index).map_or(&[][..], Vec::as_slice);
                let carry = on.iter().filter(|i| wiring.carried(i).contains(&role));
                let mut ports: BTreeSet<usize> = carry.flat_map(|i| i.ports.iter().copied()).collect();
                ports.extend(ports_where(node, |nic| nic.roles.contains(&role)));
                ports
            }
        })
    }

    /// The load once a plan is applied.
    pub fn planned(cluster: &Cluster, plan: &ClusterPlan, needs: &Needs) -> Load {
        Load::of(cluster, needs, |_, node, user| {
            let design = plan.uplinks.iter().filter(|uplink| match user {
                User::Guests(network) => uplink.network.as_deref() == Some(network),
                User::Host(role) => uplink.roles.contains(&role),
            });
            let names: BTreeSet<&str> = design.map(|uplink| uplink.name.as_str()).collect();
            let planned = plan.nodes.iter().find(|planned| planned.node == node.name);
            let uplinks = planned.into_iter().flat_map(|planned| &planned.uplinks);
            uplinks
                .filter(|uplink| names.contains(uplink.uplink.as_str()))
                .flat_map(|uplink| &uplink.nics)
                .filter_map(|name| node.nic(name))
                .collect()
        })
    }

    fn of(cluster: &Cluster, needs: &Needs, ports: impl Fn(usize, &Node, User) -> BTreeSet<usize>) -> Load {
        let of_node = |(index, node): (usize, &Node)| {
            let mut load = vec![0; node.nics.len()];
            let hosts = needs.roles.get(index).into_iter().flatten();
            let guests = needs.guests.get(index).into_iter().flatten();
            let users = hosts
                .filter(|(role, _)| !matches!(role, Role::LiveMigration | Role::Vm))
                .map(|(role, need)| (User::Host(*role), *need))
                .chain(guests.map(|(switch, need)| (User::Guests(switch), *need)));
            for (user, need) in users {
                spread(&mut load, &ports(index, node, user), need);
            }
            load
        };
        Load(cluster.nodes.iter().enumerate().map(of_node).collect())
    }

    /// What other traffic needs of some ports of a node together, Mbit/s.
    pub fn on(&self, node: usize, ports: &[usize]) -> Mbps {
        let all = self.0.get(node).map_or(&[][..], Vec::as_slice);
        let of = ports.iter().filter_map(|port| all.get(*port));
        of.fold(0, |sum, load| sum.saturating_add(*load))
    }
}

/// Who uses ports.
#[derive(Clone, Copy)]
enum User<'a> {
    /// A role of the host.
    Host(Role),
    /// The guests on a virtual switch or external network.
    Guests(&'a str),
}

fn ports_where(node: &Node, uses: impl Fn(&crate::inventory::Nic) -> bool) -> BTreeSet<usize> {
    let nics = node.nics.iter().enumerate();
    nics.filter(|(_, nic)| uses(nic)).map(|(port, _)| port).collect()
}

/// Adds a need, the same on each of the ports, rounded up.
fn spread(load: &mut [Mbps], ports: &BTreeSet<usize>, need: Mbps) {
    let each = need.div_ceil(u64::try_from(ports.len()).unwrap_or(1).max(1));
    for port in ports {
        if let Some(sum) = load.get_mut(*port) {
            *sum = sum.saturating_add(each);
        }
    }
}
