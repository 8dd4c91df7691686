//! The facts: clusters with their nodes, NICs, ToR switches, networks, virtual switches and VMs.
//!
//! Everything is resolved here (references are indices, lists are sorted by name as people count), so that later stages
//! never see the order of the input. Every record keeps its [`Origin`].

use super::facts::Facts;
use super::given::Given;
use super::measured::Measured;
use super::merged::{Contradiction, Places};
use super::migration_settings::{ClusterMigration, NetworkState, NodeMigration};
use super::virtual_machines::Vm;
use crate::finding::Location;
use crate::policy::Policy;
use crate::powershell::quoted;
use crate::profiles::{Profile, Transport};
use crate::roles::Role;
use crate::units::{Mac, MacRange, Mbps, MiB};
use std::collections::{BTreeMap, BTreeSet};

/// Which record of which source a fact came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Index into [`Inventory::sources`].
    pub source: u32,
    /// Line from 1 (0 = the whole source).
    pub line: u32,
    /// Character from 1, where a line may hold several records; 0 = the whole line.
    pub column: u32,
    /// Which of the records that stand there, from 0: a whole file may stand in one line. It is never shown.
    pub nth: u32,
}

/// One file that facts came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Source {
    /// Path as shown to the user.
    pub file: String,
    /// Column number (from 1) by catalogue column name.
    pub columns: BTreeMap<String, u32>,
    /// Line of the header row; 0 = it has none.
    pub header: u32,
}

/// All facts of all inputs.
#[derive(Clone, Debug, Default)]
pub struct Inventory {
    /// Files read, in a stable order.
    pub sources: Vec<Source>,
    /// Clusters by name.
    pub clusters: Vec<Cluster>,
    /// What the input could not say and was assumed.
    pub assumptions: Vec<Assumption>,
    /// Which columns the input fills, cluster by cluster in the order of [`Inventory::clusters`].
    pub given: Vec<Given>,
    /// SHA-256 over the input facts in canonical order, hexadecimal.
    pub sha256: String,
    /// Files and parts of the input that were passed over.
    pub notes: Vec<String>,
    /// What performance counters say, if any were given.
    pub measured: Option<Measured>,
    /// Cells that stand elsewhere than the record they belong to.
    pub places: Places,
    /// What two sources say differently.
    pub contradictions: Vec<Contradiction>,
    /// How many values several sources state, cluster by cluster in the order of [`Inventory::clusters`].
    pub compared: Vec<usize>,
    /// Record and column of the cells that no source fills although the fact has a value: a default of the catalogue.
    pub unsaid: BTreeSet<(Origin, &'static str)>,
}

impl Inventory {
    /// Location of a column of a record. An unknown column gives the record.
    pub fn locate(&self, origin: Origin, column: &str) -> Location {
        if let Some(place) = self.places.get(origin, column) {
            return self.exactly(place);
        }
        let Some(source) = self.sources.get(origin.source as usize) else {
            return Location::default();
        };
        if origin.column > 0 {
            return self.exactly(origin);
        }
        let column = source.columns.get(column).copied().unwrap_or(0);
        Location {
            file: source.file.clone(),
            line: origin.line,
            column,
        }
    }

    /// Location of a place as it stands.
    pub fn exactly(&self, place: Origin) -> Location {
        let source = self.sources.get(place.source as usize);
        Location {
            file: source.map(|s| s.file.clone()).unwrap_or_default(),
            line: place.line,
            column: place.column,
        }
    }
}

/// Something the inventory does not say, with what was taken instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Assumption {
    /// Cluster name.
    pub cluster: String,
    /// The missing fact, e.g. "card of 16 NICs".
    pub missing: String,
    /// What was taken, and what would change it.
    pub taken: String,
}

/// How VMs reach their disks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StorageKind {
    /// No network storage (local disks, or unknown).
    None,
    /// iSCSI: NICs of its own, MPIO.
    Iscsi,
    /// SMB 3 file server.
    Smb,
    /// Storage Spaces Direct.
    S2d,
    /// Fibre Channel: host bus adapters, no NIC.
    FibreChannel,
}

impl StorageKind {
    /// Whether storage takes NICs.
    pub fn on_nics(self) -> bool {
        matches!(self, StorageKind::Iscsi | StorageKind::Smb | StorageKind::S2d)
    }

    /// Whether it is SMB 3 with Multichannel and RDMA.
    pub fn is_smb(self) -> bool {
        matches!(self, StorageKind::Smb | StorageKind::S2d)
    }
}

/// One failover cluster.
#[derive(Clone, Debug)]
pub struct Cluster {
    /// Name.
    pub name: String,
    /// Where it was named (or the first node).
    pub origin: Origin,
    /// What only rules read.
    pub facts: Facts,
    /// OS version.
    pub profile: &'static Profile,
    /// Kind of shared storage.
    pub storage: StorageKind,
    /// Live-migration transport, if set.
    pub transport: Option<Transport>,
    /// Live migrations at once, if set.
    pub concurrency: Option<u32>,
    /// Further settings of live migration.
    pub migration: ClusterMigration,
    /// `ClusterEnforcedAntiAffinity`: members of an anti-affinity group never share a node, even if one stays off; `None` =
    /// not said, and Windows then only avoids it.
    pub anti_affinity_enforced: Option<bool>,
    /// What is wanted.
    pub policy: Policy,
    /// Nodes by name.
    pub nodes: Vec<Node>,
    /// ToR switches by name, those that only NICs name included.
    pub tors: Vec<Tor>,
    /// Links between ToRs.
    pub links: Vec<InterSwitchLink>,
    /// Cluster networks by name.
    pub networks: Vec<ClusterNetwork>,
    /// Demands said explicitly; see [`crate::demand`] for the value that holds.
    pub demands: Vec<Demand>,
    /// VMs by name.
    pub vms: Vec<Vm>,
}

/// One cluster node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Host name.
    pub name: String,
    /// Record.
    pub origin: Origin,
    /// What only rules read.
    pub facts: Facts,
    /// Management address as written.
    pub management_ip: String,
    /// Physical memory; `None` = unknown.
    pub memory_mib: Option<MiB>,
    /// Server model.
    pub hardware: String,
    /// Dynamic MAC pool; `None` = unknown (the default from the IP may be assumed, see [`crate::mac`]).
    pub mac_pool: Option<MacRange>,
    /// Settings of live migration on this host.
    pub migration: NodeMigration,
    /// Physical ports by name.
    pub nics: Vec<Nic>,
    /// Virtual switches by name.
    pub switches: Vec<VirtualSwitch>,
    /// Host vNICs by name.
    pub host_vnics: Vec<HostVnic>,
}

/// RDMA of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rdma {
    /// None, or switched off.
    No,
    /// iWARP.
    Iwarp,
    /// RoCE (v1 or v2).
    Roce,
    /// Has RDMA, kind unknown.
    Yes,
}

impl Rdma {
    /// Whether RDMA works on the port.
    pub fn on(self) -> bool {
        self != Rdma::No
    }
}

/// One physical port.
#[derive(Clone, Debug)]
pub struct Nic {
    /// Adapter name in Windows.
    pub name: String,
    /// Record.
    pub origin: Origin,
    /// What only rules read.
    pub facts: Facts,
    /// Link speed.
    pub speed: Mbps,
    /// Card or slot that holds the port; empty = unknown (then a card of its own is assumed).
    pub card: String,
    /// Index into [`Cluster::tors`]; `None` = unknown or a direct cable.
    pub tor: Option<usize>,
    /// Port on the ToR.
    pub tor_port: String,
    /// Direct cable: node index and NIC name at the other end (switchless storage).
    pub direct_to: Option<(usize, String)>,
    /// RDMA.
    pub rdma: Rdma,
    /// SR-IOV switched on; `None` = unknown.
    pub sriov: Option<bool>,
    /// VMQ switched on; `None` = unknown.
    pub vmq: Option<bool>,
    /// VLANs that the switch port carries; `None` = not said (all are assumed).
    pub vlans: Option<BTreeSet<u16>>,
    /// Make and model; empty = unknown (alike is assumed).
    pub model: String,
    /// MAC of the port.
    pub mac: Option<Mac>,
    /// Link state; a port that is down is planned for, and reported.
    pub up: bool,
    /// Traffic roles it carries today (empty = idle or unknown), from `current_role`, switches and host vNICs together.
    pub roles: BTreeSet<Role>,
    /// Name of the external switch bound to it today.
    pub switch: Option<String>,
    /// Name of the team it is in today.
    pub team: String,
    /// IP addresses with prefix length as written, `10.0.5.11/24`.
    pub addresses: Vec<String>,
}

/// A physical switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tor {
    /// Name.
    pub name: String,
    /// Record (that of the first NIC when no `tors` file names it).
    pub origin: Origin,
}

/// A link between two ToR switches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InterSwitchLink {
    /// Indices into [`Cluster::tors`], smaller first.
    pub ends: (usize, usize),
    /// Capacity each way.
    pub speed: Mbps,
    /// VLANs carried; `None` = all.
    pub vlans: Option<BTreeSet<u16>>,
    /// Record.
    pub origin: Origin,
}

/// A network as the failover cluster sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterNetwork {
    /// Name.
    pub name: String,
    /// Subnet as written, `10.0.1.0/24`.
    pub subnet: String,
    /// VLAN; `None` = untagged or unknown.
    pub vlan: Option<u16>,
    /// 0 none, 1 cluster only, 3 cluster and client; `None` = unknown.
    pub cluster_use: Option<u8>,
    /// Metric, if known.
    pub metric: Option<u32>,
    /// What it is for, if known.
    pub purpose: Option<Role>,
    /// State.
    pub state: NetworkState,
    /// Record.
    pub origin: Origin,
    /// What only rules read.
    pub facts: Facts,
}

/// A demand that the user wrote down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Node index; `None` = every node.
    pub node: Option<usize>,
    /// Role; never VM traffic, which comes from the vNICs.
    pub role: Role,
    /// Rate, before growth.
    pub rate: Mbps,
    /// Record.
    pub origin: Origin,
}

/// Kind of a virtual switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SwitchKind {
    /// Bound to one NIC or team.
    External,
    /// Node and its VMs.
    Internal,
    /// VMs only.
    Private,
}

/// A virtual switch on one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualSwitch {
    /// Name.
    pub name: String,
    /// Kind.
    pub kind: SwitchKind,
    /// Names of the bound NICs.
    pub nics: Vec<String>,
    /// The management operating system has a vNIC on it; `None` = unknown.
    pub allow_management_os: Option<bool>,
    /// Record.
    pub origin: Origin,
    /// What only rules read.
    pub facts: Facts,
}

/// A vNIC of the management operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostVnic {
    /// Name without `vEthernet ( )`.
    pub name: String,
    /// Switch it is on.
    pub switch: String,
    /// Role it carries, if known.
    pub role: Option<Role>,
    /// VLAN; `None` = untagged.
    pub vlan: Option<u16>,
    /// Minimum-bandwidth weight.
    pub weight: Option<u32>,
    /// MAC.
    pub mac: Option<Mac>,
    /// IP addresses with prefix length as written.
    pub addresses: Vec<String>,
    /// RDMA is switched on; `None` = unknown.
    pub rdma: Option<bool>,
    /// Record.
    pub origin: Origin,
    /// What only rules read.
    pub facts: Facts,
}

/// Name of a cluster that no input names.
pub(super) const NAMELESS: &str = "cluster";

impl Cluster {
    /// The name as cmdlets take it; where no input names the cluster, a placeholder that nobody takes for a name.
    pub fn argument(&self) -> String {
        if self.name == NAMELESS {
            return "<name of the cluster>".to_owned();
        }
        quoted(&self.name)
    }

    /// Whether its hosts run Hyper-V today, and not the hypervisor from which they are to move.
    pub fn runs_hyper_v(&self) -> bool {
        self.facts.text("hypervisor").is_none_or(|name| name == "hyper-v")
    }

    /// From now on its hosts run Hyper-V.
    pub fn move_to_hyper_v(&mut self) {
        self.facts.remove("hypervisor");
    }

    /// Traffic roles that this cluster has, in table order.
    ///
    /// Management always; cluster and live migration with two nodes or more; storage when it uses NICs; replica when a VM is
    /// replicated or a demand says so; VM traffic when there is a vNIC that needs a network, and in an inventory without VMs.
    pub fn roles(&self) -> Vec<Role> {
        let several = self.nodes.len() > 1;
        let said = |role: Role| self.demands.iter().any(|d| d.role == role && d.rate > 0);
        let guests = self.vms.is_empty() || self.vms.iter().flat_map(|v| &v.vnics).any(|v| !v.isolated);
        let mut roles = vec![Role::Management];
        if several {
            roles.extend([Role::Cluster, Role::LiveMigration]);
        }
        if self.storage.on_nics() {
            roles.push(Role::Storage);
        }
        if said(Role::Replica) || self.vms.iter().any(|v| v.replica) {
            roles.push(Role::Replica);
        }
        if guests {
            roles.push(Role::Vm);
        }
        roles
    }

    /// Whether storage is iSCSI.
    pub fn iscsi(&self) -> bool {
        self.storage == StorageKind::Iscsi
    }

    /// The slowest of the nodes' fastest NICs: what "a VM port" is taken to be before a plan exists.
    pub fn vm_port(&self) -> Mbps {
        let fastest = |node: &Node| node.nics.iter().map(|n| n.speed).max().unwrap_or(0);
        self.nodes.iter().map(fastest).min().unwrap_or(0)
    }

    /// Whether the cluster's NICs reach 10 GbE (on every node the fastest one does).
    pub fn fast(&self) -> bool {
        self.vm_port() >= 10_000
    }

    /// VLAN of a role's own network, if the inventory names exactly one cluster network for it.
    pub fn vlan_of(&self, role: Role) -> Option<u16> {
        let mut vlans = self.networks.iter().filter(|n| n.purpose == Some(role)).map(|n| n.vlan);
        match (vlans.next(), vlans.next()) {
            (Some(vlan), None) => vlan,
            _ => None,
        }
    }

    /// Roles that profit from RDMA here: SMB storage, and live migration where it is set to SMB, from 2012 R2 on a NIC
    /// of their own and from 2016 also under a switch.
    pub fn rdma_roles(&self) -> Vec<Role> {
        let has_rdma = self.nodes.iter().all(|n| n.nics.iter().any(|p| p.rdma.on()));
        let mut roles = Vec::new();
        if has_rdma && self.storage.is_smb() {
            roles.push(Role::Storage);
        }
        if has_rdma && self.transport == Some(Transport::Smb) {
            roles.push(Role::LiveMigration);
        }
        roles
    }

    /// The wishes of level 2, in order.
    pub fn wishes(&self) -> Vec<crate::policy::Wish> {
        self.policy
            .wishes(&self.roles(), self.iscsi(), self.fast(), &self.rdma_roles())
    }
}

impl Node {
    /// Position of a NIC by name.
    pub fn nic(&self, name: &str) -> Option<usize> {
        self.nics.iter().position(|n| n.name == name)
    }

    /// Cmdlets whose export of this node is missing.
    pub fn not_exported(&self) -> &[String] {
        self.facts.list("not_exported").unwrap_or_default()
    }

    /// Whether its virtual switches, or its ports, were not exported: then none is known, and none may be called absent.
    pub fn wiring_unexported(&self) -> bool {
        let lacks = |cmdlet: &str| self.not_exported().iter().any(|name| name == cmdlet);
        self.nics.is_empty() && lacks("Get-NetAdapter") || self.switches.is_empty() && lacks("Get-VMSwitch")
    }

    /// Whether today's wiring is known: some NIC has a role or a switch.
    pub fn wiring_known(&self) -> bool {
        self.nics.iter().any(|n| !n.roles.is_empty() || n.switch.is_some())
    }
}
