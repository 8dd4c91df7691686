//! VMQ on Broadcom ports of 1 GbE, which lose the network of VMs.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Nic};
use crate::profiles::{WS2012, WS2012R2};
use crate::units::Mbps;

/// The rule.
pub static RULE: Rule = Rule {
    name: "vmq-on-broadcom-1g",
    severity: Severity::Warning,
    family: "vnic",
    summary: "VMQ is on at a Broadcom port of 1 GbE under a virtual switch",
    risk: "VMs lose their connection or become very slow until the driver is newer or VMQ is off",
    source: "Microsoft KB 2902166",
    page: include_str!("vmq_on_broadcom_1g.md"),
    columns: &[
        "nics.vmq",
        "nics.model",
        "nics.speed_mbps",
        "switches.nics",
        "clusters.profile",
    ],
    needs: &["nics.vmq", "nics.model"],
    versions: Versions::between(WS2012, WS2012R2),
    check,
    ..Rule::BASE
};

/// Speed of the ports in question, Mbit/s.
const GIGABIT: Mbps = 1_000;

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for node in &cluster.nodes {
        let found: Vec<&Nic> = node.nics.iter().filter(|nic| is_affected(nic)).collect();
        if found.is_empty() {
            continue;
        }
        let names: Vec<&str> = found.iter().map(|nic| nic.name.as_str()).collect();
        let quoted: Vec<String> = names.iter().map(|nic| fixes::quoted(nic)).collect();
        report.add(Fault {
            subject: node.name.clone(),
            message: format!(
                "VMQ is on at {} of {}, Broadcom ports of 1 GbE",
                lookup::list(&names),
                node.name
            ),
            current: "VMQ on".to_owned(),
            expected: "VMQ off, which costs nothing at 1 GbE".to_owned(),
            fix: format!(
                "Disable-NetAdapterVmq -CimSession {} -Name {}",
                fixes::quoted(&node.name),
                quoted.join(",")
            ),
            at: found.iter().map(|nic| report.at(nic.origin, "vmq")).collect(),
        });
    }
}

fn is_affected(nic: &Nic) -> bool {
    nic.vmq == Some(true)
        && nic.speed <= GIGABIT
        && nic.switch.is_some()
        && nic.model.to_lowercase().contains("broadcom")
}
