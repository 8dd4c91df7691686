//! Operating system versions with their limits, as one table (a profile is one entry).
//!
//! Numbers come from Microsoft's "Hyper-V maximum scale limits", the NIC teaming and SET pages and the live-migration
//! FAQ of 2008 R2; each entry names its sources.

/// How live migration moves memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// Plain TCP, one stream over one network.
    Tcp,
    /// TCP with compression, one stream over one network.
    Compression,
    /// SMB 3: Multichannel over all equal NICs, RDMA where the NICs have it.
    Smb,
}

impl Transport {
    /// Reads `tcp`, `TCPIP`, `compression`, `smb`.
    pub fn parse(text: &str) -> Option<Transport> {
        match text.trim().to_ascii_lowercase().as_str() {
            "tcp" | "tcpip" | "tcp/ip" | "0" => Some(Transport::Tcp),
            "compression" | "1" => Some(Transport::Compression),
            "smb" | "smbdirect" | "smb direct" | "rdma" | "2" => Some(Transport::Smb),
            _ => None,
        }
    }

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Transport::Tcp => "tcp",
            Transport::Compression => "compression",
            Transport::Smb => "smb",
        }
    }
}

/// The teaming that a virtual switch (or a host NIC pair) uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TeamKind {
    /// NIC vendor's software (2008 R2).
    Vendor,
    /// Windows NIC Teaming, 2012 and 2012 R2 here.
    Lbfo,
    /// Switch Embedded Teaming, from 2016.
    Set,
}

impl TeamKind {
    /// Name for people.
    pub fn title(self) -> &'static str {
        match self {
            TeamKind::Vendor => "vendor team",
            TeamKind::Lbfo => "LBFO team",
            TeamKind::Set => "SET",
        }
    }
}

/// One OS version.
#[derive(Debug)]
pub struct Profile {
    /// Name in files: `2008r2` … `2025`, `azurelocal`.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// Position in time, for "from 2016 on" questions; use the constants beside [`PROFILES`].
    pub generation: u8,
    /// Nodes per cluster.
    pub max_nodes: usize,
    /// Running VMs per cluster.
    pub max_vms: usize,
    /// Running VMs per node.
    pub max_vms_per_node: usize,
    /// The team used for planned uplinks.
    pub team: TeamKind,
    /// Members a team may have.
    pub max_team: usize,
    /// Host vNICs that an external switch can serve beside the VMs; 2008 R2 has the one.
    pub max_host_vnics: usize,
    /// Live-migration transports on offer.
    pub transports: &'static [Transport],
    /// The transport when nothing is set.
    pub default_transport: Transport,
    /// Live migrations a node takes part in at once when nothing is set.
    pub default_concurrency: u32,
    /// Whether a NIC under a virtual switch keeps RDMA.
    pub rdma_on_switch: bool,
    /// Whether Network ATC configures the hosts (an intent makes the switch, shares are the host network requirements').
    pub network_atc: bool,
    /// Whether Network ATC can be used: there, and in the Datacenter edition of Windows Server 2025 (Microsoft, Network ATC overview).
    pub offers_network_atc: bool,
    /// Whether minimum-bandwidth weights exist.
    pub weights: bool,
    /// Planning default of management traffic in Mbit/s per node, used where the inventory says nothing.
    pub default_management: u64,
    /// Same for cluster and CSV traffic.
    pub default_cluster: u64,
    /// Same for storage.
    pub default_storage: u64,
    /// Same for replica.
    pub default_replica: u64,
    /// Where the limits come from.
    pub source: &'static str,
}

const TCP: &[Transport] = &[Transport::Tcp];
const ALL: &[Transport] = &[Transport::Tcp, Transport::Compression, Transport::Smb];
const SCALE: &str = "Microsoft, Hyper-V maximum scale limits; NIC Teaming; Switch Embedded Teaming";

/// `generation` of Windows Server 2008 R2.
pub const WS2008R2: u8 = 0;
/// `generation` of Windows Server 2012.
pub const WS2012: u8 = 1;
/// `generation` of Windows Server 2012 R2.
pub const WS2012R2: u8 = 2;
/// `generation` of Windows Server 2016.
pub const WS2016: u8 = 3;
/// `generation` of Windows Server 2019.
pub const WS2019: u8 = 4;
/// `generation` of Windows Server 2022.
pub const WS2022: u8 = 5;
/// `generation` of Windows Server 2025.
pub const WS2025: u8 = 6;
/// `generation` of Azure Local.
pub const AZURE_LOCAL: u8 = 7;

const BASE: Profile = Profile {
    name: "",
    title: "",
    generation: 0,
    max_nodes: 64,
    max_vms: 8000,
    max_vms_per_node: 1024,
    team: TeamKind::Set,
    max_team: 8,
    max_host_vnics: usize::MAX,
    transports: ALL,
    default_transport: Transport::Compression,
    default_concurrency: 2,
    rdma_on_switch: true,
    network_atc: false,
    offers_network_atc: false,
    weights: true,
    default_management: 100,
    default_cluster: 200,
    default_storage: 1000,
    default_replica: 100,
    source: SCALE,
};

/// All profiles, oldest first.
pub static PROFILES: [Profile; 8] = [
    Profile {
        name: "2008r2",
        title: "Windows Server 2008 R2",
        generation: WS2008R2,
        max_nodes: 16,
        max_vms: 1000,
        max_vms_per_node: 384,
        team: TeamKind::Vendor,
        max_team: 8,
        max_host_vnics: 1,
        transports: TCP,
        default_transport: Transport::Tcp,
        default_concurrency: 1,
        rdma_on_switch: false,
        weights: false,
        default_management: 50,
        default_cluster: 100,
        default_storage: 400,
        source: "Microsoft, Requirements and Limits for Virtual Machines and Hyper-V in Windows Server 2008 R2; Hyper-V Live Migration FAQ",
        ..BASE
    },
    Profile {
        name: "2012",
        title: "Windows Server 2012",
        generation: WS2012,
        team: TeamKind::Lbfo,
        max_team: 32,
        transports: TCP,
        default_transport: Transport::Tcp,
        rdma_on_switch: false,
        ..BASE
    },
    Profile {
        name: "2012r2",
        title: "Windows Server 2012 R2",
        generation: WS2012R2,
        team: TeamKind::Lbfo,
        max_team: 32,
        rdma_on_switch: false,
        ..BASE
    },
    Profile {
        name: "2016",
        title: "Windows Server 2016",
        generation: WS2016,
        ..BASE
    },
    Profile {
        name: "2019",
        title: "Windows Server 2019",
        generation: WS2019,
        ..BASE
    },
    Profile {
        name: "2022",
        title: "Windows Server 2022",
        generation: WS2022,
        default_concurrency: 1,
        ..BASE
    },
    Profile {
        name: "2025",
        title: "Windows Server 2025",
        generation: WS2025,
        default_concurrency: 1,
        offers_network_atc: true,
        ..BASE
    },
    Profile {
        name: "azurelocal",
        title: "Azure Local",
        generation: AZURE_LOCAL,
        default_concurrency: 1,
        network_atc: true,
        offers_network_atc: true,
        weights: false,
        default_storage: 4000,
        max_nodes: 16,
        source: "Microsoft, Azure Local host network requirements and system requirements",
        ..BASE
    },
];

/// Finds a profile by name or a common spelling (`2012 R2`, `WS2019`, `Windows Server 2022`, `Azure Stack HCI`).
///
/// "Azure" alone decides nothing: "Datacenter: Azure Edition" is an edition of Windows Server.
pub fn find(text: &str) -> Option<&'static Profile> {
    let key: String = text
        .to_ascii_lowercase()
        .chars()
        .filter(|c| c.is_ascii_alphanumeric())
        .collect();
    if ["azurelocal", "azl", "hci"].iter().any(|word| key.contains(word)) {
        return PROFILES.last();
    }
    let tail = key
        .trim_start_matches("microsoft")
        .trim_start_matches("windows")
        .trim_start_matches("ws")
        .trim_start_matches("server");
    PROFILES.iter().rev().find(|p| {
        tail == p.name
            || (tail.starts_with(p.name) && (p.name.ends_with("r2") || !tail[p.name.len()..].starts_with("r2")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_found_in_every_spelling() {
        for (text, name) in [
            ("2008 R2", "2008r2"),
            ("Windows Server 2012", "2012"),
            ("Windows Server 2012 R2 Datacenter", "2012r2"),
            ("WS2019", "2019"),
            ("Microsoft Windows Server 2022 Datacenter", "2022"),
            ("Windows Server 2022 Datacenter Azure Edition", "2022"),
            ("Microsoft Windows Server 2025 Datacenter: Azure Edition", "2025"),
            ("Azure Stack HCI", "azurelocal"),
            ("Microsoft AzureStackHCI", "azurelocal"),
            ("HCI 23H2", "azurelocal"),
            ("AzL", "azurelocal"),
            ("Azure Local", "azurelocal"),
            ("azurelocal", "azurelocal"),
        ] {
            assert_eq!(find(text).map(|p| p.name), Some(name), "{text}");
        }
        assert!(find("NT 4").is_none());
        assert!(find("Azure").is_none());
    }

    #[test]
    fn table_is_in_time_order() {
        for (index, profile) in PROFILES.iter().enumerate() {
            assert_eq!(profile.generation as usize, index);
        }
    }
}
