//! What is done, as data: changes with everything that is needed to do, to prove and to undo them.
//!
//! A change knows what was before, so that its inverse follows from itself; `None` is a fact that the inventory does not know. Must not
//! know: how a script is written.

pub use super::facts_before::FactsBefore;
pub use super::intents::{Hold, Intent, Overrides, PortBefore};
pub use crate::applied::dcb::Dcb;
use crate::inventory::{HostVnic, TrafficClass, VirtualSwitch};
use crate::profiles::Transport;
use crate::roles::Role;
use crate::units::{Mac, MacRange, Mbps, host_vnic_connection};

/// An adapter of the host.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Port {
    /// A NIC.
    Nic(String),
    /// The adapter of a team.
    Team(String),
    /// A host vNIC.
    HostVnic(String),
}

impl Port {
    /// The name under which Windows lists the adapter.
    pub fn alias(&self) -> String {
        match self {
            Port::Nic(name) | Port::Team(name) => name.clone(),
            Port::HostVnic(name) => host_vnic_connection(name),
        }
    }
}

/// What a virtual switch stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Base {
    /// One port.
    Port,
    /// Its own team, SET; the name is a label of the inventory and may be empty.
    Set(String),
    /// The adapter of an LBFO or vendor team.
    Team(String),
}

/// A virtual switch as it is made or taken down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch {
    /// The record.
    pub record: VirtualSwitch,
    /// What it stands on.
    pub base: Base,
    /// Minimum bandwidth by weight; else none.
    pub weights: bool,
    /// Windows makes the host vNIC itself: a switch of today whose host vNIC the inventory does not name.
    pub implicit_host_vnic: bool,
}

/// Setting of a host with its value before and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostSetting {
    /// Dynamic MAC pool.
    Pool(Values<MacRange>),
    /// Live migration is on.
    MigrationEnabled(Values<bool>),
    /// Any network may carry live migration.
    AnyNetwork(Values<bool>),
    /// Subnets for live migration, in order of preference.
    Subnets(Values<Vec<String>>),
    /// Subnets for live migration that a host gets behind its own: none is taken away. Undone by [`HostSetting::Subnets`].
    MoreSubnets(Values<Vec<String>>),
    /// Performance option.
    Transport(Values<Transport>),
    /// Live migrations at once.
    Concurrency(Values<u32>),
    /// Limit of live migration over SMB.
    SmbLimit(Values<Mbps>),
}

/// A value before and after; `None` = unknown, or not set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Values<T> {
    /// Value before.
    pub before: Option<T>,
    /// Value afterwards.
    pub after: Option<T>,
}

/// What a script writes down before the first change, because the inventory does not hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Protocols that are bound to ports.
    Bindings(Vec<String>, FactsBefore),
    /// Weight of a switch's default flow, and what the inventory says of it.
    DefaultFlow(String, Option<u64>),
    /// Size of the packets of an adapter, and what the inventory says of its MTU.
    Jumbo(Port, Option<u64>),
    /// Data Center Bridging on ports.
    Dcb(Vec<String>, FactsBefore),
    /// RDMA and priority tag of a host vNIC.
    Rdma(String),
    /// The adapter that holds the management address, where the inventory does not say which.
    Management {
        /// Adapter that gives it up on the way back.
        port: Port,
        /// Its roles.
        roles: Vec<Role>,
    },
}

/// One change of a node or of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Adds a host vNIC with VLAN, weight, RDMA and port.
    AddHostVnic(Box<HostVnic>),
    /// Removes one.
    RemoveHostVnic(Box<HostVnic>),
    /// The host vNIC that Windows made with a switch and named like it, where the inventory does not name it.
    OwnHostVnic {
        /// Switch.
        switch: String,
        /// It is there afterwards.
        exists: bool,
    },
    /// Makes an external virtual switch.
    CreateSwitch(Box<Switch>),
    /// Takes one down.
    RemoveSwitch(Box<Switch>),
    /// Changes the ports of a switch with SET.
    SetMembers {
        /// Switch.
        switch: String,
        /// Label of the team in the inventory.
        label: String,
        /// The inventory says of the switch that it has SET.
        said: bool,
        /// Ports before.
        before: Vec<String>,
        /// Ports afterwards.
        after: Vec<String>,
    },
    /// Binds a switch on a single port to another one.
    Rebind {
        /// Switch.
        switch: String,
        /// Port before.
        before: String,
        /// Port afterwards.
        after: String,
    },
    /// Makes a team.
    CreateTeam {
        /// Name.
        name: String,
        /// Ports.
        nics: Vec<String>,
    },
    /// Takes a team down.
    RemoveTeam {
        /// Name.
        name: String,
        /// Ports.
        nics: Vec<String>,
    },
    /// Adds a port to a team.
    JoinTeam {
        /// Team.
        team: String,
        /// Port.
        nic: String,
    },
    /// Takes a port out of a team.
    LeaveTeam {
        /// Team.
        team: String,
        /// Port.
        nic: String,
    },
    /// Takes roles and their addresses off an adapter; the addresses are remembered under its name.
    Release {
        /// Adapter.
        port: Port,
        /// Roles that it no longer carries.
        roles: Vec<Role>,
        /// Addresses that go; empty = not known: what `of` had before the first change.
        addresses: Vec<String>,
        /// Adapter that had them before the first change; `None` = this one. What other steps put here stays.
        of: Option<Port>,
        /// It keeps its addresses: they belong to other roles.
        keeps_address: bool,
    },
    /// Gives an adapter roles and their addresses.
    Assume {
        /// Adapter.
        port: Port,
        /// Roles that it carries from now on.
        roles: Vec<Role>,
        /// Adapter whose addresses it takes over; `None` = none is known.
        from: Option<Port>,
        /// The addresses, if known.
        addresses: Vec<String>,
    },
    /// Roles go over the network of other roles on an adapter: they need no address of their own.
    Ride {
        /// Adapter.
        port: Port,
        /// Roles that it carries from now on.
        roles: Vec<Role>,
    },
    /// VLAN of a host vNIC; `None` = untagged.
    HostVlan {
        /// Host vNIC.
        vnic: String,
        /// Value.
        value: Values<u16>,
    },
    /// Minimum-bandwidth weight of a host vNIC.
    HostWeight {
        /// Host vNIC.
        vnic: String,
        /// Value.
        value: Values<u32>,
    },
    /// RDMA of a host vNIC.
    HostRdma {
        /// Host vNIC.
        vnic: String,
        /// Value.
        value: Values<bool>,
    },
    /// Port of the team that a host vNIC is bound to.
    HostPort {
        /// Host vNIC.
        vnic: String,
        /// Value.
        value: Values<String>,
    },
    /// Weight of everything on a switch that has none of its own.
    DefaultFlow {
        /// Switch.
        switch: String,
        /// Weight.
        weight: u32,
        /// Weight before; `None` = not known.
        before: Option<u64>,
    },
    /// Name of a port, as it is called on the other nodes.
    Rename {
        /// Port.
        nic: String,
        /// New name.
        to: String,
    },
    /// TCP chimney offload of a host; `None` = not known.
    Chimney(Values<String>),
    /// VLAN ID that is set at a port in Windows; 0 = none.
    PortVlan {
        /// Port.
        nic: String,
        /// Value.
        value: Values<u64>,
    },
    /// Protocols off the ports under a switch.
    Unbind {
        /// Ports.
        nics: Vec<String>,
        /// What the inventory says of their protocols.
        before: FactsBefore,
    },
    /// Large packets on an adapter.
    Jumbo {
        /// Adapter.
        port: Port,
        /// MTU before, bytes; `None` = not known.
        before: Option<u64>,
    },
    /// Data Center Bridging, and what the inventory says of today's.
    Dcb(Dcb, FactsBefore),
    /// Shares of the host's traffic on ports without virtual switch, as QoS policies with a weight.
    Policies {
        /// Ports that roles share; the policies hold for the whole host.
        nics: Vec<String>,
        /// Weights by kind of traffic; `None` = nobody knows of any.
        value: Values<Vec<TrafficClass>>,
    },
    /// Puts back what the inventory does not hold and the script wrote down before the first change; on the way back only.
    AsBefore(Kept),
    /// A setting of the host.
    Host(HostSetting),
    /// A setting of one host that all hosts change together, so that each of them can migrate to each other at every moment.
    Member {
        /// Node.
        node: String,
        /// The setting.
        setting: HostSetting,
    },
    /// Cluster use of a network.
    NetworkUse {
        /// Network.
        network: String,
        /// Value.
        value: Values<u8>,
    },
    /// Cluster networks in the order in which live migration tries them.
    MigrationOrder(Values<Vec<String>>),
    /// Cluster networks that carry no live migration.
    MigrationExcluded(Values<Vec<String>>),
    /// `MaximumParallelMigrations`.
    Parallel(Values<u32>),
    /// Limit of live migration over SMB by the cluster: on, factor.
    ClusterSmbLimit {
        /// It is on.
        on: Values<bool>,
        /// Ten-thousandths.
        factor: Values<u32>,
    },
    /// Network of a VM's adapter.
    Connect {
        /// VM.
        vm: String,
        /// Adapter.
        vnic: String,
        /// Switch; an empty name is none.
        value: Values<String>,
    },
    /// Static address of a VM's adapter; `None` = from the pool.
    StaticMac {
        /// VM.
        vm: String,
        /// Adapter.
        vnic: String,
        /// Address before, if it was static.
        value: Values<Mac>,
        /// Address that it has from the pool.
        dynamic: Option<Mac>,
    },
    /// Spoofing of a VM's adapter.
    Spoofing {
        /// VM.
        vm: String,
        /// Adapter.
        vnic: String,
        /// Value.
        value: Values<bool>,
    },
    /// Class of VMs that the cluster keeps on different nodes; `None` = none.
    AntiAffinity {
        /// VM.
        vm: String,
        /// Value.
        value: Values<String>,
    },
    /// Puts the address of management on a bare port, from which Network ATC takes it over.
    Land {
        /// Port.
        nic: String,
        /// Adapter that had it.
        from: Port,
        /// The addresses, if known.
        addresses: Vec<String>,
        /// VLAN ID of the port before.
        before: Option<u64>,
        /// VLAN ID with which the address is reached; `None` = untagged.
        vlan: Option<u64>,
        /// Virtual switch that Network ATC then makes.
        switch: String,
    },
    /// Takes it off again. On the way back only.
    Unland {
        /// Port.
        nic: String,
        /// Adapter that had its addresses.
        from: Port,
        /// Its addresses.
        addresses: Vec<String>,
        /// VLAN ID that it gets back.
        vlan: Option<u64>,
    },
    /// Network ATC makes an intent on the node; the first node adds it for the cluster.
    AddIntent(Box<Intent>),
    /// Network ATC is held on the node and what it made of the intent goes. On the way back only.
    RemoveIntent(Box<Intent>),
    /// Network ATC waits on every node, and intents of today end.
    HoldIntents(Box<Hold>),
    /// The plan's intents are taken away, those of today are there again, and Network ATC runs as before. On the way back only.
    LeaveIntents(Box<Hold>),
    /// What Network ATC leaves alone or sets otherwise.
    Overrides(Overrides),
    /// As it was before. On the way back only.
    NoOverrides(Overrides),
}

/// Part of the work, in the order in which a script does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// What Network ATC leaves alone, and that it waits: else it would set again what follows.
    NetworkAtc,
    /// Live migration between hosts that are rebuilt and hosts that are not.
    Reach,
    /// Teams, virtual switches, host vNICs, addresses: by the order that keeps management and storage reachable.
    Wiring,
    /// VLANs, RDMA and ports of host vNICs.
    Adapters,
    /// Weights or Data Center Bridging.
    Bandwidth,
    /// MAC pool.
    MacPool,
    /// Cluster networks.
    ClusterNetworks,
    /// Live migration.
    Migration,
    /// VMs: networks, addresses, spoofing.
    Guests,
    /// Names of ports: everything before speaks of today's.
    Names,
}

/// One step: it is done as a whole, proven, and undone as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Number in its script, from 1.
    pub number: usize,
    /// Part of the work.
    pub phase: Phase,
    /// What is done, one line.
    pub title: String,
    /// The changes, in order.
    pub changes: Vec<Change>,
    /// The decision or rule that it serves.
    pub serves: String,
    /// It takes management or the last storage path down for a moment: guarded, with an automatic way back.
    pub takeover: bool,
}

impl Step {
    /// The changes that undo it, in order. Management goes back to the adapter that held it once nothing else holds that one.
    pub fn undo(&self) -> Vec<Change> {
        let mut undone: Vec<Change> = self.changes.iter().rev().filter_map(Change::inverse).collect();
        undone.sort_by_key(|change| matches!(change, Change::AsBefore(Kept::Management { .. })));
        undone
    }
}

/// Something that no script can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manual {
    /// When it is to be done.
    pub when: When,
    /// Node; empty = the cluster.
    pub node: String,
    /// What to do, in the admin's words.
    pub text: String,
    /// Why.
    pub serves: String,
}

/// When a manual step is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum When {
    /// Before the first node.
    Before,
    /// On the node, once it is drained and before its script is applied.
    BeforeNode,
    /// On the node, when its script, or the list of its steps, comes to it; not before.
    DuringNode,
    /// On the node, after its script was applied.
    AfterNode,
    /// After the last node.
    After,
}

/// The number that a list starts with, and then one for each.
pub(super) fn numbered(mut steps: Vec<Step>) -> Vec<Step> {
    for (number, step) in (1..).zip(&mut steps) {
        step.number = number;
    }
    steps
}
