//! Every name, address and MAC of a cluster, in one walk: it is done twice, to collect and to replace, so that both see the same.

use crate::inventory::{Cluster, Fact, Facts, Nic, Node, Vm};
use crate::units::{Mac, MacRange};
use std::net::Ipv4Addr;

/// What kind of thing a name is; names of one kind share their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Cluster,
    Node,
    /// Ports, host vNICs and teams: settings name either.
    Adapter,
    Card,
    Tor,
    TorPort,
    Switch,
    Network,
    Vm,
    Vnic,
    Zone,
    Group,
    Nlb,
    Intent,
    Suffix,
    GuestCluster,
    GuestTeam,
    Volume,
    /// Text that may hold IP addresses, subnets or ranges.
    Address,
}

/// One thing that is to be replaced.
pub(super) enum Seen<'a> {
    Text(Kind, &'a mut String),
    Ip(&'a mut Ipv4Addr),
    Mac(&'a mut Mac),
    /// A pool of dynamic addresses: its makers keep their addresses, so that what lies inside stays inside.
    Pool(&'a MacRange),
}

/// Takes what is found.
type See<'s> = dyn FnMut(Seen<'_>) + 's;

/// Columns of the review that hold names or addresses; the others hold numbers, words of a list, products and versions.
pub(super) const REVIEW: [(&str, Kind); 18] = [
    ("binding_order", Kind::Adapter),
    ("cluster_network", Kind::Network),
    ("compute_intents", Kind::Intent),
    ("dns_servers", Kind::Address),
    ("dns_suffixes", Kind::Suffix),
    ("failed_intents", Kind::Intent),
    ("gateway", Kind::Address),
    ("guest_cluster", Kind::GuestCluster),
    ("guest_team", Kind::GuestTeam),
    ("infrastructure_ip_pool", Kind::Address),
    ("intents", Kind::Intent),
    ("management_intents", Kind::Intent),
    ("replica_subnet", Kind::Address),
    ("smb_constraints", Kind::Adapter),
    ("static_routes", Kind::Address),
    ("storage_intents", Kind::Intent),
    ("stretch_intents", Kind::Intent),
    ("team_interfaces", Kind::Adapter),
];

/// Further ones, and those whose text names a product or version and stays.
pub(super) const MORE_REVIEW: [(&str, Option<Kind>); 10] = [
    ("driver_provider", None),
    ("driver_version", None),
    ("edition", None),
    ("extensions", None),
    ("windows_description", None),
    ("not_exported", None),
    ("processor_model", None),
    ("processor_vendor", None),
    ("team_mapping", Some(Kind::Adapter)),
    ("volume", Some(Kind::Volume)),
];

/// What the text of a review column is; a column that nobody listed is taken for a name of its own.
fn kind_of(column: &str) -> Option<Kind> {
    if let Some((_, kind)) = MORE_REVIEW.iter().find(|(name, _)| *name == column) {
        return *kind;
    }
    REVIEW.iter().find(|(name, _)| *name == column).map(|(_, kind)| *kind)
}

fn text(kind: Kind, text: &mut String, see: &mut See<'_>) {
    if !text.is_empty() {
        see(Seen::Text(kind, text));
    }
}

fn all(kind: Kind, list: &mut [String], see: &mut See<'_>) {
    list.iter_mut().for_each(|name| text(kind, name, see));
}

fn facts(facts: &mut Facts, see: &mut See<'_>) {
    facts.each_mut(&mut |column, fact| match (fact, kind_of(column)) {
        (Fact::Text(value), Some(kind)) => text(kind, value, see),
        (Fact::List(values), Some(kind)) => all(kind, values, see),
        (Fact::Mac(mac), _) => see(Seen::Mac(mac)),
        _ => {}
    });
}

/// Shows every name, address and MAC of a cluster.
pub(super) fn each(cluster: &mut Cluster, see: &mut See<'_>) {
    text(Kind::Cluster, &mut cluster.name, see);
    all(Kind::Network, &mut cluster.migration.exclude_networks, see);
    all(Kind::Network, &mut cluster.migration.network_order, see);
    facts(&mut cluster.facts, see);
    for tor in &mut cluster.tors {
        text(Kind::Tor, &mut tor.name, see);
    }
    for network in &mut cluster.networks {
        text(Kind::Network, &mut network.name, see);
        text(Kind::Address, &mut network.subnet, see);
        facts(&mut network.facts, see);
    }
    for (zone, _) in &mut cluster.policy.isolate_zones {
        text(Kind::Zone, zone, see);
    }
    cluster.nodes.iter_mut().for_each(|each| node(each, see));
    cluster.vms.iter_mut().for_each(|each| vm(each, see));
}

fn node(node: &mut Node, see: &mut See<'_>) {
    text(Kind::Node, &mut node.name, see);
    text(Kind::Address, &mut node.management_ip, see);
    facts(&mut node.facts, see);
    if let Some(subnets) = &mut node.migration.subnets {
        all(Kind::Address, subnets, see);
    }
    if let Some(pool) = &mut node.mac_pool {
        see(Seen::Pool(pool));
        see(Seen::Mac(&mut pool.min));
        see(Seen::Mac(&mut pool.max));
    }
    node.nics.iter_mut().for_each(|each| nic(each, see));
    for switch in &mut node.switches {
        text(Kind::Switch, &mut switch.name, see);
        all(Kind::Adapter, &mut switch.nics, see);
        facts(&mut switch.facts, see);
    }
    for vnic in &mut node.host_vnics {
        text(Kind::Adapter, &mut vnic.name, see);
        text(Kind::Switch, &mut vnic.switch, see);
        all(Kind::Address, &mut vnic.addresses, see);
        vnic.mac.iter_mut().for_each(|mac| see(Seen::Mac(mac)));
        facts(&mut vnic.facts, see);
    }
}

fn nic(nic: &mut Nic, see: &mut See<'_>) {
    text(Kind::Adapter, &mut nic.name, see);
    text(Kind::Card, &mut nic.card, see);
    text(Kind::TorPort, &mut nic.tor_port, see);
    text(Kind::Adapter, &mut nic.team, see);
    if let Some((_, far)) = &mut nic.direct_to {
        text(Kind::Adapter, far, see);
    }
    if let Some(switch) = &mut nic.switch {
        text(Kind::Switch, switch, see);
    }
    all(Kind::Address, &mut nic.addresses, see);
    nic.mac.iter_mut().for_each(|mac| see(Seen::Mac(mac)));
    facts(&mut nic.facts, see);
}

fn vm(vm: &mut Vm, see: &mut See<'_>) {
    text(Kind::Vm, &mut vm.name, see);
    text(Kind::Group, &mut vm.anti_affinity, see);
    if let Some(nlb) = &mut vm.nlb {
        text(Kind::Nlb, &mut nlb.name, see);
        nlb.vip.iter_mut().for_each(|ip| see(Seen::Ip(ip)));
    }
    facts(&mut vm.facts, see);
    for vnic in &mut vm.vnics {
        text(Kind::Vnic, &mut vnic.name, see);
        text(Kind::Switch, &mut vnic.switch, see);
        text(Kind::Zone, &mut vnic.zone, see);
        vnic.mac.iter_mut().for_each(|mac| see(Seen::Mac(mac)));
        facts(&mut vnic.facts, see);
    }
}

/// Takes out what people wrote in their own words; of reasons that are read, the usual words stay.
pub(super) fn forget_remarks(cluster: &mut Cluster) {
    const USUAL: [&str; 9] = [
        "activation",
        "dhcp reservation",
        "licence",
        "license",
        "nested",
        "appliance",
        "carp",
        "containers",
        "bridge",
    ];
    for level in &mut cluster.policy.rules {
        level.reason = "a reason of the owner's".to_owned();
    }
    for vm in &mut cluster.vms {
        for reason in [&mut vm.mac_bound, &mut vm.spoofing_reason] {
            if !reason.is_empty() && !USUAL.contains(&reason.to_lowercase().as_str()) {
                *reason = "a reason of the owner's".to_owned();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inventory::catalogue::{Kind as Holds, TABLES};

    #[test]
    fn every_review_column_with_text_is_known_as_a_name_or_as_no_name() {
        for table in TABLES {
            for column in table.review().filter(|c| matches!(c.kind, Holds::Text | Holds::Names)) {
                let known = REVIEW.iter().any(|(name, _)| *name == column.name)
                    || MORE_REVIEW.iter().any(|(name, _)| *name == column.name);
                assert!(
                    known,
                    "{}.{}: is it a name that redact must replace?",
                    table.name, column.name
                );
            }
        }
    }
}
