//! Intents of Network ATC and what is set around them, as data. Must not know: how they follow from a plan, how scripts are written.

use crate::deploy::steps::Values;
use crate::profiles::Transport;
use crate::roles::Role;
use std::collections::BTreeSet;

/// First VLAN that Network ATC gives to a storage port; the next ports get the next ones (Microsoft, "Deploy host networking with Network
/// ATC", default VLANs).
pub const FIRST_STORAGE_VLAN: u16 = 711;

/// An intent of Network ATC.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intent {
    /// Name.
    pub name: String,
    /// Ports, the same on every node.
    pub nics: Vec<String>,
    /// Management.
    pub management: bool,
    /// VMs.
    pub compute: bool,
    /// Storage.
    pub storage: bool,
    /// Roles that the plan puts on its ports.
    pub roles: Vec<Role>,
    /// Storage ports are joined by direct cables.
    pub switchless: bool,
    /// VLAN of management; `None` = as it is found.
    pub management_vlan: Option<u16>,
    /// VLANs of the storage ports, in their order; empty = those that Network ATC takes.
    pub storage_vlans: Vec<u16>,
    /// Addresses of the storage ports are not those that Network ATC would give.
    pub own_storage_addresses: bool,
    /// Percent for SMB where the plan's share is not the half that Network ATC takes; `None` = as Network ATC has it.
    pub smb_percent: Option<u8>,
    /// Large packets, if the inventory says so.
    pub jumbo: Option<u32>,
    /// The ports have working RDMA.
    pub rdma: bool,
    /// SR-IOV, because today's virtual switch over the ports has it.
    pub iov: bool,
    /// Today's virtual switch over the ports spreads dynamically; Network ATC takes Hyper-V port.
    pub dynamic: bool,
    /// The plan's network that its switch serves.
    pub network: Option<String>,
    /// It is the first that its node gets of several with storage among them: Data Center Bridging made by hand goes before Network ATC starts.
    pub clears_qos: bool,
    /// The ports of one node right before it; empty = of no node.
    pub before: Vec<PortBefore>,
}

/// What a port has before an intent takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PortBefore {
    /// Port.
    pub nic: String,
    /// VLAN ID that is set at it in Windows.
    pub vlan: Option<u64>,
    /// Its roles.
    pub roles: BTreeSet<Role>,
    /// Intents that name it.
    pub intents: Option<Vec<String>>,
}

impl Intent {
    /// Name of the virtual switch that Network ATC makes for it; a storage intent has none.
    pub fn switch(&self) -> Option<String> {
        (self.management || self.compute).then(|| format!("ConvergedSwitch({})", self.name))
    }

    /// Name of its host vNIC for management.
    pub fn management_vnic(&self) -> String {
        format!("vManagement({})", self.name)
    }

    /// Name of its host vNIC for storage on a port.
    pub fn storage_vnic(&self, port: &str) -> String {
        format!("vSMB({}#{port})", self.name)
    }

    /// VLAN of the storage adapter at the port of this position.
    pub fn storage_vlan(&self, position: usize) -> u16 {
        let default = FIRST_STORAGE_VLAN.saturating_add(u16::try_from(position).unwrap_or(0));
        self.storage_vlans.get(position).copied().unwrap_or(default)
    }

    /// RDMA is not to be used: storage on ports that have none. Network ATC would stop with RDMANotOperational.
    pub fn without_rdma(&self) -> bool {
        self.storage && !self.rdma
    }
}

/// Network ATC is held on the nodes whose turn has not come, and intents of today that the plan does not have are taken away. What they
/// made stays on the nodes until each has its turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Nodes.
    pub nodes: Vec<String>,
    /// Intents of today that end.
    pub ended: Vec<Intent>,
    /// Intents that the nodes' scripts add.
    pub added: Vec<String>,
    /// Lists of intents of the inventory, by column, where it has any.
    pub lists: Vec<(&'static str, Values<Vec<String>>)>,
}

/// What Network ATC is told to leave alone, or to set otherwise than by itself, for the whole cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overrides {
    /// It does not rename cluster networks.
    pub keeps_names: bool,
    /// It does not choose networks for live migration.
    pub keeps_lists: bool,
    /// Live migrations at once, before and after; it takes one.
    pub at_once: Option<(Option<u32>, u8)>,
    /// Performance option of live migration.
    pub transport: Option<Transport>,
    /// Limit of live migration over SMB, Gbit/s.
    pub smb_gbps: Option<u32>,
}

/// One property of the overrides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Name.
    pub name: &'static str,
    /// Value as PowerShell writes it.
    pub value: String,
    /// The decision that it serves.
    pub why: &'static str,
}

impl Overrides {
    /// The properties that are set, in the order of `New-NetIntentGlobalClusterOverrides`.
    pub fn values(&self) -> Vec<Override> {
        let mut found = Vec::new();
        let mut add = |set: bool, name: &'static str, value: String, why: &'static str| {
            if set {
                found.push(Override { name, value, why });
            }
        };
        let no = || "$false".to_owned();
        add(
            self.keeps_names,
            "EnableNetworkNaming",
            no(),
            "cluster networks keep the names of cluster_networks.csv, by which the scripts find them",
        );
        add(
            self.keeps_lists,
            "EnableLiveMigrationNetworkSelection",
            no(),
            "live migration goes over the plan's networks: the lists of the cluster and of the hosts",
        );
        let option = self.transport.map(|t| match t {
            Transport::Tcp => "TCPIP",
            Transport::Compression => "Compression",
            Transport::Smb => "SMB",
        });
        let transport = "live_migration_transport of clusters.csv";
        add(
            option.is_some(),
            "EnableVirtualMachineMigrationPerformanceSelection",
            no(),
            transport,
        );
        add(
            option.is_some(),
            "VirtualMachineMigrationPerformanceOption",
            format!("'{}'", option.unwrap_or_default()),
            transport,
        );
        let number = self.at_once.map(|(_, number)| number.to_string());
        add(
            number.is_some(),
            "MaximumVirtualMachineMigrations",
            number.unwrap_or_default(),
            "concurrent_migrations of clusters.csv; Network ATC takes one",
        );
        let gbps = self.smb_gbps.map(|gbps| gbps.to_string());
        add(
            gbps.is_some(),
            "MaximumSMBMigrationBandwidthInGbps",
            gbps.unwrap_or_default(),
            "share of live migration beside SMB storage in the plan",
        );
        found
    }
}
