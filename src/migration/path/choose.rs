//! Which cluster network carries the migrations of a pair: every network is asked layer by layer, then the order decides.
//!
//! In: facts and wiring. Out: for each network its legs or the layer that refuses it, and the network that Windows takes.

use super::Layer;
use super::fixes;
use super::route::{Crossings, End, Route, route};
use crate::inventory::{Cluster, NetworkState};
use crate::migration::wiring::{Interface, Network, Wiring};
use crate::profiles::{WS2008R2, WS2016};
use crate::roles::Role;
use crate::topology::Fabric;
use crate::units::same_name;
use std::collections::BTreeMap;

/// Everything about a cluster that holds for all pairs.
pub(super) struct Choice<'a> {
    pub cluster: &'a Cluster,
    pub wiring: &'a Wiring,
    /// Networks in the order in which live migration tries them.
    pub order: Vec<usize>,
    /// The network with the lowest metric, which live migration leaves to the cluster's own traffic.
    pub lowest: Option<usize>,
    /// Names in `MigrationNetworkOrder` that are no network.
    pub stale_order: Vec<&'a str>,
    /// Names in `MigrationExcludeNetworks` that are no network.
    pub stale_excluded: Vec<&'a str>,
    fabrics: BTreeMap<Option<u16>, Fabric>,
    crossings: Crossings<'a>,
}

/// Why a network does not carry the pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub layer: Layer,
    pub text: String,
    pub fix: String,
}

/// One adapter at each end and how they reach each other.
#[derive(Clone, Debug)]
pub(super) struct Leg<'a> {
    pub network: usize,
    pub source: &'a Interface,
    pub target: &'a Interface,
    pub route: Route,
}

/// What a network says to a pair.
pub(super) type Answer<'a> = Result<Vec<Leg<'a>>, Refusal>;

/// The network taken.
pub(super) struct Taken<'a> {
    pub network: usize,
    pub legs: Vec<Leg<'a>>,
    /// No network passed all layers.
    pub fallback: bool,
}

impl<'a> Choice<'a> {
    pub(super) fn new(cluster: &'a Cluster, wiring: &'a Wiring) -> Choice<'a> {
        let stale = |names: &'a [String]| -> Vec<&'a str> {
            let known = |name: &str| wiring.networks.iter().any(|n| same_name(&n.name, name));
            names.iter().map(String::as_str).filter(|n| !known(n)).collect()
        };
        let mut choice = Choice {
            cluster,
            wiring,
            order: (0..wiring.networks.len()).collect(),
            lowest: lowest_metric(wiring),
            stale_order: stale(&cluster.migration.network_order),
            stale_excluded: stale(&cluster.migration.exclude_networks),
            fabrics: BTreeMap::new(),
            crossings: Crossings::new(cluster),
        };
        let mut order = std::mem::take(&mut choice.order);
        order.sort_by_key(|n| choice.rank(*n));
        choice.order = order;
        let vlans = wiring.networks.iter().map(|n| n.vlan);
        let all = vlans
            .chain(wiring.interfaces.iter().flatten().map(|i| i.vlan))
            .chain([None]);
        for vlan in all {
            choice
                .fabrics
                .entry(vlan)
                .or_insert_with(|| Fabric::new(cluster, vlan, None));
        }
        choice
    }

    pub(super) fn network(&self, index: usize) -> Option<&'a Network> {
        self.wiring.networks.get(index)
    }

    /// Position of a network in `MigrationNetworkOrder`.
    pub(super) fn place(&self, network: usize) -> Option<usize> {
        let name = &self.network(network)?.name;
        self.cluster
            .migration
            .network_order
            .iter()
            .position(|n| same_name(n, name))
    }

    /// Order of preference: the list of the cluster; then metrics, but the lowest last. A plan without a list puts its own networks
    /// first.
    fn rank(&self, network: usize) -> (usize, bool, bool, u32, usize) {
        let place = self.place(network).unwrap_or(usize::MAX);
        let (metric, intended) = self
            .network(network)
            .map_or((u32::MAX, false), |n| (n.metric, n.intended));
        let planned = self.wiring.planned && self.cluster.migration.network_order.is_empty();
        (
            place,
            planned && !intended,
            self.lowest == Some(network),
            metric,
            network,
        )
    }

    /// All layers in order.
    pub(super) fn ask(&self, network: usize, source: usize, target: usize) -> Answer<'a> {
        let legs = self.legs(network, source, target)?;
        let Some(fact) = self.network(network) else {
            return Ok(legs);
        };
        if self
            .cluster
            .migration
            .exclude_networks
            .iter()
            .any(|n| same_name(n, &fact.name))
        {
            return refuse(
                Layer::ExcludeNetworks,
                format!("{} stands in MigrationExcludeNetworks", fact.name),
                fixes::include_network(self, network),
            );
        }
        for node in [source, target] {
            self.host_allows(node, network, &legs)?;
        }
        Ok(legs)
    }

    /// The layers below the settings: use, state, adapters, links, VLANs, cables.
    fn legs(&self, network: usize, source: usize, target: usize) -> Answer<'a> {
        let Some(fact) = self.network(network) else {
            return Ok(Vec::new());
        };
        if fact.cluster_use == 0 {
            let text = format!(
                "{} has cluster use 0 (none): live migration uses 1 or 3 only",
                fact.name
            );
            return refuse(Layer::ClusterUse, text, fixes::cluster_use(self, network));
        }
        if fact.state != NetworkState::Up {
            let text = format!("{} is {}", fact.name, fact.state.name());
            return refuse(Layer::NetworkState, text, fixes::look_at_network(self, network));
        }
        for node in [source, target] {
            self.has_port(node, network)?;
        }
        let legs = self.touching(network, source, target);
        if legs.is_empty() {
            return Err(self.unreachable(network, source, target));
        }
        Ok(legs)
    }

    fn has_port(&self, node: usize, network: usize) -> Result<(), Refusal> {
        let name = self.node(node);
        let on = self.network(network).map_or("", |n| &n.name);
        let mut interfaces = self.wiring.on(node, network).peekable();
        if interfaces.peek().is_none() {
            let text = format!("{name} has no adapter on {on}");
            return Err(Refusal {
                layer: Layer::Interface,
                text,
                fix: fixes::add_interface(self, node, network),
            });
        }
        let nics = self.cluster.nodes.get(node).map_or(&[][..], |n| &n.nics);
        let down: Vec<&str> = interfaces.map(|i| i.name.as_str()).collect();
        let alive = self
            .wiring
            .on(node, network)
            .flat_map(|i| &i.ports)
            .any(|p| nics.get(*p).is_some_and(|n| n.up));
        if !alive {
            let text = format!("{} of {name} on {on} has no link", down.join(", "));
            let fix = format!("check cable and switch port of {} on {name}", down.join(", "));
            return Err(Refusal {
                layer: Layer::Link,
                text,
                fix,
            });
        }
        Ok(())
    }

    /// Pairs of adapters that reach each other.
    fn touching(&self, network: usize, source: usize, target: usize) -> Vec<Leg<'a>> {
        let vlan = |i: &Interface| i.vlan.or(self.network(network).and_then(|n| n.vlan));
        let mut legs = Vec::new();
        for from in self.wiring.on(source, network) {
            for to in self.wiring.on(target, network) {
                let same_vlan = from.vlan.is_none() || to.vlan.is_none() || from.vlan == to.vlan;
                let Some(fabric) = self.fabrics.get(&vlan(from).or(vlan(to))).filter(|_| same_vlan) else {
                    continue;
                };
                let (left, right) = (
                    End {
                        node: source,
                        ports: &from.ports,
                    },
                    End {
                        node: target,
                        ports: &to.ports,
                    },
                );
                if let Some(route) = route(&self.crossings, fabric, &left, &right) {
                    legs.push(Leg {
                        network,
                        source: from,
                        target: to,
                        route,
                    });
                }
            }
        }
        legs
    }

    /// Why adapters on one network do not reach each other: with all VLANs allowed they do, or they do not even then.
    fn unreachable(&self, network: usize, source: usize, target: usize) -> Refusal {
        let name = self.network(network).map_or("", |n| &n.name);
        let (from, to) = (self.node(source), self.node(target));
        let physical = self.joined_untagged(network, source, target);
        let tags = |node: usize| self.wiring.on(node, network).filter_map(|i| i.vlan).next();
        match (physical, tags(source), tags(target)) {
            (true, Some(a), Some(b)) if a != b => Refusal {
                layer: Layer::Vlan,
                text: format!("on {name} {from} sends with VLAN {a} and {to} with VLAN {b}"),
                fix: fixes::set_vlan(self, source, target, network),
            },
            (true, _, _) => Refusal {
                layer: Layer::Vlan,
                text: format!(
                    "the VLAN of {name} is not carried by every switch port and link between {from} and {to}"
                ),
                fix: format!(
                    "allow the VLAN of {name} on the switch ports of {from} and {to} and on the links between their switches"
                ),
            },
            (false, _, _) => Refusal {
                layer: Layer::Cabling,
                text: format!("on {name} no cable or link between switches joins {from} and {to}"),
                fix: format!("cable the ports of {name} on {from} and {to} to one switch, or link their switches"),
            },
        }
    }

    /// Whether some adapters of the network reach each other when no VLAN is asked for.
    fn joined_untagged(&self, network: usize, source: usize, target: usize) -> bool {
        let Some(fabric) = self.fabrics.get(&None) else {
            return false;
        };
        let end = |node: usize, interface: &'a Interface| End {
            node,
            ports: &interface.ports,
        };
        self.wiring.on(source, network).any(|a| {
            let mut others = self.wiring.on(target, network);
            others.any(|b| route(&self.crossings, fabric, &end(source, a), &end(target, b)).is_some())
        })
    }

    /// Whether the host's own settings allow the network.
    fn host_allows(&self, node: usize, network: usize, legs: &[Leg]) -> Result<(), Refusal> {
        let (Some(host), Some(fact)) = (self.cluster.nodes.get(node), self.network(network)) else {
            return Ok(());
        };
        let old = self.cluster.profile.generation == WS2008R2;
        let Some(subnets) = host
            .migration
            .subnets
            .as_ref()
            .filter(|_| !old && host.migration.any_network != Some(true))
        else {
            return Ok(());
        };
        let own: Vec<&Interface> = legs
            .iter()
            .flat_map(|l| [l.source, l.target])
            .filter(|i| self.wiring.on(node, network).any(|o| o == *i))
            .collect();
        let allowed = subnets.iter().any(|text| fixes::allows(text, fact, &own));
        let unknown = fact.subnet.is_empty() && own.iter().all(|i| i.addresses.is_empty()) && !subnets.is_empty();
        if allowed || unknown {
            return Ok(());
        }
        let listed = if subnets.is_empty() {
            "no subnet".to_owned()
        } else {
            subnets.join(", ")
        };
        let text = format!(
            "{} allows live migration on {listed} only, not on {}",
            host.name,
            fixes::named(fact)
        );
        refuse(Layer::HostSubnets, text, fixes::add_subnet(self, node, network)).map(|_: Vec<Leg>| ())
    }

    pub(super) fn node(&self, index: usize) -> &'a str {
        self.cluster.nodes.get(index).map_or("", |n| &n.name)
    }

    /// Every network's answer, in order of preference.
    pub(super) fn answers(&self, source: usize, target: usize) -> Vec<(usize, Answer<'a>)> {
        self.order.iter().map(|n| (*n, self.ask(*n, source, target))).collect()
    }

    /// The first network that passes all layers; without one, Windows goes to the address of the host's name: a network for
    /// clients, else any that works.
    pub(super) fn take(&self, answers: &[(usize, Answer<'a>)], source: usize, target: usize) -> Option<Taken<'a>> {
        for (network, answer) in answers {
            if let Ok(legs) = answer {
                return Some(Taken {
                    network: *network,
                    legs: legs.clone(),
                    fallback: false,
                });
            }
        }
        let client = |n: &usize| {
            self.network(*n)
                .is_some_and(|n| n.cluster_use == 3 || n.roles.contains(&Role::Management))
        };
        let (clients, others): (Vec<usize>, Vec<usize>) = self.order.iter().copied().partition(client);
        clients.into_iter().chain(others).find_map(|network| {
            let legs = self.legs(network, source, target).ok()?;
            Some(Taken {
                network,
                legs,
                fallback: true,
            })
        })
    }

    /// Why the network with the lowest metric comes last where no list says otherwise.
    pub(super) fn why_lowest_is_last(&self) -> &'static str {
        if self.cluster.profile.generation == WS2008R2 {
            "CSV and cluster traffic take that one"
        } else if self.order_is_published() {
            "live migration leaves that one to the cluster"
        } else {
            "up to 2012 R2 live migration leaves that one to the cluster; from 2016 nothing published says so, it is assumed"
        }
    }

    /// Whether it is published that live migration takes the second-lowest metric.
    pub(super) fn order_is_published(&self) -> bool {
        self.cluster.profile.generation < WS2016
    }
}

fn refuse<'a>(layer: Layer, text: String, fix: String) -> Answer<'a> {
    Err(Refusal { layer, text, fix })
}

/// On 2008 R2 CSV and the cluster's own traffic take the lowest metric, and live migration the next (Microsoft, "Windows Server 2008 R2:
/// configuring the cluster network metrics"). From 2012 CSV traffic is SMB, and Multichannel chooses its networks by speed, RSS and RDMA
/// (Microsoft, "Windows Server 2012 SMB Multichannel and CSV redirected traffic caveats", 2013), while live migration still takes the second
/// lowest: of 2012 Microsoft says so ("Building Your Cloud Infrastructure: Non-Converged Data Center Configuration", step 4.9), of 2012 R2 J. Savill ("Mastering
/// Hyper-V 2012 R2"). Nothing published says so of 2016 and later. A single network serves both.
fn lowest_metric(wiring: &Wiring) -> Option<usize> {
    let used = |n: &Network| n.cluster_use != 0 && n.state == NetworkState::Up;
    let carried = |index: usize| wiring.interfaces.iter().flatten().any(|i| i.network == index);
    let all = wiring
        .networks
        .iter()
        .enumerate()
        .filter(|(i, n)| used(n) && carried(*i));
    all.min_by_key(|(i, n)| (n.metric, *i)).map(|(i, _)| i)
}
