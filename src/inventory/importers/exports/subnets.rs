//! Addresses of adapters, what the cluster says of them, and the cluster networks that follow from them.
//!
//! In: the estate with adapters, teams and cluster networks. Out: its cells completed; an address that two exports state differently.
//! Must not know: forms, cmdlets.

use super::estate::{Adapter, AdapterKind, Estate, Team, key};
use crate::inventory::entities::Origin;
use crate::inventory::raw::Difference;
use crate::units::{Subnet, bare_address};

/// Addresses of ports and host vNICs; those of a team that carries no switch stand at its members.
pub(super) fn addresses(estate: &mut Estate) {
    for at in 0..estate.adapters.len() {
        let adapter = estate.adapters[at].clone();
        let Some((_, place)) = adapter.addresses.first().cloned() else {
            continue;
        };
        let list: Vec<&str> = adapter.addresses.iter().map(|(text, _)| text.as_str()).collect();
        let text = list.join(";");
        for row in carriers(estate, &adapter) {
            estate.put(row, "addresses", &text, place);
        }
        contradiction(estate, &adapter, &text, place);
        if let (true, Some(row)) = (adapter.gateway, estate.find("nodes", &[&adapter.node])) {
            let v4 = list.iter().find(|text| !text.contains(':'));
            let address = v4.map(|text| bare_address(text)).unwrap_or_default();
            estate.put(row, "management_ip", address, place);
        }
    }
}

/// The cluster knows an adapter by another address than the adapter has: one of the two exports is older.
fn contradiction(estate: &mut Estate, adapter: &Adapter, addresses: &str, place: Origin) {
    let (Some(row), Some((of_cluster, other))) = (adapter.row, &adapter.of_cluster) else {
        return;
    };
    let host = |text: &str| text.split(['/', '%']).next().unwrap_or_default().to_lowercase();
    let is_same = |text: &str| host(text) == host(of_cluster);
    let of_family = |text: &str| text.contains(':') == of_cluster.contains(':');
    let mut own = addresses.split(';').filter(|text| of_family(text)).peekable();
    if own.peek().is_none() || own.any(is_same) {
        return;
    }
    estate.differences.push(Difference {
        table: estate.rows[row].table,
        name: estate.rows[row].name.clone(),
        column: "addresses",
        taken: (addresses.to_owned(), place),
        other: (of_cluster.clone(), *other),
        record: estate.rows[row].record,
    });
}

/// Where no export says on which cluster network an adapter is, the network of its subnet is the one: a cluster makes them so.
pub(super) fn cluster_networks(estate: &mut Estate) {
    let named = |row: usize| {
        let subnet = Subnet::parse(estate.text(row, "subnet"))?;
        (!subnet.is_link_local()).then(|| (subnet, estate.text(row, "network").to_owned()))
    };
    let networks: Vec<_> = estate
        .rows_of("cluster_networks")
        .into_iter()
        .filter_map(named)
        .collect();
    for row in [estate.rows_of("nics"), estate.rows_of("host_vnics")].concat() {
        if !estate.text(row, "cluster_network").is_empty() {
            continue;
        }
        let addresses = estate.text(row, "addresses").to_owned();
        let place = estate.rows[row].place("addresses");
        let own: Vec<Subnet> = addresses.split(';').filter_map(Subnet::address).collect();
        let inside = |(subnet, _): &&(Subnet, String)| own.iter().any(|address| subnet.holds(address));
        if let [(_, name)] = networks.iter().filter(inside).collect::<Vec<_>>()[..] {
            estate.put(row, "cluster_network", name, place);
        }
    }
}

/// A cluster network has the VLAN in which all its adapters send; Windows keeps it nowhere else. Untagged adapters tell nothing: their VLAN is
/// set at the physical switch.
pub(super) fn vlans(estate: &mut Estate) {
    for network in estate.rows_of("cluster_networks") {
        let name = estate.text(network, "network").to_owned();
        let on_it = |row: &usize| estate.text(*row, "cluster_network").eq_ignore_ascii_case(&name);
        let tagged = |table: &'static str, column: &'static str| {
            let rows = estate.rows_of(table).into_iter().filter(on_it);
            rows.map(|row| (estate.text(row, column), estate.rows[row].place(column)))
                .collect::<Vec<_>>()
        };
        let found = [tagged("nics", "nic_vlan"), tagged("host_vnics", "vlan")].concat();
        let Some((first, place)) = found.first().map(|(text, place)| ((*text).to_owned(), *place)) else {
            continue;
        };
        let known = first.parse::<u16>().is_ok_and(|vlan| vlan > 0);
        if known && found.iter().all(|(text, _)| *text == first) {
            estate.put(network, "vlan", &first, place);
        }
    }
}

/// Rows that an adapter stands for.
fn carriers(estate: &Estate, adapter: &Adapter) -> Vec<usize> {
    if let Some(row) = adapter.row {
        return vec![row];
    }
    if adapter.kind != AdapterKind::Team || adapter.under_switch {
        return Vec::new();
    }
    let node = key(&[&adapter.node]);
    let ours = |((n, _), team): &(&(String, String), &Team)| {
        *n == node && team.interfaces.keys().any(|i| i.eq_ignore_ascii_case(&adapter.name))
    };
    let members = estate.teams.iter().find(ours).map(|(_, team)| team.members.clone());
    let members = members.unwrap_or_default();
    members
        .iter()
        .filter_map(|m| estate.find("nics", &[&adapter.node, m]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The network that a port with these addresses is concluded to be on.
    fn network_of(addresses: &str, networks: &[(&str, &str)]) -> String {
        let mut estate = Estate::default();
        let place = Origin::default();
        for (name, subnet) in networks {
            let row = estate.row("cluster_networks", &[name], name, place);
            estate.put(row, "network", name, place);
            estate.put(row, "subnet", subnet, place);
        }
        let port = estate.row("nics", &["HV1", "A"], "A", place);
        estate.put(port, "addresses", addresses, place);
        cluster_networks(&mut estate);
        estate.text(port, "cluster_network").to_owned()
    }

    #[test]
    fn an_adapter_is_on_the_one_network_whose_subnet_holds_an_address_of_it() {
        let both = [("LAN", "10.0.1.0/24"), ("SMB", "fd00:5::/64")];
        assert_eq!(network_of("10.0.1.7/24", &both), "LAN");
        assert_eq!(network_of("169.254.3.4/16;fd00:5::11/64", &both), "SMB");
        assert_eq!(network_of("10.0.2.7/24;fd00:6::11/64", &both), "");
        assert_eq!(
            network_of("10.0.1.7/24;fd00:5::11/64", &both),
            "",
            "two networks would do"
        );
        let link_local = [("LAN", "10.0.1.0/24"), ("Link", "fe80::/64")];
        assert_eq!(
            network_of("fe80::1/64", &link_local),
            "",
            "every adapter has such an address"
        );
    }
}
