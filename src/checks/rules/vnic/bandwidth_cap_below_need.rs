//! Hyper-V lets an adapter send less than it needs.

use super::is_measured;
use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::demand::vnic_need;
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory};
use crate::profiles::WS2012;
use crate::units::show_mbps;

/// The rule.
pub static RULE: Rule = Rule {
    name: "bandwidth-cap-below-need",
    severity: Severity::Warning,
    family: "vnic",
    summary: "an adapter may send less than the VM is measured to need",
    risk: "Hyper-V throttles the VM even while the port is idle",
    source: "Microsoft, Set-VMNetworkAdapter, parameter MaximumBandwidth",
    page: include_str!("bandwidth_cap_below_need.md"),
    columns: &[
        "vnics.maximum_mbps",
        "vnics.p95_mbps",
        "vnics.peak_mbps",
        "vnics.average_mbps",
        "clusters.profile",
    ],
    versions: Versions::from(WS2012),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    for (vm, vnic) in lookup::vnics(cluster).filter(|(_, vnic)| is_measured(vnic)) {
        let need = vnic_need(cluster, vnic);
        let Some(cap) = vnic.facts.number("maximum_mbps").filter(|cap| (1..need).contains(cap)) else {
            continue;
        };
        let subject = lookup::vnic_name(vm, vnic);
        report.add(Fault {
            message: format!("{subject} needs {}, but may send {}", show_mbps(need), show_mbps(cap)),
            subject,
            current: show_mbps(cap),
            expected: format!("at least {}, or no limit (0)", show_mbps(need)),
            // The cmdlet takes bits per second.
            fix: fixes::set_vnic(
                cluster,
                vm,
                vnic,
                &format!("-MaximumBandwidth {}", need.saturating_mul(1_000_000)),
            ),
            at: vec![report.at(vnic.origin, "maximum_mbps")],
        });
    }
}
