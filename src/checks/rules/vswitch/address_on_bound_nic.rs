//! TCP/IP on a port that belongs to a virtual switch.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "address-on-bound-nic",
    severity: Severity::Error,
    family: "vswitch",
    summary: "a port under a virtual switch has TCP/IP of its own",
    risk: "the host sends and answers past the switch: traffic takes the wrong way, and connections of host or \
        VMs break",
    source: "Microsoft, Validate-DCB (global unit tests); nvspbind, MSDN Code Archive",
    page: include_str!("address_on_bound_nic.md"),
    columns: &[
        "nics.tcpip_bound",
        "nics.addresses",
        "nics.current_role",
        "switches.nics",
    ],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for node in &cluster.nodes {
        let wrong: Vec<&Nic> = node.nics.iter().filter(|nic| has_tcpip(nic)).collect();
        let Some(first) = wrong.first() else { continue };
        let names: Vec<&str> = wrong.iter().map(|nic| nic.name.as_str()).collect();
        report.add(Fault {
            subject: node.name.clone(),
            message: format!(
                "{} on {} {} under a virtual switch, but TCP/IP is bound to the port itself",
                lookup::list(&names),
                node.name,
                if wrong.len() == 1 { "is" } else { "are" }
            ),
            current: if first.addresses.is_empty() {
                "TCP/IP bound".to_owned()
            } else {
                lookup::list(&first.addresses)
            },
            expected: "only the switch protocol on the port, addresses on a host vNIC".to_owned(),
            fix: fix(cluster, node, &wrong),
            at: wrong.iter().map(|nic| report.at(nic.origin, column(nic))).collect(),
        });
    }
}

/// The binding decides where it is known; else an address shows it.
fn has_tcpip(nic: &Nic) -> bool {
    let bound = nic.facts.yes("tcpip_bound").unwrap_or(!nic.addresses.is_empty());
    nic.switch.is_some() && bound
}

fn column(nic: &Nic) -> &'static str {
    if nic.facts.yes("tcpip_bound").is_some() {
        "tcpip_bound"
    } else {
        "addresses"
    }
}

fn fix(cluster: &Cluster, node: &Node, nics: &[&Nic]) -> String {
    let first = "at the console, since the host may be reached over it: move the address to a host vNIC of the switch, or to a port without one; then ";
    if fixes::is_2008r2(cluster) {
        let lines: Vec<String> = nics
            .iter()
            .map(|nic| format!("nvspbind /d \"{0}\" ms_tcpip & nvspbind /d \"{0}\" ms_tcpip6", nic.name))
            .collect();
        return format!("{first}on {}: {}", node.name, lines.join(" & "));
    }
    let names: Vec<String> = nics.iter().map(|nic| fixes::quoted(&nic.name)).collect();
    format!(
        "{first}Disable-NetAdapterBinding -CimSession {} -Name {} -ComponentID ms_tcpip,ms_tcpip6",
        fixes::quoted(&node.name),
        names.join(",")
    )
}
