//! Columns for the rules about storage, RDMA and SMB.

use super::Family;
use crate::inventory::catalogue::Column;
use crate::inventory::catalogue::Kind::{Addresses, Names, YesNo};

const SMB_CLIENT_RDMA: Column = Column::fact(
    "smb_client_rdma",
    YesNo,
    "The SMB client sees RDMA on it (Get-SmbClientNetworkInterface, RdmaCapable).",
    "yes",
)
.also(&["RdmaCapable"]);
const GATEWAY: Column = Column::fact(
    "gateway",
    Addresses,
    "Default gateway (Get-NetIPConfiguration, IPv4DefaultGateway); none = it has none.",
    "10.0.0.1",
)
.also(&["DefaultGateway", "IPv4DefaultGateway"]);
const DNS_SERVERS: Column = Column::fact(
    "dns_servers",
    Addresses,
    "DNS servers (Get-DnsClientServerAddress, ServerAddresses); none = it has none.",
    "10.0.0.10;10.0.0.11",
)
.also(&["DnsServer", "ServerAddresses"]);

pub(super) const COLUMNS: Family = Family {
    clusters: &[Column::fact(
        "deployed",
        YesNo,
        "Azure Local has been deployed; no = the nodes are being prepared.",
        "yes",
    )],
    nodes: &[
        Column::fact(
            "smb_signing",
            YesNo,
            "The node asks for signed SMB (Get-SmbServerConfiguration, RequireSecuritySignature).",
            "no",
        )
        .also(&["RequireSecuritySignature"]),
        Column::fact(
            "smb_encryption",
            YesNo,
            "The node encrypts SMB (Get-SmbServerConfiguration, EncryptData).",
            "no",
        )
        .also(&["EncryptData"]),
        Column::fact(
            "smb_constraints",
            Names,
            "Adapters that SMB Multichannel is limited to (Get-SmbMultichannelConstraint, InterfaceAlias); none = not limited.",
            "SMB01;SMB02",
        )
        .also(&["SmbMultichannelConstraint"]),
    ],
    nics: &[
        SMB_CLIENT_RDMA,
        GATEWAY,
        DNS_SERVERS,
        Column::fact(
            "infiniband",
            YesNo,
            "The port is InfiniBand, not Ethernet (Get-NetAdapter, PhysicalMediaType).",
            "no",
        ),
    ],
    host_vnics: &[
        SMB_CLIENT_RDMA,
        GATEWAY,
        DNS_SERVERS,
        Column::fact(
            "team_mapping",
            Names,
            "Port of the team that the host vNIC is bound to (Get-VMNetworkAdapterTeamMapping -ManagementOS, NetAdapterName); \
             none = not bound.",
            "SLOT 3 Port 1",
        ),
    ],
    vnics: &[Column::fact(
        "guest_rdma",
        YesNo,
        "The guest may use RDMA (Get-VMNetworkAdapterRdma, RdmaWeight above 0).",
        "no",
    )],
    ..Family::NONE
};
