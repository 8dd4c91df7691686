//! Addresses of several VLANs on a port that can have one.

use crate::checks::rules::adapters::{Adapter, ports};
use crate::checks::rules::places::Alike;
use crate::checks::rules::{Fault, Report, Rule, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};

/// The rule.
pub static RULE: Rule = Rule {
    name: "several-vlans-on-one-port",
    severity: Severity::Warning,
    family: "vlan",
    summary: "a port without virtual switch has addresses of cluster networks in different VLANs",
    risk: "an adapter of Windows has one VLAN ID: the nodes do not meet in the other networks, and the cluster may count them as partitioned",
    source: "Microsoft, Set-NetAdapter (VlanID is one number); Network Recommendations for a Hyper-V Cluster (host vNICs with a VLAN each)",
    page: include_str!("several_vlans_on_one_port.md"),
    columns: &[
        "nics.addresses",
        "nics.current_role",
        "switches.nics",
        "cluster_networks.subnet",
        "cluster_networks.vlan",
    ],
    needs: &["nics.addresses", "cluster_networks.vlan"],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let mut found = Alike::new();
    for node in &cluster.nodes {
        for port in ports(node).filter(|port| port.is_bare()) {
            let networks = networks(cluster, &port);
            let blank = cluster.networks.iter().any(|n| n.vlan.is_some() && n.subnet.is_empty());
            if blank && port.subnets().len() > 1 {
                report.lacks("cluster_networks.subnet");
            }
            let differ = networks.iter().any(|(vlan, _)| *vlan != networks[0].0);
            if differ {
                found.add((port.name, networks), node, report.at(port.origin, "addresses"));
            }
        }
    }
    for ((port, networks), places) in found {
        let named: Vec<String> = networks
            .iter()
            .map(|(vlan, name)| format!("{name} (VLAN {vlan})"))
            .collect();
        report.add(Fault {
            subject: port.to_owned(),
            message: format!(
                "{port} has addresses of {} on {}, and no virtual switch tells their VLANs apart",
                lookup::list(&named),
                places.nodes()
            ),
            current: named.join(", "),
            expected: "one VLAN on a port without virtual switch".to_owned(),
            fix: format!(
                "keep the address of one network on {port} and let the other traffic use it too (remove the other addresses, give \
                 the cluster network that stays the role 1 and list it for live migration); or put a virtual \
                 switch on the ports, with a host vNIC and its VLAN for each network"
            ),
            at: places.at,
        });
    }
}

/// Networks with a VLAN on which a port has an address.
fn networks<'a>(cluster: &'a Cluster, port: &Adapter<'_>) -> Vec<(u16, &'a str)> {
    let tagged = cluster.networks.iter().filter_map(|n| Some((n.vlan?, n)));
    let here = tagged.filter(|(_, network)| port.holds_address_of(network));
    here.map(|(vlan, network)| (vlan, network.name.as_str())).collect()
}
