//! Addresses, gateways, DNS of adapters.

use super::{Cmdlet, Item};
use crate::inventory::importers::exports::estate::{AdapterKind, Estate};
use std::net::IpAddr;

pub(super) const CMDLETS: &[&Cmdlet] = &[
    &Cmdlet {
        name: "Get-NetIPAddress",
        types: &["MSFT_NetIPAddress"],
        signature: &["IPAddress", "PrefixLength", "InterfaceAlias|InterfaceIndex|ifIndex"],
        reads: &[
            "IPAddress",
            "PrefixLength",
            "InterfaceAlias",
            "InterfaceIndex",
            "ifIndex",
            "PrefixOrigin",
        ],
        per_node: true,
        collect: "Get-NetIPAddress -CimSession $Node",
        flatten: &[("PrefixOrigin", "[string]$_.PrefixOrigin")],
        read: address,
    },
    &Cmdlet {
        name: "Get-NetRoute",
        types: &["MSFT_NetRoute"],
        signature: &["DestinationPrefix", "NextHop"],
        reads: &[
            "DestinationPrefix",
            "NextHop",
            "InterfaceAlias",
            "InterfaceIndex",
            "ifIndex",
        ],
        per_node: true,
        collect: "Get-NetRoute -CimSession $Node | Where-Object { $_.DestinationPrefix -eq '0.0.0.0/0' }",
        flatten: &[],
        read: route,
    },
    &Cmdlet {
        name: "Get-DnsClientServerAddress",
        types: &["MSFT_DNSClientServerAddress"],
        signature: &["ServerAddresses", "InterfaceAlias"],
        reads: &["ServerAddresses", "InterfaceAlias", "InterfaceIndex"],
        per_node: true,
        collect: "Get-DnsClientServerAddress -CimSession $Node",
        flatten: &[],
        read: dns_servers,
    },
    &Cmdlet {
        name: "Get-DnsClient",
        types: &["MSFT_DNSClient"],
        signature: &["RegisterThisConnectionsAddress", "InterfaceAlias"],
        reads: &["RegisterThisConnectionsAddress", "InterfaceAlias", "InterfaceIndex"],
        per_node: true,
        collect: "Get-DnsClient -CimSession $Node",
        flatten: &[],
        read: dns_client,
    },
    &super::old_hosts::CONFIGURATION,
];

fn adapter_of(item: &Item<'_>, estate: &Estate) -> Option<usize> {
    let index = item.get(&["InterfaceIndex", "ifIndex"]).and_then(|f| f.value.number());
    let index = index.map_or(String::new(), |n| format!("#{n}"));
    estate.adapter(item.node, &[item.text("InterfaceAlias"), &index])
}

/// Row of the port or host vNIC.
fn row_of(item: &Item<'_>, estate: &Estate) -> Option<usize> {
    estate.adapters[adapter_of(item, estate)?].row
}

/// An address that says on which network an adapter is: none that Windows gives itself.
pub(in super::super) fn tells_network(text: &str) -> bool {
    let plain = text.split(['/', '%']).next().unwrap_or_default();
    plain.parse::<IpAddr>().is_ok_and(|ip| match ip {
        IpAddr::V4(v4) => !v4.is_link_local() && !v4.is_loopback(),
        IpAddr::V6(v6) => !v6.is_unicast_link_local() && !v6.is_loopback(),
    })
}

fn address(item: &Item<'_>, estate: &mut Estate) {
    let Some(found) = item.get(&["IPAddress"]) else { return };
    let Some(address) = found.value.text().filter(|text| tells_network(text)) else {
        return;
    };
    let Some(at) = adapter_of(item, estate) else { return };
    let length = item.get(&["PrefixLength"]).and_then(|f| f.value.number());
    let text = length.map_or(address.to_owned(), |n| format!("{address}/{n}"));
    let adapter = &mut estate.adapters[at];
    if !adapter.addresses.iter().any(|(known, _)| *known == text) {
        adapter.addresses.push((text, found.place));
    }
    let Some(row) = adapter.row else { return };
    // PrefixOrigin: Manual 1, Dhcp 3.
    let origins = [(1, "Manual", "no"), (3, "Dhcp", "yes")];
    if !address.contains(':') && estate.text(row, "dhcp").is_empty() {
        item.word(estate, row, "dhcp", "PrefixOrigin", &origins);
    }
}

fn route(item: &Item<'_>, estate: &mut Estate) {
    if item.text("DestinationPrefix") != "0.0.0.0/0" {
        return;
    }
    let Some(at) = adapter_of(item, estate) else { return };
    estate.adapters[at].gateway = true;
    let adapter = &estate.adapters[at];
    if let (Some(row), AdapterKind::Port | AdapterKind::HostVnic) = (adapter.row, adapter.kind) {
        item.copy(estate, row, "gateway", &["NextHop"]);
    }
}

fn dns_servers(item: &Item<'_>, estate: &mut Estate) {
    let Some(row) = row_of(item, estate) else { return };
    let Some(found) = item.get(&["ServerAddresses"]) else {
        return;
    };
    let servers: Vec<&str> = found.value.texts().into_iter().filter(|s| !s.contains(':')).collect();
    if estate.text(row, "dns_servers").is_empty() {
        estate.put(row, "dns_servers", &servers.join(";"), found.place);
    }
}

fn dns_client(item: &Item<'_>, estate: &mut Estate) {
    if let Some(row) = row_of(item, estate) {
        item.flag(estate, row, "dns_registration", &["RegisterThisConnectionsAddress"]);
    }
}
