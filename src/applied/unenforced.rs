//! Shares that a plan counts with and nothing enforces: said wherever the shares are, so that nobody takes them for a promise of Windows.
//!
//! What divides ports that roles share: minimum-bandwidth weights of a virtual switch, Data Center Bridging, QoS policies of the host, Network ATC for what
//! an intent with SMB storage carries. Sources: Microsoft, "Network QoS and bandwidth limits for Hyper-V", "RDMA and Switch Embedded Teaming", "Network ATC
//! overview". In: a cluster and its plan. Out: what divides each uplink of a node, and sentences. Must not know: where they are shown.

use super::{atc, dcb, policies, switches};
use crate::inventory::{Cluster, Node};
use crate::plan::{ClusterPlan, NodeUplink, Uplink};
use crate::profiles::WS2008R2;
use crate::roles::Role;
use crate::units::{count, listed, same_name};

/// Nodes that a sentence names.
const MOST_NODES: usize = 8;

/// What divides the ports of an uplink among what they carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Divided {
    /// One kind of traffic has the ports to itself.
    Alone,
    /// Minimum-bandwidth weights of the virtual switch.
    Weights,
    /// Data Center Bridging: classes for SMB, the cluster, and all else together.
    Dcb,
    /// QoS policies of the host.
    Policies,
    /// Classes of Network ATC.
    NetworkAtc,
    /// Nothing, for this reason.
    Nothing(&'static str),
}

impl Divided {
    /// The word in tables.
    pub fn word(self) -> &'static str {
        match self {
            Divided::Alone => "",
            Divided::Weights => "weights",
            Divided::Dcb => "dcb",
            Divided::Policies => "qos-policies",
            Divided::NetworkAtc => "network-atc",
            Divided::Nothing(_) => "nothing",
        }
    }
}

const OLD: &str = "Windows Server 2008 R2 has no minimum bandwidth for traffic of the host";
const SET: &str = "a virtual switch with SET gets weights only where policy.csv asks for them (weights_on_set), and Data Center Bridging divides only SMB over RDMA from \
                   the rest";
const IOV: &str = "their virtual switch is made for SR-IOV, which excludes weights";
const BARE: &str = "SMB over RDMA on other ports of the nodes, or policies and classes that they have already, exclude weights of the host, or Network ATC \
                    could set them and is not used here";
const INTENT: &str = "Network ATC makes classes only where an intent carries SMB storage";

/// What divides the ports of an uplink; `after` is the node once the plan is applied.
pub fn divided(
    cluster: &Cluster,
    plan: &ClusterPlan,
    after: &Node,
    (design, uplink): (&Uplink, &NodeUplink),
) -> Divided {
    let own = |name: &&String| uplink.nics.iter().any(|nic| same_name(nic, name));
    let ports = || {
        after
            .nics
            .iter()
            .filter(|nic| uplink.nics.iter().any(|name| same_name(name, &nic.name)))
    };
    let switch = ports().find_map(|nic| nic.switch.as_deref());
    // One role has its ports to itself, also where Windows knows its traffic as several kinds.
    let mixed = switch.is_some() || policies::kinds(cluster, uplink).len() > 1;
    if design.roles.len() < 2 || !mixed {
        return Divided::Alone;
    }
    if atc::apply_to(cluster, plan) {
        let smb = design.roles.contains(&Role::Storage) && cluster.storage.is_smb();
        return if smb {
            Divided::NetworkAtc
        } else {
            Divided::Nothing(INTENT)
        };
    }
    let bridged = dcb::of_node(cluster, plan, after).is_some_and(|dcb| dcb.nics.iter().any(|nic| own(&nic)));
    match switch {
        _ if cluster.profile.generation == WS2008R2 => Divided::Nothing(OLD),
        Some(switch) if switches::has_weights(cluster, after, switch) => Divided::Weights,
        _ if bridged => Divided::Dcb,
        Some(switch) => {
            let iov = switches::external(after, switch).is_some_and(|s| s.facts.yes("iov") == Some(true));
            Divided::Nothing(if iov { IOV } else { SET })
        }
        None => match after.facts.classes(policies::COLUMN) {
            Some(weights) if !weights.is_empty() => Divided::Policies,
            _ => Divided::Nothing(BARE),
        },
    }
}

/// What divides the ports of the uplink that carries a role on a node, that of guests by their external network.
pub fn of_role(cluster: &Cluster, plan: &ClusterPlan, after: &Node, (role, network): (Role, &str)) -> Divided {
    let on_it = |design: &Uplink| network.is_empty() || design.network.as_deref() == Some(network);
    let mut carrying = policies::uplinks(plan, after).filter(|(d, _)| d.roles.contains(&role) && on_it(d));
    carrying
        .next()
        .map_or(Divided::Alone, |pair| divided(cluster, plan, after, pair))
}

/// Ports of nodes whose shares nothing enforces, for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unenforced {
    why: &'static str,
    /// Ports, and the nodes that have them.
    ports: Vec<(Vec<String>, Vec<String>)>,
}

impl Unenforced {
    /// `LOM 1 and LOM 2 of HV1, HV2 and HV3`.
    fn places(&self) -> String {
        let place = |(ports, nodes): &(Vec<String>, Vec<String>)| {
            let shown = nodes.get(..MOST_NODES).unwrap_or(nodes);
            let more = nodes.len() - shown.len();
            let rest = (more > 0).then(|| count(more, "more node"));
            let shown: Vec<String> = shown.iter().cloned().chain(rest).collect();
            format!("{} of {}", listed(ports), listed(&shown))
        };
        let all: Vec<String> = self.ports.iter().map(place).collect();
        all.join("; ")
    }

    /// What it means, as a sentence.
    pub fn text(&self) -> String {
        format!(
            "Nothing makes these ports keep the plan's shares: {}; {}. The guaranteed rates of role_capacity.csv hold there only while the roles on them do \
             not ask for more than the ports carry.",
            self.places(),
            self.why
        )
    }
}

/// All of a cluster, by reason; `after` is the cluster once the plan is applied.
pub fn of_cluster(cluster: &Cluster, plan: &ClusterPlan, after: &Cluster) -> Vec<Unenforced> {
    let mut found: Vec<Unenforced> = Vec::new();
    for node in &after.nodes {
        for pair in policies::uplinks(plan, node) {
            if let Divided::Nothing(why) = divided(cluster, plan, node, pair) {
                note(&mut found, why, &pair.1.nics, &node.name);
            }
        }
    }
    found
}

fn note(found: &mut Vec<Unenforced>, why: &'static str, nics: &[String], node: &str) {
    let at = found.iter().position(|one| one.why == why).unwrap_or_else(|| {
        let ports = Vec::new();
        found.push(Unenforced { why, ports });
        found.len() - 1
    });
    let Some(one) = found.get_mut(at) else { return };
    match one.ports.iter_mut().find(|(ports, _)| ports == nics) {
        Some((_, nodes)) => nodes.push(node.to_owned()),
        None => one.ports.push((nics.to_vec(), vec![node.to_owned()])),
    }
}
