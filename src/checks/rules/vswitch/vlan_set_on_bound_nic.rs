//! A VLAN in the driver of a port that belongs to a virtual switch.

use crate::checks::rules::{Fault, Report, Rule, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic, Node};

/// The rule.
pub static RULE: Rule = Rule {
    name: "vlan-set-on-bound-nic",
    severity: Severity::Error,
    family: "vswitch",
    summary: "a port under a virtual switch has a VLAN in its own driver",
    risk: "frames are tagged twice or lose their tag: VMs and host vNICs with a VLAN of their own have no network",
    source: "Microsoft, Validate-DCB (global unit tests); T. Joos, ADMIN magazine (VLAN IDs on 2008 R2)",
    page: include_str!("vlan_set_on_bound_nic.md"),
    columns: &[
        "nics.nic_vlan",
        "nics.current_role",
        "switches.nics",
        "clusters.profile",
    ],
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    // On 2008 R2 vendor software makes a port of its own for each VLAN, which may lie under a virtual network.
    let severity = if fixes::is_2008r2(cluster) {
        Severity::Info
    } else {
        Severity::Error
    };
    for node in &cluster.nodes {
        let wrong: Vec<(&Nic, u16)> = node
            .nics
            .iter()
            .filter_map(|nic| own_vlan(nic).map(|v| (nic, v)))
            .collect();
        let Some((first, vlan)) = wrong.first() else { continue };
        let names: Vec<&str> = wrong.iter().map(|(nic, _)| nic.name.as_str()).collect();
        let fault = Fault {
            subject: node.name.clone(),
            message: format!(
                "{} on {} {} under virtual switch {}",
                lookup::list(&names),
                node.name,
                if names.len() == 1 {
                    "has a VLAN in its driver, but lies"
                } else {
                    "have a VLAN in their drivers, but lie"
                },
                first.switch.as_deref().unwrap_or_default()
            ),
            current: format!("VLAN {vlan} on {}", first.name),
            expected: "no VLAN on the port; VLANs on host vNICs and adapters of VMs".to_owned(),
            fix: fix(cluster, node, &names, *vlan),
            at: wrong.iter().map(|(nic, _)| report.at(nic.origin, "nic_vlan")).collect(),
        };
        report.add_as(severity, fault);
    }
}

fn own_vlan(nic: &Nic) -> Option<u16> {
    nic.set_vlan().filter(|_| nic.switch.is_some())
}

fn fix(cluster: &Cluster, node: &Node, nics: &[&str], vlan: u16) -> String {
    if fixes::is_2008r2(cluster) {
        return format!(
            "on {} clear the VLAN in Device Manager, Advanced, of {}; the host's own VLAN belongs in Virtual \
             Network Manager, \"Enable virtual LAN identification for management operating system\", that of a \
             VM in the VM's network adapter",
            node.name,
            lookup::list(nics)
        );
    }
    let names: Vec<String> = nics.iter().map(|nic| fixes::quoted(nic)).collect();
    format!(
        "{}, then at its console, since the host may be reached over it: Set-NetAdapter -Name {} -VlanID 0, and VLAN {vlan} at the \
         host vNICs without one (Set-VMNetworkAdapterVlan -ManagementOS -Access -VlanId {vlan}) and at the VMs that come back",
        fixes::drain(cluster, &node.name),
        names.join(",")
    )
}
