//! Designs: which roles share an uplink and which uplinks serve external networks. One design holds for the whole cluster.
//!
//! In: the instance, a style. Out: every allowed [`Design`] of that style. Must not know: ports.

use super::instance::Instance;
use crate::plan::{Mechanism, Style};
use crate::policy::{Strength, Wish};
use crate::profiles::{TeamKind, WS2016};
use crate::roles::Role;

/// One uplink of a design.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct UplinkShape {
    /// Roles, in table order, `vm` last.
    pub roles: Vec<Role>,
    /// Index of the external network in the design.
    pub network: Option<usize>,
    /// How several NICs would hold together.
    pub mechanism: Mechanism,
    /// NICs it may have at most.
    pub max_nics: usize,
}

/// A partition of the roles into uplinks with a number of external networks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Design {
    pub uplinks: Vec<UplinkShape>,
    pub networks: usize,
    pub style: Style,
    /// Name of each network: index into the instance's names, or beyond them for new ones.
    pub labels: Vec<usize>,
}

impl Design {
    /// Uplink of a role other than VM.
    pub fn uplink_of(&self, role: Role) -> Option<usize> {
        self.uplinks.iter().position(|u| u.roles.contains(&role))
    }

    /// Name of a network.
    pub fn network_name(&self, instance: &Instance, network: usize) -> String {
        let label = self.labels[network];
        match instance.names.get(label) {
            Some(name) => name.clone(),
            None => fresh_name(instance, label - instance.names.len()),
        }
    }

    /// Name of an uplink: its roles, the VM network by name.
    pub fn uplink_name(&self, instance: &Instance, uplink: usize) -> String {
        let shape = &self.uplinks[uplink];
        let mut parts: Vec<String> = shape
            .roles
            .iter()
            .filter(|r| **r != Role::Vm)
            .map(|r| r.name().to_owned())
            .collect();
        if let Some(network) = shape.network {
            parts.push(format!("{}:{}", Role::Vm.name(), self.network_name(instance, network)));
        }
        parts.join("+")
    }

    /// Token of a NIC in this uplink, comparable with today's.
    pub fn token(&self, uplink: usize) -> super::instance::Token {
        let shape = &self.uplinks[uplink];
        super::instance::Token {
            roles: shape.roles.iter().fold(0, |bits, role| bits | 1 << (*role as u8)),
            network: shape.network.map_or(0, |n| self.labels[n] as u16 + 1),
        }
    }

    /// Uplink of a network.
    pub fn uplink_of_network(&self, network: usize) -> Option<usize> {
        self.uplinks.iter().position(|u| u.network == Some(network))
    }

    /// Whether two roles share an uplink.
    pub fn together(&self, a: Role, b: Role) -> bool {
        self.uplinks
            .iter()
            .any(|u| u.roles.contains(&a) && u.roles.contains(&b))
    }

    /// The uplinks without the last external network, where that has an uplink of its own.
    ///
    /// Whatever ports serve the design serve these as well, with nothing unserved, unsurvived or unwished that the design has not.
    pub fn without_last_network(&self) -> Option<&[UplinkShape]> {
        let (last, rest) = self.uplinks.split_last()?;
        (last.roles == [Role::Vm]).then_some(rest)
    }

    /// Whether the networks have names.
    pub fn is_named(&self) -> bool {
        self.labels.len() == self.networks
    }

    /// Networks at least that no name of today is left for.
    pub fn new_networks(&self, instance: &Instance) -> usize {
        let known = instance.names.len();
        match self.is_named() {
            true => self.labels.iter().filter(|label| **label >= known).count(),
            false => self.networks.saturating_sub(known),
        }
    }

    /// Pairs that must be apart and are not.
    pub fn unmet_isolation(&self, instance: &Instance) -> u64 {
        let pairs = instance
            .cluster
            .policy
            .required_apart(&instance.roles, instance.cluster.iscsi());
        pairs.iter().filter(|(a, b)| self.together(*a, *b)).count() as u64
    }

    /// Count of a wish that the design alone decides; `None` for the others.
    pub fn wish_count(&self, wish: &Wish) -> Option<u64> {
        match wish {
            Wish::Apart(a, b) => Some(u64::from(self.together(*a, *b))),
            _ => None,
        }
    }
}

/// All designs of a style with `networks` external networks (0 when there is no VM traffic).
pub fn designs(instance: &Instance, style: Style, networks: usize) -> Vec<Design> {
    let unnamed = unnamed(instance, style, networks);
    let mut found: Vec<Design> = unnamed.iter().flat_map(|design| labelled(instance, design)).collect();
    found.sort();
    found.dedup();
    found
}

/// The same without names of networks: [`labelled`] gives every useful naming.
pub fn unnamed(instance: &Instance, style: Style, networks: usize) -> Vec<Design> {
    let hosts = instance.host_roles();
    let mut found = Vec::new();
    for partition in partitions(&hosts) {
        for placement in network_placements(partition.len(), networks) {
            let design = build(instance, &partition, &placement, networks, style);
            if allowed(instance, &design) && fits_style(instance, &design, style) {
                found.push(design);
            }
        }
    }
    found
}

/// All partitions of the roles into groups; groups in order of their first role.
fn partitions(roles: &[Role]) -> Vec<Vec<Vec<Role>>> {
    let mut all: Vec<Vec<Vec<Role>>> = vec![Vec::new()];
    for role in roles {
        let mut next = Vec::new();
        for partial in &all {
            for block in 0..partial.len() {
                let mut with = partial.clone();
                with[block].push(*role);
                next.push(with);
            }
            let mut with = partial.clone();
            with.push(vec![*role]);
            next.push(with);
        }
        all = next;
    }
    all
}

/// For each block of host roles, whether it serves an external network as well; the remaining networks get uplinks of their own.
/// Networks are numbered in the order in which they appear, shared uplinks first.
fn network_placements(blocks: usize, networks: usize) -> Vec<Vec<bool>> {
    (0u32..1 << blocks)
        .filter(|mask| mask.count_ones() as usize <= networks)
        .map(|mask| (0..blocks).map(|b| mask >> b & 1 == 1).collect())
        .collect()
}

fn build(instance: &Instance, partition: &[Vec<Role>], shared: &[bool], networks: usize, style: Style) -> Design {
    let mut uplinks = Vec::new();
    let mut next_network = 0;
    for (roles, with_network) in partition.iter().zip(shared) {
        let mut roles = roles.clone();
        let network = with_network.then(|| {
            roles.push(Role::Vm);
            next_network += 1;
            next_network - 1
        });
        uplinks.push(shape(instance, roles, network, style));
    }
    for network in next_network..networks {
        uplinks.push(shape(instance, vec![Role::Vm], Some(network), style));
    }
    Design {
        uplinks,
        networks,
        style,
        labels: Vec::new(),
    }
}

/// The design with every useful naming of its networks: today's names first, new names only when those run out.
/// Networks on uplinks of their own are interchangeable (every pattern exists for each of them), so their names ascend.
pub fn labelled(instance: &Instance, design: &Design) -> Vec<Design> {
    let known = instance.names.len();
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    for network in 0..design.networks {
        let mut next = Vec::new();
        for partial in &all {
            // New names only for as many networks as today's names do not cover, in ascending order.
            let next_new = known + partial.iter().filter(|l| **l >= known).count();
            let new = (next_new < known.max(design.networks)).then_some(next_new);
            for label in (0..known).filter(|l| !partial.contains(l)).chain(new) {
                let mut with = partial.clone();
                with.push(label);
                if ascending_where_alike(design, &with, network) {
                    next.push(with);
                }
            }
        }
        all = next;
    }
    all.into_iter()
        .map(|labels| Design {
            labels,
            ..design.clone()
        })
        .collect()
}

fn ascending_where_alike(design: &Design, labels: &[usize], last: usize) -> bool {
    let alone = |network: usize| {
        design
            .uplink_of_network(network)
            .is_some_and(|u| design.uplinks[u].roles.len() == 1)
    };
    last == 0 || !alone(last) || !alone(last - 1) || labels[last - 1] < labels[last]
}

fn shape(instance: &Instance, roles: Vec<Role>, network: Option<usize>, style: Style) -> UplinkShape {
    let profile = instance.cluster.profile;
    let storage = roles.contains(&Role::Storage);
    let host = roles.contains(&Role::Management) || roles.contains(&Role::Replica);
    let mechanism = if network.is_some() || host {
        Mechanism::Team
    } else if storage && instance.cluster.iscsi() {
        Mechanism::Mpio
    } else if storage {
        Mechanism::Multichannel
    } else {
        Mechanism::Networks
    };
    let team_forbidden = profile.team == TeamKind::Vendor && !instance.cluster.policy.vendor_teaming;
    let max_nics = match mechanism {
        Mechanism::Team if team_forbidden => 1,
        _ if style == Style::Dedicated && !storage => 1,
        Mechanism::Team => profile.max_team,
        _ => usize::MAX,
    };
    UplinkShape {
        roles,
        network,
        mechanism,
        max_nics,
    }
}

/// Rules that every design obeys: host vNICs beside the VMs as far as the profile has them; with Network ATC cluster and
/// live-migration traffic have no intent of their own and ride on the storage intent.
fn allowed(instance: &Instance, design: &Design) -> bool {
    let limit = instance.cluster.profile.max_host_vnics;
    let host_vnics = design
        .uplinks
        .iter()
        .filter(|u| u.network.is_some())
        .all(|u| u.roles.len() - 1 <= limit);
    host_vnics && (!rides_on_storage(instance) || private_traffic_rides(design))
}

/// Whether the profile sends cluster and live-migration traffic over the storage networks.
pub fn rides_on_storage(instance: &Instance) -> bool {
    instance.cluster.profile.intents_only && instance.cluster.storage.is_smb()
}

fn private_traffic_rides(design: &Design) -> bool {
    let storage = design.uplink_of(Role::Storage);
    [Role::Cluster, Role::LiveMigration]
        .iter()
        .all(|r| design.uplink_of(*r).is_none_or(|u| Some(u) == storage))
}

fn fits_style(instance: &Instance, design: &Design, style: Style) -> bool {
    let single = design.uplinks.iter().all(|u| u.roles.len() == 1);
    let converged = is_converged(instance, design);
    match style {
        Style::Dedicated | Style::Teamed => single,
        Style::Converged => converged,
        Style::Hybrid => !single && !converged,
    }
}

/// One uplink for everything but iSCSI.
fn is_converged(instance: &Instance, design: &Design) -> bool {
    let iscsi = instance.cluster.iscsi();
    let on_main = |u: &&UplinkShape| !(iscsi && u.roles == [Role::Storage]);
    let main: Vec<&UplinkShape> = design.uplinks.iter().filter(on_main).collect();
    main.len() == 1 && !(iscsi && main.iter().any(|u| u.roles.contains(&Role::Storage)))
}

/// External networks above which designs are named and solved only when their turn comes.
pub const FEW_NETWORKS: usize = 4;

/// Numbers of external networks that a plan may have: never more than a node has ports, nor more than there are vNICs to serve
/// and networks of today to keep.
pub fn network_range(instance: &Instance) -> std::ops::RangeInclusive<usize> {
    if !instance.has_vm() {
        return 0..=0;
    }
    let ports = instance.cluster.nodes.iter().map(|n| n.nics.len()).max().unwrap_or(1);
    let useful = instance.items.len().max(instance.names.len());
    1..=ports.min(useful).max(1)
}

/// The designs of a style: those with few external networks by name, those with more unnamed.
pub fn all_designs(instance: &Instance, style: Style) -> Vec<Design> {
    let of = |networks: usize| match networks <= FEW_NETWORKS {
        true => designs(instance, style, networks),
        false => unnamed(instance, style, networks),
    };
    network_range(instance).flat_map(of).collect()
}

/// `External-1`, `External-2` …, passing over names in use.
fn fresh_name(instance: &Instance, position: usize) -> String {
    let mut free = (1..)
        .map(|n| format!("External-{n}"))
        .filter(|name| !instance.names.contains(name));
    free.nth(position).unwrap_or_default()
}

/// Whether zones are wanted or needed apart.
pub fn zones_matter(instance: &Instance) -> bool {
    instance.cluster.policy.separate_zones != Strength::No && instance.zones > 1
}

/// Whether RDMA works for a role on this uplink.
pub fn rdma_possible(instance: &Instance, shape: &UplinkShape) -> bool {
    shape.network.is_none() || instance.cluster.profile.rdma_on_switch || instance.cluster.profile.generation >= WS2016
}
