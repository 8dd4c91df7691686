//! Replicated VMs with a static address and no address for the other site.

use crate::checks::rules::{Fault, Report, Rule, Versions, fixes, lookup};
use crate::finding::Severity;
use crate::inventory::{Cluster, Inventory, Vm, Vnic};
use crate::profiles::WS2012;

/// The rule.
pub static RULE: Rule = Rule {
    name: "replica-without-failover-address",
    severity: Severity::Warning,
    family: "replica",
    summary: "a replicated VM has a static IP address and none for the replica site",
    risk: "after a failover it stands in the other site with the wrong address, and nobody reaches it",
    source: "Microsoft, Best Practices Analyzer for Hyper-V (configure the Failover TCP/IP settings); Set-VMNetworkAdapterFailoverConfiguration",
    page: include_str!("replica_without_failover_address.md"),
    columns: &[
        "clusters.profile",
        "vms.replica",
        "vnics.failover_ip",
        "vnics.guest_static_ip",
    ],
    asks: &["vms.replica"],
    needs: &["vnics.guest_static_ip", "vnics.failover_ip"],
    versions: Versions::from(WS2012).because("Hyper-V Replica begins with 2012"),
    check,
    ..Rule::BASE
};

fn check(_: &Inventory, cluster: &Cluster, report: &mut Report<'_>) {
    let says = |vnic: &Vnic, column| vnic.facts.yes(column);
    let found: Vec<(&Vm, &Vnic)> = lookup::vnics(cluster)
        .filter(|(vm, _)| vm.replica)
        .filter(|(_, vnic)| says(vnic, "guest_static_ip") == Some(true) && says(vnic, "failover_ip") == Some(false))
        .collect();
    let Some((vm, vnic)) = found.first() else {
        return;
    };
    let names: Vec<String> = found.iter().map(|(vm, vnic)| lookup::vnic_name(vm, vnic)).collect();
    report.add(Fault {
        subject: lookup::list(&names),
        message: format!(
            "replicated, with a static address and none for the replica site: {}",
            lookup::list(&names)
        ),
        current: "no Failover TCP/IP".to_owned(),
        expected: "an address that is right in the replica site".to_owned(),
        fix: format!(
            "Set-VMNetworkAdapterFailoverConfiguration{} -VMName {} -VMNetworkAdapterName {} -IPv4Address <address> \
             -IPv4SubnetMask <mask> -IPv4DefaultGateway <gateway>",
            fixes::on_host(cluster, vm),
            fixes::quoted(&vm.name),
            fixes::quoted(&vnic.name)
        ),
        at: found
            .iter()
            .map(|(_, vnic)| report.at(vnic.origin, "failover_ip"))
            .collect(),
    });
}
